"""Every address and every form with what nobody would send who means well: no error of the program, no write that the trail does not
know or that was not this person's to make, and no refusal without a sentence."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from hypothesis import given
from hypothesis import strategies as st

from floreo.organisations.models import Organisation
from tests.fuzz.hostile import of_a_kind, quoted, values
from tests.fuzz.profile import examples, judge
from tests.fuzz.site import Form, Hang, Site, look

FORM = "application/x-www-form-urlencoded"


@st.composite
def queries(draw: Any, names: list[str]) -> str:
    """One to three of the names that a page reads, one of them perhaps twice, with values that it does not expect."""
    chosen = draw(st.lists(st.sampled_from(names or ["q"]), min_size=1, max_size=3))
    return "&".join(f"{quote(name)}={quoted(draw(values))}" for name in chosen)


@st.composite
def odd_paths(draw: Any, address: str) -> str:
    """The address with one of its steps replaced."""
    steps = address.split("/")
    place = draw(st.integers(1, max(1, len(steps) - 2)))
    steps[place] = quoted(draw(values)).replace("+", "%20")[:4000] or "%20"
    return "/".join(steps)


def check(
    site: Site, role: str, address: str, body: bytes = b"", kind: str = "", *, method: str = "", extra: Any = None
) -> None:
    method, extra = method or ("POST" if kind else "GET"), extra or {}

    def ask(client: Client) -> Any:
        client.cookies.clear() if "HTTP_COOKIE" in extra else None
        return client.generic(method, address, body, **{"content_type": kind or "application/octet-stream", **extra})

    seen = look(ask, site.client(role))
    wrong = seen.wrong(
        is_get=method in {"GET", "HEAD", "OPTIONS"}, may_write=may_write(role, address), is_head=method == "HEAD"
    )
    judge(wrong, f"{method} {route_of(address)}", f"{role} {method} {address} {kind} {body!r} {extra or ''}")


def route_of(address: str) -> str:
    try:
        return resolve(unquote(urlsplit(address).path)).route
    except Resolver404:
        return "(none)"


def who(address: str) -> st.SearchStrategy[str]:
    inside = ("administrator", "administrator", "secretariat", "secretariat", "operator", "stranger")
    return st.sampled_from(
        inside if address.startswith("/workspace/") else ("stranger", "stranger", "administrator", "operator")
    )


@pytest.mark.long
def test_an_address_takes_any_question(site: Site) -> None:
    @examples(gate=70)
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        address = data.draw(st.sampled_from(site.addresses))
        role = data.draw(who(address))
        if data.draw(st.booleans()) or data.draw(st.booleans()):
            address += "?" + data.draw(queries(site.page(role, address).names))
        else:
            address = data.draw(odd_paths(address))
        check(site, role, address)

    ask()


@st.composite
def bodies(draw: Any, form: Form) -> tuple[bytes, str]:
    """The form as it might be sent, with one or two of its fields as nobody means them: body and content type."""
    fields: list[tuple[str, str | bytes]] = list(form.fields)
    names = [name for name, _value in fields] + form.files
    for _each in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(names or ["x"]))
        how = draw(st.sampled_from(("other", "other", "other", "other", "twice", "missing", "only", "rows")))
        if how == "other":
            fields = [(n, v) for n, v in fields if n != name] + [(name, draw(of_a_kind(form.kinds.get(name, ""))))]
        elif how == "twice":
            fields.append((name, draw(values)))
        elif how == "missing":
            fields = [(n, v) for n, v in fields if n != name]
        elif how == "only":
            fields = [(name, draw(values))]
        else:  # as forms with rows count theirs
            fields += [(f"form-{n}-{name}", "x") for n in range(3)] + [("form-TOTAL_FORMS", draw(values))]
    if not form.files and draw(st.integers(0, 4)):
        return "&".join(f"{quote(n)}={quoted(v)}" for n, v in fields).encode(), FORM
    made: tuple[bytes, str] = draw(parts(fields, form.files))
    return made


FILES = (
    b"",
    b"x",
    b"a,b\n1,2\n",
    b"PK\x03\x04",
    b"%PDF-1.7\n%%EOF",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xfeA\x00",
    b"{}",
    b"\x00" * 100,
)
NAMES = (
    b"a.csv",
    b"a.xlsx",
    b"a.pdf",
    b"a.docx",
    b"../../x",
    b"\xff\xfe.csv",
    b"x" * 300 + b".csv",
    b".",
    b"a\x00.csv",
    b"a",
    b"\xe2\x80\xaefdp.exe",
)


@st.composite
def parts(draw: Any, fields: list[tuple[str, str | bytes]], files: list[str]) -> tuple[bytes, str]:
    """The same as multipart: files where files belong, or where they do not, or text in their place."""
    lines: list[bytes] = []

    def add(head: bytes, body: bytes) -> None:
        lines.extend((b"--limit", b"Content-Disposition: form-data; " + head, b"", body))

    wrong = draw(st.sampled_from(("", "", "", "text for a file", "file for a text", "cut off", "no limit")))
    for name, value in fields:
        body = value if isinstance(value, bytes) else value.encode()
        if wrong == "file for a text":
            add(b'name="%s"; filename="x.txt"\r\nContent-Type: text/plain' % name.encode(), body)
        else:
            add(b'name="%s"' % name.encode(), body)
    for name in files:
        body = draw(st.one_of(st.sampled_from(FILES), st.binary(max_size=60)))
        if wrong == "text for a file":
            add(b'name="%s"' % name.encode(), body)
        else:
            add(b'name="%s"; filename="%s"' % (name.encode(), draw(st.sampled_from(NAMES))), body)
    lines.extend((b"--limit--", b""))
    body = b"\r\n".join(lines)
    if wrong == "cut off":
        body = body[: len(body) // 2]
    return body, "multipart/form-data" + ("" if wrong == "no limit" else "; boundary=limit")


def may_write(role: str, address: str) -> bool:
    """A visitor writes only where a link or a form for everybody lets them."""
    return role != "stranger" or not re.match(r"/(workspace|api|data|strategy|indicators)/", address)


@pytest.mark.guards("no form fails at what nobody would type; LONG=1 has addresses, headers, calls and readers")
def test_a_form_takes_any_answer(site: Site) -> None:
    @examples(gate=70)
    @given(st.data())
    def send(data: st.DataObject) -> None:
        address = data.draw(st.sampled_from(site.addresses))
        role = data.draw(who(address))
        form = data.draw(st.sampled_from(site.page(role, address).forms))
        body, kind = data.draw(bodies(form))
        check(site, role, form.action, body, kind)

    send()


@pytest.mark.django_db
def test_what_must_not_happen_would_be_seen(stranger: Client) -> None:
    """Else the tests above would prove nothing."""
    body = Organisation.objects.create(code="a", name="A", kind="agency")

    def rename(client: Client) -> Any:
        Organisation.objects.update(name="B")
        return client.get("/robots.txt")

    seen = look(rename, stranger)
    assert seen.wrong(is_get=False, may_write=True) == [
        "wrote into ['organisations_organisation'] without an entry of the trail"
    ]
    assert len(seen.wrong(is_get=True, may_write=True)) == 2
    body.refresh_from_db()
    assert body.name == "A"  # and it is taken back
    silent = look(lambda _client: HttpResponse("<p>No.</p>", status=422), stranger)
    assert silent.wrong(is_get=True, may_write=False) == ["status 422 without a sentence: b'<p>No.</p>'"]
    assert look(lambda c: c.get("/no-such-page/"), stranger).wrong(is_get=True, may_write=False) == []
    with pytest.raises(Hang):
        look(lambda _client: sum(iter(lambda: 1, 0)), stranger, seconds=0.1)
