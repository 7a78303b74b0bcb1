"""Pages of sessions: those that wait for review, one by one and together, and the typing in of paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.outreach import presenters
from floreo.outreach.access import get_ambassador_for, get_photo_for, get_session_for
from floreo.outreach.actions import sessions as acts
from floreo.outreach.logic import BANDS
from floreo.outreach.models import OutreachSession, SessionState
from floreo.outreach.queries import twins_of_session
from floreo.outreach.tables import SESSIONS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.outreach import forms
from floreo.workspace.ticked import ticked
from floreo.workspace.verbs import history_of

AREA = "outreach_sessions"
_RUN = Permission.OUTREACH_RUN
MOST_TOGETHER = 100

COMMANDS: Mapping[str, Command] = {
    "approve": Command(
        _l("Review the session"),
        _l("Count it"),
        _RUN,
        forms.ReviewForm,
        acts.approve_session,
        allowed_by(acts.must_wait),
        help=_l("It counts from now on, in the period of its date."),
        done=_l("Reviewed. It counts."),
    ),
    "return": Command(
        _l("Return the session"),
        _l("Return"),
        _RUN,
        new(forms.ReturnForm),
        acts.return_session,
        allowed_by(acts.must_wait),
        done=_l("Returned to the ambassador."),
    ),
    "correct": Command(
        _l("Correct the session"),
        _l("Correct"),
        _RUN,
        forms.CorrectForm,
        acts.correct_session,
        allowed_by(acts.must_not_be_rejected),
        done=_l("Corrected."),
    ),
    "reject": Command(
        _l("Do not count the session"),
        _l("Do not count"),
        _RUN,
        new(forms.RejectForm),
        acts.reject_session,
        allowed_by(acts.must_not_be_rejected),
        help=_l("It is kept. You can open it again."),
        done=_l("It is not counted."),
    ),
    "reopen": Command(
        _l("Open the session again"),
        _l("Open again"),
        _RUN,
        new(CommandForm),
        acts.reopen_session,
        lambda s, _viewer: s.state in (SessionState.REVIEWED, SessionState.REJECTED),
        help=_l("It waits for its review again, and does not count meanwhile."),
        done=_l("It waits for its review."),
    ),
}
OF_PHOTO: Mapping[str, Command] = {
    "remove": Command(
        _l("Delete the photo"),
        _l("Delete"),
        _RUN,
        new(CommandForm),
        acts.remove_photo,
        help=_l("For good: the file is deleted too."),
        done=_l("Photo deleted."),
    ),
}


def sessions(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(SESSIONS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(s, presenters.doubt_text(s)) for s in listing.rows],
        "may_run": can(request.user, _RUN),
    }
    return render(request, "workspace/outreach/sessions.html", context)


@require_POST
def review_together(request: HttpRequest) -> HttpResponse:
    """Counts the ticked ones, but those that need a closer look."""
    back = f"{reverse('workspace:outreach_sessions')}?state=received"

    def do() -> tuple[int, int]:
        rows = ticked(request, "session", OutreachSession.objects.all(), most=MOST_TOGETHER, orders={"approve"})
        return acts.approve_sessions(rows, by=person(request)), len(rows)

    return press(request, do, _reviewed_text, back)


def _reviewed_text(result: tuple[int, int]) -> str:
    done, asked = result
    text = ngettext("%(n)d session reviewed.", "%(n)d sessions reviewed.", done) % {"n": done}
    if asked > done:
        left = asked - done
        more = ngettext("%(n)d needs a closer look and was left.", "%(n)d need a closer look and were left.", left)
        text = f"{text} {more % {'n': left}}"
    return text


def session(request: HttpRequest, reference: str) -> HttpResponse:
    found = get_session_for(request.user, reference)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "session": found,
        "commands": [
            (command, reverse("workspace:outreach_session_command", args=[reference, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": "approve" if found.state == SessionState.RECEIVED else "",
        "doubt": presenters.doubt_text(found),
        "twins": [(s, presenters.session_line(s)) for s in twins_of_session(found)],
        "bands": [(OutreachSession._meta.get_field(n).verbose_name, getattr(found, n)) for n in BANDS],  # type: ignore[union-attr]  # fields of our own
        "spoken": presenters.language_word(found.language),
        "photos": list(found.photos.all()),
        "may_run": can(request.user, _RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/outreach/session.html", context)


def session_command(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    return command_view(request, get_session_for(request.user, reference), COMMANDS, name, area=AREA)


def photo(request: HttpRequest, reference: str, number: int) -> FileResponse:
    """A JPEG that was drawn here (outreach/pictures.py), so it may be shown; its policy lets it do nothing."""
    found = get_photo_for(request.user, reference, number)
    try:
        opened = found.file.open("rb")
    except OSError:
        raise Missing(_("This photo is no longer on the server.")) from None
    response = FileResponse(opened, content_type="image/jpeg", filename=f"{reference}-{number}.jpg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def photo_command(request: HttpRequest, reference: str, number: int, name: str) -> HttpResponse:
    found = get_photo_for(request.user, reference, number)
    back = reverse("workspace:outreach_session", args=[reference])
    return command_view(request, found, OF_PHOTO, name, area=AREA, about=reference, back=back)


def enter_session(request: HttpRequest, code: str) -> HttpResponse:
    """A session from paper, typed in for an ambassador."""
    found = get_ambassador_for(request.user, code)
    form = forms.PaperForm(posted(request), found)
    form.fields["number"].initial = uuid4()

    def do(_facts: dict[str, Any]) -> OutreachSession:
        number = str(form.cleaned_data.get("number") or uuid4())
        is_another = form.cleaned_data.get("is_another", False)
        return acts.enter_session(found, by=person(request), given=form.given(), uuid=number, is_another=is_another)

    form.facts = partial(dict, ())  # type: ignore[attr-defined]  # the form page asks for facts; the action takes what was given as one
    words = FormPage(
        _l("Type in a session from paper"),
        _l("Save session"),
        found.workspace_url(),
        about=f"{found.code}, {found.name}",
        help=_l("Whoever types it in has the paper, so it counts at once. Do not type names of participants."),
        done=_l("Session saved. It counts."),
        area=AREA,
    )
    return form_page(request, form, do, words)
