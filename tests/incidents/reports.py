"""Reports to test with."""

from __future__ import annotations

from typing import Any

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.incidents.actions.receiving import receive
from floreo.incidents.incoming import Incoming
from floreo.incidents.models import Report


def incoming(number: int = 1, **facts: Any) -> Incoming:
    """A report by the form; each number is another one."""
    given: dict[str, Any] = {
        "channel": "form",
        "source_key": f"form:{number}",
        "received_at": clock.now(),
        "subject": "Staff cannot open files; a note asks for payment",
        "text": "Since about six this morning nobody can open the patient lists.",
        "reporter_mail": "head@hospital.example",
    }
    return Incoming(**given | facts)


def taken_in(number: int = 1, **facts: Any) -> Report:
    return receive(incoming(number, **facts), by=SYSTEM).report
