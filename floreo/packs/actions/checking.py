"""Whether a row says what its source says: recorded by the person who compared them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.wording import day_text
from floreo.core.writing import lock_latest, require_text, save


@action("row.checked", needs=Permission.PLAN_EDIT)
def check_row(thing: Any, *, by: Actor, version: int | None = None) -> Any:
    """Records that `by` compared the row, as it was at that version, with its source. Raises Refused for one that is checked
    already, and Changed for one that somebody changed since."""
    fresh = lock_latest(thing, version)
    if fresh.confirmed:
        words = {"name": fresh.confirmed_by, "day": day_text(fresh.confirmed_on) if fresh.confirmed_on else ""}
        raise Refused(_("This was checked already by %(name)s, on %(day)s.") % words, code="checked")
    if not fresh.source:
        raise Refused(_("This row names no source, so there is nothing to compare it with. Add its source first."))
    fresh.confirmed = True
    fresh.put_doubt("")
    return save(fresh)


@action("row.doubted", needs=Permission.PLAN_EDIT)
def doubt_row(thing: Any, *, by: Actor, reason: str, version: int | None = None) -> Any:
    """Records why the row may not say what its source says: it is marked as unchecked wherever it is shown, with the reason."""
    fresh = lock_latest(thing, version)
    fresh.put_doubt(require_text(reason, field="reason", sentence=_("Enter why you doubt it.")))
    fresh.confirmed = False
    return save(fresh)


@action("row.translated", needs=Permission.PLAN_EDIT, quiet=True)
def translate_row(thing: Any, *, by: Actor, texts: Mapping[str, Mapping[str, str]], version: int | None = None) -> Any:
    """Keeps what the texts of the row say in other languages: `texts` by language and field, as in {"es": {"note": "…"}}. An
    empty one removes the translation; what is not named stays as it is."""
    fresh = lock_latest(thing, version)
    kept = {language: dict(each) for language, each in fresh.translations.items()}
    for language, fields in texts.items():
        for field, text in fields.items():
            if field not in fresh.translatable():
                raise ValueError(f"{field} of {fresh!r} has one language")
            mine = kept.setdefault(language, {})
            mine.pop(field, None)
            if text.strip():
                mine[field] = text.strip()
    fresh.translations = {language: each for language, each in kept.items() if each}
    return save(fresh)
