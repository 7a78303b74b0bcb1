"""Accepted rows become an edition: each thing carries the passage it came from, and each row what it became."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import audit
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note, trail
from floreo.core.errors import Refused
from floreo.core.writing import save
from floreo.organisations.models import Organisation
from floreo.strategy.actions.drafts.chain import Chain, chain_of
from floreo.strategy.actions.drafts.entering import Plan, source_of
from floreo.strategy.actions.drafts.register import Register
from floreo.strategy.actions.implied import complete, usual_depth
from floreo.strategy.actions.ordering import renumber
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.levels import USUAL_DEPTH
from floreo.strategy.logic import MOST_LEVELS
from floreo.strategy.models import DraftRow, DraftState, Edition, EditionState, ImportDraft, RowState


@dataclass(frozen=True)
class Finished:
    """What finishing did: the edition, how many rows entered it, which wait for a row above, which bodies are new."""

    edition: Edition
    entered: int
    waiting: tuple[int, ...]
    new_organisations: tuple[Organisation, ...]


@action("draft.finished", needs=Permission.IMPORT_REVIEW)
def finish_draft(
    draft: ImportDraft, *, by: Actor, edition: Edition | None = None, new: bool = False, code: str = ""
) -> Finished:
    """Enters every accepted row that can be, into `edition`, the edition this draft made before, or a `new` one.

    A new edition is in preparation and not public. Writing into an edition that is more than that needs the right to
    change the plan. What is undecided stays and can follow later; what has entered never enters again."""
    fresh = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if fresh.state not in {DraftState.OPEN, DraftState.FINISHED}:
        raise Refused(_("This draft cannot be finished: it was not read, or it was discarded."), code="draft_closed")
    chain = chain_of(DraftRow.objects.select_for_update().filter(draft=fresh))
    into = None if new else edition or fresh.edition
    if not chain.ready:
        raise Refused(_("Accept at least one row before you finish."), code="nothing_accepted")
    trail().subject = fresh
    if into is None:
        into = _new_edition(fresh, chain, code=code)
    else:
        _must_write(by, fresh, into)
    plan = Plan(edition=into, draft=fresh, chain=chain, register=Register.read())
    for row in chain.ready:
        _enter(row, by=by, plan=plan)
    return _close(fresh, by=by, plan=plan)


def _must_write(by: Actor, draft: ImportDraft, edition: Edition) -> None:
    own = draft.edition_id == edition.pk and edition.state == EditionState.DRAFT and not edition.is_public
    if not own:
        must(by, Permission.PLAN_EDIT, edition)


def _edition_row(chain: Chain) -> DraftRow:
    row = next((r for r in chain.ready if r.kind == Kind.EDITION), None)
    if row is None:
        raise Refused(
            _("A new edition needs its row: accept the row of kind Edition first, or choose an edition that exists."),
            code="no_edition_row",
        )
    return row


def suggested_code(row: DraftRow) -> str:
    """The edition's years, or its title, as a code that is free."""
    years = [str(row.fields.get(n) or "") for n in ("period_start", "period_end")]
    base = "-".join(filter(None, years)) or slugify(row.title)[:34].strip("-") or "edition"
    taken = set(Edition.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(c for c in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if c not in taken)


def _new_edition(draft: ImportDraft, chain: Chain, *, code: str) -> Edition:
    row = _edition_row(chain)
    given = code.strip() or suggested_code(row)
    wrong = ""
    if not re.fullmatch(r"[-\w]{1,40}", given, re.ASCII):
        wrong = _("A code can contain only letters, digits and hyphens, for example 2025-2028.")
    elif Edition.objects.filter(code=given).exists():
        wrong = _("Edition %(code)s already exists. Choose it below, or give the new edition another code.") % {
            "code": given
        }
    if wrong:
        raise Refused(wrong, code="bad_code", fields={"code": wrong})
    start, end = row.fields.get("period_start"), row.fields.get("period_end")
    launched = row.fields.get("launched_on")
    edition = Edition(
        code=given,
        title=row.title[:300],
        official_title=" ".join(row.passage.split())[:300],
        starts_on=date(int(start), 1, 1) if start else None,
        ends_on=date(int(end), 12, 31) if end else None,
        launched_on=date.fromisoformat(str(launched)) if launched else None,
        source=source_of(draft, row),
        confirmed=True,
        levels=_depth(chain),
    )
    save(edition)
    complete(edition)
    return edition


def _depth(chain: Chain) -> int:
    """As many levels as its rows have, where the country's plans have fewer; four only where some of its rows are of the third of four."""
    kinds = {row.kind for row in chain.ready}
    if Kind.SUB_OBJECTIVE in kinds:
        return MOST_LEVELS
    least = 2 if Kind.PILLAR in kinds else 1
    if Kind.OBJECTIVE in kinds:
        least = USUAL_DEPTH
    return min(max(least, usual_depth()), USUAL_DEPTH)


@action("draft_row.entered", needs=Permission.IMPORT_REVIEW)
def _enter(row: DraftRow, *, by: Actor, plan: Plan) -> models.Model:
    """One row's own entry in the trail, so that the thing's history begins with the passage it came from."""
    note(draft=plan.draft.code, row=row.number, passage=row.passage[:500])
    thing = plan.enter(row)
    trail().subject = thing
    row.became = audit.key(thing)
    save(row, full_clean=False)
    return thing


def _close(draft: ImportDraft, *, by: Actor, plan: Plan) -> Finished:
    renumber(plan.edition)
    refresh_statuses(by=by, editions=Edition.objects.filter(pk=plan.edition.pk), always=True)
    undecided = DraftRow.objects.filter(draft=draft, state=RowState.UNCONFIRMED, is_offer=False).exists()
    draft.edition = plan.edition
    draft.state = DraftState.OPEN if undecided or plan.chain.waiting else DraftState.FINISHED
    save(draft, full_clean=False)
    made = tuple(plan.register.made)
    note(edition=plan.edition.code, rows=len(plan.chain.ready), new_organisations=[o.code for o in made])
    waiting = tuple(row.number for row in plan.chain.waiting)
    return Finished(plan.edition, len(plan.chain.ready), waiting, made)
