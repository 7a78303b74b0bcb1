"""Reads of publications used more than once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from floreo.core.composed import composed
from floreo.publications.models import Channel, Copy, Posting, Publication
from floreo.strategy.models import Edition


@dataclass(frozen=True)
class ChannelLine:
    """One channel and what was posted by it of one publication."""

    channel: Channel
    postings: tuple[Posting, ...]

    @property
    def is_done(self) -> bool:
        """Posted, or left out for a reason."""
        return bool(self.postings)


def channels_of(publication: Publication) -> list[ChannelLine]:
    """Every channel that should carry it, and every other that did, in the order of channels."""
    posted: dict[int, list[Posting]] = {}
    for posting in publication.postings.select_related("channel"):
        posted.setdefault(posting.channel_id, []).append(posting)
    return [
        ChannelLine(channel, tuple(posted.get(channel.pk, ())))
        for channel in Channel.objects.select_related("organisation")
        if channel.pk in posted or (channel.is_active and channel.takes(publication.kind))
    ]


def not_posted(publications: Iterable[Publication]) -> dict[int, list[Channel]]:
    """Of each publication, by its id: the active channels that should carry it and do not yet. Two queries."""
    rows = {p.pk: p for p in publications}
    done = set(Posting.objects.filter(publication__in=rows).values_list("publication_id", "channel_id"))
    channels = list(Channel.objects.filter(is_active=True))
    return {pk: [c for c in channels if c.takes(p.kind) and (pk, c.pk) not in done] for pk, p in rows.items()}


@dataclass(frozen=True)
class CopyFile:
    """One file of an edition's digital copy; without size and day while nobody has asked for it yet."""

    kind: str
    name: str
    size: int | None
    made_at: datetime | None


NAMES = {"pdf": "PDF", "docx": "Word", "json": "JSON"}


def copies_of(edition: Edition, language: str) -> list[CopyFile]:
    """The files of the digital copy in that language, in one query."""
    kept = {copy.kind: copy for copy in _copies(edition, language)}
    return [
        CopyFile(kind, name, kept[kind].size if kind in kept else None, kept[kind].made_at if kind in kept else None)
        for kind, name in NAMES.items()
    ]


@composed
def _copies(edition: Edition, language: str) -> QuerySet[Copy]:
    return Copy.objects.filter(edition=edition, language=language)
