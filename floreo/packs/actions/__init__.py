"""Writing packs: loading one, and checking its rows against their sources."""

from floreo.packs.actions.checking import check_row, doubt_row, translate_row
from floreo.packs.actions.loading import after_load, check_pack, load_pack, make_accounts

__all__ = ["after_load", "check_pack", "check_row", "doubt_row", "load_pack", "make_accounts", "translate_row"]
