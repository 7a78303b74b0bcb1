"""Frameworks whole or not at all: each file against its publisher's own count. What holds less than nine tenths of it is known, and
nobody rates the country against it."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

import pytest

from floreo.frameworks.logic import is_held
from floreo.frameworks.models import Version
from tests.conftest import ROOT

# What each publisher counts, and what is here of it: (kind, its count, ours). Changed by hand, never from the files.
COUNTS = {
    "budapest-2001": ("article", 48, 48),
    "ccscap-2025": ("pillar", 6, 6),
    "cmm-2021": ("factor", 23, 23),
    "ecsf-1": ("profile", 12, 12),
    "gci-v5": ("indicator", None, 0),
    "ncaf-1": ("objective", 17, 17),
    "ncaf-2": ("objective", 20, 0),
    "ncs-guide-2021": ("element", 37, 0),
    "ncs-guide-2025": ("", None, 0),
    "ncsi-3": ("indicator", 49, 0),
    "nice-2": ("work_role", 41, 41),
    "nist-csf-2": ("outcome", 106, 106),
    "second-protocol-2022": ("article", 25, 25),
    "sim3-v2i": ("parameter", 45, 45),
    "un-cybercrime-2024": ("article", 68, 68),
}
# The parts above them, where the publisher counts those too.
PARTS = {
    "cmm-2021": {"dimension": 5, "factor": 23, "aspect": 57},
    "ncaf-1": {"cluster": 4, "objective": 17},
    "nice-2": {"category": 5, "work_role": 41},
    "nist-csf-2": {"function": 6, "category": 22, "outcome": 106},
    "sim3-v2i": {"quadrant": 4, "parameter": 45},
    "un-cybercrime-2024": {"chapter": 9, "article": 68},
}
KNOWN = {"gci-v5", "ncaf-2", "ncs-guide-2021", "ncs-guide-2025", "ncsi-3"}


def files() -> dict[str, dict[str, Any]]:
    found = [tomllib.loads(path.read_text("utf-8")) for path in sorted((ROOT / "frameworks").glob("*.toml"))]
    return {one["version"]["code"]: one for one in found}


def test_each_file_holds_what_it_says_of_its_publishers_count() -> None:
    found = {
        code: (
            one["version"].get("items_kind", ""),
            one["version"].get("items_stated"),
            sum(i["kind"] == one["version"].get("items_kind") and bool(i.get("title")) for i in one["item"]),
        )
        for code, one in files().items()
    }
    assert found == COUNTS
    assert {code for code, (_kind, stated, here) in found.items() if not is_held(here, stated)} == KNOWN
    for code, parts in PARTS.items():
        kinds = Counter(item["kind"] for item in files()[code]["item"])
        assert kinds == parts, code


def test_the_guide_has_the_same_table() -> None:
    """docs/guide/add-a-framework.md: the publisher's count beside ours, what is held, and where the count was read."""
    guide = (ROOT / "docs" / "guide" / "add-a-framework.md").read_text("utf-8")
    _before, _, table = guide.partition("| version | counted |")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n\n")[0].splitlines()[2:]]
    found = files()
    assert {row[0] for row in cells} == set(found)
    for code, kind, stated, here, held, source in cells:
        counted = COUNTS[code]
        assert (kind, stated, here) == (counted[0] or "–", str(counted[1] or "–"), str(counted[2])), code
        assert held == ("known" if code in KNOWN else "held"), code
        assert source == found[code]["version"].get("items_source", "–"), code


def test_each_file_says_where_its_count_was_read_and_where_to_get_it() -> None:
    for code, one in files().items():
        assert one["version"].get("publisher_url"), code
        assert one["version"].get("items_source") or one["version"].get("items_stated") is None, code


def test_every_item_has_a_title_in_both_languages() -> None:
    bare = [
        f"{code}/{item['code']}"
        for code, one in files().items()
        for item in one["item"]
        if not item.get("title") or not item.get("es", {}).get("title")
    ]
    assert bare == []


@pytest.mark.usefixtures("real_country")
def test_the_database_and_the_page_have_one_rule() -> None:
    """VersionQuerySet.held, Version.is_held and the files agree, whatever was loaded."""
    assert set(Version.objects.held().values_list("code", flat=True)) == set(COUNTS) - KNOWN
    assert {v.code for v in Version.objects.all() if not v.is_held} == KNOWN
    assert {v.code: v.items_here for v in Version.objects.counted()} == {
        c: here for c, (_k, _s, here) in COUNTS.items()
    }
    for stated, here in [(10, 9), (10, 8), (20, 18), (20, 17), (1, 1), (None, 5)]:
        assert is_held(here, stated) is (stated is not None and here / stated >= 0.9)
