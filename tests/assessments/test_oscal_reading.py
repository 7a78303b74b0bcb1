"""Answers from OSCAL: what a file of somebody else would change, what is left out, and what is written once it was shown."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.assessments.access import ForReview
from floreo.assessments.actions import answering, reviewing
from floreo.assessments.actions.bringing_in import bring_in
from floreo.assessments.models import Participant, SelfRating
from floreo.assessments.oscal import names, writing
from floreo.assessments.oscal.caged import MOST_ANSWERS, MOST_BYTES
from floreo.assessments.oscal.reading import FileAnswer, Plan, Upload, plan_of, read_file, sealed, unsealed
from floreo.assessments.queries import wholes_of
from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from tests.assessments.making import accepted, answered, asked, body, by_link, given, opened, submitted

pytestmark = pytest.mark.usefixtures("isla")
Make = Callable[..., User]
Browser = Callable[[User], Client]
BY_TRESTLE = (Path(__file__).parent / "oscal" / "by-trestle.json").read_bytes()
HERE = "/workspace/organisation-assessments/power-check-light-and-power/"


def finding(control: str, state: str = "satisfied", level: str = "", text: str = "Seen.") -> dict[str, Any]:
    made: dict[str, Any] = {"description": text, "target": {"target-id": control, "status": {"state": state}}}
    if level:
        made["props"] = [{"name": "level", "ns": names.NAMESPACE, "value": level}]
    return made


def file_of(*findings: dict[str, Any], **result: Any) -> bytes:
    results = [{"findings": list(findings)} | result]
    return json.dumps({"assessment-results": {"metadata": {"title": "T"}, "results": results}}).encode()


def upload(*findings: dict[str, Any]) -> Upload:
    return read_file(file_of(*findings), "results.json")


def ratings() -> dict[str, tuple[Decimal | None, bool, str]]:
    rows = SelfRating.objects.filter(answer__assessment__code="power-check-light-and-power")
    return {r.answer.item.code: (r.level, r.applies, r.text) for r in rows.select_related("answer__item")}


def shown(plan: Plan) -> list[tuple[str, str, bool, str, bool]]:
    return [(r.item.code, str(r.level), r.applies, r.text, r.by_status) for r in plan.rows]


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        read_file(content, "results.json")
    assert set(caught.value.fields) == {"file"}
    return caught.value.code, str(caught.value.sentence)


class TestAFile:
    def test_of_trestle_is_read(self) -> None:
        row = asked(opened())
        read = read_file(BY_TRESTLE, "by-trestle.json")
        assert (read.title, read.results, read.start[:10]) == ("Autumn round", 2, "2026-11-02")
        plan = plan_of(row, read.answers)
        assert shown(plan) == [
            ("A-1", "1", True, "There is a law of 2024.", True),
            ("A-2", "0.5", True, "Its rules are half written.", False),
            ("B-1", "0", True, "Nobody is hired.", True),
        ]
        assert [(p.control, p.sentence) for p in plan.problems] == [("Z-9", "No item of this framework has this code.")]

    def test_that_is_not_json(self) -> None:
        assert refused(b"\xff\xfe{") == (
            "not_json",
            "This is not a JSON file. Choose OSCAL assessment results in JSON.",
        )
        assert refused(b"<xml/>")[0] == "not_json"

    def test_that_is_json_of_another_kind(self) -> None:
        assert refused(b'{"catalog": {}, "b": 1}') == (
            "not_results",
            "This JSON holds no OSCAL assessment results. It holds: b, catalog.",
        )
        assert refused(b"[1]") == ("not_results", "This JSON holds no OSCAL assessment results.")

    @pytest.mark.long
    def test_of_a_hundred_megabytes(self) -> None:
        assert refused(b" " * (100 * 1024 * 1024)) == (
            "too_large",
            "This file is larger than 20 MB, or takes too long to read.",
        )
        assert MOST_BYTES == 20 * 1024 * 1024

    def test_that_is_nested_without_end(self) -> None:
        deep = b'{"assessment-results": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
        assert refused(deep) == ("too_deep", "This file is nested deeper than OSCAL is. It was not read.")

    def test_without_findings(self) -> None:
        sentence = "This file holds no finding, so there is nothing to take from it."
        assert refused(file_of()) == ("no_answers", sentence)
        assert refused(b'{"assessment-results": {"results": []}}') == ("no_answers", sentence)

    def test_that_is_built_otherwise(self) -> None:
        built = ("unreadable", "This file says that it is OSCAL, and is built otherwise. It was not read.")
        assert refused(b'{"assessment-results": {"results": [{"findings": ["a"]}]}}') == built
        assert refused(b'{"assessment-results": {"results": 5}}') == built
        assert refused(file_of(finding("A-1"), observations=[3])) == built

    def test_with_characters_that_no_database_keeps(self) -> None:
        (answer,) = upload(finding("A-1", level="1", text="a\0b\ud800c")).answers
        assert answer.text == "ab?c"

    def test_of_more_findings_than_one_reads(self) -> None:
        many = file_of(*[finding(f"C-{n}") for n in range(MOST_ANSWERS + 1)])
        assert refused(many) == ("too_many", "This file has more than 5000 findings.")


class TestWhatIsLeftOut:
    def problems(self, *findings: dict[str, Any]) -> list[tuple[str, str]]:
        plan = plan_of(asked(opened()), upload(*findings).answers)
        assert plan.rows == []
        return [(p.control, p.sentence) for p in plan.problems]

    def test_a_control_twice(self) -> None:
        twice = self.problems(finding("A-1", level="1"), finding("a-1", level="0"))
        assert twice == [("A-1", "The file has it 2 times. None of them is taken.")]

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize("level", ["2", "-1", "0.75", "NaN", "sNaN", "Infinity", "1e99999", "high"])
    def test_a_level_outside_the_scale(self, level: str) -> None:
        sentence = f"The level {level} is not on the scale. Its levels: 0, 0.5, 1."
        assert self.problems(finding("A-1", level=level)) == [("A-1", sentence)]

    def test_neither_level_nor_status(self) -> None:
        assert self.problems(finding("A-1", state="maybe")) == [("A-1", "It has neither a level nor a status.")]

    def test_a_text_that_is_too_long(self) -> None:
        long = self.problems(finding("A-1", level="1", text="x" * 4001))
        assert long == [("A-1", "Its text is longer than 4000 characters.")]

    def test_an_item_that_is_not_rated_and_one_without_a_name(self) -> None:
        sentence = "No item of this framework has this code."
        assert self.problems(finding("A", level="1"), finding("", level="1")) == [("A", sentence), ("–", sentence)]


class TestThePlan:
    def test_an_empty_text_leaves_the_text_and_what_says_the_same_is_no_change(self) -> None:
        row = answered(asked(opened()))
        plan = plan_of(row, upload(finding("A-1", level="1", text=""), finding("A-2", level="1.0", text="")).answers)
        assert [item.code for item in plan.same] == ["A-1"]
        assert shown(plan) == [("A-2", "1", True, "About A-2.", False)]

    @pytest.mark.long
    def test_what_was_reviewed_stays(self) -> None:
        row = submitted(asked(opened()))
        item = row.campaign.in_version.items.get(code="A-1")
        reviewing.review_item(row.campaign, by=SYSTEM, participant=row, item=item, level=Decimal(1))
        reviewing.return_to(ForReview(row), by=SYSTEM, text="Say more.")
        row = asked(row.campaign)
        given_up = upload(finding("A-1", level="0"), finding("A-2", level="1"))
        plan = plan_of(row, given_up.answers)
        assert ([item.code for item in plan.reviewed], [r.item.code for r in plan.rows]) == (["A-1"], ["A-2"])
        assert bring_in(row, by=by_link(row), upload=given_up, seen=plan.digest) == 1
        assert ratings()["A-1"] == (Decimal(1), True, "About A-1.")

    def test_queries_do_not_grow(self, django_assert_num_queries: Callable[[int], Any]) -> None:
        row = answered(asked(opened()))
        answers = [FileAnswer(f"C-{n}", "", "1", True, "", "") for n in range(500)]
        with django_assert_num_queries(3):
            plan_of(row, answers)


class TestBringingIn:
    @pytest.mark.long
    def test_writes_what_was_shown_and_the_trail_says_from_which_file(self) -> None:
        row = answered(asked(opened()), {"A-1": "0"})
        one = upload(finding("A-1", level="1", text="A law."), finding("A-2", level="0.5"), finding("B-1"))
        plan = plan_of(row, one.answers)
        assert bring_in(row, by=by_link(row), upload=one, seen=plan.digest) == 2
        assert ratings() == {"A-1": (Decimal(1), True, "A law."), "A-2": (Decimal("0.5"), True, "Seen.")}
        assert asked(row.campaign).answered == 2
        entry = AuditEntry.objects.filter(verb="self_rating.brought_in").get()
        facts = entry.detail
        assert {k: facts[k] for k in ("file", "sha256", "written", "by_status")} == {
            "file": "results.json",
            "sha256": one.sha256,
            "written": 2,
            "by_status": 0,
        }

    def test_a_status_alone_counts_only_once_it_is_confirmed(self) -> None:
        row = asked(opened())
        one = upload(finding("A-1"), finding("A-2", "not-satisfied"))
        seen = plan_of(row, one.answers).digest
        with pytest.raises(Refused) as caught:
            bring_in(row, by=by_link(row), upload=one, seen=seen)
        assert (caught.value.code, ratings()) == ("nothing", {})
        assert bring_in(row, by=by_link(row), upload=one, seen=seen, is_confirmed=True) == 2
        assert ratings() == {"A-1": (Decimal(1), True, "Seen."), "A-2": (Decimal(0), True, "Seen.")}

    @pytest.mark.long
    def test_what_changed_since_it_was_shown_is_shown_again(self) -> None:
        row = answered(asked(opened()), {"A-1": "0"})
        one = upload(finding("A-1", level="1"))
        seen = plan_of(row, one.answers).digest
        answering.save_answers(row, by=by_link(row), given=[given("A-1", "0.5", "Mine.", seen=1)])
        with pytest.raises(Changed):
            bring_in(row, by=by_link(row), upload=one, seen=seen)
        assert ratings()["A-1"] == (Decimal("0.5"), True, "Mine.")

    @pytest.mark.long
    def test_our_own_file_fills_another_organisation_in_as_it_was(self) -> None:
        row = asked(opened("light-and-power", "water-board"))
        rows = [given("A-1", None, "We have none.", applies=False), given("A-2", "0.5", "Yes."), given("B-1", "1")]
        answering.save_answers(row, by=by_link(row), given=rows)
        (whole,) = wholes_of(row.campaign, [asked(row.campaign)])
        one = read_file(writing.as_text(writing.assessment_results(whole)).encode(), "own.json")
        other = asked(row.campaign, "water-board")
        bring_in(other, by=by_link(other), upload=one, seen=plan_of(other, one.answers).digest)
        found = SelfRating.objects.filter(answer__assessment=other.assessment_id)
        assert {(r.answer.item.code, r.level, r.applies, r.text) for r in found} == {
            (code, *facts) for code, facts in ratings().items()
        }

    @pytest.mark.long
    def test_no_one_else_and_not_once_it_is_submitted(self, user_with: Make) -> None:
        row = asked(opened())
        one = upload(finding("A-1", level="1"))
        seen = plan_of(row, one.answers).digest
        with pytest.raises(NotAllowed):
            bring_in(row, by=user_with("operator", organisation=body("water-board")), upload=one, seen=seen)
        done = submitted(row)
        with pytest.raises(Refused) as caught:
            bring_in(done, by=SYSTEM, upload=one, seen=seen)
        assert caught.value.code == "submitted"


class TestWhatThePageCarries:
    def test_comes_back_as_it_was_for_its_organisation_alone(self) -> None:
        row, one = asked(opened("light-and-power", "water-board")), upload(finding("A-1", level="1"))
        assert unsealed(row, sealed(row, one)) == one
        other = asked(row.campaign, "water-board")
        for text in (sealed(other, one), sealed(row, one)[:-1], "", signing.dumps({"of": row.pk})):
            with pytest.raises(Refused) as caught:
                unsealed(row, text)
            assert caught.value.code == "stale"

    @pytest.mark.long
    def test_is_no_more_than_a_form_takes(self) -> None:
        row, one = asked(opened()), upload(finding("A-1", level="1"))
        draw = random.Random(1)
        texts = (draw.randbytes(2000).hex() for _n in range(2000))
        answers = tuple(replace(one.answers[0], text=text) for text in texts)
        with pytest.raises(Refused) as caught:
            sealed(row, replace(one, answers=answers))
        assert caught.value.code == "too_large"


class TestPages:
    def own(self, user_with: Make, browser_of: Browser) -> tuple[Participant, Client]:
        row = asked(opened())
        return row, browser_of(user_with("operator", organisation=row.organisation))

    def test_upload_look_confirm(self, user_with: Make, browser_of: Browser) -> None:
        _row, browser = self.own(user_with, browser_of)
        assert f"{HERE}from-oscal/" in browser.get(HERE).content.decode()
        assert browser.get(f"{HERE}from-oscal/").status_code == 200
        page = browser.post(f"{HERE}from-oscal/", {"file": SimpleUploadedFile("by-trestle.json", BY_TRESTLE)})
        text = page.content.decode()
        assert (page.status_code, ratings()) == (200, {})
        for words in ("Autumn round", "Nobody is hired.", "Z-9", "The file holds 2 results", "In place", "2 answers"):
            assert words in text
        facts = {"sealed": page.context["sealed"], "seen": page.context["plan"].digest}
        late = browser.post(f"{HERE}from-oscal/", facts | {"seen": "0"})
        assert (late.status_code, "changed since this was shown" in late.content.decode()) == (409, True)
        done = browser.post(f"{HERE}from-oscal/", facts | {"confirmed": "on"})
        assert (done.status_code, done.headers["Location"]) == (302, HERE)
        assert {code: level for code, (level, _a, _t) in ratings().items()} == {
            "A-1": Decimal(1),
            "A-2": Decimal("0.5"),
            "B-1": Decimal(0),
        }
        again = browser.post(f"{HERE}from-oscal/", {"file": SimpleUploadedFile("by-trestle.json", BY_TRESTLE)})
        assert "3 items say this already." in again.content.decode()

    def test_a_bad_file_is_said_at_its_field(self, user_with: Make, browser_of: Browser) -> None:
        _row, browser = self.own(user_with, browser_of)
        page = browser.post(f"{HERE}from-oscal/", {"file": SimpleUploadedFile("a.json", b"{")})
        assert page.status_code == 422
        assert "This is not a JSON file." in page.content.decode()
        assert "Choose a file first." in browser.post(f"{HERE}from-oscal/", {}).content.decode()
        stale = browser.post(f"{HERE}from-oscal/", {"sealed": "x", "seen": ""})
        assert "Upload the file again." in stale.content.decode()

    @pytest.mark.long
    def test_once_it_is_accepted_the_page_says_so(self, user_with: Make, browser_of: Browser) -> None:
        row, browser = self.own(user_with, browser_of)
        accepted(row)
        page = browser.get(f"{HERE}from-oscal/").content.decode()
        assert ("does not change any more" in page, 'type="file"' in page) == (True, False)
        assert f"{HERE}from-oscal/" not in browser.get(HERE).content.decode()

    def test_who_only_reads_does_not_fill_in(self, user_with: Make, browser_of: Browser) -> None:
        self.own(user_with, browser_of)
        regulator = browser_of(user_with("lead", organisation=body("utilities-commission"), email="r@example.org"))
        other = browser_of(user_with("operator", organisation=body("water-board"), email="w@example.org"))
        assert [b.get(f"{HERE}from-oscal/").status_code for b in (regulator, other)] == [403, 404]
