"""What ends a finding besides what files show: a false alarm, an acceptance, a network that is not of an organisation here, a withdrawal."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record
from floreo.feeds.models.choices import EndingKind
from floreo.feeds.models.files import Feed


class EndingQuerySet(models.QuerySet["FindingEnding"]):
    def active(self, today: date) -> EndingQuerySet:
        """Those that hold today."""
        return self.filter(undone_on=None).filter(Q(ends_on=None) | Q(ends_on__gte=today))

    def ran_out(self, today: date) -> EndingQuerySet:
        """Those whose day has passed, on which a person decides again."""
        return self.filter(undone_on=None, ends_on__lt=today)


class FindingEnding(Record):
    """Findings that do not wait for their organisation any more, with who says so, why, and until when. It hides nothing from a
    published figure: what is still seen counts as open there. It can be undone."""

    read_with = Permission.FEED_READ
    objects = EndingQuerySet.as_manager()

    kind = models.CharField(max_length=12, choices=EndingKind.choices, verbose_name=_("How they end"))
    # What it acts on: all that is given has to fit. One finding, or an address, prefix or name, a kind, a feed.
    finding = models.ForeignKey(
        "feeds.Finding", null=True, blank=True, on_delete=models.CASCADE, related_name="endings"
    )
    subject = models.CharField(
        max_length=255,
        blank=True,
        verbose_name=_("Address, network or name"),
        help_text=_("For example 192.0.2.20, 192.0.2.0/24 or www.bank.example. Leave blank for any."),
    )
    finding_kind = models.CharField(
        max_length=80,
        blank=True,
        verbose_name=_("Kind of finding"),
        help_text=_("For example open-rdp. Leave blank for any."),
    )
    feed = models.ForeignKey(
        Feed, null=True, blank=True, on_delete=models.PROTECT, related_name="endings", verbose_name=_("Feed")
    )
    reason = models.CharField(max_length=500, verbose_name=_("Reason"))
    made_by = models.CharField(max_length=200, verbose_name=_("Made by"))
    made_on = models.DateField(verbose_name=_("Made on"))
    ends_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Until"),
        help_text=_("The last day. It comes back to My tasks after that."),
    )
    taken_back = models.JSONField(default=dict, blank=True)  # source -> days, of what its source withdrew
    undone_on = models.DateField(null=True, blank=True)
    undone_by = models.CharField(max_length=200, blank=True, verbose_name=_("Undone by"))

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(finding=None, subject="", finding_kind="", feed=None), name="ending_of_something"
            ),
            models.CheckConstraint(
                condition=~Q(kind=EndingKind.ACCEPTED) | ~Q(ends_on=None), name="accepted_until_a_day"
            ),
        ]
        indexes = [models.Index(fields=["undone_on", "ends_on"], name="ending_active")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject or self.finding_kind or self.pk}"

    @property
    def is_of_the_register(self) -> bool:
        """Whether the program says it because the register attributes the finding to nobody any more. What a person calls outside
        has an end day, and stays open in published figures."""
        return self.kind == EndingKind.OUTSIDE and self.ends_on is None

    def audit_subject(self) -> models.Model:
        return self.finding or self
