"""Training in words: when a cohort is, how many seats are free, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, languages
from floreo.core.figures import SMALL
from floreo.core.suppression import suppressed_list
from floreo.core.ui.locale import moment
from floreo.core.ui.locale import number as number_text
from floreo.core.wording import lasting_text, number_figures
from floreo.training import moments
from floreo.training.logic import CohortState, EnrolmentState
from floreo.training.models import Audience, Cohort, Enrolment, Session, SignUp
from floreo.training.queries import Account, Seats, expected, sector_words


def dates_text(cohort: Cohort) -> str:
    """ "3 to 5 March 2026", as exact as it is known."""
    if cohort.starts_on is None and cohort.ends_on is None:
        return _("The dates are not known")
    return lasting_text(cohort.starts_on, cohort.ends_on, cohort.precision)


def seats_text(seats: Seats) -> str:
    """How many are free, and how many wait."""
    if seats.left is None:
        return ngettext("%(n)s person has a seat", "%(n)s people have a seat", seats.taken) % {
            "n": number_figures(seats.taken)
        }
    if seats.is_full and not seats.waiting:
        return _("Full")
    if seats.is_full:
        words = ngettext(
            "Full, %(n)s person on the waiting list", "Full, %(n)s people on the waiting list", seats.waiting
        )
        return words % {"n": number_figures(seats.waiting)}
    words = ngettext("%(left)s of %(n)s seat free", "%(left)s of %(n)s seats free", seats.capacity or 0)
    return words % {"left": number_figures(seats.left), "n": number_figures(seats.capacity or 0)}


def open_seats_text(cohort: Cohort, seats: Seats) -> str:
    """The same, while anybody can still take one; "" later."""
    is_over = cohort.ends_on is not None and cohort.ends_on < clock.today()
    return "" if cohort.is_history or not cohort.is_running or is_over else seats_text(seats)


def state_text(cohort: Cohort) -> str:
    """Where it is: in the workspace and in lists."""
    if cohort.is_history:
        return _("Known from its source only")
    if cohort.state == CohortState.CANCELLED:
        return _("Cancelled")
    if cohort.state == CohortState.CLOSED:
        return _("Results recorded")
    today = clock.today()
    if cohort.ends_on is not None and cohort.ends_on < today:
        return _("Ended, results not recorded")
    if cohort.starts_on is not None and cohort.starts_on <= today:
        return _("Running")
    return _("Sign-up is open") if cohort.takes_sign_ups else _("Planned")


def sign_up_text(cohort: Cohort) -> str:
    """Who may sign up, and until when."""
    if cohort.sign_up == SignUp.CLOSED:
        return _("Participants are named by those who run it.")
    if cohort.sign_up == SignUp.INVITED:
        return _("Organisations that were invited enrol their people.")
    if cohort.takes_sign_ups:
        closes = cohort.sign_up_closes_at
        return _("Sign-up is open until %(when)s.") % {"when": moment(closes)} if closes else _("Sign-up is open.")
    opens = cohort.sign_up_opens_at
    if opens is not None and opens > moments.now() and cohort.is_running:
        return _("Sign-up opens on %(when)s.") % {"when": moment(opens)}
    return _("Sign-up is closed.")


def crowding_text(session: Session) -> str:
    """That more people have a seat than the room of one session holds; "" where all fit, or nobody entered the seats of the room."""
    if session.capacity is None or not session.cohort.is_running:
        return ""
    seated = expected(session).count()
    if seated <= session.capacity:
        return ""
    words = {"n": number_figures(seated), "room": number_figures(session.capacity)}
    return _("%(n)s people have a seat in the cohort, and the room of this session has %(room)s.") % words


def language_word(code: str) -> str:
    return str(languages.named(code))


def audience_word(audience: str) -> str:
    return str(dict(Audience.choices).get(audience, audience))


def hours_text(hours: Decimal | None) -> str:
    if hours is None:
        return _("Hours not known")
    return ngettext("%(n)s hour", "%(n)s hours", 1 if hours == 1 else 2) % {"n": number_text(hours)}


def session_text(session: Session) -> str:
    """ "12 Nov 2026, 09:00-12:00"."""
    zone = clock.zone()
    first, last = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    end = f"{last:%H:%M}" if first.date() == last.date() else moment(session.ends_at)
    return f"{moment(session.starts_at)}–{end}"


def enrolment_text(enrolment: Enrolment, *, place: int = 0) -> str:
    """Where a person is, as their own page says it."""
    match enrolment.state:
        case EnrolmentState.ASKED:
            return _("Confirm first that you signed up")
        case EnrolmentState.WAITING if not enrolment.cohort.is_running:
            return _("You were on the waiting list, and no seat became free")
        case EnrolmentState.WAITING:
            return (
                _("You are number %(n)d on the waiting list") % {"n": place}
                if place
                else _("You are on the waiting list")
            )
        case EnrolmentState.CONFIRMED:
            return _("You completed the course") if enrolment.completed_on else _("You have a seat")
        case EnrolmentState.WITHDRAWN:
            return _("You left the course")
    return _("You are not enrolled any more")


def share_text(share: Decimal | None) -> str:
    return _("Not known") if share is None else f"{number_text(share, 0)} %"


def result_text(account: Account, *, is_public: bool) -> str:
    """ "38 of 43 completed it"; for everybody only where nobody can be singled out."""
    if not account.enrolled:
        return _("Nobody took part.")
    if is_public and account.few:
        return _("The result is not shown: so few people are behind it that one of them could be recognised.")
    words = {"n": number_figures(account.completed), "total": number_figures(account.enrolled)}
    return (
        ngettext("%(n)s of %(total)s person completed it.", "%(n)s of %(total)s people completed it.", account.enrolled)
        % words
    )


@dataclass(frozen=True)
class CountLine:
    """A count with its words; None is not shown."""

    words: str
    count: int | None


def safe_counts(pairs: Iterable[tuple[str, int]]) -> list[CountLine]:
    """Counts of people that everybody may see: none from which fewer than five could be computed."""
    rows = [(words, n) for words, n in pairs]
    shown = suppressed_list([n for _words, n in rows], SMALL)
    return [CountLine(words, cell) for (words, _n), cell in zip(rows, shown.cells, strict=True)]


def sector_lines(account: Account) -> list[CountLine]:
    return safe_counts((sector_words(sector), n) for sector, n in account.sectors)
