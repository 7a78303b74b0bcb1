"""RSS 2.0: the head of a feed, as every feed of the site has it."""

from __future__ import annotations

from django.conf import settings
from django.utils.feedgenerator import Rss201rev2Feed

from floreo.core.ui.locale import language
from floreo.core.xml import sound

NEWEST = 40  # items of a feed
MEDIA_TYPE = "application/rss+xml; charset=utf-8"


def empty_feed(*, title: str, description: str, list_address: str, feed_address: str) -> Rss201rev2Feed:
    """In the reader's language; addresses are paths of the site."""
    return Rss201rev2Feed(
        title=sound(title),
        link=settings.SITE_ADDRESS + list_address,
        language=language(),
        feed_url=settings.SITE_ADDRESS + feed_address,
        description=description,
    )
