"""The site as somebody meets it who means harm: its addresses with examples, what each page reads from its address and from its
forms, and what every answer has to hold, whatever was sent."""

from __future__ import annotations

import gzip
import pkgutil
import re
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from importlib import import_module
from traceback import extract_tb
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import override
from lxml import html

import tests
from floreo.core import throttle
from floreo.core.models import AuditEntry
from floreo.evidence.models import Evidence
from floreo.feeds.holding_links import token_of as findings_token
from floreo.feeds.models import Notice
from floreo.frameworks.models import Framework
from floreo.indicators.models import Indicator
from floreo.organisations.actions import locked_out_link
from floreo.organisations.models import Country, Organisation, Place, User
from floreo.portal.urls import urlpatterns as public_routes
from floreo.publications.models import Publication
from floreo.reports.access import preview_token
from floreo.reports.models import PreviewLink, Snapshot
from floreo.reviews.access import token_of as answer_token
from floreo.reviews.models import UpdateRequest
from floreo.strategy.models import Action
from floreo.tasks.access import feed_token
from floreo.workspace.areas import areas
from tests.contracts.test_urls import filled

Answer = HttpResponseBase
CPU_SECONDS = 10.0  # of this process, for one request: more is a hang
# What no entry of the trail records: who is signed in since when, what was counted, which form was sent already, what a calendar
# program was given last.
PASSING = {
    "django_session",
    "django_cache",
    "core_cache",
    "usersessions_usersession",
    "core_tokenbucket",
    "tasks_feedkey",
    "core_onetimelink",
}
ACCOUNT = (  # of the sign-in library's own, those that a person can come to
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_signup",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_login_webauthn",
    "usersessions_list",
    "socialaccount_connections",
    "socialaccount_signup",
)


# --- Addresses ----------------------------------------------------------------------------------------------------


def of_the_workspace(country: Country, user: User) -> Iterator[str]:
    given: dict[str, list[object]] = {}
    for module in pkgutil.walk_packages(tests.__path__, "tests."):
        if module.name.endswith(".addresses"):
            given |= import_module(module.name).examples(country, user)
    for area in areas():
        for name in area.needs:
            yield reverse(f"workspace:{name}", args=given.get(name, []))


def of_the_portal(user: User) -> Iterator[str]:
    """Of public things, where there are such; with links that open something by themselves."""
    act = Action.objects.filter(is_public=True).select_related("edition", "objective__pillar").order_by("pk")[0]
    report = Snapshot.objects.filter(edition=act.edition).order_by("pk")[0]
    edition, snapshot = act.edition.code, report.code
    link, _made = PreviewLink.objects.get_or_create(snapshot=report, name="The minister", language="en", made_by="X")
    ask = UpdateRequest.objects.filter(review__state="open").order_by("pk")[0]
    notice = Notice.objects.order_by("pk")[0]
    body = Organisation.objects.filter(is_public=True).order_by("pk")[0].code
    parts: dict[str, list[list[object]]] = {
        "copy": [[edition, "json"]],
        "pillar": [[edition, act.objective.pillar.code]],
        "objective": [[edition, act.objective.code]],
        "action action_history": [[edition, act.code]],
        "edition money strategy_text timeline decisions edition_calendar closing": [[edition]],
        "indicator": [[Indicator.objects.filter(is_public=True).order_by("pk")[0].code]],
        "organisation": [[body]],
        "district": [[Place.objects.filter(kind="district").order_by("pk")[0].code]],
        "table": [["actions"], ["readings"]],
        "table_file": [["actions", "csv"]],
        "calendar": [[feed_token(user)]],
        "answer": [[answer_token(ask)]],
        "findings findings_file": [[findings_token(notice, 0)]],
        "evidence_file": [[Evidence.objects.filter(is_public=True).order_by("pk")[0].code]],
        "publication publication_file": [[Publication.objects.filter(state="published").order_by("pk")[0].code]],
        "framework": [[each] for each in Framework.objects.order_by("pk").values_list("code", flat=True)[:2]],
        "closing_file": [[edition, "pdf"]],
        "donor": [[edition, body]],
        "report_of minister": [[edition, snapshot]],
        "report_file minister_file": [[edition, snapshot, "docx"]],
        "report_preview minister_preview": [[preview_token(link)]],
        "report_preview_file": [[preview_token(link), "report", "pdf"]],
        "donor_preview": [[preview_token(link), body]],
        "donor_preview_file": [[preview_token(link), body, "pdf"]],
        "donor_of": [[edition, snapshot, body]],
        "donor_file": [[edition, snapshot, body, "docx"]],
    }
    examples = {name: given for names, given in parts.items() for name in names.split()}
    linked = _linked()
    for route in public_routes:
        name = f"portal:{route.name}"
        if route.name == "health":  # 503 is its answer where no worker is at work
            continue
        if route.name in examples:
            yield from (reverse(name, args=args) for args in examples[route.name])
        else:
            yield linked.get(name) or filled(str(route.pattern))


@cache  # the sample country is the same for each test
def _linked() -> dict[str, str]:
    """Of public views those to which a page leads that needs no example: the name of each, and an address."""
    stranger, found = Client(), dict[str, str]()
    waiting = deque(filled(str(route.pattern)) for route in public_routes if "<" not in str(route.pattern))
    while waiting:
        page = stranger.get(waiting.popleft())
        if page.streaming or not page.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for path in re.findall(r'href="(/[^"#?]+)', page.content.decode()):
            with suppress(Resolver404):
                name = resolve(unescape(path)).view_name
                if name not in found:
                    found[name] = unescape(path)
                    waiting.append(found[name])
    return found


def of_accounts(user: User) -> Iterator[str]:
    for name in ACCOUNT:
        try:
            yield reverse(name)
        except NoReverseMatch:  # a part of the library that is switched off
            continue
    yield reverse("account_reset_password_from_key", args=["1", "set-password"])
    yield locked_out_link(by=user)
    yield "/welcome/x/"
    yield "/account/invitation/x/"


def of_programs() -> Iterator[str]:
    yield from ("/api/v1/", "/api/v1/actions", "/api/v1/readings", "/api/v1/networks", "/api/v1/audit/head", "/metrics")
    yield from ("/api/v1/editions/2025-2028/plan", "/api/v1/nothing/like/it", "/no-such-page/", "/static/nothing.css")


def addresses(country: Country, user: User) -> list[str]:
    """One example of every address that there is."""
    with override("en"):
        inside = [*of_the_workspace(country, user)]
        Notice.objects.update(to=[c.email for c in Organisation.objects.exclude(contacts=None)[0].contacts.all()][:1])
        return sorted({*inside, *of_the_portal(user), *of_accounts(user), *of_programs()})


# --- What a page reads --------------------------------------------------------------------------------------------


class Watched(QueryDict):
    """Remembers under which names somebody looked for something."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.names: set[str] = set()
        super().__init__(*args, **more)

    def __getitem__(self, key: Any) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def _getlist(self, key: Any, *args: Any, **more: Any) -> Any:
        self.names.add(key)
        return super()._getlist(key, *args, **more)  # type: ignore[misc]  # the stubs leave it out

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            self.names.add(key)
        return super().__contains__(key)


class _WatchingHandler(ClientHandler):
    asked: Watched
    posted: Watched

    def get_response(self, request: HttpRequest) -> Any:
        self.asked = Watched(request.META.get("QUERY_STRING", ""))
        self.posted = Watched("")
        request.GET = self.asked  # type: ignore[assignment]  # as Django itself does in tests
        if request.method == "POST":
            request._load_post_and_files()
            request.POST = self.posted  # type: ignore[assignment]
        return super().get_response(request)


class WatchingClient(Client):
    def __init__(self, **more: Any) -> None:
        super().__init__(raise_request_exception=False, **more)
        self.handler: _WatchingHandler = _WatchingHandler(enforce_csrf_checks=False)


@dataclass
class Form:
    """A form as it is on a page, filled so that it could be sent. `files` are names of its fields for files."""

    action: str
    fields: list[tuple[str, str]]
    files: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)  # of controls, by name: date, number, select, textarea, …


@dataclass
class Page:
    """What can be sent to one address: the names it reads from a query, and its forms."""

    address: str
    names: list[str]
    forms: list[Form]


_LIKELY = {
    "date": "2026-11-20",
    "datetime-local": "2026-11-20T10:00",
    "number": "1",
    "email": "new@example.org",
    "url": "https://example.org/",
    "tel": "+1 555 0100",
    "color": "#123456",
    "time": "10:00",
}


def _filled(control: Any) -> tuple[str, str] | None:
    """A control's name and the value it would send, or one that it may take; None for one that sends nothing."""
    kind = control.get("type", "text") if control.tag == "input" else control.tag
    name, value = control.get("name"), control.get("value") or ""
    if not name or name == "csrfmiddlewaretoken" or kind in {"file", "button", "reset", "image"}:
        return None
    if kind in {"checkbox", "radio"}:
        return (name, control.get("value") or "on") if control.get("checked") is not None or kind == "radio" else None
    if kind == "select":
        chosen = [o.get("value") or "" for o in control.iter("option") if o.get("selected") is not None]
        offered = [o.get("value") or "" for o in control.iter("option") if o.get("value")]
        return name, next((v for v in [*chosen, *offered] if v), "")
    if kind == "textarea":
        value = control.text or ""
    return name, value.strip() or _LIKELY.get(kind, "Some text")


def _forms(page: str, text: str) -> Iterator[tuple[str, Form]]:
    """(method, form) for every form of a page."""
    for form in html.document_fromstring(text).iter("form"):
        action = urljoin(page, form.get("action") or page)
        controls = list(form.iter("input", "select", "textarea", "button"))
        given = dict(filter(None, map(_filled, controls)))
        files = [name for each in controls if each.get("type") == "file" and (name := each.get("name"))]
        kinds = {str(each.get("name")): str(each.get("type") or each.tag) for each in controls}
        yield (form.get("method") or "get").lower(), Form(action, list(given.items()), files, kinds)


def _names_in_links(page: str, text: str) -> set[str]:
    found = set[str]()
    hrefs: Any = html.document_fromstring(text).xpath("//a/@href | //@hx-get")
    for href in hrefs:
        parts = urlsplit(urljoin(page, href))
        if parts.path == urlsplit(page).path:
            found |= {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    return found


def text_of(response: Answer) -> str:
    """The page; nothing where the answer is no page."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if response.streaming or not is_page:
        return ""
    return str(response.content.decode())  # type: ignore[attr-defined]


# --- What every answer must hold ----------------------------------------------------------------------------------


class Hang(BaseException):
    """One request took more of the processor than any may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Ends what takes more of the processor than that; how long it waits for others is no matter."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Hang(f"more than {seconds} seconds of the processor")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


_WRITE = re.compile(r'\s*(?:INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
_POINT = re.compile(r'\s*(ROLLBACK TO )?SAVEPOINT "?(\w+)"?', re.IGNORECASE)


class Written:
    """Into which tables something was written that stayed."""

    def __init__(self) -> None:
        self._tables: list[str] = []
        self._marks: dict[str, int] = {}

    @property
    def tables(self) -> list[str]:
        return sorted(set(self._tables) - PASSING)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if point := _POINT.match(sql):
            if point[1]:
                del self._tables[self._marks.get(point[2], 0) :]
            else:
                self._marks[point[2]] = len(self._tables)
        elif (found := _WRITE.match(sql)) and context[
            "cursor"
        ].rowcount:  # of what was there already, nothing is written
            self._tables.append(found[1])
        return result


def _sentences(text: str) -> str:
    """What a page that refuses says of it."""
    found: Any = html.document_fromstring(text).xpath(
        "//*[contains(@class, 'fl-lede') or contains(@class, 'error') or contains(@class, 'fl-why')]"
    )
    return " ".join(" ".join(each.text_content() for each in found).split())


@dataclass
class Seen:
    """An answer, and what came with it."""

    response: Answer
    broke: list[str]
    written: list[str]
    entries: int
    body: bytes

    def wrong(self, *, is_get: bool, may_write: bool, is_head: bool = False) -> list[str]:
        """What no answer may do."""
        status, found = self.response.status_code, list(self.broke)
        if status >= 500:
            found.append(f"status {status}")
        if self.written and (is_get or not may_write):
            found.append(f"wrote into {self.written}")
        if self.written and not self.entries:
            found.append(f"wrote into {self.written} without an entry of the trail")
        if status in {403, 404} and self.written:
            found.append(f"refused, and wrote into {self.written}")
        if 400 <= status < 500 and status != 405 and not is_head and not self._explains():
            found.append(f"status {status} without a sentence: {self.body[:200]!r}")
        return found

    def _explains(self) -> bool:
        kind = self.response.headers.get("Content-Type", "")
        if kind.startswith("text/html"):
            return len(_sentences(self.body.decode())) > 10
        return len(self.body) > 10 or kind == ""


def where(error: BaseException | None) -> str:
    """What broke, and the last of our lines that was at work."""
    ours = [
        f
        for f in extract_tb(error.__traceback__ if error else None)
        if "/floreo/" in f.filename and "site-packages" not in f.filename
    ]
    at = f" at {ours[-1].filename.rpartition('/floreo/')[2]}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}: {str(error)[:150]}{at}"


def look(ask: Callable[[Client], Any], client: Client, *, seconds: float = CPU_SECONDS) -> Seen:
    """Asks, and takes back whatever came of it."""
    broke: list[str] = []

    def note(**_more: object) -> None:
        broke.append(where(sys.exc_info()[1]))

    throttle.METER.clear()
    written = Written()
    client.raise_request_exception = False
    got_request_exception.connect(note)
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    try:
        with override("en"), transaction.atomic(), within(seconds):
            with connection.execute_wrapper(written):
                response = ask(client)
                try:
                    body = b"".join(response.streaming_content) if response.streaming else response.content
                    if response.headers.get("Content-Encoding") == "gzip":
                        body = gzip.decompress(body)
                except Exception as error:  # an answer that breaks off while it is sent
                    broke.append(f"while sent: {where(error)}")
                    body = b""
            entries = 0 if connection.needs_rollback else AuditEntry.objects.filter(number__gt=last).count()
            transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(note)
    return Seen(response, broke, written.tables, entries, body)


@dataclass
class Site:
    """Addresses, and people before them: session keys by role, none for the visitor."""

    addresses: list[str]
    sessions: Mapping[str, str]
    _pages: dict[tuple[str, str], Page] = field(default_factory=dict)

    def client(self, role: str, kind: type[Client] = Client) -> Client:
        client = kind()
        if self.sessions[role]:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client

    def page(self, role: str, address: str) -> Page:
        """What the page takes from this person, found by looking at it."""
        if (role, address) not in self._pages:
            self._pages[role, address] = self._looked_at(role, address)
        return self._pages[role, address]

    def _looked_at(self, role: str, address: str) -> Page:
        client = self.client(role, WatchingClient)
        seen = look(lambda c: c.get(address), client)
        assert isinstance(client, WatchingClient)
        text, names, forms = text_of(seen.response), client.handler.asked.names, list[Form]()
        if text:
            names |= _names_in_links(address, text)
            for method, form in _forms(address, text):
                if method == "post" and urlsplit(form.action).netloc in {"", "testserver"}:
                    forms.append(form)
                elif urlsplit(form.action).path == urlsplit(address).path:
                    names |= {name for name, _value in form.fields}
        if not forms:  # an address that only takes: what it looks for when nothing is sent
            look(lambda c: c.post(address), client)
            posted = client.handler.posted.names - {"csrfmiddlewaretoken"}
            forms.append(Form(address, [(name, "x") for name in sorted(posted)]))
        return Page(address, sorted(names - {"csrfmiddlewaretoken"}), forms)


def sessions_of(users: Iterable[User]) -> dict[str, str]:
    found = {"stranger": ""}
    for user in users:
        client = Client()
        client.force_login(user)
        found[user.email.partition("@")[0]] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found
