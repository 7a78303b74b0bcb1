"""Lists of assessments in the workspace, and as files. Nothing of them is open data: a standard that is published is a framework, and
is in the tables of those."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.assessments.models import (
    READ,
    AssessmentCampaign,
    CampaignState,
    Participant,
    ParticipantState,
)
from floreo.core.columns import by_id, titles
from floreo.core.sectors import Sector
from floreo.core.tables import CellKind, Column, Filter, Table, Words


def _campaigns(viewer: object) -> QuerySet[AssessmentCampaign]:
    return AssessmentCampaign.objects.visible_to(viewer).select_related("in_version", "reviewer")


def _states() -> Iterable[tuple[str, Words]]:
    return ParticipantState.choices


CAMPAIGNS = Table(
    "assessment_campaigns",
    _("Assessments of organisations"),
    _("Campaigns in which organisations rate themselves against a framework."),
    rows=_campaigns,
    columns=(
        Column.of(AssessmentCampaign, "code", _("Part of its address")),
        *titles(_("As it is called"), of=AssessmentCampaign),
        Column("version", _("Framework"), _("Code of its version"), lambda c: c.in_version.code),
        Column.of(
            AssessmentCampaign,
            "reviewer",
            _("Code; empty: the secretariat"),
            value=lambda c: c.reviewer.code if c.reviewer else "",
        ),
        Column.of(AssessmentCampaign, "starts_on", _("From when answers are taken"), CellKind.DATE),
        Column.of(AssessmentCampaign, "ends_on", _("Until when answers are taken"), CellKind.DATE),
        Column.of(AssessmentCampaign, "state", _("draft, open or closed")),
    ),
    order=("-ends_on", "-pk"),
    search=("title", "code"),
    filters=(Filter("state", _("State"), lambda: CampaignState.choices, lambda rows, v: rows.filter(state=v)),),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _participants(viewer: object) -> QuerySet[Participant]:
    rows = Participant.objects.visible_to(viewer)
    return rows.select_related("organisation", "campaign__in_version", "assessment")


PARTICIPANTS = Table(
    "assessed_organisations",
    _("Organisations in a campaign"),
    _("Each organisation that is asked, how far it is, and what it reached."),
    rows=_participants,
    columns=(
        Column.of(Participant, "organisation", _("Its code"), value=lambda p: p.organisation.code, needs=READ),
        Column("name", _("Name"), _("Its name"), lambda p: p.organisation.name, needs=READ),
        Column.of(Participant, "sector", _("In which it is compared"), needs=READ),
        Column.of(Participant, "state", _("asked, answering, submitted, returned or accepted"), needs=READ),
        Column.of(Participant, "answered", _("With a level, or said not to apply"), CellKind.WHOLE, needs=READ),
        Column(
            "result",
            _("Result"),
            _("Per cent of the scale, once it is accepted"),
            lambda p: p.results.get("", ""),
            needs=READ,
        ),
    ),
    order=("organisation__name", "pk"),
    key="id",
    search=("organisation__name", "organisation__short_name", "organisation__code"),
    filters=(
        Filter("state", _("State"), _states, lambda rows, v: rows.filter(state=v)),
        Filter("sector", _("Sector"), lambda: Sector.choices, lambda rows, v: rows.filter(sector=v)),
    ),
    lookup=by_id,
)
TABLES: dict[str, Table] = {}
