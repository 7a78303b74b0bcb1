"""Calendar feeds: a private one by its address, and the public one of an edition."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_safe

from floreo.core import languages, throttle
from floreo.core.errors import Missing
from floreo.portal.views.page import public_page
from floreo.strategy.access import get_edition_for
from floreo.tasks.access import get_feed_for
from floreo.tasks.calendar import calendar_of, public_calendar
from floreo.tasks.letters import language_of

KIND = "text/calendar; charset=utf-8"


@login_not_required
@require_safe
def private_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's own, for their calendar program, which cannot sign in. What a wrong address costs is counted."""
    try:
        user = get_feed_for(token)
    except Missing:
        throttle.spend("calendar.unknown", throttle.address_of(request), capacity=20, per_hour=60)
        raise
    throttle.spend("calendar", str(user.pk), capacity=30, per_hour=60)
    language = language_of(user, languages.first())
    with translation.override(language):
        response = HttpResponse(calendar_of(user), content_type=KIND)
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


@login_not_required
@public_page
def edition_calendar(request: HttpRequest, code: str) -> HttpResponseBase:
    """The public milestones of an edition, for anybody's calendar: what the public may see, whoever asks."""
    edition = get_edition_for(None, code)
    return HttpResponse(public_calendar(edition), content_type=KIND)
