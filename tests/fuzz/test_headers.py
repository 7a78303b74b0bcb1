"""What is round a request: headers, cookies and methods that no browser sends, at every kind of address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.hostile import values
from tests.fuzz.profile import examples
from tests.fuzz.site import Site
from tests.fuzz.test_site import check, queries, who

ALPHABETS = ("rot13", "zlib", "unicode_escape", "utf-7", "idna", "undefined", "utf-16", "cp037", "x" * 300, '"')
# What programs and proxies send, and what our server or a library reads.
LIKELY: dict[str, tuple[str, ...]] = {
    "Host": ("testserver", "localhost:0", "localhost:99999", "[::1", "[::1]:x", "a" * 300, "testserver."),
    "X-Forwarded-For": ("1.2.3.4", "::1, x", "1.2.3.4:99999", "[::1]:1", "unknown", ",,,", "%eth0"),
    "X-Forwarded-Proto": ("https", "https, http", "ftp"),
    "X-Forwarded-Host": ("evil.example",),
    "Accept": ("*/*", "text/html;q=²", ";;;", "application/json;q=1e400", "a/b;" * 500),
    "Accept-Language": ("es", "es-²;q=1", "x" * 600, "*;q=0.0000", "es;q=1e9", "zh-hans,;,", "\xed\xa0"),
    "Accept-Encoding": ("gzip", "gzip;q=NaN", "identity;q=0, *;q=0"),
    "If-None-Match": ("*", '"x"', 'W/"x", "y', '"' * 900, '"\xff"'),
    "If-Match": ("*", '"x"'),
    "If-Modified-Since": (
        "Tue, 24 Nov 2026 08:00:00 GMT",
        "Tue, 24 Nov 99999 08:00:00 GMT",
        "Tue, 31 Feb 2026 08:00:00 GMT",
        "Tuesday, 00-Nov-94 08:49:37 GMT",
        "Thu Jan  0 00:00:00 0000",
        "Thu, 01 Jan 0001 00:00:00 GMT",
    ),
    "If-Unmodified-Since": ("Thu, 01 Jan 0001 00:00:00 GMT",),
    "If-Range": ('"x"', "²"),
    "Range": (
        "bytes=0-",
        "bytes=-1",
        "bytes=9-1",
        "bytes=²-",
        "bytes=0-" + "9" * 5000,
        "bytes=" + "0-1," * 900,
        "lines=1",
    ),
    "Authorization": ("Bearer x", "Bearer", "Bearer \xff", "Basic ²", "Bearer " + "x" * 5000),
    "Content-Type": (
        *(f"application/octet-stream; charset={name}" for name in ALPHABETS),
        *("a/b; c*=none''x", "a/b; c*=idna''xn--%ff", "multipart/form-data; boundary=\xff"),
        "multipart/form-data; boundary*=rot13''x",
    ),
    "Cookie": (
        "sessionid=x; sessionid=y",
        "sessionid=" + "x" * 3000,
        "sessionid=\xff",
        "messages=x:y:z",
        "messages=[[]]",
        "messages=" + "[" * 3000,
        "language=²; known=x",
        "language=es; language=../../x",
        "known=" + "a:b:c",
        "csrftoken=\xe9",
        "=;=;;",
        '"=\\"',
    ),
    "HX-Request": ("true",),
    "HX-Current-URL": ("http://[", "http://[::1", "//", "javascript:1", "http://testserver/workspace/?\xff"),
    "HX-Boosted": ("true",),
    "HX-Target": ("x",),
    "Hx-Current-Url-Uri-Autoencoded": ("true",),
    "Referer": ("http://[", "//evil"),
    "Origin": ("null", "http://[", "http://testserver"),
    "User-Agent": ("x" * 5000, "\xff\xfe"),
    "Transfer-Encoding": ("chunked",),
    "Content-Length": ("²", "-1", "1e3", "99999999999999999999999"),
}


def as_header(value: str | bytes) -> str:
    """As a server hands it on: bytes as Latin-1, no line ends."""
    data = value if isinstance(value, bytes) else value.encode()
    return data.decode("latin-1").translate({0: None, 10: None, 13: None})[:8000]


@st.composite
def headers(draw: Any) -> dict[str, str]:
    chosen = draw(st.lists(st.sampled_from(sorted(LIKELY)), min_size=1, max_size=3, unique=True))
    found = {name: draw(st.one_of(st.sampled_from(LIKELY[name]), values.map(as_header))) for name in chosen}
    special = {"Content-Type", "Content-Length"}
    return {
        (name if name in special else f"HTTP_{name}").upper().replace("-", "_"): value for name, value in found.items()
    }


METHODS = ("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 200)


@pytest.mark.long
def test_a_request_wears_anything(site: Site) -> None:
    @examples(gate=60)
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        address = data.draw(st.sampled_from(site.addresses))
        role = data.draw(who(address))
        if data.draw(st.booleans()):
            address += "?" + data.draw(queries(["q", "after", "download", "kind"]))
        with override_settings(BEHIND_PROXY=data.draw(st.booleans())):
            check(site, role, address, method=data.draw(st.sampled_from(METHODS)), extra=data.draw(headers()))

    ask()


NAMED = (
    "charset=rot13",
    "charset=utf-7",
    "charset=idna",
    "charset=utf-16",
    "a*=none''x",
    "a*=idna''xn--%ff",
    "charset=x",
)


@pytest.mark.long
@pytest.mark.parametrize("named", NAMED)
def test_no_alphabet_but_ours_is_read(small_country: object, stranger: Client, named: str) -> None:
    """In utf-7, NUL and half a character are written with characters that nobody stops; with others Django itself breaks."""
    stranger.raise_request_exception = False
    for query in ("organisation=%2BAAA-&q=%2B2AA-", "q=a"):
        answer = stranger.get(f"/organisations/?{query}", CONTENT_TYPE=f"text/plain; {named}")
        assert (query, answer.status_code) == (query, 200)
    for form in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = stranger.generic("POST", "/account/login/", b"login=a", content_type=f"{form}; {named}")
        assert (form, answer.status_code) in {(form, 422), (form, 200)}


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("small_country")
@pytest.mark.parametrize("current", ["http://[", "http://[::1", "//", ""])
def test_who_asks_for_a_part_from_nowhere_is_sent_to_sign_in(stranger: Client, current: str) -> None:
    answer = stranger.get("/workspace/", headers={"hx-request": "true", "hx-current-url": current})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/account/login/?next=")
