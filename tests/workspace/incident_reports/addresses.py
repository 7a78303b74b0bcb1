"""Examples for the addresses of triage."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.incidents.actions.receiving import receive
from floreo.incidents.incoming import IncomingFile
from floreo.organisations.models import Country, User
from tests.incidents.reports import incoming


def examples(country: Country, user: User) -> dict[str, list[object]]:
    got = receive(incoming(files=(IncomingFile("note.txt", b"Pay us."),)), by=SYSTEM).report
    one: list[object] = [got.reference]
    return {
        "incident_report": one,
        "accept_incident_report": one,
        "incident_report_command": [got.reference, "reject"],
        "incident_report_file": [got.reference, got.files.get().pk],
    }
