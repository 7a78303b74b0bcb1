"""Drills and their answers as lists for the team. Nothing of them is open data."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.contact_drills.models import RUN, DrillRecipient
from floreo.core.access import can
from floreo.core.tables import CellKind, Column, Filter, Table
from floreo.organisations.models import ContactRole


def _rows(viewer: object) -> QuerySet[DrillRecipient]:
    rows = DrillRecipient.objects.select_related("drill", "organisation")
    return rows if can(viewer, RUN) else rows.none()


DRILL_ANSWERS = Table(
    "contact_drill_answers",
    _("Answers to contact drills"),
    _("Who was asked in which drill, when, and when it answered. Never published."),
    rows=_rows,
    columns=(
        Column.of(DrillRecipient, "drill", _("Its code."), value=lambda r: r.drill.code),
        Column.of(DrillRecipient, "organisation", _("Its code."), value=lambda r: r.organisation.code),
        Column.of(DrillRecipient, "role", _("Of the contact.")),
        Column.of(DrillRecipient, "purpose", _("Of the contact.")),
        Column.of(DrillRecipient, "sent_at", _("When it was asked."), CellKind.MOMENT),
        Column("answered_at", _("Answered"), _("When it answered first."), lambda r: r.answered_at, CellKind.MOMENT),
        Column("channel", _("Channel"), _("mail or phone."), lambda r: r.channel),
    ),
    order=("-sent_at", "pk"),
    needs=RUN,
    search=("organisation__name", "purpose", "drill__title"),
    filters=(Filter("role", _("Role"), lambda: ContactRole.choices, lambda rows, value: rows.filter(role=value)),),
)
WORKSPACE_TABLES = {DRILL_ANSWERS.name: DRILL_ANSWERS}
