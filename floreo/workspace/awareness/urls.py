"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.awareness import campaign_views, exercise_views, material_views, quiz_views

_C, _M, _Q, _E = "campaigns/<slug:code>/", "materials/<slug:code>/", "quizzes/<slug:code>/", "exercises/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("campaigns/", campaign_views.campaigns, name="campaigns"),
    path("campaign-calendar/", campaign_views.calendar, name="campaign_calendar"),
    path("new-campaign/", campaign_views.new_campaign, name="new_campaign"),
    path(_C, campaign_views.campaign, name="campaign"),
    path(f"{_C}do/<slug:name>/", campaign_views.campaign_command, name="campaign_command"),
    path(f"{_C}channels/<int:pk>/do/<slug:name>/", campaign_views.channel_command, name="channel_command"),
    path(f"{_C}links/<int:pk>/do/<slug:name>/", campaign_views.link_command, name="campaign_link_command"),
    path(f"{_C}reach/<int:pk>/do/<slug:name>/", campaign_views.reach_command, name="reach_command"),
    path("materials/", material_views.materials, name="materials"),
    path("new-material/", material_views.new_material, name="new_material"),
    path(_M, material_views.material, name="material"),
    path(f"{_M}do/<slug:name>/", material_views.material_command, name="material_command"),
    path("quizzes/", quiz_views.quizzes, name="quizzes"),
    path("new-quiz/", quiz_views.new_quiz, name="new_quiz"),
    path(_Q, quiz_views.quiz, name="quiz"),
    path(f"{_Q}import/", quiz_views.import_gift, name="import_gift"),
    path(f"{_Q}do/<slug:name>/", quiz_views.quiz_command, name="quiz_command"),
    path(f"{_Q}questions/<int:number>/do/<slug:name>/", quiz_views.question_command, name="question_command"),
    path(
        f"{_Q}questions/<int:number>/answers/<int:option>/do/<slug:name>/",
        quiz_views.option_command,
        name="option_command",
    ),
    path("exercises/", exercise_views.exercises, name="exercises"),
    path("new-exercise/", exercise_views.new_exercise, name="new_exercise"),
    path(_E, exercise_views.exercise, name="exercise"),
    path(f"{_E}results/", exercise_views.import_results_page, name="import_results"),
    path(f"{_E}results/<int:pk>/do/<slug:name>/", exercise_views.result_command, name="result_command"),
    path(f"{_E}do/<slug:name>/", exercise_views.exercise_command, name="exercise_command"),
    path(f"{_E}messages/<int:number>/do/<slug:name>/", exercise_views.message_command, name="message_command"),
    path(
        f"{_E}messages/<int:number>/places/<int:spot>/do/<slug:name>/", exercise_views.spot_command, name="spot_command"
    ),
    path(f"{_E}groups/<slug:group>/do/<slug:name>/", exercise_views.group_command, name="group_command"),
]

NEEDS = {
    Permission.AWARENESS_READ: "campaigns campaign_calendar campaign materials material quizzes quiz exercises exercise",
    Permission.AWARENESS_RUN: "new_campaign campaign_command channel_command campaign_link_command reach_command new_material"
    " material_command new_quiz import_gift quiz_command question_command option_command new_exercise import_results"
    " exercise_command message_command spot_command group_command result_command",
}
