"""Threat reports."""

from __future__ import annotations

import argparse

from floreo.config import cli_feeds


def feed(asked: argparse.Namespace) -> int:
    return cli_feeds.COMMANDS[f"feed {asked.what}"](asked)
