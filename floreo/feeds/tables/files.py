"""Received files as a table. For who may see all: its counts are about everybody."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.tables import CellKind, Column, Filter, Table
from floreo.feeds.access import sees_all
from floreo.feeds.models import FeedFile, FileState
from floreo.feeds.presenters.noted import received_text


def _rows(viewer: object) -> QuerySet[FeedFile]:
    rows = FeedFile.objects.select_related("feed")
    return rows if sees_all(viewer) else rows.none()


REPORTS = Table(
    "reports",
    _("Files received"),
    _("One row for each file: rows = kept + duplicates + dropped + rejected."),
    rows=_rows,
    columns=(
        Column("number", _("Number"), _("Part of its address"), lambda r: r.pk, CellKind.WHOLE),
        Column.of(FeedFile, "feed", _("Code of the feed"), value=lambda r: r.feed.code),
        Column.of(FeedFile, "name", _("As received")),
        Column.of(FeedFile, "day", _("The day that it covers"), CellKind.DATE),
        Column.of(FeedFile, "report_type", _("As named by the feed")),
        Column.of(FeedFile, "state", _("waiting, running, done or refused")),
        Column.of(FeedFile, "received_at", _("In UTC"), CellKind.MOMENT),
        Column.of(FeedFile, "received_by", _("Who uploaded it, or how it arrived"), value=received_text),
        Column.of(FeedFile, "rows", _("In the file"), CellKind.WHOLE),
        Column.of(FeedFile, "kept", _("Rows that became events"), CellKind.WHOLE),
        Column.of(FeedFile, "duplicates", _("Rows that repeat another row"), CellKind.WHOLE),
        Column.of(FeedFile, "dropped", _("Rows discarded by a rule of the team"), CellKind.WHOLE),
        Column.of(
            FeedFile,
            "outside",
            _("Saved rows that are not attributed to any organisation in the register"),
            CellKind.WHOLE,
        ),
        Column.of(FeedFile, "rejected", _("Rows that could not be read"), CellKind.WHOLE),
        Column.of(FeedFile, "problem", _("Problem with the file as a whole")),
        Column.of(FeedFile, "sha256", _("Of the file as received")),
    ),
    order=("-received_at", "-pk"),
    key="number",
    needs=Permission.FEED_READ,
    search=("name", "report_type"),
    filters=(Filter("state", _("State"), lambda: FileState.choices, lambda rows, value: rows.filter(state=value)),),
)
