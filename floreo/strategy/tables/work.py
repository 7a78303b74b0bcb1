"""Tables of what hangs on the plan: milestones, parts, updates, money, risks, events, stated targets."""

from __future__ import annotations

from django.db.models import Case, F, Model, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, reach
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, day, titles
from floreo.core.tables import Cell, CellKind, Column, Filter, Table
from floreo.organisations.models import Organisation
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.models import (
    BudgetLine,
    Event,
    GrantState,
    LeadRole,
    Milestone,
    Participation,
    Pillar,
    Risk,
    StatedTarget,
    Update,
)
from floreo.strategy.tables.columns import ACTION_COLUMNS, INTERNAL, PUBLIC, of_actions, of_editions, public_or_all
from floreo.strategy.tables.of_edition import by_key, edition_filter, edition_of, keyed


def _parts(viewer: object) -> QuerySet[Participation]:
    """Parts of bodies that the viewer may know of."""
    rows = of_actions(Participation.objects.select_related("organisation"), viewer)
    own = reach(viewer, Permission.REGISTER_INTERNAL)
    return rows if own is None else rows.filter(Q(organisation__is_public=True) | Q(organisation__in=own))


def _budget_lines(viewer: object) -> QuerySet[BudgetLine]:
    known = Case(When(funder__is_public=True, then=F("funder__name")), default=Value(""))
    return of_actions(BudgetLine.objects.select_related("funder", "grant__funder").annotate(known_funder=known), viewer)


def _funder(line: BudgetLine) -> Organisation | None:
    return line.funder if line.funder and line.funder.is_public else None


def _grant(line: BudgetLine) -> str | None:
    """Only agreements that the public may know of: signed, with a public funder."""
    grant = line.grant
    is_known = grant is not None and grant.state != GrantState.PROPOSED and grant.funder.is_public
    return grant.code if grant is not None and is_known else None


MILESTONES = Table(
    "milestones",
    _("Milestones"),
    _("The steps that show progress of an action, with their due date and the date reached."),
    rows=lambda viewer: of_actions(Milestone.objects.all(), viewer),
    columns=(
        ID,
        *ACTION_COLUMNS,
        Column.of(Milestone, "code", _("Within its action")),
        *titles(_("What is reached"), of=Milestone),
        day("due_on", _("Due"), _("Committed")),
        Column.of(Milestone, "reached_on", _("Empty if it has not been reached"), CellKind.DATE),
        Column.of(Milestone, "expected_on", _("Date now expected by its lead"), CellKind.DATE),
        Column.of(Milestone, "note", _("In the lead's words")),
        Column.of(Milestone, "evidence_url", _("Address where it can be seen"), CellKind.LINK),
        *SOURCED,
        CHANGED,
    ),
    key="id",
    search=("code", "title"),
    filters=(edition_filter("action__edition"),),
    lookup=by_id,
)

PARTICIPATIONS = Table(
    "participations",
    _("Roles"),
    _("Which organisation leads or supports an action, from one date to another."),
    rows=_parts,
    columns=(
        ID,
        *ACTION_COLUMNS,
        Column.of(Participation, "organisation", _("Its code in the register"), value=lambda p: p.organisation.code),
        Column("organisation_name", _("Name"), _("Its current name"), lambda p: p.organisation.name),
        Column.of(Participation, "part", _("lead or support")),
        Column.of(Participation, "starts_on", _("First day; empty when not known"), CellKind.DATE),
        Column.of(Participation, "ends_on", _("Last day; empty if the seat has not ended"), CellKind.DATE),
        *SOURCED,
        CHANGED,
    ),
    key="id",
    search=("organisation__name", "action__code"),
    filters=(
        Filter("part", _("Part"), lambda: LeadRole.choices, lambda rows, v: rows.filter(part=v)),
        edition_filter("action__edition"),
    ),
    lookup=by_id,
)

UPDATES = Table(
    "updates",
    _("Updates"),
    _("Updates from the leads on their actions, in their own words."),
    rows=lambda viewer: of_actions(Update.objects.visible_to(viewer), viewer),
    columns=(
        ID,
        *ACTION_COLUMNS,
        day("on", _("Day"), _("Date of the update")),
        column("done", pgettext_lazy("what was done", "Done"), _("Work done")),
        Column.of(Update, "next", _("Next steps")),
        Column.of(Update, "risks", _("Risks")),
        Column.of(Update, "nothing_changed", _("As reported by the lead"), CellKind.FLAG),
        Column.of(Update, "reported_by", _("Name; not published"), needs=INTERNAL),
        PUBLIC,
    ),
    order=("-on", "-pk"),
    key="id",
    search=("done", "next", "risks", "action__code"),
    filters=(edition_filter("action__edition"),),
    lookup=by_id,
)

BUDGET_LINES = Table(
    "budget_lines",
    _("Budget lines"),
    _("Money of one funder for one action in one fiscal year. Different currencies are not added together."),
    rows=_budget_lines,
    columns=(
        ID,
        *ACTION_COLUMNS,
        Column.of(
            BudgetLine, "funder", _("Code of the organisation"), value=lambda b: f.code if (f := _funder(b)) else None
        ),
        Column("funder_name", _("Name"), _("Of the funder"), lambda b: f.name if (f := _funder(b)) else None),
        Column.of(BudgetLine, "fiscal_year", _("The year in which it starts"), CellKind.WHOLE),
        Column.of(BudgetLine, "currency", _("ISO 4217")),
        Column.of(BudgetLine, "amount", _("In the currency"), CellKind.DECIMAL),
        Column.of(BudgetLine, "stage", _("planned, or committed in an adopted budget or a signed agreement")),
        Column("grant", _("Agreement"), _("Code of the agreement that funds it"), _grant),
        Column.of(BudgetLine, "spent", _("In the currency"), CellKind.DECIMAL),
        column("note", _("Note"), _("Purpose")),
        *SOURCED,
        CHANGED,
    ),
    key="id",
    search=("action__code", "known_funder", "note"),
    filters=(edition_filter("action__edition"),),
    lookup=by_id,
)

RISKS = Table(
    "risks",
    _("Risks"),
    _("Risks to an action, from 1 (low) to 5 (high), and the response to them."),
    rows=lambda viewer: of_actions(Risk.objects.visible_to(viewer), viewer),
    columns=(
        ID,
        *ACTION_COLUMNS,
        *titles(_("What could happen")),
        Column.of(Risk, "likelihood", _("From 1 to 5"), CellKind.WHOLE),
        Column.of(Risk, "impact", _("From 1 to 5"), CellKind.WHOLE),
        column("score", _("Score"), _("Likelihood times impact; 12 and more is high"), CellKind.WHOLE),
        Column.of(Risk, "response", _("Response")),
        Column.of(Risk, "noted_on", _("First day"), CellKind.DATE),
        Column.of(
            Risk, "closed_on", _("Date from which it could no longer happen, or on which it happened"), CellKind.DATE
        ),
        PUBLIC,
        CHANGED,
    ),
    key="id",
    search=("title", "action__code"),
    filters=(edition_filter("action__edition"),),
    lookup=by_id,
)


def _pillars_shown(row: Model) -> Cell:
    return [p.code for p in row.pillars.all()]  # type: ignore[attr-defined]  # an Event


EVENTS = Table(
    "events",
    _("Events"),
    _("Past and future events with a date: evidence of work, never an official action."),
    rows=lambda viewer: (
        public_or_all(of_editions(Event.objects.all(), viewer), viewer)
        .select_related("edition", "action")
        .prefetch_related(Prefetch("pillars", queryset=Pillar.objects.order_by("position", "pk")))
    ),
    columns=(
        keyed(lambda e: (e.edition.code, e.code)),
        edition_of(lambda e: e.edition),
        Column.of(Event, "code", _("Within its edition")),
        *titles(_("What happened"), of=Event),
        Column.of(Event, "on", _("First day of the period if the exact date is not known"), CellKind.DATE),
        Column.of(Event, "precision", _("Precision of the date: day, month, quarter or year")),
        Column.of(Event, "ends_on", _("Last day, if it lasted several days"), CellKind.DATE),
        Column.of(Event, "kind", _("work, law, training, meeting, publication or measure")),
        Column(
            "pillars", in_words_lazy("%(pillars)s"), _("Codes of what it contributes to"), _pillars_shown, CellKind.LIST
        ),
        Column.of(
            Event,
            "action",
            _("Code of the action it contributes to, if public"),
            value=lambda e: e.action.code if e.action and e.action.is_public else None,
        ),
        PUBLIC,
        *SOURCED,
        CHANGED,
    ),
    order=("-edition_id", "-pk"),
    key="key",
    search=("title", "code"),
    filters=(edition_filter(),),
    lookup=by_key("edition"),
)

STATED_TARGETS = Table(
    "stated_targets",
    _("Stated targets"),
    _("Numeric targets stated in the document."),
    rows=lambda viewer: of_editions(StatedTarget.objects.select_related("edition", "pillar"), viewer),
    columns=(
        ID,
        edition_of(lambda t: t.edition),
        Column("pillar", in_words_lazy("%(pillar)s"), _("Code"), lambda t: t.pillar.code if t.pillar else None),
        Column.of(StatedTarget, "title", _("As stated")),
        Column.of(StatedTarget, "number", _("In its unit"), CellKind.DECIMAL),
        Column.of(StatedTarget, "unit", _("What is counted")),
        Column.of(StatedTarget, "due_on", _("Target date, if the document gives one"), CellKind.DATE),
        *SOURCED,
    ),
    key="id",
    search=("title",),
    filters=(edition_filter(),),
    lookup=by_id,
)
