"""Laws as the public reads them: what is public and nothing else, as page, file, comparison, table and search; no word is code."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.frameworks.models import Item
from floreo.legislation.actions import instruments, verdicts, versions
from floreo.legislation.models import Instrument, LawVersion
from floreo.legislation.text.akn import problems_of
from floreo.organisations.models import User
from tests.conftest import make_user
from tests.factories.strategy import make_country, make_organisation
from tests.legislation.laws import ACT_LINES, BILL_LINES, article, make_law, make_treaty, make_version

SECRET = "zanahoria"  # is in everything that is not public
TABLES = ("laws", "law_versions", "law_provisions", "law_stages", "law_verdicts", "treaties")


@pytest.fixture
def today(db: None) -> Iterator[None]:
    make_country()
    with clock.pinned_day(day=date(2026, 11, 24)):
        yield


@pytest.fixture
def act(today: None) -> Instrument:
    """A public Act with two public versions, and a hidden one after them; a hidden bill that amends it."""
    act = make_law(summary="About boats.")
    first = make_version(act)
    lines = [line.replace("ten dollars", "a dollar") for line in ACT_LINES]
    second = make_version(act, "v2", *lines, dated=date(2020, 1, 1))
    for version in (first, second):
        versions.publish_version(version, by=SYSTEM)
    draft = make_version(act, "draft", *[line.replace("fifty", SECRET) for line in ACT_LINES], dated=date(2026, 1, 1))
    LawVersion.objects.filter(pk=draft.pk).update(title=f"The {SECRET} draft")
    body = make_organisation(f"{SECRET}-office", f"{SECRET} office", is_public=False)
    bill = make_law(f"{SECRET}-bill", kind="bill", amends=act, note=SECRET, organisation=body)
    make_version(bill, "v1", *BILL_LINES, dated=date(2026, 1, 1))
    instruments.add_stage(bill, by=SYSTEM, code="first", title=f"{SECRET} stage", state="now")
    instruments.update_instrument(act, by=SYSTEM, became=bill, organisation=body, note=SECRET)
    make_treaty()
    rate(act, "1", second, "It says so.")
    rate(act, "2", draft, f"The {SECRET} draft says so.")
    rate(bill, "1", None, f"{SECRET} reason")
    return Instrument.objects.get(pk=act.pk)


def rate(law: Instrument, code: str, version: LawVersion | None, reason: str) -> None:
    by = User.objects.filter(email="rater@example.org").first() or make_user("drafter", email="rater@example.org")
    item = Item.objects.get(in_version__framework__code="budapest", code=code)
    verdicts.rate(law, by=by, item=item, on_version=version, verdict="full", provisions=["3(1)"], reason=reason)


def page_of(address: str, status: int = 200) -> str:
    response = Client().get(address)
    assert response.status_code == status, (address, response.status_code)
    return re.sub(r"\s+", " ", response.content.decode())


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- What is public ---------------------------------------------------------------------------------------------------

PUBLIC = (
    "/laws/",
    "/laws/?q=boats",
    "/laws/boats-act/",
    "/laws/boats-act/v1/",
    "/laws/boats-act/v2/",
    "/laws/boats-act/v2/since/v1/",
    "/laws/boats-act/treaties/budapest/",
    "/es/laws/boats-act/",
    "/frameworks/budapest/",
    "/search/?q=boats",
)


@pytest.mark.long
def test_no_page_says_a_word_of_what_is_not_public(act: Instrument) -> None:
    for address in PUBLIC:
        text = page_of(address).lower()
        assert SECRET not in text, address


@pytest.mark.long
def test_a_search_finds_no_word_of_what_is_not_public(act: Instrument) -> None:
    text = page_of(f"/search/?q={SECRET}")
    assert f"{SECRET}-bill" not in text
    assert "boats-act" not in text


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        f"/laws/{SECRET}-bill/",
        f"/laws/{SECRET}-bill/v1/",
        f"/laws/{SECRET}-bill/v1/text.xml",
        f"/laws/{SECRET}-bill/treaties/budapest/",
        "/laws/boats-act/draft/",
        "/laws/boats-act/draft/text.xml",
        "/laws/boats-act/draft/text.pdf",
        "/laws/boats-act/draft/text.docx",
        "/laws/boats-act/draft/since/v1/",
        "/laws/boats-act/draft/since/v1.docx",
        "/laws/boats-act/v2/since/draft/",
        "/laws/boats-act/v2/since/draft.pdf",
        "/laws/boats-act/treaties/nope/",
        "/laws/boats-act/nope/",
        "/laws/nope/",
        "/laws/boats-act/v1/text.exe",
        "/laws/boats-act/v2/since/v1.xml",
        "/laws/boats-act/?on=2014-06-23",
        "/laws/boats-act/?on=nonsense",
        "/laws/boats-act/?on=20200101",
        "/laws/boats-act/?on=2020-13-01",
    ],
)
def test_what_is_hidden_or_not_there_is_not_found(act: Instrument, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_words_are_searched_inside_a_text_and_their_passage_is_shown(act: Instrument) -> None:
    text = page_of("/laws/boats-act/v1/?q=TEN+dollars")
    assert "1 clause has “TEN dollars”" in text
    assert "<mark>ten</mark> <mark>dollars</mark>" in text
    assert 'href="#part_II__sec_3"' in text[text.index('id="found"') :]
    assert "0 clauses have “fifty-one”" in page_of("/laws/boats-act/v1/?q=fifty-one")
    assert "El texto completo" in page_of("/es/laws/boats-act/?q=boat")
    script = page_of("/laws/boats-act/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in script


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("asked", [SECRET, "%00", "((((", "\u202e", "a " * 300, "[a-z]*", "ñ"])
def test_odd_words_find_nothing_that_is_hidden_and_break_nothing(act: Instrument, asked: str) -> None:
    text = Client().get("/laws/boats-act/", {"q": asked})
    assert text.status_code == 200
    assert f"{SECRET} shall" not in text.content.decode()


def test_what_is_not_in_force_on_a_day_is_marked(act: Instrument) -> None:
    instruments.add_commencement(act, by=SYSTEM, sections="", on=date(2014, 7, 1))
    instruments.add_commencement(act, by=SYSTEM, sections="12", on=date(2027, 1, 1))
    instruments.add_commencement(act, by=SYSTEM, sections="3", note="To be fixed by the Minister")
    today = page_of("/laws/boats-act/")
    assert "In force from 1 January 2027" in today
    assert "Not in force: no day is set" in today
    assert "In force from 1 July 2014" not in today
    then = Client().get("/laws/boats-act/?on=2014-06-25", follow=True)
    assert then.redirect_chain == [("/laws/boats-act/v1/?on=2014-06-25", 302)]
    words = then.content.decode()
    assert words.count("In force from 1 July 2014") == 2
    assert "What was not in force on that day is marked." in words
    assert Client().get("/laws/boats-act/v1/?on=nonsense").status_code == 404


@pytest.mark.long
def test_a_part_commences_by_its_name_and_a_schedule_with_the_same_numbers_is_not_marked(act: Instrument) -> None:
    lines = [*ACT_LINES, "FIRST SCHEDULE", "Fees", "3. Boats", "Ten dollars.", "4. Sails", "One dollar."]
    version = make_version(act, "v3", *lines, dated=date(2021, 1, 1))
    versions.publish_version(version, by=SYSTEM)
    instruments.add_commencement(act, by=SYSTEM, sections="Part II", on=date(2027, 1, 1))
    words = page_of("/laws/boats-act/v3/")
    assert words.count("In force from 1 January 2027") == 2  # sections 3 and 12
    assert "In force from" not in words[words.index('id="att_1') :]


@pytest.mark.long
def test_a_day_of_commencement_that_has_not_come_is_no_since(act: Instrument) -> None:
    instruments.update_instrument(act, by=SYSTEM, in_force_on=date(2027, 3, 1))
    for address in ("/laws/", "/laws/boats-act/"):
        text = page_of(address)
        assert "In force since" not in text, address
        assert "In force from 1 March 2027" in text, address


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("table", TABLES)
def test_no_table_says_a_word_of_what_is_not_public(act: Instrument, table: str) -> None:
    for address in (f"/data/{table}.json", f"/data/{table}.csv", f"/api/v1/{table}", f"/data/{table}/"):
        response = Client().get(address)
        assert response.status_code == 200, address
        assert SECRET not in body_of(response).decode().lower(), address


@pytest.mark.long
def test_tables_hold_what_is_public(act: Instrument) -> None:
    def rows(table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(body_of(Client().get(f"/data/{table}.json")))
        return found

    assert [(row["code"], row["amends"], row["became"], row["organisation"]) for row in rows("laws")] == [
        ("boats-act", "", "", "")
    ]
    assert [row["code"] for row in rows("law_versions")] == ["v2", "v1"]
    assert {row["version"] for row in rows("law_provisions")} == {"v1", "v2"}
    assert [(row["law"], row["article"], row["verdict"]) for row in rows("law_verdicts")] == [
        ("boats-act", "1", "full")
    ]


@pytest.mark.long
def test_a_law_that_is_hidden_again_is_gone_everywhere(act: Instrument) -> None:
    instruments.hide_instrument(act, by=SYSTEM)
    for address in PUBLIC[2:7]:
        assert Client().get(address).status_code == 404, address
    assert "boats-act" not in page_of("/laws/")
    assert "boats-act" not in page_of("/search/?q=boats")
    assert json.loads(body_of(Client().get("/data/law_provisions.json"))) == []


@pytest.mark.long
def test_a_version_that_is_hidden_again_is_gone_and_the_one_before_is_the_newest(act: Instrument) -> None:
    versions.hide_version(act.versions.get(code="v2"), by=SYSTEM)
    assert Client().get("/laws/boats-act/v2/").status_code == 404
    assert "ten dollars" in page_of("/laws/boats-act/")
    assert 'href="/laws/boats-act/v2/"' not in page_of("/laws/boats-act/")


# --- What is there ------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_page_has_a_permanent_address_for_each_clause_and_says_what_changed(act: Instrument) -> None:
    text = page_of("/laws/boats-act/")
    assert "1 clause differs from “Text v1”." in text
    for eid in ("part_I__sec_1", "part_II__sec_3", "part_II__sec_3__subsec_2__para_a"):
        assert f'id="{eid}"' in text, eid
    assert "pays a dollar." in text
    assert "This is an earlier text" not in text
    assert "This is an earlier text" in page_of("/laws/boats-act/v1/")


@pytest.mark.long
def test_every_address_within_the_page_leads_somewhere(act: Instrument) -> None:
    for address in ("/laws/boats-act/", "/laws/boats-act/v2/since/v1/"):
        text = page_of(address)
        main = text[text.index("<main") : text.index("</main>")]
        linked = set(re.findall(r'<a [^>]*href="#([^"]+)"', main))
        assert linked - set(re.findall(r' id="([^"]+)"', text)) == set()
        names = re.findall(r' id="([^"]+)"', main)
        assert len(names) == len(set(names))


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("day", "version"), [("2014-06-24", "v1"), ("2019-12-31", "v1"), ("2020-01-01", "v2"), ("2030-01-01", "v2")]
)
def test_how_it_read_on_a_day(act: Instrument, day: str, version: str) -> None:
    response = Client().get("/laws/boats-act/", {"on": day})
    assert (response.status_code, response.headers["Location"]) == (302, f"/laws/boats-act/{version}/?on={day}")


@pytest.mark.long
def test_the_machine_readable_head_is_json_and_names_the_files(act: Instrument) -> None:
    text = page_of("/laws/boats-act/")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert found is not None
    data = json.loads(found[1])
    assert (data["@type"], data["name"], data["legislationDate"], data["legislationDateVersion"]) == (
        "Legislation",
        "Boats Act",
        "2014-06-24",
        "2020-01-01",
    )
    assert "legislationPassedBy" not in data
    for each in data["encoding"]:
        address = re.sub(r"^https?://[^/]+", "", each["contentUrl"])
        assert Client().get(address).status_code == 200, address


@pytest.mark.long
def test_the_text_leaves_as_xml_pdf_and_word(act: Instrument) -> None:
    xml = Client().get("/laws/boats-act/v1/text.xml")
    assert xml.headers["Content-Type"] == "application/akn+xml; charset=utf-8"
    assert problems_of(etree.fromstring(body_of(xml))) == []
    assert body_of(xml).decode() == act.versions.get(code="v1").text
    assert body_of(Client().get("/laws/boats-act/v1/text.pdf"))[:5] == b"%PDF-"
    word = docx.Document(io.BytesIO(body_of(Client().get("/laws/boats-act/v1/text.docx"))))
    assert any("A person who takes a boat pays ten dollars." in paragraph.text for paragraph in word.paragraphs)


@pytest.mark.long
def test_the_comparison_leaves_as_word_with_tracked_changes(act: Instrument) -> None:
    data = body_of(Client().get("/laws/boats-act/v2/since/v1.docx"))
    word = docx.Document(io.BytesIO(data))
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    added = ["".join(map(str, each.itertext())) for each in root.iter(f"{name}ins")]
    removed = ["".join(map(str, each.itertext())) for each in root.iter(f"{name}del")]
    assert (added, removed) == (["a dollar"], ["ten dollars"])
    assert len({each.get(f"{name}id") for each in root.iter(f"{name}ins", f"{name}del")}) == len(added) + len(removed)
    assert word.core_properties.title == "Boats Act"
    assert body_of(Client().get("/laws/boats-act/v2/since/v1.pdf"))[:5] == b"%PDF-"


@pytest.mark.long
def test_the_comparison_shows_the_changed_clause_alone(act: Instrument) -> None:
    text = page_of("/laws/boats-act/v2/since/v1/")
    assert text.count("fl-law-diff") == 1
    assert "1 of 4 clauses changed." in text
    assert "The two versions have the same words." in page_of("/laws/boats-act/v2/since/v2/")


@pytest.mark.long
def test_the_treaty_page_counts_what_is_reviewed_and_says_what_is_not(act: Instrument) -> None:
    text = page_of("/laws/boats-act/treaties/budapest/")
    assert "No article has been reviewed by a second person yet, so nothing is counted." in text
    assert "Not reviewed, not counted" in text
    assert "2 articles have not been rated." in text
    row = act.verdicts.get(item__code="1")
    verdicts.review(row, by=make_user("secretariat"))
    text = page_of("/laws/boats-act/treaties/budapest/")
    assert "Of 3 articles, 1 are reviewed and apply: 1 met, 0 partly met, 0 not met." in text
    assert "rater" not in text  # who rated is for the workspace


# --- No word is code --------------------------------------------------------------------------------------------------

EVIL = "<script>alert('x')</script>\"'&amp;<b>"
PLAIN = "<script>alert"


@pytest.mark.long
def test_no_word_of_a_law_is_code(today: None) -> None:
    law = make_law("evil", title=f"T {EVIL}", summary=EVIL, number="9<b>", note=EVIL)
    lines = [
        f"ACT {EVIL}",
        f"PART I – {EVIL}",
        f"1. {EVIL}",
        f"(1) {EVIL} words",
        f"(a) {EVIL};",
        f"(b) {EVIL}.",
        "2. Interpretation",
        "In this Act—",
        f"“{EVIL.replace(chr(34), '')}” means {EVIL};",
        "3. Amendment",
        "Section 1 is amended by inserting the following section—",
        f"“1A. {EVIL}",
        f"Words {EVIL}.”.",
        "SCHEDULE",
        EVIL,
        f"1. {EVIL} and more words.",
    ]
    first = make_version(law, "v1", *lines)
    second = make_version(
        law, "v2", *[line.replace("words", f"{EVIL} others") for line in lines], dated=date(2020, 1, 1)
    )
    LawVersion.objects.update(title=EVIL, source=EVIL)
    for version in (first, second):
        version.refresh_from_db()
        versions.publish_version(version, by=SYSTEM)
    instruments.add_stage(law, by=SYSTEM, code="s", title=EVIL, state="now", note=EVIL)
    instruments.add_citation(law, by=SYSTEM, words=EVIL[:100])
    instruments.add_commencement(law, by=SYSTEM, sections=EVIL, note=EVIL)
    treaty = make_treaty()
    verdicts.rate(
        law, by=SYSTEM, item=article(treaty), on_version=second, verdict="full", provisions=["1(1)"], reason=EVIL
    )
    browser = Client()
    browser.force_login(make_user("secretariat"))
    for address in (
        "/laws/",
        "/laws/evil/",
        "/laws/evil/v1/",
        "/laws/evil/v2/since/v1/",
        "/laws/evil/treaties/budapest/",
        "/workspace/laws/",
        "/workspace/laws/evil/",
        "/workspace/laws/evil/versions/v2/",
        "/workspace/laws/evil/versions/v2/since/v1/",
        "/workspace/laws/evil/treaties/",
        "/workspace/laws/evil/treaties/budapest/",
        "/workspace/laws/evil/treaties/budapest/1/",
    ):
        response = browser.get(address)
        assert response.status_code == 200, address
        text = response.content.decode()
        assert PLAIN not in text, address
        assert "9<b>" not in text, address
        assert html.escape("<script>")[:9] in text, address


# --- Cost -------------------------------------------------------------------------------------------------------------


def queries_of(address: str) -> int:
    client = Client()
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def many(act: Instrument) -> None:
    for n in range(12):
        law = make_law(f"law-{n}", kind="bill", amends=act)
        versions.publish_version(make_version(law, "v1", *ACT_LINES), by=SYSTEM)
        instruments.add_stage(law, by=SYSTEM, code="s", title="Stage", state="now")
    for n in range(3, 9):
        version = make_version(act, f"v{n}", *ACT_LINES, dated=date(2020, n, 1))
        versions.publish_version(version, by=SYSTEM)
        instruments.add_stage(act, by=SYSTEM, code=f"s{n}", title="Stage", state="next")


@pytest.mark.long
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/laws/", 9),
        ("/laws/boats-act/", 18),
        ("/laws/boats-act/v2/since/v1/", 8),
        ("/laws/boats-act/treaties/budapest/", 11),
    ],
)
def test_a_page_takes_as_many_queries_for_many_rows_as_for_one(act: Instrument, address: str, queries: int) -> None:
    few = queries_of(address)
    many(act)
    assert (few, queries_of(address)) == (queries, queries)
