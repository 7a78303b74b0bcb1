"""What the explorer asks the store, and how its answers read. Whoever may see only what concerns their own organisation
asks about its events and no other: the filter is put on here, before any question."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, reach
from floreo.core.tables import flat
from floreo.core.ui import charts, locale, plotting
from floreo.feeds.engine.store import Filter, counts
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of
from floreo.workspace.event_store import the_store

MOST_DAYS = 400
MOST_ROWS = 60  # of a table on the page; the file has all
GROUPS: Mapping[str, Promise] = {
    "day": _l("Day"),
    "kind": _l("Kind"),
    "organisation": _l("Organisation"),
    "sector": _l("Sector"),
    "district": _l("District"),
    "severity": _l("Severity"),
    "feed": _l("Feed"),
    "report_type": _l("File type"),
}
_OF_BODIES = {"sector", "district"}
NOBODY = ""
MOST_BARS = 20


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know: events of which days, whose, of what kind, grouped by what."""

    start: date
    end: date
    by: str
    kind: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Group:
    """One row of the answer."""

    value: str
    label: str
    events: int
    href: str = ""


def own_codes(viewer: object) -> tuple[str, ...] | None:
    """Codes of the organisations whose events the viewer may see, with those merged into them; None: everybody's."""
    own = reach(viewer, Permission.FEED_READ)
    if own is None:
        return None
    return tuple(sorted(Organisation.objects.filter(pk__in=bodies_of(own)).values_list("code", flat=True)))


def allowed(viewer: object, organisation: str = "", kind: str = "") -> Filter:
    """The condition that every question carries. An organisation that is not theirs gives nothing, like one that is not."""
    own = own_codes(viewer)
    wanted = own
    if organisation:
        asked = Organisation.objects.filter(code=organisation).values_list("pk", flat=True)
        codes = Organisation.objects.filter(pk__in=bodies_of(asked)).values_list("code", flat=True)
        wanted = tuple(sorted(code for code in codes if own is None or code in own))
    return Filter(organisations=wanted, kinds=(kind,) if kind else None)


def answer(viewer: object, asked: Asked) -> list[Group]:
    """The counts, most first; days in their order, each of them, also those without."""
    by = "organisation" if asked.by in _OF_BODIES else asked.by
    where = allowed(viewer, asked.organisation, asked.kind)
    rows = counts(the_store(), asked.start, asked.end, [by], where=where)
    found = {_text(row[by]): row["events"] for row in rows}
    if asked.by == "day":
        return [Group(d.isoformat(), locale.day(d), found.get(d.isoformat(), 0)) for d in _days(asked)]
    if asked.by in _OF_BODIES:
        return _by_body(found, asked.by)
    labels = _names(found) if asked.by == "organisation" else {}
    return [Group(value, labels.get(value) or value or _unknown(asked.by), n) for value, n in found.items()]


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return NOBODY if value is None else str(value)


def _unknown(by: str) -> str:
    return _("Not in the register") if by == "organisation" else _("Not given")


def _days(asked: Asked) -> Iterable[date]:
    return (asked.start + timedelta(days=n) for n in range((asked.end - asked.start).days + 1))


def _names(codes: Iterable[str]) -> dict[str, str]:
    return {body.code: body.label for body in Organisation.objects.filter(code__in=[c for c in codes if c])}


def _by_body(found: Mapping[str, int], by: str) -> list[Group]:
    """Events of organisations, added up by what the register says of them."""
    bodies = {
        b.code: b for b in Organisation.objects.filter(code__in=list(found)).select_related("place__parent", "sector")
    }
    sums: Counter[tuple[str, str]] = Counter()
    for code, n in found.items():
        sums[_sort_of(bodies.get(code), by)] += n
    return [Group(value, label, n) for (value, label), n in sums.most_common()]


def _sort_of(body: Organisation | None, by: str) -> tuple[str, str]:
    if body is None:
        return NOBODY, _("Not in the register")
    if by == "sector":
        sector = body.sector
        return (sector.code, str(sector.in_language("name"))) if sector else (NOBODY, _("No sector in the register"))
    place = body.place
    while place is not None and place.parent is not None:
        place = place.parent
    return (place.code, str(place.in_language("name"))) if place else (NOBODY, _("No place in the register"))


def title_of(by: str) -> str:
    return _("Events by %(group)s") % {"group": str(GROUPS[by]).lower()}


def chart_of(groups: list[Group], by: str) -> str:
    """Days as a line, anything else as bars; nothing while there is too little to draw."""
    title = title_of(by)
    if not any(g.events for g in groups):
        return ""
    if by != "day":
        bars = [charts.Bar(g.label, g.events, locale.number(g.events)) for g in groups[:MOST_BARS]]
        return charts.bar_chart(
            bars, label=plotting.spoken_list(title, [(b.label, b.words) for b in bars], kind=_("Bar chart"))
        )
    if len(groups) < 2:
        return ""
    top = max(groups, key=lambda g: g.events)
    ends = {groups[0].value, groups[-1].value}
    points = tuple(
        charts.Point(
            date.fromisoformat(g.value),
            g.events,
            _short(g.value) if g.value in ends else "",
            locale.number(g.events) if g is top else "",
        )
        for g in groups
    )
    spoken = _("%(title)s: highest on %(day)s, with %(n)s.") % {
        "title": title,
        "day": top.label,
        "n": locale.number(top.events),
    }
    return charts.line_chart(charts.LineChart(points, label=spoken, label_of=locale.number))


def _short(day: str) -> str:
    """ "26 Oct": the year is under the axis."""
    return format_date(date.fromisoformat(day), "d MMM", locale=locale.locale()).replace(".", "").replace("Sept", "Sep")


def as_csv(groups: Iterable[Group], by: str) -> Iterator[str]:
    return _csv([[by, "label", "events"], *([g.value, g.label, g.events] for g in groups)])


def events_csv(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> Iterator[str]:
    names = list(columns)
    return _csv([names, *([row[name] for name in names] for row in rows)])


def _csv(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """With a byte-order mark, and no cell that a spreadsheet would run."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([flat(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
