"""The text of a version as it prints: contents, clauses, comparisons, as HTML whose every word is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from html import escape  # Django's asks of each word whether it waits for a language: a fifth of the time of an Act

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.wording import day_text
from floreo.legislation.commencing import Start, not_in_force, start_of_each
from floreo.legislation.models import InstrumentKind, LawVersion
from floreo.legislation.queries import compared, provisions
from floreo.legislation.text.compare import ComparedLine, ComparedProvision, Run, changed_eids, changed_lines
from floreo.legislation.text.provisions import Front, PrintedLine, Provision, provisions_of

CHANGES: Mapping[str, Promise] = {
    "same": _l("The same"),
    "changed": pgettext_lazy("a clause", "Changed"),
    "added": pgettext_lazy("a clause", "New"),
    "removed": pgettext_lazy("a clause", "Removed"),
    "moved": _l("Another number or place"),
}
_DEEPEST = 4
HOLDERS = ("part", "chapter", "division")


@dataclass
class Entry:
    """A line of the contents: a part with its clauses, or a clause."""

    eid: str
    number: str
    heading: str
    change: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Printed:
    """A version ready for its page: its front, its contents, its text, and how many clauses are other than before."""

    front: Front | None
    contents: str
    body: str
    changed: int


Marks = tuple[tuple[str, str], ...]  # (eId of a section, what is beside it)


def printed(version: LawVersion, before: LawVersion | None, marks: Marks = ()) -> Printed:
    """Made once in a process for a text, a text before it, its marks and a language: a large Act takes a tenth of a second."""
    was = (before.pk, before.sha256) if before else (None, "")
    return _printed(version.pk, version.sha256, *was, marks, get_language() or "")


@lru_cache(maxsize=16)
def _printed(pk: int, _sha256: str, before_pk: int | None, _before: str, marks: Marks, _language: str) -> Printed:
    version = LawVersion.objects.get(pk=pk)
    before = LawVersion.objects.get(pk=before_pk) if before_pk else None
    changed = changed_labels(before, version) if before else {}
    front = front_of(version) if version.text else None
    rows = provisions(version)
    return Printed(
        front, contents_html(version, contents(rows, changed)), html(rows, changed, dict(marks)), len(changed)
    )


def forget() -> None:
    """What this process keeps of it, for who measures."""
    _printed.cache_clear()


def commencement_marks(version: LawVersion, day: date) -> Marks:
    """What is said beside the sections that are not in force on `day`; of a bill nothing is."""
    instrument = version.instrument
    if instrument.kind == InstrumentKind.BILL:
        return ()
    rows = [Start(row.sections, row.on) for row in instrument.commencements.all()]
    if not any(on is None or on > day for on in (row.on for row in rows)) and (instrument.in_force_on or day) <= day:
        return ()  # whatever each section's day is, it is past
    provisions = list(version.provisions.filter(kind__in=(*HOLDERS, "section")).values_list("kind", "number", "eid"))
    provisions = [each for each in provisions if not each[2].startswith("att_")]  # schedules number from 1 again
    known = [number for kind, number, _eid in provisions if kind == "section"]
    starts = start_of_each(known, rows, instrument.in_force_on, _sections_of(provisions))
    waiting = not_in_force(starts, day)
    return tuple(
        (eid, _not_yet(waiting[number])) for kind, number, eid in provisions if kind == "section" and number in waiting
    )


def _sections_of(provisions: Sequence[tuple[str, str, str]]) -> Mapping[tuple[str, str], Sequence[str]]:
    """By kind and number of a part, the numbers of the sections in it, from (kind, number, eId). Chapters of two parts that have one
    number are one: a row that names it means both."""
    found: dict[tuple[str, str], list[str]] = {}
    for kind, number, eid in provisions:
        if kind in HOLDERS:
            within = [each for what, each, where in provisions if what == "section" and where.startswith(f"{eid}__")]
            found.setdefault((kind, number), []).extend(within)
    return found


def _not_yet(on: date | None) -> str:
    if on is None:
        return _("Not in force: no day is set")
    return _("In force from %(day)s") % {"day": day_text(on)}


def changed_labels(old: LawVersion, new: LawVersion) -> Mapping[str, str]:
    """By eId of the new version, what happened to each clause since the old."""
    return dict(changed_eids(compared(old, new)))


def front_of(version: LawVersion) -> Front:
    head = version.text.split("<body", 1)[0]
    try:
        return provisions_of(head + "<body/></" + ("bill" if "<bill" in head else "act") + "></akomaNtoso>")[0]
    except ValueError:
        return provisions_of(version.text)[0]


def contents(rows: Iterable[Provision], changed: Mapping[str, str]) -> list[Entry]:
    """Of the provisions of a version: parts with their clauses; clauses without a part, and schedules, are on their own."""
    found: list[Entry] = []
    by_eid: dict[str, Entry] = {}
    for row in rows:
        if row.kind == "crossheading":
            continue
        entry = Entry(
            row.eid, _shown_number(row), row.heading, str(CHANGES[changed[row.eid]]) if row.eid in changed else ""
        )
        holder = by_eid.get(row.parent)
        (holder.entries if holder else found).append(entry)
        if row.kind in HOLDERS:
            by_eid[row.eid] = entry
    return found


def contents_html(version: LawVersion, entries: Sequence[Entry]) -> str:
    """The contents as a list of links. Of a large Act it is long, so it holds no space between its marks."""
    lang = f' lang="{escape(version.language)}"' if version.language != get_language() else ""
    return f"<ol>{''.join(_entry_html(each, lang) for each in entries)}</ol>"


def _entry_html(entry: Entry, lang: str) -> str:
    heading = f"<span{lang}>{escape(entry.heading)}</span>"
    if entry.entries:
        words = f"{escape(entry.number)}. {heading}" if entry.heading else escape(entry.number)
        return f"<li><b>{words}</b><ol>{''.join(_entry_html(each, lang) for each in entry.entries)}</ol></li>"
    note = f"<small>{escape(entry.change)}</small>" if entry.change else ""
    words = heading if entry.heading else "<span>–</span>"
    return f'<li><a href="#{escape(entry.eid)}">{escape(entry.number)} {words}{note}</a></li>'


def _shown_number(row: Provision) -> str:
    if row.kind in HOLDERS:
        return {"part": _("Part %(n)s"), "chapter": _("Chapter %(n)s"), "division": _("Division %(n)s")}[row.kind] % {
            "n": row.number
        }
    return row.number


def html(rows: Iterable[Provision], changed: Mapping[str, str], marks: Mapping[str, str] | None = None) -> str:
    found = []
    given = marks or {}
    level, link = "h2", _("Permanent link to %(number)s")
    for each in rows:
        found.append(_provision(each, changed.get(each.eid, ""), level, given.get(each.eid, ""), link))
        if each.kind in HOLDERS:
            level = "h3"
    return "".join(found)


def _provision(each: Provision, change: str, level: str, mark: str, link: str) -> str:
    """A clause's heading is of level `level`: below its part's, or the page's own where no part came before. `mark` is said beside it.
    `link` are the words of its permanent link, in the reader's language."""
    if each.kind in HOLDERS:
        name = {"part": _("Part %(n)s"), "chapter": _("Chapter %(n)s"), "division": _("Division %(n)s")}[each.kind] % {
            "n": each.number
        }
        heading = f". {escape(each.heading)}" if each.heading else ""
        return f'<div class="fl-law-part" id="{escape(each.eid)}"><h2>{escape(name)}{heading}</h2></div>'
    if each.kind == "crossheading":
        return f'<p class="fl-kicker">{escape(each.heading)}</p>'
    if each.kind == "schedule":
        return f'<article class="fl-law-clause" id="{escape(each.eid)}"><h2>{escape(each.heading)}</h2>{lines(each.lines)}</article>'
    heading = (
        escape(each.heading)
        if each.heading
        else f'<span class="visually-hidden">{escape(_("Without a heading"))}</span>'
    )
    words = link % {"number": each.number}
    notes = [str(CHANGES[change])] if change else []
    notes += [mark] if mark else []
    note = "".join(f"<span>{escape(each_note)}</span>" for each_note in notes)
    return (
        f'<article class="fl-law-clause" id="{escape(each.eid)}"><{level}><span>{escape(each.number)}</span><span>{heading}</span></{level}>'
        f'<p class="fl-law-perma"><a href="#{escape(each.eid)}">{escape(words)}</a>{note}</p>{lines(each.lines)}</article>'
    )


def lines(rows: Iterable[PrintedLine]) -> str:
    found = []
    table: list[str] = []
    for line in rows:
        if line.cells:
            table.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line.cells) + "</tr>")
            continue
        if table:
            found.append(f'<table class="table"><tbody>{"".join(table)}</tbody></table>')
            table = []
        found.append(_line(line, escape(line.words)))
    if table:
        found.append(f'<table class="table"><tbody>{"".join(table)}</tbody></table>')
    return "".join(found)


def _line(line: PrintedLine | ComparedLine, words: str) -> str:
    style = getattr(line, "style", "text")
    quote = " fl-law-quote" if style == "quote" else ""
    eid = escape(line.eid) if line.eid else ""
    number = ""
    if line.number:
        label = escape(line.number)
        number = f'<a class="fl-law-no" href="#{eid}">{label}</a>' if eid else f'<span class="fl-law-no">{label}</span>'
    anchor = f' id="{eid}"' if eid else ""
    inner = f"<b>{words}</b>" if style == "heading" else words
    depth = min(line.depth, _DEEPEST)
    return f'<div class="fl-law-line fl-law-d{depth}{quote}"{anchor}>{number}<p>{inner}</p></div>'


def marked(passage: Sequence[tuple[str, bool]]) -> str:
    """A passage with the words that were asked for marked."""
    return "".join(f"<mark>{escape(words)}</mark>" if is_asked else escape(words) for words, is_asked in passage)


# --- Comparisons ----------------------------------------------------------------------------------------------------


def runs_html(runs: Sequence[Run]) -> str:
    found = []
    for run in runs:
        words = escape(run.words)
        if run.kind == "added":
            found.append(f'<ins><span class="visually-hidden">{escape(_("added:"))} </span>{words}</ins>')
        elif run.kind == "removed":
            found.append(f'<del><span class="visually-hidden">{escape(_("removed:"))} </span>{words}</del>')
        else:
            found.append(words)
    return (
        " ".join(found)
        if len(found) > 1 and not any(f.startswith(" ") or f.endswith(" ") for f in found)
        else "".join(found)
    )


def instruction_html(before: str, after: str) -> str:
    """What an instruction changes, line by line: what was removed and what was added."""
    return "".join(f"<p>{runs_html(runs)}</p>" for runs in changed_lines(before, after))


def compared_html(each: ComparedProvision) -> str:
    one = each.new or each.old
    assert one is not None
    number: str = escape(one.number or one.label)
    if each.is_renumbered and each.old is not None:
        number = f'<del><span class="visually-hidden">{escape(_("removed:"))} </span>{escape(each.old.number)}</del> <ins>{number}</ins>'
    body = "".join(_line(line, runs_html(line.runs)) for line in each.lines)
    return (
        f'<article class="fl-law-clause fl-law-diff" id="{escape(one.eid)}"><h2><span>{number}</span><span>{runs_html(each.heading)}</span></h2>'
        f'<p class="fl-law-key">{escape(str(CHANGES[each.change]))}</p>{body}</article>'
    )
