"""Every kind of finding has words for its owner, in both languages, that say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from floreo.feeds import texts
from floreo.feeds.engine import formats
from floreo.feeds.engine.events import SEVERITIES
from floreo.feeds.texts import KINDS, KindText, text_of, title_of

pytestmark = pytest.mark.one_database

PLACES = sorted(path.parent for path in KINDS.glob("**/en.md"))
CLASS, TAXONOMY = formats.CLASS["identifier"], formats.CLASS["taxonomy"]


def identifiers() -> dict[str, str]:
    """Kinds that Shadowserver's reports give, with their classes."""
    return {t.fixed[CLASS]: t.fixed[TAXONOMY] for t in formats.load("shadowserver").types.values()}


def test_more_than_thirty_kinds_and_every_class_have_a_text() -> None:
    classes = {path.name for path in PLACES if path.parent.name == "_classes"}
    assert classes == set(texts.rsit()["classes"])
    assert len(texts.folders()) > 30
    assert {folder.name for folder in texts.folders()} == {p.name for p in PLACES if p.parent.name != "_classes"}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_text_says_the_same_in_both_languages(place: Path) -> None:
    english, spanish = (texts.read(place / f"{language}.md") for language in texts.LANGUAGES)
    assert len(english.steps) == len(spanish.steps)
    assert 3 <= len(english.steps) <= 6
    for text in (english, spanish):
        assert all((text.title, text.means, text.matters, text.check))
        assert len(text.title) < 90
    assert english.title != spanish.title


def test_every_kind_of_a_report_has_a_text_and_a_title_of_its_own() -> None:
    found = identifiers()
    titles = {kind: title_of(kind, "es", taxonomy) for kind, taxonomy in found.items()}
    classes = {texts.read(KINDS / "_classes" / name / "es.md").title for name in texts.rsit()["classes"]}
    assert len(set(titles.values())) == len(titles)
    assert [kind for kind, title in titles.items() if title in classes] == []
    assert all(text_of(kind, taxonomy, "en").steps for kind, taxonomy in found.items())


def test_a_text_stands_beside_the_mapping_that_gives_its_kind() -> None:
    for folder in texts.folders():
        assert folder.severity in SEVERITIES
        for report in folder.reports:
            provider, _, name = report.partition("/")
            kind = formats.load(provider).types[name]
            words = {word for known in kind.derived.values() for word in known.words.values()}
            given = {kind.fixed[CLASS], *words}
            assert folder.name in {found[0].name for k in given if (found := texts.folder_of(k))}, report


def test_no_kind_is_claimed_by_two_folders() -> None:
    claimed = [kind for folder in texts.folders() for kind in folder.kinds]
    assert sorted(claimed) == sorted(set(claimed))


@pytest.mark.parametrize(
    ("kind", "taxonomy", "language", "title"),
    [
        ("open-rdp", "vulnerable", "en", "Remote Desktop is open to the whole internet"),
        ("open-rdp", "vulnerable", "es-mx", "Escritorio remoto está abierto a todo internet"),
        ("open-rdp", "vulnerable", "fr", "Remote Desktop is open to the whole internet"),
        ("infected-conficker", "malicious-code", "en", "A device in your network is infected: conficker"),
        ("special-cyclops-blink", "vulnerable", "en", "A special report names one of your addresses: cyclops blink"),
        ("never-heard-of", "fraud", "en", "One of your addresses is used for fraud: never heard of"),
        ("never-heard-of", "../../x", "en", "Something unusual was seen at one of your addresses: never heard of"),
    ],
)
def test_a_kind_finds_its_text_or_that_of_its_class(kind: str, taxonomy: str, language: str, title: str) -> None:
    assert text_of(kind, taxonomy, language).title == title


def test_a_file_is_read_into_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "en.md"
    path.write_text(
        "# A title\n\nWhat it\nmeans.\n\n## Why\n\nBad.\n\n## Do\n\n1. One\n   more.\n2. Two.\n\n## Check\n\nGone.\n"
    )
    assert texts.read(path) == KindText("A title", "What it means.", "Bad.", ("One more.", "Two."), "Gone.")


@pytest.mark.parametrize("text", ["# No parts\n\nat all", "# A\n\nb\n\n## c\n\nd\n\n## e\n\nno number\n\n## f\n\ng\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "en.md"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"expected|number"):
        texts.read(path)


def test_rsits_words_are_those_of_the_reader() -> None:
    assert texts.class_title("vulnerable", "es") == "Sistemas vulnerables"
    assert texts.class_title("vulnerable", "es", "weak-crypto") == "Criptografía débil"
    assert texts.class_title("nobodys", "es") == "nobodys"
