"""The table of docs/guide/who-sees-what.md is what leaves: a word of its own is in each thing that is not for everybody, and
every exit is read as each role, for things of the person's own organisation and of others."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.test import Client

from floreo.core import clock
from floreo.core.access import ROLES, SYSTEM, Permission
from floreo.core.errors import Refused
from floreo.core.policy import MARKING_NEEDS
from floreo.feeds.actions.numbering import number_changes
from floreo.offers import tables
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Country, Membership, Organisation, User
from floreo.strategy.models import Action
from floreo.tasks import letters
from floreo.tasks.calendar import calendar_of
from floreo.tasks.queries import tasks_of
from tests.contracts.crawl import crawled, own_addresses, public_files
from tests.contracts.planted_inside import ACTION, COMMON, EDITION, WORDS, plant
from tests.contracts.who_sees_what import EXITS, PAGE, STRANGER, WITHHELD, leaves, lines
from tests.portal.test_leaks_of_reviews import text_of

pytestmark = pytest.mark.one_database
Seen = set[tuple[str, str]]
EVIDENCE_FILE = re.compile(r"/(workspace/)?evidence/[^/]+/file/")
WORD_OF = {thing.name: WORDS[thing.needs] for thing in WITHHELD}


@pytest.fixture
def planted(isla: Country) -> Country:
    plant(by=SYSTEM)
    return isla


def exit_of(address: str) -> str:
    path, _question, query = address.partition("?")
    if path.startswith("/workspace/audit/"):
        return "trail"
    if path.startswith("/workspace/search/"):
        return "workspace search"
    if path == "/workspace/contacts/call-sheet.pdf":  # the page on paper, for whoever opens the page
        return "workspace page"
    if EVIDENCE_FILE.match(path):
        return "evidence file"
    is_file = "download=" in query or "." in path.rsplit("/", 1)[-1] or path.startswith("/api/")
    return f"{'workspace' if path.startswith('/workspace/') else 'public'} {'file' if is_file else 'page'}"


def read_in(exit_name: str, text: str) -> Seen:
    low = text.lower()
    return {(exit_name, name) for name, word in WORD_OF.items() if word in low}


def every_exit(client: Client, user: User | None, pages: Iterator[tuple[str, str]], log: str) -> Seen:
    """What was read where: pages, then what comes by mail and calendar, then what the server noted."""
    seen = {each for address, text in pages for each in read_in(exit_of(address), text)}
    if user is not None:
        waiting = tasks_of(user)
        for at in range(0, len(waiting), letters.AT_MOST):  # one mail shows so many: here all of them are read
            some = waiting[at : at + letters.AT_MOST]
            mail = letters.weekly(user.name, some, clock.today(), country="Isla Prueba", has_workspace=True)
            seen |= read_in("weekly mail", f"{mail.subject} {mail.text}")
        seen |= read_in("calendar", calendar_of(user).decode())
        seen |= read_in("program", read_by_a_program(user))
    return seen | read_in("log", log)


def read_by_a_program(user: User) -> str:
    """What the API answers to a token of that account: all that it opens by GET, and every table that is public without."""
    try:
        _token, word = make_token(user, by=SYSTEM, name="A program")
    except Refused:  # the API offers this account nothing
        return ""
    client = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {word}")
    number_changes()
    opened = [f"/api/v1/{name}?limit=200" for name in (*tables(), "findings", "findings/changes", "findings.csv")]
    return " ".join(b"".join(client.get(address)).decode() for address in opened)


def expected(role: str, *, own: bool) -> Seen:
    return {(way.name, thing.name) for way in EXITS for thing in WITHHELD if leaves(role, way, thing, own=own)}


def difference(seen: Seen, wanted: Seen) -> list[str]:
    too_much = [f"{what} leaves by the {way} and may not" for way, what in sorted(seen - wanted)]
    return too_much + [f"{what} may leave by the {way} and does not" for way, what in sorted(wanted - seen)]


# They follow every link; the others read the addresses of what was planted, and lists and searches that name it. With LONG
# also who sees most, and who sees least.
WHO_FOLLOW = {"lead", "operator"} | ({"secretariat", "observer"} if os.environ.get("LONG") else set())


def read(client: Client, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Address and text of each; a page that refuses still says its own address."""
    return ((address, text_of(client, address).replace(urlsplit(address).path, "")) for address in addresses)


# Of whom the table keeps most. The others are looked at with LONG.
IN_THE_GATE = {"operator"}


@pytest.mark.guards("an operator gets what the table of who sees what says, by every exit")
@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=() if role in IN_THE_GATE else pytest.mark.long) for role in ROLES]
)
def test_what_leaves_is_what_the_table_says(
    role: str,
    planted: Country,
    user_with: Callable[..., User],
    browser_of: Callable[[User], Client],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Of others, and of one's own organisation: both in one, since planting takes as long as reading."""
    elsewhere = Organisation.objects.create(code="elsewhere", name="Elsewhere", kind="ministry")
    other = user_with(role, organisation=elsewhere, email="r@example.org")
    cases = [(other, False)]
    if os.environ.get("LONG") or expected(role, own=True) != expected(role, own=False):
        cases.append((_of_the_things(role, user_with), True))
    for user, is_own in cases:
        caplog.clear()
        with caplog.at_level(logging.INFO):
            client = browser_of(user)
            follows = role in WHO_FOLLOW and not is_own
            pages = crawled(client) if follows else read(client, ["/workspace/", *own_addresses()])
            seen = every_exit(client, user, pages, caplog.text)
        assert (is_own, difference(seen, expected(role, own=is_own))) == (is_own, [])


def _of_the_things(role: str, user_with: Callable[..., User]) -> User:
    """Somebody who speaks for the organisation with the assets, the one that leads the action, and the one that is hidden."""
    act = Action.objects.get(edition__code=EDITION, code=ACTION)
    lead = act.participations.get(part="lead", ends_on=None).organisation
    user = user_with(role, organisation=Organisation.objects.get(code="light-and-power"), email="own@example.org")
    for body in (lead, Organisation.objects.get(code=f"{WORDS[Permission.REGISTER_INTERNAL]}-cell")):
        Membership.objects.create(user=user, role=role, organisation=body)
    return user


@pytest.mark.guards("nothing that was planted inside leaves to a stranger")
def test_a_stranger_reads_none_of_it(planted: Country, stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        seen = every_exit(stranger, None, crawled(stranger, "/", *public_files()), caplog.text)
    assert difference(seen, expected(STRANGER, own=False)) == []


# Kinds whose rows are read by who audits or reads indicators: nothing in them is kept from who may open the workspace.
# Read with a permission, and no word is planted under them here: the tests of their apps try who reads them.
NOT_PLANTED = {
    Permission.CERTIFICATE_ISSUE,  # public keys and a list that everybody fetches
    Permission.INITIATIVE_RUN,  # who enters a competition, and who judges
    Permission.PUBLICATION_PUBLISH,  # links that show a report before it is published: tests/reports/test_publishing.py
    Permission.REMIND,  # reminders that were sent: tests/workspace/mail
    Permission.SURVEY_DATA,  # what somebody answered: on no page and in no trail, only in one file
    Permission.WORKFORCE_RUN,  # what an organisation says of its own people
}
NOT_WITHHELD = {Permission.AUDIT_READ, Permission.INDICATOR_READ, Permission.PLAN_READ}


def test_every_kind_that_is_read_with_a_permission_is_in_the_table() -> None:
    needed = {getattr(model, "read_with", None) for model in apps.get_models()}
    assert needed - NOT_WITHHELD - NOT_PLANTED - {None} <= set(WORDS)


def test_every_exit_and_everything_withheld_is_in_the_table() -> None:
    """A permission that hides something has a word planted under it, and the page in the guide is the newest."""
    assert {thing.needs for thing in WITHHELD} == set(WORDS)
    assert {thing.needs for thing in WITHHELD if thing.name.startswith("TLP")} == set(MARKING_NEEDS.values())
    assert PAGE.read_text(encoding="utf-8").splitlines() == list(lines())
    assert COMMON not in PAGE.read_text(encoding="utf-8")
