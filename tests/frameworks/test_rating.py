"""Several people rate, somebody else reviews, and what is closed no longer changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.frameworks import actions as acts
from floreo.frameworks.models import Answer, Assessment, Item
from floreo.organisations.models import Organisation, User
from tests.frameworks.making import STAGES, make_assessment, make_version

pytestmark = pytest.mark.usefixtures("today")
Make = Callable[..., User]


def answer_of(assessment: Assessment, code: str = "A-1") -> Answer:
    return assessment.answers.get(item__code=code)


def refused(act: Callable[[], object]) -> tuple[str, dict[str, str]]:
    with pytest.raises(Refused) as wrong:
        act()
    return wrong.value.code, {name: str(text) for name, text in wrong.value.fields.items()}


def test_every_item_waits_for_a_rating_in_the_order_of_the_questionnaire() -> None:
    assessment = make_assessment()
    assert [(a.item.code, a.level) for a in assessment.answers.all()] == [("A-1", None), ("A-2", None), ("B-1", None)]
    assert (assessment.code, assessment.state) == ("own-2026", "open")


def test_two_raters_and_a_reviewer_and_the_trail_tells_of_each(user_with: Make, secretariat: User) -> None:
    answer = answer_of(make_assessment())
    acts.rate(answer, by=user_with("lead"), level="0.5", reason="A bill is drafted.")
    acts.rate(answer, by=user_with("analyst"), level=1, reason="It is in force.")
    found = acts.review_answer(answer, by=secretariat, level="1", reason="In force since August.")
    assert (found.level, found.reason, found.reviewed_by) == (Decimal(1), "In force since August.", "Test secretariat")
    assert [r.level for r in found.ratings.all()] == [Decimal("0.50"), Decimal(1)]
    verbs = list(AuditEntry.objects.order_by("-number").values_list("verb", "subject_name")[:3])
    assert verbs == [("item.reviewed", "OWN 2026"), ("item.rated", "OWN 2026"), ("item.rated", "OWN 2026")]


def test_rating_again_replaces_only_ones_own(user_with: Make) -> None:
    answer, lead = answer_of(make_assessment()), user_with("lead")
    acts.rate(answer, by=user_with("analyst"), level=0, reason="Nothing.")
    acts.rate(answer, by=lead, level=0, reason="Nothing.")
    acts.rate(answer, by=lead, level=1, reason="All.")
    assert [(r.rater_name, r.level) for r in answer.ratings.all()] == [
        ("Test analyst", Decimal(0)),
        ("Test lead", Decimal(1)),
    ]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("level", ["2", "-1", "0.25", "", None, "NaN", "Infinity", "x", "1e999999"])
def test_a_level_off_the_scale_is_refused_at_its_field(secretariat: User, level: str | None) -> None:
    answer = answer_of(make_assessment())
    found = refused(lambda: acts.rate(answer, by=secretariat, level=level, reason="Because."))
    assert found == ("not_on_scale", {"level": "Choose a level of this framework."})


def test_a_rating_says_why(secretariat: User) -> None:
    answer = answer_of(make_assessment())
    sentence = "Give the reason. The reviewer and later raters will need it."
    assert refused(lambda: acts.rate(answer, by=secretariat, level=1, reason=" ")) == ("missing", {"reason": sentence})


def test_nobody_reviews_what_only_they_rated(secretariat: User) -> None:
    answer = answer_of(make_assessment())
    assert refused(lambda: acts.review_answer(answer, by=secretariat, level=1))[0] == "unrated"
    acts.rate(answer, by=secretariat, level=1, reason="It is there.")
    assert refused(lambda: acts.review_answer(answer, by=secretariat, level=1))[0] == "own_rating"


def test_where_raters_differ_the_reviewer_says_why(user_with: Make, secretariat: User) -> None:
    answer = answer_of(make_assessment())
    acts.rate(answer, by=user_with("lead"), level=0, reason="No.")
    acts.rate(answer, by=user_with("analyst"), level=1, reason="Yes.")
    sentence = "The ratings differ, or none gave this level. Give the reason for choosing this level."
    found = refused(lambda: acts.review_answer(answer, by=secretariat, level=1))
    assert found == ("missing", {"reason": sentence})


def test_where_they_agree_the_first_reason_stands(user_with: Make, secretariat: User) -> None:
    answer = answer_of(make_assessment())
    acts.rate(answer, by=user_with("lead"), level=1, reason="Yes.")
    assert acts.review_answer(answer, by=secretariat, level=1).reason == "Yes."


def test_the_second_reviewer_sees_what_the_first_decided(user_with: Make, secretariat: User) -> None:
    answer = answer_of(make_assessment())
    acts.rate(answer, by=user_with("lead"), level=1, reason="Yes.")
    seen = answer_of(answer.assessment).version
    acts.review_answer(answer, by=secretariat, level=1, version=seen)
    with pytest.raises(Changed) as changed:
        acts.review_answer(answer, by=user_with("administrator"), level=0, reason="No.", version=seen)
    assert str(changed.value.sentence).startswith("Test secretariat reviewed this item while you had it open.")
    assert answer_of(answer.assessment).level == 1


def test_a_lead_rates_and_does_not_review(user_with: Make) -> None:
    answer, lead = answer_of(make_assessment()), user_with("lead")
    acts.rate(answer, by=user_with("analyst"), level=1, reason="Yes.")
    with pytest.raises(NotAllowed):
        acts.review_answer(answer, by=lead, level=1)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["observer", "operator", "drafter", "coordinator", "auditor"])
def test_who_does_not_assess_cannot_rate(user_with: Make, role: str) -> None:
    with pytest.raises(NotAllowed):
        acts.rate(answer_of(make_assessment()), by=user_with(role), level=1, reason="Yes.")


def test_what_is_closed_no_longer_changes_until_it_is_opened_with_a_reason(user_with: Make, secretariat: User) -> None:
    assessment = make_assessment()
    answer = answer_of(assessment)
    assert refused(lambda: acts.close_assessment(assessment, by=secretariat))[0] == "empty"
    acts.rate(answer, by=user_with("lead"), level=1, reason="Yes.")
    acts.review_answer(answer, by=secretariat, level=1)
    closed = acts.close_assessment(assessment, by=secretariat, note_text="Two people.")
    assert (closed.state, str(closed.closed_on), closed.note) == ("closed", "2026-11-24", "Two people.")
    assert refused(lambda: acts.rate(answer, by=secretariat, level=0, reason="No."))[0] == "closed"
    assert refused(lambda: acts.take_back_review(answer, by=secretariat))[0] == "closed"
    assert refused(lambda: acts.reopen_assessment(assessment, by=secretariat, reason=""))[0] == "missing"
    assert acts.reopen_assessment(assessment, by=secretariat, reason="A law was missed.").state == "open"


def test_only_what_is_closed_is_published_and_what_is_public_stays_closed(user_with: Make, secretariat: User) -> None:
    assessment = make_assessment()
    assert refused(lambda: acts.publish_assessment(assessment, by=secretariat))[0] == "open"
    acts.rate(answer_of(assessment), by=user_with("lead"), level=1, reason="Yes.")
    acts.review_answer(answer_of(assessment), by=secretariat, level=1)
    acts.close_assessment(assessment, by=secretariat)
    assert acts.publish_assessment(assessment, by=secretariat).is_public
    assert refused(lambda: acts.reopen_assessment(assessment, by=secretariat, reason="Why not."))[0] == "public"
    assert not acts.unpublish_assessment(assessment, by=secretariat).is_public


def test_all_reviewed_shows_and_a_review_taken_back_opens_again(user_with: Make, secretariat: User) -> None:
    assessment, lead = make_assessment(), user_with("lead")
    for answer in assessment.answers.all():
        acts.rate(answer, by=lead, level=1, reason="Yes.")
        acts.review_answer(answer, by=secretariat, level=1)
    assert Assessment.objects.get(pk=assessment.pk).state == "reviewed"
    acts.take_back_review(answer_of(assessment), by=secretariat)
    found = answer_of(assessment)
    assert (found.level, found.reason, found.reviewed_on, found.assessment.state) == (None, "", None, "open")


def test_of_stages_only_those_with_all_below_count(user_with: Make, secretariat: User) -> None:
    version = make_version("stages-1", framework="stages", rule="all_below", levels=STAGES)
    answer = answer_of(make_assessment(version))
    rating = acts.rate(answer, by=user_with("lead"), held=["2", "4"], reason="The plan of stage 3 is missing.")
    assert (rating.level, rating.held) == (Decimal(2), ["2", "4"])
    found = acts.review_answer(answer, by=secretariat, held=[2, 3], reason="The plan was found.")
    assert (found.level, found.held) == (Decimal(3), ["2", "3"])
    assert refused(lambda: acts.rate(answer, by=secretariat, held=["9"], reason="x"))[0] == "not_on_scale"


def test_a_year_is_assessed_once_at_a_time() -> None:
    make_assessment()
    assert refused(make_assessment)[0] == "open_already"
    assert (
        make_assessment(organisation=Organisation.objects.create(code="the-csirt", name="The CSIRT", kind="csirt")).code
        == "own-2026-the-csirt"
    )
    assert refused(lambda: make_assessment(year=1900))[0] == "year"
    assert refused(lambda: make_assessment(year=2030))[0] == "year"


def test_an_assessment_starts_from_one_of_the_same_framework() -> None:
    first = make_assessment()
    other = make_version("other-1", framework="other")
    assert refused(lambda: make_assessment(other, before=first))[0] == "another_framework"


def test_items_that_a_framework_gains_join_what_is_open() -> None:
    assessment = make_assessment()
    Item.objects.create(in_version=assessment.in_version, code="C-1", title="New", kind="indicator", position=99)
    assert acts.complete_assessments(by=SYSTEM) == 1
    assert acts.complete_assessments(by=SYSTEM) == 0
    assert assessment.answers.count() == 4
