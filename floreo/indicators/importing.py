"""Values of indicators from a spreadsheet, whole or in groups: a row without a group is the value of a period, rows with one are what it is
made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can
from floreo.core.errors import Refused
from floreo.core.importing import (
    Difference,
    Holds,
    ImportedRow,
    ImportField,
    ImportRows,
    ImportTarget,
    Option,
    Planned,
    Source,
    of_model,
    sound,
    working_copy,
)
from floreo.core.spelling import plain
from floreo.core.writing import refuse
from floreo.indicators.actions.entering import (
    must_be_entered_by_hand,
    must_be_over,
    must_not_be_frozen,
    put_reading,
)
from floreo.indicators.actions.grouping import GroupFacts, as_working, must_add_up, must_be_sound
from floreo.indicators.logic import Frequency, Period, period_of
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import period_text

_COMPARED = ("value", "numerator", "denominator")


@dataclass
class _Group:
    """A row with a group: its name, and what was counted."""

    key: Any
    facts: GroupFacts


@dataclass
class _Period:
    """What the file has of one indicator in one period: the reading that it becomes, whether a row gives its value, and its groups."""

    reading: Reading
    is_new: bool
    planned: Planned
    has_total: bool = False
    keys: list[Any] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    before_groups: list[Any] = field(default_factory=list)


class ReadingRows(ImportRows):
    """Values that people enter: not those that are calculated from records, and not what is frozen."""

    writes = (Reading,)
    fields = (
        ImportField(
            "indicator",
            _l("Indicator"),
            "indicator code|indicator name|kpi|measure|metric|indicador|codigo del indicador|indicateur",
            Holds.RECORD,
            is_needed=True,
        ),
        ImportField(
            "period",
            _l("Period"),
            "year|quarter|month|date|periodo|ano|trimestre|mes|fecha|annee|mois|periode|reporting period",
            Holds.PERIOD,
        ),
        ImportField("starts_on", _l("First day"), "from|start|start date|desde|inicio|debut|du", Holds.DAY),
        ImportField("ends_on", _l("Last day"), "to|end|end date|hasta|fin|au", Holds.DAY, is_period_end=True),
        ImportField(
            "value", _l("Value"), "result|actual|achieved|score|valor|resultado|valeur|resultat", Holds.DECIMAL
        ),
        ImportField(
            "numerator", _l("Counted"), "numerator|count|number|numerador|cantidad|numerateur|nombre", Holds.DECIMAL
        ),
        ImportField(
            "denominator",
            _l("Out of"),
            "denominator|total|base|population|denominador|universo|denominateur",
            Holds.DECIMAL,
        ),
        ImportField(
            "group",
            _l("Group"),
            "disaggregation|category|breakdown|sex|district|grupo|desagregacion|categoria|groupe|categorie",
        ),
        of_model(Reading, "source", "source of data|data source|fuente|fuente de datos|source des donnees"),
        of_model(Reading, "source_url", "link|url|enlace|lien"),
        ImportField("text", _l("Note"), "notes|remarks|comment|nota|notas|observaciones|remarque|remarques"),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.indicators = list(Indicator.objects.visible_to(source.by).order_by("position", "pk"))
        self.there = {
            (row.indicator_id, row.starts_on, row.ends_on): row
            for row in Reading.objects.current().of_the_country().select_related("indicator")
        }
        self.periods: dict[tuple[int, date, date], _Period] = {}

    def options(self, name: str) -> Sequence[Option]:
        if name != "indicator":
            return ()
        return [
            Option(
                each.code,
                each.in_language("title"),
                each,
                tuple(
                    filter(
                        None,
                        (each.title, each.short_title, *(str(t.get("title", "")) for t in each.translations.values())),
                    )
                ),
            )
            for each in self.indicators
        ]

    def must_have(self, names: Any) -> str:
        given = set(names)
        if not given & {"period", "ends_on"}:
            return _("Choose the column for: %(fields)s.") % {"fields": _("Period")}
        if not given & {"value", "numerator"}:
            return _("Choose the column for: %(fields)s.") % {"fields": _("Value")}
        return super().must_have(given)

    def key(self, values: Mapping[str, Any]) -> Any:
        period = _period_of(values)
        return values["indicator"].pk, period.start, period.end, plain(values.get("group", ""))

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        indicator, period = values["indicator"], _period_of(values)
        must_be_entered_by_hand(indicator)
        if not can(self.source.by, Permission.READING_ENTER, indicator):
            raise refuse("indicator", _("Your role does not allow this. Ask the secretariat."))
        must_be_over(period)
        held = self._held(indicator, period)
        if "group" in values:
            return self._take_group(held, values)
        if "value" not in values:
            values = {**values, "value": _value_of(indicator, values)}
        before = {name: getattr(held.reading, name) for name in (*_COMPARED, "source", "note")}
        put_reading(
            held.reading,
            indicator,
            values["value"],
            by=self.source.by,
            numerator=values.get("numerator"),
            denominator=values.get("denominator"),
            source=values.get("source", "") or self.source_text(),
            source_url=values.get("source_url", ""),
            text=values.get("text", ""),
        )
        held.reading.confirmed = False
        held.has_total = True
        held.keys.append(self.key(values))
        row = ImportedRow([held.planned], shown=[])
        if held.is_new or any(before[name] != getattr(held.reading, name) for name in _COMPARED):
            shown = str(before["value"]) if before["value"] is not None and not held.is_new else ""
            row.shown = [Difference(period_text(period), shown, f"{held.reading.value} {indicator.unit}")]
            held.planned.differences += row.shown
        sound(held.planned)
        return row

    def _held(self, indicator: Indicator, period: Period) -> _Period:
        key = (indicator.pk, period.start, period.end)
        if (found := self.periods.get(key)) is not None:
            return found
        there = self.there.get(key)
        must_not_be_frozen(there)
        if there is None:
            reading = Reading(indicator=indicator, starts_on=period.start, ends_on=period.end)
        else:
            reading = working_copy(there)
        planned = Planned(reading, is_new=there is None, before=_columns_of(there) if there else {})
        groups = there.working.get("groups", []) if there else []
        self.periods[key] = _Period(reading, there is None, planned, before_groups=groups)
        return self.periods[key]

    def _take_group(self, held: _Period, values: Mapping[str, Any]) -> ImportedRow:
        counted = values.get("numerator", values.get("value"))
        if counted is None or counted != counted.to_integral_value():
            raise refuse("numerator", _("Enter a whole number, 0 or more."))
        whole = values.get("denominator")
        facts = GroupFacts(values["group"], int(counted), None if whole is None else int(whole))
        must_be_sound([facts, GroupFacts("\u2026", 0)], [])
        held.groups.append(_Group(self.key(values), facts))
        if as_working([facts])[0] in held.before_groups:
            return ImportedRow([held.planned], shown=[])
        text = str(facts.numerator) if whole is None else f"{facts.numerator} / {facts.denominator}"
        own = Difference(f"{period_text(held.reading.period)}, {facts.name}", "", text)
        held.planned.differences.append(own)
        return ImportedRow([held.planned], shown=[own])

    def unfinished(self) -> Mapping[Any, str]:
        """Works out what groups come to, where no row gives the value, and refuses those that do not add up to it."""
        found: dict[Any, str] = {}
        for held in self.periods.values():
            if held.groups:
                try:
                    self._finish(held)
                except Refused as refusal:
                    sentence = str(next(iter(refusal.fields.values()), refusal.sentence))
                    found |= dict.fromkeys([*held.keys, *(each.key for each in held.groups)], sentence)
        return found

    def _finish(self, held: _Period) -> None:
        groups = [each.facts for each in held.groups]
        must_be_sound(groups, [])
        indicator, reading = held.reading.indicator, held.reading
        if not held.has_total and held.is_new:
            counted = Decimal(sum(each.numerator for each in groups))
            wholes = [each.denominator for each in groups]
            whole = Decimal(sum(each or 0 for each in wholes)) if None not in wholes else None
            facts: dict[str, Any] = {"numerator": counted, "denominator": whole} if whole is not None else {}
            put_reading(
                reading,
                indicator,
                _value_of(indicator, {"numerator": counted, **facts}),
                by=self.source.by,
                numerator=facts.get("numerator"),
                denominator=facts.get("denominator"),
                source=self.source_text(),
                source_url="",
                text="",
            )
            reading.confirmed = False
        must_add_up(reading, indicator, groups)
        reading.working = {**reading.working, "groups": as_working(groups)}


def _columns_of(reading: Reading) -> dict[str, Any]:
    names = (*_COMPARED, "working", "source", "source_url", "note", "taken_at", "taken_by", "confirmed", "translations")
    return {name: getattr(reading, name) for name in names}


def _period_of(values: Mapping[str, Any]) -> Period:
    """The period that a row is about; a single day is that of the indicator's rhythm in which it lies. Raises Refused."""
    if "period" in values:
        first, last = values["period"]
        return Period(first, last) if first != last else period_of(first, Frequency(values["indicator"].frequency))
    if "ends_on" not in values:
        raise refuse("period", _("Nothing gives the period of this value."))
    if "starts_on" in values:
        return Period(values["starts_on"], values["ends_on"])
    return period_of(values["ends_on"], Frequency(values["indicator"].frequency))


def _value_of(indicator: Indicator, values: Mapping[str, Any]) -> Decimal:
    """The value where the file has only what was counted, and out of how many."""
    counted, whole = values.get("numerator"), values.get("denominator")
    if counted is None:
        raise refuse("value", _("It is empty."))
    if whole and indicator.unit == "%":
        return Decimal(round(counted * 100 / whole, 2))
    return Decimal(counted)


READINGS = ImportTarget(
    "readings",
    _l("Values of indicators"),
    Permission.READING_ENTER,
    ReadingRows,
    help=_l("Rows with a group are what a value is made of. Frozen values are not changed."),
)
