"""What is wrong with a row, and what is wrong with a file: a sentence for each reason and each code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.engine import problems
from floreo.feeds.engine.events import Reject

REJECT_WORDS: Mapping[str, Promise] = {
    Reject.BROKEN_ROW: _l("The row has too few or too many columns, or is incomplete."),
    Reject.NOT_JSON: _l("The line is not JSON."),
    Reject.NO_SUBJECT: _l("The row has no IP address and no domain name."),
    Reject.BAD_ADDRESS: _l("The value in the address column is not an address."),
    Reject.ADDRESS_IS_NETWORK: _l("The value is a whole network. Only one address is allowed."),
    Reject.ADDRESS_UNSPECIFIED: _l("The address is the one for “no address” (0.0.0.0 or ::)."),
    Reject.ADDRESS_SCOPED: _l("The address is valid only within one machine: it names an interface after a %% sign."),
    Reject.BAD_TIME: _l("The value in the time column is not a time."),
    Reject.NO_TIME: _l("The row has no time."),
    Reject.TIME_TOO_OLD: _l("The time is too far in the past to be plausible."),
    Reject.TIME_IN_FUTURE: _l("The time is in the future."),
    Reject.BAD_PORT: _l("The port is not a number from 0 to 65535."),
    Reject.TOO_LONG: _l("The row is too long to be valid."),
    Reject.WRONG_HEADER: _l("The columns are those of another type of file."),
    Reject.LEFT_OUT: _l("Left out: the value is not an address, a domain name, a URL or an e-mail address."),
    Reject.TOO_MANY: _l("The row has more elements, or the network is larger, than any valid one."),
}
STOPPED = "stopped"  # reading it failed again and again, and the fault is the program's
LOST = "lost"  # its bytes are no longer on the server
PROBLEM_WORDS: Mapping[str, Promise] = {
    problems.TRUNCATED: _l("The file is incomplete: the transfer was interrupted. Get the file again."),
    problems.BROKEN_ARCHIVE: _l("The archive is damaged and cannot be unpacked to the end. Get the file again."),
    problems.BOMB: _l("The file is much larger when unpacked than any valid file. It was not read."),
    problems.TOO_LARGE: _l("The file is larger than this installation accepts."),
    problems.EMPTY: _l("The file is empty."),
    problems.WRONG_HEADER: _l("The file has none of the columns that its type needs. It may be of another type."),
    problems.UNKNOWN_FORMAT: _l("The file is not CSV, JSON or a list. Choose its format in the feed's form."),
    problems.LOCKED_ARCHIVE: _l("The archive is protected with a password. Send it without one."),
    problems.TOO_COSTLY: _l("Reading the file takes more memory or time than a file may take. It was not read."),
    problems.DAMAGED: _l("The file is damaged so that it cannot be read. Get the file again."),
    problems.DISK_FULL: _l("There was no space on the disk. The file will be read again when there is space."),
    STOPPED: _l(
        "Reading was interrupted several times, and nothing of the file was saved. Contact the server "
        "administrator; the log has the details."
    ),
    LOST: _l("The file is no longer on the server. Send it again."),
}
NOT_KNOWN = _l("The file could not be read (%(code)s).")  # the reason of a newer version


def reject_sentence(reason: str) -> str:
    """Why a row was not kept. A reason of a newer version is shown as it is."""
    words = REJECT_WORDS.get(reason)
    return str(words).replace("%%", "%") if words else reason


def problem_sentence(code: str, detail: str = "") -> str:
    """What is wrong with a file as a whole; "" when nothing is."""
    if not code:
        return ""
    words = PROBLEM_WORDS.get(code)
    text = str(words) if words else str(NOT_KNOWN) % {"code": code}
    return f"{text} ({detail})" if detail else text
