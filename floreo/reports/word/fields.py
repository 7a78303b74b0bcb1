"""The fields that a Word template may hold: their names, what they say, and their values from a report's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from floreo.core.documents.plain import clean
from floreo.core.ui import locale
from floreo.core.wording import short_day
from floreo.indicators import presenters as figures
from floreo.reports.documents import parts
from floreo.reports.presenters import ReportSummary, amount_text, day, localized, percent_text
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.logic import Status


@dataclass(frozen=True)
class Field:
    """One field: its name in the template, and what it says. With `inside`, a list whose items have those fields."""

    name: str
    help: Promise
    inside: tuple[Field, ...] = ()


_ACTION = (
    Field("code", gettext_lazy("Its code in the plan")),
    Field("title", gettext_lazy("Its title")),
    Field("status", gettext_lazy("Its status, as a word")),
    Field("note", gettext_lazy("Days late, or the month it was done")),
    Field("lead", gettext_lazy("Its lead")),
    Field("due", gettext_lazy("Its due date")),
)
_SUM = (
    Field("name", in_words_lazy(gettext_lazy("Funder, year or %(pillar)s"))),
    Field("planned", gettext_lazy("Planned, with its currency")),
    Field("committed", gettext_lazy("Committed")),
    Field("spent", gettext_lazy("Spent")),
    Field("share", gettext_lazy("Share of planned money spent")),
)
_DATED = (
    Field("day", gettext_lazy("Date")),
    Field("text", gettext_lazy("What it is")),
    Field("action", gettext_lazy("The action it belongs to, if any")),
)

FIELDS: tuple[Field, ...] = (
    Field("country", gettext_lazy("The name of the country")),
    Field("strategy", gettext_lazy("The title of the strategy")),
    Field("period", gettext_lazy("The period, for example Q3 2026")),
    Field("as_of", gettext_lazy("Day that the data refer to")),
    Field("headline", gettext_lazy("The status of the strategy, in one or two sentences")),
    Field("tally", gettext_lazy("Number of actions by status, in a sentence")),
    Field("change", gettext_lazy("This period compared with the previous one, in a sentence")),
    Field("total", gettext_lazy("Number of actions")),
    *(Field(f"count_{status.value}", gettext_lazy("Number of actions with this status")) for status in Status),
    Field("money", gettext_lazy("Planned, committed and spent, in a sentence")),
    Field("foot", gettext_lazy("Identification of the snapshot, with its audit entry")),
    Field("sample", gettext_lazy("Notice of sample data, if the data is a sample")),
    Field(
        "late",
        gettext_lazy("Actions that are late or stalled"),
        (
            *_ACTION,
            Field("why", gettext_lazy("Reason for being late")),
            Field("expected", gettext_lazy("Date expected by its lead")),
        ),
    ),
    Field("actions", gettext_lazy("All actions, in the order of the plan"), _ACTION),
    Field("completed", gettext_lazy("Actions completed in the period"), _DATED),
    Field("milestones", gettext_lazy("Milestones reached in the period"), _DATED),
    Field("coming", gettext_lazy("Upcoming meetings and milestones"), _DATED),
    Field(
        "decisions",
        gettext_lazy("Decisions requested from somebody outside"),
        (
            Field("title", gettext_lazy("Its title")),
            Field("text", gettext_lazy("Decision requested")),
            Field("to", gettext_lazy("Requested from")),
            Field("action", gettext_lazy("The action that depends on it")),
        ),
    ),
    Field(
        "risks",
        gettext_lazy("Open risks, highest first"),
        (
            Field("title", gettext_lazy("Its title")),
            Field("action", gettext_lazy("The action that it puts at risk")),
            Field("score", gettext_lazy("Likelihood times impact, of 25")),
            Field("response", gettext_lazy("Response")),
        ),
    ),
    Field(
        "figures",
        gettext_lazy("Indicators"),
        (
            Field("title", gettext_lazy("Its title")),
            Field("value", gettext_lazy("Its latest value, with its unit")),
            Field("when", gettext_lazy("Date of the value")),
            Field("target", gettext_lazy("Its target, with the date")),
            Field("change", gettext_lazy("Change from the previous value")),
            Field("sentence", gettext_lazy("Its status, in a sentence")),
        ),
    ),
    Field("by_funder", gettext_lazy("Money by funder"), _SUM),
    Field("by_year", gettext_lazy("Money by fiscal year"), _SUM),
    Field("by_pillar", in_words_lazy(gettext_lazy("Money by %(pillar)s")), _SUM),
    Field(
        "updates",
        gettext_lazy("Updates from leads in the period"),
        (
            Field("day", gettext_lazy("Date")),
            Field("action", gettext_lazy("The action")),
            Field("done", gettext_lazy("Work done")),
            Field("next", gettext_lazy("Next steps")),
            Field("risks", gettext_lazy("Risks")),
        ),
    ),
    Field(
        "corrections",
        gettext_lazy("Corrections of the report"),
        (
            Field("where", gettext_lazy("Place in the report")),
            Field("instead", gettext_lazy("Correct version")),
        ),
    ),
    Field("unknown", gettext_lazy("Unknown facts, one sentence each"), (Field("text", gettext_lazy("The sentence")),)),
)

Spec = Mapping[str, Any]


def spec(fields: tuple[Field, ...] = FIELDS) -> Spec:
    """The same as a tree: a name to None, or to the names inside."""
    return {f.name: spec(f.inside) if f.inside else None for f in fields}


def flat() -> Iterator[tuple[str, Promise]]:
    """Every field as it is written in a template, for the list on the page."""
    for one in FIELDS:
        yield one.name, one.help
        for inner in one.inside:
            yield f"{one.name}[].{inner.name}", inner.help


# -- values --------------------------------------------------------------------------------------------------------------


def _when(value: str | None) -> str:
    found = day(value)
    return short_day(found) if found else ""


def _action(summary: ReportSummary, act: Mapping[str, Any]) -> dict[str, str]:
    return {
        "code": act["code"],
        "title": localized(act["title"]),
        "status": parts.status_word(act["status"]),
        "note": summary.note(act),
        "lead": summary.leads(act),
        "due": _when(act["due"]),
    }


def _sums(summary: ReportSummary, name: str) -> list[dict[str, str]]:
    return [
        {
            "name": who,
            "planned": amount_text(s.planned, s.currency),
            "committed": amount_text(s.committed, s.currency),
            "spent": amount_text(s.spent, s.currency),
            "share": percent_text(s.share_spent),
        }
        for who, sums in summary.money_by(name)
        for s in sums
    ]


def _figures(summary: ReportSummary) -> list[dict[str, str]]:
    return [
        {
            "title": f.indicator.in_language("title"),
            "value": parts.value_text(f),
            "when": figures.when_text(f.latest) if f.latest else "",
            "target": figures.target_text(f.indicator),
            "change": figures.change_text(f.latest, f.before) if f.latest and not f.is_hidden(f.latest) else "",
            "sentence": parts.figure_sentence(f),
        }
        for f in summary.figures
    ]


def _lists(summary: ReportSummary) -> dict[str, list[dict[str, str]]]:
    moved, data = summary.data["moved"], summary.data
    return {
        "late": [
            _action(summary, a) | {"why": summary.why(a), "expected": summary.expected(a)}
            for a in summary.with_problems()
        ],
        "actions": [_action(summary, a) for a in summary.actions],
        "completed": [
            {"day": _when(m["on"]), "text": summary.label(m["action"]), "action": m["action"]} for m in moved["closed"]
        ],
        "milestones": [
            {"day": _when(m["on"]), "text": localized(m["title"]), "action": m["action"]} for m in moved["milestones"]
        ],
        "coming": [
            {"day": _when(c["on"]), "text": localized(c["title"]), "action": c["action"]} for c in data["coming"]
        ],
        "decisions": [
            {
                "title": localized(d["title"]),
                "text": localized(d["text"]),
                "to": localized(d["to"]),
                "action": d["action"],
            }
            for d in data["decisions"]
        ],
        "risks": [
            {
                "title": localized(r["title"]),
                "action": summary.label(r["action"]),
                "score": str(r["score"]),
                "response": localized(r["response"]),
            }
            for r in data["risks"]
        ],
        "figures": _figures(summary),
        "by_funder": _sums(summary, "funder"),
        "by_year": _sums(summary, "year_text"),
        "by_pillar": _sums(summary, "pillar"),
        "updates": [
            {
                "day": _when(u["on"]),
                "action": summary.label(u["action"]),
                "next": localized(u["next"]),
                "risks": localized(u["risks"]),
                "done": localized(u["done"]) or (_("Nothing changed.") if u["nothing_changed"] else ""),
            }
            for u in data["updates"]
        ],
        "corrections": [
            {"where": c.in_language("where"), "instead": c.in_language("instead")} for c in summary.corrections
        ],
        "unknown": [{"text": sentence} for sentence in summary.unknown()],
    }


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(v) for v in value]
    return {k: _cleaned(v) for k, v in value.items()} if isinstance(value, dict) else clean(value)


def values(summary: ReportSummary) -> dict[str, Any]:
    """What each field says. Texts only, so that a template can do nothing with them but show them."""
    single = {
        "country": summary.country,
        "strategy": summary.edition,
        "period": summary.period_text,
        "as_of": short_day(summary.as_of),
        "headline": summary.headline(),
        "tally": summary.tally(),
        "change": summary.change() if summary.total else "",
        "total": locale.number(summary.total),
        "money": parts.money_sentence(summary) if summary.money_lines else "",
        "foot": summary.foot,
        "sample": summary.notice,
        **{f"count_{s.value}": locale.number(n) for s, n in summary.counts.items()},
    }
    found: dict[str, Any] = _cleaned({**single, **_lists(summary)})
    return found
