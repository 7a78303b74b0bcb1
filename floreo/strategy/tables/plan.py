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
        column("code", _("Code"), _("Part of its address")),
        *titles(_("Working title")),
        column("official_title", _("Official title"), _("As printed")),
        column("objective", _("Overall objective"), _("In the document's words")),
        column("vision", _("Vision"), _("In the document's words")),
        column("public_text", _("Explanation"), _("In plain words, for the public")),
        column("levels", _("Levels of the plan"), _("From 1 to 4, counted with the actions"), CellKind.WHOLE),
        *(
            Column.of(Edition, name, _("In the document’s words; empty: as the country pack says"))
            for name in LEVEL_WORDS
        ),
        NOTES,
        day("starts_on", _("Start"), _("First day")),
        day("ends_on", _("End"), _("Last day")),
        day("launched_on", _("Launched"), _("Date of presentation")),
        column("state", _("State"), _("draft, in_force or ended")),
        day("closing_report_on", _("Closing report"), _("Date of publication of the closing report, if any")),
        Column(
            "follows", _("Follows"), _("Code of the previous edition"), lambda e: e.follows.code if e.follows else None
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
        column("code", _("Code"), _("Within its edition")),
        *titles(_("Working title")),
        *WORDING,
        NOTES,
        column("position", _("Place"), _("Position in the edition"), CellKind.WHOLE),
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
        Column(
            "above",
            _("Part of"),
            _("Its code, where a plan has four levels"),
            lambda o: o.above.code if o.above else "",
        ),
        column("code", _("Code"), _("Within its edition")),
        *titles(_("Working title")),
        *WORDING,
        NOTES,
        column("position", _("Place"), _("Position under the level above"), CellKind.WHOLE),
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
        column("code", _("Code"), _("Within its edition")),
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
        column(
            "status",
            _("Status"),
            _("done, on_track, at_risk, late, stalled, not_started, carried or not_known; calculated daily"),
        ),
        column("status_rule", _("Rule"), _("The rule that determined the status; see the page on status")),
        day("status_since", _("Since"), _("The date from which that rule counts")),
        column("term", _("Term"), _("Code of its term, where the plan counts in terms")),
        Column(
            "waits_for",
            _("Waits for"),
            _("Codes of the public actions that have to be done first"),
            lambda a: [other.code for other in a.waits_for.all() if other.is_public],
            CellKind.LIST,
        ),
        Column(
            "own",
            _("Fields of this country"),
            _("The public ones that its pack adds, each as code=value"),
            lambda a: own_cells(a.own),
            CellKind.LIST,
        ),
        Column(
            "own_internal",
            _("Internal fields of this country"),
            _("Those that are not published, each as code=value"),
            lambda a: own_cells(a.own_internal),
            CellKind.LIST,
            needs=INTERNAL,
        ),
        day("starts_on", _("Start"), _("Planned")),
        day("due_on", _("Due"), _("Committed")),
        day("expected_on", _("Expected"), _("Date now expected by its lead")),
        day("closed_on", _("Closed"), _("Date of completion")),
        day("on_hold_since", _("On hold since"), _("First day on hold, if it is on hold")),
        column("on_hold_reason", _("Reason for the hold"), _("As entered")),
        column("late_reason", _("Reason for being late"), _("In the lead's words")),
        column("override_reason", _("Status override: reason"), _("If a person overrode the status from the rules")),
        column("override_by", _("Status override: by"), _("Who set it")),
        day("override_on", _("Status override: on"), _("Date on which it was set")),
        Column(
            "carried_from",
            _("Carried from"),
            _("Key of the same action in the previous edition"),
            lambda a: f"{a.carried_from.edition.code}:{a.carried_from.code}" if a.carried_from else None,
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
