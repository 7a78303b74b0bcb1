"""What a person decides about a drafted row. The passage never changes; what the rules drafted can always come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Changed, Missing, Refused
from floreo.core.writing import save
from floreo.strategy.actions.drafts.fields import TITLE_FIELDS, must_be_sound, typed
from floreo.strategy.models import DraftRow, DraftState, ImportDraft, RowState

# Under which name a row keeps what the rules drafted, once a person has changed it.
DRAFTED = "drafted"


def _decidable(row: DraftRow, version: int | None) -> DraftRow:
    """The row as it is now, held. Raises Changed when somebody decided since the page was opened."""
    fresh = DraftRow.objects.select_for_update().select_related("draft").filter(pk=row.pk).first()
    if fresh is None:
        raise Missing
    if fresh.draft.state not in {DraftState.OPEN, DraftState.FINISHED}:
        raise Refused(_("This draft is closed. Open it again first."), code="draft_closed")
    if version is not None and fresh.version != version:
        raise Changed(_changed_sentence(fresh), theirs={"title": fresh.title, "state": fresh.state, **fresh.fields})
    if fresh.became and not _is_there(fresh.became):
        fresh.became = ""  # it was removed from the plan since, so it may be decided and entered again
    if fresh.became:
        raise Refused(_("This row is already in the plan. Change it there."), code="in_the_plan")
    return fresh


def _is_there(key: str) -> bool:
    """Whether the thing of that name in the trail ("strategy.action:17") still exists."""
    label, _sep, pk = key.partition(":")
    return bool(apps.get_model(label)._base_manager.filter(pk=pk).exists())


def _changed_sentence(row: DraftRow) -> str:
    if row.state == RowState.UNCONFIRMED:
        return _(
            "Somebody undid the decision on row %(number)d while you were viewing it. Check the row, and decide again."
        ) % {"number": row.number}
    return _(
        "%(who)s decided on row %(number)d while you were viewing it: %(state)s. Check the row; use Undo"
        " to cancel the decision."
    ) % {
        "who": row.decided_by,
        "number": row.number,
        "state": str(row.get_state_display()).lower(),
    }


def _decide(row: DraftRow, state: RowState, by: Actor) -> DraftRow:
    row.state = state
    if state == RowState.UNCONFIRMED:
        row.decided_by, row.decided_at = "", None
    else:
        row.decided_by, row.decided_at = by.actor_name[:200], clock.now()
    return save(row, full_clean=False)


@action("draft_row.accepted", needs=Permission.IMPORT_REVIEW)
def accept_row(row: DraftRow, *, by: Actor, version: int | None = None) -> DraftRow:
    """A person says that the row says what the passage says. Refuses a row that lacks what the plan needs."""
    row = _decidable(row, version)
    must_be_sound(row)
    return _decide(row, RowState.EDITED if DRAFTED in row.fields else RowState.ACCEPTED, by)


@action("draft_row.edited", needs=Permission.IMPORT_REVIEW)
def edit_row(
    row: DraftRow, *, by: Actor, title: str, fields: Mapping[str, str], version: int | None = None
) -> DraftRow:
    """Accepts the row with a person's own words for title and fields."""
    row = _decidable(row, version)
    given, values = typed(row.kind, title, fields)
    drafted = row.fields.get(DRAFTED) or {"title": row.title, "fields": dict(row.fields)}
    repeated = {name: given for name in TITLE_FIELDS if name in row.fields and row.title != given}
    changed = {**{k: v for k, v in row.fields.items() if k != DRAFTED}, **values, **repeated}
    if given == row.title and changed == {k: v for k, v in row.fields.items() if k != DRAFTED}:
        return _decide(row, RowState.EDITED if DRAFTED in row.fields else RowState.ACCEPTED, by)
    row.title, row.fields = given, {**changed, DRAFTED: drafted}
    return _decide(row, RowState.EDITED, by)


@action("draft_row.rejected", needs=Permission.IMPORT_REVIEW)
def reject_row(row: DraftRow, *, by: Actor, version: int | None = None) -> DraftRow:
    return _decide(_decidable(row, version), RowState.REJECTED, by)


@action("draft_row.undone", needs=Permission.IMPORT_REVIEW)
def undo_row(row: DraftRow, *, by: Actor, version: int | None = None) -> DraftRow:
    """Takes the decision back; the row says again what the rules drafted."""
    row = _decidable(row, version)
    if drafted := row.fields.get(DRAFTED):
        row.title, row.fields = drafted["title"], drafted["fields"]
    draft = row.draft
    if draft.state == DraftState.FINISHED:
        draft.state = DraftState.OPEN
        save(draft, full_clean=False)
    return _decide(row, RowState.UNCONFIRMED, by)


@action("draft.rows_accepted", needs=Permission.IMPORT_REVIEW)
def accept_all(draft: ImportDraft, *, by: Actor, kind: str) -> int:
    """Accepts every undecided row of one kind that lacks nothing; the others still wait. Returns how many."""
    rows = _undecided(draft).filter(kind=kind, became="")
    count = 0
    for row in rows.select_related("draft"):
        try:
            must_be_sound(row)
        except Refused:
            continue
        _decide(row, RowState.ACCEPTED, by)
        count += 1
    note(kind=kind, accepted=count)
    return count


@action("draft.rows_rejected", needs=Permission.IMPORT_REVIEW)
def reject_all(draft: ImportDraft, *, by: Actor, kind: str) -> int:
    """Rejects every undecided row of one kind. Returns how many."""
    rows = list(_undecided(draft).filter(kind=kind).select_related("draft"))
    for row in rows:
        _decide(row, RowState.REJECTED, by)
    note(kind=kind, rejected=len(rows))
    return len(rows)


@action("draft.offers_taken", needs=Permission.IMPORT_REVIEW)
def take_offers(draft: ImportDraft, *, by: Actor, numbers: Sequence[int]) -> int:
    """Makes rows of what was found but not certain; each still waits for its decision. Returns how many."""
    rows = list(DraftRow.objects.select_for_update().filter(draft=draft, number__in=numbers, is_offer=True))
    if not rows:
        raise Refused(_("Tick at least one."), code="no_offer")
    for row in rows:
        row.is_offer = False
        save(row, full_clean=False)
    fresh = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if fresh.state == DraftState.FINISHED:
        fresh.state = DraftState.OPEN
        save(fresh, full_clean=False)
    note(taken=[row.title[:80] for row in rows[:20]])
    return len(rows)


def _undecided(draft: ImportDraft) -> QuerySet[DraftRow]:
    return DraftRow.objects.select_for_update().filter(draft=draft, state=RowState.UNCONFIRMED, is_offer=False)
