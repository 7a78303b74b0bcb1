"""The figures that frameworks offer: how much of them is answered, in the newest assessments that the public sees."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.utils import translation

from floreo.core import languages
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.core.keys import key
from floreo.evidence.queries import evidence_of
from floreo.frameworks.models import Answer, Assessment


def _newest(period: Period) -> list[Assessment]:
    """Of each framework that is held, the newest self-assessment of the nation that the public sees at the end of `period`."""
    rows = Assessment.objects.filter(is_public=True, closed_on__lte=period.end).of_the_nation().held()
    newest: dict[int, Assessment] = {}
    for row in rows.select_related("in_version"):
        newest.setdefault(row.in_version.framework_id, row)
    return list(newest.values())


def _records(answers: list[Answer], counted: set[int]) -> tuple[tuple[Group, ...], tuple[RecordRef, ...]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    records = []
    with translation.override(languages.home()):
        for answer in answers:
            top = answer.item.parent or answer.item
            name = f"{top.code} {top.title}".strip()
            sums[name][0] += answer.pk in counted
            sums[name][1] += 1
            records.append(RecordRef(str(answer.item), answer.item.get_absolute_url(), answer.pk in counted))
    groups = tuple(Group(name, *pair) for name, pair in sums.items())
    return groups, tuple(sorted(records, key=lambda r: r.counted))


def _answers(period: Period) -> list[Answer]:
    rows = Answer.objects.filter(assessment__in=_newest(period))
    return list(rows.select_related("item__parent", "item__in_version__framework"))


def _reading(answers: list[Answer], counted: set[int]) -> Reading:
    if not answers:
        return Reading(None, Decimal(0), Decimal(0))
    groups, records = _records(answers, counted)
    value = share(len(counted), len(answers))
    return Reading(value, Decimal(len(counted)), Decimal(len(answers)), records, groups)


def share_items_reviewed(period: Period, filters: Filters) -> Reading:
    """Per cent of the items that have a reviewed level, in the newest public self-assessment against each framework."""
    answers = _answers(period)
    return _reading(answers, {a.pk for a in answers if a.level is not None})


def share_items_with_evidence(period: Period, filters: Filters) -> Reading:
    """Per cent of the items that have public evidence, in the newest public self-assessment against each framework."""
    answers = _answers(period)
    shown = evidence_of([key(answer) for answer in answers], None)
    return _reading(answers, {a.pk for a in answers if key(a) in shown})
