"""What is wrong with a row, and what is wrong with a file: a sentence for each reason and each code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.engine import problems
from floreo.feeds.engine.events import Reject

REJECT_WORDS: Mapping[str, Promise] = {
    Reject.BROKEN_ROW: _l("The row has too few or too many columns, or is cut off."),
    Reject.NOT_JSON: _l("The line is not JSON."),
    Reject.NO_SUBJECT: _l("The row names neither an address nor a name."),
    Reject.BAD_ADDRESS: _l("What stands in the place of the address is none."),
    Reject.ADDRESS_IS_NETWORK: _l("A whole network stands where one address belongs."),
    Reject.ADDRESS_UNSPECIFIED: _l("The address is the one that means “no address” (0.0.0.0 or ::)."),
    Reject.ADDRESS_SCOPED: _l("The address holds only within one machine: it names an interface after a %% sign."),
    Reject.BAD_TIME: _l("What stands in the place of the time is none."),
    Reject.NO_TIME: _l("The row says no time."),
    Reject.TIME_TOO_OLD: _l("The time lies too far back to be believed."),
    Reject.TIME_IN_FUTURE: _l("The time lies in the future."),
    Reject.BAD_PORT: _l("The port is not a number from 0 to 65535."),
    Reject.TOO_LONG: _l("The row is longer than any real one."),
    Reject.WRONG_HEADER: _l("The columns are those of another report."),
}
STOPPED = "stopped"  # reading it failed again and again, and the fault is the program's
LOST = "lost"  # its bytes are no longer on the server
PROBLEM_WORDS: Mapping[str, Promise] = {
    problems.TRUNCATED: _l("The file ends too early: it was cut off on its way. Get it again."),
    problems.BROKEN_ARCHIVE: _l("The archive is broken: it cannot be unpacked to its end. Get it again."),
    problems.BOMB: _l("The file unpacks to far more than any report. It was not read."),
    problems.TOO_LARGE: _l("The file is larger than this installation takes."),
    problems.EMPTY: _l("The file is empty."),
    problems.WRONG_HEADER: _l(
        "The file has none of the columns that a report of its type needs. It may be another report."
    ),
    problems.UNKNOWN_FORMAT: _l("The file is neither CSV nor JSON nor a list. Say how it is read in the feed's form."),
    problems.LOCKED_ARCHIVE: _l("The archive is locked with a password. Send it without one."),
    problems.NO_ROOM: _l("There was no room on the disk. It is read again when there is."),
    STOPPED: _l(
        "Reading it stopped several times, and nothing of it was kept. Tell whoever runs the server; the log says more."
    ),
    LOST: _l("The file is no longer on the server. Send it again."),
}


def reject_sentence(reason: str) -> str:
    """Why a row was not kept. A reason of a newer version is shown as it is."""
    words = REJECT_WORDS.get(reason)
    return str(words).replace("%%", "%") if words else reason


def problem_sentence(code: str, detail: str = "") -> str:
    """What is wrong with a file as a whole; "" when nothing is."""
    if not code:
        return ""
    words = PROBLEM_WORDS.get(code)
    said = str(words) if words else _("The file could not be read (%(code)s).") % {"code": code}
    return f"{said} ({detail})" if detail else said
