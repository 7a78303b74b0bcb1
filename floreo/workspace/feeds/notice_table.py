"""The list of notices, each viewer's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.tables import CellKind, Column, Filter, Table, Words
from floreo.feeds.access import notices_for
from floreo.organisations.models import ContactRole, Organisation


def _answered(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(answered_at__isnull=value == "no").exclude(to=[])


NOTICES = Table(
    "letters_of_findings",
    _("Notices of findings"),
    _("One row for each notice to the contacts of one role in one organisation."),
    rows=lambda viewer: notices_for(viewer).annotate(number=Count("lines")),
    columns=(
        Column("number", _("Number"), _("Part of its address"), lambda d: d.pk, CellKind.WHOLE),
        Column(
            "organisation",
            _("Organisation"),
            _("Code of the organisation it was sent to"),
            lambda d: d.organisation.code,
        ),
        Column(
            "role", _("Contacts"), _("abuse, technical, management, duty, press or other"), lambda d: d.contact_role
        ),
        Column("on", _("Sent on"), _("Date in the country's time zone"), lambda d: d.on, CellKind.DATE),
        Column("start", _("From"), _("First day covered"), lambda d: d.start, CellKind.DATE),
        Column("end", _("To"), _("Last day covered"), lambda d: d.end, CellKind.DATE),
        Column("findings", _("Findings"), _("Number of findings"), lambda d: d.number, CellKind.WHOLE),
        Column("tlp", _("TLP"), _("Traffic Light Protocol 2.0"), lambda d: d.tlp),
        Column(
            "answered_at", _("Answered"), _("Time of the first reply, in UTC"), lambda d: d.answered_at, CellKind.MOMENT
        ),
    ),
    order=("-posted_at", "-pk"),
    key="number",
    needs=Permission.FEED_READ,
    search=("organisation__name", "organisation__short_name"),
    filters=(
        Filter("answered", _("Answered"), lambda: [("yes", _("Yes")), ("no", _("No"))], _answered),
        Filter("role", _("Contacts"), lambda: ContactRole.choices, lambda rows, value: rows.filter(contact_role=value)),
    ),
)


def notices_table(viewer: object) -> Table:
    """With a filter by organisation that holds what the viewer may know of."""

    def bodies() -> Iterable[tuple[str, Words]]:
        seen = Organisation.objects.filter(pk__in=notices_for(viewer).order_by().values("organisation"))
        return [(body.code, body.label) for body in seen] if len(seen) > 1 else []

    mine = Filter("organisation", _("Organisation"), bodies, lambda rows, value: rows.filter(organisation__code=value))
    return replace(NOTICES, filters=(*NOTICES.filters, mine))
