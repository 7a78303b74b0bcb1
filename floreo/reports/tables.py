"""What leaves of reports: which periods are closed, the status of everything then, and which snapshot says so."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.tables import Cell, CellKind, Column, Table
from floreo.reports.models import Snapshot
from floreo.strategy.logic import Status
from floreo.strategy.models import StatusChoice
from floreo.strategy.models.editions import may_read_internal
from floreo.strategy.tables.of_edition import edition_filter


def _rows(viewer: object) -> QuerySet[Any]:
    form = "internal" if may_read_internal(viewer) else "public"
    rows = Snapshot.objects.visible_to(viewer).light().select_related("edition")
    return rows.annotate(tally=F(f"{form}__tally"))


def _key(row: Any) -> Cell:
    return f"{row.edition.code}:{row.code}"


def _by_key(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    edition, _colon, code = key.partition(":")
    return rows.filter(edition__code=edition, code=code)


def _count(status: Status) -> Column:
    return Column(
        f"actions_{status.value}",
        StatusChoice(status).label,
        _("Number of actions with this status on that day"),
        lambda row: int((row.tally or {}).get(status.value, 0)),
        CellKind.WHOLE,
    )


REPORTS = Table(
    "reports",
    _("Reports"),
    _(
        "Every closed period, with the status of actions on its last day. A row cannot change; "
        "corrections are shown with the report."
    ),
    rows=_rows,
    columns=(
        Column("key", _("Key"), _("Edition and code, joined by a colon: unique in this table"), _key),
        Column.of(Snapshot, "edition", _("The edition's code"), value=lambda row: row.edition.code),
        Column.of(Snapshot, "code", _("The report's code, as in its address")),
        Column.of(Snapshot, "kind", _("period or closing")),
        Column.of(Snapshot, "starts_on", _("First day of the period"), CellKind.DATE),
        Column.of(Snapshot, "ends_on", _("Last day of the period"), CellKind.DATE),
        Column.of(Snapshot, "as_of", _("Day that the data refer to"), CellKind.DATE),
        *(_count(status) for status in Status),
        Column.of(Snapshot, "frozen_at", _("When it was frozen, in UTC"), CellKind.MOMENT),
        Column.of(Snapshot, "digest", _("SHA-256 of the whole content of the snapshot")),
        Column(
            "audit_entry",
            _("Audit entry"),
            _("Number of the entry in the audit chain that records it"),
            lambda row: row.audit_number,
            CellKind.WHOLE,
        ),
        Column(
            "url",
            _("Address"),
            _("Address of the report"),
            lambda row: f"{settings.SITE_ADDRESS}/reports/{row.edition.code}/{row.code}/",
            CellKind.LINK,
        ),
    ),
    order=("-ends_on", "-pk"),
    key="key",
    search=("code", "edition__title"),
    filters=(edition_filter(),),
    lookup=_by_key,
)

TABLES = {table.name: table for table in (REPORTS,)}
