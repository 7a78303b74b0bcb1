"""Publishing a report is a decision of its own: closing publishes nothing, a link shows it before, an embargo ends by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from floreo.core import clock, links
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.delivery import deliver_due
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Period
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.private_routes import PLACEHOLDER
from floreo.organisations.models import Organisation, User
from floreo.reports.access import preview_token
from floreo.reports.actions import (
    close_review,
    correct_snapshot,
    freeze_report,
    make_preview,
    publish_report,
    release_due,
    schedule_report,
    withdraw_embargo,
    withdraw_preview,
)
from floreo.reports.models import Correction, PreviewLink, Release, Snapshot
from floreo.reports.tables import REPORTS
from floreo.reviews.models import Review
from floreo.strategy.models import Action, BudgetLine
from tests.core.mail_server import mail_server

pytestmark = pytest.mark.django_db
BASE = "/reports/2025-2028/2026-q3"
DESK = "/workspace/reports/2025-2028/2026-q3/"


@pytest.fixture
def snapshot(review: Review, acts: list[Action], secretariat: User) -> Snapshot:
    fund = Organisation.objects.create(code="fund", name="Regional Fund", kind="donor")
    BudgetLine.objects.create(action=acts[1], amount=1000, spent=400, currency="PRD", fiscal_year=2026, funder=fund)
    return close_review(review, by=secretariat)


@pytest.fixture
def desk(secretariat: User) -> Client:
    client = Client()
    client.force_login(secretariat)
    return client


PUBLIC = (
    f"{BASE}/",
    f"/es{BASE}/",
    f"{BASE}.pdf",
    f"{BASE}.docx",
    f"{BASE}.json",
    f"{BASE}/minister/",
    f"{BASE}/minister.pdf",
    f"{BASE}/minister.docx",
    f"{BASE}/funders/fund/",
    f"{BASE}/funders/fund.pdf",
    "/reports/2025-2028/funders/fund/",
)
LISTS = ("/reports/", "/es/reports/", "/data/reports/", "/data/reports.csv", "/data/reports.json", "/api/v1/reports")


def lists(client: Client) -> str:
    answers: list[Any] = [client.get(each, follow=True) for each in LISTS]
    return "".join((b"".join(each.streaming_content) if each.streaming else each.content).decode() for each in answers)


@pytest.mark.long
def test_closing_publishes_nothing(snapshot: Snapshot, stranger: Client) -> None:
    assert not snapshot.is_out
    assert {each: stranger.get(each).status_code for each in PUBLIC} == dict.fromkeys(PUBLIC, 404)
    assert "2026-q3" not in lists(stranger)
    assert REPORTS.rows(None).count() == 0
    assert "2026-q3" not in stranger.get("/search/?q=Q3+2026").content.decode()
    assert "2026-q3" not in stranger.get("/").content.decode()
    assert not any(
        snapshot.digest[:12] in stranger.get(each).content.decode() for each in ("/publications/feed/", "/audit/")
    )


@pytest.mark.long
@pytest.mark.parametrize("role", ["lead", "operator", "observer"])
def test_nor_does_an_account_that_reads_nothing_internal_see_it(
    role: str, snapshot: Snapshot, user_with: Callable[..., User]
) -> None:
    client = Client()
    client.force_login(user_with(role))
    assert client.get(f"{BASE}/").status_code == 404
    assert client.get(DESK).status_code in {403, 404}
    assert client.get(f"{DESK.rstrip('/')}.pdf").status_code in {403, 404}


@pytest.mark.long
def test_publishing_shows_every_form_to_everybody(snapshot: Snapshot, secretariat: User, stranger: Client) -> None:
    publish_report(snapshot, by=secretariat)
    wanted = {each: 302 if each.startswith("/reports/2025-2028/funders") else 200 for each in PUBLIC}
    assert {each: stranger.get(each).status_code for each in PUBLIC} == wanted
    assert "2026-q3" in lists(stranger)


def test_an_embargo_ends_by_itself_to_the_second(snapshot: Snapshot, secretariat: User, stranger: Client) -> None:
    at = clock.now() + timedelta(days=3)
    schedule_report(snapshot, by=secretariat, at=at)
    with time_machine.travel(at - timedelta(seconds=1), tick=False):
        assert stranger.get(f"{BASE}/").status_code == 404
        assert release_due() == 0
    with time_machine.travel(at, tick=False):  # no worker looked
        assert stranger.get(f"{BASE}/").status_code == 200
        assert stranger.get(f"{BASE}.pdf").status_code == 200
        assert (release_due(), release_due()) == (1, 0)
    assert AuditEntry.objects.filter(verb="report.released").count() == 1
    assert Release.objects.get().publish_at == at


@pytest.mark.long
@pytest.mark.parametrize("gap", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_an_embargo_in_the_past_is_refused(gap: timedelta, snapshot: Snapshot, secretariat: User) -> None:
    with time_machine.travel(clock.now(), tick=False), pytest.raises(Refused) as refusal:
        schedule_report(snapshot, by=secretariat, at=clock.now() - gap)
    assert refusal.value.sentence == "This time is in the past. Choose a later time, or publish it now."
    assert not Release.objects.exists()


def test_an_embargo_in_the_past_keeps_what_was_typed(snapshot: Snapshot, desk: Client) -> None:
    given = {"day": "2020-01-01", "time": "09:00", "zone": "UTC", "shown": as_shown()}
    answer = desk.post(f"{DESK}schedule/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This time is in the past." in page
    assert 'value="2020-01-01"' in page


def test_an_embargo_can_be_withdrawn_before_it_ends_and_not_after(
    snapshot: Snapshot, secretariat: User, stranger: Client
) -> None:
    at = clock.now() + timedelta(days=3)
    schedule_report(snapshot, by=secretariat, at=at)
    withdraw_embargo(snapshot, by=secretariat)
    with time_machine.travel(at + timedelta(days=1), tick=False):
        assert stranger.get(f"{BASE}/").status_code == 404
        assert release_due() == 0
        with pytest.raises(Refused, match="No publication is scheduled"):
            withdraw_embargo(snapshot, by=secretariat)
        schedule_report(snapshot, by=secretariat, at=clock.now() + timedelta(hours=1))
    with time_machine.travel(at + timedelta(days=2), tick=False):
        assert stranger.get(f"{BASE}/").status_code == 200
        with pytest.raises(Refused, match="This report is published already"):
            withdraw_embargo(snapshot, by=secretariat)


@pytest.mark.long
def test_it_is_published_once(snapshot: Snapshot, secretariat: User) -> None:
    publish_report(snapshot, by=secretariat)
    first = Release.objects.get().publish_at
    for again in (
        lambda: publish_report(snapshot, by=secretariat),
        lambda: schedule_report(snapshot, by=secretariat, at=clock.now() + timedelta(days=1)),
        lambda: make_preview(snapshot, by=secretariat, name="The minister"),
    ):
        with pytest.raises(Refused, match="This report is published already"):
            again()
    assert Release.objects.get().publish_at == first


@pytest.mark.long
def test_of_two_who_decide_at_once_the_second_reads_what_the_first_decided(
    snapshot: Snapshot, desk: Client, secretariat: User
) -> None:
    shown = as_shown()
    schedule_report(snapshot, by=SYSTEM, at=clock.now() + timedelta(days=3))
    answer = desk.post(f"{DESK}publish/", {"shown": shown})
    assert answer.status_code == 422
    assert "It was changed after you opened it" in answer.content.decode()
    assert not Release.objects.get().is_out


@pytest.mark.long
def test_a_correction_that_nobody_read_keeps_it_from_being_published(
    snapshot: Snapshot, desk: Client, secretariat: User
) -> None:
    shown = as_shown()
    correct_snapshot(snapshot, by=SYSTEM, where="Money", text="400", instead="500", is_public=True)
    assert desk.post(f"{DESK}publish/", {"shown": shown}).status_code == 422
    assert desk.post(f"{DESK}publish/", {"shown": as_shown()}).status_code == 302
    assert Release.objects.get().is_out


def test_who_may_not_publish_does_not(snapshot: Snapshot, user_with: Callable[..., User]) -> None:
    analyst = user_with("analyst")
    client = Client()
    client.force_login(analyst)
    link = make_preview(snapshot, by=SYSTEM, name="The minister")
    for act in ("publish", "schedule", "cancel", "link", f"link/{link.pk}/withdraw"):
        assert client.post(f"{DESK}{act}/", {"shown": as_shown()}).status_code == 403, act
    with pytest.raises(NotAllowed):
        publish_report(snapshot, by=analyst)
    assert preview_token(link) not in client.get(DESK).content.decode()


@pytest.mark.long
def test_the_page_that_publishes_says_what_becomes_public_and_the_one_that_closes_what_closing_does(
    snapshot: Snapshot, desk: Client, review: Review
) -> None:
    page = desk.get(f"{DESK}publish/").content.decode()
    for text in (f"{BASE}/", f"{BASE}/minister/", "PDF and Word files", "open data", "Publishing cannot be undone."):
        assert text in page, text
    report = desk.get(DESK).content.decode()
    assert "Closing the period did not publish it. Nobody outside can read it until you publish it." in report
    closing = desk.get(f"{review.workspace_url()}close/").content.decode()
    assert "Closing does not publish" in closing


@pytest.mark.long
def test_closing_leads_to_the_report_and_its_publication(review: Review, acts: list[Action], desk: Client) -> None:
    answer = desk.post(f"{review.workspace_url()}close/", {"shown": as_shown()})
    assert answer["Location"] == DESK
    assert f"{DESK}publish/?shown=" in desk.get(DESK).content.decode()


@pytest.mark.long
def test_a_report_of_any_period_is_not_published_by_freezing_it(
    snapshot: Snapshot, stranger: Client, secretariat: User
) -> None:
    made = freeze_report(snapshot.edition, by=secretariat, period=Period(snapshot.starts_on, snapshot.starts_on))
    assert stranger.get(made.get_absolute_url()).status_code == 404


@pytest.mark.long
def test_a_correction_is_seen_with_its_report(snapshot: Snapshot, secretariat: User) -> None:
    correct_snapshot(snapshot, by=secretariat, where="Money", text="400", instead="500", is_public=True)
    assert Correction.objects.visible_to(None).count() == 0
    publish_report(snapshot, by=secretariat)
    assert Correction.objects.visible_to(None).count() == 1


# --- The link that shows it before ------------------------------------------------------------------------------------


@pytest.fixture
def link(snapshot: Snapshot, secretariat: User) -> PreviewLink:
    return make_preview(snapshot, by=secretariat, name="Minister Norte", to="minister@example.org", language="en")


def at(link: PreviewLink, rest: str = "") -> str:
    return f"/reports/preview/{preview_token(link)}/{rest}"


def body(content: bytes) -> str:
    """The document of a page."""
    found = re.search(r'<div class="fl-document">(.*?)</div>\s*</div>\s*<aside', content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.long
def test_the_link_shows_the_pages_exactly_as_they_will_be(
    link: PreviewLink, stranger: Client, secretariat: User
) -> None:
    rests = ("", "minister/", "funders/fund/")
    files = ("report.pdf", "report.docx", "report.json", "minister.pdf", "minister.docx", "funders/fund.pdf")
    before = {rest: stranger.get(at(link, rest)) for rest in rests}
    drawn = {rest: stranger.get(at(link, rest)) for rest in files}
    assert {each.status_code for each in (*before.values(), *drawn.values())} == {200}
    assert all("Not published yet." in each.content.decode() for each in before.values())
    assert "Minister Norte" in before[""].content.decode()
    publish_report(link.snapshot, by=secretariat)
    for rest in rests:
        assert body(before[rest].content) == body(stranger.get(f"{BASE}/{rest}").content), rest
    assert drawn["report.json"].content == stranger.get(f"{BASE}.json").content
    assert drawn["report.pdf"].content == stranger.get(f"{BASE}.pdf").content
    assert drawn["minister.pdf"].content == stranger.get(f"{BASE}/minister.pdf").content


def test_every_link_of_a_preview_stays_within_it(link: PreviewLink, stranger: Client) -> None:
    for rest in ("", "minister/", "funders/fund/"):
        page = stranger.get(at(link, rest)).content.decode()
        found = set(re.findall(r'href="(/reports/(?!preview/)[^"]+)"', page))
        assert found == set(), found
        for href in re.findall(r'href="(/reports/preview/[^"]+)"', page):
            assert stranger.get(href).status_code == 200, href


@pytest.mark.long
def test_the_link_acts_only_by_reading(link: PreviewLink, stranger: Client) -> None:
    entries = AuditEntry.objects.count()
    answer = stranger.get(at(link))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.cookies == {}
    for rest in ("", "minister/", "report.pdf"):
        assert {stranger.post(at(link, rest)).status_code, stranger.delete(at(link, rest)).status_code} == {405}
    assert AuditEntry.objects.count() == entries
    assert stranger.get(DESK).status_code == 302  # it signs nobody in
    assert stranger.get(f"{BASE}/").status_code == 404


def test_after_publication_the_link_leads_to_the_report(link: PreviewLink, secretariat: User, stranger: Client) -> None:
    publish_report(link.snapshot, by=secretariat)
    for rest in ("", "minister/", "report.pdf"):
        answer = stranger.get(at(link, rest))
        assert (answer.status_code, answer["Location"]) == (302, f"{BASE}/")


def test_a_link_that_was_withdrawn_opens_nothing(link: PreviewLink, secretariat: User, stranger: Client) -> None:
    other = make_preview(link.snapshot, by=secretariat, name="Permanent secretary")
    withdraw_preview(link, by=secretariat)
    for rest in ("", "minister/", "funders/fund/", "report.pdf", "report.json"):
        answer = stranger.get(at(link, rest))
        assert answer.status_code == 404, rest
        assert "Progress report" not in answer.content.decode()
    assert (
        "This link was withdrawn. Ask the person who sent it for a new one." in stranger.get(at(link)).content.decode()
    )
    assert stranger.get(at(other)).status_code == 200
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw_preview(link, by=secretariat)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("token", ["1-1~abc", "1-1", "x", "999999999999999-1~aaaa", PLACEHOLDER])
def test_a_token_that_was_not_made_here_opens_nothing(token: str, link: PreviewLink, stranger: Client) -> None:
    assert stranger.get(f"/reports/preview/{token}/").status_code == 404
    assert stranger.get(f"/reports/preview/{token}/report.pdf").status_code == 404


@pytest.mark.long
def test_a_token_of_another_kind_opens_nothing(link: PreviewLink, stranger: Client) -> None:
    assert stranger.get(f"/reports/preview/{links.sign('review.x', link.pk, 1)}/").status_code == 404


@pytest.mark.long
def test_guesses_are_counted(link: PreviewLink, stranger: Client) -> None:
    answers = {stranger.get(f"/reports/preview/1-1~{n}/").status_code for n in range(40)}
    assert answers == {404, 429}


@pytest.mark.long
def test_the_mail_with_the_link_is_shown_first_and_its_words_are_kept(snapshot: Snapshot, desk: Client) -> None:
    given = {"name": "Minister Norte", "to": "minister@example.org", "language": "es"}
    shown = desk.post(f"{DESK}link/", given)
    page = shown.content.decode()
    assert "1 e-mail will be sent." in page
    assert f"/es/reports/preview/{PLACEHOLDER}/" in page
    assert (PreviewLink.objects.count(), OutboxMail.objects.count()) == (0, 0)
    assert desk.post(f"{DESK}link/", given | {"seen": _seen(shown), "once": "k"}).status_code == 302
    made = PreviewLink.objects.get()
    with mail_server() as server:
        deliver_due()
    assert preview_token(made) in server.got[0].get_content()
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.is_masked, preview_token(made) in mail.text) == ("report.preview", True, False)
    report = desk.get(DESK).content.decode()
    assert "minister@example.org" in report
    assert f"/es/reports/preview/{PLACEHOLDER}/" in report


def _seen(answer: Any) -> str:
    return str(next(c for c in answer.context if "lines" in c)["seen"])


@pytest.mark.long
def test_a_link_can_be_made_without_a_mail(snapshot: Snapshot, desk: Client) -> None:
    assert desk.post(f"{DESK}link/", {"name": "Cabinet", "language": "en"}).status_code == 302
    made = PreviewLink.objects.get()
    assert OutboxMail.objects.count() == 0
    assert preview_token(made) in desk.get(DESK).content.decode()


@pytest.mark.long
def test_a_link_for_nobody_is_refused(snapshot: Snapshot, secretariat: User) -> None:
    with pytest.raises(Refused, match="Enter who gets the link"):
        make_preview(snapshot, by=secretariat, name=" ")
    with pytest.raises(Refused) as wrong:
        make_preview(snapshot, by=secretariat, name="Minister", to="minister at example")
    assert "to" in wrong.value.fields


@pytest.mark.long
def test_of_an_edition_that_was_not_public_there_is_nothing_to_publish(
    review: Review, acts: list[Action], secretariat: User
) -> None:
    review.edition.is_public = False
    review.edition.save()
    snapshot = close_review(review, by=secretariat)
    for act in (
        lambda: publish_report(snapshot, by=secretariat),
        lambda: schedule_report(snapshot, by=secretariat, at=datetime(2030, 1, 1, tzinfo=UTC)),
        lambda: make_preview(snapshot, by=secretariat, name="The minister"),
    ):
        with pytest.raises(Refused, match="has no public version"):
            act()


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_what_a_pack_has_closed_stays_published_with_its_day(stranger: Client) -> None:
    rows = Snapshot.objects.select_related("review", "release").exclude(review=None)
    assert rows.count() > 2
    for snapshot in rows:
        assert snapshot.review is not None
        assert snapshot.release.publish_at == snapshot.review.closed_at
    assert Snapshot.objects.filter(release=None).count() == 0
    newest = Snapshot.objects.published().first()
    assert newest is not None
    assert stranger.get(newest.get_absolute_url()).status_code == 200
