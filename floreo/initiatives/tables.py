"""Initiatives and competitions as open data. Of entries only the published result, and of a minor no name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, titles
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words
from floreo.initiatives.models import (
    RUN,
    Competition,
    CompetitionEntry,
    CompetitionState,
    EntryState,
    Initiative,
    InitiativeAudience,
    InitiativeState,
)
from floreo.initiatives.queries import with_districts
from floreo.organisations.models import Place, PlaceSort


def _initiatives(viewer: object) -> QuerySet[Initiative]:
    rows = Initiative.objects.visible_to(viewer).select_related("organisation")
    return rows.prefetch_related(with_districts())


def _body(row: Initiative | Competition) -> str | None:
    body = row.organisation
    return body.code if body is not None and body.is_public else None


def _districts(initiative: Initiative) -> Cell:
    return [row.place.code for row in initiative.in_districts.all()]


def _known_districts() -> Iterable[tuple[str, Words]]:
    return [(place.code, place.in_language("name")) for place in Place.objects.filter(kind=PlaceSort.DISTRICT)]


def _in_district(rows: QuerySet[Initiative], code: str) -> QuerySet[Initiative]:
    """With those that work in the whole country."""
    return rows.filter(Q(in_districts__place__code=code) | Q(in_districts=None)).distinct()


def _going_on(rows: QuerySet[Initiative], value: str) -> QuerySet[Initiative]:
    over = Q(ends_on__lt=clock.today())
    return rows.filter(over) if value == "over" else rows.exclude(over)


AUDIENCE = Filter(
    "audience", _("Audience"), lambda: InitiativeAudience.choices, lambda rows, v: rows.filter(audience=v)
)
DISTRICT = Filter("district", _("District"), _known_districts, _in_district)
GOING_ON = Filter("when", _("When"), lambda: [("now", _("Going on")), ("over", _("Over"))], _going_on)

INITIATIVES = Table(
    "initiatives",
    _("Initiatives of others"),
    _("What organisations, firms and councils do for a safer use of the Internet, as they describe it."),
    rows=_initiatives,
    columns=(
        Column.of(Initiative, "code", _("Part of its address")),
        *titles(_("As it is called")),
        Column.of(Initiative, "summary", _("In plain words")),
        Column("organisation", _("Organisation"), _("Code, where it is in the register"), _body),
        Column("who", _("Who runs it"), _("Name of the organisation"), lambda i: i.who),
        Column.of(Initiative, "audience", _("children, parents, teachers and others")),
        Column.of(
            Initiative,
            "districts",
            _("Codes of districts; none means the whole country"),
            CellKind.LIST,
            value=_districts,
        ),
        Column.of(Initiative, "starts_on", _("First day, where it is known"), CellKind.DATE),
        Column.of(Initiative, "ends_on", _("Last day; none while it goes on"), CellKind.DATE),
        Column.of(Initiative, "address", _("At who runs it"), CellKind.LINK),
        *SOURCED,
        CHANGED,
    ),
    order=("title", "pk"),
    search=("title", "summary", "who_name", "organisation__name"),
    filters=(AUDIENCE, DISTRICT, GOING_ON),
    lookup=lambda rows, key: rows.filter(code=key),
)

WORKSPACE_INITIATIVES = Table(
    "initiatives",
    INITIATIVES.title,
    INITIATIVES.help,
    rows=INITIATIVES.rows,
    columns=(*INITIATIVES.columns, Column.of(Initiative, "state", _("waiting, published or declined"))),
    order=INITIATIVES.order,
    needs=RUN,
    search=INITIATIVES.search,
    filters=(
        Filter("state", _("State"), lambda: InitiativeState.choices, lambda rows, v: rows.filter(state=v)),
        AUDIENCE,
        DISTRICT,
    ),
    lookup=INITIATIVES.lookup,
)


def _competitions(viewer: object) -> QuerySet[Competition]:
    return Competition.objects.visible_to(viewer).select_related("organisation")


COMPETITIONS = Table(
    "competitions",
    _("Competitions"),
    _("Competitions for youth: for whom, from when to when, and what can be won."),
    rows=_competitions,
    columns=(
        Column.of(Competition, "code", _("Part of its address")),
        *titles(_("As announced"), of=Competition),
        Column.of(Competition, "summary", _("In plain words")),
        Column("phase", _("State"), _("hidden, coming, open, judging or ended"), lambda c: str(c.phase)),
        Column.of(Competition, "age_from", _("Youngest who may enter"), CellKind.WHOLE),
        Column.of(Competition, "age_to", _("Oldest who may enter"), CellKind.WHOLE),
        Column.of(Competition, "opens_on", _("First day for entries"), CellKind.DATE),
        Column.of(Competition, "closes_on", _("Entries are taken until its end"), CellKind.DATE),
        Column.of(Competition, "prizes", _("What can be won")),
        Column.of(Competition, "organisation", _("Code of the organisation"), value=_body),
        Column.of(Competition, "result_on", _("When the result was published"), CellKind.DATE),
        *SOURCED,
        CHANGED,
    ),
    order=("-created_at", "-pk"),
    search=("title", "code"),
    filters=(
        Filter(
            "state",
            _("State"),
            lambda: [pair for pair in CompetitionState.choices if pair[0] != CompetitionState.DRAFT],
            lambda rows, v: rows.filter(state=v),
        ),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _results(viewer: object) -> QuerySet[CompetitionEntry]:
    """The published results, whoever looks: what is not published leaves by no file."""
    rows = CompetitionEntry.objects.filter(competition__state=CompetitionState.ENDED, rank__isnull=False)
    return rows.select_related("competition", "place")


COMPETITION_RESULTS = Table(
    "competition_results",
    _("Results of competitions"),
    _("Published results: title and school of each entry, its points and its place. No names of minors."),
    rows=_results,
    columns=(
        ID,
        Column.of(CompetitionEntry, "competition", _("Its code"), value=lambda e: e.competition.code),
        Column.of(CompetitionEntry, "category", _("As in the rules")),
        Column.of(CompetitionEntry, "rank", _("In its category"), CellKind.WHOLE),
        Column.of(CompetitionEntry, "title", _("As published")),
        Column.of(CompetitionEntry, "school", _("Or the team’s organisation")),
        Column.of(CompetitionEntry, "age_band", _("Years, as a band")),
        Column("district", _("District"), _("Code of the district"), lambda e: e.place.code if e.place else None),
        Column.of(CompetitionEntry, "points", _("Of 100, from the jury"), CellKind.DECIMAL),
        CHANGED,
    ),
    order=("competition_id", "category", "rank", "pk"),
    key="id",
    search=("title", "school"),
    filters=(
        Filter(
            "competition",
            _("Competition"),
            lambda: [(c.code, c.title) for c in Competition.objects.filter(state=CompetitionState.ENDED)],
            lambda rows, v: rows.filter(competition__code=v),
        ),
    ),
    lookup=by_id,
)


def _entries(viewer: object) -> QuerySet[CompetitionEntry]:
    return CompetitionEntry.objects.select_related("competition", "place")


# For who runs a competition, one at a time. Names, addresses and descriptions are on the page of an entry and in no file.
WORKSPACE_ENTRIES = Table(
    "competition_entries",
    _("Entries"),
    _("Entries of a competition, without the names of who sent them."),
    rows=_entries,
    columns=(
        Column.of(CompetitionEntry, "reference", _("Of the entry")),
        Column.of(CompetitionEntry, "category", _("As in the rules")),
        Column.of(CompetitionEntry, "title", _("As it was sent")),
        Column.of(CompetitionEntry, "school", _("Or the team’s organisation")),
        Column.of(CompetitionEntry, "age_band", _("Years, as a band")),
        Column("district", _("District"), _("Code of the district"), lambda e: e.place.code if e.place else None),
        Column.of(CompetitionEntry, "state", _("waiting, entered or excluded")),
        Column.of(CompetitionEntry, "received_on", _("Day on which it came"), CellKind.DATE),
        Column.of(CompetitionEntry, "agreed_on", _("When the guardian agreed"), CellKind.DATE),
    ),
    order=("reference", "pk"),
    key="reference",
    needs=RUN,
    search=("reference", "title", "school"),
    filters=(Filter("state", _("State"), lambda: EntryState.choices, lambda rows, v: rows.filter(state=v)),),
    lookup=lambda rows, key: rows.filter(reference=key),
)

TABLES: dict[str, Table] = {t.name: t for t in (INITIATIVES, COMPETITIONS, COMPETITION_RESULTS)}
