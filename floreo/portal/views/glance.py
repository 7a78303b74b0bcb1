"""Three lines beside the answer of the home page: what moved last, what is overdue longest, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from floreo.core.dates import Precision
from floreo.core.wording import days_text, short_day_of_year
from floreo.portal.queries.happenings import Happening
from floreo.portal.queries.home import Home
from floreo.strategy.logic import Status


@dataclass(frozen=True)
class GlanceLine:
    """A question and its answer."""

    title: str
    answer: str


def _happening_text(moment: Happening, today: date) -> str:
    """ "National exercise held with 14 bodies, 9 Oct": the year only where it is another one."""
    if moment.on is None:
        return _("%(title)s, no date known") % {"title": moment.title}
    near = moment.precision == Precision.DAY and moment.on.year == today.year and moment.ends_on in {None, moment.on}
    when = short_day_of_year(moment.on) if near else moment.when
    return _("%(title)s, %(when)s") % {"title": moment.title.rstrip("."), "when": when}


def glance(shown: Home, *, today: date) -> list[GlanceLine]:
    return [
        GlanceLine(
            _("Latest progress"), _happening_text(shown.moved[0], today) if shown.moved else _("Nothing recorded yet")
        ),
        _overdue(shown, today),
        GlanceLine(_("Next steps"), _happening_text(shown.coming[0], today) if shown.coming else _("No date is known")),
    ]


def _overdue(shown: Home, today: date) -> GlanceLine:
    late = [a for a in shown.late if a.status == Status.LATE]
    if late:
        act = late[0]
        words = {"title": act.in_language("title"), "days": days_text(act.status_result.days(today))}
        return GlanceLine(_("Longest overdue"), _("%(title)s, %(days)s") % words)
    if shown.not_known:
        return GlanceLine(_("Late items"), _("Not known"))
    if not sum(shown.counts.values()):
        return GlanceLine(_("Late items"), _("No dates yet"))
    return GlanceLine(_("Late items"), _("Nothing"))
