"""Reads of laws that several pages need."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Q

from floreo.frameworks.models import Framework, Item
from floreo.legislation.models import Instrument, LawProvision, LawVersion, TreatyVerdict, Verdict
from floreo.legislation.text.compare import ComparedProvision, compare, likeness, tokens_of
from floreo.legislation.text.provisions import PrintedLine, Provision

_ALIKE = 0.3  # of the words of two titles


def provision_of(row: LawProvision) -> Provision:
    lines = tuple(map(PrintedLine.of_data, row.lines))
    return Provision(row.eid, row.kind, row.number, row.heading, row.label, row.parent, row.words, lines)


def provisions(version: LawVersion) -> list[Provision]:
    """Parts, sections and schedules, in order: what is numbered within a section is in its lines."""
    kinds = ("part", "chapter", "division", "crossheading", "section", "schedule")
    rows = version.provisions.filter(kind__in=kinds).values_list(
        "eid", "kind", "number", "heading", "label", "parent", "words", "lines"
    )
    return [
        Provision(eid, kind, number, heading, label, parent, words, tuple(map(PrintedLine.of_data, lines)))
        for eid, kind, number, heading, label, parent, words, lines in rows
    ]


def compared(old: LawVersion, new: LawVersion) -> Sequence[ComparedProvision]:
    """Worked out once in a process for two texts."""
    return _compared(old.pk, old.sha256, new.pk, new.sha256)


@lru_cache(maxsize=8)
def _compared(old: int, _old: str, new: int, _new: str) -> tuple[ComparedProvision, ...]:
    versions = LawVersion.objects.defer("text", "doubts").in_bulk([old, new])
    return tuple(compare(provisions(versions[old]), provisions(versions[new])))


def forget() -> None:
    """What this process keeps of it, for who measures."""
    _compared.cache_clear()


def newest_version(instrument: Instrument, viewer: object) -> LawVersion | None:
    return instrument.versions.visible_to(viewer).order_by("-dated", "-pk").defer("text", "doubts").first()


def newest_of(versions: Iterable[LawVersion]) -> LawVersion | None:
    """As `newest_version`, of versions that were read already."""
    return max(versions, key=lambda each: (each.dated, each.pk), default=None)


def before_of(version: LawVersion, versions: Iterable[LawVersion]) -> LawVersion | None:
    """As `version_before`, of the versions of its instrument that were read already."""
    return newest_of(v for v in versions if v.language == version.language and v.dated < version.dated)


def version_before(version: LawVersion, viewer: object) -> LawVersion | None:
    """The version that people compare it with: the newest of an earlier day."""
    rows = LawVersion.objects.visible_to(viewer).filter(instrument=version.instrument, language=version.language)
    return rows.filter(dated__lt=version.dated).order_by("-dated", "-pk").defer("text", "doubts").first()


def version_on(instrument: Instrument, day: date, viewer: object) -> LawVersion | None:
    """How it read on a day."""
    return (
        instrument.versions.visible_to(viewer)
        .filter(dated__lte=day)
        .order_by("-dated", "-pk")
        .defer("text", "doubts")
        .first()
    )


@dataclass(frozen=True)
class Found:
    """A clause that has the words that were asked for, and the passage where they are: its parts, each as it is or marked."""

    eid: str
    label: str
    heading: str
    passage: tuple[tuple[str, bool], ...]


MOST_FOUND, MOST_ASKED = 50, 8  # clauses shown; words looked for
_AROUND = 110  # characters on each side of the first word


def search_inside(version: LawVersion, asked: str) -> list[Found]:
    """The sections and schedules of a text that have all the words, in their order."""
    words = asked.split()[:MOST_ASKED]
    rows = version.provisions.filter(kind__in=("section", "schedule")).defer("lines")
    for word in words:
        rows = rows.filter(Q(words__icontains=word) | Q(heading__icontains=word))
    return [Found(r.eid, r.label, r.heading, passage(r.words, words)) for r in rows[:MOST_FOUND]] if words else []


def passage(text: str, words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Some words of the text around the first that was asked for; those that were asked for are marked."""
    wanted = re.compile("|".join(re.escape(each) for each in words), re.IGNORECASE)
    plain = " ".join(text.split())
    first = wanted.search(plain)
    at = first.start() if first else 0
    start = plain.rfind(" ", 0, at - _AROUND) + 1 if at > _AROUND else 0
    end = plain.find(" ", at + _AROUND)
    cut = plain[start : end if end > 0 else len(plain)]
    parts: list[tuple[str, bool]] = [("… ", False)] if start else []
    last = 0
    for hit in wanted.finditer(cut):
        parts += [(cut[last : hit.start()], False), (hit[0], True)]
        last = hit.end()
    parts.append((cut[last:] + (" …" if end > 0 else ""), False))
    return tuple(part for part in parts if part[0])


@dataclass(frozen=True)
class MatrixRow:
    """One article of a treaty beside what an instrument says of it."""

    item: Item
    verdict: TreatyVerdict | None
    changed: tuple[str, ...]  # labels of provisions whose words are no longer those that were judged

    @property
    def is_stale(self) -> bool:
        return bool(self.changed)


@dataclass(frozen=True)
class Coverage:
    """Reviewed verdicts of a set of articles. Stale ones are not counted as what they said."""

    items: int
    full: int
    partial: int
    gap: int
    not_applicable: int
    unknown: int
    unreviewed: int
    stale: int

    @property
    def judged(self) -> int:
        return self.full + self.partial + self.gap


def matrix(instrument: Instrument, framework: Framework, version: LawVersion | None, viewer: object) -> list[MatrixRow]:
    """Every rated article of the treaty in its order, with the verdict on `version`, or on the last version before it that was rated and
    that the viewer sees; which verdicts have to be looked at again is worked out from the words."""
    items = Item.objects.filter(in_version__framework=framework, in_version__is_current=True, is_rated=True)
    rows = instrument.verdicts.visible_to(viewer).select_related("on_version").defer("on_version__text")
    verdicts = {v.item_id: v for v in that_hold(rows, version)}
    now = _hashes(version)
    return [
        MatrixRow(item, found, _changed(found, now, version)) for item in items for found in [verdicts.get(item.pk)]
    ]


def that_hold(rows: Iterable[TreatyVerdict], version: LawVersion | None) -> list[TreatyVerdict]:
    """Of each article the verdict that counts for `version`: on it, or on the last version before it; without a version the last of
    all. Verdicts of one instrument, with their versions."""
    found: dict[int, TreatyVerdict] = {}
    for row in sorted(rows, key=_place):
        if version is None or row.on_version is None or _place(row) <= (version.dated, version.pk):
            found[row.item_id] = row
    return list(found.values())


def _place(row: TreatyVerdict) -> tuple[date, int]:
    return (row.on_version.dated, row.on_version.pk) if row.on_version is not None else (date.min, 0)


def _hashes(version: LawVersion | None) -> Mapping[str, str]:
    return dict(version.provisions.exclude(label="").values_list("label", "digest")) if version else {}


def counted_verdicts(until: date) -> list[TreatyVerdict]:
    """Those that figures rest on: reviewed by that day, of public laws, each on the newest public text; not those whose words changed
    since."""
    found: list[TreatyVerdict] = []
    for law in Instrument.objects.visible_to(None).filter(verdicts__isnull=False).distinct().order_by("pk"):
        version = newest_version(law, None)
        now = _hashes(version)
        rows = law.verdicts.visible_to(None).select_related("instrument", "item__in_version__framework", "on_version")
        for row in that_hold(rows.defer("on_version__text"), version):
            if row.reviewed_on is not None and row.reviewed_on <= until and not _changed(row, now, version):
                found.append(row)
    return found


def _changed(verdict: TreatyVerdict | None, now: Mapping[str, str], version: LawVersion | None) -> tuple[str, ...]:
    if verdict is None or version is None:
        return ()
    return tuple(label for label, digest in verdict.digests.items() if now.get(label) != digest)


def coverage(rows: Sequence[MatrixRow]) -> Coverage:
    counts = dict.fromkeys([*Verdict.values, "unreviewed", "stale"], 0)
    for row in rows:
        if row.verdict is None:
            continue
        if row.is_stale:
            counts["stale"] += 1
        elif not row.verdict.is_reviewed:
            counts["unreviewed"] += 1
        else:
            counts[row.verdict.verdict] += 1
    return Coverage(
        len(rows),
        counts["full"],
        counts["partial"],
        counts["gap"],
        counts["not_applicable"],
        counts["unknown"],
        counts["unreviewed"],
        counts["stale"],
    )


def treaties() -> list[Framework]:
    """Frameworks that are treaties: what they count are articles."""
    rows = Framework.objects.filter(versions__is_current=True, versions__items_kind="article").distinct()
    return list(rows.order_by("position", "pk"))


def suggestions(version: LawVersion, item: Item) -> list[LawProvision]:
    """The clauses whose headings share most words with the title of an article; none where nothing is alike. A suggestion only."""
    wanted = Counter(word for word in tokens_of(item.title.lower()) if len(word) > 3)
    rows = version.provisions.filter(kind="section").exclude(heading="").defer("lines", "words")
    scored = [(likeness(wanted, Counter(w for w in tokens_of(row.heading.lower()) if len(w) > 3)), row) for row in rows]
    best = sorted((pair for pair in scored if pair[0] >= _ALIKE), key=lambda pair: -pair[0])
    return [row for _score, row in best[:3]]
