"""Consultations that opened and answers that were published as RSS 2.0, newest first, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.consultation.models import Consultation
from floreo.core.ui.locale import moment
from floreo.core.ui.rss import NEWEST, empty_feed
from floreo.core.wording import colon
from floreo.core.xml import sound


def feed_of(consultations: Iterable[Consultation], *, title: str, list_address: str, feed_address: str) -> str:
    """The feed as a text. Each event of a consultation is an item with a guid of its own, which stays."""
    feed = empty_feed(
        title=title,
        description=_("Consultations that opened, and answers that were published."),
        list_address=list_address,
        feed_address=feed_address,
    )
    items = sorted((item for each in consultations for item in _items(each)), key=lambda item: item[0], reverse=True)
    for at, event, words, each in items[:NEWEST]:
        address = settings.SITE_ADDRESS + each.get_absolute_url()
        feed.add_item(
            title=sound(f"{words}{colon()} {each.in_language('title')}"),
            link=address,
            description=_described(each),
            unique_id=f"{address}#{event}",
            unique_id_is_permalink=False,
            pubdate=at,
        )
    return feed.writeString("utf-8")


def _items(consultation: Consultation) -> Iterator[tuple[datetime, str, str, Consultation]]:
    """What has happened to it until now: when, a word for its guid, and in words."""
    if consultation.opens_at is not None and consultation.is_out:
        yield consultation.opens_at, "opened", _("Open for comments"), consultation
    if consultation.is_answered and consultation.answered_at is not None:
        yield consultation.answered_at, "answered", _("Answers published"), consultation


def _described(consultation: Consultation) -> str:
    text = [consultation.in_language("summary")]
    if not consultation.is_answered and consultation.closes_at is not None:
        text.append(_("Closes on %(when)s.") % {"when": moment(consultation.closes_at)})
    return sound(" ".join(filter(None, text)))
