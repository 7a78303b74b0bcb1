"""What workforce offers to the rest of the product: roles needed and people trained, and the public catalogue of courses."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.workforce import measures, pack
from floreo.workforce.actions.catalogue import remind_institutions
from floreo.workforce.actions.needs import remind_due
from floreo.workforce.tables import TABLES
from floreo.workforce.tasks import waiting_tasks

_RUN = Permission.WORKFORCE_RUN.value
_DATES = _("beginnings of courses in the period")

OFFERS = Offers(
    tables=TABLES,
    licences={"courses": "institutions.toml", "course_dates": "institutions.toml"},
    measures={
        "courses_offered": Measure(
            measures.courses_offered,
            _("Courses on cybersecurity offered in the country"),
            "courses",
            _("courses that began in the period"),
            _("courses that began in the period"),
        ),
        "course_seats": Measure(
            measures.course_seats,
            _("Seats in courses on cybersecurity"),
            "seats",
            _("seats of courses that began in the period"),
            _DATES,
        ),
        "share_institutions_current": Measure(
            measures.share_institutions_current,
            _("Share of institutions that keep their courses up to date"),
            "%",
            _("institutions that confirmed all their courses within twelve months"),
            _("institutions with courses in the catalogue"),
            knows_past=False,
        ),
        "share_needs_met": Measure(
            measures.share_needs_met,
            _("Share of posts for cybersecurity that are filled"),
            "%",
            _("posts filled"),
            _("posts needed, in the newest answers"),
            about_people=True,
            records_need=_RUN,
        ),
        "people_trained_for_needs": Measure(
            measures.people_trained_for_needs,
            _("People trained for roles in which people are missing"),
            "people",
            _("people who completed a course that serves such a role"),
            _("people who completed a course that serves such a role"),
            about_people=True,
            records_need=_RUN,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"workforce": _("Workforce and courses")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("catalogue_course", _("Course of the catalogue"), Permission.WORKFORCE_RUN),),
    jobs=(
        Job("catalogue_reminders", partial(remind_institutions, by=SYSTEM), timedelta(days=1)),
        Job("needs_reminders", partial(remind_due, by=SYSTEM), timedelta(days=1)),
    ),
    verbs={
        "need.recorded": _("recorded how many people are needed"),
        "need.updated": _("corrected how many people are needed"),
        "need.removed": _("removed numbers of people needed"),
        "needs.requested": _("asked an organisation how many people it needs"),
        "needs.reminded": _("reminded an organisation of its numbers"),
        "needs.reminders_sent": _("reminded organisations of their numbers"),
        "needs.link_ended": _("ended the link of an organisation"),
        "needs.answered": _("answered by its link how many people it needs"),
        "institution.added": _("added an institution to the catalogue"),
        "institution.updated": _("changed an institution of the catalogue"),
        "institution.removed": _("removed an institution from the catalogue"),
        "institution.link_sent": _("sent an institution its link"),
        "institution.link_ended": _("ended the link of an institution"),
        "institutions.reminded": _("reminded institutions of their courses"),
        "catalogue.course_added": _("added a course to the catalogue"),
        "catalogue.course_changed": _("changed a course of the catalogue"),
        "catalogue.course_removed": _("removed a course from the catalogue"),
        "catalogue.confirmed": _("confirmed the courses of an institution"),
        "catalogue.course_hidden": _("hid a course of the catalogue"),
        "catalogue.course_shown": _("showed a hidden course again"),
        "catalogue.course_looked_at": _("looked at a course of the catalogue"),
        "catalogue.imported": _("imported courses of the catalogue"),
    },
    menu=(
        MenuItem(CAPACITY, _("Workforce"), "workspace:workforce", Permission.WORKFORCE_RUN, 40, "workforce"),
        MenuItem(CAPACITY, _("Catalogue of courses"), "workspace:catalogue", Permission.WORKFORCE_RUN, 45, "catalogue"),
    ),
)
