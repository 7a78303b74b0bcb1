"""Reviews in sentences, computed from data, so that page, workspace and mail say the same. Text only, no HTML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core.figures import Frequency, Period, period_of
from floreo.core.ui import locale
from floreo.core.wording import days_text, short_day
from floreo.reviews.logic import AnswerState, RequestState, WaitingFor, planned, waiting_for
from floreo.reviews.models import Answer, Review, Rhythm, UpdateRequest

# The shape that is beside each word; the gallery shows them all.
ASK_SHAPES: Mapping[str, str] = {
    RequestState.WAITING: "not_started",
    RequestState.OPENED: "not_started",
    RequestState.DRAFT: "not_started",
    RequestState.SUBMITTED: "on_track",
    RequestState.RETURNED: "at_risk",
    RequestState.APPROVED: "done",
}


def period_text(period: Period) -> str:
    """ "Q3 2026", or its two days where it is no calendar period."""
    match period.frequency:
        case Frequency.QUARTER | Frequency.YEAR | Frequency.MONTH:
            return locale.day(period.start, str(period.frequency))
    return _("%(first)s to %(last)s") % {"first": short_day(period.start), "last": short_day(period.end)}


def title(review: Review) -> str:
    return _("Review %(period)s") % {"period": period_text(review.period)}


def rhythm_text(rhythm: Rhythm, today: date) -> str:
    """How the edition is reviewed, and when the next review opens."""
    if not rhythm.is_on:
        return _("Automatic reviews are off.")
    beat = rhythm.beat
    running = period_of(today, beat.frequency)
    opens, due = planned(beat, running).opens_on, planned(beat, running).due_on
    return _("%(often)s. The review of %(period)s opens automatically on %(opens)s; updates are due on %(due)s.") % {
        "often": rhythm.get_frequency_display(),
        "period": period_text(running),
        "opens": short_day(opens),
        "due": short_day(due),
    }


def progress(done: int, asked: int) -> str:
    """ "11 of 15 have answered"."""
    if asked == 0:
        return _("No update is requested.")
    text = ngettext("%(done)d of %(asked)d has given an update.", "%(done)d of %(asked)d have given an update.", asked)
    return text % {"done": done, "asked": asked}


def waiting_for_text(update_request: UpdateRequest, *, is_closed: bool) -> str:
    """Who has to move: the secretariat, the lead (or the deputy it was escalated to), or nobody."""
    match waiting_for(RequestState(update_request.state), is_closed=is_closed):
        case WaitingFor.NOBODY:
            return pgettext("waiting for", "Nobody")
        case WaitingFor.SECRETARIAT:
            return _("Secretariat")
    return lead_text(update_request)


def lead_text(update_request: UpdateRequest) -> str:
    """Who is waited for, by name; the deputy beside them once it was escalated."""
    who = update_request.organisation.label if update_request.organisation else _("Nobody")
    if update_request.person:
        who = update_request.person.name
    if update_request.deputy is not None:
        return _("%(person)s or %(deputy)s") % {"person": who, "deputy": update_request.deputy.name}
    return who


def due_text(review: Review, today: date) -> str:
    """How long is left, or how late it is."""
    if review.is_closed and review.closed_at is not None:
        return _("Closed on %(day)s by %(who)s.") % {"day": moment_day(review.closed_at), "who": review.closed_by}
    days = (review.due_on - today).days
    if days > 0:
        return _("Updates are due on %(day)s, in %(days)s.") % {
            "day": short_day(review.due_on),
            "days": days_text(days),
        }
    if days == 0:
        return _("Updates are due today.")
    return _("Updates were due on %(day)s, %(days)s ago. The review closes on %(closes)s.") % {
        "day": short_day(review.due_on),
        "days": days_text(-days),
        "closes": short_day(review.closes_on),
    }


def moment_day(moment: datetime) -> str:
    return short_day(moment.date())


def mail_text(update_request: UpdateRequest) -> list[str]:
    """What was sent to whom and when, in short sentences."""
    text = []
    if not update_request.address:
        text.append(_("The register has no address to write to."))
    if update_request.asked_on:
        text.append(_("Requested on %(day)s.") % {"day": short_day(update_request.asked_on)})
    if update_request.reminded_on:
        times = ngettext("once", "%(n)d times", update_request.reminded_count) % {"n": update_request.reminded_count}
        text.append(
            _("Reminder sent %(times)s, last on %(day)s.")
            % {"times": times, "day": short_day(update_request.reminded_on)}
        )
    if update_request.escalated_on and update_request.deputy:
        text.append(
            _("Escalated to %(who)s on %(day)s.")
            % {"who": update_request.deputy.name, "day": short_day(update_request.escalated_on)}
        )
    return text


def decided_text(answer: Answer) -> str:
    """Who decided what about an answer, and when."""
    if answer.decided_at is None:
        return ""
    facts = {"who": answer.decided_by, "day": moment_day(answer.decided_at)}
    if answer.state == AnswerState.APPROVED:
        return _("%(who)s approved it on %(day)s.") % facts
    return _("%(who)s returned it on %(day)s.") % facts


def sent_text(answer: Answer) -> str:
    """Who said it, and when."""
    if answer.reported_on is None:
        return ""
    return _("%(who)s, %(day)s") % {"who": answer.reported_by, "day": short_day(answer.reported_on)}


def expected_texts(answer: Answer, titles: Mapping[str, str]) -> list[str]:
    """Each expected date that the lead changes, with what the plan said before; `titles` of the milestones by their codes."""
    found = []
    for code, dates in answer.expected.items():
        before, after = (
            short_day(date.fromisoformat(dates[name])) if dates[name] else "" for name in ("before", "after")
        )
        words = {
            "what": titles.get(code, code) if code else _("Whole action"),
            "before": before or _("no date"),
            "after": after or _("no date"),
        }
        found.append(_("%(what)s: %(after)s (before: %(before)s)") % words)
    return found


def asked_text(update_request: UpdateRequest) -> str:
    """What an action's page says of being asked about: in which review, until when, and who must act next."""
    facts = {
        "review": title(update_request.review),
        "due": short_day(update_request.review.due_on),
        "who": waiting_for_text(update_request, is_closed=False),
    }
    match waiting_for(RequestState(update_request.state), is_closed=False):
        case WaitingFor.NOBODY:
            return _("%(review)s: update approved.") % facts
        case WaitingFor.SECRETARIAT:
            return _("%(review)s: update sent. Waiting for the secretariat.") % facts
    return _("%(review)s: update due on %(due)s. Waiting for: %(who)s.") % facts
