"""Comments on any record that may be discussed, and whom they mention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission, can, reach
from floreo.core.keys import key
from floreo.core.models import Record
from floreo.core.policy import has_rule, rows_seen, things_seen
from floreo.discussion.logic import may_edit
from floreo.offers import discussed
from floreo.organisations.models import Person, User


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, viewer: object) -> CommentQuerySet:
        """On things that the viewer sees, and of which they may read what is internal: never the public, whatever of the thing is
        public."""
        if not can(viewer, Permission.WORKSPACE_OPEN):
            return self.none()
        seen, by_name = Q(pk__in=[]), dict[str, Permission]()
        for label, needs in discussed().items():
            far = reach(viewer, needs)
            if far is None and has_rule(apps.get_model(label)):
                seen |= self._all_of(label, viewer)
            elif far is None or far:
                by_name[label] = needs
        return self.filter(seen | self._by_name(by_name, viewer))

    def _all_of(self, label: str, viewer: object) -> Q:
        named = Concat(Value(f"{label}:"), Cast("pk", models.CharField()))
        rows = rows_seen(apps.get_model(label), viewer).order_by().annotate(named_as=named)
        return Q(thing__in=rows.values("named_as"))

    def _by_name(self, kinds: Mapping[str, Permission], viewer: object) -> Q:
        """Of kinds that have to be asked thing by thing: what was commented on is read once, whatever its kind."""
        names = self.order_by().values_list("thing", flat=True).distinct() if kinds else ()
        things = things_seen({name for name in names if name.partition(":")[0] in kinds}, viewer)
        return Q(thing__in=[n for n, thing in things.items() if can(viewer, kinds[n.partition(":")[0]], thing)])


class Comment(Record):
    """What somebody wrote on a record, for colleagues who may see it. It has the right and the marking of its record and none of its
    own; it is in no export and no mail."""

    # Not in the trail, so that what is removed is gone: the trail says who commented when, and holds the hash of the words.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"text"})

    thing = models.CharField(max_length=120)  # core.keys: "strategy.action:17"
    text = models.TextField(blank=True, verbose_name=_("Comment"))
    batch = models.CharField(max_length=32, blank=True)  # shared by one comment written on many records at once
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments")
    author_name = models.CharField(max_length=200, verbose_name=_("Written by"))  # as it then was
    written_at = models.DateTimeField(verbose_name=_("Written"))
    edited_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Edited"))
    removed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Removed on"))
    removed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Removed by"))

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        indexes = [
            models.Index(fields=["thing", "written_at"], name="comment_of_thing"),
            models.Index(fields=["batch"], condition=~Q(batch=""), name="comment_of_batch"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(removed_at=None) | Q(text=""), name="removed_comment_has_no_text")
        ]

    def __str__(self) -> str:
        return f"{self.author_name}, {self.written_at:%Y-%m-%d %H:%M}"

    def is_own(self, viewer: object) -> bool:
        return isinstance(viewer, User) and self.author_id == viewer.pk

    def may_be_edited_by(self, viewer: object) -> bool:
        return self.removed_at is None and self.is_own(viewer) and may_edit(self.written_at, clock.now())

    def may_be_removed_by(self, viewer: object) -> bool:
        return self.removed_at is None and (self.is_own(viewer) or can(viewer, Permission.ACCOUNT_MANAGE))


class Mention(Record):
    """That a comment names somebody, until they have seen it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="mentions", verbose_name=_("Account")
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="mentions", verbose_name=_("Person")
    )
    seen_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Seen"))

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["user", "seen_at"], name="mention_waits")]
        constraints = [
            models.UniqueConstraint(fields=["comment", "user"], name="mentioned_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(person__isnull=False), name="mention_of_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.person)

    def audit_subject(self) -> models.Model:
        return self.comment

    def is_of(self, viewer: object) -> bool:
        if not isinstance(viewer, User):
            return False
        return self.user_id == viewer.pk or (self.person_id is not None and self.person_id == viewer.person_id)


def comments_on(thing: models.Model) -> models.QuerySet[Any]:
    return Comment.objects.filter(thing=key(thing))
