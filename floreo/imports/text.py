"""Sentences about a file: what it would do, and what it did."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.imports.models import SheetImport


def count_sentences(counts: Mapping[str, int]) -> list[str]:
    """How many rows are new, change something, say the same, are refused and are no records."""
    new, changed, same = counts.get("new", 0), counts.get("changed", 0), counts.get("same", 0)
    refused, skipped = counts.get("refused", 0), counts.get("skipped", 0)
    each = (
        (new, ngettext("%(n)d row is new.", "%(n)d rows are new.", new)),
        (changed, ngettext("%(n)d row changes what is there.", "%(n)d rows change what is there.", changed)),
        (same, ngettext("%(n)d row says what is there already.", "%(n)d rows say what is there already.", same)),
        (refused, ngettext("%(n)d row is refused.", "%(n)d rows are refused.", refused)),
        (
            skipped,
            ngettext(
                "%(n)d row is no record: a heading, or the header again.",
                "%(n)d rows are no records: headings, or the header again.",
                skipped,
            ),
        ),
    )
    return [text % {"n": count} for count, text in each if count] or [_("The table has no row below its header.")]


def done_sentence(run: SheetImport) -> str:
    """Of a file that was imported how many rows did what, and whether it was undone; of another, that nothing of it was."""
    if run.is_open:
        return _("Not imported.") if run.is_held else _("Not imported. Its cells are no longer kept.")
    if run.undone_at is not None:
        return undone_sentence(run)
    return " ".join(count_sentences(run.counts))


def undone_sentence(run: SheetImport) -> str:
    undone, stays = run.counts.get("undone", 0), run.counts.get("stays", 0)
    first = ngettext("Undone: %(n)d record.", "Undone: %(n)d records.", undone) % {"n": undone}
    second = ngettext("%(n)d record stays as it is.", "%(n)d records stay as they are.", stays) % {"n": stays}
    return f"{first} {second}" if stays else first
