"""Calendar subscriptions: what they hold, for whom, and that a calendar program can rely on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from floreo.core import links, throttle
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.editions import unpublish_edition
from floreo.strategy.models import Action, Edition, Milestone
from floreo.tasks.access import feed_token
from floreo.tasks.actions import renew_feed
from floreo.tasks.calendar import Entry, calendar_of, written

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def address(user: User) -> str:
    return reverse("portal:calendar", args=[feed_token(user)])


def read(body: bytes) -> dict[str, tuple[str, date, int]]:
    """Parsed back: title, day and sequence of each event by its UID."""
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    return {
        str(e["uid"]): (str(e["summary"]), e.decoded("dtstart"), int(str(e["sequence"])))
        for e in calendar.walk("VEVENT")
    }


def test_a_private_feed_holds_all_that_has_a_date(busy: Edition, lead: User, stranger: Client) -> None:
    response = stranger.get(address(lead))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    acts = {a.code: a.pk for a in Action.objects.all()}
    line = Milestone.objects.get().pk
    assert read(response.content) == {
        f"strategy.action:{acts['1.1.1']}@localhost": ("1.1.1 Action 1.1.1", date(2026, 10, 1), 0),
        f"strategy.action:{acts['1.1.2']}@localhost": ("1.1.2 Action 1.1.2", date(2026, 11, 20), 0),
        f"strategy.milestone:{line}@localhost": ("Line open", date(2026, 11, 30), 0),
    }


@pytest.mark.long
def test_events_are_whole_days_and_keep_nobody_busy(busy: Edition, lead: User) -> None:
    calendar = Calendar.from_ical(calendar_of(lead))
    assert isinstance(calendar, Calendar)
    assert str(calendar["x-wr-timezone"]) == "UTC"
    event = calendar.walk("VEVENT")[0]
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert str(event["transp"]) == "TRANSPARENT"
    assert str(event["url"]).startswith("http://localhost:8000/workspace/plan/")
    lines = calendar_of(lead).split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)


@pytest.mark.long
def test_the_same_is_told_in_the_same_bytes_and_a_change_is_counted(busy: Edition, lead: User) -> None:
    first = calendar_of(lead)
    assert calendar_of(lead) == first
    Milestone.objects.update(due_on=date(2026, 12, 1))
    moved = {title: (day, n) for title, day, n in read(calendar_of(lead)).values()}
    assert moved["Line open"] == (date(2026, 12, 1), 1)
    assert moved["1.1.1 Action 1.1.1"] == (date(2026, 10, 1), 0)


@pytest.mark.long
def test_reading_a_calendar_leaves_no_trace_in_the_trail(busy: Edition, lead: User, stranger: Client) -> None:
    before = AuditEntry.objects.count()
    stranger.get(address(lead))
    assert AuditEntry.objects.count() == before


@pytest.mark.long
def test_a_renewed_address_makes_the_old_one_worthless(busy: Edition, lead: User, stranger: Client) -> None:
    old = address(lead)
    renew_feed(lead, by=lead)
    refused = stranger.get(old)
    assert refused.status_code == 404
    assert "This calendar address was replaced" in refused.content.decode()
    assert "1.1.1" not in refused.content.decode()
    assert stranger.get(address(lead)).status_code == 200
    older = address(lead)
    renew_feed(lead, by=lead)
    assert stranger.get(older).status_code == 404


@pytest.mark.long
def test_nobody_renews_the_calendar_of_another(busy: Edition, lead: User, administrator: User) -> None:
    for by in (administrator, SYSTEM):
        with pytest.raises(NotAllowed):
            renew_feed(lead, by=by)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("token", ["1-1", "1-1~", "1-1~forged", "x~y", "~", "1-1~" + "A" * 500])
def test_a_forged_address_opens_nothing(token: str, busy: Edition, lead: User, stranger: Client) -> None:
    assert stranger.get(f"/calendar/{token}.ics").status_code == 404


@pytest.mark.long
def test_the_signature_of_another_purpose_opens_nothing(busy: Edition, lead: User, stranger: Client) -> None:
    token = links.sign("review", lead.pk, 1)
    assert stranger.get(reverse("portal:calendar", args=[token])).status_code == 404


@pytest.mark.long
def test_a_closed_account_has_no_calendar(busy: Edition, lead: User, stranger: Client) -> None:
    old = address(lead)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert stranger.get(old).status_code == 404


@pytest.mark.long
def test_an_account_without_a_role_has_no_calendar(busy: Edition, lead: User, stranger: Client) -> None:
    old = address(lead)
    lead.memberships.all().delete()
    assert stranger.get(old).status_code == 404


@pytest.mark.long
def test_each_gets_only_their_own(busy: Edition, lead: User, other_lead: User) -> None:
    assert {title for title, *_rest in read(calendar_of(other_lead)).values()} == {"1.1.4 Action 1.1.4"}
    assert not set(read(calendar_of(lead))) & set(read(calendar_of(other_lead)))


@pytest.mark.long
def test_too_many_tries_are_slowed(busy: Edition, lead: User, stranger: Client) -> None:
    forged = [stranger.get("/calendar/1-1~forged.ics").status_code for _n in range(25)]
    assert forged[0] == 404
    assert forged[-1] == 429
    assert stranger.get(address(lead)).status_code == 200  # whoever has a good address is not held up by them
    for _n in range(28):  # what the page spends of the same bucket, without the calendar, which takes longer
        throttle.spend("calendar", str(lead.pk), capacity=30, per_hour=60)
    assert [stranger.get(address(lead)).status_code for _n in range(3)][-1] == 429


@pytest.mark.long
def test_a_calendar_is_only_read(busy: Edition, lead: User) -> None:
    assert Client().post(address(lead)).status_code == 405


def test_words_that_would_break_a_calendar_are_kept_as_text(country: object) -> None:
    odd = 'A "quoted", semi;colon\\back\nsecond line BEGIN:VEVENT \x00\x07 ñandú ' + "long " * 60
    entry = Entry("x:1", date(2026, 12, 1), odd, odd, "http://localhost/", 0, AT)
    (event,) = Calendar.from_ical(written("Odd", [entry])).walk("VEVENT")
    assert str(event["summary"]) == odd.replace("\x00", "").replace("\x07", "")


@pytest.mark.long
def test_an_editions_public_milestones_for_anybody(
    busy: Edition, stranger: Client, browser_of: Callable[[User], Client], secretariat: User
) -> None:
    Action.objects.filter(code="1.1.1").update(is_public=False)
    hidden = Milestone.objects.create(
        action=Action.objects.get(code="1.1.1"), code="h", title="Hidden", due_on=date(2026, 12, 9)
    )
    place = reverse("portal:edition_calendar", args=[busy.code])
    for browser in (stranger, browser_of(secretariat)):  # what leaves here is public, whoever asks
        body = browser.get(place).content
        assert {title for title, *_rest in read(body).values()} == {"Line open"}
        assert str(hidden.pk).encode() + b"@" not in body
    unpublish_edition(busy, by=SYSTEM, reason="A mistake.")
    assert stranger.get(place).status_code == 404


@pytest.mark.long
def test_a_merged_organisations_calendar_goes_on(
    busy: Edition, csirt: Organisation, police: Organisation, other_lead: User
) -> None:
    csirt.merged_into = police
    csirt.save()
    assert len(read(calendar_of(other_lead))) == 4
