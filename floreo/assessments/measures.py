"""The figures that assessments offer. A mean of levels is of whole campaigns that are closed, each with the minimum of organisations or
more: so none is of fewer, and none changes by one organisation at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q

from floreo.assessments.logic import MINIMUM, WHOLE, mean_of
from floreo.assessments.models import (
    AssessmentCampaign,
    CampaignState,
    LineState,
    Participant,
    ParticipantState,
    PlanLine,
)
from floreo.assessments.presenters import done_on
from floreo.core.figures import Filters, Period, Reading, RecordRef, share
from floreo.frameworks.models import Item, Version
from floreo.organisations.queries import operators_on

OF = "of"  # which part of which framework: "nist-csf", "nist-csf/GV"
YEAR = timedelta(days=365)
NOTHING = Reading(None, Decimal(0), Decimal(0))
HIDDEN = Reading(None, None, None)  # of fewer than the minimum
_TENTH = Decimal("0.1")


def _accepted(end: date) -> Sequence[Participant]:
    """Oldest first, of the year before `end`."""
    rows = Participant.objects.filter(state=ParticipantState.ACCEPTED, accepted_on__lte=end, accepted_on__gt=end - YEAR)
    return list(rows.select_related("organisation").order_by("accepted_on", "pk"))


def _of_operators(end: date, done: set[int]) -> tuple[RecordRef, ...] | None:
    """A record of each operator that exists on that day, counted where it is in `done`. None where no campaign had been opened by then:
    nobody knows. Empty where there are fewer than the minimum, since their number would reveal each."""
    if not AssessmentCampaign.objects.filter(opened_on__lte=end).exists():
        return None
    bodies = operators_on(end)
    if 0 < len(bodies) < MINIMUM:
        return ()
    return tuple(RecordRef(body.name, body.get_absolute_url(), body.pk in done) for body in bodies) or None


def share_organisations_assessed(period: Period, filters: Filters) -> Reading:
    """Per cent of the operators of services in the register that had an assessment accepted in the twelve months before the period ends.
    Operators are those of that kind that exist at its end; others that were assessed do not count. None below the minimum of operators."""
    records = _of_operators(period.end, {row.organisation_id for row in _accepted(period.end)})
    if not records:
        return NOTHING if records is None else HIDDEN
    counted = sum(record.counted for record in records)
    return Reading(share(counted, len(records)), Decimal(counted), Decimal(len(records)), records)


def operators_assessed(period: Period, filters: Filters) -> Reading:
    """Operators of services in the register of which at least one assessment was accepted by the end of the period, each counted once,
    however long ago. None below the minimum of operators."""
    rows = Participant.objects.filter(state=ParticipantState.ACCEPTED, accepted_on__lte=period.end)
    records = _of_operators(period.end, set(rows.values_list("organisation_id", flat=True)))
    if not records:
        return NOTHING if records is None else HIDDEN
    counted = Decimal(sum(record.counted for record in records))
    return Reading(counted, counted, Decimal(len(records)), records)


def _newest(end: date, framework: str) -> list[Participant]:
    """Of each organisation the last that was accepted, of closed campaigns with enough of them."""
    enough = (
        AssessmentCampaign.objects.filter(state=CampaignState.CLOSED, closed_on__lte=end)
        .annotate(number=Count("participants", filter=Q(participants__state=ParticipantState.ACCEPTED)))
        .filter(number__gte=MINIMUM)
    )
    if framework:
        enough = enough.filter(in_version__framework__code=framework)
    rows = Participant.objects.filter(
        campaign__in=enough.values("pk"),
        state=ParticipantState.ACCEPTED,
        accepted_on__lte=end,
        campaign__closed_on__gt=end - YEAR,
    )
    found: dict[int, Participant] = {}
    for row in rows.select_related("organisation", "campaign", "assessment").order_by("campaign__closed_on", "pk"):
        found[row.organisation_id] = row
    return list(found.values())


def _of(filters: Filters) -> tuple[str, str]:
    framework, _slash, branch = dict(filters.extra).get(OF, "").partition("/")
    return framework, branch or WHOLE


def _mean(pairs: Sequence[tuple[Participant, Decimal]]) -> Reading:
    mean = mean_of(value for _row, value in pairs)
    if mean is None:
        return NOTHING
    if len(pairs) < MINIMUM:
        return HIDDEN
    total = sum((value for _row, value in pairs), Decimal(0))
    records = tuple(RecordRef(row.organisation.name, row.workspace_url(), counted=True) for row, _value in pairs)
    value = mean.quantize(_TENTH, rounding=ROUND_HALF_UP)
    return Reading(value, total, Decimal(len(pairs)), records)


def mean_level(period: Period, filters: Filters) -> Reading:
    """Mean of how far up the scale organisations are, in per cent, in the last closed campaign of the twelve months before the period
    ends in which each was accepted. Of a part of a framework, where an indicator names one. None below the minimum."""
    framework, branch = _of(filters)
    rows = _newest(period.end, framework)
    return _mean([(row, Decimal(row.results[branch])) for row in rows if branch in row.results])


def mean_change(period: Period, filters: Filters) -> Reading:
    """Mean change in percentage points from the assessment before, of organisations that have both on that part. None below the
    minimum."""
    framework, branch = _of(filters)
    rows = [row for row in _newest(period.end, framework) if row.assessment is not None and row.assessment.before_id]
    earlier = {
        found.assessment_id: found.results
        for found in Participant.objects.filter(
            assessment__in=[row.assessment.before_id for row in rows if row.assessment is not None],
            state=ParticipantState.ACCEPTED,
        )
    }
    pairs = []
    for row in rows:
        before = earlier.get(row.assessment.before_id if row.assessment is not None else None, {})
        if branch in row.results and branch in before:
            pairs.append((row, Decimal(row.results[branch]) - Decimal(before[branch])))
    return _mean(pairs)


def choices() -> Iterator[tuple[str, str]]:
    """What an indicator can mean: the whole of each framework that a campaign asked, and each of its functions."""
    versions = Version.objects.filter(campaigns__state=CampaignState.CLOSED).select_related("framework").distinct()
    for version in versions:
        name = version.framework.in_language("title")
        yield version.framework.code, name
        for item in Item.objects.filter(in_version=version, parent=None):
            yield f"{version.framework.code}/{item.code}", f"{name}: {item.named()}"


def share_lines_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of the lines of action plans due in the period that were done by their due date; what was given up was not.
    None where they are of fewer organisations than the minimum."""
    rows = PlanLine.objects.filter(due_on__gte=period.start, due_on__lte=period.end)
    records, bodies = [], set[int]()
    for row in rows.select_related("action", "participant__campaign", "participant__assessment"):
        done = done_on(row)
        in_time = row.state != LineState.DROPPED and done is not None and done <= row.due_on
        records.append(RecordRef(row.title, row.workspace_url(), in_time))
        bodies.add(row.participant.organisation_id)
    counted = sum(record.counted for record in records)
    if not records:
        return NOTHING
    if len(bodies) < MINIMUM:
        return HIDDEN
    return Reading(share(counted, len(records)), Decimal(counted), Decimal(len(records)), tuple(records))
