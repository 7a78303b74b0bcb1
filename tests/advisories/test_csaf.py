"""CSAF: samples of OASIS judged as their own notes say, and our documents by the same library."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from floreo.advisories import csaf
from floreo.advisories.csaf import Content, Publisher, Revision
from floreo.advisories.cvss_scores import BadVectorError, score_of
from floreo.advisories.logic import BadLineError, Product, cves_in, product_in, vector_in, wants
from tests.conftest import SAMPLES

MANDATORY = sorted((SAMPLES / "csaf" / "mandatory").glob("*.json"))
EXAMPLES = sorted((SAMPLES / "csaf" / "examples").glob("[!p]*.json"))
SHAPE = ("6.1.8", "schema")  # that a CVSS is of its schema is asked by the schema of the whole
needs_samples = pytest.mark.skipif(not MANDATORY, reason="the samples of OASIS are not here")
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
PUBLISHER = Publisher("National CSIRT", "https://csirt.example", "info@csirt.example")
WHOLE = Content(
    code="adv-2026-001",
    title="Marea lets strangers in",
    summary="Strangers get in.",
    language="en",
    severity="critical",
    page="https://csirt.example/advisories/adv-2026-001/",
    address="https://csirt.example/.well-known/csaf/white/2026/adv-2026-001.json",
    revisions=(Revision(1, AT, "First version."),),
    text="A long text",
    advice="Update.",
    cves=("CVE-1900-10001", "CVE-1900-10002"),
    vectors=(
        ("CVE-1900-10001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:F"),
        ("CVE-1900-10001", "AV:N/AC:L/Au:N/C:P/I:P/A:P"),
        ("", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"),
    ),
    products=(
        Product("Marea", "Mail", "< 4.2"),
        Product("Marea", "Mail", "4.2", "fixed"),
        Product("Marea", "Chat", "", "known_not_affected"),
        Product("Marea", "Calendar", "", "under_investigation"),
        Product("Other", "Mail", "1.0 and earlier"),
    ),
    references=("https://marea.example/1",),
    exploited=frozenset({"CVE-1900-10001"}),
)


def title_of(path: Path) -> str:
    return str(json.loads(path.read_bytes())["document"]["title"])


@needs_samples
def test_every_sample_is_judged_as_its_title_says_and_by_the_test_that_it_is_about() -> None:
    wrong = []
    for path in MANDATORY:
        problems = csaf.judge(csaf.parsed(path.read_bytes()))
        number = ".".join(str(int(part)) for part in path.stem.split("2021-")[1].split("-")[:-1])
        if "failing" in title_of(path):
            wrong += (
                []
                if any(number.startswith(p.test) or (number, p.test) == SHAPE for p in problems)
                else [(path.name, problems)]
            )
        else:
            wrong += [(path.name, problems)] if problems else []
    assert wrong == []
    assert len(MANDATORY) > 30


@needs_samples
def test_documents_of_three_publishers_are_valid_and_can_be_read() -> None:
    read = [csaf.read(csaf.parsed(path.read_bytes())) for path in EXAMPLES]
    assert [csaf.judge(csaf.parsed(path.read_bytes())) for path in EXAMPLES] == [[], [], []]
    assert [(r.code, r.cves, len(r.products), r.tlp, r.severity) for r in read] == [
        ("BSI-2022-0001", ("CVE-2022-27193",), 6, "CLEAR", "medium"),
        ("cisco-sa-20180328-smi2", ("CVE-2018-0171",), 259, "AMBER", "critical"),
        ("RHSA-2022:0011", ("CVE-2020-10188",), 15, "CLEAR", "high"),
    ]


@needs_samples
def test_a_product_tree_that_points_nowhere_is_named_by_its_test() -> None:
    (problem, *_more) = csaf.judge(csaf.parsed(MANDATORY[0].read_bytes()))
    assert (problem.test, problem.title) == ("6.1.1", "Missing Definition of Product ID")
    assert "CSAFPID-9080700" in problem.message + problem.path


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b'{"a":' * 100_000, b" " * (csaf.LARGEST + 1)])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(csaf.UnreadableError):
        csaf.parsed(data)


def test_our_document_is_valid_and_says_what_the_advisory_says() -> None:
    document = csaf.document_of(WHOLE, PUBLISHER)
    assert csaf.judge(document) == []
    head, first = document["document"], document["vulnerabilities"][0]
    assert (head["category"], head["tracking"]["id"], head["distribution"]["tlp"]["label"]) == (
        "csaf_security_advisory",
        "adv-2026-001",
        "WHITE",
    )
    assert first["product_status"] == {
        "known_affected": ["CSAFPID-0001", "CSAFPID-0005"],
        "fixed": ["CSAFPID-0002"],
        "known_not_affected": ["CSAFPID-0003"],
        "under_investigation": ["CSAFPID-0004"],
    }
    assert [next(iter(score)) for score in first["scores"]] == ["cvss_v3", "cvss_v2"]
    assert [note["title"] for note in first["notes"]] == ["Marea lets strangers in", "CVSS 4.0"]
    assert first["threats"][0]["category"] == "exploit_status"
    assert "threats" not in document["vulnerabilities"][1]


def test_what_we_write_reads_back() -> None:
    read = csaf.read(json.loads(csaf.text_of(csaf.document_of(WHOLE, PUBLISHER))))
    assert (read.code, read.title, read.summary, read.text, read.advice) == (
        "adv-2026-001",
        "Marea lets strangers in",
        "Strangers get in.",
        "A long text",
        "Update.",
    )
    assert set(read.products) == set(WHOLE.products)
    assert (read.cves, read.references, read.tlp) == (tuple(WHOLE.cves), WHOLE.references, "CLEAR")


@pytest.mark.parametrize(
    "part",
    [
        {"cves": ()},
        {"products": (), "vectors": ()},
        {"cves": (), "products": (), "vectors": ()},
        {"text": "", "advice": "", "references": ()},
        {"products": (Product("Marea", "Mail", "4.2", "fixed"),)},
        {"title": "<script>=cmd|' /C calc'!A0", "summary": "=1+1", "text": "</script>\u202e"},
        {"withdrawn": "It was wrong.", "revisions": (Revision(1, AT, "First."), Revision(2, AT, "It was wrong."))},
    ],
)
def test_every_kind_of_advisory_makes_a_valid_document(part: dict[str, object]) -> None:
    content = Content(**{**vars(WHOLE), **part})
    document = csaf.document_of(content, PUBLISHER)
    assert csaf.judge(document) == []
    if content.withdrawn:
        assert WHOLE.title not in csaf.text_of(document)


def test_vectors_of_every_version_have_their_score() -> None:
    given = [
        "AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    ]
    assert [(s.version, str(s.base), s.severity) for s in map(score_of, given)] == [
        ("2.0", "7.5", "high"),
        ("3.0", "9.8", "critical"),
        ("3.1", "1.8", "low"),
        ("4.0", "9.3", "critical"),
    ]


@pytest.mark.parametrize(
    "vector", ["", "CVSS:3.1/AV:N", "CVSS:9.9/AV:N", "=1+1", "AV:N/AC:L", "CVSS:3.1/" + "A" * 400, "AV:N\n"]
)
def test_what_is_no_vector_is_refused(vector: str) -> None:
    with pytest.raises(BadVectorError):
        score_of(vector)


def test_lines_mean_what_they_say() -> None:
    words = {"fixed": "fixed", "corregido": "fixed"}
    assert cves_in("cve-2026-12345, CVE-2026-1234\nCVE-2026-1234") == ["CVE-2026-12345", "CVE-2026-1234"]
    assert product_in("Marea | Mail | < 4 | Corregido", words) == Product("Marea", "Mail", "< 4", "fixed")
    assert product_in("Marea | Mail", words) == Product("Marea", "Mail", "", "known_affected")
    assert vector_in("CVE-2026-1234 CVSS:3.1/x") == {"cve": "CVE-2026-1234", "vector": "CVSS:3.1/x"}
    for read, line in ((cves_in, "CVE-26-1"), (vector_in, "CVE-2026-1234"), (vector_in, "a b")):
        with pytest.raises(BadLineError):
            read(line)
    for line in ("Marea", " | Mail", "a | b | c | d", "a | b | c | fixed | e", "a" * 300 + " | b"):
        with pytest.raises(BadLineError):
            product_in(line, words)


def test_a_subscriber_receives_what_concerns_them() -> None:
    mail = (Product("Marea", "Mail Server"),)
    cases = [
        (set[str](), set[str](), {"water"}, True),  # chose nothing: all
        ({"water"}, set(), {"water", "health"}, True),
        ({"energy"}, set(), {"water"}, False),
        ({"energy"}, set(), set(), True),  # it concerns every sector
        ({"energy"}, {"marea mail"}, {"water"}, True),
        (set(), {"pelican"}, set(), False),
    ]
    found = [
        wants(sectors=sectors, products=products, advisory_sectors=own, advisory_products=mail)
        for sectors, products, own, _expected in cases
    ]
    assert found == [expected for *_rest, expected in cases]
