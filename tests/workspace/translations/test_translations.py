"""Texts that wait for a translation: counted, listed, translated; and files of them, checked, imported and undone."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.packs import translating, translation_files
from floreo.packs.models import TranslationImport
from floreo.strategy.models import Action

pytestmark = pytest.mark.usefixtures("isla")

HERE = "/workspace/translations/"
BODIES = f"{HERE}organisations-organisation/"


@pytest.fixture
def secretary(user_with: Callable[..., User]) -> User:
    return user_with("secretariat")


@pytest.fixture
def browser(secretary: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(secretary)


@pytest.fixture
def body() -> Organisation:
    """An organisation without a Spanish name."""
    found = Organisation.objects.create(code="harbour", name="Harbour Board", kind="agency", is_public=True)
    return Organisation.objects.get(pk=found.pk)


def po(*texts: tuple[str, str, str], language: str = "es", fuzzy: bool = False) -> bytes:
    """A file of (name, text, translation)."""
    catalogue = Catalog(locale=language, fuzzy=False)
    for context, text, ours in texts:
        catalogue.add(text, ours, context=context, flags=["fuzzy"] if fuzzy else ())
    out = io.BytesIO()
    write_po(out, catalogue)
    return out.getvalue()


def name_of(body: Organisation) -> str:
    return f"organisations.organisation:{body.pk}/name"


def send(browser: Client, content: bytes, button: str = "check") -> tuple[int, str]:
    answer = browser.post(HERE, {"file": SimpleUploadedFile("es.po", content), button: "yes"})
    return answer.status_code, answer.content.decode()


# --- The page -----------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_waits_is_counted_listed_and_translated(browser: Client, secretary: User, body: Organisation) -> None:
    before = next(each for each in translating.counts(secretary) if each.kind.model is Organisation)
    assert f'href="{BODIES}es/"' in browser.get(HERE).content.decode()
    listed = browser.get(f"{BODIES}es/").content.decode()
    assert "Harbour Board" in listed
    form = browser.get(f"{BODIES}{body.pk}/").content.decode()
    assert 'name="name_es"' in form
    sent = {"name_es": "Junta del Puerto", "version": str(body.version)}
    assert browser.post(f"{BODIES}{body.pk}/", sent).status_code == 302
    body.refresh_from_db()
    assert body.translations == {"es": {"name": "Junta del Puerto"}}
    after = next(each for each in translating.counts(secretary) if each.kind.model is Organisation)
    assert after.waiting["es"] == before.waiting["es"] - 1
    assert "Harbour Board" not in browser.get(f"{BODIES}es/").content.decode()


def test_what_the_reader_may_not_see_is_neither_counted_nor_in_the_file(
    secretary: User, user_with: Callable[..., User]
) -> None:
    seen = {text.name for text in translating.everything(secretary)}
    observer = {text.name for text in translating.everything(user_with("observer"))}
    strangers = {text.name for text in translating.everything(None)}
    assert strangers < seen
    assert observer <= seen | observer
    internal = Action.objects.filter(is_public=False).first()
    if internal is not None:
        assert f"strategy.action:{internal.pk}/title" not in strangers


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["observer", "lead", "responder", "operator"])
def test_only_who_edits_the_plan_gets_here(
    role: str, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    browser = browser_of(user_with(role))
    assert [browser.get(address).status_code for address in (HERE, f"{HERE}texts-es.po", f"{BODIES}es/")] == [403] * 3


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("address", [f"{HERE}texts-fr.po", f"{HERE}texts-en.po", f"{BODIES}fr/", f"{HERE}core-job/es/"])
def test_what_the_site_has_not_is_not_found(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_a_kind_that_one_may_not_write_has_no_form(browser: Client, body: Organisation, secretary: User) -> None:
    kinds = [kind for kind in translating.kinds().values() if not kind.may_write(secretary)]
    for kind in kinds:
        row = next(iter(kind.rows(secretary)), None)
        if row is not None and translating.texts_of(row, secretary):
            assert browser.get(f"{HERE}{kind.name}/{row.pk}/").status_code == 403


# --- Files --------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_file_comes_back_as_it_left_and_changes_nothing(browser: Client, secretary: User) -> None:
    content = browser.get(f"{HERE}texts-es.po").content
    found = translation_files.read(content, "es.po", secretary)
    assert (found.language, found.problems, found.changes) == ("es", [], [])
    assert found.same > 100
    catalogue = read_po(io.BytesIO(content))
    assert str(catalogue.locale) == "es"
    assert all(message.context for message in catalogue if message.id)


@pytest.mark.long
def test_a_file_is_checked_imported_and_undone(browser: Client, body: Organisation) -> None:
    content = po((name_of(body), "Harbour Board", "Junta del Puerto"))
    status, page = send(browser, content)
    assert (status, TranslationImport.objects.count()) == (200, 0)
    assert "1 text would be changed." in page
    assert send(browser, content, "import")[0] == 302
    body.refresh_from_db()
    assert body.translations == {"es": {"name": "Junta del Puerto"}}
    assert AuditEntry.objects.order_by("-number").first().verb == "translations.imported"  # type: ignore[union-attr]
    run = TranslationImport.objects.get()
    browser.post(f"{HERE}import/{run.pk}/undo/")
    body.refresh_from_db()
    run.refresh_from_db()
    assert (body.translations, run.undone_at is not None) == ({}, True)
    again = browser.post(f"{HERE}import/{run.pk}/undo/", follow=True).content.decode()
    assert "This import was undone already." in again


def test_an_undo_leaves_what_somebody_changed_afterwards(browser: Client, body: Organisation) -> None:
    send(browser, po((name_of(body), "Harbour Board", "Junta del Puerto")), "import")
    Organisation.objects.filter(pk=body.pk).update(translations={"es": {"name": "Autoridad Portuaria"}})
    page = browser.post(f"{HERE}import/{TranslationImport.objects.get().pk}/undo/", follow=True).content.decode()
    body.refresh_from_db()
    assert body.translations == {"es": {"name": "Autoridad Portuaria"}}
    assert "1 text was changed after it and stays." in page


@pytest.mark.long
def test_each_text_that_cannot_be_taken_has_its_sentence(browser: Client, body: Organisation) -> None:
    good = (name_of(body), "Harbour Board", "Junta del Puerto")
    other = f"organisations.organisation:{body.pk}/"
    status, page = send(
        browser,
        po(
            good,
            (f"{other}role_text", "What it did", "Lo que hacía"),
            ("organisations.organisation:999999/name", "Nobody", "Nadie"),
            ("organisations.user:1/password", "x", "y"),
            ("../../etc/passwd", "x", "y"),
        ),
        "import",
    )
    assert (status, TranslationImport.objects.count()) == (422, 0)
    assert page.count("There is no such text here.") == 4
    status, page = send(browser, po((name_of(body), "Harbour Bord", "Junta")))
    assert (status, "The text was changed since this file was made." in page) == (422, True)
    status, page = send(browser, po((name_of(body), "Harbour Board", "J" * 201)))
    assert (status, "It is longer than 200 characters." in page) == (422, True)
    status, page = send(browser, po(("", "Harbour Board", "Junta")))
    assert (status, "It does not name its record." in page) == (422, True)
    body.refresh_from_db()
    assert body.translations == {}


def test_what_is_only_guessed_is_not_taken(browser: Client, body: Organisation) -> None:
    status, page = send(browser, po((name_of(body), "Harbour Board", "Junta"), fuzzy=True), "import")
    assert (status, "This file changes no text." in page) == (422, True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe no text", "This is no file of translations"),
        (b'msgid "a\n', "This is no file of translations"),
        (b"", "is empty. Choose another."),
        (po(("x/y", "a", "b"), language="fr"), "This file names the language French."),
        (po(("x/y", "a", "b"), language="en"), "This file names the language English."),
        (b'msgid "a"\nmsgstr "b"\n', "This file names the language –."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(browser: Client, content: bytes, sentence: str) -> None:
    status, page = send(browser, content, "import")
    assert (status, TranslationImport.objects.count()) == (422, 0)
    assert sentence in page


@pytest.mark.long
def test_a_file_that_is_too_large_is_refused(secretary: User) -> None:
    with pytest.raises(Refused, match="larger than"):
        translation_files.read(b" " * (translation_files.MOST_BYTES + 1), "es.po", secretary)
    head = b'msgid ""\nmsgstr ""\n"Language: es\\n"\n'
    many = b"".join(b'\nmsgctxt "x:%d/y"\nmsgid "a"\nmsgstr ""\n' % n for n in range(translation_files.MOST_TEXTS + 1))
    with pytest.raises(Refused, match="more than"):
        translation_files.read(head + many, "es.po", secretary)


@pytest.mark.long
def test_a_language_without_plural_rules_of_its_own_comes_back_too(secretary: User) -> None:
    from floreo.core import languages

    with languages.of_site(["en", "pap"]):
        content = translation_files.written(translating.everything(secretary), "pap")
        assert translation_files.read(content, "pap.po", secretary).language == "pap"
    with languages.of_site(["en", "jam"]):  # of which the CLDR knows nothing but the name
        content = translation_files.written(translating.everything(secretary), "jam")
        assert translation_files.read(content, "jam.po", secretary).language == "jam"
