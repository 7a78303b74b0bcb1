"""The values of assessments: who was assessed, levels and their change by function, actions from gaps; none of fewer than five."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floreo.assessments import measures
from floreo.assessments.actions import planning
from floreo.assessments.logic import MINIMUM
from floreo.assessments.models import AssessmentCampaign, Participant, PlanLine
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period
from floreo.organisations.models import NationalSector, Organisation
from tests.assessments.making import LEVELS, accepted, asked, closed, opened

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ALL = Filters()
BETTER = {"A-1": "1", "A-2": "1", "B-1": "0.5"}


def today() -> Period:
    return Period(clock.today() - timedelta(days=30), clock.today())


def of(value: str) -> Filters:
    return Filters(extra=(("of", value),))


@pytest.fixture
def works() -> list[str]:
    """Six operators, and who reviews them."""
    NationalSector.objects.create(code="energy", name="Energy", broad="energy")
    Organisation.objects.create(code="utilities-commission", name="Commission", kind="agency")
    return [operator(n) for n in range(6)]


def operator(number: int) -> str:
    code = f"works-{number}"
    Organisation.objects.create(code=code, name=f"Works {number}", kind="operator", email=f"{code}@example.org")
    return code


def campaign(
    codes: Sequence[str], answer: Sequence[str], levels: dict[str, str] = LEVELS, **facts: Any
) -> AssessmentCampaign:
    made = opened(*codes, **facts)
    for code in answer:
        accepted(asked(made, code), levels)
    return made


def test_operators_are_counted_once_and_others_not(works: list[str]) -> None:
    assert measures.operators_assessed(today(), ALL) == measures.NOTHING  # nobody was ever asked
    assert measures.share_organisations_assessed(today(), ALL) == measures.NOTHING
    Organisation.objects.create(code="shop", name="Shop", kind="company", email="shop@example.org")
    made = campaign([*works, "shop"], [])
    assert (
        measures.operators_assessed(today(), ALL).value,
        measures.share_organisations_assessed(today(), ALL).value,
    ) == (0, 0)
    for code in (*works[:3], "shop"):
        accepted(asked(made, code), LEVELS)
    read, share = measures.operators_assessed(today(), ALL), measures.share_organisations_assessed(today(), ALL)
    assert (read.value, read.numerator, read.denominator) == (3, 3, 6)
    assert (share.value, share.numerator, share.denominator) == (Decimal("50.00"), 3, 6)
    assert [r.label for r in read.records if r.counted] == ["Works 0", "Works 1", "Works 2"]
    assert len(read.records) == 6
    before = Period(date(2020, 1, 1), date(2020, 12, 31))
    assert measures.operators_assessed(before, ALL) == measures.NOTHING


def test_an_assessment_counts_for_twelve_months_and_in_the_number_for_good(works: list[str]) -> None:
    campaign(works, works[:3])
    old = clock.today() - timedelta(days=366)
    Participant.objects.filter(organisation__code=works[0]).update(accepted_on=old)
    assert measures.share_organisations_assessed(today(), ALL).numerator == 2
    assert measures.operators_assessed(today(), ALL).value == 3
    Organisation.objects.filter(code=works[5]).update(ends_on=clock.today() - timedelta(days=1))
    assert measures.operators_assessed(today(), ALL).denominator == 5


def test_of_fewer_operators_than_the_minimum_nothing_is_said(works: list[str]) -> None:
    campaign(works, works[:2])
    Organisation.objects.filter(code__in=works[MINIMUM - 1 :]).update(ends_on=date(2020, 1, 1))
    assert measures.operators_assessed(today(), ALL) == measures.HIDDEN
    assert measures.share_organisations_assessed(today(), ALL) == measures.HIDDEN


def test_levels_and_their_change_are_of_closed_campaigns_with_enough(works: list[str]) -> None:
    assert measures.mean_level(today(), of("own")) == measures.NOTHING
    first = campaign(works, works)
    assert measures.mean_level(today(), of("own")) == measures.NOTHING  # it still runs
    closed(first)
    levels = {part: measures.mean_level(today(), of(part)).value for part in ("own", "own/A", "own/B", "other")}
    assert levels == {"own": Decimal("50.0"), "own/A": Decimal("75.0"), "own/B": Decimal("0.0"), "other": None}
    assert measures.mean_change(today(), of("own")) == measures.NOTHING  # nobody has two
    assert [value for value, _words in measures.choices()] == ["own", "own/A", "own/B"]
    AssessmentCampaign.objects.filter(pk=first.pk).update(closed_on=clock.today() - timedelta(days=200))
    closed(campaign(works, works, BETTER, code="second", title="Second"))
    changes = {part: measures.mean_change(today(), of(part)).value for part in ("own", "own/A", "own/B")}
    assert changes == {"own": Decimal("33.3"), "own/A": Decimal("25.0"), "own/B": Decimal("50.0")}
    read = measures.mean_level(today(), of("own/B"))
    assert (read.value, read.denominator, len(read.records)) == (Decimal("50.0"), 6, 6)


def test_a_level_of_four_is_not_shown(works: list[str]) -> None:
    closed(campaign(works, works[: MINIMUM - 1]))
    assert measures.mean_level(today(), of("own")) == measures.NOTHING


def test_a_change_of_four_is_hidden(works: list[str]) -> None:
    first = closed(campaign(works, works))
    AssessmentCampaign.objects.filter(pk=first.pk).update(closed_on=clock.today() - timedelta(days=200))
    late = [operator(n) for n in (7, 8)]
    everybody = [*works[: MINIMUM - 1], *late]
    closed(campaign(everybody, everybody, BETTER, code="second", title="Second"))
    assert measures.mean_change(today(), of("own")) == measures.HIDDEN


def line(row: Participant, due_on: date) -> PlanLine:
    item = row.campaign.in_version.items.get(code="B-1")
    return planning.add_line(row, by=SYSTEM, item=item, title="Close it", owner="Head", due_on=due_on)


def test_actions_from_gaps_are_in_time_by_their_day_and_of_enough_organisations(works: list[str]) -> None:
    made = campaign(works, works)
    assert measures.share_lines_in_time(today(), ALL) == measures.NOTHING
    due = clock.today()
    lines = [line(asked(made, code), due) for code in works[: MINIMUM - 1]]
    planning.finish_line(lines[0], by=SYSTEM, on=due)
    planning.give_up_line(lines[1], by=SYSTEM, on=due, reason="Replaced.")
    assert measures.share_lines_in_time(today(), ALL) == measures.HIDDEN  # of four organisations
    line(asked(made, works[4]), due)
    read = measures.share_lines_in_time(today(), ALL)
    assert (read.value, read.numerator, read.denominator) == (Decimal("20.00"), 1, 5)
    PlanLine.objects.filter(pk=lines[0].pk).update(due_on=due - timedelta(days=1))
    assert measures.share_lines_in_time(today(), ALL).value == 0  # done the day after
    line(asked(made, works[5]), due + timedelta(days=40))
    assert measures.share_lines_in_time(today(), ALL).denominator == 5
