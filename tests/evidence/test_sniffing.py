"""What a file is: by its content, whatever it is called. What runs, hides or cannot be looked into is turned away."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.evidence.presenters import unwelcome_sentence
from floreo.evidence.sniffing import RUNS, Unwelcome, kind_of
from tests.conftest import SAMPLES
from tests.evidence.making import PDF, PNG, PROGRAM, archive, word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def known(body: bytes, name: str = "file.pdf") -> str:
    """The media type, or why it is not taken."""
    try:
        return kind_of(io.BytesIO(body), name).media_type
    except Unwelcome as refusal:
        return refusal.code


def shortly(value: object) -> str | None:
    """Archives hold the time at which they were packed: two workers must call the same case the same."""
    return "a file" if isinstance(value, bytes) else None


@pytest.mark.parametrize(
    ("body", "name", "text"),
    [
        (PDF, "a.exe.pdf", "application/pdf"),
        (b"junk before\n" + PDF, "a.pdf", "application/pdf"),
        (PNG, "photo.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 30, "photo.jpeg", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "p.webp", "image/webp"),
        (b"\x00\x00\x00\x20ftypisom" + b"\x00" * 20, "talk.mp4", "video/mp4"),
        (b"ID3\x04\x00\x00", "talk.mp3", "audio/mpeg"),
        (b"title,n\nA,1\n", "list.csv", "text/csv"),
        (b"MZ,Mozambique\nZM,Zambia\n", "states.csv", "text/csv"),
        ("Señales de año".encode("cp1252"), "nota.txt", "text/plain"),
        ("\ufeffAño".encode("utf-16"), "nota.txt", "text/plain"),
        (b'{"a": 1}', "a.json", "application/json"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "page.txt", "text/html"),
        (b"<p><em>Revised laws</em></p>", "law.txt", "text/html"),
        (b"<svg xmlns='x'><script/></svg>", "a.png", "image/svg+xml"),
        (b"<?xml version='1.0'?><a/>", "a.xml", "application/xml"),
        (b"{\\rtf1 hello}", "a.rtf", "application/rtf"),
        (word(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
            "a.odt",
            "application/vnd.oasis.opendocument.text",
        ),
        (archive({"report.pdf": PDF, "data/list.csv": b"a,b\n"}), "all.zip", "application/zip"),
        (archive({"inner.zip": archive({"report.pdf": PDF})}), "all.zip", "application/zip"),
        (OLE + wide("WordDocument"), "old.doc", "application/msword"),
        (OLE + wide("PowerPoint Document"), "old.ppt", "application/vnd.ms-powerpoint"),
    ],
    ids=shortly,
)
def test_a_file_is_what_its_content_says(body: bytes, name: str, text: str) -> None:
    assert known(body, name) == text


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        (PROGRAM, "minutes.pdf", "program"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 40, "minutes.pdf", "program"),
        (b"\xcf\xfa\xed\xfe\x07\x00\x00\x01", "minutes.pdf", "program"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "minutes.pdf", "program"),
        (b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 30, "minutes.pdf", "program"),
        (b"dex\n035\x00", "app.pdf", "program"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "a.txt", "program"),
        (b"#!/bin/sh\nrm -rf /", "notes.txt", "script"),
        (b"\xef\xbb\xbf@echo off\r\ndel *.*", "notes.txt", "script"),
        ("@echo off".encode("utf-16"), "notes.txt", "script"),
        (b"\n\n<?php system($_GET['c']); ?>", "notes.txt", "script"),
        (b'Set x = CreateObject("WScript.Shell")', "notes.txt", "script"),
        (b"[InternetShortcut]\nURL=http://x", "notes.txt", "script"),
        (b"Get-Item x", "tidy.ps1", "runs"),
        (b"hello", "invoice.pdf.js", "runs"),
        (b"hello", "invoice.JS .", "runs"),
        (b"<html></html>", "page.hta", "runs"),
        (word(word__vbaProject_dot_bin=b"\x00"), "a.docx", "macros"),
        (
            word(
                **{
                    "word__x.xml": b"",
                }
            )
            and archive(
                {
                    "[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml",
                    "word/document.xml": b"",
                }
            ),
            "a.docx",
            "macros",
        ),
        (
            archive({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/macrosheets/sheet1.xml": b""}),
            "a.xlsx",
            "macros",
        ),
        (
            archive({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/x.xml": b""}),
            "a.odt",
            "macros",
        ),
        (OLE + wide("WordDocument") + wide("_VBA_PROJECT"), "old.doc", "macros"),
        (OLE + wide("WordDocument") + PROGRAM, "old.doc", "program"),
        (OLE + bytes.fromhex("84100c0000000000c000000000000046"), "setup.doc", "program"),
        (OLE, "what.doc", "unknown"),
        (archive({"bin/tool.dat": PROGRAM}), "all.zip", "program"),
        (archive({"run.bat": b"del"}), "all.zip", "runs"),
        (archive({"a/b.txt": b"#!/usr/bin/env python\n"}), "all.zip", "script"),
        (archive({"META-INF/MANIFEST.MF": b"", "A.class2": b"x"}), "all.zip", "program"),
        (archive({"AndroidManifest.xml": b""}), "all.zip", "program"),
        (archive({"inner.zip": archive({"deep.txt": PROGRAM})}), "all.zip", "program"),
        (archive({"letter.docx": word(word__vbaProject_dot_bin=b"")}), "all.zip", "macros"),
        (word(word__embeddings__ole1_dot_bin=OLE + PROGRAM), "a.docx", "program"),
        (archive({"logs.gz": gzip.compress(b"x")}), "all.zip", "archive"),
        (archive({"1.zip": archive({"2.zip": archive({"3.zip": archive({"4": b""})})})}), "all.zip", "deep"),
        (gzip.compress(b"hello" * 50), "a.csv.gz", "archive"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a.7z", "archive"),
        (b"Rar!\x1a\x07\x01\x00", "a.zip", "archive"),
        (archive({"a.txt": b"hello"})[:40], "a.zip", "broken"),
        (b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}", "a.rtf", "object"),
        (
            PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S /Launch/F(cmd.exe)>>"),
            "a.pdf",
            "starts_program",
        ),
        (PDF + PROGRAM, "a.pdf", "starts_program"),
        (b"\x00\x01\x02\x03\xfe\xed" * 40, "a.pdf", "unknown"),
        (b"\x00" * 5000, "a.pdf", "unknown"),
    ],
    ids=shortly,
)
def test_what_runs_or_hides_is_turned_away_whatever_it_is_called(body: bytes, name: str, why: str) -> None:
    assert known(body, name) == why


def test_an_archive_locked_with_a_password_is_turned_away() -> None:
    body = bytearray(archive({"a.txt": b"hello"}))
    body[6] |= 1  # the flag in the part's own header
    body[body.index(b"PK\x01\x02") + 8] |= 1  # and in the list at the end
    assert known(bytes(body), "a.zip") == "locked"


@pytest.mark.long
def test_an_archive_that_unpacks_to_far_more_than_it_seems_is_turned_away() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for number in range(9):
            opened.writestr(f"{number}.txt", b"\x20" * (64 * 1024 * 1024))
    assert len(made.getvalue()) < 2 * 1024 * 1024
    assert known(made.getvalue(), "a.zip") == "bomb"


def test_an_archive_of_very_many_parts_is_turned_away() -> None:
    assert known(archive({f"{number}.txt": b"" for number in range(5_001)}), "a.zip") == "bomb"


@pytest.mark.long
def test_small_archives_in_each_other_cost_no_more_than_one() -> None:
    """Six kilobytes that would unpack to two gigabytes, each archive in it within its own bounds."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("a.txt", b"a" * (30 * 1024 * 1024))
    middle = archive({f"{number}.zip": plain.getvalue() for number in range(16)})
    whole = archive({f"{number}.zip": middle for number in range(4)})
    assert len(whole) < 10_000
    assert known(whole, "a.zip") == "bomb"


def test_a_list_of_parts_without_end_is_not_read() -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, *[0] * 7, 1, *[0] * 6) + b"a"
    index = entry * 100_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 34_464, 34_464, len(index), 30, 0)
    assert known(b"PK\x03\x04" + bytes(26) + index + end, "a.zip") == "bomb"


def test_every_reason_has_a_sentence_that_says_what_to_do() -> None:
    codes = [
        "program",
        "script",
        "runs",
        "macros",
        "object",
        "starts_program",
        "archive",
        "locked",
        "deep",
        "bomb",
        "broken",
        "unknown",
    ]
    for code in codes:
        for inside in ("", "part.bin"):
            sentence = unwelcome_sentence(Unwelcome(code, inside), "a.pdf")
            assert sentence.endswith("."), code
            assert "%(" not in sentence


def test_a_part_that_runs_is_named() -> None:
    sentence = unwelcome_sentence(Unwelcome("runs", "tools/run.bat"), "all.zip")
    assert (
        sentence
        == "“all.zip” contains “tools/run.bat”, which can run when it is opened. Remove it and send the archive again."
    )


@given(st.binary(max_size=300), st.text(max_size=30))
def test_whatever_comes_is_either_a_kind_with_a_harmless_ending_or_a_reason(body: bytes, name: str) -> None:
    expected = known(body, name)
    if "/" in expected:
        assert kind_of(io.BytesIO(body), name).ending not in RUNS
    else:
        assert unwelcome_sentence(Unwelcome(expected), name or "file").endswith(".")


@pytest.mark.long
@given(st.binary(max_size=200), st.sampled_from(["a.pdf", "a.docx", "a.zip", "a.txt"]))
def test_a_program_is_found_whatever_follows_and_whatever_it_is_called(rest: bytes, name: str) -> None:
    assert known(b"MZ\x90\x00\x03" + rest, name) == "program"


@pytest.mark.skipif(not SAMPLES.exists(), reason="third-party samples are not here")
def test_documents_of_others_are_known() -> None:
    found: dict[str, bool | str] = {}
    for path in sorted(SAMPLES.rglob("*")):
        if path.suffix in {".pdf", ".docx", ".doc", ".xlsx", ".odt", ".html"} and path.is_file():
            with path.open("rb") as opened:
                try:
                    found[path.name] = kind_of(opened, path.name).ending == path.suffix[1:]
                except Unwelcome as refusal:
                    found[path.name] = refusal.code
    assert found
    assert {name: text for name, text in found.items() if text is not True} == {}
