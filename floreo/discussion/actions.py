"""Writing comments: added, edited for some minutes, removed, and mentions that were seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key, thing_of
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.discussion.access import may_discuss, readers_of
from floreo.discussion.logic import EDITED_WITHIN, MOST_CHARACTERS, MOST_MENTIONS, mentioned, sound
from floreo.discussion.models import Comment, Mention, comments_on
from floreo.organisations.models import User


@action("discussion.commented", needs=Permission.WORKSPACE_OPEN)
def add_comment(
    thing: models.Model, *, by: Actor, text: str, mentions: Iterable[User] = (), batch: str = ""
) -> Comment:
    """On a thing that the writer may see. Whoever is mentioned, chosen or as @name in the text, must be able to see it too. What mentions
    the writer on the same thing counts as seen. `batch` is shared by a comment that is written on many things at once: at most 32
    characters."""
    if not isinstance(by, User) or not may_discuss(by, thing):
        raise NotAllowed
    now = clock.now()
    comment = save(
        Comment(
            thing=key(thing),
            text=_text(text),
            batch=batch,
            author=by,
            author_name=by.actor_name[:200],
            written_at=now,
        )
    )
    _mention(comment, thing, _chosen(comment.text, mentions, by))
    for each in Mention.objects.filter(comment__in=comments_on(thing), seen_at=None, user=by):
        each.seen_at = now
        save(each)
    return comment


def _text(text: str) -> str:
    if "\x00" in text:
        raise refuse(
            "text", _("The text holds a character that cannot be kept. Copy it again from where it comes."), code="nul"
        )
    found = require_text(sound(text), field="text", sentence=_("Write something first."))
    if len(found) > MOST_CHARACTERS:
        words = {"most": f"{MOST_CHARACTERS:,}", "n": f"{len(found):,}"}
        sentence = _("A comment has at most %(most)s characters; this one has %(n)s. Shorten it, or attach a file.")
        raise refuse("text", sentence % words, code="too_long")
    return found


def _chosen(text: str, mentions: Iterable[User], by: User) -> list[User]:
    """Those who were chosen, and those whom the text names."""
    names: dict[str, int] = {}
    if "@" in text:
        names = {name: pk for pk, name in User.objects.filter(is_active=True).values_list("pk", "name")}
    wanted = {user.pk for user in mentions} | mentioned(text, names)
    if len(wanted) > MOST_MENTIONS:
        raise refuse("text", _("Mention at most %(n)d people.") % {"n": MOST_MENTIONS}, code="too_many")
    return list(User.objects.filter(pk__in=wanted - {by.pk}).select_related("person").order_by("pk"))


def _mention(comment: Comment, thing: models.Model, users: list[User]) -> None:
    readers = {user.pk for user in readers_of(thing, among=users)} if users else set()
    if without := [user.actor_name for user in users if user.pk not in readers]:
        sentence = ngettext(
            "%(names)s may not see this, so cannot be mentioned here.",
            "%(names)s may not see this, so cannot be mentioned here.",
            len(without),
        ) % {"names": ", ".join(without)}
        raise Refused(sentence, code="may_not_see", fields={"text": sentence})
    there = set(comment.mentions.values_list("user", flat=True))
    for user in users:
        if user.pk not in there:
            save(Mention(comment=comment, user=user, person=user.person))


def must_be_editable(comment: Comment, by: object) -> None:
    if comment.removed_at is not None:
        raise Refused(_("This comment was removed."), code="removed")
    if not comment.is_own(by):
        raise NotAllowed(_("Only its author edits a comment."))
    if not comment.may_be_edited_by(by):
        minutes = int(EDITED_WITHIN.total_seconds() // 60)
        sentence = _("A comment can be edited for %(n)d minutes. Write another one, or remove it.")
        raise Refused(sentence % {"n": minutes}, code="too_late")


@action("discussion.edited", needs=Permission.WORKSPACE_OPEN)
def edit_comment(comment: Comment, *, by: Actor, text: str, version: int | None = None) -> Comment:
    """By its author, for some minutes; who is newly mentioned gets the task. In two windows, the second that saves sees what the first
    wrote."""
    comment = lock_latest(comment, version)
    must_be_editable(comment, by)
    thing = thing_of(comment.thing)
    if not isinstance(by, User) or thing is None or not may_discuss(by, thing):
        raise NotAllowed
    comment.text, comment.edited_at = _text(text), clock.now()
    save(comment)
    _mention(comment, thing, _chosen(comment.text, (), by))
    return comment


@action("discussion.removed", needs=Permission.WORKSPACE_OPEN)
def remove_comment(comment: Comment, *, by: Actor) -> Comment:
    """Its words go; that there was a comment, whose, and who removed it, stays."""
    comment = lock_latest(comment)
    if comment.removed_at is not None:  # pressed twice
        return comment
    if not comment.may_be_removed_by(by):
        raise NotAllowed(_("Only its author, the secretariat or an administrator removes a comment."))
    comment.text, comment.removed_at, comment.removed_by = "", clock.now(), by.actor_name[:200]
    save(comment)
    for each in comment.mentions.filter(seen_at=None):
        each.seen_at = clock.now()
        save(each)
    return comment


@action("discussion.mention_seen", needs=Permission.WORKSPACE_OPEN, quiet=True)
def see_mention(mention: Mention, *, by: Actor) -> Mention:
    """The one who is mentioned has seen it: it is no task any more."""
    mention = lock_latest(mention)
    if not mention.is_of(by):
        raise NotAllowed
    mention.seen_at = mention.seen_at or clock.now()
    return save(mention)


@action("discussion.mentions_seen", needs=Permission.WORKSPACE_OPEN, quiet=True)
def see_mentions(mentions: Sequence[Mention], *, by: Actor) -> int:
    """The one whom a comment on many records mentions has seen all of them. How many were not seen before."""
    waiting = [each for each in map(lock_latest, mentions) if each.seen_at is None]
    if not all(each.is_of(by) for each in waiting):
        raise NotAllowed
    for each in waiting:
        each.seen_at = clock.now()
        save(each)
    return len(waiting)
