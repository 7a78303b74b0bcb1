"""What a member of a committee answers by a link: opening the page does nothing, a press does; no account, no script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.evidence.actions import attach, store_file
from floreo.meetings.actions.committees import end_seat, update_committee
from floreo.meetings.actions.dates import When, open_poll
from floreo.meetings.actions.procedures import send_new_link
from floreo.meetings.models import Ballot, Committee, DateAnswer, Seat, WrittenProcedure
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_country, make_edition
from tests.meetings.making import make_committee
from tests.meetings.procedures import AFTER, OPENED, closed, link_to, member_of, opened, votes

RUBEN, JUSTICE = "ruben@example.org", "justice@example.org"


@pytest.fixture(autouse=True)
def morning(db: None) -> Iterator[None]:
    make_country()
    with clock.at(OPENED):
        yield


@pytest.fixture
def edition() -> Edition:
    return make_edition()


@pytest.fixture
def committee(edition: Edition) -> Committee:
    return make_committee(edition)


@pytest.fixture
def procedure(committee: Committee) -> WrittenProcedure:
    return opened(committee)


def choices() -> list[str]:
    return sorted(Ballot.objects.exclude(choice="").values_list("choice", flat=True))


@pytest.mark.long
def test_to_open_the_link_does_nothing_and_a_press_answers(procedure: WrittenProcedure, stranger: Client) -> None:
    link = link_to(RUBEN)
    page = stranger.get(link).content.decode()
    assert ("Hire two" in page, "You answer for: Police, Ruben." in page, choices()) == (True, True, [])
    assert stranger.head(link).status_code == 200
    answer = stranger.post(link, {"choice": "for"})
    assert (answer.status_code, answer["Location"], choices()) == (302, link, ["for"])
    after = stranger.get(link).content.decode()
    assert ("Thank you, your answer is recorded." in after, "Your answer: In favour." in after) == (True, True)
    assert stranger.post(link, {"choice": "against"}).status_code == 302
    assert choices() == ["against"]


def test_the_page_of_a_link_is_kept_nowhere_and_named_nowhere(procedure: WrittenProcedure, stranger: Client) -> None:
    page = stranger.get(link_to(RUBEN))
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert page["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("given", [{}, {"choice": ""}, {"choice": "yes"}, {"choice": "option-1"}])
def test_no_answer_or_one_that_is_not_offered(
    given: dict[str, str], procedure: WrittenProcedure, stranger: Client
) -> None:
    answer = stranger.post(link_to(RUBEN), given)
    assert (answer.status_code, choices()) == (422, [])
    assert "Choose one of the answers." in answer.content.decode()


def test_an_objection_without_a_reason_keeps_what_was_chosen(committee: Committee, stranger: Client) -> None:
    opened(committee, kind="silence")
    answer = stranger.post(link_to(RUBEN), {"choice": "object", "reason": " "})
    text = answer.content.decode()
    assert (answer.status_code, choices()) == (422, [])
    assert "Say what you object to, so that the committee can discuss it." in text
    assert 'value="object"' in text


def test_script_in_a_reason_is_words(committee: Committee, stranger: Client) -> None:
    opened(committee, kind="silence")
    link = link_to(RUBEN)
    stranger.post(link, {"choice": "object", "reason": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in stranger.get(link).content.decode()
    assert choices() == ["object"]


@pytest.mark.long
def test_a_link_forwarded_after_closing_shows_the_result_and_takes_nothing(
    procedure: WrittenProcedure, stranger: Client
) -> None:
    votes(procedure, police="for", justice="for")
    link = link_to(RUBEN)
    with clock.at(AFTER):
        late = stranger.post(link, {"choice": "against"})
        assert "It is closed, and the answers are being counted." in stranger.get(link).content.decode()
    assert (late.status_code, choices()) == (422, ["for", "for"])
    assert "Your answer was not recorded." in late.content.decode()
    closed(procedure)
    with clock.at(AFTER):
        page = stranger.get(link).content.decode()
        assert stranger.post(link, {"choice": "against"}).status_code == 422
    assert ("2 of 3 members voted; the quorum of 2 was reached." in page, "<form" in page.split("<main")[1]) == (
        True,
        False,
    )


@pytest.mark.long
def test_the_link_of_who_left_says_so_shows_no_text_and_takes_nothing(
    procedure: WrittenProcedure, stranger: Client
) -> None:
    link = link_to(RUBEN)
    end_seat(Seat.objects.get(organisation__code="police"), by=SYSTEM, ends_on=TODAY - timedelta(days=1))
    page = stranger.get(link).content.decode()
    assert ("It votes no more." in page, "By year" in page) == (True, False)
    assert (stranger.post(link, {"choice": "for"}).status_code, choices()) == (422, [])


def test_a_replaced_link_and_one_that_was_made_up(procedure: WrittenProcedure, stranger: Client) -> None:
    link = link_to(RUBEN)
    send_new_link(member_of(procedure, "police"), by=SYSTEM)
    assert "This link was replaced by a newer one." in stranger.get(link).content.decode()
    assert stranger.get("/committee/vote/17-1~nothing/").status_code == 404
    assert stranger.post(link, {"choice": "for"}).status_code == 404
    assert link_to(RUBEN) != link
    assert stranger.get(link_to(RUBEN)).status_code == 200


@pytest.mark.long
def test_who_tries_links_waits(procedure: WrittenProcedure, stranger: Client) -> None:
    answers = {stranger.get(f"/committee/vote/{n}-1~nothing/").status_code for n in range(40)}
    assert answers == {404, 429}


def test_of_a_secret_ballot_the_page_does_not_say_what_was_chosen(committee: Committee, stranger: Client) -> None:
    update_committee(committee, by=SYSTEM, ballot="secret")
    opened(committee)
    link = link_to(RUBEN)
    stranger.post(link, {"choice": "for"})
    page = stranger.get(link).content.decode()
    assert ("Thank you, your answer is recorded." in page, "checked" in page, "Your answer:" in page) == (
        True,
        False,
        False,
    )


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(("tlp", "status"), [("CLEAR", 200), ("AMBER", 200), ("AMBER+STRICT", 404), ("RED", 404)])
def test_papers_are_had_by_the_link_up_to_amber(
    tlp: str, status: int, procedure: WrittenProcedure, stranger: Client
) -> None:
    paper = store_file(SimpleUploadedFile("plan.txt", b"Two posts.\n"), by=SYSTEM, title="Plan of posts", tlp=tlp)
    attach(paper, by=SYSTEM, thing=procedure)
    link = link_to(RUBEN)
    page, file = stranger.get(link).content.decode(), stranger.get(f"{link}papers/{paper.code}/")
    assert ("Plan of posts" in page, file.status_code) == (status == 200, status)
    if status == 200:
        assert (file["Content-Disposition"].startswith("attachment"), "no-store" in file["Cache-Control"]) == (
            True,
            True,
        )


def test_a_paper_of_another_procedure_is_not_had(
    procedure: WrittenProcedure, committee: Committee, stranger: Client
) -> None:
    link = link_to(RUBEN)
    other = opened(committee, title="Another")
    paper = store_file(SimpleUploadedFile("plan.txt", b"Two posts.\n"), by=SYSTEM, title="Plan of posts", tlp="CLEAR")
    attach(paper, by=SYSTEM, thing=other)
    assert stranger.get(f"{link}papers/{paper.code}/").status_code == 404


def test_dates_are_answered_by_the_link(committee: Committee, stranger: Client) -> None:
    poll = open_poll(
        committee, by=SYSTEM, dates=[When(date(2026, 12, 10)), When(date(2026, 12, 11))], closes_on=date(2026, 12, 1)
    )
    link, names = link_to(JUSTICE), [f"slot-{slot.pk}" for slot in poll.slots.all()]
    assert "When can you come?" in stranger.get(link).content.decode()
    half = stranger.post(link, {names[0]: "yes"})
    assert (half.status_code, "Answer for each date." in half.content.decode()) == (422, True)
    assert stranger.post(link, {names[0]: "yes", names[1]: "if_needed"}).status_code == 302
    assert [each.answer for each in DateAnswer.objects.order_by("slot__on")] == ["yes", "if_needed"]
    assert stranger.get("/committee/dates/5-1~nothing/").status_code == 404
