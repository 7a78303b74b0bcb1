"""Examples for the addresses of texts that wait for a translation."""

from __future__ import annotations

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, Organisation, User
from floreo.packs.actions import import_translations
from floreo.packs.models import TranslationImport
from floreo.packs.translation_files import Change, Read


def examples(country: Country, user: User) -> dict[str, list[object]]:
    body = Organisation.objects.order_by("pk").first()
    assert body is not None
    read = Read("es.po", "0" * 64, "es", changes=[Change(body, "name", "", f"Nombre de {clock.today()}")])
    run: TranslationImport = import_translations(read, by=SYSTEM)
    return {
        "undo_translations": [run.pk],
        "translations_file": ["es"],
        "translate_texts": ["organisations-organisation", body.pk],
        "translations_waiting": ["organisations-organisation", "es"],
    }
