"""Notices to those concerned, what they answer, and what is corrected in the register."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record, Sourced
from floreo.core.policy import Tlp
from floreo.core.search import Entry
from floreo.core.ui.locale import day
from floreo.core.wording import BY_LINK, who_text
from floreo.feeds.models.choices import SENT_MARKINGS, CorrectionState, Every, FindingState, ReplyKind, Severity
from floreo.feeds.models.findings import Finding
from floreo.organisations.models import ContactRole, Organisation


class NoticeRule(Record):
    """Who gets what, how often. Of several that fit a finding the first counts (by position)."""

    read_with = Permission.FEED_READ

    position = models.PositiveSmallIntegerField(default=0)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notice_rules",
        verbose_name=_("Organisation"),
    )  # none: all
    kind = models.CharField(
        max_length=80,
        blank=True,
        verbose_name=_("Kind of finding"),
        help_text=_("For example open-rdp. Leave empty for every kind."),
    )  # "": all
    worst = models.CharField(
        max_length=10, choices=Severity.choices, blank=True, verbose_name=_("Minimum severity")
    )  # at least as severe as; "": any
    contact_role = models.CharField(
        max_length=12,
        choices=ContactRole.choices,
        default=ContactRole.ABUSE,
        verbose_name=_("Contact role"),
        help_text=_("If an organisation has no such contact, the notice goes to the next contact and says so."),
    )
    every = models.CharField(
        max_length=8,
        choices=Every.choices,
        default=Every.WEEK,
        verbose_name=_("How often"),
        help_text=_("Critical findings leave immediately, unless a rule names their kind or severity."),
    )
    resend_days = models.PositiveSmallIntegerField(
        default=7, verbose_name=_("Remind after (days)"), help_text=_("While the finding is open.")
    )  # what was notified and is still open is notified again after
    reason = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Reason"),
        help_text=_("Shown with the notice. Required if an organisation is never notified."),
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.reason or f"{self.get_every_display()}: {self.kind or '*'}"


class Notice(Record):
    """One notice to one organisation's contacts of one role for one period."""

    read_with = Permission.FEED_READ
    not_chained = {"alerted_at": "The mail to the duty contact is in the trail as an entry of its own."}

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="notices", verbose_name=_("Organisation")
    )
    contact_role = models.CharField(max_length=12, choices=ContactRole.choices, verbose_name=_("Role of the contact"))
    on = models.DateField(verbose_name=_("Day"))  # the country's day on which it was posted
    start = models.DateField()
    end = models.DateField()  # inclusive
    to = models.JSONField(default=list, verbose_name=_("Recipients"))  # addresses it was sent to
    tlp = models.CharField(max_length=12, choices=SENT_MARKINGS, default=Tlp.AMBER, verbose_name=_("TLP"))
    link_version = models.PositiveSmallIntegerField(default=1)
    link_until = models.DateTimeField(verbose_name=_("Link valid until"))
    posted_at = models.DateTimeField(verbose_name=_("Sent"))
    answered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Answered"))  # the first answer
    undelivered = models.JSONField(
        default=list, blank=True, verbose_name=_("Not delivered")
    )  # addresses of `to` from which it came back
    alerted_at = models.DateTimeField(null=True, blank=True)  # when the duty contact was mailed that it came back
    findings = models.ManyToManyField(Finding, through="NoticeLine", related_name="notices")

    class Meta:
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "contact_role", "start", "end"], name="one_letter_a_period"
            ),
            models.UniqueConstraint(fields=["organisation", "contact_role", "on"], name="one_letter_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.start}"

    named_with = ("organisation",)  # rows that its name is read from

    def named(self) -> str:
        """The organisation and the day, as the reader's language writes them."""
        return f"{self.organisation.named()}, {day(self.start)}"

    def search_entry(self) -> Entry:
        """Found by its organisation and by whom it was sent to."""
        here = self.get_absolute_url()
        names = [self.organisation.short_name, *self.to]
        return Entry("notice", str(self), " ".join(filter(None, names)), here, here)

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def get_absolute_url(self) -> str:
        return reverse("workspace:notice", args=[self.pk])


class NoticeLine(models.Model):
    """A finding as the notice showed it."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="lines")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="lines")
    state = models.CharField(max_length=12, choices=FindingState.choices, verbose_name=_("State"))
    rule = models.CharField(
        max_length=300, blank=True, verbose_name=_("Rule")
    )  # why it was sent to this role, in words
    why = models.CharField(max_length=300, blank=True, verbose_name=_("Why"))  # why it came to this organisation

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "finding"], name="finding_once_a_notice")]

    def __str__(self) -> str:
        return f"{self.notice}: {self.finding}"


def by_link(address: str) -> str:
    """Whoever has a link is named by the address that it was sent to: who it is, nobody knows. As it is noted, in English."""
    return BY_LINK % {"address": address}


class Reply(Record):
    """What somebody said of a finding: by a notice's link, or signed in."""

    not_chained = {"alerted_at": "The mail to the duty contact is in the trail as an entry of its own."}

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="answers")
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    kind = models.CharField(max_length=12, choices=ReplyKind.choices, verbose_name=_("Kind"))
    note = models.TextField(blank=True, verbose_name=_("Note"))
    at = models.DateTimeField(verbose_name=_("When"))
    replied_by = models.CharField(
        max_length=200, verbose_name=_("Replied by")
    )  # the account's name, or "by the link sent to ..."
    link_to = models.EmailField(max_length=254, blank=True)  # to whom the link was sent by which it came
    handled_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Handled")
    )  # a call for help or a false alarm that the team saw to
    handled_by = models.CharField(max_length=200, blank=True, verbose_name=_("Handled by"))
    answer = models.TextField(blank=True, verbose_name=_("Answer"))  # what the team answered
    alerted_at = models.DateTimeField(null=True, blank=True)  # when the duty contact was mailed about it

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["kind", "handled_at"], name="answers_waiting")]

    def __str__(self) -> str:
        return f"{self.finding}: {self.kind}"

    @property
    def sender(self) -> str:
        """The account's name, or by which link it came, in the reader's language."""
        return who_text(by_link(self.link_to) if self.link_to else self.replied_by)

    def audit_subject(self) -> models.Model:
        return self.finding


class Correction(Record, Sourced):
    """Somebody says that a network is not theirs: what the register says, what they say, and what was decided."""

    read_with = Permission.FEED_READ

    answer = models.OneToOneField(Reply, on_delete=models.CASCADE, related_name="correction")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="corrections_asked", verbose_name=_("Organisation")
    )
    network = models.CharField(
        max_length=255, verbose_name=_("Network")
    )  # what matched: 192.0.2.0/25, AS64496, example.org
    reason = models.CharField(max_length=10, verbose_name=_("Reason"))
    state = models.CharField(
        max_length=8, choices=CorrectionState.choices, default=CorrectionState.OPEN, verbose_name=_("State")
    )
    moved_to = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrections_received",
        verbose_name=_("Moved to"),
    )
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Decided"))
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))
    decision = models.TextField(blank=True, verbose_name=_("Decision"))

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.network}"
