"""Tables that people send as text: the encoding recognised from the bytes, the separator from the header, and each row with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.errors import Refused
from floreo.core.spelling import plain

MIXED = "UTF-8, cp1252"  # some lines in the one, some in the other


def decoded(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding. A file put together of several, whose lines are in two encodings, is read line by line. Raises
    Refused for what is no text."""
    for encoding in _likely(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.lstrip("\ufeff"), "UTF-8" if encoding == "utf-8-sig" else encoding
    found = _line_by_line(content) if b"\x00" not in content else None
    if found is None:
        raise Refused(
            _("This file is not text in UTF-8, UTF-16 or Windows-1252. Save it as “CSV UTF-8” and try again."),
            code="no_text",
        )
    return found


def _likely(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = content[:400]
    zeros = {"utf-16-be": head[::2].count(0), "utf-16-le": head[1::2].count(0)}
    guess = max(zeros, key=lambda encoding: zeros[encoding])
    if zeros[guess] * 4 > len(head):  # without its mark: most characters are Latin and have a zero beside them
        return (guess,)
    return ("utf-8-sig",)


def _line_by_line(content: bytes) -> tuple[str, str] | None:
    """Each line in UTF-8 where it is that, else in Windows-1252; None where a line is neither."""
    lines, seen = [], set()
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        for encoding in ("utf-8", "cp1252"):
            try:
                lines.append(line.decode(encoding))
            except UnicodeDecodeError:
                continue
            if not line.isascii():
                seen.add(encoding)
            break
        else:
            return None
    return "\n".join(lines), MIXED if len(seen) > 1 else "cp1252"


# --- Rows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of the file: what it is called, in each language of the interface, what it holds, and an example."""

    name: str
    title: Promise
    note: Promise
    example: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong in one row: its line in the file, the column as the file calls it, and a sentence."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        words = {"line": self.line, "column": self.column, "sentence": self.sentence}
        if self.column:
            return _("Line %(line)d, %(column)s: %(sentence)s") % words
        return _("Line %(line)d: %(sentence)s") % words


def rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row with its line in the file; commas, semicolons or tabs part them, whichever the header has most. Where the
    file breaks off, the last of `problems` names the line at which that row begins."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
            begins = reader.line_num + 1
    except csv.Error as wrong:
        problems.append(Problem(begins, "", _("The file breaks off here: %(why)s.") % {"why": str(wrong)}))


class Wrong(Exception):  # noqa: N818 -- a sentence about one cell
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence


def columns_of(header: Sequence[str], known: Iterable[Column], needed: Iterable[str]) -> tuple[list[str], list[str]]:
    """The name of each column, "" for one that is not known; and those that are not. Raises Refused where a needed one is missing, or
    one comes twice."""
    by_name = {each.name: each for each in known}
    named = {
        plain(word): each.name for each in by_name.values() for word in (*languages.words_for(each.title), each.name)
    }
    columns = [named.get(plain(cell), "") for cell in header]
    for name in needed:
        if name not in columns:
            words = {"column": by_name[name].title}
            raise Refused(_("The header has no column “%(column)s”. Download the template.") % words, code="no_header")
    must_be_once(header, columns)
    return columns, [cell.strip() for cell, name in zip(header, columns, strict=True) if not name and cell.strip()]


def must_be_once(header: Sequence[str], columns: Sequence[str]) -> None:
    twice = next((name for name in columns if name and columns.count(name) > 1), "")
    if twice:
        words = {"column": header[columns.index(twice)].strip()}
        raise Refused(_("The header has the column “%(column)s” twice.") % words, code="twice")


def choices_by_word(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """The value of a choice by what it may be called: its short name, and its words in each language of the program."""
    found = {}
    for value, label in choices:
        found[plain(str(value))] = str(value)
        for word in languages.words_for(label):
            found[plain(word)] = str(value)
    return found


def records_by_word(records: Iterable[Any], names: Sequence[str]) -> dict[str, Any]:
    """The record by what it may be called: each of those fields, and its name in another language."""
    found: dict[str, Any] = {}
    for record in records:
        texts = [getattr(record, name) for name in names] + [t.get("name", "") for t in record.translations.values()]
        for text in filter(None, texts):
            found.setdefault(plain(text), record)
    return found
