"""The guides under Help: in both languages, part by part; every link within the site leads to a page; what they call a menu, a
page or a button is called so on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.translation import override
from lxml import html

from floreo.core import languages
from floreo.portal import guides
from tests.contracts.test_language import catalog, texts
from tests.portal.crawl import body, heading

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
EVERY = [(name, language) for name in guides.NAMES for language in guides.languages_of(name)]
EMPHASIS = re.compile(r"(\*\*|\*)([^*\n]+)\1")
ADDRESS = re.compile(r"\]\((https://[^)]+)\)")
CODE = re.compile(r"`[^`\n]+`")
BLOCK = re.compile(r"```.*?```", re.DOTALL)
# What is emphasised and is no name on the screen.
LOUD = {
    "en": {
        "SPF",
        "DKIM",
        "DMARC",
        "Mandate.",
        "Publish who you are.",
        "Introduce yourselves before the first notice.",
        "Say what a notice is.",
        "Marking.",
        "Others.",
        "Notices are sent automatically",
        "By hand.",
        "By a watched folder.",
        "By e-mail,",
        "signed with DKIM",
    },
    "es": {
        "SPF",
        "DKIM",
        "DMARC",
        "Mandato.",
        "Publique quiénes son.",
        "Preséntense antes del primer aviso.",
        "Diga qué es un aviso.",
        "Marca.",
        "Terceros.",
        "Los avisos se envían automáticamente",
        "A mano.",
        "Por una carpeta vigilada.",
        "Por correo,",
        "firmado con DKIM",
    },
    "fr": {
        "SPF",
        "DKIM",
        "DMARC",
        "Mandat.",
        "Publiez qui vous êtes.",
        "Présentez-vous avant le premier avis.",
        "Dites ce qu’est un avis.",
        "Marquage.",
        "Les autres.",
        "Les avis sont envoyés automatiquement",
        "À la main.",
        "Par un dossier surveillé.",
        "Par courriel,",
        "signé par DKIM",
    },
}
TRANSLATED = [(name, language) for name, language in EVERY if language != "en"]


def source(name: str, language: str) -> str:
    return (guides.FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8")


def test_every_file_is_a_guide_and_every_guide_is_in_english_and_spanish() -> None:
    assert {(name, language) for name in guides.NAMES for language in ("en", "es")} <= set(EVERY)
    assert {path.name for path in guides.FOLDER.iterdir()} == {f"{name}.{language}.md" for name, language in EVERY}


@pytest.mark.parametrize(("name", "language"), TRANSLATED)
def test_each_language_has_the_same_parts(name: str, language: str) -> None:
    """Headings, steps, points, rows, commands and outside addresses."""
    english, translated = source(name, "en"), source(name, language)
    for pattern in (r"(?m)^# ", r"(?m)^## ", r"(?m)^### ", r"(?m)^\d+\. ", r"(?m)^- ", r"(?m)^\|", r"\]\(/[^)]*\)"):
        assert len(re.findall(pattern, english)) == len(re.findall(pattern, translated)), pattern
    assert ADDRESS.findall(english) == ADDRESS.findall(translated)
    assert BLOCK.findall(english) == BLOCK.findall(translated)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_link_within_the_site_leads_to_a_page_in_the_readers_language(name: str, language: str) -> None:
    with languages.of_site(["en", language]), override(language):
        for link in guides.links_of(source(name, language)):
            address = guides.address_of(link)
            if not address.startswith("https://"):
                assert address.startswith(f"/{language}/") is (language != "en"), link
                resolve(address)


def test_a_link_to_nothing_is_noticed() -> None:
    with pytest.raises(Resolver404):
        guides.address_of("/no-such-page/")
    for link in ("no-such-guide.en.md", "about/roles/", "http://example.org/"):
        with pytest.raises(ValueError, match=link):
            guides.address_of(link)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(("name", "language"), EVERY)
def test_what_a_guide_calls_a_menu_or_a_button_is_on_the_screen(name: str, language: str) -> None:
    messages = [m for m in catalog("es" if language == "en" else language) if m.id]
    shown = {text for m in messages for text in texts(m.id if language == "en" else m.string)}
    prose = CODE.sub("", BLOCK.sub("", source(name, language)))
    assert {words for _mark, words in EMPHASIS.findall(prose)} - shown - LOUD[language] == set()


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_settings_files_and_commands_that_a_guide_names_exist(name: str, language: str) -> None:
    named = " ".join(CODE.findall(source(name, language)))
    settings = (ROOT / "docs" / "guide" / "settings.md").read_text(encoding="utf-8")
    assert [each for each in re.findall(r"FLOREO_\w+", named) if each not in settings] == []
    assert [each for each in re.findall(r"(?:docs|deploy)/[\w./-]+\w", named) if not (ROOT / each).exists()] == []


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize(("name", "language"), [each for each in EVERY if each[1] in ("en", "es")])  # the sample's
def test_a_guide_opens_for_anyone_with_one_heading_and_its_parts(name: str, language: str, stranger: Client) -> None:
    guide = guides.guide(name, language)
    page = body(stranger, ("/es" if language == "es" else "") + f"/help/{name}/")
    assert heading(page) == guide.title
    tree = html.fromstring(page).find(".//main")
    assert tree is not None
    assert [(h.text or "").strip() for h in tree.iter("h2")] == [part.title for part in guide.parts]
    marks = [a.get("href") for a in tree.iterfind(".//nav/ol/li/a") if a.get("href", "").startswith("#")]
    assert marks == [f"#{part.mark}" for part in guide.parts]
    assert [s.get("id") for s in tree.iter("section")] == [part.mark for part in guide.parts]


@pytest.mark.usefixtures("isla")
def test_help_lists_every_guide_and_the_page_for_receivers(stranger: Client) -> None:
    for prefix in ("", "/es"):
        page = body(stranger, f"{prefix}/help/")
        for address in (*(f"/help/{name}/" for name in guides.NAMES), "/notices/"):
            assert f'href="{prefix}{address}"' in page, address
        assert f'href="{prefix}/help/"' in body(stranger, f"{prefix}/")  # from the foot of every page
    assert stranger.get("/help/no-such-guide/").status_code == 404


@pytest.mark.long
def test_help_is_in_the_workspace(isla: object, secretariat: object, browser_of: object) -> None:
    page = browser_of(secretariat).get("/workspace/").content.decode()  # type: ignore[operator]  # a fixture that makes browsers
    assert 'href="/help/"' in page
