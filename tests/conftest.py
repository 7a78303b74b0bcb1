"""What every test may ask for: the sample country, people in their roles, and a stranger's browser."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.test import Client
from django.utils import translation

from floreo.core import throttle
from floreo.core.migrations._chain import unguard
from floreo.organisations.models import Country, Membership, Organisation, User
from floreo.organisations.queries import in_the_country
from tests.config.rows import Rows

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"


# Shown on one database: what pages say and refuse, and how files and words are read. What they ask of the database is asked
# on both by the crawl of every page (contracts/test_every_page.py) and by the tests of actions, queries, tables and search.
ON_ONE_DATABASE = (
    "api",
    "contracts",
    "core/test_strangers.py",
    "core/ui",
    "evidence/test_access.py",
    "evidence/test_pack.py",
    "indicators/test_words.py",
    "open_data/test_doors.py",
    "open_data/test_files.py",
    "organisations/test_outside_sign_in.py",
    "tasks/test_calendar.py",
    "tasks/test_reminders.py",
    "tasks/test_weekly.py",
    "packs/test_bad_packs.py",
    "packs/test_guide.py",
    "portal",
    "publications/test_feed.py",
    "reports/test_minister.py",
    "reports/test_pages.py",
    "reports/test_templates.py",
    "reviews/test_abuse.py",
    "reviews/test_answer_page.py",
    "strategy/test_sheets.py",
    "strategy/test_sheets_bad_input.py",
    "workspace",
    "frameworks/test_public_pages.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out what no other database can change")


MOST_OF_A_NAME = 60  # letters of a text that names a case


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
    if config.getoption("--database-only"):
        _leave_out_what_one_database_shows(config, items)
    yield
    first = tuple(ROOT / "tests" / place for place in WAITING)
    items.sort(key=lambda item: not any(item.path.is_relative_to(place) for place in first))
    if config.getoption(
        "--database-only"
    ):  # the other lane prepares the nights of reports meanwhile: begin with what needs none
        items.sort(key=lambda item: "isla_feeds" in getattr(item, "fixturenames", ()))


def _put_into_groups(items: list[pytest.Item]) -> None:
    """Whatever shares a server or a browser is run by one worker, which then starts it once."""
    for item in items:
        if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="runs where the tests run on PostgreSQL"))
        if item.path.is_relative_to(ROOT / "tests" / "api"):  # the API is built at its first call, which takes seconds
            item.add_marker(pytest.mark.xdist_group("api"))
        if "isla_feeds" in getattr(item, "fixturenames", ()):  # read into memory once, which takes seconds
            item.add_marker(pytest.mark.xdist_group("reports"))


def _leave_out_what_one_database_shows(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second database, pure logic need not be shown again."""
    asks = {"db", "transactional_db", "django_db_setup"}
    one = tuple(ROOT / "tests" / place for place in ON_ONE_DATABASE)

    def stays(item: pytest.Item) -> bool:
        if item.get_closest_marker("one_database"):
            return False
        if item.get_closest_marker("postgresql") or item.get_closest_marker("two_databases"):
            return True
        mark = item.get_closest_marker("django_db")
        if any(item.path.is_relative_to(place) for place in one):  # but for races: who waits for whom is the database's
            return bool(mark and mark.kwargs.get("transaction"))
        return bool(mark or asks & set(getattr(item, "fixturenames", ())))

    out = [item for item in items if not stays(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [i for i in items if i not in set(out)]


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


def _is_copied() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.fixture(scope="session", autouse=True)
def quick_settings() -> None:
    """Plain static files, a quick password hasher and no kept pages; nothing else differs from production."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Tests make rows behind the audit chain's back, which is what tells kept pages from new ones.
    settings.KEEP_PAGES_SECONDS = 0
    settings.MADE_ROOT = Path(os.environ["FLOREO_DATA"]) / f"made-{os.getpid()}"  # each worker's database is its own
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def a_fresh_meter() -> None:
    """No test pays for what another asked."""
    throttle.METER.clear()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A page asked for in Spanish leaves its language behind in the process; no test inherits it."""
    with translation.override("en"):
        yield


@pytest.fixture
def whoever_holds_the_database(db: None) -> None:
    """Somebody who can take away what guards the chain, as its owner can."""
    unguard(None, SimpleNamespace(connection=connection))


Statements = list[tuple[str, Any]]
_statements: dict[str, Statements] = {}


def _statements_of_a_copy(rows: list[tuple[type[models.Model], list[models.Model]]]) -> Statements:
    """What the database is told to hold these rows, ids and all. Said again it takes a tenth of loading the pack anew."""
    text: Statements = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        text.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(listen):
            for model, things in rows:
                for thing in things:
                    thing._state.adding = True
                model._default_manager.bulk_create(things, batch_size=500)
        transaction.set_rollback(True)
    if connection.vendor == "postgresql":
        text += [(statement, None) for statement in connection.ops.sequence_reset_sql(no_style(), [m for m, _ in rows])]
    return text


def load_once(name: str, *, with_nights: bool = False) -> Path:
    """A pack, rows and files: prepared by whichever process of the tests comes first, then said to the database again and its
    files copied. Returns the folder of the data that it was prepared in; nobody writes there."""
    from tests.config.installation import pack_once  # late: it needs Django's settings

    file, folder = pack_once(name, with_nights=with_nights)
    what = str(file)
    with connection.constraint_checks_disabled():
        if what not in _statements:
            rows: Rows = pickle.loads(file.read_bytes())
            _statements[what] = _statements_of_a_copy([(apps.get_model(label), things) for label, things in rows])
        with connection.cursor() as cursor:
            for sql, params in _statements[what]:
                cursor.execute(sql, params)
    files = folder / "files"
    for kept in (path for path in files.rglob("*") if path.is_file()):
        place = Path(settings.MEDIA_ROOT) / kept.relative_to(files)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, place)
    return folder


@pytest.fixture
def isla(db: None) -> Iterator[Country]:
    """The fictional country, loaded, on its own calendar day."""
    load_once("isla-prueba")
    with in_the_country() as country:
        assert country is not None
        yield country


@pytest.fixture
def isla_feeds(db: None, settings: Any, tmp_path: Path) -> Iterator[Country]:
    """The fictional country with its sixty nights of reports told: findings, letters, answers, stored events. What is below
    `settings.DATA` is this test's own."""
    built, own = load_once("isla-prueba", with_nights=True), tmp_path / "data"
    for each in (folder for folder in built.iterdir() if folder.is_dir() and folder.name not in {"files", "static"}):
        shutil.copytree(each, own / each.name, copy_function=os.link)  # nothing is written into: files are replaced
    settings.DATA, settings.EVENTS_ROOT = own, str(own / "events")
    with in_the_country() as country:
        assert country is not None
        yield country


@pytest.fixture
def real_country(db: None) -> Iterator[Country]:
    """The first real pack, loaded."""
    load_once("belize")
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


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """A browser in which that person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
