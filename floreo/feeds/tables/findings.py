"""Findings as a table, each viewer's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from ipaddress import ip_address
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.composed import composed
from floreo.core.distinct import one_of_each, values_of
from floreo.core.models import text_in
from floreo.core.tables import CellKind, Column, Filter, Table, Words
from floreo.core.ui.locale import language
from floreo.core.whole import whole
from floreo.feeds import logic, texts
from floreo.feeds.access import sees_all
from floreo.feeds.models import Finding, FindingState, ReplyKind, Severity
from floreo.feeds.texts import title_for_others, title_of
from floreo.feeds.words import SEARCHED, having
from floreo.infrastructure.tables import in_sector
from floreo.organisations.models import NationalSector, Organisation
from floreo.organisations.queries import bodies_of

UNANSWERED = "none"
NO_SECTOR = "none"


def _rows(viewer: object) -> QuerySet[Finding]:
    return Finding.objects.visible_to(viewer).select_related("organisation__merged_into", "feed")


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    return rows.filter(state__in=logic.OPEN_STATES) if state == "open" else rows.filter(state=state)


def _narrow_reply(rows: QuerySet[Any], replies: str) -> QuerySet[Any]:
    return rows.filter(reply="" if replies == UNANSWERED else replies)


def _states() -> Iterable[tuple[str, Words]]:
    return [("open", _("All open")), *FindingState.choices]


def _answers() -> Iterable[tuple[str, Words]]:
    return [*ReplyKind.choices, (UNANSWERED, _("No reply yet"))]


def _one(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(pk=number) if (number := whole(key)) is not None else rows.none()


FINDINGS = Table(
    "findings",
    _("Findings"),
    _("One row for each problem at an address or domain name, for as long as it lasts."),
    rows=_rows,
    columns=(
        Column("number", _("Number"), _("Part of its address"), lambda f: f.pk, CellKind.WHOLE),
        Column.of(
            Finding,
            "organisation",
            _("Code of the organisation that it is attributed to"),
            value=lambda f: f.organisation.successor().code,
        ),
        Column.of(Finding, "subject", _("Where the problem is")),
        Column.of(Finding, "port", _("0 if there is none"), CellKind.WHOLE),
        Column.of(Finding, "protocol", _("tcp or udp, if the file gives it")),
        Column.of(Finding, "kind", _("What was seen, for example open-rdp")),
        Column.of(Finding, "taxonomy", _("Reference Security Incident Taxonomy")),
        Column.of(Finding, "type", _("Reference Security Incident Taxonomy")),
        Column.of(Finding, "severity", _("critical, high, medium, low, info or undefined")),
        Column.of(Finding, "detail", _("Malware, product or vulnerability")),
        Column.of(
            Finding,
            "state",
            _("new, persisting, reopened, fixed, not_seen, false_alarm, accepted, outside, withdrawn or dropped"),
        ),
        Column.of(Finding, "first_seen", _("In UTC"), CellKind.MOMENT),
        Column.of(Finding, "last_seen", _("In UTC"), CellKind.MOMENT),
        Column.of(Finding, "times_seen", _("Events in all files"), CellKind.WHOLE),
        Column.of(Finding, "opened_on", _("The first day, or the day on which it was last seen again"), CellKind.DATE),
        Column.of(Finding, "fixed_on", _("Day of the scan that dates the fix"), CellKind.DATE),
        Column.of(Finding, "reopened", _("Number of times"), CellKind.WHOLE),
        Column.of(Finding, "reply", _("fixed, working, not_ours, false_alarm or need_help")),
        Column.of(Finding, "replied_on", _("Date of the last reply"), CellKind.DATE),
        Column.of(Finding, "claim", _("Result of a reply that reports the finding as fixed")),
        Column.of(Finding, "network", _("The register entry used to attribute it")),
        Column.of(Finding, "reason", _("prefix, asn or domain")),
        Column.of(Finding, "service", _("What runs there, according to the register")),
        Column.of(Finding, "feed", _("Code of the feed that last reported it"), value=lambda f: f.feed.code),
        Column.of(Finding, "report_type", _("As named by the feed")),
    ),
    order=("severity_rank", "-last_day", "-pk"),
    key="number",
    needs=Permission.FEED_READ,
    search=SEARCHED,
    having=having,
    filters=(
        Filter("state", _("State"), _states, in_state, default="open"),
        Filter(
            "severity",
            _("Severity"),
            lambda: Severity.choices,
            lambda rows, value: rows.filter(severity_rank=logic.rank(value)),
        ),
        Filter("reply", _("Reply"), _answers, _narrow_reply),
    ),
    lookup=_one,
    has_long_rows=True,
)


def _of_sector(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """By the sector that the register gives their organisation, with the sectors under it; of no sector where it gives none."""
    if value == NO_SECTOR:
        return rows.filter(organisation__sector=None)
    return in_sector(rows, value, "organisation__sector")


def at_address(words: str) -> list[int] | None:
    """Keys of the findings that may have these words, where one of them is a whole address: it is looked for as that, and not in all texts of
    all rows. None where no word is one."""
    found = [address for word in words.split() if (address := _address(word)) is not None]
    if not found:
        return None
    return list(Finding.objects.filter(subject=found[0]).order_by().values_list("pk", flat=True))


def _address(word: str) -> str | None:
    try:
        return str(ip_address(word))
    except ValueError:
        return None


def _classes_of(kinds: Iterable[str]) -> dict[str, str]:
    """By which the kinds without a text of their own are called."""
    return one_of_each(Finding, "kind", [kind for kind in kinds if texts.folder_of(kind) is None], "taxonomy")


def _with_some(seen: QuerySet[Finding]) -> QuerySet[Organisation, tuple[Any, ...]]:
    """The organisations of those findings: code, names and sector."""
    rows = Organisation.objects.filter(Exists(seen.filter(organisation=OuterRef("pk"))))
    return rows.values_list("code", "short_name", "name", "translations", "sector_id")


@composed
def _with_findings() -> QuerySet[Organisation, tuple[Any, ...]]:
    """Of all findings, for whoever sees all."""
    return _with_some(Finding.objects.order_by())


def findings_for(viewer: object) -> Table:
    """With filters by sector, by kind and by organisation, which hold what the viewer may know of and nothing else."""
    own = reach(viewer, Permission.FEED_READ)
    bodies_seen = None if own is None else bodies_of(own)
    seen = Finding.objects.visible_to(viewer).order_by()

    def kinds() -> Iterable[tuple[str, Words]]:
        called = title_for_others if sees_all(viewer) else title_of
        of = None if bodies_seen is None else ("organisation_id", bodies_seen)
        found = values_of(Finding, "kind", of=of)
        classes = _classes_of(found)
        titles = {kind: called(kind, language(), classes.get(kind, "")) for kind in found}
        count = Counter(titles.values())  # two kinds of one title are distinguished by their names
        named = {kind: title if count[title] == 1 else f"{title} ({kind})" for kind, title in titles.items()}
        return sorted(named.items(), key=lambda pair: pair[1].casefold())

    @cache
    def organisations() -> list[tuple[Any, ...]]:
        return _with_findings() if own is None else list(_with_some(seen))

    def bodies() -> Iterable[tuple[str, Words]]:
        rows = organisations()
        labels = [(code, short or text_in(names, "name", name)) for code, short, name, names, _sector in rows]
        return labels if len(rows) > 1 else []

    def sectors() -> Iterable[tuple[str, Words]]:
        """Those of the organisations, and those that they are part of."""
        held = {sector for *_names, sector in organisations() if sector is not None}
        if not held:
            return []
        every = {row.pk: row for row in NationalSector.objects.defer("summary")}
        shown = set(held)
        while held := {parent for pk in held if (parent := every[pk].parent_id) is not None} - shown:
            shown |= held
        return [
            *((row.code, row.in_language("name")) for row in every.values() if row.pk in shown),
            (NO_SECTOR, _("Not known")),
        ]

    more = (
        Filter("sector", _("Sector"), sectors, _of_sector),
        Filter("kind", _("Kind"), kinds, lambda rows, value: rows.filter(kind=value)),
        Filter("organisation", _("Organisation"), bodies, lambda rows, value: rows.filter(organisation__code=value)),
    )
    return replace(FINDINGS, filters=FINDINGS.filters + more)
