"""What every test may ask for: the sample country, people in their roles, and a visitor's browser."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from floreo.core import cage, clock, languages, outgoing, throttle
from floreo.core.migrations._chain import unguard
from floreo.core.models import OutboxMail, SearchEntry
from floreo.organisations.models import Country, Membership, Organisation, User
from floreo.organisations.queries import in_the_country
from floreo.workspace import menu
from tests import emptying, loaded

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out what no other database can change")


_ALL_LONG = re.compile(r"^pytestmark = .*\bpytest\.mark\.long\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The gate does not even import a file of which all tests are long: half of what it takes to find the tests is for those it leaves out."""
    if not _is_gate(config) or not collection_path.name.startswith("test_"):
        return None
    return True if _ALL_LONG.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Nor looks closer at a test or a class that is long."""
    marks = getattr(obj, "pytestmark", []) if _is_gate(collector.config) else []
    return [] if isinstance(marks, list) and any(mark.name == "long" for mark in marks) else None


def _is_gate(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "not long")


MOST_OF_A_NAME = 60  # characters of a text that names a case


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file or a long text is numbered: made again by each worker it may differ, and then they would collect other tests."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > MOST_OF_A_NAME) else None


# They start servers and processes and wait for them: begun last, they would leave the processor idle at the end.
WAITING = (
    "e2e",
    "config",
    "wheel",
    "contracts/test_guide_desk.py",
    "core/test_outbox.py",
    "feeds/engine/test_submit.py",
)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before the groups are read, and after all others put them into an order
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    _put_into_groups(items)
    _leave_further_cases_to_the_night(items)
    if config.getoption("--database-only"):
        _leave_out_what_one_database_shows(config, items)
    yield
    first = within(WAITING)
    # Those that find the same pack loaded follow each other. On the second database those with nights of reports come last:
    # the other lane prepares them meanwhile.
    packs = [None, *LOADED.values()]
    packs.sort(key=lambda pack: pack == LOADED["isla_feeds"])

    def place(item: pytest.Item) -> tuple[bool, int]:
        return not first(item), packs.index(_pack_of(item))

    items.sort(key=place)


def within(places: Iterable[str]) -> Callable[[pytest.Item], bool]:
    """Whether a test is in one of these folders or files of tests/."""
    folders = tuple(f"{ROOT / 'tests' / place}{'' if place.endswith('.py') else '/'}" for place in places)
    return lambda item: str(item.path).startswith(folders)


def _put_into_groups(items: list[pytest.Item]) -> None:
    """Whatever shares a server or a browser is run by one worker, which then starts it once."""
    is_of_the_api = within(["api"])
    for item in items:
        if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="runs where the tests run on PostgreSQL"))
        if is_of_the_api(item):  # the API is built at its first call, which takes seconds
            item.add_marker(pytest.mark.xdist_group("api"))
        if "isla_feeds" in getattr(item, "fixturenames", ()):  # read into memory once, which takes seconds
            item.add_marker(pytest.mark.xdist_group("reports"))


def _leave_further_cases_to_the_night(items: list[pytest.Item]) -> None:
    """Of a test marked `first_cases(number)` all further ones are long."""
    met = Counter[str]()
    for item in items:
        if mark := item.get_closest_marker("first_cases"):
            test = item.nodeid.partition("[")[0]
            met[test] += 1
            if met[test] > mark.args[0]:
                item.add_marker("long")


def _leave_out_what_one_database_shows(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second database the gate runs races, since who waits for whom is the database's, and what is marked `two_databases`:
    constraints, aggregates, text search and every page. LONG=1 runs whatever asks the database."""
    asks, is_whole = {"db", "transactional_db", "django_db_setup"}, bool(os.environ.get("LONG"))

    def stays(item: pytest.Item) -> bool:
        mark = item.get_closest_marker("django_db")
        if item.get_closest_marker("one_database"):
            return False
        if item.get_closest_marker("postgresql") or item.get_closest_marker("two_databases"):
            return True
        if is_whole:
            return bool(mark or asks & set(getattr(item, "fixturenames", ())))
        return bool(mark and mark.kwargs.get("transaction"))

    _keep(config, items, stays)


def _keep(config: pytest.Config, items: list[pytest.Item], stays: Callable[[pytest.Item], bool]) -> None:
    kept, out = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        (kept if stays(item) else out).append(item)
    config.hook.pytest_deselected(items=out)
    items[:] = kept


# A file, not memory: SQLite then locks between threads as it does in production.
database: dict[str, Any] = settings.DATABASES["default"]
if database["ENGINE"].endswith("sqlite3"):
    database.setdefault("TEST", {})["NAME"] = str(Path(os.environ["FLOREO_DATA"]) / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """What is there when a worker begins is the copy below; the folder of the tests goes with the last of them."""
    return _is_copied() or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Migrating takes each worker half a minute: one does it, and the others copy the file."""
    if not _is_copied():
        return
    from tests.config import installation  # late: it needs Django's settings

    name = str(database["TEST"]["NAME"])
    if connection.vendor == "postgresql":
        installation.copy_on_postgresql(os.environ["DATABASE_URL"], name)
        return
    one = installation.prepared(Path(f"{name}.copied"))
    shutil.copyfile(one.sqlite, name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """SQLite empties its tables after a test with threads by deleting, which the audit chain refuses: there, and only for
    tests, it does not. tests/core/test_audit.py puts the guard back."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS entry_is_not_removed")
    emptying.begin()


def _is_copied() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.fixture(scope="session", autouse=True)
def quick_settings() -> None:
    """Plain static files, a quick password hasher and no kept pages; nothing else differs from production."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Tests make rows behind the audit chain's back, which is what distinguishes kept pages from new ones.
    settings.KEEP_PAGES_SECONDS = 0
    settings.MADE_ROOT = Path(os.environ["FLOREO_DATA"]) / f"made-{os.getpid()}"  # each worker's database is its own
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(scope="session", autouse=True)
def readers_are_started_once() -> Iterator[None]:
    """What forks readers of foreign files imports them in a second or two, and ends when nobody asks for a minute: tests that read some
    come in any order, minutes apart."""
    with mock.patch.object(cage, "IDLE", 3600.0):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """Each Client builds the middleware again, and a server does so once: to find and stat every static file takes four fifths of it."""
    listed: dict[tuple[str, int], dict[str, Any]] = {}
    list_files = WhiteNoiseMiddleware.add_files_from_finders

    def add_those_listed(self: Any) -> None:
        key = (self.static_prefix, self.max_age)
        before, self.files = self.files, {}
        if key not in listed:
            list_files(self)
            listed[key] = self.files
        self.files = {**before, **listed[key]}

    with mock.patch.object(WhiteNoiseMiddleware, "add_files_from_finders", add_those_listed):
        yield


@pytest.fixture(autouse=True)
def a_fresh_meter() -> None:
    """No test pays for what another asked."""
    throttle.METER.clear()


# Where the menu counts what waits, as it does for people: on every page of the crawls, and where the counts are the subject.
MENU_COUNTS = ("contracts", "tasks", "workspace/assignments", "workspace/home")


@pytest.fixture(autouse=True)
def a_menu_that_does_not_count(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere, and but for tests that count queries, it does not: for the first page of each new account all tasks of the country are gathered, in some 70 queries."""
    asked = {"django_assert_num_queries", "django_assert_max_num_queries"} & set(request.fixturenames)
    if not asked and not within(MENU_COUNTS)(request.node):
        monkeypatch.setattr(menu, "waits_for", lambda user: {})


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A page asked for in Spanish leaves its language behind in the process; no test inherits it."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def no_site_before() -> None:
    """The process remembers whose languages it served last, and by them addresses get their prefix; no test inherits a site."""
    with languages.of_site(()):
        pass


@pytest.fixture
def whoever_holds_the_database(db: None) -> None:
    """Somebody who can take away what guards the chain, as its owner can."""
    unguard(None, SimpleNamespace(connection=connection))


# The fixtures that load a pack, each with the pack and whether its nights of reports are taken in.
LOADED = {
    "isla": ("isla-prueba", False),
    "isla_feeds": ("isla-prueba", True),
    "real_country": ("belize", False),
    "essai": ("terre-essai", False),
}


def _pack_of(item: pytest.Item) -> loaded.Pack | None:
    """The pack that a test finds loaded, which it takes back by its transaction; none for what commits."""
    asked = getattr(item, "fixturenames", ())
    mark = item.get_closest_marker("django_db")
    if (mark and mark.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(asked):
        return None
    return next((pack for name, pack in LOADED.items() if name in asked), None)


@pytest.fixture
def pack_below(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    """What a test's own transaction begins on: an empty country, or the pack that it asks for, loaded for all such tests in a row."""
    with django_db_blocker.unblock():
        loaded.BELOW.change_to(_pack_of(request.node))


@pytest.fixture
def _django_db_helper(pack_below: None, _django_db_helper: None) -> None:
    """pytest-django's own, which opens the transaction of a test, after the pack below it."""


@pytest.fixture(scope="session", autouse=True)
def no_pack_is_left_below(django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        loaded.BELOW.change_to(None)


@pytest.fixture
def isla(db: None) -> Iterator[Country]:
    """The fictional country, loaded, on its own calendar day."""
    loaded.load(LOADED["isla"])
    with in_the_country() as country:
        assert country is not None
        yield country


@pytest.fixture
def no_consultations(isla: Country) -> None:
    """The fictional country before its first consultation."""
    for name in ("Comment", "Point", "Invitation", "Topic", "Event", "Consultation"):
        apps.get_model("consultation", name).objects.all().delete()
    SearchEntry.objects.filter(kind="consultation").delete()


@pytest.fixture
def isla_feeds(db: None, settings: Any, tmp_path: Path) -> Iterator[Country]:
    """The fictional country with its sixty nights of reports played: findings, notices, answers, stored events. What is below
    `settings.DATA` is this test's own."""
    built, own = loaded.load(LOADED["isla_feeds"]), tmp_path / "data"
    for each in (folder for folder in built.iterdir() if folder.is_dir() and folder.name not in {"files", "static"}):
        shutil.copytree(each, own / each.name, copy_function=os.link)  # nothing is written into: files are replaced
    settings.DATA, settings.EVENTS_ROOT = own, str(own / "events")
    with in_the_country() as country:
        assert country is not None
        yield country


@pytest.fixture
def real_country(db: None) -> Iterator[Country]:
    """The first real pack, loaded."""
    loaded.load(LOADED["real_country"])
    with in_the_country() as country:
        assert country is not None
        yield country


@pytest.fixture
def essai(db: None) -> Iterator[Country]:
    """The fictional country that speaks French and whose plan has two levels, loaded, on its own calendar day."""
    loaded.load(LOADED["essai"])
    with in_the_country() as country:
        assert country is not None
        yield country


def make_user(role: str, *, organisation: Organisation | None = None, email: str = "") -> User:
    user = User(email=email or f"{role}@example.org", name=f"Test {role}")
    user.set_password("correct horse battery")
    user.save()
    Membership.objects.create(user=user, role=role, organisation=organisation)
    return user


@pytest.fixture
def user_with(db: None) -> Callable[..., User]:
    """Makes an account: user_with("lead", organisation=csirt)."""
    return make_user


@pytest.fixture
def secretariat(db: None) -> User:
    return make_user("secretariat")


@pytest.fixture
def administrator(db: None) -> User:
    return make_user("administrator")


@pytest.fixture
def observer(db: None) -> User:
    return make_user("observer")


@pytest.fixture
def stranger() -> Client:
    """A browser that nobody signed in with."""
    return Client()


A_LONG_LOOK = timedelta(seconds=90)  # a minute has begun meanwhile
FACTS = outgoing._facts


def facts_and_minute(mail: OutboxMail) -> list[str]:
    """What a mail says, as if each named the minute at which it is written: some do ("answer until 14:10")."""
    return [*FACTS(mail), clock.now().isoformat(timespec="minutes")]


class PressingOn(Client):
    """A browser whose person reads for a while the page that shows what would be sent, and presses Send. Tests of that page take a
    plain Client."""

    def post(self, path: Any, data: Any = None, *args: Any, **more: Any) -> Any:
        with mock.patch.object(outgoing, "_facts", facts_and_minute):
            answer = super().post(path, data, *args, **more)
            shown: Any = next((c for c in answer.context or () if "seen" in c and "lines" in c), None)
            if shown is None or not (data is None or isinstance(data, dict)):
                return answer
            pressed = {**(data or {}), "once": shown["once"], "seen": shown["seen"]}
            with clock.as_of(clock.now() + A_LONG_LOOK):
                answer = super().post(path, pressed, *args, **more)
        again: Any = next((c for c in answer.context or () if "seen" in c and "lines" in c), None)
        assert again is None, "what would be sent differs from one moment to the next by more than the time"
        return answer


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """A browser in which that person is signed in."""

    def sign_in(user: User) -> Client:
        client = PressingOn()
        client.force_login(user)
        return client

    return sign_in
