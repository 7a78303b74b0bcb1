"""An indicator's page: its newest reading, its chart's points, its working and all its readings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.composed import composed
from floreo.indicators import queries
from floreo.indicators.access import may_list_records
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import day_text
from floreo.indicators.working import Working, working_of
from floreo.strategy.models import Objective, Pillar


@dataclass(frozen=True)
class PublicWorking:
    """How one reading came about, as far as the viewer may know: its records only for who may read them."""

    reading: Reading
    words: Working
    taken: str
    state: str
    records: list[tuple[str, str, bool]]  # label, address, counted


@dataclass
class IndicatorPage:
    indicator: Indicator
    latest: Reading | None
    before: Reading | None
    readings: list[Reading]  # newest first, corrected ones among them
    series: list[Reading]  # oldest first, what holds today
    parts: list[Reading]  # of the newest year
    subjects: list[Reading]
    working: PublicWorking | None


def _taken(reading: Reading) -> str:
    """How and when it was taken. Not by whom: people are not named here."""
    words = {"day": day_text(clock.day_of(reading.taken_at))}
    if not reading.measure:
        return _("Entered on %(day)s.") % words
    words |= {"measure": reading.measure, "version": str(reading.measure_version)}
    return _("Calculated on %(day)s by the measure %(measure)s, version %(version)s.") % words


def _state(reading: Reading) -> str:
    if reading.frozen_at is not None:
        return _("Frozen on %(day)s. It cannot change.") % {"day": day_text(clock.day_of(reading.frozen_at))}
    if reading.on < reading.ends_on:
        return _("The period has not ended, so the value may change until %(day)s.") % {
            "day": day_text(reading.ends_on)
        }
    return _("Not frozen yet, so the value may still change.")


def public_working(reading: Reading, viewer: object) -> PublicWorking:
    rows = reading.records.rows if reading.records and may_list_records(viewer, reading) else []
    records = [(str(r[0]), str(r[1]), bool(r[2])) for r in rows]
    return PublicWorking(reading, working_of(reading), _taken(reading), _state(reading), records)


def _newest(found: dict[str, list[Reading]]) -> list[Reading]:
    """The last reading of each, of the newest year only."""
    last = max((readings[-1].ends_on for readings in found.values()), default=None)
    return [readings[-1] for readings in found.values() if readings[-1].ends_on == last]


def indicator_page(indicator: Indicator, viewer: object) -> IndicatorPage:
    series = queries.series(indicator)
    latest = series[-1] if series else None
    return IndicatorPage(
        indicator=indicator,
        latest=latest,
        before=series[-2] if len(series) > 1 else None,
        readings=queries.all_readings(indicator)[::-1],
        series=series,
        parts=_newest(queries.parts(indicator)),
        subjects=_newest(queries.comparisons(indicator)),
        working=public_working(latest, viewer) if latest else None,
    )


def pillars_of(indicators: Iterable[Indicator]) -> dict[int, Pillar]:
    """The pillar that each belongs to, itself or by its objective, by the indicator's id. Two queries at most."""
    rows = list(indicators)
    objectives = [each.objective_id for each in rows if each.objective_id]
    by_objective = dict(_pillars_of_objectives(objectives)) if objectives else {}
    place = {each.pk: by_objective[each.objective_id] if each.objective_id else each.pillar_id for each in rows}
    wanted = [pk for pk in place.values() if pk]
    pillars = {each.pk: each for each in _pillars(wanted)} if wanted else {}
    return {key: pillars[pk] for key, pk in place.items() if pk}


@composed
def _pillars_of_objectives(objectives: list[int]) -> QuerySet[Objective, tuple[int, int]]:
    return Objective.everything.filter(pk__among=objectives).values_list("pk", "pillar")


@composed
def _pillars(pillars: list[int]) -> QuerySet[Pillar]:
    rows = Pillar.everything.filter(pk__among=pillars).select_related("edition")
    return rows.only("code", "title", "translations", "position", "is_implied", "edition__code", "edition__starts_on")
