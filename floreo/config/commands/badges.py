"""Certificates and badges that somebody brings."""

from __future__ import annotations

import argparse
import sys

from floreo.config.cli_certificates import check as check_badge


def check(asked: argparse.Namespace) -> int:
    return check_badge(asked.file, as_json=asked.json, out=sys.stdout)
