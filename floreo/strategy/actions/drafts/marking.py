"""What a person says passages are, and how they change the outline: the plan's rows follow again from all marks and edits."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Changed, Refused, Sentence
from floreo.core.writing import delete_many, save, save_many
from floreo.strategy.drafting.rows import DraftedRow, Value
from floreo.strategy.drafting.rules.details import field_of
from floreo.strategy.drafting.source import plain
from floreo.strategy.models import DraftRow, DraftState, ImportDraft, RowState
from floreo.strategy.outline.boxes import word_before
from floreo.strategy.outline.edits import Edit, EditKind, can_move, split, spot_of
from floreo.strategy.outline.marks import (
    FIELDS,
    LEVELS,
    Mark,
    Marked,
    Meaning,
    Reach,
    Result,
    Step,
    located,
    marked,
    read_with,
    same_mark,
)
from floreo.strategy.outline.passages import Outline, Passage, outline_of
from floreo.strategy.outline.profiles import MOST_MARKS, NoProfile, as_data, of_data, of_toml
from floreo.strategy.outline.reading import KINDS, codes_of
from floreo.strategy.outline.stored import document_of, drafted_rows
from floreo.strategy.outline.terms import with_terms
from floreo.strategy.presenters.drafts import no_profile_sentence

_PLAN = tuple(str(kind) for kind in KINDS.values())
_TAKEN = (RowState.ACCEPTED, RowState.EDITED)
_MOST_PARTS = 60
_MOST_OUTLINES = 4
_outlines: dict[tuple[int, str, int, str], Outline] = {}


def steps_of(draft: ImportDraft) -> list[Step]:
    """What holds: the marks and edits since the marks of another text were last taken."""
    steps = [of_data(data) for data in draft.marks]
    fresh = [at for at, step in enumerate(steps) if isinstance(step, Edit) and step.act == EditKind.FRESH]
    return steps[fresh[-1] + 1 :] if fresh else steps


def outline_of_draft(draft: ImportDraft) -> Outline:
    """The outline of a draft's text, which never changes once it was read: kept from one mark to the next."""
    key = (draft.pk, draft.kind, len(draft.blocks), draft.text)
    outline = _outlines.get(key) or outline_of(document_of(draft))
    _outlines[key] = outline
    for old in list(_outlines)[:-_MOST_OUTLINES]:
        _outlines.pop(old, None)
    return outline


def result_of(draft: ImportDraft, more: Sequence[Step] = ()) -> Result:
    """The rows of a draft as they follow from its marks and edits, and from `more` of them."""
    return read_with(outline_of_draft(draft), [*steps_of(draft), *more], drafted_rows(draft.drafted))


@action("draft.marked", needs=Permission.IMPORT_REVIEW)
def mark_passages(
    draft: ImportDraft,
    *,
    by: Actor,
    places: Sequence[int],
    meaning: Meaning,
    reach: Reach = Reach.ALIKE,
    version: int | None = None,
) -> ImportDraft:
    """Says what the passages that begin at `places` are, and with them what looks alike, and drafts the plan's rows again. What somebody
    decided about a row stays. Raises Changed when somebody marked since the page was opened."""
    fresh = _open(draft, version)
    outline = result_of(fresh).outline
    chosen = _chosen(outline, places)
    new: dict[object, Mark] = {}
    for passage in chosen:
        if reach == Reach.IN_ORDER:
            _must_be_findable(outline, passage, meaning)
        mark = marked(outline, passage, meaning, reach)
        new.setdefault(same_mark(mark), mark)
    note(meaning=str(meaning), reach=str(reach), passages=[outline.words(passage)[:80] for passage in chosen[:20]])
    return _added(fresh, list(new.values()))


def _must_be_findable(outline: Outline, passage: Passage, meaning: Meaning) -> None:
    if meaning not in FIELDS:
        raise Refused(
            _("Only leads, supporting bodies, dates and budgets can be given to the rows above in their order."),
            code="no_field",
        )
    if not word_before(outline, passage):
        raise Refused(
            _(
                "Nothing such as “Lead:” is before this passage, so the others of its kind cannot be found. Mark it alone."
            ),
            code="no_word",
        )


@action("draft.passage_added", needs=Permission.IMPORT_REVIEW)
def add_passage(draft: ImportDraft, *, by: Actor, place: int, version: int | None = None) -> ImportDraft:
    """Makes a passage a row, of the level of the row before it."""
    fresh = _open(draft, version)
    result = result_of(fresh)
    passage = _chosen(result.outline, [place])[0]
    meaning = level_at(result, passage)
    note(meaning=str(meaning), passages=[result.outline.words(passage)[:80]])
    return _added(fresh, [marked(result.outline, passage, meaning, Reach.ONE)])


def level_at(result: Result, passage: Passage) -> Meaning:
    """The level of the row before a passage; of the first ones a pillar."""
    before = [row for row in result.rows if row.passage < passage.number]
    return max(before, key=lambda row: row.passage).meaning if before else Meaning.PILLAR


@action("draft.passages_joined", needs=Permission.IMPORT_REVIEW)
def join_passages(draft: ImportDraft, *, by: Actor, places: Sequence[int], version: int | None = None) -> ImportDraft:
    """Makes one passage of several that follow one another, or of cells of one column in rows that do; a row stays a row."""
    fresh = _open(draft, version)
    result = result_of(fresh)
    outline = result.outline
    chosen = sorted(_chosen(outline, places), key=lambda passage: passage.number)
    if len(chosen) < 2:
        raise Refused(_("Tick at least two passages that follow one another."), code="too_few")
    pieces = {one.opens for one in outline.passages} - {one.opens for one in outline_of_draft(fresh).passages}
    if not all(_follows(outline, before, after, pieces) for before, after in pairwise(chosen)):
        raise Refused(
            _("Only passages that follow one another can be joined. Tick those between them, too."), code="not_next"
        )
    _must_be_free(fresh, chosen)
    note(passages=[outline.words(passage)[:80] for passage in chosen[:20]])
    edit = Edit(EditKind.JOIN, tuple(spot_of(outline, passage) for passage in chosen))
    return _added(fresh, [edit, *_still_rows(fresh, result, edit, chosen, chosen[:1])])


def _follows(outline: Outline, before: Passage, after: Passage, pieces: Container[int]) -> bool:
    """Whether two passages can be joined. What is between them may be `pieces` of split passages: words of the column beside it."""
    if before.row and after.row and before.look.column == after.look.column:
        return after.row - before.row <= 1
    return all(one.opens in pieces for one in outline.passages[before.number : after.number - 1])


@action("draft.passage_split", needs=Permission.IMPORT_REVIEW)
def split_passage(
    draft: ImportDraft, *, by: Actor, place: int, cuts: Sequence[int], version: int | None = None
) -> ImportDraft:
    """Cuts a passage before the words that are counted from 1; each piece of a row is a row."""
    fresh = _open(draft, version)
    result = result_of(fresh)
    chosen = _chosen(result.outline, [place])
    pieces = split(result.outline, chosen[0], cuts)
    if len(pieces) < 2:
        raise Refused(_("Choose where the next row begins."), code="no_cut")
    if len(pieces) > _MOST_PARTS:
        raise Refused(_("A passage can be split into at most %(most)d rows.") % {"most": _MOST_PARTS}, code="too_many")
    _must_be_free(fresh, chosen)
    note(passage=result.outline.words(chosen[0])[:200], rows=len(pieces))
    edit = Edit(EditKind.SPLIT, (spot_of(result.outline, chosen[0]),), cuts=tuple(sorted(set(cuts))))
    return _added(fresh, [edit, *_still_rows(fresh, result, edit, chosen, pieces)])


def _still_rows(
    draft: ImportDraft, was: Result, edit: Edit, before: Sequence[Passage], after: Sequence[Passage]
) -> list[Mark]:
    """Marks by which what a row became stays a row, where its look alone does not make it one."""
    taken = [was.taken[one.number] for one in before if was.taken.get(one.number) in LEVELS]
    if not taken:
        return []
    meaning = min(taken, key=LEVELS.index)
    now = result_of(draft, [edit])
    at = {passage.opens: passage for passage in now.outline.passages}
    pieces = [at[one.opens] for one in after if one.opens in at]
    return [marked(now.outline, one, meaning, Reach.ONE) for one in pieces if now.taken.get(one.number) != meaning]


@action("draft.rows_moved", needs=Permission.IMPORT_REVIEW)
def move_rows(
    draft: ImportDraft, *, by: Actor, places: Sequence[int], act: EditKind, to: int | None, version: int | None = None
) -> ImportDraft:
    """Puts rows below, before or after another one, each with what is below it; `to` is where that row begins, None is the top."""
    fresh = _open(draft, version)
    result = result_of(fresh)
    at = {row.start: row for row in result.rows}
    rows = [at[place] for place in dict.fromkeys(places) if place in at]
    target = at.get(to) if to is not None else None
    if not rows:
        raise Refused(_("Tick a row of the plan first."), code="no_row")
    if to is not None and target is None:
        raise Refused(_("Choose the row to which it is moved."), code="no_target")
    for row in rows:
        if not can_move(result.rows, row, target, act):
            raise Refused(_no_move(row, target), code="no_move")
    passages = {passage.opens: passage for passage in result.outline.passages}
    _must_be_free(fresh, [passages[row.start] for row in rows])
    spot = spot_of(result.outline, passages[target.start]) if target else None
    note(rows=[row.title[:80] for row in rows[:20]], where=str(act), to=target.title[:80] if target else "")
    ordered = rows[::-1] if act == EditKind.AFTER else rows
    return _added(fresh, [Edit(act, (spot_of(result.outline, passages[row.start]),), spot) for row in ordered])


def _no_move(row: Marked, target: Marked | None) -> Sentence:
    if target is None:
        return _("Choose the row to which it is moved.")
    return _("“%(row)s” cannot go there: a row can only be below one of a higher level. Change its level first.") % {
        "row": row.title[:80]
    }


def neighbour(result: Result, place: int, *, up: bool) -> tuple[EditKind, int] | None:
    """The row before or after which a row goes when it is moved by one among those at its level; None where it is the first or the last."""
    row = next((row for row in result.rows if row.start == place), None)
    if row is None:
        return None
    siblings = [one for one in result.rows if one.parent == row.parent and one.meaning == row.meaning]
    step, act = (-1, EditKind.BEFORE) if up else (1, EditKind.AFTER)
    at = siblings.index(row) + step
    return (act, siblings[at].start) if 0 <= at < len(siblings) else None


@action("draft.terms_set", needs=Permission.IMPORT_REVIEW)
def set_terms(draft: ImportDraft, *, by: Actor, days: Mapping[str, str], version: int | None = None) -> ImportDraft:
    """Says until when terms such as "medium term" run: the actions that have one get the day. `days` has the term and its day (ISO)."""
    fresh = _open(draft, version)
    known = days_of(steps_of(fresh))
    wrong: dict[str, Sentence] = {}
    given: list[Edit] = []
    for words, day in days.items():
        try:
            due = date.fromisoformat(day).isoformat() if day else ""
        except ValueError:
            wrong[words] = _("Enter the date as year-month-day, for example 2027-06-30.")
            continue
        if due != known.get(plain(words), ""):
            given.append(Edit(EditKind.TERM, words=plain(words)[:200], due=due))
    if wrong:
        raise Refused(next(iter(wrong.values())), code="bad_day", fields=wrong)
    if not given:
        raise Refused(_("Enter a date for at least one term."), code="no_day")
    note(terms={edit.words: edit.due for edit in given})
    return _added(fresh, given)


def days_of(steps: Sequence[Step]) -> dict[str, str]:
    """The day of each term."""
    days = {step.words: step.due for step in steps if isinstance(step, Edit) and step.act == EditKind.TERM}
    return {words: day for words, day in days.items() if day}


@action("draft.mark_undone", needs=Permission.IMPORT_REVIEW)
def undo_mark(draft: ImportDraft, *, by: Actor, version: int | None = None) -> ImportDraft:
    """Takes back what the last press did. Without any the rows are again those that the rules drafted."""
    fresh = _open(draft, version)
    if not fresh.marks:
        raise Refused(_("There is no mark to undo."), code="no_mark")
    last = max(data.get("press", 0) for data in fresh.marks)
    fresh.marks = [data for data in fresh.marks if data.get("press", 0) != last]
    return _saved(fresh)


@action("draft.profile_applied", needs=Permission.IMPORT_REVIEW)
def apply_profile(draft: ImportDraft, *, by: Actor, text: str) -> ImportDraft:
    """Uses the marks of another document, of the edition before or of the other language, in place of those that there are."""
    fresh = _open(draft, None)
    outline = outline_of_draft(fresh)
    try:
        steps = of_toml(text, outline)
    except NoProfile as error:
        raise Refused(no_profile_sentence(), code="no_profile") from error
    note(marks=len(steps))
    kept = [as_data(step) for step in steps_of(fresh)]
    press = _press(fresh)
    begin: list[Step] = [Edit(EditKind.FRESH)] if kept else []
    fresh.marks = [*kept, *(as_data(replace(step, press=press)) for step in [*begin, *located(outline, steps)])]
    return _saved(fresh)


def _open(draft: ImportDraft, version: int | None) -> ImportDraft:
    """The draft as it is now, held."""
    fresh = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if fresh.state not in {DraftState.OPEN, DraftState.FINISHED}:
        raise Refused(_("This draft is closed. Open it again first."), code="draft_closed")
    if version is not None and fresh.version != version:
        raise Changed(
            _("Somebody marked this text while you were viewing it. Check the outline, and mark again."), theirs={}
        )
    return fresh


def _chosen(outline: Outline, places: Sequence[int]) -> list[Passage]:
    at = {passage.opens: passage for passage in outline.passages}
    chosen = [at[place] for place in dict.fromkeys(places) if place in at]
    if not chosen:
        raise Refused(_("Choose a passage first."), code="no_passage")
    return chosen


def _must_be_free(draft: ImportDraft, passages: Sequence[Passage]) -> None:
    """Refuses to change what somebody decided about."""
    places = [passage.opens for passage in passages]
    row = DraftRow.objects.filter(draft=draft, kind__in=_PLAN, state__in=_TAKEN, start__in=places).first()
    if row is not None:
        raise Refused(
            _("“%(row)s” is accepted already. Undo that decision in the review first.") % {"row": row.title[:80]},
            code="decided",
        )


def _press(draft: ImportDraft) -> int:
    return 1 + max((data.get("press", 0) for data in draft.marks), default=0)


def _added(draft: ImportDraft, steps: Sequence[Step]) -> ImportDraft:
    press = _press(draft)
    draft.marks = [*draft.marks, *(as_data(replace(step, press=press)) for step in steps)]
    return _saved(draft)


def _saved(draft: ImportDraft) -> ImportDraft:
    if len(draft.marks) > 2 * MOST_MARKS or len(steps_of(draft)) > MOST_MARKS:
        raise Refused(
            _("%(most)d marks are the most that one text can have. Undo some first.") % {"most": MOST_MARKS},
            code="too_many",
        )
    if draft.state == DraftState.FINISHED:
        draft.state = DraftState.OPEN
    save(draft, full_clean=False)
    _redraft(draft)
    return draft


def _redraft(draft: ImportDraft) -> None:
    """The plan's rows that follow from the marks, in place of those that nobody decided about."""
    outline, steps = outline_of_draft(draft), steps_of(draft)
    held = DraftRow.objects.select_for_update().filter(draft=draft, kind__in=_PLAN)
    decided = {_key(row.kind, row.start, row.state): row.number for row in held.exclude(state=RowState.UNCONFIRMED)}
    delete_many(held.filter(state=RowState.UNCONFIRMED))
    rows = plan_rows(outline, steps, drafted_rows(draft.drafted))
    free = 1 + max(draft.rows.values_list("number", flat=True), default=0)
    numbers: dict[int, int] = {}
    new: list[DraftedRow] = []
    for row in rows:
        known = decided.get(row.start, decided.get((str(row.kind), row.start)))
        numbers[row.number] = free if known is None else known
        if known is None:
            new.append(row)
            free += 1
    save_many([_draft_row(draft, row, numbers) for row in new], model=DraftRow)


def _key(kind: str, start: int, state: str) -> object:
    """What an accepted row keeps from being drafted again: whatever begins where it does; a rejected one only its own kind."""
    return start if state in _TAKEN else (kind, start)


def plan_rows(outline: Outline, steps: Sequence[Step], drafted: Sequence[Marked]) -> list[DraftedRow]:
    """The rows of the plan by the marks, each with its passage and its code; and those that the rules drafted, where they stay."""
    result = read_with(outline, steps, drafted)
    found, text, days = result.rows, outline.document.text, days_of(steps)
    codes = codes_of(found)
    numbers = {row.number for row in found}
    return [
        DraftedRow(
            number=row.number,
            kind=KINDS[row.meaning],
            title=row.title,
            start=row.start,
            end=row.end,
            passage=text[row.start : row.end],
            parent=row.parent if row.parent in numbers else None,
            fields=_fields(row, codes[row.number], days),
        )
        for row in found
    ]


def _fields(row: Marked, code: str, days: Mapping[str, str]) -> dict[str, Value]:
    if row.drafted is not None:
        return {**row.drafted, **with_terms(row.drafted, days)}
    fields: dict[str, Value] = {"code": code, "title": row.title}
    for name, value in row.fields.items():
        fields |= field_of(name, value)
    return {**fields, **with_terms(fields, days)}


def _draft_row(draft: ImportDraft, row: DraftedRow, numbers: dict[int, int]) -> DraftRow:
    return DraftRow(
        draft=draft,
        number=numbers[row.number],
        kind=str(row.kind),
        title=row.title[:500],
        fields=dict(row.fields),
        start=row.start,
        end=row.end,
        passage=row.passage,
        parent_number=numbers.get(row.parent or 0),
    )
