"""What a person says passages are: each mark reads every passage that looks alike again, and the plan's rows follow from all marks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Changed, Refused
from floreo.core.writing import delete_many, save, save_many
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import Row, Value
from floreo.strategy.drafting.rules.details import field_of
from floreo.strategy.models import DraftRow, DraftState, ImportDraft, RowState
from floreo.strategy.outline.marks import Mark, Marked, Meaning, Reach, marked, read_with
from floreo.strategy.outline.passages import Outline, outline_of
from floreo.strategy.outline.profiles import MOST_MARKS, NoProfile, as_data, of_data, of_toml
from floreo.strategy.outline.reading import KINDS, codes_of
from floreo.strategy.outline.stored import document_of
from floreo.strategy.presenters.drafts import no_profile_sentence

_PLAN = tuple(str(kind) for kind in KINDS.values())


def marks_of(draft: ImportDraft) -> list[Mark]:
    return [of_data(data) for data in draft.marks]


def outline_of_draft(draft: ImportDraft) -> Outline:
    return outline_of(document_of(draft))


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
    """Says what the passages that begin at `places` are, and with them what looks alike, and drafts the plan's rows anew. What somebody
    decided about a row stays. Raises Changed when somebody marked since the page was opened."""
    fresh = _open(draft, version)
    outline = outline_of_draft(fresh)
    at = {passage.opens: passage for passage in outline.passages}
    chosen = [at[place] for place in dict.fromkeys(places) if place in at]
    if not chosen:
        raise Refused(_("Choose a passage first."), code="no_passage")
    new: dict[object, Mark] = {}
    for passage in chosen:
        mark = marked(outline, passage, meaning, reach)
        new.setdefault(_same(mark), mark)
    kept = [mark for mark in marks_of(fresh) if _same(mark) not in new]
    note(meaning=str(meaning), reach=str(reach), passages=[outline.words(passage)[:80] for passage in chosen[:20]])
    return _marked(fresh, outline, [*kept, *new.values()])


@action("draft.mark_undone", needs=Permission.IMPORT_REVIEW)
def undo_mark(draft: ImportDraft, *, by: Actor, version: int | None = None) -> ImportDraft:
    """Takes the last mark back. Without any the rows are again those that the rules drafted."""
    fresh = _open(draft, version)
    if not fresh.marks:
        raise Refused(_("There is no mark to undo."), code="no_mark")
    return _marked(fresh, outline_of_draft(fresh), marks_of(fresh)[:-1])


@action("draft.profile_applied", needs=Permission.IMPORT_REVIEW)
def apply_profile(draft: ImportDraft, *, by: Actor, text: str) -> ImportDraft:
    """Uses the marks of another document, of the edition before or of the other language, in place of those that there are."""
    fresh = _open(draft, None)
    try:
        marks = of_toml(text)
    except NoProfile as error:
        raise Refused(no_profile_sentence(), code="no_profile") from error
    note(marks=len(marks))
    return _marked(fresh, outline_of_draft(fresh), marks)


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


def _same(mark: Mark) -> object:
    """What a later mark replaces: the one on what looks alike, or on the same passage."""
    return mark.key if mark.reach in {Reach.ALIKE, Reach.HERE} else (mark.place, mark.wording)


def _marked(draft: ImportDraft, outline: Outline, marks: Sequence[Mark]) -> ImportDraft:
    if len(marks) > MOST_MARKS:
        raise Refused(
            _("%(most)d marks are the most that one text can have. Undo some first.") % {"most": MOST_MARKS},
            code="too_many",
        )
    draft.marks = [as_data(mark) for mark in marks]
    if draft.state == DraftState.FINISHED:
        draft.state = DraftState.OPEN
    save(draft, full_clean=False)
    _redraft(draft, outline, marks)
    return draft


def _redraft(draft: ImportDraft, outline: Outline, marks: Sequence[Mark]) -> None:
    """The plan's rows that follow from the marks, in place of those that nobody decided about."""
    held = DraftRow.objects.select_for_update().filter(draft=draft)
    decided = {(row.kind, row.start): row.number for row in held.exclude(state=RowState.UNCONFIRMED)}
    delete_many(held.filter(state=RowState.UNCONFIRMED, kind__in=_PLAN))
    rows = (
        plan_rows(outline, marks) if marks else [row for row in draft_rows(outline.document).rows if row.kind in _PLAN]
    )
    free = 1 + max(held.values_list("number", flat=True), default=0)
    numbers: dict[int, int] = {}
    for row in rows:
        known = decided.get((str(row.kind), row.start))
        numbers[row.number] = free if known is None else known
        free += known is None
    save_many(
        [_draft_row(draft, row, numbers) for row in rows if (str(row.kind), row.start) not in decided], model=DraftRow
    )


def plan_rows(outline: Outline, marks: Sequence[Mark]) -> list[Row]:
    """The rows of the plan by the marks, each with its passage and its code."""
    found = [row for row in read_with(outline, marks).rows if row.title]
    codes, text = codes_of(found), outline.document.text
    numbers = {row.number for row in found}
    return [
        Row(
            number=row.number,
            kind=KINDS[row.meaning],
            title=row.title,
            start=row.start,
            end=row.end,
            passage=text[row.start : row.end],
            parent=row.parent if row.parent in numbers else None,
            fields=_fields(row, codes[row.number]),
        )
        for row in found
    ]


def _fields(row: Marked, code: str) -> dict[str, Value]:
    fields: dict[str, Value] = {"code": code, "title": row.title}
    for name, value in row.fields.items():
        fields |= field_of(name, value)
    return fields


def _draft_row(draft: ImportDraft, row: Row, numbers: dict[int, int]) -> DraftRow:
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
