"""What reviews offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Direction, Measure
from floreo.core.offers import STRATEGY, Job, MenuItem, Offers, PackFile
from floreo.reviews import measures, pack
from floreo.reviews.actions import run_rhythm
from floreo.reviews.tables import TABLES
from floreo.reviews.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={"reviews": "editions/*/reviews.toml"},
    measures={
        "share_updates_in_time": Measure(
            measures.share_updates_in_time,
            _("Share of updates sent on time"),
            "%",
            _("updates sent by their due date"),
            _("updates requested"),
        ),
        "median_days_update_late": Measure(
            measures.median_days_update_late,
            _("Median days by which updates were late"),
            "days",
            _("late updates"),
            _("updates received"),
            decimals=1,
            direction=Direction.DOWN,
        ),
        "share_actions_updated": Measure(
            measures.share_actions_updated,
            _("Share of actions with an approved update"),
            "%",
            _("actions with an approved update"),
            _("public actions with a request for an update"),
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"decide": _("Updates to approve")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes, in_edition=True) for name, shapes in pack.FILES.items()),
    jobs=(Job("reviews", partial(run_rhythm, by=SYSTEM), timedelta(minutes=10)),),
    verbs={
        "answers.approved": _("approved updates without changes"),
        "answer.approved": _("approved the update"),
        "answer.drafted": _("saved a draft of an update"),
        "answer.returned": _("returned the update with a note"),
        "answer.submitted": _("sent the update"),
        "answer.unchanged": _("reported that nothing changed"),
        "request.escalated": _("sent the request to the deputy"),
        "request.opened": _("opened the link"),
        "request.renewed": _("sent a new link"),
        "review.closed": _("closed the review"),
        "review.moved": _("changed the dates of the review"),
        "review.opened": _("opened the review"),
        "review.reminded": _("sent a reminder for missing updates"),
        "review.widened": _("requested updates on actions added later"),
        "reviews.kept": _("opened reviews, sent reminders and escalated as scheduled"),
        "rhythm.set": _("set the review schedule"),
    },
    assigned_with={"reviews.answer": Permission.REVIEW_DECIDE},
    menu=(MenuItem(STRATEGY, _("Reviews"), "workspace:reviews", Permission.PLAN_READ, 30, "reviews"),),
)
