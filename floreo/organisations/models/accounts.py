"""Accounts: who may sign in, in which roles, and who has been asked to join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Limit, Permission
from floreo.core.composed import composed
from floreo.core.models import Record
from floreo.organisations.models.register import Organisation, Person


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account: an e-mail address that may sign in. The register says who the person is."""

    read_with = Permission.AUDIT_READ

    email = models.EmailField(unique=True, verbose_name=_("E-mail"))
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="user", verbose_name=_("Person")
    )
    language = models.CharField(max_length=5, blank=True, verbose_name=_("Language"))
    is_active = models.BooleanField(default=True, verbose_name=_("Active"))
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    secret_fields: ClassVar[frozenset[str]] = frozenset({"password", "last_login"})
    not_chained: ClassVar[Mapping[str, str]] = {
        "password": "Written by the sign-in library, also when it hashes an old one again.",
        "last_login": "Written at each sign-in.",
    }

    objects = UserManager()
    limit: Limit | None = None  # of a program that acts for the account with a token

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def actor_code(self) -> str:
        return f"user:{self.pk}"

    @property
    def actor_name(self) -> str:
        return self.name or self.email

    @cached_property
    def _grants(self) -> list[tuple[str, int | None]]:
        return _grants_of(self.pk) if self.is_active else []

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return self._grants

    def organisation_ids(self) -> set[int]:
        return {org for _role, org in self._grants if org is not None}

    def owner_ids(self) -> set[int]:
        """The organisations that the account acts for, also when it is switched off."""
        return set(self.memberships.exclude(organisation=None).values_list("organisation_id", flat=True))


class Membership(Record):
    """One role of one account, for one organisation or for all. Stores the role's short name; what it may is code."""

    read_with = Permission.AUDIT_READ

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("Account"))
    role = models.CharField(max_length=20, verbose_name=_("Role"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("Organisation"),
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "organisation"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(organisation=None), name="membership_for_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


@composed
def _grants_of(user: int) -> models.QuerySet[Membership, tuple[str, int | None]]:
    """Each request of somebody signed in begins with it."""
    return Membership.objects.filter(user=user).values_list("role", "organisation_id")


class Invitation(Record):
    """A person asked to join, with the role they will have. The link in the mail works once; only its hash is kept."""

    read_with = Permission.AUDIT_READ

    email = models.EmailField(verbose_name=_("E-mail"))
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))
    role = models.CharField(max_length=20, verbose_name=_("Role"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="invitations",
        verbose_name=_("Organisation"),
    )
    invited_by = models.CharField(max_length=200, verbose_name=_("Invited by"))
    expires_at = models.DateTimeField(verbose_name=_("Valid until"))
    accepted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Accepted"))
    withdrawn_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Withdrawn"))

    class Meta:
        ordering = ["-pk"]
        constraints = [  # several sent at once would else each find none
            models.UniqueConstraint(
                fields=["email"], condition=Q(accepted_at=None, withdrawn_at=None), name="invitation_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.email
