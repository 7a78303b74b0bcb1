"""What can be wrong with a file as a whole. Each code has a sentence in feeds/presenters.py."""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818 -- it is the file that is wrong, not the program
    """The file cannot be read to its end. `code` is one of the names below."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


TRUNCATED = "truncated"  # a gz or zip that ends too early
BROKEN_ARCHIVE = "broken_archive"  # a checksum that is wrong, an archive that is none
BOMB = "bomb"  # unpacks to far more than any report
TOO_LARGE = "too_large"
EMPTY = "empty"
WRONG_HEADER = "wrong_header"  # none of the columns that the type needs
UNKNOWN_FORMAT = "unknown_format"  # neither CSV nor JSON nor a list
LOCKED_ARCHIVE = "locked_archive"  # a zip with a password
TOO_COSTLY = "too_costly"  # reading it takes more memory or time than a file may
DAMAGED = "damaged"  # the reader dies over it
DISK_FULL = "disk_full"  # the disk is full
