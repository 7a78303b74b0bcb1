"""Who did something by a link or a form is kept as a fact, and read in the language of whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from floreo.core import links
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.core.wording import who_text
from floreo.organisations import actions as acts
from floreo.organisations.access import ENTRY, entry_subject
from floreo.organisations.models import Country, Holding, User
from tests.pages import squeezed

FLOREO = Path(__file__).resolve().parents[2] / "floreo"
NOTED = "by the link sent to desk@bank.example"
READ = {
    "en": NOTED,
    "es": "por el enlace enviado a desk@bank.example",
    "fr": "par le lien envoyé à desk@bank.example",
}


@pytest.mark.parametrize(
    ("noted", "spanish", "french"),
    [
        (NOTED, READ["es"], READ["fr"]),
        (
            "The reporter of R-2026-7, by link",
            "Quien reportó R-2026-7, por enlace",
            "L’auteur du signalement R-2026-7, par lien",
        ),
        ("member 3, by link", "miembro 3, por enlace", "membre 3, par lien"),
        ("Banco del Faro, by link", "Banco del Faro, por enlace", "Banco del Faro, par lien"),
        ("Public form", "Formulario público", "Formulaire public"),
        # Neither a name nor what was noted in the language of a page changes.
        ("Ana Marín", "Ana Marín", "Ana Marín"),
        (READ["es"], READ["es"], READ["es"]),
        ("", "", ""),
    ],
)
def test_who_it_was_is_read_in_the_language_of_the_reader(noted: str, spanish: str, french: str) -> None:
    with translation.override("en"):
        assert who_text(noted) == noted
    with translation.override("es"):
        assert who_text(noted) == spanish
    with translation.override("fr"):
        assert who_text(noted) == french


def test_no_actor_is_named_in_the_language_of_the_page() -> None:
    """What they are called is kept for ever: in English, for who_text."""
    named = re.compile(r"def actor_name\(self\) -> str:\n((?: {8}.*\n)+)")
    found = {path: named.findall(path.read_text("utf-8")) for path in sorted(FLOREO.rglob("*.py"))}
    assert sum(map(len, found.values())) > 15
    assert [str(path) for path, bodies in found.items() if any(re.search(r"\b(_|gettext)\(", b) for b in bodies)] == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_claim_by_the_link_is_read_by_each_reader_in_their_own_language(
    language: str, administrator: User, browser_of: Callable[[User], Client]
) -> None:
    """Whoever claimed read the page in one language, and others read of it in theirs."""
    Country.objects.create(
        code="XP", name="Isla", languages=["en", "es", "fr"], currency="XCD", pack="x", is_sample=True
    )
    bank = acts.add_organisation(by=SYSTEM, name="A bank", kind="operator")
    desk = acts.add_contact(bank, by=SYSTEM, purpose="Desk", role="duty", email="desk@bank.example")
    token, prefix = links.make(ENTRY, subject=entry_subject(desk), hours=24), {"en": ""}.get(language, f"/{language}")
    facts = {"kind": "domain", "value": "bank.example"}
    assert Client().post(f"{prefix}/register/entry/{token}/claim/", facts).status_code == 302
    translation.activate("en")
    holding, entry = Holding.objects.get(), AuditEntry.objects.get(verb="holding.claimed")
    assert (holding.claimed_by, entry.actor_name) == (NOTED, NOTED)
    for reader, text in READ.items():
        at = "" if reader == "en" else f"/{reader}"
        for address, is_shown in {
            f"/workspace/organisations/{bank.code}/": f"{text}",
            f"/workspace/organisations/{bank.code}/holdings/{holding.pk}/claim/": f"<small>{text}</small>",
            "/workspace/audit/": f"<td>{text}</td>",
            f"/workspace/audit/{entry.number}/": f"<dd>{text} <span",  # what changed is shown below as the chain holds it
        }.items():
            page = squeezed(browser_of(administrator).get(at + address).content.decode())
            assert is_shown in page, at + address
            others = [each for each in READ.values() if each != text and each in page.replace(f"<td>{NOTED}</td>", "")]
            assert others == [], at + address
    translation.activate("en")
