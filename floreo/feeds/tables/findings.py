"""Findings as a table, each viewer's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.tables import CellKind, Column, Filter, Table, Words
from floreo.feeds import logic
from floreo.feeds.models import Finding, FindingState, ReplyKind, Severity
from floreo.organisations.models import Organisation

UNANSWERED = "none"


def _column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT) -> Column:
    return Column(name, title, note, lambda row: getattr(row, name), kind)


def _rows(viewer: object) -> QuerySet[Finding]:
    return Finding.objects.visible_to(viewer).select_related("organisation__merged_into", "feed")


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    return rows.filter(state__in=logic.OPEN_STATES) if state == "open" else rows.filter(state=state)


def _said(rows: QuerySet[Any], said: str) -> QuerySet[Any]:
    return rows.filter(said="" if said == UNANSWERED else said)


def _states() -> Iterable[tuple[str, Words]]:
    return [("open", _("Not mended")), *FindingState.choices]


def _answers() -> Iterable[tuple[str, Words]]:
    return [*ReplyKind.choices, (UNANSWERED, _("No answer yet"))]


def _one(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(pk=int(key)) if key.isascii() and key.isdigit() and len(key) < 19 else rows.none()


FINDINGS = Table(
    "findings",
    _("Findings"),
    _("One row for one trouble at one address or name, for as long as it lasts."),
    rows=_rows,
    columns=(
        Column("number", _("Number"), _("Part of its address"), lambda f: f.pk, CellKind.WHOLE),
        Column(
            "organisation", _("Organisation"), _("Code of whom it concerns"), lambda f: f.organisation.successor().code
        ),
        _column("subject", _("Address or name"), _("Where the trouble is")),
        _column("port", _("Port"), _("0 where there is none"), CellKind.WHOLE),
        _column("protocol", _("Protocol"), _("tcp or udp, where the report says it")),
        _column("kind", _("Kind"), _("What was seen, for example open-rdp")),
        _column("taxonomy", _("Class"), _("Reference Security Incident Taxonomy")),
        _column("type", _("Type"), _("Reference Security Incident Taxonomy")),
        _column("severity", _("Severity"), _("critical, high, medium, low, info or undefined")),
        _column("detail", _("Detail"), _("Malware, product or vulnerability")),
        _column("state", _("State"), _("new, persisting, fixed or reopened")),
        _column("first_seen", _("First seen"), _("In UTC"), CellKind.MOMENT),
        _column("last_seen", _("Last seen"), _("In UTC"), CellKind.MOMENT),
        _column("times_seen", _("Times seen"), _("Events in all reports"), CellKind.WHOLE),
        _column("opened_on", _("Open since"), _("This time: the first day, or the day it came back"), CellKind.DATE),
        _column("fixed_on", _("Mended on"), _("First day on which it was not seen any more"), CellKind.DATE),
        _column("reopened", _("Came back"), _("How many times"), CellKind.WHOLE),
        _column("said", _("Answer"), _("fixed, working, not_ours, false_alarm or need_help")),
        _column("said_on", _("Answered on"), _("Day of the last answer"), CellKind.DATE),
        _column("claim", _("Claim"), _("What became of an answer that says it is mended")),
        _column("network", _("Network"), _("What matched it to the organisation")),
        _column("reason", _("Matched by"), _("prefix, asn or domain")),
        _column("service", _("Service"), _("What runs there, as the register says")),
        Column("feed", _("Feed"), _("Code of the feed that saw it last"), lambda f: f.feed.code),
        _column("report_type", _("Report type"), _("As the feed calls it")),
    ),
    order=("severity_rank", "-last_day", "-pk"),
    key="number",
    needs=Permission.FEED_READ,
    search=("subject", "kind", "detail", "network", "service"),
    filters=(
        Filter("state", _("State"), _states, in_state),
        Filter("severity", _("Severity"), lambda: Severity.choices, lambda rows, value: rows.filter(severity=value)),
        Filter("said", _("Answer"), _answers, _said),
    ),
    lookup=_one,
)


def findings_for(viewer: object) -> Table:
    """With filters by kind and by organisation, which hold what the viewer may know of and nothing else."""
    seen = Finding.objects.visible_to(viewer).order_by()

    def kinds() -> Iterable[tuple[str, Words]]:
        return [(kind, kind) for kind in sorted(seen.values_list("kind", flat=True).distinct())]

    def bodies() -> Iterable[tuple[str, Words]]:
        rows = Organisation.objects.filter(pk__in=seen.values("organisation").distinct())
        return [(body.code, body.label) for body in rows] if len(rows) > 1 else []

    more = (
        Filter("kind", _("Kind"), kinds, lambda rows, value: rows.filter(kind=value)),
        Filter("organisation", _("Organisation"), bodies, lambda rows, value: rows.filter(organisation__code=value)),
    )
    return replace(FINDINGS, filters=FINDINGS.filters + more)
