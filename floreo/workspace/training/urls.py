"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.training import cohort_views, session_views, views

_P, _K, _C = "training/programmes/", "training/courses/<slug:code>/", "training/cohorts/<slug:code>/"
_S = f"{_C}sessions/<int:number>/"
_E = f"{_C}participants/<int:number>/"
urlpatterns: list[URLPattern] = [
    path(_P, views.programmes, name="training_programmes"),
    path("training/new-programme/", views.new_programme, name="new_training_programme"),
    path(f"{_P}<slug:code>/", views.programme, name="training_programme"),
    path(f"{_P}<slug:code>/do/<slug:name>/", views.programme_command, name="training_programme_command"),
    path(_K, views.course, name="training_course"),
    path(f"{_K}do/<slug:name>/", views.course_command, name="training_course_command"),
    path(f"{_K}modules/<int:pk>/do/<slug:name>/", views.module_command, name="training_module_command"),
    path(f"{_K}modules/<int:pk>/move/", views.move, name="move_training_module"),
    path("training/", cohort_views.cohorts, name="training_cohorts"),
    path(_C, cohort_views.cohort, name="training_cohort"),
    path(f"{_C}do/<slug:name>/", cohort_views.cohort_command, name="training_cohort_command"),
    path(f"{_C}participants/", cohort_views.participants, name="training_participants"),
    path(f"{_C}scores/", cohort_views.scores, name="training_scores"),
    path(f"{_C}import/", cohort_views.import_file, name="training_import"),
    path(f"{_C}import/template.csv", cohort_views.template, name="training_import_template"),
    path(f"{_C}invited/<int:pk>/end/", cohort_views.end_invitation, name="end_training_invitation"),
    path(_E, cohort_views.enrolment, name="training_enrolment"),
    path(f"{_E}do/<slug:name>/", cohort_views.enrolment_command, name="training_enrolment_command"),
    path(_S, session_views.session, name="training_session"),
    path(f"{_S}do/<slug:name>/", session_views.session_command, name="training_session_command"),
    path(f"{_S}attendance/", session_views.attendance, name="training_attendance"),
    path(f"{_S}sheet.<str:kind>", session_views.sheet, name="training_sheet"),
    path(f"{_S}walk-ins/<int:pk>/<slug:name>/", session_views.walk_in, name="training_walk_in"),
]

NEEDS = {
    Permission.TRAINING_READ: "training_programmes training_programme training_course training_cohorts training_cohort"
    " training_participants training_enrolment training_session training_sheet",
    Permission.TRAINING_RUN: "new_training_programme training_programme_command training_course_command training_module_command"
    " move_training_module training_cohort_command training_scores training_import training_import_template"
    " end_training_invitation training_enrolment_command training_session_command training_attendance training_walk_in",
}
