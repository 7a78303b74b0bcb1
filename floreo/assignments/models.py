"""Who has what, from when to when, whatever kind of thing it is; and what somebody did to many things in one step."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.keys import thing_of
from floreo.core.models import Record
from floreo.organisations.models import Organisation, User
from floreo.organisations.queries import bodies_of


class AssignmentEnd(models.TextChoices):
    """Why somebody no longer has it."""

    HANDED_BACK = "handed_back", _("handed back")
    REASSIGNED = "reassigned", _("assigned to somebody else")
    UNDONE = "undone", _("the step was undone")
    MAY_NOT = "may_not", _("handed back by the program: the account was switched off or lost the permission")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, viewer: object) -> AssignmentQuerySet:
        """To those among whom it is assigned: they hold the permission everywhere, or speak for its organisation."""
        everywhere = [str(p) for p in Permission if reach(viewer, p) is None]
        own: set[int] = bodies_of(getattr(viewer, "organisation_ids", set)())
        return self.filter(Q(needs__in=everywhere) | Q(organisation__in=own))


class Assignment(Record):
    """One time that somebody had one thing. A thing is named by its key, as in the trail ("feeds.finding:17"), or by that of
    its task; at most one assignment of a key has no end."""

    key = models.CharField(max_length=160)
    needs = models.CharField(max_length=40)  # the Permission that whoever has it must hold
    # For what waits for an organisation: whoever speaks for it may have it, too.
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("Organisation"),
    )
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="assignments", verbose_name=_("Account")
    )
    user_name = models.CharField(max_length=200, verbose_name=_("Name"))  # as it then was
    starts_at = models.DateTimeField(verbose_name=_("Starts"))
    assigned_by = models.CharField(max_length=200, verbose_name=_("Assigned by"))
    ends_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ends"))
    ended_by = models.CharField(max_length=200, blank=True, verbose_name=_("Ended by"))
    end = models.CharField(max_length=12, choices=AssignmentEnd.choices, blank=True, verbose_name=_("How it ended"))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ends_at=None), name="assignment_one_owner"),
            models.CheckConstraint(
                condition=Q(ends_at=None, end="") | (Q(ends_at__isnull=False) & ~Q(end="")),
                name="assignment_end_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["key", "starts_at"], name="assignment_of")]

    def __str__(self) -> str:
        return f"{self.key} {self.user_name}"

    @property
    def permission(self) -> Permission:
        """What whoever has it must hold."""
        return Permission(self.needs)

    def audit_subject(self) -> models.Model:
        return thing_of(self.key) or self


class BulkStepQuerySet(models.QuerySet["BulkStep"]):
    def visible_to(self, viewer: object) -> BulkStepQuerySet:
        return self.filter(user=viewer) if isinstance(viewer, User) else self.none()


class BulkStep(Record):
    """What one person did to many things in one step: a line for each, and what undoes it."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"lines", "rows"})  # each act has an entry of its own

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_steps")
    command = models.CharField(max_length=60)  # "tasks.assign"
    back = models.CharField(max_length=300, blank=True)  # the list on which it was done
    at = models.DateTimeField(verbose_name=_("When"))
    # [{"key", "name", "href", "is_done", "sentence", "before"}]; `before` is what undoing it needs.
    lines = models.JSONField(default=list, blank=True)
    rows = models.JSONField(default=dict, blank=True)  # ids of the rows that it wrote, by model
    head = models.CharField(max_length=40, blank=True)  # of the chain when it had ended
    undone_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Undone"))

    objects = BulkStepQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.command} {self.at:%Y-%m-%d}"
