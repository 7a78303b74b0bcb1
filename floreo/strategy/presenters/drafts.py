"""Sentences about drafts: why a file gave none, what kind of row this is, which part a body had."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from floreo.core.reading.document import Unreadable
from floreo.core.reading.sentences import UNREADABLE, filled
from floreo.core.ui import locale
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.models import EditionPart
from floreo.strategy.outline.reading import Unused

FAILURES: Mapping[str, str] = {
    **UNREADABLE,
    "no_rows": gettext_noop(
        "%(name)s does not look like a strategy: it has no title with a period and nothing that "
        "reads like a plan. Check that it is the right file, or enter the strategy by hand."
    ),
    "stopped": gettext_noop(
        "Reading %(name)s was interrupted several times and has been stopped. Upload it in parts, or as plain text."
    ),
    "broken": gettext_noop(
        "%(name)s could not be read. The error is ours and was recorded; the file is saved. Try it as "
        "Word or plain text."
    ),
    "file_lost": gettext_noop("%(name)s is no longer on this server. Upload it again."),
}

KIND_WORDS: Mapping[str, Promise] = {
    Kind.EDITION: gettext_lazy("Edition"),
    Kind.OBJECTIVE_OVERALL: gettext_lazy("Overall objective"),
    Kind.PILLAR: in_words_lazy("%(pillar)s"),
    Kind.OBJECTIVE: in_words_lazy("%(objective)s"),
    Kind.SUB_OBJECTIVE: in_words_lazy("%(sub_objective)s"),
    Kind.ACTION: in_words_lazy("%(action)s"),
    Kind.BODY: gettext_lazy("Organisation"),
    Kind.MEASURE: gettext_lazy("Measure under way"),
    Kind.TARGET: gettext_lazy("Target"),
    Kind.FUNDER: gettext_lazy("Funder"),
    Kind.OUTLET: gettext_lazy("Where it is published"),
}

# What the text calls a part, as an edition's part. "adopted" has none of its own: a person says which it is.
PARTS: Mapping[str, EditionPart | None] = {
    "launched": EditionPart.LAUNCHED,
    "guided": EditionPart.GUIDED,
    "coordinated": EditionPart.COORDINATED,
    "collaborated": EditionPart.COLLABORATED,
    "developed": EditionPart.COLLABORATED,
    "led": EditionPart.LED,
    "supported": EditionPart.SUPPORTED,
    "member": EditionPart.MEMBER,
    "funded": EditionPart.FUNDED,
    "adopted": None,
}


def failure_of(code: str, **facts: str | int) -> str:
    """A failure as a draft keeps it: its code and facts, so that each reader gets the sentence in their language."""
    return json.dumps({"code": code, **facts}, ensure_ascii=False)[:500]


def unreadable_failure(refusal: Unreadable) -> str:
    return failure_of(refusal.code, **refusal.sentence)


def failure_sentence(kept: str, *, name: str) -> str:
    """The sentence of a kept failure. What cannot be understood becomes the general sentence."""
    try:
        facts = dict(json.loads(kept))
        return filled(FAILURES[str(facts["code"])], {"name": name, **facts})
    except (ValueError, KeyError, TypeError):
        return filled(FAILURES["broken"], {"name": name})


def no_profile_sentence() -> str:
    return _("This file holds no marks. Download the marks of an import, and choose that file.")


def thin_sentence() -> str:
    return _(
        "This draft is thin: most of what is numbered in the document was not read. Name the levels in its outline."
    )


def unused_sentence(left: Unused) -> str:
    """What no row came of, counted: "Not used: 4 numbered passages, 1 row of a table." """
    parts = [
        (left.numbered, ngettext("%(n)s numbered passage", "%(n)s numbered passages", left.numbered)),
        (left.rows, ngettext("%(n)s row of a table", "%(n)s rows of tables", left.rows)),
        (left.headings, ngettext("%(n)s heading", "%(n)s headings", left.headings)),
    ]
    given = [words % {"n": locale.number(count)} for count, words in parts if count]
    return _("Not used: %(what)s.") % {"what": ", ".join(given)} if given else _("Everything that is numbered is used.")
