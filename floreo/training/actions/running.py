"""Programmes, courses, cohorts and sessions: what is taught, to whom, when, and who is invited to it."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.ui.locale import language
from floreo.core.writing import (
    assign,
    delete,
    delete_unless_used,
    free_code,
    last_position,
    lock_latest,
    move_among,
    refuse,
    require_period,
    require_text,
    save,
)
from floreo.frameworks.models import Item
from floreo.training.actions.seats import give_free_seats
from floreo.training.logic import CohortState
from floreo.training.mails import KIND_GROUP, group_mail, state_mail, trainer_mail
from floreo.training.models import (
    Cohort,
    CohortInvitation,
    Course,
    CourseModule,
    CourseRole,
    Programme,
    Session,
    SignUp,
)
from floreo.training.queries import taken

RUN = Permission.TRAINING_RUN


def must_be_running(cohort: Cohort) -> None:
    """Its results are not recorded, and it was not cancelled: after that nothing of it changes."""
    if cohort.state == CohortState.CLOSED:
        raise Refused(
            _("The results of this cohort are recorded. Open it again before you change it."), code="cohort_closed"
        )
    if cohort.state == CohortState.CANCELLED:
        raise Refused(_("This cohort is cancelled."), code="cohort_cancelled")


# --- Programmes and courses ---------------------------------------------------------------------------------------


@action("programme.made", needs=RUN)
def make_programme(*, by: Actor, title: str, code: str = "", **facts: Any) -> Programme:
    words = require_text(title, field="title", sentence=_("Enter a title."))
    made = Programme(code=free_code(Programme, words, wanted=code.strip()))
    assign(made, {"title": words, **facts})
    return save(made)


@action("programme.updated", needs=RUN)
def update_programme(programme: Programme, *, by: Actor, version: int | None = None, **facts: Any) -> Programme:
    fresh = lock_latest(programme, version)
    assign(fresh, facts)
    require_text(fresh.title, field="title", sentence=_("Enter a title."))
    return save(fresh)


@action("programme.removed", needs=RUN)
def remove_programme(programme: Programme, *, by: Actor) -> None:
    """Only one without courses."""
    delete_unless_used(lock_latest(programme), _("It has courses. Remove them first."))


@action("course.made", needs=RUN)
def make_course(programme: Programme, *, by: Actor, title: str, code: str = "", **facts: Any) -> Course:
    words = require_text(title, field="title", sentence=_("Enter a title."))
    made = Course(programme=lock_latest(programme), code=free_code(Course, words, wanted=code.strip()))
    assign(made, {"title": words, **facts})
    return save(made)


@action("course.updated", needs=RUN)
def update_course(course: Course, *, by: Actor, version: int | None = None, **facts: Any) -> Course:
    fresh = lock_latest(course, version)
    assign(fresh, facts)
    require_text(fresh.title, field="title", sentence=_("Enter a title."))
    return save(fresh)


@action("course.removed", needs=RUN)
def remove_course(course: Course, *, by: Actor) -> None:
    """Only one that no cohort took."""
    delete_unless_used(lock_latest(course), _("It has cohorts, so it cannot be removed."))


@action("course.module_added", needs=RUN)
def add_module(course: Course, *, by: Actor, title: str, **facts: Any) -> CourseModule:
    fresh = lock_latest(course)
    made = CourseModule(course=fresh, position=last_position(fresh.modules.all()))
    assign(made, {"title": require_text(title, field="title", sentence=_("Enter a title.")), **facts})
    return save(made)


@action("course.module_updated", needs=RUN)
def update_module(module: CourseModule, *, by: Actor, version: int | None = None, **facts: Any) -> CourseModule:
    fresh = lock_latest(module, version)
    assign(fresh, facts)
    require_text(fresh.title, field="title", sentence=_("Enter a title."))
    return save(fresh)


@action("course.module_moved", needs=RUN, quiet=True)
def move_module(module: CourseModule, *, by: Actor, up: bool) -> CourseModule:
    """One place up or down; at the end already, nothing happens."""
    fresh = lock_latest(module)
    move_among(fresh, fresh.course.modules.all(), up=up)
    return fresh


@action("course.module_removed", needs=RUN)
def remove_module(module: CourseModule, *, by: Actor) -> None:
    delete(lock_latest(module))


@action("course.roles_set", needs=RUN, quiet=True)
def set_roles(course: Course, *, by: Actor, roles: list[Item]) -> Course:
    """For which roles of skills frameworks it prepares: exactly these."""
    fresh = lock_latest(course)
    wanted = {item.pk: item for item in roles}
    for row in fresh.course_roles.all():
        if wanted.pop(row.item_id, None) is None:
            delete(row)
    for item in wanted.values():
        save(CourseRole(course=fresh, item=item))
    return fresh


# --- Cohorts ------------------------------------------------------------------------------------------------------


def _require_sound(cohort: Cohort) -> None:
    require_text(cohort.title, field="title", sentence=_("Enter a title."))
    require_period(cohort.starts_on, cohort.ends_on)
    opens, closes = cohort.sign_up_opens_at, cohort.sign_up_closes_at
    if opens and closes and closes <= opens:
        raise refuse("sign_up_closes_at", _("It closes before it opens. Change one of them."), code="dates_in_order")


@action("cohort.made", needs=RUN)
def make_cohort(course: Course, *, by: Actor, title: str, code: str = "", **facts: Any) -> Cohort:
    words = require_text(title, field="title", sentence=_("Enter a title."))
    made = Cohort(course=lock_latest(course), code=free_code(Cohort, words, wanted=code.strip()))
    assign(made, {"title": words, **facts})
    _require_sound(made)
    return save(made)


@action("cohort.updated", needs=RUN)
def update_cohort(cohort: Cohort, *, by: Actor, version: int | None = None, **facts: Any) -> Cohort:
    """Where it has more seats than before, the first of the waiting list get them. Never fewer seats than people who have one."""
    fresh = lock_latest(cohort, version)
    must_be_running(fresh)
    assign(fresh, facts)
    _require_sound(fresh)
    seated = taken(fresh)
    if fresh.capacity is not None and fresh.capacity < seated:
        sentence = _("%(n)d people have a seat already. Enter at least as many.") % {"n": seated}
        raise refuse("capacity", sentence, code="too_few_seats")
    saved = save(fresh)
    give_free_seats(saved)
    return saved


@action("cohort.cancelled", needs=RUN)
def cancel_cohort(cohort: Cohort, *, by: Actor, reason: str) -> Cohort:
    """It does not take place. Everybody who signed up and left an address is notified."""
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    fresh.cancelled_reason = require_text(reason, field="reason", sentence=_("Say why."))
    fresh.state = CohortState.CANCELLED
    saved = save(fresh)
    notified = saved.enrolments.filter(state__in=["confirmed", "waiting"], is_erased=False).exclude(mail="")
    for each in notified:
        had_seat = each.holds_seat
        each.cohort, each.state = saved, "cancelled"  # as the mail says it; the row stays as it was
        outbox.post_all([state_mail(each, had_seat=had_seat)])
    return saved


@action("cohort.removed", needs=RUN)
def remove_cohort(cohort: Cohort, *, by: Actor) -> None:
    """Only one for which nobody signed up."""
    delete_unless_used(lock_latest(cohort), _("People signed up for it, so it cannot be removed. Cancel it instead."))


# --- Sessions -----------------------------------------------------------------------------------------------------


def _sound_session(session: Session) -> Session:
    if session.ends_at <= session.starts_at:
        raise refuse("ends_at", _("It ends before it starts. Change one of them."), code="dates_in_order")
    return session


@action("session.added", needs=RUN)
def add_session(cohort: Cohort, *, by: Actor, **facts: Any) -> Session:
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    number = int(fresh.sessions.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Session(cohort=fresh, number=number)
    assign(made, facts)
    return save(_sound_session(made))


@action("session.updated", needs=RUN)
def update_session(session: Session, *, by: Actor, version: int | None = None, **facts: Any) -> Session:
    must_be_running(lock_latest(session.cohort))
    fresh = lock_latest(session, version)
    before = fresh.starts_at
    assign(fresh, facts)
    if fresh.starts_at != before:
        fresh.reminded_at = None
    return save(_sound_session(fresh))


@action("session.removed", needs=RUN)
def remove_session(session: Session, *, by: Actor) -> None:
    """Only one to which nobody came."""
    must_be_running(lock_latest(session.cohort))
    fresh = lock_latest(session)
    if fresh.attendances.exists():
        raise Refused(_("Somebody came to it, so it cannot be removed."), code="attended")
    delete(fresh)


@action("session.link_sent", needs=RUN)
def send_check_in_link(session: Session, *, by: Actor, mail: str) -> Session:
    """Sends the trainer the link for the page at the door."""
    fresh = lock_latest(session)
    must_be_running(fresh.cohort)
    fresh.trainer_mail = require_text(mail, field="mail", sentence=_("Enter an e-mail address."))
    saved = save(fresh, at={"trainer_mail": "mail"})
    outbox.post(trainer_mail(saved, language()))
    return saved


@action("session.link_ended", needs=RUN)
def end_check_in_link(session: Session, *, by: Actor) -> Session:
    """The link for the page at the door works no more; a new one can be sent."""
    fresh = lock_latest(session)
    fresh.link_version += 1
    return save(fresh)


# --- Invited organisations ----------------------------------------------------------------------------------------


@action("cohort.organisation_invited", needs=RUN)
def invite_organisation(cohort: Cohort, *, by: Actor, organisation: Any, mail: str, **facts: Any) -> CohortInvitation:
    """Sends an organisation the link with which it enrols its people. Invited again, it gets a new link and the old one works no more."""
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    if fresh.sign_up == SignUp.CLOSED:
        raise Refused(_("Nobody may sign up for this cohort. Change first who may sign up."), code="sign_up_closed")
    found = fresh.invitations.filter(organisation=organisation).first()
    made = lock_latest(found) if found is not None else CohortInvitation(cohort=fresh, organisation=organisation)
    if found is not None:
        made.link_version += 1
    assign(made, {"mail": mail, "is_ended": False, **facts})
    saved = save(made)
    outbox.post_all([group_mail(saved)])
    return saved


@action("cohort.invitation_ended", needs=RUN)
def end_invitation(invitation: CohortInvitation, *, by: Actor) -> CohortInvitation:
    """Its link works no more, and the invitation is not sent if it waits still. Whom it enrolled stays."""
    fresh = lock_latest(invitation)
    fresh.is_ended = True
    fresh.link_version += 1
    outbox.withdraw_mail(KIND_GROUP, key(fresh))
    return save(fresh)
