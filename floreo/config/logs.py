"""How log lines are written: with no key in them. Some addresses open something by themselves (an answer, a calendar, an
invitation, a new password); whoever reads a log must not be able to use them."""

from __future__ import annotations

import logging
import re

_KEYS = re.compile(r"/(answer|calendar|welcome|account/invitation|account/password/reset/key)/[^/\s\"'?]+")


def without_keys(text: str) -> str:
    return _KEYS.sub(r"/\1/…", text)


class Plain(logging.Formatter):
    """A line of the log, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))
