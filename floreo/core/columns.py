"""Columns and row rules that tables of every app share. Each call makes a new column, with the words that fit its table."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.models import Record, Sourced
from floreo.core.tables import CellKind, Column, PerLanguage, Words, in_each_language
from floreo.core.whole import whole


def column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT, **more: Any) -> Column:
    """A column that is the attribute of the same name."""
    return Column(name, title, note, lambda row: getattr(row, name), kind, **more)


def day(name: str, title: Words, note: Words) -> Column:
    return column(name, title, note, CellKind.DATE)


def titles(note: Words, *, of: type[Model] | None = None) -> tuple[Column | PerLanguage, ...]:
    """The title and its translations. Without `of`, the model whose words it has, it is called "Title"."""
    translated = in_each_language("title", _("Title in this language, if a person has translated it"))
    first = Column.of(of, "title", note) if of is not None else column("title", _("Title"), note)
    return (first, translated)


SOURCED = (
    Column.of(Sourced, "source", _("Source of the information: document and page, or publisher")),
    column("source_url", _("Source address"), _("Address where the source can be read"), CellKind.LINK),
    Column.of(Sourced, "read_on", _("When those who made the data read it in its source"), CellKind.DATE),
    Column.of(Sourced, "read_in", _("Which copy they read, and how far")),
    Column.of(
        Sourced,
        "confirmed",
        _("Whether a person of this installation has checked it"),
        CellKind.FLAG,
    ),
    Column.of(Sourced, "confirmed_on", _("When that person checked it"), CellKind.DATE),
    column("doubt", _("Doubt"), _("Why it is not checked")),
)
CHANGED = Column.of(Record, "changed_at", _("Date of the last change of the row, UTC"), CellKind.MOMENT)
ID = Column("id", _("Number"), _("Identifies the rows of this table"), lambda row: row.pk, CellKind.WHOLE)


def by_id(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(pk=number) if (number := whole(key)) is not None else rows.none()
