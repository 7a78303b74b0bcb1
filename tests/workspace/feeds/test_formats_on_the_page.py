"""Files as sources deliver them, brought in as a person does: a feed, a file, what is guessed, what has to be chosen, saved, read. What
came of it is counted again by a few lines of csv, json and ipaddress. Files of the sources themselves, as other projects test with them, are
no part of the project: FEED_FILES names their folder, or they lie beside the checkout."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.receiving import TO_DESCRIBE
from floreo.feeds.models import Feed, FeedFile, FileState, Finding
from floreo.organisations.models import Network, User
from tests.conftest import SAMPLES
from tests.factories import organisations as make
from tests.factories.strategy import make_country
from tests.feeds.engine import outside
from tests.pages import squeezed
from tests.workspace.feeds.formats import FORMATS, Found, data_of, lines, of_url, rows

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OURS = ("192.0.2.0/24", "198.51.100.128/25")
THEIR_FILES = Path(os.environ.get("FEED_FILES") or SAMPLES / "feeds")


@pytest.fixture
def responder(
    user_with: Callable[..., User],
    browser_of: Callable[[User], Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Client:
    monkeypatch.setattr(settings, "EVENTS_ROOT", f"{tmp_path}/events")
    make_country()
    Network.objects.create(asn=64500, name="Bank", holder=make.organisation("bank", "A bank"), prefixes=list(OURS))
    return browser_of(user_with("responder"))


CHOICES = {0: 12, 1: 6, 2: 2}  # how many formats need so many fields to be changed by hand; the guide has the table


def is_ours(host: str) -> bool:
    """By the register of the test."""
    try:
        network = ip_network(host)
    except ValueError:
        return False
    return any(network.overlaps(ip_network(each)) for each in OURS)


# What a person does

NEW = "/workspace/feeds/new/"


def words(answer: Any) -> str:
    return squeezed(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def uploaded(responder: Client, content: str | bytes, name: str, *, describes: bool) -> tuple[Feed, Any]:
    """A new feed with that file, and the page on which its upload ends."""
    responder.post(NEW, {"name": "A list", "collector": "upload", "place": "", "format": ""})
    feed = Feed.objects.get()
    given = {"file": SimpleUploadedFile(name, data_of(content)), "day": ""} | ({"describe": "on"} if describes else {})
    return feed, responder.post(f"/workspace/feeds/{feed.code}/upload/", given, follow=True)


def shown(page: Any) -> dict[str, Any]:
    """What the fields of the form hold."""
    form = page.context["form"]
    values = {name: form[name].field.prepare_value(form[name].value()) for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def worker() -> None:
    ingest_waiting(by=SYSTEM)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_file_is_guessed_shown_corrected_in_two_fields_at_most_and_read(responder: Client, name: str) -> None:
    given = FORMATS[name]
    feed, page = uploaded(responder, given.content, given.file, describes=True)
    address = page.redirect_chain[-1][0]
    assert address == f"/workspace/feeds/{feed.code}/arrangement/"  # one press brought the person here
    assert "File saved. It is read once you save its description." in words(page)
    worker()  # whoever is quicker: the file waits for its description
    assert (FeedFile.objects.get().state, Finding.objects.count()) == (FileState.WAITING, 0)
    assert "All of it is a guess from the latest file." in words(page)
    form = shown(page)
    assert all(
        form.get(key) != value for key, value in given.chosen.items()
    )  # each is a choice, or it would not be listed
    if given.chosen:
        page = responder.post(address, {**form, **given.chosen, "try": "1"})
    found = given.count(given.content)
    text = words(page)
    assert f"Saved as events {len(found)}" in text
    for host, port in found:  # the first rows as they would become
        assert (host if port is None else f"{host}:{port}") in text
    saved = responder.post(address, {**form, **given.chosen, "keep": "1"}, follow=True)
    assert "Saved. The latest file is read this way within a few minutes, and so are those to come." in words(saved)
    worker()
    report = FeedFile.objects.get()
    assert (report.state, report.problem, report.report_type) == (FileState.DONE, "", "")
    assert (report.kept, report.rejected) == (len(found), given.rejected)
    assert Finding.objects.count() == len({each for each in found if is_ours(each[0])}) > 0
    assert set(Finding.objects.values_list("organisation__code", flat=True)) == {"bank"}
    assert [entry.detail["file"] for entry in AuditEntry.objects.filter(verb="report.read_again")] == [given.file]


def test_how_many_fields_are_changed_is_known() -> None:
    counts = [len(given.chosen) for given in FORMATS.values()]
    assert {n: counts.count(n) for n in set(counts)} == CHOICES


def test_what_would_read_no_row_is_not_saved(responder: Client) -> None:
    feed, page = uploaded(responder, outside.UNDECIDED, "list.csv", describes=True)
    address = f"/workspace/feeds/{feed.code}/arrangement/"
    refused = responder.post(address, {**shown(page), "keep": "1"})
    assert refused.status_code == 422
    assert "No row of the latest file would be saved this way: see the first rejected rows." in words(refused)
    assert "2 × The value in the time column is not a time." in words(refused)
    assert (Feed.objects.get().mapping, FeedFile.objects.get().state) == ({}, FileState.WAITING)
    assert responder.post(address, {**shown(page), "order": "mdy", "keep": "1"}).status_code == 302


# A worker that was quicker than the person


@pytest.mark.long
def test_a_file_of_which_nothing_was_kept_is_read_again_when_it_is_described(responder: Client) -> None:
    feed, page = uploaded(responder, outside.FEODO, "ipblocklist.csv", describes=False)
    worker()
    before = FeedFile.objects.get()
    assert page.redirect_chain[-1][0] == before.get_absolute_url()
    assert (before.state, before.kept, before.rejected, before.report_type) == (FileState.DONE, 0, 2, "ipblocklist")
    address = f"/workspace/feeds/{feed.code}/arrangement/"
    saved = responder.post(address, {**shown(responder.get(address)), "keep": "1"}, follow=True)
    assert "The latest file is read this way within a few minutes" in words(saved)
    worker()
    after = FeedFile.objects.get()
    assert (after.kept, after.rejected, after.report_type, Finding.objects.count()) == (2, 0, "", 2)


@pytest.mark.long
def test_what_was_kept_stays_as_it_was_read(responder: Client) -> None:
    feed, _page = uploaded(responder, outside.PHISHTANK, "online-valid.csv", describes=False)
    worker()
    before = list(Finding.objects.values_list("pk", "kind"))
    assert FeedFile.objects.get().kept == 2
    address = f"/workspace/feeds/{feed.code}/arrangement/"
    saved = responder.post(address, {**shown(responder.get(address)), "keep": "1"}, follow=True)
    assert "Saved. These files will be read this way from now on." in words(saved)
    worker()
    assert list(Finding.objects.values_list("pk", "kind")) == before
    assert not AuditEntry.objects.filter(verb="report.read_again").exists()


def test_a_file_that_nobody_describes_is_read_after_half_an_hour(responder: Client) -> None:
    with clock.pinned_day(day=clock.today()):
        uploaded(responder, outside.PHISHTANK, "online-valid.csv", describes=True)
        waiting = FeedFile.objects.get()
        assert waiting.claimed_until is not None
        assert abs((waiting.claimed_until - clock.now()) - TO_DESCRIBE).total_seconds() < 60
    FeedFile.objects.update(claimed_until=clock.now() - TO_DESCRIBE)
    worker()
    assert FeedFile.objects.get().kept == 2


@pytest.mark.long
def test_a_feed_that_is_described_asks_nothing_more(responder: Client) -> None:
    feed, _page = uploaded(responder, outside.URLHAUS, "csv_recent.csv", describes=True)
    address = f"/workspace/feeds/{feed.code}/arrangement/"
    responder.post(address, {**shown(responder.get(address)), "keep": "1"})
    form = responder.get(f"/workspace/feeds/{feed.code}/upload/").context["form"]
    assert list(form.fields) == ["day", "file"]
    again = outside.URLHAUS.replace("3001", "3003").replace("192.0.2.21", "192.0.2.23")
    responder.post(
        f"/workspace/feeds/{feed.code}/upload/", {"file": SimpleUploadedFile("csv_recent.csv", again.encode())}
    )
    worker()
    assert list(Finding.objects.order_by("ip").values_list("ip", flat=True)) == ["192.0.2.21", "192.0.2.23"]


# Files that nobody here wrote

THEIRS: Mapping[str, tuple[Callable[[Any], Found], Mapping[str, str], int]] = {
    "feodoips.txt": (lambda t: [(r[1], int(r[2])) for r in rows(t)], {"category": "c2-server"}, 0),
    "feodotracker.json": (lambda t: [(r["ip_address"], r["port"]) for r in json.loads(t)], {}, 0),
    "urlhaus.txt": (lambda t: [(r[5], of_url(r[1])[1]) for r in rows(t)], {}, 0),
    "drop.txt": (lambda t: [(r[0].strip(), None) for r in rows(t, ";", ";")], {"kind": "blocklisted"}, 0),
    "shodan.jsonl": (lambda t: [(r["ip_str"], r["port"]) for r in lines(t)], {}, 0),
}


@pytest.mark.skipif(not THEIR_FILES.exists(), reason="the files of others are not on this machine")
@pytest.mark.parametrize("name", sorted(THEIRS))
def test_a_file_of_the_source_itself_is_read_too(responder: Client, name: str) -> None:
    count, chosen, rejected = THEIRS[name]
    content = (THEIR_FILES / name).read_text("utf-8")
    _feed, page = uploaded(responder, content, name, describes=True)
    address = page.redirect_chain[-1][0]
    responder.post(address, {**shown(page), **chosen, "keep": "1"})
    worker()
    report = FeedFile.objects.get()
    assert (report.kept + report.duplicates, report.rejected, report.problem) == (len(count(content)), rejected, "")
