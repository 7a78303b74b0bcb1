"""Exercises as open data, as little as is public of them; and the lists of those who run them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.columns import CHANGED, column
from floreo.core.tables import CellKind, Column, Filter, Table, in_each_language
from floreo.tabletops.logic import ParticipantState
from floreo.tabletops.models import (
    FINDING,
    READ,
    Participant,
    Scenario,
    StateChoice,
    Tabletop,
    TabletopFinding,
)


def _published(_viewer: object) -> QuerySet[Tabletop]:
    """The same for everybody: what is public of an exercise, and nothing else of it."""
    came = Prefetch("participants", Participant.objects.filter(accepted_at__isnull=False), to_attr="came")
    return Tabletop.objects.published().select_related("scenario").prefetch_related(came)


def _organisations(tabletop: Any) -> int:
    """How many took part: each once, also under a name that the register does not have."""
    return len({str(each.organisation_id or each.organisation_name.casefold()) for each in tabletop.came})


TABLETOPS = Table(
    "exercises_held",
    _("Exercises held"),
    _(
        "Tabletop exercises that were held and published: when, with which scenario, and how many organisations took part."
    ),
    rows=_published,
    columns=(
        Column.of(Tabletop, "code", _("Identifies the exercise")),
        Column("held_on", _("Held on"), _("Day on which it began"), lambda t: t.held_on, CellKind.DATE),
        Column.of(Tabletop, "scenario", _("What was exercised"), value=lambda t: t.scenario.title),
        in_each_language(
            "scenario", _("Where there is one"), _("Scenario"), of="title", through="scenario", has_first=False
        ),
        Column(
            "organisations",
            _("Organisations"),
            _("How many organisations took part"),
            _organisations,
            CellKind.WHOLE,
        ),
    ),
    order=("-started_at", "pk"),
    search=("scenario__title", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)

_STATE = Filter("state", _("State"), lambda: StateChoice.choices, lambda rows, v: rows.filter(state=v))


def _known_scenarios() -> Iterable[tuple[str, str]]:
    return [(s.code, s.in_language("title")) for s in Scenario.objects.filter(tabletops__isnull=False).distinct()]


def _tabletops(viewer: object) -> QuerySet[Tabletop]:
    """With how many accepted, how many findings there are and how many of those are open."""
    rows = Tabletop.objects.visible_to(viewer).select_related("scenario")
    return rows.annotate(
        number_accepted=Count("participants", filter=Q(participants__state=ParticipantState.ACCEPTED), distinct=True),
        number_of_findings=Count("findings", distinct=True),
        open_findings=Count("findings", filter=Q(findings__closed_on=None), distinct=True),
    )


LIST = Table(
    "tabletops",
    _("Tabletop exercises"),
    _("Tabletop exercises: planned, running, held and evaluated."),
    rows=_tabletops,
    columns=(
        Column.of(Tabletop, "code", _("Part of its address")),
        Column.of(Tabletop, "title", _("As planned")),
        Column.of(
            Tabletop, "scenario", _("Code of the scenario"), value=lambda t: t.scenario.code if t.scenario else None
        ),
        Column.of(Tabletop, "planned_at", _("When it is planned"), CellKind.MOMENT),
        Column.of(Tabletop, "duration", _("Without pauses"), CellKind.WHOLE),
        Column.of(Tabletop, "state", _("planned, running, paused, ended, evaluated or cancelled")),
        column("number_accepted", _("Accepted"), _("People who accepted"), CellKind.WHOLE),
        column("number_of_findings", _("Findings"), _("All of them"), CellKind.WHOLE),
        column("open_findings", _("Open findings"), _("Not closed"), CellKind.WHOLE),
        CHANGED,
    ),
    order=("-planned_at", "-pk"),
    needs=READ,
    search=("title", "code", "scenario__title"),
    filters=(
        _STATE,
        Filter("scenario", _("Scenario"), _known_scenarios, lambda rows, v: rows.filter(scenario__code=v)),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)

FOLLOWED = (
    ("open", _("Open")),
    ("overdue", _("Overdue")),
    ("closed", pgettext_lazy("a finding", "Closed")),
    ("undecided", _("Not decided")),
)


def _by_follow(rows: QuerySet[TabletopFinding], value: str) -> QuerySet[TabletopFinding]:
    is_open = rows.filter(closed_on=None)
    return {
        "open": is_open,
        "overdue": is_open.filter(due_on__lt=clock.today()),
        "closed": rows.exclude(closed_on=None),
        "undecided": is_open.filter(due_on=None, became=""),
    }.get(value, rows)


def _findings(viewer: object) -> QuerySet[TabletopFinding]:
    """Open ones first."""
    rows = TabletopFinding.objects.visible_to(viewer).select_related("tabletop__scenario", "organisation")
    closed = Case(When(closed_on=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(is_over=closed)


FINDINGS = Table(
    "tabletop_findings",
    _("Findings of exercises"),
    _("What exercises showed, who follows it up, and by when."),
    rows=_findings,
    columns=(
        Column("exercise", _("Exercise"), _("Code of the exercise"), lambda f: f.tabletop.code),
        Column.of(TabletopFinding, "number", _("Within the exercise"), CellKind.WHOLE),
        Column.of(TabletopFinding, "title", _("In a few words")),
        Column.of(
            TabletopFinding,
            "organisation",
            _("Code of the organisation"),
            value=lambda f: f.organisation.code if f.organisation else None,
        ),
        Column.of(TabletopFinding, "due_on", _("By when"), CellKind.DATE),
        Column(
            "is_action", _("Action of the plan"), _("Whether it became one"), lambda f: bool(f.became), CellKind.FLAG
        ),
        Column.of(TabletopFinding, "closed_on", _("When it was done"), CellKind.DATE),
        CHANGED,
    ),
    order=("is_over", "pk"),
    key="number",
    needs=FINDING,
    search=("title", "text", "tabletop__code", "organisation__name"),
    filters=(Filter("follow", _("State"), lambda: FOLLOWED, _by_follow),),
)
TABLES = {TABLETOPS.name: TABLETOPS}
