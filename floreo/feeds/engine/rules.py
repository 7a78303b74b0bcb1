"""The team's rules: rows of a table, compiled to one SELECT over a block of events that gives only what they change.

A rule is `{"name", "when": [{"field", "is", "value"}], "does", "field", "value"}`; all of `when` must hold. Rules count in their
order: a later one sees what an earlier one wrote. Case does not matter; a field without a value is only "!=" and
"is empty". Field names come from the vocabulary and what people type is bound as a value, so a rule is never program text."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.events import COLUMNS, EXTRA, SEVERITIES, WORDS
from floreo.feeds.engine.prefixes import parse_prefix
from floreo.feeds.engine.texts import Combination, combinations

Rule = Mapping[str, Any]
DOES = ("drop", "rewrite", "raise", "route")
TEXT_IS = ("=", "!=", "contains", "starts", "in", "is empty")
NUMBER_IS = ("=", "!=", ">", "<", "in", "is empty")
TIME_IS = (">", "<", "is empty")
ADDRESS_IS = (*TEXT_IS, "in network")
CHANGEABLE = (
    "classification.taxonomy",
    "classification.type",
    "classification.identifier",
    "event_description.text",
    "event_description.url",
    "malware.name",
    "malware.version",
    "product.vendor",
    "product.name",
    "product.version",
    "protocol.application",
    "status",
    "tlp",
)
_HIDDEN = ("ip_hi", "ip_lo", "key", "count", "line", "report", "finding_port")  # the machine's own
FIELDS = tuple(name for name in COLUMNS if name not in _HIDDEN)
_LONGEST = 500  # characters of a value
_COMBINATIONS = 50_000  # of words, whose answer is kept
_MOST = 200  # values of an "in"

# What can be wrong with a rule; each has a sentence in feeds/presenters.
NO_CONDITION = "no_condition"
UNKNOWN_FIELD = "unknown_field"
UNKNOWN_OPERATOR = "unknown_operator"
NOT_A_NUMBER = "not_a_number"
NOT_A_TIME = "not_a_time"
NOT_A_NETWORK = "not_a_network"
NO_VALUE = "no_value"
TOO_LONG = "too_long"
UNKNOWN_ACTION = "unknown_action"
UNKNOWN_SEVERITY = "unknown_severity"
NOT_CHANGEABLE = "not_changeable"


@dataclass(frozen=True)
class Wrong:
    code: str
    field: str = ""


@dataclass(frozen=True)
class Outcome:
    """`events`: all of them, changed. `keep`: those that no rule drops. `hits`: how many each rule met that were still
    there when its turn came."""

    events: pa.Table
    keep: npt.NDArray[np.bool_]
    hits: tuple[int, ...]
    met: tuple[npt.NDArray[np.bool_], ...]


@dataclass(frozen=True)
class Effect:
    """What a rule would do to some events: how many, and a few before and after (None: dropped)."""

    name: str
    hits: int
    examples: tuple[tuple[dict[str, Any], dict[str, Any] | None], ...]


def validate(rule: Rule) -> tuple[Wrong, ...]:
    """What is wrong with a rule; nothing when it can be compiled."""
    conditions = rule.get("when") or []
    if not isinstance(conditions, Sequence) or isinstance(conditions, str) or not conditions:
        return (Wrong(NO_CONDITION),)
    found = [
        w for c in conditions for w in ([_wrong_condition(c)] if isinstance(c, Mapping) else [Wrong(NO_CONDITION)]) if w
    ]
    does, field, value = rule.get("does"), str(rule.get("field") or ""), str(rule.get("value") or "")
    if does not in DOES:
        found.append(Wrong(UNKNOWN_ACTION))
    if does == "rewrite" and field not in CHANGEABLE and field != "severity":
        found.append(Wrong(NOT_CHANGEABLE, field))
    if (does == "raise" or (does == "rewrite" and field == "severity")) and value not in SEVERITIES:
        found.append(Wrong(UNKNOWN_SEVERITY, value))
    if does == "route" and not value:
        found.append(Wrong(NO_VALUE, "value"))
    if len(value) > _LONGEST:
        found.append(Wrong(TOO_LONG, "value"))
    return tuple(found)


def operators_of(field: str) -> tuple[str, ...]:
    """What may be asked of a field."""
    kind = COLUMNS.get(field)
    if field == "source.ip":
        return ADDRESS_IS
    if field == "severity":
        return (*TEXT_IS, ">", "<")
    if kind is not None and pa.types.is_timestamp(kind):
        return TIME_IS
    return NUMBER_IS if kind is not None and pa.types.is_integer(kind) else TEXT_IS


def _wrong_condition(condition: Mapping[str, Any]) -> Wrong | None:
    field, operator = str(condition.get("field") or ""), condition.get("is")
    if field not in FIELDS and not (field.startswith(f"{EXTRA}.") and len(field) > len(EXTRA) + 1):
        return Wrong(UNKNOWN_FIELD, field)
    if operator not in operators_of(field):
        return Wrong(UNKNOWN_OPERATOR, field)
    if operator == "is empty":
        return None
    values = _values(condition)
    if not values or not all(values):
        return Wrong(NO_VALUE, field)
    if len(values) > _MOST or any(len(v) > _LONGEST for v in values):
        return Wrong(TOO_LONG, field)
    return _wrong_values(field, str(operator), values)


def _wrong_values(field: str, operator: str, values: Sequence[str]) -> Wrong | None:
    kind = COLUMNS.get(field, pa.string())
    if operator == "in network" and any(parse_prefix(v) is None for v in values):
        return Wrong(NOT_A_NETWORK, field)
    if pa.types.is_integer(kind) and not all(v.isascii() and v.isdigit() and len(v) <= 10 for v in values):
        return Wrong(NOT_A_NUMBER, field)
    if pa.types.is_timestamp(kind) and _time(values[0]) is None:
        return Wrong(NOT_A_TIME, field)
    if field == "severity" and operator in (">", "<") and values[0] not in SEVERITIES:
        return Wrong(UNKNOWN_SEVERITY, field)
    return None


def _values(condition: Mapping[str, Any]) -> list[str]:
    """One value, or several where the operator takes a list: between commas, or as a list."""
    value = condition.get("value")
    if condition.get("is") not in ("in", "in network"):
        return [str(value if value is not None else "").strip()]
    listed = value if isinstance(value, list | tuple) else str(value or "").split(",")
    return [text for v in listed if (text := str(v).strip())]


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_threads = threading.local()


def _own_connection() -> duckdb.DuckDBPyConnection:
    """One a thread, kept: opening one takes longer than reading a small report."""
    if not hasattr(_threads, "connection"):
        _threads.connection = duckdb.connect(config={"threads": 1, "autoload_known_extensions": False})
        _threads.connection.execute("SET TimeZone='UTC'; SET enable_external_access=false; SET lock_configuration=true")
    return cast(duckdb.DuckDBPyConnection, _threads.connection)


class Rules:
    """Compiled once, applied to block after block. An invalid rule is an error: nothing is passed over in silence."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        for rule in rules:
            if wrong := validate(rule):
                raise ValueError(f"rule {rule.get('name') or '?'}: {', '.join(w.code for w in wrong)}")
        self.rules = tuple(rules)
        self._known: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def apply(self, events: pa.Table) -> Outcome:
        everything = np.ones(len(events), np.bool_)
        if not self.rules or not len(events):
            return Outcome(events, everything, (0,) * len(self.rules), (~everything,) * len(self.rules))
        select = _Select(events)
        for number, rule in enumerate(self.rules):
            select.add(number, rule)
        answer = self._by_text(select, events) or self._by_row(select, events)
        keep, hits, met = everything, [], []
        for number, rule in enumerate(self.rules):
            meets = answer[f"rule_{number}"].to_numpy(zero_copy_only=False).astype(np.bool_) & keep
            met.append(meets)
            hits.append(int(meets.sum()))
            if rule["does"] == "drop":
                keep = keep & ~meets
        for name in select.written:
            events = events.set_column(events.column_names.index(name), name, answer[name])
        return Outcome(events, keep, tuple(hits), tuple(met))

    def _by_row(self, select: _Select, events: pa.Table) -> dict[str, Any]:
        table = self._ask(select, events.select(sorted(select.needed)))
        found = {name: table[name].combine_chunks() for name in table.column_names}
        for name in select.written:
            column = found[name].cast(pa.string())
            found[name] = column.dictionary_encode() if COLUMNS[name] == WORDS else column
        return found

    def _by_text(self, select: _Select, events: pa.Table) -> dict[str, Any] | None:
        """Rules that look at nothing but words are asked of each combination of words once, however many rows have it."""
        names = sorted(select.needed)
        columns = [events[name].combine_chunks() for name in names]
        if not all(pa.types.is_dictionary(column.type) for column in columns):
            return None
        rows, occurring = combinations(columns, len(events))
        self._learn(select, names, occurring)
        answers = list(zip(*(self._known[words] for words in occurring), strict=True))
        found: dict[str, Any] = {f"rule_{i}": pa.array(np.array(answers[i])[rows]) for i in range(len(self.rules))}
        for name, values in zip(select.written, answers[len(self.rules) :], strict=True):
            distinct = pa.array(values, pa.string()).dictionary_encode()
            places = pc.fill_null(distinct.indices, -1).to_numpy(zero_copy_only=False)[rows]
            found[name] = pa.DictionaryArray.from_arrays(
                pa.array(places, pa.int32(), mask=places < 0), distinct.dictionary
            )
        return found

    def _learn(self, select: _Select, names: Sequence[str], occurring: Sequence[Combination]) -> None:
        if len(self._known) > _COMBINATIONS:
            self._known.clear()
        new = [words for words in occurring if words not in self._known]
        if new:
            listed = zip(names, zip(*new, strict=True), strict=True)
            table = pa.table({name: pa.array(values, pa.string()) for name, values in listed})
            answer = self._ask(select, table)
            rows = zip(*(column.to_pylist() for column in answer.columns), strict=True)
            self._known.update(zip(new, rows, strict=True))

    def _ask(self, select: _Select, columns: pa.Table) -> pa.Table:
        connection = _own_connection()
        connection.register("events", columns)
        try:
            return connection.sql(select.sql(len(self.rules)), params=select.values).to_arrow_table()
        finally:
            connection.unregister("events")


class _Select:
    """Levels of SELECTs: a rule that reads or writes what one before it wrote is a level further out."""

    def __init__(self, events: pa.Table) -> None:
        kind = events.schema.field(EXTRA).type
        self.extra = {f.name for f in kind} if pa.types.is_struct(kind) else set()
        self.needed: set[str] = set()
        self.written: list[str] = []
        self.values: dict[str, Any] = {}
        self._level: dict[str, str] = {}  # column -> what it becomes, in the level that is being filled
        self._levels: list[tuple[dict[str, str], list[str]]] = []
        self._marks: list[str] = []

    def add(self, number: int, rule: Rule) -> None:
        reads = {
            str(c["field"]).partition(".")[0] if str(c["field"]).startswith(f"{EXTRA}.") else str(c["field"])
            for c in rule["when"]
        }
        writes = {"rewrite": str(rule.get("field") or ""), "raise": "severity", "route": "route"}.get(rule["does"], "")
        if self._level.keys() & {*reads, writes}:
            self._close()
        self.needed |= reads | ({"ip_hi", "ip_lo"} if "source.ip" in reads else set()) | ({writes} if writes else set())
        condition = " AND ".join(f"coalesce({self._condition(c)}, false)" for c in rule["when"])
        self._marks.append(f"({condition}) AS rule_{number}")
        if writes:
            self._write(writes, condition, rule)

    def _write(self, column: str, condition: str, rule: Rule) -> None:
        value = self._bound(str(rule.get("value") or "") or None)
        if rule["does"] == "raise":
            condition += f" AND {_rank('severity')} > {SEVERITIES.index(rule['value']) + 1}"
        self._level[column] = f"CASE WHEN {condition} THEN {value} ELSE {_text(column)} END"
        if column not in self.written:
            self.written.append(column)

    def _close(self) -> None:
        self._levels.append((self._level, self._marks))
        self._level, self._marks = {}, []

    def sql(self, rules: int) -> str:
        self._close()
        inner = "events"
        for level, marks in self._levels:
            replaced = ", ".join(f"{expression} AS {_quoted(column)}" for column, expression in level.items())
            stars = f"* REPLACE ({replaced})" if replaced else "*"
            inner = f"(SELECT {', '.join([stars, *marks])} FROM {inner})"
        wanted = [f"rule_{n}" for n in range(rules)] + [_quoted(c) for c in self.written]
        return f"SELECT {', '.join(wanted)} FROM {inner}"

    def _bound(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def _condition(self, condition: Mapping[str, Any]) -> str:
        field, operator = str(condition["field"]), str(condition["is"])
        values = _values(condition) if operator != "is empty" else []
        kind = COLUMNS.get(field, pa.string())
        if operator == "in network":
            return self._in_networks(values)
        if pa.types.is_integer(kind):
            return _compared(_quoted(field), operator, [self._bound(int(v)) for v in values])
        if pa.types.is_timestamp(kind):
            bound = [f"CAST({self._bound(v)} AS TIMESTAMPTZ)" for v in values]
            return _compared(_quoted(field), operator, bound)
        if field == "severity" and operator in (">", "<"):  # worse, or not as bad
            turned = {">": "<", "<": ">"}[operator]
            return f"{_rank('severity')} {turned} {SEVERITIES.index(values[0]) + 1}"
        return _compared(self._lower(field), operator, [self._bound(v.lower()) for v in values])

    def _lower(self, field: str) -> str:
        if field in COLUMNS:
            return f"lower({_text(field)})"
        name = field.removeprefix(f"{EXTRA}.")
        return f"lower({EXTRA}.{_quoted(name)})" if name in self.extra else "CAST(NULL AS VARCHAR)"

    def _in_networks(self, texts: Sequence[str]) -> str:
        given = []
        for text in texts:
            prefix = parse_prefix(text)
            assert prefix is not None  # `validate` has read it
            first, last = prefix[0], prefix[0] + (1 << (128 - prefix[1])) - 1
            ends = [self._bound(n) for n in (first >> 64, first & (1 << 64) - 1, last >> 64, last & (1 << 64) - 1)]
            a, b, c, d = (f"{e}::UBIGINT" for e in ends)
            given.append(
                f"((ip_hi, ip_lo) >= ({a}, {b}) AND (ip_hi, ip_lo) <= ({c}, {d}) AND (ip_hi, ip_lo) <> (0, 0))"
            )
        return f"({' OR '.join(given)})"


def _compared(column: str, operator: str, bound: Sequence[str]) -> str:
    if operator == "is empty":
        return f"({column} IS NULL OR CAST({column} AS VARCHAR) = '')"
    if operator == "in":
        return f"{column} IN ({', '.join(bound)})"
    if operator in ("contains", "starts"):
        return f"{'contains' if operator == 'contains' else 'starts_with'}({column}, {bound[0]})"
    return f"{column} {'IS DISTINCT FROM' if operator == '!=' else operator} {bound[0]}"


def _rank(column: str) -> str:
    """1 is worst; what is not rated comes last."""
    worst_first = ", ".join(f"'{s}'" for s in SEVERITIES)
    return f"coalesce(list_position([{worst_first}], {_text(column)}), {len(SEVERITIES)})"


def _text(column: str) -> str:
    return f"CAST({_quoted(column)} AS VARCHAR)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def preview(rules: Sequence[Rule], events: pa.Table, examples: int = 5) -> tuple[Effect, ...]:
    """What the rules would do to these events, rule by rule."""
    outcome = Rules(rules).apply(events)
    shown = ["time.source", "source.ip", "source.fqdn", "source.port", "organisation"]
    shown += ["classification.type", "classification.identifier", "severity", "route"]
    shown += [str(r.get("field")) for r in rules if r["does"] == "rewrite" and r.get("field") not in shown]
    effects = []
    for rule, hits, met in zip(rules, outcome.hits, outcome.met, strict=True):
        rows = pa.array(np.flatnonzero(met)[:examples])
        before, after = (t.select(shown).take(rows).to_pylist() for t in (events, outcome.events))
        kept = outcome.keep[rows.to_numpy()]
        pairs = tuple((b, a if k else None) for b, a, k in zip(before, after, kept, strict=True))
        effects.append(Effect(str(rule.get("name") or ""), hits, pairs))
    return tuple(effects)
