"""Written procedures for tests, made through the same actions people use."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import MailState, OutboxMail
from floreo.meetings.access import answering
from floreo.meetings.actions.procedures import close_procedure, open_procedure, prepare_procedure, vote
from floreo.meetings.between_mails import ASKED
from floreo.meetings.models import Committee, ProcedureMember, WrittenProcedure
from tests.factories.strategy import TODAY

OPENED = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
CLOSES = OPENED + timedelta(days=7)
AFTER = CLOSES + timedelta(minutes=1)


def prepared(committee: Committee, **facts: object) -> WrittenProcedure:
    """A question that the committee, of three voting seats, decides in a week."""
    given = {"title": "Hire two", "text": "By year's end.", "closes_at": CLOSES} | facts
    return prepare_procedure(committee, by=SYSTEM, **given)  # type: ignore[arg-type]


def opened(committee: Committee, *, delivered: bool = True, **facts: object) -> WrittenProcedure:
    found = open_procedure(prepared(committee, **facts), by=SYSTEM)
    if delivered:
        OutboxMail.objects.filter(kind=ASKED).update(state=MailState.SENT)
    return found


def member_of(procedure: WrittenProcedure, organisation: str) -> ProcedureMember:
    rows = ProcedureMember.objects.select_related("procedure", "organisation", "person", "seat")
    return rows.get(procedure=procedure, organisation__code=organisation)


def votes(procedure: WrittenProcedure, **choices: str) -> None:
    """By organisation: votes(found, police="for")."""
    for organisation, choice in choices.items():
        member = member_of(procedure, organisation)
        vote(member, by=answering(member), choice=choice, reason="No money." if choice == "object" else "")


def closed(procedure: WrittenProcedure) -> WrittenProcedure:
    """As the worker closes it when its day has come."""
    with clock.at(AFTER):
        return close_procedure(procedure, by=SYSTEM)


def link_to(address: str) -> str:
    """The link in the newest e-mail to that address."""
    mail = OutboxMail.objects.filter(to=address, is_secret=True).order_by("-pk")[0]
    found = re.search(r"https?://[^/\s]+(/\S*committee/\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]
