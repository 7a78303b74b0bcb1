"""The figures that the plan offers: (period, filters) -> Reading. Each says what the status of the plan was on the period's last
day, counts public rows only, and groups what it counted by pillar. `indicators/catalogue.py` names them."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from floreo.core.figures import Filters, Group, MeasureFunction, Period, Reading, RecordRef, median, share
from floreo.evidence.queries import shown_numbers
from floreo.strategy.logic import HOLDING, Status
from floreo.strategy.models import Milestone
from floreo.strategy.plan_facts import ActionRow, remembered
from floreo.strategy.sourced_rows import KINDS

# Why a row was not counted; indicators/presenters.py says each in a sentence.
NOT_BEGUN = "edition_not_begun"
OF_CLOSED = "milestones_of_closed_actions"
NOT_LATE = "actions_not_late"
NOT_KNOWN = "actions_not_known"

Counted = tuple[str, bool, RecordRef]  # the group, whether it is in the numerator, the record


def once(measure: MeasureFunction) -> MeasureFunction:
    """Works a measure out once for a day and filters within `with plan_facts():`."""

    @functools.wraps(measure)
    def run(period: Period, filters: Filters) -> Reading:
        kept = remembered().readings
        key = (measure.__name__, period.end, filters)
        if key not in kept:
            kept[key] = measure(period, filters)
        return kept[key]

    return run


def _begun(period: Period, filters: Filters) -> tuple[list[ActionRow], int, dict[int, str]]:
    """The actions whose edition had begun, how many had not, and the pillars' names."""
    plan = remembered().plan(filters)
    every = plan.actions(filters)
    begun = [row for row in every if row.is_begun(period.end)]
    return begun, len(every) - len(begun), plan.pillars


def _grouped(counted: Iterable[Counted], order: Iterable[str]) -> tuple[tuple[Group, ...], tuple[RecordRef, ...]]:
    """Groups in `order`, those with nothing left away, and the records, those not counted first."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    records = []
    for group, is_in, record in counted:
        sums[group][0] += is_in
        sums[group][1] += 1
        records.append(record)
    groups = tuple(Group(name, *sums[name]) for name in dict.fromkeys(order) if name in sums)
    return groups, tuple(sorted(records, key=lambda r: r.counted))


def _left(code: str, count: int) -> tuple[tuple[str, int], ...]:
    return ((code, count),) if count else ()


def _share_of_actions(
    period: Period,
    filters: Filters,
    is_in: Callable[[ActionRow], bool],
    is_known: Callable[[ActionRow], bool] = lambda _row: True,
) -> Reading:
    begun, not_begun, pillars = _begun(period, filters)
    known = [row for row in begun if is_known(row)]
    counted = [
        (pillars[row.pillar_id], (inside := is_in(row)), RecordRef(row.label, row.address, inside)) for row in known
    ]
    groups, records = _grouped(counted, pillars.values())
    numerator = sum(inside for _group, inside, _record in counted)
    return Reading(
        share(numerator, len(counted)),
        Decimal(numerator),
        Decimal(len(counted)),
        records,
        groups,
        _left(NOT_BEGUN, not_begun) + _left(NOT_KNOWN, len(begun) - len(known)),
    )


def _is_reported_on(row: ActionRow) -> bool:
    """Whether anything says what became of it: else it was neither on its dates nor behind them, on any day."""
    over = row.facts.edition_ended_on
    return over is None or row.status_on(over).status is not Status.NOT_KNOWN


@once
def share_actions_on_track(period: Period, filters: Filters) -> Reading:
    """Per cent of public actions that are on schedule (done, or on track) on the period's last day. What no report says of
    an edition that is over is left out."""
    day = period.end
    return _share_of_actions(period, filters, lambda row: row.status_on(day).status in HOLDING, _is_reported_on)


@once
def share_actions_with_owner(period: Period, filters: Filters) -> Reading:
    """Per cent of public actions with a lead organisation on the period's last day and a named person.

    A person's name has no dates, so this knows today only."""
    return _share_of_actions(period, filters, lambda row: row.has_person and row.is_led(period.end))


@once
def share_actions_with_money(period: Period, filters: Filters) -> Reading:
    """Per cent of public actions with at least one budget line above zero. Budget lines have no day, so today only."""
    return _share_of_actions(period, filters, lambda row: row.has_money)


def _is_open(row: ActionRow, day: date) -> bool:
    return row.facts.closed_on is None or row.facts.closed_on > day


@once
def milestones_late(period: Period, filters: Filters) -> Reading:
    """How many milestones were past their date and not reached on the period's last day, of those past their date.

    What an action left open when it was closed is not late; it is left out, and counted as such."""
    day = period.end
    begun, _not_begun, pillars = _begun(period, filters)
    counted: list[Counted] = []
    of_closed = 0
    for row in begun:
        where = row.address if row.milestones else ""
        for each in row.milestones:
            if each.due_on is None or each.due_on >= day:
                continue
            is_late = each.reached_on is None or each.reached_on > day
            if is_late and not _is_open(row, day):
                of_closed += 1
                continue
            record = RecordRef(f"{row.code}: {each.title}", where, is_late)
            counted.append((pillars[row.pillar_id], is_late, record))
    groups, records = _grouped(counted, pillars.values())
    late = Decimal(sum(is_late for _group, is_late, _record in counted))
    return Reading(late, late, Decimal(len(counted)), records, groups, _left(OF_CLOSED, of_closed))


@once
def share_milestones_with_evidence(period: Period, filters: Filters) -> Reading:
    """Per cent of the milestones of public actions reached by the period's last day with evidence that they are reached:
    an address given when they were ticked, or evidence in the vault that was not withdrawn. What is attached has no
    past, so this knows today only."""
    begun, not_begun, pillars = _begun(period, filters)
    rows, shown = {row.pk: row for row in begun}, shown_numbers(Milestone)
    counted: list[Counted] = []
    reached = Milestone.objects.filter(reached_on__lte=period.end, action__is_public=True).order_by("position", "pk")
    for pk, act, title, url in reached.values_list("pk", "action_id", "title", "evidence_url").iterator(
        chunk_size=5000
    ):
        if (row := rows.get(act)) is not None:
            is_in = bool(url) or pk in shown
            counted.append((pillars[row.pillar_id], is_in, RecordRef(f"{row.code}: {title}", row.address, is_in)))
    groups, records = _grouped(counted, pillars.values())
    numerator = sum(is_in for _group, is_in, _record in counted)
    return Reading(
        share(numerator, len(counted)),
        Decimal(numerator),
        Decimal(len(counted)),
        records,
        groups,
        _left(NOT_BEGUN, not_begun),
    )


@once
def median_days_late(period: Period, filters: Filters) -> Reading:
    """The middle number of days by which late public actions were late on the period's last day.

    When nothing is late there is no figure: a median of nothing is not 0 days."""
    day = period.end
    begun, not_begun, pillars = _begun(period, filters)
    days, counted = [], []
    for row in begun:
        state = row.status_on(day)
        if state.status is Status.LATE and state.since is not None:
            days.append(state.days(day))
            counted.append((pillars[row.pillar_id], True, RecordRef(row.label, row.address, counted=True)))
    groups, records = _grouped(counted, pillars.values())
    left = _left(NOT_LATE, len(begun) - len(days)) + _left(NOT_BEGUN, not_begun)
    return Reading(median(days), None, Decimal(len(days)), records, groups, left)


@once
def share_rows_confirmed(period: Period, filters: Filters) -> Reading:
    """Per cent of the public rows of the plan that a person has confirmed against their source, grouped by kind of row.

    When a row was confirmed is in the audit chain, not on the row, so this knows today only."""
    counted: list[Counted] = []
    for kind in KINDS:
        counted += [(kind.name, confirmed, record) for confirmed, record in kind.rows(filters)]
    groups, records = _grouped(counted, [kind.name for kind in KINDS])
    numerator = sum(confirmed for _kind, confirmed, _record in counted)
    return Reading(share(numerator, len(counted)), Decimal(numerator), Decimal(len(counted)), records, groups)
