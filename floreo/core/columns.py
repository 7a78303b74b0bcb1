"""Columns and row rules that tables of every app share. Each call makes a new column, with the words that fit its table."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.tables import CellKind, Column, PerLanguage, Words, in_each_language
from floreo.core.whole import whole


def column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT, **more: Any) -> Column:
    """A column that is the attribute of the same name."""
    return Column(name, title, note, lambda row: getattr(row, name), kind, **more)


def day(name: str, title: Words, note: Words) -> Column:
    return column(name, title, note, CellKind.DATE)


def titles(note: Words) -> tuple[Column | PerLanguage, ...]:
    translated = in_each_language("title", _("Title in this language, if a person has translated it"))
    return (column("title", _("Title"), note), translated)


SOURCED = (
    column("source", _("Source"), _("Source of the information: document and page, or publisher")),
    column("source_url", _("Source address"), _("Address where the source can be read"), CellKind.LINK),
    column("read_on", _("Read in source"), _("When those who made the data read it in its source"), CellKind.DATE),
    column("read_in", _("Copy read"), _("Which copy they read, and how far")),
    column(
        "confirmed",
        _("Checked against source"),
        _("Whether a person of this installation has checked it"),
        CellKind.FLAG,
    ),
    column("confirmed_on", _("Checked on"), _("When that person checked it"), CellKind.DATE),
    column("doubt", _("Doubt"), _("Why it is not checked")),
)
CHANGED = column("changed_at", _("Last change"), _("Date of the last change of the row, UTC"), CellKind.MOMENT)
ID = Column("id", _("Number"), _("Identifies the rows of this table"), lambda row: row.pk, CellKind.WHOLE)


def by_id(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(pk=number) if (number := whole(key)) is not None else rows.none()
