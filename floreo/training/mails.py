"""The e-mails of training: to confirm an address, about a seat, before a session, to a trainer and to an organisation. Each carries the
person's own link, so its text is deleted once it has left."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.ui.locale import moment
from floreo.core.wording import lasting_text
from floreo.training import calendar
from floreo.training.access import token_of
from floreo.training.logic import UNCONFIRMED_DAYS, CohortState, EnrolmentState
from floreo.training.models import Cohort, CohortInvitation, Enrolment, Session

KIND_CONFIRM, KIND_STATE, KIND_REMINDER = "training.confirm", "training.state", "training.reminder"
KIND_TRAINER, KIND_GROUP = "training.trainer", "training.group"


def _spoken(language: str) -> str:
    """The language of a mail: the asked one, where the program has it."""
    return languages.spoken(language)


def _whole(name: str, token: str) -> str:
    return settings.SITE_ADDRESS + reverse(name, args=[token])


def own_link(enrolment: Enrolment) -> str:
    return _whole("portal:training_own", token_of(enrolment))


def group_link(invitation: CohortInvitation) -> str:
    return _whole("portal:training_group", token_of(invitation))


def check_in_link(session: Session) -> str:
    return _whole("portal:training_check_in", token_of(session))


def _facts(cohort: Cohort, language: str) -> dict[str, str]:
    return {
        "title": cohort.in_language("title", language),
        "course": cohort.course.in_language("title", language),
        "dates": lasting_text(cohort.starts_on, cohort.ends_on, cohort.precision),
    }


def _letter(enrolment: Enrolment, kind: str, subject: str, parts: list[str], **more: object) -> OutboxMail:
    return outbox.letter(
        to=enrolment.mail,
        subject=subject,
        text="\n\n".join(parts) + "\n",
        kind=kind,
        about=key(enrolment),
        language=_spoken(enrolment.language),
        is_secret=True,
        **more,  # type: ignore[arg-type]  # named as `letter` names them
    )


def confirm_mail(enrolment: Enrolment) -> OutboxMail:
    """Asks whoever has the address whether they signed up."""
    language = _spoken(enrolment.language)
    with translation.override(language):
        words = _facts(enrolment.cohort, language)
        parts = [
            _("Somebody signed up with this address for: %(title)s. %(dates)s.") % words,
            _("If it was you, open this link and press the button. Only then is a seat kept for you:"),
            own_link(enrolment),
            ngettext(
                "If it was not you, do nothing: the address is deleted after %(n)d day.",
                "If it was not you, do nothing: the address is deleted after %(n)d days.",
                UNCONFIRMED_DAYS,
            )
            % {"n": UNCONFIRMED_DAYS},
        ]
        return _letter(enrolment, KIND_CONFIRM, _("Confirm your address: %(title)s") % words, parts)


def state_mail(enrolment: Enrolment, *, moved_up: bool = False, had_seat: bool = False) -> OutboxMail:
    """That there is a seat, or a place on the waiting list; with the dates for the calendar. Of a cohort that is cancelled, what takes them out
    of the calendar of whoever had a seat."""
    language = _spoken(enrolment.language)
    with translation.override(language):
        cohort = enrolment.cohort
        words = _facts(cohort, language)
        attachment = None
        if enrolment.state == EnrolmentState.CONFIRMED:
            subject = _("Your seat: %(title)s") % words
            first = _("A seat has become free, and it is yours: %(title)s. %(dates)s.") if moved_up else ""
            first = first or _("You have a seat: %(title)s. %(dates)s.")
            attachment = outbox.Attachment(f"{cohort.code}.ics", calendar.of_cohort(cohort).decode(), "text/calendar")
        elif enrolment.state == EnrolmentState.WAITING:
            subject = _("Waiting list: %(title)s") % words
            first = _("You are on the waiting list: %(title)s. %(dates)s. When a seat becomes free, we write to you.")
        else:
            if had_seat and cohort.state == CohortState.CANCELLED:
                attachment = outbox.Attachment(
                    f"{cohort.code}.ics", calendar.of_cohort(cohort).decode(), "text/calendar"
                )
            subject = _("Cancelled: %(title)s") % words
            first = _("You are not enrolled any more: %(title)s. %(dates)s.")
        parts = [first % words, *_times(cohort)]
        if enrolment.state in (EnrolmentState.CONFIRMED, EnrolmentState.WAITING):
            parts += [
                _("Your own link. By it you cancel, and see or delete what is stored about you. Do not pass it on:"),
                own_link(enrolment),
            ]
        return _letter(enrolment, KIND_STATE, subject, parts, attachment=attachment)


def _times(cohort: Cohort) -> list[str]:
    rows = [
        " ".join(filter(None, [f"{moment(s.starts_at)}.", s.in_language("title"), s.venue]))
        for s in cohort.sessions.all()
    ]
    return ["\n".join(rows)] if rows else []


def reminder_mail(enrolment: Enrolment, session: Session) -> OutboxMail:
    language = _spoken(enrolment.language)
    with translation.override(language):
        words = _facts(enrolment.cohort, language) | {"when": moment(session.starts_at), "venue": session.venue}
        parts = [_("Reminder: %(title)s, %(when)s.") % words]
        if session.venue:
            parts.append(_("Where: %(venue)s.") % words)
        parts += [
            _("If you cannot come, cancel by your link, so that somebody else gets the seat:"),
            own_link(enrolment),
        ]
        return _letter(enrolment, KIND_REMINDER, _("Reminder: %(title)s") % words, parts, not_after=session.starts_at)


def trainer_mail(session: Session, language: str) -> OutboxMail:
    """The link with which the trainer records who came."""
    spoken = _spoken(language)
    with translation.override(spoken):
        words = _facts(session.cohort, spoken) | {"when": moment(session.starts_at)}
        parts = [
            _("You teach: %(title)s, %(when)s.") % words,
            _(
                "By this link you show the code at the door and record who came. You need no account. Do not pass it on:"
            ),
            check_in_link(session),
        ]
        return outbox.letter(
            to=session.trainer_mail,
            subject=_("Attendance: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_TRAINER,
            about=key(session),
            language=spoken,
            is_secret=True,
            not_after=session.ends_at + timedelta(days=7),
        )


def group_mail(invitation: CohortInvitation) -> OutboxMail:
    """The link with which an organisation enrols its people."""
    language = _spoken(invitation.language)
    with translation.override(language):
        words = _facts(invitation.cohort, language) | {"n": str(invitation.people)}
        words["name"] = invitation.organisation.in_language("name", language)
        parts = [
            _("%(name)s is invited to enrol its people: %(title)s. %(dates)s.") % words,
            _("People it may enrol: %(n)s. Seats are given in the order in which people are enrolled.") % words,
            _("This link is for your organisation alone:"),
            group_link(invitation),
        ]
        return outbox.letter(
            to=invitation.mail,
            subject=_("Enrol your people: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_GROUP,
            about=key(invitation),
            language=language,
            is_secret=True,
        )
