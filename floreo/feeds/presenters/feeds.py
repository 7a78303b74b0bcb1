"""Feeds in words: why one could not be fetched."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.collectors.fetching import FetchProblem, NotFetched

PROBLEM_WORDS: Mapping[FetchProblem, Promise] = {
    FetchProblem.CLOSED: _l("The address leads to a closed network, so files are not fetched from it."),
    FetchProblem.UNREACHED: _l("No server responded at this address."),
    FetchProblem.STATUS: _l("The server responded with status %(status)d."),
    FetchProblem.CUT_OFF: _l("The server stopped in the middle of the file. Nothing of it was saved."),
    FetchProblem.CIRCLES: _l("The address redirects too many times and never reaches a file."),
    FetchProblem.UNSAFE: _l("The address redirects to one without encryption, which is not followed."),
}


def problem_sentence(problem: NotFetched) -> str:
    return str(PROBLEM_WORDS[problem.problem]) % {"status": problem.status}
