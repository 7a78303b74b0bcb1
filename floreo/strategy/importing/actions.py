"""A tracker of actions: each row an action with its branch of the plan, who leads it, its dates, and what the file reports of it.

A status is calculated here and never imported. What the file calls the status becomes part of an internal update of the day of the file,
and where it differs from what is calculated, the row has a remark: a person closes the action, or overrides its status, on its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop, override

from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.importing import (
    Difference,
    Holds,
    ImportedRow,
    ImportField,
    ImportRows,
    ImportTarget,
    Option,
    Planned,
    Remark,
    Source,
    choice_options,
    of_model,
    put,
    sound,
    working_copy,
)
from floreo.core.language_codes import SOURCE
from floreo.core.spelling import plain
from floreo.core.writing import refuse, require_order, require_past
from floreo.organisations.importing import Organisations, people_options, place_options
from floreo.organisations.models import Organisation
from floreo.strategy.actions.actions import check_action
from floreo.strategy.actions.ordering import renumber
from floreo.strategy.actions.statuses import refresh_statuses, with_facts
from floreo.strategy.importing.plan import Actions, Branches, branch_options, edition_of, scopes
from floreo.strategy.logic import ActionFacts, Status, facts_on, next_code, status_of
from floreo.strategy.models import Action, Edition, LeadRole, Objective, Participation, Pillar, StatusChoice, Update
from floreo.strategy.own_fields import FieldKind, OwnField, in_words, kept, own_fields

_STATUS_WORDS = {
    Status.DONE: "complete|completed|finished|closed|achieved|implemented|100%|completado|completada|terminado|terminada|finalizado"
    "|finalizada|cumplido|cumplida|concluido|termine|terminee|acheve|achevee|realise|realisee",
    Status.ON_TRACK: "ongoing|on-going|in progress|in-progress|underway|under way|started|active|green|en curso|en proceso|en progreso"
    "|en ejecucion|iniciado|iniciada|encaminado|en cours|verde|vert",
    Status.AT_RISK: "risk|delayed slightly|amber|yellow|behind|con riesgo|amarillo|a risque|orange|jaune",
    Status.LATE: "delayed|overdue|behind schedule|red|retrasado|retrasada|con retraso|rojo|vencido|vencida|en retard|retarde|rouge",
    Status.STALLED: "on hold|suspended|paused|stopped|blocked|suspendido|suspendida|detenido|pausado|en pausa|suspendu|suspendue"
    "|en attente|bloque",
    Status.NOT_STARTED: "pending|planned|to start|not yet started|to do|no iniciado|no iniciada|por iniciar|sin iniciar|pendiente"
    "|planificado|planificada|non commence|non commencee|non demarre|non demarree|a faire|prevu|prevue",
}
OWN = "own."  # before the code of a field that the pack declares
_FACTS = ("title", "official_wording", "public_text", "internal_notes", "starts_on", "due_on", "person", "source")
_UPDATE = {"progress": "done", "next_steps": "next", "risks": "risks"}


class ActionRows(ImportRows):
    """The actions of one edition."""

    writes = (Organisation, Pillar, Objective, Action, Participation, Update)

    def __init__(self, scope: str, source: Source) -> None:
        super().__init__(scope, source)
        self.edition = edition_of(scope)
        self.own = {f"{OWN}{field.code}": field for field in own_fields()}
        self.fields = (*_fields(self.edition), *map(_own_field, self.own.values()))
        self.places = place_options() if any(f.kind is FieldKind.PLACE for f in self.own.values()) else []
        self.organisations = Organisations(source.by)
        self.branches = Branches(self.edition)
        acts = with_facts(Action.objects.filter(edition=self.edition)).select_related("objective__pillar", "person")
        self.there = list(acts.prefetch_related("participations__organisation__merged_into"))
        self.actions = Actions(self.there)
        self._codes = {act.code for act in self.there}
        self._last: dict[str, str] = {}
        self.today = clock.today()
        self.labels = {each.name: str(each.title) for each in self.fields} | {"update": _("Update")}
        self.status_texts = {
            str(value): _("Status in the file: %(status)s.") % {"status": label}
            for value, label in StatusChoice.choices
        }
        with override(SOURCE):
            self.status_labels = {str(value): str(label) for value, label in StatusChoice.choices}

    def options(self, name: str) -> Sequence[Option]:
        if name in {"lead", "partners"}:
            return self.organisations.options
        if name in self.own:
            return self._own_options(self.own[name])
        given: dict[str, Callable[[], Sequence[Option]]] = {
            "person": lambda: people_options(self.source.by),
            "status": _status_options,
            "pillar": lambda: branch_options(self.branches.pillars, plain(_word(self.edition, "pillar"))),
            "objective": lambda: branch_options(self.branches.objectives, plain(_word(self.edition, "objective"))),
        }
        return given[name]() if name in given else ()

    def _own_options(self, field: OwnField) -> Sequence[Option]:
        if field.kind is FieldKind.PLACE:
            return self.places
        names = field.names_of_choices
        return [Option(code, words, code, names.get(code, ())) for code, words in field.choices.items()]

    def can_make(self, name: str) -> bool:
        return name in {"pillar", "objective"} or (name in {"lead", "partners"} and self.organisations.can_make)

    def make(self, name: str, text: str) -> Any:
        if name in {"lead", "partners"}:
            return self.organisations.make(text, self.source_text())
        return text  # a branch is made when the row says under which

    # --- One row

    def key(self, values: Mapping[str, Any]) -> Any:
        act = self._found(values)
        if act is not None:
            return ("there", act.pk)
        objective = values.get("objective")
        return values.get("code") or (
            plain(values.get("title", "")),
            objective if isinstance(objective, str) else id(objective),
        )

    def _found(self, values: Mapping[str, Any]) -> Action | None:
        if (code := values.get("code")) is not None:
            return self.actions.by_code.get(code.strip())
        return self.actions.called(values["title"]) if "title" in values else None

    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        row = ImportedRow()
        held = self._found(values)
        if held is None:
            act, made = self._new(values, row)
        else:
            act, made = working_copy(held), []
            self._stays_in_branch(held, values, row)
        facts = {name: values[name] for name in _FACTS if name in values}
        planned = put(act, facts, is_new=held is None)
        row.things = [planned, *made]
        self._take_own(act, values, planned)
        self._close(act, held, values, planned, row)
        check_action(act)
        sound(planned)
        self._take_parts(act, held, values, row)
        self._take_update(act, held, values, row)
        self._compare_status(act, held, values, row)
        return row

    def _new(self, values: Mapping[str, Any], row: ImportedRow) -> tuple[Action, list[Planned]]:
        if "title" not in values:
            raise refuse("title", _("It is new, and has no title."))
        objective = self._objective(values, row)
        code = values.get("code", "").strip() or self._free_code(objective)
        if "/" in code or any(c.isspace() for c in code) or len(code) > 30:
            raise refuse("code", _("A code is part of an address: at most 30 characters, without spaces and slashes."))
        self._codes.add(code)
        act = Action(edition=self.edition, objective=objective, code=code, position=len(self._codes))
        made: list[Any] = [each for each in (objective.pillar, objective) if each.pk is None]
        return act, [put(each, {}, is_new=True) for each in made]

    def _free_code(self, objective: Objective) -> str:
        last = self._last.get(objective.code)
        own = [last] if last else [c for c in self._codes if c.startswith(f"{objective.code}.")]
        code = next_code(objective.code, own)
        while code in self._codes:
            code = next_code(objective.code, [code])
        self._last[objective.code] = code
        return code

    def _objective(self, values: Mapping[str, Any], row: ImportedRow) -> Objective:
        """Under which objective a new action comes: the one that the row names, or the only one there is; made where it is new."""
        pillar, objective = values.get("pillar"), values.get("objective")
        if isinstance(objective, Objective):
            return objective
        if isinstance(pillar, str):
            pillar = self.branches.made_pillar(pillar)
        if pillar is None and len(self.branches.pillars) == 1:
            pillar = self.branches.pillars[0]
        if isinstance(objective, str):
            if pillar is None:
                sentence = _("The objective “%(title)s” is new, and nothing gives its pillar.")
                raise refuse("objective", sentence % {"title": objective[:80]})
            return self.branches.made_objective(pillar, objective)
        if pillar is None:
            raise refuse("objective", _("It is new, and nothing gives the objective that it belongs to."))
        found = self.branches.objectives_of(pillar)
        if len(found) > 1:
            raise refuse("objective", _("It is new, and its pillar has several objectives."))
        if not found:
            row.remarks.append(
                Remark(gettext_noop("The file names no objective: one with the title of the pillar is made."))
            )
        return found[0] if found else self.branches.made_objective(pillar, pillar.title)

    def _stays_in_branch(self, held: Action, values: Mapping[str, Any], row: ImportedRow) -> None:
        objective = values.get("objective")
        if objective is not None and objective != held.objective:
            words = {"title": str(objective)[:80], "here": held.objective.code}
            sentence = gettext_noop(
                "The file has it under “%(title)s”; here it belongs to %(here)s. Move it on its page."
            )
            row.remarks.append(Remark(sentence, words))

    def _close(
        self, act: Action, held: Action | None, values: Mapping[str, Any], planned: Planned, row: ImportedRow
    ) -> None:
        """A day of completion closes an action whose milestones are all reached."""
        day, status = values.get("closed_on"), values.get("status")
        if day is None or act.closed_on is not None or (status not in {None, Status.DONE}):
            return
        require_past(day, field="closed_on")
        require_order(act.starts_on, day, field="closed_on", named=(_("The start date"), _("the closing date")))
        if held is not None and any(each.reached_on is None for each in held.milestones.all()):
            row.remarks.append(Remark(gettext_noop("It has milestones that are not reached, so it is not closed.")))
            return
        if held is not None and (held.override or held.on_hold_since):
            sentence = gettext_noop("It is on hold, or its status was set by hand: close it on its page.")
            row.remarks.append(Remark(sentence))
            return
        name = _("%(file)s, imported by %(name)s") % {"file": self.source.name, "name": self.source.by.actor_name}
        more = put(act, {"closed_on": day, "closed_by": name[:200]}, is_new=planned.is_new)
        planned.differences += more.differences
        planned.before |= more.before

    def _take_own(self, act: Action, values: Mapping[str, Any], planned: Planned) -> None:
        """The fields of the country's own. One without a value in the file stays as it is."""
        held = {"own": act.own, "own_internal": act.own_internal}
        new = {store: dict(kept_values) for store, kept_values in held.items()}
        names = {option.key: option.title for option in self.places}
        for name, field in self.own.items():
            if name not in values:
                continue
            try:
                given = values[name].code if field.kind is FieldKind.PLACE else values[name]
                text = given if field.kind in _BY_CODE else kept(field, given)
            except ValueError as wrong:
                raise refuse(name, str(wrong)) from wrong
            before = str(held[field.store].get(field.code, ""))
            if text and text != before:
                new[field.store][field.code] = text
                shown = in_words(field, before, names) if before else ""
                planned.differences.append(Difference(field.label, shown, in_words(field, text, names)))
        for store, kept_values in new.items():
            if kept_values != held[store]:
                planned.before |= {} if planned.is_new else {store: held[store]}
                setattr(act, store, kept_values)

    def _take_parts(self, act: Action, held: Action | None, values: Mapping[str, Any], row: ImportedRow) -> None:
        """Adds who leads and who takes part. Nobody's part ends by an import."""
        for name, part in (("lead", LeadRole.LEAD), ("partners", LeadRole.SUPPORT)):
            there = [p for p in held.participations.all() if p.part == part and p.ends_on is None] if held else []
            bodies = {p.organisation.successor().pk for p in there}
            wanted: list[Organisation] = values.get(name, [])
            for body in wanted:
                if body.pk is None or body.pk not in bodies:
                    self._add_part(act, body, part, name, row)
            if part == LeadRole.LEAD and wanted and (left := bodies - {body.pk for body in wanted}):
                names = ", ".join(sorted(p.organisation.label for p in there if p.organisation.successor().pk in left))
                sentence = gettext_noop("Leads here too, and the file does not name it: %(names)s.")
                row.remarks.append(Remark(sentence, {"names": names}))

    def _add_part(self, act: Action, body: Organisation, part: LeadRole, name: str, row: ImportedRow) -> None:
        if body.pk is None:
            row.things.append(put(body, {}, is_new=True))
        made = Participation(action=act, organisation=body, part=part, source=self.source_text()[:500])
        row.things.append(Planned(made, is_new=True, differences=[Difference(self.labels[name], "", body.label)]))

    def _take_update(self, act: Action, held: Action | None, values: Mapping[str, Any], row: ImportedRow) -> None:
        """What the file reports is an internal update of the day of the file."""
        texts = {field: values.get(name, "").strip() for name, field in _UPDATE.items()}
        if status := values.get("status"):
            texts["done"] = f"{self.status_texts[status]} {texts['done']}".strip()
        if not any(texts.values()):
            return
        on = self.source.as_of or self.today
        if held is not None and any(all(getattr(u, f) == t for f, t in texts.items()) for u in held.updates.all()):
            return
        update = Update(action=act, on=on, reported_by=self.source_text()[:200], is_public=False, **texts)
        shown = " ".join(filter(None, texts.values()))
        row.things.append(Planned(update, is_new=True, differences=[Difference(self.labels["update"], "", shown)]))

    def _compare_status(self, act: Action, held: Action | None, values: Mapping[str, Any], row: ImportedRow) -> None:
        status = values.get("status")
        if status is None or (held is not None and held.override):
            return
        base = held.facts() if held is not None else ActionFacts(edition_ended_on=self.edition.over_on)
        has_update = any(isinstance(each.thing, Update) for each in row.things)
        reported = ((self.source.as_of or self.today),) if has_update else ()
        facts = replace(
            base,
            starts_on=act.starts_on,
            due_on=act.due_on,
            closed_on=act.closed_on,
            updated_on=(*base.updated_on, *reported),
        )
        ours = status_of(facts_on(facts, self.today), self.today).status
        if ours != status:
            labels = {"theirs": self.status_labels[status], "ours": self.status_labels[ours]}
            sentence = gettext_noop("Status in the file: %(theirs)s. Calculated: %(ours)s.")
            row.remarks.append(Remark(sentence, labels=labels))

    def written(self, things: Sequence[Any]) -> None:
        renumber(self.edition)
        refresh_statuses(by=SYSTEM, editions=Edition.objects.filter(pk=self.edition.pk), always=True)


def _status_options() -> list[Option]:
    known = [each for each in StatusChoice.choices if each[0] in _STATUS_WORDS]
    return choice_options(known, {str(value): words for value, words in _STATUS_WORDS.items()})


def _word(edition: Edition, level: str) -> str:
    """What the country calls one of a level."""
    own = edition.in_language(f"{level}_word")
    return own or {"pillar": _("Pillar"), "objective": _("Objective"), "action": _("Action")}[level]


_BY_CODE = {FieldKind.PLACE, FieldKind.CHOICE}  # found among the options already
_HOLDS = {
    FieldKind.TEXT: Holds.TEXT,
    FieldKind.NUMBER: Holds.DECIMAL,
    FieldKind.DATE: Holds.DAY,
    FieldKind.CHOICE: Holds.CHOICE,
    FieldKind.PLACE: Holds.RECORD,
}


def _own_field(field: OwnField) -> ImportField:
    """A column of the country's own: called as its pack calls the field, in any of its languages, or by its code."""
    return ImportField(f"{OWN}{field.code}", field.label, "|".join((field.code, *field.names)), _HOLDS[field.kind])


def _fields(edition: Edition) -> tuple[ImportField, ...]:
    """In their order: a column whose title fits two is the first of them."""
    return (
        *_place_fields(edition),
        *_organisation_fields(),
        *_date_fields(),
        *_progress_fields(),
        *_text_fields(),
    )


def _place_fields(edition: Edition) -> tuple[ImportField, ...]:
    """What it is, and where in the plan it is."""
    return (
        ImportField(
            "code",
            _("Code"),
            "id|no|no.|n|nr|n°|nº|#|ref|ref.|reference|number|numero|numéro|codigo|action no|action no.|action code|item|activity no"
            "|activity code|code de l'action",
        ),
        ImportField(
            "pillar",
            _word(edition, "pillar"),
            "pillar|strategic pillar|pilar|pilier|axis|eje|eje estrategico|axe|axe strategique|goal|strategic goal|area|priority area"
            "|area of priority|thrust|strategic area|area prioritaria|domaine",
            Holds.RECORD,
        ),
        ImportField(
            "objective",
            _word(edition, "objective"),
            "objective|strategic objective|specific objective|objetivo|objetivo estrategico|objetivo especifico|objectif"
            "|objectif strategique|outcome|output|resultado|programme|program",
            Holds.RECORD,
        ),
        of_model(
            Action,
            "title",
            "action|activity|action / activity|activities|task|initiative|description|action title|activity description|accion"
            "|actividad|actividades|tarea|iniciativa|titulo|descripcion|activite|activites|tache|intitule|intitule de l'action|what"
            f"|{plain(_word(edition, 'action'))}",
        ),
    )


def _organisation_fields() -> tuple[ImportField, ...]:
    """Who does it."""
    return (
        ImportField(
            "lead",
            _("Lead"),
            "lead agency|lead organisation|lead organization|lead institution|leading agency|lead entity|responsible|responsible party"
            "|responsible agency|responsible entity|responsible institution|responsible organisation|owner|implementing agency"
            "|responsable|entidad responsable|institucion responsable|institucion lider|lider|organismo responsable|ejecutor"
            "|institution responsable|structure responsable|chef de file|pilote|who",
            Holds.RECORDS,
        ),
        ImportField(
            "partners",
            _("Partners"),
            "partner|supporting|supporting agencies|support agencies|supporting organisations|support|collaborators|stakeholders"
            "|key stakeholders|with|apoyo|entidades de apoyo|socios|contrapartes|partes interesadas|partenaires|appui"
            "|structures associees|key partners",
            Holds.RECORDS,
        ),
    )


def _date_fields() -> tuple[ImportField, ...]:
    """When."""
    return (
        of_model(
            Action,
            "starts_on",
            "start date|planned start|begin|begins|from|fecha de inicio|inicio|desde|date de debut|debut|commencement",
            holds=Holds.DAY,
        ),
        of_model(
            Action,
            "due_on",
            "due|deadline|end|end date|planned end|target date|timeline|timeframe|time frame|completion date|planned completion|by when"
            "|to|when|fecha limite|fecha de fin|fin|plazo|vencimiento|hasta|fecha de entrega|fecha de finalizacion|date limite"
            "|echeance|date de fin|date d'echeance",
            holds=Holds.DAY,
            is_period_end=True,
        ),
        ImportField(
            "closed_on",
            _("Completed on"),
            "completed|date completed|actual completion|actual end|actual completion date|fecha de cierre|fecha real de fin|completado el"
            "|date de realisation|date de cloture",
            Holds.DAY,
            is_period_end=True,
        ),
    )


def _progress_fields() -> tuple[ImportField, ...]:
    """The status that an update takes."""
    return (
        ImportField(
            "status",
            _("Status in the file"),
            "status|state|progress status|current status|rag|rag status|implementation status|estado|estado actual|situacion|statut|etat"
            "|etat d'avancement|avancement",
            Holds.CHOICE,
        ),
        ImportField(
            "progress",
            _("Work done"),
            "progress|progress update|update|updates|comments|comment|remarks|notes|latest update|achievements|progress to date|avance"
            "|avances|comentarios|observaciones|logros|notas|commentaires|observations|remarques|progres",
        ),
        ImportField("next_steps", _("Next steps"), "next|next step|proximos pasos|siguientes pasos|prochaines etapes"),
        ImportField(
            "risks", _("Risks"), "risk|issues|challenges|risks / issues|riesgos|desafios|problemas|risques|defis"
        ),
    )


def _text_fields() -> tuple[ImportField, ...]:
    """The rest: a person, and what is written of it."""
    return (
        of_model(
            Action,
            "person",
            "responsible person|focal point|contact person|officer|person|persona responsable|punto focal|point focal|responsable (nom)",
            holds=Holds.RECORD,
        ),
        of_model(Action, "official_wording", "official text|as printed|texto oficial|texte officiel"),
        of_model(Action, "public_text", "public description|detail|details|detalle|explicacion"),
        of_model(Action, "internal_notes", "internal|internal comments|notas internas|notes internes"),
        of_model(Action, "source", "source document|fuente|document|page"),
    )


ACTIONS = ImportTarget(
    "actions",
    _l("Actions of the plan"),
    Permission.PLAN_EDIT,
    ActionRows,
    scopes,
    help=_l("With pillars, objectives, leads and partners, dates and what is reported of each."),
    day_fields=frozenset({"status", "progress", "next_steps", "risks"}),
)
