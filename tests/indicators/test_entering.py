"""Readings that people enter, freeze and correct: what is kept, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.writing import save
from floreo.indicators.actions import close_period, correct_reading, freeze_reading, set_target, take_reading
from floreo.indicators.logic import Frequency, period_of
from floreo.indicators.models import Reading
from floreo.organisations.models import User
from tests.factories.strategy import TODAY, make_organisation
from tests.indicators.making import aim, enter, make_indicator

pytestmark = pytest.mark.usefixtures("today")


def test_a_reading_keeps_its_number_and_where_it_comes_from() -> None:
    reading = enter(
        make_indicator(), "81.5", numerator="47", denominator="58", source="Register, 30 Sep", text="By hand"
    )
    kept = Reading.objects.get(pk=reading.pk)
    assert (kept.value, kept.numerator, kept.denominator, kept.source, kept.note, kept.taken_by, kept.is_frozen) == (
        Decimal("81.50"),
        Decimal(47),
        Decimal(58),
        "Register, 30 Sep",
        "By hand",
        "Floreo",
        False,
    )
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.subject_name) == ("reading.entered", "Reports in time")


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"source": "  "}, "missing", "source"),
        ({"value": "many"}, "not_a_number", "value"),
        ({"value": "NaN"}, "not_a_number", "value"),
        ({"value": "Infinity"}, "not_a_number", "value"),
        ({"value": "1.234"}, "too_many_digits", "value"),
        ({"value": "123456789012345"}, "too_many_digits", "value"),
        ({"numerator": "some"}, "not_a_number", "numerator"),
        ({"numerator": "10", "denominator": "58"}, "does_not_add_up", "value"),
        ({"quarter": "2026-4"}, "period_runs", "ends_on"),
    ],
)
def test_what_is_refused_says_at_which_field(facts: dict[str, str], code: str, field: str) -> None:
    indicator = make_indicator()
    with pytest.raises(Refused) as refused:
        enter(indicator, **({"value": "81"} | facts))
    assert (refused.value.code, list(refused.value.fields)) == (code, [field])
    assert not indicator.readings.exists()


def test_a_period_the_wrong_way_round_is_refused() -> None:
    from floreo.indicators.actions import record_reading

    with pytest.raises(Refused) as refused:
        record_reading(
            make_indicator(), by=SYSTEM, starts_on=date(2026, 9, 30), ends_on=date(2026, 7, 1), value=1, source="s"
        )
    assert refused.value.code == "dates_in_order"


def test_a_second_reading_replaces_the_first_until_it_is_frozen() -> None:
    indicator = make_indicator()
    first = enter(indicator, 80)
    assert enter(indicator, 81).pk == first.pk
    freeze_reading(first, by=SYSTEM)
    with pytest.raises(Refused, match="Correct it and give the reason") as refused:
        enter(indicator, 82)
    assert refused.value.code == "frozen"
    assert [r.value for r in indicator.readings.all()] == [81]


def test_a_correction_stands_beside_what_it_corrects() -> None:
    indicator = make_indicator()
    old = freeze_reading(enter(indicator, 79), by=SYSTEM)
    new = correct_reading(old, by=SYSTEM, value=77, reason="One report was counted twice")
    assert (new.corrects, new.value, new.note, new.is_frozen, new.period) == (
        old,
        Decimal(77),
        "One report was counted twice",
        True,
        old.period,
    )
    assert [r.value for r in Reading.objects.filter(indicator=indicator)] == [79, 77]
    assert list(Reading.objects.current()) == [new]
    with pytest.raises(Refused, match="This value has already been corrected"):
        correct_reading(old, by=SYSTEM, value=76, reason="Again")
    assert correct_reading(new, by=SYSTEM, value=76, reason="Again").corrects == new


def test_a_correction_keeps_what_a_part_is_called_in_other_languages() -> None:
    reading = enter(make_indicator(), 79)
    reading.part, reading.translations = "legal", {"es": {"part": "medidas jurídicas", "note": "Una nota"}}
    reading.save()
    new = correct_reading(freeze_reading(reading, by=SYSTEM), by=SYSTEM, value=77, reason="One was counted twice")
    assert (new.part, new.translations) == ("legal", {"es": {"part": "medidas jurídicas"}})


def test_a_correction_needs_a_reason_and_a_frozen_reading() -> None:
    reading = enter(make_indicator(), 79)
    with pytest.raises(Refused, match="not frozen"):
        correct_reading(reading, by=SYSTEM, value=77, reason="Why")
    freeze_reading(reading, by=SYSTEM)
    with pytest.raises(Refused) as refused:
        correct_reading(reading, by=SYSTEM, value=77, reason=" ")
    assert list(refused.value.fields) == ["reason"]


@action("test.changed_frozen", needs=None)
def change(reading: Reading, *, by: object) -> None:
    reading.value = Decimal(1)
    save(reading)


def test_a_frozen_reading_never_changes() -> None:
    """Not through an action, not through save, not through a query, not with SQL; and it is not deleted."""
    reading = freeze_reading(enter(make_indicator(), 79), by=SYSTEM)
    for attempt in (
        lambda: change(Reading.objects.get(), by=SYSTEM),
        lambda: Reading.objects.get().save(),
        lambda: Reading.objects.get().delete(),
        lambda: freeze_reading(reading, by=SYSTEM),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "frozen"
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.update(value=1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE indicators_reading SET frozen_at = NULL, frozen_by = '', value = 1")
    assert Reading.objects.get().value == 79


def test_closing_a_period_freezes_all_its_readings_and_no_others() -> None:
    one, other = make_indicator("one"), make_indicator("other")
    for indicator in (one, other):
        enter(indicator, 50, "2026-2")
        enter(indicator, 60, "2026-3")
    assert close_period(period_of(date(2026, 8, 1), Frequency.QUARTER), by=SYSTEM) == 2
    assert set(Reading.objects.exclude(frozen_at=None).values_list("value", flat=True)) == {60}
    with pytest.raises(Refused, match="ends on"):
        close_period(period_of(TODAY, Frequency.QUARTER), by=SYSTEM)


def test_nobody_enters_what_is_worked_out() -> None:
    with pytest.raises(Refused, match="calculated from records"):
        enter(make_indicator(measure="milestones_late"), 3)
    with pytest.raises(Refused, match="People enter the values of this indicator, so there is nothing to calculate"):
        take_reading(make_indicator("by-hand"), by=SYSTEM)


def test_who_may_enter_freeze_and_correct(user_with: Callable[..., User]) -> None:
    body, stranger = make_organisation("csirt"), make_organisation("police")
    indicator = make_indicator(answers_for=body)
    reading = freeze_reading(enter(indicator, 70, "2026-1"), by=SYSTEM)
    rank = {
        "own lead": user_with("lead", organisation=body, email="own@example.org"),
        "other lead": user_with("lead", organisation=stranger, email="other@example.org"),
        "analyst": user_with("analyst"),
        "observer": user_with("observer"),
        "auditor": user_with("auditor"),
    }

    def allowed(attempt: Callable[[User], object]) -> set[str]:
        found = set()
        for name, user in rank.items():
            point = transaction.savepoint()
            try:
                attempt(user)
                found.add(name)
            except NotAllowed:
                pass
            transaction.savepoint_rollback(point)
        return found

    assert allowed(lambda u: enter(indicator, 80, by=u)) == {"own lead", "analyst"}
    assert allowed(lambda u: correct_reading(reading, by=u, value=1, reason="r")) == {"analyst"}
    assert allowed(lambda u: close_period(reading.period, by=u)) == {"analyst"}
    assert allowed(lambda u: set_target(indicator, by=u, target=None, target_due=None, target_source="")) == {"analyst"}


def test_a_target_says_who_set_it_and_comes_after_its_baseline() -> None:
    indicator = make_indicator()
    with pytest.raises(Refused) as refused:
        set_target(indicator, by=SYSTEM, target=95, target_due=date(2027, 12, 31), target_source="")
    assert list(refused.value.fields) == ["target_source"]
    with pytest.raises(Refused) as refused:
        aim(indicator, baseline=54)
    assert list(refused.value.fields) == ["baseline_on"]
    with pytest.raises(Refused) as refused:
        aim(indicator, baseline=54, baseline_on=date(2028, 1, 1))
    assert list(refused.value.fields) == ["target_due"]
    aimed = aim(indicator, baseline=54, baseline_on=date(2024, 12, 31))
    assert (aimed.target, aimed.baseline) == (Decimal(95), Decimal(54))
