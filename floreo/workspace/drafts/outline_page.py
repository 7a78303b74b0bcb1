"""What the outline page shows: the passages of a text or the rows of its plan, what each was taken for, and the counts in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from floreo.core.ui import locale
from floreo.core.wording import listed
from floreo.strategy.actions.drafts.marking import days_of, result_of, steps_of
from floreo.strategy.actions.implied import usual_depth
from floreo.strategy.drafting.dates import dates_in
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.levels import BY_DEPTH, in_words_lazy, levels_of, many, one
from floreo.strategy.models import DraftRow, ImportDraft
from floreo.strategy.outline.edits import Edit, EditKind
from floreo.strategy.outline.marks import (
    GROUPS,
    LEVELS,
    LONE,
    Mark,
    Marked,
    Meaning,
    Reach,
    Result,
    Step,
    replaced_by_later,
)
from floreo.strategy.outline.passages import Outline, Passage
from floreo.strategy.outline.reading import Guess, Unused, codes_of, counted, guesses_in, is_thin, unused_in
from floreo.strategy.outline.terms import Term, day_of, terms_in
from floreo.strategy.presenters.drafts import thin_sentence, unused_sentence

PAGE = 150  # passages on a page
_SHOWN = 220  # characters of a passage
PLAN, UNUSED = "plan", "unused"
MEANINGS: dict[Meaning, Promise] = {
    Meaning.PILLAR: in_words_lazy("%(pillar)s"),
    Meaning.OBJECTIVE: in_words_lazy("%(objective)s"),
    Meaning.SUB_OBJECTIVE: in_words_lazy("%(sub_objective)s"),
    Meaning.ACTION: in_words_lazy("%(action)s"),
    Meaning.LEAD: gettext_lazy("Lead"),
    Meaning.SUPPORTING: gettext_lazy("Supporting"),
    Meaning.DUE: gettext_lazy("Due date"),
    Meaning.BUDGET: gettext_lazy("Budget"),
    Meaning.MORE: gettext_lazy("Continues the row before"),
    Meaning.NOTHING: gettext_lazy("Not part of the plan"),
}
KEYS: dict[Meaning, str] = {
    Meaning.PILLAR: "p",
    Meaning.OBJECTIVE: "o",
    Meaning.SUB_OBJECTIVE: "u",
    Meaning.ACTION: "a",
    Meaning.LEAD: "l",
    Meaning.SUPPORTING: "s",
    Meaning.DUE: "d",
    Meaning.BUDGET: "b",
    Meaning.MORE: "c",
    Meaning.NOTHING: "n",
}
REACHES: dict[Reach, Promise] = {
    Reach.ALIKE: gettext_lazy("All passages that look like it"),
    Reach.HERE: gettext_lazy("Those that look like it, under the same line"),
    Reach.ONE: gettext_lazy("Only this passage"),
    Reach.BRANCH: gettext_lazy("This passage and everything below it"),
    Reach.IN_ORDER: gettext_lazy("Those after the same word: the first for the first row above, and so on"),
}


@dataclass(frozen=True)
class Shown:
    """One passage, or one row of the plan, as the page shows it. `depth` is how far it is moved in; `rank` of a row that of its level."""

    place: int
    words: str
    depth: int
    meaning: str = ""
    word: str = ""
    code: str = ""
    note: str = ""
    guess: str = ""
    agree: str = ""
    can_add: bool = False
    is_prose: bool = False
    is_ticked: bool = False
    rank: int | None = None


@dataclass(frozen=True)
class ShownTerm:
    """A term with the words that define it and the day that is offered or was set (ISO)."""

    term: Term
    definition: str
    day: str
    is_set: bool

    @property
    def label(self) -> str:
        used = ngettext("%(n)s action", "%(n)s actions", self.term.count) % {"n": locale.number(self.term.count)}
        return _("“%(words)s”, %(used)s") % {"words": self.term.words, "used": used}


@dataclass
class OutlinePage:
    """The outline of a draft, cut into pages. `ticked` are the places that were ticked when something was refused."""

    draft: ImportDraft
    page: int
    show: str = ""
    ticked: Sequence[int] = field(default_factory=tuple)
    problem: str = ""

    @cached_property
    def steps(self) -> list[Step]:
        return steps_of(self.draft)

    @cached_property
    def result(self) -> Result:
        return result_of(self.draft)

    @property
    def outline(self) -> Outline:
        return self.result.outline

    @cached_property
    def is_by_marks(self) -> bool:
        """Whether the rows follow from the marks, not from the rules."""
        return any(isinstance(step, Mark) and step.reach in GROUPS for step in self.steps)

    @cached_property
    def guesses(self) -> dict[int, Guess]:
        return guesses_in(self.outline, [(one["start"], one["end"], one["kind"]) for one in self.draft.drafted])

    @cached_property
    def left(self) -> list[Passage]:
        return unused_in(self.result)

    @property
    def unused(self) -> Unused:
        return counted(self.left)

    @property
    def shows_plan(self) -> bool:
        return self.show == PLAN

    @property
    def shows_unused(self) -> bool:
        return self.show == UNUSED

    @property
    def listed(self) -> Sequence[Passage | Marked]:
        if self.shows_plan:
            return self.result.rows
        return self.left if self.shows_unused else self.outline.passages

    @property
    def page_count(self) -> int:
        return max(1, -(-len(self.listed) // PAGE))

    @property
    def page_numbers(self) -> range:
        return range(1, self.page_count + 1)

    @property
    def here(self) -> list[Shown]:
        first = (min(max(self.page, 1), self.page_count) - 1) * PAGE
        pieces = self.listed[first : first + PAGE]
        return [self._row(one) if isinstance(one, Marked) else self._passage(one) for one in pieces]

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """(value, words, whether it is open) of the three lists."""
        counts = (
            (PLAN, _("The plan, %(n)s rows"), len(self.result.rows)),
            (UNUSED, _("Not used, %(n)s"), len(self.left)),
        )
        more = [(value, words % {"n": locale.number(count)}, self.show == value) for value, words, count in counts]
        return [("", _("The whole text"), self.show not in {PLAN, UNUSED}), *more]

    # One line of the list

    def _passage(self, passage: Passage) -> Shown:
        text = self.outline.document.text
        words = f"{text[passage.opens : passage.start]}{self.outline.words(passage)}"
        meaning = self.result.taken.get(passage.number)
        guess = self._guess(passage) if meaning is None and self.is_by_marks else None
        guess = guess if guess is not None and guess.meaning in self.levels else None
        return Shown(
            place=passage.opens,
            words=_short(words),
            depth=self._depth(passage),
            meaning=str(meaning or ""),
            word=str(MEANINGS[meaning]) if meaning else "",
            guess=self._guess_text(guess) if guess else "",
            agree=str(MEANINGS[guess.meaning]) if guess else "",
            can_add=meaning is None and not passage.is_caption,
            is_prose=passage.look.is_common and meaning is None and guess is None,
            is_ticked=passage.opens in self.ticked,
        )

    def _guess(self, passage: Passage) -> Guess | None:
        return self.guesses.get(passage.number)

    def _depth(self, passage: Passage) -> int:
        depth, above = 0, passage.under
        while above and depth < 4:
            depth += 1
            above = self.outline.passages[above - 1].under
        return depth

    def _guess_text(self, guess: Guess) -> str:
        return _("Proposed: %(what)s, %(same)s of %(alike)s alike") % {
            "what": MEANINGS[guess.meaning],
            "same": locale.number(guess.same),
            "alike": locale.number(guess.alike),
        }

    @cached_property
    def codes(self) -> dict[int, str]:
        return codes_of(self.result.rows)

    @cached_property
    def depths(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for row in self.result.rows:
            found[row.number] = found.get(row.parent or 0, -1) + 1
        return found

    def _row(self, row: Marked) -> Shown:
        code = self.codes[row.number] if row.drafted is None else row.code
        return Shown(
            place=row.start,
            words=_short(row.title),
            depth=self.depths[row.number],
            meaning=str(row.meaning),
            word=str(MEANINGS[row.meaning]),
            code=code,
            note=self._note(row),
            is_ticked=row.start in self.ticked,
            rank=row.rank,
        )

    def _note(self, row: Marked) -> str:
        facts = row.drafted if row.drafted is not None else row.fields
        parts = [str(facts.get("lead") or ""), str(facts.get("due_as_found") or facts.get("due") or "")]
        if row.is_open:
            parts.append(_("Its parent is not certain: choose it"))
        return " · ".join(part for part in parts if part)

    @property
    def targets(self) -> list[tuple[int, str]]:
        """The rows below which others can be moved: all but the lowest level."""
        return [
            (row.start, f"{MEANINGS[row.meaning]} {self._row(row).code}: {row.title[:70]}")
            for row in self.result.rows
            if row.meaning != LEVELS[-1]
        ]

    # What was done

    @property
    def history(self) -> list[str]:
        """What was marked and changed as sentences, the last first."""
        return [_step_text(step) for step in reversed(self.steps)]

    # Terms

    @cached_property
    def begins(self) -> tuple[date | None, str]:
        """From which day terms run, and the words for it: the launch that the text gives, else the first day of the edition's period."""
        row = DraftRow.objects.filter(draft=self.draft, kind=Kind.EDITION).first()
        given = row.fields if row is not None else {}
        if given.get("launched_on"):
            return date.fromisoformat(str(given["launched_on"])), _("the launch")
        if given.get("period_start"):
            return date(int(str(given["period_start"])), 1, 1), _("the first day of its period")
        return None, ""

    @cached_property
    def terms(self) -> list[ShownTerm]:
        days = days_of(self.steps)
        text = self.draft.text
        found = []
        for term in terms_in(text, self._undated()):
            offered = day_of(term, self.begins[0])
            given = days.get(term.words, offered.isoformat() if offered else "")
            quoted = " ".join(text[term.span[0] : term.span[1]].split()) if term.span else ""
            found.append(ShownTerm(term, quoted, given, term.words in days))
        return found

    def _undated(self) -> list[str]:
        """The words that are where the dates of actions should."""
        given = [
            str((row.drafted if row.drafted is not None else row.fields).get(name) or "")
            for row in self.result.rows
            if row.meaning == Meaning.ACTION
            for name in (("due_as_found",) if row.drafted is not None else ("due",))
        ]
        return [words for words in given if not any(dates_in(words))]

    @property
    def terms_text(self) -> str:
        """From where terms are counted."""
        begins, words = self.begins
        if begins is None:
            return _("The text gives no day from which terms are counted. Enter the dates.")
        return _("Counted from %(day)s, %(what)s. Check each date.") % {"day": locale.day(begins), "what": words}

    # Counts, in words

    @property
    def answer(self) -> str:
        """ "3 pillars, 17 objectives and 48 actions.", of the levels that the plan has, and of others that were marked."""
        if not self.draft.marks:
            return _("Nothing is marked yet. Mark one example of each level: every passage that looks like it follows.")
        counts = [(level, self.result.count(level)) for level in LEVELS]
        return f"{listed([_count_text(level, count) for level, count in counts if count or level in self.levels])}."

    @cached_property
    def levels(self) -> tuple[Meaning, ...]:
        """Those that its plan has: of the edition that it went into, or as many as the plans of the country."""
        edition = self.draft.edition
        shape = levels_of(edition) if edition else BY_DEPTH[usual_depth()]
        return tuple(Meaning(level.value) for level in shape)

    @property
    def unused_text(self) -> str:
        return unused_sentence(self.unused)

    @property
    def thin_text(self) -> str:
        """Where a draft is so short beside what was not used that the document was hardly read."""
        return thin_sentence() if is_thin(len(self.result.rows), self.unused) else ""

    @property
    def lost_text(self) -> str:
        lost = self.result.lost
        words = ngettext(
            "%(n)s move has no effect: it contradicts the marks. Undo it, or change the level of its row.",
            "%(n)s moves have no effect: they contradict the marks. Undo them, or change the levels of their rows.",
            lost,
        )
        return words % {"n": locale.number(lost)} if lost else ""

    @property
    def replaced_text(self) -> str:
        """Where marks contradict each other, that the later ones hold."""
        count = len(replaced_by_later(self.steps))
        words = ngettext(
            "%(n)s mark has no effect: a later one says something else of the same passages.",
            "%(n)s marks have no effect: later ones say something else of the same passages.",
            count,
        )
        return words % {"n": locale.number(count)} if count else ""

    @property
    def open_text(self) -> str:
        count = sum(row.is_open for row in self.result.rows)
        words = ngettext(
            "%(n)s row has no certain parent: its number continues that of another row.",
            "%(n)s rows have no certain parent: their numbers continue those of other rows.",
            count,
        )
        return words % {"n": locale.number(count)} if count else ""


def _count_text(meaning: Meaning, count: int) -> str:
    words = one(meaning) if count == 1 else many(meaning)
    return f"{locale.number(count)} {words}"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1].rstrip()}…"


def _step_text(step: Step) -> str:
    """ "“area of priority” is: Pillar. All passages that look like it." """
    if isinstance(step, Mark):
        return _("“%(words)s” is: %(what)s. %(reach)s.") % {
            "words": str(step.key[1])
            if step.key[0] in {"label", "boxes"} and step.reach not in LONE
            else step.wording[:80],
            "what": MEANINGS[step.meaning],
            "reach": REACHES[step.reach],
        }
    return _edit_text(step)


def _edit_text(edit: Edit) -> str:
    row = edit.spots[0].wording[:80] if edit.spots else ""
    to = edit.to.wording[:80] if edit.to else ""
    if edit.act == EditKind.TERM:
        if not edit.due:
            return _("“%(words)s” has no date.") % {"words": edit.words}
        return _("“%(words)s” ends on %(day)s.") % {
            "words": edit.words,
            "day": locale.day(date.fromisoformat(edit.due)),
        }
    texts = {
        EditKind.JOIN: _("“%(row)s” was joined with what follows it."),
        EditKind.SPLIT: _("“%(row)s” was split."),
        EditKind.UNDER: _("“%(row)s” was moved below “%(to)s”.") if to else _("“%(row)s” was moved to the top."),
        EditKind.BEFORE: _("“%(row)s” was moved before “%(to)s”."),
        EditKind.AFTER: _("“%(row)s” was moved after “%(to)s”."),
        EditKind.FRESH: "",
    }
    return texts[edit.act] % {"row": row, "to": to}
