"""Meetings: the list, one meeting led through in order, its agenda, its recording and its documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.documents.blocks import Document
from floreo.core.errors import Changed, Missing, Refused
from floreo.core.keys import key, things_of
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import KINDS, bytes_of
from floreo.evidence.queries import Shown, evidence_shown
from floreo.meetings import calendar, documents, presenters, queries
from floreo.meetings.access import get_item_for, get_meeting_for
from floreo.meetings.actions import agenda, calling, decisions, minutes, recording
from floreo.meetings.drawing import edition_of
from floreo.meetings.logic import MeetingState
from floreo.meetings.models import AgendaItem, Committee, Decision, Meeting
from floreo.meetings.tables import MEETINGS
from floreo.strategy.models import Action
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.meetings import forms
from floreo.workspace.meetings.recording_form import RecordingForm
from floreo.workspace.meetings.unanswered import points_for
from floreo.workspace.sending import left
from floreo.workspace.verbs import history_of

RUN = Permission.MEETING_RUN


def meetings(request: HttpRequest) -> HttpResponseBase:
    """Every meeting as a list, the next first in sight."""
    must(request.user, Permission.MEETING_READ)
    listing = Listing(MEETINGS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": "meetings",
        "listing": listing,
        "rows": [(m, presenters.stage(m)) for m in listing.rows],
        "open": Decision.objects.open().count(),
        "committees": list(Committee.objects.all()),
        "may_run": can(request.user, RUN),
    }
    return render(request, "workspace/meetings/meetings.html", context)


@dataclass(frozen=True)
class Point:
    """A point of the agenda as the page shows it, with the thing it is about."""

    item: AgendaItem
    act: Action | None
    decision: Decision | None
    decisions: list[queries.DecisionShown]
    papers: Shown


def _points(meeting: Meeting, viewer: object) -> list[Point]:
    items = list(meeting.items.all())
    papers = evidence_shown(items, viewer)
    things = things_of(i.thing for i in items)
    taken = queries.shown(meeting.decisions.select_related("edition", "organisation", "person").order_by("pk"))
    found = []
    for item in items:
        thing = things.get(item.thing)
        found.append(
            Point(
                item,
                thing if isinstance(thing, Action) else None,
                thing if isinstance(thing, Decision) else None,
                [d for d in taken if d.decision.item_id == item.pk],
                papers[key(item)],
            )
        )
    return found


def meeting(request: HttpRequest, committee: str, code: str) -> HttpResponse:
    """One meeting in the order in which it is run: before, during, after."""
    must(request.user, Permission.MEETING_READ)
    found = get_meeting_for(request.user, committee, code)
    may = commands_for(request.user, found, COMMANDS)
    seats = list(found.attendances.select_related("organisation", "person"))
    loose = queries.shown(found.decisions.filter(item=None).select_related("edition", "organisation", "person"))
    context: dict[str, Any] = {
        "workspace_section": "meetings",
        "meeting": found,
        "title": presenters.title(found),
        "when": presenters.when(found),
        "stage": presenters.stage(found),
        "points": _points(found, request.user),
        "loose": loose,
        "attendance": [(a, presenters.attended(a, names=True)) for a in seats],
        "came": presenters.attendance_text(seats) if seats else "",
        "earlier": queries.earlier_meeting(found),
        "corrections": list(found.corrections.all()),
        "may": may,
        "is_planned": found.state == MeetingState.PLANNED,
        "is_held": found.state == MeetingState.HELD,
        "may_record": "point" in may and found.on <= clock.today(),
        "history": history_of(found, viewer=request.user),
        "left": left(request.user, [key(found)], url=can(request.user, Permission.MAIL_READ))
        if can(request.user, RUN)
        else [],
    }
    return render(request, "workspace/meetings/meeting.html", context)


@require_POST
def draw(request: HttpRequest, committee: str, code: str) -> HttpResponse:
    """Puts what is late and not carried out on the agenda."""
    must(request.user, RUN)
    found = get_meeting_for(request.user, committee, code)
    made = len(agenda.draw_agenda(found, by=person(request), more=points_for(edition_of(found))))
    text = ngettext("%(n)d item added.", "%(n)d items added.", made) % {"n": made}
    messages.success(request, text if made else _("There is nothing new to add to the agenda."))
    return HttpResponseRedirect(f"{found.workspace_url()}#agenda")


@require_POST
def place(request: HttpRequest, *, committee: str, code: str, item: str) -> HttpResponse:
    """A point goes one place up or down."""
    must(request.user, RUN)
    found = get_item_for(request.user, committee, code, item)
    agenda.move_item(found, by=person(request), up=request.POST.get("way") == "up")
    return HttpResponseRedirect(f"{found.meeting.workspace_url()}#point-{found.code}")


def record(request: HttpRequest, committee: str, code: str) -> HttpResponse:
    """The page of a running meeting: one form, kept as a whole as often as wanted."""
    must(request.user, RUN)
    found = get_meeting_for(request.user, committee, code)
    form, status = RecordingForm(found, posted(request)), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                recording.record_meeting(found, by=person(request), **form.facts())
            except Changed as refusal:
                status = 409
                form.take_theirs(refusal.theirs)
                form.add_error(None, str(refusal.sentence))
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                messages.success(request, _("Everything is saved."))
                return HttpResponseRedirect(request.path)
    context = {
        "workspace_section": "meetings",
        "meeting": found,
        "title": presenters.title(found),
        "when": presenters.when(found),
        "form": form,
        "status": status,
        "can_decide": edition_of(found) is not None,
        "is_to_come": found.on > clock.today(),
    }
    return render(request, "workspace/meetings/record.html", context, status=status)


_PAPERS: dict[str, Callable[..., Document]] = {"agenda": documents.agenda, "minutes": documents.minutes}


def paper(request: HttpRequest, *, committee: str, code: str, kind: str, form: str = "") -> HttpResponse:
    """The agenda or the minutes as a page, a PDF or a Word file; `?for=public` without names and internal text."""
    must(request.user, Permission.MEETING_READ)
    found = get_meeting_for(request.user, committee, code)
    if kind not in _PAPERS or (form and form not in KINDS):
        raise Missing
    public = request.GET.get("for") == "public"
    document = _PAPERS[kind](found, internal=not public)
    if not form:
        context = {
            "workspace_section": "meetings",
            "meeting": found,
            "doc": document,
            "kind": kind,
            "is_public": public,
        }
        return render(request, "workspace/meetings/paper.html", context)
    response = HttpResponse(bytes_of(document, form), content_type=KINDS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-{committee}-{code}.{form}"'
    return response


def invitation(request: HttpRequest, committee: str, code: str) -> HttpResponse:
    """The meeting for a calendar program."""
    must(request.user, Permission.MEETING_READ)
    found = get_meeting_for(request.user, committee, code)
    response = HttpResponse(calendar.invitation(found), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{committee}-{code}.ics"'
    return response


def _move(data: Any, found: Meeting) -> forms.MoveForm:
    names = ("on", "starts_at", "ends_at", "version")
    return forms.MoveForm(data, initial={name: getattr(found, name) for name in names})


def _decide(found: Meeting, *, addressed_to: str, **facts: Any) -> Decision:
    """Asked of somebody outside where a post is named, else the committee's own."""
    edition = edition_of(found)
    if edition is None:
        raise Refused(_("No strategy exists yet for this decision to belong to."), code="no_edition")
    if addressed_to.strip():
        return decisions.ask_decision(edition, meeting=found, addressed_to=addressed_to, **facts)
    return decisions.take_decision(edition, meeting=found, **facts)


COMMANDS: dict[str, Command] = {
    "edit": Command(
        _l("Change place and introduction"),
        _l("Save changes"),
        RUN,
        over_row(forms.MeetingForm),
        calling.update_meeting,
        allowed_by(calling.must_not_be_frozen),
    ),
    "move": Command(
        _l("Change the date of the meeting"),
        _l("Change date"),
        RUN,
        _move,
        calling.move_meeting,
        allowed_by(calling.must_be_planned),
        help=_l("Every member receives an e-mail with the new date."),
        done=_l("The date of the meeting has changed. Its members will be notified."),
    ),
    "cancel": Command(
        _l("Cancel the meeting"),
        _l("Cancel meeting"),
        RUN,
        new(ReasonForm),
        calling.cancel_meeting,
        allowed_by(calling.must_be_planned),
        help=_l("Every member receives an e-mail with the reason."),
        done=_l("Meeting cancelled. Its members will be notified."),
    ),
    "send": Command(
        _l("Send the agenda"),
        _l("Send agenda"),
        RUN,
        new(CommandForm),
        calling.send_agenda,
        allowed_by(calling.must_be_planned),
        help=_l("The holder of every seat receives the agenda by e-mail, in their language."),
        done=_l("The agenda will be sent."),
    ),
    "point": Command(
        _l("Add an item"),
        _l("Add item"),
        RUN,
        new(forms.ItemForm),
        agenda.add_item,
        allowed_by(agenda.must_be_changeable),
        done=_l("Item added."),
    ),
    "decide": Command(
        _l("Record a decision"),
        _l("Record decision"),
        RUN,
        lambda d, m: forms.MeetingDecisionForm(m, d),
        _decide,
        allowed_by(agenda.must_be_changeable),
        done=_l("Decision recorded."),
    ),
    "circulate": Command(
        _l("Send the minutes"),
        _l("Send minutes"),
        RUN,
        new(CommandForm),
        minutes.circulate_minutes,
        allowed_by(minutes.must_be_recorded),
        help=_l("The holder of every seat receives the minutes by e-mail, without the internal text."),
        done=_l("The minutes will be sent."),
    ),
    "approve": Command(
        _l("Record the approval of the minutes"),
        _l("Record approval"),
        RUN,
        lambda d, m: forms.ApproveForm(m, d),
        minutes.approve_minutes,
        allowed_by(minutes.must_be_circulated),
        help=_l("Approved minutes cannot change. Errors are corrected in a separate text beside them."),
        done=_l("Minutes approved."),
    ),
    "correct": Command(
        _l("Correct the minutes"),
        _l("Add correction"),
        RUN,
        new(forms.CorrectForm),
        minutes.correct_minutes,
        allowed_by(minutes.must_be_approved),
        help=_l("The approved minutes do not change. Your correction is shown beside them."),
    ),
}


def task(request: HttpRequest, *, committee: str, code: str, task: str) -> HttpResponse:
    """The page of one command of a meeting."""
    must(request.user, RUN)
    found = get_meeting_for(request.user, committee, code)
    about = f"{presenters.title(found)}. {presenters.when(found)}"
    return command_view(request, found, COMMANDS, task, area="meetings", about=about)


ITEM_COMMANDS: dict[str, Command] = {
    "edit": Command(
        _l("Change an item"),
        _l("Save changes"),
        RUN,
        over_row(forms.ItemForm),
        agenda.update_item,
        allowed_by(agenda.must_be_on_changeable),
    ),
    "remove": Command(
        _l("Remove an item from the agenda"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        agenda.remove_item,
        allowed_by(agenda.must_be_on_changeable),
        help=_l("If you create the agenda again, items that are still late return."),
        done=_l("Item removed."),
    ),
}


def item_command(request: HttpRequest, *, committee: str, code: str, item: str, name: str) -> HttpResponse:
    """The page of one command of a point of the agenda."""
    found = get_item_for(request.user, committee, code, item)
    return command_view(
        request,
        found,
        ITEM_COMMANDS,
        name,
        area="meetings",
        about=found.in_language("title"),
        back=found.meeting.workspace_url(),
    )
