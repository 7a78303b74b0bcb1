"""Writing packs: loading one, checking its rows against their sources, and translating their texts."""

from floreo.packs.actions.checking import check_row, doubt_row, translate_row
from floreo.packs.actions.loading import after_load, check_pack, load_pack, make_accounts
from floreo.packs.actions.translating import import_translations, translate_texts, undo_translations

__all__ = [
    "after_load",
    "check_pack",
    "check_row",
    "doubt_row",
    "import_translations",
    "load_pack",
    "make_accounts",
    "translate_row",
    "translate_texts",
    "undo_translations",
]
