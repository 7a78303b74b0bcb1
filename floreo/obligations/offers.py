"""What this app offers to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM
from floreo.core.figures import Measure
from floreo.core.offers import INFRASTRUCTURE, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.obligations import measures, pack
from floreo.obligations.actions.dues import plan_due, remind_due
from floreo.obligations.actions.reminding import round_of_clocks
from floreo.obligations.models import EDIT, N_HANDLE, N_READ, READ
from floreo.obligations.tables import TABLES
from floreo.obligations.tasks import waiting_tasks

_INVENTED = "of a real country it is entered in the workspace: a file that is published would show it to everybody"

OFFERS = Offers(
    tables=TABLES,
    licences={"obligations": "obligations.toml"},
    measures={
        "share_stages_in_time": Measure(
            measures.share_stages_in_time,
            _("Share of incident notifications submitted in time"),
            "%",
            _("stages submitted by their deadline"),
            _("stages whose deadline fell in the period"),
            about_people=True,
            records_need=N_HANDLE.value,
        ),
        "median_hours_to_final_report": Measure(
            measures.median_hours_to_final_report,
            _("Median hours until the final report of an incident"),
            "hours",
            _("incidents with a final report"),
            _("incidents of which operators became aware in the period"),
            about_people=True,
            records_need=N_HANDLE.value,
        ),
        "share_obligations_in_time": Measure(
            measures.share_obligations_in_time,
            _("Share of obligations fulfilled in time"),
            "%",
            _("accepted, and submitted by their day"),
            _("due in the period"),
            about_people=True,
            records_need=READ.value,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={
        "obligation_due": _("Obligations"),
        "obligation_submitted": _("Obligations to be decided"),
        "incident_notification": _("Incident notifications"),
    },
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile("obligations.toml", pack.FILES["obligations.toml"]),
        PackFile("obligations_due.toml", pack.FILES["obligations_due.toml"], only_sample=_INVENTED),
        PackFile("notification_forms.toml", pack.FILES["notification_forms.toml"], shipped=pack.SHIPPED),
        PackFile("notifications.toml", pack.FILES["notifications.toml"], only_sample=_INVENTED),
    ),
    search_kinds=(
        SearchKind("obligation", _("Obligation"), READ),
        SearchKind("incident_notification", _("Incident notification"), N_HANDLE),
    ),
    verbs={
        "obligation.added": _("added the obligation"),
        "obligation.updated": _("changed the obligation"),
        "obligation.planned": _("worked out what is due"),
        "obligation.event_recorded": _("recorded an event after which something is due"),
        "obligation.submitted": _("submitted what was due"),
        "obligation.accepted": _("accepted what was submitted"),
        "obligation.returned": _("returned what was submitted"),
        "obligation.lapsed": _("recorded that it is no longer due"),
        "obligation.link_renewed": _("sent a new link"),
        "obligation.reminded": _("sent reminders of what is due"),
        "notification_form.added": _("added a form of notifications"),
        "notification_form.version_begun": _("began a new version of the form of notifications"),
        "notification_form.updated": _("changed a draft of the form of notifications"),
        "notification_form.removed": _("removed a draft of the form of notifications"),
        "notification_form.published": _("published the form of notifications"),
        "notification_form.question_added": _("added a question to the form of notifications"),
        "notification_form.question_changed": _("changed a question of the form of notifications"),
        "notification_form.question_removed": _("removed a question of the form of notifications"),
        "notification_form.question_moved": _("moved a question of the form of notifications"),
        "notification_form.rule_added": _("added a rule of significance to the form of notifications"),
        "notification_form.rule_changed": _("changed a rule of significance of the form of notifications"),
        "notification_form.rule_removed": _("removed a rule of significance of the form of notifications"),
        "notification.started": _("began an incident notification"),
        "notification.link_asked": _("sent a link for a notification"),
        "notification.stage_begun": _("began a stage of the notification"),
        "notification.draft_saved": _("saved a draft of the notification"),
        "notification.file_attached": _("attached a file to a stage of the notification"),
        "notification.file_removed": _("removed a file of a stage of the notification"),
        "notification.submitted": _("submitted a stage of the notification"),
        "notification.withdrawn": _("withdrew the notification as a false alarm"),
        "notification.discarded": _("discarded a notification of which nothing was submitted"),
        "notification.accepted": _("accepted a stage of the notification"),
        "notification.returned": _("returned a stage of the notification"),
        "notification.asked": _("asked for a progress report"),
        "notification.attached": _("attached the notification to an organisation"),
        "notification.rejected": _("rejected the notification"),
        "notification.corrected": _("corrected the facts of the notification"),
        "notification.link_renewed": _("sent a new link of the notification"),
        "notification.forwarded": _("passed the notification on to another authority"),
        "notification.case_opened": _("opened a case for the notification"),
        "notification.case_joined": _("brought the notification into a case"),
        "notification.reminded": _("reminded operators of their deadlines"),
    },
    jobs=(
        Job("what is due under laws", partial(plan_due, by=SYSTEM), timedelta(hours=6)),
        Job("reminders of what is due", partial(remind_due, by=SYSTEM), timedelta(hours=1)),
        Job("clocks of notifications", partial(round_of_clocks, by=SYSTEM), timedelta(minutes=5)),
    ),
    menu=(
        MenuItem(INFRASTRUCTURE, _("Obligations"), "workspace:obligations", READ, 70, "obligations"),
        MenuItem(INFRASTRUCTURE, _("Notifications"), "workspace:notifications", N_READ, 75, "notifications"),
        MenuItem(
            INFRASTRUCTURE, _("Notification forms"), "workspace:notification_forms", EDIT, 77, "notification_forms"
        ),
    ),
)
