"""Pages of what is decided between meetings: written procedures, proposals of members, and dates that are asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing, NotAllowed
from floreo.core.keys import key, thing_of
from floreo.core.ui.papers import KINDS, bytes_of
from floreo.evidence.queries import evidence_shown
from floreo.meetings import between_mails, between_text, documents
from floreo.meetings.access import (
    get_committee_for,
    get_poll_for,
    get_procedure_for,
    get_procedure_member_for,
    get_proposal_for,
    seats_of,
)
from floreo.meetings.actions import dates as polling
from floreo.meetings.actions import procedures as acts
from floreo.meetings.actions import proposals as proposing
from floreo.meetings.models import (
    Ballot,
    Committee,
    DateMember,
    DatePoll,
    ProcedureMember,
    Proposal,
    WrittenProcedure,
)
from floreo.meetings.voting import ProcedureState, best_of, counted
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import FormPage, doing, form_page, posted
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.meetings import between_forms as forms
from floreo.workspace.verbs import history_of

RUN, READ = Permission.MEETING_RUN, Permission.MEETING_READ
AREA = "meetings"


def procedures(request: HttpRequest) -> HttpResponse:
    """Every written procedure, those that are open first."""
    must(request.user, READ)
    rows = list(WrittenProcedure.objects.select_related("committee", "decision").prefetch_related("members"))
    order = {ProcedureState.OPEN: 0, ProcedureState.DRAFT: 1}
    rows.sort(key=lambda each: order.get(ProcedureState(each.state), 2))
    shown = [(each, stage(each)) for each in rows]
    context = {"workspace_section": AREA, "rows": shown}
    return render(request, "workspace/meetings/procedures.html", context)


def stage(found: WrittenProcedure) -> str:
    members = list(found.members.all())
    return between_text.stage_text(found, sum(m.answered_at is not None for m in members), len(members))


def procedure(request: HttpRequest, number: str) -> HttpResponse:
    """One written procedure: what is asked, by which rule, who has answered, and the result."""
    must(request.user, READ)
    found = get_procedure_for(request.user, number)
    members = list(found.members.select_related("organisation", "person", "seat"))
    about = thing_of(found.about)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "procedure": found,
        "title": between_text.title(found),
        "stage": stage(found),
        "rule": between_text.rule_text(found, len(members) or _voting(found)),
        "ballot": between_text.ballot_text(found),
        "answers": between_text.counted(found),
        "is_closed": found.state == ProcedureState.CLOSED,
        "is_open": found.is_open,
        "members": _members(request, found, members),
        "mine": _links(request, members) if found.is_open else [],
        "papers": evidence_shown([found], request.user)[key(found)],
        "about": about,
        "may": _may(request, found),
        "may_run": can(request.user, RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/meetings/procedure.html", context)


def _voting(found: WrittenProcedure) -> int:
    return found.committee.seats.on(clock.today()).voting().count()


def _members(
    request: HttpRequest, found: WrittenProcedure, members: list[ProcedureMember]
) -> list[tuple[Any, str, str]]:
    """Each with its name and what it answered, as far as that may be shown: how, only of a named ballot that is closed."""
    shows = found.state == ProcedureState.CLOSED and not found.is_secret
    ballots = {b.member_id: b for b in Ballot.objects.filter(procedure=found)} if shows else {}
    words = between_text.choice_words(found)
    rows = []
    for member in members:
        ballot = ballots.get(member.pk)
        text = _("Answered") if member.answered_at else _("Has not answered")
        if ballot is not None and ballot.choice:
            text = ". ".join(filter(None, [words[ballot.choice], ballot.reason]))
        if not member.counted:
            text = _("Left the committee; not counted")
        rows.append((member, between_text.asked_name(member, request.user), text))
    return rows


def _links(request: HttpRequest, members: list[ProcedureMember]) -> list[tuple[str, str]]:
    """The own links of whoever is signed in: the page of a link is where anybody votes."""
    if not members:
        return []
    own = {seat.pk for seat in seats_of(request.user, members[0].procedure.committee)}
    return [
        (member.named(), between_mails.vote_path(member))
        for member in members
        if member.seat_id in own and member.holds_on(clock.today())
    ]


def _help_open(found: WrittenProcedure) -> str:
    """What leaves by it, and to how many: see before it leaves."""
    seats = found.committee.seats.on(clock.today()).voting().count()
    text = _(
        "%(n)d voting members of the %(committee)s are asked by e-mail, each with a link of their own: %(title)s %(closes)s"
    )
    words = {
        "n": seats,
        "committee": found.committee.in_language("name"),
        "title": f"“{found.in_language('title')}”.",
        "closes": between_text.closes_text(found),
    }
    return text % words


PROCEDURE_COMMANDS: Mapping[str, Command] = {
    "open": Command(
        _l("Open the written procedure"),
        _l("Open and ask the members"),
        RUN,
        new(CommandForm),
        acts.open_procedure,
        allowed_by(acts.must_be_draft),
        help=_help_open,
        done=_l("The procedure is open. Its members will be asked by e-mail."),
    ),
    "edit": Command(
        _l("Change the written procedure"),
        _l("Save changes"),
        RUN,
        lambda d, found: forms.ProcedureForm(d, found.committee, instance=found),
        acts.update_procedure,
        allowed_by(acts.must_be_changeable),
        help=_l("If it is open already, every member is asked again in the new words."),
    ),
    "remind": Command(
        _l("Remind the members who have not answered"),
        _l("Send reminder"),
        RUN,
        new(CommandForm),
        acts.remind_members,
        allowed_by(acts.must_be_open),
        help=_l("They receive the question again, with their link. One reminder is sent by itself before it closes."),
        done=_l("The reminder will be sent."),
    ),
    "close": Command(
        _l("Close it now: every member has answered"),
        _l("Close and count"),
        RUN,
        new(CommandForm),
        acts.close_early,
        allowed_by(acts.must_be_answered_by_all),
        help=_l(
            "The answers are counted, and nobody can change theirs any more. The members receive the result by e-mail."
        ),
        done=_l("Closed and counted."),
    ),
    "agenda": Command(
        _l("Put the question on an agenda"),
        _l("Add to agenda"),
        RUN,
        lambda d, found: forms.ToAgendaForm(d, found.committee),
        acts.discuss_procedure,
        allowed_by(acts.must_have_failed),
        done=_l("Item added."),
    ),
    "withdraw": Command(
        _l("Withdraw the written procedure"),
        _l("Withdraw"),
        RUN,
        new(ReasonForm),
        acts.withdraw_procedure,
        allowed_by(acts.must_be_withdrawable),
        help=_l(
            "Nothing is decided, and answers that were given are discarded. Its members read the reason by e-mail."
        ),
        done=_l("Withdrawn."),
    ),
}


def _may(request: HttpRequest, found: WrittenProcedure) -> list[tuple[str, Any, str]]:
    return [
        (name, each.title, reverse("workspace:procedure_command", args=[found.number, name]))
        for name, each in commands_for(request.user, found, PROCEDURE_COMMANDS).items()
    ]


def procedure_command(request: HttpRequest, number: str, name: str) -> HttpResponse:
    return command_view(request, get_procedure_for(request.user, number), PROCEDURE_COMMANDS, name, area=AREA)


MEMBER_COMMANDS: Mapping[str, Command] = {
    "link": Command(
        lambda member: _("A new link for %(who)s") % {"who": member.named()},
        _l("Send a new link"),
        RUN,
        new(CommandForm),
        acts.send_new_link,
        help=_l("It goes to the address that the register has now. The old link opens nothing any more."),
        done=_l("A new link will be sent."),
        back=lambda member: str(member.procedure.workspace_url()),
    )
}


def procedure_member(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    member = get_procedure_member_for(request.user, number, pk)
    return command_view(request, member, MEMBER_COMMANDS, "link", area=AREA, about=member.procedure.named())


def new_procedure(request: HttpRequest, code: str) -> HttpResponse:
    """A draft of the committee's own."""
    must(request.user, RUN)
    return _prepare(request, get_committee_for(request.user, code), None)


def procedure_of_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft of what a member proposed."""
    must(request.user, RUN)
    proposal = get_proposal_for(request.user, pk)
    return _prepare(request, proposal.committee, proposal)


def _prepare(request: HttpRequest, committee: Committee, proposal: Proposal | None) -> HttpResponse:
    form = forms.ProcedureForm(posted(request), committee, proposal=proposal)
    words = FormPage(
        _("Prepare a written procedure"),
        _("Save draft"),
        committee.workspace_url(),
        about=committee.in_language("name"),
        help=_("Nobody is asked yet. On the next page, add papers, read it again, and open it."),
        done=_("Draft saved. Next: add its papers, and open it."),
        area=AREA,
        shows_made=True,
    )
    return form_page(request, form, doing(request, acts.prepare_procedure, committee), words)


def procedure_paper(request: HttpRequest, number: str, form: str = "") -> HttpResponse:
    """The record of a procedure as a page, a PDF or a Word file."""
    must(request.user, READ)
    found = get_procedure_for(request.user, number)
    if form and form not in KINDS:
        raise Missing
    document = documents.procedure(found, request.user)
    if not form:
        context = {"workspace_section": AREA, "procedure": found, "doc": document}
        return render(request, "workspace/meetings/procedure_paper.html", context)
    response = HttpResponse(bytes_of(document, form), content_type=KINDS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{found.number}.{form}"'
    return response


# --- Proposals ----------------------------------------------------------------------------------------------------


def propose(request: HttpRequest, code: str) -> HttpResponse:
    """A proposal by a member; whoever runs meetings enters those of members without an account."""
    must(request.user, READ)
    committee = get_committee_for(request.user, code)
    if not seats_of(request.user, committee) and not can(request.user, RUN):
        raise NotAllowed(_("Only members of the committee make proposals to it."))
    form = forms.ProposalForm(posted(request), committee, request.user)
    words = FormPage(
        _("Make a proposal"),
        _("Send proposal"),
        f"{committee.workspace_url()}#proposals",
        about=committee.in_language("name"),
        help=_(
            "The secretariat puts it on an agenda or into a written procedure, or answers why not. Members of the committee read it."
        ),
        done=_("Proposal sent."),
        area=AREA,
    )
    return form_page(request, form, doing(request, proposing.make_proposal, committee), words)


PROPOSAL_COMMANDS: Mapping[str, Command] = {
    "agenda": Command(
        _l("Put the proposal on an agenda"),
        _l("Add to agenda"),
        RUN,
        lambda d, found: forms.ToAgendaForm(d, found.committee),
        proposing.put_on_agenda,
        allowed_by(proposing.must_be_new),
        done=_l("Item added."),
    ),
    "decline": Command(
        _l("Do not take up the proposal"),
        _l("Save the reason"),
        RUN,
        new(ReasonForm),
        proposing.decline_proposal,
        allowed_by(proposing.must_be_new),
        help=_l("Members of the committee read the reason beside it."),
    ),
}


def proposal_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_proposal_for(request.user, pk)
    back = f"{found.committee.workspace_url()}#proposals"
    return command_view(request, found, PROPOSAL_COMMANDS, name, area=AREA, about=found.title, back=back)


# --- Dates --------------------------------------------------------------------------------------------------------


def new_poll(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, RUN)
    committee = get_committee_for(request.user, code)
    seats = committee.seats.on(clock.today()).count()
    words = FormPage(
        _("Find a date"),
        _("Ask the members"),
        committee.workspace_url(),
        about=committee.in_language("name"),
        help=_("%(n)d seats are asked by e-mail when they can come, each with a link of their own.") % {"n": seats},
        done=_("The members will be asked by e-mail."),
        area=AREA,
        shows_made=True,
    )
    form = forms.PollForm(posted(request))
    return form_page(request, form, doing(request, polling.open_poll, committee), words)


POLL_COMMANDS: Mapping[str, Command] = {
    "choose": Command(
        _l("Choose the date"),
        _l("Schedule the meeting"),
        RUN,
        forms.ChooseDateForm,
        polling.choose_date,
        allowed_by(polling.must_be_open),
        help=_l("The meeting is scheduled, and every member receives it by e-mail with a file for the calendar."),
        done=_l("Meeting scheduled. Its members will be notified."),
    ),
    "cancel": Command(
        _l("Cancel the poll"),
        _l("Cancel poll"),
        RUN,
        new(CommandForm),
        polling.cancel_poll,
        allowed_by(polling.must_be_open),
        done=_l("Poll cancelled."),
    ),
}


def date_poll(request: HttpRequest, number: str) -> HttpResponse:
    """Who can come when, and the date at which most can."""
    must(request.user, READ)
    found = get_poll_for(request.user, number)
    slots = list(found.slots.all())
    members = list(found.members.select_related("organisation", "person", "seat").prefetch_related("answers"))
    given = [{each.slot_id: each for each in member.answers.all()} for member in members]
    counts = counted([slot.pk for slot in slots], [(a.slot_id, a.answer) for row in given for a in row.values()])
    best = best_of(counts)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "poll": found,
        "slots": [
            (between_text.slot_text(slot), count, slot.pk == best) for slot, count in zip(slots, counts, strict=True)
        ],
        "rows": [
            (between_text.asked_name(member, request.user), [_answer(row.get(slot.pk)) for slot in slots])
            for member, row in zip(members, given, strict=True)
        ],
        "answered": sum(bool(row) for row in given),
        "mine": _date_links(request, found, members),
        "may": [
            (each.title, reverse("workspace:date_poll_command", args=[found.number, name]))
            for name, each in commands_for(request.user, found, POLL_COMMANDS).items()
        ],
    }
    return render(request, "workspace/meetings/date_poll.html", context)


def _answer(answer: Any) -> str:
    return str(answer.get_answer_display()) if answer is not None else ""


def _date_links(request: HttpRequest, found: DatePoll, members: list[DateMember]) -> list[tuple[str, str]]:
    own = {seat.pk for seat in seats_of(request.user, found.committee)}
    is_open = found.state == "open" and found.closes_on >= clock.today()
    return [(m.named(), between_mails.dates_path(m)) for m in members if is_open and m.seat_id in own]


def date_poll_command(request: HttpRequest, number: str, name: str) -> HttpResponse:
    found = get_poll_for(request.user, number)
    return command_view(request, found, POLL_COMMANDS, name, area=AREA, shows_made=name == "choose")
