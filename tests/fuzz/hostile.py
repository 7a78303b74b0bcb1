"""Values that somebody with bad intentions, or a broken program, would send: what the strategies of this folder draw from."""

from __future__ import annotations

import base64
import json
from datetime import date
from urllib.parse import quote_from_bytes, quote_plus

from hypothesis import strategies as st

from floreo.core.links import sign

LONG = ("x" * 21, "x" * 101, "x" * 256, "x" * 301, "é" * 5000, "😀" * 700, "x" * 70_000)
UNREADABLE = (  # as bytes of an address or a form: no UTF-8, halves of characters, NUL
    b"\x00",
    b"a\x00b",
    b"\xed\xa0\x80",
    b"\xed\xb0\x80x",
    b"\xff\xfe",
    b"\xc3",
    b"\xf4\x90\x80\x80",
    b"\xc0\xaf",
)
DIGITS = ("²", "٣", "１２", "½", "Ⅷ", "௧", "𝟘", "1_000", "0x10", "1,5", "1.5", "+1", " 1 ", "-0", "--1")
NUMBERS = (
    "0",
    "-1",
    "1e5",
    "1e400",
    "-1e999",
    "NaN",
    "sNaN",
    "-Infinity",
    str(2**31 - 1),
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(10**30),
    "9" * 5000,
    "0." + "1" * 400,
    "1e-400",
)
DAYS = (
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "10000-01-01",
    "99999-01-01",
    "-001-01-01",
    "2026-02-30",
    "2026-W01-1",
    "2026-11-20T25:61",
    "0001-01-01T00:00",
    "9999-12-31T23:59:59+14:00",
    "٢٠٢٦-١١-٢٠",
)
TEXTS = (
    "",
    " ",
    "\u202eevil",
    "\u200b\u200d",
    "\ufeff",
    "\u2028",
    "\ufdd0",
    "\x01\x02\x1b[31m",
    "a\r\nX-Evil: 1",
    "../../etc/passwd",
    "..",
    "/",
    "//evil.example",
    "\\",
    ":",
    "a:b:c",
    "~",
    "1-1~x",
    "' OR 1=1 --",
    "{{7*7}}{% now %}",
    "%s%n%(x)s{0}",
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A0",
    "(((((",
    "*[",
    "None",
    "null",
    "true",
    "[]",
    "{}",
    "[" * 5000,
    '{"a":' * 2000,
    "javascript:alert(1)",
    "data:text/html,x",
    "http://[",
    "http://[::1",
    "http://a:99999999/",
    "http://" + "a" * 300 + ".example/",
    "http://xn--a/",
    "https://ex\u00ad.example/",
    "a@b@c",
    "x" * 300 + "@example.org",
    '"a b"@x',
    "a@xn--.example",
    "999.1.1.1/99",
    "::ffff:1.2.3.4/200",
    "192.0.2.0/-1",
    "192.0.2.9-192.0.2.1",
    "0.0.0.0/0",
    "::/0",
    "AS99999999999",
    "+" + "9" * 60,
    "strategy.action:2025-2028",
    "strategy.action:99999999999999999999999",
    "organisations.user:1",
)
CURSORS = tuple(
    base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for text in (
        "[" * 5000,
        "[]",
        "{}",
        "null",
        '["a", 1]',
        "[1e400, 1]",
        '["\\ud800", 1]',
        '["\\u0000", 1]',
        "[" + "9" * 5000 + ", 1]",
        json.dumps([date.max.isoformat(), 2**63]),
        json.dumps(["x" * 10_000, -(2**63)]),
        '["0001-01-01", true]',
        '[[1], {"a": 1}]',
        "[NaN, 1]",
    )
)
FIXED = (*LONG, *UNREADABLE, *DIGITS, *NUMBERS, *DAYS, *TEXTS, *CURSORS)

values: st.SearchStrategy[str | bytes] = st.one_of(
    st.sampled_from(FIXED),
    st.sampled_from(FIXED),  # twice as often as each kind of what is made up
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.binary(max_size=12),
    st.integers(-(2**70), 2**70).map(str),
    st.dates().map(date.isoformat),
    st.builds(lambda a, b: f"{a}-{b}", st.integers(0, 10**20), st.integers(0, 10**20)).map(
        lambda text: sign("answer", 0, 0).replace("0-0", text)
    ),
)

# What is likely to matter to a control of that kind.
OF_A_KIND: dict[str, tuple[str, ...]] = {
    "date": DAYS[:8],
    "datetime-local": ("0001-01-01T00:00", "9999-12-31T23:59", "10000-01-01T00:00", "2026-03-29T02:30"),
    "number": (*NUMBERS, *DIGITS),
    "select": ("no such choice", "9" * 30, "-1", "²", "x" * 5000, ""),
    "radio": ("no such choice", "9" * 30, "²", ""),
    "checkbox": ("no such choice", "9" * 30, "²", "off"),
    "hidden": ("9" * 30, "-1", "²", "", "x" * 5000),
    "text": (*LONG, *TEXTS),
    "textarea": (*LONG, *TEXTS),
    "url": tuple(text for text in TEXTS if ":" in text),
    "email": tuple(text for text in TEXTS if "@" in text),
}


def of_a_kind(kind: str) -> st.SearchStrategy[str | bytes]:
    likely = OF_A_KIND.get(kind)
    return st.one_of(st.sampled_from(likely), st.sampled_from(likely), values) if likely else values


def quoted(value: str | bytes) -> str:
    """As it is in a query or in the body of a form."""
    return quote_from_bytes(value, safe="") if isinstance(value, bytes) else quote_plus(value)
