"""What can be done to campaigns, materials, quizzes and exercises, and what is refused with which sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from floreo.awareness import gift
from floreo.awareness.actions import campaigns, exercises, publishing, quizzes
from floreo.awareness.models import (
    Campaign,
    CampaignLink,
    Exercise,
    ExerciseGroup,
    Option,
    Question,
    Quiz,
    QuizCount,
    Reach,
    SimulationResult,
)
from floreo.awareness.pack import CampaignLinkShape
from floreo.awareness.queries import group_lines, reach_by_unit
from floreo.awareness.results_file import GroupResult
from floreo.core import clock, state
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.initiatives.actions.registering import remove_initiative
from floreo.initiatives.models import Initiative
from tests.awareness import making

pytestmark = pytest.mark.usefixtures("isla")
REACH: dict[str, Any] = {
    "unit": "views",
    "number": 10,
    "from_on": date(2026, 11, 1),
    "to_on": date(2026, 11, 2),
    "source": "Statistics",
}


@pytest.mark.parametrize(("kind", "initiative"), [("initiative", ""), ("partner", "bank-week")])
def test_a_link_in_a_pack_is_of_an_initiative_or_names_none(kind: str, initiative: str) -> None:
    with pytest.raises(ValueError, match="names one, and no other link does"):
        CampaignLinkShape(name="X", kind=kind, initiative=initiative)


def code_of(caught: pytest.ExceptionInfo[Refused]) -> tuple[str, list[str]]:
    return caught.value.code, list(caught.value.fields)


class TestCampaigns:
    def test_reach_without_a_source_is_refused_at_its_field(self) -> None:
        made = making.campaign()
        for source in ("", "   "):
            with pytest.raises(Refused) as caught:
                campaigns.enter_reach(made, by=SYSTEM, **REACH | {"source": source})
            assert code_of(caught) == ("missing", ["source"])
        assert not Reach.objects.filter(campaign=made).exists()

    def test_units_are_never_added_together(self) -> None:
        made = making.campaign()
        for unit, number in (("views", 10), ("views", 5), ("listeners", 7)):
            campaigns.enter_reach(made, by=SYSTEM, **REACH | {"unit": unit, "number": number})
        found = [(each.unit, each.number, each.sources) for each in reach_by_unit(made.reach.all())]
        assert found == [("views", 15, 1), ("listeners", 7, 1)]

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"number": -1}, "number"),
            ({"to_on": date(2026, 10, 1)}, "to_on"),
            ({"to_on": date(2030, 1, 1)}, "to_on"),
            ({"unit": "sheep"}, "unit"),
        ],
    )
    def test_a_number_that_cannot_be_is_refused(self, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as caught:
            campaigns.enter_reach(making.campaign(), by=SYSTEM, **REACH | facts)
        assert code_of(caught)[1] == [field]

    def test_a_channel_of_another_campaign_is_refused(self) -> None:
        other = campaigns.add_channel(
            making.campaign(code="other"), by=SYSTEM, kind="radio", title="Spot", planned_on=date(2026, 11, 1)
        )
        with pytest.raises(Refused) as caught:
            campaigns.enter_reach(making.campaign(), by=SYSTEM, **REACH | {"channel": other})
        assert code_of(caught) == ("other_campaign", ["channel"])

    @pytest.mark.long
    def test_it_builds_on_an_initiative_which_gives_its_name(self) -> None:
        made = making.campaign()
        with pytest.raises(Refused) as caught:
            campaigns.add_link(made, by=SYSTEM, name="Something", kind="initiative")
        assert set(caught.value.fields) == {"initiative"}
        with pytest.raises(Refused) as caught:
            campaigns.add_link(made, by=SYSTEM)
        assert set(caught.value.fields) == {"name"}
        initiative = Initiative.objects.get(code="safe-market")
        link = campaigns.add_link(made, by=SYSTEM, initiative=initiative)
        assert (link.kind, link.name) == ("initiative", "The safe market")
        assert AuditEntry.objects.latest("number").verb == "campaign_link.added"
        another = Initiative.objects.get(code="parents-first-phone")
        link = campaigns.update_link(link, by=SYSTEM, version=link.version, initiative=another)
        assert link.name == another.title
        remove_initiative(another, by=SYSTEM)
        link.refresh_from_db()
        assert (link.initiative, link.name) == (None, another.title)
        assert [str(each) for each in state.differences() if "campaignlink" in str(each).lower()] == []

    def test_from_its_draft_to_its_end(self) -> None:
        made = making.campaign(audiences=["firms", "nobody", "households"])
        assert made.audiences == ["households", "firms"]
        made = campaigns.update_campaign(made, by=SYSTEM, version=made.version, aim="Firms call their bank.")
        made = campaigns.publish_campaign(made, by=SYSTEM)
        channel = campaigns.add_channel(made, by=SYSTEM, kind="radio", title="Spot", planned_on=date(2026, 11, 1))
        channel = campaigns.place_channel(channel, by=SYSTEM, placed_on=date(2026, 11, 3))
        channel = campaigns.update_channel(channel, by=SYSTEM, title="Two spots")
        link = campaigns.add_link(made, by=SYSTEM, name="Bank", url="https://example.org/")
        campaigns.update_link(link, by=SYSTEM, kind="site")
        assert CampaignLink.objects.get(pk=link.pk).kind == "site"
        reach = campaigns.enter_reach(made, by=SYSTEM, **REACH, channel=channel)
        reach = campaigns.update_reach(reach, by=SYSTEM, number=12)
        with pytest.raises(Refused):
            campaigns.remove_campaign(made, by=SYSTEM)
        made = campaigns.withdraw_campaign(made, by=SYSTEM)
        with pytest.raises(Refused) as caught:
            campaigns.remove_campaign(made, by=SYSTEM)
        assert caught.value.code == "has_reach"
        campaigns.remove_reach(reach, by=SYSTEM)
        campaigns.remove_channel(channel, by=SYSTEM)
        campaigns.remove_link(link, by=SYSTEM)
        campaigns.remove_campaign(made, by=SYSTEM)
        assert not Campaign.objects.filter(code="look-here").exists()

    def test_it_does_not_end_before_it_begins(self) -> None:
        with pytest.raises(Refused) as caught:
            making.campaign(ends_on=clock.today() - timedelta(days=90))
        assert code_of(caught) == ("dates_in_order", ["ends_on"])


class TestMaterials:
    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize("field", ["licence", "source", "body", "title"])
    def test_licence_and_source_are_required(self, field: str) -> None:
        with pytest.raises(Refused) as caught:
            making.material(**{field: " "})
        assert code_of(caught) == ("missing", [field])

    def test_published_reviewed_withdrawn_and_removed(self) -> None:
        made = publishing.publish_material(making.material(), by=SYSTEM)
        assert made.published_on == clock.today()
        with pytest.raises(Refused) as caught:
            publishing.review_material(made, by=SYSTEM, review_on=clock.today())
        assert code_of(caught) == ("not_to_come", ["review_on"])
        made = publishing.review_material(made, by=SYSTEM, review_on=date(2027, 11, 1))
        made = publishing.update_material(made, by=SYSTEM, version=made.version, body="Other words.")
        with pytest.raises(Refused):
            publishing.remove_material(made, by=SYSTEM)
        publishing.remove_material(publishing.withdraw_material(made, by=SYSTEM), by=SYSTEM)


class TestQuizzes:
    def test_one_that_is_not_whole_is_not_published(self) -> None:
        made = publishing.prepare_quiz(by=SYSTEM, title="Empty", subject="other")
        with pytest.raises(Refused) as caught:
            publishing.publish_quiz(made, by=SYSTEM)
        assert str(caught.value.sentence) == "Add a question first."
        question = quizzes.add_question(made, by=SYSTEM, text="Which?")
        quizzes.add_option(question, by=SYSTEM, text="a")
        with pytest.raises(Refused) as caught:
            publishing.publish_quiz(made, by=SYSTEM)
        assert "fewer than two answers" in str(caught.value.sentence)
        quizzes.add_option(question, by=SYSTEM, text="b")
        with pytest.raises(Refused) as caught:
            publishing.publish_quiz(made, by=SYSTEM)
        assert "has no right answer" in str(caught.value.sentence)

    def test_true_or_false_brings_its_answers(self) -> None:
        made = making.quiz(is_public=False)
        question = quizzes.add_question(made, by=SYSTEM, kind="true_false", text="Is it?")
        assert [(o.text, o.is_right) for o in question.options.order_by("number")] == [("True", True), ("False", False)]
        option = question.options.get(number=2)
        assert quizzes.update_option(option, by=SYSTEM, explanation="No.").explanation == "No."
        assert quizzes.update_question(question, by=SYSTEM, text="Is it so?").text == "Is it so?"

    def test_what_people_answered_does_not_change_under_them(self) -> None:
        made = making.quiz()
        question = Question.objects.get(quiz=made, number=1)
        with pytest.raises(Refused) as caught:
            quizzes.update_question(question, by=SYSTEM, text="Other?")
        assert caught.value.code == "public"
        QuizCount.objects.create(quiz=made, day=clock.today(), question=1, option=0, number=3)
        made = publishing.withdraw_quiz(made, by=SYSTEM)
        question.refresh_from_db()
        for act in (
            lambda: quizzes.update_question(Question.objects.get(pk=question.pk), by=SYSTEM, text="Other?"),
            lambda: quizzes.remove_option(Option.objects.filter(question=question)[0], by=SYSTEM),
            lambda: publishing.remove_quiz(made, by=SYSTEM),
        ):
            with pytest.raises(Refused) as caught:
                act()
            assert caught.value.code == "counted"
        quizzes.remove_question(Question.objects.get(pk=question.pk), by=SYSTEM)
        last = Question.objects.get(quiz=made)
        quizzes.remove_question(last, by=SYSTEM)
        assert quizzes.add_question(made, by=SYSTEM, text="New?").number == 2, "1 was counted, 2 was not"

    def test_questions_of_a_gift_file_are_added(self) -> None:
        made = making.quiz(is_public=False)
        bank = gift.read("One?{=a#yes ~b}\n\nTwo?{F#no#right}\n\nThree?{~%50%a ~%50%b ~%-100%c}")
        assert quizzes.import_questions(made, by=SYSTEM, questions=bank.questions, file_name="bank.txt") == 3
        found = {q.number: (q.kind, [o.is_right for o in q.options.order_by("number")]) for q in made.questions.all()}
        assert found[3] == ("single", [True, False])
        assert found[4] == ("true_false", [False, True])
        assert found[5] == ("multiple", [True, True, False])
        assert AuditEntry.objects.latest("number").detail["file"] == "bank.txt"

    def test_a_bank_that_is_too_large_is_refused_with_what_to_do(self) -> None:
        made = making.quiz(is_public=False)
        bank = gift.read("\n\n".join(f"Number {n}?{{=a ~b}}" for n in range(500)))
        with pytest.raises(Refused) as caught:
            quizzes.import_questions(made, by=SYSTEM, questions=bank.questions)
        assert "Choose one category" in str(caught.value.sentence)
        assert Quiz.objects.get(pk=made.pk).questions.count() == 2
        with pytest.raises(Refused):
            quizzes.import_questions(made, by=SYSTEM, questions=())

    def test_updated_and_removed(self) -> None:
        made = publishing.update_quiz(making.quiz(is_public=False), by=SYSTEM, title="Another")
        publishing.remove_quiz(made, by=SYSTEM)
        assert not Quiz.objects.filter(code="a-quiz").exists()


class TestExercises:
    def test_a_place_has_words_of_the_text(self) -> None:
        made = making.exercise(is_public=False)
        message = made.messages.get(number=1)
        for facts, field in (({"quote": "tomorrow", "part": "body"}, "quote"), ({"part": "link"}, "part")):
            with pytest.raises(Refused) as caught:
                exercises.add_spot(message, by=SYSTEM, explanation="x", **facts)
            assert code_of(caught)[1] == [field]
        spot = exercises.add_spot(message, by=SYSTEM, part="sender", explanation="Look.")
        spot = exercises.update_spot(spot, by=SYSTEM, is_sign=False)
        exercises.remove_spot(spot, by=SYSTEM)

    def test_one_answer_is_not_always_right(self) -> None:
        made = making.exercise(is_public=False)
        exercises.remove_message(made.messages.get(number=2), by=SYSTEM)
        with pytest.raises(Refused) as caught:
            publishing.publish_exercise(made, by=SYSTEM)
        assert "one answer is always right" in str(caught.value.sentence)

    def test_a_link_has_words_and_an_address(self) -> None:
        message = making.exercise(is_public=False).messages.get(number=1)
        with pytest.raises(Refused) as caught:
            exercises.update_message(message, by=SYSTEM, link_text="Press")
        assert code_of(caught) == ("half_a_link", ["link_address"])

    def test_what_was_counted_is_fixed(self) -> None:
        made = making.exercise()
        making.group(made, "Class 9", 3)
        made = publishing.withdraw_exercise(made, by=SYSTEM)
        with pytest.raises(Refused) as caught:
            exercises.update_message(made.messages.get(number=1), by=SYSTEM, subject="Other")
        assert caught.value.code == "counted"
        made = publishing.update_exercise(made, by=SYSTEM, title="Renamed")
        with pytest.raises(Refused):
            publishing.remove_exercise(made, by=SYSTEM)

    def test_an_exercise_that_nobody_took_is_removed(self) -> None:
        made = making.exercise(is_public=False)
        publishing.remove_exercise(made, by=SYSTEM)
        assert not Exercise.objects.filter(code=made.code).exists()
        assert AuditEntry.objects.order_by("-number")[0].verb == "exercise.removed"


def shown(of: Any) -> dict[str, tuple[int | None, int | None]]:
    rows = ExerciseGroup.objects.filter(exercise=of)
    return {line.group.name: (line.takers, line.recognised) for line in group_lines(rows)}


class TestGroups:
    def test_results_show_once_the_group_is_closed(self) -> None:
        made = making.exercise()
        one = making.group(made, "Class 9", 20, 15)
        assert shown(made) == {"Class 9": (None, None)}
        exercises.close_group(one, by=SYSTEM)
        assert shown(made) == {"Class 9": (20, 75)}
        with pytest.raises(Refused) as caught:
            exercises.update_group(ExerciseGroup.objects.get(pk=one.pk), by=SYSTEM, name="Other")
        assert caught.value.code == "closed"

    def test_a_group_of_four_shows_nothing(self) -> None:
        made = making.exercise()
        exercises.close_group(making.group(made, "Night shift", 4, 4), by=SYSTEM)
        (line,) = group_lines(ExerciseGroup.objects.filter(exercise=made))
        assert (line.takers, line.recognised, line.trusted, line.reason) == (None, None, None, "Fewer than 5 took it.")

    def test_the_total_of_its_parent_does_not_give_a_group_of_four_away(self) -> None:
        made = making.exercise()
        ministry = making.group(made, "Ministry", 0)
        parts = [making.group(made, n, t, r, parent=ministry) for n, t, r in (("A", 30, 20), ("B", 12, 6), ("C", 4, 0))]
        for each in parts:
            exercises.close_group(each, by=SYSTEM)
        assert set(shown(made).values()) == {(None, None)}, "the parent is still open"
        exercises.close_group(ministry, by=SYSTEM)
        # B is hidden with C: the total less A is of 16 takers, and of two groups.
        assert shown(made) == {"Ministry": (46, 57), "A": (30, 67), "B": (None, None), "C": (None, None)}

    def test_no_part_joins_a_parent_whose_total_has_shown(self) -> None:
        made = making.exercise()
        ministry = making.group(made, "Ministry", 30, 20)
        exercises.close_group(ministry, by=SYSTEM)
        with pytest.raises(Refused) as caught:
            making.group(made, "Late", 4, 1, parent=ExerciseGroup.objects.get(pk=ministry.pk))
        assert code_of(caught) == ("closed", ["parent"])

    def test_a_group_is_no_person_and_has_one_level_of_parts(self) -> None:
        made = making.exercise()
        with pytest.raises(Refused) as caught:
            making.group(made, "maria@example.org")
        assert code_of(caught) == ("person", ["name"])
        part = making.group(made, "Part", parent=making.group(made, "Whole"))
        with pytest.raises(Refused) as caught:
            making.group(made, "Part of part", parent=part)
        assert code_of(caught) == ("levels", ["parent"])
        with pytest.raises(Refused) as caught:
            making.group(made, "Past", ends_on=date(2026, 1, 1))
        assert code_of(caught) == ("past", ["ends_on"])

    def test_one_that_nobody_took_is_changed_and_removed(self) -> None:
        one = making.group(making.exercise(), "Class 9")
        one = exercises.update_group(one, by=SYSTEM, name="Class 9B")
        exercises.remove_group(one, by=SYSTEM)
        with pytest.raises(Refused) as caught:
            exercises.remove_group(making.group(making.exercise_again(), "Class 10", 2), by=SYSTEM)
        assert caught.value.code == "counted"

    def test_counts_of_a_simulation_replace_those_of_the_same_day(self) -> None:
        made = making.exercise()
        one = making.group(made, "Branches")
        row = GroupResult(2, one.code, 20, 10, 5, 2, date(2026, 2, 10))
        with pytest.raises(Refused) as caught:
            exercises.import_results(made, by=SYSTEM, rows=[row], source=" ")
        assert code_of(caught) == ("missing", ["source"])
        for clicked in (5, 6):
            again = GroupResult(2, one.code, 20, 10, clicked, 2, date(2026, 2, 10))
            assert exercises.import_results(made, by=SYSTEM, rows=[again], source="Tool") == 1
        result = one.simulations.get()
        assert (result.clicked, result.version) == (6, 2)
        exercises.remove_result(result, by=SYSTEM)
        assert not one.simulations.exists()

    def test_a_whole_less_its_part_does_not_give_a_small_group_away(self) -> None:
        made = making.exercise()
        whole = making.group(made, "The bank")
        part = making.group(made, "Its branches", parent=whole)

        def rows(all_: int, of_part: int) -> list[GroupResult]:
            day = date(2026, 3, 3)
            pairs = ((whole, all_), (part, of_part))
            return [GroupResult(n, g.code, sent, 4, 3, 2, day) for n, (g, sent) in enumerate(pairs, 2)]

        with pytest.raises(Refused, match="could be computed"):
            exercises.import_results(made, by=SYSTEM, rows=rows(20, 16), source="Tool")
        assert not SimulationResult.objects.filter(group__in=[whole, part]).exists()
        exercises.import_results(made, by=SYSTEM, rows=rows(20, 20)[1:], source="Tool")
        with pytest.raises(Refused, match="could be computed"):  # also where the part came earlier
            exercises.import_results(made, by=SYSTEM, rows=rows(23, 20)[:1], source="Tool")
        assert exercises.import_results(made, by=SYSTEM, rows=rows(25, 20), source="Tool") == 2
