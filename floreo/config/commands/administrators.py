"""For who is locked out."""

from __future__ import annotations

import argparse

from django.conf import settings

from floreo.config.commands.starting import echo
from floreo.core.access import SYSTEM
from floreo.organisations.actions import locked_out_link


def admin_link(_asked: argparse.Namespace) -> int:
    echo(f"{settings.SITE_ADDRESS}{locked_out_link(by=SYSTEM)}")
    return 0
