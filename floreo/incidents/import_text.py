"""Sentences about an import of old cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.incidents.importing import MOST_PROBLEMS, Read

_NAMED = 20  # cases


def read_sentences(found: Read) -> Iterator[str]:
    """What was read of a file, and what is wrong in it, line by line."""
    words = {"count": len(found.rows), "name": found.name, "encoding": found.encoding}
    yield (
        ngettext(
            "%(count)d case can be imported from “%(name)s” (%(encoding)s).",
            "%(count)d cases can be imported from “%(name)s” (%(encoding)s).",
            len(found.rows),
        )
        % words
    )
    if found.unknown:
        yield _("Columns that are not imported: %(columns)s.") % {"columns": ", ".join(found.unknown)}
    if found.problems:
        count = len(found.problems)
        yield ngettext("%(count)d problem:", "%(count)d problems:", count) % {"count": count}
        yield from (str(problem) for problem in found.problems[:MOST_PROBLEMS])
        if count > MOST_PROBLEMS:
            yield _("Only the first %(most)d are listed.") % {"most": MOST_PROBLEMS}


def kept_sentence(references: Sequence[str]) -> str:
    """After an undo: which cases stay."""
    if not references:
        return _("The import was undone: all its cases were removed.")
    shown = ", ".join(references[:_NAMED]) + (", ..." if len(references) > _NAMED else "")
    return ngettext(
        "The import was undone. %(count)d case stays, since somebody worked on it: %(references)s.",
        "The import was undone. %(count)d cases stay, since somebody worked on them: %(references)s.",
        len(references),
    ) % {"count": len(references), "references": shown}
