"""Rows of CSV, JSON, XARF and lists: each where it was, exact, and what is none with a reason."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from floreo.feeds.engine import line_ends, reading
from floreo.feeds.engine.columns import guess_mapping
from floreo.feeds.engine.opening import Block, members
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import json_lines
from floreo.feeds.engine.reading.csv_ import WORDS, Reader, _is_one_text, _words, header_of
from floreo.feeds.engine.reading.lists import entry
from floreo.feeds.engine.task import IngestOrder, Source
from tests.conftest import SAMPLES
from tests.examples import drawn

pytestmark = pytest.mark.one_database


def task(**text: Any) -> IngestOrder:
    when = datetime(2026, 11, 25, tzinfo=UTC)
    return IngestOrder("feed", date(2026, 11, 24), text.pop("report_type", ""), (), when, "", "", **text)


def opened(data: bytes, name: str = "report.csv", block: int = 8 << 20, **text: Any) -> reading.OpenReport:
    return reading.open_report(Source("", "d", name), task(**text), data=data, block=block)


def known(parts: list[Any]) -> tuple[list[tuple[int, dict[str, Any]]], list[tuple[int, str, str]]]:
    """Rows and rejects with their lines, whatever the parts."""
    rows = [(int(line), row) for p in parts for line, row in zip(p.lines, p.table.to_pylist(), strict=True)]
    return rows, [tuple(r.values()) for p in parts for r in p.rejects.to_pylist()]


def read_csv(data: bytes, size: int = 8 << 20) -> tuple[list[tuple[int, dict[str, Any]]], list[tuple[int, str, str]]]:
    found = members(data, "x")
    blocks = next(found).blocks(size)
    header, rest = header_of(next(blocks), ",")

    def again() -> Any:
        yield rest
        yield from blocks

    return known(list(Reader(header).read(again())))


CELL = st.text(st.sampled_from('ab",\n\r\0é '), max_size=6)


def written(rows: list[list[str]], end: str, quoted: bool) -> str:
    def cell(text: str) -> str:
        needs = quoted or any(c in text for c in '",\r\n')
        return '"' + text.replace('"', '""') + '"' if needs else text

    return "".join(",".join(cell(c) for c in row) + end for row in rows)


@pytest.mark.long
@given(
    st.lists(st.tuples(CELL, CELL, CELL).map(list), max_size=8),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.integers(24, 120),
)
def test_cells_are_exact_wherever_blocks_are_cut(rows: list[list[str]], end: str, quoted: bool, size: int) -> None:
    text = written([["x", "y", "z"], *rows], end, quoted)
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    wanted = [dict(zip("xyz", [c or None for c in row], strict=True)) for row in reader if row]
    found, rejects = read_csv(text.encode(), size)
    assert ([row for _, row in found], rejects) == (wanted, [])


@given(st.text(st.sampled_from('a",\n'), max_size=80), st.integers(8, 60))
def test_stray_quotes_give_the_same_rows_wherever_blocks_are_cut(text: str, size: int) -> None:
    data = b"x,y\n" + text.encode()
    assert read_csv(data, size) == read_csv(data)


@pytest.mark.long
@settings(max_examples=drawn(200), deadline=None)
@given(
    st.sampled_from(["", "ab", "é", "12"]),
    st.lists(st.sampled_from(["", "ab", "a", "bab", "é", "12", "1"]), max_size=6),
    st.integers(0, 6),
    st.integers(24, 90),
)
def test_a_column_that_said_one_thing_may_say_another_later(one: str, others: list[str], more: int, size: int) -> None:
    cells = (
        [one] * 30 + others + [one] * more
    )  # the first block holds the same in every row, those behind it perhaps not
    data = "x,y\n" + "".join(f"{cell},{number}\n" for number, cell in enumerate(cells))
    rows, rejects = read_csv(data.encode(), size)
    assert [row for _, row in rows] == [{"x": cell or None, "y": str(number)} for number, cell in enumerate(cells)]
    assert rejects == []


@given(st.lists(st.sampled_from(["", "ab", "a", "b", "bab", "é"]), min_size=1, max_size=5), st.integers(0, 3))
def test_texts_are_one_where_all_are_the_same(texts: list[str], skipped: int) -> None:
    column = pa.array(["a"] * skipped + texts).slice(skipped)
    assert _is_one_text(column) == (len(set(texts)) == 1)
    words = _words(pa.chunked_array([column]))
    assert (words.type, words.to_pylist()) == (WORDS, texts)


@given(st.binary(max_size=60) | st.text("a\r\n", max_size=60).map(str.encode))
def test_lines_end_where_one_reads_it(data: bytes) -> None:
    with patch.object(line_ends, "_BITE", 16):
        found = line_ends.line_places(data).tolist()
    lf_or_cr = [i for i, c in enumerate(data) if c == 10 or (c == 13 and data[i + 1 : i + 2] != b"\n")]
    assert found == lf_or_cr


def test_every_row_knows_the_line_on_which_it_began() -> None:
    data = b'x,y\r\n1,"a\r\nb"\r\n\r\n2,c\r\nbroken\r\n3,"d""\r\n"\r\n4,e'
    rows, rejects = read_csv(data)
    assert [(line, row["x"]) for line, row in rows] == [(2, "1"), (5, "2"), (7, "3"), (9, "4")]
    assert rejects == [(6, "broken", "broken_row")]


def test_a_row_cut_in_the_middle_costs_itself_and_the_line_it_ran_into() -> None:
    data = b'"x","y","z"\n"1","2","3"\n"4","5\n"6","7","8"\n"9","10","11"\n"12","13'
    rows, rejects = read_csv(data)
    assert [row["x"] for _, row in rows] == ["1", "9"]
    assert rejects == [(3, '"4","5\n"6","7","8"', "broken_row"), (6, '"12","13', "broken_row")]


@pytest.mark.long
def test_a_quote_that_nobody_closes_costs_one_line_not_the_file() -> None:
    good = (b"1," + b"z" * 97 + b"\n") * 20_000
    rows, rejects = read_csv(b'x,y\n1,"open\n' + good, 1 << 18)
    assert (len(rows), rejects, rows[0][0]) == (20_000, [(2, '1,"open', "broken_row")], 3)


@pytest.mark.long
@pytest.mark.timeout(20)
def test_a_file_full_of_stray_quotes_is_read_in_time_that_grows_with_its_length() -> None:
    rows, rejects = read_csv(b"x,y\n" + b'a"b,"c\n' * 40_000 + b"1,2\n", 1 << 16)
    assert (rows, len(rejects), rejects[-1]) == (
        [(40_002, {"x": "1", "y": "2"})],
        40_000,
        (40_001, 'a"b,"c', "broken_row"),
    )


def test_a_line_longer_than_any_row_is_said_and_passed_over() -> None:
    data = b"x,y\n1,2\n" + b"z" * (20 << 20) + b"\n3,4\n"
    rows, rejects = read_csv(data, 1 << 20)
    assert [(line, row["x"]) for line, row in rows] == [(2, "1"), (4, "3")]
    assert [(line, len(text), reason) for line, text, reason in rejects] == [(3, 2000, "too_long")]


def test_namesakes_and_nameless_columns_get_names() -> None:
    rows, _ = read_csv(b"a,,a\n1,2,3\n")
    assert rows == [(2, {"a": "1", "2": "2", "a_3": "3"})]


def test_a_type_is_told_by_name_then_by_header_and_else_read_as_unknown() -> None:
    header = b"timestamp,ip,port,hostname,answer\n2026-11-24 00:00:01,192.0.2.1,80,a.example,yes\n"
    new = opened(header, "2026-11-23-scan_never_seen-xx.csv", format="shadowserver")
    assert (new.report_type, new.is_known_type, new.day) == ("scan_never_seen", False, date(2026, 11, 23))
    known = opened(header, "2026-11-23-scan6_socks-xx.csv")
    assert (known.format.name, known.report_type, known.is_known_type) == ("shadowserver", "scan6_socks", True)
    assert "answer" in known.unknown_columns
    assert "protocol" in known.missing_columns


def test_the_header_of_another_report_is_refused_and_named() -> None:
    kind = opened(b"timestamp,ip\n2026-11-24,192.0.2.1\n", "scan_rdp.csv").format.types["event4_sinkhole"]
    header = ",".join(dict.fromkeys([*(c[0] for c in kind.fields.values()), *kind.knows])).encode() + b"\n"
    with pytest.raises(Unreadable) as found:
        opened(header, "2026-11-24-scan_rdp-xx.csv")
    assert found.value.code == "wrong_header"
    telnet = b"timestamp,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,sic,banner\n"
    assert opened(telnet, "scan_telnet.csv").report_type == "scan_telnet"
    with pytest.raises(Unreadable):
        opened(telnet, "scan_mysql.csv")
    with pytest.raises(Unreadable):
        opened(b"name,value\n1,2\n", "scan_rdp.csv")


def test_capitals_make_no_other_column() -> None:
    report = opened(b"Timestamp,IP,PORT,Colour\n2026-11-24,192.0.2.1,80,x\n", "2026-11-24-scan_http-xx.csv")
    assert (report.header, report.unknown_columns) == (("timestamp", "ip", "port", "Colour"), ("Colour",))


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><p>404 not found",
        ",".join(map(str, range(9000))).encode(),
        b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40,
        b"BZh9" + bytes(200),
        b"\n\n  \n",
    ],
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable) as found:
        opened(data)
    assert found.value.code in {"unknown_format", "empty"}


INTELMQ = {
    "source.ip": "192.0.2.1",
    "time.source": "2026-11-24T00:00:00+00:00",
    "classification.type": "infected-system",
}


@pytest.mark.long
def test_json_is_read_by_line_in_an_array_or_set_out_over_lines_wherever_it_is_cut() -> None:
    rows = [{**INTELMQ, "extra": {"n": 1.50, "deep": {"x": [1, 2]}}, "source.port": n} for n in range(20)]
    by_line = "\n".join(json.dumps(r) for r in rows).encode()
    set_out = json.dumps(rows, indent=2).encode()
    for data, line in ((by_line, 20), (json.dumps(rows).encode(), 1), (set_out, 287)):
        for size in (64, 8 << 20):
            parts = [p for p in opened(data, "events.json", size, format="intelmq").parts() if p.rows]
            found, rejects = known(parts)
            assert ([r["source.port"] for _, r in found], rejects) == ([str(n) for n in range(20)], [])
            more = parts[0].more
            assert more is not None
            assert json.loads(more[0].as_py()) == {"n": "1.5", "deep.x": "1;2"}
            assert found[-1][0] == line


def test_a_line_that_is_no_json_costs_itself() -> None:
    data = json.dumps(INTELMQ).encode() + b'\n{"source.ip": \n[1]\n\n"x"\n' + json.dumps(INTELMQ).encode()
    report = opened(data, "events.jsonl", format="intelmq")
    rows, rejects = known(list(report.parts()))
    assert [line for line, _ in rows] == [1, 6]
    assert [(line, reason) for line, _, reason in rejects] == [(2, "not_json"), (3, "not_json"), (5, "not_json")]
    broken_first = b'{"source.ip": x}\n' + json.dumps(INTELMQ).encode() + b"\n" + json.dumps(INTELMQ).encode()
    assert [len(x) for x in known(list(opened(broken_first, "e.json", format="intelmq").parts()))] == [2, 1]
    with pytest.raises(Unreadable):
        opened(b"ip,time\n1,2\n", "e.json", format="intelmq")
    cut = json.dumps([INTELMQ, INTELMQ]).encode()[:-20]
    assert [len(x) for x in known(list(opened(cut, "events.json").parts()))] == [1, 1]


NAMES = st.sampled_from(
    [
        "source.ip",
        "source",
        "ip",
        "b.c",
        "b",
        "c",
        "tags",
        "extra",
        "extra.b",
        "é",
        "B",
        "7",
        "a/b",
        "x~y",
        "",
        'q"',
        "n\0",
    ]
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.sampled_from([1.5, -0.25]),
    st.text(max_size=5),
    st.sampled_from(["[x]", "{", "", "[1]", "null"]),
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)), max_leaves=6
)
LINES = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=5).map(json.dumps),
    st.dictionaries(NAMES, VALUES, max_size=3).map(
        lambda row: json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode()
    ),
    st.sampled_from(
        ["", "  ", "[1]", "x", '{"a":', '"t"', '{"b":1,"b":2}', '{"a":"\\ud800"}', ' {"tags": ["a", {"b": 1.5}]}\r']
    ),
)


# As programs write them: a name has values of one sort.
ODD_TEXTS = st.text(max_size=5) | st.sampled_from(
    ["2026-11-24", "2026-11-24T03:00:00Z", "2026-11-24 03:00", 'a"b', "\\", "\n", "\0"]
)
EVEN = st.fixed_dictionaries(
    {},
    optional={
        "source.ip": ODD_TEXTS | st.none(),
        "at": st.sampled_from(["2026-11-24T03:00:00+00:00", "2026-11-24", "", None]),
        "n": st.integers(-(2**65), 2**65) | st.none(),
        "7": st.booleans() | st.none(),
        "tags": st.lists(ODD_TEXTS | st.none(), max_size=3) | st.none(),
        "m": st.lists(st.booleans() | st.none(), max_size=3) | st.lists(st.integers(0, 9), max_size=2),
        "b": st.fixed_dictionaries({}, optional={"c": st.integers(0, 9), "at": ODD_TEXTS, "d": st.none()}) | st.none(),
    },
)
EVEN_LINES = st.lists(
    st.one_of(EVEN.map(json.dumps), EVEN.map(lambda row: json.dumps(row, ensure_ascii=False) + "\r")), max_size=8
)
SOME_LINES = st.lists(LINES, max_size=8) | EVEN_LINES


@pytest.mark.guards("both ways of reading JSON lines give the same rows")
@settings(max_examples=drawn(150, in_the_gate=40))
@given(SOME_LINES.filter(bool), SOME_LINES)
@example(['{"m": [null, true]}', '{"m": [false]}'], ['{"m": [true]}', '{"m": [null, null, true]}'])
@example(['{"a": 1} {"a": 2}', '{"a": 3'], ["}"])
@example(
    ['{"extra": {"n": 1}, "tags": ["a", null, true]}', '{"extra": "[x]", "tags": "t"}'],
    ['{"extra": {}, "tags": []}', '{"extra": []}'],
)
@example(['{"b.c": 1}', '{"b": {"c": 2}}'], ['{"b.c": 1, "b": {"c": 2}}'])
def test_json_lines_read_a_column_at_a_time_are_the_same_rows(one: list[str], two: list[str]) -> None:
    blocks = [Block("\n".join(one).encode() + b"\n", 1), Block("\n".join(two).encode(), len(one) + 1, last=True)]

    def read(worth: int) -> list[object]:
        reader = json_lines.Reader(["source.ip", "b.c", "tags", "7"], worth=worth)
        found: list[object] = []
        for rows in reader.read(blocks):
            assert rows.more is not None
            more = [json.loads(text) if text else None for text in rows.more.to_pylist()]
            every = np.arange(len(rows.lines))
            found += [rows.table.to_pydict(), more, rows.lines.tolist(), rows.rejects.to_pylist(), rows.texts(every)]
        return found

    assert read(0) == read(1 << 60)


@pytest.mark.long
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_line_of_half_a_million_lists_within_each_other_ends_no_process(opening: str, closing: str) -> None:
    deep = f'{{"x": {opening * 500_000}1{closing * 500_000}}}\n'
    script = (
        "import sys; from floreo.feeds.engine.opening import Block; from floreo.feeds.engine.reading import json_lines; "
        "reader = json_lines.Reader(['a'], worth=0); block = Block(sys.stdin.buffer.read(), 1, last=True); "
        "print([(r.table.to_pylist(), r.rejects.num_rows) for r in reader.read([block])])"
    )
    data = f'{{"a": 1}}\n{deep}{{"a": 2}}\n'.encode()
    done = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr[-300:])
    assert b"'1'" in done.stdout
    assert b"'2'" in done.stdout


def test_a_number_of_json_keeps_its_digits_and_a_fraction_its_value() -> None:
    data = b'{"a": 123456789012345678901234567890, "b": 1.50, "c": -0}'
    (rows,) = json_lines.Reader(["a", "b", "c"], worth=0).read([Block(data, 1, last=True)])
    assert rows.table.to_pylist() == [{"a": "123456789012345678901234567890", "b": "1.5", "c": "0"}]


def test_xarf_of_both_versions_has_its_subject_where_it_belongs() -> None:
    three = {
        "Version": "3",
        "Report": {
            "ReportType": "phishing",
            "Date": "2026-11-24T00:00:00Z",
            "Source": {"URL": "https://a.example/x"},
        },
    }
    four = {
        "xarf_version": "4.2.0",
        "type": "ddos",
        "source_identifier": "fe80::1%eth0",
        "timestamp": "2026-11-24T00:00:00Z",
    }
    report = opened("\n".join(json.dumps(x) for x in (three, four)).encode(), "abuse.jsonl")
    rows, _ = known(list(report.parts()))
    assert report.format.name == "xarf"
    assert [(r["type"], r["url"], r["source_ip"]) for _, r in rows] == [
        ("phishing", "https://a.example/x", None),
        ("ddos", None, "fe80::1%eth0"),
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("192.0.2.1", {"ip": "192.0.2.1"}),
        ("192.0.2.0/24", {"ip": "192.0.2.0/24"}),
        ("192[.]0[.]2[.]1:8080", {"ip": "192.0.2.1", "port": "8080"}),
        ("[2001:db8::1]:443", {"ip": "2001:db8::1", "port": "443"}),
        ("2001:db8::1", {"ip": "2001:db8::1"}),
        ("hxxps://evil[.]example/a?b=1", {"url": "https://evil.example/a?b=1"}),
        ("evil[.]example/a", {"url": "http://evil.example/a"}),
        ("*.Evil.example.", {"fqdn": "evil.example"}),
        ("evil.example:8080", {"fqdn": "evil.example", "port": "8080"}),
        ("0.0.0.0 evil.example", {"fqdn": "evil.example"}),
        ("someone[@]evil.example", {"account": "someone@evil.example"}),
        ("three words here", None),
    ],
)
def test_a_line_of_a_list_names_one_thing(line: str, wanted: dict[str, str] | None) -> None:
    assert entry(line) == wanted


def test_a_list_is_known_by_its_lines_and_remarks_are_none() -> None:
    report = opened(b"# Bad ones\n\n192.0.2.1 # seen today\nevil.example\n  ; more\n???\n", "bad.txt")
    rows, rejects = known(list(report.parts()))
    assert report.format.name == "list"
    assert [(line, row["ip"] or row["fqdn"]) for line, row in rows] == [(3, "192.0.2.1"), (4, "evil.example")]
    assert rejects == [(6, "???", "no_subject")]


def test_four_fields_are_guessed_from_what_the_columns_hold() -> None:
    header = ["when", "victim", "reporter_ip", "p", "dst port", "threat", "site"]
    rows = [
        {
            "when": "2026-11-24T00:00:00Z",
            "victim": f"192.0.2.{n}",
            "reporter_ip": "198.51.100.1",
            "p": "x",
            "dst port": "80",
            "threat": "open-rdp",
            "site": "a.example",
        }
        for n in range(9)
    ]
    guess = guess_mapping(header, rows)
    assert guess == {"address": "victim", "time": "when", "name": "site", "kind": "column:threat"}


def test_a_form_of_four_fields_reads_what_nobody_knew() -> None:
    data = b"24;192.0.2.7;2026-11-24 10:00:00;abc\n"
    text = {"address": "2", "time": "3", "kind": "open-thing", "port": "1", "delimiter": ";", "header": False}
    report = opened(data, "thing.csv", mapping=text, format="csv")
    assert (report.is_known_type, report.type.fixed["classification.identifier"]) == (True, "open-thing")
    assert known(list(report.parts()))[0] == [
        (1, {"1": "24", "2": "192.0.2.7", "3": "2026-11-24 10:00:00", "4": "abc"})
    ]
    assert reading.sample(b"ip;time\n192.0.2.1;2026-11-24\n", "x.csv")["mapping"] == {"address": "ip", "time": "time"}


def test_rows_that_are_all_shorter_than_the_header_are_a_habit_of_the_writer() -> None:
    habit = opened(b"timestamp,ip,port,last\n2026-11-24,192.0.2.1,1\n2026-11-24,192.0.2.2,1\n", "x.csv")
    assert [row["ip"] for _, row in known(list(habit.parts()))[0]] == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.long
@pytest.mark.skipif(not (SAMPLES / "shadowserver").exists(), reason="the samples are not on this machine")
def test_every_sample_has_as_many_rows_as_the_csv_module_finds() -> None:
    for path in sorted((SAMPLES / "shadowserver").glob("*.csv")):
        report = opened(path.read_bytes(), path.name)
        with path.open(newline="") as stream:
            wanted = sum(1 for row in csv.reader(stream) if row) - 1
        assert (path.stem, report.is_known_type, sum(part.rows for part in report.parts())) == (path.stem, True, wanted)


def test_half_a_character_in_a_name_or_a_value_of_json_is_replaced() -> None:
    """JSON may write one, and no column holds it."""
    report = opened(b'{"source.ip": "192.0.2.1", "a\\ud800": {"b\\udc00": "c\\ud800"}}\n', "events.json")
    (more,) = [text for part in report.parts() if part.more is not None for text in part.more.to_pylist()]
    assert json.loads(more) == {"a?.b?": "c?"}


def test_a_first_line_that_is_no_header_is_refused() -> None:
    with pytest.raises(Unreadable, match="unknown_format"):
        list(opened(b"a," + b"z" * 140_000 + b"\n1,2\n", "2026-11-24-scan_rdp.csv").parts())
