"""Rules about the languages of a site: exactly those that its pack names are offered, what is not translated says so, and no
module names one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import languages
from floreo.core.language_codes import by_language, known
from floreo.core.tables import Column, Table, in_each_language
from floreo.frameworks.models import Version
from floreo.organisations import entry_mails
from floreo.organisations.models import Contact, Country, Organisation, User
from floreo.organisations.queries import in_the_country
from floreo.packs import translating, translation_files
from floreo.packs.actions import import_translations, undo_translations
from floreo.packs.folder import language_notes
from tests.contracts.test_language import interface_sentences, shown_texts
from tests.packs.conftest import FILES, SmallPack
from tools import translations

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]

PACKAGE = Path(__file__).resolve().parents[2] / "floreo"
CODES = sorted(known())


@pytest.fixture(autouse=True)
def no_site() -> Iterator[None]:
    """What this process knows of the last site ends with the test."""
    yield
    with languages.of_site(()):
        pass
    translation.activate(settings.LANGUAGE_CODE)


def small_pack(folder: Path, *codes: str) -> SmallPack:
    """The small pack with other languages; its Spanish becomes that of the second of them."""
    pack = SmallPack(folder)
    named = "[" + ", ".join(f'"{code}"' for code in codes) + "]"
    for name, text in FILES.items():
        spoken = re.sub(r"^es = ", f"{codes[1]} = ", text, flags=re.MULTILINE)
        spoken = spoken.replace('["en", "es"]', named)
        pack.add(name.replace(".en.md", f".{codes[0]}.md").replace(".es.md", f".{codes[1]}.md"), spoken)
    return pack


@pytest.fixture
def french(db: None, tmp_path: Path) -> Country:
    """French first, then English."""
    small_pack(tmp_path / "french", "fr", "en").load()
    return Country.objects.get()


@pytest.fixture
def dutch(db: None, tmp_path: Path) -> Country:
    """A language first into which nothing that ships is translated, then English."""
    small_pack(tmp_path / "dutch", "nl", "en").load()
    return Country.objects.get()


@pytest.fixture
def haitian(db: None, tmp_path: Path) -> Country:
    """English first, then a language without a catalogue."""
    small_pack(tmp_path / "haitian", "en", "ht").load()
    return Country.objects.get()


# --- Addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_first_language_of_the_pack_has_no_prefix(french: Country, stranger: Client) -> None:
    assert b'<html lang="fr"' in stranger.get("/").content
    assert b'<html lang="en"' in stranger.get("/en/").content
    assert [stranger.get(address).status_code for address in ("/fr/", "/es/", "/de/")] == [404, 404, 404]


@pytest.mark.long
def test_a_pack_that_begins_with_english_keeps_its_addresses(haitian: Country, stranger: Client) -> None:
    assert b'<html lang="en"' in stranger.get("/").content
    assert b'<html lang="ht"' in stranger.get("/ht/").content
    assert [stranger.get(address).status_code for address in ("/en/", "/es/", "/fr/")] == [404, 404, 404]


@pytest.mark.long
def test_menu_head_and_map_name_exactly_the_languages_of_the_pack(french: Country, stranger: Client) -> None:
    page = stranger.get("/strategy/2025-2028/").content.decode()
    assert re.findall(r'hreflang="(\w+)" href="([^"]+)"', page.split("</head>")[0]) == [
        ("fr", "http://testserver/strategy/2025-2028/"),
        ("en", "http://testserver/en/strategy/2025-2028/"),
    ]
    assert '<span aria-current="true">Français</span>' in page
    assert ">English</a>" in page
    assert "Español" not in page
    parts = re.findall(r"<loc>([^<]+)</loc>", stranger.get("/sitemap.xml").content.decode())
    listed = stranger.get(parts[0].removeprefix(settings.SITE_ADDRESS)).content.decode()
    assert set(re.findall(r'hreflang="(\w+)"', listed)) == {"fr", "en"}


@pytest.mark.long
def test_another_pack_in_the_same_process_has_its_own_addresses(french: Country, stranger: Client) -> None:
    assert stranger.get("/en/").status_code == 200
    with languages.of_site(["fr", "en"]), translation.override("en"):
        assert reverse("portal:home") == "/en/"
    with languages.of_site(["en", "fr"]):
        with translation.override("en"):
            assert reverse("portal:home") == "/"
        with translation.override("fr"):
            assert reverse("portal:home") == "/fr/"
        with translation.override("nl"):
            assert reverse("portal:home") == "/"  # not of the site: a link never leads to a page that is not there


@pytest.mark.long
def test_only_addresses_of_a_language_whose_prefix_changes_are_worked_out_again() -> None:
    def paths() -> list[str]:
        found = []
        for code in ("en", "es", "fr"):
            with translation.override(code):
                found.append(reverse("portal:home"))
        return found

    def kept() -> set[str]:
        return {"en", "es", "fr"}.intersection(getattr(get_resolver(), "_reverse_dict"))  # noqa: B009 -- its type does not name it

    with languages.of_site(("en", "es")):
        assert paths() == ["/", "/es/", "/"]
    with languages.of_site(("en", "es", "fr")):
        assert kept() == {"en", "es"}
        assert paths() == ["/", "/es/", "/fr/"]
    with languages.of_site(("fr", "en")):
        assert kept() == set()
        assert paths() == ["/en/", "/", "/"]


# --- What is shown ------------------------------------------------------------------------------------------------

PAGES = [
    "/",
    "/strategy/2025-2028/",
    "/strategy/2025-2028/actions/1.1.1/",
    "/indicators/trained/",
    "/organisations/",
    "/about/",
    "/about/status/",
    "/data/",
    "/help/first-week/",
    "/help/administrator/",
    "/help/national-team/",
    "/help/",
    "/privacy/",
    "/accessibility/",
    "/account/login/",
]


@pytest.mark.guards("a third language is whole")
def test_a_page_in_french_says_nothing_of_the_interface_in_english(french: Country, stranger: Client) -> None:
    english = interface_sentences("fr")
    of_the_pack = {"Supports"} | {text for text in english if any(f'"{text}"' in file for file in FILES.values())}
    wrong = {}
    for address in PAGES:
        page = stranger.get(address).content
        assert b'<html lang="fr"' in page, address
        wrong[address] = sorted((english & set(shown_texts(page))) - of_the_pack)
    assert wrong == {address: [] for address in PAGES}


@pytest.mark.long
def test_a_guide_that_is_not_translated_is_in_english_and_says_so(haitian: Country, stranger: Client) -> None:
    page = stranger.get("/ht/help/first-week/").content.decode()
    assert "This text is not available in Haitian Creole yet. It is in English." in page
    assert "not available in" not in stranger.get("/help/first-week/").content.decode()


@pytest.mark.long
def test_without_a_catalogue_the_page_says_so_and_is_in_the_first_language(haitian: Country, stranger: Client) -> None:
    page = stranger.get("/ht/").content.decode()
    assert "The interface is not translated into Haitian Creole yet. It is in English." in page
    assert "Search" in page
    assert "not translated into" not in stranger.get("/").content.decode()


@pytest.mark.long
def test_where_the_first_language_has_a_catalogue_the_others_fall_back_to_it(tmp_path: Path, stranger: Client) -> None:
    small_pack(tmp_path / "both", "fr", "ht").load()
    page = stranger.get("/ht/").content.decode()
    assert "L’interface n’est pas encore traduite en créole haïtien. Elle est en français." in page
    assert "Rechercher" in page


@pytest.mark.long
def test_a_language_from_right_to_left_turns_the_page(tmp_path: Path, stranger: Client) -> None:
    small_pack(tmp_path / "arabic", "en", "ar").load()
    assert b'<html lang="ar" dir="rtl"' in stranger.get("/ar/").content
    assert b"dir=" not in stranger.get("/").content[:200]


@pytest.mark.long
def test_what_a_record_says_in_a_language_is_shown_in_it(haitian: Country, stranger: Client) -> None:
    assert "Responde a incidentes." in stranger.get("/ht/organisations/csirt/").content.decode()  # the sample's text
    assert "Responde a incidentes." not in stranger.get("/organisations/csirt/").content.decode()


# --- Forms, mails, tables ---------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_form_asks_for_the_languages_of_the_pack(
    french: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    page = browser_of(user_with("secretariat")).get("/workspace/plan/2025-2028/edit/").content.decode()
    assert 'name="title_en"' in page
    assert "en anglais" in page
    assert 'name="title_es"' not in page


@pytest.mark.long
@pytest.mark.parametrize(
    ("asked", "subject"), [("en", "Your entry"), ("fr", "Votre fiche"), ("es", "Votre fiche"), ("", "Votre fiche")]
)
def test_a_letter_is_in_the_language_of_its_reader(french: Country, asked: str, subject: str) -> None:
    body = Organisation.objects.get(code="csirt")
    contact = Contact.objects.create(organisation=body, email="desk@example.org", purpose="duty", language=asked)
    with in_the_country():
        letter = entry_mails.link(contact, "a-token")
    assert letter.language == ("en" if asked == "en" else "fr")
    assert letter.subject.startswith(subject), letter.subject
    assert ("/en/account/" in letter.text or "/en/" in letter.text) is (asked == "en")


@pytest.mark.long
def test_a_letter_in_a_language_without_a_catalogue_is_in_the_first(haitian: Country) -> None:
    body = Organisation.objects.get(code="csirt")
    contact = Contact.objects.create(organisation=body, email="desk@example.org", purpose="duty", language="ht")
    with in_the_country():
        letter = entry_mails.link(contact, "a-token")
    assert (letter.language, letter.subject[:10]) == ("ht", "Your entry")
    assert "/ht/" in letter.text


def test_columns_are_made_for_the_languages_of_the_pack() -> None:
    columns = (
        Column("name", "Name", "", lambda row: row.name),
        in_each_language("name", "", "Name", has_first=False),
        in_each_language("title", ""),
    )
    table = Table("things", "Things", "", rows=lambda _viewer: Country.objects.all(), columns=columns)
    with languages.of_site(["fr", "nl", "en"]):
        assert [column.name for column in table.columns] == [
            "name",
            "name_nl",
            "name_en",
            "title_fr",
            "title_nl",
            "title_en",
        ]
        assert str(table.columns[1].title) == "Name, in Dutch"
    with languages.of_site(["en"]):
        assert [column.name for column in table.columns] == ["name", "title_en"]


@pytest.mark.long
def test_what_came_with_the_program_waits_for_dutch_and_is_put_into_it_by_a_file(
    dutch: Country, stranger: Client, user_with: Callable[..., User]
) -> None:
    """Frameworks are in English as long as nobody translated them: they wait for Dutch, and not for English."""
    secretary = user_with("secretariat")
    with languages.of_site(dutch.languages), translation.override("nl"):
        version = Version.objects.filter(is_current=True).select_related("framework").first()
        assert version is not None
        (text,) = [each for each in translating.texts_of(version, secretary) if each.field.name == "title"]
        assert [text.waits_for(code) for code in ("nl", "en")] == [True, False]
        assert [text.takes(code) for code in ("nl", "en")] == [True, False]
        page = stranger.get(version.framework.get_absolute_url()).content.decode()
        assert "This text is not available in Dutch yet. It is in English." in page
        english, content = version.title, translation_files.written([text], "nl")
        assert f'msgid "{english}"\nmsgstr ""' in content.decode()
        changed = content.decode().rstrip().removesuffix('msgstr ""') + 'msgstr "Een kader"\n'
        run = import_translations(translation_files.read(changed.encode(), "nl.po", secretary), by=secretary)
        version.refresh_from_db()
        assert (version.title, version.in_language("title", "en"), version.written_in("title")) == (
            "Een kader",
            english,
            "nl",
        )
        assert undo_translations(run, by=secretary) == 0
        version.refresh_from_db()
        assert (version.title, version.written_in("title")) == (english, "en")


@pytest.mark.long
def test_frameworks_are_in_french_on_a_site_that_begins_with_it(
    french: Country, stranger: Client, user_with: Callable[..., User]
) -> None:
    """The French is what is written, the English is beside it, and nothing says that it is not translated."""
    secretary = user_with("secretariat")
    with languages.of_site(french.languages), translation.override("fr"):
        versions = Version.objects.select_related("framework")
        found = [text for each in versions for text in translating.texts_of(each, secretary)]
        assert len(versions) > 10
        assert not [text.written for text in found if text.waits_for("fr") or text.waits_for("en")]
        version = versions.get(code="un-cybercrime-2024")
        assert version.title.startswith("Convention des Nations Unies")
        assert version.in_language("title", "en").startswith("UN Convention")
        assert (version.written_in("title"), version.levels[1]["fr"]) == ("fr", "Lacune")
        page = stranger.get(version.framework.get_absolute_url()).content.decode()
        assert "Perquisition et saisie" in page
        assert "pas encore disponible" not in page


@pytest.mark.long
def test_the_api_has_the_columns_of_the_languages_of_the_pack(haitian: Country, stranger: Client) -> None:
    """Also where the process began before the pack was loaded, or with another one."""
    row = stranger.get("/api/v1/organisations/csirt").json()
    assert {name for name in row if name.startswith("name")} == {"name", "name_ht"}
    described = stranger.get("/api/v1/openapi.json").json()["components"]["schemas"]["OrganisationsRow"]
    assert {name for name in described["properties"] if name.startswith("name")} == {"name", "name_ht"}
    assert described["properties"]["name_ht"]["title"] == "Name, in Haitian Creole"
    assert described["required"] == list(described["properties"])
    Country.objects.update(languages=["en", "nl", "es"])
    with languages.of_site(["en"]):  # what was known goes with the request
        row = stranger.get("/api/v1/organisations/csirt").json()
    assert {name for name in row if name.startswith("name")} == {"name", "name_nl", "name_es"}
    described = stranger.get("/api/v1/openapi.json").json()["components"]["schemas"]["OrganisationsRow"]
    assert {name for name in described["properties"] if name.startswith("name")} == {"name", "name_nl", "name_es"}


# --- The order in which languages fall back -----------------------------------------------------------------------


@pytest.mark.long
@given(st.lists(st.sampled_from(CODES), min_size=1, max_size=6, unique=True), st.sampled_from(CODES))
def test_what_a_language_lacks_comes_from_the_first_that_has_a_catalogue(codes: list[str], reader: str) -> None:
    with languages.of_site(codes):
        home = next((code for code in codes if code in languages.shipped()), "en")
        assert languages.interface(reader) == (reader if reader in languages.shipped() else home)
        assert languages.rest_of_interface(reader) == ("en" if reader == home else home)
        assert languages.spoken(reader) == (reader if reader in codes else codes[0])
        with translation.override(reader):
            shown = translation.gettext("Saved in the history.")
        with translation.override(languages.interface(reader)):
            assert shown == translation.gettext("Saved in the history.")


@given(st.dictionaries(st.sampled_from(CODES), st.text(min_size=1), max_size=4), st.text(min_size=1))
def test_texts_by_language_begin_with_what_was_written(others: dict[str, str], written: str) -> None:
    found = by_language({"text": written} | {code: {"text": text} for code, text in others.items()}, "text")
    assert next(iter(found.values())) == written
    assert {code: text for code, text in found.items() if code} == others


@pytest.mark.parametrize("code", ["en", "fr", "es", "pt", "nl", "ht", "pap", "ar", "jam", "srn"])
def test_dates_numbers_and_names_are_there_for_every_language(code: str) -> None:
    from datetime import date

    from floreo.core.ui import locale

    with languages.of_site(["en", code]), translation.override(code):
        assert locale.long_day(date(2026, 11, 24)).count("2026") == 1
        assert locale.number(1234567)
        assert languages.own_name(code)[:1] == languages.own_name(code)[:1].upper()


# --- Bad packs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["xx", "EN", "french", "e", "und", "pt-br"])
def test_a_code_of_no_language_is_refused(db: None, tmp_path: Path, code: str) -> None:
    problems = small_pack(tmp_path / "bad", "en", code).problems()
    assert any(f"“{code}” is not the code of a language" in problem for problem in problems), problems


@pytest.mark.long
def test_a_language_twice_is_refused(db: None, tmp_path: Path) -> None:
    assert any("twice" in problem for problem in small_pack(tmp_path / "bad", "en", "en").problems())


def test_a_language_without_a_catalogue_is_named_when_the_pack_is_loaded(tmp_path: Path) -> None:
    assert language_notes(["en", "ht", "fr"]) == [
        "The interface is not translated into Haitian Creole (ht): its readers get it in English."
    ]
    assert language_notes(["fr", "nl", "en"]) == [
        "The interface is not translated into Dutch (nl): its readers get it in French."
    ]
    assert language_notes(["en", "es"]) == []


@pytest.mark.long
def test_a_translation_into_a_language_that_the_pack_does_not_name_is_refused(db: None, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "bad", "en", "ht")
    pack.add(
        "places.toml",
        '\n[[place]]\ncode = "XM-S"\nname = "South"\nkind = "town"\nparent = "XM-N"\nfr = { name = "Sud" }\n',
    )
    assert any("does not list this language" in problem for problem in pack.problems())


# --- Catalogues ---------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_catalogue_that_ships_is_whole_and_counted() -> None:
    lines = list(translations.interface(PACKAGE))
    assert {line.language for line in lines} == set(languages.shipped()) - {"en"}
    assert [line for line in lines if line.done < line.total] == []
    assert {code: languages.lacking(code) for code in languages.shipped()} == dict.fromkeys(languages.shipped())


# A colon that a template puts after a word, outside of a sentence. In a word for screen readers alone its space is not seen, and
# after a line of its own a space is there already.
BARE_COLON = re.compile(r"(\}\}|%\}|(?<![-=])>):(?=\s|<|\{%|\Z)")
IN_SENTENCES = re.compile(r"\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}|\{#.*?#\}", re.DOTALL)
NEEDS_NO_SIGN = re.compile(r"""class="visually-hidden"\s*>$|\n\s*\{% if [^%]*%\}$""")


def bare_colons(template: str) -> list[str]:
    text = IN_SENTENCES.sub("{% sentence %}", template)
    found = [m for m in BARE_COLON.finditer(text) if not NEEDS_NO_SIGN.search(text[: m.end(1)])]
    return [text[max(0, m.start() - 40) : m.end() + 20] for m in found]


def test_a_bare_colon_is_known_when_seen() -> None:
    bare = ["{{ a }}: {{ b }}", '{% translate "Sector" %}: x', "<b>{{ a }}</b>: x", "{% if a %}{{ b }}{% if c %}: d"]
    assert [len(bare_colons(text)) for text in bare] == [1, 1, 1, 1]
    right = [
        '{{ a }}{{ ":"|sign }} {{ b }}',
        "{% blocktranslate %}{{ a }}: b{% endblocktranslate %}",
        "{{ host }}:{{ port }}",
    ]
    assert [bare_colons(text) for text in right] == [[], [], []]


@pytest.mark.long
def test_a_colon_after_a_word_is_that_of_the_readers_language() -> None:
    templates = [path for end in ("html", "txt") for path in PACKAGE.rglob(f"templates/**/*.{end}")]
    assert {path.name: found for path in templates if (found := bare_colons(path.read_text(encoding="utf-8")))} == {}
    shown = Template('{{ label }}{{ ":"|sign }} x')
    for code, text in (("en", "Sector: x"), ("es", "Sector: x"), ("fr", "Sector\u00a0: x"), ("ht", "Sector: x")):
        with translation.override(code):
            assert shown.render(Context({"label": "Sector"})) == text


@pytest.mark.long
def test_texts_that_ship_beside_it_are_whole() -> None:
    languages_that_ship = set(languages.shipped()) - {"en"}
    lines = [line for code in languages_that_ship for line in translations.shipped(PACKAGE, code)]
    frameworks = {path.name for path in (PACKAGE.parent / "frameworks").glob("*.toml")}
    assert {line.what for line in lines} > {Path(name).name for name in translations.TABLES}
    assert [line for line in lines if line.done < line.total and line.what not in frameworks] == []


def test_a_new_language_begins_with_every_sentence(tmp_path: Path) -> None:
    model = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
    model.parent.mkdir(parents=True)
    model.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgctxt "answer"\nmsgid "True"\nmsgstr "Verdadero"\n\n'
        '#, python-format\nmsgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s día"\nmsgstr[1] "%(n)s días"\n'
    )
    (made,) = translations.begin(tmp_path, "pt")
    text = made.read_text(encoding="utf-8")
    assert ('msgctxt "answer"' in text, "Verdadero" in text, 'msgid_plural "%(n)s days"' in text) == (True, False, True)
    assert "Plural-Forms: nplurals=2" in text
    assert translations.begin(tmp_path, "pt") == []  # what somebody translated is left as it is
    (line,) = [line for line in translations.interface(tmp_path) if line.language == "pt"]
    assert (line.done, line.total) == (0, 2)


@pytest.mark.parametrize("code", ["xx", "en", "../x", ""])
def test_a_code_of_no_other_language_begins_nothing(tmp_path: Path, code: str) -> None:
    with pytest.raises(SystemExit, match="is not the code of another language"):
        translations.begin(tmp_path, code)


@pytest.mark.long
def test_a_language_that_is_translated_in_part_says_how_much(
    haitian: Country, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "shipped", lambda: ("en", "es", "ht"))
    monkeypatch.setattr(languages, "coverage", lambda: {"es": (100, 100), "ht": (40, 100)})
    page = stranger.get("/ht/").content.decode()
    assert "40 of 100 texts of the interface are translated into Kreyòl Ayisyen. The others are in " in page


# --- No module names a language -----------------------------------------------------------------------------------

# Where a language is named in the program, and why.
NAMED = {
    "config/settings.py": "the language in which sentences are written",
    "core/language_codes.py": "the same, and the two locales whose numbers the region writes in its own way",
    "core/documents/labels.py": "words of drawing, without Django: each language has its table",
    "core/reading/": "grammar of the texts that are read: which languages a strategy can be read in",
    "incidents/intake/language.py": "small words of the languages of reports",
    "feeds/texts.py": "the grammar of two languages: the article in a title, and the sign after it",
    "feeds/actions/notices.py": "the team's own record, in the language of the program",
    "feeds/pack.py": "names of fields in a sentence about a pack, which is in English",
    "evidence/pack.py": "names of fields in a sentence about a pack, which is in English",
    "packs/checks.py": "names of fields in a sentence about a pack, which is in English",
    "workforce/importing.py": "an example in a cell, in the file's template",
    "core/ui/templates/base.html": "a page of an error that knows no site",
    "core/ui/templates/errors/broken.html": "a page that is shown when nothing works, in each language that is shipped",
    "portal/templates/portal/embed/base.html": "a frame that knows no site",
    "portal/templates/portal/csaf_folder.html": "a folder for programs, in English as CSAF is",
}
LITERAL = re.compile(
    r"""(?<![\w\[])(?P<q>["'])(?:en|es|fr|pt|nl|ht)(?P=q)|\w_(?:es|fr)\b(?=["'])|[Ss]panish|\bEspañol\b"""
)


@pytest.mark.long
def test_no_module_names_a_language() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html")]):
        name = path.relative_to(PACKAGE).as_posix()
        if any(each in name if each.endswith("/") else name == each for each in NAMED):
            continue
        code = re.sub(r'"""[\s\S]*?"""|#[^\n]*', "", path.read_text(encoding="utf-8"))
        if lines := [line.strip() for line in code.splitlines() if LITERAL.search(line)]:
            found[name] = lines
    assert found == {}


def test_every_exception_is_still_needed() -> None:
    for each in NAMED:
        paths = (
            [PACKAGE / each] if not each.endswith("/") else [p for p in PACKAGE.rglob("*.py") if each in p.as_posix()]
        )
        assert any(LITERAL.search(path.read_text(encoding="utf-8")) for path in paths), each
