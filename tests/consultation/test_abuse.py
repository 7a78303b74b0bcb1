"""What a visitor, a writer or a crowd tried on consultations, each as it was tried."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from floreo.consultation.access import Writer
from floreo.consultation.actions import commenting, deciding, preparing
from floreo.consultation.actions.commenting import Given
from floreo.consultation.logic import clusters, sound_text
from floreo.consultation.models import Comment
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.legislation.actions import versions
from floreo.legislation.actions.instruments import add_instrument
from floreo.portal.views import consultations as pages
from tests.consultation.making import CODE, bill, closed_now, decided, opened, read, sent
from tests.consultation.test_public_pages import FORM, posted
from tests.legislation.laws import make_version

pytestmark = pytest.mark.usefixtures("no_consultations")


def test_an_address_goes_with_the_comment_also_from_the_outbox(stranger: Client) -> None:
    made = opened()
    comment = read(sent(made, mail="me@example.org"))
    read(sent(made, "Another.", mail="other@example.org"))
    closed = closed_now(made)
    decided(closed, [1, 2])
    deciding.publish_answers(closed, by=SYSTEM)
    assert OutboxMail.objects.filter(to="me@example.org").count() == 1
    commenting.erase_comment(Comment.objects.get(pk=comment.pk), by=Writer(comment))
    assert list(OutboxMail.objects.filter(kind="consultation.answer").values_list("to", flat=True)) == [
        "other@example.org"
    ]


def test_an_answer_to_two_comments_stays_when_one_is_erased() -> None:
    made = opened()
    comment = read(sent(made, mail="me@example.org"))
    read(sent(made, "Another.", mail="me@example.org"))
    closed = closed_now(made)
    decided(closed, [1, 2])
    deciding.publish_answers(closed, by=SYSTEM)
    commenting.erase_comment(Comment.objects.get(pk=comment.pk), by=Writer(comment))
    assert OutboxMail.objects.filter(to="me@example.org").count() == 1


def test_the_address_of_who_is_invited_is_in_no_entry_of_the_trail() -> None:
    made = opened(participation="invited")
    preparing.invite(made, by=SYSTEM, name="Harbour", mail="jane.private@example.net", respondent="business")
    assert OutboxMail.objects.filter(to="jane.private@example.net").count() == 1
    assert "jane.private" not in str(list(AuditEntry.objects.values_list("detail", "rows")))


def test_a_cancelled_invitation_is_not_sent() -> None:
    made = opened(participation="invited")
    invitation = preparing.invite(made, by=SYSTEM, name="Harbour", mail="h@example.net", respondent="business")
    preparing.uninvite(invitation, by=SYSTEM)
    assert OutboxMail.objects.get(to="h@example.net").state == "dropped"


def test_who_is_invited_comments_as_no_other(stranger: Client) -> None:
    made = opened(participation="invited")
    preparing.invite(made, by=SYSTEM, name="Small Harbour", mail="h@example.net", respondent="business")
    found = re.search(r"/comment/invited/[\w-]+/", OutboxMail.objects.get(to="h@example.net").text)
    assert found is not None
    answer = posted(organisation_name="Supreme Court", respondent="public_body", is_nameless="")
    assert stranger.post(found[0], answer).status_code == 200
    comment = Comment.objects.get()
    assert (comment.organisation_name, comment.respondent) == ("Small Harbour", "business")
    given = Given(text="More.", respondent="public_body", organisation_name="Supreme Court", is_nameless=False)
    changed = commenting.change_comment(comment, by=Writer(comment), given=given)
    assert (changed.organisation_name, changed.respondent) == ("Small Harbour", "business")


def test_the_form_sent_again_with_other_data_is_another_comment(stranger: Client) -> None:
    opened()
    stranger.post(FORM, posted(name="My Real Name", mail="me@example.org"))
    stranger.post(FORM, posted(name="", mail=""))
    assert list(Comment.objects.values_list("name", flat=True)) == ["My Real Name", ""]


def test_a_form_does_not_bring_back_what_was_erased(stranger: Client) -> None:
    opened()
    stranger.post(FORM, posted())
    comment = Comment.objects.get()
    commenting.erase_comment(comment, by=Writer(comment))
    again = stranger.post(FORM, posted())
    assert (again.status_code, Comment.objects.count()) == (422, 1)
    assert "sent and then erased" in again.content.decode()


def test_a_changed_text_leaves_the_point_that_was_made_of_other_words() -> None:
    made = opened()
    comment = read(sent(made))
    decided(made, [1])
    given = Given(text="The contrary.", respondent="citizen")
    assert commenting.change_comment(Comment.objects.get(), by=Writer(comment), given=given).point is None


def test_what_turns_the_direction_or_is_not_seen_is_dropped() -> None:
    assert sound_text("see \u202etxt.exe\u202c\u200b \u2066x\u2069 \ufeffy") == "see txt.exe x y"
    assert sound_text("\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}") == "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"


def test_a_busy_database_loses_no_word(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened()

    def locked(*_given: Any, **_more: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(pages, "send_comment", locked)
    answer = stranger.post(FORM, posted("Every word that I typed."))
    assert (answer.status_code, "Every word that I typed." in answer.content.decode()) == (503, True)


def test_the_text_that_people_answer_to_does_not_change_under_them() -> None:
    law = add_instrument("harbour-bill", by=SYSTEM, kind="bill", title="Harbour Bill")
    version = make_version(law)
    assert versions.edit_clause(version, by=SYSTEM, number="3", heading="Theft", words="Other words.")
    opened(law_version=version)
    with pytest.raises(Refused) as caught:
        versions.edit_clause(version, by=SYSTEM, number="3", heading="Theft", words="Insult.")
    assert caught.value.code == "locked"


def test_the_list_shows_the_name_that_a_press_would_publish(secretariat: Any, browser_of: Any) -> None:
    made = opened()
    sent(made, name="AN-ABUSE-NAME", is_nameless=False)
    sent(made, "Another.", name="KEPT-TO-MYSELF")
    page = browser_of(secretariat).get(f"/workspace/consultations/{CODE}/comments/").content.decode()
    assert "AN-ABUSE-NAME" in page
    assert "KEPT-TO-MYSELF" not in page
    shown = deciding.publish_comment(Comment.objects.get(number=1), by=SYSTEM, hides_name=True)
    assert (shown.published_name, shown.published_text) == ("", shown.text)


def test_no_file_names_a_text_that_is_hidden(stranger: Client) -> None:
    version = bill()
    made = opened(law_version=version)
    read(sent(made))
    decided(made, [1], clause="4", changed_version=version)
    deciding.publish_answers(closed_now(made), by=SYSTEM)
    versions.hide_version(version, by=SYSTEM)
    for table in ("consultations", "consultation_points"):
        answer: Any = stranger.get(f"/data/{table}.csv")
        whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"harbour-bill/v1" not in whole, table


@pytest.mark.long
def test_texts_that_are_made_to_meet_are_grouped_in_a_little_memory() -> None:
    """Two thousand different long ones, each of which meets others in some band."""
    texts = {n: " ".join(f"w{(n * 7 + k) % 900}" for k in range(240)) for n in range(2000)}
    assert sum(len(group) for group in clusters(texts)) <= 2000
