"""The area of consultations: prepared, read, grouped and decided on in the browser, by those who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.consultation.access import Writer
from floreo.consultation.actions import commenting
from floreo.consultation.actions.commenting import Given
from floreo.consultation.models import Comment, Consultation, Event, Point, Topic
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from tests.consultation.making import CODE, closed_now, draft, opened, read, sent

pytestmark = pytest.mark.usefixtures("no_consultations")
HERE = f"/workspace/consultations/{CODE}"


@pytest.fixture
def browser(secretariat: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(secretariat)


def shown(browser: Client) -> str:
    """What a decision carries of the page that led to it."""
    return str(browser.get(f"{HERE}/").wsgi_request.as_shown)  # type: ignore[attr-defined]


def test_one_is_prepared_and_its_times_are_local(browser: Client) -> None:
    facts = {
        "title": "Small Businesses Regulations",
        "language": "en",
        "participation": "open",
        "opens_at": "2026-12-01T08:00",
        "closes_at": "2026-12-31T17:00",
        "document_url": "https://example.org/draft.pdf",
    }
    answer = browser.post("/workspace/new-consultation/", facts)
    made = Consultation.objects.get(title="Small Businesses Regulations")
    assert (answer.status_code, made.state, made.code) == (302, "draft", "small-businesses-regulations")
    assert made.opens_at is not None
    assert made.opens_at.isoformat() == "2026-12-01T14:00:00+00:00"
    page = browser.get("/workspace/consultations/").content.decode()
    assert "Small Businesses Regulations" in page


@pytest.mark.long
def test_everything_that_can_be_done_has_its_page(browser: Client) -> None:
    made = opened(participation="both")
    sent(made)
    for name in ("enter", "edit", "meeting", "invite", "point", "move"):
        assert browser.get(f"{HERE}/do/{name}/").status_code == 200, name
    for address in (f"{HERE}/", f"{HERE}/comments/", f"{HERE}/comments/alike/", f"{HERE}/comments/1/"):
        assert browser.get(address).status_code == 200, address
    assert browser.get(f"{HERE}/do/no-such-thing/").status_code == 404


def test_a_draft_is_scheduled_from_its_page(browser: Client) -> None:
    draft()
    answer = browser.post(f"{HERE}/do/schedule/", {"shown": shown(browser)})
    assert (answer.status_code, Consultation.objects.get(code=CODE).state) == (302, "scheduled")


def test_questions_and_meetings_are_added(browser: Client) -> None:
    draft()
    browser.post(f"{HERE}/do/topic/", {"title": "Why?", "title_es": "¿Por qué?"})
    browser.post(f"{HERE}/do/meeting/", {"title": "Town hall", "held_on": "2026-11-20", "attended": "41"})
    assert Topic.objects.get().translations == {"es": {"title": "¿Por qué?"}}
    assert Event.objects.get().attended == 41


def test_paper_is_entered(browser: Client) -> None:
    opened()
    facts = {
        "channel": "paper",
        "received_on": "2026-11-23",
        "clause": "4(2)",
        "text": "De papel.",
        "respondent": "citizen",
        "language": "es",
        "is_nameless": "on",
    }
    assert browser.post(f"{HERE}/do/enter/", facts).status_code == 302
    made = Comment.objects.get()
    assert (made.channel, made.clause, made.language) == ("paper", "4(2)", "es")
    unknown = browser.post(f"{HERE}/do/enter/", facts | {"clause": "99"})
    assert (unknown.status_code, "has no clause “99”" in unknown.content.decode()) == (422, True)
    refused = browser.post(f"{HERE}/do/enter/", facts | {"received_on": "2026-01-01"})
    assert (refused.status_code, "was not open on that day" in refused.content.decode()) == (422, True)


def test_comments_are_read_grouped_decided_on_and_answered(browser: Client) -> None:
    made = opened()
    letter = "We ask that clause 4 be deleted, because only a judge should order such a thing."
    assert "so nothing was compared" in browser.get(f"{HERE}/comments/alike/").content.decode()
    for n in range(3):
        sent(made, letter, name=f"Person {n}")
    answer = browser.post(f"{HERE}/comments/1/do/publish/", {"text": "We ask […].", "shown": shown(browser)})
    assert (answer.status_code, Comment.objects.get(number=1).published_text) == (302, "We ask […].")
    facts = {"reason": "It names a person.", "shown": shown(browser)}
    assert browser.post(f"{HERE}/comments/2/do/withhold/", facts).status_code == 302
    read(Comment.objects.get(number=3))
    assert "Suggestion: 3 similar comments" in browser.get(f"{HERE}/comments/alike/").content.decode()
    grouped = {"comment": ["1", "2"], "title": "Delete clause 4", "alike": "1"}
    assert browser.post(f"{HERE}/comments/group/", grouped).status_code == 302
    browser.post(f"{HERE}/comments/group/", {"comment": "3", "point": "1"})
    point = Point.objects.get()
    assert point.comments.count() == 3
    read(sent(made, "Another wish.", name="Person 4"))
    assert "Compared: 1 comment that is in no point." in browser.get(f"{HERE}/comments/alike/").content.decode()
    browser.post(f"{HERE}/comments/group/", {"comment": "4", "point": "1"})
    decision = {
        "decision": "not_accepted",
        "reason": "A court already decides.",
        "reason_es": "Ya decide un tribunal.",
        "version": str(point.version),
    }
    assert browser.post(f"{HERE}/points/1/do/decide/", decision).status_code == 302
    point.refresh_from_db()
    title = {"title": "Delete clause 4", "title_es": "Quitar la cláusula 4", "version": str(point.version)}
    assert browser.post(f"{HERE}/points/1/do/edit/", title).status_code == 302
    point.refresh_from_db()
    assert point.translations == {"es": {"title": "Quitar la cláusula 4", "reason": "Ya decide un tribunal."}}
    closed_now(made)
    answer = browser.post(f"{HERE}/do/answer/", {"answered_by": "Inés Farol", "shown": shown(browser)})
    assert (answer.status_code, Consultation.objects.get(code=CODE).state) == (302, "answered")


def test_selected_comments_are_published_as_they_came(browser: Client) -> None:
    made = opened()
    for n in range(3):
        sent(made, f"Text {n}")
    page = browser.get(f"{HERE}/comments/")
    facts = {"comment": ["1", "3"], "do": "publish", "shown": page.wsgi_request.as_shown}  # type: ignore[attr-defined]
    assert browser.post(f"{HERE}/comments/group/", facts).status_code == 302
    assert list(Comment.objects.filter(state="published").values_list("number", flat=True)) == [1, 3]
    entry = AuditEntry.objects.get(verb="comments.published")
    assert entry.detail["comments"] == [1, 3]
    sent(made, "Text 4")
    comment = Comment.objects.get(number=2)
    commenting.change_comment(comment, by=Writer(comment), given=Given("Changed since.", "citizen"))
    browser.post(f"{HERE}/comments/group/", facts | {"comment": ["2"]})
    assert Comment.objects.get(number=2).state == "waiting"  # it is another than the one that was read


def test_nothing_is_grouped_without_a_choice(browser: Client) -> None:
    sent(opened())
    for facts in ({}, {"comment": "1"}, {"comment": "x", "point": "1"}, {"comment": "1", "point": "9"}):
        assert browser.post(f"{HERE}/comments/group/", facts).status_code in {302, 404}
    assert Comment.objects.exclude(point=None).count() == 0


def test_an_auditor_reads_and_presses_nothing(
    user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    sent(opened())
    browser = browser_of(user_with("auditor"))
    assert browser.get(f"{HERE}/comments/1/").status_code == 200
    assert browser.get(f"{HERE}/comments/1/do/publish/").status_code == 403
    assert browser.get(f"{HERE}/do/edit/").status_code == 403


def test_a_lead_finds_none_of_it(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> None:
    sent(opened())
    lead = user_with("lead", organisation=Organisation.objects.order_by("pk")[0])
    assert browser_of(lead).get(f"{HERE}/").status_code == 403
