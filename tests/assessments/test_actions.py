"""Campaigns of assessments: what is written, by whom, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floreo.assessments.access import ForReview, respondent_of_link
from floreo.assessments.actions import answering, inviting, planning, preparing, reviewing
from floreo.assessments.models import AssessmentCampaign, Participant, Respondent, SelfRating
from floreo.assessments.queries import benchmark_for, gaps, lines_of, questionnaire, written_by_ended
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.frameworks.models import Assessment, Item, Mapping, Version
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Objective
from tests.assessments.making import (
    CODE,
    LEVELS,
    accepted,
    answered,
    asked,
    body,
    by_link,
    closed,
    draft,
    given,
    link_of,
    opened,
    over,
    submitted,
    version,
)
from tests.frameworks.making import make_version

pytestmark = pytest.mark.usefixtures("isla")
D = Decimal


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        do()
    return caught.value.code


def item(code: str, version_code: str = "own-1") -> Item:
    return Item.objects.get(in_version__code=version_code, code=code)


class TestPreparing:
    def test_a_framework_that_is_only_known_or_has_no_levels_that_add_up_is_refused(self) -> None:
        assert refused(lambda: draft(in_version=Version.objects.get(code="gci-v5"))) == "not_held"
        assert refused(lambda: draft(in_version=Version.objects.get(code="budapest-2001"))) == "no_levels"
        assert not AssessmentCampaign.objects.filter(code=CODE).exists()

    def test_an_organisation_is_asked_once(self) -> None:
        campaign, power = draft(), body("light-and-power")
        preparing.add_organisations(campaign, by=SYSTEM, organisations=[power, power], sector="energy")
        again = lambda: preparing.add_organisations(campaign, by=SYSTEM, organisations=[power], sector="energy")  # noqa: E731
        assert refused(again) == "twice"
        assert campaign.participants.count() == 1

    def test_each_is_compared_in_the_sector_that_the_register_gives_it_unless_another_is_chosen(self) -> None:
        campaign = draft()
        power, water = body("light-and-power"), body("water-board")
        made = preparing.add_organisations(campaign, by=SYSTEM, organisations=[power, water])
        assert [(row.organisation.code, row.sector) for row in made] == [
            ("light-and-power", "energy"),
            ("water-board", "water"),
        ]
        new = Organisation.objects.create(code="quiet-works", name="Quiet Works", kind="operator")
        other = body("island-telephone")
        ask = preparing.add_organisations
        assert refused(lambda: ask(campaign, by=SYSTEM, organisations=[other, new])) == "no_sector"
        assert campaign.participants.count() == 2
        assert [row.sector for row in ask(campaign, by=SYSTEM, organisations=[other, new], sector="trade")] == [
            "trade"
        ] * 2

    def test_it_does_not_open_while_nobody_can_answer_for_an_organisation(self) -> None:
        campaign = draft()
        new = Organisation.objects.create(code="quiet-works", name="Quiet Works", kind="operator")
        (row,) = preparing.add_organisations(campaign, by=SYSTEM, organisations=[new], sector="energy")
        assert refused(lambda: preparing.open_campaign(campaign, by=SYSTEM)) == "nobody_to_write_to"
        inviting.invite(row, by=SYSTEM, name="Ana", mail="ana@example.org")
        preparing.open_campaign(campaign, by=SYSTEM)
        assert OutboxMail.objects.filter(to="ana@example.org", kind="assessment.link").count() == 1

    def test_opening_makes_an_assessment_of_the_organisation_and_no_secret_is_kept(self) -> None:
        row = asked(opened())
        assert row.assessment is not None
        facts = row.assessment
        assert (facts.organisation, facts.in_campaign, facts.reviewer) == (
            row.organisation,
            True,
            body("utilities-commission"),
        )
        secret = link_of(row)
        assert secret not in str(list(Respondent.objects.values()))
        assert secret not in str([e.detail for e in AuditEntry.objects.all()])
        entry = AuditEntry.objects.filter(verb="assessment_campaign.opened").latest("number")
        assert (entry.detail["organisations"], entry.detail["links"]) == (1, 1)

    def test_what_organisations_were_asked_under_does_not_change(self) -> None:
        campaign = opened()
        other = make_version("own-2")
        assert refused(lambda: preparing.update(campaign, by=SYSTEM, in_version=other)) == "fixed"
        later = campaign.ends_on + timedelta(days=9)
        assert preparing.update(campaign, by=SYSTEM, ends_on=later).ends_on == later
        assert refused(lambda: preparing.remove(campaign, by=SYSTEM)) == "opened"

    def test_an_organisation_leaves_only_while_it_has_said_nothing(self) -> None:
        campaign = opened("light-and-power", "water-board")
        silent, spoke = asked(campaign, "water-board"), answered(asked(campaign))
        take = preparing.remove_organisation
        take(campaign, by=SYSTEM, participant=silent, reason="It was merged.")
        assert not Assessment.objects.filter(participant__campaign=campaign, organisation__code="water-board").exists()
        assert refused(lambda: take(campaign, by=SYSTEM, participant=spoke, reason="x")) == "answered"

    def test_a_draft_is_removed_and_a_sector_is_set(self) -> None:
        campaign = draft()
        (row,) = preparing.add_organisations(campaign, by=SYSTEM, organisations=[body("water-board")], sector="energy")
        assert preparing.set_sector(row, by=SYSTEM, sector="water").sector == "water"
        preparing.remove(campaign, by=SYSTEM)
        assert not Participant.objects.filter(campaign__code=CODE).exists()


class TestAnswering:
    @pytest.mark.long
    def test_several_people_fill_in_one_form_and_the_second_is_told(self) -> None:
        row = asked(opened())
        second = inviting.invite(row, by=by_link(row), name="Beto", mail="beto@example.org")
        first = by_link(row)
        other = type(first)(
            Respondent.objects.select_related("participant__campaign", "participant__assessment").get(pk=second.pk)
        )
        answering.save_answers(row, by=first, given=[given("A-1", "1", "We have one.")])
        saved = answering.save_answers(
            row, by=other, given=[given("A-1", "0", "We have none."), given("A-2", "0.5", "Half.")]
        )
        assert (list(saved.ratings), list(saved.conflicts)) == (["A-2"], ["A-1"])
        kept = saved.conflicts["A-1"]
        assert (kept.level, kept.text, kept.written_by) == (D(1), "We have one.", first.actor_name)
        again = answering.save_answers(row, by=other, given=[given("A-1", "0", "We have none.", kept.version)])
        assert (again.ratings["A-1"].text, again.conflicts) == ("We have none.", {})
        assert asked(row.campaign).answered == 2
        changes = [c for e in AuditEntry.objects.filter(verb="self_rating.saved") for c in e.detail["changes"]]
        assert any(c["fields"].get("text") == ["We have one.", "We have none."] for c in changes)  # nothing is lost

    def test_what_says_nothing_new_is_not_written(self) -> None:
        row = answered(asked(opened()))
        before = AuditEntry.objects.count()
        answering.save_answers(
            row, by=by_link(row), given=[given("A-1", "1", "About A-1.", 7), given("B-1", "0", "About B-1.")]
        )
        assert AuditEntry.objects.count() == before

    def test_levels_of_another_scale_and_items_of_another_framework_are_refused(self) -> None:
        row = asked(opened())
        assert (
            refused(lambda: answering.save_answers(row, by=by_link(row), given=[given("A-1", "7")])) == "not_on_scale"
        )
        with pytest.raises(Missing):
            answering.save_answers(row, by=by_link(row), given=[given("Z-9", "1")])

    def test_it_is_submitted_whole_and_does_not_change_then(self) -> None:
        row = answered(asked(opened()), {"A-1": "1", "A-2": "1"})
        assert refused(lambda: answering.submit(row, by=by_link(row))) == "not_whole"
        answering.save_answers(row, by=by_link(row), given=[given("B-1", applies=False)])
        row = asked(row.campaign)
        assert refused(lambda: answering.submit(row, by=by_link(row))) == "why_not"
        answering.save_answers(row, by=by_link(row), given=[given("B-1", None, "We have no team.", 1, applies=False)])
        sent = answering.submit(asked(row.campaign), by=by_link(row))
        assert (sent.state, sent.submitted_on) == ("submitted", clock.today())
        assert refused(lambda: answering.save_answers(row, by=by_link(row), given=[given("A-1", "0")])) == "submitted"

    def test_nothing_is_taken_before_the_first_day_nor_after_the_last(self) -> None:
        day = clock.today()
        row = asked(opened(starts_on=day + timedelta(days=2)))
        who = by_link(row)
        assert refused(lambda: answering.save_answers(row, by=who, given=[given("A-1", "1")])) == "not_begun"
        AssessmentCampaign.objects.filter(code=CODE).update(starts_on=day - timedelta(days=9))
        over(row.campaign)
        assert refused(lambda: answering.save_answers(asked(row.campaign), by=who, given=[given("A-1", "1")])) == "over"

    def test_others_do_not_answer_for_it(self, user_with: Callable[..., User]) -> None:
        row = asked(opened())
        for role in ("operator", "lead", "observer", "drafter", "auditor"):
            stranger = user_with(role, organisation=body("water-board"), email=f"{role}@example.org")
            with pytest.raises(NotAllowed):
                answering.save_answers(row, by=stranger, given=[given("A-1", "1")])
        own = user_with("operator", organisation=row.organisation, email="own@example.org")
        answering.save_answers(row, by=own, given=[given("A-1", "1")])
        assert SelfRating.objects.get(answer__assessment=asked(row.campaign).assessment).written_by == own.actor_name

    @pytest.mark.long
    def test_last_years_answer_is_taken_over_by_a_press_with_its_evidence(self) -> None:
        first = asked(opened())
        who = by_link(first)
        answering.add_evidence(
            first, by=who, item=item("A-1"), title="The law", url="https://example.org/law", tlp="GREEN"
        )
        accepted(first)
        closed(first.campaign)
        second = asked(opened(code="again", title="Again"))
        assert second.assessment is not None
        assert second.assessment.before == first.assessment
        asked_now = questionnaire(second.assessment.in_version)
        line = lines_of(second, asked_now, by_link(second))[0]
        assert (line.own, line.before[0].self_level, line.before[0].text) == (None, D(1), "About A-1.")
        answering.save_answers(second, by=by_link(second), given=[given("A-2", "1", "New.")])
        assert answering.take_over(second, by=by_link(second), items=asked_now.rated) == 2
        lines = {line.item.code: line for line in lines_of(second, asked_now, by_link(second))}
        assert (lines["A-1"].own.level, lines["A-1"].own.taken_over) == (D(1), True)  # type: ignore[union-attr]
        assert lines["A-2"].own.text == "New."  # type: ignore[union-attr]
        assert [piece.evidence.title for piece in lines["A-1"].evidence] == ["The law"]

    def test_a_new_version_maps_old_answers(self) -> None:
        first = asked(opened())
        accepted(first)
        closed(first.campaign)
        new = make_version("own-2", levels=[{"value": str(n), "word": str(n)} for n in range(5)])
        Mapping.objects.create(item=item("A-1", "own-2"), other=item("A-1"), relation="successor")
        Mapping.objects.create(item=item("A-1", "own-2"), other=item("A-2"), relation="successor")
        second = asked(opened(code="again", title="Again", in_version=new))
        assert answering.take_over(second, by=by_link(second), items=list(new.items.filter(is_rated=True))) == 1
        own = SelfRating.objects.get(answer__assessment=second.assessment)
        assert (own.answer.item.code, own.level, own.text) == ("A-1", D(2), "About A-1.\n\nAbout A-2.")

    def test_evidence_above_the_readers_marking_is_counted_and_not_shown(self, user_with: Callable[..., User]) -> None:
        row = asked(opened())
        who = by_link(row)
        piece = answering.add_evidence(
            row, by=who, item=item("A-1"), title="Map", url="https://example.org/map", tlp="RED"
        )
        reviewer = user_with("lead", organisation=body("utilities-commission"))
        questions = questionnaire(version())
        line = lines_of(row, questions, reviewer)[0]
        assert (line.evidence, line.hidden_evidence) == ((), 1)
        assert lines_of(row, questions, who)[0].hidden_evidence == 0
        answering.reuse_evidence(row, by=who, item=item("A-2"), piece=piece)
        answering.remove_evidence(row, by=who, piece=piece)
        found = {line.item.code: len(line.evidence) for line in lines_of(row, questions, who)}
        assert found == {"A-1": 0, "A-2": 1, "B-1": 0}
        assert refused(lambda: answering.add_evidence(row, by=who, item=item("A-1"))) == "missing"
        made = answering.answer_for(row, by=who, item=item("B-1"))
        assert answering.answer_for(row, by=who, item=item("B-1")) == made  # one row, however often it is asked for


class TestLinks:
    def test_a_link_that_leaked_opens_nothing_and_what_it_wrote_is_named(self) -> None:
        row = answered(asked(opened()))
        secret, old = link_of(row), row.respondents.get()
        inviting.end_link(old, by=SYSTEM, reason="It was forwarded.")
        with pytest.raises(Missing):
            respondent_of_link(secret)
        entry = AuditEntry.objects.filter(verb="respondent.ended").latest("number")
        assert entry.detail["written"] == ["A-1", "A-2", "B-1"]
        assert written_by_ended(row) == [(old.name, 3)]
        new = inviting.invite(row, by=SYSTEM, name="Desk", mail=old.mail)  # the same address again
        assert new.pk != old.pk
        assert link_of(row) != secret
        assert refused(lambda: inviting.end_link(Respondent.objects.get(pk=old.pk), by=SYSTEM, reason="x")) == "ended"

    def test_a_new_link_ends_the_one_before(self) -> None:
        row = asked(opened())
        secret = link_of(row)
        inviting.renew_link(row.respondents.get(), by=SYSTEM)
        with pytest.raises(Missing):
            respondent_of_link(secret)
        assert respondent_of_link(link_of(row)).pk == row.respondents.get().pk
        assert (
            refused(lambda: inviting.invite(row, by=SYSTEM, name="X", mail=row.respondents.get().mail.upper()))
            == "twice"
        )

    @pytest.mark.long
    def test_links_die_with_the_campaign(self) -> None:
        row = asked(opened())
        secret = link_of(row)
        assert refused(lambda: preparing.close_campaign(row.campaign, by=SYSTEM)) == "running"
        closed(row.campaign)
        with pytest.raises(Missing):
            respondent_of_link(secret)
        assert OutboxMail.objects.filter(kind="assessment.link", state="waiting").count() == 0


class TestReviewing:
    @pytest.mark.long
    def test_another_level_needs_a_reason_and_stands_beside_theirs(self, user_with: Callable[..., User]) -> None:
        row = submitted(asked(opened()))
        regulator = user_with("lead", organisation=body("utilities-commission"))

        def say(**facts: Any) -> Any:
            return reviewing.review_item(row.campaign, by=regulator, participant=row, item=item("A-1"), **facts)

        assert refused(lambda: say(level=D("0.5"))) == "missing"
        found = say(level=D("0.5"), reason="The law is not in force.")
        assert (found.level, found.reviewed_by, found.self_rating.level) == (D("0.5"), regulator.actor_name, D(1))
        assert refused(lambda: say(level=D(1), version=0)) == "changed"
        reviewing.accept(ForReview(row), by=regulator)
        done = asked(row.campaign)
        assert (done.state, done.results[""], done.self_results[""]) == ("accepted", "33.3", "50.0")
        assert done.assessment is not None
        assert done.assessment.state == "closed"
        entry = AuditEntry.objects.filter(verb="assessment.accepted").latest("number")
        assert entry.detail["confirmed"] == 2

    @pytest.mark.long
    def test_nobody_reviews_their_own_organisation_nor_another_campaign(self, user_with: Callable[..., User]) -> None:
        row = submitted(asked(opened(reviewer=body("light-and-power"))))
        own = user_with("lead", organisation=body("light-and-power"))
        with pytest.raises(NotAllowed):
            reviewing.accept(ForReview(row), by=own)
        other = user_with("lead", organisation=body("water-board"), email="w@example.org")
        with pytest.raises(NotAllowed):
            reviewing.accept(ForReview(row), by=other)

    def test_what_is_returned_is_corrected_and_its_review_begins_anew(self) -> None:
        row = submitted(asked(opened()))
        reviewing.review_item(row.campaign, by=SYSTEM, participant=row, item=item("A-1"), level=D(0), reason="No.")
        reviewing.return_to(ForReview(row), by=SYSTEM, text="Show the law.")
        mail = OutboxMail.objects.get(kind="assessment.returned")
        assert "Show the law" not in mail.text
        again = asked(row.campaign)
        version_now = SelfRating.objects.get(answer__item__code="A-1").version
        answering.save_answers(again, by=by_link(again), given=[given("A-1", "1", "Here it is.", version_now)])
        assert SelfRating.objects.get(answer__item__code="A-1").answer.level is None
        assert answering.submit(asked(row.campaign), by=by_link(again)).state == "submitted"

    def test_only_what_is_submitted_is_accepted(self) -> None:
        row = asked(opened())
        assert refused(lambda: reviewing.accept(ForReview(row), by=SYSTEM)) == "not_submitted"


class TestPlan:
    def test_gaps_become_lines_with_owner_and_date(self) -> None:
        row = asked(opened())
        preparing.set_target(row.campaign, by=SYSTEM, item=item("A"), level=D(1))
        mark = preparing.set_target(row.campaign, by=SYSTEM, item=item("B-1"), level=D(1), participant=row)

        def add(**facts: Any) -> Any:
            start: dict[str, Any] = {"item": item("B-1"), "title": "Hire", "owner": "Head", "due_on": clock.today()}
            return planning.add_line(row, by=SYSTEM, **start | facts)

        assert refused(add) == "not_accepted"
        row = accepted(row)
        questions = questionnaire(version())
        lines = lines_of(row, questions, SYSTEM)
        assert [(gap.code, gap.size) for gap in gaps(questions, lines)] == [("B-1", D(1)), ("A-2", D("0.5"))]
        assert refused(lambda: add(owner=" ")) == "missing"
        assert refused(lambda: add(due_on=clock.today() - timedelta(days=1))) == "past"
        line = add()
        line = planning.update_line(line, by=SYSTEM, owner="Director", due_on=clock.today() + timedelta(days=3))
        assert planning.finish_line(line, by=SYSTEM, on=clock.today()).state == "done"
        assert refused(lambda: planning.finish_line(line, by=SYSTEM, on=clock.today())) == "ended"
        other = add()
        assert refused(lambda: planning.give_up_line(other, by=SYSTEM, on=clock.today(), reason="")) == "missing"
        assert planning.give_up_line(other, by=SYSTEM, on=clock.today(), reason="No money.").state == "dropped"
        preparing.remove_target(mark, by=SYSTEM)
        assert [gap.code for gap in gaps(questions, lines_of(row, questions, SYSTEM))] == ["A-2"]

    def test_an_action_of_the_national_plan_does_it_and_is_not_public(self, secretariat: User) -> None:
        row = accepted(asked(opened()))
        facts = {"item": item("B-1"), "title": "Hire", "owner": "Head", "due_on": clock.today()}
        line, second = (planning.add_line(row, by=SYSTEM, **facts) for _n in range(2))  # type: ignore[arg-type]
        objective = Objective.objects.filter(pillar__edition__code="2025-2028")[0]
        made = planning.make_action(line, by=secretariat, objective=objective, code="9.9.9", title="A team")
        assert made.action is not None
        assert (made.action.is_public, made.action.due_on) == (False, clock.today())
        act = made.action
        assert planning.give_action(second, by=secretariat, act=act).action == act
        assert refused(lambda: planning.give_action(second, by=secretariat, act=act)) == "has_action"


@pytest.mark.long
def test_a_benchmark_is_of_a_closed_campaign_with_enough_of_the_sector() -> None:
    codes = [f"works-{n}" for n in range(6)]
    for code in codes:
        Organisation.objects.create(code=code, name=code, kind="operator", email=f"{code}@example.org")
    campaign = opened(*codes)
    rows = [accepted(asked(campaign, code), LEVELS) for code in codes]
    assert benchmark_for(rows[0], ["A"]) is None  # while it runs, a mean would change by one at a time
    closed(campaign)
    found = benchmark_for(asked(campaign, codes[0]), ["A"])
    assert found is not None
    assert (found.sector[""].value, found.sector[""].of, found.overall["A"].of) == (D("50.0"), 6, 6)
