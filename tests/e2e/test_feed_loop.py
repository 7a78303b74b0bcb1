"""The whole loop: a report comes in, its notice is caught on a mail server, answered by its link without an account; silence of the
next nights confirms nothing of what was answered, since it is a sinkhole's. How findings end in years of nights: tests/feeds/test_year.py."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from tests.config.installation import Installation, prepared
from tests.core.mail_server import MailServer, listening
from tests.e2e.conftest import Site, axe, read_what_it_prints, running, sideways
from tests.e2e.quarter import Office

pytestmark = pytest.mark.long  # minutes of a journey

ZONE = "America/Panama"
INFECTED = "198.51.100.20"
COLUMNS = (
    "timestamp protocol src_ip src_port src_asn src_geo src_region src_city src_hostname src_naics src_sector device_vendor "
    "device_type device_model severity dst_ip dst_port dst_asn dst_geo dst_region dst_city dst_hostname dst_naics dst_sector "
    "public_source infection family tag application version event_id ssl_cipher ssl_servername"
)


def pack_of(year: int) -> dict[str, str]:
    """A country of one network, whose calendar runs."""
    return {
        "pack.toml": f"""
code = "loop"
title = "One network"
version = "1"
[country]
code = "XM"
name = "Loop Country"
languages = ["en", "es"]
zone = "{ZONE}"
currency = "USD"
is_sample = true
[[file]]
path = "*"
source = "Made up for tests"
licence = "CC0-1.0"
""",
        "organisations.toml": """
[[organisation]]
code = "csirt"
name = "National CSIRT"
kind = "csirt"
email = "team@csirt.example.org"
[[organisation]]
code = "bank"
name = "Savings Bank"
kind = "operator"
[[organisation.contact]]
purpose = "security team"
role = "abuse"
email = "security@bank.example.org"
language = "en"
[[organisation.holding]]
kind = "prefix"
value = "198.51.100.0/24"
service = "online banking"
""",
        "feeds.toml": """
[[feed]]
code = "shadowserver"
name = "Shadowserver"
format = "shadowserver"
""",
        "accounts.toml": """
[[account]]
email = "secretariat@example.org"
name = "Ana Prueba"
role = "secretariat"
""",
        f"editions/{year}-{year + 2}/edition.toml": f"""
[edition]
code = "{year}-{year + 2}"
title = "The strategy"
starts_on = {year}-01-01
ends_on = {year + 2}-12-31
state = "in_force"
is_public = true
""",
        "indicators.toml": f"""
[[indicator]]
code = "open"
title = "Open findings"
definition = "Not fixed yet."
unit = "per 1,000 addresses"
frequency = "month"
direction = "down"
decimals = 2
edition = "{year}-{year + 2}"
measure = "findings_open_per_1000_addresses"
""",
    }


def report(home: Path, day: date, *rows: dict[str, str]) -> Path:
    """A night's report as the provider sends it; without rows it says that nothing was seen."""
    names = COLUMNS.split()
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    text = "".join(",".join(f'"{value}"' for value in line) + "\n" for line in lines)
    path = home / f"{day}-event4_sinkhole-loop.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def seen(day: date) -> dict[str, str]:
    return {
        "timestamp": f"{day} 03:00:00",
        "protocol": "tcp",
        "src_ip": INFECTED,
        "src_port": "50123",
        "src_asn": "64496",
        "severity": "critical",
        "dst_ip": "203.0.113.9",
        "dst_port": "80",
        "infection": "andromeda",
        "family": "andromeda",
        "tag": "sinkhole",
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The pack's folder, its code for a name."""
    for name, text in pack_of(datetime.now(tz=ZoneInfo(ZONE)).year).items():
        path = tmp_path / "loop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "loop"


def link_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    links = {word for word in body.get_content().split() if "/findings/" in word}
    assert len(links) == 1, body.get_content()
    return str(links.pop())


def answer_on_a_phone(page: Page, link: str) -> None:
    page.goto(link)
    assert (axe(page), sideways(page)) == ([], 0)
    page.get_by_text(INFECTED).first.wait_for()
    page.locator("[name=finding]").check()
    page.locator("[name=reply][value=fixed]").check()
    page.locator("[name=remark]").fill("Installed anew.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you. Your reply is saved.").wait_for()
    assert (axe(page), sideways(page), page.context.cookies()) == ([], 0, [])


def said(installation: Installation, *words: object) -> str:
    """What a command printed that did its work."""
    done = installation.run(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def figure_of(page: Page, installation: Installation) -> str:
    """What the public page says once the figures are computed."""
    said(installation, "figures")
    page.goto("/indicators/open/")
    return page.locator("main").inner_text()


def test_from_a_night_s_report_to_an_answer_that_silence_does_not_confirm(
    home: Path, tmp_path: Path, browser: Browser
) -> None:
    installation, mail = replace(prepared(tmp_path / "data"), pack=str(home)), MailServer()
    first = datetime.now(tz=ZoneInfo(ZONE)).date() - timedelta(days=3)
    given = Site("")
    for line in said(installation, "up", "--prepare-only").splitlines():
        read_what_it_prints(given, line)
    first_night = report(tmp_path, first, seen(first))
    printed = said(installation, "feed", "ingest", first_night, "--feed", "shadowserver")
    assert "1 row, 1 saved," in printed
    with (
        listening(mail) as port,
        running(installation.folder, pack=installation.pack, FLOREO_SMTP=f"smtp://127.0.0.1:{port}") as site,
    ):
        site.accounts |= given.accounts
        office = Office(site, mail, browser)
        workspace, watch = office.secretariat()
        assert "3.91" in figure_of(workspace, installation)  # one of 256 addresses

        letter = office.letter("security@bank", "")
        assert [part.get_content_type() for part in letter.iter_attachments()] == ["text/csv"]
        phone = office.context(width=360).new_page()
        answer_on_a_phone(phone, link_in(letter))
        workspace.goto("/workspace/findings/")
        workspace.get_by_role("link", name=INFECTED).first.click()
        finding = workspace.url
        assert "Reported fixed; the next reports will show" in workspace.locator("main").inner_text()

        nights = [report(tmp_path, first + timedelta(days=n)) for n in (1, 2, 3)]
        said(installation, "feed", "ingest", *nights, "--feed", "shadowserver")
        workspace.goto(finding)
        # A sinkhole that receives nothing for three nights is no fix (docs/guide/time-to-fix.md): nothing moves before a month is over.
        assert "Reported fixed; the next reports will show" in workspace.locator("main").inner_text()
        assert "3.91" in figure_of(workspace, installation)
        phone.reload()
        assert "not seen any more" not in phone.locator("main").inner_text()
        assert watch.problems == []
        workspace.context.close()
        phone.context.close()
