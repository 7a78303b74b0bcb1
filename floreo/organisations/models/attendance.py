"""Who came: what a meeting of a committee and a session of a course record in the same way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.models import Record
from floreo.organisations.logic import Presence
from floreo.organisations.models.register import Organisation, Person


class PresenceChoice(models.TextChoices):
    PRESENT = Presence.PRESENT, _("Present")
    APOLOGIES = Presence.APOLOGIES, _("Apologies")
    ABSENT = Presence.ABSENT, _("Absent")


class Attended(Record):
    """The base of one line of an attendance list: who, for which body, who came instead, and guests that nobody expected."""

    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(app_label)s_attendances",
        verbose_name=_("Organisation"),
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="%(app_label)s_attendances",
        verbose_name=_("Person"),
    )
    name = models.CharField(
        max_length=200, blank=True, verbose_name=_("Name")
    )  # of a guest, or of who came for a body without a named person
    presence = models.CharField(
        max_length=10, choices=PresenceChoice.choices, default=Presence.PRESENT, verbose_name=_("Presence")
    )
    substitute = models.CharField(
        max_length=200, blank=True, verbose_name=_("Represented by")
    )  # who came instead of the person
    is_guest = models.BooleanField(default=False, verbose_name=_("Guest"))

    class Meta:
        abstract = True

    @property
    def is_present(self) -> bool:
        return self.presence == Presence.PRESENT
