"""Observables out of text, and in and out of the form in which nobody opens one by mistake."""

from __future__ import annotations

import string
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.incidents.observables import MOST, Found, Own, defanged, extract, kind_of, refanged

TEXT = """Dear team, the link hxxps[:]//login.evil[.]example[.]com/path?a=1) came from bad(at)evil[punto]test.
It went to 198[.]51[.]100[.]8 and 2001:db8::1, not to 10.0.0.1, at 10:22:40, with version 1.2.3.4.5 and CVE-2021-44228.
invoice_2026.pdf.exe is D41D8CD98F00B204E9800998ECF8427E, setup.py is not ours. It was locked.It is paid by
bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq or 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, never 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb.
Visit www.example.org, e.g. (http://192.0.2.7:8080/x)."""


def test_a_pasted_mail_gives_what_it_names_once_and_in_its_order() -> None:
    assert extract(f"{TEXT}\n{TEXT}") == (
        Found("url", "https://login.evil.example.com/path?a=1"),
        Found("domain", "login.evil.example.com"),
        Found("email", "bad@evil.test"),
        Found("ipv4", "198.51.100.8"),
        Found("ipv6", "2001:db8::1"),
        Found("cve", "CVE-2021-44228"),
        Found("file", "invoice_2026.pdf.exe"),
        Found("md5", "d41d8cd98f00b204e9800998ecf8427e"),
        Found("file", "setup.py"),
        Found("bitcoin", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        Found("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        Found("domain", "www.example.org"),
        Found("url", "http://192.0.2.7:8080/x"),
        Found("ipv4", "192.0.2.7"),
    )


def test_our_own_are_left_out() -> None:
    own = Own(["csirt.example", "@floreo.example", "198.51.100.0/24", "2001:db8::/32"])
    text = "desk@csirt.example a@b.csirt.example x@floreo.example http://www.csirt.example/ 198.51.100.9 2001:db8::5 notcsirt.example"
    assert extract(text, own=own) == (Found("domain", "notcsirt.example"),)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("url", "https://a.evil.example/x.html", "hxxps://a[.]evil[.]example/x.html"),
        ("domain", "evil.example", "evil[.]example"),
        ("email", "a.b@evil.example", "a[.]b[@]evil[.]example"),
        ("ipv4", "192.0.2.1", "192[.]0[.]2[.]1"),
        ("ipv6", "2001:db8::1", "2001[:]db8[:][:]1"),
        ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("file", "a.exe", "a.exe"),
    ],
)
def test_on_a_screen_nobody_opens_one_by_mistake(kind: str, value: str, shown: str) -> None:
    assert defanged(kind, value) == shown
    assert kind_of(shown) == Found(kind, value)


_LABEL = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)
_DOMAIN = st.builds(lambda a, b: f"{a}.{b}.example", _LABEL, _LABEL)
_ADDRESS = st.one_of(
    st.builds(lambda a: ("domain", a), _DOMAIN),
    st.builds(lambda a, p: ("url", f"https://{a}/{p}"), _DOMAIN, st.text(string.ascii_letters + "/=&?", max_size=30)),
    st.builds(lambda a, d: ("email", f"{a}@{d}"), _LABEL, _DOMAIN),
    st.builds(lambda n: ("ipv4", str(n)), st.integers(0x0B000000, 0x63FFFFFF).map(IPv4Address)),
    st.builds(lambda n: ("ipv6", str(n)), st.integers(0x20010000 << 96, (0x20020000 << 96) - 1).map(IPv6Address)),
    st.builds(lambda t: ("sha256", t), st.text("0123456789abcdef", min_size=63, max_size=63).map(lambda t: "a" + t)),
)


@given(_ADDRESS)
def test_what_is_defanged_is_found_again(pair: tuple[str, str]) -> None:
    kind, value = pair
    shown = defanged(kind, value)
    assert refanged(shown) == value
    assert kind_of(value) == kind_of(shown)
    assert Found(kind, kind_of(value).value) in extract(f"see {shown} please")  # type: ignore[union-attr]  # found above
    assert "://" not in shown or shown.startswith("hxxp")


@pytest.mark.long
@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str) -> None:
    for found in extract(text):
        assert kind_of(found.value) is not None
        assert kind_of(defanged(*found)) == kind_of(found.value)
    assert len(refanged(text)) <= len(text) + text.count("[") + text.count("(") + text.count("{") + 1


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "piece", ["a.", "a@", "1.", "::", "[.]", "http://", "(dot)", "x" * 63 + ".", "0" * 32 + " ", "((("]
)
def test_what_is_made_to_take_long_ends(piece: str) -> None:
    assert len(extract(piece * 100_000)) <= MOST
