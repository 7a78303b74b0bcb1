"""Sentences of the plan: the status of an edition, what changed, why an action has its status. Whole sentences, many cases."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from floreo.core import wording
from floreo.organisations.models import FormerName, Organisation
from floreo.strategy.logic import ActionFacts, Rule, Status, StatusResult, status_of, tally
from floreo.strategy.models import Action, Milestone
from floreo.strategy.presenters import actions, rules, status_text

TODAY = date(2026, 11, 24)


def counts(*numbers: int, not_started: int = 0) -> dict[Status, int]:
    """Done, on track, at risk, late, stalled, not started: as many as are given."""
    given = (*numbers, *([0] * (6 - len(numbers))))
    return dict(zip(Status, (*given[:5], given[5] + not_started, 0, 0), strict=True))


def facts(**changes: object) -> status_text.EditionFacts:
    plain: dict[str, object] = {
        "state": "in_force",
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2028, 12, 31),
        "launched_on": None,
        "closing_report_on": None,
        "is_first": True,
        "is_followed": False,
    }
    return status_text.EditionFacts(**(plain | changes))  # type: ignore[arg-type]  # a test's own short way


FIRST = "The first strategy ended in 2023."
NONE_FOUND = "No closing report has been found."


def ended(**changes: object) -> status_text.EditionFacts:
    return facts(**({"state": "ended", "ends_on": date(2023, 12, 31)} | changes))


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (counts(5, 9, 3, 3, 1, 3), "14 of 24 actions are on schedule. Three are late and one is stalled."),
        (counts(5, 9, 3, 1, 2, 3), "14 of 23 actions are on schedule. One is late and two are stalled."),
        (counts(5, 9, 0, 1), "14 of 15 actions are on schedule. One is late."),
        (counts(5, 9, 0, 2), "14 of 16 actions are on schedule. Two are late."),
        (counts(5, 9, 0, 0, 1), "14 of 15 actions are on schedule. One is stalled."),
        (counts(0, 9, 0, 12, 11), "Nine of 32 actions are on schedule. 12 are late and 11 are stalled."),
        (counts(1, 0, 0, 1), "One of 2 actions is on schedule. One is late."),
        (counts(5, 9, 3), "14 of 17 actions are on schedule. Three are at risk."),
        (counts(5, 9, 1), "14 of 15 actions are on schedule. One is at risk."),
        (counts(5, 9, 0, 0, 0, 2), "14 of 16 actions are on schedule."),
        (counts(5, 9), "All 14 actions are on schedule."),
        (counts(0, 1), "The one action is on schedule."),
        (counts(7), "All 7 actions are done."),
        (counts(1), "The one action is done."),
        (counts(0, 0, 0, 2), "None of 2 actions is on schedule. Two are late."),
        (counts(0, 0, 0, 1), "The one action is not on schedule. One is late."),
        (counts(not_started=4), "None of the 4 actions has started."),
        (counts(not_started=1), "The one action has not started."),
        (counts(200, 1040, 0, 3), "1,240 of 1,243 actions are on schedule. Three are late."),
        (counts(), ""),
    ],
)
def test_the_answer_of_a_running_plan(now: dict[Status, int], sentence: str) -> None:
    assert status_text.status_sentences(now) == sentence


@pytest.mark.parametrize(
    ("edition", "now", "sentence"),
    [
        (ended(), counts(), f"{FIRST} {NONE_FOUND}"),
        (ended(ends_on=None), counts(), f"The first strategy has ended. {NONE_FOUND}"),
        (ended(is_first=False), counts(), f"The strategy ended in 2023. {NONE_FOUND}"),
        (ended(is_followed=True), counts(), f"The strategy ended in 2023. {NONE_FOUND}"),
        (ended(closing_report_on=TODAY), counts(), f"{FIRST} Its closing report was published on 24 November 2026."),
        (ended(), counts(3, 0, 0, 4), f"{FIRST} Three of its 7 actions were completed."),
        (ended(), counts(1, 0, 0, 4), f"{FIRST} One of its 5 actions was completed."),
        (ended(), counts(0, 0, 0, 4), f"{FIRST} None of its 4 actions was completed."),
        (
            facts(state="draft", starts_on=date(2027, 1, 1)),
            counts(0, 4),
            "A strategy is in preparation. It will begin in January 2027.",
        ),
        (facts(state="draft", starts_on=None), counts(), "A strategy is in preparation."),
        (facts(), counts(), "The first strategy is in force. None of its actions have been entered yet."),
        (facts(is_first=False), counts(1, 1, 0, 1), "Two of 3 actions are on schedule. One is late."),
    ],
)
def test_the_answer_for_every_state_of_an_edition(
    edition: status_text.EditionFacts, now: dict[Status, int], sentence: str
) -> None:
    assert status_text.headline(edition, now) == sentence


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        (
            counts(5, 0, 0, 3),
            counts(3, 3, 0, 2),
            "One more action is late than in the previous quarter; two were completed.",
        ),
        (
            counts(5, 0, 0, 4),
            counts(4, 3, 0, 2),
            "Two more actions are late than in the previous quarter; one was completed.",
        ),
        (
            counts(5, 0, 0, 1),
            counts(5, 0, 0, 2),
            "One fewer action is late than in the previous quarter; none was completed.",
        ),
        (
            counts(5),
            counts(2, 0, 0, 3),
            "Three fewer actions are late than in the previous quarter; three were completed.",
        ),
        (
            counts(5, 0, 0, 2),
            counts(5, 0, 0, 2),
            "The same number of actions are late as in the previous quarter; none was completed.",
        ),
        (counts(5), counts(4, 1), "No action is late, the same as in the previous quarter; one was completed."),
        (counts(4, 1), counts(5), "No action is late, the same as in the previous quarter."),
        (counts(5), counts(), ""),
        (counts(5), None, ""),
    ],
)
def test_what_changed_since_a_quarter_ago(
    now: dict[Status, int], before: dict[Status, int] | None, sentence: str
) -> None:
    assert status_text.change_sentence(now, before) == sentence


def test_how_long_an_edition_runs() -> None:
    assert status_text.runs_sentence(facts(), "Isla", today=TODAY) == "Isla’s strategy runs to December 2028."
    past = facts(ends_on=date(2025, 12, 31))
    assert status_text.runs_sentence(past, "Isla", today=TODAY) == "Isla’s strategy ended in December 2025."
    ended = facts(state="ended", launched_on=date(2020, 11, 5))
    text = "Isla launched its National Cybersecurity Strategy on 5 November 2020."
    assert status_text.runs_sentence(ended, "Isla", today=TODAY) == text
    assert status_text.runs_sentence(facts(ends_on=None), "Isla", today=TODAY) == ""
    assert status_text.months_in(facts(), today=TODAY) == "23 months in"
    assert status_text.months_in(facts(starts_on=date(2026, 11, 20)), today=TODAY) == "1 month in"
    assert status_text.months_in(facts(starts_on=date(2027, 1, 1)), today=TODAY) == ""


def test_a_tally_leaves_out_zeros() -> None:
    assert status_text.tally_text(counts(2, 3, 0, 1)) == "2 done, 3 on track, 1 late"
    assert status_text.tally_text(tally([])) == "no actions yet"
    assert status_text.tally_sentence(counts(1)) == "1 action: 1 done."
    assert status_text.tally_sentence(counts(5, 9)) == "14 actions: 5 done, 9 on track."


def make(**fields: object) -> Action:
    return Action(code="1.1.1", title="Open the line", **fields)


def why(act: Action, *milestones: Milestone) -> str:
    found = status_of(
        ActionFacts(
            starts_on=act.starts_on,
            due_on=act.due_on,
            closed_on=act.closed_on,
            on_hold_since=act.on_hold_since,
            expected_on=act.expected_on,
            milestones=tuple(_facts(m) for m in milestones),
        ),
        TODAY,
    )
    return actions.why(act, found, milestones, today=TODAY)


def _facts(milestone: Milestone):  # type: ignore[no-untyped-def]  # the one line says it
    from floreo.strategy.logic import MilestoneFacts

    return MilestoneFacts(milestone.due_on, milestone.reached_on)


def test_why_says_the_rule_that_fired_with_its_dates() -> None:
    line = Milestone(title="Line answers in three minutes", due_on=date(2026, 10, 15))
    night = Milestone(title="Line open at night", due_on=date(2026, 11, 1))
    due = date(2026, 12, 31)
    assert why(make(due_on=due), line) == (
        "The milestone “Line answers in three minutes” was due on 15 October 2026 and has not been reached. "
        "The action is due on 31 December 2026."
    )
    assert "1 other milestone is also late." in why(make(due_on=due), line, night)
    assert why(make(due_on=date(2026, 9, 30), expected_on=date(2027, 1, 31))) == (
        "It was due on 30 September 2026 and is not closed. Its lead now expects it on 31 January 2027."
    )
    assert why(make(due_on=due, closed_on=date(2026, 11, 1))) == (
        "It was closed on 1 November 2026. That was 60 days before it was due."
    )
    assert why(make(on_hold_since=date(2026, 6, 1))) == "On hold since 1 June 2026."
    assert why(make()) == "It has no dates and no milestones yet, so nothing can be late."
    assert why(make(starts_on=date(2027, 1, 1))) == "It starts on 1 January 2027."
    assert why(make(due_on=due, expected_on=date(2027, 2, 1))) == (
        "It is due on 31 December 2026, but its lead expects it on 1 February 2027."
    )
    assert why(make(starts_on=date(2025, 1, 1))) == (
        "No update since 1 January 2025. After 184 days without an update, an action counts as stalled."
    )
    later = Milestone(title="Second round", due_on=date(2027, 3, 1))
    assert why(make(starts_on=date(2026, 10, 1)), later) == (
        "No date has been missed. The next milestone is “Second round”, due on 1 March 2027."
    )


def test_every_rule_has_its_sentence_and_is_on_the_help_page() -> None:
    for rule in Rule:
        assert actions.why(make(), StatusResult(Status.ON_TRACK, rule), [], today=TODAY) or rule is Rule.SET_BY_HAND
    assert {r.rule for r in rules.rules_in_order()} == set(Rule) - {Rule.SET_BY_HAND}
    assert "more than 184 days" in next(r for r in rules.rules_in_order() if r.rule is Rule.SILENT).when


def test_a_status_set_by_hand_names_who_and_when() -> None:
    act = make(override="at_risk", override_by="A. Person", override_on=date(2026, 11, 2))
    assert actions.by_hand(act) == "A. Person set the status “At risk” by override on 2 November 2026."


def test_milestones_in_text() -> None:
    def text(due: date | None, reached: date | None = None) -> str:
        return actions.milestone_text(Milestone(title="x", due_on=due, reached_on=reached), today=TODAY)

    assert text(date(2026, 3, 31), date(2026, 3, 30)) == "Reached 30 Mar 2026, 1 day early"
    assert text(date(2026, 3, 31), date(2026, 3, 31)) == "Reached 31 Mar 2026"
    assert text(date(2026, 3, 31), date(2026, 4, 2)) == "Reached 2 Apr 2026, 2 days late"
    assert text(date(2026, 10, 15)) == "Due 15 Oct 2026, 40 days late"
    assert text(date(2026, 12, 31)) == "Due 31 Dec 2026"
    assert text(None) == "No date yet"


@pytest.mark.django_db
def test_a_lead_keeps_the_name_it_had_then() -> None:
    from floreo.strategy.models import Participation

    office = Organisation.objects.create(code="cso", name="Digital Office", kind="agency")
    FormerName.objects.create(organisation=office, name="Computer Services Office", ends_on=date(2026, 6, 30))
    team = Organisation.objects.create(code="csirt", name="National CSIRT", kind="csirt")
    now = Participation(organisation=team, part="lead", starts_on=date(2026, 6, 1))
    before = Participation(organisation=office, part="lead", ends_on=date(2026, 5, 31))
    assert actions.lead_since(now, [before]) == "since 1 Jun 2026; previously Computer Services Office"
    assert actions.lead_since(now, []) == "since 1 Jun 2026"
    assert actions.lead_since(None, []) == ""


def test_spans_dates_and_lists_in_text() -> None:
    assert wording.span_text(date(2026, 1, 1), date(2026, 12, 31)) == "1 Jan to 31 Dec 2026"
    assert wording.span_text(date(2025, 1, 1), date(2026, 12, 31)) == "1 Jan 2025 to 31 Dec 2026"
    assert wording.span_text(None, date(2026, 12, 31)) == "until 31 Dec 2026"
    assert wording.span_text(None, None) == "no dates set"


def test_what_lasted_is_told_to_its_end() -> None:
    assert wording.lasting_text(date(2020, 2, 10), date(2020, 2, 13)) == "10 Feb to 13 Feb 2020"
    assert wording.lasting_text(date(2018, 1, 1), date(2020, 12, 31), "year") == "2018 to 2020"
    assert wording.lasting_text(date(2020, 1, 1), date(2020, 12, 31), "year") == "2020"
    assert wording.lasting_text(date(2020, 2, 10), date(2020, 2, 10)) == "10 Feb 2020"
    assert wording.lasting_text(date(2023, 7, 1), None, "month") == "Jul 2023"
    assert wording.lasting_text(None, None) == "no date known"
    assert wording.month_span(date(2026, 1, 1), date(2027, 12, 31)) == "Jan 2026 to Dec 2027"
    assert wording.month_span(None, date(2027, 12, 31)) == "due Dec 2027"
    assert wording.when_text(date(2022, 2, 1), "month") == "Feb 2022"
    assert wording.when_text(date(2022, 2, 1), "quarter") == "Q1 2022"
    assert wording.when_text(date(2020, 1, 1), "year") == "2020"
    assert wording.when_text(None) == "no date known"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert [wording.number_word(n) for n in (0, 1, 9, 10)] == ["none", "one", "nine", "10"]


def test_spanish_dates_read_as_spanish() -> None:
    with override("es"):
        assert wording.day_text(TODAY) == "24 de noviembre de 2026"
        assert wording.month_text(TODAY) == "noviembre de 2026"


@pytest.mark.parametrize(
    "now",
    [counts(5, 9, 3, 3, 1, 3), counts(5, 9, 0, 1), counts(1, 0, 0, 1), counts(7), counts(1), counts(not_started=4)],
)
def test_every_answer_is_in_spanish_too(now: dict[Status, int]) -> None:
    english = status_text.status_sentences(now)
    with override("es"):
        spanish = status_text.status_sentences(now)
        tally_said = status_text.tally_sentence(now)
    assert spanish
    assert spanish != english
    assert not {"actions", "action", "late", "are", "has"} & set(f"{spanish} {tally_said}".replace(".", "").split())


def test_spanish_agrees_in_gender_and_number() -> None:
    with override("es"):
        one = status_text.problem_sentence(counts(5, 9, 0, 1, 1))
        three = status_text.problem_sentence(counts(5, 9, 0, 3, 3))
    assert one.startswith("Una ")
    assert three.startswith("Tres ")
    assert " una " in one
    assert " tres " in three
