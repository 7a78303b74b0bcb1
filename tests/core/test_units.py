"""Units bend: "1 exercise", "2 exercises", in both languages; and every unit of the packs has its word for one."""

from __future__ import annotations

import tomllib
from types import SimpleNamespace

import pytest
from django.utils import translation

from floreo.core.units import KNOWN, after, with_number
from floreo.offers import measures
from tests.conftest import ROOT

MACHINES = SimpleNamespace(
    unit="machines", unit_one="machine", translations={"es": {"unit": "máquinas", "unit_one": "máquina"}}
)
HALF = SimpleNamespace(unit="machines", unit_one="machine", translations={"es": {"unit": "máquinas"}})
PEOPLE = SimpleNamespace(unit="people", unit_one="", translations={})
SHARE = SimpleNamespace(unit="%", unit_one="", translations={})
SAME = ("%", "of ", "per ", "SMS")  # units that do not bend


@pytest.mark.parametrize(
    ("row", "shown", "english", "spanish"),
    [
        (MACHINES, "1", "machine", "máquina"),
        (MACHINES, "2", "machines", "máquinas"),
        (MACHINES, "0", "machines", "máquinas"),
        (MACHINES, "1.0", "machines", "máquinas"),
        (MACHINES, "21", "machines", "máquinas"),
        (HALF, "1", "machine", "máquinas"),  # never a word of the other language
        (PEOPLE, "1", "person", "persona"),
        (PEOPLE, "1,000", "people", "personas"),
        (SHARE, "1", "%", "%"),
    ],
)
def test_the_word_fits_its_number(row: object, shown: str, english: str, spanish: str) -> None:
    found = []
    for language in ("en", "es"):
        with translation.override(language):
            found.append(after(shown, row))
    assert found == [english, spanish]


def test_number_and_unit_stay_in_one_line() -> None:
    assert with_number("1", MACHINES) == "1\u00a0machine"


def test_the_units_of_our_measures_are_known() -> None:
    assert {each.unit for each in measures().values() if not each.unit.startswith(SAME)} <= set(KNOWN)


@pytest.mark.parametrize("pack", ["isla-prueba", "belize"])
def test_each_unit_of_a_pack_has_its_word_for_one_in_each_language(pack: str) -> None:
    rows = tomllib.loads((ROOT / "packs" / pack / "indicators.toml").read_text())["indicator"]
    bent = [row for row in rows if not row["unit"].startswith(SAME)]
    assert bent
    assert [row["code"] for row in bent if not (row.get("unit_one") and row["es"].get("unit_one"))] == []
