"""Which sheets the workbook has, which columns, what each holds, and what it says for a row today."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import F, Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core import languages
from floreo.core.fields import help_of, label_of
from floreo.core.language_codes import known
from floreo.core.tables import Words
from floreo.strategy.levels import BY_DEPTH, USUAL_DEPTH, Level, many, one, spoken_words
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Milestone,
    Objective,
    Participation,
    Pillar,
    Risk,
)
from floreo.strategy.models.editions import LEVEL_WORDS
from floreo.strategy.own_fields import FieldKind, OwnField, own_fields, value_of

CellText = str | int | Decimal | date | bool | None
LONGEST = 32_000  # a cell holds 32,767 characters; a longer text is cut and marked, and reads back as unchanged
CUT = " […]"
OWN = "own_"  # how the columns of own fields are called in code


class Holds(StrEnum):
    TEXT = "text"
    DAY = "day"
    FLAG = "flag"
    WHOLE = "whole"
    MONEY = "money"


def _same(name: str) -> Callable[[Any], CellText]:
    def value(row: Any) -> CellText:
        found: CellText = getattr(row, name)
        return found

    return value


@dataclass(frozen=True)
class SheetColumn:
    """`value` reads it off a row; `is_key` distinguishes rows; what is only `shown` is not read back."""

    name: str
    help: Words
    holds: Holds
    value: Callable[[Any], CellText]
    is_key: bool = False
    is_needed: bool = False
    shown: bool = False
    head: str = ""  # in the file, where it is not its name: the country's word of a level
    aliases: frozenset[str] = frozenset()  # other heads under which it is read, in small letters

    @property
    def title(self) -> str:
        return self.head or self.name


@dataclass(frozen=True)
class Sheet:
    """One sheet of the workbook: a kind of row of the plan."""

    name: str
    help: Promise
    model: type[Model]
    rows: Callable[[Edition], QuerySet[Any]]
    columns: tuple[SheetColumn, ...]
    head: str = ""  # its name in the file, where it is another
    aliases: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return self.head or self.name

    def is_called(self, title: str) -> bool:
        """Whether a sheet of the file bears a name of this one."""
        return title.strip().casefold() in {self.name, self.title.casefold(), *self.tabs}

    @property
    def tabs(self) -> frozenset[str]:
        """Its other names in files, in small letters."""
        return frozenset(_tab(word) for word in self.aliases)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.is_key)

    def column(self, name: str) -> SheetColumn | None:
        own = next((c for c in self.columns if c.name == name), None)
        return own or next((c for c in self.columns if name.casefold() in c.aliases), None)


def _tab(word: str) -> str:
    """A word as a spreadsheet takes it for the name of a sheet."""
    return re.sub(r"[\[\]:*?/\\']", " ", word)[:31].strip()


def normal(value: CellText) -> CellText:
    """A value as a cell gives it back: no spaces around, plain line ends, no control characters, nothing too
    long; empty text is nothing."""
    if isinstance(value, str):
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(c for c in lines if c >= " " or c in "\n\t").strip()
        return (text if len(text) <= LONGEST else text[:LONGEST].rstrip() + CUT) or None
    return value


REMOVE = SheetColumn("remove", _("Write yes to remove the row"), Holds.FLAG, lambda row: None)


def _c(name: str, note: Words, holds: Holds = Holds.TEXT, **more: Any) -> SheetColumn:
    return SheetColumn(name, note, holds, more.pop("value", _same(name)), **more)


def _code(note: Words, value: Callable[[Any], CellText] | None = None, name: str = "code") -> SheetColumn:
    return SheetColumn(name, note, Holds.TEXT, value or _same(name), is_key=True, is_needed=True)


_ID = SheetColumn("id", _("Leave unchanged; empty for a new row"), Holds.WHOLE, lambda row: row.pk, is_key=True)
_TITLE = _c("title", _("Working title"), is_needed=True)
_WORDING = (
    _c("official_wording", _("Exactly as printed")),
    _c("official_place", label_of(Action, "official_place")),
    _c("public_text", label_of(Action, "public_text")),
    _c("internal_notes", help_of(Action, "internal_notes")),
)
_SOURCED = (
    _c("source", _("Source: document and page")),
    _c("source_url", _("Address where the source can be read")),
    _c("confirmed", _("Checked against its source: yes or no"), Holds.FLAG),
    _c("doubt", _("Why it is not checked")),
)


def translated(field: str, language: str) -> SheetColumn:
    """The text of `field` in another language, where a person translated it."""

    def value(row: Any) -> CellText:
        return str(row.translations.get(language, {}).get(field, ""))

    return _c(f"{field}_{language}", _("The same in that language; not machine translated"), value=value)


def other_languages() -> list[str]:
    """The site's languages apart from the one the records are written in."""
    return list(languages.others())


def translation_of(column: str) -> tuple[str, str] | None:
    """("title", "es") for "title_es"; None for a column that is no translation."""
    field, _line, language = column.rpartition("_")
    return (field, language) if field in {"title", "public_text"} and language in known() else None


def _of(level: Level, edition: Edition | None, value: Callable[[Any], CellText], **more: Any) -> SheetColumn:
    """A column that names a row of a level by its code, with the country's word as its head."""
    name = more.pop("name", str(level))
    words = spoken_words(level, edition) if edition else frozenset[str]()
    head = one(level, edition) if edition and name == level else ""
    return SheetColumn(name, _("Its code"), Holds.TEXT, value, head=head, aliases=words, **more)


def _code_above(thing: Any) -> CellText:
    found: str = thing.above.code if thing.above else ""
    return found


def _under(edition: Edition | None) -> tuple[SheetColumn, ...]:
    """The column of an action that says under what it is."""
    levels = BY_DEPTH[edition.levels if edition else USUAL_DEPTH]
    if len(levels) == 1:
        return ()
    level = levels[-2]
    if level is Level.PILLAR:
        return (_of(level, edition, lambda a: a.objective.pillar.code, is_needed=True),)
    if level is Level.OBJECTIVE:
        return (_of(level, edition, lambda a: a.objective.code, is_needed=True),)
    return (replace(_of(level, edition, lambda a: a.objective.code, is_needed=True), name="objective"),)


def _branch_sheets(edition: Edition | None, branch: tuple[SheetColumn, ...]) -> tuple[Sheet, ...]:
    """The sheets of the levels above the actions, as many as the plan has."""
    levels = BY_DEPTH[edition.levels if edition else USUAL_DEPTH]

    def named(level: Level) -> dict[str, Any]:
        words = spoken_words(level, edition) if edition else frozenset[str]()
        return {"head": _tab(many(level, edition)) if edition else "", "aliases": words}

    code = _code(_("Part of its address: cannot change"))
    found = []
    if Level.PILLAR in levels:
        rows: Any = lambda e: Pillar.objects.filter(edition=e)  # noqa: E731 -- as the sheets below
        found.append(
            Sheet("pillars", _("The top divisions"), Pillar, rows, (code, _TITLE, *branch), **named(Level.PILLAR))
        )
    if Level.OBJECTIVE in levels:
        above = (_of(Level.OBJECTIVE, edition, _code_above, name="above"),) if Level.SUB_OBJECTIVE in levels else ()
        pillar = _of(Level.PILLAR, edition, lambda o: o.pillar.code, is_needed=True)
        columns = (code, pillar, *above, _TITLE, *branch)
        about = _("The levels between the top and the actions")
        found.append(Sheet("objectives", about, Objective, _objectives, columns, **named(Level.OBJECTIVE)))
    return tuple(found)


def _codes_waited_for(act: Any) -> CellText:
    waited = sorted(act.waits_for.all(), key=lambda other: (other.position, other.pk)) if act.pk else []
    return ", ".join(other.code for other in waited)


def _own_columns() -> tuple[SheetColumn, ...]:
    """A column for each field that the country adds, under its own name."""
    found = []
    for field in own_fields():
        help_text = field.help or (_("For the public") if field.is_public else _("Not published"))
        holds = Holds.DAY if field.kind is FieldKind.DATE else Holds.TEXT
        name, words = f"{OWN}{field.code}", frozenset({field.label.casefold()})
        found.append(SheetColumn(name, help_text, holds, _own_value(field), head=field.label, aliases=words))
    return tuple(found)


def _own_value(field: OwnField) -> Callable[[Any], CellText]:
    def value(act: Any) -> CellText:
        text = value_of(act, field)
        return date.fromisoformat(text) if text and field.kind is FieldKind.DATE else text

    return value


def _named_actions(edition: Edition | None) -> dict[str, Any]:
    if edition is None:
        return {}
    return {"head": _tab(many(Level.ACTION, edition)), "aliases": spoken_words(Level.ACTION, edition)}


def _objectives(edition: Edition) -> QuerySet[Any]:
    rows = Objective.objects.filter(pillar__edition=edition).select_related("pillar__edition", "above")
    return rows.order_by("pillar__position", "pillar_id", F("above").asc(nulls_first=True), "position", "pk")


def _both_texts() -> tuple[SheetColumn, ...]:
    """Title and public text in each other language."""
    return tuple(translated(field, language) for language in other_languages() for field in ("title", "public_text"))


def _titles() -> tuple[SheetColumn, ...]:
    """The title in each other language."""
    return tuple(translated("title", language) for language in other_languages())


def _of_action(edition: Edition | None) -> SheetColumn:
    return _of(Level.ACTION, edition, lambda row: row.action.code, is_needed=True)


def _edition_sheet() -> Sheet:
    return Sheet(
        "edition",
        _("The edition: one row"),
        Edition,
        lambda e: Edition.objects.filter(pk=e.pk),
        (
            _code(_("Cannot be changed")),
            _TITLE,
            *_both_texts(),
            _c("official_title", _("As printed")),
            _c("objective", _("Overall objective, in the document's words")),
            _c("vision", _("As printed")),
            _c("public_text", _("Explanation for the public")),
            *(_c(name, _("In the document’s words; empty: as the country pack says")) for name in LEVEL_WORDS),
            _c("internal_notes", _("Not published")),
            _c("starts_on", _("First day"), Holds.DAY),
            _c("ends_on", _("Last day"), Holds.DAY),
            _c("launched_on", _("Date of presentation"), Holds.DAY),
            _c("approved_on", _("Day from which terms are counted"), Holds.DAY),
            *_SOURCED,
        ),
    )


def _action_sheet(edition: Edition | None, branch: tuple[SheetColumn, ...]) -> Sheet:
    return Sheet(
        "actions",
        _("What is to be done"),
        Action,
        lambda e: (
            Action.objects.filter(edition=e).select_related("objective__pillar", "person").prefetch_related("waits_for")
        ),
        (
            _code(_("Part of its address: cannot change")),
            *_under(edition),
            _TITLE,
            _c("status", _("Calculated from the dates; not imported"), shown=True),
            _c("starts_on", _("Planned start"), Holds.DAY),
            _c("due_on", _("Committed"), Holds.DAY),
            _c("expected_on", _("Date now expected by its lead"), Holds.DAY),
            _c("late_reason", _("Reason for being late, for the public")),
            _c("closed_on", _("Date of completion"), Holds.DAY),
            _c("closed_by", _("Name of the person who confirms it")),
            _c("on_hold_since", _("On hold since"), Holds.DAY),
            _c("on_hold_reason", _("Reason for the hold, for the public")),
            _c("term", _("Code of its term, where the plan counts in terms")),
            _c(
                "waits_for",
                _("Codes of what has to be done first, with commas between them"),
                value=_codes_waited_for,
            ),
            *_own_columns(),
            _c("person", _("Code of the person responsible"), value=lambda a: a.person.code if a.person else None),
            _c("is_public", _("Public: yes or no"), Holds.FLAG),
            *branch,
        ),
        **_named_actions(edition),
    )


def _milestone_sheet(edition: Edition | None) -> Sheet:
    return Sheet(
        "milestones",
        _("Steps that show progress of an action"),
        Milestone,
        lambda e: (
            Milestone.objects.filter(action__edition=e)
            .select_related("action")
            .order_by("action__position", "action_id", "position", "pk")
        ),
        (
            replace(_of_action(edition), is_key=True),
            _code(_("Within its action; cannot change")),
            _TITLE,
            *_titles(),
            _c("due_on", _("Committed"), Holds.DAY),
            _c("reached_on", _("Date on which it was reached"), Holds.DAY),
            _c("expected_on", _("Date now expected by its lead"), Holds.DAY),
            _c("note", _("For the public")),
            _c("evidence_url", _("Address where it can be seen")),
            *_SOURCED,
            REMOVE,
        ),
    )


def _participation_sheet(edition: Edition | None) -> Sheet:
    return Sheet(
        "participations",
        _("Which organisations take part in an action, and from when"),
        Participation,
        lambda e: (
            Participation.objects.filter(action__edition=e)
            .select_related("action", "organisation")
            .order_by("action__position", "action_id", "pk")
        ),
        (
            _ID,
            _of_action(edition),
            _c("organisation", _("Its code in the register"), value=lambda p: p.organisation.code, is_needed=True),
            _c("part", _("lead or support"), is_needed=True),
            _c("starts_on", _("First day"), Holds.DAY),
            _c("ends_on", _("Last day"), Holds.DAY),
            *_SOURCED,
            REMOVE,
        ),
    )


def _budget_sheet(edition: Edition | None) -> Sheet:
    return Sheet(
        "budget",
        _("Money of one funder for one action in one fiscal year"),
        BudgetLine,
        lambda e: (
            BudgetLine.objects.filter(action__edition=e)
            .select_related("action", "funder")
            .order_by("action__position", "action_id", "pk")
        ),
        (
            _ID,
            _of_action(edition),
            _c("funder", _("Its code in the register"), value=lambda b: b.funder.code if b.funder else None),
            _c("fiscal_year", _("The year in which it starts"), Holds.WHOLE, is_needed=True),
            _c("currency", _("Three letters of ISO 4217"), is_needed=True),
            _c("amount", label_of(BudgetLine, "amount"), Holds.MONEY, is_needed=True),
            _c("spent", label_of(BudgetLine, "spent"), Holds.MONEY),
            _c("note", _("Purpose")),
            *_SOURCED,
            REMOVE,
        ),
    )


def _risk_sheet(edition: Edition | None) -> Sheet:
    return Sheet(
        "risks",
        _("Risks to an action"),
        Risk,
        lambda e: (
            Risk.objects.filter(action__edition=e)
            .select_related("action")
            .order_by("action__position", "action_id", "pk")
        ),
        (
            _ID,
            _of_action(edition),
            _TITLE,
            *_titles(),
            _c("likelihood", _("From 1 (low) to 5 (high)"), Holds.WHOLE, is_needed=True),
            _c("impact", _("From 1 (low) to 5 (high)"), Holds.WHOLE, is_needed=True),
            _c("response", _("Response")),
            _c("noted_on", _("First day"), Holds.DAY, is_needed=True),
            _c("closed_on", _("Date from which it could no longer happen"), Holds.DAY),
            _c("is_public", _("Public: yes or no"), Holds.FLAG),
            REMOVE,
        ),
    )


def sheets(edition: Edition | None = None) -> tuple[Sheet, ...]:
    """Every sheet of the edition's workbook, in the order in which rows need each other; without one, of a plan of three levels."""
    branch = (*_both_texts(), *_WORDING, *_SOURCED, REMOVE)
    return (
        _edition_sheet(),
        *_branch_sheets(edition, branch),
        _action_sheet(edition, branch),
        _milestone_sheet(edition),
        _participation_sheet(edition),
        _budget_sheet(edition),
        _risk_sheet(edition),
    )
