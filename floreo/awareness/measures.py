"""The values that awareness offers: (period, filters) -> Reading. Of people only counts, and none below the smallest number."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, Sum

from floreo.awareness.logic import SMALLEST_GROUP
from floreo.awareness.models import Campaign, Material, QuizCount, QuizKind, Reach, ReachUnit
from floreo.awareness.queries import ended_on, shown_family_totals
from floreo.core.figures import Filters, Group, MeasureFunction, Period, Reading, RecordRef, share
from floreo.core.sectors import Sector


def _campaigns(filters: Filters) -> Q:
    if filters.objective_id:
        return Q(objective=filters.objective_id)
    if filters.pillar_id:
        return Q(objective__pillar=filters.pillar_id)
    return Q()


def campaigns_run(period: Period, filters: Filters) -> Reading:
    """Campaigns of which a day lies in the period: those that are public."""
    rows = Campaign.objects.filter(_campaigns(filters), is_public=True)
    rows = rows.filter(starts_on__lte=period.end, ends_on__gte=period.start).order_by("starts_on", "pk")
    records = tuple(RecordRef(row.title, "/data/campaigns/", counted=True) for row in rows)
    number = Decimal(len(records))
    return Reading(number, number, number, records)


def _reach_of(unit: ReachUnit) -> MeasureFunction:
    def measure(period: Period, filters: Filters) -> Reading:
        """Of one unit only, as its sources counted it; of public campaigns, where the last counted day lies in the period."""
        rows = Reach.objects.filter(unit=unit, campaign__is_public=True, to_on__gte=period.start, to_on__lte=period.end)
        if wanted := _campaigns(filters):
            rows = rows.filter(campaign__in=Campaign.objects.filter(wanted))
        found = list(rows.select_related("campaign").order_by("to_on", "pk"))
        records = tuple(
            RecordRef(f"{row.campaign.title}: {row.source}", "/data/campaign_reach/", counted=True) for row in found
        )
        total = Decimal(sum(row.number for row in found)) if found else None
        return Reading(total, total, total, records)

    return measure


campaign_views = _reach_of(ReachUnit.VIEWS)
campaign_listeners = _reach_of(ReachUnit.LISTENERS)
campaign_people = _reach_of(ReachUnit.PEOPLE)
campaign_sms = _reach_of(ReachUnit.SMS)


def materials_published(period: Period, filters: Filters) -> Reading:
    """Materials written for the country that were public at the end of the period; those that come with the product do not count."""
    rows = Material.objects.filter(is_public=True, is_generic=False, published_on__lte=period.end).order_by("code")
    records = tuple(RecordRef(row.title, "/data/materials/", counted=True) for row in rows)
    number = Decimal(len(records))
    return Reading(number, number, number, records)


def _taken(kind: QuizKind) -> MeasureFunction:
    def measure(period: Period, filters: Filters) -> Reading:
        """How many times it was taken on the days of the period, of those who are counted (docs/adr/0034-counting-quizzes.md)."""
        rows = QuizCount.objects.filter(
            quiz__kind=kind, question=0, option=0, day__gte=period.start, day__lte=period.end
        )
        by_quiz = rows.order_by("quiz__code").values_list("quiz__title").annotate(all=Sum("number"))
        groups = tuple(Group(str(title), int(n), int(n)) for title, n in by_quiz)
        total = Decimal(sum(group.numerator for group in groups))
        return Reading(total, total, total, groups=groups)

    return measure


quizzes_taken = _taken(QuizKind.QUIZ)
self_checks_taken = _taken(QuizKind.CHECK)


def share_phish_recognised(period: Period, filters: Filters) -> Reading:
    """Per cent of the decisions on a phish that were right, in groups that were closed in the period and show results; by sector."""
    lines = [
        line
        for line in shown_family_totals(closed_by=period.end)
        if ended_on(line.group) >= period.start and line.takers is not None and line.takers >= SMALLEST_GROUP
    ]
    words = dict(Sector.choices)
    sums: dict[str, list[int]] = {}
    for line in lines:
        total = sums.setdefault(line.group.sector, [0, 0])
        total[0] += line.phish_recognised
        total[1] += line.phish_seen
    groups = tuple(Group(str(words[sector]), right, seen) for sector, (right, seen) in sorted(sums.items()))
    right, seen = sum(group.numerator for group in groups), sum(group.denominator for group in groups)
    return Reading(share(right, seen), Decimal(right), Decimal(seen), groups=groups)
