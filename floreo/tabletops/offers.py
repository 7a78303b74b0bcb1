"""What tabletop exercises offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import INFRASTRUCTURE, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.tabletops import measures, pack
from floreo.tabletops.actions.evaluating import settle_findings
from floreo.tabletops.actions.joining import forget_addresses
from floreo.tabletops.actions.running import run_clock
from floreo.tabletops.tables import TABLES
from floreo.tabletops.tasks import waiting_tasks

_READ = Permission.TABLETOP_READ
_NEED = _READ.value

OFFERS = Offers(
    tables=TABLES,
    licences={"exercises_held": "tabletops.toml"},
    measures={
        "exercises_held": Measure(
            measures.exercises_held,
            _("Tabletop exercises held"),
            "exercises",
            _("exercises that began in the period and are over"),
            _("exercises that began in the period and are over"),
            records_need=_NEED,
        ),
        "share_expected_actions_met": Measure(
            measures.share_expected_actions_met,
            _("Share of expected actions met in exercises"),
            "%",
            _("expected actions that were met"),
            _("expected actions of exercises that were evaluated"),
            records_need=_NEED,
        ),
        "share_exercise_findings_in_time": Measure(
            measures.share_exercise_findings_in_time,
            _("Share of findings of exercises closed in time"),
            "%",
            _("findings closed by their due date"),
            _("findings of evaluated exercises due in the period"),
            records_need=_NEED,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"tabletop": _("Tabletop exercises"), "tabletop_finding": _("Findings of exercises")},
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile("tabletop_scenarios.toml", pack.FILES["tabletop_scenarios.toml"], shipped=pack.SHIPPED),
        PackFile(
            "tabletops.toml",
            pack.FILES["tabletops.toml"],
            only_sample="exercises of a real country are planned in the workspace: what participants wrote is not for everybody",
        ),
    ),
    search_kinds=(
        SearchKind("tabletop", _("Tabletop exercise"), _READ),
        SearchKind("tabletop_scenario", _("Scenario of an exercise"), _READ),
    ),
    verbs={
        "tabletop.planned": _("planned an exercise"),
        "tabletop.updated": _("changed the exercise"),
        "tabletop.what_if_attached": _("attached a what-if to the exercise"),
        "tabletop.cancelled": _("cancelled the exercise"),
        "tabletop.removed": _("removed the exercise"),
        "tabletop.started": _("started the exercise"),
        "tabletop.paused": _("paused the exercise"),
        "tabletop.resumed": _("let the exercise go on"),
        "tabletop.ended": _("ended the exercise"),
        "tabletop.clock_ran": _("sent what was due in the exercise"),
        "tabletop.minutes_written": _("wrote the notes of the hot wash"),
        "tabletop.evaluated": _("closed the evaluation of the exercise"),
        "tabletop.evaluation_reopened": _("opened the evaluation of the exercise again"),
        "tabletop.published": _("published that the exercise was held"),
        "tabletop.hidden": _("took the exercise off the public site"),
        "tabletop_objective.added": _("added an objective"),
        "tabletop_objective.updated": _("changed an objective of the exercise"),
        "tabletop_objective.removed": _("removed an objective of the exercise"),
        "evaluation_point.added": _("added a question of the evaluation"),
        "evaluation_point.answered": _("answered a question of the evaluation"),
        "evaluation_point.removed": _("removed a question of the evaluation"),
        "inject.added": _("added an inject"),
        "inject.updated": _("changed an inject"),
        "inject.removed": _("removed an inject"),
        "inject.sent": _("sent an inject"),
        "inject.skipped": _("skipped an inject"),
        "expected_action.added": _("added an expected action"),
        "expected_action.updated": _("changed an expected action"),
        "expected_action.removed": _("removed an expected action"),
        "expected_action.judged": _("settled the verdict on an expected action"),
        "tabletop_participant.invited": _("invited somebody to the exercise"),
        "tabletop_participant.link_renewed": _("made a new link for a participant"),
        "tabletop_participant.removed": _("removed a participant"),
        "tabletop_participant.accepted": _("accepted the invitation to the exercise"),
        "tabletop_participant.address_given": _("gave an e-mail address for the exercise"),
        "tabletop_participant.address_confirmed": _("confirmed an e-mail address for the exercise"),
        "tabletop_participant.declined": _("declined the invitation to the exercise"),
        "tabletop_participant.left": _("left the exercise"),
        "tabletop_participant.link_reported": _("reported that others know their link"),
        "tabletop_participants.forgotten": _("deleted addresses of exercises that are over"),
        "tabletop_response.written": _("wrote what they do in the exercise"),
        "tabletop_observation.noted": _("noted an observation"),
        "tabletop_observation.noted_by_link": _("noted an observation by link"),
        "tabletop_finding.added": _("added a finding of the exercise"),
        "tabletop_finding.updated": _("changed a finding of the exercise"),
        "tabletop_finding.removed": _("removed a finding of the exercise"),
        "tabletop_finding.became_action": _("made a finding of the exercise an action of the plan"),
        "tabletop_finding.closed": _("closed a finding of the exercise"),
        "tabletop_finding.reopened": _("opened a finding of the exercise again"),
        "tabletop_findings.settled": _("checked which findings of exercises the plan has closed"),
    },
    jobs=(
        Job("injects of exercises", partial(run_clock, by=SYSTEM), timedelta(seconds=10), "exercises"),
        Job("findings of exercises", partial(settle_findings, by=SYSTEM), timedelta(minutes=10)),
        Job("addresses of exercises", partial(forget_addresses, by=SYSTEM), timedelta(days=1), "night"),
    ),
    menu=(
        MenuItem(INFRASTRUCTURE, _("Tabletop exercises"), "workspace:tabletops", _READ, 70, "tabletops"),
        MenuItem(
            INFRASTRUCTURE,
            _("Findings of exercises"),
            "workspace:tabletop_findings",
            Permission.TABLETOP_FINDING,
            75,
            "tabletop_findings",
        ),
    ),
)
