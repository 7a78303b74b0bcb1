"""Words for numbers of the observatory: what is withheld, what is not known yet, how long something took."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.durations import Quantile
from floreo.core.figures import SMALL
from floreo.core.wording import days_text, number_figures
from floreo.incidents import observatory as figures


def cell_text(count: int | None) -> str:
    return _("withheld") if count is None else number_figures(count)


def count_text(count: int | None) -> str:
    return _("fewer than %(small)s") % {"small": SMALL} if count is None else number_figures(count)


def length_text(length: timedelta) -> str:
    """ "3 hours", "12 days"; from two days on in days."""
    if length < timedelta(hours=1):
        return _("1 hour")
    if length < timedelta(days=2):
        hours = round(length / timedelta(hours=1))
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number_figures(hours)}
    return days_text(round(length / timedelta(days=1)))


def counted_text(times: figures.Times) -> str:
    return count_text(times.counted) if times.is_withheld else cell_text(times.counted)


def quantile_text(times: figures.Times, found: Quantile) -> str:
    """The time; or that it is withheld, or not known and more than what was seen."""
    if times.is_withheld:
        return _("withheld")
    if found.value is not None:
        return length_text(found.value)
    if found.more_than is not None:
        return _("Not known yet: more than %(time)s") % {"time": length_text(found.more_than)}
    return _("Not known")
