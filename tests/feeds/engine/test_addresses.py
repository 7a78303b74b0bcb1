"""Text becomes an address exactly where Python's ipaddress says so."""

from __future__ import annotations

import ipaddress

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from floreo.feeds.engine.addresses import REASONS, parse_addresses, text_of, words_of
from floreo.feeds.engine.events import Reject
from tests.examples import drawn

pytestmark = pytest.mark.one_database

v4 = st.ip_addresses(v=4).map(str)
v6 = st.ip_addresses(v=6).flatmap(lambda ip: st.sampled_from([str(ip), ip.exploded, ip.exploded.upper()]))
octet = st.one_of(
    st.integers(0, 300).map(str), st.sampled_from(["", "00", "01", "٣", "１", " 1", "1\0", "-1", "1e1", "0x1"])
)
nearly_v4 = st.lists(octet, min_size=2, max_size=6).map(".".join)
nearly_v6 = st.text(alphabet="0123456789abcdefABCDEFg:.%/", max_size=45)
mapped = v4.map(lambda text: "::ffff:" + text)
hostile = st.one_of(
    v4,
    v6,
    mapped,
    nearly_v4,
    nearly_v6,
    st.text(max_size=20),
    v4.map(lambda t: t + "/24"),
    v6.map(lambda t: t + "%eth0"),
)


def expected(text: str | None) -> tuple[int, int] | None:
    """What ipaddress says, IPv4 mapped; neither a scope nor "no address at all" is one here."""
    try:
        ip = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    if "%" in str(ip):
        return None
    value = int(ip) + (0xFFFF << 32 if ip.version == 4 else 0)
    return None if value in (0, 0xFFFF << 32) else (value >> 64, value & (1 << 64) - 1)


def found(column: pa.Array) -> list[tuple[int, int] | None]:
    a = parse_addresses(column)
    return [(int(h), int(w)) if ok else None for h, w, ok in zip(a.hi, a.lo, a.ok, strict=True)]


@pytest.mark.long
@settings(max_examples=drawn(400), deadline=None)
@given(st.lists(st.one_of(st.none(), hostile), max_size=12), st.integers(0, 5))
@example(["1.2.3.4\n", "1.2.3.04", "1.2.3.4 ", "::ffff:1.2.3.04", "1.2.3.256", "1..2.3", "0.0.0.0", "::", "::1"], 0)
@example(["1.2.3.4", None, "", "9.9.9.9"], 1)
def test_addresses_are_those_of_ipaddress_in_every_shape_of_column(texts: list[str | None], skip: int) -> None:
    plain = pa.array(texts, pa.string())
    wanted = [expected(t) for t in texts]
    shapes = [
        plain,
        plain.cast(pa.large_string()),
        plain.cast(pa.binary()),
        plain.dictionary_encode(),
        pa.chunked_array([plain.slice(0, 2), plain.slice(2)]),
    ]
    assert [found(shape) for shape in shapes] == [wanted] * len(shapes)
    assert found(plain.slice(skip)) == wanted[skip:]
    assert found(plain.dictionary_encode().slice(skip)) == wanted[skip:]


def test_each_text_that_is_no_address_says_why() -> None:
    texts = {
        "192.0.2.1": None,
        "": None,
        "0.0.0.0": Reject.ADDRESS_UNSPECIFIED,
        "::": Reject.ADDRESS_UNSPECIFIED,
        "::ffff:0.0.0.0": Reject.ADDRESS_UNSPECIFIED,
        "192.0.2.0/24": Reject.ADDRESS_IS_NETWORK,
        "2001:db8::/32": Reject.ADDRESS_IS_NETWORK,
        "fe80::1%eth0": Reject.ADDRESS_SCOPED,
        "192.0.2.010": Reject.BAD_ADDRESS,
        "not-an-ip/24": Reject.BAD_ADDRESS,
        "192.0.2.1\0": Reject.BAD_ADDRESS,
        "192.0.2.١": Reject.BAD_ADDRESS,
        "300.1.2.3": Reject.BAD_ADDRESS,
    }
    why = parse_addresses(pa.array(list(texts))).why
    assert {t: REASONS[w] for t, w in zip(texts, why, strict=True)} == texts


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(st.ip_addresses())
def test_words_and_text_are_two_forms_of_one_address(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    words = words_of(str(ip))
    if words is not None:
        mapped = ip.ipv4_mapped if ip.version == 6 else None
        assert ipaddress.ip_address(text_of(*words)) == (mapped or ip)


def test_bytes_behind_a_null_are_not_looked_at() -> None:
    data = pa.array(["192.0.2.1", "192.0.2.2"], pa.string())
    hidden = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x02"), *data.buffers()[1:]])
    assert found(hidden) == [None, expected("192.0.2.2")]
