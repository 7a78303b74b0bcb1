"""The team's rules do what they say, in their order, and are never program text."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from floreo.feeds.engine import rules
from floreo.feeds.engine.events import COLUMNS
from floreo.feeds.engine.rules import Rules, Wrong, preview, validate
from tests.feeds.engine.event_rows import events

pytestmark = pytest.mark.one_database

EVENTS = events(
    {
        "source.ip": "192.0.2.1",
        "source.asn": 64496,
        "severity": "low",
        "classification.identifier": "open-rdp",
        "source.port": 3389,
    },
    {"source.ip": "198.51.100.7", "source.asn": 64497, "severity": "high", "classification.identifier": "open-smb"},
    {
        "source.ip": "2001:db8::1",
        "severity": None,
        "classification.identifier": "Open-RDP",
        "extra": {"tag": "Test;x", "naics": None},
    },
    {"source.fqdn": "www.example.org", "severity": "critical", "time.source": 1_700_000_000_000},
)


def rule(does: str, *when: tuple[str, str, Any], field: str = "", value: str = "") -> dict[str, Any]:
    conditions = [{"field": f, "is": op, "value": v} for f, op, v in when]
    return {"name": does, "when": conditions, "does": does, "field": field, "value": value}


def dropped(*when: tuple[str, str, Any]) -> list[int]:
    """Rows, counted from 1, that a rule with these conditions drops."""
    return [i for i, keep in enumerate(Rules([rule("drop", *when)]).apply(EVENTS).keep, 1) if not keep]


@pytest.mark.parametrize(
    ("when", "rows"),
    [
        (("classification.identifier", "=", "OPEN-rdp"), [1, 3]),
        (("source.asn", "=", "64496"), [1]),
        (("source.asn", "!=", "64496"), [2, 3, 4]),
        (("source.asn", ">", "64496"), [2]),
        (("source.asn", "in", "64496, 64497"), [1, 2]),
        (("source.asn", "is empty", None), [3, 4]),
        (("classification.identifier", "contains", "en-s"), [2]),
        (("classification.identifier", "starts", "open"), [1, 2, 3]),
        (("source.ip", "in network", "192.0.2.0/25,2001:db8::/32"), [1, 3]),
        (("source.ip", "in network", "0.0.0.0/0"), [1, 2]),
        (("source.ip", "in network", "::/0"), [1, 2, 3]),
        (("severity", ">", "medium"), [2, 4]),
        (("severity", "<", "medium"), [1, 3]),
        (("extra.tag", "contains", "test"), [3]),
        (("extra.nowhere", "is empty", ""), [1, 2, 3, 4]),
        (("extra.nowhere", "=", "x"), []),
        (("time.source", ">", "2023-01-01"), [4]),
        (("source.fqdn", "in", ["www.example.org", "b"]), [4]),
    ],
)
def test_a_condition_meets_the_rows_it_names(when: tuple[str, str, Any], rows: list[int]) -> None:
    assert dropped(when) == rows


def test_all_conditions_must_hold_and_later_rules_see_what_earlier_ones_wrote() -> None:
    outcome = Rules(
        [
            rule(
                "rewrite",
                ("classification.identifier", "=", "open-rdp"),
                field="classification.identifier",
                value="remote",
            ),
            rule("raise", ("classification.identifier", "=", "remote"), ("source.asn", "=", "64496"), value="medium"),
            rule("raise", ("severity", "=", "medium"), value="critical"),
            rule("raise", ("severity", "=", "critical"), value="low"),
            rule("route", ("severity", "=", "critical"), value="duty"),
            rule("drop", ("route", "=", "duty"), ("source.port", "is empty", "")),
        ]
    ).apply(EVENTS)
    changed = outcome.events.select(["classification.identifier", "severity", "route"]).to_pylist()
    assert [tuple(row.values()) for row in changed] == [
        ("remote", "critical", "duty"),
        ("open-smb", "high", None),
        ("remote", None, None),
        (None, "critical", "duty"),
    ]
    assert (outcome.keep.tolist(), outcome.hits) == ([True, True, True, False], (2, 1, 1, 2, 2, 1))
    assert outcome.events.schema == EVENTS.schema
    untouched = [c for c in COLUMNS if c not in ("classification.identifier", "severity", "route")]
    assert outcome.events.select(untouched).equals(EVENTS.select(untouched))


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=15))
@example("' OR 1=1 --", "tag\") FROM read_text('/etc/passwd') --")
@example("$v0", 'x" || (SELECT 1) || "')
@example("%s", "tag'")
def test_what_people_type_is_a_value_whatever_it_is(value: str, name: str) -> None:
    expected = [
        rule("drop", ("event_description.text", "=", value)),
        rule("drop", (f"extra.{name}", "contains", value)),
        rule("rewrite", ("source.asn", "=", "64496"), field="status", value=value),
    ]
    if any(validate(r) for r in expected):
        return
    outcome = Rules(expected).apply(EVENTS)
    assert outcome.events["status"].to_pylist() == [value, None, None, None]
    assert outcome.keep.all() or name in ("tag", "naics")


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        (rule("drop"), [Wrong(rules.NO_CONDITION)]),
        ({"when": "x", "does": "drop"}, [Wrong(rules.NO_CONDITION)]),
        (rule("drop", ("nothing", "=", "1")), [Wrong(rules.UNKNOWN_FIELD, "nothing")]),
        (rule("drop", ("key", "=", "1")), [Wrong(rules.UNKNOWN_FIELD, "key")]),
        (rule("drop", ("source.port", "contains", "1")), [Wrong(rules.UNKNOWN_OPERATOR, "source.port")]),
        (rule("drop", ("source.port", "=", "1; DROP")), [Wrong(rules.NOT_A_NUMBER, "source.port")]),
        (rule("drop", ("time.source", ">", "yesterday")), [Wrong(rules.NOT_A_TIME, "time.source")]),
        (rule("drop", ("source.ip", "in network", "192.0.2.1/24")), [Wrong(rules.NOT_A_NETWORK, "source.ip")]),
        (rule("drop", ("status", "=", " ")), [Wrong(rules.NO_VALUE, "status")]),
        (rule("burn", ("status", "=", "x")), [Wrong(rules.UNKNOWN_ACTION)]),
        (rule("raise", ("status", "=", "x"), value="awful"), [Wrong(rules.UNKNOWN_SEVERITY, "awful")]),
        (
            rule("rewrite", ("status", "=", "x"), field="organisation", value="y"),
            [Wrong(rules.NOT_CHANGEABLE, "organisation")],
        ),
        (rule("route", ("status", "=", "x")), [Wrong(rules.NO_VALUE, "value")]),
    ],
)
def test_what_is_wrong_with_a_rule_is_told(wrong: dict[str, Any], codes: list[Wrong]) -> None:
    assert list(validate(wrong)) == codes
    with pytest.raises(ValueError, match=codes[0].code):
        Rules([wrong])


def test_a_preview_shows_how_many_and_what_becomes_of_them() -> None:
    text = [rule("drop", ("source.asn", "=", "64496")), rule("raise", ("severity", "!=", "critical"), value="critical")]
    drops, raises = preview(text, EVENTS, examples=1)
    assert (drops.hits, raises.hits) == (1, 2)
    assert [(b["source.ip"], a) for b, a in drops.examples] == [("192.0.2.1", None)]
    assert [(b["severity"], a and a["severity"]) for b, a in raises.examples] == [("high", "critical")]


def test_a_long_block_of_few_words_is_judged_row_by_row_all_the_same() -> None:
    """Where rules read words only, each combination is asked once: every row must come to what it comes to alone."""
    words = [
        rule("drop", ("severity", "is empty", ""), ("classification.identifier", "=", "open-rdp")),
        rule("rewrite", ("classification.identifier", "starts", "open"), field="malware.name", value="x"),
        rule("route", ("malware.name", "=", "x"), ("severity", "!=", "low"), value="duty"),
    ]
    alone, many = Rules(words).apply(EVENTS), Rules(words).apply(pa.concat_tables([EVENTS] * 40).combine_chunks())
    assert many.keep.tolist() == alone.keep.tolist() * 40
    assert many.hits == tuple(40 * n for n in alone.hits)
    assert many.events.to_pylist() == alone.events.to_pylist() * 40
