"""How log lines are written: with no key in them. Some addresses open something by themselves (core/private_routes.py);
whoever reads a log must not be able to use them."""

from __future__ import annotations

import logging

from floreo.core.private_routes import without_keys


class Plain(logging.Formatter):
    """A line of the log, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))
