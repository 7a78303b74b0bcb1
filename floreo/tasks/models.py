"""Reminders that were sent, the addresses of private calendars, and when each person wants the weekly e-mail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import OutboxMail, Record
from floreo.core.tasks import News
from floreo.organisations.models import Organisation, Person, User
from floreo.tasks.notifying import Rhythm


class ReminderKind(models.TextChoices):
    REMIND = "reminder", _("Reminder")
    ESCALATION = "escalation", _("Deputy notified")


class Reminder(Record):
    """One reminder that somebody sent: to whom, of what, and the mail that carried it."""

    read_with = Permission.REMIND

    kind = models.CharField(
        max_length=10, choices=ReminderKind.choices, default=ReminderKind.REMIND, verbose_name=_("Kind")
    )
    # Whose task it is: an organisation, or a person who belongs to none.
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="reminders",
        verbose_name=_("Organisation"),
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="reminders", verbose_name=_("Person")
    )
    to_name = models.CharField(max_length=200, verbose_name=_("Sent to"))  # as it then was
    keys = models.JSONField(default=list)  # what it was about, by key
    text = models.TextField(verbose_name=_("Text"))
    on = models.DateField(verbose_name=_("Day"))
    sent_by = models.CharField(max_length=200, verbose_name=_("Sent by"))
    mail = models.ForeignKey(OutboxMail, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["organisation", "on"], name="reminder_receiver")]

    def __str__(self) -> str:
        return f"{self.to_name} {self.on}"

    def audit_subject(self) -> models.Model:
        return self.organisation or self.person or self


class FeedKey(Record):
    """The private calendar of one account. Raising `link_version` makes older addresses invalid."""

    not_chained = "Counts what the calendar published; that a new address was taken is in the trail."

    secret_fields: ClassVar[frozenset[str]] = frozenset({"entries"})

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="feed_key")
    link_version = models.PositiveIntegerField(default=1)
    entries = models.JSONField(default=dict, blank=True)  # what it was last shown of each thing: [hash, sequence, when]

    def __str__(self) -> str:
        return str(self.user)

    def audit_subject(self) -> models.Model:
        return self.user


class WeeklyMail(Record):
    """When an account, or a person without one whom a review asked, gets the weekly e-mail; and when it last went."""

    not_chained = "Records which week is done; the e-mails themselves are in the trail."

    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.CASCADE, related_name="weekly_mail")
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="weekly_mail")
    weekday = models.PositiveSmallIntegerField(default=0)  # 0 is Monday
    is_on = models.BooleanField(default=True)
    last_on = models.DateField(null=True, blank=True)  # the day for which it was last settled, sent or not needed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, person__isnull=False) | Q(user__isnull=False, person=None),
                name="weekly_mail_of_one",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekly_mail_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.person)

    def audit_subject(self) -> models.Model:
        return self.user or self.person or self


class RhythmChoice(models.TextChoices):
    NOW = Rhythm.NOW, _("At once")
    DAILY = Rhythm.DAILY, _("Once a day")
    WEEKLY = Rhythm.WEEKLY, _("Once a week")
    LIST = Rhythm.LIST, _("In the list only")


class NewsChoice(models.TextChoices):
    MENTION = News.MENTION, _("A colleague mentions me")
    ASSIGNED = News.ASSIGNED, _("A task is assigned to me")
    APPROVAL = News.APPROVAL, _("An update waits for approval")
    ANSWER = News.ANSWER, _("An organisation replied")
    FINDING = News.FINDING, _("New findings in my network")
    FAULT = News.FAULT, _("A feed is silent, or notices do not arrive")
    HELD = News.HELD, _("Work is held up until somebody acts")
    VOTE = News.VOTE, _("A committee asks for my vote or for dates")
    DEADLINE = News.DEADLINE, _("A deadline is near")
    OTHER = News.OTHER, _("Any other new task")


class NotificationChoice(Record):
    """How often somebody is notified of one kind, where they chose it themselves."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_choices")
    news = models.CharField(max_length=10, choices=NewsChoice.choices, verbose_name=_("News"))
    rhythm = models.CharField(max_length=6, choices=RhythmChoice.choices, verbose_name=_("Rhythm"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "news"], name="notification_chosen_once")]

    def __str__(self) -> str:
        return f"{self.news}: {self.rhythm}"

    def audit_subject(self) -> models.Model:
        return self.user


class NotificationState(models.Model):
    """Of which tasks an account has been notified, and for which day its daily e-mail is settled."""

    not_chained = "Counts of what somebody was notified; the e-mails themselves are in the trail."

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_state")
    notified = models.JSONField(default=dict, blank=True)  # mark of a task -> how many things it represented
    daily_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)
