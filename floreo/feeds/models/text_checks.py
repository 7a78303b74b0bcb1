"""Who of the installation has checked a text for operators."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record


class TextCheck(Record):
    """Somebody of the team read a text for operators and found it right, as its files were that day. Counts while the hash is
    that of the files (`feeds/texts.py: sha256_of`)."""

    read_with = Permission.FEED_READ

    text = models.CharField(max_length=80, unique=True)  # its name in feeds/kinds, or class-<class>
    sha256 = models.CharField(max_length=64)
    checked_by = models.CharField(max_length=200, verbose_name=_("Checked by"))
    checked_on = models.DateField(verbose_name=_("Checked on"))

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text
