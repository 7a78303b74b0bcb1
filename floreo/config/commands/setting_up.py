"""What an installation begins with: its pack, its pages, its first administrator."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.config.commands.starting import echo, in_their_language
from floreo.core import progress
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.ui import storage
from floreo.organisations.actions import first_admin_link
from floreo.organisations.queries import at_home
from floreo.packs.actions import check_pack, load_pack, make_accounts
from floreo.packs.folder import language_notes
from floreo.packs.models import LoadedPack


def pack_folder(name: str) -> Path:
    """The folder of a pack by its name, or the folder itself."""
    here = Path(name)
    if here.is_dir() and (here / "pack.toml").exists():
        return here.resolve()
    for root in settings.PACK_DIRS:
        if (root / name / "pack.toml").exists():
            return Path(root) / name
    known = sorted({p.parent.name for root in settings.PACK_DIRS for p in Path(root).glob("*/pack.toml")})
    raise Refused(f"There is no country pack called {name}. There are: {', '.join(known)}.", code="no_pack")


def _load(asked: argparse.Namespace) -> None:
    folder = pack_folder(asked.pack)
    other = LoadedPack.objects.exclude(code=folder.name).first()
    if other is not None and not LoadedPack.objects.filter(code=folder.name).exists():
        raise Refused(
            f"This data folder already holds {other.title}. Give another with --data, or run without --pack.",
            code="other_pack",
        )
    load_pack(folder, by=SYSTEM)
    with at_home() as country:
        for note in language_notes(country.languages if country is not None else []):
            echo(note)
        if country is not None and country.is_sample:
            _show_accounts(make_accounts(folder, by=SYSTEM))


def _show_accounts(made: list[tuple[str, str, str]]) -> None:
    if not made:
        return
    with in_their_language():
        echo(_("Sample accounts, shown once:"))
    for email, role, word in made:
        echo(f"  {role:<14} {email:<36} {word}")
    echo()


def prepare(asked: argparse.Namespace) -> int:
    """`floreo up --prepare-only`, and what `floreo up` does first: floreo/config/processes.py serves."""
    storage.collect()
    _load(asked)
    with at_home():
        link = first_admin_link(by=SYSTEM)
    if link:
        with in_their_language():
            sentence = _("The first administrator signs in here, once, within a day: %(link)s")
            echo(sentence % {"link": f"{settings.SITE_ADDRESS}{link}"})
    if asked.parent:  # a `floreo up` that serves next
        progress.at(_l("Starting the web server and the worker"))
    return 0


def load(asked: argparse.Namespace) -> int:
    if asked.check:
        echo(str(check_pack(pack_folder(asked.pack))))
        return 0
    _load(asked)
    return 0
