"""Writing what-ifs: what fails, and what is otherwise than in the register."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_text, save
from floreo.infrastructure.models import Dependency, Service, WhatIf, WhatIfChange, WhatIfFailure

RUN = Permission.CASCADE_RUN


def _write(what_if: WhatIf, facts: dict[str, Any]) -> WhatIf:
    assign(what_if, facts)
    what_if.title = require_text(what_if.title, field="title", sentence=_("Say what fails."))
    if what_if.like is not None and what_if.like.pk == what_if.pk:
        raise refuse("like", _("It cannot be compared with itself."), code="itself")
    if not what_if.code:
        what_if.code = free_code(WhatIf, what_if.title)
    return save(what_if)


@action("what_if.added", needs=RUN)
def add_what_if(*, by: Actor, services: list[Service] | None = None, **facts: Any) -> WhatIf:
    made = _write(WhatIf(), facts)
    for service in services or ():
        _require_current(service, "services")
        save(WhatIfFailure(what_if=made, service=service))
    return made


@action("what_if.updated", needs=RUN)
def update_what_if(what_if: WhatIf, *, by: Actor, version: int | None = None, **facts: Any) -> WhatIf:
    return _write(lock_latest(what_if, version), facts)


@action("what_if.copied", needs=RUN)
def copy_what_if(what_if: WhatIf, *, by: Actor, title: str) -> WhatIf:
    """The same failures and changes under another title, to be compared with the first."""
    fresh = lock_latest(what_if)
    made = WhatIf(hours=fresh.hours, place=fresh.place, tlp=fresh.tlp, note=fresh.note, like=fresh)
    _write(made, {"title": title})
    for failure in fresh.failures.select_related("service"):
        save(WhatIfFailure(what_if=made, service=failure.service, from_hour=failure.from_hour, share=failure.share))
    for change in fresh.changes.select_related("dependency"):
        save(
            WhatIfChange(
                what_if=made,
                dependency=change.dependency,
                fallback_hours=change.fallback_hours,
                share=change.share,
            )
        )
    return made


@action("what_if.removed", needs=RUN)
def remove_what_if(what_if: WhatIf, *, by: Actor) -> None:
    delete(what_if)


def _require_current(service: Service, field: str) -> None:
    if not lock_latest(service).is_current:
        sentence = _("“%(service)s” is not in the register.") % {"service": service.in_language("name")}
        raise refuse(field, sentence, code="not_current")


@action("what_if.failure_added", needs=RUN)
def add_failure(what_if: WhatIf, *, by: Actor, service: Service, from_hour: int = 0, share: int = 100) -> WhatIfFailure:
    fresh = lock_latest(what_if)
    _require_current(service, "service")
    if from_hour > fresh.hours:
        sentence = _("It looks %(hours)d hours ahead: the failure would come after that.") % {"hours": fresh.hours}
        raise refuse("from_hour", sentence, code="after_the_end")
    if fresh.failures.filter(service=service).exists():
        raise refuse("service", _("This service fails already."), code="twice")
    return save(WhatIfFailure(what_if=fresh, service=service, from_hour=from_hour, share=share))


@action("what_if.failure_removed", needs=RUN)
def remove_failure(failure: WhatIfFailure, *, by: Actor) -> None:
    delete(failure)


@action("what_if.change_added", needs=RUN)
def add_change(
    what_if: WhatIf,
    *,
    by: Actor,
    dependency: Dependency,
    fallback_hours: int | None = None,
    share: int | None = None,
) -> WhatIfChange:
    fresh = lock_latest(what_if)
    if fallback_hours is None and share is None:
        raise refuse("fallback_hours", _("Change the hours or the share."), code="missing")
    if fresh.changes.filter(dependency=dependency).exists():
        raise refuse("dependency", _("This dependency is changed already."), code="twice")
    return save(WhatIfChange(what_if=fresh, dependency=dependency, fallback_hours=fallback_hours, share=share))


@action("what_if.change_removed", needs=RUN)
def remove_change(change: WhatIfChange, *, by: Actor) -> None:
    delete(change)
