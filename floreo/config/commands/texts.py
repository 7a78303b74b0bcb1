"""Texts that become drafts and versions, and documents that are quoted."""

from __future__ import annotations

import argparse
import sys

from floreo.config.cli_import import Asked, import_text
from floreo.config.cli_law import import_law
from floreo.config.commands.starting import echo
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations.queries import at_home
from floreo.strategy.actions.documents import document_of, take_in


def strategy_import(asked: argparse.Namespace) -> int:
    how = Asked(dry_run=asked.dry_run, profile=asked.profile, as_json=asked.json)
    return import_text(asked.file, how=how, out=sys.stdout)


def law_import(asked: argparse.Namespace) -> int:
    with at_home():
        return import_law(
            asked.file,
            kind=asked.kind,
            law=asked.law,
            version=asked.version,
            title=asked.title,
            dated=asked.dated,
            dry_run=asked.dry_run,
            out=sys.stdout,
        )


def document_add(asked: argparse.Namespace) -> int:
    """Takes in a document that the pack quotes. Exit code 1 when it is none, or a passage is not where the pack says."""
    try:
        with at_home():
            taken = take_in(document_of(asked.file), by=SYSTEM, path=asked.file)
    except (Refused, OSError) as problem:
        echo(str(problem.sentence) if isinstance(problem, Refused) else f"{asked.file}: {problem.strerror}.")
        return 1
    echo(f"“{taken.title}” is taken in. {taken.quotations.count()} passages are where the pack says.")
    return 0
