"""Sentences about contacts and drills, computed from the data; page, paper and mail use the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.contact_drills.logic import Score, minutes
from floreo.contact_drills.models import ContactDrill, DrillRecipient, DrillState
from floreo.core.ui import locale
from floreo.core.wording import number_figures
from floreo.organisations.models import Contact, ContactRole


def role_words(role: str) -> str:
    return str(ContactRole(role).label) if role in ContactRole.values else role


def roles_text(drill: ContactDrill) -> str:
    return ", ".join(role_words(role) for role in drill.roles)


def minutes_text(number: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", number) % {"n": number_figures(number)}


def median_text(score: Score) -> str:
    if score.median is not None:
        return minutes_text(score.median)
    if score.more_than is None:
        return _("not known")
    return _("more than %(minutes)s") % {"minutes": minutes_text(score.more_than)}


def answered_text(score: Score) -> str:
    words = {"n": number_figures(score.answered), "all": number_figures(score.asked)}
    return _("%(n)s of %(all)s answered in time") % words


def answer_text(recipient: DrillRecipient, now: datetime) -> str:
    """What came of one contact in one drill."""
    at = recipient.answered_at
    ends_at = recipient.drill.ends_at
    if at is None:
        if recipient.drill.state == DrillState.RUNNING and ends_at is not None and now < ends_at:
            return _("open")
        return _("no answer")
    took = minutes_text(minutes(max(at - recipient.sent_at, timedelta())))
    if ends_at is not None and at > ends_at:
        return _("after the end: %(minutes)s") % {"minutes": took}
    return _("%(minutes)s, %(channel)s") % {"minutes": took, "channel": recipient.get_channel_display()}


def state_text(drill: ContactDrill) -> str:
    """With its moments, in the country's zone."""
    if drill.sent_at is None or drill.ends_at is None:
        return str(drill.get_state_display())
    words = {
        "state": drill.get_state_display(),
        "sent": locale.moment(drill.sent_at),
        "ends": locale.moment(drill.ends_at),
    }
    if drill.state == DrillState.RUNNING:
        return _("%(state)s: sent %(sent)s, ends %(ends)s") % words
    return _("%(state)s: sent %(sent)s, ended %(ends)s") % words


def silence_text(contact: Contact, today: date) -> str:
    """For how long it is not confirmed."""
    if contact.verified_on is None:
        return _("never confirmed")
    days = max((today - contact.verified_on).days, 0)
    if not days:
        return _("confirmed today")
    return ngettext("confirmed %(n)s day ago", "confirmed %(n)s days ago", days) % {"n": number_figures(days)}
