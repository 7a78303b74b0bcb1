"""Lists of the incidents app. None of it is open data: what the public sees are figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, roles_that
from floreo.core.sectors import Sector
from floreo.core.tables import CellKind, Column, Filter, Table, Words
from floreo.core.ui import locale
from floreo.incidents import moments, taxonomy
from floreo.incidents.case_page import untouched_hours
from floreo.incidents.models import Case, CaseSeverity, CaseState, WaitingFor
from floreo.organisations.models import User

OPEN = ("open", "contained", "resolved")
HANDLE = Permission.INCIDENT_HANDLE


def _cases(viewer: object) -> QuerySet[Case]:
    return Case.objects.visible_to(viewer).select_related("lead", "place")


def handlers() -> list[User]:
    """Accounts that handle incidents, by name."""
    users = User.objects.filter(is_active=True, memberships__role__in=roles_that(HANDLE))
    return list(users.distinct().order_by("name", "pk"))


def _states() -> Iterable[tuple[str, Words]]:
    yield "not_closed", _("Not closed")
    yield from CaseState.choices


_FEW = 2000  # so many are sorted at once; where there are more, the next ones are near in the index of the list


def _few(rows: QuerySet[Case], narrowed: QuerySet[Case]) -> QuerySet[Case]:
    """`narrowed` by its own index where few fit, sorted then: walking through a million cases for the twenty open ones would take
    a second. That the order is not written as the index has it keeps the database from walking."""
    found = list(narrowed.order_by().values_list("pk", flat=True)[: _FEW + 1])
    if len(found) > _FEW:
        return rows.filter(pk__in=narrowed.order_by().values("pk"))
    return rows.filter(pk__in=found).order_by(Coalesce("received_at", "received_at").desc(), "-pk")


def _in_state(rows: QuerySet[Case], value: str) -> QuerySet[Case]:
    if value == "not_closed":
        return _few(rows, Case.objects.filter(state__in=OPEN))
    return rows.filter(state=value)


def _leads() -> Iterable[tuple[str, Words]]:
    yield "nobody", _("Nobody leads it")
    for user in handlers():
        yield str(user.pk), user.name


def _led_by(rows: QuerySet[Case], value: str) -> QuerySet[Case]:
    return rows.filter(lead=None) if value == "nobody" else rows.filter(lead=int(value))


def _classes() -> Iterable[tuple[str, Words]]:
    return [(each.code, each.title) for each in taxonomy.classes(locale.language())]


def _untouched(rows: QuerySet[Case], _value: str) -> QuerySet[Case]:
    since = moments.now() - timedelta(hours=untouched_hours())
    return _few(rows, Case.objects.filter(state__in=("open", "contained"), touched_at__lt=since))


CASES = Table(
    "cases",
    _("Cases"),
    _("Incidents that the team handles."),
    rows=_cases,
    columns=(
        Column.of(Case, "reference", _("Of the case")),
        Column.of(Case, "title", _("In one line")),
        Column.of(Case, "state", _("open, contained, resolved, closed or merged")),
        Column.of(Case, "rsit_class", _("Class of RSIT")),
        Column.of(Case, "rsit_type", _("Type of RSIT")),
        Column.of(Case, "severity", _("low, medium, high, critical or unknown")),
        Column.of(Case, "tlp", _("Traffic Light Protocol 2.0")),
        Column.of(Case, "lead", _("Name"), value=lambda c: str(c.lead) if c.lead else None),
        Column.of(Case, "waiting_for", _("Who must act next")),
        Column.of(Case, "sector", _("Code of the sector")),
        Column.of(Case, "place", _("Code of the place"), value=lambda c: c.place.code if c.place else None),
        Column.of(Case, "received_at", _("UTC"), CellKind.MOMENT),
        Column.of(Case, "contained_at", _("UTC"), CellKind.MOMENT),
        Column.of(Case, "handled_at", _("UTC"), CellKind.MOMENT),
        Column.of(Case, "closed_at", _("UTC"), CellKind.MOMENT),
        Column.of(Case, "is_exercise", _("Whether it is a case of an exercise"), CellKind.FLAG),
    ),
    order=("-received_at", "-pk"),
    key="reference",
    needs=HANDLE,
    # Words are looked for in the index of the search, not here: views.py.
    filters=(
        Filter("state", _("State"), _states, _in_state),
        Filter("severity", _("Severity"), lambda: CaseSeverity.choices, lambda rows, v: rows.filter(severity=v)),
        Filter("class", _("Class (RSIT)"), _classes, lambda rows, v: rows.filter(rsit_class=v)),
        Filter("lead", _("Who takes it"), _leads, _led_by),
        Filter("waiting", _("Waiting for"), lambda: WaitingFor.choices, lambda rows, v: rows.filter(waiting_for=v)),
        Filter("sector", _("Sector"), lambda: Sector.choices, lambda rows, v: rows.filter(sector=v)),
        Filter(
            "untouched",
            _("Last touched"),
            lambda: (("yes", _("Nobody touched it lately")),),
            _untouched,
        ),
        Filter(
            "exercise",
            _("Exercise"),
            lambda: (("no", _("Real cases")), ("yes", _("Exercises"))),
            lambda rows, v: rows.filter(is_exercise=v == "yes"),
        ),
    ),
)
TABLES: dict[str, Table] = {}
