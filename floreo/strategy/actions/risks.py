"""Writing risks: what could stop an action, how likely, how bad, and what is done about it."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, require_order, require_past, require_text, save
from floreo.strategy.actions.statuses import recompute_status
from floreo.strategy.models import Action, Risk


class RiskFacts(TypedDict, total=False):
    """What is said of a risk; likelihood and impact from 1 (low) to 5 (high)."""

    title: str
    likelihood: int
    impact: int
    response: str
    noted_on: date
    is_public: bool
    translations: dict[str, dict[str, str]]


def check_risk(risk: Risk) -> None:
    risk.title = require_text(risk.title, field="title", sentence=_("Describe what could happen."))
    for field in ("likelihood", "impact"):
        if not 1 <= (getattr(risk, field) or 0) <= 5:
            sentence = _("Choose a number from 1 (low) to 5 (high).")
            raise Refused(sentence, code="out_of_scale", fields={field: sentence})
    require_past(risk.noted_on, field="noted_on")


@action("risk.noted", needs=Permission.PLAN_UPDATE)
def add_risk(act: Action, *, by: Actor, **facts: Unpack[RiskFacts]) -> Risk:
    risk = Risk(action=lock_latest(act), noted_on=clock.today())
    assign(risk, facts)
    check_risk(risk)
    save(risk)
    recompute_status(act)
    return risk


@action("risk.updated", needs=Permission.PLAN_UPDATE)
def update_risk(risk: Risk, *, by: Actor, version: int | None = None, **facts: Unpack[RiskFacts]) -> Risk:
    risk = lock_latest(risk, version)
    assign(risk, facts)
    check_risk(risk)
    save(risk)
    recompute_status(risk.action)
    return risk


def must_be_open(risk: Risk) -> None:
    if risk.closed_on is not None:
        raise Refused(_("It is already closed."), code="already_closed")


@action("risk.closed", needs=Permission.PLAN_UPDATE)
def close_risk(risk: Risk, *, by: Actor, on: date | None = None) -> Risk:
    """It can no longer happen, or it has."""
    risk, on = lock_latest(risk), on or clock.today()
    must_be_open(risk)
    require_past(on, field="on")
    require_order(risk.noted_on, on, field="on", named=(_("The date it was recorded"), _("the closing date")))
    risk.closed_on = on
    save(risk)
    recompute_status(risk.action)
    return risk
