"""What happened to one finding, day by day: seen, written, answered, fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui import locale
from floreo.feeds.models import Finding, FindingState, FixClaim, OpenPeriod, ReplyKind

_LAST, _FIRST = 9, 0  # within a day: what was seen comes before what was said about it


@dataclass(frozen=True)
class Moment:
    """One thing that happened. `href` leads to more of it."""

    on: date
    at: datetime | None
    sentence: str
    note: str = ""
    href: str = ""
    rank: int = 1

    @property
    def when(self) -> date | datetime:
        return self.at or self.on


def timeline_of(finding: Finding, *, everything: bool = True) -> list[Moment]:
    """Newest first. `everything` is for the team; where its network had another holder before, what was written to that holder and
    what that holder replied is not for the one of today."""
    since = finding.moved_on if finding.moved_on and not everything else date.min
    written = [m for m in (*_notices(finding), *_answered(finding)) if m.on >= since]
    found = [*_seen(finding), *written]
    return sorted(found, key=lambda m: (m.on, m.rank, m.at.isoformat() if m.at else ""), reverse=True)


def _seen(finding: Finding) -> Iterable[Moment]:
    open_periods = list(finding.open_periods.all())
    for number, open_period in enumerate(open_periods):
        first = _("Seen for the first time.") if not number else _("Seen again.")
        yield Moment(open_period.opened_on, None, first, rank=_FIRST)
        if open_period.ended_on is not None:
            yield Moment(open_period.ended_on, None, *_ended(open_period), rank=_FIRST)
    is_open = open_periods and open_periods[-1].ended_on is None
    if is_open and finding.last_day != open_periods[-1].opened_on:
        n = finding.days_seen
        seen = ngettext("Seen on %(n)s day in total.", "Seen on %(n)s days in total.", n) % {"n": locale.number(n)}
        yield Moment(finding.last_day, finding.last_seen, _("Last seen."), seen, rank=_FIRST)
    if finding.claim in {FixClaim.SHOWN, FixClaim.CONTRADICTED}:
        on = finding.fixed_on if finding.claim == FixClaim.SHOWN else finding.last_day
        yield Moment(on or finding.last_day, None, str(FixClaim(finding.claim).label) + ".", rank=_LAST)


def _ended(period: OpenPeriod) -> tuple[str, str]:
    """What is said of its end, and what is known of when it came."""
    last, on = period.last_day or period.opened_on, period.ended_on or period.opened_on
    if period.ending == FindingState.FIXED:
        days = _("It was fixed after %(last)s and by %(on)s.") % {"last": locale.day(last), "on": locale.day(on)}
        return _("The first scan that did not see it any more."), days
    if period.ending == FindingState.OUTSIDE:
        return _("Outside our constituency from this day."), _("This does not count as fixed.")
    quiet = _("Last seen on %(last)s. Its silence does not prove that it was fixed.") % {"last": locale.day(last)}
    return _("Counted as not seen any more from this day."), quiet


def _notices(finding: Finding) -> Iterable[Moment]:
    for line in finding.lines.select_related("notice"):
        letter = line.notice
        if letter.to:
            text = _("Notice sent to %(addresses)s.") % {"addresses": ", ".join(letter.to)}
        else:
            text = _("A notice with this finding was left out.")
        yield Moment(letter.on, letter.posted_at, text, line.rule, letter.get_absolute_url(), rank=2)


def _answered(finding: Finding) -> Iterable[Moment]:
    for answer in finding.answers.all():
        text = _("%(who)s: %(reply)s.") % {"who": answer.sender, "reply": ReplyKind(answer.kind).label}
        note = f"{answer.note}\n{_('The team:')} {answer.answer}".strip() if answer.answer else answer.note
        yield Moment(answer.at.date(), answer.at, text, note, rank=3)
