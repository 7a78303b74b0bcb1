"""A cascade as the picture shows it: its services in lanes of hours, in the reader's language."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.wording import number_figures
from floreo.infrastructure.cascade import Hit
from floreo.infrastructure.cascade_picture import (
    FAILED,
    MOST,
    PART,
    STOPPED,
    KeyWords,
    Lane,
    ServiceShown,
    cascade_key,
    cascade_picture,
)
from floreo.infrastructure.cascade_text import cause_text, hours_shown, name_of
from floreo.infrastructure.presenters import hours_text, people_text
from floreo.infrastructure.queries import Ran


def _shown(ran: Ran, hit: Hit, worst: str) -> ServiceShown:
    register, cause = ran.register, hit.stop_cause or hit.cause
    used = sum(ran.cascade.graph.service(hit.service).users.values())
    hour = hit.stopped_at if hit.stopped_at is not None else hit.hit_at
    if cause.dependency is None:
        return ServiceShown(
            hit.service,
            name_of(register, hit.service),
            people_text(used) if used else "",
            hour,
            FAILED,
            weight=used,
            href=register.services[hit.service].workspace_url(),
        )
    row = register.dependencies[cause.dependency.key]
    lasts = cause.dependency.fallback
    return ServiceShown(
        hit.service,
        name_of(register, hit.service),
        people_text(used) if used else "",
        hour,
        STOPPED if hit.stopped_at is not None else PART,
        cause=cause.dependency.needs,
        because=cause_text(register, cause),
        fallback=lasts,
        fallback_words=f"{row.fallback}, {hours_text(lasts)}" if lasts else "",
        wait=cause.dependency.hours,
        weight=used,
        is_worst=hit.service == worst,
        href=register.services[hit.service].workspace_url(),
    )


def _worst(ran: Ran) -> str:
    """The service that stops after another with the most person-hours; "" where none does."""
    failed = {failure.service for failure in ran.cascade.failures}
    by_service = ran.cascade.people.by_service
    found = [hit.service for hit in ran.cascade.stopped if hit.service not in failed]
    return max(found, key=lambda key: (by_service.get(key, 0), key), default="")


def _lanes(ran: Ran) -> list[Lane]:
    lanes = []
    for hour in hours_shown(ran.cascade.hours):
        people = ran.cascade.people.at(hour)
        figures = number_figures(people.least)
        if not people.is_exact:
            words = {"least": figures, "most": number_figures(people.most)}
            figures = _("%(least)s to %(most)s") % words
        heading = _("At once") if hour == 0 else _("Within %(hours)s") % {"hours": hours_text(hour)}
        lanes.append(Lane(hour, heading, figures, _("people without a service")))
    return lanes


def _more(number: int) -> str:
    return ngettext("%(n)d more service", "%(n)d more services", number) % {"n": number}


def drawing(ran: Ran) -> SafeString | str:
    """The picture with the key of its shapes; "" where nothing fails. The table beside it says the same in words."""
    hits = ran.cascade.hits
    if not hits:
        return ""
    worst = _worst(ran)
    label = _("Services that are hit, in lanes of hours, each with what it was hit by. The table below has the same.")
    picture = cascade_picture(
        (_shown(ran, hit, worst) for hit in hits), _lanes(ran), label=label, more=_more, most=MOST
    )
    key = cascade_key(
        KeyWords(
            _("Fails by itself"),
            _("Stops"),
            _("Works in part"),
            _("Most person-hours, and what led to it"),
            _("Fallback that runs out"),
            _("Needs"),
        )
    )
    # Both are drawn by us, with every word escaped.
    return format_html("{}{}", mark_safe(picture), mark_safe(key))  # noqa: S308
