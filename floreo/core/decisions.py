"""A decision is bound to what was shown, and says when somebody decides about their own work.

A page that leads to a decision carries the head of the chain from before it was made: number and hash, which attest every
row as it was then (core/state.py). The action takes it as `shown`. It refuses when an entry since then is about one of
the rows that it decides about, and names what changed; else its own entry keeps the head. Nothing can come in between:
the chain is held while it looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import audit
from floreo.core.access import Actor
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, Record
from floreo.core.wording import who_text

# The rows that a decision about a thing is about, the thing itself first: rows, and lists of rows.
Rows = Callable[[Any], Iterable[models.Model | models.QuerySet[Any]]]
CHANGED_SINCE = "changed_since"  # the code of such a refusal
DECISIONS: dict[str, Rows] = {}  # by verb; a contract test walks it
_NAMED = 3  # changes that a refusal names

_SHOWN = re.compile(r"([0-9]{1,18})-([0-9a-f]{16})")


def itself(thing: models.Model) -> Iterable[models.Model]:
    """Of a decision about one row."""
    return [thing]


def as_shown() -> str:
    """What a page carries: "NUMBER-HASH" of the chain's head. Taken before the page reads its first row."""
    head = audit.head()
    return f"{head.number}-{head.hash[:16]}"


def is_head(text: str) -> bool:
    return _SHOWN.fullmatch(text) is not None


def why_not(things: Iterable[models.Model | models.QuerySet[Any]], shown: str | None) -> Refused | None:
    """The refusal of a decision about rows that were changed since. Nothing is asked of a program, which shows nothing to
    anybody: `None`. Must run inside the transaction of the decision."""
    if shown is None:
        return None
    audit.hold_the_chain()
    number = _number(shown)
    if number is None:
        sentence = _("This page does not say what you read. Go back, open it again, and decide then.")
        return Refused(sentence, code=CHANGED_SINCE)
    changes = list(_since(number, list(things)))
    return Refused(_refusal(changes), code=CHANGED_SINCE) if changes else None


def _number(shown: str) -> int | None:
    """Of the entry that the head names, or None when it is not of this chain."""
    match = _SHOWN.fullmatch(shown)
    if match is None:
        return None
    number, start = int(match[1]), match[2]
    known = AuditEntry.objects.filter(number=number).values_list("hash", flat=True).first() if number else audit.GENESIS
    return number if known is not None and known.startswith(start) else None


def _since(number: int, things: list[models.Model | models.QuerySet[Any]]) -> Iterator[AuditEntry]:
    """Entries after that one which are about one of the rows, the newest first."""
    for entry in AuditEntry.objects.filter(number__gt=number).exclude(rows={}).order_by("-number"):
        if any(_covers(entry, each) for each in things):
            yield entry


def _covers(entry: AuditEntry, thing: models.Model | models.QuerySet[Any]) -> bool:
    """Whether it left one of those rows. One that it removed can no longer be asked to which list it belonged: it counts."""
    left: Mapping[str, str] = entry.rows.get(
        (thing.model if isinstance(thing, models.QuerySet) else thing)._meta.label_lower, {}
    )
    if isinstance(thing, models.Model):
        return str(thing.pk) in left
    if not left:
        return False
    return "" in left.values() or thing.filter(pk__in=[int(pk) for pk in left]).exists()


def _refusal(changes: list[AuditEntry]) -> str:
    found = [f"{each.subject_name} ({who_text(each.actor_name)})" for each in changes]
    named = "; ".join(dict.fromkeys(found[:_NAMED]))
    more = len(changes) - _NAMED
    if more > 0:
        named = _("%(changes)s; and %(more)d more") % {"changes": named, "more": more}
    return _("It was changed after you opened it: %(changes)s. Go back, read it again, and decide then.") % {
        "changes": named
    }


# --- Who wrote it -------------------------------------------------------------------------------------------------


def is_maker(thing: models.Model, by: Actor) -> bool:
    """Whether whoever decides wrote some of `thing`, by an act that was no decision."""
    subject = thing.audit_subject() if isinstance(thing, Record) else thing
    own = AuditEntry.objects.filter(actor_code=by.actor_code, subject__in={audit.key(subject), audit.key(thing)})
    label, pk = thing._meta.label_lower, str(thing.pk)
    return any(pk in rows.get(label, {}) for rows in own.exclude(verb__in=DECISIONS).values_list("rows", flat=True))


def decided_by_maker(verbs: Iterable[str], things: Iterable[models.Model]) -> set[Any]:
    """The keys of those `things` (all of one kind) whose newest decision by one of the `verbs` was made by who had written
    them. One query."""
    wanted = {each.pk: each for each in things}
    subjects = {audit.key(each.audit_subject() if isinstance(each, Record) else each) for each in wanted.values()}
    found: dict[Any, bool] = {}
    entries = AuditEntry.objects.filter(verb__in=list(verbs), subject__in=subjects).order_by("number")
    for rows, detail in entries.values_list("rows", "detail"):
        for each in wanted.values():
            if str(each.pk) in rows.get(each._meta.label_lower, {}):
                found[each.pk] = bool(detail.get("by_maker"))
    return {pk for pk, by_maker in found.items() if by_maker}
