"""Counts of simulation tools: what is taken, and that whatever could name a person refuses the whole file."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.awareness.results_file import LARGEST, Fault, GroupResult, Why, read

TODAY = date(2026, 11, 24)
KNOWN = {"branches": "branches", "head office": "head-office"}
HEAD = "group,sent,opened,clicked,reported,date\n"
GOOD = HEAD + "branches,118,71,23,14,2026-02-10\nHead  Office,20,9,2,5,2026-02-10\n"


def faults(text: str | bytes) -> list[Fault]:
    raw = text if isinstance(text, bytes) else text.encode()
    found = read(raw, KNOWN, TODAY)
    assert not (found.faults and found.rows), "a refused file gives no row"
    return list(found.faults)


def test_counts_of_groups_are_taken() -> None:
    assert read(GOOD.encode(), KNOWN, TODAY).rows == (
        GroupResult(2, "branches", 118, 71, 23, 14, date(2026, 2, 10)),
        GroupResult(3, "head-office", 20, 9, 2, 5, date(2026, 2, 10)),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_as_spreadsheets_write_it(encoding: str, delimiter: str) -> None:
    text = GOOD.replace(",", delimiter).replace("\n", "\r\n")
    assert len(read(text.encode(encoding), KNOWN, TODAY).rows) == 2


def test_spanish_columns() -> None:
    assert faults("Grupo,Enviados,Abiertos,Clics,Reportados,Fecha\nbranches,10,1,1,1,2026-01-01\n") == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("maria@bank.example,118,71,23,14,2026-02-10", Fault(Why.ADDRESS, 3, 1)),
        ("branches,118,71,23,14,maria(at)bank.example", Fault(Why.ADDRESS, 3, 6)),
        ("María López,118,71,23,14,2026-02-10", Fault(Why.UNKNOWN_GROUP, 3, 1)),
        ("head office,1,1,1,0,2026-02-10", Fault(Why.SMALL, 3, 2)),
        ("head office,4,1,1,0,2026-02-10", Fault(Why.SMALL, 3, 2)),
        ("head office,20,yes,1,0,2026-02-10", Fault(Why.NUMBER, 3, 3)),
        ("head office,20,-1,1,0,2026-02-10", Fault(Why.NUMBER, 3, 3)),
        ("head office,20,21,1,0,2026-02-10", Fault(Why.MORE_THAN_SENT, 3)),
        ("head office,20,2,1,0,10/02/2026", Fault(Why.DAY, 3, 6)),
        ("head office,20,2,1,0,2027-02-10", Fault(Why.DAY, 3, 6)),
        ("head office,20,2,1,0,2026-02-10,extra", Fault(Why.WIDTH, 3)),
        ("branches,20,2,1,0,2026-02-10", Fault(Why.TWICE, 3)),
    ],
)
def test_one_line_refuses_the_whole_file(row: str, fault: Fault) -> None:
    assert faults(HEAD + "branches,118,71,23,14,2026-02-10\n" + row + "\n") == [fault]


@pytest.mark.parametrize("name", ["email", "name", "user", "first_name", "ip", "manager", "group"])
def test_another_column_refuses_the_file(name: str) -> None:
    head = HEAD.strip() + f",{name}\n"
    assert faults(head + "branches,118,71,23,14,2026-02-10,x\n") == [Fault(Why.COLUMN, 1, 7)]


def test_a_missing_column() -> None:
    assert faults("group,sent,opened,clicked,date\nbranches,9,1,1,2026-02-10\n") == [Fault(Why.MISSING_COLUMN, 1, 5)]


@pytest.mark.parametrize("raw", [b"", b"\n\n", HEAD.encode(), b"\x00\x01\x02", b"x" * (LARGEST + 1)])
def test_what_is_no_such_file(raw: bytes) -> None:
    assert len(faults(raw)) >= 1


def test_an_address_in_the_header_or_in_quotes_is_found() -> None:
    assert faults('"a@b.example",sent\n')[0] == Fault(Why.ADDRESS, 1, 1)
    assert faults(HEAD + '"x,\n maria@b.example",1,1,1,1,2026-01-01\n')[0].why is Why.ADDRESS


@pytest.mark.long
@given(st.text(max_size=300))
def test_nothing_with_an_at_is_ever_taken(text: str) -> None:
    found = read((HEAD + "branches,10,1,1,1,2026-01-01\n" + text + "@").encode(), KNOWN, TODAY)
    assert found.rows == ()


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_faults(raw: bytes) -> None:
    found = read(raw, KNOWN, TODAY)
    assert bool(found.rows) != bool(found.faults)
