"""The figures that reviews offer: (period, filters) -> Reading. Each looks at the reviews whose answers were due in the
period, counts public actions only, and groups what it counted by lead organisation. `indicators/catalogue.py` names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, median, share
from floreo.reviews.logic import AnswerState
from floreo.reviews.models import Answer, UpdateRequest
from floreo.strategy.plan_facts import address

# Why a row was not counted; indicators/presenters.py says each in a sentence.
STILL_RUNNING = "updates_still_in_time"
NOT_ANSWERED = "updates_not_answered"


@dataclass(frozen=True)
class Asked:
    """One action asked about in one review, with the first day on which it was answered, and on which it was approved."""

    review: str
    due_on: date
    act: int
    label: str
    address: str
    lead: str
    reported_on: date | None
    is_approved: bool


def _narrowed(filters: Filters) -> dict[str, object]:
    wanted: dict[str, object] = {"action__is_public": True}
    if filters.edition_id is not None:
        wanted["action__edition"] = filters.edition_id
    if filters.pillar_id is not None:
        wanted["action__objective__pillar"] = filters.pillar_id
    if filters.objective_id is not None:
        wanted["action__objective"] = filters.objective_id
    if len(wanted) == 1:
        wanted["action__edition__is_public"] = True
    return wanted


def asked_in(period: Period, filters: Filters) -> list[Asked]:
    """Every public action that was asked about in a review due in the period, in two queries."""
    rows = UpdateRequest.actions.through._default_manager.filter(
        updaterequest__review__due_on__gte=period.start,
        updaterequest__review__due_on__lte=period.end,
        **_narrowed(filters),
    )
    columns = (
        "updaterequest_id",
        "action_id",
        "updaterequest__review__code",
        "updaterequest__review__due_on",
        "action__code",
        "action__title",
        "action__edition__code",
        "updaterequest__organisation__short_name",
        "updaterequest__organisation__name",
    )
    ordered = rows.order_by("updaterequest__review__due_on", "action__position", "action__pk", "updaterequest_id")
    text = _first_answers(period.end)
    found = []
    for update_request, act, review, due, code, title, edition, short, name in ordered.values_list(*columns):
        first, approved = text.get((update_request, act), (None, False))
        where = address("portal:action", edition, code)
        label = f"{code} {title} ({review})"
        found.append(Asked(review, due, act, label, where, short or name or str(_("No lead")), first, approved))
    return found


def _first_answers(until: date) -> dict[tuple[int, int], tuple[date, bool]]:
    """By ask and action: the first day on which it was sent, and whether an answer was approved by then."""
    found: dict[tuple[int, int], tuple[date, bool]] = {}
    rows = Answer.objects.filter(first_answered_on__lte=until).order_by("number")
    for update_request, act, day, state, decided in rows.values_list(
        "update_request_id", "action_id", "first_answered_on", "state", "decided_at__date"
    ):
        assert day is not None  # asked for so
        first, before = found.get((update_request, act), (day, False))
        approved = state == AnswerState.APPROVED and decided is not None and decided <= until
        found[update_request, act] = (min(first, day), before or approved)
    return found


def _reading(counted: Iterable[tuple[Asked, bool]], left: tuple[tuple[str, int], ...] = ()) -> Reading:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    records = []
    for one, is_in in counted:
        sums[one.lead][0] += is_in
        sums[one.lead][1] += 1
        records.append(RecordRef(one.label, one.address, is_in))
    groups = tuple(Group(name, *sums[name]) for name in sorted(sums))
    numerator = sum(record.counted for record in records)
    return Reading(
        share(numerator, len(records)),
        Decimal(numerator),
        Decimal(len(records)),
        tuple(sorted(records, key=lambda r: r.counted)),
        groups,
        left,
    )


def share_updates_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of updates asked for, due in the period, that were sent by their due day. What is due on the period's
    last day and not sent yet still has the day."""
    counted, waits = [], 0
    for one in asked_in(period, filters):
        if one.reported_on is None and one.due_on >= period.end:
            waits += 1
            continue
        counted.append((one, one.reported_on is not None and one.reported_on <= one.due_on))
    return _reading(counted, ((STILL_RUNNING, waits),) if waits else ())


def median_days_update_late(period: Period, filters: Filters) -> Reading:
    """The middle number of days between the due day and the day on which an update was sent, over the updates asked for
    and sent that were due in the period; in time counts as 0 days. What never came is left out, and counted as such."""
    asked = asked_in(period, filters)
    sent = [(one, max((one.reported_on - one.due_on).days, 0)) for one in asked if one.reported_on is not None]
    missing = len(asked) - len(sent)
    grouped = _reading(((one, days > 0) for one, days in sent), ((NOT_ANSWERED, missing),) if missing else ())
    return Reading(
        median([days for _one, days in sent]),
        None,
        Decimal(len(sent)),
        grouped.records,
        grouped.groups,
        grouped.left_out,
    )


def share_actions_updated(period: Period, filters: Filters) -> Reading:
    """Per cent of public actions asked about in the reviews due in the period of which an update was approved. An action
    asked about twice counts once."""
    best: dict[int, tuple[Asked, bool]] = {}
    for one in asked_in(period, filters):
        before = best.get(one.act)
        if before is None or (one.is_approved and not before[1]):
            best[one.act] = (one, one.is_approved)
    return _reading(best.values())
