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
from floreo.organisations.models import Kind, Organisation

OF = "of"  # which part of which framework: "nist-csf", "nist-csf/GV"
YEAR = timedelta(days=365)
NOTHING = Reading(None, Decimal(0), Decimal(0))
_TENTH = Decimal("0.1")


def _accepted(end: date) -> Sequence[Participant]:
    """Oldest first, of the year before `end`."""
    rows = Participant.objects.filter(state=ParticipantState.ACCEPTED, accepted_on__lte=end, accepted_on__gt=end - YEAR)
    return list(rows.select_related("organisation").order_by("accepted_on", "pk"))


def share_organisations_assessed(period: Period, filters: Filters) -> Reading:
    """Per cent of the operators of services in the register that had an assessment accepted in the twelve months before the period ends.
    Operators are those of that kind that exist at its end; others that were assessed do not count."""
    exists = Q(ends_on=None) | Q(ends_on__gte=period.end)
    began = Q(starts_on=None) | Q(starts_on__lte=period.end)
    bodies = list(Organisation.objects.filter(exists & began, kind=Kind.OPERATOR, merged_into=None))
    if not bodies:
        return NOTHING
    done = {row.organisation_id for row in _accepted(period.end)}
    records = tuple(RecordRef(body.name, body.get_absolute_url(), body.pk in done) for body in bodies)
    counted = sum(record.counted for record in records)
    return Reading(share(counted, len(bodies)), Decimal(counted), Decimal(len(bodies)), records)


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
    if mean is None or len(pairs) < MINIMUM:
        return Reading(None, None, None)
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
    """Per cent of the lines of action plans due in the period that were done by their due date; what was given up was not."""
    rows = PlanLine.objects.filter(due_on__gte=period.start, due_on__lte=period.end)
    records = []
    for row in rows.select_related("action", "participant__campaign", "participant__assessment"):
        done = done_on(row)
        in_time = row.state != LineState.DROPPED and done is not None and done <= row.due_on
        records.append(RecordRef(row.title, row.workspace_url(), in_time))
    counted = sum(record.counted for record in records)
    if not records:
        return NOTHING
    return Reading(share(counted, len(records)), Decimal(counted), Decimal(len(records)), tuple(records))
