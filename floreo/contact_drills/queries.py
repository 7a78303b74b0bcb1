"""Reads of contacts and drills used more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from floreo.contact_drills.logic import Asked, Score, score
from floreo.contact_drills.models import ConfirmationRequest, ContactDrill, ContactPolicy, DrillRecipient, DrillState
from floreo.core import clock
from floreo.organisations.models import Contact, ContactRole, Kind, Organisation
from floreo.organisations.queries import with_parts

# In this order somebody is called.
CALL_ORDER = (
    ContactRole.DUTY,
    ContactRole.TECHNICAL,
    ContactRole.ABUSE,
    ContactRole.MANAGEMENT,
    ContactRole.PRESS,
    ContactRole.OTHER,
)


def policy() -> ContactPolicy:
    """The country's, or what holds where no pack says it."""
    return ContactPolicy.objects.order_by("pk").first() or ContactPolicy()


def stale_contacts(today: date) -> QuerySet[Contact]:
    """Contacts of organisations that exist that did not reply for as long as the policy says, those that never did first."""
    before = today - timedelta(days=policy().stale_days)
    rows = Contact.objects.filter(organisation__merged_into=None).exclude(verified_on__gt=before)
    order = F("verified_on").asc(nulls_first=True)
    return rows.select_related("organisation").order_by(order, "organisation__name", "pk")


def unanswered(today: date) -> QuerySet[ConfirmationRequest]:
    """Questions that were not answered in the time that the policy gives."""
    before = today - timedelta(days=policy().wait_days)
    rows = ConfirmationRequest.objects.filter(confirmed_at=None, closed_on=None, asked_on__lte=before)
    return rows.select_related("contact__organisation").order_by("asked_on", "pk")


def chosen_contacts(drill: ContactDrill) -> QuerySet[Contact]:
    """Those that a drill would reach: of the chosen roles, of the chosen organisations and those of the chosen sectors; of all operators,
    where nothing is chosen."""
    rows = Contact.objects.filter(organisation__merged_into=None, role__in=drill.roles)
    bodies = list(drill.organisations.values_list("pk", flat=True)) if drill.pk else []
    sectors = with_parts(drill.sectors.values_list("pk", flat=True)) if drill.pk else set()
    if bodies or sectors:
        rows = rows.filter(Q(organisation__in=bodies) | Q(organisation__sector__in=sectors))
    else:
        rows = rows.filter(organisation__kind=Kind.OPERATOR)
    return rows.select_related("organisation").order_by("organisation__name", "role", "pk")


# --- Scores -------------------------------------------------------------------------------------------------------


def score_of(recipients: Iterable[DrillRecipient], now: datetime) -> Score:
    return score([each.asked() for each in recipients], now)


@dataclass(frozen=True)
class ContactHistory:
    """An organisation's contacts of one role over the drills, the oldest first. A cell is empty where it was in no drill."""

    organisation: Organisation
    role: str
    role_words: str
    cells: Sequence[Sequence[DrillRecipient]]
    score: Score


def sent_drills() -> list[ContactDrill]:
    rows = ContactDrill.objects.filter(state__in=(DrillState.RUNNING, DrillState.ENDED))
    return list(rows.order_by("sent_at", "pk"))


def lines(drills: Sequence[ContactDrill], now: datetime) -> list[ContactHistory]:
    """Every organisation and role that was in one of them, with its score over all of them."""
    rows = DrillRecipient.objects.filter(drill__in=drills).select_related("organisation", "drill")
    grouped: dict[tuple[int, str], list[DrillRecipient]] = defaultdict(list)
    for each in rows.order_by("organisation__name", "organisation_id", "pk"):
        grouped[each.organisation_id, each.role].append(each)
    order = {role: at for at, role in enumerate(CALL_ORDER)}
    found = [
        ContactHistory(
            group[0].organisation,
            role,
            group[0].get_role_display(),
            [[each for each in group if each.drill_id == drill.pk] for drill in drills],
            score_of(group, now),
        )
        for (_body, role), group in grouped.items()
    ]
    return sorted(found, key=lambda line: (line.organisation.label.lower(), order.get(line.role, 99)))  # type: ignore[call-overload]


def asked_in(start: date, end: date) -> list[Asked]:
    """Everybody who was asked in drills that were sent between two days of the country."""
    rows = DrillRecipient.objects.filter(drill__state__in=(DrillState.RUNNING, DrillState.ENDED)).select_related(
        "drill"
    )
    return [each.asked() for each in rows if start <= clock.calendar_day(each.sent_at) <= end]
