"""What each act on a consultation changes, what it refuses, and what the trail holds of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from floreo.consultation import measures, moments
from floreo.consultation.access import ANYBODY, Writer
from floreo.consultation.actions import commenting, deciding, preparing
from floreo.consultation.actions.commenting import Given
from floreo.consultation.models import Comment, Consultation, Event, Invitation, Point, Topic
from floreo.consultation.queries import account_of, points_on, suggestions_of
from floreo.consultation.tasks import waiting_tasks
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.decisions import CHANGED_SINCE, as_shown
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.organisations.models import Organisation, User
from tests.consultation.making import CODE, bill, closed_now, decided, draft, opened, read, sent

pytestmark = pytest.mark.usefixtures("no_consultations")


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        do()
    return caught.value.code


def a_lead(user_with: Callable[..., User]) -> User:
    return user_with("lead", organisation=Organisation.objects.order_by("pk")[0])


def last() -> AuditEntry:
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    return entry


class TestPreparing:
    def test_a_draft_is_prepared_changed_and_removed(self) -> None:
        made = draft()
        assert (made.state, last().verb) == ("draft", "consultation.prepared")
        assert preparing.update(made, by=SYSTEM, title="Another").title == "Another"
        preparing.remove(made, by=SYSTEM)
        assert Consultation.objects.filter(code=CODE).count() == 0

    def test_it_does_not_close_before_it_opens(self) -> None:
        now = moments.now()
        assert refused(lambda: draft(opens_at=now, closes_at=now)) == "dates_in_order"

    def test_it_is_scheduled_with_moments_and_something_to_comment_on(self) -> None:
        made = draft(law_version=None, opens_at=None)
        assert refused(lambda: preparing.schedule(made, by=SYSTEM)) == "no_moments"
        preparing.update(made, by=SYSTEM, opens_at=moments.now())
        assert refused(lambda: preparing.schedule(made, by=SYSTEM)) == "about_nothing"
        topic = preparing.add_topic(made, by=SYSTEM, title="Should there be one place to report?")
        assert preparing.schedule(made, by=SYSTEM).state == "scheduled"
        assert refused(lambda: preparing.remove_topic(topic, by=SYSTEM)) == "scheduled"

    def test_a_question_is_removed_from_a_draft(self) -> None:
        preparing.remove_topic(preparing.add_topic(draft(), by=SYSTEM, title="Why?"), by=SYSTEM)
        assert Topic.objects.count() == 0

    def test_it_is_taken_back_before_it_opens_and_not_after(self) -> None:
        made = preparing.schedule(draft(opens_at=moments.now() + timedelta(days=1)), by=SYSTEM)
        assert preparing.take_back(made, by=SYSTEM).state == "draft"
        preparing.update(Consultation.objects.get(), by=SYSTEM, opens_at=moments.now() - timedelta(hours=1))
        made = preparing.schedule(Consultation.objects.get(), by=SYSTEM)
        assert refused(lambda: preparing.take_back(made, by=SYSTEM)) == "opened"

    def test_what_people_answer_to_is_fixed(self) -> None:
        made = opened()
        assert refused(lambda: preparing.update(made, by=SYSTEM, participation="invited")) == "fixed"
        assert preparing.update(made, by=SYSTEM, contact="Any district office.").contact == "Any district office."

    def test_the_closing_is_moved_but_not_into_the_past(self) -> None:
        made = opened()
        later = moments.now() + timedelta(days=20)
        assert preparing.move_closing(made, by=SYSTEM, closes_at=later).closes_at == later
        past = moments.now() - timedelta(minutes=1)
        assert refused(lambda: preparing.move_closing(made, by=SYSTEM, closes_at=past)) == "moment_passed"

    def test_only_a_publisher_schedules(self, user_with: Callable[..., User]) -> None:
        made, drafter = draft(), user_with("drafter")
        with pytest.raises(NotAllowed):
            preparing.schedule(made, by=drafter)
        assert preparing.update(made, by=drafter, title="By a drafter").title == "By a drafter"

    def test_meetings_are_added_changed_and_removed(self) -> None:
        event = preparing.add_event(opened(), by=SYSTEM, title="Town hall", held_on=date(2026, 11, 20), place="Puerto")
        assert preparing.update_event(event, by=SYSTEM, attended=41).attended == 41
        preparing.remove_event(Event.objects.get(), by=SYSTEM)
        assert Event.objects.count() == 0

    def test_the_job_writes_down_once_that_it_opened(self) -> None:
        made = opened()
        assert preparing.announce(made, by=SYSTEM).announced_at == made.opens_at
        before = AuditEntry.objects.count()
        preparing.announce(made, by=SYSTEM)
        assert AuditEntry.objects.count() == before


class TestInvited:
    @pytest.mark.long
    def test_one_link_for_one_organisation(self, stranger: Client) -> None:
        made = opened(participation="invited")
        preparing.invite(made, by=SYSTEM, name="Red Sur", mail="red@example.org", respondent="civil_society")
        mail = OutboxMail.objects.get(kind="consultation.invited")
        found = re.search(r"/comment/invited/([\w-]+)/", mail.text)
        assert found is not None
        assert found[1] not in str(list(Invitation.objects.values()))
        assert found[1] not in str(list(AuditEntry.objects.values_list("detail", "rows")))
        answer = {"about": "clause:sec_3", "text": "We object.", "respondent": "civil_society", "once": "k" * 20}
        assert stranger.get(found[0]).status_code == 200
        assert stranger.post(found[0], answer).status_code == 200
        comment = Comment.objects.get()
        assert (comment.organisation_name, comment.is_nameless) == ("Red Sur", False)
        second = stranger.post(found[0], answer | {"text": "We object again.", "once": "l" * 20})
        assert second.status_code == 422
        assert comment.reference in second.content.decode()
        assert stranger.post(found[0], answer | {"about": "clause:sec_4", "once": "m" * 20}).status_code == 200
        assert Comment.objects.count() == 2

    def test_others_do_not_comment_there(self) -> None:
        assert refused(lambda: sent(opened(participation="invited"))) == "invited"

    def test_a_new_invitation_ends_the_old_link(self, stranger: Client) -> None:
        made = opened(participation="both")
        links = []
        for _n in range(2):
            preparing.invite(made, by=SYSTEM, name="Red Sur", mail="red@example.org", respondent="civil_society")
            text = OutboxMail.objects.order_by("-pk")[0].text
            links += re.findall(r"/comment/invited/[\w-]+/", text)
        assert [stranger.get(link).status_code for link in links] == [404, 200]
        preparing.uninvite(Invitation.objects.get(), by=SYSTEM)
        assert stranger.get(links[1]).status_code == 404

    def test_nobody_is_invited_to_what_is_open_to_all(self) -> None:
        made = opened()
        facts = {"name": "X", "mail": "x@example.org", "respondent": "business"}
        assert refused(lambda: preparing.invite(made, by=SYSTEM, **facts)) == "open_to_all"


class TestCommenting:
    def test_numbers_follow_each_other(self) -> None:
        made = opened()
        assert [sent(made, f"Text {n}").number for n in range(3)] == [1, 2, 3]

    def test_a_change_is_read_again(self) -> None:
        comment = read(sent(opened()))
        given = Given(text="Other words.", respondent="citizen")
        assert commenting.change_comment(comment, by=Writer(comment), given=given).state == "waiting"
        same = commenting.change_comment(comment, by=Writer(comment), given=Given("Other words.", "business"))
        assert same.respondent == "business"

    @pytest.mark.long
    @pytest.mark.parametrize(
        "facts",
        [
            {"organisation_name": "A rude word", "is_nameless": False},
            {"name": "A rude word", "is_nameless": False},
            {"respondent": "academia"},
        ],
    )
    def test_nothing_that_everybody_reads_changes_unread(self, facts: dict[str, Any]) -> None:
        comment = read(sent(opened()))
        given = Given(**{"text": comment.text, "respondent": comment.respondent} | facts)
        assert commenting.change_comment(comment, by=Writer(comment), given=given).state == "waiting"

    @pytest.mark.long
    def test_what_nobody_else_reads_changes_without_being_read(self) -> None:
        comment = read(sent(opened()))
        given = Given(text=comment.text, respondent=comment.respondent, name="Kept to myself", mail="me@example.org")
        assert commenting.change_comment(comment, by=Writer(comment), given=given).state == "published"

    def test_withdrawn_twice_is_refused_and_erased_is_gone(self) -> None:
        comment = sent(opened())
        commenting.withdraw_comment(comment, by=Writer(comment))
        assert refused(lambda: commenting.withdraw_comment(comment, by=Writer(comment))) == "withdrawn"
        erased = commenting.erase_comment(comment, by=Writer(comment))
        assert (erased.text, erased.link_hash, erased.state) == ("", "", "withdrawn")

    def test_paper_is_entered_after_the_closing_with_its_own_day(self) -> None:
        made = closed_now(opened())
        given = Given(text="De papel.", respondent="citizen", clause="4(2)", language="es")
        day = clock.today() - timedelta(days=3)
        comment = commenting.enter_comment(made, by=SYSTEM, given=given, channel="paper", received_on=day)
        assert (comment.eid, comment.clause, comment.received_on) == ("sec_4__subsec_2", "4(2)", day)

    @pytest.mark.long
    @pytest.mark.parametrize(
        ("days", "channel", "code"),
        [(60, "paper", "too_early"), (-1, "paper", "date_to_come"), (1, "site", "bad_value")],
    )
    def test_what_cannot_be_is_refused(self, days: int, channel: str, code: str) -> None:
        made = opened()
        given, day = Given(text="x", respondent="citizen"), clock.today() - timedelta(days=days)
        enter = lambda: commenting.enter_comment(made, by=SYSTEM, given=given, channel=channel, received_on=day)  # noqa: E731
        assert refused(enter) == code

    def test_what_came_after_the_closing_is_too_late(self) -> None:
        made = opened()
        Consultation.objects.filter(pk=made.pk).update(
            opens_at=moments.now() - timedelta(days=30), closes_at=moments.now() - timedelta(days=10)
        )
        given, day = Given(text="x", respondent="citizen"), clock.today() - timedelta(days=2)
        enter = lambda: commenting.enter_comment(made, by=SYSTEM, given=given, channel="paper", received_on=day)  # noqa: E731
        assert refused(enter) == "too_late"

    @pytest.mark.long
    def test_a_meeting_of_another_consultation_is_refused(self) -> None:
        made = opened()
        other = preparing.prepare(by=SYSTEM, title="Other")
        event = preparing.add_event(other, by=SYSTEM, title="Hall", held_on=clock.today())
        given = Given(text="x", respondent="citizen")
        enter = lambda: commenting.enter_comment(  # noqa: E731
            made, by=SYSTEM, given=given, channel="meeting", received_on=clock.today(), event=event
        )
        assert refused(enter) == "bad_value"

    def test_nobody_without_permission_enters_any(self, user_with: Callable[..., User]) -> None:
        with pytest.raises(NotAllowed):
            commenting.enter_comment(
                opened(), by=a_lead(user_with), given=Given("x", "citizen"), channel="paper", received_on=clock.today()
            )


class TestDeciding:
    def test_personal_data_is_hidden_and_the_text_stays(self) -> None:
        comment = sent(opened(), "It was Juan of the green house.")
        shown = deciding.publish_comment(comment, by=SYSTEM, text="It was […].")
        assert (shown.published_text, shown.text) == ("It was […].", "It was Juan of the green house.")
        assert last().detail["personal_data_hidden"] is True
        assert "Juan" not in str(last().detail)

    def test_not_published_needs_a_reason(self) -> None:
        comment = sent(opened())
        assert refused(lambda: deciding.withhold_comment(comment, by=SYSTEM, reason=" ")) == "missing"
        held = deciding.withhold_comment(comment, by=SYSTEM, reason="It names a person.")
        assert (held.state, held.is_counted, held.published_text) == ("withheld", True, "")

    @pytest.mark.long
    def test_five_hundred_copies_are_counted_each_and_suggested_as_one(self) -> None:
        made = opened()
        letter = "We ask that clause 4 be deleted, because only a judge should order such a thing."
        rows = [
            Comment(
                consultation=made,
                number=n,
                reference=f"COM-2026-{n:06d}",
                received_on=clock.today(),
                respondent="citizen",
                text=letter,
                state="published",
            )
            for n in range(1, 501)
        ]
        Comment.objects.bulk_create(rows)
        (suggestion,) = suggestions_of(made)
        assert len(suggestion.comments) == 500
        assert Comment.objects.exclude(point=None).count() == 0  # nothing without a press
        point = deciding.add_point(made, by=SYSTEM, title="Delete clause 4", numbers=suggestion.numbers)
        assert point.comments.count() == 500
        assert account_of(made).points[0].comments == 500
        assert suggestions_of(made) == []

    def test_comments_are_put_into_a_point_and_taken_out(self) -> None:
        made = opened()
        for n in range(3):
            sent(made, f"Text {n}")
        point = deciding.add_point(made, by=SYSTEM, title="One", numbers=[1])
        assert deciding.group_comments(made, by=SYSTEM, numbers=[2, 3], point=point) == 2
        assert last().detail["comments"] == [2, 3]
        assert deciding.group_comments(made, by=SYSTEM, numbers=[1], point=None) == 1
        assert refused(lambda: deciding.group_comments(made, by=SYSTEM, numbers=[99], point=point)) == "none_selected"
        deciding.update_point(point, by=SYSTEM, title="Another")
        deciding.remove_point(point, by=SYSTEM)
        assert Comment.objects.filter(point=None).count() == 3

    def test_a_decision_has_a_reason(self) -> None:
        point = deciding.add_point(opened(), by=SYSTEM, title="One")
        assert refused(lambda: deciding.decide(point, by=SYSTEM, decision="accepted", reason="")) == "missing"
        assert refused(lambda: deciding.decide(point, by=SYSTEM, decision="maybe", reason="x")) == "missing"
        done = deciding.decide(point, by=SYSTEM, decision="partly", reason="Some of it.")
        assert (done.decision, done.decided_on, done.decided_by) == ("partly", clock.today(), "Floreo")

    def test_the_answers_wait_for_everything(self) -> None:
        made = opened()
        comment = sent(made)
        assert refused(lambda: deciding.publish_answers(made, by=SYSTEM)) == "not_closed"
        made = closed_now(made)
        assert refused(lambda: deciding.publish_answers(made, by=SYSTEM)) == "unread"
        read(comment)
        assert refused(lambda: deciding.publish_answers(made, by=SYSTEM)) == "ungrouped"
        point = deciding.add_point(made, by=SYSTEM, title="One", numbers=[1])
        assert refused(lambda: deciding.publish_answers(made, by=SYSTEM)) == "undecided"
        deciding.decide(point, by=SYSTEM, decision="accepted", reason="Yes.")
        assert refused(lambda: deciding.publish_answers(made, by=SYSTEM)) == "untranslated"
        texts = {"es": {"title": "Uno", "reason": "Sí."}}
        deciding.decide(point, by=SYSTEM, decision="accepted", reason="Yes.", translations=texts)
        done = deciding.publish_answers(made, by=SYSTEM)
        assert (done.state, last().verb, last().detail["answers_sent"]) == ("answered", "consultation.published", 0)

    def test_answers_that_are_published_are_frozen(self) -> None:
        made = opened()
        comment = read(sent(made))
        made = closed_now(made)
        point = decided(made, [1])
        deciding.publish_answers(made, by=SYSTEM)
        acts: list[Callable[[], object]] = [
            lambda: deciding.decide(point, by=SYSTEM, decision="partly", reason="x"),
            lambda: deciding.update_point(point, by=SYSTEM, title="x"),
            lambda: deciding.remove_point(point, by=SYSTEM),
            lambda: deciding.add_point(made, by=SYSTEM, title="x"),
            lambda: deciding.group_comments(made, by=SYSTEM, numbers=[1], point=None),
            lambda: deciding.reject_comment(Comment.objects.get(pk=comment.pk), by=SYSTEM, reason="x"),
            lambda: deciding.merge_point(point, by=SYSTEM, into=point),
            lambda: deciding.publish_answers(made, by=SYSTEM),
            lambda: preparing.update(made, by=SYSTEM, title="x"),
        ]
        assert [refused(each) for each in acts] == ["answered"] * len(acts)

    def test_personal_data_that_was_overlooked_is_hidden_after_the_answers_too(self) -> None:
        made = opened()
        comment = read(sent(made, "It was Juan of the green house."))
        made = closed_now(made)
        decided(made, [1])
        before = account_of(deciding.publish_answers(made, by=SYSTEM)).points[0].comments
        shown = deciding.publish_comment(Comment.objects.get(pk=comment.pk), by=SYSTEM, text="It was […].")
        assert shown.published_text == "It was […]."
        held = deciding.withhold_comment(shown, by=SYSTEM, reason="It names a person.")
        assert (held.published_text, account_of(made).points[0].comments) == ("", before)

    @pytest.mark.long
    def test_each_address_is_sent_one_letter_whatever_it_was_left_with(self) -> None:
        made = opened()
        for n in range(25):
            read(sent(made, f"Text {n}", mail="Victim@example.org" if n % 2 else "victim@example.org"))
        read(sent(made, "Mine.", mail="other@example.org"))
        made = closed_now(made)
        decided(made, list(range(1, 27)))
        deciding.publish_answers(made, by=SYSTEM)
        letters = OutboxMail.objects.filter(kind="consultation.answer")
        assert sorted(each.to.casefold() for each in letters) == ["other@example.org", "victim@example.org"]
        assert letters.get(to__iexact="victim@example.org").text.count("Your comment is COM-") == 20
        assert Comment.objects.exclude(mail="").count() == 0

    def test_two_points_that_ask_for_the_same_are_merged(self) -> None:
        made = opened()
        for n in range(3):
            read(sent(made, f"Text {n}"))
        kept, gone = decided(made, [1]), decided(made, [2, 3])
        other = deciding.add_point(preparing.prepare(by=SYSTEM, title="Other"), by=SYSTEM, title="Elsewhere")
        assert refused(lambda: deciding.merge_point(gone, by=SYSTEM, into=other)) == "bad_value"
        assert refused(lambda: deciding.merge_point(gone, by=SYSTEM, into=gone)) == "bad_value"
        deciding.merge_point(gone, by=SYSTEM, into=kept)
        entry = last()
        assert (entry.verb, entry.detail["merged"], entry.detail["comments"]) == ("point.merged", gone.number, [2, 3])
        assert list(made.points.all()) == [kept]
        assert kept.comments.count() == 3


class TestNotAComment:
    @pytest.mark.long
    def test_it_is_not_counted_and_how_many_there_were_is_known(self) -> None:
        made = opened()
        kept, advertising = read(sent(made)), sent(made, "Buy cheap watches.", mail="victim@example.org")
        assert refused(lambda: deciding.reject_comment(advertising, by=SYSTEM, reason=" ")) == "missing"
        gone = deciding.reject_comment(advertising, by=SYSTEM, reason="Advertising.")
        assert (gone.state, gone.mail, gone.is_counted, gone.published_text) == ("rejected", "", False, "")
        account = account_of(made)
        assert (account.comments, account.rejected) == (1, 1)
        assert refused(lambda: deciding.reject_comment(gone, by=SYSTEM, reason="Again.")) == "not_counted"
        decided(made, [1])
        deciding.publish_answers(closed_now(made), by=SYSTEM)
        assert OutboxMail.objects.filter(kind="consultation.answer").count() == 0
        assert refused(lambda: deciding.publish_comment(gone, by=SYSTEM)) == "answered"
        assert kept.is_counted

    def test_a_person_can_think_better_of_it_before_the_answers(self) -> None:
        gone = deciding.reject_comment(sent(opened()), by=SYSTEM, reason="A trial.")
        assert read(gone).is_counted

    def test_its_writer_reads_why_and_cannot_change_it(self, stranger: Client) -> None:
        comment = sent(opened())
        deciding.reject_comment(comment, by=SYSTEM, reason="Sent by a program.")
        page = stranger.get("/comment/follow/secret-1/").content.decode()
        assert "Sent by a program." in page
        gone = Comment.objects.get()
        change = Given(text="Buy more.", respondent="citizen")
        assert refused(lambda: commenting.change_comment(gone, by=Writer(gone), given=change)) == "rejected"
        assert commenting.erase_comment(gone, by=Writer(gone)).state == "rejected"

    def test_a_crowd_by_script_is_set_aside_with_one_press(self) -> None:
        made = opened()
        crowd = [sent(made, f"Vote {n}", organisation_name=f"Firm {n}", is_nameless=False) for n in range(40)]
        period = Period(clock.today() - timedelta(days=2), clock.today())
        assert measures.organisations_consulted(period, Filters()).value == 0  # nobody has read them
        assert deciding.reject_comments(crowd, by=SYSTEM, reason="Sent by a program.") == 40
        assert (last().verb, len(last().detail["comments"])) == ("comments.rejected", 40)
        assert measures.comments_received(period, Filters()).value == 0
        assert refused(lambda: deciding.reject_comments(crowd, by=SYSTEM, reason="Again.")) == "none_selected"

    def test_only_who_runs_consultations(self, user_with: Callable[..., User]) -> None:
        comment = sent(opened())
        lead = a_lead(user_with)
        with pytest.raises(NotAllowed):
            deciding.reject_comment(comment, by=lead, reason="x")
        with pytest.raises(NotAllowed):
            deciding.reject_comments([comment], by=lead, reason="x")


class TestErasedOnRequest:
    def test_what_came_on_paper_is_erased_by_staff(self) -> None:
        made = opened()
        given = Given(text="De papel.", respondent="citizen", name="Juana", mail="j@example.org", is_nameless=False)
        comment = commenting.enter_comment(made, by=SYSTEM, given=given, channel="paper", received_on=clock.today())
        assert refused(lambda: commenting.erase_on_request(comment, by=SYSTEM, request=" ")) == "missing"
        gone = commenting.erase_on_request(comment, by=SYSTEM, request="By letter.")
        assert (gone.text, gone.name, gone.mail, gone.is_erased, gone.state) == ("", "", "", True, "withdrawn")
        assert last().detail["request"] == "By letter."
        assert refused(lambda: commenting.erase_on_request(gone, by=SYSTEM, request="By letter.")) == "erased"

    def test_after_the_answers_it_stays_counted(self) -> None:
        made = opened()
        comment = read(sent(made))
        made = closed_now(made)
        decided(made, [1])
        deciding.publish_answers(made, by=SYSTEM)
        gone = commenting.erase_on_request(Comment.objects.get(pk=comment.pk), by=SYSTEM, request="By telephone.")
        assert (gone.is_counted, gone.published_text, account_of(made).comments) == (True, "", 1)

    def test_only_who_runs_consultations(self, user_with: Callable[..., User]) -> None:
        with pytest.raises(NotAllowed):
            commenting.erase_on_request(sent(opened()), by=a_lead(user_with), request="x")


class TestTextThatIsNotPublic:
    def test_nothing_of_it_is_shown_until_it_is_published_with_the_opening(self, stranger: Client) -> None:
        made = opened(law_version=bill(is_public=False))
        for address in (f"/consultations/{CODE}/", f"/consultations/{CODE}/comment/", "/data/consultations.csv"):
            answer: Any = stranger.get(address)
            page = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"Searches" not in page, address
            assert b"harbour-bill/v1" not in page, address
        assert stranger.get(f"/consultations/{CODE}/comment/?on=clause:sec_3").status_code == 404
        assert refused(lambda: sent(made)) == "unknown_clause"
        preparing.announce_due(by=SYSTEM)
        assert b"Searches" in stranger.get(f"/consultations/{CODE}/").content
        assert stranger.get("/laws/harbour-bill/v1/").status_code == 200

    def test_only_who_may_publish_laws_schedules_it(
        self, user_with: Callable[..., User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = draft(law_version=bill(is_public=False))
        monkeypatch.setattr(preparing, "can", lambda *_given: False)
        assert refused(lambda: preparing.schedule(made, by=SYSTEM)) == "hidden_text"

    @pytest.mark.long
    def test_what_the_program_writes_down_of_the_opening_counts_as_a_change_of_what_was_shown(self) -> None:
        """It does so within half a minute after the opening. Who would publish answers in that half minute reads the page once more."""
        made = opened()
        read(sent(made))
        made = closed_now(made)
        decided(made, [1])
        shown = as_shown()
        preparing.announce_due(by=SYSTEM)
        assert refused(lambda: deciding.publish_answers(made, by=SYSTEM, shown=shown)) == CHANGED_SINCE
        assert deciding.publish_answers(made, by=SYSTEM, shown=as_shown()).is_answered

    def test_only_a_publisher_publishes_answers(self, user_with: Callable[..., User]) -> None:
        made = closed_now(opened())
        with pytest.raises(NotAllowed):
            deciding.publish_answers(made, by=user_with("drafter"))


class TestWhoSees:
    def test_a_stranger_sees_what_is_out(self, user_with: Callable[..., User], secretariat: User) -> None:
        made = opened()
        comment = sent(made)
        decided(made, [1])
        for viewer in (None, a_lead(user_with)):
            assert Consultation.objects.visible_to(viewer).count() == 1
            assert Comment.objects.visible_to(viewer).count() == 0
            assert Point.objects.visible_to(viewer).count() == 0
        assert Comment.objects.visible_to(secretariat).count() == 1
        read(comment)
        assert Comment.objects.visible_to(None).count() == 1

    @pytest.mark.long
    def test_a_law_version_knows_by_which_answers_it_was_changed(self) -> None:
        version = bill()
        made = opened(law_version=version)
        read(sent(made))
        decided(made, [1], clause="4", changed_version=version)
        assert list(points_on(version, None)) == []
        deciding.publish_answers(closed_now(made), by=SYSTEM)
        assert [p.clause for p in points_on(version, None)] == ["4"]


def test_tasks_say_what_waits() -> None:
    made = opened()
    everybody = Recipient(everybody=True)

    def whys() -> list[str]:
        found = waiting_tasks(everybody, viewer=SYSTEM, today=clock.today())
        return [task.why for task in found]

    assert whys() == []
    comment = sent(made)
    deciding.add_point(made, by=SYSTEM, title="One", numbers=[1])
    assert whys() == ["1 comment to be read.", "1 point without a decision."]
    read(comment)
    decided(closed_now(made), [1])
    Point.objects.filter(decision="").delete()
    assert whys() == ["The answers are to be published."]
    nobody = waiting_tasks(Recipient(permissions=frozenset({"plan.edit"})), viewer=SYSTEM, today=clock.today())
    assert list(nobody) == []


def test_measures_count_what_is_not_answered_yet() -> None:
    Comment.objects.all().delete()
    Consultation.objects.all().delete()
    made = opened()
    for n in range(4):
        read(
            sent(
                made,
                f"Text {n}",
                organisation_name="Red Sur" if n < 2 else "",
                respondent="academia" if n else "business",
            )
        )
    day = clock.today()
    Comment.objects.update(received_on=day - timedelta(days=10))
    period, none = Period(day - timedelta(days=20), day), Filters()
    assert measures.comments_received(period, none).value == 4
    assert measures.share_comments_answered(period, none).value == 0
    waiting = measures.median_days_to_answer(period, none)
    assert (waiting.value, waiting.numerator, waiting.denominator) == (None, 0, 4)
    assert measures.organisations_consulted(period, none).value == 1
    assert measures.kinds_of_respondents(period, none).value == 2
    assert measures.share_consultations_answered(period, none).value is None
    made = closed_now(made)
    assert measures.share_consultations_answered(period, none).value == 0
    decided(made, [1, 2, 3, 4])
    deciding.publish_answers(made, by=SYSTEM)
    Consultation.objects.update(answered_at=moments.now())
    assert measures.share_comments_answered(period, none).value == 100
    assert measures.median_days_to_answer(period, none).value == Decimal(10)
    assert measures.share_consultations_answered(period, none).value == 100


def test_the_public_form_is_nobody_in_particular() -> None:
    assert list(ANYBODY.grants()) == []
    assert ANYBODY.actor_code == "consultation"
