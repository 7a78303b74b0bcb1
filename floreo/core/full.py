"""A disk that is full: distinguished from other errors, and said in a sentence. What was being written is undone by its transaction."""

from __future__ import annotations

import errno

from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from floreo.core import throttle
from floreo.core.errors import Busy

ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_AGAIN = 300  # seconds
_ENOUGH = 1_000_000_000
_OF_POSTGRESQL = "53100"  # disk_full, https://www.postgresql.org/docs/current/errcodes-appendix.html


def is_full(problem: BaseException | None) -> bool:
    """Whether that is why: by the number of the system, or by what the database says."""
    while problem is not None:
        if isinstance(problem, OSError) and problem.errno in ERRORS:
            return True
        if getattr(problem, "sqlstate", None) == _OF_POSTGRESQL or "disk is full" in str(problem):
            return True
        problem = problem.__cause__
    return False


def sentence() -> Busy:
    text = _(
        "There is no space left on the server, so nothing was saved. What was saved before is safe. Contact the server"
        " administrator and try again later."
    )
    return Busy(text, seconds=_AGAIN, code="disk_full")


def takes_nothing() -> bool:
    """Whether the database has no room for one more row. Asked only where something else hides its answer."""
    try:
        throttle.spend("whether there is room", "here", capacity=_ENOUGH, per_hour=_ENOUGH)
    except DatabaseError as problem:
        return is_full(problem)
    return False
