"""The fields that a Word template may hold: their names, what they say, and their values from a report's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from floreo.core.documents.plain import clean
from floreo.core.ui import words
from floreo.indicators import presenters as figures
from floreo.reports.documents import parts
from floreo.reports.presenters import Told, amount_words, day, percent_words, say
from floreo.strategy.logic import Status
from floreo.strategy.presenters.words import short_day


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
    Field("lead", gettext_lazy("Who leads it")),
    Field("due", gettext_lazy("When it is due")),
)
_SUM = (
    Field("name", gettext_lazy("Who pays, the year or the pillar")),
    Field("planned", gettext_lazy("Planned, with its currency")),
    Field("committed", gettext_lazy("Committed")),
    Field("spent", gettext_lazy("Spent")),
    Field("share", gettext_lazy("Share of what is planned that is spent")),
)
_DATED = (
    Field("day", gettext_lazy("The day")),
    Field("text", gettext_lazy("What it is")),
    Field("action", gettext_lazy("The action it belongs to, where there is one")),
)

FIELDS: tuple[Field, ...] = (
    Field("country", gettext_lazy("The name of the country")),
    Field("strategy", gettext_lazy("The title of the strategy")),
    Field("period", gettext_lazy("The period, for example Q3 2026")),
    Field("as_of", gettext_lazy("The day for which everything stands")),
    Field("headline", gettext_lazy("How it stands, in a sentence or two")),
    Field("tally", gettext_lazy("How many actions stand how, in a sentence")),
    Field("change", gettext_lazy("This period beside the one before, in a sentence")),
    Field("total", gettext_lazy("How many actions there are")),
    *(Field(f"count_{status.value}", gettext_lazy("How many actions have this status")) for status in Status),
    Field("money", gettext_lazy("Planned, committed and spent, in a sentence")),
    Field("foot", gettext_lazy("Which snapshot this is, with its audit entry")),
    Field("sample", gettext_lazy("That the data is a sample, where it is")),
    Field(
        "late",
        gettext_lazy("Actions that are late or stalled"),
        (
            *_ACTION,
            Field("why", gettext_lazy("Why it is late")),
            Field("expected", gettext_lazy("When its lead expects it")),
        ),
    ),
    Field("actions", gettext_lazy("Every action, in the order of the plan"), _ACTION),
    Field("completed", gettext_lazy("Actions completed in the period"), _DATED),
    Field("milestones", gettext_lazy("Milestones reached in the period"), _DATED),
    Field("coming", gettext_lazy("Meetings and milestones to come"), _DATED),
    Field(
        "decisions",
        gettext_lazy("Decisions asked of somebody outside"),
        (
            Field("title", gettext_lazy("Its title")),
            Field("text", gettext_lazy("What is asked")),
            Field("to", gettext_lazy("Of whom")),
            Field("action", gettext_lazy("The action it moves")),
        ),
    ),
    Field(
        "risks",
        gettext_lazy("Open risks, the highest first"),
        (
            Field("title", gettext_lazy("Its title")),
            Field("action", gettext_lazy("The action it threatens")),
            Field("score", gettext_lazy("Likelihood times impact, of 25")),
            Field("response", gettext_lazy("What is done about it")),
        ),
    ),
    Field(
        "figures",
        gettext_lazy("Indicators"),
        (
            Field("title", gettext_lazy("Its title")),
            Field("value", gettext_lazy("Its newest reading, with its unit")),
            Field("when", gettext_lazy("For when it holds")),
            Field("target", gettext_lazy("Its target, with the day")),
            Field("change", gettext_lazy("The change on the reading before")),
            Field("sentence", gettext_lazy("How it stands, in a sentence")),
        ),
    ),
    Field("by_funder", gettext_lazy("Money by who pays"), _SUM),
    Field("by_year", gettext_lazy("Money by fiscal year"), _SUM),
    Field("by_pillar", gettext_lazy("Money by pillar"), _SUM),
    Field(
        "said",
        gettext_lazy("What leads said in the period"),
        (
            Field("day", gettext_lazy("The day")),
            Field("action", gettext_lazy("The action")),
            Field("done", gettext_lazy("What was done")),
            Field("next", gettext_lazy("What comes next")),
            Field("risks", gettext_lazy("What could stop it")),
        ),
    ),
    Field(
        "corrections",
        gettext_lazy("Corrections that stand beside the report"),
        (
            Field("where", gettext_lazy("Where in the report")),
            Field("instead", gettext_lazy("What is right")),
        ),
    ),
    Field(
        "unknown", gettext_lazy("What is not known, one sentence each"), (Field("text", gettext_lazy("The sentence")),)
    ),
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


def _action(told: Told, act: Mapping[str, Any]) -> dict[str, str]:
    return {
        "code": act["code"],
        "title": say(act["title"]),
        "status": parts.status_word(act["status"]),
        "note": told.note(act),
        "lead": told.leads(act),
        "due": _when(act["due"]),
    }


def _sums(told: Told, name: str) -> list[dict[str, str]]:
    return [
        {
            "name": who,
            "planned": amount_words(s.planned, s.currency),
            "committed": amount_words(s.committed, s.currency),
            "spent": amount_words(s.spent, s.currency),
            "share": percent_words(s.share_spent),
        }
        for who, sums in told.money_by(name)
        for s in sums
    ]


def _figures(told: Told) -> list[dict[str, str]]:
    return [
        {
            "title": f.indicator.in_language("title"),
            "value": parts.value_words(f),
            "when": figures.when_words(f.latest) if f.latest else "",
            "target": figures.target_words(f.indicator),
            "change": figures.change_words(f.latest, f.before) if f.latest and not f.is_hidden(f.latest) else "",
            "sentence": parts.figure_sentence(f),
        }
        for f in told.figures
    ]


def _lists(told: Told) -> dict[str, list[dict[str, str]]]:
    moved, data = told.data["moved"], told.data
    return {
        "late": [_action(told, a) | {"why": told.why(a), "expected": told.expected(a)} for a in told.troubled()],
        "actions": [_action(told, a) for a in told.actions],
        "completed": [
            {"day": _when(m["on"]), "text": told.label(m["action"]), "action": m["action"]} for m in moved["closed"]
        ],
        "milestones": [
            {"day": _when(m["on"]), "text": say(m["title"]), "action": m["action"]} for m in moved["milestones"]
        ],
        "coming": [{"day": _when(c["on"]), "text": say(c["title"]), "action": c["action"]} for c in data["coming"]],
        "decisions": [
            {"title": say(d["title"]), "text": say(d["text"]), "to": say(d["to"]), "action": d["action"]}
            for d in data["decisions"]
        ],
        "risks": [
            {
                "title": say(r["title"]),
                "action": told.label(r["action"]),
                "score": str(r["score"]),
                "response": say(r["response"]),
            }
            for r in data["risks"]
        ],
        "figures": _figures(told),
        "by_funder": _sums(told, "funder"),
        "by_year": _sums(told, "year_words"),
        "by_pillar": _sums(told, "pillar"),
        "said": [
            {
                "day": _when(u["on"]),
                "action": told.label(u["action"]),
                "next": say(u["next"]),
                "risks": say(u["risks"]),
                "done": say(u["done"]) or (_("Nothing changed.") if u["nothing_changed"] else ""),
            }
            for u in data["said"]
        ],
        "corrections": [
            {"where": c.in_language("where"), "instead": c.in_language("instead")} for c in told.corrections
        ],
        "unknown": [{"text": sentence} for sentence in told.unknown()],
    }


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(v) for v in value]
    return {k: _cleaned(v) for k, v in value.items()} if isinstance(value, dict) else clean(value)


def values(told: Told) -> dict[str, Any]:
    """What each field says. Texts only, so that a template can do nothing with them but show them."""
    single = {
        "country": told.country,
        "strategy": told.edition,
        "period": told.period_words,
        "as_of": short_day(told.as_of),
        "headline": told.headline(),
        "tally": told.tally(),
        "change": told.change() if told.total else "",
        "total": words.number(told.total),
        "money": parts.money_sentence(told) if told.money_lines else "",
        "foot": told.foot,
        "sample": told.sample_words,
        **{f"count_{s.value}": words.number(n) for s, n in told.counts.items()},
    }
    found: dict[str, Any] = _cleaned({**single, **_lists(told)})
    return found
