"""RSIT and the taxonomy of CSIRTAmericas: the words are those that their makers publish, and Spanish has them all."""

from __future__ import annotations

import json

import pytest

from floreo.incidents import taxonomy
from floreo.incidents.taxonomy import Labels
from tests.conftest import SAMPLES

FILE = SAMPLES / "rsit" / "machinev1.json"


@pytest.mark.skipif(not FILE.exists(), reason="the samples are not beside this clone")
def test_classes_and_types_are_those_of_the_published_file() -> None:
    theirs = json.loads(FILE.read_text("utf-8"))
    titles = {p["value"]: (p["expanded"], p["description"]) for p in theirs["predicates"]}
    expected = {
        v["predicate"]: (
            *titles[v["predicate"]],
            [(e["value"], e["expanded"], e["description"]) for e in v["entry"]],
        )
        for v in theirs["values"]
    }
    ours = {
        c.code: (c.title, c.text, [(taxonomy.split(t.code)[1], t.title, t.text) for t in c.types])
        for c in taxonomy.classes("en")
    }
    assert (len(ours), sum(len(types) for _a, _b, types in ours.values()), ours) == (11, 39, expected)


def test_spanish_has_a_title_and_a_meaning_of_each() -> None:
    spanish = [(c.title, c.text) for c in taxonomy.classes("es")]
    spanish += [(t.title, t.text) for c in taxonomy.classes("es") for t in c.types]
    assert (len(spanish), all(title and text for title, text in spanish)) == (50, True)


def test_labels_are_in_the_readers_language_and_unknown_codes_stay_as_written() -> None:
    assert [taxonomy.labels("fraud", "phishing", language).type_title for language in ("en", "es")] == ["Phishing"] * 2
    assert str(taxonomy.labels("availability", "ddos", "es")) == "Disponibilidad · Denegación de servicio distribuida"
    assert taxonomy.labels("fraud", "", "es") == Labels("Fraude", "", "Fraude.")
    assert taxonomy.labels("weather", "rain", "en") == Labels("weather", "rain", "")


def test_the_map_from_csirtamericas_leads_to_types_of_rsit() -> None:
    pairs = {code: taxonomy.from_americas(code) for code in taxonomy.americas("en")}
    assert [code for code, pair in pairs.items() if not taxonomy.is_known(*pair)] == []
    assert (len(pairs), pairs["botnet"], taxonomy.from_americas("weather")) == (
        14,
        ("malicious-code", "infected-system"),
        ("other", "undetermined"),
    )
