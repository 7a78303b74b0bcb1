"""The words of services, dependencies, designations and plans."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import number
from floreo.core.wording import day_text, listed, number_figures
from floreo.infrastructure.logic import PlanState, Stage
from floreo.infrastructure.models import (
    Dependency,
    Designation,
    DesignationStep,
    RecoveryPlan,
    Service,
    ServicePlace,
    StepKind,
)
from floreo.infrastructure.queries import SectorLine


def hours_text(hours: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number_figures(hours)}


def people_text(people: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", people) % {"n": number_figures(people)}


def designation_text(service: Any) -> str:
    """How the designation of a service is, for the public: a candidate is never called anything more."""
    return _("Designated") if service.is_designated else _("Candidate, not designated")


def team_designation_text(service: Any) -> str:
    if service.is_designated:
        return _("Designated")
    return _("In a procedure") if service.is_in_procedure else _("Not designated")


def places_text(rows: Iterable[ServicePlace]) -> str:
    names = [row.place.in_language("name") for row in rows]
    return listed(names) if names else _("The whole country")


def users_text(service: Service) -> str:
    return people_text(service.users) if service.users is not None else _("Not known")


def effect_text(dependency: Dependency) -> str:
    """What follows when the service that is needed fails entirely, in one sentence."""
    after = dependency.hours + dependency.fallback_hours
    if dependency.share == 100:
        return _("Stops at once.") if not after else _("Stops after %(hours)s.") % {"hours": hours_text(after)}
    words = {"share": dependency.share, "hours": hours_text(after)}
    if not after:
        return _("Loses %(share)d %% at once.") % words
    return _("Loses %(share)d %% after %(hours)s.") % words


def fallback_text(dependency: Dependency) -> str:
    if not dependency.fallback_hours:
        return _("None")
    return f"{dependency.fallback}, {hours_text(dependency.fallback_hours)}"


def checked_text(dependency: Dependency) -> str:
    day = dependency.checked_on
    return _("Checked on %(day)s") % {"day": day_text(day)} if day else _("Not checked")


def score_text(score: Decimal | None, threshold: int) -> str:
    """What the scores come to beside the threshold; unknown while one is missing."""
    if score is None:
        return _("Not known: not every criterion is scored. The threshold is %(threshold)d %%.") % {
            "threshold": threshold
        }
    words = {"score": number(score, 1), "threshold": threshold}
    if score >= threshold:
        return _("%(score)s %% of the points; the threshold of %(threshold)d %% is reached.") % words
    return _("%(score)s %% of the points; the threshold of %(threshold)d %% is not reached.") % words


def stage_text(designation: Designation) -> str:
    words = str(designation.get_stage_display())
    day = designation.review_due_on
    if designation.stage == Stage.DESIGNATED and day is not None:
        return _("%(stage)s, to be reviewed by %(day)s") % {"stage": words, "day": day_text(day)}
    return words


def plan_state_text(plan: RecoveryPlan) -> str:
    last, following = plan.last_test_on, plan.next_test_on
    match plan.state:
        case PlanState.NEVER_TESTED:
            return _("Never tested")
        case PlanState.FAILED:
            return _("Last test failed, on %(day)s") % {"day": day_text(last)} if last else ""
        case PlanState.OVERDUE:
            return _("Test overdue since %(day)s") % {"day": day_text(following)} if following else ""
    return _("Tested on %(day)s") % {"day": day_text(last)} if last else ""


def plan_hours_text(plan: RecoveryPlan) -> str:
    """As the plan says beside what the service asks for."""
    if plan.hours is None:
        return _("Not known")
    asked = plan.service.rto_hours
    if asked is None:
        return hours_text(plan.hours)
    words = {"hours": hours_text(plan.hours), "asked": hours_text(asked)}
    if plan.hours > asked:
        return _("%(hours)s; the objective is %(asked)s") % words
    return _("%(hours)s, within the objective of %(asked)s") % words


def public_answer(lines: Iterable[SectorLine]) -> str:
    """What the public page says first: how many services are published and how many of them a decision designated."""
    rows = list(lines)
    services, designated = sum(line.services for line in rows), sum(line.designated for line in rows)
    if not services:
        return _("No essential service is published yet.")
    words = {"n": number_figures(services), "designated": number_figures(designated)}
    if not designated:
        sentence = ngettext(
            "%(n)s service is listed as a candidate. None is designated.",
            "%(n)s services are listed as candidates. None is designated.",
            services,
        )
        return sentence % words
    sentence = ngettext(
        "%(n)s service is published; %(designated)s is designated.",
        "%(n)s services are published; %(designated)s of them are designated.",
        services,
    )
    return sentence % words


def designated_since_text(service: Service) -> str:
    """Since when its designation is in force; "" where it is not designated."""
    step = (
        DesignationStep.objects.filter(
            designation__service=service, designation__stage=Stage.DESIGNATED, kind=StepKind.DECISION
        )
        .order_by("-on")
        .first()
    )
    return _("since %(day)s") % {"day": day_text(step.on)} if step is not None else ""
