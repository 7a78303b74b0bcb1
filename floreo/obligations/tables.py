"""Obligations as open data; what is due and notifications as lists of the workspace."""

from __future__ import annotations

from typing import Any

from django.db.models import Min, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import reach
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, titles
from floreo.core.tables import Cell, CellKind, Column, Filter, Table
from floreo.obligations.logic import WAITS_FOR_OPERATOR
from floreo.obligations.models import (
    N_READ,
    READ,
    DueStateChoice,
    ImpactChoice,
    KindChoice,
    Notification,
    Obligation,
    ObligationDue,
    ObligationSector,
    RhythmChoice,
    StateChoice,
    WaitingForChoice,
)
from floreo.organisations.models import NationalSector


def _sectors(obligation: Obligation) -> Cell:
    return [row.sector.code for row in obligation.in_sectors.all()]


WITH_SECTORS = Prefetch("in_sectors", ObligationSector.objects.select_related("sector"))


def _obligations(viewer: object) -> QuerySet[Obligation]:
    return Obligation.objects.visible_to(viewer).prefetch_related(WITH_SECTORS)


OBLIGATIONS = Table(
    "obligations",
    _("Obligations"),
    _("What laws ask of operators and others: by which section, of whom, and how often."),
    rows=_obligations,
    columns=(
        Column.of(Obligation, "code", _("Identifies it")),
        *titles(_("What is to be done")),
        Column.of(Obligation, "law", _("Name of the act")),
        Column.of(Obligation, "section", _("Of the law")),
        Column.of(Obligation, "binds", _("designated, operators or all")),
        Column("sectors", _("Sectors"), _("Codes; none: every sector"), _sectors, CellKind.LIST),
        Column.of(Obligation, "broad", _("energy, transport, finance and others; empty: every class")),
        Column.of(Obligation, "rhythm", _("months, once or event")),
        column("months", _("Months"), _("From one time to the next"), CellKind.WHOLE),
        Column.of(Obligation, "within_days", _("For what an event starts"), CellKind.WHOLE),
        Column.of(Obligation, "first_due_on", _("Later times are counted from it"), CellKind.DATE),
        Column.of(Obligation, "is_example", _("Of no law of this country"), CellKind.FLAG),
        *SOURCED,
        CHANGED,
    ),
    order=("title", "pk"),
    search=("title", "law", "section", "code"),
    filters=(Filter("rhythm", _("How often"), lambda: RhythmChoice.choices, lambda rows, v: rows.filter(rhythm=v)),),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _known_sectors() -> Any:
    return [(sector.code, sector.in_language("name")) for sector in NationalSector.objects.all()]


def _dues(viewer: object) -> QuerySet[ObligationDue]:
    return ObligationDue.objects.visible_to(viewer).select_related("obligation", "organisation")


def _when(rows: QuerySet[ObligationDue], value: str) -> QuerySet[ObligationDue]:
    waiting = rows.filter(state__in=WAITS_FOR_OPERATOR)
    return waiting.filter(due_on__lt=clock.today()) if value == "late" else waiting.filter(due_on__gte=clock.today())


DUES = Table(
    "obligations_due",
    _("What is due"),
    _("Of each organisation: what is due under which obligation, by when, and what became of it."),
    rows=_dues,
    columns=(
        ID,
        Column.of(ObligationDue, "obligation", _("Code"), value=lambda d: d.obligation.code),
        Column("title", _("What is to be done"), _("As the obligation says"), lambda d: d.obligation.title),
        Column.of(ObligationDue, "organisation", _("Code"), value=lambda d: d.organisation.code),
        Column.of(ObligationDue, "due_on", _("By when"), CellKind.DATE),
        Column.of(ObligationDue, "state", _("open, submitted, returned, accepted or lapsed")),
        Column("waiting_for", _("Waiting for"), _("Who acts next"), lambda d: str(d.waiting_for)),
        Column.of(ObligationDue, "submitted_at", _("The newest submission"), CellKind.MOMENT),
        Column.of(ObligationDue, "note", _("In the words of the organisation")),
        Column.of(ObligationDue, "reason", _("Why it was returned, or is not due")),
        CHANGED,
    ),
    order=("due_on", "pk"),
    key="id",
    needs=READ,
    search=("obligation__title", "organisation__name", "organisation__code"),
    filters=(
        Filter("state", _("State"), lambda: DueStateChoice.choices, lambda rows, v: rows.filter(state=v)),
        Filter("when", _("Due"), lambda: [("late", _("Overdue")), ("coming", _("To come"))], _when),
        Filter(
            "obligation",
            _("Obligation"),
            lambda: [(each.code, each.in_language("title")) for each in Obligation.objects.all()],
            lambda rows, v: rows.filter(obligation__code=v),
        ),
    ),
    lookup=by_id,
)


def _notifications(viewer: object) -> QuerySet[Notification]:
    rows = Notification.objects.visible_to(viewer).select_related("organisation", "sector", "case")
    ours = reach(viewer, N_READ) is None
    return rows.annotate(due_at=Min("clocks__due_at", filter=Q(clocks__is_open=True, clocks__is_ours=ours)))


NOTIFICATIONS = Table(
    "incident_notifications",
    _("Incident notifications"),
    _("Notifications in stages: whose, of what, who acts next, and what is late."),
    rows=_notifications,
    columns=(
        Column.of(Notification, "reference", _("Never changes")),
        Column.of(Notification, "kind", _("incident, near_miss, threat or voluntary")),
        Column.of(Notification, "state", _("draft, open, closed, withdrawn or rejected")),
        Column.of(Notification, "waiting_for", _("operator, regulator or nobody")),
        Column.of(
            Notification, "organisation", _("Code"), value=lambda n: n.organisation.code if n.organisation else None
        ),
        Column.of(Notification, "sector", _("Code"), value=lambda n: n.sector.code if n.sector else None),
        Column.of(Notification, "is_significant", _("By the rules, or as the team judged"), CellKind.FLAG),
        Column.of(Notification, "is_cross_border", _("As far as known"), CellKind.FLAG),
        Column.of(Notification, "countries", _("Where it crosses the border")),
        Column.of(Notification, "impact", _("none, degraded or stopped")),
        column("aware_at", _("Became aware"), _("When the organisation did"), CellKind.MOMENT),
        Column.of(Notification, "submitted_at", _("From which clocks count"), CellKind.MOMENT),
        column("due_at", _("Next due"), _("By the clocks that run"), CellKind.MOMENT),
        Column.of(Notification, "case", _("Reference"), value=lambda n: n.case.reference if n.case else None),
        CHANGED,
    ),
    order=("-pk",),
    needs=N_READ,
    search=("reference", "organisation__name", "named"),
    filters=(
        Filter(
            "state",
            _("State"),
            lambda: [("running", _("Not closed")), *StateChoice.choices],
            lambda rows, v: rows.filter(state__in=["draft", "open"] if v == "running" else [v]),
        ),
        Filter(
            "waiting", _("Waiting for"), lambda: WaitingForChoice.choices, lambda rows, v: rows.filter(waiting_for=v)
        ),
        Filter("kind", _("Kind"), lambda: KindChoice.choices, lambda rows, v: rows.filter(kind=v)),
        Filter(
            "border",
            _("Crosses the border"),
            lambda: [("yes", _("Yes")), ("no", _("No"))],
            lambda rows, v: rows.filter(is_cross_border=v == "yes"),
        ),
        Filter("impact", _("Impact"), lambda: ImpactChoice.choices, lambda rows, v: rows.filter(impact=v)),
        Filter("sector", _("Sector"), _known_sectors, lambda rows, v: rows.filter(sector__code=v)),
        Filter(
            "held",
            _("Attached"),
            lambda: [("held", _("Held: of no known organisation"))],
            lambda rows, _v: rows.filter(organisation=None),
        ),
    ),
    lookup=lambda rows, key: rows.filter(reference=key),
)

TABLES = {OBLIGATIONS.name: OBLIGATIONS}  # of everybody
