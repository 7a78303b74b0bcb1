"""Sentences about outreach, computed from its records: coverage, sessions, ambassadors, requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.ui import charts, locale
from floreo.core.ui.maps import Shape
from floreo.core.wording import capital, day_text, listed, number_figures, number_word, short_day
from floreo.outreach.logic import rate
from floreo.outreach.models import Ambassador, AmbassadorRequest, OutreachSession, Scheme
from floreo.outreach.queries import Coverage, CoverageOfAll, active_of

_THIRDS = Decimal(2) / 3


def language_word(code: str) -> str:
    """A language in the reader's own; by its code where nobody has named it."""
    names = Locale.parse(locale.language()).languages
    return capital(str(names.get(code, code)))


def languages_text(codes: Iterable[str]) -> str:
    return listed([language_word(code) for code in codes])


def district_name(row: Coverage) -> str:
    return row.district.in_language("name") if row.district is not None else _("Country")


def rate_text(value: Decimal | None) -> str:
    return locale.number(value, 1) if value is not None else _("not known")


# --- Coverage -----------------------------------------------------------------------------------------------------


def headline(found: CoverageOfAll, scheme: Scheme | None) -> str:
    """The answer: how many districts reach the target; without one, how many have an ambassador."""
    number = len(found.rows)
    if not number:
        return _("No districts have been entered yet")
    target = scheme.target_rate if scheme is not None else None
    if target is not None:
        met = sum(1 for row in found.rows if row.rate is not None and row.rate >= target)
        words = {"met": number_figures(met), "number": number_figures(number), "rate": _plain(target)}
        return (
            ngettext(
                "%(met)s of %(number)s districts has %(rate)s ambassadors per 10,000 inhabitants",
                "%(met)s of %(number)s districts have %(rate)s ambassadors per 10,000 inhabitants",
                met,
            )
            % words
        )
    if not found.country.ambassadors:
        return _("No ambassador is recorded as certified and active yet")
    reached = sum(1 for row in found.rows if row.ambassadors)
    words = {"reached": number_figures(reached), "number": number_figures(number)}
    return (
        ngettext(
            "%(reached)s of %(number)s districts has an active ambassador",
            "%(reached)s of %(number)s districts have an active ambassador",
            reached,
        )
        % words
    )


def _plain(value: Decimal) -> str:
    return locale.number(value, 0 if value == value.to_integral_value() else 1)


def subline(found: CoverageOfAll, scheme: Scheme | None) -> str:
    day = _("Coverage of ambassadors and outreach, %(day)s.") % {"day": day_text(found.today)}
    if scheme is None or scheme.target_rate is None:
        return day
    number = number_word(len(found.rows))
    if scheme.target_due is None:
        return f"{day} " + _("Target: all %(number)s.") % {"number": number}
    words = {"number": number, "day": day_text(scheme.target_due)}
    return f"{day} " + _("Target: all %(number)s by %(day)s.") % words


def target_text(active: int, scheme: Scheme | None) -> str:
    """How many ambassadors of the scheme are active, of how many that it aims at."""
    if scheme is None or scheme.target is None:
        return ""
    words = {
        "count": number_figures(active),
        "target": number_figures(scheme.target),
        "title": scheme.in_language("title"),
    }
    return _("%(count)s of %(target)s ambassadors are certified and active (%(title)s).") % words


def ranking(found: CoverageOfAll) -> str:
    """Which district has most for its size, and how much more than the last."""
    known = [row for row in found.rows if row.rate is not None]
    if len(known) < 2 or not known[0].rate:
        return _("Ambassadors for the size of each district")
    first, last = known[0], known[-1]
    words = {"first": district_name(first), "last": district_name(last)}
    if not last.rate or not first.rate:
        return _("%(first)s has the most ambassadors for its size, %(last)s has none") % words
    times = first.rate / last.rate
    if times < Decimal("1.2"):
        return _("Every district has about as many ambassadors for its size")
    words["times"] = locale.number(times, 1)
    return _("%(first)s has %(times)s times the ambassadors of %(last)s for its size") % words


def census_text(found: CoverageOfAll) -> str:
    if not found.years:
        return _("inhabitants not known")
    return _("inhabitants: census or estimate of %(years)s") % {"years": listed([str(y) for y in found.years])}


def small_text(found: CoverageOfAll) -> tuple[str, str] | None:
    """For the district where one ambassador changes the rate most: to be read with the count."""
    known = [row for row in found.rows if row.inhabitants]
    if not known:
        return None
    row = min(known, key=lambda r: r.inhabitants or 0)
    more = rate(row.ambassadors + 1, row.inhabitants)
    if row.rate is None or more is None or more - row.rate < 1:
        return None
    words = {
        "name": district_name(row),
        "people": number_figures(row.inhabitants or 0),
        "more": rate_text(more),
        "count": number_figures(row.ambassadors),
    }
    head = ngettext("%(name)s has one ambassador.", "%(name)s has %(count)s ambassadors.", row.ambassadors) % words
    if not row.ambassadors:
        head = _("%(name)s has no ambassador.") % words
    return head, _(
        "With %(people)s inhabitants one more would bring it to %(more)s. Read its rate with the count."
    ) % words


def level_of(value: Decimal | None, target: Decimal | None, highest: Decimal | None) -> int:
    """The shade of a district: against the target, or in thirds of the highest where there is none; 0 where nothing is known."""
    if value is None:
        return 0
    top = target if target is not None else highest
    if not top:
        return 1
    if target is not None and value >= target:
        return 3
    if target is None and value > top * _THIRDS:
        return 3
    return 2 if value >= _lower(top, is_target=target is not None) else 1


def _lower(top: Decimal, *, is_target: bool) -> Decimal:
    return (top * _THIRDS if is_target else top / 3).quantize(Decimal("0.1"))


def legend(found: CoverageOfAll, scheme: Scheme | None) -> list[str]:
    target = scheme.target_rate if scheme is not None else None
    if target is not None:
        words = {"low": locale.number(_lower(target, is_target=True), 1), "target": _plain(target)}
        return [
            _("under %(low)s") % words,
            _("%(low)s to under %(target)s") % words,
            _("%(target)s or more: target met") % words,
        ]
    highest = max((row.rate for row in found.rows if row.rate is not None), default=None)
    if not highest:
        return []
    words = {
        "low": locale.number(_lower(highest, is_target=False), 1),
        "high": locale.number((highest * _THIRDS).quantize(Decimal("0.1")), 1),
    }
    return [_("under %(low)s") % words, _("%(low)s to %(high)s") % words, _("over %(high)s") % words]


def shapes(found: CoverageOfAll, scheme: Scheme | None, *, anchor: bool = False) -> list[Shape]:
    """The outlines with their value and shade."""
    target = scheme.target_rate if scheme is not None else None
    highest = max((row.rate for row in found.rows if row.rate is not None), default=None)
    return [
        Shape(
            code=row.district.code,
            label=row.district.in_language("name"),
            words=locale.number(row.rate, 1) if row.rate is not None else "",
            level=level_of(row.rate, target, highest),
            geometry=row.district.shape,
            href=f"#d-{row.district.code}" if anchor else "",
        )
        for row in found.rows
        if row.district is not None and row.district.shape
    ]


def bars(found: CoverageOfAll) -> list[charts.Bar]:
    return [
        charts.Bar(district_name(row), float(row.rate) if row.rate is not None else None, rate_text(row.rate))
        for row in found.rows
    ]


def period_text(found: CoverageOfAll) -> str:
    words = {"first": day_text(found.first), "last": day_text(found.today)}
    return _("%(first)s to %(last)s") % words


# --- Sessions -----------------------------------------------------------------------------------------------------


def people_text(number: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", number) % {"n": number_figures(number)}


def sessions_text(number: int) -> str:
    return ngettext("%(n)s session", "%(n)s sessions", number) % {"n": number_figures(number)}


def minutes_text(number: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", number) % {"n": number_figures(number)}


def session_line(session: OutreachSession) -> str:
    """ "Wed 18 Nov. Village hall, Ancla Chica. 22 people"."""
    words = {
        "day": short_day(session.happened_on),
        "venue": session.venue,
        "people": people_text(session.people),
    }
    return _("%(day)s. %(venue)s. %(people)s") % words


def received_text(session: OutreachSession) -> str:
    words = {"when": locale.moment(session.received_at), "number": session.reference}
    return _("Received %(when)s. Number %(number)s") % words


def doubt_text(session: OutreachSession) -> str:
    """Why its day is not believed, with both clocks where the phone said."""
    if not session.is_doubtful:
        return ""
    text = session.get_clock_doubt_display()
    if session.sent_clock is not None and session.clock_doubt in ("ahead", "behind"):
        words = {"phone": locale.moment(session.sent_clock), "here": locale.moment(session.received_at)}
        return f"{text}. " + _("The phone said %(phone)s when it arrived here on %(here)s.") % words
    return f"{text}."


def receipt_text(session: OutreachSession, *, is_again: bool = False, is_changed: bool = False) -> str:
    """What the phone shows of a sending."""
    if session.is_late_link and not session.is_in_use:
        return _(
            "It was written under a link that has ended. It is kept, and counts when the coordinator has looked at it."
        )
    if session.is_doubtful:
        return _("The clock of this phone may be wrong. The coordinator looks at the date before it counts.")
    if is_changed:
        return _("The change was received.")
    if session.photos_refused:
        text = ngettext(
            "%(n)d photo could not be read and was not kept.",
            "%(n)d photos could not be read and were not kept.",
            session.photos_refused,
        )
        return text % {"n": session.photos_refused}
    return _("It was received before, and is counted once.") if is_again else ""


# --- Ambassadors and requests -------------------------------------------------------------------------------------


def silent_text(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number_figures(days)}


def contact_text(ambassador: Ambassador) -> str:
    """What was last done about somebody who has been silent."""
    if ambassador.leave_until is not None:
        return _("On leave until %(day)s.") % {"day": short_day(ambassador.leave_until)}
    last = max((d for d in (ambassador.reminded_on, ambassador.called_on) if d is not None), default=None)
    if last is None:
        return _("No reminder yet.")
    if last == ambassador.called_on:
        return _("Called on %(day)s.") % {"day": short_day(last)}
    return _("Reminder sent on %(day)s.") % {"day": short_day(last)}


def late_days(found: AmbassadorRequest) -> int:
    return max((clock.today() - found.due_on).days, 0) if found.is_open and found.ambassador_id is None else 0


def waits_text(found: AmbassadorRequest) -> str:
    """ "In 2 days", for one that is not late."""
    left = (found.due_on - clock.today()).days
    if left == 0:
        return _("Today")
    return ngettext("In %(n)d day", "In %(n)d days", left) % {"n": left}


def request_line(found: AmbassadorRequest, *, near: int | None = None) -> str:
    parts = [
        found.district.in_language("name"),
        _("%(people)s, %(audience)s")
        % {"people": people_text(found.people), "audience": str(found.get_audience_display()).lower()},
    ]
    if found.topic:
        parts.append(str(found.get_topic_display()))
    if near is not None:
        fits = ngettext("%(n)d ambassador of the district", "%(n)d ambassadors of the district", near) % {"n": near}
        parts.append(fits if near else _("no ambassador of the district is free"))
    return ". ".join(parts)


def requests_heading(rows: Sequence[AmbassadorRequest]) -> str:
    """ "6, two late"."""
    late = sum(1 for row in rows if late_days(row))
    words = {"number": number_figures(len(rows)), "late": number_word(late)}
    return _("%(number)s, %(late)s late") % words if late else words["number"]


def target_words(scheme: Scheme | None) -> str:
    """The words of the line across the bars."""
    if scheme is None or scheme.target_rate is None:
        return ""
    return _("Target %(rate)s") % {"rate": locale.number(scheme.target_rate, 1)}


def coverage_words(found: CoverageOfAll, scheme: Scheme | None) -> dict[str, Any]:
    """Sentences, map and bars, as the page of the workspace and the public one show them."""
    target = scheme.target_rate if scheme is not None else None
    return {
        "headline": headline(found, scheme),
        "subline": subline(found, scheme),
        "target_text": target_text(active_of(scheme, found.today), scheme),
        "ranking": ranking(found),
        "census_sentence": f"{capital(census_text(found))}.",
        "map_unit": _("Certified and active on %(day)s; %(census)s")
        % {"day": short_day(found.today), "census": census_text(found)},
        "period": period_text(found),
        "shapes": shapes(found, scheme, anchor=True),
        "legend": legend(found, scheme),
        "bars": bars(found),
        "target": float(target) if target is not None else None,
        "target_words": target_words(scheme),
        "shape_source": next((r.district.source for r in found.rows if r.district and r.district.shape), ""),
    }
