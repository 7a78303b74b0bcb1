"""The words of the workforce: what a course costs, when it was confirmed, what a gap says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, delimited, languages
from floreo.core.sectors import Sector
from floreo.core.wording import day_text, month_text, number_figures, short_day
from floreo.frameworks.models import Item
from floreo.workforce.importing import Read
from floreo.workforce.logic import SEVERAL, Published
from floreo.workforce.models import CatalogueCourse, CourseDate, NeedsRequest


def language_word(code: str) -> str:
    return str(languages.named(code))


def role_words(item: Item) -> str:
    """A role as people read it. Where the publisher gives a code (OG-WRL-005), with it; codes made here say nothing more than the name."""
    title = item.in_language("title")
    if not title:
        return item.code
    return f"{title} ({item.code})" if any(c.isupper() for c in item.code) else title


def cost_text(course: CatalogueCourse) -> str:
    if course.is_free:
        return _("Free")
    if course.cost_amount is None:
        return _("Cost not stated")
    amount = course.cost_amount
    shown = number_figures(int(amount)) if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return f"{shown} {course.currency}"


def hours_text(course: CatalogueCourse) -> str:
    if not course.hours:
        return ""
    return ngettext("%(n)s hour in all", "%(n)s hours in all", course.hours) % {"n": number_figures(course.hours)}


def where_text(course: CatalogueCourse) -> str:
    place = course.place
    held = str(course.get_mode_display())
    return f"{held}, {place.in_language('name')}" if place is not None else held


def facts_text(course: CatalogueCourse) -> str:
    """Level, language, where and cost in one line."""
    level, spoken = str(course.get_level_display()), language_word(course.language)
    return " · ".join((level, spoken, where_text(course), cost_text(course)))


def confirmed_text(course: CatalogueCourse) -> str:
    """Who vouches for it, and since when nobody does."""
    if course.checked_on is None:
        return _("Not confirmed by its institution yet")
    if course.is_current:
        return _("Confirmed by its institution on %(day)s") % {"day": day_text(course.checked_on)}
    return _("Not confirmed since %(month)s") % {"month": month_text(course.checked_on)}


def next_text(course: CatalogueCourse) -> str:
    coming = course.coming()
    return _("Next: %(day)s") % {"day": short_day(coming[0].starts_on)} if coming else ""


def seats_text(day: CourseDate) -> str:
    if day.seats is None:
        return ""
    return ngettext("%(n)s seat", "%(n)s seats", day.seats) % {"n": number_figures(day.seats)}


def courses_text(number: int) -> str:
    return ngettext("%(n)s course", "%(n)s courses", number) % {"n": number_figures(number)}


def state_text(course: CatalogueCourse) -> str:
    if course.removed_on is not None:
        return _("Removed on %(day)s") % {"day": day_text(course.removed_on)}
    if course.is_hidden:
        return _("Hidden: %(reason)s") % {"reason": course.hidden_reason}
    return _("New or changed: to be looked at") if course.needs_look else _("In the catalogue")


def request_text(request: NeedsRequest, today: date | None = None) -> str:
    day = today or clock.today()
    if request.answered_on is not None:
        return _("Answered on %(day)s") % {"day": day_text(request.answered_on)}
    if not request.link_hash:
        return _("Link ended, no answer")
    return _("Late: no answer") if request.due_on < day else _("Waiting for the answer")


def sector_word(sector: str) -> str:
    return _("Several sectors together") if sector == SEVERAL else str(Sector(sector).label)


def headline(figures: Published) -> str:
    """What the public figures say, computed from them."""
    table = figures.table
    if table is None or table.total is None:
        return _("People for cybersecurity")
    missing = table.column_totals[1]
    if missing is None:
        return _("%(n)s people are needed for cybersecurity") % {"n": number_figures(table.total)}
    words = {"missing": number_figures(missing), "needed": number_figures(table.total)}
    return _("%(missing)s of %(needed)s posts for cybersecurity are not filled") % words


def json_ld(course: CatalogueCourse) -> str:
    """schema.org Course, with its instances to come: what search engines read. Escaped, so that no text of an institution ends the
    block."""
    body = course.institution.organisation
    provider: dict[str, Any] = {"@type": "Organization", "name": body.in_language("name")}
    if body.website:
        provider["sameAs"] = body.website
    modes = {"present": ["onsite"], "online": ["online"], "mixed": ["onsite", "online"]}
    address = f"{settings.SITE_ADDRESS}{course.get_absolute_url()}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": address,
        "url": course.address or address,
        "name": course.in_language("title"),
        "description": course.in_language("summary") or course.in_language("title"),
        "provider": provider,
        "inLanguage": course.language,
        "educationalLevel": str(course.get_level_display()),
    }
    if course.is_free:
        data["isAccessibleForFree"] = True
    elif course.cost_amount is not None:
        offer = {"@type": "Offer", "price": str(course.cost_amount), "priceCurrency": course.currency}
        data["offers"] = {**offer, "category": "Paid"}
    instances = []
    for each in course.coming():
        instance: dict[str, Any] = {
            "@type": "CourseInstance",
            "startDate": each.starts_on.isoformat(),
            "courseMode": modes[course.mode],
        }
        if course.place is not None:
            instance["location"] = {"@type": "Place", "name": course.place.in_language("name")}
        if each.seats is not None:
            instance["maximumAttendeeCapacity"] = each.seats
        if course.hours:
            instance["courseWorkload"] = f"PT{course.hours}H"
        instances.append(instance)
    if instances:
        data["hasCourseInstance"] = instances
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


MOST_LISTED = 100  # problems of one file


def read_sentences(read: Read) -> list[str]:
    """What a check of a file found."""
    count = len(read.rows)
    words = {"n": number_figures(count), "encoding": read.encoding}
    found = [
        ngettext("%(n)s course can be read (%(encoding)s).", "%(n)s courses can be read (%(encoding)s).", count) % words
    ]
    if read.encoding == delimited.MIXED:
        found.append(
            _("Its lines have two encodings, and were read line by line. Look at the accents before you import.")
        )
    if read.unknown:
        found.append(_("Nothing is read from these columns: %(columns)s.") % {"columns": ", ".join(read.unknown)})
    found += [str(problem) for problem in read.problems[:MOST_LISTED]]
    if (more := len(read.problems) - MOST_LISTED) > 0:
        found.append(ngettext("And %(n)d more problem.", "And %(n)d more problems.", more) % {"n": more})
    return found
