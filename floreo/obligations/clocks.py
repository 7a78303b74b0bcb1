"""The clocks of a notification: its stages and the rules of the pack go to core/deadlines, and what comes back becomes rows. The same
rules as those of cases; of a stage the first submission counts, whatever is sent later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from floreo.core import deadlines
from floreo.incidents.clocks import calendar, rules
from floreo.incidents.models import ClockRule, Holiday
from floreo.infrastructure.models import Designation, Service, ServiceStateChoice
from floreo.obligations import moments
from floreo.obligations.checking import moment_of
from floreo.obligations.logic import NoticeKind, NotificationState, Stage
from floreo.obligations.models import Notification, NotificationClock

_COLUMNS = (
    "revision",
    "state",
    "is_ours",
    "starts_at",
    "due_at",
    "met_at",
    "explained",
    "is_open",
    "changes_at",
    "changed_at",
)
_MOMENTS = ("occurred", "detected", "aware", "handled", "closed")
AT_ONCE = 200
_STAGES = frozenset(str(stage) for stage in Stage)


def used_rules() -> list[deadlines.Rule]:
    """Those that stages can meet, and those by which the team answers."""
    return [
        rule
        for rule in rules()
        if (rule.met_by.kind is deadlines.Kind.SUBMISSION and rule.met_by.name in _STAGES)
        or (rule.met_by.kind is deadlines.Kind.MOMENT and rule.met_by.name == "acknowledged")
    ]


def entity_class(notification: Notification) -> str | None:
    """What the organisation is under the law: designated, an operator, or another; None where it is not known whose it is."""
    body = notification.organisation_id
    if body is None:
        return None
    if Designation.objects.filter(service__operator=body, stage="designated").exists():
        return "designated"
    is_operator = Service.objects.filter(operator=body, state=ServiceStateChoice.CURRENT).exists()
    return "operator" if is_operator else "other"


def facts_of(notification: Notification, draft: dict[str, Any] | None = None) -> deadlines.Facts:
    """What clocks are computed from. `draft`: answers that are still being written, by the name of their fact, where nothing was
    submitted yet."""
    given = draft or {}
    known: dict[str, datetime] = {}
    for name in _MOMENTS:
        at = getattr(notification, f"{name}_at") or (
            moment_of(given[f"{name}_at"]) if given.get(f"{name}_at") else None
        )
        if at is not None:
            known[name] = at
    if notification.submitted_at:
        known["received"] = known["notified"] = notification.submitted_at
    if notification.answered_at:
        known["acknowledged"] = notification.answered_at
    stages = list(notification.stages.all())
    sent = [deadlines.Submission(str(each.kind), each.first_at) for each in stages if each.first_at]
    sent += [deadlines.Submission("request", each.asked_at) for each in stages if each.asked_at]
    is_bound = notification.kind == NoticeKind.INCIDENT
    attributes: dict[str, object] = {
        "significant": notification.is_significant if is_bound else False,
        "cross_border": notification.is_cross_border,
        "sector": notification.sector.broad if notification.sector else None,
        "entity_class": entity_class(notification),
        "organisation_kind": notification.organisation.kind if notification.organisation else None,
        "impact": notification.impact or None,
    }
    return deadlines.Facts(known, tuple(sent), attributes)


def computed(
    notification: Notification,
    *,
    now: datetime | None = None,
    using: Sequence[deadlines.Rule] | None = None,
    draft: dict[str, Any] | None = None,
) -> list[deadlines.Clock]:
    held = used_rules() if using is None else using
    at = now or moments.now()
    return deadlines.clocks(held, facts_of(notification, draft), calendar(), at) if held else []


def refresh(notification: Notification) -> None:
    """Makes the rows of that notification again. Within an action, or the worker's transaction."""
    _write([notification], used_rules())


def _write(notifications: Iterable[Notification], using: Sequence[deadlines.Rule]) -> None:
    rows: list[NotificationClock] = []
    for each in notifications:
        made = [_row(each, found) for found in computed(each, using=using)] if _has_clocks(each) else []
        keep = Q()
        for row in made:
            keep |= Q(rule=row.rule, step=row.step)
        old = NotificationClock.objects.filter(notification=each)
        (old.exclude(keep) if made else old).delete()
        rows += made
    NotificationClock.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["notification", "rule", "step"],
        update_fields=_COLUMNS,
    )


def _has_clocks(each: Notification) -> bool:
    return each.state in {NotificationState.OPEN, NotificationState.CLOSED}


def _row(notification: Notification, each: deadlines.Clock) -> NotificationClock:
    is_open = notification.state == NotificationState.OPEN
    return NotificationClock(
        notification=notification,
        rule=each.rule.code,
        revision=each.rule.version,
        step=each.step,
        state=str(each.state),
        is_ours=each.rule.bound is deadlines.Party.TEAM,
        starts_at=each.start,
        due_at=each.due,
        met_at=each.met,
        explained=deadlines.parts_of(each),
        is_open=each.is_open and is_open,
        changes_at=each.changes_at if is_open else None,
    )


def fill() -> None:
    """Clocks of notifications that came without them, from the pack of a sample country."""
    _write(_whole(Notification.objects.filter(clocks=None, state__in=["open", "closed"])), used_rules())


def _whole(rows: Any) -> Iterable[Notification]:
    found: Iterable[Notification] = rows.select_related("organisation", "sector").prefetch_related("stages")
    return found


def refresh_all(*, most: int = 2000) -> int:
    """The worker's round: open notifications of which a clock changes by time alone, and those whose clocks are older than a rule."""
    using, done = used_rules(), 0
    now = moments.now()
    due = set(NotificationClock.objects.filter(changes_at__lte=now).values_list("notification", flat=True)[:most])
    changed = [model.objects.aggregate(at=Max("changed_at"))["at"] for model in (ClockRule, Holiday)]
    newest = max((at for at in changed if at is not None), default=None)
    if newest is not None:
        fresh = NotificationClock.objects.filter(changed_at__gte=newest).values("notification")
        stale = Notification.objects.filter(state=NotificationState.OPEN).exclude(pk__in=fresh)
        due |= set(stale.values_list("pk", flat=True)[:most])
    ids = sorted(due)
    for at in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            rows = Notification.objects.select_for_update(of=("self",)).filter(pk__in=ids[at : at + AT_ONCE])
            held = list(_whole(rows))
            _write(held, using)
        done += len(held)
    return done
