"""Written procedures: prepared, opened, answered by links, closed by their rule, and recorded as if decided in the room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.documents.text import as_text
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.core.tasks import Recipient
from floreo.meetings import documents
from floreo.meetings.access import Answering, answering
from floreo.meetings.actions.committees import end_seat, update_committee
from floreo.meetings.actions.procedures import (
    close_early,
    close_procedure,
    discuss_procedure,
    open_procedure,
    remind_members,
    run_procedures,
    send_new_link,
    update_procedure,
    vote,
    withdraw_procedure,
)
from floreo.meetings.actions.proposals import make_proposal
from floreo.meetings.between_mails import ASKED, CLOSED, WITHDRAWN
from floreo.meetings.models import Ballot, Committee, Decision, Proposal, Seat, WrittenProcedure
from floreo.meetings.tasks import waiting_tasks
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_action
from tests.meetings.making import to_come
from tests.meetings.procedures import AFTER, CLOSES, OPENED, closed, member_of, opened, prepared, votes


@pytest.fixture(autouse=True)
def morning(today: None) -> Iterator[None]:
    with clock.at(OPENED):
        yield


def again(procedure: WrittenProcedure) -> WrittenProcedure:
    return WrittenProcedure.objects.get(pk=procedure.pk)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        do()
    return f"{refusal.value.code}: {refusal.value.sentence}"


# --- The whole way ------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_is_adopted_is_a_decision_like_one_of_the_room(edition: Edition, committee: Committee) -> None:
    act = make_action(edition)
    found = opened(
        committee,
        about=key(act),
        organisation=Organisation.objects.get(code="police"),
        due_on=date(2026, 12, 20),
        is_public=True,
        translations={"es": {"title": "Contratar a dos"}},
    )
    votes(found, police="for", justice="for", csirt="against")
    found = closed(found)
    decision = Decision.objects.get()
    assert (found.state, found.result, found.decision) == ("closed", "adopted", decision)
    assert found.counts == {
        "votes": {"for": 2, "against": 1},
        "members": 3,
        "answered": 3,
        "needed": 2,
        "unreached": 0,
        "won": "",
    }
    facts = (decision.number, decision.committee, decision.meeting, decision.state, decision.about, decision.title)
    assert facts == ("D-2026-01", committee, None, "taken", key(act), "Hire two")
    assert (decision.text, decision.is_public, decision.due_on) == ("By year's end.", True, date(2026, 12, 20))
    assert (decision.taken_on, decision.in_language("title", "es")) == (date(2026, 12, 1), "Contratar a dos")


def test_members_are_asked_in_their_language_with_a_link_of_their_own(committee: Committee) -> None:
    opened(committee)
    mails = {mail.to: mail for mail in OutboxMail.objects.filter(kind=ASKED)}
    assert set(mails) == {"ruben@example.org", "justice@example.org", "tomas@example.org"}
    assert all(
        mail.is_secret and "/committee/vote/" in mail.text and "Hire two" in mail.text for mail in mails.values()
    )
    assert len({mail.text for mail in mails.values()}) == 3
    assert (mails["tomas@example.org"].language, mails["ruben@example.org"].language) == ("es", "en")


def test_of_options_the_decision_says_which(committee: Committee) -> None:
    found = opened(committee, options=["The port", "The school"])
    votes(found, police="option-2", justice="option-2", csirt="abstain")
    assert closed(found).result == "adopted"
    assert Decision.objects.get().title == "Hire two: The school"


@pytest.mark.long
@pytest.mark.parametrize(
    ("given", "result", "sentence"),
    [
        ({"police": "for"}, "no_quorum", "1 of 3 members voted; 2 were needed."),
        ({"police": "for", "justice": "against"}, "tie", "Not adopted: a tie."),
        ({"police": "against", "justice": "abstain"}, "not_adopted", "2 of 3 members voted"),
    ],
)
def test_without_quorum_or_majority_there_is_no_decision_and_the_record_says_why(
    given: dict[str, str], result: str, sentence: str, committee: Committee
) -> None:
    found = opened(committee)
    votes(found, **given)
    found = closed(found)
    assert (found.result, Decision.objects.exists()) == (result, False)
    assert sentence in as_text(documents.procedure(found, SYSTEM))
    assert sentence in OutboxMail.objects.filter(kind=CLOSED, to="ruben@example.org").get().text


@pytest.mark.long
def test_silence_is_consent_and_one_objection_is_none(committee: Committee) -> None:
    found = closed(opened(committee, kind="silence"))
    assert (found.result, Decision.objects.count()) == ("adopted", 1)
    other = opened(committee, kind="silence", title="Move to Monday")
    votes(other, police="agree", csirt="object")
    other = closed(other)
    assert (other.result, Decision.objects.count()) == ("objected", 1)
    assert "No money." in as_text(documents.procedure(other, SYSTEM))


def test_an_objection_that_is_taken_back_before_it_closes_stops_nothing(committee: Committee) -> None:
    found = opened(committee, kind="silence")
    votes(found, csirt="object")
    votes(found, csirt="agree")
    assert closed(found).result == "adopted"


@pytest.mark.long
@pytest.mark.parametrize("state", [MailState.BOUNCED, MailState.STUCK, MailState.WAITING])
def test_silence_of_a_member_whose_e_mail_did_not_arrive_is_no_consent(state: str, committee: Committee) -> None:
    found = opened(committee, kind="silence")
    OutboxMail.objects.filter(kind=ASKED, to="justice@example.org").update(state=state)
    assert closed(found).result == "not_reached"
    assert not Decision.objects.exists()


@pytest.mark.long
def test_a_member_who_answered_was_reached_whatever_became_of_the_e_mail(committee: Committee) -> None:
    found = opened(committee, kind="silence")
    OutboxMail.objects.filter(kind=ASKED, to="justice@example.org").update(state=MailState.BOUNCED)
    votes(found, justice="agree")
    assert closed(found).result == "adopted"


# --- What is refused ----------------------------------------------------------------------------------------------


def test_a_committee_of_one_decides_nothing_in_writing(committee: Committee) -> None:
    found = prepared(committee)
    for seat in list(committee.seats.all())[1:]:
        end_seat(seat, by=SYSTEM, ends_on=TODAY - timedelta(days=1))
    assert refused(lambda: open_procedure(found, by=SYSTEM)) == (
        "too_few: This committee has fewer than two voting seats today, so it cannot decide in writing. Add its seats first."
    )
    assert (again(found).state, OutboxMail.objects.exists()) == ("draft", False)


def test_observers_and_secretaries_are_not_asked(committee: Committee) -> None:
    Seat.objects.filter(organisation__code="csirt").update(part="observer")
    assert opened(committee).members.count() == 2


def test_a_member_without_an_address_is_named_and_nobody_is_asked(committee: Committee) -> None:
    Organisation.objects.filter(code="justice").update(email="")
    found = prepared(committee)
    assert refused(lambda: open_procedure(found, by=SYSTEM)) == (
        "no_address: These members have no e-mail address in the register, so they cannot be asked: Justice."
    )
    assert not OutboxMail.objects.exists()


def test_it_is_open_for_a_day_at_least(committee: Committee) -> None:
    found = prepared(committee, closes_at=OPENED + timedelta(hours=23))
    assert refused(lambda: open_procedure(found, by=SYSTEM)) == (
        "short: Leave the members at least 24 hours: choose a later closing date."
    )


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("vote", ["One"], "Enter from 2 to 10 options, one to a line, or none."),
        ("vote", ["One", "one "], "Two options are the same. Change one of them."),
        ("vote", [str(n) for n in range(11)], "Enter from 2 to 10 options, one to a line, or none."),
        ("silence", ["One", "Two"], "A procedure by silence has no options: remove them, or choose a vote."),
        ("vote", ["x" * 301, "Two"], f"This option is longer than 300 characters: {'x' * 60}"),
    ],
)
def test_options_that_nobody_can_choose_among(
    kind: str, options: list[str], sentence: str, committee: Committee
) -> None:
    assert refused(lambda: prepared(committee, kind=kind, options=options)) == f"bad_value: {sentence}"


def test_the_question_changes_until_the_first_answer_and_then_no_more(committee: Committee) -> None:
    found = opened(committee)
    update_procedure(found, by=SYSTEM, title="Hire three")
    newest = OutboxMail.objects.filter(kind=ASKED, to="ruben@example.org").order_by("-pk")[0]
    assert "Hire three" in newest.text
    votes(found, police="for")
    for facts in ({"title": "Hire ten"}, {"options": ["A", "B"]}, {"closes_at": CLOSES + timedelta(days=1)}):
        assert refused(lambda facts=facts: update_procedure(again(found), by=SYSTEM, **facts)).startswith(  # type: ignore[misc]
            "answered: A member has answered already, so question, options and closing date cannot change."
        )
    assert again(found).title == "Hire three"


def test_an_answer_that_is_none_of_those_offered(committee: Committee) -> None:
    member = member_of(opened(committee), "police")
    for choice in ("", "object", "option-1", "for\x00", "FOR"):
        assert refused(lambda choice=choice: vote(member, by=answering(member), choice=choice)) == (  # type: ignore[misc]
            "no_choice: Choose one of the answers."
        )


def test_an_objection_says_to_what(committee: Committee) -> None:
    member = member_of(opened(committee, kind="silence"), "police")
    assert refused(lambda: vote(member, by=answering(member), choice="object", reason=" ")) == (
        "missing: Say what you object to, so that the committee can discuss it."
    )
    assert refused(lambda: vote(member, by=answering(member), choice="object", reason="x" * 2_001)) == (
        "too_long: Shorten it to at most 2,000 characters."
    )


def test_only_the_holder_of_the_link_answers(committee: Committee, secretariat: User) -> None:
    found = opened(committee)
    police, justice = member_of(found, "police"), member_of(found, "justice")
    others: list[Answering | User] = [answering(justice), secretariat]
    for by in others:
        with pytest.raises(NotAllowed):
            vote(police, by=by, choice="for")


@pytest.mark.long
def test_who_left_the_committee_answers_no_more_and_is_not_counted(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for", justice="against", csirt="for")
    seat = Seat.objects.get(organisation__code="csirt")
    end_seat(seat, by=SYSTEM, ends_on=TODAY - timedelta(days=1))
    member = member_of(found, "csirt")
    assert refused(lambda: vote(member, by=answering(member), choice="against")) == (
        "left: This link was sent to a member who has left the committee. It votes no more."
    )
    found = closed(found)
    assert (found.result, found.counts["votes"], found.counts["members"]) == ("tie", {"for": 1, "against": 1}, 2)
    assert "Left the committee; not counted" in as_text(documents.procedure(found, SYSTEM))


def test_who_gave_the_seat_to_a_colleague_answers_no_more(committee: Committee) -> None:
    member = member_of(opened(committee), "police")
    Seat.objects.filter(organisation__code="police").update(person=None)
    member = member_of(member.procedure, "police")
    assert refused(lambda: vote(member, by=answering(member), choice="for")).startswith("left:")


def test_a_link_that_is_used_after_closing_says_when_it_closed(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for")
    member = member_of(found, "justice")
    with clock.at(AFTER):  # its day has come, and the worker has not looked yet
        assert refused(lambda: vote(member, by=answering(member), choice="against")) == (
            "closed: This written procedure closed on 1 Dec 2026, 09:00. Your answer was not recorded."
        )
    found = closed(found)
    with clock.at(AFTER):
        assert refused(lambda: vote(member, by=answering(member), choice="against")).startswith("closed:")
    assert again(found).counts["votes"] == {"for": 1}


# --- Votes --------------------------------------------------------------------------------------------------------


def test_a_vote_changes_until_it_closes_and_pressed_twice_is_one(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for")
    entries = AuditEntry.objects.count()
    votes(found, police="for")
    assert AuditEntry.objects.count() == entries
    votes(found, police="against", justice="against")
    assert closed(found).counts["votes"] == {"against": 2}


def test_of_a_named_ballot_the_record_says_who_voted_how_once_it_is_closed(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for", justice="against")
    before = as_text(documents.procedure(found, SYSTEM))
    assert "In favour" not in before
    after = as_text(documents.procedure(closed(found), SYSTEM))
    assert "Police, Ruben" in after
    assert "In favour" in after
    entry = AuditEntry.objects.filter(verb="procedure.closed").get()
    named = {str(member_of(found, "police")): "for", str(member_of(found, "justice")): "against"}
    assert entry.detail["votes"] == named


def test_of_a_secret_ballot_nothing_is_left_that_leads_from_a_member_to_a_vote(committee: Committee) -> None:
    update_committee(committee, by=SYSTEM, ballot="secret")
    found = opened(committee, kind="silence")
    assert not Ballot.objects.exclude(member=None).exists()
    votes(found, police="agree", csirt="object")
    trail = "".join(str(entry.detail) for entry in AuditEntry.objects.all())
    assert not any(word in trail for word in ("'agree'", "'object'", "No money."))
    found = closed(found)
    assert not Ballot.objects.exists()
    assert (found.counts["votes"], found.counts["reasons"]) == ({"agree": 1, "object": 1}, ["No money."])
    text = as_text(documents.procedure(found, SYSTEM))
    assert "Objection: No money." in text
    assert "I object." not in text


def test_the_ballots_of_a_procedure_lie_in_no_order_of_its_members(committee: Committee) -> None:
    opened(committee)
    keys = list(Ballot.objects.order_by("pk").values_list("key", flat=True))
    assert keys == sorted(keys)


# --- By itself ----------------------------------------------------------------------------------------------------


def test_the_worker_reminds_once_who_has_not_answered_and_closes_on_its_day(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for", justice="for")
    asked = OutboxMail.objects.filter(kind=ASKED)
    assert (run_procedures(by=SYSTEM), asked.count()) == (0, 3)
    with clock.at(CLOSES - timedelta(days=2)):
        assert [run_procedures(by=SYSTEM) for _turn in range(3)] == [0, 0, 0]
    assert [mail.to for mail in asked.filter(subject__startswith="Reminder:")] + [
        mail.to for mail in asked.filter(subject__startswith="Recordatorio:")
    ] == ["tomas@example.org"]
    with clock.at(AFTER):
        assert [run_procedures(by=SYSTEM) for _turn in range(3)] == [1, 0, 0]
    assert (again(found).result, again(found).closed_at) == ("adopted", CLOSES)
    assert OutboxMail.objects.filter(kind=CLOSED).count() == 3


def test_it_closes_early_only_when_everybody_has_answered(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for", justice="for")
    assert refused(lambda: close_early(found, by=SYSTEM)).startswith("not_all:")
    votes(found, csirt="against")
    assert close_early(found, by=SYSTEM).result == "adopted"
    assert refused(lambda: close_procedure(found, by=SYSTEM)).startswith("not_due:")


def test_a_withdrawn_one_says_why_and_decides_nothing(committee: Committee) -> None:
    proposal = make_proposal(committee, by=SYSTEM, title="Hire", seat=committee.seats.all()[0])
    found = opened(committee, proposal=proposal)
    votes(found, police="for")
    withdraw_procedure(found, by=SYSTEM, reason="The budget was cut.")
    assert {"The budget was cut." in mail.text for mail in OutboxMail.objects.filter(kind=WITHDRAWN)} == {True}
    member = member_of(found, "justice")
    assert refused(lambda: vote(member, by=answering(member), choice="for")) == (
        "closed: This written procedure was withdrawn: The budget was cut."
    )
    assert (Ballot.objects.exists(), Proposal.objects.get().state) == (False, "new")


def test_a_new_link_ends_the_old_one_and_goes_to_the_address_of_today(committee: Committee) -> None:
    found = opened(committee)
    Organisation.objects.filter(code="justice").update(email="new@example.org")
    member = member_of(found, "justice")
    assert send_new_link(member, by=SYSTEM).link_version == 2
    assert OutboxMail.objects.filter(kind=ASKED, to="new@example.org").count() == 1


def test_a_reminder_goes_to_who_has_not_answered(committee: Committee) -> None:
    found = opened(committee)
    votes(found, police="for", justice="for", csirt="for")
    assert refused(lambda: remind_members(found, by=SYSTEM)) == "all_answered: Every member has answered."


def test_what_was_not_adopted_goes_on_the_agenda_of_a_meeting(committee: Committee) -> None:
    found = closed(opened(committee))
    meeting = to_come(committee)
    discuss_procedure(found, by=SYSTEM, meeting=meeting)
    assert [(item.title, item.kind) for item in meeting.items.all()] == [("Hire two", "decision")]


def test_an_open_vote_is_a_task_of_each_member_with_its_link_and_of_nobody_else(
    committee: Committee, secretariat: User
) -> None:
    found = opened(committee)
    ruben = member_of(found, "police").person
    assert ruben is not None

    def tasks(**asked: object) -> list[tuple[str, str]]:
        recipient = Recipient(**asked)  # type: ignore[arg-type]
        rows = waiting_tasks(recipient, viewer=secretariat, today=TODAY)
        return [(item.title, item.answer[:16]) for item in rows if item.kind == "vote"]

    assert tasks(people=frozenset({ruben.pk})) == [("Vote: Hire two", "/committee/vote/")]
    assert tasks(organisations=frozenset({Organisation.objects.get(code="police").pk})) == []
    assert len(tasks(organisations=frozenset({Organisation.objects.get(code="justice").pk}))) == 1
    assert len(tasks(everybody=True)) == 3
    votes(found, police="for")
    assert tasks(people=frozenset({ruben.pk})) == []


def test_a_lead_neither_opens_nor_closes_one(committee: Committee, user_with: Callable[..., User]) -> None:
    found, lead = prepared(committee), user_with("lead", organisation=Organisation.objects.get(code="csirt"))
    with pytest.raises(NotAllowed):
        open_procedure(found, by=lead)
