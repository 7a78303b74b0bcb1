"""From a draft to what everybody reads: a second person, versions, withdrawal, CSAF, mail; and a red advisory at each exit."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pysequoia import Cert, Sig, Tsk, verify

from floreo.advisories import csaf, signing
from floreo.advisories.actions.publishing import (
    correct,
    draw_and_sign,
    draw_document,
    draw_missing,
    mail_due,
    mail_version,
    publish,
    sign_document,
    sign_missing,
    withdraw,
)
from floreo.advisories.actions.subscribing import VISITOR, confirm, subscribe
from floreo.advisories.actions.teams import add_team, update_team
from floreo.advisories.actions.writing import (
    draft_from_csaf,
    remove_advisory,
    return_advisory,
    send_to_review,
    update_advisory,
    write_advisory,
)
from floreo.advisories.measures import advisories_published, median_hours_source_to_advisory
from floreo.advisories.models import Advisory, AdvisoryState, CsafDocument, Team
from floreo.advisories.tasks import waiting_tasks
from floreo.core import clock, decisions, openpgp
from floreo.core.access import SYSTEM, Permission
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.organisations.models import Country, User
from tests.advisories.conftest import FACTS, facts_with
from tests.advisories.test_csaf import MANDATORY, needs_samples
from tests.factories.strategy import TODAY
from tests.moments import on

ROOT = "/.well-known/csaf/"
DOCUMENT = f"{ROOT}white/2026/adv-2026-001.json"


@pytest.fixture(autouse=True)
def in_the_year_of_the_addresses(country: Country) -> Iterator[None]:
    with on(TODAY):
        yield


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code, str(caught.value.sentence)


def published(draft: Advisory, by: User) -> Advisory:
    return publish(send_to_review(draft, by=by), by=by)


def test_a_second_person_publishes_what_was_shown(
    draft: Advisory, writer: User, second: User, stranger: Client
) -> None:
    assert refusal(lambda: publish(draft, by=second))[0] == "is_draft"
    assert stranger.get("/advisories/adv-2026-001/").status_code == 404
    send_to_review(draft, by=writer)
    returned = return_advisory(draft, by=second, reason="Say since when.")
    assert (returned.state, returned.returned_note) == (AdvisoryState.DRAFT, "Say since when.")
    sent = send_to_review(draft, by=writer)
    shown = decisions.as_shown()
    update_advisory(sent, by=writer, text="Another text")
    assert refusal(lambda: publish(sent, by=second, shown=shown))[0] == decisions.CHANGED_SINCE
    out = publish(sent, by=second, shown=decisions.as_shown())
    assert [(v.issue, v.note, v.published_by, v.by_maker) for v in out.versions.all()] == [
        (1, "First version.", "Test responder", False)
    ]
    page = stranger.get("/advisories/adv-2026-001/")
    assert (page.status_code, "same person" in page.content.decode()) == (200, False)


def test_who_publishes_their_own_is_named_so_in_public(draft: Advisory, writer: User, stranger: Client) -> None:
    published(draft, writer)
    assert "Written and published by the same person." in stranger.get("/advisories/adv-2026-001/").content.decode()


def test_a_new_version_stands_beside_the_earlier_one(
    draft: Advisory, writer: User, second: User, stranger: Client
) -> None:
    out = published(draft, second)
    assert refusal(lambda: correct(out, by=second, what=" ", text="New"))[0] == "missing"
    assert refusal(lambda: correct(out, by=second, what="Hidden", tlp="GREEN"))[0] == "was_public"
    correct(out, by=second, what="4.2 is not enough.", advice="Update to 4.3.")
    text = stranger.get("/advisories/adv-2026-001/").content.decode()
    assert ("4.2 is not enough." in text, "Update to 4.3." in text, "Update to 4.2." in text) == (True, True, True)
    document = json.loads(stranger.get(DOCUMENT).content)
    assert [(r["number"], r["summary"]) for r in document["document"]["tracking"]["revision_history"]] == [
        ("1", "First version."),
        ("2", "4.2 is not enough."),
    ]
    assert csaf.judge(document) == []


@pytest.mark.long
def test_what_is_withdrawn_says_so_everywhere_and_its_text_nowhere(
    draft: Advisory, writer: User, stranger: Client
) -> None:
    out = published(draft, writer)
    withdraw(out, by=writer, reason="It was wrong.")
    page, document = stranger.get("/advisories/adv-2026-001/"), stranger.get(DOCUMENT)
    assert (page.status_code, "It was wrong." in page.content.decode()) == (410, True)
    assert csaf.judge(json.loads(document.content)) == []
    public = ["/advisories/", "/advisories/feed.xml", f"{ROOT}feed-tlp-white.json", "/data/advisories.csv"]
    texts = [page.content.decode(), document.content.decode(), *(read(stranger, each) for each in public)]
    assert [text for text in texts if "Marea" in text] == []


def signer_of(document: bytes, signature: str, key: str) -> str | None:
    """Fingerprint of the key, where the signature over the document is its own; asked of the library, not of what wraps it."""
    try:
        found = verify(
            bytes=document,
            store=lambda _ids: [Cert.from_bytes(key.encode())],
            signature=Sig.from_bytes(signature.encode()),
        )
    except Exception:  # the library's one kind of failure
        return None
    (one,) = found.valid_sigs
    return str(one.certificate).upper()


def read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    parts = answer.streaming_content if answer.streaming else [answer.content]  # type: ignore[attr-defined]  # a file streams
    return b"".join(parts).decode()


def test_a_document_that_is_not_valid_publishes_nothing(
    draft: Advisory, writer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send_to_review(draft, by=writer)
    Advisory.objects.filter(pk=sent.pk).update(cves=["CVE-1"], cvss=[])  # behind the back of what checks it
    code, sentence = refusal(lambda: publish(sent, by=writer))
    assert (code, "Test schema (JSON Schema (CSAF 2.0)) says, at /vulnerabilities/0/cve" in sentence) == (
        "csaf_not_valid",
        True,
    )
    sent.refresh_from_db()
    assert (sent.state, sent.versions.count(), CsafDocument.objects.count()) == (AdvisoryState.REVIEW, 0, 0)


RED = {"tlp": "RED", "title": "Xsecret cranes", "summary": "Xsecret.", "text": "Xsecret", "translations": {}}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("tlp", ["GREEN", "AMBER", "AMBER+STRICT", "RED"])
def test_what_is_not_clear_leaves_by_no_public_exit(
    tlp: str, draft: Advisory, writer: User, second: User, stranger: Client
) -> None:
    update_advisory(draft, by=writer, **facts_with(**{**RED, "tlp": tlp}))
    subscribed("reader@example.org")
    out = published(draft, second)
    draw_missing(by=SYSTEM)
    assert (mail_due(by=SYSTEM), draw_document(out, by=SYSTEM), mail_version(out, by=SYSTEM)) == (0, None, 0)
    exits = [
        "/advisories/",
        "/advisories/adv-2026-001/",
        "/advisories/feed.xml",
        DOCUMENT,
        *(f"{DOCUMENT}.{kind}" for kind in ("sha256", "sha512", "asc")),
        *(f"{ROOT}{name}" for name in ("feed-tlp-white.json", "white/index.txt", "white/changes.csv", "white/")),
        "/data/advisories.csv",
        "/data/advisories.json",
        "/api/v1/advisories",
        "/api/v1/advisories/adv-2026-001",
        "/search/?q=xsecret",
    ]
    assert [
        each
        for each in exits
        if "adv-2026-001" in (text := read(stranger, each)).replace(each, "") or "Xsecret" in text
    ] == []
    assert [m.to for m in OutboxMail.objects.exclude(kind="advisory.asked")] == []
    period = Period(clock.today() - timedelta(days=400), clock.today() + timedelta(days=400))
    assert advisories_published(period, Filters()).numerator == 0


@pytest.mark.long
def test_an_earlier_version_is_read_by_whom_its_own_marking_allows(
    draft: Advisory, second: User, stranger: Client, browser_of: Callable[..., Client], user_with: Callable[..., User]
) -> None:
    update_advisory(draft, by=second, **facts_with(**RED))
    out = published(draft, second)
    out = correct(out, by=second, what="Xsecret port is named.", text="Xsecret port")
    assert correct(out, by=second, what="For members.", **facts_with(tlp="GREEN")).issue == 3
    here = "/workspace/advisories/adv-2026-001/"
    few, writes = second, user_with("administrator", email="administrator@example.net")
    member = user_with("operator", email="operator@example.net")
    saw = [read(browser_of(each), here) for each in (few, writes, member)]
    assert ["Xsecret" in text for text in saw] == [True, False, False]
    assert ["For members." in text for text in saw] == [True, True, True]
    out = correct(Advisory.objects.get(), by=second, what="Made public.", **facts_with(tlp="CLEAR"))
    correct(out, by=second, what="4.2 is not enough.", advice="Update to 4.3.")
    subscribed("reader@example.org")
    assert mail_due(by=SYSTEM) == 1
    exits = [
        "/advisories/adv-2026-001/",
        "/advisories/feed.xml",
        DOCUMENT,
        "/data/advisories.csv",
        "/search/?q=xsecret",
    ]
    texts = [read(stranger, each) for each in exits] + [OutboxMail.objects.get(kind="advisory.version").text]
    assert [t for t in texts if "Xsecret" in t.replace("q=xsecret", "") or "For members" in t] == []
    assert [
        t for t in (texts[0], texts[1], OutboxMail.objects.get(kind="advisory.version").subject) if "ersion 2" not in t
    ] == []
    assert ("Update to 4.2." in texts[0], "ersion 3" in "".join(texts)) == (True, False)
    document = json.loads(texts[2])
    tracking = document["document"]["tracking"]
    assert [(r["number"], r["summary"]) for r in tracking["revision_history"]] == [
        ("1", "Made public."),
        ("2", "4.2 is not enough."),
    ]
    assert (csaf.judge(document), tracking["version"]) == ([], "2")
    row = next(csv.DictReader(io.StringIO(texts[3].removeprefix("\ufeff"))))
    assert row["issue"] == "2"


def test_markings_are_read_by_whom_they_are_for(draft: Advisory, writer: User, user_with: Callable[..., User]) -> None:
    people = {
        role: user_with(role, email=f"{role}@example.net")
        for role in ("administrator", "secretariat", "responder", "operator", "lead", "observer")
    }
    seen: dict[str, list[str]] = {}
    for tlp in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"):
        for state in ("draft", "published"):
            at = clock.now() if state == "published" else None
            Advisory.objects.filter(pk=draft.pk).update(tlp=tlp, state=state, published_at=at)
            seen[f"{state} {tlp}"] = [r for r, user in people.items() if Advisory.objects.visible_to(user).exists()]
    writers, few = ["administrator", "secretariat", "responder"], ["secretariat", "responder"]
    assert seen == {
        "draft CLEAR": writers,
        "published CLEAR": list(people),
        "draft GREEN": writers,
        "published GREEN": [*writers, "operator"],
        "draft AMBER": writers,
        "published AMBER": writers,
        "draft AMBER+STRICT": few,
        "published AMBER+STRICT": few,
        "draft RED": few,
        "published RED": few,
    }
    with pytest.raises(NotAllowed):  # nor does who may not read it write or publish it
        publish(draft, by=people["administrator"])
    with pytest.raises(NotAllowed):
        write_advisory("adv-2026-002", by=people["administrator"], **facts_with(tlp="RED"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        ({"summary": ""}, "summary"),
        ({"cves": ["CVE-1"]}, "cves"),
        ({"cves": [f"CVE-2026-{n:05d}" for n in range(201)]}, "cves"),
        ({"cvss": [{"cve": "", "vector": "CVSS:3.1/AV:N"}]}, "cvss"),
        ({"cvss": [{"cve": "CVE-2026-99999", "vector": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}]}, "cvss"),
        ({"cvss": FACTS["cvss"] * 2}, "cvss"),
        ({"products": FACTS["products"][:1] * 2}, "products"),
        ({"sectors": ["moon"]}, "sectors"),
        ({"references": ["javascript:alert(1)"]}, "references"),
        ({"language": "pt"}, "language"),
        ({"source_known_at": datetime(2999, 1, 1, tzinfo=UTC)}, "source_known_at"),
    ],
)
def test_what_is_refused_says_at_which_field(facts: dict[str, Any], field: str, writer: User) -> None:
    with pytest.raises(Refused) as caught:
        write_advisory("adv-2026-002", by=writer, **facts_with(**facts))
    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize("code", ["ADV-1", "a_b", "-a", "a b", ""])
def test_a_code_is_a_file_name_in_csaf(code: str, writer: User) -> None:
    assert refusal(lambda: write_advisory(code, by=writer, **FACTS))[0] in {"bad_code", "missing"}


EVIL = "=cmd|' /C calc'!A0 <script>alert(1)</script>"


def test_what_is_typed_into_any_field_runs_nowhere(writer: User, stranger: Client) -> None:
    rows = [{"vendor": EVIL, "product": EVIL, "versions": EVIL, "status": "known_affected"}]
    texts = dict.fromkeys(("title", "summary", "text", "advice"), EVIL)
    evil = facts_with(**texts, products=rows, translations={})
    published(write_advisory("adv-2026-001", by=writer, **evil), writer)
    for address in (
        "/advisories/",
        "/advisories/adv-2026-001/",
        "/es/advisories/adv-2026-001/",
        "/advisories/feed.xml",
    ):
        assert "<script>alert" not in read(stranger, address)
    lines = list(csv.reader(io.StringIO(read(stranger, "/data/advisories.csv").lstrip("\ufeff"))))
    assert [cell for line in lines for cell in line if cell.startswith("=")] == []
    assert csaf.judge(json.loads(stranger.get(DOCUMENT).content)) == []


def test_lists_for_programs_name_every_document_and_ask_no_question_for_each(
    writer: User, stranger: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 4):
        published(write_advisory(f"adv-2026-00{number}", by=writer, **FACTS), writer)
    names = [f"2026/adv-2026-00{n}.json" for n in (1, 2, 3)]
    assert read(stranger, f"{ROOT}white/index.txt").split() == names
    changed = list(csv.reader(io.StringIO(read(stranger, f"{ROOT}white/changes.csv"))))
    assert sorted(path for path, _moment in changed) == names
    assert [m for _p, m in changed] == sorted((m for _p, m in changed), reverse=True)
    feed = json.loads(read(stranger, f"{ROOT}feed-tlp-white.json"))["feed"]
    assert sorted(entry["content"]["src"] for entry in feed["entry"]) == [
        f"http://localhost:8000{ROOT}white/{n}" for n in names
    ]
    for entry in feed["entry"]:
        for link in entry["link"]:
            assert stranger.get(link["href"].removeprefix("http://localhost:8000")).status_code == 200
    metadata = json.loads(read(stranger, f"{ROOT}provider-metadata.json"))
    assert (metadata["role"], metadata["publisher"]["name"]) == ("csaf_provider", "National CSIRT")
    assert read(stranger, f"{ROOT}white/2026/").count(".json.sha512") == 6
    with django_assert_max_num_queries(4):  # the country and its team besides
        read(stranger, f"{ROOT}feed-tlp-white.json")
    answer = stranger.get(DOCUMENT)
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/json", "*")
    for kind in ("sha256", "sha512"):
        digest, name = read(stranger, f"{DOCUMENT}.{kind}").split()
        assert (digest, name) == (hashlib.new(kind, answer.content).hexdigest(), "adv-2026-001.json")
    for wrong in (
        "white/2025/adv-2026-001.json",
        "white/2026/adv-2026-009.json",
        "white/1999/",
        "secret",
        "openpgp-key.asc",
        "white/../white/index.txt",
    ):
        assert (wrong, stranger.get(ROOT + wrong).status_code) == (wrong, 404)


def test_documents_are_signed_by_the_worker_where_the_team_has_a_key(
    draft: Advisory, writer: User, stranger: Client, settings: Any, tmp_path: Path
) -> None:
    out = published(draft, writer)
    assert (sign_missing(by=SYSTEM), stranger.get(f"{DOCUMENT}.asc").status_code) == (0, 404)
    key = tmp_path / "key.asc"
    key.write_bytes(bytes(Tsk.generate("National CSIRT <info@csirt.example>")))
    settings.PGP_KEY = str(key)
    assert (draw_and_sign(by=SYSTEM), sign_missing(by=SYSTEM)) == (1, 0)
    signer = signing.in_use()
    assert signer is not None
    metadata = json.loads(read(stranger, f"{ROOT}provider-metadata.json"))
    assert (metadata["role"], metadata["public_openpgp_keys"]) == (
        "csaf_trusted_provider",
        [{"fingerprint": signer.fingerprint, "url": f"http://localhost:8000{ROOT}openpgp-key.asc"}],
    )
    public = read(stranger, f"{ROOT}openpgp-key.asc")
    assert openpgp.certificate(public, for_encryption=False).fingerprint == signer.fingerprint
    document, signature = stranger.get(DOCUMENT).content, read(stranger, f"{DOCUMENT}.asc")
    assert signer_of(document, signature, public) == signer.fingerprint
    assert signer_of(document + b" ", signature, public) is None
    correct(out, by=writer, what="Another way.", advice="Update to 4.3.")
    assert stranger.get(f"{DOCUMENT}.asc").status_code == 404  # until the worker has signed the new version
    assert sign_document(CsafDocument.objects.get(), by=SYSTEM, signer=signer).signature != signature


def subscribed(email: str, *, sectors: tuple[str, ...] = (), language: str = "en") -> None:
    row = subscribe(by=VISITOR, email=email, sectors=sectors, products=(), language=language)
    confirm(row, by=VISITOR)


def test_each_subscriber_gets_each_version_once_and_nobody_sees_another(draft: Advisory, writer: User) -> None:
    for name, sectors, language in (("all", (), "es"), ("water", ("water",), "en"), ("energy", ("energy",), "en")):
        subscribed(f"{name}@example.org", sectors=sectors, language=language)
    subscribe(by=VISITOR, email="unconfirmed@example.org", sectors=(), products=(), language="en")
    OutboxMail.objects.all().delete()
    out = published(draft, writer)
    assert (mail_due(by=SYSTEM), mail_due(by=SYSTEM)) == (2, 0)
    mails = {m.to: m for m in OutboxMail.objects.all()}
    assert {to: m.subject for to, m in mails.items()} == {
        "all@example.org": "[TLP:CLEAR] Crítica: Marea deja entrar a desconocidos (adv-2026-001)",
        "water@example.org": "[TLP:CLEAR] Critical: Marea lets strangers in (adv-2026-001)",
    }
    headers = mails["water@example.org"].headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://localhost:8000/advisories/unsubscribe/[^/]+/>", headers["List-Unsubscribe"])
    assert "all@example.org" not in mails["water@example.org"].text
    correct(out, by=writer, what="4.2 is not enough.", advice="Update to 4.3.")
    mail_due(by=SYSTEM)
    newest = OutboxMail.objects.filter(to="water@example.org").order_by("-pk")[0]
    assert "What changed: 4.2 is not enough." in newest.text
    assert OutboxMail.objects.filter(to="water@example.org", state="waiting").count() == 1  # the older one is replaced


@needs_samples
def test_a_csaf_document_of_others_becomes_a_draft(writer: User) -> None:
    sample = Path(str(MANDATORY[0].parent.parent / "examples" / "bsi-2022-0001.json")).read_bytes()
    made = draft_from_csaf(by=writer, code="adv-2026-010", data=sample, language="en")
    assert (made.cves, len(made.products), made.made_from, made.state) == (
        ["CVE-2022-27193"],
        6,
        "csaf:BSI-2022-0001",
        AdvisoryState.DRAFT,
    )
    code, sentence = refusal(lambda: draft_from_csaf(by=writer, code="x", data=MANDATORY[0].read_bytes()))
    assert (code, "Test 6.1.1 (Missing Definition of Product ID)" in sentence) == ("not_valid", True)
    assert refusal(lambda: draft_from_csaf(by=writer, code="x", data=b"{}x"))[0] == "unreadable"


@pytest.mark.long
@needs_samples
@pytest.mark.parametrize(
    ("released", "known"),
    [
        ("0001-01-01T00:00:00+14:00", None),
        ("2022-03-30T12:00:60Z", None),
        ("2022-03-30T12:00:00z", datetime(2022, 3, 30, 12, tzinfo=UTC)),
    ],
)
def test_the_day_of_a_csaf_document_that_cannot_be_read_stays_empty(
    writer: User, monkeypatch: pytest.MonkeyPatch, released: str, known: datetime | None
) -> None:
    sample = Path(str(MANDATORY[0].parent.parent / "examples" / "bsi-2022-0001.json")).read_bytes()
    read = csaf.read
    monkeypatch.setattr(csaf, "read", lambda document: replace(read(document), released_at=released))
    made = draft_from_csaf(by=writer, code="adv-2026-010", data=sample, language="en")
    assert made.source_known_at == known


def test_it_waits_for_whoever_may_publish(draft: Advisory, writer: User) -> None:
    send_to_review(draft, by=writer)
    mine = Recipient(permissions=frozenset({Permission.ADVISORY_PUBLISH}))
    (task,) = waiting_tasks(mine, viewer=None, today=clock.today())
    assert (task.title, task.href) == ("Marea lets strangers in", "/workspace/advisories/adv-2026-001/")
    assert list(waiting_tasks(Recipient(), viewer=None, today=clock.today())) == []
    Advisory.objects.update(tlp="RED")
    assert list(waiting_tasks(mine, viewer=None, today=clock.today())) == []


def test_what_was_published_stays_and_a_draft_can_be_removed(draft: Advisory, writer: User) -> None:
    other = write_advisory("adv-2026-002", by=writer, **FACTS)
    remove_advisory(other, by=writer)
    out = published(draft, writer)
    assert refusal(lambda: remove_advisory(out, by=writer))[0] == "not_draft"
    assert refusal(lambda: update_advisory(out, by=writer, title="x"))[0] == "is_out"
    assert list(Advisory.objects.values_list("code", flat=True)) == ["adv-2026-001"]


def test_figures_count_what_is_public_and_what_is_not_out_yet(draft: Advisory, writer: User) -> None:
    known = clock.now() - timedelta(hours=30)
    for number in (2, 3):
        write_advisory(f"adv-2026-00{number}", by=writer, **facts_with(made_from="x:1", source_known_at=known))
    write_advisory("adv-2026-004", by=writer, **facts_with(tlp="RED", source_known_at=known))
    published(update_advisory(draft, by=writer, source_known_at=known), writer)
    published(write_advisory("adv-2026-005", by=writer, **FACTS), writer)
    day = clock.calendar_day(clock.now())
    period = Period(day - timedelta(days=3), day)
    count, hours = advisories_published(period, Filters()), median_hours_source_to_advisory(period, Filters())
    assert (count.value, hours.value, hours.numerator, hours.denominator) == (2, None, 1, 3)  # two of three last longer
    assert hours.left_out == (("advisories_without_source_time", 1),)
    assert [record.label for record in hours.records] == ["adv-2026-001", "…", "…"]
    published(Advisory.objects.get(code="adv-2026-002"), writer)
    assert median_hours_source_to_advisory(period, Filters()).value == 30


def test_the_trail_names_nobody_who_subscribed(country: Any) -> None:
    subscribed("reader@example.org")
    text = json.dumps([[e.subject_name, e.detail] for e in AuditEntry.objects.filter(verb__startswith="subscription.")])
    assert "reader@example.org" not in text


def test_the_profile_of_the_team_is_shown_as_far_as_it_is_known(country: Any, writer: User, stranger: Client) -> None:
    team = Team.objects.get(is_own=True)
    update_team(team, by=writer, mission="Helps.", constituency="The <b>whole</b> country")
    add_team(by=writer, name="Bank team", constituency="Banks")
    text = stranger.get("/advisories/team/").content.decode()
    assert [words in text for words in ("3.1 Mission", "Helps.", "Bank team", "Fax", "<b>whole")] == [True] * 4 + [
        False
    ]
    assert "mailto:info@csirt.example" in stranger.get("/.well-known/security.txt").content.decode()
    assert refusal(lambda: add_team(by=writer, is_own=True, name="Another"))[0] == "taken"
    with pytest.raises(NotAllowed):
        update_team(team, by=VISITOR, mission="x")
