"""The language of who sits at the terminal, and what is said there before Django is read."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"
SOURCE = "en"


def language() -> str:
    """As LC_ALL, LC_MESSAGES or LANG names it, where there is a catalogue for it; else English."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    code = named.split("_")[0].split(".")[0].lower()
    return code if (LOCALE / code / "LC_MESSAGES").is_dir() and code else SOURCE


def words() -> gettext.NullTranslations:
    return gettext.translation("django", LOCALE, [language()], fallback=True)
