"""The frameworks that ship: read with every pack, reported when they are wrong, loaded once, left alone where people
changed them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floreo.core.access import SYSTEM
from floreo.frameworks.actions import check_item
from floreo.frameworks.models import Item, Version
from floreo.packs.actions import check_pack, load_pack
from floreo.packs.problems import PackRefused

ROOT = Path(__file__).resolve().parents[2]
GOOD = """
[framework]
code = "own"
title = "Our own index"
short_title = "OWN"
publisher = "Somebody"
position = 1
source = "A paper"
read = 2026-01-31

[version]
code = "own-1"
framework = "own"
title = "OWN, first edition"
rule = "all_below"
levels = [{ value = 1, word = "Low", es = "Bajo" }, { value = 2, word = "High" }]
source = "A paper"
read = 2026-01-31
es = { title = "PROPIO, primera edición" }

[[item]]
code = "A"
title = "A part"
kind = "part"
is_rated = false

[[item]]
code = "A-1"
title = "An item"
kind = "article"
parent = "A"
source = "Memory"
doubt = "From memory"

[[mapping]]
item = "A-1"
other = "own-1/A"
relation = "partly"
source = "Our reading"
doubt = "Nobody has checked it"
"""

BAD = {
    "unknown field": (
        'kind = "part"',
        'kind = "part"\nweigth = 2',
        "item “A”, weigth: “weigth” is not a field here; did you mean “weight”?",
    ),
    "unknown rule": (
        'rule = "all_below"',
        'rule = "all"',
        "version “own-1”, rule: “all” is not one of: sum, all_below, share, status",
    ),
    "levels in disorder": (
        "value = 2",
        "value = 1",
        "version “own-1”: levels go from the lowest value to the highest, each once",
    ),
    "unknown parent": ('parent = "A"', 'parent = "B"', "parent: there is no item “own-1/B” in this pack"),
    "a part that is rated": (
        "is_rated = false",
        "is_rated = true",
        "item “A”, is_rated: has items below it, so these are rated; write is_rated = false",
    ),
    "mapping to nowhere": (
        'other = "own-1/A"',
        'other = "gone-9/A"',
        "other: there is no item “gone-9/A” in this pack",
    ),
    "unknown relation": (
        'relation = "partly"',
        'relation = "like"',
        "relation: “like” is not one of: same, partly, successor",
    ),
    "unknown table": ("[[mapping]]", "[[maping]]", "“maping” is not a table of this file; did you mean “mapping”?"),
    "item twice": ('code = "A-1"', 'code = "A"', "code: appears twice in this file; each code is used once"),
    "halves where stages rest on each other": (
        "value = 1,",
        "value = 0.5,",
        "levels: are whole numbers where each stage rests on those below",
    ),
    "unsourced doubt": (
        'doubt = "From memory"\n',
        "",
        "doubt: says neither on which day it was read in its source (read = 2026-03-31) nor why not; write it in doubt",
    ),
    "no version": ("[version]", "[[verzion]]", "version: holds one [version], whose items these are"),
}


@pytest.fixture
def library(settings: Any, tmp_path: Path) -> Path:
    """A folder of frameworks of its own."""
    settings.FRAMEWORK_DIRS = [tmp_path]
    (tmp_path / "own-1.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real country of one line: sources are asked for."""
    home = tmp_path_factory.mktemp("pack")
    (home / "pack.toml").write_text(
        'code = "tiny"\ntitle = "Tiny"\nversion = "1"\n[country]\ncode = "BB"\nname = "Tiny"\nlanguages = ["en"]\n'
        'zone = "UTC"\ncurrency = "USD"\n',
        encoding="utf-8",
    )
    return home


@pytest.mark.long
@pytest.mark.django_db
def test_a_framework_loads_with_its_pack_and_only_in_the_countrys_languages(library: Path, pack: Path) -> None:
    assert "framework item: 2 added" in str(check_pack(pack))
    load_pack(pack, by=SYSTEM)
    version = Version.objects.get()
    assert (version.code, version.translations, version.levels[0]) == (
        "own-1",
        {},
        {"value": "1", "word": "Low", "es": "Bajo"},
    )
    items = [(i.code, i.read_on is not None, i.source, i.doubt) for i in Item.objects.order_by("position")]
    assert items == [("A", True, "A paper", ""), ("A-1", False, "Memory", "From memory")]


@pytest.mark.long
@pytest.mark.django_db
def test_loading_again_does_nothing_and_a_new_file_is_noticed(library: Path, pack: Path) -> None:
    load_pack(pack, by=SYSTEM)
    assert load_pack(pack, by=SYSTEM) is None
    (library / "own-1.toml").write_text(GOOD.replace("An item", "An item, better put"), encoding="utf-8")
    assert load_pack(pack, by=SYSTEM) is not None
    assert Item.objects.get(code="A-1").title == "An item, better put"


@pytest.mark.django_db
def test_a_title_that_somebody_checked_is_left_alone(library: Path, pack: Path) -> None:
    load_pack(pack, by=SYSTEM)
    item = Item.objects.get(code="A-1")
    check_item(item, by=SYSTEM, title="The checked item", source="The paper, page 4")
    (library / "own-1.toml").write_text(GOOD.replace("An item", "Another item"), encoding="utf-8")
    difference = load_pack(pack, by=SYSTEM)
    assert "changed here" in str(difference)
    fresh = Item.objects.get(code="A-1")
    assert (fresh.title, fresh.confirmed, fresh.doubt) == ("The checked item", True, "")


@pytest.mark.first_cases(2)
@pytest.mark.django_db
@pytest.mark.parametrize("mistake", BAD)
def test_each_mistake_gets_its_sentence_and_nothing_is_loaded(library: Path, pack: Path, mistake: str) -> None:
    old, new, sentence = BAD[mistake]
    assert old in GOOD
    (library / "own-1.toml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackRefused) as wrong:
        load_pack(pack, by=SYSTEM)
    assert any(
        str(p).startswith("frameworks/own-1.toml") and str(p).endswith(sentence) for p in wrong.value.problems
    ), [str(p) for p in wrong.value.problems]
    assert not Version.objects.exists()


@pytest.mark.django_db
def test_what_ships_says_what_it_does_not_hold(real_country: object) -> None:
    """Every version has items, a sentence on what is missing of it, and nothing unchecked without its doubt."""
    assert Version.objects.count() == 15
    assert [v.code for v in Version.objects.filter(missing="")] == []
    assert not Item.objects.filter(read_on=None, doubt="").exists()
    assert not Item.objects.filter(title="").exists()


@pytest.mark.long
@pytest.mark.django_db
def test_the_guides_example_loads(settings: Any, tmp_path: Path, pack: Path) -> None:
    guide = (ROOT / "docs" / "guide" / "add-a-framework.md").read_text(encoding="utf-8")
    settings.FRAMEWORK_DIRS = [tmp_path]
    (tmp_path / "own-1.toml").write_text(guide.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    (tmp_path / "budapest.toml").write_bytes((ROOT / "frameworks" / "budapest.toml").read_bytes())
    load_pack(pack, by=SYSTEM)
    assert [item.code for item in Item.objects.filter(in_version__code="own-1")] == ["A", "A-1"]
