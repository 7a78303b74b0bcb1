"""A team of two and an organisation without a country: what most tests of cases need."""

from __future__ import annotations

from dataclasses import dataclass

from floreo.incidents.actions.cases import open_case
from floreo.incidents.case_text import log_text
from floreo.incidents.models import Case, ClockRule, LogEntry
from floreo.organisations.models import Organisation, User
from tests.conftest import make_user

EARLY = {
    "origin": {"moment": "aware"},
    "period": {"hours": 24},
    "met_by": {"submission": "early_warning"},
    "pauses": ["case"],
}


@dataclass(frozen=True)
class Desk:
    ana: User
    ben: User
    operator: User
    port: Organisation

    def case(self, title: str = "Ransomware at the port", **facts: object) -> Case:
        return open_case(by=self.ana, title=title, **facts)  # type: ignore[arg-type]  # columns of the case


def a_desk() -> Desk:
    port = Organisation.objects.create(code="port", name="Port Authority", kind="ministry")
    ana, ben = make_user("responder", email="ana@team.example"), make_user("responder", email="ben@team.example")
    return Desk(ana, ben, make_user("operator", organisation=port, email="op@port.example"), port)


def a_rule(**more: object) -> ClockRule:
    facts = {
        "code": "early-warning",
        "holds_from": "2020-01-01",
        "title": "Early warning",
        "law": "Act",
        "section": "14",
    }
    return ClockRule.objects.create(**{**facts, "rule": EARLY, **more})


def log_of(case: Case) -> list[str]:
    """Newest first."""
    return [log_text(line) for line in LogEntry.objects.filter(case=case)]
