"""What the review page shows: rows in order and in pages, what each says, who must act next, and the counts in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.apps import apps
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Actor
from floreo.core.ui import locale
from floreo.core.wording import colon
from floreo.strategy.actions.drafts.chain import TAKEN, Chain, chain_of
from floreo.strategy.actions.drafts.fields import FIELDS, shown_value
from floreo.strategy.actions.drafts.marking import outline_of_draft, result_of
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.models import DraftRow, EditionPart, ImportDraft, RowState
from floreo.strategy.outline.passages import Passage
from floreo.strategy.outline.reading import KINDS, counted, is_thin, unused_by_rows, unused_in
from floreo.strategy.presenters.drafts import KIND_WORDS, thin_sentence, unused_sentence
from floreo.workspace.drafts.forms import RowForm
from floreo.workspace.drafts.passages import Gap, Paragraph, Source

PAGE = 40
# The skeleton first, in reading order; then what surrounds it, kind by kind.
_GROUPS = {
    Kind.EDITION: 0,
    Kind.OBJECTIVE_OVERALL: 1,
    Kind.PILLAR: 2,
    Kind.OBJECTIVE: 2,
    Kind.SUB_OBJECTIVE: 2,
    Kind.ACTION: 2,
    Kind.TARGET: 3,
    Kind.BODY: 4,
    Kind.MEASURE: 5,
    Kind.FUNDER: 6,
    Kind.OUTLET: 7,
}


@dataclass(frozen=True)
class ShownRow:
    """One row as the page shows it."""

    row: DraftRow
    kicker: str
    facts: tuple[tuple[str, str], ...]
    above: DraftRow | None
    is_now: bool
    by_you: bool
    is_gone: bool = False
    takes_focus: bool = False
    problem: str = ""
    form: RowForm | None = None

    @property
    def is_taken(self) -> bool:
        return self.row.state in TAKEN

    @property
    def is_entered(self) -> bool:
        """In the plan; what was removed from it since may be decided again."""
        return bool(self.row.became) and not self.is_gone


@dataclass
class Review:
    """A draft under review by `viewer`. `asked` is the row that the address names; `form` is open in its row."""

    draft: ImportDraft
    viewer: Actor
    page: int = 1
    asked: int | None = None
    opened: int | None = None
    everything: bool = False
    form: RowForm | None = None
    form_row: int | None = None
    problems: dict[int, str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Sequence[DraftRow]:
        found = list(self.draft.rows.filter(is_offer=False))
        return sorted(found, key=lambda r: (_GROUPS.get(Kind(r.kind), 9), r.start, r.number))

    @cached_property
    def offers(self) -> list[Offer]:
        """What was found but is not certain: bodies, measures, targets, funders and outlets."""
        return [_offer(row, self.draft.text) for row in self.draft.rows.filter(is_offer=True)]

    @cached_property
    def left(self) -> list[Passage]:
        """What no row came of."""
        if self.draft.marks:
            return unused_in(result_of(self.draft))
        return unused_by_rows(outline_of_draft(self.draft), self.rows)

    @property
    def unused_text(self) -> str:
        return unused_sentence(counted(self.left))

    @property
    def thin_text(self) -> str:
        rows = sum(row.kind in KINDS.values() for row in self.rows)
        return thin_sentence() if is_thin(rows, counted(self.left)) else ""

    @cached_property
    def chain(self) -> Chain:
        return chain_of(self.rows)

    @cached_property
    def pages(self) -> dict[int, int]:
        return {row.number: place // PAGE + 1 for place, row in enumerate(self.rows)}

    @property
    def page_count(self) -> int:
        return max(self.pages.values(), default=1)

    @property
    def page_numbers(self) -> range:
        return range(1, self.page_count + 1)

    @cached_property
    def here(self) -> list[DraftRow]:
        return [row for row in self.rows if self.pages[row.number] == self.page]

    @cached_property
    def now(self) -> int | None:
        """The row that is next: the one asked for, or the first that nobody has decided."""
        if self.asked in self.pages:
            return self.asked
        waiting = (r.number for r in self.here if r.state == RowState.UNCONFIRMED)
        return next(waiting, None)

    @cached_property
    def source(self) -> Source:
        return Source(self.draft, self.rows, self.pages, self.page, self.now)

    def window(self) -> list[Paragraph | Gap]:
        return self.source.window(opened=self.opened, everything=self.everything)

    def paragraphs_of(self, *numbers: int | None) -> list[Paragraph]:
        rows = [r for r in self.here if r.number in numbers]
        return [self.source.paragraph(i) for i in sorted(self.source.touched(rows))]

    def shown(self) -> list[ShownRow]:
        return [self.show(row) for row in self.here]

    def show(self, row: DraftRow, *, takes_focus: bool = False) -> ShownRow:
        return ShownRow(
            row=row,
            kicker=kicker(row),
            facts=tuple(facts(row)),
            above=self.chain.by_number.get(row.parent_number or 0),
            is_now=row.number == self.now,
            is_gone=row.became in self.gone,
            by_you=row.decided_by == self.viewer.actor_name,
            takes_focus=takes_focus,
            problem=self.problems.get(row.number, ""),
            form=self.form if row.number == self.form_row else None,
        )

    @cached_property
    def gone(self) -> set[str]:
        """What rows of this page became and is no longer in the plan: one query a kind of thing."""
        keys: dict[str, set[int]] = {}
        for row in self.here:
            label, _sep, pk = row.became.partition(":")
            if pk:
                keys.setdefault(label, set()).add(int(pk))
        found = set()
        for label, ids in keys.items():
            there = set(apps.get_model(label)._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
            found |= {f"{label}:{pk}" for pk in ids - there}
        return found

    # Counts, in words

    def count(self, *states: str) -> int:
        return sum(1 for row in self.rows if row.state in states)

    @property
    def answer(self) -> str:
        """ "23 rows drafted from one text. 3 accepted, 20 wait for you. Nothing is published ..." """
        total, accepted = len(self.rows), self.count(*TAKEN)
        rejected, waiting = self.count(RowState.REJECTED), self.count(RowState.UNCONFIRMED)
        drafted = ngettext("%(n)s row drafted from one text.", "%(n)s rows drafted from one text.", total)
        parts = [ngettext("%(n)s accepted", "%(n)s accepted", accepted) % {"n": locale.number(accepted)}]
        if rejected:
            parts.append(ngettext("%(n)s rejected", "%(n)s rejected", rejected) % {"n": locale.number(rejected)})
        waits = ngettext("%(n)s to review", "%(n)s to review", waiting) % {"n": locale.number(waiting)}
        parts.append(waits if waiting else _("none to review"))
        return f"{drafted % {'n': locale.number(total)}} {', '.join(parts)}."

    @property
    def finish_text(self) -> str:
        ready = len(self.chain.ready)
        return ngettext("Finish with %(n)s row", "Finish with %(n)s rows", ready) % {"n": locale.number(ready)}

    @property
    def waiting_text(self) -> str:
        """Said when accepted rows cannot enter yet, because what holds them is undecided."""
        rows = self.chain.waiting
        if not rows:
            return ""
        sentence = ngettext(
            "%(n)s accepted row cannot be added yet: the row above it is undecided (%(which)s).",
            "%(n)s accepted rows cannot be added yet: the rows above them are undecided (%(which)s).",
            len(rows),
        )
        return sentence % {"n": locale.number(len(rows)), "which": ", ".join(str(r.number) for r in rows[:12])}

    @property
    def repaired_text(self) -> str:
        count = len(self.draft.repaired)
        if not count:
            return ""
        sentence = ngettext("%(n)s broken character corrected.", "%(n)s broken characters corrected.", count)
        return sentence % {"n": locale.number(count)}

    def kinds_waiting(self) -> list[tuple[str, str]]:
        """Kinds with several undecided rows, with the words of the button that accepts them all."""
        found = []
        for kind, title in KIND_WORDS.items():
            count = sum(1 for r in self.rows if r.kind == kind and r.state == RowState.UNCONFIRMED)
            if count > 1:
                found.append((str(kind), _("%(kind)s: %(n)s rows") % {"kind": title, "n": locale.number(count)}))
        return found


@dataclass(frozen=True)
class Offer:
    """A find that is not certain, and the words around it."""

    number: int
    kind: str
    title: str
    quoted: SafeString


_AROUND = 70  # characters
_SPACE = re.compile(r"\s+")


def _offer(row: DraftRow, text: str) -> Offer:
    before = _SPACE.sub(" ", text[max(0, row.start - _AROUND) : row.start])
    after = _SPACE.sub(" ", text[row.end : row.end + _AROUND])
    title = _SPACE.sub(" ", row.passage)
    quoted = format_html(
        "… {}<strong>{}</strong>{} …",
        before.partition(" ")[2],  # no half words
        title,
        after.rpartition(" ")[0],
    )
    return Offer(row.number, str(KIND_WORDS[row.kind]), title, quoted)


def kicker(row: DraftRow) -> str:
    title = str(KIND_WORDS[row.kind])
    code = str(row.fields.get("code") or "")
    if row.kind in KINDS.values() and code:
        return f"{title} {code}"
    if row.kind == Kind.BODY:
        part = shown_value(row, "part")
        return f"{title}{colon()} {EditionPart(str(part)).label}" if part else _("Organisation: choose its role")
    return title


_NAMED_IN_KICKER = {"code", "part"}


def _shown(sort: str, value: str) -> str:
    """A value as a reader says it: dates in words, addresses without their scheme."""
    if sort == "date":
        try:
            return locale.day(date.fromisoformat(value))
        except ValueError:
            return value
    return value.removeprefix("https://").removeprefix("http://") if sort == "url" else value


def facts(row: DraftRow) -> list[tuple[str, str]]:
    """What the row says besides its title. A date that the text does not give is said to be missing."""
    found = []
    for each in FIELDS.get(row.kind, ()):
        value = shown_value(row, each.name)
        if each.name in _NAMED_IN_KICKER:
            continue
        if value not in {None, ""}:
            found.append((str(each.short), _shown(each.sort, str(value))))
        elif each.name in {"by", "due"}:
            found.append((str(each.short), _("none found in the text")))
    return found
