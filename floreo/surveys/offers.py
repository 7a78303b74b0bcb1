"""What surveys offer to the rest of the product: instruments with their versions, waves, answers and weighted results."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, MenuItem, Offers, PackFile, SearchKind
from floreo.surveys import measures, pack
from floreo.surveys.tables import TABLES
from floreo.surveys.tasks import waiting_tasks

_ANSWERS = _("answers to the question")

OFFERS = Offers(
    tables=TABLES,
    licences={
        "surveys": "surveys.toml",
        "survey_waves": "surveys.toml",
        "survey_questions": "surveys.toml",
        "survey_results": "survey_responses.csv",
    },
    measures={
        "share_answering": Measure(
            measures.share_answering,
            _("Share that gave an answer in a survey"),
            "%",
            _("answered so, weighted"),
            _ANSWERS,
            about_people=True,
            choices=measures.choices,
        ),
        "answers_collected": Measure(
            measures.answers_collected,
            _("Answers to surveys"),
            "answers",
            _("answers to published surveys"),
            _("answers to published surveys"),
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"survey": _("Surveys")},
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile("surveys.toml", pack.FILES["surveys.toml"]),
        PackFile(
            "survey_responses.csv",
            pack.FILES["survey_responses.csv"],
            only_sample="answers of people of a real country are taken in the workspace and by links",
        ),
    ),
    search_kinds=(SearchKind("survey", _("Survey"), Permission.SURVEY_READ),),
    verbs={
        "survey.prepared": _("prepared a survey"),
        "survey.updated": _("changed the survey"),
        "survey.removed": _("removed a survey"),
        "instrument.added": _("made a new version of the questions"),
        "question.added": _("added a question to the survey"),
        "question.updated": _("changed a question of the survey"),
        "question.moved": _("moved a question of the survey"),
        "question.removed": _("removed a question of the survey"),
        "wave.planned": _("planned a wave of the survey"),
        "wave.updated": _("changed a wave of the survey"),
        "wave.removed": _("removed a wave of the survey"),
        "wave.opened": _("opened a wave of the survey"),
        "wave.closed": _("closed a wave of the survey"),
        "wave.population_imported": _("imported the population that answers are weighted to"),
        "wave.published": _("published the results of a wave"),
        "wave.data_published": _("published single answers of a wave"),
        "wave.data_closed": _("took single answers of a wave from the public"),
        "waves.results_stored": _("stored the results of published waves"),
        "interviewer.added": _("added an interviewer"),
        "interviewer.link_renewed": _("made a new link for an interviewer"),
        "interviewer.ended": _("ended the link of an interviewer"),
        "sample_links.made": _("made personal links for a sample"),
        "response.sent": _("answered the survey"),
        "response.sent_by_link": _("answered the survey by a personal link"),
        "response.taken": _("sent an interview"),
        "response.entered": _("entered answers from paper"),
        "response.corrected": _("corrected answers entered from paper"),
        "response.removed": _("removed answers from a wave"),
    },
    menu=(MenuItem(CAPACITY, _("Surveys"), "workspace:surveys", Permission.SURVEY_READ, 70, "surveys"),),
)
