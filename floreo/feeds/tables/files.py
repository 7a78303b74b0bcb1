"""Received files as a table. For who may see all: its counts are about everybody."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.tables import CellKind, Column, Filter, Table, Words
from floreo.feeds.access import sees_all
from floreo.feeds.models import FeedFile, FileState
from floreo.feeds.presenters.noted import received_text


def _column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT) -> Column:
    return Column(name, title, note, lambda row: getattr(row, name), kind)


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
        Column("feed", _("Feed"), _("Code of the feed"), lambda r: r.feed.code),
        _column("name", _("File"), _("As received")),
        _column("day", _("Day"), _("The day that it covers"), CellKind.DATE),
        _column("report_type", _("File type"), _("As named by the feed")),
        _column("state", _("State"), _("waiting, running, done or refused")),
        _column("received_at", _("Received"), _("In UTC"), CellKind.MOMENT),
        Column("received_by", _("Received by"), _("Who uploaded it, or how it arrived"), received_text),
        _column("rows", _("Rows"), _("In the file"), CellKind.WHOLE),
        _column("kept", _("Rows saved"), _("Rows that became events"), CellKind.WHOLE),
        _column("duplicates", _("Repeats"), _("Rows that repeat another row"), CellKind.WHOLE),
        _column("dropped", _("Discarded"), _("Rows discarded by a rule of the team"), CellKind.WHOLE),
        _column(
            "outside",
            _("Outside"),
            _("Saved rows that are not attributed to any organisation in the register"),
            CellKind.WHOLE,
        ),
        _column("rejected", _("Rejected rows"), _("Rows that could not be read"), CellKind.WHOLE),
        _column("problem", _("Problem"), _("Problem with the file as a whole")),
        _column("sha256", _("SHA-256"), _("Of the file as received")),
    ),
    order=("-received_at", "-pk"),
    key="number",
    needs=Permission.FEED_READ,
    search=("name", "report_type"),
    filters=(Filter("state", _("State"), lambda: FileState.choices, lambda rows, value: rows.filter(state=value)),),
)
