"""What awareness offers to the rest of the product: campaigns, materials, the learn section, quizzes and exercises."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.awareness import measures, pack
from floreo.awareness.actions.counting import take_in
from floreo.awareness.tables import TABLES
from floreo.awareness.tasks import waiting_tasks
from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, Job, MenuItem, Offers, SearchKind

_READ = Permission.AWARENESS_READ
_REACH = _("numbers of public campaigns, each with its source")


def _reach(function: object, title: object, unit: str) -> Measure:
    return Measure(function, title, unit, _REACH, _REACH)  # type: ignore[arg-type]  # a measure and lazy words


OFFERS = Offers(
    tables=TABLES,
    licences={
        "campaigns": "campaigns.toml",
        "campaign_reach": "campaigns.toml",
        "materials": "materials.toml",
        "quizzes": "quizzes.toml",
        "exercises": "exercises.toml",
    },
    measures={
        "campaigns_run": Measure(
            measures.campaigns_run,
            _("Campaigns run"),
            "campaigns",
            _("public campaigns of which a day lies in the period"),
            _("public campaigns of which a day lies in the period"),
        ),
        "campaign_views": _reach(measures.campaign_views, _("Reach of campaigns: views"), "views"),
        "campaign_listeners": _reach(measures.campaign_listeners, _("Reach of campaigns: listeners"), "listeners"),
        "campaign_people": _reach(measures.campaign_people, _("Reach of campaigns: people present"), "people"),
        "campaign_sms": _reach(measures.campaign_sms, _("Reach of campaigns: SMS sent"), "SMS"),
        "materials_published": Measure(
            measures.materials_published,
            _("Materials published"),
            "materials",
            _("materials for the country that were public at the end of the period"),
            _("materials for the country that were public at the end of the period"),
        ),
        "quizzes_taken": Measure(
            measures.quizzes_taken,
            _("Quizzes taken"),
            "times",
            _("times that a quiz was taken in the period"),
            _("times that a quiz was taken in the period"),
        ),
        "self_checks_taken": Measure(
            measures.self_checks_taken,
            _("Self-checks taken"),
            "times",
            _("times that a self-check was taken in the period"),
            _("times that a self-check was taken in the period"),
        ),
        "share_phish_recognised": Measure(
            measures.share_phish_recognised,
            _("Share of phish recognised"),
            "%",
            _("right decisions on a phish, in groups that show results"),
            _("decisions on a phish, in groups that were closed in the period and show results"),
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"campaign": _("Campaigns"), "material": _("Materials")},
    pack_shapes=pack.SHAPES,
    pack_files=pack.OFFERED,
    search_kinds=(
        SearchKind("campaign", _("Campaign"), _READ),
        SearchKind("material", _("Material"), _READ),
        SearchKind("quiz", _("Quiz"), _READ),
        SearchKind("exercise", _("Exercise"), _READ),
    ),
    jobs=(Job("counts of quizzes", partial(take_in, by=SYSTEM), timedelta(seconds=5), lane="reports"),),
    verbs={
        "campaign.prepared": _("prepared a campaign"),
        "campaign.published": _("published the campaign"),
        "campaign.removed": _("removed a campaign"),
        "campaign.updated": _("changed the campaign"),
        "campaign.withdrawn": _("withdrew the campaign from the public site"),
        "campaign_channel.added": _("added a channel"),
        "campaign_channel.placed": _("recorded that it was placed"),
        "campaign_channel.removed": _("removed a channel"),
        "campaign_channel.updated": _("changed a channel"),
        "campaign_link.added": _("added a partner, site or initiative"),
        "campaign_link.removed": _("removed a partner, site or initiative"),
        "campaign_link.updated": _("changed a partner, site or initiative"),
        "campaign_reach.entered": _("entered reach"),
        "campaign_reach.removed": _("removed a number of reach"),
        "campaign_reach.updated": _("changed a number of reach"),
        "exercise.prepared": _("prepared an exercise"),
        "exercise.published": _("published the exercise"),
        "exercise.removed": _("removed an exercise"),
        "exercise.updated": _("changed the exercise"),
        "exercise.withdrawn": _("withdrew the exercise"),
        "exercise_group.added": _("added a group"),
        "exercise_group.ended": _("closed the group"),
        "exercise_group.removed": _("removed a group"),
        "exercise_group.updated": _("changed a group"),
        "exercise_message.added": _("added a message"),
        "exercise_message.removed": _("removed a message"),
        "exercise_message.updated": _("changed a message"),
        "material.prepared": _("prepared a material"),
        "material.published": _("published the material"),
        "material.removed": _("removed a material"),
        "material.reviewed": _("read the material again: it is still right"),
        "material.updated": _("changed the material"),
        "material.withdrawn": _("withdrew the material"),
        "message_spot.added": _("added a place to mark"),
        "message_spot.removed": _("removed a place to mark"),
        "message_spot.updated": _("changed a place to mark"),
        "quiz.counted": _("added up answers"),
        "quiz.names_forgotten": _("forgot the names of files that were added up"),
        "quiz.prepared": _("prepared a quiz"),
        "quiz.published": _("published the quiz"),
        "quiz.removed": _("removed a quiz"),
        "quiz.updated": _("changed the quiz"),
        "quiz.withdrawn": _("withdrew the quiz"),
        "quiz_option.added": _("added an answer"),
        "quiz_option.removed": _("removed an answer"),
        "quiz_option.updated": _("changed an answer"),
        "quiz_question.added": _("added a question"),
        "quiz_question.removed": _("removed a question"),
        "quiz_question.updated": _("changed a question"),
        "quiz_questions.imported": _("imported questions"),
        "simulation_results.imported": _("imported results of a simulation"),
        "simulation_results.removed": _("removed results of a simulation"),
    },
    menu=(
        MenuItem(CAPACITY, _("Campaigns"), "workspace:campaigns", _READ, 50, "campaigns"),
        MenuItem(CAPACITY, _("Materials"), "workspace:materials", _READ, 52, "materials"),
        MenuItem(CAPACITY, _("Quizzes"), "workspace:quizzes", _READ, 54, "quizzes"),
        MenuItem(CAPACITY, _("Phishing exercises"), "workspace:exercises", _READ, 56, "exercises"),
    ),
)
