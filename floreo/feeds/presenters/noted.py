"""What a feed notes of itself while nobody looks: kept in English, in which the worker speaks, and shown in the language of who reads it."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from floreo.core.wording import in_reader_language
from floreo.feeds.models import Feed, FeedFile
from floreo.feeds.presenters import feeds, problems

LONGEST = 300  # characters of Feed.last_error
_LONGEST_NAME = 120  # so that the sentence after it is whole

# Sentences with a name or a number within that are made where a file is taken in. Those of a server's answers are in presenters/feeds.py.
_OF_FILES = (
    gettext_noop("The file is larger than %(limit)d MB. Send a smaller one."),
    gettext_noop(
        "“%(name)s” is larger than the virus scanner checks. Ask the server administrator to raise its limit."
    ),
    gettext_noop("The virus scanner found “%(signature)s” in “%(name)s”. The file was not saved."),
)
RELEASED = gettext_noop("%(sender)s, released by %(who)s")


def of_file(name: str, sentence: str | Promise) -> str:
    """ "list.csv: The file is empty."; of a long name its beginning, since the sentence has to be whole to be recognised."""
    return f"{name[:_LONGEST_NAME]}: {sentence}"


def noted_text(feed: Feed) -> str:
    """Why the feed could not be fetched, or something was not taken. What another server or the system said in it stays as it came."""
    return in_reader_language(feed.last_error, _templates())


def received_text(report: FeedFile) -> str:
    """Who handed a file in, or the way it came."""
    return in_reader_language(report.received_by, [RELEASED])


@cache
def _templates() -> tuple[str, ...]:
    words = (*feeds.STATUS_WORDS.values(), *feeds.PROBLEM_WORDS.values(), *feeds.ODD_WORDS.values(), *feeds.OTHER_WORDS)
    with translation.override(settings.LANGUAGE_CODE):
        of_servers = [str(each) for each in (*words, problems.NOT_KNOWN)]
    return tuple(dict.fromkeys(each for each in (*of_servers, *_OF_FILES) if "%" in each))
