"""What is public as RSS 2.0, newest first, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.advisories.models import Advisory
from floreo.advisories.presenters import public_number
from floreo.core.ui.locale import moment
from floreo.core.ui.rss import empty_feed
from floreo.core.wording import colon
from floreo.core.xml import sound


def feed_of(advisories: Iterable[Advisory], *, title: str, list_address: str, feed_address: str) -> str:
    """The feed as a text. Each item's guid is its address, which stays, also in a new version."""
    feed = empty_feed(
        title=title,
        description=_("Weaknesses and threats that concern the country, and what to do."),
        list_address=list_address,
        feed_address=feed_address,
    )
    for each in advisories:
        address = settings.SITE_ADDRESS + each.get_absolute_url()
        feed.add_item(
            title=sound(f"{each.get_severity_display()}{colon()} {each.in_language('title')}"),
            link=address,
            description=_described(each),
            unique_id=address,
            unique_id_is_permalink=True,
            pubdate=each.published_at,
            updateddate=each.corrected_at,
            categories=[*each.sector_words(), *each.cves[:20]],
        )
    return feed.writeString("utf-8")


def _described(advisory: Advisory) -> str:
    text = [advisory.in_language("summary")]
    if advisory.corrected_at is not None:
        when = {"issue": public_number(advisory), "when": moment(advisory.corrected_at)}
        text.append(_("Version %(issue)d of %(when)s.") % when)
    return sound(" ".join(filter(None, text)))
