"""What a feed noted while nobody looked is read in one's own language, with the names and numbers in it; what another server said stays as
it came."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import translation

from floreo.core.access import SYSTEM
from floreo.core.tasks import Recipient
from floreo.core.wording import in_reader_language
from floreo.feeds.actions.collect import collect_from_folders
from floreo.feeds.actions.feeds import make_feed
from floreo.feeds.actions.watching import note_not_taken
from floreo.feeds.models import Feed
from floreo.feeds.presenters.noted import noted_text
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import User
from tests.factories.strategy import make_country
from tests.feeds.notices_made import TODAY
from tests.pages import squeezed
from tests.said_in_source import sentences_from

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOTING = ("note_not_taken", "_failed", "_add_problem")
# Said on the way there to somebody else, each caught before it is noted: why a person's decision or form is refused, that a key is too old,
# and what is said of findings.
ELSEWHERE = {
    "floreo.core.decisions",
    "floreo.core.openpgp",
    "floreo.core.wording",
    "floreo.feeds.actions.correcting",
    "floreo.feeds.actions.moving",
}
FOUND = {
    text: place
    for text, place in sentences_from(NOTING, "floreo/feeds").items()
    if place[0] not in ELSEWHERE and (text.endswith(".") or "%(" in text)  # single words are names of roles
}
WITHIN = sorted(each for each in FOUND if "%(" in each)
WORDS = {"s": "Ñandú: 7 % & más.csv", "d": 1503}


def filled(sentence: str) -> str:
    """With something in each place, as the code would."""
    return sentence % {name: WORDS[kind] for name, kind in re.findall(r"%\((\w+)\)([sd])", sentence)}


@pytest.fixture
def feed(db: None) -> Feed:
    make_country()
    return make_feed("Own scans", by=SYSTEM, collector="upload")


def read_as(client: Client, feed: Feed) -> tuple[str, str]:
    """The page of the feed in Spanish, and the sentence of its task."""
    page = squeezed(html.unescape(client.get(f"/es/workspace/feeds/{feed.code}/").content.decode()))
    with translation.override("es"):
        tasks = waiting_tasks(Recipient(everybody=True), viewer=None, today=TODAY)
        (task,) = [each for each in tasks if each.key.endswith((":not_taken", ":failing"))]
        return page, str(task.why)


def test_the_source_shows_which_sentences_a_feed_can_note() -> None:
    assert len(WITHIN) >= 10
    assert {
        "The server responded with status %(status)d.",
        "The virus scanner found “%(signature)s” in “%(name)s”. The file was not saved.",
        "%(name)s cannot be read: %(words)s",
        "The Reports API answered: %(words)s",
    } <= set(WITHIN)
    assert {"The file is empty.", "An e-mail came without a file."} <= set(FOUND)


@pytest.mark.long
def test_each_of_them_is_read_in_spanish_on_the_page_and_in_my_tasks(
    feed: Feed, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    client, english = browser_of(user_with("responder")), []
    for sentence in sorted(FOUND):
        with translation.override("es"):
            spanish = filled(translation.gettext(sentence))
        if spanish == filled(sentence):
            english.append(sentence)
            continue
        before = (
            "" if sentence.startswith("%(") else "list.csv: "
        )  # the name of a file that another sentence begins with
        note_not_taken(feed, by=SYSTEM, why=before + filled(sentence))
        page, why = read_as(client, feed)
        assert why == before + spanish
        assert squeezed(why) in page
    assert english == []


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("sentence", WITHIN)
def test_what_stands_in_a_sentence_stays_as_it_came_in_every_language(feed: Feed, sentence: str) -> None:
    note_not_taken(feed, by=SYSTEM, why=filled(sentence))
    feed.refresh_from_db()
    with translation.override("en"):
        assert noted_text(feed) == filled(sentence)
    with translation.override("fr"):
        assert noted_text(feed) == filled(translation.gettext(sentence))
        assert noted_text(feed) != filled(sentence)


def test_what_a_server_answered_is_not_taken_for_a_sentence_of_ours(feed: Feed) -> None:
    note_not_taken(feed, by=SYSTEM, why="The Reports API answered: The file is empty.")
    feed.refresh_from_db()
    with translation.override("es"):
        assert translation.gettext("The file is empty.") == "El archivo está vacío."
        assert noted_text(feed) == "La API de informes respondió: The file is empty."


def test_only_a_whole_sentence_is_recognised() -> None:
    templates = ["%(n)d files of %(name)s were lost.", "%(a)s is not %(a)s."]
    for text in ("x 3 files of a were lost.", "3 files of a were lost", "three files of a were lost.", "b is not c."):
        assert in_reader_language(text, templates) == text
    assert in_reader_language("3 files of a.b (50 %) were lost.", templates) == "3 files of a.b (50 %) were lost."


def test_a_file_of_a_long_name_that_is_too_large_is_told_in_french(feed: Feed, feeds_folder: Path) -> None:
    folder = make_feed("Partner", by=SYSTEM, collector="folder", place="partner")
    (here := feeds_folder / "incoming" / "partner").mkdir(parents=True)
    (here / f"{'long-name-' * 20}.csv").write_bytes(b"x" * (3 << 20) + b"y")
    with override_settings(REPORT_LARGEST=3 << 20):
        assert collect_from_folders(by=SYSTEM, rests=0) == 0
    folder.refresh_from_db()
    assert folder.last_error == f"{'long-name-' * 12}: The file is larger than 3 MB. Send a smaller one."
    with translation.override("fr"):
        assert noted_text(folder) == f"{'long-name-' * 12}\u00a0: Le fichier dépasse 3 Mo. Envoyez-en un plus petit."
