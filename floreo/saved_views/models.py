"""Saved views of lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import ROLES
from floreo.core.models import Record
from floreo.organisations.models import Organisation, User


class Share(models.TextChoices):
    PRIVATE = "private", pgettext_lazy("a saved view", "Only me")
    ROLE = "role", _("Everybody with the role")
    ORGANISATION = "organisation", _("Everybody of the organisation")


def teams_of(viewer: User) -> tuple[list[str], list[int]]:
    """The roles that they have for all organisations, and the organisations that they act for."""
    return [role for role, organisation in viewer.grants() if organisation is None], sorted(viewer.organisation_ids())


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, viewer: object) -> SavedViewQuerySet:
        """One's own, and those that one's team shares: the same role for all organisations, or the same organisation."""
        if not isinstance(viewer, User):
            return self.none()
        return self.shared_with(viewer.pk, *teams_of(viewer))

    def shared_with(self, account: int, roles: list[str], organisations: list[int]) -> SavedViewQuerySet:
        shared = Q(share=Share.ROLE, role__among=roles) | Q(
            share=Share.ORGANISATION, organisation__pk__among=organisations
        )
        return self.filter(Q(owner=account) | shared)


class SavedView(Record):
    """The filters and words of one list, under a name. It is an address: the list that it opens shows each reader what they may see."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=300, verbose_name=_("Page"))  # "/workspace/decisions/"
    name = models.CharField(max_length=80, verbose_name=_("Name"))
    query = models.CharField(max_length=1_000, blank=True)  # "q=port&state=open"
    share = models.CharField(max_length=12, choices=Share.choices, default=Share.PRIVATE, verbose_name=_("Who sees it"))
    role = models.CharField(max_length=20, blank=True, verbose_name=_("Role"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="saved_views",
        verbose_name=_("Organisation"),
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["page"], name="saved_view_page")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_named_once"),
            models.CheckConstraint(
                condition=Q(share="private", role="", organisation=None)
                | (Q(share="role", organisation=None) & ~Q(role=""))
                | Q(share="organisation", role="", organisation__isnull=False),
                name="saved_view_shared_with_one_team",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_own(self, viewer: object) -> bool:
        return isinstance(viewer, User) and viewer.pk == self.owner_id

    @property
    def team(self) -> str:
        """With whom it is shared; "" where it is private."""
        if self.organisation is not None:
            return self.organisation.label
        return str(ROLES[self.role].title) if self.role in ROLES else ""
