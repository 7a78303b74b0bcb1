"""Measures and tasks of awareness: what they count, and what they leave out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from floreo.awareness import measures
from floreo.awareness.actions import campaigns, exercises, publishing
from floreo.awareness.models import ExerciseGroup, Material
from floreo.awareness.tasks import waiting_tasks
from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Filters, Period
from floreo.core.tasks import Recipient
from tests.awareness import making

pytestmark = pytest.mark.usefixtures("isla")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
ALL = Filters()


def test_campaigns_and_their_reach_by_unit() -> None:
    assert measures.campaigns_run(YEAR, ALL).value == 2
    assert measures.campaigns_run(Period(date(2026, 5, 1), date(2026, 9, 30)), ALL).value == 0
    found = {
        name: getattr(measures, name)(YEAR, ALL).value
        for name in ("campaign_views", "campaign_listeners", "campaign_people", "campaign_sms")
    }
    assert found == {
        "campaign_views": 24570,
        "campaign_listeners": 31000,
        "campaign_people": 143,
        "campaign_sms": 58214,
    }
    assert measures.campaign_sms(Period(date(2025, 1, 1), date(2025, 12, 31)), ALL).value is None


def test_materials_of_the_country_count_and_general_ones_do_not() -> None:
    assert measures.materials_published(YEAR, ALL).value == 2
    assert measures.materials_published(Period(date(2026, 1, 1), date(2026, 6, 30)), ALL).value == 1
    assert Material.objects.filter(is_public=True, is_generic=True).count() == 8


def test_quizzes_and_self_checks_taken() -> None:
    taken, checks = measures.quizzes_taken(YEAR, ALL), measures.self_checks_taken(YEAR, ALL)
    assert (taken.value, checks.value) == (2377, 227)
    assert sum(group.numerator for group in taken.groups) == taken.value


def test_share_of_phish_recognised_counts_no_group_that_shows_nothing() -> None:
    reading = measures.share_phish_recognised(YEAR, ALL)
    sectors = {group.name: (group.numerator, group.denominator) for group in reading.groups}
    # Finance: one branch. Education: two classes. Public: the ministry as a whole. The port's four and an open course are left out.
    assert sectors == {
        "Banking and finance": (221, 252),
        "Education and research": (135, 204),
        "Public administration": (203, 264),
    }
    assert reading.value == Decimal("77.64")
    port = ExerciseGroup.objects.get(code="port-night-shift")
    ExerciseGroup.objects.filter(pk=port.pk).update(phish_recognised=0)
    assert measures.share_phish_recognised(YEAR, ALL) == reading


def tasks(everybody: bool = True) -> dict[str, str]:
    recipient = Recipient(permissions=frozenset({Permission.AWARENESS_RUN}), everybody=everybody)
    found = waiting_tasks(recipient, viewer=SYSTEM, today=clock.today())
    return {task.title: task.why for task in found}


def test_what_waits() -> None:
    found = tasks(everybody=False)
    assert found["Holidays without surprises"] == "The campaign begins."
    assert found["My firm, safe: Five minutes in the evening news"].startswith("It was to be placed")
    assert found["Whom to call on the island"].startswith("The material is to be read again")
    assert found["A beach house that does not exist"] == "It has no review date."
    assert "Passwords that hold" not in found
    assert "Look twice" not in found


def test_a_campaign_that_ended_waits_for_its_reach() -> None:
    made = making.campaign()
    assert tasks()["Look here"] == "The campaign has ended, and no reach was entered."
    facts = {"unit": "views", "number": 1, "from_on": made.starts_on, "to_on": made.ends_on, "source": "Statistics"}
    campaigns.enter_reach(made, by=SYSTEM, **facts)
    assert "Look here" not in tasks()


def test_a_campaign_that_runs_in_secret_waits() -> None:
    today = clock.today()
    making.campaign(starts_on=today, ends_on=today + timedelta(days=3))
    assert tasks()["Look here"] == "The campaign runs and is not public."


def test_nobody_else_is_asked() -> None:
    nobody = Recipient(permissions=frozenset({Permission.PLAN_READ}))
    assert list(waiting_tasks(nobody, viewer=SYSTEM, today=clock.today())) == []


def test_a_review_settles_the_task() -> None:
    material = Material.objects.get(code="whom-to-call")
    publishing.review_material(material, by=SYSTEM, review_on=date(2027, 12, 1))
    assert "Whom to call on the island" not in tasks()


def test_a_closed_group_counts_in_its_period() -> None:
    made = making.exercise()
    exercises.close_group(making.group(made, "Class 9", 20, 15), by=SYSTEM)
    day = clock.today()
    found = measures.share_phish_recognised(Period(day, day), ALL)
    assert (found.numerator, found.denominator) == (15, 20)
