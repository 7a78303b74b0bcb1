"""What is out as RSS 2.0, newest first, in the reader's language, for whoever follows it with a program."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.feedgenerator import Enclosure
from django.utils.translation import gettext as _

from floreo.core.ui.locale import moment
from floreo.core.ui.rss import empty_feed
from floreo.core.xml import sound
from floreo.publications.models import Publication


def _absolute(path: str) -> str:
    return settings.SITE_ADDRESS + path


def _described(publication: Publication) -> str:
    text = [publication.in_language("summary")]
    if publication.corrected_at is not None:
        text.append(_("Corrected on %(when)s.") % {"when": moment(publication.corrected_at)})
    return sound(" ".join(filter(None, text)))


def _enclosures(publication: Publication, file_address: str) -> list[Enclosure]:
    if not publication.file:
        return []
    return [Enclosure(_absolute(file_address), str(publication.size or 0), publication.media_type)]


def feed_of(publications: Iterable[Publication], *, title: str, list_address: str, feed_address: str) -> str:
    """The feed as a text. Each item's guid is its address, which stays, also when its text is corrected."""
    feed = empty_feed(
        title=title,
        description=_("Reports, press notices and documents of the cybersecurity strategy."),
        list_address=list_address,
        feed_address=feed_address,
    )
    for each in publications:
        address = _absolute(each.get_absolute_url())
        feed.add_item(
            title=sound(each.in_language("title")),
            link=address,
            description=_described(each),
            unique_id=address,
            unique_id_is_permalink=True,
            pubdate=each.went_out_at,
            updateddate=each.corrected_at,
            categories=[str(each.get_kind_display())],
            enclosures=_enclosures(each, each.file_address()),
        )
    return feed.writeString("utf-8")
