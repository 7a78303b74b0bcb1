"""Who may see and touch what of the plan. A view gets its objects here and nowhere else."""

from django.db.models import QuerySet

from floreo.core.access import Permission, can, is_stranger
from floreo.core.composed import composed
from floreo.core.errors import Missing
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Grant,
    ImportDraft,
    Objective,
    Payment,
    Pillar,
    SourceDocument,
)
from floreo.strategy.models.work import in_seen_actions


def get_edition_for(viewer: object, code: str) -> Edition:
    """Raises Missing when there is no such edition, or it is not public and the viewer may not read the plan."""
    seen = _public_edition(code) if is_stranger(viewer) else _edition(viewer, code)
    edition = next(iter(seen), None)
    if edition is None:
        raise Missing
    return edition


def _edition(viewer: object, code: str) -> QuerySet[Edition]:
    return Edition.objects.visible_to(viewer).filter(code=code)[:1]


@composed
def _public_edition(code: str) -> QuerySet[Edition]:
    return _edition(None, code)


def get_pillar_for(viewer: object, edition_code: str, code: str) -> Pillar:
    edition = get_edition_for(viewer, edition_code)
    pillar: Pillar | None = Pillar.objects.filter(edition=edition, code=code).first()
    if pillar is None:
        raise Missing
    pillar.edition = edition
    return pillar


def get_objective_for(viewer: object, edition_code: str, code: str) -> Objective:
    edition = get_edition_for(viewer, edition_code)
    rows = Objective.objects.filter(pillar__edition=edition, code=code).select_related("pillar", "above__pillar")
    found: Objective | None = rows.first()
    if found is None:
        raise Missing
    found.pillar.edition = edition
    if found.above is not None:
        found.above.pillar = found.pillar
    return found


def get_action_for(viewer: object, edition_code: str, code: str) -> Action:
    """Raises Missing for what the viewer may not know of: an internal action reads as no action."""
    seen = _public_action(edition_code, code) if is_stranger(viewer) else _action(viewer, edition_code, code)
    act = next(iter(seen), None)
    if act is None:
        raise Missing
    return act


def _action(viewer: object, edition_code: str, code: str) -> QuerySet[Action]:
    rows = Action.objects.visible_to(viewer).filter(edition__code=edition_code, code=code)
    return rows.select_related("edition", "objective__pillar", "objective__above__pillar", "person__organisation")[:1]


@composed
def _public_action(edition_code: str, code: str) -> QuerySet[Action]:
    return _action(None, edition_code, code)


def get_draft_for(viewer: object, code: str) -> ImportDraft:
    draft = ImportDraft.objects.filter(code=code).first() if can(viewer, Permission.IMPORT_REVIEW) else None
    if draft is None:
        raise Missing
    return draft


def get_document_for(viewer: object, code: str) -> SourceDocument:
    """At the workspace: a document that the packs quote."""
    found = SourceDocument.objects.filter(code=code).first() if can(viewer, Permission.PLAN_EDIT) else None
    if found is None:
        raise Missing
    return found


def get_grant_for(viewer: object, code: str) -> Grant:
    """At the workspace; raises Missing for whoever may not read the plan, or know of the agreement."""
    found = Grant.objects.visible_to(viewer).select_related("funder__merged_into").filter(code=code).first()
    if found is None or not can(viewer, Permission.PLAN_READ):
        raise Missing
    return found


def get_line_for(viewer: object, pk: int) -> BudgetLine:
    rows = BudgetLine.objects.filter(in_seen_actions(viewer, "action__"))
    rows = rows.select_related("action__edition", "grant", "funder__merged_into")
    found = rows.filter(pk=pk).first()
    if found is None or not can(viewer, Permission.PLAN_READ):
        raise Missing
    return found


def get_payment_for(viewer: object, pk: int) -> Payment:
    rows = Payment.objects.filter(in_seen_actions(viewer, "budget_line__action__"))
    rows = rows.select_related("budget_line__action__edition")
    found = rows.filter(pk=pk).first()
    if found is None or not can(viewer, Permission.PLAN_READ):
        raise Missing
    return found
