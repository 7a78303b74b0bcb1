"""Groups of a value that people entered, and what was left out: they add up to the whole, or are refused at their row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.indicators.actions import GroupFacts, LeftOutFacts, freeze_reading, set_groups
from floreo.indicators.models import Reading
from floreo.indicators.working import working_of
from floreo.organisations.models import User
from tests.indicators.making import enter, make_indicator
from tests.portal.crawl import body

pytestmark = pytest.mark.usefixtures("today")


def reading(**facts: Any) -> Reading:
    about = make_indicator(about_people=bool(facts.pop("about_people", False)))
    return enter(about, "81", numerator="47", denominator="58", **facts)


PUBLIC, GOVERNMENT = GroupFacts("Public", 30, 38, "group_1"), GroupFacts("Government", 17, 20, "group_2")


def test_groups_and_what_was_left_out_are_part_of_how_it_was_calculated() -> None:
    made = set_groups(reading(), by=SYSTEM, groups=[PUBLIC, GOVERNMENT], left_out=[LeftOutFacts("Duplicates", 6)])
    shown = working_of(Reading.objects.get(pk=made.pk))
    assert [(g.name, g.numerator, g.denominator) for g in shown.groups] == [("Public", 30, 38), ("Government", 17, 20)]
    assert shown.left_out == ("Duplicates: 6",)
    set_groups(made, by=SYSTEM, groups=[])
    assert Reading.objects.get(pk=made.pk).working == {}


@pytest.mark.parametrize(
    ("groups", "code", "field"),
    [
        ([PUBLIC], "one_group", "group_1_name"),
        ([PUBLIC, GroupFacts("Government", 10, 20, "group_2")], "does_not_add_up", "group_1_numerator"),
        ([PUBLIC, GroupFacts("Government", 17, 21, "group_2")], "does_not_add_up", "group_1_denominator"),
        ([PUBLIC, GroupFacts("public ", 17, 20, "group_2")], "twice", "group_2_name"),
        ([PUBLIC, GroupFacts(" ", 17, 20, "group_2")], "no_name", "group_2_name"),
        ([PUBLIC, GroupFacts("Government", 21, 20, "group_2")], "over", "group_2_numerator"),
        ([PUBLIC, GroupFacts("Government", -1, 20, "group_2")], "not_a_count", "group_2_numerator"),
        ([PUBLIC, GroupFacts("Government", 17, None, "group_2")], "no_whole", "group_2_denominator"),
    ],
)
def test_what_does_not_add_up_is_refused_at_its_row(groups: list[GroupFacts], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        set_groups(reading(), by=SYSTEM, groups=groups)
    assert (refused.value.code, list(refused.value.fields)) == (code, [field])


def test_the_sentence_says_both_sums() -> None:
    with pytest.raises(Refused) as refused:
        set_groups(reading(), by=SYSTEM, groups=[PUBLIC, GroupFacts("Government", 10, 20, "group_2")])
    assert str(refused.value.sentence) == "The groups add up to 40, but the value counts 47. Change one of them."


def test_a_plain_count_has_groups_without_a_whole() -> None:
    made = enter(make_indicator(unit="people"), 50)
    set_groups(made, by=SYSTEM, groups=[GroupFacts("North", 30), GroupFacts("South", 20, at="group_2")])
    with pytest.raises(Refused):
        set_groups(made, by=SYSTEM, groups=[GroupFacts("North", 30), GroupFacts("South", 21, at="group_2")])
    with pytest.raises(Refused):
        set_groups(enter(make_indicator("bare"), 50), by=SYSTEM, groups=[GroupFacts("A", 30), GroupFacts("B", 20)])


def test_a_frozen_value_keeps_its_groups_and_only_who_may_enter_changes_them(user_with: Callable[..., User]) -> None:
    made = reading()
    with pytest.raises(NotAllowed):
        set_groups(made, by=user_with("observer"), groups=[PUBLIC, GOVERNMENT])
    frozen = freeze_reading(made, by=SYSTEM)
    with pytest.raises(Refused) as refused:
        set_groups(frozen, by=SYSTEM, groups=[PUBLIC, GOVERNMENT])
    assert refused.value.code == "frozen"


def test_small_groups_of_people_are_shown_together_in_public(stranger: Client) -> None:
    made = reading(about_people=True)
    groups = [
        GroupFacts("Public", 40, 50, "group_1"),
        GroupFacts("Tiny", 3, 4, "group_2"),
        GroupFacts("Small", 4, 4, "g"),
    ]
    set_groups(made, by=SYSTEM, groups=groups)
    page = body(stranger, made.indicator.get_absolute_url())
    assert "Tiny" not in page
    assert "Small" not in page


def test_the_form_takes_a_table_of_rows_and_keeps_what_was_typed(
    secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    made = reading()
    browser, address = (
        browser_of(secretariat),
        f"/workspace/indicators/{made.indicator.code}/readings/{made.pk}/groups/",
    )
    assert browser.get(address).content.decode().count('name="group_') == 12
    wrong = {
        "group_1_name": "Public",
        "group_1_numerator": "30",
        "group_1_denominator": "38",
        "group_2_name": "Government",
        "group_2_numerator": "10",
        "group_2_denominator": "20",
        "left_1_count": "6",
        "left_1_why": "Duplicates",
    }
    refused = browser.post(address, wrong)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "The groups add up to 40, but the value counts 47." in page
    assert 'value="Government"' in page
    assert browser.post(address, wrong | {"group_2_numerator": "17"}).status_code == 302
    assert Reading.objects.get(pk=made.pk).working == {
        "groups": [
            {"name": "Public", "numerator": 30, "denominator": 38},
            {"name": "Government", "numerator": 17, "denominator": 20},
        ],
        "left_out": [["Duplicates", 6]],
    }
