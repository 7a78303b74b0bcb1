"""Feeds of which the team said something else, and whose findings a job works out again."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core.composed import composed
from floreo.core.ui.locale import moment
from floreo.feeds.models import Feed


def unsettled_text(feed: Feed) -> str:
    """That the findings of a feed are as they were before the team said something else of it; "" where they are not."""
    if feed.unsettled_since is None:
        return ""
    sentence = _(
        "The feed %(feed)s was changed on %(moment)s. Its findings are being calculated again; until that is done, states and values are as they were before."
    )
    return sentence % {"feed": feed.name, "moment": moment(feed.unsettled_since)}


def unsettled_texts() -> list[str]:
    """The same of every feed of which it is so."""
    return [unsettled_text(feed) for feed in _unsettled()]


@composed
def _unsettled() -> QuerySet[Feed]:
    return Feed.objects.exclude(unsettled_since=None)
