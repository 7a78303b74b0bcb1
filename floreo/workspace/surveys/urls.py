"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.surveys import views

_S = "surveys/<slug:code>/"
_V = f"{_S}versions/<int:number>/"
_W = f"{_S}waves/<slug:wave>/"
urlpatterns: list[URLPattern] = [
    path("surveys/", views.surveys, name="surveys"),
    path("new-survey/", views.new_survey, name="new_survey"),
    path(_S, views.survey, name="survey"),
    path(f"{_S}do/<slug:name>/", views.survey_command, name="survey_command"),
    path(_V, views.instrument, name="instrument"),
    path(f"{_V}do/<slug:name>/", views.instrument_command, name="instrument_command"),
    path(f"{_V}preview/", views.preview, name="survey_preview"),
    path(f"{_V}questions/<slug:key>/move/", views.move_question, name="move_question"),
    path(f"{_V}questions/<slug:key>/do/<slug:name>/", views.question_command, name="question_command"),
    path(_W, views.wave, name="survey_wave"),
    path(f"{_W}do/<slug:name>/", views.wave_command, name="wave_command"),
    path(f"{_W}results/", views.results, name="survey_results"),
    path(f"{_W}paper/", views.enter_paper, name="survey_paper"),
    path(f"{_W}paper/correct/", views.correct_paper, name="survey_correct"),
    path(f"{_W}links/", views.make_links, name="sample_links"),
    path(f"{_W}interviewers/", views.add_interviewer, name="add_interviewer"),
    path(f"{_W}interviewers/<int:pk>/renew/", views.renew_link, name="renew_interviewer"),
    path(f"{_W}interviewers/<int:pk>/do/<slug:name>/", views.interviewer_command, name="interviewer_command"),
    path(f"{_W}answers.csv", views.answers_file, name="survey_answers"),
]

NEEDS = {
    Permission.SURVEY_READ: "surveys survey instrument survey_preview survey_wave survey_results",
    Permission.SURVEY_RUN: "new_survey survey_command instrument_command move_question question_command wave_command survey_paper"
    " survey_correct sample_links add_interviewer renew_interviewer interviewer_command",
    Permission.SURVEY_DATA: "survey_answers",
}
