"""What the public may know of an action's history: which public fields changed on which day. Never who, never what an
internal text said, never a person's number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from floreo.core import audit, clock
from floreo.core.fields import label_of
from floreo.core.wording import short_day
from floreo.strategy.models import Action, BudgetLine, Milestone, Participation, Risk, Update

# Fields whose old and new value may be shown: dates only. Of every other public field only that it changed.
_DATES = {"starts_on", "ends_on", "due_on", "expected_on", "closed_on", "on_hold_since", "reached_on"}


# The public fields of each kind of row. A field that is not here is never mentioned.
_SOURCED = ("translations", "source", "source_url", "confirmed", "read_on")
_PUBLIC_FIELDS: Mapping[type[Model], tuple[str, ...]] = {
    Action: (
        *_SOURCED,
        "title",
        "official_wording",
        "official_place",
        "public_text",
        "starts_on",
        "due_on",
        "expected_on",
        "closed_on",
        "on_hold_since",
        "term",
        "own",
        "on_hold_reason",
        "late_reason",
        "override",
        "override_reason",
        "objective",
        "person",
    ),
    Milestone: (*_SOURCED, "title", "due_on", "reached_on", "expected_on", "note", "evidence_url"),
    Participation: ("source", "source_url", "confirmed", "read_on", "organisation", "part", "starts_on", "ends_on"),
    Update: ("done", "next", "risks", "on", "translations"),
    BudgetLine: (*_SOURCED, "amount", "spent", "currency", "fiscal_year", "funder", "note"),
    Risk: ("title", "likelihood", "impact", "response", "closed_on", "translations"),
}
_KINDS = {model._meta.label_lower: model for model in _PUBLIC_FIELDS}


def _word(model: type[Model], name: str) -> str:
    """A field in the words of the model, as they are inside a sentence."""
    label = str(label_of(model, name))
    return label[:1].lower() + label[1:]


@dataclass
class Change:
    """One changed thing in words: "Milestone “Line opens”: due date (15 Oct 2026, before 1 Sep 2026)"."""

    what: str
    fields: list[str] = field(default_factory=list)


@dataclass
class HistoryEntry:
    """What changed in one go, and when."""

    at: datetime
    changes: list[Change]

    @property
    def day(self) -> date:
        return clock.day_of(self.at)


class _Public:
    """The rows of an action that the public may know of today, with their titles of today: what the trail calls them may
    be older than their publication."""

    def __init__(self, act: Action) -> None:
        self.act = act
        self.titles: dict[str, str] = {audit.key(act): _("The action")}
        for milestone in act.milestones.all():
            self.titles[audit.key(milestone)] = _("Milestone “%(title)s”") % {"title": milestone.in_language("title")}
        for part in act.participations.all():
            if part.organisation.is_public:
                words = {"part": part.get_part_display(), "name": part.organisation.in_language("name")}
                self.titles[audit.key(part)] = _("%(part)s: %(name)s") % words
        for update in (u for u in act.updates.all() if u.is_public):
            self.titles[audit.key(update)] = _("Update from the lead, %(day)s") % {"day": short_day(update.on)}
        for line in act.budget_lines.all():
            words = {"currency": line.currency, "year": str(line.fiscal_year)}
            self.titles[audit.key(line)] = _("Money, %(year)s, %(currency)s") % words
        for risk in (r for r in act.risks.all() if r.is_public):
            self.titles[audit.key(risk)] = _("Risk “%(title)s”") % {"title": risk.in_language("title")}


def _value(name: str, values: Any) -> str:
    """ " (15 Oct 2026, before 1 Sep 2026)" for dates; nothing for anything else."""
    if name not in _DATES or not isinstance(values, list) or len(values) != 2:
        return ""
    before, after = (short_day(date.fromisoformat(v)) if isinstance(v, str) and v else _("none") for v in values)
    return " " + _("(%(after)s, before %(before)s)") % {"after": after, "before": before}


def _change(raw: dict[str, Any], public: _Public) -> Change | None:
    key = str(raw.get("thing", ""))
    model = _KINDS.get(key.split(":", 1)[0])
    title = public.titles.get(key)
    if title is None or model is None:
        return None
    fields = raw.get("fields", {})
    if raw.get("what") == "made":
        return Change(_("%(what)s: entered") % {"what": title})
    changed = [
        _word(model, n) + _value(n, fields[n]) for n in _PUBLIC_FIELDS[model] if n in fields
    ]  # in our order: a database may keep another
    return Change(title, list(dict.fromkeys(changed))) if changed else None


def _is_public_after(raw: dict[str, Any], subject: str, now: bool) -> bool:  # noqa: FBT001 -- a state, not an option
    """Whether the action was public after this change, as far as the change says."""
    fields = raw.get("fields", {}) if raw.get("thing") == subject else {}
    if raw.get("what") == "made" and fields:
        return bool(fields.get("is_public", False))
    text = fields.get("is_public")
    return bool(text[1]) if isinstance(text, list) and len(text) == 2 else now


def _entries(act: Action) -> Iterator[HistoryEntry]:
    """Oldest first. What happened while the action was internal is not shown."""
    public, subject, shown = _Public(act), audit.key(act), True
    for entry in audit.history(act).order_by("number").only("at", "detail"):
        raws = [r for r in entry.detail.get("changes", []) if isinstance(r, dict)]
        for raw in raws:
            shown = _is_public_after(raw, subject, shown)
        found = [c for raw in raws if (c := _change(raw, public))]
        if shown and found:
            yield HistoryEntry(entry.at, found)


def history(act: Action) -> list[HistoryEntry]:
    """Newest first; after `read_around`."""
    return list(_entries(act))[::-1]
