"""Who came: by the code at the door, from the list in the workspace or on the trainer's page, from a paper roll typed in later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.sectors import Sector
from floreo.core.writing import delete, lock_latest, refuse, save
from floreo.organisations.logic import Presence
from floreo.training import moments
from floreo.training.access import Participant, Trainer
from floreo.training.actions.enrolling import Who, enrol_walk_in
from floreo.training.actions.running import must_be_running
from floreo.training.logic import CheckIn, EnrolmentState, is_check_in_code
from floreo.training.models import Attendance, Enrolment, How, Session
from floreo.training.queries import check_in_key, mail_key, named_alike

RUN = Permission.TRAINING_RUN


@dataclass(frozen=True)
class Ticked:
    """A list as it was sent: whom the form showed as present, and whom it says to be present now. What others recorded in between is
    not undone by a list that did not know of it."""

    shown: frozenset[int]
    present: frozenset[int]
    how: str = How.LIST


def must_have_begun(session: Session) -> None:
    if session.check_in is CheckIn.EARLY:
        raise Refused(_("This session has not begun yet."), code="too_early")


def must_take_attendance(session: Session) -> None:
    must_be_running(session.cohort)
    must_have_begun(session)


def recorded(session: Session, enrolment: Enrolment, *, how: str, by: Actor) -> Attendance:
    """That this person came. Recorded twice it stays as it was first."""
    found = session.attendances.filter(enrolment=enrolment).first()
    if found is not None and found.is_present:
        return found
    made = found or Attendance(session=session, enrolment=enrolment)
    made.presence, made.how = Presence.PRESENT, how
    made.organisation, made.person = enrolment.organisation, enrolment.person
    made.recorded_at, made.recorded_by = moments.now(), by.actor_name[:200]
    return save(made)


def _take(session: Session, ticked: Ticked, *, by: Actor) -> Session:
    fresh = lock_latest(session)
    must_take_attendance(fresh)
    seated = {
        e.number: e for e in Enrolment.objects.filter(cohort=fresh.cohort_id).select_related("organisation", "person")
    }
    if unknown := (ticked.present | ticked.shown) - seated.keys():
        raise Refused(_("Nobody in this cohort has the number %(n)d.") % {"n": min(unknown)}, code="unknown_number")
    for number in sorted(ticked.present - ticked.shown):
        if not seated[number].holds_seat:
            sentence = _("Number %(n)d has no seat in this cohort.") % {"n": number}
            raise Refused(sentence, code="no_seat")
        recorded(fresh, seated[number], how=ticked.how, by=by)
    for number in sorted(ticked.shown - ticked.present):
        for row in fresh.attendances.filter(enrolment=seated[number]):
            delete(row)
    fresh.recorded_on = clock.today()
    return save(fresh)


@action("attendance.recorded", needs=RUN)
def record_list(session: Session, *, by: Actor, ticked: Ticked) -> Session:
    """From the list, or from a paper roll, in the workspace."""
    return _take(session, ticked, by=by)


def must_be_trainer(by: Actor, session: Session) -> None:
    if not isinstance(by, Trainer) or by.session.pk != session.pk:
        raise NotAllowed


@action("attendance.recorded_at_door", needs=None)
def record_list_at_check_in(session: Session, *, by: Actor, ticked: Ticked) -> Session:
    """The same, by the trainer's link."""
    must_be_trainer(by, session)
    return _take(session, ticked, by=by)


# --- The code at the door -----------------------------------------------------------------------------------------


def _must_be_open(session: Session) -> None:
    must_be_running(session.cohort)
    if session.check_in is CheckIn.EARLY:
        raise Refused(_("It is too early: check-in for this session is not open yet."), code="too_early")
    if session.check_in is CheckIn.OVER:
        raise Refused(_("This session is over. Ask the trainer to put you on the list."), code="over")


def must_be_current(session: Session, code: str) -> None:
    """The code that is on the wall now. A photograph of it works for two minutes at most."""
    _must_be_open(session)
    if not is_check_in_code(check_in_key(), session.pk, code, now=moments.now()):
        raise refuse("code", _("This code has expired. Enter the one that is shown now."), code="code_expired")


@action("attendance.by_code", needs=None, quiet=True)
def come_by_link(enrolment: Enrolment, *, by: Actor, session: Session, code: str) -> Attendance:
    """ "I am here", by the participant's own link and the code on the wall."""
    if not isinstance(by, Participant) or by.enrolment.pk != enrolment.pk:
        raise NotAllowed
    fresh = lock_latest(enrolment)
    must_be_current(session, code)
    if session.cohort_id != fresh.cohort_id or not fresh.holds_seat:
        raise Refused(_("You have no seat in this cohort. Ask the trainer."), code="no_seat")
    return recorded(session, fresh, how=How.QR, by=by)


@action("attendance.by_code_and_name", needs=None, quiet=True)
def come_by_name(session: Session, *, by: Actor, name: str, mail: str, code: str) -> Attendance:
    """ "I am here", by the name and the address with which somebody is enrolled. It marks nobody else, and does not say who is enrolled."""
    must_be_current(session, code)
    own = mail_key(mail)
    rows = Enrolment.objects.filter(cohort=session.cohort_id, mail_key=own, is_erased=False).seated()
    found = rows.select_related("organisation", "person").first() if own else None
    if found is None or not named_alike(found.name, name):
        sentence = _(
            "Nobody with this name and address has a seat in this cohort. Ask the trainer to put you on the list."
        )
        raise Refused(sentence, code="not_enrolled", fields={"name": sentence})
    return recorded(session, found, how=How.QR, by=by)


# --- Walk-ins -----------------------------------------------------------------------------------------------------


def _walk_in(session: Session, *, by: Actor, name: str, organisation_name: str, sector: str, how: str) -> Attendance:
    fresh = lock_latest(session)
    must_take_attendance(fresh)
    words = " ".join(name.split())
    if not words:
        raise refuse("name", _("Enter a name."), code="missing")
    if any(named_alike(row.name, words) for row in fresh.attendances.filter(enrolment=None)):
        raise refuse("name", _("Somebody of this name is on the list already."), code="twice")
    made = Attendance(
        session=fresh,
        name=words[:200],
        is_guest=True,
        organisation_name=" ".join(organisation_name.split())[:200],
        sector=sector,
        how=how,
        recorded_at=moments.now(),
        recorded_by=by.actor_name[:200],
    )
    return save(made)


@action("attendance.walked_in", needs=RUN)
def add_walk_in(
    session: Session,
    *,
    by: Actor,
    name: str,
    organisation_name: str = "",
    sector: str = Sector.OTHER,
    how: str = How.LIST,
) -> Attendance:
    """Somebody who came without being enrolled."""
    return _walk_in(session, by=by, name=name, organisation_name=organisation_name, sector=sector, how=how)


@action("attendance.walked_in_at_door", needs=None)
def add_walk_in_at_check_in(
    session: Session, *, by: Actor, name: str, organisation_name: str = "", sector: str = Sector.OTHER
) -> Attendance:
    """The same, by the trainer's link."""
    must_be_trainer(by, session)
    return _walk_in(session, by=by, name=name, organisation_name=organisation_name, sector=sector, how=How.LIST)


@action("attendance.walk_in_removed", needs=RUN)
def remove_walk_in(row: Attendance, *, by: Actor) -> None:
    must_be_running(lock_latest(row).session.cohort)
    delete(row)


@action("attendance.walk_in_enrolled", needs=RUN)
def enrol_from_walk_in(row: Attendance, *, by: Actor) -> Enrolment:
    """Makes a participant of somebody who walked in: all sessions to which the same name came count for them. Refuses where every seat
    is taken, or others wait for one."""
    cohort = lock_latest(row.session.cohort)
    must_be_running(cohort)
    fresh = lock_latest(row)
    who = Who(name=fresh.name, sector=fresh.sector or Sector.OTHER, organisation_name=fresh.organisation_name)
    made = enrol_walk_in(cohort, who, organisation=fresh.organisation)
    if made.state != EnrolmentState.CONFIRMED:
        raise Refused(_("There is no free seat, or others wait for one."), code="no_seat")
    for each in _same_name(cohort.sessions.all(), fresh.name):
        each.enrolment, each.is_guest, each.name, each.organisation_name, each.sector = made, False, "", "", ""
        save(each)
    return made


def _same_name(sessions: Iterable[Session], name: str) -> Sequence[Attendance]:
    rows = Attendance.objects.filter(session__in=sessions, enrolment=None)
    return [row for row in rows if named_alike(row.name, name)]
