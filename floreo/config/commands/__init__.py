"""What each command does, once settings are read. A command's module is imported only when it is asked for: the commands start in a
fraction of a second, whatever the others need."""

from __future__ import annotations

import argparse
from importlib import import_module

from django.db import OperationalError

from floreo.config.commands.starting import bring_up_to_date, echo, must_be_whole, steps_shown
from floreo.core.errors import Refused
from floreo.organisations.queries import at_home

# These take the database as it is: a backup and a move change nothing, a restore makes its own, and a doctor only looks.
AS_IT_IS = {"backup", "restore", "move", "doctor"}
# The module in this folder, and its function.
COMMANDS = {
    "up": "setting_up:prepare",
    "pack load": "setting_up:load",
    "migrate": "keeping:migrate",
    "backup": "keeping:backup",
    "restore": "keeping:restore",
    "move": "keeping:move",
    "worker": "working:work",
    "sample move-on": "working:sample_move_on",
    "document add": "texts:document_add",
    "strategy import": "texts:strategy_import",
    "law import": "texts:law_import",
    "certificates check": "badges:check",
    "framework load": "rows:framework_load",
    "incidents import": "rows:incidents_import",
    "incidents undo-import": "rows:incidents_undo_import",
    "import": "rows:spreadsheet_import",
    "audit verify": "chain:verify",
    "audit sign": "chain:sign",
    "doctor": "looking:examine",
    "mail-in": "mail:take_in_bounce",
    "mail ingest": "mail:ingest",
    "admin-link": "administrators:admin_link",
    "figures": "computing:figures",
    "search-index": "computing:search_index",
    **dict.fromkeys(("feed ingest", "feed fetch", "feed list", "feed compact", "feed token", "feed try"), "feeds:feed"),
}


def run(asked: argparse.Namespace) -> int:
    """Runs the command that was asked for; a refusal is its sentence and exit code 1."""
    name = " ".join(filter(None, [asked.command, getattr(asked, "what", "")]))
    try:
        if getattr(asked, "dry_run", False):
            return _do(name, asked)  # needs no database, and makes none
        if name not in {"restore", "doctor"}:
            must_be_whole()
        if name in AS_IT_IS:
            return _do(name, asked)
        with steps_shown(quiet=getattr(asked, "quiet", False)):
            bring_up_to_date()
            with at_home():
                return _do(name, asked)
    except Refused as refusal:
        echo(str(refusal.sentence))
        return 1
    except OperationalError as problem:
        echo(f"The database does not do its work: {str(problem).strip()[:300]}. floreo doctor says what to do.")
        return 1


def _do(name: str, asked: argparse.Namespace) -> int:
    module, _colon, function = COMMANDS[name].partition(":")
    code: int = getattr(import_module(f"{__name__}.{module}"), function)(asked)
    return code
