"""Each mistake in a pack's files gets its sentence, with file, row and field, and nothing is loaded."""

from __future__ import annotations

import pytest

from floreo.core.access import ROLES
from floreo.organisations.models import Organisation
from floreo.packs.models import LoadedPack
from floreo.packs.problems import PackRefused
from tests.packs.conftest import SmallPack

PLAN = "editions/2025-2028/plan.toml"
EDITION = "editions/2025-2028/edition.toml"

CIRCLE = "goes round in a circle: following “{}” upwards comes back to this row"
NOWHERE = "says nowhere where this comes from; every row of a real country has a source"
UNANSWERED = "no [[file]] in pack.toml says where this file comes from and under which licence"

# file, what is there, what is put in its place, row and field, the sentence
BAD = {
    "unknown code": (
        "organisations.toml",
        'place = "XM-N"',
        'place = "XM-M"',
        "organisation “csirt”, place",
        "there is no place “XM-M” in this pack; did you mean “XM-N”?",
    ),
    "unknown code in an edition": (
        PLAN,
        'pillar = "1"',
        'pillar = "9"',
        "objective “1.1”, pillar",
        "there is no pillar “2025-2028/9” in this pack",
    ),
    "unknown code in a list": (
        "indicators.toml",
        'actions = ["1.1.1", "1.1.2"]',
        'actions = ["1.1.1", "1.1.x"]',
        "indicator “trained”, actions",
        "there is no action “2025-2028/1.1.x” in this pack; did you mean “1.1.2”?",
    ),
    "cycle": (
        "organisations.toml",
        'kind = "ministry"',
        'kind = "ministry"\nparent = "csirt"',
        "organisation “csirt”, parent",
        CIRCLE.format("ministry"),
    ),
    "cycle through two fields": (
        "organisations.toml",
        'kind = "ministry"',
        'kind = "ministry"\nmerged_into = "csirt"',
        "organisation “ministry”, merged_into",
        CIRCLE.format("csirt"),
    ),
    "place within itself": (
        "places.toml",
        'kind = "district"',
        'kind = "district"\nparent = "XM-N"',
        "place “XM-N”, parent",
        CIRCLE.format("XM-N"),
    ),
    "edition that follows itself": (
        EDITION,
        'state = "in_force"',
        'state = "in_force"\nfollows = "2025-2028"',
        "edition “2025-2028”, follows",
        CIRCLE.format("2025-2028"),
    ),
    "dates the wrong way round": (
        PLAN,
        "due_on = 2026-12-01",
        "due_on = 2024-12-01",
        "action “1.1.1”, due_on",
        "2024-12-01 is before starts_on (2025-02-01); the dates run the wrong way round",
    ),
    "unknown currency of the country": (
        "pack.toml",
        'currency = "USD"',
        'currency = "XMD"',
        "country, currency",
        "“XMD” is not a currency of ISO 4217",
    ),
    "unknown currency of money": (
        PLAN,
        'currency = "USD"',
        'currency = "US$"',
        "action “1.1.1”, budget “2025/US$”, currency",
        "“US$” is not a currency of ISO 4217",
    ),
    "duplicate code": (
        PLAN,
        'code = "1.1.2"',
        'code = "1.1.1"',
        "action “1.1.1”, code",
        "appears twice in this file; each code is used once",
    ),
    "unknown field": (
        "organisations.toml",
        'name = "The CSIRT"',
        'name = "The CSIRT"\nshortname = "X"',
        "organisation “csirt”, shortname",
        "“shortname” is not a field here; did you mean “short_name”?",
    ),
    "unknown field in a nested row": (
        PLAN,
        "reached_on = 2026-02-10",
        "reachedon = 2026-02-10",
        "action “1.1.1”, milestone “M1”, reachedon",
        "“reachedon” is not a field here; did you mean “reached_on”?",
    ),
    "unknown table": (
        "places.toml",
        "[[place]]",
        "[[places]]",
        "",
        "“places” is not a table of this file; did you mean “place”?",
    ),
    "invalid TOML": (
        "networks.toml",
        "asn = 64500",
        "asn = ",
        "",
        "is not valid TOML: Invalid value (at line 3, column 7)",
    ),
    "unknown measure": (
        "indicators.toml",
        'unit = "people"',
        'unit = "people"\nmeasure = "share_of_luck"',
        "indicator “trained”, measure",
        "no measure is called “share_of_luck”",
    ),
    "unknown kind": (
        "places.toml",
        'kind = "district"',
        'kind = "shire"',
        "place “XM-N”, kind",
        "“shire” is not one of: district, city, town, village",
    ),
    "a date that is no date": (
        PLAN,
        "starts_on = 2025-02-01",
        'starts_on = "soon"',
        "action “1.1.1”, starts_on",
        "“soon” is not a date like 2026-03-31",
    ),
    "half a hold": (
        PLAN,
        'person = "ana"',
        'person = "ana"\non_hold_since = 2026-01-01',
        "action “1.1.1”",
        "on_hold_since needs on_hold_reason beside it",
    ),
    "correction of nothing": (
        "indicators.toml",
        'corrects = "Q1 2026"',
        'corrects = "Q3 2026"',
        "indicator “trained”, reading “Q3 2026”, corrects",
        "there is no reading “trained/Q3 2026” in this pack; did you mean “Q2 2026”?",
    ),
    "not a period": (
        "indicators.toml",
        'period = "Q2 2026"',
        'period = "spring"',
        "indicator “trained”, reading number 3, period",
        "“spring” is not a period; write 2024, Q3 2026, 2024-07, or two dates with / between",
    ),
    "not a network": (
        "networks.toml",
        '"192.0.2.0/24"',
        '"192.0.2.1/24"',
        "network “AS64500”, prefixes",
        "192.0.2.1/24 has host bits set",
    ),
    "a rule that asks what events do not say": (
        "feeds.toml",
        '"source.ip"',
        '"source.adress"',
        "feed rule “Ours”",
        "Events have no field “source.adress”.",
    ),
    "a role that contacts do not have": (
        "feeds.toml",
        '"duty"',
        '"night"',
        "notice rule number 1, contact_role",
        "“night” is not one of: abuse, technical, management, duty, press, other",
    ),
    "not an address": (
        "organisations.toml",
        'parent = "ministry"',
        'parent = "ministry"\nwebsite = "not an address"',
        "organisation “csirt”, website",
        "enter a valid URL.",
    ),
    "unknown source": (
        "organisations.toml",
        'source_key = "gazette"',
        'source_key = "gazete"',
        "organisation “ministry”, source_key",
        "pack.toml has no [[source]] with the key “gazete”; did you mean “gazette”?",
    ),
    "a language the country does not speak": (
        "organisations.toml",
        "es = {",
        "fr = {",
        "organisation “csirt”, fr",
        "pack.toml does not list this language among the country's languages",
    ),
    "an open outline": (
        "geo/districts.geojson",
        "[1, 1], [0, 0]]",
        "[1, 1], [0, 1]]",
        "feature “XM-N”, geometry",
        "an outline does not end where it began",
    ),
    "an outline that is not GeoJSON": (
        "geo/districts.geojson",
        '"code"',
        '"name"',
        "",
        "is not a GeoJSON FeatureCollection whose features have properties.code",
    ),
    "an account for nobody": (
        "accounts.toml",
        'person = "ana"',
        'person = "eva"',
        "account “lead@example.org”, person",
        "there is no person “eva” in this pack",
    ),
    "an unknown role": (
        "accounts.toml",
        'role = "lead"',
        'role = "king"',
        "account “lead@example.org”, role",
        "“king” is not one of: " + ", ".join(ROLES),
    ),
    "another edition than its folder": (
        EDITION,
        'code = "2025-2028"',
        'code = "2025"',
        "edition, code",
        "must be “2025-2028”, like the folder it lies in",
    ),
}


@pytest.mark.long
def test_the_small_pack_is_sound(small: SmallPack) -> None:
    assert small.problems() == []


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(("file", "old", "new", "where", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_mistake_gets_its_sentence(  # noqa: PLR0917
    small: SmallPack, file: str, old: str, new: str, where: str, sentence: str
) -> None:
    small.edit(file, old, new)
    assert f"{file}, {where}: {sentence}".replace(", :", ":") in small.problems()
    with pytest.raises(PackRefused):
        small.load()
    assert not LoadedPack.objects.exists()


def test_a_file_nobody_answers_for_is_told(small: SmallPack) -> None:
    small.edit("pack.toml", 'path = "*"', 'path = "[!p]*"')
    names = ("pages/about.en.md", "pages/report.en.md", "pages/report.es.md", "people.toml", "places.toml")
    assert small.problems() == [f"{name}: {UNANSWERED}" for name in names]


def test_all_mistakes_are_told_at_once(small: SmallPack) -> None:
    small.edit("places.toml", 'kind = "district"', 'kind = "shire"')
    small.edit("organisations.toml", 'name = "The CSIRT"', "name = 7")
    small.edit(PLAN, "due_on = 2026-12-01", "due_on = 2024-12-01")
    files = {sentence.split(",")[0] for sentence in small.problems()}
    assert {"places.toml", "organisations.toml", PLAN} <= files


def test_one_mistake_is_without_repeats(small: SmallPack) -> None:
    small.edit(PLAN, "reached_on = 2026-02-10", "reachedon = 2026-02-10")
    assert len(small.problems()) == 1
    small.edit("networks.toml", "asn = 64500", "asn = ")
    assert len(small.problems()) == 2


def test_a_refused_pack_leaves_nothing_behind(small: SmallPack) -> None:
    small.edit(PLAN, 'code = "1.1.2"', 'code = "1.1.1"')
    with pytest.raises(PackRefused, match="Nothing was loaded"):
        small.load()
    assert not Organisation.objects.exists()


@pytest.mark.long
def test_a_real_pack_holds_no_accounts_and_no_people(real: SmallPack) -> None:
    real.add("accounts.toml", '[[account]]\nemail = "a@example.org"\nname = "A"\nrole = "lead"\n')
    real.add("people.toml", '[[person]]\ncode = "a"\nname = "A"\nsource = "x"\nread = 2026-01-31\n')
    real.add("pack.toml", '\n[[file]]\npath = "[ap]*.toml"\nsource = "x"\nlicence = "x"\n')
    assert real.problems() == [
        "accounts.toml: accounts are entered in the workspace, never in the files of a real country",
        "people.toml: people are entered in the workspace, never in the files of a real country",
    ]


@pytest.mark.long
def test_reports_of_a_real_country_are_not_kept_with_its_files(real: SmallPack) -> None:
    real.add("reports/2026-11-24/2026-11-24-scan_rdp-x.csv", "ip\n192.0.2.1\n")
    real.add("pack.toml", '\n[[file]]\npath = "reports/*"\nsource = "x"\nlicence = "x"\n')
    assert real.problems() == [
        "reports/2026-11-24/2026-11-24-scan_rdp-x.csv: reports of a real country come in by its feeds, never with its files"
    ]


@pytest.mark.long
def test_a_real_row_says_where_it_comes_from_and_why_it_is_in_doubt(real: SmallPack) -> None:
    real.add("organisations.toml", '\n[[organisation]]\ncode = "x"\nname = "X"\nkind = "agency"\n')
    real.add("organisations.toml", '\n[[organisation]]\ncode = "y"\nname = "Y"\nkind = "agency"\nsource_key = "coe"\n')
    assert real.problems() == [
        f"organisations.toml, organisation “x”, source: {NOWHERE}",
        "organisations.toml, organisation “y”, doubt: says neither on which day it was read in its source (read = 2026-03-31) nor why not; write it in doubt",
    ]


def test_a_file_that_nothing_reads_is_told(small: SmallPack) -> None:
    small.add("document.toml", "[[document]]\n")
    assert small.problems() == ["document.toml: nothing reads this file; did you mean “documents.toml”?"]


def test_a_folder_without_pack_toml_is_no_pack(small: SmallPack) -> None:
    (small.folder / "pack.toml").unlink()
    assert small.problems()[0].endswith("holds no pack.toml, so it is not a pack")


OWN = """
[framework]
code = "own"
title = "Own index"
short_title = "OI"
publisher = "Ministry"
position = 9
source = "The ministry"

[version]
code = "own-1"
framework = "own"
title = "Own index, first edition"
rule = "share"
levels = [{ value = 0, word = "No" }, { value = 1, word = "Yes" }]
items_stated = 1
items_kind = "indicator"
items_source = "The ministry"
source = "The ministry"

[[item]]
code = "A"
title = "A rule"
kind = "indicator"
"""


@pytest.mark.long
def test_a_pack_brings_a_framework_of_its_own_through_the_same_checks(small: SmallPack) -> None:
    small.add("frameworks/own-1.toml", OWN)
    assert small.problems() == []
    small.put("frameworks/own-1.toml", OWN.replace('rule = "share"', 'rule = "luck"'))
    sentence = "frameworks/own-1.toml, version “own-1”, rule: “luck” is not one of: sum, all_below, share, status"
    assert sentence in small.problems()
    shipped = OWN.replace('code = "own-1"', 'code = "cmm-2021"').replace('framework = "own"', 'framework = "cmm"')
    small.put("frameworks/own-1.toml", shipped.replace('code = "own"', 'code = "cmm"'))
    assert any(p.startswith("frameworks/") and "“cmm-2021”" in p for p in small.problems())


def test_marks_that_no_outline_can_be_read_with_are_refused(small: SmallPack) -> None:
    small.add(
        "editions/2025-2028/marks/text.toml", '[[mark]]\nmeaning = "king"\nreach = "alike"\nkey = ["label", "area"]\n'
    )
    (problem,) = small.problems()
    assert problem.startswith("editions/2025-2028/marks/text.toml: holds no marks that an outline can be read with: ")
