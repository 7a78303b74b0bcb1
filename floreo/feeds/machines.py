"""Which finding a row of a file is about: that of its machine where the source identifies it, else that of its address. No Django.

A row is evidence for every finding that it fits, by its machine or by its address, so that a new address or a new certificate ends none.
A key that a file names at several addresses (a maker's certificate, a copied host key) identifies no machine there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from ipaddress import ip_network
from typing import Any

from floreo.feeds import logic

Row = dict[str, Any]
Spot = tuple[str, str, int]  # a unit or a subject, kind, port

MOST_ADDRESSES = 200  # that are kept of a finding: the newest
_PLAIN = re.compile(r"[^0-9A-Za-z]+")
_LEAST, _LONGEST = 8, 160  # letters and digits of a key
_LEAST_KINDS = 3  # different letters and digits: 000000000000 is no network card


def machine_of(text: str) -> str:
    """A key as files give it ("mac:00-15-6D-B9-8C-3A") in one way of writing; "" for one that can be of no single machine."""
    word, _colon, value = text.partition(":")
    plain = _PLAIN.sub("", value)
    if not _LEAST <= len(plain) <= _LONGEST or len(set(plain.lower())) < _LEAST_KINDS:
        return ""
    return f"{word}:{plain.lower()}"


def network_of_machine(address: str | None) -> str:
    """The /64 in which a machine makes up its IPv6 addresses; "" for an address that stays."""
    return str(ip_network((address, 64), strict=False)) if address and logic.wanders(address) else ""


def is_known(unit: str, subject: str) -> bool:
    """Whether the source identifies the machine itself, so that it is known at any address."""
    return unit != subject and not unit.endswith("/64")


def spot(row: Mapping[str, Any]) -> Spot:
    return row["unit"], row["kind"], row["port"]


def _at(row: Mapping[str, Any]) -> Spot:
    return row["subject"], row["kind"], row["port"]


def leave_out_shared(rows: Sequence[Row]) -> None:
    """Rows of a window whose key is at several addresses count by their address."""
    places: dict[Spot, set[str]] = {}
    for row in rows:
        places.setdefault(spot(row), set()).add(row["subject"])
    for row in rows:
        if is_known(row["unit"], row["subject"]) and len(places[spot(row)]) > 1:
            row["unit"] = row["subject"]


def add_address(row: Row, address: str, day: date, *more: date) -> None:
    """Keeps that a machine was seen at an address on a day; days in any order."""
    known = row.get("addresses") or {}
    days = [each.isoformat() for each in (day, *more)] + known.get(address, [])
    known = known | {address: [min(days), max(days)]}
    newest = sorted(known, key=lambda each: (known[each][1], each))[-MOST_ADDRESSES:]
    row["addresses"] = {each: known[each] for each in newest}


def names_one_of(finding: Mapping[str, Any], named: set[Spot], day: date) -> bool:
    """Whether a file of that day whose units and subjects are `named` names the finding."""
    at = [a for a, (first, last) in finding["addresses"].items() if first <= day.isoformat() <= last]
    return any((each, finding["kind"], finding["port"]) in named for each in (finding["unit"], finding["subject"], *at))


class Matching:
    """The findings at the units and addresses of a window's rows, and which of them each row is about."""

    def __init__(self, rows: Sequence[Row], found: Iterable[Row]) -> None:
        self._by_unit: dict[Spot, list[Row]] = {}
        self._by_subject: dict[Spot, list[Row]] = {}
        self._named = Counter((row["organisation_id"], *spot(row)) for row in rows)
        self._units = {spot(row) for row in rows}
        for each in found:
            self.add(each)

    def add(self, finding: Row) -> None:
        self._by_unit.setdefault(spot(finding), []).append(finding)
        self._by_subject.setdefault(_at(finding), []).append(finding)

    def all(self) -> list[Row]:
        return [finding for rows in self._by_unit.values() for finding in rows]

    def of(self, row: Row, *, in_pool: bool) -> list[Row]:
        """The findings that a row is about; the first is its own. None: it is new. `in_pool`: its address changes hands, so that it says nothing of another machine."""
        own = self._own(row)
        near = [each for each in self._by_subject.get(_at(row), ()) if self._fits(each, row, in_pool=in_pool)]
        still = [each for each in near if _is_open(each) and each is not own]
        if own is not None and (_is_open(own) or not still):
            return [own, *(each for each in still if _same_or_none(each, row))]
        if own is not None:
            return [own, *still]
        near = still or [each for each in near if _same_or_none(each, row)]
        newest = sorted(near, key=lambda each: (each["last_day"], each.get("id", 0)), reverse=True)
        return newest if still else newest[:1]

    def _own(self, row: Row) -> Row | None:
        """That of the same unit: of the same organisation; else one that is open and that no row names where it is."""
        rows = self._by_unit.get(spot(row), [])
        for each in rows:
            if each["organisation_id"] == row["organisation_id"]:
                return each
        others = [each for each in rows if _is_open(each) and (each["organisation_id"], *spot(each)) not in self._named]
        return max(others, key=lambda each: (each["last_day"], each.get("id", 0)), default=None)

    def _fits(self, finding: Row, row: Row, *, in_pool: bool) -> bool:
        """Whether what is at the row's address may be the row's machine: not where its own is named elsewhere."""
        if finding["organisation_id"] != row["organisation_id"] or spot(finding) == spot(row):
            return False
        if not is_known(finding["unit"], finding["subject"]):
            return bool(finding["unit"] == finding["subject"])
        if spot(finding) in self._units:
            return False
        return not in_pool or bool(row["unit"] == row["subject"])

    def retold(self, finding: Row, row: Row) -> bool:
        """The finding's machine is identified for the first time, or by a new certificate. Returns whether its unit changed."""
        if not is_known(row["unit"], row["subject"]) or finding["unit"] == row["unit"]:
            return False
        self._by_unit[spot(finding)].remove(finding)
        finding["unit"] = row["unit"]
        self._by_unit.setdefault(spot(finding), []).append(finding)
        return True


def _is_open(finding: Row) -> bool:
    return not finding["observed"] or finding["observed"] in logic.OPEN_STATES


def _same_or_none(finding: Row, row: Row) -> bool:
    """Whether not both identify a machine: what ended and has another key is another."""
    return bool(finding["unit"] == finding["subject"] or row["unit"] == row["subject"])
