"""Signing up: by the form, by the link of an organisation, by staff; and what a participant does by their own link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, languages, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.sectors import Sector
from floreo.core.writing import delete, lock_latest, refuse, require_text, save, save_many
from floreo.organisations.models import Organisation, Person
from floreo.training import moments
from floreo.training.access import Inviter, Participant
from floreo.training.actions.running import must_be_running
from floreo.training.actions.seats import give_free_seats
from floreo.training.logic import IS_OVER, UNCONFIRMED_DAYS, EnrolmentState, state_on_entry
from floreo.training.mails import confirm_mail, state_mail
from floreo.training.models import Attendance, Cohort, CohortInvitation, Enrolment, EnrolmentChannel, Feedback, SignUp
from floreo.training.queries import mail_key, taken, waiting

RUN = Permission.TRAINING_RUN
_CHUNK = 500


@dataclass(frozen=True)
class Who:
    """What somebody wrote about themselves, or others about them."""

    name: str
    mail: str = ""
    sector: str = Sector.OTHER
    organisation_name: str = ""
    language: str = field(default_factory=languages.first)


def must_take_sign_ups(cohort: Cohort) -> None:
    must_be_running(cohort)
    if not cohort.takes_sign_ups:
        raise Refused(_("Nobody can sign up for this cohort now."), code="sign_up_closed")


def _clean(who: Who) -> dict[str, Any]:
    name = " ".join(who.name.split())
    if not name:
        raise refuse("name", _("Enter a name."), code="missing")
    return {
        "name": name[:200],
        "mail": who.mail.strip(),
        "mail_key": mail_key(who.mail),
        "sector": who.sector,
        "organisation_name": " ".join(who.organisation_name.split())[:200],
        "language": who.language,
    }


def _next_number(cohort: Cohort) -> int:
    return int(cohort.enrolments.aggregate(last=Max("number"))["last"] or 0) + 1


def _found(cohort: Cohort, mail: str) -> Enrolment | None:
    own = mail_key(mail)
    found = cohort.enrolments.filter(mail_key=own).first() if own else None
    if found is not None:
        found.cohort = cohort
    return found


def _enter(enrolment: Enrolment, cohort: Cohort) -> None:
    """Gives a seat, or a place at the end of the waiting list. The cohort is locked."""
    enrolment.state = state_on_entry(cohort.capacity, taken(cohort), waiting(cohort))
    enrolment.entered_at = moments.now()
    enrolment.ended_on = None


# --- By the form --------------------------------------------------------------------------------------------------


@action("enrolment.asked", needs=None, quiet=True)
def sign_up(cohort: Cohort, *, by: Actor, who: Who) -> Enrolment:
    """By the public form. No seat is held before whoever has the address presses the button of the mail. Who is there already gets
    their link again, and the page says the same: it reveals to nobody who takes part."""
    fresh = lock_latest(cohort)
    if fresh.course_id == cohort.course_id:
        fresh.course = cohort.course  # read with it: the mail names the course
    must_take_sign_ups(fresh)
    if fresh.sign_up != SignUp.OPEN:
        raise Refused(
            _("Only organisations that were invited enrol people here, each by its own link."), code="invited"
        )
    facts = _require_both(who)
    before = _found(fresh, who.mail)
    if before is not None and before.state not in (EnrolmentState.ASKED, EnrolmentState.CANCELLED):
        if before.state != EnrolmentState.WITHDRAWN:
            outbox.post_all([state_mail(before)])
        return before
    made = before or Enrolment(cohort=fresh, number=_next_number(fresh), channel=EnrolmentChannel.SITE)
    for name, value in facts.items():
        setattr(made, name, value)
    made.state, made.asked_on, made.ended_on = EnrolmentState.ASKED, clock.today(), None
    saved = save(made)
    outbox.post_all([confirm_mail(saved)])
    return saved


def _require_both(who: Who) -> dict[str, Any]:
    """Name and address. What is missing is named together, so that nobody sends the form twice for it."""
    missing = {}
    if not who.name.strip():
        missing["name"] = _("Enter a name.")
    if not who.mail.strip():
        missing["mail"] = _("Enter an e-mail address.")
    if missing:
        raise Refused(" ".join(missing.values()), code="missing", fields=missing)
    return _clean(who)


def must_be_own(by: Actor, enrolment: Enrolment) -> None:
    """By a link one acts for oneself alone."""
    if not isinstance(by, Participant) or by.enrolment.pk != enrolment.pk:
        raise NotAllowed


@action("enrolment.confirmed", needs=None, quiet=True)
def confirm(enrolment: Enrolment, *, by: Actor) -> Enrolment:
    """Whoever has the address says that it was them: a seat, or the end of the waiting list. Pressed twice it stays as it was."""
    must_be_own(by, enrolment)
    cohort = lock_latest(enrolment.cohort)
    fresh = lock_latest(enrolment)
    fresh.cohort = cohort
    if fresh.state != EnrolmentState.ASKED:
        return fresh
    must_be_running(cohort)
    if (
        cohort.ends_on is not None and cohort.ends_on < clock.today()
    ):  # else they count as somebody who did not complete it
        raise Refused(_("The course is over."), code="over")
    _enter(fresh, cohort)
    saved = save(fresh)
    outbox.post_all([state_mail(saved)])
    return saved


def must_be_cancellable(enrolment: Enrolment) -> None:
    must_be_running(enrolment.cohort)
    if enrolment.state in IS_OVER:
        raise Refused(_("This was cancelled already."), code="cancelled")
    last = enrolment.cohort.ends_on
    if last is not None and last < clock.today():
        raise Refused(_("The course is over."), code="over")


def _end(enrolment: Enrolment, state: EnrolmentState) -> Enrolment:
    cohort = lock_latest(enrolment.cohort)
    fresh = lock_latest(enrolment)
    fresh.cohort = cohort
    must_be_cancellable(fresh)
    fresh.state, fresh.ended_on = state, clock.today()
    saved = save(fresh)
    give_free_seats(cohort)
    return saved


@action("enrolment.cancelled", needs=None)
def cancel(enrolment: Enrolment, *, by: Actor) -> Enrolment:
    """By the participant's link. The seat goes to the first of the waiting list."""
    must_be_own(by, enrolment)
    return _end(enrolment, EnrolmentState.CANCELLED)


@action("enrolment.erased", needs=None)
def erase(enrolment: Enrolment, *, by: Actor) -> Enrolment:
    """By the participant's link: name, address and link go for good. A seat becomes free; what was attended stays counted."""
    must_be_own(by, enrolment)
    return _erase(enrolment)


@action("enrolment.erased_on_request", needs=RUN)
def erase_on_request(enrolment: Enrolment, *, by: Actor, request: str) -> Enrolment:
    """The same, for who has no link, with how the request came."""
    note(
        request=require_text(
            request, field="request", sentence=_("Say who asked for it and how, for example: by post.")
        )
    )
    return _erase(enrolment)


def _erase(enrolment: Enrolment) -> Enrolment:
    cohort = lock_latest(enrolment.cohort)
    fresh = lock_latest(enrolment)
    fresh.cohort = cohort
    if fresh.is_erased:
        raise Refused(_("This was erased already."), code="erased")
    held_seat = fresh.holds_seat
    is_over = cohort.ends_on is not None and cohort.ends_on < clock.today()
    if cohort.is_running and not is_over and fresh.state not in IS_OVER:
        fresh.state, fresh.ended_on = EnrolmentState.CANCELLED, clock.today()
    fresh.name = fresh.mail = fresh.mail_key = fresh.organisation_name = ""
    fresh.person = None
    fresh.is_erased = True
    fresh.link_version += 1
    saved = save(fresh)
    outbox.forget_mail([key(saved)])
    if held_seat:
        give_free_seats(cohort)
    return saved


# --- By an organisation, and by staff -----------------------------------------------------------------------------


@action("enrolment.by_organisation", needs=None)
def enrol_people(invitation: CohortInvitation, *, by: Actor, people: Sequence[Who]) -> list[Enrolment]:
    """An organisation enrols people of its own, all of them or nobody: who is named wrongly is named in the refusal."""
    if not isinstance(by, Inviter) or by.invitation.pk != invitation.pk:
        raise NotAllowed
    cohort = lock_latest(invitation.cohort)
    fresh = lock_latest(invitation)
    must_take_sign_ups(cohort)
    if not people:
        raise Refused(_("Enter at least one name."), code="nobody")
    there = fresh.enrolments.exclude(state__in=IS_OVER).count()
    if there + len(people) > fresh.people:
        left = max(fresh.people - there, 0)
        words = ngettext("You may enrol %(n)d more person.", "You may enrol %(n)d more people.", left) % {"n": left}
        raise Refused(words, code="too_many")
    more = {"organisation": fresh.organisation, "invitation": fresh, "channel": EnrolmentChannel.ORGANISATION}
    made = [
        enrol_now(cohort, who, field=f"people-{number}", more={**more, "sector": fresh.sector})
        for number, who in enumerate(people)
    ]
    outbox.post_all([state_mail(each) for each in made if each.mail])
    return made


def enrol_now(cohort: Cohort, who: Who, *, more: dict[str, Any], field: str = "mail") -> Enrolment:
    facts = _clean(who) | more
    before = _found(cohort, who.mail)
    if before is not None and before.state not in (EnrolmentState.ASKED, EnrolmentState.CANCELLED):
        sentence = _("Somebody with the address %(mail)s is enrolled already.") % {"mail": who.mail.strip()}
        raise refuse(field, sentence, code="enrolled")
    made = before or Enrolment(cohort=cohort, number=_next_number(cohort))
    for name, value in facts.items():
        setattr(made, name, value)
    made.asked_on = clock.today()
    _enter(made, cohort)
    return save(made)


@action("enrolment.entered", needs=RUN)
def enrol(
    cohort: Cohort,
    *,
    by: Actor,
    who: Who,
    organisation: Organisation | None = None,
    person: Person | None = None,
) -> Enrolment:
    """Staff enter somebody who asked by telephone, in person or in writing: a seat, or the end of the waiting list."""
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    made = enrol_now(
        fresh, who, more={"organisation": organisation, "person": person, "channel": EnrolmentChannel.STAFF}
    )
    if made.mail:
        outbox.post_all([state_mail(made)])
    return made


def enrol_walk_in(cohort: Cohort, who: Who, *, organisation: Organisation | None) -> Enrolment:
    """Part of the action by which somebody who walked in becomes a participant. The cohort is locked."""
    return enrol_now(cohort, who, more={"organisation": organisation, "channel": EnrolmentChannel.CHECK_IN})


@action("enrolment.updated", needs=RUN)
def update_enrolment(enrolment: Enrolment, *, by: Actor, version: int | None = None, **facts: Any) -> Enrolment:
    """Name, address, organisation, sector."""
    fresh = lock_latest(enrolment, version)
    if fresh.is_erased:
        raise Refused(_("This was erased already."), code="erased")
    for name, value in facts.items():
        setattr(fresh, name, value.strip() if isinstance(value, str) else value)
    if not fresh.name:
        raise refuse("name", _("Enter a name."), code="missing")
    other = _found(fresh.cohort, fresh.mail)
    if other is not None and other.pk != fresh.pk:
        sentence = _("Somebody with the address %(mail)s is enrolled already.") % {"mail": fresh.mail}
        raise refuse("mail", sentence, code="enrolled")
    fresh.mail_key = mail_key(fresh.mail)
    return save(fresh)


@action("enrolment.cancelled_by_staff", needs=RUN)
def cancel_by_staff(enrolment: Enrolment, *, by: Actor) -> Enrolment:
    """Somebody said that they do not come."""
    saved = _end(enrolment, EnrolmentState.CANCELLED)
    if saved.mail:
        outbox.post_all([state_mail(saved)])
    return saved


@action("enrolment.left", needs=RUN)
def leave(enrolment: Enrolment, *, by: Actor) -> Enrolment:
    """Began, and left the course: counted as not completed."""
    if not enrolment.holds_seat:
        raise Refused(_("Only somebody who has a seat can leave the course."), code="no_seat")
    return _end(enrolment, EnrolmentState.WITHDRAWN)


@action("cohort.seats_given", needs=RUN)
def give_seats(cohort: Cohort, *, by: Actor) -> list[Enrolment]:
    """By hand, after it has begun: the first of the waiting list get the free seats."""
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    moved = give_free_seats(fresh, by_hand=True)
    if not moved:
        raise Refused(_("There is no free seat, or nobody waits for one."), code="no_seat")
    return moved


# --- At the end ---------------------------------------------------------------------------------------------------


def must_take_feedback(enrolment: Enrolment, *, today: date) -> None:
    """From the last day on, from whoever had a seat, once."""
    if not enrolment.holds_seat:
        raise Refused(_("Only participants answer this question."), code="no_seat")
    last = enrolment.cohort.ends_on
    if last is None or today < last:
        raise Refused(_("The question is asked at the end of the course."), code="too_early")
    if enrolment.gave_feedback:
        raise Refused(_("You answered already. Thank you."), code="answered")


@action("feedback.given", needs=None)
def give_feedback(cohort: Cohort, *, by: Actor, of: Enrolment, rating: int, text: str = "") -> None:
    """One question at the end. What was answered is kept without who did: `by` is the public form, and the entry names the cohort only."""
    if isinstance(by, Participant) or of.cohort_id != cohort.pk:
        raise NotAllowed  # the entry would say who answered what
    fresh = lock_latest(of)
    must_take_feedback(fresh, today=clock.today())
    if rating not in range(1, 6):
        raise refuse("rating", _("Choose a number from 1 to 5."), code="bad_value")
    Enrolment.objects.filter(pk=fresh.pk).update(gave_feedback=True)
    words = " ".join(text.split())
    if len(words) > 500:
        raise refuse("text", _("At most %(most)d characters fit.") % {"most": 500}, code="too_long")
    save_many([Feedback(cohort=cohort, rating=rating, text=words)], model=Feedback)


# --- By themselves ------------------------------------------------------------------------------------------------


@action("enrolments.expired", needs=RUN, quiet=True)
def remove_expired(rows: Sequence[Enrolment], *, by: Actor) -> int:
    outbox.forget_mail(key(each) for each in rows)  # the address goes with them, as the e-mail itself announced
    for each in rows:
        delete(each)
    return len(rows)


def remove_unconfirmed(*, by: Actor) -> int:
    """Sign-ups whose address nobody confirmed in time: whoever typed it may have typed another's. The address goes with them."""
    last = clock.today() - timedelta(days=UNCONFIRMED_DAYS)
    found = Enrolment.objects.filter(state=EnrolmentState.ASKED, asked_on__lt=last)
    rows = list(found.exclude(pk__in=_with_attendance()).order_by("pk")[:_CHUNK])
    return remove_expired(rows, by=by) if rows else 0


def _with_attendance() -> Iterable[int]:
    return Attendance.objects.filter(enrolment__state=EnrolmentState.ASKED).values_list("enrolment", flat=True)
