"""The figures that frameworks offer: how much of one is answered, in the newest assessment that the public sees."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.conf import settings
from django.utils import translation

from floreo.core.figures import Filters, Group, MeasureFunction, Period, Reading, RecordRef, share
from floreo.core.keys import key
from floreo.evidence.queries import evidence_of
from floreo.frameworks.models import Answer, Assessment


def _newest(framework: str, period: Period) -> Assessment | None:
    rows = Assessment.objects.filter(in_version__framework__code=framework, is_public=True, subject="").held()
    return rows.filter(closed_on__lte=period.end).select_related("in_version__framework").first()


def _records(answers: list[Answer], counted: set[int]) -> tuple[tuple[Group, ...], tuple[RecordRef, ...]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    records = []
    with translation.override(settings.LANGUAGE_CODE):
        for answer in answers:
            top = answer.item.parent or answer.item
            name = f"{top.code} {top.title}".strip()
            sums[name][0] += answer.pk in counted
            sums[name][1] += 1
            records.append(RecordRef(str(answer.item), answer.item.get_absolute_url(), answer.pk in counted))
    groups = tuple(Group(name, *pair) for name, pair in sums.items())
    return groups, tuple(sorted(records, key=lambda r: r.counted))


def _answers(assessment: Assessment) -> list[Answer]:
    return list(assessment.answers.select_related("item__parent", "item__in_version__framework"))


def _reading(answers: list[Answer], counted: set[int]) -> Reading:
    groups, records = _records(answers, counted)
    value = share(len(counted), len(answers))
    return Reading(value, Decimal(len(counted)), Decimal(len(answers)), records, groups)


def share_items_reviewed(framework: str) -> MeasureFunction:
    """Per cent of a framework's items that have a reviewed level in the newest public assessment of the nation."""

    def measure(period: Period, filters: Filters) -> Reading:
        assessment = _newest(framework, period)
        if assessment is None:
            return Reading(None, Decimal(0), Decimal(0))
        answers = _answers(assessment)
        return _reading(answers, {a.pk for a in answers if a.level is not None})

    return measure


def share_items_with_evidence(framework: str) -> MeasureFunction:
    """Per cent of a framework's items that the newest public assessment shows public evidence for."""

    def measure(period: Period, filters: Filters) -> Reading:
        assessment = _newest(framework, period)
        if assessment is None:
            return Reading(None, Decimal(0), Decimal(0))
        answers = _answers(assessment)
        shown = evidence_of([key(answer) for answer in answers], None)
        return _reading(answers, {a.pk for a in answers if key(a) in shown})

    return measure


gci_items_reviewed = share_items_reviewed("gci")
gci_items_with_evidence = share_items_with_evidence("gci")
cmm_items_reviewed = share_items_reviewed("cmm")
