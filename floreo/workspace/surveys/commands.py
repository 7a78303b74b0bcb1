"""What can be done to a survey, its questions and waves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.surveys.actions import preparing, publishing
from floreo.surveys.models import Wave
from floreo.workspace.commands import Command, allowed_by, new, over_row, starting_with
from floreo.workspace.forms import CommandForm
from floreo.workspace.surveys import forms

RUN, DATA = Permission.SURVEY_RUN, Permission.SURVEY_DATA


def _of_survey(form: Any) -> Any:
    return lambda data, survey: form(data, survey=survey)


COMMANDS: Mapping[str, Command] = {
    "wave": Command(
        _l("Plan a wave"),
        _l("Plan a wave"),
        RUN,
        _of_survey(forms.NewWaveForm),
        preparing.plan_wave,
        done=_l("Wave planned."),
    ),
    "version": Command(
        _l("Make a new version of the questions"),
        _l("New version"),
        RUN,
        new(forms.VersionForm),
        preparing.add_version,
        help=_l(
            "It begins as a copy. Questions keep their keys; one whose words, answers or place change is marked as not comparable."
        ),
        done=_l("Version made."),
    ),
    "edit": Command(_l("Edit the survey"), _l("Edit"), RUN, over_row(forms.SurveyForm), preparing.update),
    "remove": Command(
        _l("Remove the survey"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        preparing.remove,
        allowed_by(preparing.must_be_unused),
        done=_l("Survey removed."),
        back=lambda _s: reverse("workspace:surveys"),
    ),
}

NEW: Mapping[str, Command] = {
    "survey": Command(
        _l("Prepare a survey"),
        _l("Save"),
        RUN,
        new(forms.NewSurveyForm),
        preparing.prepare,
        help=_l("Then write its questions, and plan a wave in which they are asked."),
    ),
}

OF_VERSION: Mapping[str, Command] = {
    "question": Command(
        _l("Add a question"),
        _l("Add a question"),
        RUN,
        new(forms.NewQuestionForm),
        preparing.add_question,
        allowed_by(preparing.must_be_changeable),
    ),
}

OF_QUESTION: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the question"),
        _l("Edit"),
        RUN,
        over_row(forms.QuestionForm),
        preparing.update_question,
        lambda q, _viewer: not q.version_of.is_frozen,
    ),
    "remove": Command(
        _l("Remove the question"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        preparing.remove_question,
        lambda q, _viewer: not q.version_of.is_frozen,
        done=_l("Question removed."),
    ),
}


def _over_wave(data: Any, wave: Wave) -> Any:
    return forms.WaveForm(data, instance=wave, survey=wave.survey)


OF_WAVE: Mapping[str, Command] = {
    "open": Command(
        _l("Open the wave"),
        _l("Open the wave"),
        RUN,
        new(CommandForm),
        preparing.open_wave,
        allowed_by(preparing.must_be_draft),
        help=_l(
            "From its first day on answers are taken. Its questions are frozen: to change one, make a new version."
        ),
        done=_l("The wave is open."),
    ),
    "publish": Command(
        _l("Publish the results"),
        _l("Publish the results"),
        RUN,
        new(CommandForm),
        publishing.publish,
        allowed_by(publishing.must_be_closed),
        help=_l("They are frozen as they are on the page of results, and public. No answer is taken after that."),
        done=_l("The results are published."),
    ),
    "close": Command(
        _l("Close the wave now"),
        _l("Close the wave"),
        RUN,
        new(CommandForm),
        preparing.close_wave,
        allowed_by(preparing.must_be_open),
        help=_l("Links take no answers after that. Papers, and interviews that were held by today, can still come in."),
        done=_l("The wave is closed."),
    ),
    "edit": Command(
        _l("Edit the wave"),
        _l("Edit"),
        RUN,
        _over_wave,
        preparing.update_wave,
        allowed_by(preparing.must_not_be_published),
    ),
    "population": Command(
        _l("Import the population"),
        _l("Import the population"),
        RUN,
        lambda data, _wave: forms.PopulationForm(data),
        preparing.import_population,
        allowed_by(preparing.must_not_be_published),
        help=_l("Answers are weighted so that they have the shares of the population."),
        done=_l("Population imported."),
    ),
    "weights": Command(
        _l("Choose the weights"),
        _l("Choose the weights"),
        RUN,
        starting_with(forms.WeightsForm, method=lambda w: w.method, weighted_by=lambda w: w.weighted_by),
        preparing.update_wave,
        lambda w, _viewer: not w.is_published and w.is_sample,
        help=_l("Raking fits each group's total in turn. By cells, each combination of groups has to be in the table."),
    ),
    "remove": Command(
        _l("Remove the wave"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        preparing.remove_wave,
        allowed_by(preparing.must_be_draft),
        done=_l("Wave removed."),
        back=lambda w: w.survey.workspace_url(),
    ),
    "publish-data": Command(
        _l("Publish single answers"),
        _l("Publish single answers"),
        DATA,
        new(CommandForm),
        publishing.publish_data,
        lambda w, _viewer: w.is_published and not w.is_data_public,
        help=_l(
            "Without texts, numbers and times. In its groups each answer is like at least four others; where too many"
            " would have to be changed for that, it is refused."
        ),
        done=_l("Single answers are public."),
    ),
    "close-data": Command(
        _l("Take single answers from the public"),
        _l("Take single answers back"),
        DATA,
        new(CommandForm),
        publishing.close_data,
        lambda w, _viewer: w.is_data_public,
        done=_l("Single answers are not public any more."),
    ),
}

OF_INTERVIEWER: Mapping[str, Command] = {
    "end": Command(
        _l("End the link"),
        _l("End the link"),
        RUN,
        new(CommandForm),
        preparing.end_interviewer,
        allowed_by(preparing.must_have_link),
        help=_l("It opens nothing any more. What waits on the phone is sent by no other link. What arrived stays."),
        done=_l("The link has ended."),
    ),
}
