"""What tests of exercises are made of: a scenario, an exercise planned from it, and people who accepted by their own link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.organisations.models import Organisation
from floreo.tabletops.access import Guest
from floreo.tabletops.actions import joining, planning, running
from floreo.tabletops.models import Inject, Participant, Scenario, Tabletop
from floreo.tabletops.recipients import KINDS
from tests.factories.organisations import organisation

SECRET = "xexercisedx"  # is in everything that is exercised, and in nothing that an uninvited person may get


def scenario(**facts: Any) -> Scenario:
    given: dict[str, Any] = {
        "code": "harbour-crane",
        "title": f"Harbour crane {SECRET}",
        "aim": f"Who decides {SECRET}",
        "audience": "Port",
        "duration": 60,
        "translations": {"es": {"title": f"Grúa {SECRET}"}},
        "objectives": [{"code": "decide", "title": f"Decide {SECRET}"}, {"code": "inform", "title": "Inform"}],
        "injects": [
            {
                "code": "a",
                "minute": 0,
                "title": f"The crane stops {SECRET}",
                "text": f"It stands still {SECRET}",
                "es": {"title": f"La grúa se detiene {SECRET}"},
                "expected": [
                    {"text": f"Call the master {SECRET}", "objective": "inform"},
                    {"text": "Stop the ships", "objective": "decide"},
                ],
            },
            {
                "code": "b",
                "minute": 20,
                "title": f"A note {SECRET}",
                "text": f"Pay {SECRET}",
                "expected": [{"text": "Do not pay", "objective": "decide"}],
            },
            {"code": "c", "minute": 60, "title": f"The press {SECRET}", "text": f"It asks {SECRET}", "expected": []},
        ],
        "evaluation": [{"text": "What came late?"}],
    }
    return Scenario.objects.create(**given | facts)


def tabletop(**facts: Any) -> Tabletop:
    """Planned for tomorrow."""
    given: dict[str, Any] = {"planned_at": clock.now() + timedelta(days=1), "place": f"Hall {SECRET}"}
    return planning.plan_tabletop(by=SYSTEM, scenario=scenario(), **given | facts)


def body(code: str = "port") -> Organisation:
    return Organisation.objects.filter(code=code).first() or organisation(code)


def invited(of: Tabletop, mail: str = "ana@example.org", **facts: Any) -> Participant:
    given: dict[str, Any] = {"organisation": body()}
    return joining.invite(of, by=SYSTEM, invited_mail=mail, **given | facts)


def accepted(of: Tabletop, mail: str = "ana@example.org", *, gives: str | None = None, **facts: Any) -> Participant:
    """Invited at `mail`, and accepted by the link with the address `gives`: the same one unless said."""
    found = invited(of, mail, **facts)
    given = mail if gives is None else gives
    return joining.accept(found, by=Guest(found), name=f"Person {found.number}", mail=given)


def on_screen(of: Tabletop, **facts: Any) -> Participant:
    """Accepted by a link that was handed over; no address."""
    return accepted(of, "", **facts)


def started(**facts: Any) -> Tabletop:
    """With one participant who gets e-mails and one on screen."""
    made = tabletop(**facts)
    accepted(made)
    on_screen(made)
    return running.start_tabletop(made, by=SYSTEM)


def inject(of: Tabletop, number: int) -> Inject:
    return Inject.objects.select_related("tabletop").get(tabletop=of, number=number)


def fresh(of: Tabletop) -> Tabletop:
    return Tabletop.objects.get(pk=of.pk)


def mails(kind: str = "") -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(kind__startswith=kind or KINDS).order_by("pk"))


def sent_to(kind: str) -> list[tuple[str, str]]:
    """Address and subject of the mails of a kind, oldest first."""
    return [(mail.to, mail.subject) for mail in mails(kind)]


@contextmanager
def minutes_later(minutes: float) -> Iterator[None]:
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        yield
