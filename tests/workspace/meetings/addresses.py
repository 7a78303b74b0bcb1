"""Examples for the addresses of what is decided between meetings."""

from __future__ import annotations

from datetime import date

from floreo.core.access import SYSTEM
from floreo.meetings.actions.dates import When, open_poll
from floreo.meetings.actions.proposals import make_proposal
from floreo.meetings.models import Committee, WrittenProcedure
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    committee = Committee.objects.get(code="steering-committee")
    closed = WrittenProcedure.objects.get(number="W-2026-01")
    proposal = make_proposal(committee, by=SYSTEM, title="Meet online", seat=committee.seats.all()[0])
    dates = [When(date(2030, 1, 7)), When(date(2030, 1, 8))]
    poll = open_poll(committee, by=SYSTEM, dates=dates, closes_on=date(2030, 1, 2))
    return {
        "new_procedure": [committee.code],
        "propose_to_committee": [committee.code],
        "new_date_poll": [committee.code],
        "procedure": [closed.number],
        "procedure_command": ["W-2026-03", "edit"],
        "procedure_member_link": [closed.number, closed.members.all()[0].pk],
        "procedure_paper": [closed.number],
        "procedure_file": [closed.number, "pdf"],
        "procedure_of_proposal": [proposal.pk],
        "proposal_command": [proposal.pk, "decline"],
        "date_poll": [poll.number],
        "date_poll_command": [poll.number, "choose"],
    }
