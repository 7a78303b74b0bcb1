"""What came of reading files, in lines: the same for the command and for whoever asks for a whole night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import number
from floreo.core.wording import colon
from floreo.feeds.engine.task import Summary
from floreo.feeds.models import FeedFile
from floreo.feeds.presenters.problems import problem_sentence, reject_sentence

_MOST_COLUMNS = 8


@dataclass
class Totals:
    """Counts of several files. rows = kept + duplicates + dropped + rejected."""

    files: int = 0
    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    dropped: int = 0
    outside: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    organisations: set[str] = field(default_factory=set)

    def add(self, each: FeedFile | Summary) -> None:
        self.files += 1
        for name in ("rows", "kept", "duplicates", "dropped", "outside", "rejected"):
            setattr(self, name, getattr(self, name) + getattr(each, name))
        self.reasons.update(each.reasons)
        self.organisations |= set(each.organisations)


def total_lines(totals: Totals, seconds: float) -> Iterator[str]:
    """The summary of a run, reasons of rejects with their sentence, most first."""
    text = {
        _("Rows read"): totals.rows,
        _("Rows saved"): totals.kept,
        _("Repeats, counted once"): totals.duplicates,
        _("Discarded by a rule"): totals.dropped,
        _("Rejected rows"): totals.rejected,
        _("Saved, outside the constituency"): totals.outside,
        _("Organisations affected"): len(totals.organisations),
    }
    wide = max(map(len, text))
    for words, count in text.items():
        yield f"{words:<{wide}}  {number(count):>12}"
        if words == _("Rejected rows"):
            yield from reason_lines(totals.reasons, wide)
    yield f"{_('Seconds'):<{wide}}  {seconds:>12.1f}"


def reason_lines(reasons: Mapping[str, int], wide: int = 0) -> Iterator[str]:
    for reason, count in sorted(reasons.items(), key=lambda each: (-each[1], each[0])):
        yield f"{'':<{wide}}  {number(count):>12}  {reject_sentence(reason)}"


def file_line(name: str, each: FeedFile | Summary, *, already: bool = False) -> str:
    """One file in one line: its counts, or what is wrong with it."""
    if each.problem:
        return f"{name}: {problem_sentence(each.problem)}"
    words = {"rows": number(each.rows), "kept": number(each.kept), "rejected": number(each.rejected)}
    text = [
        ngettext(
            "%(rows)s row, %(kept)s saved, %(rejected)s rejected",
            "%(rows)s rows, %(kept)s saved, %(rejected)s rejected",
            each.rows,
        )
        % words
    ]
    if already:
        text.append(_("already read, so nothing changed"))
    if not each.is_known_type:
        text.append(_("unrecognised file type"))
    for sentence, columns in (
        (_("unrecognised columns, saved separately: %(names)s"), each.unknown_columns),
        (_("missing columns: %(names)s"), each.missing_columns),
    ):
        if columns:
            text.append(sentence % {"names": _few(columns)})
    return f"{name}{colon()} {'; '.join(text)}."


def _few(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:_MOST_COLUMNS]) + (" …" if len(every) > _MOST_COLUMNS else "")
