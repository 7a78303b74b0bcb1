"""Evidence lines: what a web host, and a provider whose customers share an address, need to find the site and the customer."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core import clock, throttle
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.feeds import lines as evidence_lines
from floreo.feeds import notice_csv
from floreo.feeds.access import lines_for
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.notices import send_notices
from floreo.feeds.actions.pools import mark_pool
from floreo.feeds.actions.retention import compact_days
from floreo.feeds.engine.store import Store, Wanted, retain
from floreo.feeds.engine.store import lines as stored_lines
from floreo.feeds.holding_links import token_of
from floreo.feeds.lines import codes_of, lines_in_notice, lines_of, read_ahead, wanted_in_notice
from floreo.feeds.models import Feed, Finding, Notice
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Country, Holding, Organisation, User
from floreo.portal.views.findings import LOOKS, LOOKS_PER_HOUR
from tests.conftest import make_user
from tests.factories import strategy as make
from tests.feeds.making import hand_in, make_register, name_of, shadow_feed

DAY = date(2026, 9, 7)
BANK = "192.0.2.20"


@pytest.fixture
def feed(db: None, feeds_folder: object) -> Iterator[Feed]:
    make.make_country()
    make_register()
    with clock.pinned_day(day=DAY + timedelta(days=3)):
        yield shadow_feed()


def handed(feed: Feed, text: str, kind: str, day: date = DAY) -> None:
    hand_in(feed, text.encode(), name_of(day, kind))
    ingest_waiting(by=SYSTEM)


def sinkholed(feed: Feed, *calls: tuple[str, int], ip: str = BANK, day: date = DAY, also: Sequence[str] = ()) -> None:
    """One report of a day. `also`: other addresses that make the same calls."""
    header = "timestamp,severity,protocol,src_ip,src_port,src_asn,dst_ip,dst_port,infection,family,tag"
    rows = [
        f"{day} {at},critical,tcp,{address},{port},64496,198.51.100.9,80,avalanche,avalanche,"
        f"{'sinkhole' if port else '=1+1'}"
        for address in (ip, *also)
        for at, port in calls
    ]
    handed(feed, "\n".join([header, *rows, ""]), "event4_sinkhole", day)


def in_file(*findings: Finding, codes: list[str] | None = None) -> list[dict[str, str]]:
    text = notice_csv.as_csv(findings, codes=codes)
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.long
def test_each_connection_of_a_bot_is_a_line_with_its_time_and_source_port(feed: Feed) -> None:
    """The review's: one row with no port at all, and no second time."""
    sinkholed(feed, ("03:00:00", 50123), ("04:30:00", 61999), ("04:30:00", 61999))
    found = Finding.objects.get()
    assert found.times_seen == 2  # the same line twice is one observation
    assert [
        (row["seen_at"], row["source_port"], row["destination_address"], row["destination_port"])
        for row in in_file(found)
    ] == [
        ("2026-09-07T04:30:00+00:00", "61999", "198.51.100.9", "80"),
        ("2026-09-07T03:00:00+00:00", "50123", "198.51.100.9", "80"),
    ]
    assert {row["tags"] for row in in_file(found)} == {"sinkhole"}


@pytest.mark.long
def test_two_urls_of_one_web_host_are_two_lines(feed: Feed) -> None:
    """The review's: one row, with an address only."""
    header = "timestamp,severity,url,ip,hostname,asn"
    urls = [f"http://shop{n}.example/a?b={n}" for n in (1, 2)]
    rows = [f"{DAY} 0{n}:00:00,critical,{url},{BANK},shop{n}.example,64496" for n, url in enumerate(urls, 1)]
    handed(feed, "\n".join([header, *rows, ""]), "malware_url")
    assert {(row["url"], row["host"]) for row in in_file(*Finding.objects.all())} == {
        (urls[0], "shop1.example"),
        (urls[1], "shop2.example"),
    }


@pytest.mark.long
def test_a_compromised_site_says_what_for_and_where(feed: Feed) -> None:
    header = "timestamp,severity,ip,port,hostname,tag,application,asn,url,http_host,category"
    rows = [
        f"{DAY} 01:00:00,critical,{BANK},80,,x,http,64496,http://bank.example/{word},www.bank.example,{word}"
        for word in ("phishing", "spam", "else")
    ]
    handed(feed, "\n".join([header, *rows, ""]), "compromised_website")
    kinds = {found.kind: in_file(found)[0]["url"] for found in Finding.objects.all()}
    assert kinds == {
        "compromised-website-phishing": "http://bank.example/phishing",
        "compromised-website-spam": "http://bank.example/spam",
        "compromised-website": "http://bank.example/else",
    }


@pytest.mark.long
def test_the_newest_lines_are_shown_and_the_others_counted(feed: Feed, secretariat: User) -> None:
    sinkholed(feed, *((f"03:{n:02}:00", 50000 + n) for n in range(30)))
    found = Finding.objects.get()
    lines = lines_for(secretariat, found, most=20)
    assert [line.source_port for line in lines.shown] == [50029 - n for n in range(20)]
    assert lines.left_out == 10
    rows = in_file(found)
    assert (len(rows), {row["lines_left_out"] for row in rows}) == (5, {"25"})


@pytest.mark.long
def test_a_machine_has_the_lines_of_all_its_addresses_and_of_its_days_there_alone(feed: Feed) -> None:
    def scanned(day: date, shown: dict[str, str]) -> None:
        header = "timestamp,severity,ip,protocol,port,asn,sha256_fingerprint"
        rows = [f"{day} 03:00:00,medium,{ip},tcp,3389,64496,{key * 16}" for ip, key in shown.items()]
        handed(feed, "\n".join([header, *rows, ""]), "scan_rdp", day)

    scanned(DAY, {"192.0.2.60": "ab12"})
    scanned(DAY + timedelta(days=1), {"192.0.2.61": "ab12", "192.0.2.60": "cd34"})
    found = Finding.objects.get(unit__contains="ab12")
    rows = in_file(found)
    assert [(row["source_address"], row["certificate"][:4], row["machine"][:16]) for row in rows] == [
        ("192.0.2.61", "ab12", "certificate:ab12"),
        ("192.0.2.60", "ab12", "certificate:ab12"),
    ]


@pytest.mark.long
def test_lines_are_the_events_and_go_with_them(feed: Feed) -> None:
    sinkholed(feed, ("03:00:00", 50123))
    found = Finding.objects.get()
    (before,) = lines_of([found], most=9, codes=None)[found.pk].shown
    with clock.pinned_day(day=DAY + timedelta(days=9)):
        assert compact_days() == 1
    (after,) = lines_of([found], most=9, codes=None)[found.pk].shown
    assert (after.at, after.source_port, json.loads(after.extra)["tag"]) == (before.at, 50123, "sinkhole")
    assert before.at == datetime(2026, 9, 7, 3, tzinfo=UTC)
    retain(Store(settings.EVENTS_ROOT), DAY + timedelta(days=1))
    assert lines_of([found], most=9, codes=None) == {}
    assert [row["seen_at"] for row in in_file(found)] == [""]  # the finding stays


def test_what_strangers_write_runs_in_no_spreadsheet(feed: Feed) -> None:
    sinkholed(feed, ("03:00:00", 0))
    assert in_file(Finding.objects.get())[0]["tags"] == "'=1+1"


@pytest.mark.long
def test_a_new_holder_sees_no_line_of_the_one_before(
    feed: Feed, user_with: Callable[..., User], browser_of: Callable[[User], Client], secretariat: User
) -> None:
    sinkholed(feed, ("03:00:00", 50123))
    telco = make.make_organisation("telco")
    Holding.objects.filter(kind="prefix").update(organisation=telco)
    sinkholed(feed, ("03:00:00", 50999), day=DAY + timedelta(days=1))
    found = Finding.objects.get()
    assert found.organisation == telco
    own, team = user_with("operator", organisation=telco), secretariat
    assert [line.source_port for line in lines_for(own, found, most=9).shown] == [50999]
    assert [line.source_port for line in lines_for(team, found, most=9).shown] == [50999, 50123]
    assert [row["source_port"] for row in in_file(found, codes=codes_of(telco))] == ["50999"]
    page = browser_of(own).get(found.get_absolute_url()).content.decode()
    assert "50999" in page
    assert "50123" not in page
    other = user_with("operator", organisation=Organisation.objects.get(code="bank"), email="bank@example.org")
    assert browser_of(other).get(found.get_absolute_url()).status_code == 404


@pytest.mark.long
def test_a_program_reads_all_lines_in_pages_whatever_is_written_meanwhile(feed: Feed) -> None:
    sinkholed(feed, ("02:00:00", 40000), *calls(5), ("03:00:04", 60004))
    found = Finding.objects.get()
    user = make_user("operator", organisation=found.organisation, email="bank@example.org")
    program = Client(headers={"Authorization": f"Bearer {make_token(user, by=SYSTEM, name='siem')[1]}"})
    pages, address = [], f"/api/v1/findings/{found.pk}/lines?limit=3"
    while address:
        given = program.get(address).json()
        pages.append(([line["source_port"] for line in given["lines"]], given["left_out"]))
        address = given["next"]
        if len(pages) == 1:
            assert "limit=3" in address
            sinkholed(feed, ("05:00:00", 50555), day=DAY + timedelta(days=1))
        elif len(pages) == 2:
            with clock.pinned_day(day=DAY + timedelta(days=9)):
                compact_days()
    assert set(pages[0][0][:2]) == {50004, 60004}
    assert [port for ports, _left in pages for port in ports][2:] == [50003, 50002, 50001, 50000, 40000]
    assert [left for _ports, left in pages] == [4, 1, 0]
    assert program.get(f"/api/v1/findings/{found.pk}/lines").json()["lines"][0]["source_port"] == 50555
    for after in ("x", "20260907-1", "99999999-1-1-1", "20260907-1-1-99999999999999999999", "2026-1-1-1"):
        refused = program.get(f"/api/v1/findings/{found.pk}/lines", {"after": after})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_cursor"), after
    for limit in ("0", "201", "x"):
        assert program.get(f"/api/v1/findings/{found.pk}/lines", {"limit": limit}).status_code == 422


def test_lines_are_read_one_by_one_too(feed: Feed) -> None:
    sinkholed(feed, *calls(3))
    found = Finding.objects.get()
    seen: list[int] = []
    place = ""
    for _page in range(3):
        lines = lines_of([found], most=1, codes=None, after=place)[found.pk]
        seen += [line.source_port for line in lines.shown]
        place = lines.place
    assert (seen, place) == ([50002, 50001, 50000], "")


def test_a_program_reads_the_lines_of_its_own_findings_alone(feed: Feed) -> None:
    sinkholed(feed, ("03:00:00", 50123))
    found = Finding.objects.get()
    words = {
        code: make_token(
            make_user("operator", organisation=Organisation.objects.get(code=code), email=f"{code}@example.org"),
            by=SYSTEM,
            name=code,
        )[1]
        for code in ("bank", "provider")
    }

    def read(code: str, key: object) -> tuple[int, dict[str, Any]]:
        answer = Client(headers={"Authorization": f"Bearer {words[code]}"}).get(f"/api/v1/findings/{key}/lines")
        return answer.status_code, answer.json()

    status, given = read("bank", found.pk)
    assert (status, given["left_out"]) == (200, 0)
    (line,) = given["lines"]
    assert (line["source_port"], line["at"]) == (50123, "2026-09-07T03:00:00Z")
    assert read("provider", found.pk)[0] == 404
    for key in ("x", "9" * 40, "-1"):
        assert read("bank", key)[0] in {404, 422}, key
    assert Client().get(f"/api/v1/findings/{found.pk}/lines").status_code == 401


def calls(many: int, first_port: int = 50000) -> list[tuple[str, int]]:
    """As many connections, one a second, each from its own source port."""
    return [(f"03:{n // 60:02}:{n % 60:02}", first_port + n) for n in range(many)]


def shared(prefix: str = "192.0.2.16/28", kind: str = "nat") -> None:
    mark_pool(Organisation.objects.get(code="bank"), by=SYSTEM, prefix=prefix, kind=kind)


@pytest.mark.long
def test_the_file_has_each_customer_behind_a_shared_address(feed: Feed) -> None:
    """The review's: of thirty customers, twenty-five were left out."""
    shared("192.0.2.20/32")
    sinkholed(feed, *calls(30))
    sinkholed(feed, *calls(30), ip="192.0.2.21", day=DAY + timedelta(days=1))
    rows = in_file(*Finding.objects.order_by("ip"))
    at_shared = [row for row in rows if row["address"] == BANK]
    assert {row["source_port"] for row in at_shared} == {str(50000 + n) for n in range(30)}
    assert {row["lines_left_out"] for row in at_shared} == {"0"}
    others = [row for row in rows if row["address"] == "192.0.2.21"]
    assert (len(others), {row["lines_left_out"] for row in others}) == (5, {"25"})


@pytest.mark.long
def test_an_address_that_changes_hands_has_one_customer_at_a_time_and_five_lines(feed: Feed) -> None:
    shared(kind="dynamic")
    sinkholed(feed, *calls(9))
    assert len(in_file(Finding.objects.get())) == 5


@pytest.mark.long
def test_of_a_shared_address_the_file_has_all_days_that_are_kept(feed: Feed) -> None:
    sinkholed(feed, ("03:00:00", 50001))
    with clock.pinned_day(day=DAY + timedelta(days=13)):
        sinkholed(feed, ("03:00:00", 50002), day=DAY + timedelta(days=12))
    found = Finding.objects.get()
    assert [row["source_port"] for row in in_file(found)] == ["50002"]
    shared()
    assert [row["source_port"] for row in in_file(found)] == ["50002", "50001"]


@pytest.mark.long
def test_the_file_ends_at_a_thousand_lines_of_a_finding_and_says_how_many_it_leaves_out(feed: Feed) -> None:
    shared()
    sinkholed(feed, *calls(1003))
    rows = in_file(Finding.objects.get())
    assert (len(rows), {row["lines_left_out"] for row in rows}) == (1000, {"3"})
    assert (rows[0]["source_port"], rows[-1]["source_port"]) == ("51002", "50003")


@pytest.mark.long
def test_a_mail_takes_of_many_lines_as_many_of_each_finding_as_servers_take(feed: Feed) -> None:
    """5,000 rows: of seven findings with 1,000 lines and one with two, two and 714 each. The file on the page has them all."""
    shared()
    sinkholed(feed, *calls(1000), ip="192.0.2.17", also=[f"192.0.2.{18 + n}" for n in range(6)])
    sinkholed(feed, *calls(2), ip="192.0.2.28", day=DAY + timedelta(days=1))
    found = list(Finding.objects.order_by("ip"))
    counted = Counter(row["address"] for row in in_file(*found))
    assert counted == {f"192.0.2.{17 + n}": 714 for n in range(7)} | {"192.0.2.28": 2}
    whole = csv.DictReader(io.StringIO("".join(notice_csv.lines(found, codes=None)).lstrip("\ufeff")))
    assert sum(1 for _row in whole) == 7002


def test_the_notice_and_its_file_say_that_an_address_is_shared(feed: Feed) -> None:
    bank = Organisation.objects.get(code="bank")
    bank.email = "abuse@bank.example"
    bank.save()
    mark_pool(bank, by=SYSTEM, prefix="192.0.2.16/28", kind="nat")
    sinkholed(feed, ("03:00:00", 50123))
    assert send_notices(DAY + timedelta(days=1)) == 1
    mail = OutboxMail.objects.get(kind="feeds.notice")
    assert "Several customers share this address. Find the customer by the time and the source port." in mail.text
    assert "The attached file has a row for each observation there, with its time, source port" in mail.text
    (row,) = csv.DictReader(io.StringIO(mail.attachment.lstrip("\ufeff")))
    assert (row["address_use"], row["source_port"], row["seen_at"]) == ("nat", "50123", "2026-09-07T03:00:00+00:00")


# The page of a notice, by its link.


def noticed(day: date = DAY + timedelta(days=1)) -> dict[str, str]:
    """By organisation, the address of the page of its notice, sent now."""
    send_notices(day)
    return {notice.organisation.code: f"/findings/{token_of(notice, 0)}/" for notice in Notice.objects.order_by("pk")}


@pytest.fixture
def reached(feed: Feed) -> Feed:
    """With an address to which notices of the bank and of the provider go, on a day on which their links open."""
    Country.objects.update(calendar_day=DAY + timedelta(days=3))
    for code in ("bank", "provider"):
        Organisation.objects.filter(code=code).update(email=f"abuse@{code}.example")
    return feed


def text_at(address: str) -> str:
    """What whoever holds the link reads: no cookie, no script."""
    response = Client().get(address)
    assert response.status_code == 200, address
    return re.sub(r"\s+", " ", response.content.decode())


def file_at(address: str) -> list[dict[str, str]]:
    response = Client().get(f"{address}findings.csv")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.long
def test_the_page_of_a_notice_shows_the_newest_lines_with_their_time_and_its_zone(reached: Feed) -> None:
    sinkholed(reached, *calls(30))
    page = noticed()["bank"]
    text = text_at(page)
    assert re.findall(r"2026-09-07 03:00:\d\d UTC", text) == [f"2026-09-07 03:00:{n} UTC" for n in (29, 28, 27, 26, 25)]
    assert re.findall(rf"{BANK}:(\d+)", text) == ["50029", "50028", "50027", "50026", "50025"]
    assert text.count("198.51.100.9:80") == 5
    assert text.count('<span class="fl-sub">tcp</span>') == 5
    assert "30 observations: time, address and port" in text
    assert "The newest 5 of 30 observations. The file has the newest 5; ask us if you need the others." in text
    assert len(file_at(page)) == 5
    assert "All fields received" not in text  # which the file has not either


@pytest.mark.long
def test_behind_a_shared_address_the_page_names_the_file_that_has_each_customer(reached: Feed) -> None:
    shared()
    sinkholed(reached, *calls(30))
    page = noticed()["bank"]
    text = text_at(page)
    assert "Several customers share this address. Find the customer by the time and the source port." in text
    assert "The newest 5 of 30 observations. The file has all of them." in text
    assert {row["source_port"] for row in file_at(page)} == {str(50000 + n) for n in range(30)}


@pytest.mark.long
def test_the_page_says_where_the_file_ends(reached: Feed) -> None:
    shared()
    sinkholed(reached, *calls(1003))
    page = noticed()["bank"]
    sentence = "The newest 5 of 1,003 observations. The file has the newest 1,000; ask us if you need the others."
    assert sentence in text_at(page)
    assert len(file_at(page)) == 1000


@pytest.mark.long
def test_a_web_host_finds_the_site_on_the_page_and_nothing_runs_there(reached: Feed) -> None:
    header = "timestamp,severity,url,ip,hostname,asn"
    row = f"{DAY} 01:00:00,critical,http://shop.example/<script>alert(1)</script>,{BANK},shop.example,64496"
    handed(reached, f"{header}\n{row}\n", "malware_url")
    text = text_at(noticed()["bank"])
    assert "http://shop.example/&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert 'href="http://shop.example' not in text


@pytest.mark.long
def test_a_link_shows_lines_of_its_own_notice_alone(reached: Feed) -> None:
    """Of the provider around it the bank reads nothing, nor the other way round."""
    sinkholed(reached, ("03:00:00", 50123))
    sinkholed(reached, ("04:00:00", 51777), ip="192.0.2.99", day=DAY + timedelta(days=1))
    pages = noticed(DAY + timedelta(days=2))
    for own, other, port, strange in (("bank", "provider", "50123", "51777"), ("provider", "bank", "51777", "50123")):
        assert port in text_at(pages[own]), own
        assert strange not in text_at(pages[own]), own
        assert [row["source_port"] for row in file_at(pages[own])] == [port], own
        token = pages[own].split("/")[2]
        pk = pages[other].split(".")[1].split("-")[0]
        forged = re.sub(r"^0\.\d+", f"0.{pk}", token)  # the number of the other's notice, with its own signature
        assert Client().get(f"/findings/{forged}/").status_code == 404, own


@pytest.mark.long
def test_when_a_network_goes_to_another_the_old_link_shows_nothing_of_the_new_holder(reached: Feed) -> None:
    sinkholed(reached, ("03:00:00", 50123))
    sinkholed(reached, ("03:30:00", 50124), ip="192.0.2.21", day=DAY + timedelta(days=1))
    before = noticed(DAY + timedelta(days=2))["bank"]
    assert "50123" in text_at(before)
    telco = make.make_organisation("telco", email="abuse@telco.example")
    Holding.objects.filter(kind="prefix").update(organisation=telco)
    sinkholed(reached, ("05:00:00", 50999), day=DAY + timedelta(days=2))
    assert Finding.objects.get(ip=BANK).organisation == telco
    text = text_at(before)
    assert "50124" in text  # what is the bank's still, since nothing was seen of it at its new holder
    for word in ("50999", "50123", f"{BANK}:", f"{BANK}, port", f"{BANK}<"):
        assert word not in text, word
    assert [row["source_port"] for row in file_at(before)] == ["50124"]


@pytest.mark.long
def test_the_link_of_a_new_holder_shows_no_line_of_the_one_before(reached: Feed) -> None:
    sinkholed(reached, ("03:00:00", 50123))
    shared()
    telco = make.make_organisation("telco", email="abuse@telco.example")
    Holding.objects.filter(kind="prefix").update(organisation=telco)
    sinkholed(reached, ("05:00:00", 50999), day=DAY + timedelta(days=1))
    page = noticed(DAY + timedelta(days=2))["telco"]
    text = text_at(page)
    assert ("50999" in text, "50123" in text, "1 observation: time" in text) == (True, False, True)
    assert [row["source_port"] for row in file_at(page)] == ["50999"]


@pytest.mark.long
def test_lines_of_many_findings_cost_no_question_each(reached: Feed) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            text_at(page)
        return len(queries)

    sinkholed(reached, ("03:00:00", 50000))
    page = noticed()["bank"]
    one = asked()
    others = [f"192.0.2.{22 + n}" for n in range(7)]
    sinkholed(reached, ("03:00:00", 50001), ip="192.0.2.21", also=others, day=DAY + timedelta(days=1))
    send_notices(DAY + timedelta(days=2))
    page = f"/findings/{token_of(Notice.objects.latest('pk'), 0)}/"
    assert asked() == one
    assert text_at(page).count("03:00:00 UTC") == 8


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of each question to the store about how many findings it was."""
    numbers: list[int] = []

    def counted(store: Store, wanted: Sequence[Wanted], *days: date, **facts: Any) -> Any:
        numbers.append(len({each.n for each in wanted}))
        return stored_lines(store, wanted, *days, **facts)

    monkeypatch.setattr(evidence_lines, "stored_lines", counted)
    return numbers


@pytest.mark.long
def test_the_notices_of_a_morning_ask_the_store_once_and_have_the_lines_of_their_own_findings(
    reached: Feed, asked: list[int]
) -> None:
    sinkholed(reached, ("03:00:00", 50123), also=["192.0.2.100"])
    sinkholed(reached, ("04:00:00", 50124), ip="192.0.2.101", day=DAY + timedelta(days=1))
    assert send_notices(DAY + timedelta(days=2)) == 2
    assert asked == [3]
    for code, ports in (("bank", {"50123"}), ("provider", {"50123", "50124"})):
        mail = OutboxMail.objects.get(kind="feeds.notice", to=f"abuse@{code}.example")
        rows = list(csv.DictReader(io.StringIO(mail.attachment.lstrip("\ufeff"))))
        assert {row["source_port"] for row in rows} == ports
        body = Organisation.objects.get(code=code)
        own = Finding.objects.filter(organisation=body).order_by("severity_rank", "kind", "subject", "port", "pk")
        assert rows == in_file(*own, codes=codes_of(body))


@pytest.mark.long
def test_lines_that_are_not_few_enough_to_be_held_are_asked_for_with_each_notice(
    reached: Feed, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("floreo.feeds.actions.notices._LINES_AHEAD", 1)
    sinkholed(reached, ("03:00:00", 50123), ("03:01:00", 50124), also=["192.0.2.100", "192.0.2.101"])
    assert send_notices(DAY + timedelta(days=1)) == 2
    assert sorted(asked) == [1, 2]


@pytest.mark.long
def test_what_was_read_ahead_answers_that_very_question_alone(reached: Feed, asked: list[int]) -> None:
    sinkholed(reached, ("03:00:00", 50123))
    found, uses = Finding.objects.get(), {Finding.objects.get().pk: ""}

    def ports(finding: Finding, codes: Sequence[str]) -> list[int]:
        lines = lines_in_notice([finding], uses, codes=codes, most=5).get(finding.pk)
        return [line.source_port for line in lines.shown] if lines else []

    with read_ahead(wanted_in_notice([found], uses, codes=["bank"], most=5)):
        assert (ports(found, ["bank"]), asked) == ([50123], [1])
        assert (ports(found, ["provider"]), asked) == ([], [1, 1])  # what is another's is not theirs
        sinkholed(reached, ("05:00:00", 50999), day=DAY + timedelta(days=1))
        assert (ports(Finding.objects.get(), ["bank"]), asked) == ([50999, 50123], [1, 1, 1])
    assert (ports(found, ["bank"]), asked) == ([50123], [1, 1, 1, 1])


def test_whoever_looks_too_often_reads_the_page_without_lines_and_may_reply(
    reached: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty looks an hour, all of them within one moment, since a busy machine takes more than a minute for them."""
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: 0.0))
    sinkholed(reached, ("03:00:00", 50123))
    page = noticed()["bank"]
    assert "50123" in text_at(page)
    for _look in range(58):
        throttle.charge("findings-lines", f"notice:{Notice.objects.get().pk}", capacity=LOOKS, per_hour=LOOKS_PER_HOUR)
    texts = [text_at(page) for _look in range(2)]
    assert ["50123" in text for text in texts] == [True, False]
    assert "This page was opened often within the last hour, so it does not show what the sources saw." in texts[-1]
    assert "Your reply for the selected findings" in texts[-1]
