"""What tasks offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.offers import MY_WORKSPACE, Job, MenuItem, Offers
from floreo.tasks.notifications import send_notifications
from floreo.tasks.weekly import send_weekly

OFFERS = Offers(
    jobs=(
        Job("weekly_mail", partial(send_weekly, by=SYSTEM), timedelta(hours=1)),
        Job("notifications", partial(send_notifications, by=SYSTEM), timedelta(minutes=2)),
    ),
    verbs={
        "calendar.renewed": _("created a new address for their calendar"),
        "notifications.sent": _("sent a notification"),
        "notifications.set": _("chose their notifications"),
        "reminder.escalated": _("notified a deputy of overdue tasks"),
        "reminder.sent": _("sent a reminder about open tasks"),
        "weekly_mail.sent": _("sent the weekly e-mail"),
        "weekly_mail.set": _("set the day of the weekly e-mail"),
    },
    menu=(
        MenuItem(MY_WORKSPACE, _("My tasks"), "workspace:home", Permission.WORKSPACE_OPEN, 10, "tasks"),
        MenuItem(MY_WORKSPACE, _("Waiting for others"), "workspace:waiting", Permission.REMIND, 20, "others"),
    ),
)
