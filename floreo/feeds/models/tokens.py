"""Tokens with which a program speaks for an account at the API."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from floreo.core.access import Permission
from floreo.core.models import Record


class ApiToken(Record):
    """A program's word for an account: it may what the account may. Only its hash is kept."""

    read_with = Permission.ACCOUNT_MANAGE

    not_chained = {"last_used_on": "The day of its last use, for whoever tidies up."}
    secret_fields: ClassVar[frozenset[str]] = frozenset({"token_hash", "last_used_on"})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120)  # which program: "honeypot in the basement"
    token_hash = models.CharField(max_length=64, unique=True)
    last_used_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.user
