"""Files as they are out there (outside.py): guessed, arranged, read; and files that mean harm."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from floreo.feeds.engine import ingest, problems
from floreo.feeds.engine.arrange import select
from floreo.feeds.engine.arrange.guess import Guess, guess
from floreo.feeds.engine.arrange.model import WrongArrangement, arrangement_of
from floreo.feeds.engine.constituency import Owned, kept
from floreo.feeds.engine.events import Reject
from floreo.feeds.engine.normalise import events_of
from floreo.feeds.engine.opening import members
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.task import IngestOrder, Source, Summary
from tests.examples import drawn
from tests.feeds.engine import outside

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
Row = dict[str, Any]


def guessed(content: str | bytes) -> Guess:
    data = content.encode() if isinstance(content, str) else content
    opened = members(data, "file")
    return guess(next(next(opened).blocks()))


def read(content: str | bytes, given: Mapping[str, Any], **more: Any) -> tuple[list[Row], list[Row]]:
    """Events and rejects, as an arrangement has them."""
    data = content.encode() if isinstance(content, str) else content
    events, rejects = events_of(data, "list.txt", received_at=NOW, mapping={"arrange": dict(given)}, **more)
    return events.to_pylist(), rejects.to_pylist()


def places(events: list[Row]) -> list[tuple[Any, ...]]:
    """What each event is about."""
    return [(e["source.ip"] or e["source.fqdn"], e["source.port"]) for e in events]


@pytest.fixture
def owners(tmp_path: Path) -> str:
    owned = [
        Owned("bank", "192.0.2.0/25"),
        Owned("lab", "192.0.2.128/26"),
        Owned("isp", "198.51.100.0/24"),
        Owned("uni", "2001:db8:1::/48"),
    ]
    return str(kept(owned, tmp_path / "owners"))


# Formats: with nothing but the guess, or with what had to be set by hand beside it

HAND: Mapping[str, Mapping[str, Any]] = {
    "ABUSEIPDB": {"category": "brute-force", "kind": "reported-attacker"},
    "CROWDSEC": {},
    "CROWDSEC_CSV": {},
    "CENSYS": {},
    "CYMRU": {"kind": "listed"},
    "EXCEL_EU": {"zone": "America/Belize"},
    "FEODO": {},
    "GREYNOISE": {},
    "MISP": {"kind": "misp-indicator"},
    "N6": {},
    "NUCLEI": {},
    "OPENPHISH": {"category": "phishing", "kind": "phishing"},
    "PHISHTANK": {},
    "SHODAN": {},
    "THREATFOX": {"kind": "column:threat_type"},
    "URLHAUS": {},
    "US_DATES": {"zone": "America/Belize"},
}
MEANT: Mapping[str, list[tuple[Any, ...]]] = {
    "ABUSEIPDB": [("192.0.2.110", None), ("192.0.2.111", None)],
    "CENSYS": [("192.0.2.50", 3389), ("192.0.2.50", 443), ("192.0.2.51", 23)],
    "CROWDSEC": [("192.0.2.90", None), ("198.51.100.91", None)],
    "CROWDSEC_CSV": [("192.0.2.90", None), ("198.51.100.91", None)],
    "CYMRU": [("192.0.2.10", None), ("192.0.2.11", None), ("198.51.100.7", None)],
    "EXCEL_EU": [("192.0.2.130", 3389), ("192.0.2.131", 445), ("192.0.2.132", 445), ("192.0.2.133", None)],
    "FEODO": [("192.0.2.30", 443), ("192.0.2.31", 8080)],
    "GREYNOISE": [("192.0.2.100", None), ("192.0.2.101", None)],
    "MISP": [("192.0.2.70", None), ("192.0.2.21", 443), ("evil.bank.example", None), ("evil.bank.example", 80)],
    "N6": [("192.0.2.42", None), ("192.0.2.43", None), ("198.51.100.9", 80), ("files.bank.example", None)],
    "NUCLEI": [("192.0.2.80", 443), ("192.0.2.21", 3389)],
    "OPENPHISH": [("login.bank.example", 443), ("192.0.2.160", 80)],
    "PHISHTANK": [("login.bank.example", 443), ("192.0.2.120", 80)],
    "SHODAN": [("192.0.2.60", 3389), ("192.0.2.61", 23)],
    "THREATFOX": [("192.0.2.36", 5555), ("192.0.2.40", 8443), ("files.bank.example", None)],
    "URLHAUS": [("192.0.2.21", 8080), ("files.bank.example", 443)],
    "US_DATES": [("192.0.2.140", 3389), ("192.0.2.141", 23)],
}
REFUSED = {  # the sum below; a hash
    "EXCEL_EU": [Reject.BAD_ADDRESS],
    "MISP": [Reject.LEFT_OUT],
    "THREATFOX": [Reject.LEFT_OUT],
}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", sorted(MEANT))
def test_a_format_is_read_as_guessed_with_few_fields_by_hand(name: str) -> None:
    found = guessed(getattr(outside, name))
    assert found.questions == ()
    given = found.arranged.plain() | dict(HAND[name])
    events, rejects = read(getattr(outside, name), given)
    assert places(events) == MEANT[name]
    assert [row["reason"] for row in rejects] == [str(reason) for reason in REFUSED.get(name, [])]
    assert all(
        e["time.source"].date() in (NOW.date(), date(2026, 11, 23), date(2026, 11, 20), date(2026, 11, 21))
        for e in events
    )
    assert len(HAND[name]) <= 2


def test_kinds_severities_and_classes_become_ours() -> None:
    def facts(name: str) -> list[tuple[Any, ...]]:
        events, _ = read(getattr(outside, name), guessed(getattr(outside, name)).arranged.plain() | dict(HAND[name]))
        return [(e["classification.type"], e["classification.identifier"], e["severity"]) for e in events]

    assert facts("CENSYS")[0] == ("potentially-unwanted-accessible", "open-rdp", "undefined")
    assert facts("EXCEL_EU")[0][1:] == ("escritorio-remoto-abierto", "high")
    assert [severity for _, _, severity in facts("EXCEL_EU")] == ["high", "critical", "critical", "low"]
    assert facts("URLHAUS")[0][0] == "malware-distribution"
    assert [kind for kind, _, _ in facts("N6")] == [
        "infected-system",
        "infected-system",
        "phishing",
        "malware-distribution",
    ]
    assert facts("NUCLEI") == [
        ("vulnerable-system", "git-config", "medium"),
        ("vulnerable-system", "rdp-detect", "info"),
    ]


@pytest.mark.long
@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_blanks_between_a_delimiter_and_a_quote_are_no_part_of_a_cell(delimiter: str) -> None:
    """As abuse.ch writes its rows; a quoted text that only looks so stays as it is."""
    given = {"address": "ip", "kind": "column:what"} | ({"delimiter": delimiter} if delimiter != "," else {})
    apart = f'"ip"{delimiter}"what"{delimiter}"more"\n"192.0.2.1"{delimiter} "a{delimiter}b"{delimiter}  "c"\n'
    events, rejects = read(apart, given)
    assert (places(events), [each["classification.identifier"] for each in events], rejects) == (
        [("192.0.2.1", None)],
        ["a-b"],
        [],
    )
    quoted = f'"ip"{delimiter}"what"\n"192.0.2.1"{delimiter}"x""{delimiter}  ""y"\n'
    (event,), rejects = read(
        quoted, given | {"severity": "column:what", "severity_words": {f'x"{delimiter}  "y': "low"}}
    )
    assert (event["severity"], rejects) == ("low", [])


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ('"x"",  ""y"', 'x",  "y'),
        ('"x"",  ""y"",   ""z"', 'x",  "y",   "z'),
        ('",  "', ",  "),
        ('"x,"', "x,"),
        ('""",  """', '",  "'),
        ('"x"",  ""y\n z"', 'x",  "y\n z'),
        ('"of two\n lines"', "of two\n lines"),
        ('"x\ny"",  ""z"', 'x\ny",  "z'),
        ('""', None),
    ],
)
@pytest.mark.parametrize("blanks", ["", " ", "   "])
def test_a_quoted_cell_keeps_its_blanks_where_rows_have_some_between_their_cells(
    cells: str, text: str | None, blanks: str
) -> None:
    """The same as of a file without any blank between its cells, also in a cell of several lines."""
    rows = [
        ["198.51.100.1", '"a"', '"b"', '"c"'],
        ["192.0.2.1", cells, '"b"', '"c"'],
        ["192.0.2.2", '"a"', '"b"', '"c"'],
    ]
    lines = [f'"{ip}",{blanks}' + f",{blanks}".join(more) for ip, *more in rows]
    given = "\n".join(['"ip","said","what","more"', *lines, ""])
    events, rejects = read(given, {"address": "ip", "kind": "column:what"})
    assert ([place for place, _port in places(events)], rejects) == (["198.51.100.1", "192.0.2.1", "192.0.2.2"], [])
    assert [each["classification.identifier"] for each in events] == ["b", "b", "b"]
    assert [each["extra"].get("said") for each in events] == ["a", text, "a"]


def test_what_the_rows_are_is_guessed_where_the_columns_are_of_one_source_only() -> None:
    classes = {name: guessed(getattr(outside, name)).arranged.category for name in HAND}
    assert {name: kind for name, kind in classes.items() if kind and not kind.startswith("column:")} == {
        "CENSYS": "potentially-unwanted-accessible",
        "FEODO": "c2-server",
        "GREYNOISE": "scanner",
        "NUCLEI": "vulnerable-system",
        "PHISHTANK": "phishing",
        "SHODAN": "potentially-unwanted-accessible",
    }
    assert guessed(outside.DROP_JSON).arranged.kind == "blocklisted"
    assert guessed(outside.FEODO).arranged.time == ("last_online",)  # when it was seen, not when for the first time
    assert guessed(outside.URLHAUS).arranged.time == ("dateadded",)
    # A column that says it counts more than the columns by which the source is known.
    own = guessed("phish_id,url,category\n1,http://192.0.2.1/a,spam\n2,http://192.0.2.2/b,spam\n").arranged
    assert own.category == "column:category"


def test_times_are_those_of_the_zone_and_of_the_day_where_there_are_none() -> None:
    events, _ = read(outside.EXCEL_EU, guessed(outside.EXCEL_EU).arranged.plain() | {"zone": "America/Belize"})
    assert [f"{e['time.source']:%d %H:%M}" for e in events] == ["23 15:05", "24 20:20", "24 20:20", "24 06:00"]
    events, _ = read(outside.US_DATES, guessed(outside.US_DATES).arranged.plain() | {"zone": "-05:00"})
    assert [f"{e['time.source']:%d %H:%M}" for e in events] == ["24 06:05", "24 04:20"]
    events, _ = read(outside.CYMRU, guessed(outside.CYMRU).arranged.plain(), day=date(2026, 11, 20))
    assert {e["time.source"] for e in events} == {datetime(2026, 11, 20, tzinfo=UTC)}
    table = "ip,when\n192.0.2.1,24/11/2026 01:00:00 CST\n192.0.2.2,24/11/2026 01:00 -06:00\n192.0.2.3,\n192.0.2.4,2026-11-24T01:00:00Z\n"
    given = {"address": "ip", "time": ["when"], "order": "dmy"}
    events, rejects = read(table, given | {"zone": "America/Belize"})
    assert [f"{e['time.source']:%d %H:%M}" for e in events] == ["24 07:00", "24 07:00", "24 03:00", "24 01:00"]
    events, rejects = read(table, given | {"no_time": "refuse"})
    assert [(row["line"], row["reason"]) for row in rejects] == [
        (2, "bad_time"),
        (4, "no_time"),
    ]  # of CST there are three


def test_which_comes_first_day_or_month_is_asked_and_not_guessed() -> None:
    found = guessed(outside.UNDECIDED)
    assert found.questions == ("order",)
    assert found.arranged.order == ""
    assert len(read(outside.UNDECIDED, found.arranged.plain() | {"order": "dmy"})[0]) == 2
    both = outside.UNDECIDED + "25/12/2026 01:00,192.0.2.9,low\n12/25/2026 01:00,192.0.2.9,low\n"
    assert guessed(both).questions == ("order",)


def test_words_without_an_equal_are_named() -> None:
    found = guessed("ip,severidad\n192.0.2.1,alta\n192.0.2.2,pésima\n")
    assert found.questions == ("words",)
    assert found.strange == ("pésima",)
    assert found.arranged.severity_words == {"alta": "high"}


# Whole networks


@pytest.mark.parametrize("content", [outside.DROP, outside.DROP_JSON], ids=["text", "json"])
def test_a_listed_network_is_one_event_for_each_network_of_ours_that_it_touches(
    content: str, owners: str, tmp_path: Path
) -> None:
    given = guessed(content).arranged.plain()
    assert given["networks"] is True
    summary = whole(content, given, owners, tmp_path)
    assert summary.organisations == {"bank": 1, "lab": 1, "isp": 1}
    events, _ = read(content, given, constituency=owners)
    assert [e["source.ip"] for e in events][:3] == ["192.0.2.0/25", "192.0.2.128/26", "198.51.100.0/25"]
    assert summary.rows == summary.kept + summary.rejected


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ("192.0.2.4/30", ["192.0.2.4/30"]),
        ("192.0.2.7", ["192.0.2.7"]),
        ("192.0.2.7/32", ["192.0.2.7"]),
        ("192.0.0.0/16", ["192.0.2.0/25", "192.0.2.128/26"]),
        ("203.0.113.0/24", ["203.0.113.0/24"]),
        ("2001:db8::/32", ["2001:db8:1::/48"]),
        ("2001:db8:1:2::/64", ["2001:db8:1:2::/64"]),
        ("0.0.0.0/0", []),
        ("::/0", []),
        ("10.0.0.0/7", []),
        ("192.0.2.1/24", []),
    ],
)
def test_networks_are_never_spread_out(listed: str, meant: list[str], owners: str) -> None:
    events, rejects = read(f"net\n{listed}\n", {"address": "net", "networks": True}, constituency=owners)
    assert [e["source.ip"] for e in events] == meant
    assert len(rejects) == (not meant)


# Every row is accounted for


def whole(content: str | bytes, given: Mapping[str, Any], owners: str, tmp_path: Path, **more: Any) -> Summary:
    path = tmp_path / "list.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    task = IngestOrder(
        **{
            "feed": "f",
            "day": NOW.date(),
            "report_type": "",
            "files": (Source(str(path), "0" * 64, "list.txt"),),
            "received_at": NOW,
            "root": str(tmp_path / "store"),
            "constituency": owners,
            "mapping": {"arrange": dict(given)},
            "dry_run": True,
            **more,
        }
    )
    (summary,) = ingest.run(task)
    return summary


CELLS = st.one_of(
    st.sampled_from(
        [
            "192.0.2.1",
            "198.51.100.0/24",
            "0.0.0.0/0",
            "2001:db8::1|443",
            "[2001:db8::1]:80",
            "evil.example",
            "http://a.example:99/x",
            "x",
            "",
            "#",
            "192.0.2.1, 192.0.2.2",
            '"',
            "md5",
            "ip-dst",
            "alta",
            "24/11/2026",
            "a;b",
            "\0",
            "'",
        ]
    ),
    st.text(max_size=12),
)


@pytest.mark.long
@settings(max_examples=drawn(60, in_the_gate=25), deadline=None)  # each opens a database
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=4), max_size=12),
    several=st.booleans(),
    types=st.booleans(),
    order=st.sampled_from(["", "dmy"]),
)
@example(rows=[["192.0.2.1", "", ""], [",", "", ""]], several=True, types=False, order="")
def test_every_line_of_a_table_is_an_event_or_a_reject(
    rows: list[list[str]], several: bool, types: bool, order: str
) -> None:
    text = StringIO()
    # Many control characters make a file none at all, which is refused as a whole.
    plain = [["".join(letter for letter in cell if letter == "\t" or letter >= " ") for cell in row] for row in rows]
    csv.writer(text, delimiter=";", lineterminator="\n").writerows([["a", "b", "c"], *plain])
    given = {"delimiter": ";", "address": "a", "time": ["b"], "order": order, "several": several, "comment": "#"}
    events, rejects = read(text.getvalue(), given | ({"types": "c"} if types else {}))
    lines = text.getvalue().split("\n")
    meant = {n for n, line in enumerate(lines, 1) if n > 1 and line and not re.match(r"[ \t]*#", line)}
    assert {row["line"] for row in (*events, *rejects)} == meant
    if not several:
        assert len(events) + len(rejects) == len(meant)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", sorted(MEANT))
def test_the_parts_of_a_file_add_up(name: str, owners: str, tmp_path: Path) -> None:
    summary = whole(getattr(outside, name), guessed(getattr(outside, name)).arranged.plain(), owners, tmp_path)
    assert summary.rows == summary.kept + summary.duplicates + summary.dropped + summary.rejected > 0
    assert summary.kept == len(MEANT[name])
    assert summary.problem == ""


@pytest.mark.long
@settings(max_examples=drawn(60, in_the_gate=25), deadline=None)  # each opens a database
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["ip", "l", "t", "a.b", "x'y", 'q"']),
            st.recursive(
                st.one_of(
                    st.none(),
                    st.booleans(),
                    st.integers(),
                    st.sampled_from(["192.0.2.1", "x", "md5"]),
                    st.text(max_size=5),
                ),
                lambda inner: st.one_of(
                    st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["ip", "l"]), inner, max_size=2)
                ),
                max_leaves=8,
            ),
        ),
        max_size=8,
    ),
    st.sampled_from([[], ["l"], ["l", "l.l"]]),
    st.booleans(),
)
def test_every_object_is_an_event_or_a_reject(rows: list[Any], unfold: list[str], is_array: bool) -> None:
    lines = [json.dumps(row) for row in rows]
    text = "[" + ",\n".join(lines) + "]" if is_array else "\n".join(lines)
    given = {"reads": "json", "unfold": unfold, "address": ".".join([*unfold[-1:], "ip"]), "name": "a.b", "url": "x'y"}
    try:
        events, rejects = read(text, given)
    except Unreadable:  # no object names any of the columns
        return
    found = [row["line"] for row in (*events, *rejects)]
    assert set(found) == set(range(1, len(rows) + 1))
    assert unfold or len(found) == len(rows)


# What means harm


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "name",
    [
        'x"; DROP TABLE source; --',
        "x'); COPY source TO '/tmp/stolen.csv'; --",
        "read_text('/etc/passwd')",
        "c0",
        "row",
        "why",
        "more",
        "source",
        "@source.ip",
        "count(*)",
        "$[*]",
        "/etc/passwd",
        "a~b/c~1d",
        "*",
        "{}",
        "\\'",
        "%s {0} $1 ?",
        "x" * 200,
    ],
)
def test_a_name_is_only_ever_a_name(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    table = f"{quoted},other\n192.0.2.1,198.51.100.1\n"
    events, rejects = read(table, {"address": name})
    assert (places(events), rejects) == ([("192.0.2.1", None)], [])
    words = {
        "address": "other",
        "severity": f"column:{name}",
        "severity_words": {"192.0.2.1": "high", name[:100]: "low"},
    }
    events, rejects = read(table, words)
    assert [(e["source.ip"], e["severity"]) for e in events] == [("198.51.100.1", "high")]
    for content in ({name: "192.0.2.1"}, {name: [{name: "192.0.2.1"}]}):
        is_list = isinstance(content[name], list)
        given = {"reads": "json", "address": f"{name}.{name}" if is_list else name, "unfold": [name] if is_list else []}
        if len(given["address"]) > 200:
            continue
        events, rejects = read(json.dumps(content) + "\n", given)
        assert (places(events), rejects) == ([("192.0.2.1", None)], [])


@pytest.fixture
def asked() -> Iterator[duckdb.DuckDBPyConnection]:
    """One for all examples of a test: opening it takes far longer than a question."""
    with select.connected() as connection:
        yield connection


@pytest.mark.long
@settings(max_examples=drawn(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30).filter(lambda text: "\0" not in text))
def test_a_quoted_text_is_that_text(asked: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert asked.execute(f"SELECT {select.literal(text)}").fetchall() == [(text,)]


def test_a_text_with_nul_is_no_value() -> None:
    with pytest.raises(ValueError, match="NUL"):
        select.literal("a\0b")


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/tmp/arrange-stolen.csv'",
        "ATTACH '/tmp/arrange-stolen.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access=true",
        "SELECT * FROM hidden",
        "SELECT getenv('PATH')",
    ],
)
def test_the_connection_reaches_nothing_else(question: str) -> None:
    hidden = pa.table({"a": [1]})
    with select.connected() as connection, pytest.raises(duckdb.Error):
        connection.execute(question).fetchall()
    assert len(hidden) == 1
    assert not Path("/tmp/arrange-stolen.csv").exists()


@pytest.mark.parametrize(
    ("given", "key", "why"),
    [
        (["address"], "", "kind"),
        ({}, "address", "subject"),
        ({"address": 7}, "address", "kind"),
        ({"address": "a\0b"}, "address", "word"),
        ({"address": "a\nb"}, "address", "word"),
        ({"address": "x" * 201}, "address", "long"),
        ({"address": "a", "sql": "SELECT 1"}, "sql", "unknown"),
        ({"address": "a", "delimiter": "ab"}, "delimiter", "word"),
        ({"address": "a", "skip": -1}, "skip", "word"),
        ({"address": "a", "skip": True}, "skip", "word"),
        ({"address": "a", "skip": 10**9}, "skip", "word"),
        ({"address": "a", "zone": "Mars/Olympus"}, "zone", "word"),
        ({"address": "a", "zone": "../../etc/passwd"}, "zone", "word"),
        ({"address": "a", "order": "dym"}, "order", "word"),
        ({"address": "a", "severity_words": {"a": "worst"}}, "severity_words", "word"),
        ({"address": "a", "severity_words": {str(n): "low" for n in range(201)}}, "severity_words", "kind"),
        ({"address": "a", "category": "nothing-of-rsit"}, "category", "word"),
        ({"reads": "json", "address": "a", "unfold": ["a", "b", "c", "d"]}, "unfold", "kind"),
        ({"address": "a", "unfold": ["a"]}, "unfold", "word"),
        ({"address": "a", "no_time": "refuse"}, "time", "time"),
        ({"address": "a", "kind_prefix": "'; DROP"}, "kind_prefix", "word"),
        ({"address": "a", "several": "yes"}, "several", "kind"),
    ],
)
def test_what_is_no_arrangement_is_refused(given: Any, key: str, why: str) -> None:
    with pytest.raises(WrongArrangement) as wrong:
        arrangement_of(given)
    assert (wrong.value.key, wrong.value.why) == (key, why)


def test_an_arrangement_is_kept_as_it_is() -> None:
    given = guessed(outside.EXCEL_EU).arranged.plain()
    assert arrangement_of(json.loads(json.dumps(given))).plain() == given


@pytest.mark.long
def test_a_cell_of_any_size_is_one_reject() -> None:
    text = "ip,x\n192.0.2.1,a\n192.0.2.2," + "y" * (40 << 20) + "\n192.0.2.3,b\n"
    events, rejects = read(text, {"address": "ip"})
    assert places(events) == [("192.0.2.1", None), ("192.0.2.3", None)]
    assert [(row["line"], row["reason"]) for row in rejects] == [(3, "too_long")]


def test_json_that_is_deep_or_broken_costs_its_own_line() -> None:
    deep = '{"ip":' + "[" * 200_000 + "]" * 200_000 + "}"
    nested = '{"ip":' * 100_000 + "1" + "}" * 100_000
    lines = ['{"ip":"192.0.2.1"}', deep, nested, '{"ip":"192.0.2.2"', "[1]", '"x"', '{"ip":"192.0.2.3"}']
    events, rejects = read("\n".join(lines), {"reads": "json", "address": "ip"})
    assert places(events) == [("192.0.2.1", None), ("192.0.2.3", None)]
    assert {row["line"] for row in rejects} == {2, 3, 4, 5, 6}


def test_a_list_of_a_million_elements_is_one_reject() -> None:
    text = '{"ip":"192.0.2.1","l":[' + ",".join(["{}"] * 1_000_000) + ']}\n{"ip":"192.0.2.2","l":[{},{}]}\n'
    events, rejects = read(text, {"reads": "json", "address": "ip", "unfold": ["l"]})
    assert places(events) == [("192.0.2.2", None)] * 2
    assert [(row["line"], row["reason"]) for row in rejects] == [(1, "too_many")]


@pytest.mark.long
def test_more_memory_than_a_file_may_take_refuses_the_file() -> None:
    big = json.dumps({"ip": "192.0.2.1", "pad": "x" * 7000, "l": [{"a": "b"}] * 190_000})
    with pytest.raises(Unreadable) as wrong:
        read("\n".join([big] * 6), {"reads": "json", "address": "ip", "unfold": ["l"]})
    assert wrong.value.code == problems.TOO_COSTLY


@pytest.mark.long
def test_a_bomb_is_a_bomb_before_it_is_arranged(owners: str, tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # Wide rows: what is unpacked before the limit is reached then takes little time to arrange.
        archive.writestr("list.csv", b"ip,note\n" + (b"192.0.2.1," + b"x" * 2000 + b"\n") * 60_000)
    summary = whole(packed.getvalue(), {"address": "ip"}, owners, tmp_path)
    assert (summary.problem, summary.kept) == (problems.BOMB, 0)


def test_a_table_without_the_columns_is_refused() -> None:
    with pytest.raises(Unreadable) as wrong:
        read("a,b\n1,2\n", {"address": "ip"})
    assert wrong.value.code == problems.WRONG_HEADER


def test_without_a_time_chosen_the_day_of_the_report_counts_in_the_four_fields_too() -> None:
    events, rejects = events_of(
        b"ip,cuando\n192.0.2.1,x\n", "list.csv", received_at=NOW, mapping={"address": "ip"}, day=date(2026, 11, 20)
    )
    assert [e["time.source"] for e in events.to_pylist()] == [datetime(2026, 11, 20, tzinfo=UTC)]
    assert len(rejects) == 0


@pytest.mark.long
@settings(max_examples=drawn(120), deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(st.lists(CELLS, max_size=4).map(",".join), max_size=9).map("\n".join),
        st.lists(
            st.recursive(
                st.text(max_size=4),
                lambda inner: st.dictionaries(
                    st.text(max_size=3), st.one_of(inner, st.lists(inner, max_size=3)), max_size=3
                ),
                max_leaves=9,
            )
        ).map(json.dumps),
    )
)
def test_a_guess_never_fails_and_is_an_arrangement(text: str) -> None:
    data = text.encode("utf-8", "replace")
    if not data:
        return
    try:
        found = guessed(data)
    except Unreadable:
        return
    given = json.loads(json.dumps(found.arranged.plain()))
    assert arrangement_of(given, is_begun=True) == found.arranged
    if "address" not in found.questions:
        with contextlib.suppress(Unreadable):
            read(data, given)


def test_a_name_that_cannot_be_kept_is_not_chosen() -> None:
    assert guessed("x" * 300 + ",note\n192.0.2.1,a\n").questions == ("address",)
