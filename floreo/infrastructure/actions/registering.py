"""Services, and what hangs on them: places, assets, dependencies, recovery plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete,
    free_code,
    lock_latest,
    refuse,
    require_name,
    require_past,
    require_text,
    save,
)
from floreo.infrastructure.logic import Stage
from floreo.infrastructure.models import (
    EDGES,
    EDIT,
    Asset,
    Dependency,
    RecoveryPlan,
    Service,
    ServicePlace,
    ServiceStateChoice,
    TestResult,
)
from floreo.organisations.models import Place

# --- Services -----------------------------------------------------------------------------------------------------


def must_be_current(service: Service) -> None:
    if not service.is_current:
        raise Refused(_("This service is not in the register."), code="not_current")


def must_be_proposed(service: Service) -> None:
    if service.state != ServiceStateChoice.PROPOSED:
        raise Refused(_("This service does not wait for a review."), code="reviewed")


def must_not_be_withdrawn(service: Service) -> None:
    if service.state == ServiceStateChoice.WITHDRAWN:
        raise Refused(_("This service is withdrawn."), code="withdrawn")


def must_be_withdrawn(service: Service) -> None:
    if service.state != ServiceStateChoice.WITHDRAWN:
        raise Refused(_("This service is not withdrawn."), code="not_withdrawn")


def check_hours(service: Service) -> None:
    """Refuses an objective that comes after the harm."""
    if service.rto_hours is not None and service.mtpd_hours is not None and service.rto_hours > service.mtpd_hours:
        sentence = _("The recovery time objective is longer than the longest tolerable outage.")
        raise refuse("rto_hours", sentence, code="rto_after_mtpd")


def _write(service: Service, facts: dict[str, Any]) -> Service:
    places: Mapping[Place, int | None] | None = facts.pop("places", None)
    assign(service, facts)
    require_name(service)
    check_hours(service)
    if not service.code:
        service.code = free_code(Service, service.name)
    saved = save(service)
    if places is not None:
        write_places(saved, places)
    return saved


def write_places(service: Service, places: Mapping[Place, int | None]) -> None:
    """Where the service is delivered, and to how many people there, is this and nothing else."""
    wanted = {place.pk: (place, users) for place, users in places.items()}
    for place, users in wanted.values():
        if users is not None and place.population is not None and users > place.population:
            names = {"place": place.in_language("name"), "people": place.population}
            sentence = _("%(place)s has %(people)d inhabitants: it cannot have more users than that.") % names
            raise refuse("places", sentence, code="more_users_than_people")
    held = {row.place_id: row for row in service.served.all()}
    for pk, row in held.items():
        if pk not in wanted:
            delete(row)
    for pk, (place, users) in wanted.items():
        row = held.get(pk) or ServicePlace(service=service, place=place)
        row.users = users
        save(row)


@action("service.added", needs=EDIT)
def add_service(*, by: Actor, **facts: Any) -> Service:
    """By the team: it is in the register at once."""
    return _write(Service(state=ServiceStateChoice.CURRENT, reviewed_on=clock.today()), facts)


@action("service.updated", needs=EDIT)
def update_service(service: Service, *, by: Actor, version: int | None = None, **facts: Any) -> Service:
    fresh = lock_latest(service, version)
    must_not_be_withdrawn(fresh)
    return _write(fresh, facts)


@action("service.reviewed", needs=EDIT)
def review_service(service: Service, *, by: Actor) -> Service:
    """What an operator proposed is taken into the register."""
    fresh = lock_latest(service)
    must_be_proposed(fresh)
    fresh.state, fresh.reviewed_on = ServiceStateChoice.CURRENT, clock.today()
    return save(fresh)


@action("service.withdrawn", needs=EDIT)
def withdraw_service(service: Service, *, by: Actor, reason: str) -> Service:
    """It ends, and its dependencies no longer count. Refuses while it is designated: the designation is withdrawn before."""
    fresh = lock_latest(service)
    must_not_be_withdrawn(fresh)
    if fresh.designations.filter(stage__in=[Stage.PROPOSED, Stage.HEARING, Stage.DESIGNATED]).exists():
        raise Refused(_("Its designation is open or in force. End that first."), code="designated")
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is withdrawn."))
    fresh.state, fresh.withdrawn_on, fresh.is_public = ServiceStateChoice.WITHDRAWN, clock.today(), False
    return save(fresh)


@action("service.restored", needs=EDIT)
def restore_service(service: Service, *, by: Actor) -> Service:
    fresh = lock_latest(service)
    must_be_withdrawn(fresh)
    fresh.state, fresh.withdrawn_on, fresh.reason = ServiceStateChoice.CURRENT, None, ""
    return save(fresh)


# --- Assets -------------------------------------------------------------------------------------------------------


def check_product(asset: Asset) -> None:
    """Refuses a version of nothing."""
    if asset.product_version and not asset.product:
        raise refuse("product", _("Say of which product this is the version."), code="missing")


def _write_asset(asset: Asset, facts: dict[str, Any]) -> Asset:
    assign(asset, facts)
    require_name(asset)
    check_product(asset)
    if not asset.code:
        asset.code = free_code(Asset, f"{asset.service.code} {asset.name}")
    return save(asset)


@action("asset.added", needs=EDIT)
def add_asset(service: Service, *, by: Actor, **facts: Any) -> Asset:
    must_not_be_withdrawn(service)
    return _write_asset(Asset(service=service), facts)


@action("asset.updated", needs=EDIT)
def update_asset(asset: Asset, *, by: Actor, version: int | None = None, **facts: Any) -> Asset:
    return _write_asset(lock_latest(asset, version), facts)


@action("asset.removed", needs=EDIT)
def remove_asset(asset: Asset, *, by: Actor) -> None:
    delete(asset)


# --- Dependencies -------------------------------------------------------------------------------------------------


def must_be_in_force(dependency: Dependency) -> None:
    if dependency.withdrawn_on is not None:
        raise Refused(_("This dependency is withdrawn."), code="withdrawn")


def check_dependency_facts(dependency: Dependency) -> None:
    """Refuses one on itself, and a fallback of which the name or the hours are missing."""
    if dependency.service_id is not None and dependency.service_id == dependency.needs_id:
        raise refuse("needs", _("A service cannot depend on itself."), code="itself")
    if dependency.fallback_hours and not dependency.fallback:
        raise refuse("fallback", _("Say what the fallback is."), code="missing")
    if dependency.fallback and not dependency.fallback_hours:
        raise refuse("fallback_hours", _("Say how many hours the fallback lasts."), code="missing")


def check_is_new(dependency: Dependency) -> None:
    """Refuses one that is recorded already, and what `check_dependency_facts` refuses."""
    check_dependency_facts(dependency)
    held = Dependency.objects.filter(withdrawn_on=None, service=dependency.service_id, needs=dependency.needs_id)
    if dependency.needs_id and held.filter(kind=dependency.kind).exclude(pk=dependency.pk).exists():
        raise refuse("needs", _("This dependency is recorded already."), code="twice")


def _write_dependency(dependency: Dependency, facts: dict[str, Any]) -> Dependency:
    assign(dependency, facts)
    check_dependency_facts(dependency)
    if not lock_latest(dependency.needs).is_current:
        sentence = _("“%(service)s” is not in the register.") % {"service": dependency.needs.in_language("name")}
        raise refuse("needs", sentence, code="not_current")
    return save(dependency)


@action("dependency.added", needs=EDGES)
def add_dependency(service: Service, *, by: Actor, **facts: Any) -> Dependency:
    must_be_current(service)
    return _write_dependency(Dependency(service=service), facts)


@action("dependency.updated", needs=EDGES)
def update_dependency(dependency: Dependency, *, by: Actor, version: int | None = None, **facts: Any) -> Dependency:
    """What was checked before is not checked any more, where it says something else now."""
    fresh = lock_latest(dependency, version)
    must_be_in_force(fresh)
    checked_fields = ("service", "needs", "kind", "hours", "share", "fallback", "fallback_hours", "group")
    if any(name in facts and facts[name] != getattr(fresh, name) for name in checked_fields):
        fresh.checked_on, fresh.checked_by = None, ""
    return _write_dependency(fresh, facts)


@action("dependency.checked", needs=EDGES)
def check_dependency(dependency: Dependency, *, by: Actor) -> Dependency:
    """Somebody asked the operator, or read its document, and it is so."""
    fresh = lock_latest(dependency)
    must_be_in_force(fresh)
    fresh.checked_on, fresh.checked_by = clock.today(), by.actor_name[:200]
    return save(fresh)


@action("dependency.withdrawn", needs=EDGES)
def withdraw_dependency(dependency: Dependency, *, by: Actor) -> Dependency:
    fresh = lock_latest(dependency)
    must_be_in_force(fresh)
    fresh.withdrawn_on = clock.today()
    return save(fresh)


# --- Recovery plans -----------------------------------------------------------------------------------------------


def _write_plan(plan: RecoveryPlan, facts: dict[str, Any]) -> RecoveryPlan:
    assign(plan, facts)
    plan.title = require_text(plan.title, field="title", sentence=_("Enter the title of the plan."))
    if not plan.code:
        plan.code = free_code(RecoveryPlan, f"{plan.service.code} {plan.title}")
    return save(plan)


@action("recovery_plan.added", needs=EDIT)
def add_plan(service: Service, *, by: Actor, **facts: Any) -> RecoveryPlan:
    must_not_be_withdrawn(service)
    return _write_plan(RecoveryPlan(service=service), facts)


@action("recovery_plan.updated", needs=EDIT)
def update_plan(plan: RecoveryPlan, *, by: Actor, version: int | None = None, **facts: Any) -> RecoveryPlan:
    return _write_plan(lock_latest(plan, version), facts)


@action("recovery_plan.tested", needs=EDIT)
def record_test(
    plan: RecoveryPlan,
    *,
    by: Actor,
    on: date,
    result: str,
    note: str = "",
    next_test_on: date | None = None,
) -> RecoveryPlan:
    """A test took place. The newest counts; earlier ones are in the history."""
    fresh = lock_latest(plan)
    require_past(on, field="on")
    if fresh.last_test_on is not None and on < fresh.last_test_on:
        raise refuse("on", _("A later test is recorded already."), code="older")
    if next_test_on is not None and next_test_on <= on:
        raise refuse("next_test_on", _("The next test comes after this one."), code="order")
    fresh.last_test_on, fresh.last_result, fresh.last_note = on, TestResult(result), note
    fresh.next_test_on = next_test_on
    return save(fresh, at={"last_note": "note", "last_result": "result"})


@action("recovery_plan.removed", needs=EDIT)
def remove_plan(plan: RecoveryPlan, *, by: Actor) -> None:
    delete(plan)
