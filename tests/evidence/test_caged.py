"""Files of evidence looked at in a cage: as without one, with an end, and by what they hold, however it is written."""

from __future__ import annotations

import io
import tempfile
import zlib
from typing import Any

import pytest
from pypdf import PdfWriter

from floreo.core import cage
from floreo.core.cage import Died, Verdict
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.sniffing import Unwelcome, kind_of
from tests.evidence.making import PDF, PNG, PROGRAM, archive, word

ACTION = b"<</S/Launch/F(cmd.exe)>>"


def why_not(body: bytes, name: str = "a.pdf") -> str:
    with pytest.raises(Unwelcome) as caught:
        kind_in_a_cage(io.BytesIO(body), name)
    return caught.value.code


def with_action(action: bytes) -> bytes:
    return PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction" + action)


def packed(objects: bytes, *, kind: bytes = b"/ObjStm") -> bytes:
    """A PDF whose action lies in a stream of objects."""
    stream = zlib.compress(b"9 0 " + objects)
    head = b"<</Type%s/N 1/First 4/Filter/FlateDecode/Length %d>>" % (kind, len(stream))
    return with_action(b" 9 0 R").replace(
        b"trailer", b"8 0 obj" + head + b"stream\n" + stream + b"\nendstream endobj\ntrailer"
    )


def encrypted(word: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt(word, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        with_action(ACTION),
        with_action(ACTION.replace(b"Launch", b"#4caunch")),
        with_action(ACTION.replace(b"Launch", b"#4C#61#75#6e#63#68")),
        with_action(ACTION.replace(b"/S/L", b"/S % a remark\n /L")),
        with_action(b" 9 0 R").replace(b"trailer", b"9 0 obj<</S 10 0 R>>endobj 10 0 obj/L#61unch endobj\ntrailer"),
        packed(ACTION),
        packed(ACTION.replace(b"Launch", b"#4caunch"), kind=b"/#4fbjStm"),
    ],
)
def test_a_pdf_that_starts_a_program_is_found_however_it_is_written(body: bytes) -> None:
    assert why_not(body) == "starts_program"


@pytest.mark.parametrize(
    "body",
    [PDF, with_action(b"<</S/LaunchPad>>"), packed(b"<</S/URI/URI(https://example.org/Launch)>>"), encrypted("")],
)
def test_a_pdf_that_starts_none_is_taken(body: bytes) -> None:
    assert kind_in_a_cage(io.BytesIO(body), "a.pdf").ending == "pdf"


def test_a_pdf_that_only_a_password_opens_is_not_taken() -> None:
    assert why_not(encrypted("secret")) == "locked"


def test_what_is_said_is_what_is_said_without_a_cage() -> None:
    files: dict[str, bytes] = {
        "a.docx": word(),
        "a.zip": archive({"a.txt": b"hello"}),
        "b.zip": archive({"run.bat": b"del"}),
        "a.rtf": b"{\\rtf1 hello}",
        "c.zip": archive({"a.txt": b"hello"})[:40],
        "d.docx": PROGRAM,
    }
    for name, body in files.items():
        found: list[Any] = []
        for look in (kind_of, kind_in_a_cage):
            try:
                found.append(look(io.BytesIO(body), name))
            except Unwelcome as refusal:
                found.append((refusal.code, refusal.inside))
        assert found[0] == found[1], name


def test_an_upload_on_the_disk_is_read_where_it_lies() -> None:
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(archive({"a.txt": b"hello"}))
        kept.flush()
        kept.temporary_file_path = lambda: kept.name  # type: ignore[attr-defined]  # as Django's has it
        assert kind_in_a_cage(kept, "a.zip").ending == "zip"


def test_a_text_or_a_picture_needs_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "run", None)
    assert kind_in_a_cage(io.BytesIO(b"plain"), "a.txt").ending == "txt"
    assert kind_in_a_cage(io.BytesIO(PNG), "a.png").ending == "png"


def test_a_picture_of_few_bytes_and_very_many_points_is_not_taken() -> None:
    huge = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(30)
    assert why_not(huge, "a.png") == "bomb"
    assert why_not(b"GIF89a" + b"\xff" * 4 + bytes(30), "a.gif") == "bomb"


@pytest.mark.parametrize(
    ("reason", "code"), [("memory", "bomb"), ("time", "bomb"), ("output", "bomb"), ("crash", "broken")]
)
def test_a_reader_that_dies_over_a_file_refuses_it(reason: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_all: object, **_more: object) -> None:
        raise Died(reason, "")

    monkeypatch.setattr(cage, "run", dies)
    assert why_not(PDF) == code


def test_what_a_reader_that_was_taken_over_says_is_no_kind_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "run", lambda *_a, **_m: Verdict({"kind": ["text/html", "exe"]}, frozenset()))
    assert why_not(PDF) == "broken"
