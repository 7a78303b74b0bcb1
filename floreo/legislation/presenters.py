"""Sentences about laws: why a file could not be read, what a drafter should look at, what changed between versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.reading.document import Unreadable
from floreo.core.reading.sentences import unreadable_sentence
from floreo.core.wording import number_figures
from floreo.legislation.text.compare import Summary

DOUBTS: Mapping[str, Promise] = {
    "arrangement_left_out": _l("The list of sections at the beginning was left out. This site makes its own."),
    "tracked_changes": _l(
        "Tracked changes in the file: %(count)s. They were read as if all were accepted. Accept or reject them in Word, then import it again."
    ),
    "footnotes": _l("Footnotes in the file: %(count)s. They were left out."),
    "text_boxes": _l(
        "Text boxes in the file: %(count)s. Their words are where Word has them, which may be in the middle of a clause."
    ),
    "comments": _l("The file contains comments of reviewers. They were left out."),
    "pictures": _l("The file contains pictures. They were left out."),
    "begins_later": _l("The text begins with number %(number)s. If clauses before it are missing, add them."),
    "number_twice": _l("Number %(number)s occurs twice."),
    "number_missing": _l("Number %(number)s follows %(last)s: numbers are missing between them."),
    "number_twice_here": _l("Number %(number)s occurs twice in this clause."),
    "number_missing_here": _l("Number %(number)s does not follow the number before it."),
    "number_odd": _l("%(number)s does not continue a list here. It was read as plain text."),
    "quote_open": _l("The quoted section %(number)s has no closing quotation mark. It was read up to the next clause."),
    "no_heading": _l("This clause has no heading."),
    "empty": _l("This clause or paragraph has no words."),
    "left_over": _l("“%(words)s” looks like a gap or a mark that was left over."),
    "schedule_empty": _l("This schedule has no words."),
    "no_sections": _l("No numbered section was found."),
    "instruction_failed": _l("An instruction of the bill does not fit the Act: %(problem)s."),
}
PROBLEMS: Mapping[str, Promise] = {
    "not_understood": _l("the instruction was not understood; make this change by hand"),
    "no_such_section": _l("the Act has no section of that number"),
    "no_such_schedule": _l("the Act has no schedule of that name"),
    "schedule_by_hand": _l("in a schedule only words are changed here; make this change by hand"),
    "no_such_part": _l("the section has no such subsection or paragraph"),
    "words_not_found": _l("the words to be changed are not in the provision"),
    "words_more_than_once": _l(
        "the words to be changed occur more than once, and the bill does not say “wherever they occur”"
    ),
    "quotes_no_section": _l("the bill quotes no section to put there"),
    "quotes_nothing": _l("the bill quotes no words to put there"),
    "no_definitions": _l("the section contains no definitions"),
    "no_such_definition": _l("the section does not define that term"),
}


def unreadable_text(refusal: Unreadable) -> str:
    return unreadable_sentence(refusal)


def doubt_text(row: Sequence[object]) -> tuple[str, str]:
    """(place, sentence) of a row of LawVersion.doubts."""
    code, place, facts = str(row[0]), str(row[1]), row[2]
    words = dict(facts) if isinstance(facts, dict) else {}
    if code == "instruction_failed":
        words["problem"] = str(PROBLEMS.get(str(words.get("problem", "")), words.get("problem", "")))
    return place, str(DOUBTS.get(code, code)) % words


def problem_text(code: str) -> str:
    return str(PROBLEMS.get(code, code))


def summary_text(summary: Summary) -> str:
    """What a minister reads: "8 of 15 clauses changed, 1 is new and 2 are gone; 143 words came and 20 went"."""
    total = summary.same + summary.changed + summary.moved + summary.added
    if not (summary.changed or summary.added or summary.removed or summary.moved):
        return _("The two versions have the same words.")
    parts = [
        ngettext("%(n)s of %(total)s clauses changed", "%(n)s of %(total)s clauses changed", summary.changed)
        % {"n": number_figures(summary.changed), "total": number_figures(total)}
    ]
    if summary.added:
        parts.append(ngettext("%(n)s is new", "%(n)s are new", summary.added) % {"n": number_figures(summary.added)})
    if summary.removed:
        text = ngettext("%(n)s was removed", "%(n)s were removed", summary.removed)
        parts.append(text % {"n": number_figures(summary.removed)})
    if summary.moved:
        text = ngettext("%(n)s has another number or place", "%(n)s have another number or place", summary.moved)
        parts.append(text % {"n": number_figures(summary.moved)})
    words = _("%(came)s words were added, %(went)s removed") % {
        "came": number_figures(summary.words_added),
        "went": number_figures(summary.words_removed),
    }
    return f"{', '.join(parts)}. {words}."


def coverage_text(found: Any) -> str:
    """ "Of 48 articles 20 were reviewed: 13 met, 6 partly, 1 not." Nothing reviewed is said so."""
    if not found.judged:
        return _("No article has been reviewed by a second person yet, so nothing is counted.")
    return _(
        "Of %(items)s articles, %(judged)s are reviewed and apply: %(full)s met, %(partial)s partly met, %(gap)s not met."
    ) % {
        "items": number_figures(found.items),
        "judged": number_figures(found.judged),
        "full": number_figures(found.full),
        "partial": number_figures(found.partial),
        "gap": number_figures(found.gap),
    }
