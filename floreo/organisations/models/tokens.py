"""Tokens with which a program acts for an account at the API, and the answers that are kept for repeated calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.models import Record
from floreo.core.routes import path_to
from floreo.organisations.models.accounts import User
from floreo.organisations.models.register import Organisation

WARN_BEFORE = timedelta(days=30)  # of its last day, its owner is reminded


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def in_force(self, today: date) -> ApiTokenQuerySet:
        """Those that open something: not revoked, not past their end, of an account that is not switched off."""
        return self.filter(ended_at=None, expires_on__gte=today, user__is_active=True)

    def visible_to(self, viewer: object) -> ApiTokenQuerySet:
        """One's own; all to whoever manages accounts."""
        if can(viewer, Permission.ACCOUNT_MANAGE):
            return self
        return self.filter(user=viewer) if isinstance(viewer, User) else self.none()


class ApiToken(Record):
    """What a program shows to act for an account: for some purposes, for one organisation or for all of the account's, until a day.
    Only its hash is kept."""

    not_chained: ClassVar[Mapping[str, str]] = {
        "last_used_on": "The day of its last use, for whoever tidies up.",
        "last_used_from": "The address of its last use, for whoever tidies up.",
        "warned_on": "When its owner was reminded of its end.",
    }
    secret_fields: ClassVar[frozenset[str]] = frozenset({"token_hash", "last_used_on", "last_used_from", "warned_on"})

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("Account")
    )
    name = models.CharField(max_length=120, verbose_name=_("Program"))  # "honeypot in the basement"
    scopes = models.JSONField(default=list, verbose_name=_("Purposes"))  # names of organisations/scopes.py
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="api_tokens",
        verbose_name=_("Only for this organisation"),
    )
    expires_on = models.DateField(verbose_name=_("Last day"))
    made_by = models.CharField(max_length=200, blank=True, verbose_name=_("Made by"))
    token_hash = models.CharField(max_length=64, unique=True)
    last_used_on = models.DateField(null=True, blank=True)
    last_used_from = models.CharField(max_length=60, blank=True)
    warned_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ended"))

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.user

    def is_over(self, today: date) -> bool:
        return self.ended_at is not None or self.expires_on < today

    def workspace_url(self) -> str:
        return path_to("workspace:token", self.pk)


class KeptAnswer(models.Model):
    """The answer to a call of a program that carried an Idempotency-Key: the same call again gets it, and nothing is done twice. Of
    key and body only hashes are kept."""

    not_chained = "What the API answered, for a repeated call; gone after two days."

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="kept_answers")
    key_hash = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)  # of method, address and body
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key_hash"], name="answer_kept_once")]

    def __str__(self) -> str:
        return f"{self.status}"


class DirectoryAccount(Record):
    """An account that a directory takes care of (SCIM): the name that it has there, and for which organisation the directory speaks."""

    read_with = Permission.AUDIT_READ

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="in_directory", verbose_name=_("Account")
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="directory_accounts",
        verbose_name=_("Organisation"),
    )
    external_id = models.CharField(max_length=200, blank=True)
    is_switched_off = models.BooleanField(
        default=False, verbose_name=_("Switched off")
    )  # by the directory, which may take it back
    is_removed = models.BooleanField(default=False, verbose_name=_("Removed"))  # the directory forgot the account

    def __str__(self) -> str:
        return self.external_id or str(self.user)

    def audit_subject(self) -> models.Model:
        return self.user
