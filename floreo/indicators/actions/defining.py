"""What is measured: indicators with their meaning, from where to where, and notes on their charts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, last_position, lock_latest, require_free_code, require_order, require_text, save
from floreo.indicators.actions.entering import must_be_number
from floreo.indicators.models import ChartNote, Indicator
from floreo.offers import measures
from floreo.organisations.models import Organisation
from floreo.strategy.levels import in_words
from floreo.strategy.models import Action, Edition, Objective, Pillar


class IndicatorFacts(TypedDict, total=False):
    """What may be said of an indicator, apart from its code and its target."""

    title: str
    short_title: str
    definition: str
    unit: str
    unit_one: str
    decimals: int
    kind: str
    direction: str
    frequency: str
    method: str
    numerator_text: str
    denominator_text: str
    about_people: bool
    edition: Edition | None
    pillar: Pillar | None
    objective: Objective | None
    answers_for: Organisation | None
    answers_post: str
    measure: str
    measure_of: str
    is_public: bool
    on_home: bool
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def _fill_from_measure(indicator: Indicator) -> None:
    """What a measure knows of itself is not left to typing: its unit, and its words where none were given."""
    if not indicator.measure:
        indicator.measure_of = ""
        return
    measure = measures().get(indicator.measure)
    if measure is None:
        sentence = _("There is no measure called %(name)s.") % {"name": indicator.measure}
        raise Refused(sentence, code="no_measure", fields={"measure": sentence})
    if measure.choices is not None and not indicator.measure_of:
        sentence = _("Choose which result it is.")
        raise Refused(sentence, code="no_result", fields={"measure_of": sentence})
    if measure.choices is None:
        indicator.measure_of = ""
    indicator.unit = indicator.unit or measure.unit
    indicator.about_people = indicator.about_people or measure.about_people
    indicator.numerator_text = indicator.numerator_text or str(measure.numerator_text)
    indicator.denominator_text = indicator.denominator_text or str(measure.denominator_text)


def _check(indicator: Indicator) -> None:
    _fill_from_measure(indicator)
    indicator.title = require_text(indicator.title, field="title", sentence=_("Enter a title for the indicator."))
    indicator.definition = require_text(
        indicator.definition,
        field="definition",
        sentence=_("Define what is measured, precisely enough for two people to get the same count."),
    )
    indicator.unit = require_text(indicator.unit, field="unit", sentence=_("Enter the unit, for example % or people."))
    if indicator.decimals > 2:
        sentence = _("Values are saved with two decimals. Choose 0, 1 or 2.")
        raise Refused(sentence, code="too_many_decimals", fields={"decimals": sentence})
    _check_place(indicator)


def _check_place(indicator: Indicator) -> None:
    """A pillar brings its edition, an objective its pillar; where both are said they must agree."""
    if indicator.objective is not None:
        indicator.pillar = indicator.pillar or indicator.objective.pillar
        if indicator.pillar.pk != indicator.objective.pillar_id:
            sentence = in_words(_("These do not go together: %(pillar)s and %(objective)s. Choose a matching one."))
            raise Refused(sentence, code="other_pillar", fields={"objective": sentence})
    if indicator.pillar is not None:
        indicator.edition = indicator.edition or indicator.pillar.edition
        if indicator.edition.pk != indicator.pillar.edition_id:
            sentence = in_words(_("This is in another edition. Choose a matching edition: %(pillar)s."))
            raise Refused(sentence, code="other_edition", fields={"pillar": sentence})


@action("indicator.defined", needs=Permission.INDICATOR_DEFINE)
def define_indicator(
    code: str, *, by: Actor, actions: Iterable[Action] = (), **facts: Unpack[IndicatorFacts]
) -> Indicator:
    """A new indicator. With a `measure` its readings are computed; without, people enter them."""
    code = require_free_code(Indicator.objects.all(), code)
    indicator = Indicator(code=code, position=last_position(Indicator.objects.all()))
    assign(indicator, facts)
    _check(indicator)
    save(indicator)
    chosen = list(actions)
    if chosen:
        indicator.actions.set(chosen)
        note(actions=sorted(a.code for a in chosen))
    return indicator


@action("indicator.updated", needs=Permission.INDICATOR_DEFINE, quiet=True)
def update_indicator(
    indicator: Indicator,
    *,
    by: Actor,
    version: int | None = None,
    actions: Iterable[Action] | None = None,
    **facts: Unpack[IndicatorFacts],
) -> Indicator:
    """Raises Changed when somebody saved since the form was opened at `version`. Readings stay as they are."""
    indicator = lock_latest(indicator, version)
    assign(indicator, facts)
    _check(indicator)
    save(indicator)
    if actions is not None:
        before, after = set(indicator.actions.all()), set(actions)
        if before != after:
            indicator.actions.set(after)
            note(actions=sorted(a.code for a in after))
    return indicator


@action("indicator.target_set", needs=Permission.INDICATOR_DEFINE, quiet=True)
def set_target(
    indicator: Indicator,
    *,
    by: Actor,
    target: Decimal | int | str | None,
    target_due: date | None,
    target_source: str,
    baseline: Decimal | int | str | None = None,
    baseline_on: date | None = None,
    version: int | None = None,
) -> Indicator:
    """From where to where, by when, and who set it. A target without its source is refused; None takes it away."""
    indicator = lock_latest(indicator, version)
    indicator.target = None if target in (None, "") else must_be_number(target, name="target")
    indicator.target_due = target_due
    indicator.set_text("target_source", target_source.strip())
    indicator.baseline = None if baseline in (None, "") else must_be_number(baseline, name="baseline")
    indicator.baseline_on = baseline_on
    if indicator.target is not None:
        require_text(target_source, field="target_source", sentence=_("Enter who set this target, and when."))
    _check_baseline(indicator)
    return save(indicator)


def _check_baseline(indicator: Indicator) -> None:
    if (indicator.baseline is None) != (indicator.baseline_on is None):
        missing = "baseline" if indicator.baseline is None else "baseline_on"
        sentence = _("Enter both a baseline and its date, or neither.")
        raise Refused(sentence, code="half_a_baseline", fields={missing: sentence})
    require_order(
        indicator.baseline_on,
        indicator.target_due,
        field="target_due",
        named=(_("Baseline date"), _("the target date")),
    )


@action("indicator.noted", needs=Permission.INDICATOR_DEFINE)
def add_chart_note(indicator: Indicator, *, by: Actor, on: date, title: str, source: str = "") -> ChartNote:
    """Something that happened and belongs on the chart."""
    title = require_text(title, field="title", sentence=_("Enter a short description of what happened."))
    return save(ChartNote(indicator=indicator, on=on, title=title, source=source))
