"""Who takes part, and as what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core import languages
from floreo.core.models import Record
from floreo.organisations.models import Organisation
from floreo.tabletops.logic import (
    ParticipantKind,
    ParticipantState,
)
from floreo.tabletops.models.choices import PartChoice, ParticipantStateChoice
from floreo.tabletops.models.exercises import OfTabletop, Tabletop


class TabletopParticipantQuerySet(OfTabletop["Participant"]):
    pass


class Participant(Record):
    """Somebody who was invited to one exercise, and what they gave when they accepted by their own link. It points to no person of the
    register: what changes there changes nothing here.

    `mail` is the only address to which anything of the exercise is sent, and only while `consent` seals it: both are written by the
    press of its owner, and by nothing else (actions/joining.py, recipients.py)."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"consent"})

    tabletop = models.ForeignKey(Tabletop, on_delete=models.CASCADE, related_name="participants")
    number = models.PositiveSmallIntegerField()
    part = models.CharField(
        max_length=8, choices=PartChoice.choices, default=ParticipantKind.PLAYER, verbose_name=_("Takes part as")
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tabletop_participants",
        verbose_name=_("Organisation"),
    )
    organisation_name = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the organisation"))
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))
    post = models.CharField(max_length=200, blank=True, verbose_name=_("Post"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    invited_mail = models.EmailField(
        blank=True,
        verbose_name=_("E-mail for the invitation"),
        help_text=_(
            "Only the invitation goes there. Injects go to the address that the person gives when they accept. Empty: you hand over the link."
        ),
    )
    pending_mail = models.EmailField(blank=True)  # given, and not confirmed by whoever has it
    mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    consent = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        max_length=8, choices=ParticipantStateChoice.choices, default=ParticipantState.INVITED, verbose_name=_("State")
    )
    accepted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Accepted"))
    link_version = models.PositiveIntegerField(default=1)

    objects = TabletopParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["tabletop", "number"], name="tabletop_participant_number_once")]

    def __str__(self) -> str:
        return self.name or str(_("Participant %(number)d") % {"number": self.number})

    @property
    def is_in(self) -> bool:
        return self.state == ParticipantState.ACCEPTED

    @property
    def is_observer(self) -> bool:
        return self.part == ParticipantKind.OBSERVER

    @property
    def organisation_words(self) -> str:
        return self.organisation.in_language("name") if self.organisation else self.organisation_name

    def audit_subject(self) -> models.Model:
        return self.tabletop

    def workspace_url(self) -> str:
        return f"{self.tabletop.workspace_url()}#participants"
