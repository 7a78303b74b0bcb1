"""Every reader of foreign bytes, given real ones that somebody cut, bent and filled with what does not belong there: it reads
them or says the refusal that it documents, and nothing else."""

from __future__ import annotations

import base64
import io
import os
import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import bounces, heads
from floreo.core.errors import Refused
from floreo.core.mail_in.reading import parse_mail
from floreo.core.mail_in.senders import why_not_proven
from floreo.core.reading.document import Unreadable as NoText
from floreo.core.reading.reading import read_document
from floreo.evidence.sniffing import Unwelcome, kind_of
from floreo.feeds.collectors.mail import secret_text
from floreo.feeds.engine import reading
from floreo.feeds.engine.normalise import normalise
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.task import IngestOrder, Source
from floreo.packs.problems import PackRefused
from floreo.packs.reading import read_pack
from floreo.reports.word.filling import default_template
from floreo.reports.word.refusing import check as check_template
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.models import Edition
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of
from tests.conftest import ROOT
from tests.conftest import SAMPLES as BESIDE
from tests.fuzz.hostile import values
from tests.fuzz.profile import examples, judge
from tests.fuzz.site import CPU_SECONDS, Hang, where, within

SAMPLES = Path(os.environ.get("FLOREO_FUZZ_SAMPLES") or BESIDE)  # of outside; without them, our own are bent
NIGHT = datetime(2026, 11, 25, tzinfo=UTC)
DOCUMENTS = ROOT / "tests" / "strategy" / "drafting" / "documents"
PACK = ROOT / "packs" / "isla-prueba"
MOST = 60_000  # bytes of a sample that is bent: the beginning of a larger one shows as much


def beginning(path: Path) -> bytes:
    """A text up to a whole line; a container whole."""
    data = path.read_bytes()
    return (
        data
        if len(data) <= MOST or path.suffix in {".docx", ".pdf", ".msg"}
        else data[: data.rfind(b"\n", 0, MOST) + 1]
    )


def files_in(*places: tuple[Path, str]) -> list[tuple[str, bytes]]:
    """(name, bytes) of files that fit a pattern; those of outside samples only where they are."""
    found = [path for folder, pattern in places for path in sorted(folder.glob(pattern)) if path.is_file()]
    return [(path.name, beginning(path)) for path in found if path.stat().st_size < 2_000_000]


# --- How bytes are bent -------------------------------------------------------------------------------------------


@st.composite
def bent(draw: Any, data: bytes) -> bytes:
    """One to four changes, each where a change is likely to matter: at a cell, a word, a line, a byte."""
    for _each in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.sampled_from((0, 1, 2, 4, 16, 200, 4000))))
        how = draw(st.sampled_from(("put", "put", "cell", "cell", "cell", "cut", "twice", "end", "flip")))
        if how == "cell":  # what is between two separators
            ends = [n for n in (data.find(mark, at) for mark in b",;\n\"' :=<>|") if n >= 0]
            to = min(ends, default=len(data))
        if how in {"put", "cell"}:
            value = draw(values)
            data = data[:at] + (value if isinstance(value, bytes) else value.encode()) + data[to:]
        elif how == "cut":
            data = data[:at] + data[to:]
        elif how == "twice":
            data = data[:to] + data[at:]
        elif how == "end":
            data = data[:at]
        elif at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]) + data[at + 1 :]
    return data


@st.composite
def bent_inside(draw: Any, data: bytes) -> bytes:
    """A container with one of its parts bent, left out or there twice."""
    if not data.startswith(b"PK") or draw(st.integers(0, 4)) == 0:
        changed: bytes = draw(bent(data))
        return changed
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        chosen, how = (
            draw(st.sampled_from(names)),
            draw(st.sampled_from(("bent", "bent", "bent", "bent", "gone", "twice"))),
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in names:
                body = archive.read(name)
                if name == chosen and how == "gone":
                    continue
                copy.writestr(name, draw(bent(body)) if name == chosen and how == "bent" else body)
                if name == chosen and how == "twice":
                    copy.writestr(zipfile.ZipInfo(f"{name}.twice"), body)
        return out.getvalue()


def run(read: Callable[[], object], *documented: type[Exception], place: str, repeat: str) -> str:
    """Reads; anything but the documented refusal is wrong. Returns what became of it: "read" or "refused"."""
    wrong, became = [], "read"
    try:
        with within(CPU_SECONDS):
            read()
    except documented:
        became = "refused"
    except (Exception, Hang) as error:  # the finding itself
        wrong = [where(error)]
    judge(wrong, place, repeat)
    return became


def shown(name: str, data: bytes) -> str:
    """Enough to repeat it."""
    return f"{name} {len(data)} bytes, base64 of zlib: {base64.b64encode(zlib.compress(data, 9)).decode()}"


# --- Readers ------------------------------------------------------------------------------------------------------


def read_all(name: str, data: bytes, report_type: str = "") -> None:
    task = IngestOrder("feed", date(2026, 11, 24), report_type, (), NIGHT, "", "")
    report = reading.open_report(Source("", "d", name), task, data=data, block=4096)
    for part in report.parts():
        normalise(part, report, feed="feed", sha256="d", received_at=NIGHT, oldest_days=400)


@cache
def reports() -> list[tuple[str, bytes]]:
    own = [
        (
            "2026-11-24-scan_rdp.csv",
            b'"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n"2026-11-24 03:00:00","high","192.0.2.7","tcp","3389","a.example","rdp","64496","XX"\n',
        ),
        (
            "events.json",
            b'{"source.ip": "192.0.2.7", "time.source": "2026-11-24T03:00:00+00:00", "classification.type": "scanner", "extra": {"a": [1, {"b": null}]}}\n{"source.ip": "2001:db8::1", "source.port": 443}\n',
        ),
        ("list.txt", b"# a list\n192.0.2.7\n192.0.2.0/24 # net\nAS64496\nevil.example\n"),
        (
            "xarf.json",
            b'{"xarf_version": "4.0.0", "report_id": "1", "timestamp": "2026-11-24T03:00:00Z", "source_identifier": "192.0.2.7", "category": "connection", "type": "ddos", "reporter": {"org": "x"}}',
        ),
    ]
    outside = files_in(
        (SAMPLES / "shadowserver", "*.csv"),
        (SAMPLES / "xarf", "**/*.json"),
        (SAMPLES / "rsit", "**/*"),
        (SAMPLES / "misp", "**/*.json"),
        (SAMPLES / "csaf", "**/*.json"),
        (SAMPLES / "kev", "*"),
    )
    return own * (1 + len(outside) // 8) + [
        (name if name.endswith(".json") else f"2026-11-24-{name}", data) for name, data in outside
    ]


@pytest.mark.guards("no file of a feed ends its reader")
@pytest.mark.one_database
def test_files_of_feeds() -> None:
    became = Counter(run(partial(read_all, *own), place="feed as it came", repeat=own[0]) for own in reports()[:4])
    assert became == {"read": 4}  # else the examples would say nothing

    @examples(gate=80)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        name, sample = data.draw(st.sampled_from(reports()))
        body = data.draw(bent(sample))
        kind = data.draw(st.sampled_from(("", "", name[11:-4], "scan_rdp")))
        became[run(lambda: read_all(name, body, kind), Unreadable, place="feed", repeat=shown(name, body))] += 1

    read()
    assert became["read"] > 4
    assert became["refused"]


@cache
def texts() -> list[tuple[str, bytes]]:
    own = files_in(
        (DOCUMENTS, "*.txt"), (DOCUMENTS, "*.md"), (DOCUMENTS, "*.html"), (DOCUMENTS, "*.docx"), (DOCUMENTS, "*.pdf")
    )
    return own + files_in((SAMPLES / "strategies", "**/*.txt"), (SAMPLES / "akn", "**/*.html"))


@pytest.mark.long
@pytest.mark.one_database
def test_texts_of_a_strategy(tmp_path: Path) -> None:
    became = Counter[str]()

    @examples(gate=40)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        name, sample = data.draw(st.sampled_from(texts()))
        path = tmp_path / name
        path.write_bytes(data.draw(bent_inside(sample)))
        repeat = shown(name, path.read_bytes())
        became[
            run(
                lambda: draft_rows(read_document(path, openers=OPENERS)),
                NoText,
                place=f"text {path.suffix}",
                repeat=repeat,
            )
        ] += 1

    read()
    assert became["read"]
    assert became["refused"]


@cache
def pieces_of_evidence() -> list[tuple[str, bytes]]:
    return [
        *texts(),
        ("t.docx", default_template()),
        *files_in((PACK, "*.csv"), (PACK, "**/*.pdf"), (PACK, "**/*.png"), (SAMPLES / "mail", "*")),
    ]


@pytest.mark.long
@pytest.mark.one_database
def test_evidence_and_templates() -> None:
    check_template(default_template())
    became = Counter[str]()

    @examples(gate=80)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        name, sample = data.draw(st.sampled_from(pieces_of_evidence()))
        body = data.draw(bent_inside(sample))
        took = run(lambda: kind_of(io.BytesIO(body), name), Unwelcome, place="evidence", repeat=shown(name, body))
        became[took] += 1
        if data.draw(st.booleans()):
            template = data.draw(bent_inside(default_template()))
            run(lambda: check_template(template), Refused, place="template", repeat=shown("t.docx", template))

    read()
    assert became["read"]
    assert became["refused"]


@pytest.mark.long
def test_workbooks_of_a_plan(isla: object) -> None:
    book = workbook_of(Edition.objects.order_by("pk")[0])
    read_workbook(book, sheets())
    became = Counter[str]()

    @examples(gate=12)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        body = data.draw(bent_inside(book))
        repeat = shown("plan.xlsx", body)
        became[run(lambda: read_workbook(body, sheets()), Refused, place="workbook", repeat=repeat)] += 1

    read()
    assert became.total()
    assert became["refused"]


@cache
def letters() -> list[tuple[str, bytes]]:
    own = b'From: a@example.org\r\nTo: feeds+secret@floreo.example\r\nSubject: =?utf-8?q?r=C3=A9?=\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=k; h=from:to; bh=AAAA; b=AAAA\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/csv; name="2026-11-24-scan_rdp.csv"\r\nContent-Disposition: attachment; filename*=utf-8\'\'r%C3%A9.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--b--\r\n'
    returned = b"From: MAILER-DAEMON@mx.example\r\nTo: floreo@floreo.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b1\r\n\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <0123456789abcdef@floreo.example>\r\nSubject: x\r\n\r\n--b1--\r\n"
    return [("own.eml", own), ("returned.eml", returned), *files_in((SAMPLES / "mail", "*.eml"))]


@pytest.mark.one_database
def test_mail() -> None:
    def take(raw: bytes) -> None:
        letter = parse_mail(raw)
        secret_text(letter.recipients)
        why_not_proven(letter, ours=("feeds@floreo.example",), keys=lambda _name: None)
        bounces.read(raw)

    assert [file.name for file in parse_mail(letters()[0][1]).files] == ["ré.csv"]
    assert bounces.read(letters()[1][1]) is not None
    became = Counter[str]()

    @examples(gate=80)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        name, sample = data.draw(st.sampled_from(letters()))
        body = data.draw(bent(sample))
        became[run(lambda: take(body), place="mail", repeat=shown(name, body))] += 1

    read()
    assert became["read"] == became.total() > 0  # a mail is never refused: what it holds is


@pytest.mark.long
@pytest.mark.one_database
def test_files_of_a_pack(tmp_path: Path) -> None:
    home = tmp_path / "pack"
    shutil.copytree(PACK, home)
    files = sorted(
        p for p in home.rglob("*") if p.is_file() and p.suffix in {".toml", ".csv", ".md", ".json", ".yaml", ".yml"}
    )
    read_pack(home, is_measure=lambda _name: True)
    became = Counter[str]()

    @examples(gate=4)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(files))
        whole = path.read_bytes()
        body = data.draw(bent(whole))
        path.write_bytes(body)
        try:
            repeat = shown(path.name, body)
            took = run(lambda: read_pack(home, is_measure=lambda _name: True), PackRefused, place="pack", repeat=repeat)
            became[took] += 1
        finally:
            path.write_bytes(whole)

    read()
    assert became["refused"]


def test_heads_that_somebody_kept(db: None) -> None:
    line = b'{"text": "floreo audit head 1\\nsite: https://a.example\\nentry: 5\\nhash: 00\\nbefore: 00\\n", "signature": "AAAA", "key": "AAAA"}\n'

    found = Counter[bool]()

    def look(text: str) -> None:
        found[bool(list(heads.problems(text.splitlines())))] += 1

    @examples(gate=40)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        body = data.draw(bent(line)).decode("utf-8", "replace")
        run(lambda: look(body), place="heads", repeat=repr(body))

    read()
    assert found[True] > found[False]  # what was bent is named, but where nothing is left to be named
