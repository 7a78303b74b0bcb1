"""Feeds in words: why one could not be fetched."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.collectors.answers import NotUnderstood, Odd
from floreo.feeds.collectors.fetching import FetchProblem, NotFetched

PROBLEM_WORDS: Mapping[FetchProblem, Promise] = {
    FetchProblem.CLOSED: _l("The address leads to a closed network, so files are not fetched from it."),
    FetchProblem.UNREACHED: _l("No server responded at this address."),
    FetchProblem.STATUS: _l("The server responded with status %(status)d."),
    FetchProblem.CUT_OFF: _l("The server stopped in the middle of the file. Nothing of it was saved."),
    FetchProblem.CIRCLES: _l("The address redirects too many times and never reaches a file."),
    FetchProblem.UNSAFE: _l("The address redirects to one without encryption, which is not followed."),
    FetchProblem.ELSEWHERE: _l(
        "The address redirects to another server, which might be sent the key. That is not followed."
    ),
}
STATUS_WORDS: Mapping[int, Promise] = {
    **dict.fromkeys(
        (401, 403),
        _l("The server refused access (status %(status)d). Check the key, and the header in which it is sent."),
    ),
    429: _l("The server asks to be left alone for a while (status %(status)d)."),
}


ODD_WORDS: Mapping[Odd, Promise] = {
    Odd.OTHERWISE: _l("The server answered otherwise than its interface is described."),
    Odd.TOO_LARGE: _l("An answer of the server is larger than %(limit)d MB. Nothing of it was saved."),
    Odd.NOTHING_OPEN: _l("The server names no collection that this account may read."),
    Odd.CHOOSE: _l("Add # and the name of one collection to the address. The server has: %(names)s"),
    Odd.TOO_MANY: _l("The server has more pages than are read in one go. The collection was not read to its end."),
}

API_ANSWERED = _l("The Reports API answered: %(words)s")
UNREADABLE = _l("%(name)s cannot be read: %(words)s")
OTHER_WORDS = (API_ANSWERED, UNREADABLE)


def odd_sentence(problem: NotUnderstood) -> str:
    return str(ODD_WORDS[problem.odd]) % {"limit": problem.limit, "names": problem.names}


def problem_sentence(problem: NotFetched) -> str:
    sentence = STATUS_WORDS.get(problem.status, PROBLEM_WORDS[problem.problem])
    return str(sentence) % {"status": problem.status}
