"""What is wrong with an installation, and what to do."""

from __future__ import annotations

import argparse

from floreo.config import doctor
from floreo.config.commands.starting import echo


def examine(asked: argparse.Namespace) -> int:
    """Exit code 0 when nothing is wrong, 1 when something is."""
    found = doctor.examine(deep=asked.deep)
    echo(doctor.as_json(found) if asked.json else doctor.as_text(found))
    return 0 if doctor.sound(found) else 1
