"""Evidence lines: what a web host, and a provider whose customers share an address, need to find the site and the customer."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.feeds import notice_csv
from floreo.feeds.access import lines_for
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.notices import send_notices
from floreo.feeds.actions.pools import mark_pool
from floreo.feeds.actions.retention import compact_days
from floreo.feeds.engine.store import Store, retain
from floreo.feeds.lines import codes_of, lines_of
from floreo.feeds.models import Feed, Finding
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Holding, Organisation, User
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


def sinkholed(feed: Feed, *calls: tuple[str, int], ip: str = BANK, day: date = DAY) -> None:
    header = "timestamp,severity,protocol,src_ip,src_port,src_asn,dst_ip,dst_port,infection,family,tag"
    rows = [
        f"{day} {at},critical,tcp,{ip},{port},64496,198.51.100.9,80,avalanche,avalanche,{'sinkhole' if port else '=1+1'}"
        for at, port in calls
    ]
    handed(feed, "\n".join([header, *rows, ""]), "event4_sinkhole", day)


def in_file(*findings: Finding, codes: list[str] | None = None) -> list[dict[str, str]]:
    text = notice_csv.as_csv(findings, codes=codes)
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


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


def test_the_newest_lines_are_shown_and_the_others_counted(feed: Feed, secretariat: User) -> None:
    sinkholed(feed, *((f"03:{n:02}:00", 50000 + n) for n in range(30)))
    found = Finding.objects.get()
    lines = lines_for(secretariat, found, most=20)
    assert [line.source_port for line in lines.shown] == [50029 - n for n in range(20)]
    assert lines.left_out == 10
    rows = in_file(found)
    assert (len(rows), {row["lines_left_out"] for row in rows}) == (5, {"25"})


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


def test_an_address_that_changes_hands_has_one_customer_at_a_time_and_five_lines(feed: Feed) -> None:
    shared(kind="dynamic")
    sinkholed(feed, *calls(9))
    assert len(in_file(Finding.objects.get())) == 5


def test_of_a_shared_address_the_file_has_all_days_that_are_kept(feed: Feed) -> None:
    sinkholed(feed, ("03:00:00", 50001))
    with clock.pinned_day(day=DAY + timedelta(days=13)):
        sinkholed(feed, ("03:00:00", 50002), day=DAY + timedelta(days=12))
    found = Finding.objects.get()
    assert [row["source_port"] for row in in_file(found)] == ["50002"]
    shared()
    assert [row["source_port"] for row in in_file(found)] == ["50002", "50001"]


def test_the_file_ends_at_a_thousand_lines_of_a_finding_and_says_how_many_it_leaves_out(feed: Feed) -> None:
    shared()
    sinkholed(feed, *calls(1003))
    rows = in_file(Finding.objects.get())
    assert (len(rows), {row["lines_left_out"] for row in rows}) == (1000, {"3"})
    assert (rows[0]["source_port"], rows[-1]["source_port"]) == ("51002", "50003")


def test_a_mail_takes_of_many_lines_as_many_of_each_finding_as_servers_take(feed: Feed) -> None:
    """5,000 rows: of seven findings with 1,000 lines and one with two, two and 714 each. The file on the page has them all."""
    shared()
    for n in range(7):
        sinkholed(feed, *calls(1000), ip=f"192.0.2.{17 + n}")
    sinkholed(feed, *calls(2), ip="192.0.2.28")
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
    (row,) = csv.DictReader(io.StringIO(mail.attachment.lstrip("\ufeff")))
    assert (row["address_use"], row["source_port"], row["seen_at"]) == ("nat", "50123", "2026-09-07T03:00:00+00:00")
