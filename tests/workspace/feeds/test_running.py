"""Running feeds in the workspace: four fields, a file handed in, tried, mapped; rules seen before they count."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.models import Feed, FeedFile, FeedRule, TypeMapping
from floreo.organisations.models import Network, User
from tests.factories import organisations as make
from tests.factories.strategy import make_country
from tests.pages import squeezed
from tests.workspace.feeds.test_feeds import page

Browser = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CSV = (
    "when,who,what,port\n2026-11-24 01:00:00,192.0.2.7,open-thing,99\n"
    + "".join(f"2026-11-24 0{n}:00:00,192.0.2.1{n},open-thing,99\n" for n in range(2, 9))
    + "2026-11-24 03:00:00,nonsense,open-thing,99\n"
)


@pytest.fixture
def responder(user_with: Callable[..., User], browser_of: Browser, tmp_path: object) -> Client:
    make_country()
    Network.objects.create(
        asn=64500, name="Bank", holder=make.organisation("bank", "A bank"), prefixes=["192.0.2.0/29"]
    )
    return browser_of(user_with("responder"))


@pytest.fixture(autouse=True)
def events(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EVENTS_ROOT", f"{tmp_path}/events")


def file(text: str = CSV, name: str = "2026-11-24-strange_things-isla.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def made(responder: Client) -> Feed:
    given = {"name": "Own scans", "collector": "upload", "place": "", "format": ""}
    answer = responder.post("/workspace/feeds/new/", given)
    feed = Feed.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/workspace/feeds/{feed.code}/")
    return feed


def test_a_new_feed_leads_to_its_own_page_where_a_file_is_uploaded(responder: Client) -> None:
    made(responder)
    page = responder.get("/workspace/feeds/own-scans/").content.decode()
    assert [each in page for each in ("<h1>Own scans</h1>", "Feed added. Test it with one of its files.")] == [True] * 2
    assert 'href="/workspace/feeds/own-scans/upload/"' in page


def test_four_fields_make_a_feed_and_a_wrong_place_is_named(responder: Client) -> None:
    wrong = responder.post(
        "/workspace/feeds/new/", {"name": "Own scans", "collector": "folder", "place": "../../etc", "format": ""}
    )
    assert (
        wrong.status_code,
        "Use letters, digits, full stops and hyphens for the folder name. The folder is in “incoming”, in the data folder."
        in wrong.content.decode(),
    ) == (422, True)
    feed = made(responder)
    given = {
        "name": "Own scans",
        "collector": "fetch",
        "place": "https://reports.example/x",
        "format": "csv",
        "every_minutes": "60",
        "absent_runs": "3",
        "tlp": "AMBER",
        "is_active": "on",
        "fetch_secret": "Bearer hidden-words",
        "version": feed.version,
    }
    assert responder.post(f"/workspace/feeds/{feed.code}/edit/", given).status_code == 302
    assert Feed.objects.get().header() == "Bearer hidden-words"
    for address in (f"/workspace/feeds/{feed.code}/", f"/workspace/feeds/{feed.code}/edit/"):
        assert "hidden-words" not in page(responder, address)
    given |= {"fetch_secret": "", "version": Feed.objects.get().version}
    assert responder.post(f"/workspace/feeds/{feed.code}/edit/", given).status_code == 302
    assert Feed.objects.get().header() == "Bearer hidden-words"


def test_a_file_is_tried_without_a_trace_then_uploaded_once(responder: Client) -> None:
    feed = made(responder)
    tried = responder.post(f"/workspace/feeds/{feed.code}/try/", {"file": file()}).content.decode()
    assert "No: its columns would have to be matched" in tried
    assert not FeedFile.objects.exists()
    assert "Choose a file first." in responder.post(f"/workspace/feeds/{feed.code}/try/", {}).content.decode()
    broken = SimpleUploadedFile("x.csv.gz", gzip.compress(CSV.encode())[:-12])
    assert (
        "The file is incomplete: the transfer was interrupted. Get the file again."
        in responder.post(f"/workspace/feeds/{feed.code}/try/", {"file": broken}).content.decode()
    )
    for text in ("File saved. It will be read within a few minutes.", "This file has already been received."):
        sent = responder.post(f"/workspace/feeds/{feed.code}/upload/", {"file": file(), "day": ""}, follow=True)
        assert text in sent.content.decode()
    assert FeedFile.objects.count() == 1


def test_an_unknown_type_is_mapped_in_four_fields_and_seen_first(responder: Client) -> None:
    feed = made(responder)
    responder.post(f"/workspace/feeds/{feed.code}/upload/", {"file": file(), "day": ""})
    ingest_waiting(by=SYSTEM)
    report = FeedFile.objects.get()
    assert report.is_known_type is False
    address = f"/workspace/feeds/types/{report.report_type}/"
    assert address in page(responder, "/workspace/feeds/")
    form = page(responder, address)
    for column in ("who", "when", "port"):
        assert f'<option value="{column}" selected>' in form
    facts = {"address": "who", "time": "when", "port": "port", "kind": "column:what", "name": "", "version": ""}
    seen = responder.post(address, facts | {"try": "1"}).content.decode()
    assert ("192.0.2.7:99" in seen, "open-thing" in seen, "bank" in seen) == (True, True, True)
    assert not TypeMapping.objects.exists()
    nothing = responder.post(address, {"keep": "1", "version": ""})
    assert nothing.status_code == 422
    assert responder.post(address, facts | {"keep": "1"}).status_code == 302
    assert TypeMapping.objects.get().mapping == {
        "address": "who",
        "time": "when",
        "port": "port",
        "kind": "column:what",
    }
    assert page(responder, "/workspace/feeds/types/never-seen/", 404)


def test_a_rule_is_off_shows_what_it_would_do_and_is_switched_on(responder: Client) -> None:
    feed = made(responder)
    Feed.objects.update(mapping={"address": "who", "time": "when", "port": "port", "kind": "column:what"})
    responder.post(f"/workspace/feeds/{feed.code}/upload/", {"file": file(), "day": ""})
    ingest_waiting(by=SYSTEM)
    facts = {
        "name": "Ours",
        "field_1": "source.ip",
        "is_1": "in network",
        "value_1": "192.0.2.0/29",
        "does": "drop",
        "field": "",
        "value": "",
        "reason": "Our own scanner",
    }
    wrong = responder.post("/workspace/feeds/rules/new/", facts | {"value_1": "'; DROP TABLE events --"})
    assert (wrong.status_code, "” with a network: 192.0.2.0/24." in wrong.content.decode()) == (422, True)
    assert responder.post("/workspace/feeds/rules/new/", facts).status_code == 302
    rule = FeedRule.objects.get()
    text = squeezed(page(responder, f"/workspace/feeds/rules/{rule.pk}/"))
    for part in ("It matches 1 event in", "Off: the rule does not apply yet.", "then: discard the row.", ">discarded<"):
        assert part in text, part
    assert responder.post(f"/workspace/feeds/rules/{rule.pk}/switch/", {"to": "on"}).status_code == 302
    assert "source.ip is in 192.0.2.0/29" in page(responder, "/workspace/feeds/rules/")
    rule.refresh_from_db()
    assert rule.is_on
    assert responder.post(f"/workspace/feeds/rules/{rule.pk}/remove/").status_code == 302


def test_reports_may_be_larger_than_other_files_but_not_from_whoever(
    responder: Client, user_with: Callable[..., User], browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = made(responder)
    monkeypatch.setattr(settings, "UPLOAD_LARGEST", 1024)
    large = CSV + "2026-11-24 04:00:00,192.0.2.3,open-thing,99\n" * 200
    assert responder.post(f"/workspace/feeds/{feed.code}/upload/", {"file": file(large), "day": ""}).status_code == 302
    refused = responder.post(f"/workspace/feeds/{feed.code}/try/", {"file": file(large)})
    assert "is larger than" in refused.content.decode()
    observer = browser_of(user_with("observer"))
    assert observer.post(f"/workspace/feeds/{feed.code}/upload/", {"file": file(large), "day": ""}).status_code == 403
