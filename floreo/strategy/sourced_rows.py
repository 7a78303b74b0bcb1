"""Every kind of row of the plan that names a source, and whether a person has confirmed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from floreo.core.figures import Filters, RecordRef
from floreo.strategy.models import (
    Action,
    BudgetLine,
    EditionBody,
    Event,
    Milestone,
    Objective,
    Outlet,
    Participation,
    Pillar,
    StatedTarget,
)
from floreo.strategy.plan_facts import address


@dataclass(frozen=True)
class RowKind:
    """One kind of row: where its edition, pillar and objective are ("" where it has none), what makes it public,
    which columns name it, and the page on which it shows."""

    name: str
    model: type[Model]
    edition: str
    pillar: str
    objective: str
    words: tuple[str, ...]
    page: str
    page_codes: tuple[str, ...]
    public: dict[str, bool] = field(default_factory=dict)

    def rows(self, filters: Filters) -> Iterator[tuple[bool, RecordRef]]:
        """Public rows within `filters`, as (confirmed, record). A kind without pillars has none within a pillar."""
        narrowed = self._narrowed(filters)
        if narrowed is None:
            return
        rows = self.model._default_manager.filter(**self.public, **narrowed).order_by("pk").distinct()
        columns = ("pk", "confirmed", *self.words, *self.page_codes)
        for _pk, confirmed, *rest in rows.values_list(*columns).iterator(chunk_size=5000):
            words, codes = rest[: len(self.words)], rest[len(self.words) :]
            where = address(self.page, *codes)
            yield confirmed, RecordRef(" ".join(str(w) for w in words), where, confirmed)

    def _narrowed(self, filters: Filters) -> dict[str, Any] | None:
        for wanted, path in ((filters.objective_id, self.objective), (filters.pillar_id, self.pillar)):
            if wanted is not None:
                return {path: wanted} if path else None
        if filters.edition_id is not None:
            return {self.edition: filters.edition_id}
        return {f"{self.edition}__is_public": True}


def _of_action(name: str, model: type[Model], second: str) -> RowKind:
    return RowKind(
        name,
        model,
        "action__edition",
        "action__objective__pillar",
        "action__objective",
        ("action__code", second),
        "portal:action",
        ("action__edition__code", "action__code"),
        {"action__is_public": True},
    )


_TITLED, _PUBLIC, _CODE = ("code", "title"), {"is_public": True}, ("edition__code",)
_SHOWN = {"is_implied": False}
KINDS: tuple[RowKind, ...] = (
    RowKind("pillars", Pillar, "edition", "pk", "", _TITLED, "portal:pillar", ("edition__code", "code"), _SHOWN),
    RowKind(
        "objectives",
        Objective,
        "pillar__edition",
        "pillar",
        "pk",
        _TITLED,
        "portal:objective",
        ("pillar__edition__code", "code"),
        _SHOWN,
    ),
    RowKind(
        "actions",
        Action,
        "edition",
        "objective__pillar",
        "objective",
        _TITLED,
        "portal:action",
        ("edition__code", "code"),
        _PUBLIC,
    ),
    _of_action("milestones", Milestone, "title"),
    _of_action("participations", Participation, "organisation__name"),
    _of_action("budget_lines", BudgetLine, "fiscal_year"),
    RowKind("events", Event, "edition", "pillars", "", ("title",), "portal:edition", _CODE, _PUBLIC),
    RowKind("bodies", EditionBody, "edition", "", "", ("organisation__name",), "portal:edition", _CODE),
    RowKind("outlets", Outlet, "edition", "", "", ("name",), "portal:edition", _CODE),
    RowKind("targets", StatedTarget, "edition", "pillar", "", ("title",), "portal:edition", _CODE),
)
