"""What every write of the plan asks before it saves: the newest row, dates in order, free codes, known money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import pycountry
from django.db import models
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from floreo.core import action as core
from floreo.core import clock
from floreo.core.errors import Changed, Missing, Refused
from floreo.core.models import Record
from floreo.core.wording import day_text
from floreo.organisations.queries import the_country

Kept = TypeVar("Kept", bound=Record)


def lock_latest(thing: Kept, version: int | None = None) -> Kept:
    """The row as it is now, held until the transaction ends. With `version` (what the form was opened at) raises
    Changed when somebody saved in between; `theirs` then holds what every field says now."""
    fresh = type(thing)._base_manager.select_for_update().filter(pk=thing.pk).first()
    if fresh is None:
        raise Missing(_("It was removed while you worked. Go back and reload the page."))
    if version is not None and fresh.version != version:
        theirs = {f.name: getattr(fresh, f.name) for f in fresh._meta.concrete_fields}
        raise Changed(
            _("Somebody else saved this while you worked. Nothing of yours is lost: compare, and save again."),
            theirs=theirs,
        )
    return fresh


def assign(thing: models.Model, facts: Mapping[str, Any]) -> None:
    """Writes each given fact onto `thing`; what is not named stays as it is."""
    for name, value in facts.items():
        setattr(thing, name, value.strip() if isinstance(value, str) else value)


def require_order(first: date | None, last: date | None, *, field: str, named: tuple[str, str]) -> None:
    """`named` holds the words for both dates: ("The start", "the due date")."""
    if first and last and first > last:
        sentence = _("%(first)s (%(from)s) comes after %(last)s (%(to)s). Change one of them.") % {
            "first": named[0],
            "last": named[1],
            "from": day_text(first),
            "to": day_text(last),
        }
        raise Refused(sentence, code="dates_in_order", fields={field: sentence})


def require_past(day: date, *, field: str) -> None:
    if day > clock.today():
        sentence = _("%(day)s is still to come. Give today or a day before it.") % {"day": day_text(day)}
        raise Refused(sentence, code="date_to_come", fields={field: sentence})


def require_text(text: str, *, field: str, sentence: str) -> str:
    """`text` without spaces around it; refuses an empty one with `sentence`."""
    said = text.strip()
    if not said:
        raise Refused(sentence, code="missing", fields={field: sentence})
    return said


def require_free_code(rows: models.QuerySet[Any], code: str, *, field: str = "code") -> str:
    """`code`, when no row of `rows` has it yet."""
    said = require_text(code, field=field, sentence=_("Give it a code, for example 2.1."))
    if "/" in said or any(c.isspace() for c in said):
        sentence = _("A code is part of an address: leave out spaces and slashes.")
        raise Refused(sentence, code="bad_code", fields={field: sentence})
    if rows.filter(code=said).exists():
        sentence = _("The code %(code)s is taken. Choose another.") % {"code": said}
        raise Refused(sentence, code="code_taken", fields={field: sentence})
    return said


def known_currency(code: str) -> str:
    """The ISO 4217 code in capitals; the country's own currency is always known, even a fictional one."""
    said = code.strip().upper()
    country = the_country()
    if country is not None and said == country.currency:
        return said
    if len(said) != 3 or pycountry.currencies.get(alpha_3=said) is None:
        sentence = _("“%(code)s” is not a currency. Use its three letters, for example USD or EUR.") % {"code": code}
        raise Refused(sentence, code="unknown_currency", fields={"currency": sentence})
    return said


def last_position(rows: models.QuerySet[Any]) -> int:
    """The position after the last of `rows`."""
    return int(rows.aggregate(last=models.Max("position"))["last"] or 0) + 1


def move_among(thing: Any, siblings: models.QuerySet[Any], *, up: bool) -> bool:
    """Moves `thing` one place among `siblings`. False when it is at the end already."""
    rows = list(siblings)
    here = next(i for i, row in enumerate(rows) if row.pk == thing.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return False
    rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            core.save(row)
    thing.position = there + 1
    return True


def delete_unless_used(thing: models.Model, sentence: str) -> None:
    """Removes `thing`; refuses with `sentence` while something still needs it."""
    try:
        core.delete(thing)
    except ProtectedError as error:
        raise Refused(sentence, code="in_use") from error
