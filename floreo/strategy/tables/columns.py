"""Columns, filters and row rules that tables of the plan share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.tables import CellKind, Column, Filter, Words
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.logic import code_key
from floreo.strategy.models import Action, LeadRole, Milestone, Participation, Pillar, StatusChoice
from floreo.strategy.models.editions import may_read_internal
from floreo.strategy.models.work import in_seen_actions
from floreo.strategy.tables.of_edition import edition_of

INTERNAL = Permission.PLAN_INTERNAL


def _reads_all(viewer: object) -> bool:
    return can(viewer, Permission.PLAN_READ)


def of_editions(rows: QuerySet[Any], viewer: object, path: str = "edition") -> QuerySet[Any]:
    return rows if _reads_all(viewer) else rows.filter(**{f"{path}__is_public": True})


def of_actions(rows: QuerySet[Any], viewer: object) -> QuerySet[Any]:
    """Rows that hang on an action that the viewer may know of."""
    return rows.select_related("action__edition").filter(in_seen_actions(viewer, "action__"))


def public_or_all(rows: QuerySet[Any], viewer: object) -> QuerySet[Any]:
    return rows if may_read_internal(viewer) else rows.filter(is_public=True)


WORDING = (
    Column.of(Action, "official_wording", _("Exactly as printed in the document")),
    Column.of(Action, "official_place", _("Page and item")),
    Column.of(Action, "public_text", _("In plain words")),
)
NOTES = Column.of(Action, "internal_notes", _("Not published"), needs=INTERNAL)
PUBLIC = Column.of(Action, "is_public", _("Whether the indicator is public"), CellKind.FLAG, needs=INTERNAL)
ACTION_COLUMNS = (
    edition_of(lambda row: row.action.edition),
    Column.of(Milestone, "action", _("Code of the action in its edition"), value=lambda row: row.action.code),
)


# Filters. Their choices are the same for everybody, so they name only what is public.


STATUS_FILTER = Filter("status", _("Status"), lambda: StatusChoice.choices, lambda rows, v: rows.filter(status=v))


def led_by(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Actions led today by an organisation, or by one that was merged into it."""
    leads = Participation.objects.filter(part=LeadRole.LEAD, ends_on=None)
    mine = leads.filter(organisation__code=code) | leads.filter(organisation__merged_into__code=code)
    return rows.filter(pk__in=mine.values("action_id"))


def _public_leads() -> Iterable[tuple[str, Words]]:
    leads = Participation.objects.filter(
        part=LeadRole.LEAD,
        ends_on=None,
        action__is_public=True,
        action__edition__is_public=True,
        organisation__is_public=True,
    )
    found = leads.order_by("organisation__name").select_related("organisation")
    return {p.organisation.code: p.organisation.in_language("name") for p in found}.items()


def _public_pillars() -> Iterable[tuple[str, Words]]:
    found = Pillar.objects.filter(edition__is_public=True)
    return sorted({p.code: p.named() for p in reversed(found)}.items(), key=lambda p: code_key(p[0]))


LEAD_FILTER = Filter("lead", _("Lead"), _public_leads, led_by)
PILLAR_FILTER = Filter(
    "pillar", in_words_lazy("%(pillar)s"), _public_pillars, lambda rows, v: rows.filter(objective__pillar__code=v)
)
