"""A country's own shape in its pack: levels, terms, own fields, what waits for what, and its branding. Each mistake has its sentence."""

from __future__ import annotations

from datetime import date

import pytest

from floreo.organisations.models import Country
from floreo.strategy.levels import one
from floreo.strategy.models import Action, Edition, Objective, Pillar
from tests.packs.conftest import SmallPack

PLAN = "editions/2025-2028/plan.toml"
EDITION = "editions/2025-2028/edition.toml"
LEVELS = """
[[level]]
one = "axis"
many = "axes"
es = { one = "eje", many = "ejes" }

[[level]]
one = "activity"
many = "activities"
es = { one = "actividad", many = "actividades" }
"""
TWO = """
[[pillar]]
code = "1"
title = "Law"

[[action]]
pillar = "1"
code = "1.1.1"
title = "Write it"

[[action]]
pillar = "1"
code = "1.1.2"
title = "Pass it"
"""
MORE = """
[[term]]
code = "short"
label = "short term"
months = 6
es = { label = "corto plazo" }

[[action_field]]
code = "nature"
label = "Nature"
kind = "choice"
public = true
choices = [{ code = "law", label = "law", es = { label = "ley" } }]
es = { label = "Naturaleza" }

[[action_field]]
code = "opinion"
label = "Opinion"
kind = "text"
es = { label = "Opinión" }

[[action_field]]
code = "where"
label = "Where"
kind = "place"
es = { label = "Dónde" }
"""


@pytest.fixture
def two(small: SmallPack) -> SmallPack:
    """The small pack with two levels, a term and own fields."""
    small.add("pack.toml", LEVELS + MORE)
    small.put(PLAN, TWO)
    small.edit("editions/2025-2028/events.toml", 'action = "1.1.1"', "")
    return small


@pytest.mark.long
def test_two_levels_load_with_what_holds_their_actions(two: SmallPack) -> None:
    two.load()
    edition = Edition.objects.get()
    assert (edition.levels, one("pillar", edition)) == (2, "axis")
    assert not Objective.objects.exists()
    holder = Objective.everything.get()
    assert list(holder.actions.values_list("code", flat=True)) == ["1.1.1", "1.1.2"]
    assert two.check().is_empty


@pytest.mark.long
def test_one_level_and_four_load_too(small: SmallPack) -> None:
    small.edit(EDITION, 'title = "The strategy"', 'title = "The strategy"\nlevels = 4')
    plan = (small.folder / PLAN).read_text(encoding="utf-8")
    part = '[[objective]]\npillar = "1"\nabove = "1.1"\ncode = "1.1.a"\ntitle = "A part"\n\n[[action]]\nobjective = "1.1.a"'
    small.put(
        PLAN,
        plan.replace('[[action]]\nobjective = "1.1"', part, 1).replace(
            'objective = "1.1"\ncode = "1.1.2"', 'objective = "1.1.a"\ncode = "1.1.2"'
        ),
    )
    small.load()
    assert [o.above.code for o in Objective.objects.exclude(above=None) if o.above] == ["1.1"]
    assert {a.objective.code for a in Action.objects.all()} == {"1.1.a"}


@pytest.mark.long
def test_one_level_has_no_pillar_that_anybody_sees(small: SmallPack) -> None:
    small.edit(EDITION, 'title = "The strategy"', 'title = "The strategy"\nlevels = 1')
    small.put(PLAN, '[[action]]\ncode = "1"\ntitle = "Do it"\n')
    small.edit(EDITION, '\npillar = "1"', "")
    small.edit("editions/2025-2028/events.toml", 'pillars = ["1"]\naction = "1.1.1"', "")
    small.edit("indicators.toml", 'pillar = "1"\nactions = ["1.1.1", "1.1.2"]', "")
    small.load()
    assert (Pillar.objects.count(), Objective.objects.count()) == (0, 0)
    assert Action.objects.get().objective.pillar.edition == Edition.objects.get()


def test_terms_fields_and_what_waits_are_kept(two: SmallPack) -> None:
    two.edit(EDITION, 'title = "The strategy"', 'title = "The strategy"\napproved_on = 2025-01-01')
    facts = 'term = "short"\nown = { nature = "law", opinion = "Hidden", where = "XM-N" }\nwaits_for = ["1.1.1"]'
    two.edit(PLAN, 'title = "Pass it"', f'title = "Pass it"\n{facts}')
    two.load()
    act = Action.objects.get(code="1.1.2")
    assert (act.due_on, act.term) == (date(2025, 6, 30), "short")
    assert (act.own, act.own_internal) == ({"nature": "law"}, {"opinion": "Hidden", "where": "XM-N"})
    assert [other.code for other in act.waits_for.all()] == ["1.1.1"]
    assert two.load() is None


BAD = {
    "five levels": (
        "pack.toml",
        LEVELS * 2 + LEVELS.split("[[level]]")[1].join(["[[level]]", ""]),
        "names 5 levels; a plan has one to four",
    ),
    "level without a word for several": ("pack.toml", '[[level]]\none = "axis"\n', "level number 1, many: is missing"),
    "level without a name in a language": (
        "pack.toml",
        '[[level]]\none = "axis"\nmany = "axes"\nes = { one = "eje" }\n',
        "es.many: is missing; a level has its words in each language of the pack",
    ),
    "level in a language that is not the pack's": (
        "pack.toml",
        '[[level]]\none = "axis"\nmany = "axes"\nes = { one = "eje", many = "ejes" }\nfr = { one = "axe", many = "axes" }\n',
        "fr: is not among the country's languages",
    ),
    "unknown kind of field": (
        "pack.toml",
        '[[action_field]]\ncode = "x"\nlabel = "X"\nkind = "colour"\nes = { label = "X" }\n',
        "“colour” is not one of: text, choice, number, date, place",
    ),
    "choice without choices": (
        "pack.toml",
        '[[action_field]]\ncode = "x"\nlabel = "X"\nkind = "choice"\nes = { label = "X" }\n',
        "a field of the kind “choice” has choices, and no other has",
    ),
    "field without its name in a language": (
        "pack.toml",
        '[[action_field]]\ncode = "x"\nlabel = "X"\nkind = "text"\n',
        "es.label: is missing",
    ),
    "field twice": (
        "pack.toml",
        '[[action_field]]\ncode = "x"\nlabel = "X"\nkind = "text"\nes = { label = "X" }\n' * 2,
        "appears twice; each code is used once",
    ),
    "colour that is none": ("pack.toml", '[branding]\nmasthead = "red"\n', "“red” is not a colour like #0b3d5c"),
    "masthead without contrast": (
        "pack.toml",
        '[branding]\nmasthead = "#c8b060"\n',
        "7:1 is needed",
    ),
    "links without contrast": ("pack.toml", '[branding]\nlinks = "#8fb8d8"\n', "4.5:1 is needed"),
    "links without contrast in the dark": ("pack.toml", '[branding]\nlinks_dark = "#203040"\n', "in the dark theme"),
    "mark that is not there": (
        "pack.toml",
        '[branding]\nmark = "branding/none.svg"\n',
        "names no file of the pack in its folder",
    ),
    "mark elsewhere": (
        "pack.toml",
        '[branding]\nmark = "../../etc/passwd"\n',
        "names no file of the pack in its folder",
    ),
}


@pytest.mark.guards("mistakes in pack.toml get their sentence")
@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_in_pack_toml_has_its_sentence(small: SmallPack, name: str) -> None:
    file, text, sentence = BAD[name]
    small.add(file, "\n" + text)
    found = small.problems()
    assert any(sentence in problem for problem in found), found
    assert not Country.objects.exists()


def test_a_colour_that_fails_names_the_measured_ratio_and_the_needed_one(small: SmallPack) -> None:
    small.add("pack.toml", '\n[branding]\nmasthead = "#2f7d6a"\n')
    (first, *_rest) = small.problems()
    assert first == (
        "pack.toml, branding, masthead: #2f7d6a under #f3f8f5 (on-canopy) has a contrast of 4.58:1 in the light theme; 7:1 is needed"
    )


def test_a_mark_with_a_script_in_it_is_refused(small: SmallPack) -> None:
    small.add("pack.toml", '\n[branding]\nmark = "branding/mark.svg"\n')
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>'
    small.add("branding/mark.svg", drawing)
    (problem,) = small.problems()
    assert problem.startswith("branding/mark.svg, branding, mark: holds a script; a mark may only draw:")


WRONG_ROWS = {
    "an objective in a plan of two levels": (
        '\n[[objective]]\npillar = "1"\ncode = "1.1"\ntitle = "No such level"\n',
        "the plan of this edition has 2 levels: there is no objective in it",
    ),
    "an action under an objective there": (
        '\n[[action]]\nobjective = "1.1"\ncode = "9"\ntitle = "Lost"\n',
        "the plan of this edition has 2 levels: name the pillar right above the action, and no objective",
    ),
    "an action under nothing": (
        '\n[[action]]\ncode = "9"\ntitle = "Lost"\n',
        "the plan of this edition has 2 levels: name the pillar right above the action, and no objective",
    ),
    "an action under both": (
        '\n[[action]]\npillar = "1"\nobjective = "1.1"\ncode = "9"\ntitle = "Lost"\n',
        "names both an objective and a pillar; name the level right above it",
    ),
    "an unknown term": (
        '\n[[action]]\npillar = "1"\ncode = "9"\ntitle = "T"\nterm = "eternal"\n',
        "“eternal” is not a term of this edition or pack; there are: short",
    ),
    "a choice that is not in the list": (
        '\n[[action]]\npillar = "1"\ncode = "9"\ntitle = "T"\nown = { nature = "opera" }\n',
        "“opera” is not one of: law.",
    ),
    "a field that is not declared": (
        '\n[[action]]\npillar = "1"\ncode = "9"\ntitle = "T"\nown = { colour = "red" }\n',
        "pack.toml declares no [[action_field]] “colour”",
    ),
    "a place that is not there": (
        '\n[[action]]\npillar = "1"\ncode = "9"\ntitle = "T"\nown = { where = "XM-X" }\n',
        "there is no place “XM-X” in this pack",
    ),
    "a circle": (
        (
            '\n[[action]]\npillar = "1"\ncode = "8"\ntitle = "T"\nwaits_for = ["9"]\n'
            '\n[[action]]\npillar = "1"\ncode = "9"\ntitle = "T"\nwaits_for = ["8"]\n'
        ),
        "goes round in a circle: “9” waits for this action, directly or through others",
    ),
    "one that is not there": (
        '\n[[action]]\npillar = "1"\ncode = "9"\ntitle = "T"\nwaits_for = ["7"]\n',
        "there is no action “2025-2028/7” in this pack",
    ),
}


@pytest.mark.guards("mistakes in rows get their sentence")
@pytest.mark.parametrize("name", WRONG_ROWS)
def test_a_row_that_does_not_fit_has_its_sentence(two: SmallPack, name: str) -> None:
    text, sentence = WRONG_ROWS[name]
    two.add(PLAN, text)
    found = two.problems()
    assert any(sentence in problem for problem in found), found


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        (1, "the plan of this edition has 1 level, its actions: there is no pillar in it"),
        (2, "the plan of this edition has 2 levels: there is no objective in it"),
        (4, "the plan of this edition has 4 levels: name the part of an objective, not the objective"),
        (5, "less than or equal to 4"),
    ],
)
def test_a_plan_of_three_levels_does_not_fit_another_number(small: SmallPack, levels: int, sentence: str) -> None:
    small.edit(EDITION, 'title = "The strategy"', f'title = "The strategy"\nlevels = {levels}')
    found = small.problems()
    assert any(sentence in problem for problem in found), found


def test_words_of_an_edition_come_in_pairs_and_in_each_language(small: SmallPack) -> None:
    small.edit(EDITION, 'title = "The strategy"', 'title = "The strategy"\npillar_word = "axis"')
    found = small.problems()
    assert any("pillar_words: is missing beside the other" in problem for problem in found), found
    assert any("es.pillar_word: is missing; a level has its word in each language" in problem for problem in found), (
        found
    )
