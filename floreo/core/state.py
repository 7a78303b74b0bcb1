"""What a row says, as a hash that both databases give alike: each entry of the trail holds those of the rows that it left,
and `differences` compares them with the tables.

A row says its own columns. Left out are the columns that the program fills with the moment of saving (the entry has its
own), those without a value or at their default (so that a new column changes no hash), and what a model declares in
`not_chained`, with the reason. Links of many to many are no columns of a row, so nothing is said of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from floreo.core.models import AuditEntry

_CHUNK = 2000
_DIGITS = 32  # of SHA-256: 128 bits, and a pack of 20,000 rows stays an entry of one megabyte
GONE = ""


def not_chained(model: type[models.Model]) -> str | Mapping[str, str]:
    """What the trail does not attest of that model, as it declares: a sentence for all of it, or a reason by column."""
    if model._meta.auto_created:
        return "A link between two rows is no row of its own."
    if not model.__module__.startswith("floreo."):
        return "Kept by a library: sessions, keys of sign-in, background work."
    given: str | Mapping[str, str] = getattr(model, "not_chained", {})
    return given


def chained_models() -> list[type[models.Model]]:
    """Every model whose rows the trail attests."""
    return [m for m in apps.get_models() if m._meta.managed and not isinstance(not_chained(m), str)]


@cache
def chained_fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    out = not_chained(model)
    return tuple(
        f
        for f in model._meta.concrete_fields
        if not f.primary_key and f.name not in out and not getattr(f, "auto_now", False) and not _is_stamp(f)
    )


def _is_stamp(field: models.Field[Any, Any]) -> bool:
    return bool(getattr(field, "auto_now_add", False))


def _plain(value: Any) -> Any:
    """`value` in the few kinds that JSON has, distinguished from each other where it matters."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Decimal | float):
        return _number(Decimal(str(value)))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest()
    return str(value)  # a day, a time, a duration, a file's name


def _number(value: Decimal) -> str:
    """ "7" for 7, 7.0 and 7.00: the two databases give back different zeros."""
    return format(value.normalize(), "f") if value else "0"


@cache
def _defaults(model: type[models.Model]) -> tuple[Any, ...]:
    """By column; a default that is worked out again each time (a moment, a key) is none."""
    return tuple(
        _plain(f.get_default()) if not callable(f.default) or f.default in (dict, list) else None
        for f in chained_fields(model)
    )


def _hash(model: type[models.Model], values: Iterable[Any]) -> str:
    given = {}
    for field, value, default in zip(chained_fields(model), values, _defaults(model), strict=True):
        plain = _plain(value)
        if plain not in (None, "") and not (plain == default and type(plain) is type(default)):
            given[field.attname] = plain
    text = json.dumps(given, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{model._meta.label_lower}{text}".encode("ascii")).hexdigest()[:_DIGITS]


def hashes(model: type[models.Model], pks: Iterable[Any] | None = None) -> Iterator[tuple[str, str]]:
    """Number and hash of the rows as the database holds them now: of all, or of those."""
    names = ["pk", *(f.attname for f in chained_fields(model))]
    rows = model._base_manager.order_by("pk")
    if pks is None:
        for pk, *values in rows.values_list(*names).iterator(chunk_size=_CHUNK):
            yield str(pk), _hash(model, values)
        return
    wanted = sorted(pks)
    for at in range(0, len(wanted), _CHUNK // 4):
        for pk, *values in rows.filter(pk__in=wanted[at : at + _CHUNK // 4]).values_list(*names):
            yield str(pk), _hash(model, values)


def left_by(touched: Mapping[type[models.Model], set[Any]]) -> dict[str, dict[str, str]]:
    """What an entry holds of the rows that its action touched: {"strategy.action": {"17": hash}}, "" for one that is gone."""
    left = {}
    for model, pks in touched.items():
        if isinstance(not_chained(model), str) or not pks:
            continue
        left[model._meta.label_lower] = {str(pk): GONE for pk in sorted(pks)} | dict(hashes(model, pks))
    return left


@dataclass(frozen=True)
class Difference:
    """A row that is not as the trail left it."""

    thing: str
    number: int  # of the last entry that records it, 0 when none does
    reason: str

    def __str__(self) -> str:
        return f"{self.thing} {self.reason}"


def attested() -> dict[str, dict[str, tuple[str, int]]]:
    """By model and number of the row: its hash by the last entry that records it, and that entry's number."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    entries = AuditEntry.objects.exclude(rows={}).order_by("number").values_list("number", "rows")
    for number, rows in entries.iterator(chunk_size=200):
        for label, left in rows.items():
            found.setdefault(label, {}).update({pk: (hash_, number) for pk, hash_ in left.items()})
    return found


def differences() -> list[Difference]:
    """Every row that was changed, removed or added behind the trail's back. Entries and rows are those of one moment: what people write
    meanwhile is in both or in neither."""
    with _one_moment():
        return list(_differences())


@contextmanager
def _one_moment() -> Iterator[None]:
    """Holds nobody up. Within somebody's transaction it is theirs."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:  # not atomic(), which takes the lock of those who write
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _differences() -> Iterator[Difference]:
    known = attested()
    for model in chained_models():
        label = model._meta.label_lower
        given = known.get(label, {})
        for pk, hash_ in hashes(model):
            last, number = given.pop(pk, (None, 0))
            if last is None:
                yield Difference(f"{label}:{pk}", 0, "is in no entry: it was added behind the trail's back")
            elif last == GONE:
                yield Difference(f"{label}:{pk}", number, f"is there again, though entry {number} removed it")
            elif last != hash_:
                yield Difference(f"{label}:{pk}", number, f"is not as entry {number} left it")
        for pk, (last, number) in given.items():
            if last != GONE:
                yield Difference(f"{label}:{pk}", number, f"is gone, though entry {number} left it")
