"""What arrives packed, wrongly encoded, cut off or far too large."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.feeds.engine.opening import members, readable
from floreo.feeds.engine.problems import Unreadable

pytestmark = pytest.mark.one_database
TEXT = b"ip,port\n192.0.2.1,80\n192.0.2.2,443\n"


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def read(data: bytes, name: str = "report.csv", **limits: int) -> list[tuple[str, bytes]]:
    return [(m.name, b"".join(b.data for b in m.blocks())) for m in members(data, name, **limits)]


def problem(data: bytes, **limits: int) -> str:
    with pytest.raises(Unreadable) as found:
        read(data, "report.csv", **limits)
    return found.value.code


def test_a_plain_file_is_its_only_member(tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_bytes(TEXT)
    assert [m.name for m in members(tmp_path / "report.csv", "report.csv")] == ["report.csv"]
    assert read(TEXT) == [("report.csv", TEXT)]


def test_gz_of_several_members_is_one_file_and_padding_is_nothing() -> None:
    data = gzip.compress(TEXT) + gzip.compress(b"192.0.2.3,22\n") + b"\0" * 700
    assert read(data, "scan_ssh.csv.gz") == [("scan_ssh.csv", TEXT + b"192.0.2.3,22\n")]


def test_every_file_in_a_zip_is_read_under_its_own_name_once() -> None:
    data = zipped(("a.csv", TEXT), ("folder/", b""), ("../../b.csv", b"x\n"), ("__MACOSX/a.csv", b"junk"))
    assert read(data, "two.zip") == [("a.csv", TEXT), ("../../b.csv", b"x\n")]
    assert [m.is_alone for m in members(data, "two.zip") if list(m.blocks())] == [False, False]


def test_an_archive_in_an_archive_is_opened_and_no_further() -> None:
    once = zipped(("inner.csv.gz", gzip.compress(TEXT)))
    assert read(once) == [("inner.csv", TEXT)]
    assert read(gzip.compress(zipped(("b.csv", TEXT))), "b.zip.gz") == [("b.csv", TEXT)]
    assert problem(gzip.compress(once)) == "broken_archive"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (gzip.compress(TEXT * 100)[:-20], "truncated"),
        (gzip.compress(TEXT * 100)[:-8], "truncated"),
        (gzip.compress(TEXT) + gzip.compress(TEXT)[:15], "truncated"),
        (gzip.compress(TEXT)[:-8] + b"12345678", "broken_archive"),
        (gzip.compress(TEXT) + b"what is this", "broken_archive"),
        (zipped(("a.csv", TEXT * 100))[:-30], "truncated"),
        (zipped(), "empty"),
    ],
    ids=["nothing", "cut-far", "cut", "second-cut", "checksum", "junk-behind", "zip-cut", "zip-of-nothing"],
)
def test_what_cannot_be_unpacked_says_why(data: bytes, code: str) -> None:
    assert problem(data) == code


def test_a_zip_with_a_wrong_checksum_or_a_password_says_so() -> None:
    good = zipped(("a.csv", TEXT))
    place = good.index(b"a.csv") + 5
    broken = good[: place + 8] + bytes([good[place + 8] ^ 255]) + good[place + 9 :]
    assert problem(broken) == "broken_archive"
    central = good.index(b"PK\x01\x02") + 8
    assert problem(good[:central] + b"\x01" + good[central + 1 :]) == "locked_archive"


@pytest.mark.long
def test_a_bomb_is_refused_before_it_fills_anything() -> None:
    zeros = gzip.compress(b"0" * (70 << 20), 9)
    assert problem(zeros) == "bomb"
    assert problem(zipped(("a.csv", b"0" * (70 << 20)))) == "bomb"
    assert problem(gzip.compress(TEXT * 1000), largest_bytes=20_000) == "bomb"
    assert problem(TEXT * 1000, largest_bytes=20_000) == "too_large"


def test_marks_go_and_wide_letters_become_utf_8() -> None:
    text = "ip,city\n192.0.2.1,Belmopán\n"
    as_utf_8 = text.encode()
    assert read(b"\xef\xbb\xbf" + as_utf_8)[0][1] == as_utf_8
    assert read(text.encode("utf-16"))[0][1] == as_utf_8
    assert read(b"\xfe\xff" + text.encode("utf-16-be"))[0][1] == as_utf_8
    assert read(text.encode("utf-16-le"))[0][1] == as_utf_8


def test_a_line_that_is_no_utf_8_is_windows_and_spoils_no_other() -> None:
    mixed = "Belmopán\n".encode() + "Belmopán “x”\r\n".encode("cp1252") + b"hole \x81\n"
    assert readable(mixed) == "Belmopán\nBelmopán “x”\r\nhole \x81\n".encode()


@pytest.mark.long
@given(
    st.binary(max_size=400).map(lambda b: b.translate(bytes.maketrans(b"\x01\x02\x03", b"\n\n\r"))), st.integers(1, 90)
)
def test_blocks_end_at_lines_and_nothing_is_lost_wherever_they_are_cut(data: bytes, size: int) -> None:
    data = b"text\n" + data
    blocks = [b for m in members(data, "x") for b in m.blocks(size)]
    assert b"".join(b.data for b in blocks) == readable(data)
    assert [b.last for b in blocks] == [False] * (len(blocks) - 1) + [True]
    seen = b""
    for block in blocks:
        assert block.line == 1 + len((seen + b".").splitlines()) - 1
        seen += block.data


def test_other_archives_are_no_text_that_anybody_reads() -> None:
    assert read(bz2.compress(TEXT), "x.bz2")[0][0] == "x.bz2"  # opened as it is; reading refuses it
