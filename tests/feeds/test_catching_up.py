"""A feed of which files or nights are still being worked through is catching up; it is silent only where nothing came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.models import AuditEntry
from floreo.core.tasks import Recipient
from floreo.feeds.actions import replay
from floreo.feeds.actions.duty import silent_feeds as feeds_to_mail_about
from floreo.feeds.actions.watching import watch
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Feed, FeedFile, FileState
from floreo.feeds.pack import nights_in
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import Country, User
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, make_feed
from tests.pages import squeezed

ISLA = Path(__file__).resolve().parents[2] / "packs" / "isla-prueba"
SILENT = "Silent: no file arrived when one was expected."
Browser = Callable[[User], Client]


def page(browser: Client, address: str) -> str:
    return squeezed(browser.get(address).content.decode())


def noted() -> list[str]:
    """What the worker notes of feeds, with the tasks that are made of it."""
    watch(by=SYSTEM)
    verbs = AuditEntry.objects.filter(verb__in=["feed.silent", "feed.back"]).order_by("number")
    tasks = waiting_tasks(Recipient(permissions=frozenset(Permission)), viewer=SYSTEM, today=clock.today())
    titles = (str(task.title) for task in tasks if task.key.endswith(":silent"))
    return [*verbs.values_list("verb", flat=True), *titles, *(f"mail: {feed.name}" for feed in feeds_to_mail_about())]


@pytest.fixture
def late(db: None) -> FeedFile:
    """The last file of a feed that sends one each hour; it came four hours ago."""
    make.make_country()
    feed = make_feed(collector="folder", every_minutes=60)
    came = moment(TODAY) - timedelta(hours=4)
    return FeedFile.objects.create(feed=feed, name="night.csv", sha256="x", day=TODAY, received_at=came)


@pytest.mark.long
@pytest.mark.parametrize("state", [FileState.WAITING, FileState.RUNNING])
def test_a_feed_whose_files_wait_is_catching_up_and_silent_once_they_are_read(
    late: FeedFile, administrator: User, browser_of: Browser, state: FileState
) -> None:
    FeedFile.objects.update(state=state, claimed_until=None)
    browser, own = browser_of(administrator), late.feed.get_absolute_url()
    pages = page(browser, "/workspace/feeds/"), page(browser, own)
    assert "<h1>1 of 1 feeds is catching up.</h1>" in pages[0]
    for text in pages:
        assert text.count("Catching up: 1 file is still to be read.") == 1
        assert (SILENT in text, "fl-why--late" in text, "waiting to be read" in text) == (False, False, False)
    assert noted() == []
    FeedFile.objects.update(state=FileState.DONE)
    pages = page(browser, "/workspace/feeds/"), page(browser, own)
    assert "<h1>1 of 1 feeds is silent.</h1>" in pages[0]
    for text in pages:
        assert (SILENT in text, "Catching up" in text) == (True, False)
    assert noted() == ["feed.silent", "No file from Shadowserver", "mail: Shadowserver"]


@pytest.mark.long
def test_a_file_that_waits_for_a_person_does_not_hide_that_nothing_comes(
    late: FeedFile, administrator: User, browser_of: Browser
) -> None:
    """Somebody has to describe it first, or there is no room: nobody is working on it."""
    FeedFile.objects.update(state=FileState.WAITING, claimed_until=clock.now() + timedelta(hours=1))
    text = page(browser_of(administrator), late.feed.get_absolute_url())
    assert (SILENT in text, "1 file is waiting to be read." in text, "Catching up" in text) == (True, True, False)
    assert noted() == ["feed.silent", "No file from Shadowserver", "mail: Shadowserver"]


def test_a_feed_that_delivers_only_has_files_that_wait(
    late: FeedFile, administrator: User, browser_of: Browser
) -> None:
    FeedFile.objects.update(state=FileState.WAITING, received_at=moment(TODAY) - timedelta(hours=1))
    text = page(browser_of(administrator), late.feed.get_absolute_url())
    assert ("1 file is waiting to be read." in text, "Catching up" in text, SILENT in text) == (True, False, False)


@pytest.mark.long
def test_while_the_nights_of_the_sample_are_told_its_feed_is_catching_up(
    isla: Country, feeds_folder: Path, administrator: User, browser_of: Browser
) -> None:
    nights, own = sorted(nights_in(ISLA)), "/workspace/feeds/shadowserver/"
    Feed.objects.update(created_at=moment(clock.today()) - timedelta(days=60))
    browser = browser_of(administrator)
    for told in (0, 1):
        if told:
            replay.replay_night(nights[0], by=SYSTEM, folder=ISLA)
        left = len(nights) - told
        pages = page(browser, "/workspace/feeds/"), page(browser, own)
        assert "<h1>1 of 1 feeds is catching up.</h1>" in pages[0]
        for text in pages:
            assert text.count(f"Catching up: {left} nights of files are still to be read.") == 1
            assert (SILENT in text, "fl-why--late" in text) == (False, False)
        assert noted() == []
    Country.objects.update(languages=["en", "es", "fr"])
    assert "Poniéndose al día: falta leer los archivos de 59 noches." in page(browser, f"/es{own}")
    assert "Rattrapage en cours : il reste à lire les fichiers de 59 nuits." in page(browser, f"/fr{own}")


@pytest.mark.usefixtures("isla_feeds")
def test_when_all_nights_are_told_the_feed_delivers_and_is_silent_once_nothing_comes(
    administrator: User, browser_of: Browser
) -> None:
    browser = browser_of(administrator)
    assert "<h1>The feed delivers as expected.</h1>" in page(browser, "/workspace/feeds/")
    FeedFile.objects.update(received_at=moment(clock.today()) - timedelta(days=4))
    assert "<h1>1 of 1 feeds is silent.</h1>" in page(browser, "/workspace/feeds/")
    assert noted() == ["feed.silent", "No file from Shadowserver", "mail: Shadowserver"]
