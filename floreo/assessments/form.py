"""The form of one section: what it shows of each item, and what comes back from it. The same by a link and in the workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from floreo.assessments.actions.answering import Given, Saved
from floreo.assessments.models import SelfRating
from floreo.assessments.queries import AssessedItem
from floreo.core.whole import whole
from floreo.core.wording import day_text
from floreo.frameworks.models import Item, Version

NOT_APPLICABLE = "na"


@dataclass(frozen=True)
class Theirs:
    """What somebody else saved while the form was open."""

    by: str
    level: str
    text: str


@dataclass(frozen=True)
class Then:
    """The answer before, in words."""

    code: str
    level: str
    reviewed: str
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class ItemFields:
    """One item of the form: what is in its fields, at which version it was opened, and what is beside it."""

    line: AssessedItem
    level: str  # a value of the scale, "na", or "" for none
    text: str
    seen: str
    written: str
    target: str
    href: str  # of its evidence
    before: tuple[Then, ...] = ()
    theirs: Theirs | None = None
    error: str = ""

    @property
    def item(self) -> Item:
        return self.line.item

    @property
    def level_words(self) -> str:
        own = self.line.own
        return level_text(self.line.item.in_version, own.level, applies=own.applies) if own is not None else ""


def _digest(level: str, text: str) -> str:
    return hashlib.sha256(f"{level}\n{_plain(text)}".encode()).hexdigest()[:12]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _level(rating: SelfRating | None) -> str:
    if rating is None:
        return ""
    if not rating.applies:
        return NOT_APPLICABLE
    return "" if rating.level is None else f"{rating.level.normalize():f}"


def seen_of(rating: SelfRating | None) -> str:
    """At which version a form is opened, and what it then says: what comes back unchanged was not touched."""
    text = rating.text if rating is not None else ""
    return f"{rating.version if rating is not None else 0}.{_digest(_level(rating), text)}"


def choices(version: Version) -> list[tuple[str, str]]:
    """The levels to choose from, lowest first."""
    return [(f"{value.normalize():f}", version.word_of(value)) for value in version.scale.values]


def level_text(version: Version, level: Decimal | None, *, applies: bool = True) -> str:
    return version.word_of(level) if applies else _("Does not apply")


def rows_of(
    lines: Sequence[AssessedItem],
    version: Version,
    *,
    typed: Mapping[str, Given] | None = None,
    saved: Saved | None = None,
    errors: Mapping[str, str] | None = None,
    href: Callable[[str], str],
) -> list[ItemFields]:
    """What is saved; and where the answer was no, what was typed. `href` gives the page of an item's evidence, by its code."""
    return [_row(line, version, typed or {}, saved, errors or {}, href=href) for line in lines]


def _row(
    line: AssessedItem,
    version: Version,
    typed: Mapping[str, Given],
    saved: Saved | None,
    errors: Mapping[str, str],
    *,
    href: Callable[[str], str],
) -> ItemFields:
    own, code = line.own, line.item.code
    level, text = _level(own), own.text if own is not None else ""
    theirs = None
    conflict = saved.conflicts.get(code) if saved is not None else None
    kept = saved is not None and code in saved.ratings
    if code in typed and not kept:
        given = typed[code]
        level, text = (str(given.level or "") if given.applies else NOT_APPLICABLE), given.text
    if conflict is not None:
        theirs = Theirs(
            conflict.written_by, level_text(version, conflict.level, applies=conflict.applies), conflict.text
        )
    written = ""
    if own is not None:
        written = _("%(who)s, %(when)s") % {"who": own.written_by, "when": day_text(own.written_at.date())}
    before = tuple(
        Then(
            each.item.code,
            level_text(each.item.in_version, each.self_level, applies=each.applies),
            each.item.in_version.word_of(each.level) if each.level != each.self_level else "",
            each.text,
            tuple(piece.evidence.in_language("title") for piece in each.evidence),
        )
        for each in line.before
    )
    seen = seen_of(own)
    target = version.word_of(line.target)
    return ItemFields(line, level, text, seen, written, target, href(code), before, theirs, errors.get(code, ""))


def given_of(data: QueryDict, items: Sequence[Item]) -> dict[str, Given]:
    """What a form says, item by item: only of those that it names and that were touched since it was opened."""
    found = {}
    for item in items:
        names = [f"{part}-{item.code}" for part in ("level", "text", "seen")]
        if not any(name in data for name in names[:2]):
            continue
        level, text = data.get(names[0], "").strip(), _plain(data.get(names[1], ""))
        version, _dot, digest = data.get(names[2], "").partition(".")
        if digest == _digest(_tidy(level), text):
            continue
        number = whole(version)
        found[item.code] = Given(
            item.code,
            None if level in {"", NOT_APPLICABLE} else level,
            text,
            number if number is not None else 0,
            applies=level != NOT_APPLICABLE,
        )
    return found


def _tidy(level: str) -> str:
    try:
        return f"{Decimal(level).normalize():f}" if level not in {"", NOT_APPLICABLE} else level
    except InvalidOperation:
        return level


def answer_of(saved: Saved, version: Version) -> dict[str, object]:
    """What the script in the page gets: the new version of each item that was saved, and what others wrote."""
    return {
        "saved": {code: seen_of(rating) for code, rating in saved.ratings.items()},
        "conflicts": {
            code: {
                "by": rating.written_by,
                "level": level_text(version, rating.level, applies=rating.applies),
                "text": rating.text,
                "seen": seen_of(rating),
            }
            for code, rating in saved.conflicts.items()
        },
    }
