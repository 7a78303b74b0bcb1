"""The figures that contacts offer: (period, filters) -> Reading."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.urls import reverse

from floreo.contact_drills.logic import score
from floreo.contact_drills.models import DrillRecipient, DrillState
from floreo.contact_drills.queries import policy
from floreo.core import clock
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.organisations.models import Contact, ContactRole
from floreo.organisations.queries import operators_on


def share_operators_verified_duty_contact(period: Period, filters: Filters) -> Reading:
    """Per cent of the operators of a service of which a contact of the role duty answered within the days that the policy gives, before
    the period's last day. Unknown where there is no operator. Only the last answer of a contact is known, so this knows today only."""
    since = period.end - timedelta(days=policy().stale_days)
    fresh = Contact.objects.filter(role=ContactRole.DUTY, verified_on__gt=since, verified_on__lte=period.end)
    verified = set(fresh.values_list("organisation_id", flat=True))
    records = []
    for body in operators_on(period.end):
        here = reverse("workspace:organisation", args=[body.code])
        records.append(RecordRef(body.name, here, body.pk in verified))
    counted = sum(record.counted for record in records)
    return Reading(share(counted, len(records)), Decimal(counted), Decimal(len(records)), tuple(records))


def _end_of(period: Period) -> datetime:
    last = datetime.combine(period.end, time.max, tzinfo=clock.zone())
    return min(last, clock.now())


def median_minutes_to_answer_drill(period: Period, filters: Filters) -> Reading:
    """Minutes within which half of the contacts answered drills that were sent in the period, by the product-limit estimate: who has not
    answered is still open. As it was known at the period's end. No value where fewer than half have answered."""
    until = _end_of(period)
    rows = DrillRecipient.objects.filter(drill__state__in=(DrillState.RUNNING, DrillState.ENDED))
    kept = [
        each
        for each in rows.select_related("drill").order_by("drill__sent_at", "pk")
        if period.start <= clock.calendar_day(each.sent_at) <= period.end
    ]
    found = score([each.asked() for each in kept], until)
    records = []
    groups: dict[str, list[int]] = {}
    for each in kept:
        asked = each.asked()
        is_in = asked.is_in_time() and asked.answered_at is not None and asked.answered_at <= until
        label = f"{each.drill.title}: {each.get_role_display()} ({each.pk})"
        records.append(RecordRef(label, reverse("workspace:contact_drill", args=[each.drill.code]), is_in))
        pair = groups.setdefault(each.role, [0, 0])
        pair[0] += is_in
        pair[1] += 1
    counted = sum(record.counted for record in records)
    value = None if found.median is None else Decimal(found.median)
    return Reading(
        value,
        Decimal(counted),
        Decimal(len(records)),
        tuple(records),
        tuple(Group(role, *groups[role]) for role in sorted(groups)),
    )
