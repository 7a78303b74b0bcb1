"""What consultations offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.consultation import measures, pack
from floreo.consultation.actions.preparing import announce_due
from floreo.consultation.tables import TABLES
from floreo.consultation.tasks import waiting_tasks
from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Direction, Measure
from floreo.core.offers import LAW, Job, MenuItem, Offers, PackFile, SearchKind

_RECEIVED = _("comments received in the period")
_READ = Permission.CONSULTATION_READ.value

OFFERS = Offers(
    tables=TABLES,
    licences={
        "consultations": "consultations.toml",
        "consultation_points": "consultation_points.toml",
        "consultation_comments": "consultation_comments.csv",
    },
    measures={
        "comments_received": Measure(
            measures.comments_received,
            _("Comments received in consultations"),
            "comments",
            _RECEIVED,
            _RECEIVED,
            records_need=_READ,
        ),
        "share_comments_answered": Measure(
            measures.share_comments_answered,
            _("Share of comments answered"),
            "%",
            _("comments whose consultation has a published response"),
            _RECEIVED,
            records_need=_READ,
        ),
        "median_days_to_answer_comments": Measure(
            measures.median_days_to_answer,
            _("Median days until a comment is answered"),
            "days",
            _("comments answered"),
            _RECEIVED,
            direction=Direction.DOWN,
            records_need=_READ,
        ),
        "share_consultations_answered": Measure(
            measures.share_consultations_answered,
            _("Share of consultations with a published response"),
            "%",
            _("consultations with a published response"),
            _("consultations closed in the period"),
        ),
        "organisations_consulted": Measure(
            measures.organisations_consulted,
            _("Organisations that commented"),
            "organisations",
            _("organisations that commented in the period"),
            _("organisations that commented in the period"),
            records_need=_READ,
        ),
        "kinds_of_respondents": Measure(
            measures.kinds_of_respondents,
            _("Sectors that commented"),
            "sectors",
            _("kinds of respondents that commented in the period"),
            _("kinds of respondents that commented in the period"),
            records_need=_READ,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"consultation": _("Consultations")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("consultation", _("Consultation"), Permission.CONSULTATION_READ),),
    jobs=(Job("consultations", partial(announce_due, by=SYSTEM), timedelta(seconds=30), lane="embargo"),),
    verbs={
        "comment.changed": _("changed their comment by its link"),
        "comment.entered": _("entered a comment from paper or a meeting"),
        "comment.erased": _("erased their comment by its link"),
        "comment.published": _("published a comment"),
        "comment.sent": _("sent a comment"),
        "comment.withdrawn": _("withdrew their comment by its link"),
        "comment.withheld": _("decided not to publish a comment"),
        "comments.published": _("published comments as they came"),
        "comment.erased_on_request": _("erased a comment because its writer asked for it"),
        "comment.rejected": _("decided that it is not a comment"),
        "comments.rejected": _("decided that these are not comments"),
        "comments.grouped": _("added comments to a point"),
        "consultation.announced": _("opened the consultation at its time"),
        "consultation.invited": _("invited an organisation to comment"),
        "consultation.moved": _("changed when the consultation closes"),
        "consultation.prepared": _("prepared a consultation"),
        "consultation.published": _("published the answers to a consultation"),
        "consultation.removed": _("removed the draft of a consultation"),
        "consultation.scheduled": _("scheduled the consultation"),
        "consultation.taken_back": _("returned the consultation to draft"),
        "consultation.uninvited": _("cancelled an invitation to comment"),
        "consultation.updated": _("changed the consultation"),
        "event.added": _("added a meeting of the consultation"),
        "event.removed": _("removed a meeting of the consultation"),
        "event.updated": _("changed a meeting of the consultation"),
        "point.added": _("added a point"),
        "point.decided": _("decided on a point"),
        "point.merged": _("merged a point into another"),
        "point.removed": _("removed a point"),
        "point.updated": _("changed a point"),
        "topic.added": _("added a question"),
        "topic.removed": _("removed a question"),
    },
    menu=(
        MenuItem(LAW, _("Consultations"), "workspace:consultations", Permission.CONSULTATION_READ, 30, "consultations"),
    ),
)
