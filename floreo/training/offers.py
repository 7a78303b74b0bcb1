"""What training offers to the rest of the product: programmes, courses, cohorts, who signed up and who came."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.training import measures, pack
from floreo.training.actions.enrolling import remove_unconfirmed
from floreo.training.actions.reminding import remind_due
from floreo.training.tables import TABLES
from floreo.training.tasks import waiting_tasks

_READ = Permission.TRAINING_READ.value
_TRAINED = _("people who completed a course in the period")
_PART = _("people who took part in a cohort that ended in the period")
_SEATS = _("seats in cohorts that began in the period")
_SESSIONS = _("sessions held in the period")
_OFFICIALS = _("people who completed a course for officials since the strategy began")

OFFERS = Offers(
    tables=TABLES,
    licences=dict.fromkeys(TABLES, "training.toml"),
    measures={
        "people_trained": Measure(
            measures.people_trained,
            _("People trained"),
            "people",
            _TRAINED,
            _TRAINED,
            about_people=True,
            records_need=_READ,
        ),
        "officials_trained": Measure(
            measures.officials_trained,
            _("Officials trained since the strategy began"),
            "people",
            _OFFICIALS,
            _OFFICIALS,
            about_people=True,
            records_need=_READ,
        ),
        "people_trained_for_roles": Measure(
            measures.people_trained_for_roles,
            _("People trained for a role of a skills framework"),
            "people",
            _("people who completed a course for a role"),
            _TRAINED,
            about_people=True,
            records_need=_READ,
        ),
        "training_sessions": Measure(
            measures.training_sessions, _("Training sessions held"), "sessions", _SESSIONS, _SESSIONS
        ),
        "share_training_completed": Measure(
            measures.share_completed,
            _("Share of participants who completed the course"),
            "%",
            _("people who completed it"),
            _PART,
            about_people=True,
            records_need=_READ,
        ),
        "share_training_passed": Measure(
            measures.share_passed,
            _("Share of participants who passed the test"),
            "%",
            _("people who passed the test"),
            _("people who sat the test at the end"),
            about_people=True,
            records_need=_READ,
        ),
        "median_training_gain": Measure(
            measures.median_gain,
            _("Median gain between both tests"),
            "points",
            _("people who sat both tests"),
            _("people who sat both tests"),
            about_people=True,
            records_need=_READ,
        ),
        "training_seats": Measure(measures.seats_offered, _("Training seats offered"), "seats", _SEATS, _SEATS),
    },
    tasks=waiting_tasks,
    task_kinds={"training": _("Training")},
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile("training.toml", pack.FILES["training.toml"]),
        PackFile(
            "training_enrolments.csv",
            pack.FILES["training_enrolments.csv"],
            only_sample="participants of a real country are entered in the workspace",
        ),
    ),
    search_kinds=(
        SearchKind("training_programme", _("Training programme"), Permission.TRAINING_READ),
        SearchKind("training_course", _("Course"), Permission.TRAINING_READ),
        SearchKind("training_cohort", _("Cohort"), Permission.TRAINING_READ),
    ),
    jobs=(
        Job("training_reminders", partial(remind_due, by=SYSTEM), timedelta(minutes=15)),
        Job("training_unconfirmed", partial(remove_unconfirmed, by=SYSTEM), timedelta(minutes=15)),
    ),
    verbs={
        "attendance.by_code": _("recorded by the code at the door that they came"),
        "attendance.by_code_and_name": _("recorded by the code at the door that a participant came"),
        "attendance.recorded": _("recorded who came to a session"),
        "attendance.recorded_at_door": _("recorded at the door who came to a session"),
        "attendance.walk_in_enrolled": _("made a participant of somebody who walked in"),
        "attendance.walk_in_removed": _("removed somebody who walked in from a list"),
        "attendance.walked_in": _("added somebody who walked in to a list"),
        "attendance.walked_in_at_door": _("added at the door somebody who walked in"),
        "cohort.cancelled": _("cancelled the cohort"),
        "cohort.closed": _("recorded the results of the cohort"),
        "cohort.imported": _("imported participants, attendance and tests"),
        "cohort.invitation_ended": _("ended the link of an invited organisation"),
        "cohort.made": _("prepared a cohort"),
        "cohort.opened_again": _("opened the cohort again"),
        "cohort.organisation_invited": _("invited an organisation to enrol its people"),
        "cohort.removed": _("removed a cohort"),
        "cohort.seats_given": _("gave free seats to people on the waiting list"),
        "cohort.updated": _("changed the cohort"),
        "course.made": _("added a course"),
        "course.module_added": _("added a module"),
        "course.module_moved": _("moved a module"),
        "course.module_removed": _("removed a module"),
        "course.module_updated": _("changed a module"),
        "course.removed": _("removed a course"),
        "course.roles_set": _("set for which roles a course prepares"),
        "course.updated": _("changed a course"),
        "enrolment.asked": _("signed up by the form"),
        "enrolment.by_organisation": _("enrolled people of an organisation"),
        "enrolment.cancelled": _("cancelled by their link"),
        "enrolment.cancelled_by_staff": _("cancelled an enrolment"),
        "enrolment.confirmed": _("confirmed by their link that they signed up"),
        "enrolment.entered": _("enrolled somebody"),
        "enrolment.erased": _("erased their data by their link"),
        "enrolment.erased_on_request": _("erased a participant’s data because they asked for it"),
        "enrolment.left": _("recorded that a participant left the course"),
        "enrolment.updated": _("changed an enrolment"),
        "enrolments.expired": _("removed sign-ups that nobody confirmed"),
        "feedback.given": _("answered the question at the end"),
        "programme.made": _("added a training programme"),
        "programme.removed": _("removed a training programme"),
        "programme.updated": _("changed a training programme"),
        "scores.entered": _("entered tests"),
        "session.added": _("added a session"),
        "session.link_ended": _("ended the trainer’s link"),
        "session.link_sent": _("sent the trainer the check-in link"),
        "session.reminded": _("reminded participants of a session"),
        "session.removed": _("removed a session"),
        "session.updated": _("changed a session"),
    },
    menu=(
        MenuItem(CAPACITY, _("Cohorts"), "workspace:training_cohorts", Permission.TRAINING_READ, 10, "training"),
        MenuItem(
            CAPACITY,
            _("Programmes and courses"),
            "workspace:training_programmes",
            Permission.TRAINING_READ,
            12,
            "courses",
        ),
    ),
)
