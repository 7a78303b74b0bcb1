"""Reads of comments: those on one thing, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Prefetch, Q

from floreo.core.keys import key
from floreo.discussion.access import may_discuss
from floreo.discussion.models import Comment, Mention, comments_on

NEWEST = 20  # on a record's own page; all of them are on the page of the discussion


@dataclass(frozen=True)
class Shown:
    """One comment with what this reader may do to it."""

    comment: Comment
    mentions: tuple[str, ...]
    own_mention: Mention | None  # that names the reader, and is not seen yet
    may_edit: bool
    may_remove: bool


@dataclass(frozen=True)
class Discussion:
    """The comments on one thing, oldest first."""

    key: str
    comments: tuple[Shown, ...]
    total: int

    @property
    def older(self) -> int:
        return self.total - len(self.comments)


def discussion_of(thing: models.Model, viewer: object, *, most: int | None = NEWEST) -> Discussion | None:
    """None for who may not read it, and for a kind that is not discussed. `most`: only the newest so many."""
    if not may_discuss(viewer, thing):
        return None
    rows = comments_on(thing).order_by("-written_at", "-pk")
    rows = rows.prefetch_related(Prefetch("mentions", Mention.objects.select_related("user", "person")))
    found = list(rows if most is None else rows[: most + 1])
    total = len(found)
    if most is not None and total > most:
        total, found = comments_on(thing).count(), found[:most]
    return Discussion(key(thing), tuple(_shown(each, viewer) for each in reversed(found)), total)


def mentions_with(mention: Mention, viewer: object) -> list[Mention]:
    """This one, and the viewer's own in the same comment on other records, as far as the viewer may read them; none of a comment that
    was removed."""
    comments = Comment.objects.visible_to(viewer).filter(removed_at=None)
    same = Q(pk=mention.pk)
    if mention.comment.batch:
        same |= Q(comment__batch=mention.comment.batch)
    found = Mention.objects.filter(same, comment__in=comments).select_related("comment").order_by("pk")
    return [each for each in found if each.is_of(viewer)]


def _shown(comment: Comment, viewer: object) -> Shown:
    mentions = list(comment.mentions.all())
    return Shown(
        comment,
        tuple(str(each) for each in mentions),
        next((each for each in mentions if each.seen_at is None and each.is_of(viewer)), None),
        comment.may_be_edited_by(viewer),
        comment.may_be_removed_by(viewer),
    )
