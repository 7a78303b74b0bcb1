"""Pages of publications: the list, one with all that can be done to it, and each of those things as a page of one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing, Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.organisations.models import User
from floreo.publications.access import get_publication_for
from floreo.publications.actions import publishing, writing
from floreo.publications.files import opened_file
from floreo.publications.models import Publication, PublicationState
from floreo.publications.presenters import channels_text, state_text
from floreo.publications.queries import channels_of, not_posted
from floreo.publications.tables import DESK_PUBLICATIONS
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.publications import forms
from floreo.workspace.verbs import history_of

ROOM = "publications"


def publications(request: HttpRequest) -> HttpResponseBase:
    """Everything written here: what waits, what goes out by itself, what is out and on which channels."""
    must(request.user, Permission.PUBLICATION_WRITE)
    listing = Listing(DESK_PUBLICATIONS, request)
    if file := listing.download():
        return file
    waiting = not_posted([p for p in listing.rows if p.is_out])
    rows = [(p, state_text(p), channels_text(len(waiting[p.pk])) if p.pk in waiting else "") for p in listing.rows]
    context = {"workspace_section": ROOM, "listing": listing, "rows": rows}
    return render(request, "workspace/publications/publications.html", context)


@dataclass(frozen=True)
class Command:
    """One thing that can be done to a publication: its words, its form, who may, and in which state it makes sense."""

    words: Promise
    button: Promise
    done: Promise
    needs: Permission
    form: Callable[..., Any]
    do: Callable[[Publication, User, dict[str, Any]], object]
    fits: Callable[[Publication], bool]
    help: Promise | str = ""
    leaves: bool = False  # it is not there afterwards
    of_row: bool = False  # its form shows what the row says


def _is_draft(p: Publication) -> bool:
    return p.state == PublicationState.DRAFT


def _is_coming(p: Publication) -> bool:
    return not p.is_out and p.state != PublicationState.WITHDRAWN


_WRITE, _PUBLISH = Permission.PUBLICATION_WRITE, Permission.PUBLICATION_PUBLISH
COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish now"),
        _l("Publish now"),
        _l("It is published."),
        _PUBLISH,
        CommandForm,
        lambda p, by, f: publishing.publish(p, by=by),
        _is_coming,
        _l("Everybody can read it at once, and it stands in the feed. From then on it changes only with a note."),
    ),
    "schedule": Command(
        _l("Set when it goes out"),
        _l("Set this moment"),
        _l("It goes out by itself at that moment."),
        _PUBLISH,
        forms.ScheduleForm,
        lambda p, by, f: publishing.schedule(p, by=by, **f),
        _is_coming,
        _l("Until that second nobody outside this desk can find it: no page, no file, no feed, no search."),
    ),
    "hand-over": Command(
        _l("Hand it over"),
        _l("Hand it over"),
        _l("It waits for whoever may publish it."),
        _WRITE,
        CommandForm,
        lambda p, by, f: writing.hand_over(p, by=by),
        _is_draft,
        _l("Whoever may publish sees it on their desk. Until it is out you can take it back."),
    ),
    "take-back": Command(
        _l("Take it back"),
        _l("Take it back"),
        _l("It is a draft again."),
        _WRITE,
        CommandForm,
        lambda p, by, f: writing.take_back(p, by=by),
        lambda p: _is_coming(p) and not _is_draft(p),
        _l("It is a draft again, and no clock publishes it."),
    ),
    "edit": Command(
        _l("Edit"),
        _l("Save"),
        _l("Saved."),
        _WRITE,
        forms.PublicationForm,
        lambda p, by, f: writing.update_publication(p, by=by, **f),
        _is_coming,
        of_row=True,
    ),
    "take-file": Command(
        _l("Take the file off"),
        _l("Take the file off"),
        _l("The file is off."),
        _WRITE,
        CommandForm,
        lambda p, by, f: writing.take_file(p, by=by),
        lambda p: _is_coming(p) and bool(p.file),
    ),
    "correct": Command(
        _l("Correct it"),
        _l("Publish the correction"),
        _l("The correction is out."),
        _PUBLISH,
        forms.CorrectForm,
        lambda p, by, f: publishing.correct(p, by=by, **f),
        lambda p: p.is_out,
        _l("Its address stays. What it said before stays beside it, with what was wrong."),
        of_row=True,
    ),
    "withdraw": Command(
        _l("Withdraw it"),
        _l("Withdraw it"),
        _l("It is withdrawn."),
        _PUBLISH,
        forms.WithdrawForm,
        lambda p, by, f: publishing.withdraw(p, by=by, **f),
        lambda p: p.is_out,
        _l("Text and file are no longer public. Its address says for good that it was withdrawn, and why."),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove the draft"),
        _l("The draft is removed."),
        _WRITE,
        CommandForm,
        lambda p, by, f: writing.remove_publication(p, by=by),
        lambda p: _is_draft(p) and not p.was_public,
        _l("The trail keeps what it said."),
        leaves=True,
    ),
}


def new_publication(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PUBLICATION_WRITE)
    form = forms.NewPublicationForm(posted(request), instance=Publication())
    question = FormPage(
        _("Write a publication"),
        _("Keep the draft"),
        reverse("workspace:publications"),
        room=ROOM,
        help=_("A draft first: nobody outside this desk sees it until it is published."),
        done=_("The draft is kept. Add a file, or hand it over."),
    )
    return form_page(
        request, form, lambda f: writing.write_publication(f.pop("code"), by=person(request), **f), question
    )


def task(request: HttpRequest, code: str, task: str) -> HttpResponse:
    """One thing done to a publication."""
    found, asked = get_publication_for(request.user, code), COMMANDS.get(task)
    if asked is None:
        raise Missing
    must(request.user, asked.needs)
    back = reverse("workspace:publications") if asked.leaves else found.workspace_url()
    question = FormPage(
        asked.words, asked.button, back, about=found.named(), help=asked.help, done=asked.done, room=ROOM
    )
    form = _form(asked, found, request)
    return form_page(request, form, lambda f: asked.do(found, person(request), f), question, thing=found)


def _form(asked: Command, found: Publication, request: HttpRequest) -> Any:
    return asked.form(posted(request), instance=found) if asked.of_row else asked.form(posted(request))


def _may(user: object, found: Publication) -> dict[str, Command]:
    """What this person may do to it now, in the order of COMMANDS."""
    clock_holds = found.embargo_until is not None and not can(user, _PUBLISH)
    return {
        name: each
        for name, each in COMMANDS.items()
        if each.fits(found) and can(user, each.needs) and not (clock_holds and each.needs is _WRITE)
    }


def publication(request: HttpRequest, code: str) -> HttpResponse:
    """One publication: where it stands, how it will look, where it was posted, what can be done."""
    must(request.user, Permission.PUBLICATION_WRITE)
    found = get_publication_for(request.user, code)
    may = _may(request.user, found)
    lines = channels_of(found) if found.is_out or found.state == PublicationState.WITHDRAWN else []
    context = {
        "workspace_section": ROOM,
        "publication": found,
        "state": state_text(found),
        "lines": lines,
        "tasks": list(may.items()),
        "main": _main(may, lines),
        "may_post": can(request.user, _PUBLISH) and found.is_out,
        "may_file": "edit" in may or "correct" in may,
        "versions": list(found.versions.all()),
        "waiting": sum(not line.is_done for line in lines),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/publications/publication.html", context)


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
            messages.success(request, _("The file is kept."))
            return HttpResponseRedirect(found.workspace_url())
    context = {"workspace_section": ROOM, "publication": found, "form": form, "status": status}
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
