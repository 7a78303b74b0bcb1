"""A team, two operators and a form: what tests of notifications need, without a country."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from floreo.core import clock
from floreo.incidents.models import ClockRule
from floreo.obligations.actions import writing
from floreo.obligations.models import Notification, NotificationForm, NotificationStage, StageDraft, StageVersion
from floreo.obligations.pack import SHIPPED
from floreo.organisations.models import Contact, Organisation, User
from tests.conftest import make_user

SUBMISSIONS = {"early_warning": ("aware", {"hours": 24}), "notification": ("aware", {"hours": 72})}


def shipped_form(**more: Any) -> NotificationForm:
    data = tomllib.loads(SHIPPED.read_text())["notification_form"][0]
    facts = {
        "code": data["code"],
        "holds_from": "2020-01-01",
        "title": data["title"],
        "questions": data["question"],
        "significant": data["significant"],
    }
    return NotificationForm.objects.create(**{**facts, **more})


def rules() -> None:
    for kind, (moment, period) in SUBMISSIONS.items():
        ClockRule.objects.create(
            code=kind.replace("_", "-"),
            title=kind,
            law="Act",
            section="21",
            holds_from="2020-01-01",
            rule={
                "origin": {"moment": moment},
                "period": period,
                "met_by": {"submission": kind},
                "when": {"significant": True},
            },
        )
    ClockRule.objects.create(
        code="final-report",
        title="final",
        law="Act",
        section="21",
        holds_from="2020-01-01",
        rule={
            "origin": {"submission": "notification"},
            "period": {"months": 1},
            "met_by": {"submission": "final"},
            "when": {"significant": True},
        },
    )
    ClockRule.objects.create(
        code="first-answer",
        title="First answer",
        is_ours=True,
        holds_from="2020-01-01",
        rule={"origin": {"moment": "received"}, "period": {"hours": 24}, "met_by": {"moment": "acknowledged"}},
    )


def ago(**span: float) -> str:
    """A moment so long ago, as answers hold it."""
    return (clock.now() - timedelta(**span)).astimezone(clock.zone()).isoformat(timespec="minutes")


def warning(**more: Any) -> dict[str, Any]:
    """Answers with which an early warning can be submitted."""
    facts: dict[str, Any] = {
        "summary": "The servers do not answer.",
        "aware": ago(hours=2),
        "impact": "stopped",
        "malicious": "no",
        "cross_border": "no",
    }
    return {code: value for code, value in {**facts, **more}.items() if value is not None}


def notified(**more: Any) -> dict[str, Any]:
    return warning(**{"people": 900, "measures": "We restart them.", **more})


def final(**more: Any) -> dict[str, Any]:
    facts = {"cause": "A disk was full.", "resolved": ago(minutes=5), "lessons": "We watch it.", "impact": "none"}
    return notified(**{**facts, **more})


@dataclass(frozen=True)
class Desk:
    team: User
    operator: User
    other: User
    power: Organisation
    bank: Organisation
    form: NotificationForm

    def started(self, kind: str = "incident", **more: Any) -> Notification:
        facts = {"form": self.form, "kind": kind, "organisation": self.power, **more}
        return writing.start(by=self.operator, **facts)

    def submitted(self, **more: Any) -> Notification:
        """One whose early warning was submitted."""
        found = self.started()
        self.submit(stage_of(found, "early_warning"), warning(**more))
        found.refresh_from_db()
        return found

    def submit(self, stage: NotificationStage, answers: dict[str, Any]) -> StageVersion:
        return writing.submit(stage, by=self.operator, answers=answers, version=version_of(stage))


def stage_of(notification: Notification, kind: str, number: int = 1) -> NotificationStage:
    found = notification.stages.get(kind=kind, number=number)
    found.notification = notification
    return found


def version_of(stage: NotificationStage) -> int:
    return StageDraft.objects.get(stage=stage).version


def a_desk() -> Desk:
    power = Organisation.objects.create(code="power", name="Power Company", kind="operator")
    bank = Organisation.objects.create(code="bank", name="Bank", kind="operator")
    Contact.objects.create(organisation=power, purpose="Duty", email="duty@power.example", verified_on="2026-01-01")
    rules()
    return Desk(
        make_user("responder", email="ana@team.example"),
        make_user("operator", organisation=power, email="op@power.example"),
        make_user("operator", organisation=bank, email="op@bank.example"),
        power,
        bank,
        shipped_form(),
    )


def at_hours(clocked: datetime, hours: float) -> datetime:
    return clocked + timedelta(hours=hours)
