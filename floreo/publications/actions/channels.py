"""Channels, and the record of what was posted by which."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, last_position, lock_latest, require_free_code, require_text, save
from floreo.organisations.models import Organisation
from floreo.publications.models import Channel, Posting, Publication, PublicationKind


class ChannelFacts(TypedDict, total=False):
    """What is said of a channel."""

    name: str
    kind: str
    url: str
    organisation: Organisation | None
    kinds: list[str]
    is_active: bool
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def _check(channel: Channel) -> None:
    channel.name = require_text(channel.name, field="name", sentence=_("Enter a name for the channel."))
    unknown = set(channel.kinds) - set(PublicationKind.values)
    if unknown:
        sentence = _("There is no kind of publication called “%(kind)s”.") % {"kind": ", ".join(sorted(unknown))}
        raise Refused(sentence, code="unknown_kind", fields={"kinds": sentence})


@action("channel.added", needs=Permission.PUBLICATION_PUBLISH)
def add_channel(code: str, *, by: Actor, **facts: Unpack[ChannelFacts]) -> Channel:
    rows = Channel.objects.all()
    channel = Channel(code=require_free_code(rows, code), position=last_position(rows))
    assign(channel, facts)
    _check(channel)
    return save(channel)


@action("channel.updated", needs=Permission.PUBLICATION_PUBLISH)
def update_channel(
    channel: Channel, *, by: Actor, version: int | None = None, **facts: Unpack[ChannelFacts]
) -> Channel:
    channel = lock_latest(channel, version)
    assign(channel, facts)
    _check(channel)
    return save(channel)


@action("posting.recorded", needs=Permission.PUBLICATION_PUBLISH)
def record_posting(
    publication: Publication, *, by: Actor, channel: Channel, at: datetime, url: str = "", remark: str = ""
) -> Posting:
    """It was posted by that channel at that moment."""
    publication = lock_latest(publication)
    if not publication.is_out:
        raise Refused(
            _("It is not published yet. Publish it here first, then record where else it was published."),
            code="not_out",
        )
    if at > clock.now():
        sentence = _("This time is in the future. Record a posting after it has happened.")
        raise Refused(sentence, code="moment_to_come", fields={"day": sentence})
    if publication.went_out_at is not None and at < publication.went_out_at.replace(second=0, microsecond=0):
        note(before_it_was_out=True)  # somebody was early: recorded as it was
    posting = Posting(
        publication=publication, channel=channel, at=at, url=url.strip(), note=remark.strip(), by_name=by.actor_name
    )
    return save(posting)


@action("posting.skipped", needs=Permission.PUBLICATION_PUBLISH)
def skip_channel(publication: Publication, *, by: Actor, channel: Channel, reason: str) -> Posting:
    """It will not go out by that channel, for a reason; it waits no longer."""
    publication = lock_latest(publication)
    text = require_text(reason, field="reason", sentence=_("Give the reason for not using this channel."))
    posting = Posting(
        publication=publication, channel=channel, at=clock.now(), note=text, by_name=by.actor_name, skipped=True
    )
    return save(posting)


@action("posting.removed", needs=Permission.PUBLICATION_PUBLISH)
def remove_posting(posting: Posting, *, by: Actor, reason: str) -> None:
    """A posting recorded by mistake."""
    posting = lock_latest(posting)
    note(reason=require_text(reason, field="reason", sentence=_("Describe the error in this record.")))
    delete(posting)
