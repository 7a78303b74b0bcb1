"""Rows that hang on an action: milestones, and budget lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import SYSTEM, Permission
from floreo.core.importing import (
    Difference,
    Holds,
    ImportedRow,
    ImportField,
    ImportRows,
    ImportTarget,
    Option,
    Source,
    choice_options,
    of_model,
    only_in,
    put,
    sound,
    working_copy,
)
from floreo.core.spelling import plain
from floreo.core.writing import refuse, require_past
from floreo.organisations.importing import Organisations
from floreo.organisations.models import Organisation
from floreo.organisations.queries import the_country
from floreo.strategy.actions.course import must_not_be_closed
from floreo.strategy.actions.milestones import require_milestone_title
from floreo.strategy.actions.money import check_money
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.importing.plan import Actions, edition_of, scopes
from floreo.strategy.logic import next_code
from floreo.strategy.models import Action, BudgetLine, Edition, Milestone, MoneyStage

ACTION_WORDS = (
    "activity|action code|action no.|accion|actividad|codigo de la accion|activite|code de l'action|action / activity"
)


class OnActionRows(ImportRows):
    """What hangs on an action of one edition, which a row names by its code or its title."""

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.edition = edition_of(scope)
        self.actions = Actions(Action.objects.filter(edition=self.edition).select_related("edition"))

    def options(self, name: str) -> Sequence[Option]:
        return self.actions.options() if name == "action" else ()

    def written(self, things: Sequence[Any]) -> None:
        refresh_statuses(by=SYSTEM, editions=Edition.objects.filter(pk=self.edition.pk), always=True)


class MilestoneRows(OnActionRows):
    """Milestones of actions."""

    writes = (Milestone,)
    fields = (
        ImportField("action", _l("Action"), ACTION_WORDS, Holds.RECORD, is_needed=True),
        ImportField("code", _l("Code"), "id|no.|number|numero|ref|codigo|milestone code"),
        of_model(
            Milestone,
            "title",
            "milestone|step|deliverable|output|hito|entregable|paso|producto|jalon|livrable|etape|description|descripcion",
            is_needed=True,
        ),
        of_model(
            Milestone,
            "due_on",
            "due|deadline|target date|date|fecha|fecha limite|plazo|echeance|date limite",
            holds=Holds.DAY,
            is_period_end=True,
        ),
        of_model(
            Milestone,
            "reached_on",
            "reached on|completed|completed on|date completed|actual date|fecha de cumplimiento|cumplido el|atteint le|realise le",
            holds=Holds.DAY,
            is_period_end=True,
        ),
        of_model(Milestone, "note", "notes|remarks|comments|notas|observaciones|remarques"),
        of_model(Milestone, "evidence_url", "link|url|evidence link|enlace|evidencia|lien|preuve"),
        of_model(Milestone, "source", "fuente|document"),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.there: dict[int, list[Milestone]] = defaultdict(list)
        for row in Milestone.objects.filter(action__edition=self.edition).select_related("action"):
            self.there[row.action_id].append(row)

    def key(self, values: Mapping[str, Any]) -> Any:
        there = self._found(values)
        return ("there", there.pk) if there else (values["action"].pk, values.get("code") or plain(values["title"]))

    def _found(self, values: Mapping[str, Any]) -> Milestone | None:
        own = [each for each in self.there[values["action"].pk] if each.pk is not None]
        if "code" in values:
            return next((each for each in own if each.code == values["code"]), None)
        titles = [
            each for each in own if plain(values["title"]) in {plain(each.title), plain(each.in_language("title"))}
        ]
        found: Milestone | None = only_in("title", titles, _("Several milestones have this title. Give the code."))
        return found

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        act, there = values["action"], self._found(values)
        must_not_be_closed(act)
        facts = {name: value for name, value in values.items() if name not in {"action", "code"}}
        if there is None:
            own = self.there[act.pk]
            code = values.get("code", "").strip() or next_code(act.code, [each.code for each in own])
            if "/" in code or any(c.isspace() for c in code) or len(code) > 40:
                raise refuse(
                    "code", _("A code is part of an address: at most 40 characters, without spaces and slashes.")
                )
            milestone = Milestone(action=act, code=code, position=len(own) + 1)
        else:
            milestone = working_copy(there)
        planned = put(milestone, facts, is_new=there is None)
        milestone.title = require_milestone_title(milestone)
        if milestone.reached_on is not None:
            require_past(milestone.reached_on, field="reached_on")
        sound(planned)
        if there is None:
            self.there[act.pk].append(milestone)
        return ImportedRow([planned])


class BudgetRows(OnActionRows):
    """Money of one funder for one action in one fiscal year."""

    writes = (Organisation, BudgetLine)
    fields = (
        ImportField("action", _l("Action"), ACTION_WORDS, Holds.RECORD, is_needed=True),
        of_model(
            BudgetLine,
            "amount",
            "budget|cost|estimated cost|planned|allocation|presupuesto|monto|costo|costo estimado|montant|cout|budget prevu",
            holds=Holds.DECIMAL,
            is_needed=True,
        ),
        of_model(
            BudgetLine,
            "spent",
            "spent|expenditure|actual|disbursed|gastado|ejecutado|gasto|depense|depenses|execute",
            holds=Holds.DECIMAL,
        ),
        of_model(BudgetLine, "currency", "moneda|devise|monnaie|cur"),
        of_model(
            BudgetLine,
            "fiscal_year",
            "year|fy|fiscal year|ano|ano fiscal|ejercicio|annee|exercice|annee budgetaire",
            is_needed=True,
        ),
        of_model(
            BudgetLine,
            "funder",
            "donor|source of funds|funding source|financed by|donante|financiador|fuente de financiamiento|bailleur|financement"
            "|source de financement",
            holds=Holds.RECORD,
        ),
        of_model(BudgetLine, "stage", "status|estado|statut|commitment", holds=Holds.CHOICE),
        of_model(BudgetLine, "note", "notes|purpose|description|item|remarks|notas|descripcion|objet|remarques"),
        of_model(BudgetLine, "source", "fuente|document"),
    )

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.bodies = Organisations(source.by)
        country = the_country()
        self.currency = country.currency if country else ""
        self.there: dict[tuple[Any, ...], list[BudgetLine]] = defaultdict(list)
        for line in BudgetLine.objects.filter(action__edition=self.edition).select_related(
            "action", "funder", "grant__funder"
        ):
            self.there[self._key_of(line)].append(line)

    @staticmethod
    def _key_of(line: BudgetLine) -> tuple[Any, ...]:
        return line.action_id, line.fiscal_year, line.currency, line.funder_id, plain(line.note)

    def options(self, name: str) -> Sequence[Option]:
        if name == "funder":
            return self.bodies.options
        words = {
            MoneyStage.PLANNED: "planned|requested|proposed|planificado|solicitado|prevu|demande",
            MoneyStage.COMMITTED: "committed|approved|adopted|signed|comprometido|aprobado|engage|approuve",
        }
        if name == "stage":
            return choice_options(MoneyStage.choices, {str(stage): each for stage, each in words.items()})
        return super().options(name)

    def can_make(self, name: str) -> bool:
        return name == "funder" and self.bodies.can_make

    def make(self, name: str, text: str) -> Any:
        return self.bodies.make(text, self.source_text())

    def key(self, values: Mapping[str, Any]) -> Any:
        funder = values.get("funder")
        return (
            values["action"].pk,
            _fiscal_year(values["fiscal_year"]),
            values.get("currency", self.currency).strip().upper(),
            funder.code if funder else "",
            plain(values.get("note", "")),
        )

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        facts: dict[str, Any] = {name: value for name, value in values.items() if name != "action"}
        facts["fiscal_year"] = _fiscal_year(values["fiscal_year"])
        facts["currency"] = values.get("currency", self.currency).strip().upper()
        facts |= {name: round(facts[name], 2) for name in ("amount", "spent") if name in facts}
        probe = BudgetLine(action=values["action"], **{"spent": Decimal(0), **facts})
        alike = self.there.get(self._key_of(probe), []) if probe.funder is None or probe.funder.pk else []
        there = only_in(
            "action",
            alike,
            _("Several budget lines of this action, year and funder are alike. Change them on their page."),
        )
        facts.setdefault("stage", str(MoneyStage.PLANNED))
        if there is not None and "stage" not in values:
            facts.pop("stage")
        line = BudgetLine(action=values["action"]) if there is None else working_copy(there)
        planned = put(line, facts, is_new=there is None)
        check_money(line)
        sound(planned)
        if there is None:
            planned.differences.insert(0, Difference(_("Action"), "", values["action"].code))
        funder = values.get("funder")
        return ImportedRow(
            [planned, *([put(funder, {}, is_new=True)] if funder is not None and funder.pk is None else [])]
        )


def _fiscal_year(text: str) -> int:
    """The year in which it starts: "FY2025", "2025/26", "2025-2026" are 2025. Raises Refused."""
    digits = "".join(c if c.isdigit() else " " for c in text).split()
    if digits and len(digits[0]) == 4:
        return int(digits[0])
    raise refuse("fiscal_year", _("Enter the year in which the fiscal year starts, with four digits."))


MILESTONES = ImportTarget("milestones", _l("Milestones"), Permission.PLAN_EDIT, MilestoneRows, scopes)
BUDGET = ImportTarget(
    "budget",
    _l("Budget lines"),
    Permission.PLAN_EDIT,
    BudgetRows,
    scopes,
    help=_l("A line without a stage is planned, not committed."),
)
