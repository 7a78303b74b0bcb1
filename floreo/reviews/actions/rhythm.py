"""The rhythm kept: periods open when their day comes, who has not answered is reminded, and the deputy is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.figures import Frequency
from floreo.core.writing import lock_latest, save
from floreo.reviews.actions.writing import begin, write_to
from floreo.reviews.logic import is_escalation_due, is_reminder_due, opening
from floreo.reviews.models import Review, ReviewState, Rhythm, UpdateRequest
from floreo.reviews.queries import rhythm_of, unanswered
from floreo.strategy.models import Edition, EditionState

MOST_DAYS = 120  # after the period's end; a later review would overlap the next but one
MOST_REMINDERS = 10


class RhythmFacts(TypedDict, total=False):
    frequency: str
    opens_after_days: int
    due_after_days: int
    closes_after_days: int
    remind_before: list[int]
    remind_after: list[int]
    escalate_after_days: int
    approve_within_days: int
    reply_to: str
    is_on: bool


def _refuse(field: str, sentence: str) -> Refused:
    return Refused(sentence, code="bad_rhythm", fields={field: sentence})


def _sound_days(rhythm: Rhythm) -> None:
    days = (rhythm.opens_after_days, rhythm.due_after_days, rhythm.closes_after_days)
    if not days[0] >= 1:
        raise _refuse("opens_after_days", _("Updates are requested after a period ends. Enter at least 1 day."))
    if not days[0] < days[1]:
        raise _refuse(
            "due_after_days",
            _(
                "Updates must be due after the review opens. Enter a number of days greater than the number "
                "until it opens."
            ),
        )
    if not days[1] <= days[2]:
        raise _refuse(
            "closes_after_days", _("The review cannot close before updates are due. Enter at least as many days.")
        )
    if days[2] > MOST_DAYS:
        raise _refuse("closes_after_days", _("Enter at most %(most)d days.") % {"most": MOST_DAYS})
    if not 1 <= rhythm.escalate_after_days <= MOST_DAYS:
        raise _refuse("escalate_after_days", _("Enter 1 to %(most)d days.") % {"most": MOST_DAYS})
    if not 1 <= rhythm.approve_within_days <= MOST_DAYS:
        raise _refuse("approve_within_days", _("Enter 1 to %(most)d days.") % {"most": MOST_DAYS})


def _sound_reminders(days: Iterable[int], field: str) -> list[int]:
    sound = sorted(set(days))
    if len(sound) > MOST_REMINDERS or any(not 1 <= day <= MOST_DAYS for day in sound):
        sentence = _("Enter up to %(many)d numbers of days, each from 1 to %(most)d, for example 7, 1.") % {
            "many": MOST_REMINDERS,
            "most": MOST_DAYS,
        }
        raise _refuse(field, sentence)
    return sound


@action("rhythm.set", needs=Permission.REVIEW_RUN)
def set_rhythm(edition: Edition, *, by: Actor, version: int | None = None, **facts: Unpack[RhythmFacts]) -> Rhythm:
    """How often leads are asked, and when they are reminded. Running reviews keep the days that they have."""
    rhythm = rhythm_of(edition)
    rhythm = lock_latest(rhythm, version) if rhythm.pk else rhythm
    for name, value in facts.items():
        setattr(rhythm, name, value)
    if rhythm.frequency not in (Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR):
        raise _refuse("frequency", _("Choose how often updates are requested from leads."))
    _sound_days(rhythm)
    rhythm.remind_before = _sound_reminders(rhythm.remind_before, "remind_before")[::-1]
    rhythm.remind_after = _sound_reminders(rhythm.remind_after, "remind_after")
    rhythm.reply_to = rhythm.reply_to.strip()
    if rhythm.reply_to:
        try:
            validate_email(rhythm.reply_to)
        except ValidationError:
            raise _refuse("reply_to", _("Enter the whole e-mail address, for example name@example.org.")) from None
    return save(rhythm)


@action("reviews.kept", needs=Permission.REVIEW_RUN, quiet=True)
def run_rhythm(*, by: Actor) -> int:
    """Does what is due today and has not been done: opens periods, reminds, escalates. Called by the worker as often as
    it likes; a second call on a day does nothing. Returns how many mails it wrote."""
    today, mails = clock.today(), 0
    opened = []
    # Held, so that two workers at once do not both find that nothing is open.
    for rhythm in Rhythm.objects.filter(is_on=True).select_related("edition").select_for_update(of=("self",)):
        review = _open_if_due(rhythm, today)
        if review is not None:
            opened.append(str(review))
            mails += review.requests.filter(asked_on=today).count()
    if opened:
        note(opened=opened)
    running = Review.objects.filter(state=ReviewState.OPEN, opened_on__lt=today, closes_on__gte=today)
    for review in running.select_related("edition"):
        mails += _remind(review, today)
    return mails


def _open_if_due(rhythm: Rhythm, today: date) -> Review | None:
    edition = rhythm.edition
    if edition.state != EditionState.IN_FORCE:
        return None
    due = opening(rhythm.beat, today, (edition.starts_on, edition.ends_on))
    if due is None:
        return None
    period, dates = due
    if Review.objects.filter(edition=edition, starts_on=period.start, ends_on=period.end).exists():
        return None
    return begin(edition, period, dates, today=today)


def _remind(review: Review, today: date) -> int:
    """Reminders and escalations of one review: one mail at most to each person a day."""
    beat = rhythm_of(review.edition).beat
    days = review.reminder_days(beat)
    waiting = unanswered(review.requests.all()).select_related(
        "review__edition", "organisation", "person__deputy", "deputy"
    )
    requests = list(waiting.select_for_update(of=("self",)))
    reminded = [a for a in requests if a.address and is_reminder_due(days, a.last_mail_on, today)]
    escalated = [a for a in requests if _may_escalate(a, today, review, beat.escalate_after)]
    return write_to(review, reminded, escalated, today=today)


def _may_escalate(update_request: UpdateRequest, today: date, review: Review, after: int) -> bool:
    deputy = update_request.person.deputy if update_request.person else None
    if deputy is None or not deputy.is_active or not deputy.email:
        return False
    return is_escalation_due(review.due_on, after, update_request.escalated_on, today)
