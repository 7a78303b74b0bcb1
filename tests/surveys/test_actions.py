"""What is written of surveys: versions that freeze, waves that open and close, answers that count once, results that stay."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.figures import Filters, Frequency, period_of
from floreo.core.models import AuditEntry, SearchEntry
from floreo.core.tasks import Recipient
from floreo.organisations.models import User
from floreo.surveys import measures
from floreo.surveys.access import ANYBODY, InterviewerLink, get_survey_for, get_wave_for, interviewer_of_link
from floreo.surveys.actions import answering, preparing, publishing
from floreo.surveys.actions.answering import Given, Interview
from floreo.surveys.microdata import public_rows, staff_csv
from floreo.surveys.models import PublishedResult, Question, Response, SampleLink, Survey, Wave
from floreo.surveys.queries import ALL, COUNTED, results_of
from floreo.surveys.tasks import waiting_tasks
from floreo.tasks.calendar import calendar_of
from tests.moments import on
from tests.surveys.making import (
    CODE,
    answers,
    ended,
    filled,
    fresh,
    in_spanish,
    opened,
    option,
    planned,
    prepared,
    sent,
)

pytestmark = pytest.mark.usefixtures("isla")
POPULATION = [
    {"district": "XP-NP", "count": "6000"},
    {"district": "XP-CC", "count": "4000"},
    {"age": "16-39", "count": "5500"},
    {"age": "40+", "count": "4500"},
]


def refused(function: Any, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        function(*args, by=SYSTEM, **kwargs)
    return caught.value


def sample(**facts: Any) -> Wave:
    return opened(mode="interviewer", **facts)


class TestInstrument:
    @pytest.mark.long
    def test_it_is_frozen_once_a_wave_has_opened(self) -> None:
        wave = opened()
        question = wave.instrument.questions.get(key="backup")
        assert refused(preparing.update_question, question, text="Other words?").code == "frozen"
        assert refused(preparing.add_question, wave.instrument, text="More?", kind="text").code == "frozen"
        assert refused(preparing.remove_question, question).code == "frozen"
        assert refused(preparing.move_question, question, up=True).code == "frozen"

    def test_a_new_version_keeps_the_keys(self) -> None:
        wave = opened()
        made = preparing.add_version(wave.survey, by=SYSTEM, note_text="Clearer words")
        keys = [list(v.questions.values_list("key", flat=True)) for v in (wave.instrument, made)]
        assert (made.number, keys[0]) == (2, keys[1])
        preparing.update_question(made.questions.get(key="backup"), by=SYSTEM, text="Do you keep copies?", key="other")
        assert Question.objects.get(version_of=made, text="Do you keep copies?").key == "backup"
        assert wave.instrument.questions.get(key="backup").text == "Do you make backups?"

    def test_a_version_that_no_wave_uses_is_changed_and_not_copied(self) -> None:
        assert refused(preparing.add_version, prepared()).code == "has_draft"

    def test_questions_move_among_themselves(self) -> None:
        version = prepared().versions.get()
        preparing.move_question(version.questions.get(key="comment"), by=SYSTEM, up=True)
        assert list(version.questions.values_list("key", flat=True))[-2:] == ["comment", "accounts"]
        assert refused(preparing.move_question, version.questions.get(key="where"), up=True).code == "no_condition"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"text": " "}, "text"),
            ({"text": "One?", "options": [option("a", "A", "A")]}, "options"),
            ({"text": "Twice?", "options": [option("a", "A", "A"), option("a", "B", "B")]}, "options"),
            ({"text": "Bounds?", "kind": "number", "low": 5, "high": 5}, "high"),
            ({"text": "Steps?", "kind": "scale", "low": 0, "high": 100}, "high"),
            ({"text": "Counted?", "kind": "scale", "counted": ["9"]}, "counted"),
            ({"text": "Group?", "kind": "number", "variable": "age"}, "variable"),
            ({"text": "If?", "kind": "text", "if_key": "nothing", "if_options": ["yes"]}, "if_key"),
            ({"text": "If?", "kind": "text", "if_key": "backup", "if_options": ["perhaps"]}, "if_options"),
            ({"key": "answer", "text": "Key?", "kind": "text"}, "key"),
            ({"key": "backup", "text": "Key?", "kind": "text"}, "key"),
        ],
    )
    def test_a_question_that_cannot_be_answered_is_refused_at_its_field(
        self, facts: dict[str, Any], field: str
    ) -> None:
        assert field in refused(preparing.add_question, prepared().versions.get(), **facts).fields

    def test_a_question_on_which_another_hangs_stays(self) -> None:
        version = prepared().versions.get()
        assert refused(preparing.remove_question, version.questions.get(key="backup")).code == "in_use"
        preparing.remove_question(version.questions.get(key="comment"), by=SYSTEM)
        assert version.questions.count() == 6


class TestWave:
    def test_it_opens_only_with_words_in_every_language(self) -> None:
        wave = planned()
        question = wave.instrument.questions.get(key="backup")
        preparing.update_question(question, by=SYSTEM, translations={})
        assert refused(preparing.open_wave, wave).code == "untranslated"
        preparing.update_question(question, by=SYSTEM, translations=in_spanish(text="¿Hace copias?"))
        assert preparing.open_wave(fresh(wave), by=SYSTEM).state == "open"

    def test_what_was_shown_is_what_opens(self) -> None:
        wave = planned()
        shown = as_shown()
        preparing.update_question(wave.instrument.questions.get(key="comment"), by=SYSTEM, hint="Short, please.")
        assert refused(preparing.open_wave, wave, shown=shown).code == "changed_since"
        assert preparing.open_wave(wave, by=SYSTEM, shown=as_shown()).state == "open"

    def test_what_people_answer_to_does_not_change(self) -> None:
        wave = opened()
        found = refused(preparing.update_wave, wave, mode="sample", ends_on=wave.ends_on)
        assert (found.code, set(found.fields)) == ("fixed", {"mode"})
        assert preparing.update_wave(wave, by=SYSTEM, ends_on=wave.ends_on + timedelta(days=3)).version == 3

    def test_one_that_is_over_does_not_open(self) -> None:
        today = clock.today()
        wave = planned(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=2))
        assert refused(preparing.open_wave, wave).code == "over"

    def test_it_closes_before_its_day(self) -> None:
        wave = preparing.close_wave(opened(), by=SYSTEM)
        assert (wave.state, wave.ends_on) == ("closed", clock.today())
        assert refused(preparing.close_wave, wave).code == "not_open"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"code": "A b"}, "code"),
            ({"ends_on": date(2026, 1, 1)}, "ends_on"),
            ({"campaign_address": "javascript:alert(1)"}, "campaign_address"),
            ({"method": "rake", "weighted_by": ["district"]}, "method"),
            ({"mode": "sample", "method": "rake", "weighted_by": []}, "weighted_by"),
            ({"mode": "sample", "method": "rake", "weighted_by": ["gender"]}, "weighted_by"),
            ({"mode": "sample", "method": "rake", "weighted_by": ["colour"]}, "weighted_by"),
        ],
    )
    def test_one_that_makes_no_sense_is_refused_at_its_field(self, facts: dict[str, Any], field: str) -> None:
        survey = prepared()
        with pytest.raises(Refused) as caught:
            planned(survey, **facts)
        assert field in caught.value.fields

    def test_drafts_are_removed_and_others_not(self) -> None:
        survey = prepared()
        wave = planned(survey)
        assert refused(preparing.remove, survey).code == "has_waves"
        preparing.remove_wave(wave, by=SYSTEM)
        preparing.remove(survey, by=SYSTEM)
        assert not Survey.objects.filter(code=CODE).exists()

    def test_an_open_wave_is_not_removed(self) -> None:
        assert refused(preparing.remove_wave, opened()).code == "opened"

    def test_nobody_knows_of_a_survey_that_is_not_public(self) -> None:
        wave = opened(prepared(is_public=False))
        with pytest.raises(Missing):
            get_survey_for(None, CODE)
        with pytest.raises(Missing):
            get_wave_for(None, CODE, wave.code)
        assert SearchEntry.objects.get(title="Harbour survey").is_public is False

    def test_the_survey_is_changed(self) -> None:
        made = preparing.update(prepared(), by=SYSTEM, purpose="To know more.", is_public=False)
        assert (made.purpose, made.is_public) == ("To know more.", False)


class TestOpenLink:
    def test_an_answer_is_stored_with_its_groups_apart(self) -> None:
        made = sent(opened(), comment="More light.")
        assert made.answers == {"backup": "yes", "where": ["disk"], "comment": "More light."}
        assert (made.district, made.age, made.mode, made.interviewer) == ("XP-NP", "40+", "web", None)

    def test_the_same_form_sent_five_times_counts_once(self) -> None:
        wave, key = opened(), str(uuid.uuid4())
        assert len({sent(wave, key).pk for _n in range(5)}) == 1
        assert wave.responses.count() == 1

    def test_a_number_of_another_survey_is_refused(self) -> None:
        key = str(uuid.uuid4())
        sent(opened(), key)
        other = opened(prepared(code="other", title="Other"))
        with pytest.raises(Refused) as caught:
            sent(other, key)
        assert caught.value.code == "another_wave"

    def test_what_somebody_answered_is_in_no_entry_of_the_trail(self) -> None:
        made = sent(opened(), comment="Only for the survey.")
        entry = AuditEntry.objects.filter(verb="response.sent").get()
        text = f"{entry.detail} {entry.subject_name} {entry.actor_name}"
        assert all(word not in text for word in ("Only for", "XP-NP", "disk", "40+"))
        assert str(made.pk) in entry.rows["surveys.response"]


class TestPersonalLink:
    def test_it_answers_once_and_is_not_joined_to_the_answer(self) -> None:
        wave = opened(mode="sample")
        secret, _other = preparing.make_links(wave, by=SYSTEM, number=2)
        answering.send_by_link(wave, by=ANYBODY, given=Given(answers()), secret=secret)
        found = refused(answering.send_by_link, wave, given=Given(answers()), secret=secret)
        assert (found.code, wave.responses.count()) == ("link_used", 1)
        made = wave.responses.get()
        assert (made.mode, made.received_at and (made.received_at.hour, made.received_at.minute)) == ("link", (12, 0))
        assert made.created_at == made.changed_at == made.received_at
        names = {f.name for f in SampleLink._meta.concrete_fields}
        assert names == {"id", "wave", "batch", "link_hash", "is_used"}  # no time, and nothing that leads to an answer
        trail = str(list(AuditEntry.objects.filter(verb="response.sent_by_link").values_list("detail", "rows")))
        assert "samplelink" not in trail

    def test_answers_that_do_not_fit_do_not_spend_it(self) -> None:
        wave = opened(mode="sample")
        (secret,) = preparing.make_links(wave, by=SYSTEM, number=1)
        assert refused(answering.send_by_link, wave, given=Given(answers(colour="red")), secret=secret).code
        assert wave.sample_links.get().is_used is False

    def test_a_link_of_another_wave_opens_nothing(self) -> None:
        wave, other = opened(mode="sample"), opened(prepared(code="other", title="Other"), mode="sample")
        (secret,) = preparing.make_links(other, by=SYSTEM, number=1)
        assert refused(answering.send_by_link, wave, given=Given(answers()), secret=secret).code == "link_unknown"
        assert refused(answering.send_by_link, wave, given=Given(answers()), secret="none").code == "link_unknown"

    @pytest.mark.long
    def test_an_open_wave_has_none_and_a_sample_no_open_link(self) -> None:
        assert refused(preparing.make_links, opened(), number=1).code == "open_wave"
        wave = opened(prepared(code="other", title="Other"), mode="sample")
        with pytest.raises(Refused) as caught:
            sent(wave)
        assert caught.value.code == "sample"
        assert refused(preparing.make_links, wave, number=0).code == "bad_value"


class TestInterviewer:
    def interview(self, key: str, **facts: Any) -> Interview:
        given: dict[str, Any] = {"answers": answers(), "language": "es", "taken_at": None}
        return Interview(key, **given | facts)

    def test_the_same_interview_sent_five_times_is_one(self) -> None:
        interviewer, secret = preparing.add_interviewer(sample(), by=SYSTEM, name="A. Paso")
        assert interviewer_of_link(secret) == interviewer
        one = self.interview(str(uuid.uuid4()), taken_at=datetime.now(tz=UTC) - timedelta(hours=3))
        made = {answering.take(interviewer, by=InterviewerLink(interviewer), interview=one).pk for _n in range(5)}
        assert len(made) == 1
        response = Response.objects.get(pk=made.pop())
        assert (response.interviewer, response.clock_off, response.language) == (interviewer, False, "es")
        assert response.taken_at is not None

    def test_both_clocks_are_kept_and_one_a_year_off_is_marked(self) -> None:
        interviewer, _secret = preparing.add_interviewer(sample(), by=SYSTEM, name="A. Paso")
        wrong = datetime.now(tz=UTC) - timedelta(days=365)
        one = self.interview(str(uuid.uuid4()), taken_at=wrong, sent_at=wrong)
        made = answering.take(interviewer, by=SYSTEM, interview=one)
        assert (made.taken_at, made.clock_off) == (wrong, True)
        assert made.received_at is not None
        assert made.received_at - wrong > timedelta(days=364)

    def test_without_a_number_it_could_count_twice_and_is_refused(self) -> None:
        interviewer, _secret = preparing.add_interviewer(sample(), by=SYSTEM, name="A. Paso")
        assert refused(answering.take, interviewer, interview=self.interview("7")).code == "no_key"

    def test_an_interview_of_another_link_is_not_given_back(self) -> None:
        wave = sample()
        one, other = (preparing.add_interviewer(wave, by=SYSTEM, name=name)[0] for name in ("A. Paso", "B. Paso"))
        item = self.interview(str(uuid.uuid4()))
        answering.take(one, by=SYSTEM, interview=item)
        assert refused(answering.take, other, interview=item).code == "another_interviewer"

    def test_what_was_held_in_time_counts_also_days_later(self) -> None:
        wave = sample()
        interviewer, _secret = preparing.add_interviewer(wave, by=SYSTEM, name="A. Paso")
        today = clock.today()
        Wave.objects.filter(pk=wave.pk).update(starts_on=today - timedelta(days=20), ends_on=today - timedelta(days=3))
        with on(today):
            now = clock.now()
            held = self.interview(str(uuid.uuid4()), taken_at=now - timedelta(days=6))
            assert answering.take(interviewer, by=SYSTEM, interview=held).clock_off is False
            late = self.interview(str(uuid.uuid4()), taken_at=now)
            assert refused(answering.take, interviewer, interview=late).code == "closed"

    def test_an_ended_link_opens_nothing_and_a_new_one_does(self) -> None:
        interviewer, secret = preparing.add_interviewer(sample(), by=SYSTEM, name="A. Paso")
        preparing.end_interviewer(interviewer, by=SYSTEM)
        with pytest.raises(Missing):
            interviewer_of_link(secret)
        assert refused(answering.take, interviewer, interview=self.interview(str(uuid.uuid4()))).code == "link_ended"
        assert refused(preparing.end_interviewer, interviewer).code == "ended"
        _same, again = preparing.renew_link(interviewer, by=SYSTEM)
        assert interviewer_of_link(again) == interviewer


class TestPaper:
    def test_it_is_typed_in_once(self) -> None:
        wave = sample()
        facts: dict[str, Any] = {"answers": answers(), "paper_number": "17", "taken_on": clock.today()}
        made = answering.enter(wave, by=SYSTEM, **facts)
        assert (made.mode, made.paper_number, made.typed_twice) == ("paper", "17", False)
        assert refused(answering.enter, wave, **facts).code == "paper_twice"

    def test_the_second_typing_finds_mistakes_of_the_first(self) -> None:
        wave = sample()
        facts: dict[str, Any] = {"paper_number": "17", "taken_on": clock.today()}
        assert refused(answering.enter, wave, answers=answers(), again=True, **facts).code == "not_entered"
        answering.enter(wave, by=SYSTEM, answers=answers(), **facts)
        found = refused(answering.enter, wave, answers=answers(backup="no", age="16-39"), again=True, **facts)
        assert (found.code, set(found.fields)) == ("differs", {"age", "backup", "where"})
        made = answering.enter(wave, by=SYSTEM, answers=answers(), again=True, **facts)
        assert (made.typed_twice, wave.responses.count()) == (True, 1)
        fixed = answering.correct(made, by=SYSTEM, answers=answers(backup="no"))
        assert (fixed.answers, fixed.district) == ({"backup": "no"}, "XP-NP")

    def test_only_papers_are_corrected_and_a_removal_has_its_reason(self) -> None:
        made = sent(opened())
        assert refused(answering.correct, made, answers=answers()).code == "not_paper"
        assert refused(answering.remove, made, reason=" ").code == "missing"
        answering.remove(made, by=SYSTEM, reason="A trial of ours")
        assert AuditEntry.objects.get(verb="response.removed").detail["reason"] == "A trial of ours"

    @pytest.mark.parametrize(("days", "code"), [(3, "date_to_come"), (-30, "outside")])
    def test_its_day_is_one_of_the_wave(self, days: int, code: str) -> None:
        day = clock.today() + timedelta(days=days)
        found = refused(answering.enter, sample(), answers=answers(), paper_number="1", taken_on=day)
        assert (found.code, list(found.fields)) == (code, ["taken_on"])


class TestPopulation:
    def test_a_table_gives_the_weights(self) -> None:
        wave = preparing.import_population(sample(), by=SYSTEM, rows=POPULATION, source="Census 2023")
        assert (wave.weighted_by, wave.method, len(wave.targets)) == (["district", "age"], "rake", 4)
        filled(wave)
        made = results_of(fresh(wave))["weights"]
        assert (made["by"], made["is_fitted"], made["missing"]) == (["district", "age"], True, [])
        assert made["effect"] > 1

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ([], "empty"),
            ([{"district": "XP-NP"}], "no_columns"),
            ([{"colour": "red", "count": "1"}], "unknown_column"),
            ([{"district": "XP-??", "count": "1"}], "unknown_value"),
            ([{"district": "XP-NP", "count": "many"}], "bad_count"),
            ([{"district": "XP-NP", "count": "-4"}], "bad_count"),
            ([{"district": "", "count": "4"}], "no_group"),
            ([{"district": "XP-NP", "count": "1"}] * 5001, "too_long"),
        ],
    )
    def test_a_table_that_makes_no_sense_is_refused_with_its_line(self, rows: list[dict[str, str]], code: str) -> None:
        assert refused(preparing.import_population, sample(), rows=rows, source="x").code == code

    def test_a_group_that_nobody_of_answered_is_failed(self) -> None:
        rows = [*POPULATION, {"district": "XP-GV", "count": "1000"}]
        wave = preparing.import_population(sample(), by=SYSTEM, rows=rows, source="Census 2023")
        made = results_of(fresh(filled(wave)))["weights"]
        assert made["missing"] == [["district", "XP-GV", round(1000 / 11000, 4)]]


class TestResults:
    def published(self, **facts: Any) -> Wave:
        wave = preparing.import_population(sample(**facts), by=SYSTEM, rows=POPULATION, source="Census 2023")
        return publishing.publish(ended(filled(wave)), by=SYSTEM)

    def test_they_are_frozen(self) -> None:
        wave = self.published()
        before = dict(wave.results)
        Response.objects.filter(wave=wave).delete()
        assert results_of(fresh(wave)) == before
        interviewer = wave.interviewers.create(wave=wave, name="x", link_hash="y")
        item = Interview(str(uuid.uuid4()), answers(), "en", None)
        assert refused(answering.take, interviewer, interview=item).code == "closed"
        facts: dict[str, Any] = {"answers": answers(), "paper_number": "1", "taken_on": wave.ends_on}
        assert refused(answering.enter, wave, **facts).code == "published"
        assert refused(preparing.update_wave, wave, title="Other").code == "published"
        assert refused(publishing.publish, wave).code == "published"

    def test_rows_of_open_data_say_the_same(self) -> None:
        wave = self.published()
        row = PublishedResult.objects.get(wave=wave, question="backup", option=COUNTED, grouping="")
        facts = wave.results["questions"]["backup"]["shares"][COUNTED][ALL]
        assert (row.share, row.answers) == (Decimal(str(facts["share"])) * 100, facts["answers"])
        assert PublishedResult.objects.visible_to(None).filter(wave=wave).exists()
        Survey.objects.filter(pk=wave.survey_id).update(is_public=False)
        assert not PublishedResult.objects.visible_to(None).filter(wave=wave).exists()

    def test_they_wait_for_the_end_and_for_enough_answers(self) -> None:
        wave = filled(sample(), 300)
        assert refused(publishing.publish, wave).code == "not_closed"
        Response.objects.filter(pk__in=list(wave.responses.values_list("pk", flat=True)[:260])).delete()
        assert refused(publishing.publish, ended(wave)).code == "few_answers"

    def test_of_a_survey_that_is_not_public_none_are_published(self) -> None:
        wave = ended(filled(sample(survey=prepared(is_public=False))))
        assert refused(publishing.publish, wave).code == "not_public"

    def test_what_was_shown_is_what_is_published(self) -> None:
        wave = ended(filled(sample()))
        shown = as_shown()
        facts: dict[str, Any] = {"answers": answers(), "paper_number": "1", "taken_on": wave.ends_on}
        answering.enter(wave, by=SYSTEM, **facts)
        assert refused(publishing.publish, wave, shown=shown).code == "changed_since"

    @pytest.mark.long
    def test_two_waves_compare_question_by_question(self) -> None:
        first = self.published()
        version = preparing.add_version(first.survey, by=SYSTEM)
        preparing.update_question(version.questions.get(key="safe"), by=SYSTEM, text="How safe are you?")
        second = opened(
            first.survey,
            code="w2",
            title="Second",
            instrument=version,
            mode="interviewer",
            compared_with=fresh(first),
        )
        filled(second, 300, share=0.75, seed=2)
        made = results_of(fresh(second))["before"]
        assert (made["wave"], made["answers"], made["differs"]) == (first.code, 300, {"safe": "words"})
        change = made["questions"]["backup"][COUNTED][ALL]
        assert change["change"] == "rise"
        assert change["from"] > 0

    def test_a_group_of_four_is_in_nothing_that_leaves(self) -> None:
        wave = ended(filled(sample(), 304, few=4))
        made = results_of(wave)["questions"]["backup"]["shares"]
        assert made[COUNTED]["district/XP-GV"] == {"hidden": "few"}
        assert {c["hidden"] for g, c in made[COUNTED].items() if g.startswith("district/") and "hidden" in c} == {
            "few",
            "with_another",
        }
        saved = publishing.publish(wave, by=SYSTEM)
        row = PublishedResult.objects.get(wave=saved, question="backup", option=COUNTED, value="XP-GV")
        assert (row.share, row.answers, row.hidden) == (None, None, "few")

    def test_answers_that_count_together_do_not_tell_of_those_that_are_hidden(self) -> None:
        """Of 100 answers: 3 "unknown", hidden with another. What counts together less what is shown by itself would be those 3."""
        survey = prepared()
        question = survey.versions.get().questions.get(key="backup")
        preparing.update_question(question, by=SYSTEM, counted=["yes", "unknown"])
        wave = opened(survey)
        given = ["unknown"] * 3 + ["no"] * 30 + ["yes"] * 67
        rows = [Response(wave=wave, mode="web", language="en", district="XP-NP", answers={"backup": g}) for g in given]
        Response.objects.bulk_create(rows)
        shares = results_of(fresh(wave))["questions"]["backup"]["shares"]
        assert {option: "share" in groups[ALL] for option, groups in shares.items()} == {
            "yes": True,
            "no": False,
            "unknown": False,
            COUNTED: False,
        }

    @pytest.mark.long
    def test_one_that_is_compared_waits_for_the_one_before(self) -> None:
        first = ended(filled(sample()))
        facts: dict[str, Any] = {"code": "w2", "title": "Second", "mode": "interviewer", "compared_with": first}
        second = ended(filled(opened(first.survey, **facts), seed=2))
        assert refused(publishing.publish, second).code == "compared_first"
        publishing.publish(first, by=SYSTEM)
        assert publishing.publish(fresh(second), by=SYSTEM).is_published

    def test_an_open_survey_has_no_bands(self) -> None:
        wave = filled(opened())
        facts = results_of(fresh(wave))
        assert facts["is_sample"] is False
        assert all("low" not in c for c in facts["questions"]["backup"]["shares"][COUNTED].values())

    def test_published_waves_of_a_pack_are_frozen_once(self) -> None:
        Wave.objects.filter(survey__code="awareness", code="2026-10").update(results={})
        PublishedResult.objects.filter(wave__survey__code="awareness", wave__code="2026-10").delete()
        assert publishing.freeze_published(by=SYSTEM) == 1
        assert publishing.freeze_published(by=SYSTEM) == 0


class TestSingleAnswers:
    def test_public_rows_are_like_four_others_and_hold_no_text_number_or_time(self) -> None:
        wave = publishing.publish(ended(filled(sample())), by=SYSTEM)
        made = public_rows(wave)
        assert {q.key for q in made.questions} == {"backup", "where", "safe"}
        combinations = [groups for groups, _weight, _answers in made.rows]
        assert all(combinations.count(each) >= 5 for each in set(combinations))
        assert publishing.publish_data(wave, by=SYSTEM).is_data_public is True
        assert publishing.close_data(fresh(wave), by=SYSTEM).is_data_public is False
        assert refused(publishing.close_data, fresh(wave)).code == "not_public"

    def test_they_are_refused_where_too_much_would_have_to_go(self) -> None:
        wave = ended(filled(sample(), 60))
        rows = list(wave.responses.order_by("pk"))
        for place, row in enumerate(rows):
            Response.objects.filter(pk=row.pk).update(district=f"D{place}")
        saved = publishing.publish(wave, by=SYSTEM)
        assert refused(publishing.publish_data, saved).code == "not_anonymous"

    def test_the_weight_of_a_blanked_row_does_not_give_its_district_away(self) -> None:
        wave = preparing.import_population(sample(), by=SYSTEM, rows=POPULATION, source="x")
        made = public_rows(ended(filled(wave, 304, few=4)))
        by_group: dict[tuple[str, ...], set[float]] = {}
        for groups, weight, _answers in made.rows:
            by_group.setdefault(groups, set()).add(weight)
        assert all(len(weights) == 1 for weights in by_group.values())

    def test_they_need_a_permission_of_their_own(self, user_with: Any) -> None:
        wave = publishing.publish(ended(filled(sample())), by=SYSTEM)
        coordinator: User = user_with("coordinator")
        with pytest.raises(NotAllowed):
            publishing.publish_data(wave, by=coordinator)
        assert "interviewer" in "".join(staff_csv(wave)).splitlines()[1]


class TestMeasures:
    def test_a_share_is_that_of_the_published_page_with_its_band(self) -> None:
        period = period_of(clock.today(), Frequency.QUARTER)
        of = (("of", "awareness/two-step/*"),)
        found = measures.share_answering(period, Filters(extra=of))
        facts = Wave.objects.get(code="2026-10").results["questions"]["two-step"]["shares"][COUNTED]
        assert found.value == (Decimal(str(facts[ALL]["share"])) * 100).quantize(Decimal("0.01"))
        assert found.band == tuple(Decimal(str(facts[ALL][end])) * 100 for end in ("low", "high"))
        assert found.denominator == facts[ALL]["answers"]
        group = measures.share_answering(period, Filters(extra=(("of", "awareness/two-step/*/district/XP-NP"),)))
        assert group.value == Decimal(str(facts["district/XP-NP"]["share"])) * 100
        option_ = measures.share_answering(period, Filters(extra=(("of", "awareness/two-step/no"),)))
        assert option_.value is not None
        assert option_.value < 50

    @pytest.mark.parametrize(
        "of", ["", "awareness", "awareness/two-step/*/district/XP-FC", "nothing/a/b", "awareness/x/*"]
    )
    def test_what_is_not_shown_is_no_value(self, of: str) -> None:
        period = period_of(clock.today(), Frequency.QUARTER)
        assert measures.share_answering(period, Filters(extra=(("of", of),))).value is None

    def test_a_quarter_in_which_nobody_was_asked_has_none(self) -> None:
        period = period_of(clock.today() - timedelta(days=120), Frequency.QUARTER)
        assert measures.share_answering(period, Filters(extra=(("of", "awareness/two-step/*"),))).value is None

    def test_an_indicator_can_mean_each_result_that_is_shown(self) -> None:
        offered = dict(measures.choices())
        assert "awareness/two-step/*" in offered
        assert "awareness/two-step/*/district/XP-NP" in offered
        assert "awareness/two-step/*/district/XP-FC" not in offered

    def test_answers_are_counted_in_the_quarter_in_which_a_wave_ended(self) -> None:
        found = measures.answers_collected(period_of(clock.today(), Frequency.QUARTER), Filters())
        assert found.value == 1187


class TestTasks:
    def test_what_waits_is_told_to_who_runs_surveys(self, secretariat: User) -> None:
        today = clock.today()
        wave = opened(ends_on=today + timedelta(days=3), planned=100)
        everybody = Recipient(everybody=True)
        found = [t for t in waiting_tasks(everybody, viewer=SYSTEM, today=today) if wave.named() == t.title]
        assert [(t.kind, t.due) for t in found] == [("survey", wave.ends_on)]
        ended(wave)
        found = [t for t in waiting_tasks(everybody, viewer=SYSTEM, today=today) if wave.named() == t.title]
        assert [t.why for t in found] == ["The results are to be published."]
        assert list(waiting_tasks(Recipient(), viewer=SYSTEM, today=today)) == []

    @pytest.mark.long
    def test_the_first_day_of_a_wave_is_in_the_calendar(self, secretariat: User) -> None:
        wave = planned(starts_on=clock.today() + timedelta(days=40), ends_on=clock.today() + timedelta(days=90))
        assert f"DTSTART;VALUE=DATE:{wave.starts_on:%Y%m%d}" in calendar_of(secretariat).decode()

    @pytest.mark.long
    def test_the_last_day_of_a_wave_is_in_the_calendar(self, secretariat: User) -> None:
        wave = opened(ends_on=clock.today() + timedelta(days=35))
        assert f"DTSTART;VALUE=DATE:{wave.ends_on:%Y%m%d}" in calendar_of(secretariat).decode()

    def test_a_wave_that_should_open_waits_too(self) -> None:
        wave = planned()
        found = waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=clock.today())
        assert "The wave is to be opened." in [t.why for t in found if t.title == wave.named()]
