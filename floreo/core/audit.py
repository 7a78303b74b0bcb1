"""The chain: how an entry is hashed, appended, walked and published."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import QuerySet

from floreo.core import clock, state
from floreo.core.access import Actor
from floreo.core.composed import composed
from floreo.core.models import AuditEntry
from floreo.core.once import once

GENESIS = "0" * 64
# Any fixed number: the transaction-long PostgreSQL lock under which one entry follows another.
_CHAIN_LOCK = 7_301_989


@dataclass(frozen=True)
class Head:
    """The newest link: what is published, and what a verifier compares with what it saw earlier."""

    number: int
    hash: str
    at: datetime | None

    @property
    def short(self) -> str:
        return " ".join((self.hash[:4], self.hash[4:8], self.hash[8:12]))


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold, and what is wrong there."""

    number: int
    reason: str


def key(thing: models.Model | None) -> str:
    """The name of a thing in the trail: "strategy.action:17"."""
    return f"{thing._meta.label_lower}:{thing.pk}" if thing is not None else ""


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over the entry's facts and the hash before it, in one canonical JSON form, the same on both databases."""
    facts: dict[str, object] = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_code": entry.actor_code,
        "actor_name": entry.actor_name,
        "verb": entry.verb,
        "subject": entry.subject,
        "subject_name": entry.subject_name,
        "detail": entry.detail,
        "before": entry.before,
    }
    if entry.rows:
        facts["rows"] = entry.rows
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def plain(detail: Mapping[str, object]) -> dict[str, object]:
    """`detail` as JSON will give it back, so that a hash made now equals a hash made from the database."""
    cleaned: dict[str, object] = json.loads(json.dumps(detail, cls=DjangoJSONEncoder))
    return cleaned


@once
def head() -> Head:
    last = _last.first()
    return Head(*last) if last else Head(0, GENESIS, None)


@composed
def _last() -> QuerySet[AuditEntry, tuple[int, str, datetime]]:
    return AuditEntry.objects.order_by("-number").values_list("number", "hash", "at")[:1]


def hold_the_chain() -> None:
    """One writer at a time, until the transaction ends. SQLite's immediate transactions already see to it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def next_number() -> int:
    """The number that the next entry will have; nobody else's can come in between. Within an action, for what says in
    itself which entry records it."""
    hold_the_chain()
    return head().number + 1


def append(
    *,
    by: Actor,
    verb: str,
    subject: models.Model | None,
    detail: Mapping[str, object],
    touched: Mapping[type[models.Model], set[Any]] | None = None,
) -> AuditEntry:
    """Adds one link. Must run inside the transaction of the act it records; one writer at a time holds the chain."""
    hold_the_chain()
    last = head()
    entry = AuditEntry(
        number=last.number + 1,
        at=clock.machine(),
        actor_code=by.actor_code[:120],
        actor_name=by.actor_name[:200],
        verb=verb,
        subject=key(subject)[:120],
        subject_name=str(subject)[:300] if subject is not None else "",
        detail=plain(detail),
        rows=state.left_by(touched or {}),
        before=last.hash,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    return entry


def walk(*, expected: str = "") -> Iterator[Break]:
    """Every place where the chain does not hold. With `expected`, also whether that published head is still in it."""
    number, before, seen = 0, GENESIS, not expected
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
        if entry.number != number + 1:
            yield Break(entry.number, f"entries {number + 1} to {entry.number - 1} are missing")
        if entry.before != before:
            yield Break(entry.number, "it does not follow the entry before it")
        if hash_of(entry) != entry.hash:
            yield Break(entry.number, "its content does not match its hash")
        number, before = entry.number, entry.hash
        seen = seen or entry.hash == expected
    if not seen:
        yield Break(number, "the head you gave is not in the chain: entries were removed or rewritten")


def history(thing: models.Model) -> models.QuerySet[AuditEntry]:
    """What was done to `thing`, newest first."""
    return AuditEntry.objects.filter(subject=key(thing)).order_by("-number").defer("rows")
