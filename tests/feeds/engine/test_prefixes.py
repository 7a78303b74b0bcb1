"""The longest prefix is found where trying all of them finds it."""

from __future__ import annotations

import ipaddress
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.feeds.engine import prefixes
from floreo.feeds.engine.prefixes import PrefixTable, parse_prefix
from tests.examples import drawn

pytestmark = pytest.mark.one_database
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Few distinct bits, so that prefixes nest, touch and are equal.
v4_networks = st.builds(
    lambda bits, length: ipaddress.ip_network((bits & 0xFF0F00FF, length), strict=False),
    st.integers(0, 2**32 - 1) | st.integers(0xC0000200, 0xC00002FF),
    st.integers(0, 32),
)
v6_networks = st.builds(
    lambda low, length: ipaddress.ip_network(((0x20010DB8 << 96) | low, length), strict=False),
    st.integers(0, 2**8 - 1) | st.integers(0, 2**96 - 1) | st.sampled_from([1 << 64, (1 << 64) + 5]),
    st.integers(0, 128),
)
networks = st.lists(v4_networks | v6_networks, max_size=25)


def edges(network: Network) -> list[int]:
    """Just inside and just outside."""
    shift = 0xFFFF << 32 if network.version == 4 else 0
    first, last = int(network.network_address) + shift, int(network.broadcast_address) + shift
    return [n for n in (first - 1, first, (first + last) // 2, last, last + 1) if 0 <= n < 1 << 128]


def by_trying_all(listed: list[Network], address: int) -> int:
    """Of the prefixes that hold the address the longest, of equal ones the first."""
    best, best_length = -1, -1
    for place, text in enumerate(map(str, listed)):
        prefix = parse_prefix(text)
        assert prefix is not None
        first, length = prefix
        if first <= address < first + (1 << (128 - length)) and length > best_length:
            best, best_length = place, length
    return best


@pytest.mark.long
@pytest.mark.parametrize("steps", [0, 32], ids=["one search", "by halves"])
@settings(max_examples=drawn(250), deadline=None)
@given(networks, st.lists(st.integers(0, 2**128 - 1), max_size=5))
def test_the_longest_prefix_is_found(steps: int, listed: list[Network], more: list[int]) -> None:
    table = PrefixTable.of([p for n in listed if (p := parse_prefix(str(n)))])
    wanted = [*more, 0, 0xFFFF << 32, (0xFFFF << 32) + 2**32, *(a for n in listed for a in edges(n))]
    hi = np.array([a >> 64 for a in wanted], np.uint64)
    lo = np.array([a & 2**64 - 1 for a in wanted], np.uint64)
    with patch.object(prefixes, "_MOST_STEPS", steps):
        found = table.lookup(hi, lo).tolist()
    assert found == [by_trying_all(listed, a) for a in wanted]


@pytest.mark.long
@settings(max_examples=drawn(200), deadline=None)
@given(st.text("0123456789./:abcf ", max_size=22) | v4_networks.map(str) | v6_networks.map(str))
def test_a_text_is_a_prefix_where_ipaddress_says_so(text: str) -> None:
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError:
        assert parse_prefix(text) is None or "/" not in text or text.split("/")[1].startswith("0")
        return
    if "/" in text and "." in text.split("/")[1]:  # a netmask: nobody announces one
        assert parse_prefix(text) is None
        return
    shift, longer = (0xFFFF << 32, 96) if network.version == 4 else (0, 0)
    assert parse_prefix(text) == (int(network.network_address) + shift, network.prefixlen + longer)
