"""Tables of the plan itself: editions, pillars, objectives, actions."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.columns import CHANGED, SOURCED, column, day, titles
from floreo.core.tables import Cell, CellKind, Column, Table
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.models import Action, Edition, Objective, Pillar
from floreo.strategy.models.editions import LEVEL_WORDS
from floreo.strategy.own_fields import own_cells
from floreo.strategy.queries import with_leads
from floreo.strategy.tables.columns import (
    INTERNAL,
    LEAD_FILTER,
    NOTES,
    PILLAR_FILTER,
    PUBLIC,
    STATUS_FILTER,
    WORDING,
    of_editions,
)
from floreo.strategy.tables.of_edition import by_key, edition_filter, edition_of, keyed

EDITIONS = Table(
    "editions",
    _("Editions"),
    _("Strategies as adopted, one row for each period."),
    rows=lambda viewer: Edition.objects.visible_to(viewer).select_related("follows"),
    columns=(
        Column.of(Edition, "code", _("Part of its address")),
        *titles(_("Working title")),
        Column.of(Edition, "official_title", _("As printed")),
        Column.of(Edition, "objective", _("In the document's words")),
        Column.of(Edition, "vision", _("In the document's words")),
        column("public_text", _("Explanation"), _("In plain words, for the public")),
        Column.of(Edition, "levels", _("From 1 to 4, counted with the actions"), CellKind.WHOLE),
        *(
            Column.of(Edition, name, _("In the document’s words; empty: as the country pack says"))
            for name in LEVEL_WORDS
        ),
        NOTES,
        Column.of(Edition, "starts_on", _("First day"), CellKind.DATE),
        Column.of(Edition, "ends_on", _("Last day"), CellKind.DATE),
        day("launched_on", _("Launched"), _("Date of presentation")),
        Column.of(Edition, "state", _("draft, in_force or ended")),
        Column.of(Edition, "closing_report_on", _("Date of publication of the closing report, if any"), CellKind.DATE),
        Column.of(
            Edition, "follows", _("Code of the previous edition"), value=lambda e: e.follows.code if e.follows else None
        ),
        PUBLIC,
        *SOURCED,
        CHANGED,
    ),
    order=("-pk",),
    search=("title", "official_title", "objective"),
    lookup=lambda rows, key: rows.filter(code=key),
)

PILLARS = Table(
    "pillars",
    in_words_lazy("%(pillars)s"),
    _("The top divisions of each edition."),
    rows=lambda viewer: of_editions(Pillar.objects.select_related("edition"), viewer),
    columns=(
        keyed(lambda p: (p.edition.code, p.code)),
        edition_of(lambda p: p.edition),
        Column.of(Pillar, "code", _("Within its edition")),
        *titles(_("Working title")),
        *WORDING,
        NOTES,
        Column.of(Pillar, "position", _("Position in the edition"), CellKind.WHOLE),
        *SOURCED,
        CHANGED,
    ),
    order=("-edition_id", "position", "pk"),
    key="key",
    search=("code", "title", "official_wording"),
    filters=(edition_filter(),),
    lookup=by_key("edition"),
)

OBJECTIVES = Table(
    "objectives",
    in_words_lazy("%(objectives)s"),
    _("The second level of each edition, and its parts where a plan has four levels."),
    rows=lambda viewer: of_editions(
        Objective.objects.select_related("pillar__edition", "above"), viewer, "pillar__edition"
    ),
    columns=(
        keyed(lambda o: (o.pillar.edition.code, o.code)),
        edition_of(lambda o: o.pillar.edition),
        Column("pillar", in_words_lazy("%(pillar)s"), _("Its code"), lambda o: o.pillar.code),
        Column.of(
            Objective,
            "above",
            _("Its code, where a plan has four levels"),
            value=lambda o: o.above.code if o.above else "",
        ),
        Column.of(Objective, "code", _("Within its edition")),
        *titles(_("Working title")),
        *WORDING,
        NOTES,
        Column.of(Objective, "position", _("Position under the level above"), CellKind.WHOLE),
        *SOURCED,
        CHANGED,
    ),
    order=("pillar_id", "position", "pk"),
    key="key",
    search=("code", "title", "official_wording"),
    filters=(edition_filter("pillar__edition"),),
    lookup=by_key("pillar__edition"),
)


def _bodies(part: str) -> Callable[[Action], Cell]:
    """Codes of the public bodies that have that part today."""
    return lambda act: [p.organisation.code for p in act.current_parts if p.part == part and p.organisation.is_public]  # type: ignore[attr-defined]  # with_leads prefetches it


def _pillar_of(act: Action) -> str:
    pillar = act.objective.pillar
    return "" if pillar.is_implied else pillar.code


def _objective_of(act: Action) -> str:
    return "" if act.objective.is_implied else act.objective.code


ACTIONS = Table(
    "actions",
    in_words_lazy("%(actions)s"),
    _("The actions, with lead, due date and the status calculated from dates."),
    rows=lambda viewer: (
        with_leads(Action.objects.visible_to(viewer))
        .select_related("person", "carried_from__edition")
        .prefetch_related("waits_for")
    ),
    columns=(
        keyed(lambda a: (a.edition.code, a.code)),
        edition_of(lambda a: a.edition),
        Column("pillar", in_words_lazy("%(pillar)s"), _("Its code"), _pillar_of),
        Column("objective", in_words_lazy("%(objective)s"), _("Its code"), _objective_of),
        Column.of(Action, "code", _("Within its edition")),
        *titles(_("Working title")),
        *WORDING,
        NOTES,
        Column("leads", _("Leads"), _("Codes of the organisations that lead it today"), _bodies("lead"), CellKind.LIST),
        Column(
            "support",
            _("Supporting"),
            _("Codes of the organisations that support it"),
            _bodies("support"),
            CellKind.LIST,
        ),
        Column("person_post", _("Person responsible"), _("Their post"), lambda a: a.person.post if a.person else ""),
        Column(
            "person_name",
            _("Name"),
            _("Person responsible; not published"),
            lambda a: a.person.name if a.person else "",
            needs=Permission.PEOPLE_READ,
        ),
        Column.of(
            Action,
            "status",
            _("done, on_track, at_risk, late, stalled, not_started, carried or not_known; calculated daily"),
        ),
        Column.of(Action, "status_rule", _("The rule that determined the status; see the page on status")),
        Column.of(Action, "status_since", _("The date from which that rule counts"), CellKind.DATE),
        Column.of(Action, "term", _("Code of its term, where the plan counts in terms")),
        Column.of(
            Action,
            "waits_for",
            _("Codes of the public actions that have to be done first"),
            CellKind.LIST,
            value=lambda a: [other.code for other in a.waits_for.all() if other.is_public],
        ),
        Column.of(
            Action,
            "own",
            _("The public ones that its pack adds, each as code=value"),
            CellKind.LIST,
            value=lambda a: own_cells(a.own),
        ),
        Column.of(
            Action,
            "own_internal",
            _("Those that are not published, each as code=value"),
            CellKind.LIST,
            value=lambda a: own_cells(a.own_internal),
            needs=INTERNAL,
        ),
        Column.of(Action, "starts_on", _("Planned"), CellKind.DATE),
        day("due_on", _("Due"), _("Committed")),
        Column.of(Action, "expected_on", _("Date now expected by its lead"), CellKind.DATE),
        Column.of(Action, "closed_on", _("Date of completion"), CellKind.DATE),
        Column.of(Action, "on_hold_since", _("First day on hold, if it is on hold"), CellKind.DATE),
        Column.of(Action, "on_hold_reason", _("As entered")),
        Column.of(Action, "late_reason", _("In the lead's words")),
        column("override_reason", _("Status override: reason"), _("If a person overrode the status from the rules")),
        column("override_by", _("Status override: by"), _("Who set it")),
        day("override_on", _("Status override: on"), _("Date on which it was set")),
        Column.of(
            Action,
            "carried_from",
            _("Key of the same action in the previous edition"),
            value=lambda a: f"{a.carried_from.edition.code}:{a.carried_from.code}" if a.carried_from else None,
        ),
        PUBLIC,
        *SOURCED,
        CHANGED,
    ),
    order=("-edition_id", "position", "pk"),
    key="key",
    search=("code", "title", "official_wording", "public_text"),
    filters=(STATUS_FILTER, edition_filter(), PILLAR_FILTER, LEAD_FILTER),
    lookup=by_key("edition"),
)
