"""Rules about languages: each of our sentences is in django.po, translated, with the same placeholders; and no
public page in Spanish shows a sentence of the interface in English."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import translation
from lxml import html

from floreo.core import languages
from floreo.core.language_codes import SOURCE
from floreo.organisations.models import Country
from floreo.strategy.logic import Status
from floreo.strategy.models import Action
from floreo.strategy.presenters.status_text import hold_sentence, problem_sentence, tally_text

pytestmark = pytest.mark.one_database

PACKAGE = Path(__file__).resolve().parents[2] / "floreo"
PO = PACKAGE / "locale" / "es" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%")
TAG = re.compile(r"<[^>]+>")
# Words of the interface so short or so common that a page may hold them for another reason: names, codes, web words.
ALSO_SPANISH = {"Error:", "Plan", "No", "Capital", "Total", "Color", "Administrator"}
PAGES = [
    "/es/",
    "/es/strategy/2025-2028/",
    "/es/strategy/2021-2024/",
    "/es/strategy/2025-2028/timeline/",
    "/es/strategy/2025-2028/pillars/2/",
    "/es/strategy/2025-2028/objectives/2.1/",
    "/es/strategy/2025-2028/actions/2.1.1/",
    "/es/strategy/2025-2028/actions/3.1.2/",
    "/es/strategy/2025-2028/actions/4.2.1/",
    "/es/strategy/2025-2028/actions/1.1.1/history/",
    "/es/indicators/",
    "/es/indicators/reports-within-24h/",
    "/es/indicators/archipelago-index/",
    "/es/organisations/",
    "/es/organisations/national-csirt/",
    "/es/laws/",
    "/es/laws/cybercrime-amendment-bill-2026/",
    "/es/laws/cybercrime-amendment-bill-2026/v3/since/v2/",
    "/es/laws/cybercrime-amendment-bill-2026/treaties/budapest/",
    "/es/laws/data-protection-regulations-2026/",
    "/es/districts/",
    "/es/observatory/",
    "/es/data/",
    "/es/data/actions/",
    "/es/search/?q=ley",
    "/es/about/",
    "/es/about/status/",
    "/es/about/roles/",
    "/es/about/unconfirmed/",
    "/es/about/audit/",
    "/es/privacy/",
    "/es/accessibility/",
    "/es/report/",
    "/es/notices/",
    "/es/help/",
    "/es/help/first-week/",
    "/es/help/administrator/",
    "/es/help/national-team/",
    "/es/account/login/",
    "/es/account/password/reset/",
]


SHIPPED = [code for code in languages.shipped() if code != SOURCE]
in_each = pytest.mark.parametrize("language", SHIPPED)


def catalog(language: str = "es") -> Catalog:
    """What is translated: the product's catalogue, and those that apps have of their own."""
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as source:
        whole = read_po(source, locale=language)
    for path in sorted(PACKAGE.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
        with path.open("rb") as source:
            for message in messages(read_po(source, locale=language)):
                whole[message.id] = message
    return whole


def test_spanish_and_french_are_shipped() -> None:
    assert {"es", "fr"} <= set(SHIPPED)


def texts(what: object) -> tuple[str, ...]:
    return tuple(str(t) for t in what) if isinstance(what, (list, tuple)) else (str(what),)


def messages(of: Catalog) -> Iterator[Message]:
    return (m for m in of if m.id)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What makemessages finds in the program."""
    if shutil.which("xgettext") is None:
        pytest.skip("gettext is not installed here; it is only needed to find sentences, never to run")
    copy = tmp_path_factory.mktemp("words") / "floreo"
    ignore = shutil.ignore_patterns("__pycache__", "locale", "static_built", "migrations")
    shutil.copytree(PACKAGE, copy, ignore=ignore)
    (copy / "locale").mkdir()
    with pytest.MonkeyPatch.context() as patch, override_settings(LOCALE_PATHS=[str(copy / "locale")]):
        patch.chdir(copy)
        call_command("makemessages", locale=["es"], verbosity=0)
    with (copy / "locale" / "es" / "LC_MESSAGES" / "django.po").open("rb") as source:
        return read_po(source)


@pytest.mark.guards("no sentence without its Spanish")
@pytest.mark.xdist_group("words")  # by one worker, which reads the program for all languages
@in_each
def test_every_sentence_is_in_the_catalogue_and_no_other(extracted: Catalog, language: str) -> None:
    ours = {(m.context, texts(m.id)) for m in messages(catalog(language))}
    theirs = {(m.context, texts(m.id)) for m in messages(extracted)}
    assert {"missing": theirs - ours, "no longer said": ours - theirs} == {"missing": set(), "no longer said": set()}


@pytest.mark.long
@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed")
def test_gettext_s_own_program_reads_every_catalogue() -> None:
    """Ours reads more than others do: two translations of one sentence, or a sentence twice."""
    said = []
    for path in sorted(PACKAGE.glob("**/locale/*/LC_MESSAGES/django.po")):
        done = subprocess.run(
            ["msgfmt", "--check-format", "-o", "/dev/null", path], capture_output=True, text=True, check=False
        )
        said += [f"{path.parts[-5]}: {done.stderr[:500]}"] if done.returncode else []
    assert said == []


@in_each
def test_every_sentence_is_translated(language: str) -> None:
    found = catalog(language)
    bad = [m.id for m in messages(found) if m.fuzzy or not all(t.strip() for t in texts(m.string))]
    assert (bad, list(found.obsolete)) == ([], [])


@in_each
def test_translations_keep_placeholders_and_tags(language: str) -> None:
    """But that of one may leave its number out: "every day"."""
    bad = []
    for message in messages(catalog(language)):
        for place, (text, ours) in enumerate(zip(texts(message.id), texts(message.string), strict=True)):
            is_of_one = len(texts(message.id)) > 1 and place == 0
            for pattern in (PLACEHOLDER, TAG):
                theirs, own = Counter(pattern.findall(text)), Counter(pattern.findall(ours))
                if theirs != own and not (is_of_one and own < theirs):
                    bad.append((text, ours))
    assert bad == []


@pytest.mark.long
@in_each
def test_translations_end_as_the_sentence_ends(language: str) -> None:
    """A label that became a sentence, or lost its colon, is a slip. A greeting ends on a comma here, on a colon there."""
    ends = re.compile(r"[.:;…]?$")
    bad = [
        (text, ours)
        for m in messages(catalog(language))
        for text, ours in zip(texts(m.id), texts(m.string), strict=True)
        if ends.findall(text)[0] != ends.findall(ours)[0] and not (text.endswith(",") and ours.endswith(":"))
    ]
    assert bad == []


def test_the_header_names_the_language_and_nobody() -> None:
    head = PO.read_text(encoding="utf-8").split("\n\n")[0]
    assert "Plural-Forms: nplurals=2; plural=(n != 1);" in head
    assert "Language: es" in head
    assert "@" not in head
    assert "#: " not in PO.read_text(encoding="utf-8")


@pytest.mark.long
def test_the_catalogue_compiles() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalog())
    compiled.seek(0)
    assert read_mo(compiled).get("Save").string == "Guardar"  # type: ignore[union-attr]


# French has a space that does not break before these signs and within quotation marks, so that a sign never begins a line.
LOOSE_SIGN = re.compile(r"(?<!\u00a0)(?:[?!»](?=[\s.,;)]|$)|(?<=[\w)»%\s])[:;](?=\s|$))|«(?!\u00a0)")
FOREIGN_SIGN = {"Authorization: Bearer", "column:", "Tr0pic@l!"}  # what is typed as it is


def loose_signs(text: str) -> list[str]:
    for each in FOREIGN_SIGN:
        text = text.replace(each, "")
    return [text[max(0, found.start() - 20) : found.end() + 10] for found in LOOSE_SIGN.finditer(text)]


def test_a_loose_sign_is_known_when_seen() -> None:
    loose = ["Statut: tous", "Statut : tous", "Pourquoi ?", "Pourquoi?", "« oui »", "oui ; non", "« oui »"]
    assert [bool(loose_signs(text)) for text in loose] == [True] * len(loose)
    right = [
        "Statut\u00a0: tous",
        "Pourquoi\u00a0?",
        "«\u00a0oui\u00a0».",
        "12:30",
        "https://x.example/?a=1",
        "TLP:CLEAR",
    ]
    assert [loose_signs(text) for text in right] == [[]] * len(right)


def french_of(data: object, *, within: bool = False) -> Iterator[str]:
    """The French texts of a file that ships, wherever they are in it."""
    if isinstance(data, str):
        yield from [data] if within else []
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from french_of(value, within=within or key == "fr")
    elif isinstance(data, list):
        for value in data:
            yield from french_of(value, within=within)


@pytest.mark.long
def test_french_keeps_its_signs_with_their_words() -> None:
    said = [text for message in messages(catalog("fr")) for text in texts(message.string)]
    for path in PACKAGE.rglob("*.toml"):
        said += french_of(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in PACKAGE.rglob("*fr.md"):
        said += re.sub(r"```.*?```|`[^`]*`", "x", path.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines()
    assert [found for text in said if (found := loose_signs(text))] == []


def interface_sentences(language: str = "es") -> set[str]:
    """What the interface says in English in full, without placeholders, and otherwise in that language. Single words in small
    letters are left out: they are codes too."""
    text = set()
    for message in messages(catalog(language)):
        for source, ours in zip(texts(message.id), texts(message.string), strict=True):
            is_code = not any(map(str.isalpha, source)) or (source.islower() and " " not in source)
            if source != ours and "%" not in source and not is_code and source not in ALSO_SPANISH:
                text.add(" ".join(source.split()))
    return text


def shown_texts(page: bytes) -> Iterator[str]:
    """Every piece of text a reader or a screen reader meets, apart from what says that it is English."""
    tree = html.fromstring(page)
    for part in list(tree.iter("script", "style", "code", "a", "span", "p", "div")):
        if part.tag in {"script", "style", "code"} or part.get("lang") == "en":
            part.drop_tree()  # type: ignore[attr-defined]  # an HtmlElement
    for element in tree.iter():
        yield from (" ".join(expected.split()) for expected in (element.text, element.tail) if expected)
        yield from (" ".join(element.get(name, "").split()) for name in ("aria-label", "title", "placeholder", "alt"))


@pytest.mark.long
@pytest.mark.parametrize("address", PAGES)
def test_no_page_in_spanish_shows_a_sentence_in_english(isla: Country, stranger: Client, address: str) -> None:
    response = stranger.get(address)
    page = b"".join(response) if response.streaming else response.content
    assert response.status_code == 200
    assert b'<html lang="es"' in page
    assert sorted(interface_sentences() & set(shown_texts(page))) == []


def counts(**numbers: int) -> dict[Status, int]:
    return {status: numbers.get(status.value, 0) for status in Status}


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        ({"late": 1, "done": 1}, "Una de las 2 acciones va según lo previsto. Una está atrasada."),
        (
            {"late": 3, "stalled": 1, "on_track": 14},
            "14 de las 18 acciones van según lo previsto. Tres están atrasadas y una está detenida.",
        ),
        ({"at_risk": 2}, "Ninguna de las 2 acciones va según lo previsto. Dos están en riesgo."),
        ({"done": 1}, "La única acción está terminada."),
        ({"not_started": 4}, "Ninguna de las 4 acciones se ha iniciado."),
        ({}, ""),
    ],
)
def test_the_status_of_a_plan_reads_naturally_in_spanish(tally: dict[str, int], text: str) -> None:
    with translation.override("es"):
        assert f"{hold_sentence(counts(**tally))} {problem_sentence(counts(**tally))}".strip() == text


def test_tallies_agree_in_number_in_spanish() -> None:
    with translation.override("es"):
        assert tally_text(counts(done=1, late=2, stalled=1)) == "1 terminada, 2 atrasadas, 1 detenida"


def test_a_text_that_is_changed_loses_its_old_translation() -> None:
    act = Action(late_reason="No money.", translations={"es": {"late_reason": "Sin dinero.", "title": "Línea"}})
    act.set_text("late_reason", "No money.")
    assert act.in_language("late_reason", "es") == "Sin dinero."
    act.set_text("late_reason", "Waits for signature.")
    assert (act.in_language("late_reason", "es"), act.translations) == (
        "Waits for signature.",
        {"es": {"title": "Línea"}},
    )


def test_a_thing_is_named_in_the_readers_language() -> None:
    act = Action(code="2.1", title="Open the line", translations={"es": {"title": "Abrir la línea"}})
    with translation.override("es"):
        assert act.named() == "2.1 Abrir la línea"
    with translation.override("en"):
        assert act.named() == "2.1 Open the line"


@pytest.mark.long
@in_each
def test_a_sentence_has_one_translation_wherever_it_stands(language: str) -> None:
    """All catalogues become one: of two translations of the same words, every page shows the same one. Words of two senses have a
    context."""
    found: dict[tuple[object, object], dict[object, list[str]]] = {}
    for path in sorted(PACKAGE.glob(f"**/locale/{language}/LC_MESSAGES/django.po")):
        with path.open("rb") as opened:
            for one in read_po(opened):
                if one.id:
                    own = found.setdefault((one.context, texts(one.id)), {})
                    own.setdefault(texts(one.string), []).append(path.parts[-5])
    assert {words: own for words, own in found.items() if len(own) > 1} == {}
