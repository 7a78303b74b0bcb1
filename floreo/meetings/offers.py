"""What meetings offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import STRATEGY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.meetings import measures, pack
from floreo.meetings.actions.decisions import settle_decisions
from floreo.meetings.actions.procedures import run_procedures
from floreo.meetings.tables import TABLES
from floreo.meetings.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={"meetings": "meetings.toml", "decisions": "meetings.toml", "seats": "meetings.toml"},
    measures={
        "share_decisions_on_time": Measure(
            measures.share_decisions_on_time,
            _("Share of decisions carried out on time"),
            "%",
            _("decisions carried out by their due date"),
            _("public decisions due in the period"),
        ),
    },
    tasks=waiting_tasks,
    discussed=dict.fromkeys(("meetings.decision", "meetings.writtenprocedure"), Permission.MEETING_READ),
    task_kinds={
        "decision": _("Decisions"),
        "agenda": _("Agendas and minutes"),
        "vote": _("Votes and dates of committees"),
        "proposal": _("Proposals of members"),
    },
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(
        SearchKind("committee", _("Committee"), Permission.MEETING_READ),
        SearchKind("meeting", _("Meeting"), Permission.MEETING_READ),
        SearchKind("agenda_item", _("Agenda point and minutes"), Permission.MEETING_READ),
        SearchKind("decision", _("Decision"), Permission.MEETING_READ),
        SearchKind("written_procedure", _("Written procedure"), Permission.MEETING_READ),
    ),
    jobs=(
        Job("decisions", partial(settle_decisions, by=SYSTEM), timedelta(minutes=10)),
        Job("written procedures", partial(run_procedures, by=SYSTEM), timedelta(minutes=1)),
    ),
    verbs={
        "agenda.drawn": _("created the agenda from late items"),
        "agenda.item_added": _("added an item to the agenda"),
        "agenda.item_removed": _("removed an item from the agenda"),
        "agenda.item_updated": _("changed an item of the agenda"),
        "agenda.reordered": _("changed the order of the agenda"),
        "committee.added": _("added the committee"),
        "committee.updated": _("changed the committee"),
        "decision.answered": _("recorded the answer"),
        "decision.asked": _("requested a decision"),
        "decision.became_action": _("made it an action of the plan"),
        "decision.became_milestone": _("made it a milestone of the plan"),
        "decision.carried_out": _("recorded that it is carried out"),
        "decision.discarded": _("discarded the decision"),
        "decision.taken": _("recorded a decision"),
        "decision.updated": _("changed the decision"),
        "decisions.settled": _("checked which decisions the plan has carried out"),
        "meeting.agenda_sent": _("sent the agenda"),
        "meeting.called": _("scheduled the meeting"),
        "meeting.cancelled": _("cancelled the meeting"),
        "meeting.minutes_approved": _("recorded that the minutes are approved"),
        "meeting.minutes_circulated": _("sent the minutes"),
        "meeting.minutes_corrected": _("corrected approved minutes"),
        "meeting.recorded": _("recorded attendance and notes"),
        "meeting.moved": _("changed the date of the meeting"),
        "meeting.updated": _("changed the meeting"),
        "poll.answered": _("answered when they can come"),
        "poll.cancelled": _("cancelled the poll of dates"),
        "poll.date_chosen": _("chose the date of the meeting"),
        "poll.opened": _("asked the members for a date"),
        "procedure.answered": _("answered in the written procedure"),
        "procedure.closed": _("closed the written procedure"),
        "procedure.closed_early": _("closed the written procedure, since every member had answered"),
        "procedure.link_sent": _("sent a member a new link"),
        "procedure.opened": _("opened the written procedure"),
        "procedure.prepared": _("prepared a written procedure"),
        "procedure.put_on_agenda": _("put the question of the written procedure on an agenda"),
        "procedure.reminded": _("reminded members of the written procedure"),
        "procedure.updated": _("changed the written procedure"),
        "procedure.withdrawn": _("withdrew the written procedure"),
        "committee_proposal.declined": _("did not take up the proposal"),
        "committee_proposal.made": _("made a proposal"),
        "committee_proposal.put_on_agenda": _("put the proposal on an agenda"),
        "seat.added": _("added a seat"),
        "seat.ended": _("ended a seat"),
        "seat.removed": _("removed a seat"),
        "seat.updated": _("changed a seat"),
    },
    menu=(MenuItem(STRATEGY, _("Meetings"), "workspace:meetings", Permission.MEETING_READ, 60, "meetings"),),
)
