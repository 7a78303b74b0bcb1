"""What serves an item, what evidence is offered, years side by side, measures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, Refused
from floreo.core.figures import Filters, Group, Period
from floreo.evidence.actions import attach
from floreo.frameworks import actions as acts
from floreo.frameworks import queries, tables
from floreo.frameworks.access import get_answer_for, get_assessment_for
from floreo.frameworks.logic import ScoreChange
from floreo.frameworks.measures import share_items_reviewed, share_items_with_evidence
from floreo.frameworks.models import Assessment, Framework, Item, Mapping
from floreo.organisations.models import User
from tests.evidence.making import make_file, make_link
from tests.frameworks.making import make_assessment, make_version

pytestmark = pytest.mark.usefixtures("today")


def nothing_below(names: Sequence[str]) -> dict[str, list[str]]:
    return {}


def review(assessment: Assessment, by: tuple[User, User], **levels: str) -> None:
    for code, level in levels.items():
        answer = assessment.answers.get(item__code=code.replace("_", "-"))
        acts.rate(answer, by=by[0], level=level, reason="Seen.")
        acts.review_answer(answer, by=by[1], level=level)


@pytest.fixture
def two(user_with: Any, secretariat: User) -> tuple[User, User]:
    return user_with("lead"), secretariat


def test_a_new_year_takes_over_the_evidence_that_still_stands(two: tuple[User, User]) -> None:
    first = make_assessment(year=2025)
    answer = first.answers.get(item__code="A-1")
    attach(make_link("Stands"), by=SYSTEM, thing=answer, note="page 2")
    attach(make_link("Ran out", "https://example.org/b", valid_until=date(2026, 1, 1)), by=SYSTEM, thing=answer)
    second = make_assessment(year=2026, before=first)
    line = next(x for x in queries.sheet(second.in_version, second, SYSTEM).lines if x.item.code == "A-1")
    assert [(a.evidence.title, a.note) for a in line.evidence] == [("Stands", "page 2")]
    assert (line.answer.level if line.answer else "") is None


@pytest.mark.long
def test_years_are_compared(two: tuple[User, User]) -> None:
    first = make_assessment(year=2025)
    review(first, two, A_1="0", A_2="1")
    second = make_assessment(year=2026, before=first)
    review(second, two, A_1="0.5", B_1="1")
    found = [(s.code, s.change) for s in queries.steps_between(first, second)]
    assert found == [("A-1", ScoreChange.UP), ("A-2", ScoreChange.LOST), ("B-1", ScoreChange.NEW)]


def test_a_new_version_is_compared_through_its_mappings(two: tuple[User, User]) -> None:
    old, new = make_version("own-1"), make_version("own-2")
    Mapping.objects.create(
        item=new.items.get(code="B-1"), other=old.items.get(code="A-1"), relation="successor", source="x"
    )
    first, second = make_assessment(old, year=2025), make_assessment(new, year=2026)
    review(first, two, A_1="1")
    review(second, two, B_1="1")
    found = [(s.code, s.before, s.now, s.change) for s in queries.steps_between(first, second)]
    one = Decimal("1.00")
    assert found == [
        ("A-1", None, None, ScoreChange.NONE),
        ("A-2", None, None, ScoreChange.NONE),
        ("B-1", one, one, ScoreChange.SAME),
    ]


@pytest.mark.long
def test_evidence_is_offered_from_what_serves_the_item_and_from_items_like_it() -> None:
    assessment = make_assessment()
    answer = assessment.answers.get(item__code="A-1")
    other = make_version("other-1", framework="other")
    like = other.items.get(code="A-1")
    Mapping.objects.create(item=answer.item, other=like, relation="partly", source="x")
    elsewhere = make_assessment(other).answers.get(item=like)
    attach(make_link("Of an item like it"), by=SYSTEM, thing=elsewhere)
    stand_in = Framework.objects.get(code="other")  # any record may serve; what lies below it comes from above
    acts.add_contribution(answer.item, by=SYSTEM, thing=stand_in)
    attach(make_link("Of what serves", "https://example.org/s"), by=SYSTEM, thing=stand_in)
    attach(make_link("Of what lies below", "https://example.org/u"), by=SYSTEM, thing=like)
    attach(make_link("Has it already", "https://example.org/h"), by=SYSTEM, thing=answer)
    attach(make_link("Has it already", "https://example.org/h"), by=SYSTEM, thing=stand_in)

    def below(names: Sequence[str]) -> dict[str, list[str]]:
        return {name: [f"frameworks.item:{like.pk}"] for name in names}

    fresh = get_answer_for(SYSTEM, assessment.code, "A-1")
    found = [s.evidence.title for s in queries.suggestions(fresh, SYSTEM, below)]
    assert found == ["Of what serves", "Of what lies below", "Of an item like it"]


def test_evidence_that_the_viewer_may_not_see_is_not_offered(user_with: Any) -> None:
    assessment = make_assessment()
    answer = assessment.answers.get(item__code="A-1")
    thing = Framework.objects.get(code="own")
    acts.add_contribution(answer.item, by=SYSTEM, thing=thing)
    attach(make_file("Secret", tlp="RED"), by=SYSTEM, thing=thing)
    fresh = get_answer_for(SYSTEM, assessment.code, "A-1")
    assert queries.suggestions(fresh, user_with("lead"), nothing_below) == []


def test_what_serves_is_said_once_and_only_of_items_that_are_rated() -> None:
    version = make_version()
    thing = version.framework
    item = version.items.get(code="A-1")
    assert (
        acts.add_contribution(item, by=SYSTEM, thing=thing).pk == acts.add_contribution(item, by=SYSTEM, thing=thing).pk
    )
    with pytest.raises(Refused) as wrong:
        acts.add_contribution(version.items.get(code="A"), by=SYSTEM, thing=thing)
    assert str(wrong.value.sentence) == "Choose an item that is rated, not the part that contains it."
    contribution = queries.served_by(thing)[0]
    acts.remove_contribution(contribution, by=SYSTEM)
    with pytest.raises(Missing):
        acts.remove_contribution(contribution, by=SYSTEM)


BAD_SCORES: dict[str, tuple[dict[str, Any], str]] = {
    "score": ({"score": "much"}, "Enter a number of 0 or more, for example 32.35."),
    "over": ({"score": "21", "maximum": "20"}, "The score is higher than the maximum."),
    "endless": ({"score": "NaN"}, "Enter a number of 0 or more, for example 32.35."),
    "year": ({"year": 2030}, "Enter the year of publication. It cannot be in the future."),
    "source": ({"source": " "}, "Enter the source of the score. Anyone should be able to check it."),
    "part": ({"part": "Z"}, "This part is not in the version you chose."),
    "link": ({"source_url": "javascript:alert(1)"}, "This address is incomplete. Copy it from the browser."),
}


@pytest.mark.parametrize("mistake", BAD_SCORES)
def test_a_published_score_is_a_number_with_its_source(mistake: str) -> None:
    version = make_version()
    facts: dict[str, Any] = {
        "year": 2024,
        "score": "32,35",
        "source": "The publisher",
        "in_version": version,
    } | BAD_SCORES[mistake][0]
    with pytest.raises(Refused) as wrong:
        acts.record_score(version.framework, by=SYSTEM, **facts)
    assert str(wrong.value.sentence) == BAD_SCORES[mistake][1]


def test_the_same_score_again_replaces_it() -> None:
    version = make_version()
    acts.record_score(version.framework, by=SYSTEM, year=2024, score="32,35", source="A list")
    acts.record_score(version.framework, by=SYSTEM, year=2024, score="33", source="A newer list")
    assert [(s.score, s.source) for s in version.framework.scores.all()] == [(Decimal(33), "A newer list")]


@pytest.mark.long
def test_a_measure_counts_what_is_reviewed_in_the_newest_public_assessment(two: tuple[User, User]) -> None:
    measure, period = share_items_reviewed, Period(date(2026, 1, 1), date(2026, 12, 31))
    assessment = make_assessment()
    assert measure(period, Filters()).value is None
    review(assessment, two, A_1="1", B_1="0")
    attach(make_file("Open", tlp="CLEAR", is_public=True), by=SYSTEM, thing=assessment.answers.get(item__code="A-1"))
    attach(make_file("Closed"), by=SYSTEM, thing=assessment.answers.get(item__code="B-1"))
    acts.close_assessment(assessment, by=two[1])
    assert measure(period, Filters()).value is None
    acts.publish_assessment(assessment, by=two[1])
    found = measure(period, Filters())
    assert (found.value, found.numerator, found.denominator) == (Decimal("66.67"), Decimal(2), Decimal(3))
    assert found.groups == (Group("A Part A", 1, 2), Group("B Part B", 1, 1))
    assert next((r.label, r.counted) for r in found.records) == ("A-2 =A rule", False)
    assert share_items_with_evidence(period, Filters()).numerator == 1


def test_what_is_in_the_making_is_kept_from_strangers(two: tuple[User, User], observer: User) -> None:
    assessment = make_assessment()
    review(assessment, two, A_1="1")
    for viewer in (None, observer):
        with pytest.raises(Missing):
            get_assessment_for(viewer, assessment.code)
        assert list(tables.RATINGS.rows(viewer)) == []
    assert [a.item.code for a in tables.RATINGS.rows(two[0])] == ["A-1"]
    acts.close_assessment(assessment, by=two[1])
    acts.publish_assessment(assessment, by=two[1])
    assert [a.item.code for a in tables.RATINGS.rows(None)] == ["A-1"]
    assert "reviewed_by" not in [c.name for c in tables.RATINGS.columns_for(None)]


def test_a_title_is_checked_in_own_words_and_with_its_source() -> None:
    item = make_version().items.get(code="B-1")
    for title, source, field in ((" ", "x", "title"), ("x", "", "source")):
        with pytest.raises(Refused) as wrong:
            acts.check_item(item, by=SYSTEM, title=title, source=source)
        assert list(wrong.value.fields) == [field]
    acts.check_item(
        item, by=SYSTEM, title="A national team", source="The paper, page 4", titles={"es": "Un equipo nacional"}
    )
    fresh = Item.objects.get(pk=item.pk)
    assert (fresh.title, fresh.translations, fresh.confirmed) == (
        "A national team",
        {"es": {"title": "Un equipo nacional"}},
        True,
    )


@pytest.mark.long
@pytest.mark.parametrize("count", [1, 3])
def test_a_sheet_asks_as_often_for_one_item_as_for_many(two: tuple[User, User], count: int) -> None:
    assessment = make_assessment()
    for answer in list(assessment.answers.all())[:count]:
        acts.rate(answer, by=two[0], level=1, reason="Yes.")
        attach(make_link(f"L{answer.pk}", f"https://example.org/{answer.pk}"), by=SYSTEM, thing=answer)
    fresh = get_assessment_for(SYSTEM, assessment.code)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queries.sheet(fresh.in_version, fresh, SYSTEM)
    assert len(asked) == 4
