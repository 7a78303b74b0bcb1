"""What somebody with bad intentions would try with reports, their pages and their notices, and that it comes to nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import URLPattern, reverse

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.reachable import may_ask
from floreo.feeds import access
from floreo.feeds.actions.feeds import make_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.notices import make_rule as make_notice_rule
from floreo.feeds.actions.notices import send_notices
from floreo.feeds.actions.receiving import receive
from floreo.feeds.actions.rules import make_rule
from floreo.feeds.engine.rules import Rules
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.store.duck import connected
from floreo.feeds.models import Feed, FeedFile, FeedRule, Finding, Notice
from floreo.organisations.models import Holding, Organisation, User
from floreo.workspace.feeds.urls import urlpatterns
from tests.factories.strategy import make_country, make_organisation
from tests.feeds.engine.event_rows import events
from tests.feeds.making import HEADER, hand_in, name_of, shadow_feed

Browser = Callable[[User], Client]
People = Callable[..., User]
TODAY = date(2026, 11, 24)
SECRET = "zyxquarry"
SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|'/c calc'!A0"
HIDDEN, OURS = "203.0.113.66", "192.0.2.7"


def hostile(ip: str, text: str) -> str:
    """A row in which every cell that may hold words holds these."""
    expected = '"' + text.replace('"', '""') + '"'
    return f"{TODAY} 03:00:00,high,{ip},tcp,3389,{expected},{expected},64496,XX,{expected},{expected},0,{expected},{expected}"


@pytest.fixture
def bank(db: None, tmp_path: Path) -> Iterator[Organisation]:
    """Ours; beside it a body that nobody but the team knows, with events of its own. All from one hostile report."""
    with override_settings(DATA=tmp_path, EVENTS_ROOT=str(tmp_path / "events")), clock.pinned_day(day=TODAY):
        make_country()
        bank = make_organisation("bank", "Our bank")
        other = make_organisation(SECRET, f"{SECRET} unit", is_public=False)
        Holding.objects.create(state="approved", organisation=bank, kind="prefix", value="192.0.2.0/28")
        Holding.objects.create(
            state="approved", organisation=other, kind="prefix", value="203.0.113.64/28", service=f"{SECRET} service"
        )
        for body in (bank, other):
            body.contacts.create(purpose="Abuse", role="abuse", email=f"abuse@{body.code}.example")
        rows = [
            hostile(OURS, SCRIPT),
            hostile("192.0.2.8", FORMULA),
            hostile(HIDDEN, SECRET).replace("3389", "4444"),
            hostile("not an address", FORMULA),
        ]
        rows += [hostile("also none", SCRIPT)]
        feed = shadow_feed(code="nightly")
        for kind in ("scan_rdp", "scan_unheard"):
            hand_in(feed, "\n".join([HEADER, *rows, ""]).encode(), name_of(TODAY, kind))
        ingest_waiting(by=SYSTEM)
        make_notice_rule(by=SYSTEM, every="day", contact_role="abuse")
        send_notices(TODAY, by=SYSTEM)
        yield bank


@pytest.fixture
def operator(bank: Organisation, user_with: People) -> User:
    return user_with("operator", organisation=bank)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def pages() -> list[str]:
    """Every address of the workspace of feeds, for each thing that there is."""
    keys = {m: list(m.objects.values_list("pk", flat=True)) for m in (Finding, Notice, FeedFile)}
    known: dict[str, list[Any]] = {
        "finding": keys[Finding],
        "explorer": keys[Finding],
        "notice": keys[Notice],
        "skip": keys[Notice],
        "report": keys[FeedFile],
    }
    found = [
        "/workspace/findings/",
        "/workspace/findings/?download=csv",
        "/workspace/findings/?download=json",
        "/workspace/",
        "/workspace/search/?q=zyx",
    ]
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        names, name = list(pattern.pattern.converters), f"workspace:{pattern.name}"
        if names == ["pk"]:
            things = next((v for word, v in known.items() if word in name), [1])
        else:
            things = {"code": ["nightly"], "report_type": ["scan_unheard"]}.get("".join(names), [])
        found += [reverse(name, args=[thing]) for thing in things] if names else [reverse(name)]
    explorer = reverse("workspace:explorer")
    found += [f"{explorer}?by={by}" for by in ("day", "kind", "organisation", "sector", "district", "report_type")]
    found += [f"{explorer}?download=csv&by=organisation", f"{explorer}?download=events"]
    found += [
        f"{explorer}?organisation={SECRET}",
        f"{explorer}?address={HIDDEN}",
        f"{explorer}?organisation=bank&address={OURS}",
    ]
    return found


@pytest.mark.long
def test_an_operator_learns_nothing_of_another_bodys_events(operator: User, browser_of: Browser) -> None:
    browser = browser_of(operator)
    seen = {address: body_of(browser.get(address)) for address in pages()}
    opened = [address for address in seen if SECRET in address or HIDDEN in address]
    given = [a for a, body in seen.items() if SECRET in body.replace(a, "") or HIDDEN in body.replace(a, "")]
    assert [a for a in given if a not in opened] == []
    for address in opened:  # what was asked for may be said back, and nothing else
        assert not [word for word in (f"{SECRET} unit", f"{SECRET} service", "4444") if word in seen[address]]
    assert OURS in seen["/workspace/findings/"]  # and their own they do see


@pytest.mark.long
def test_an_operator_changes_nothing_that_is_not_theirs(operator: User, browser_of: Browser) -> None:
    browser = browser_of(operator)
    theirs = Finding.objects.exclude(organisation__code="bank")[0]
    before = [list(m.objects.order_by("pk").values()) for m in (Feed, Finding, Notice, FeedRule, FeedFile)]
    for address in pages():
        if "finding" in address and str(theirs.pk) not in address:
            continue
        answer = browser.post(
            address, {"reply": "not_ours", "name": "x", "reason": "x", "collector": "upload", "remark": "x"}
        )
        assert answer.status_code < 500, address
    assert [list(m.objects.order_by("pk").values()) for m in (Feed, Finding, Notice, FeedRule, FeedFile)] == before
    for get, thing in ((access.get_finding_for, theirs), (access.get_notice_for, theirs.notices.get())):
        with pytest.raises(Missing):
            get(operator, thing.pk)


@pytest.mark.long
def test_what_reports_say_runs_in_no_browser_and_no_spreadsheet(
    bank: Organisation, administrator: User, browser_of: Browser
) -> None:
    browser = browser_of(administrator)
    files = 0
    for address in pages():
        response = browser.get(address)
        body = body_of(response)
        if "text/csv" in response.headers.get("Content-Type", ""):
            files += 1
            cells = [cell for line in csv.reader(io.StringIO(body.lstrip("\ufeff"))) for cell in line]
            assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell[:1]], address
            assert response.headers["Content-Disposition"].startswith("attachment"), address
        else:
            assert SCRIPT not in body or "json" in response.headers["Content-Type"], address
            assert response.status_code < 500, address
    assert files >= 4


@pytest.mark.long
@pytest.mark.parametrize(
    "text",
    [
        "kind=' OR 1=1 --",
        "organisation=x') UNION SELECT * FROM read_text('/etc/passwd') --",
        "by=day) FROM x; --",
        'by="day"',
        "address=192.0.2.7' OR '1'='1",
        "start=2026-11-01'; DROP TABLE x",
        "start=0001-01-01&end=9999-12-31",
        "kind=%01",
        "end=2026-02-30",
    ],
)
def test_the_explorer_asks_only_what_its_form_offers(
    bank: Organisation, administrator: User, browser_of: Browser, text: str
) -> None:
    assert browser_of(administrator).get(f"/workspace/findings/explorer/?{text}").status_code == 422


def test_no_question_reaches_a_file_outside_the_store(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    (tmp_path / "store").mkdir()
    (tmp_path / "store-of-another").mkdir()
    (tmp_path / "store-of-another" / "x.csv").write_text(SECRET)
    tries = [
        f"SELECT * FROM read_text('{secret}')",
        f"SELECT * FROM '{tmp_path}/store-of-another/x.csv'",
        f"SELECT * FROM read_text('{tmp_path}/store/../secret.txt')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/new.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access=true",
        "SELECT * FROM 'http://127.0.0.1/x.csv'",
        "RESET allowed_directories",
    ]
    with connected(Store(tmp_path / "store")) as connection:
        for statement in tries:
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret.txt", "store", "store-of-another"]


@pytest.mark.parametrize("field", ['"; ATTACH', "extra", "source.ip) --", "key", 'organisation" OR 1=1'])
def test_a_rule_names_only_fields_that_there_are(db: None, field: str) -> None:
    with pytest.raises(Refused):
        make_rule(
            by=SYSTEM,
            name="x",
            does="drop",
            reason="x",
            when=[{"field": field, "is": "=", "value": "x"}],
            field="",
            value="",
        )
    assert not FeedRule.objects.exists()


def test_what_a_rule_says_of_further_columns_is_a_name_and_no_program() -> None:
    block = events({"source.ip": OURS, "extra": {"tag": "x"}})
    for name in ("tag) OR 1=1 --", 'tag" OR "1"="1', "tag FROM read_text('/etc/passwd')"):
        rule = {
            "name": "x",
            "when": [{"field": f"extra.{name}", "is": "=", "value": "x"}],
            "does": "drop",
            "field": "",
            "value": "",
        }
        assert Rules([rule]).apply(block).keep.tolist() == [True]


@pytest.mark.parametrize("place", ["../../etc", "/etc", "..", ".", "a/b", "a\\..\\b", ".hidden", "x\x00y", "~root", ""])
def test_a_watched_folder_lies_in_its_own_place(db: None, place: str) -> None:
    with pytest.raises(Refused):
        make_feed("x", by=SYSTEM, collector="folder", place=place)


@pytest.mark.parametrize(
    "place",
    ["file:///etc/passwd", "ftp://example.org/x", "http://user:pass@example.org/", "gopher://x", "//x", "javascript:1"],
)
def test_a_fetched_feed_is_an_address_of_the_web(db: None, place: str) -> None:
    with pytest.raises(Refused):
        make_feed("x", by=SYSTEM, collector="fetch", place=place)


@pytest.mark.parametrize(
    "machine",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "224.0.0.1",
        "255.255.255.255",
        "x",
    ],
)
@pytest.mark.one_database
def test_closed_networks_are_not_asked(machine: str) -> None:
    assert may_ask(machine) is False


def test_a_report_larger_than_is_taken_leaves_nothing(
    bank: Organisation, administrator: User, browser_of: Browser
) -> None:
    count = FeedFile.objects.count()
    with override_settings(REPORT_LARGEST=1000):
        answer = browser_of(administrator).post(
            "/workspace/feeds/nightly/upload/", {"file": SimpleUploadedFile("x.csv", b"a" * 5000)}
        )
    assert (answer.status_code, FeedFile.objects.count()) == (422, count)


def test_only_who_runs_feeds_hands_in_reports(bank: Organisation, user_with: People) -> None:
    feed = Feed.objects.get(code="nightly")
    for role in ("observer", "auditor", "analyst", "drafter", "operator", "lead"):
        tied = bank if role in {"operator", "lead"} else None
        with pytest.raises(NotAllowed):
            receive(feed, opened=io.BytesIO(b"x"), name="x.csv", by=user_with(role, organisation=tied))


@pytest.mark.long
@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("table", ["findings", "reports", "notices", "feeds"])
def test_a_stranger_finds_nothing_of_feeds_in_open_data(table: str, stranger: Client) -> None:
    for address in (f"/data/{table}.csv", f"/api/v1/{table}", f"/data/{table}/", f"/api/v1/{table}/1"):
        answer = stranger.get(address)
        assert answer.status_code in {401, 403, 404} or OURS not in body_of(answer), address
        assert OURS not in body_of(answer)
