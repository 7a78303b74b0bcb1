"""Figures that a lead is asked for in a review, and how one that was answered becomes a reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from floreo.core.access import Actor
from floreo.core.errors import Refused
from floreo.indicators.actions.entering import record_reading
from floreo.indicators.models import Indicator
from floreo.indicators.presenters import period_text
from floreo.indicators.queries import due_readings
from floreo.reviews.access import Answerer
from floreo.reviews.models import UpdateRequest
from floreo.reviews.sheet import RequestedValue


def readings_requested(ask: UpdateRequest) -> list[RequestedValue]:
    """What the organisation of a request enters for the last period that is over. A figure that belongs to an action is under
    it; any other under the first action, of the first ask that the organisation has in this review."""
    if ask.organisation_id is None:
        return []
    acts = list(ask.actions.order_by("position", "pk").values_list("pk", flat=True))
    siblings = UpdateRequest.objects.filter(review=ask.review, organisation=ask.organisation_id)
    elsewhere = set(siblings.exclude(pk=ask.pk).values_list("actions", flat=True))
    is_first = not siblings.filter(pk__lt=ask.pk).exists()
    found = []
    for due in due_readings(Answerer(ask)):
        if not due.is_mine or due.indicator.edition_id not in (None, ask.review.edition_id):
            continue
        own = set(due.indicator.actions.values_list("pk", flat=True))
        place = next((pk for pk in acts if pk in own), None)
        if place is None and (own & elsewhere or not is_first or not acts):
            continue
        found.append(_asked(due.indicator, due.period.start, due.period.end, period_text(due.period), place or acts[0]))
    return found


def _asked(indicator: Indicator, first: date, last: date, period: str, act: int) -> RequestedValue:
    return RequestedValue(
        code=indicator.code,
        title=indicator.in_language("title"),
        unit=indicator.in_language("unit"),
        definition=indicator.in_language("definition"),
        starts_on=first,
        ends_on=last,
        period=period,
        action_id=act,
    )


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """By code, in the reader's language. What is no indicator any more is left out."""
    return {i.code: i.in_language("title") for i in Indicator.objects.filter(code__in=list(codes))}


def enter_value(figure: Mapping[str, str], by: Actor) -> object:
    """Enters one figure of an approved answer as the reading of its period."""
    indicator = Indicator.objects.filter(code=figure["indicator"]).first()
    if indicator is None:
        raise Refused(_("This indicator no longer exists: %(code)s.") % {"code": figure["indicator"]}, code="no_figure")
    return record_reading(
        indicator,
        by=by,
        starts_on=date.fromisoformat(figure["starts_on"]),
        ends_on=date.fromisoformat(figure["ends_on"]),
        value=figure["value"],
        source=figure["source"],
        text=figure.get("note", ""),
    )
