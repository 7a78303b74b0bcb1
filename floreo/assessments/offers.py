"""What assessments offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.assessments import measures, pack
from floreo.assessments.tasks import waiting_tasks
from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import INFRASTRUCTURE, MenuItem, Offers, PackFile, SearchKind

_READ, _RUN = Permission.ASSESSMENT_READ, Permission.ASSESSMENT_RUN
_SAMPLE = "what an organisation answers is entered by itself, in the workspace or by its link"

OFFERS = Offers(
    measures={
        "share_organisations_assessed": Measure(
            measures.share_organisations_assessed,
            _("Share of operators that were assessed within twelve months"),
            "%",
            _("operators with an assessment accepted within twelve months"),
            _("operators of services in the register"),
            records_need=_READ,
        ),
        "operators_assessed": Measure(
            measures.operators_assessed,
            _("Operators that were assessed"),
            "operators",
            _("operators with an accepted assessment"),
            _("operators of services in the register"),
            records_need=_READ,
        ),
        "mean_assessed_level": Measure(
            measures.mean_level,
            _("Mean level of assessed organisations"),
            "%",
            _("sum of the levels reached, in per cent of the scale"),
            _("organisations whose assessment was accepted"),
            decimals=1,
            records_need=_READ,
            choices=measures.choices,
        ),
        "change_in_assessed_level": Measure(
            measures.mean_change,
            _("Mean change of assessed organisations since the assessment before"),
            "percentage points",
            _("sum of the changes, in percentage points"),
            _("organisations with two accepted assessments"),
            decimals=1,
            records_need=_READ,
            choices=measures.choices,
        ),
        "share_gap_actions_in_time": Measure(
            measures.share_lines_in_time,
            _("Share of actions from gaps that were done in time"),
            "%",
            _("actions of plans done by their due date"),
            _("actions of plans due in the period"),
            records_need=_READ,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"assessment": _("Assessments"), "plan_line": _("Action plans of organisations")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes, only_sample=_SAMPLE) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("assessment_campaign", _("Assessment of organisations"), _RUN),),
    verbs={
        "assessment.accepted": _("accepted the assessment"),
        "assessment.item_begun": _("began an item"),
        "assessment.item_reviewed": _("reviewed an item of an organisation"),
        "assessment.returned": _("returned the assessment"),
        "assessment.sector_set": _("set the sector of an organisation"),
        "assessment.submitted": _("submitted the assessment"),
        "assessment.target_removed": _("removed a target"),
        "assessment.target_set": _("set a target"),
        "assessment_campaign.closed": _("closed the campaign"),
        "assessment_campaign.opened": _("opened the campaign and sent its links"),
        "assessment_campaign.organisation_removed": _("took an organisation out of the campaign"),
        "assessment_campaign.organisations_added": _("added organisations to the campaign"),
        "assessment_campaign.prepared": _("prepared a campaign of assessments"),
        "assessment_campaign.removed": _("removed the draft of a campaign"),
        "assessment_campaign.updated": _("changed the campaign"),
        "plan_line.action_made": _("made an action of the national plan from a gap"),
        "plan_line.added": _("added a line to the action plan"),
        "plan_line.done": _("recorded that a line of the action plan is done"),
        "plan_line.dropped": _("gave up a line of the action plan"),
        "plan_line.given_action": _("linked a line to an action of the national plan"),
        "plan_line.updated": _("changed a line of the action plan"),
        "respondent.ended": _("ended a link"),
        "respondent.invited": _("added a respondent"),
        "respondent.link_renewed": _("sent a new link"),
        "self_rating.brought_in": _("filled answers in from a file"),
        "self_rating.saved": _("answered items"),
        "self_rating.taken_over": _("took over answers of the assessment before"),
        "standard.consulted": _("put the standard into consultation"),
        "standard.drafted": _("began a standard"),
        "standard.published": _("published the standard"),
        "standard.updated": _("changed the standard"),
        "standard.version_begun": _("began a new version of the standard"),
        "standard_item.added": _("added a requirement"),
        "standard_item.removed": _("removed a requirement"),
        "standard_item.updated": _("changed a requirement"),
    },
    menu=(
        MenuItem(
            INFRASTRUCTURE, _("Assessments"), "workspace:assessment_campaigns", _READ, 40, "organisation_assessments"
        ),
        MenuItem(INFRASTRUCTURE, _("Minimum standard"), "workspace:standards", _RUN, 45, "standards"),
    ),
)
