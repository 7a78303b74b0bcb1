"""Rows and items that are read from files of others."""

from __future__ import annotations

import argparse
import sys

from floreo.config.cli_frameworks import load_file
from floreo.config.cli_incidents import import_file as import_cases
from floreo.config.cli_incidents import undo
from floreo.config.cli_spreadsheets import import_file


def framework_load(asked: argparse.Namespace) -> int:
    return load_file(asked.file, framework=asked.framework, maps=asked.map, adds=asked.add, out=sys.stdout)


def incidents_import(asked: argparse.Namespace) -> int:
    return import_cases(asked.file, only_check=asked.check, out=sys.stdout)


def incidents_undo_import(asked: argparse.Namespace) -> int:
    return undo(asked.number, out=sys.stdout)


def spreadsheet_import(asked: argparse.Namespace) -> int:
    return import_file(
        asked.target,
        asked.file,
        profile=asked.profile,
        scope=asked.edition,
        as_of=asked.as_of,
        dry_run=asked.dry_run,
        as_json=asked.json,
        out=sys.stdout,
    )
