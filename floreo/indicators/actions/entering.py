"""Readings that people enter, freeze and correct. Frozen ones never change: a correction is beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_text, save
from floreo.indicators.actions.freezing import (
    mark_frozen,
    must_be_complete,
    must_be_freezable,
    must_be_last_word,
    take_last_word,
)
from floreo.indicators.actions.record_lists import save_computed, save_lists
from floreo.indicators.logic import Period
from floreo.indicators.measuring import measure_of, take
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import day_text, period_text
from floreo.indicators.queries import current_reading
from floreo.strategy.plan_facts import plan_facts

LARGEST = Decimal("99999999999999.99")  # what the column holds


def must_be_number(value: Decimal | int | str | None, *, name: str = "value") -> Decimal:
    """The number, to two decimals. Raises Refused for what is none: text, infinity, more digits than are kept."""
    try:
        number = Decimal(str(value).strip().replace("\u00a0", "").replace(" ", "")) if value is not None else None
    except ArithmeticError:
        number = None
    if number is None or not number.is_finite():
        sentence = _("Enter a number, for example 81 or 4.5.")
        raise Refused(sentence, code="not_a_number", fields={name: sentence})
    if abs(number) > LARGEST or number != round(number, 2):
        sentence = _("Enter a number with at most 14 digits before and 2 after the decimal point.")
        raise Refused(sentence, code="too_many_digits", fields={name: sentence})
    return round(number, 2)


def must_be_over(period: Period) -> None:
    if period.start > period.end:
        sentence = _("The first day is after the last day. Change one of them.")
        raise Refused(sentence, code="dates_in_order", fields={"ends_on": sentence})
    if period.end > clock.today():
        sentence = _("This period ends on %(day)s. Enter its value after that.") % {"day": day_text(period.end)}
        raise Refused(sentence, code="period_runs", fields={"ends_on": sentence})


def _must_fit(indicator: Indicator, numerator: Decimal | None, denominator: Decimal | None, value: Decimal) -> None:
    if numerator is not None and denominator is not None and indicator.unit == "%" and denominator:
        worked = numerator * 100 / denominator
        if abs(worked - value) >= 1:
            sentence = _("%(numerator)s of %(denominator)s is %(worked)s %%, not %(value)s %%. Change one of them.") % {
                "numerator": f"{numerator.normalize():f}",
                "denominator": f"{denominator.normalize():f}",
                "worked": round(worked, 1),
                "value": f"{value.normalize():f}",
            }
            raise Refused(sentence, code="does_not_add_up", fields={"value": sentence})


def _optional(value: Any, name: str) -> Decimal | None:
    return None if value in (None, "") else must_be_number(value, name=name)


def must_be_entered_by_hand(indicator: Indicator) -> None:
    if measure_of(indicator) is not None:
        raise Refused(
            _("This indicator is calculated from records, so values cannot be entered by hand. Compute it."),
            code="computed",
        )


def must_not_be_frozen(reading: Reading | None) -> None:
    if reading is not None and reading.is_frozen:
        sentence = _(
            "%(period)s has a frozen value. Correct it and give the reason. Both values will stay visible."
        ) % {"period": period_text(reading.period)}
        raise Refused(sentence, code="frozen", fields={"starts_on": sentence})


def put_reading(
    reading: Reading,
    indicator: Indicator,
    value: Any,
    *,
    by: Actor,
    numerator: Any,
    denominator: Any,
    source: str,
    source_url: str,
    text: str,
) -> None:
    """Writes what a person said onto `reading`, or refuses."""
    reading.value = must_be_number(value)
    reading.numerator, reading.denominator = _optional(numerator, "numerator"), _optional(denominator, "denominator")
    _must_fit(indicator, reading.numerator, reading.denominator, reading.value)
    reading.source = require_text(
        source,
        field="source",
        sentence=_("Enter the source of the number: a document and page, a list, or a publisher."),
    )
    reading.source_url = source_url
    reading.set_text("note", text)
    reading.confirmed = True
    reading.working, reading.records, reading.measure, reading.measure_version = {}, None, "", 0
    reading.taken_at, reading.taken_by = clock.now(), by.actor_name


@action("reading.entered", needs=Permission.READING_ENTER)
def record_reading(
    indicator: Indicator,
    *,
    by: Actor,
    starts_on: date,
    ends_on: date,
    value: Decimal | int | str,
    source: str,
    source_url: str = "",
    numerator: Decimal | str | None = None,
    denominator: Decimal | str | None = None,
    text: str = "",
    not_comparable: bool = False,
) -> Reading:
    """A reading that a person took, with where it comes from. A second one for a period replaces the first while that
    is not frozen; once it is, Refused says to correct it instead."""
    must_be_entered_by_hand(indicator)
    period = Period(starts_on, ends_on)
    must_be_over(period)
    reading = current_reading(indicator, period)
    must_not_be_frozen(reading)
    reading = reading or Reading(indicator=indicator, starts_on=starts_on, ends_on=ends_on)
    put_reading(
        reading,
        indicator,
        value,
        by=by,
        numerator=numerator,
        denominator=denominator,
        source=source,
        source_url=source_url,
        text=text,
    )
    reading.not_comparable = not_comparable
    return save(reading)


def _freeze(reading: Reading, by: Actor) -> Reading:
    mark_frozen(reading, at=clock.now(), by=by)
    return save(reading)


def _with_definition(reading: Reading) -> Iterable[models.Model]:
    return [reading, reading.indicator]


@action("reading.frozen", needs=Permission.READING_FREEZE, decides=_with_definition)
def freeze_reading(reading: Reading, *, by: Actor, shown: str | None = None) -> Reading:
    """Approves a reading: from now on it never changes. Refused while its period runs, while something of the period is still to come,
    and where its records have changed since it was calculated."""
    reading = lock_latest(reading)
    must_be_freezable(reading)
    must_be_last_word(reading)
    return _freeze(reading, by)


def _not_frozen(period: Period) -> Iterable[models.QuerySet[Reading]]:
    return [Reading.objects.current().filter(starts_on=period.start, ends_on=period.end, frozen_at=None)]


@action("period.closed", needs=Permission.READING_FREEZE, decides=_not_frozen)
def close_period(period: Period, *, by: Actor, shown: str | None = None) -> int:
    """Freezes every reading of exactly this period, over all indicators, with what its records give by now. Refused while something of
    the period is still to come. Returns how many."""
    must_be_over(period)
    note(period=period.label)
    (rows,) = _not_frozen(period)
    readings = list(rows.select_related("indicator"))
    must_be_complete(readings)
    if again := [reading.indicator.code for reading in readings if take_last_word(reading, by=by)]:
        note(calculated_again=again)
    return len([_freeze(reading, by) for reading in readings])


@action("reading.corrected", needs=Permission.READING_FREEZE)
def correct_reading(
    reading: Reading,
    *,
    by: Actor,
    reason: str,
    value: Decimal | int | str | None = None,
    source: str = "",
    source_url: str = "",
    numerator: Decimal | str | None = None,
    denominator: Decimal | str | None = None,
) -> Reading:
    """A new frozen reading beside a frozen one that was wrong; both stay. Without a `value`, a computed figure is
    computed afresh from the records as they are now."""
    old = lock_latest(reading)
    if not old.is_frozen:
        raise Refused(_("This value is not frozen. Enter or compute it again."), code="not_frozen")
    if Reading.objects.filter(corrects=old).exists():
        raise Refused(_("This value has already been corrected. Correct the newer value."), code="corrected")
    wording = require_text(
        reason, field="reason", sentence=_("Give the reason for the correction. Everybody can read it.")
    )
    indicator = old.indicator
    new = Reading(
        indicator=indicator,
        starts_on=old.starts_on,
        ends_on=old.ends_on,
        part=old.part,
        subject=old.subject,
        qualifier=old.qualifier,
        not_comparable=old.not_comparable,
        corrects=old,
        translations=_names_of(old),
    )
    if value in (None, "") and measure_of(indicator) is not None:
        _recount(new, by)
    else:
        put_reading(
            new,
            indicator,
            value,
            by=by,
            numerator=numerator,
            denominator=denominator,
            source=source or old.source,
            source_url=source_url or old.source_url,
            text="",
        )
    new.set_text("note", wording)
    return _freeze(new, by)


def _names_of(reading: Reading) -> dict[str, dict[str, str]]:
    """What its part or its state is called in other languages."""
    names = {
        code: {field: texts[field] for field in ("part", "subject") if field in texts}
        for code, texts in reading.translations.items()
    }
    return {code: texts for code, texts in names.items() if texts}


def _recount(new: Reading, by: Actor) -> None:
    """Computes the corrected reading from the records. Refused where they do not know that day, or say the same."""
    measure, old = measure_of(new.indicator), new.corrects
    if measure is None or old is None or not measure.knows_past:
        sentence = _("The records do not show the value on that day. Enter the number and its source.")
        raise Refused(sentence, code="past_unknown", fields={"value": sentence})
    must_be_complete([Reading(starts_on=old.starts_on, ends_on=old.ends_on, measure=new.indicator.measure)])
    with plan_facts():
        taken = take(new.indicator, new.period, clock.today())
    if taken.fields["value"] == old.value and taken.fields["denominator"] == old.denominator:
        raise Refused(_("The newly calculated value is the same, so there is nothing to correct."), code="same")
    save_computed(new, taken, save_lists([taken])[taken.sha256], before=None, at=clock.now(), by=by)
