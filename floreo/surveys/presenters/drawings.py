"""Charts of results, and the words below them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.ui import charts
from floreo.core.ui.locale import day
from floreo.core.wording import (
    number_figures,
    short_day_of_year,
)
from floreo.surveys.logic import Change
from floreo.surveys.models import Wave
from floreo.surveys.presenters.result_pages import GroupShare, ResultPage, RowGroup, group_word, grouping_title
from floreo.surveys.presenters.shares import NBSP, band_text, moved_by, percent, points
from floreo.surveys.queries import COUNTED, QUESTION, questions_of


def dumbbells(shown: ResultPage) -> str:
    """The chart of all groups."""
    groups = tuple(charts.DumbbellGroup(g.title, tuple(_dumbbell(r, g, shown) for r in g.rows)) for g in shown.groups)
    spoken = "; ".join(
        " ".join(filter(None, [row.label, row.words, row.note])) for group in groups for row in group.rows if row.after
    )
    label = _("Chart: %(question)s. %(rows)s.") % {"question": shown.question.called, "rows": spoken}
    return charts.dumbbell_chart(groups, label=label)


def _dumbbell(row: GroupShare, group: RowGroup, shown: ResultPage) -> charts.Dumbbell:
    return charts.Dumbbell(
        label=row.name,
        before=_banded(row.earlier) if not row.is_missing else None,
        after=_banded(row.facts),
        words=_("%(before)s to %(now)s") % {"before": row.before, "now": f"{row.share}{NBSP}%"}
        if row.before
        else f"{row.share}{NBSP}%",
        note=_note(row),
        missing=row.missing,
        is_strong=not group.title,
    )


def _note(row: GroupShare) -> str:
    if not row.change:
        return ""
    if row.earlier.get("change") == Change.NOT_CLEAR:
        return _("no clear change")
    by = moved_by(row.earlier["share"], row.facts["share"])
    return f"{'▲' if by > 0 else '▼'} {points(by)}"


def _banded(facts: Mapping[str, Any]) -> charts.Banded | None:
    if "share" not in facts:
        return None
    low, high = facts.get("low"), facts.get("high")
    if low is None or high is None:
        return charts.Banded(facts["share"] * 100)
    return charts.Banded(facts["share"] * 100, low * 100, high * 100)


def before_after(shown: ResultPage) -> str:
    """The share in both waves over time, with the campaign between them."""
    row = shown.groups[0].rows[0]
    wave, before = shown.wave, shown.before
    first, second = _banded(row.earlier), _banded(row.facts)
    if before is None or first is None or second is None:
        return ""
    between = None
    if wave.campaign_title and wave.campaign_from and wave.campaign_to:
        days = _("%(first)s to %(last)s") % {
            "first": short_day_of_year(wave.campaign_from),
            "last": short_day_of_year(wave.campaign_to),
        }
        between = charts.Between(_("Campaign"), days, wave.campaign_from, wave.campaign_to)
    label = _("%(before)s in %(first)s, %(now)s in %(second)s.") % {
        "before": f"{row.before}{NBSP}%",
        "first": before.in_language("title"),
        "now": f"{row.share}{NBSP}%",
        "second": wave.in_language("title"),
    }
    return charts.before_after_chart(
        _at(before, first, row.before, row.before_band), _at(wave, second, row.share, row.band), between, label=label
    )


def _at(wave: Wave, shown: charts.Banded, share: str, band: str) -> charts.At:
    middle = date.fromordinal((wave.starts_on.toordinal() + wave.ends_on.toordinal()) // 2)
    return charts.At(middle, shown, f"{share}{NBSP}%", band, day(middle, "month"))


def before_after_caption(shown: ResultPage) -> str:
    row = shown.groups[0].rows[0]
    match row.earlier.get("change"):
        case Change.RISE:
            by = points(moved_by(row.earlier["share"], row.facts["share"]))
            return _("The share rose by %(points)s between the two waves") % {"points": by}
        case Change.FALL:
            by = points(moved_by(row.earlier["share"], row.facts["share"]))
            return _("The share fell by %(points)s between the two waves") % {"points": by}
        case _:
            return _("No clear change between the two waves")


def remembered(shown: ResultPage) -> list[str]:
    """The result among those who gave each answer to a question that makes groups: who remembers a campaign, and who does not."""
    questions = {q.key: q for q in questions_of(shown.wave.instrument)}
    shares = shown.facts["shares"].get(COUNTED, {})
    found = []
    for grouping in shown.results["groupings"]:
        if not grouping["name"].startswith(f"{QUESTION}.") or grouping["question"] == shown.question.key:
            continue
        for value in grouping["values"]:
            facts = shares.get(f"{grouping['name']}/{value}", {})
            if "share" not in facts:
                continue
            words = {
                "question": grouping_title(grouping, questions),
                "answer": group_word(grouping, value, questions),
                "share": percent(facts["share"]),
                "band": band_text(facts),
                "n": number_figures(facts["answers"]),
            }
            if "low" in facts:
                text = _("%(question)s: %(answer)s. Of those %(share)s (band %(band)s; %(n)s answers).") % words
            else:
                text = _("%(question)s: %(answer)s. Of those %(share)s (%(n)s answers).") % words
            found.append(text)
    return found
