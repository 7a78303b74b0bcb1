"""How log lines are written: with no key in them. Some addresses open something by themselves (core/private_routes.py);
whoever reads a log must not be able to use them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from floreo.core.private_routes import without_keys

_NO_LINES = {ord(c): repr(c)[1:-1] for c in "\r\n\v\f\x1b\x85\u2028\u2029"}


class Plain(logging.Formatter):
    """A line of the log, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the library's name
        """What somebody sent begins no line of its own."""
        record.message = record.message.translate(_NO_LINES)
        return super().formatMessage(record)


class Json(logging.Formatter):
    """The same as an object of JSON on one line, in ASCII, so that nothing in it breaks the line. Of a request it says what the
    message says, and no more."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_keys(record.getMessage()),
        }
        if trace := self._trace(record):
            facts["exception"] = without_keys(trace)
        return json.dumps(facts)

    def _trace(self, record: logging.LogRecord) -> str:
        """The traceback, and where the line was written when that was asked for."""
        exception = self.formatException(record.exc_info) if record.exc_info else record.exc_text
        stack = self.formatStack(record.stack_info) if record.stack_info else ""
        return "\n".join(part for part in (exception, stack) if part)


class SecurityEvent(logging.Formatter):
    """A security event (core/security_events.py) as JSON on one line, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")}
        facts |= {name: without_keys(str(value)) for name, value in getattr(record, "event", {}).items()}
        return json.dumps(facts)


# The web server's own lines: it is started without Django, and has a formatter for each of its loggers.
OF_GRANIAN = {"formatters": {name: {"()": f"{Json.__module__}.{Json.__name__}"} for name in ("generic", "access")}}
