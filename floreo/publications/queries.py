"""Reads of publications used more than once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floreo.publications.models import Channel, Posting, Publication


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
