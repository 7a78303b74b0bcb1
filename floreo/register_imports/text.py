"""What is said of a file: what it would do, and what it did."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.register_imports.models import RegisterImport
from floreo.register_imports.reading import Plan


def plan_sentences(plan: Plan) -> list[str]:
    """How many rows are new, say something else, say the same, have a problem and are no records."""
    return _counted(len(plan.added), len(plan.changed), plan.same, plan.bad_lines) + _skipped(len(plan.skipped))


def done_sentence(run: RegisterImport) -> str:
    """Of a file that was imported how many rows did what; of another, that nothing of it was."""
    if run.is_open:
        return _("Not imported.") if run.is_held else _("Not imported. Its cells are no longer kept.")
    counts = run.counts
    return " ".join(_counted(counts["added"], counts["changed"], counts["same"], counts["left_out"]))


def _counted(added: int, changed: int, same: int, bad: int) -> list[str]:
    each = (
        (added, ngettext("%(n)d row is new.", "%(n)d rows are new.", added)),
        (
            changed,
            ngettext("%(n)d row changes what is there.", "%(n)d rows change what is there.", changed),
        ),
        (same, ngettext("%(n)d row says what is there already.", "%(n)d rows say what is there already.", same)),
        (
            bad,
            ngettext("%(n)d row has a problem and is left out.", "%(n)d rows have a problem and are left out.", bad),
        ),
    )
    return [text % {"n": count} for count, text in each if count] or [_("The sheet has no row below its header.")]


def _skipped(count: int) -> list[str]:
    text = ngettext(
        "%(n)d row is no record: a heading, or the header again.",
        "%(n)d rows are no records: headings, or the header again.",
        count,
    )
    return [text % {"n": count}] if count else []
