"""Pages of publications: the list, one with all that can be done to it, and each of those things as a page of one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.errors import Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.publications.access import get_publication_for
from floreo.publications.actions import publishing, writing
from floreo.publications.files import opened_file
from floreo.publications.models import Publication, PublicationState
from floreo.publications.presenters import channels_text, state_text
from floreo.publications.queries import channels_of, not_posted
from floreo.publications.tables import WORKSPACE_PUBLICATIONS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.moments import ScheduleForm
from floreo.workspace.publications import forms
from floreo.workspace.verbs import history_of

AREA = "publications"


def publications(request: HttpRequest) -> HttpResponseBase:
    """Everything written here: what waits, what goes out by itself, what is out and on which channels."""
    must(request.user, Permission.PUBLICATION_WRITE)
    listing = Listing(WORKSPACE_PUBLICATIONS, request)
    if file := listing.download():
        return file
    waiting = not_posted([p for p in listing.rows if p.is_out])
    rows = [(p, state_text(p), channels_text(len(waiting[p.pk])) if p.pk in waiting else "") for p in listing.rows]
    context = {"workspace_section": AREA, "listing": listing, "rows": rows}
    return render(request, "workspace/publications/publications.html", context)


_WRITE, _PUBLISH = Permission.PUBLICATION_WRITE, Permission.PUBLICATION_PUBLISH


def _is_changeable(publication: Publication, viewer: Any) -> bool:
    """It is not out, and what a clock will publish is in the hands of who may publish."""
    return allowed_by(writing.must_not_be_out, lambda p: writing.must_be_publisher_when_scheduled(p, viewer))(
        publication, viewer
    )


def _is_handed_over(publication: Publication, viewer: Any) -> bool:
    return allowed_by(writing.must_be_handed_over)(publication, viewer) and _is_changeable(publication, viewer)


def _has_file(publication: Publication, viewer: Any) -> bool:
    return bool(publication.file) and _is_changeable(publication, viewer)


COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish now"),
        _l("Publish now"),
        _PUBLISH,
        new(CommandForm),
        publishing.publish,
        allowed_by(writing.must_not_be_out),
        help=_l("It is public immediately and appears in the RSS feed. After that, changes need a note."),
        done=_l("Published."),
    ),
    "schedule": Command(
        _l("Schedule publication"),
        _l("Schedule"),
        _PUBLISH,
        new(ScheduleForm),
        publishing.schedule,
        allowed_by(writing.must_not_be_out),
        help=_l("Until that time, nobody outside the workspace can find it: no page, file, feed or search result."),
        done=_l("Publication scheduled."),
    ),
    "hand-over": Command(
        _l("Hand over for publishing"),
        _l("Hand over for publishing"),
        _WRITE,
        new(CommandForm),
        writing.hand_over,
        allowed_by(writing.must_be_draft),
        help=_l("People who can publish see it in their workspace. You can return it to draft until it is published."),
        done=_l("Handed over. Waiting for a person who can publish it."),
    ),
    "take-back": Command(
        _l("Return to draft"),
        _l("Return to draft"),
        _WRITE,
        new(CommandForm),
        writing.take_back,
        _is_handed_over,
        help=_l("Returned to draft. The scheduled publication is cancelled."),
        done=_l("Returned to draft."),
    ),
    "edit": Command(
        _l("Edit"),
        _l("Save"),
        _WRITE,
        over_row(forms.PublicationForm),
        writing.update_publication,
        _is_changeable,
    ),
    "take-file": Command(
        _l("Remove the file"),
        _l("Remove the file"),
        _WRITE,
        new(CommandForm),
        writing.take_file,
        _has_file,
        done=_l("File removed."),
    ),
    "correct": Command(
        _l("Correct the publication"),
        _l("Publish the correction"),
        _PUBLISH,
        over_row(forms.CorrectForm),
        publishing.correct,
        allowed_by(publishing.must_be_out),
        help=_l("Its address does not change. The earlier text stays available, with a note of the error."),
        done=_l("Correction published."),
    ),
    "withdraw": Command(
        _l("Withdraw"),
        _l("Withdraw"),
        _PUBLISH,
        new(forms.WithdrawForm),
        publishing.withdraw,
        allowed_by(publishing.must_be_out),
        help=_l(
            "The text and the file are no longer public. The permanent address shows that the publication "
            "was withdrawn, and why."
        ),
        done=_l("Publication withdrawn."),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove the draft"),
        _WRITE,
        new(CommandForm),
        writing.remove_publication,
        allowed_by(writing.must_be_removable),
        help=_l("The audit chain still shows its content."),
        done=_l("Draft removed."),
        back=lambda _p: reverse("workspace:publications"),
    ),
}


NEW: Mapping[str, Command] = {
    "publication": Command(
        _l("Write a publication"),
        _l("Save draft"),
        _WRITE,
        new(forms.NewPublicationForm),
        writing.write_publication,
        help=_l("This creates a draft. Nobody outside the workspace sees it until it is published."),
        done=_l("Draft saved. Add a file, or hand it over for publishing."),
    ),
}


def new_publication(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "publication", area=AREA, back=reverse("workspace:publications"))


def task(request: HttpRequest, code: str, task: str) -> HttpResponse:
    """The page of one command of a publication."""
    return command_view(request, get_publication_for(request.user, code), COMMANDS, task, area=AREA)


def publication(request: HttpRequest, code: str) -> HttpResponse:
    """One publication: its status, how it will look, where it was posted, what can be done."""
    must(request.user, Permission.PUBLICATION_WRITE)
    found = get_publication_for(request.user, code)
    may = commands_for(request.user, found, COMMANDS)
    lines = channels_of(found) if found.is_out or found.state == PublicationState.WITHDRAWN else []
    context = {
        "workspace_section": AREA,
        "publication": found,
        "state": state_text(found),
        "lines": lines,
        "tasks": [(name, each, _address(found, name)) for name, each in may.items()],
        "main": _main(may, lines),
        "may_post": can(request.user, _PUBLISH) and found.is_out,
        "may_file": "edit" in may or "correct" in may,
        "versions": list(found.versions.all()),
        "waiting": sum(not line.is_done for line in lines),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/publications/publication.html", context)


def _address(found: Publication, name: str) -> str:
    return reverse("workspace:publication_command", args=[found.code, name])


def _main(may: Mapping[str, Command], lines: list[Any]) -> str:
    """The one thing that comes next."""
    if any(not line.is_done for line in lines):
        return ""  # then a posting comes next
    return next((name for name in ("publish", "hand-over") if name in may), "")


def file(request: HttpRequest, code: str) -> HttpResponse:
    """The file that people download: put, or replaced by a corrected one."""
    must(request.user, Permission.PUBLICATION_WRITE)
    found, status = get_publication_for(request.user, code), 200
    form: Any = forms.CorrectFileForm(posted(request)) if found.is_out else forms.FileForm(posted(request))
    if request.method == "POST":
        try:
            form.is_valid()
            _put(found, form, request)
        except Refused as refusal:
            if refusal.status != 422:
                raise
            status = 422
            refuse_on(form, refusal)
        else:
            messages.success(request, _("File saved."))
            return HttpResponseRedirect(found.workspace_url())
    context = {"workspace_section": AREA, "publication": found, "form": form, "status": status}
    return render(request, "workspace/publications/file.html", context, status=status)


def _put(found: Publication, form: Any, request: HttpRequest) -> None:
    upload, by = uploaded_file(request, "file"), person(request)
    if found.is_out:
        publishing.correct(found, by=by, what=form.cleaned_data.get("what", ""), upload=upload)
    else:
        writing.put_file(found, by=by, upload=upload)


def download(request: HttpRequest, code: str) -> FileResponse:
    """The file as it is kept, before it is out."""
    must(request.user, Permission.PUBLICATION_WRITE)
    found = get_publication_for(request.user, code)
    return FileResponse(opened_file(found), as_attachment=True, filename=found.file_name, content_type=found.media_type)
