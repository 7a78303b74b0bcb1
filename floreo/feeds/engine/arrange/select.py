"""The one SELECT that sets a file right: rows of text go in as a relation, events go out with the engine's names before them.

Nothing that people typed is SQL here. Columns of a table are called by their place; what else is theirs (paths within JSON, words) goes in
through `literal`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from floreo.feeds.engine.arrange.model import SUBJECTS, Arrangement, classes, column_of
from floreo.feeds.engine.events import Reject

SOURCE = "source"  # the relation that is read: `row`, and `c0`, `c1`, ... or `text`
ROW, WHY, MORE = "row", "why", "more"
MARK = "@"  # before the name of a field, so that no column of a file is called so
MOST_ELEMENTS = 200_000  # of a list within one row
_LONGEST_REST = 8000  # characters
MEMORY = "450MB"  # of the cage's (feeds/caged.py): the engine needs the rest
# What a source calls the kinds of its values -> what they are here. Types of MISP attributes (misp-project.org/datamodels), OTX and STIX.
TYPES: Mapping[str, str] = {
    **dict.fromkeys(
        ("ip", "ip-src", "ip-dst", "ipv4", "ipv6", "ipv4-addr", "ipv6-addr", "ip-src|port", "ip-dst|port"), "address"
    ),
    **dict.fromkeys(("ip:port", "ip_port", "cidr", "range", "ip-range"), "address"),
    **dict.fromkeys(("domain", "hostname", "fqdn", "domain-name", "hostname|port", "host"), "name"),
    "domain|ip": "both",
    **dict.fromkeys(("url", "uri"), "url"),
    **dict.fromkeys(("email", "email-src", "email-dst", "email-addr"), "account"),
}
_NOTHING = ("", "-", "n/a", "null", "none")
_SHORT = 16  # bytes: what is longer says something
_SPACES = " \t\r\n\u00a0\ufeff"
_IS_DIGITS = r"^[0-9.]*$"  # an address as most are: nothing to be taken apart
_IS_URL = r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\][/\\]"
_URL = r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\]{2}(?:[^/?#\\]*@)?(\[[^\]/?#\\]*\]|[^/?#\\:@]*)(?::(\d{1,5}))?"
_PLACE = r"^(?:\[([0-9A-Fa-f:.]+)\](?::(\d{1,5}))?|([^\s:|/\[\]]+)(?:[:|](\d{1,5}))?|([0-9A-Fa-f]*:[0-9A-Fa-f:.]+)(?:\|(\d{1,5}))?)$"
_IS_ADDRESS = r"^[0-9.]+(/\d+)?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/\d+)?$"
_IS_NAME = r"^[^\s/:@]*[^\W\d_][^\s/:@]*\.[^\s/:@]+$|^[^\s/:@]+\.[^\s/:@]*[^\W\d_][^\s/:@]*$"
_IS_PATH = r"^[^\s/:@]+\.[A-Za-z][^\s/:@]*(:\d+)?/\S*$"
_APART = r"[\s,;]+"  # between several addresses in a cell
_DOT, _BEFORE, _CHANGED = r"\[\.\]|\(\.\)|\[dot\]", r"^(?:Ip|Range):", r"\[|\(|^hxxp|^hXXp|^Ip:|^Range:"
_OFFSET, _OFFSET_HERE = r" ?([+-])(\d{2}):?(\d{2})$", r"(:\d\d) ?[+-]\d{2}:?\d{2}$"
_ONE = r"\1"
_ABBREVIATION = r" [A-Z]{3,4}$"
_SCHEMES = {"http": 80, "https": 443, "ftp": 21}


def literal(text: str) -> str:
    """A text of people as a value of SQL. A quote is doubled; nothing else ends a text in the dialect that is used."""
    if "\0" in text:
        raise ValueError("NUL")
    return "'" + text.replace("'", "''") + "'"


def pointer(path: str, *, is_one: bool) -> str:
    """A name within JSON as a pointer (RFC 6901): the whole of it one key, or a key between each two dots."""
    keys = [path] if is_one else path.split(".")
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reaches what is registered with it, and nothing else: no files, no network, no extensions, no disk."""
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": MEMORY,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute(
            "SET TimeZone='UTC'; SET python_enable_replacements=false; SET enable_external_access=false; "
            "SET lock_configuration=true"
        )
        yield connection
    finally:
        connection.close()


@dataclass(frozen=True)
class Plan:
    """The SELECT, the fields that it gives, and the columns of the file that it gives beside them, under their own names."""

    sql: str
    fields: tuple[str, ...]
    along: tuple[str, ...]
    is_json: bool


def plan(arranged: Arrangement, header: Sequence[str], along: Sequence[str], no_time: str) -> Plan:
    """`header`: of the file. `along`: columns that come along as they are. `no_time`: when what has no time was."""
    wanted = tuple(dict.fromkeys([*arranged.columns, *along]))
    cells = {name: f"x{place}" for place, name in enumerate(wanted)}
    base = _json_cells(arranged, wanted) if arranged.reads == "json" else _table_cells(header, wanted)
    fields = _fields(arranged, cells, no_time)
    given = [f"{sql} AS {_quoted(MARK + name)}" for name, sql in fields.items()]
    carried = [f"{cells[name]} AS {_quoted(f'b{place}')}" for place, name in enumerate(along)]
    more = "more" if arranged.reads == "json" else "NULL"
    columns = ", ".join([ROW, f"{_why(arranged, cells)} AS {WHY}", f"{more} AS {MORE}", *given, *carried])
    return Plan(
        f"SELECT {columns} FROM ({_shaped(arranged, cells, base)})",
        tuple(fields),
        tuple(along),
        arranged.reads == "json",
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _clean(sql: str) -> str:
    nothing = ", ".join(map(literal, _NOTHING))
    trimmed = f"trim({sql}, {literal(_SPACES)})"
    return f"CASE WHEN strlen({sql}) <= {_SHORT} AND lower({trimmed}) IN ({nothing}) THEN NULL ELSE {trimmed} END"


# Cells: one text for each column that is wanted


def _table_cells(header: Sequence[str], wanted: Sequence[str]) -> str:
    places = {name: place for place, name in enumerate(header)}
    cells = [
        f"{_clean(f'c{places[name]}') if name in places else 'CAST(NULL AS VARCHAR)'} AS x{n}"
        for n, name in enumerate(wanted)
    ]
    return f"SELECT {', '.join([ROW, 'CAST(NULL AS VARCHAR) AS bad', *cells])} FROM {SOURCE}"


def _json_cells(arranged: Arrangement, wanted: Sequence[str]) -> str:
    """By levels: what is outside a list is taken out once, before its elements are."""
    at = [_level(name, arranged.unfold) for name in wanted]
    sql = f"SELECT {ROW}, TRY_CAST(text AS JSON) AS e0 FROM {SOURCE}"
    done = list[str]()
    bad = f"CASE WHEN e0 IS NULL OR json_type(e0) <> 'OBJECT' THEN {literal(Reject.NOT_JSON)} END AS bad"
    for level in range(len(arranged.unfold) + 1):
        here = [n for n, each in enumerate(at) if each[0] == level]
        listed_paths = [_pointers(at[n][1]) for n in here]
        paths = ", ".join(literal(each) for both in listed_paths for each in both)
        taken = [f"json_extract_string(e{level}, [{paths}]) AS t{level}"] if here else []
        starts = [1 + sum(map(len, listed_paths[:i])) for i in range(len(here))]
        cells = [
            f"{_first([f't{level}[{start + i}]' for i in range(len(both))])} AS x{n}"
            for n, start, both in zip(here, starts, listed_paths, strict=True)
        ]
        carried = [ROW, *(("bad",) if level else ()), *done]
        if level == len(arranged.unfold):
            more = [f"CAST({_whole(arranged.unfold, level)} AS VARCHAR) AS more"]
            sql = f"SELECT {', '.join([*carried, *(() if level else (bad,)), *taken, *more])} FROM ({sql})"
            sql = f"SELECT {', '.join([*carried, *(() if level else ('bad',)), 'more', *cells])} FROM ({sql})"
        else:
            path = _inside(arranged.unfold[level], arranged.unfold[:level])
            listing = _first([f"json_extract(e{level}, {literal(each)})" for each in _pointers(path)])
            inner = [*carried, *(() if level else (bad,)), f"e{level}", *taken, f"{listing} AS l"]
            sql = f"SELECT *, coalesce(json_array_length(l), 0) AS n FROM (SELECT {', '.join(inner)} FROM ({sql}))"
            much = f"CASE WHEN bad IS NULL AND n > {MOST_ELEMENTS} THEN {literal(Reject.TOO_MANY)} ELSE bad END AS bad"
            listed = (
                f"unnest(CASE WHEN n > {MOST_ELEMENTS} THEN [CAST(NULL AS JSON)] WHEN n > 0 THEN CAST(l AS JSON[]) "
                f"WHEN json_type(l) = 'OBJECT' THEN [l] ELSE [CAST(NULL AS JSON)] END) AS e{level + 1}"
            )
            rest = f"{_rest(level, path)} AS m{level}"
            kept = [ROW, *done, *cells, rest]
            sql = f"SELECT {', '.join([*kept, much, listed])} FROM ({sql})"
        done += [f"x{n}" for n in here]
        if level < len(arranged.unfold):
            done.append(f"m{level}")
    cleaned = [f"{_clean(f'x{n}')} AS x{n}" for n in range(len(wanted))]
    return f"SELECT {', '.join([ROW, 'bad', 'more', *cleaned])} FROM ({sql})"


def _pointers(name: str) -> list[str]:
    """Where a name may be: one key, or keys within one another."""
    return list(dict.fromkeys(pointer(name, is_one=one) for one in (True, False)))


def _rest(level: int, path: str) -> str:
    """What is around a list, without it; nothing where that is long, since it is repeated with every element."""
    without = "null"
    for key in reversed(path.split(".")):
        without = f"{{{json.dumps(key)}:{without}}}"
    return f"CASE WHEN n <= {MOST_ELEMENTS} AND length(CAST(e{level} AS VARCHAR)) - coalesce(length(CAST(l AS VARCHAR)), 0) <= {_LONGEST_REST} THEN json_merge_patch(e{level}, {literal(without)}) ELSE '{{}}' END"


def _whole(unfold: Sequence[str], level: int) -> str:
    """A row as it is kept along its fields: the object; of an element what is around its list, and it under the list's name."""
    if not level:
        return "e0"
    inner = [f"{literal(unfold[n - 1])}, {f'm{n}' if n < level else f'e{n}'}" for n in range(1, level + 1)]
    return f"json_merge_patch(m0, json_object({', '.join(inner)}))"


def _level(name: str, unfold: Sequence[str]) -> tuple[int, str]:
    """In which of the lists within one another a name lies, and what it is called there."""
    for level in range(len(unfold), 0, -1):
        if name.startswith(unfold[level - 1] + "."):
            return level, name[len(unfold[level - 1]) + 1 :]
    return 0, name


def _inside(path: str, outer: Sequence[str]) -> str:
    return path[len(outer[-1]) + 1 :] if outer and path.startswith(outer[-1] + ".") else path


# Shapes: what a cell that names something is


def _shaped(arranged: Arrangement, cells: Mapping[str, str], base: str) -> str:
    """The cells, and of each that names something: address `ip_`, name `fqdn_`, URL `url_` and port `port_`."""
    named = {what: cells.get(getattr(arranged, what), "CAST(NULL AS VARCHAR)") for what in ("address", "name", "url")}
    given = [f"{sql} AS s_{what}" for what, sql in named.items()]
    if arranged.types:
        given = _by_type(named, cells[arranged.types])
    sql = (
        f"SELECT *, {', '.join(given)}{'' if arranged.types else ', CAST(NULL AS VARCHAR) AS s_account'} FROM ({base})"
    )
    if arranged.several:
        listed = (
            "CASE WHEN s_address IS NULL THEN [CAST(NULL AS VARCHAR)] WHEN starts_with(s_address, '[\"') AND json_valid(s_address) "
            "THEN json_extract_string(s_address, '$[*]') "
            f"ELSE list_filter(string_split_regex(s_address, {literal(_APART)}), lambda x: x <> '') END"
        )
        # A comma alone is a row too.
        some = "CASE WHEN len(l_address) = 0 THEN [CAST(NULL AS VARCHAR)] ELSE l_address END"
        sql = f"SELECT * EXCLUDE (s_address, l_address), unnest({some}) AS s_address FROM (SELECT *, {listed} AS l_address FROM ({sql}))"
    names = _subjects(arranged)
    sql = f"SELECT * EXCLUDE ({', '.join(names)}), {', '.join(f'{_harmed(n)} AS {n}' for n in names)} FROM ({sql})"
    parts = [
        f"CASE WHEN {n} IS NOT NULL AND NOT {_matches(n, _IS_DIGITS)} AND NOT {_matches(n, _IS_URL)} THEN regexp_extract({n}, {literal(_PLACE)}, "
        f"['h6', 'p6', 'h', 'p', 'v6', 'pv']) END AS m_{n}"
        for n in names
    ]
    hosts = [
        f"CASE WHEN {n} IS NOT NULL AND {_matches(n, _IS_URL)} THEN regexp_extract({n}, {literal(_URL)}, ['h', 'p']) END AS w_{n}"
        for n in names
    ]
    sql = f"SELECT *, {', '.join([*parts, *hosts])} FROM ({sql})"
    place = [f"coalesce(nullif(m_{n}.h6, ''), nullif(m_{n}.h, ''), nullif(m_{n}.v6, ''), {n}) AS h_{n}" for n in names]
    return f"SELECT *, {', '.join(place)} FROM ({sql})"


def _subjects(arranged: Arrangement) -> list[str]:
    """The cells that may name something, where the file has such a column."""
    return [f"s_{what}" for what in SUBJECTS if arranged.types or getattr(arranged, what)]


def _by_type(named: Mapping[str, str], kind: str) -> list[str]:
    """The value of a row, in the place that its type gives; the others as they are."""
    value = next(sql for what in ("address", "name", "url") if (sql := named[what]) != "CAST(NULL AS VARCHAR)")
    of = {
        what: [t for t, ours in TYPES.items() if ours == what] for what in ("address", "name", "url", "account", "both")
    }
    is_of = {what: f"lower({kind}) IN ({', '.join(map(literal, types))})" for what, types in of.items()}
    both = {"address": f"split_part({value}, '|', 2)", "name": f"split_part({value}, '|', 1)"}
    out = []
    for what in ("address", "name", "url", "account"):
        also = f" WHEN {is_of['both']} THEN {both[what]}" if what in both else ""
        out.append(f"CASE WHEN {is_of[what]} THEN {value}{also} END AS s_{what}")
    return out


def _matches(sql: str, pattern: str) -> str:
    return f"regexp_matches({sql}, {literal(pattern)})"


def _harmed(name: str) -> str:
    """What was made harmless (hxxp, [.]), and what a source puts before an address, undone."""
    plain = f"regexp_replace({name}, {literal(_DOT)}, '.', 'gi')"
    plain = f"regexp_replace(regexp_replace({plain}, '^h(xx|XX)p', 'http'), {literal(_BEFORE)}, '')"
    return f"CASE WHEN {_matches(name, _CHANGED)} THEN {plain} ELSE {name} END"


# Fields


def _fields(arranged: Arrangement, cells: Mapping[str, str], no_time: str) -> dict[str, str]:
    given = _subjects(arranged)
    ips = [
        f"CASE WHEN {_is_bare(n)} AND ({_matches(f'h_{n}', _IS_ADDRESS)}{_or_else(n)}) THEN h_{n} END" for n in given
    ]
    fqdns = [f"CASE WHEN {_is_bare(n)} AND {_matches(f'h_{n}', _IS_NAME)}{_unless(n)} THEN h_{n} END" for n in given]
    hosts = [f"nullif(w_{n}.h, '')" for n in given]
    fqdns += [
        f"CASE WHEN NOT {_matches(host, _IS_ADDRESS)} AND NOT starts_with({host}, '[') THEN {host} END"
        for host in hosts
    ]
    urls = [
        f"CASE WHEN w_{n} IS NOT NULL THEN {n} WHEN {_matches(n, _IS_PATH)} THEN 'http://' || {n} END"
        for n in reversed(given)
    ]
    out = {
        "source.ip": _first(ips),
        "source.fqdn": _first(fqdns),
        "source.url": _first(urls),
        "source.port": _first(
            [*([cells[arranged.port]] if arranged.port else []), *(each for n in given for each in _ports_of(n))]
        ),
    }
    if arranged.types:
        out["source.account"] = "s_account"
    if arranged.time:
        when = _time(arranged, [cells[name] for name in arranged.time])
        out["time.source"] = f"coalesce({when}, {literal(no_time)})" if arranged.no_time == "day" else when
    if name := column_of(arranged.kind):
        out["classification.identifier"] = cells[name]
    if name := column_of(arranged.severity):
        out["severity"] = _worded(cells[name], arranged.severity_words, f"lower({cells[name]})")
    if name := column_of(arranged.category):
        types = {**{kind: kind for kind in classes()}, **arranged.category_words}
        out["classification.type"] = _worded(cells[name], types, "NULL")
        out["classification.taxonomy"] = _worded(
            cells[name], {word: classes()[kind] for word, kind in types.items()}, "NULL"
        )
    return out


def _first(found: Sequence[str]) -> str:
    return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]


def _is_bare(n: str) -> str:
    return f"w_{n} IS NULL AND {n} IS NOT NULL"


def _or_else(n: str) -> str:
    """What is where an address belongs and is nothing else is refused as one, not passed over."""
    is_other = f"{_matches(f'h_{n}', _IS_NAME)} OR {_matches(n, _IS_PATH)}"
    return f" OR NOT ({is_other})" if n == "s_address" else ""


def _unless(n: str) -> str:
    return f" AND NOT {_matches(f'h_{n}', _IS_ADDRESS)}"


def _ports_of(n: str) -> list[str]:
    """What is behind an address or a name, or in a URL; else the port of the URL's scheme."""
    bare = [f"nullif(m_{n}.{part}, '')" for part in ("p6", "p", "pv")]
    schemes = " ".join(f"WHEN {literal(name)} THEN {literal(str(port))}" for name, port in _SCHEMES.items())
    usual = f"CASE WHEN w_{n} IS NOT NULL THEN CASE lower(split_part({n}, ':', 1)) {schemes} END END"
    return [*bare, f"nullif(w_{n}.p, '')", usual]


def _worded(cell: str, words: Mapping[str, str], other: str) -> str:
    if not words:
        return other
    cases = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in words.items())
    return f"CASE lower({cell}) {cases} ELSE {other} END"


def _why(arranged: Arrangement, cells: Mapping[str, str]) -> str:
    """Why a row is no event, as far as it is decided here; the engine says the rest."""
    if not arranged.types:
        return "bad"
    known = ", ".join(map(literal, TYPES))
    kind = cells[arranged.types]
    return f"CASE WHEN bad IS NOT NULL THEN bad WHEN {kind} IS NULL OR lower({kind}) NOT IN ({known}) THEN {literal(Reject.LEFT_OUT)} END"


# Times


_DATES = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "ymd": "%Y-%m-%d"}
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")


def _time(arranged: Arrangement, cells: Sequence[str]) -> str:
    """As the engine reads times: in UTC, year first. What is no such time stays as it is, and the engine says so."""
    text = cells[0] if len(cells) == 1 else f"nullif(concat_ws(' ', {', '.join(cells)}), '')"
    if not arranged.order and not arranged.zone and len(cells) == 1:
        return text
    steps = [
        (r"\s+", " ", "g"),
        (r" ?\b([AaPp])\. ?[Mm]\.?$", r" \1m", ""),
        (r"(\d) ?([AaPp][Mm])$", r"\1 \2", ""),
        (r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2})($|\D)", r"\1/\2/20\3\4", ""),
        (r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})", r"\1/\2/\3", ""),
        (r"^(\d{4})[./-](\d{1,2})[./-](\d{1,2})", r"\1-\2-\3", ""),
        (r"^([\d/-]{6,10})[,T ]+(\d)", r"\1 \2", ""),
        (r"(\d:\d\d)[.,]\d+", r"\1", ""),
        (r" (?:UTC|GMT)$|(\d)Z$", r"\1+00:00", ""),
    ]
    for pattern, by, how in steps:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(by)}{f', {literal(how)}' if how else ''})"
    formats = ", ".join(
        literal(_DATES[order] + clock) for order in dict.fromkeys((arranged.order or "ymd", "ymd")) for clock in _CLOCKS
    )
    bare = f"regexp_replace(t, {literal(_OFFSET_HERE)}, {literal(_ONE)})"
    if arranged.zone:  # which zone an abbreviation means (CST has three) is what the team says
        bare = f"regexp_replace({bare}, {literal(_ABBREVIATION)}, '')"
    moment = f"try_strptime({bare}, [{formats}])"
    sign, hours, minutes = (f"regexp_extract(t, {literal(_OFFSET)}, {n})" for n in (1, 2, 3))
    away = f"(60 * CAST({hours} AS INTEGER) + CAST({minutes} AS INTEGER))"
    moved = f"{moment} + to_minutes(CASE WHEN {sign} = '-' THEN 1 ELSE -1 END * {away})"
    local = f"CASE WHEN {_matches('t', _OFFSET_HERE)} THEN {moved} ELSE {_in_zone(moment, arranged.zone)} END"
    written = f"coalesce(strftime({local}, '%Y-%m-%d %H:%M:%S'), t)"
    return f"list_transform([{text}], lambda t: {written})[1]"


def _in_zone(moment: str, zone: str) -> str:
    if not zone:
        return moment
    if found := re.fullmatch(r"([+-])(\d\d):(\d\d)", zone):
        minutes = (60 * int(found[2]) + int(found[3])) * (1 if found[1] == "-" else -1)
        return f"{moment} + to_minutes({minutes})"
    return f"CAST(timezone({literal(zone)}, {moment}) AS TIMESTAMP)"
