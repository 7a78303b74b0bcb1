"""Addresses of the workspace of advisories."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.advisories import catalogue_views, views

_A = "advisories/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("advisories/", views.advisories, name="advisories"),
    path("new-advisory/", views.new_advisory, name="new_advisory"),
    path("advisory-from-csaf/", catalogue_views.from_csaf, name="advisory_from_csaf"),
    path(_A, views.advisory, name="advisory"),
    path(f"{_A}do/<slug:task>/", views.task, name="advisory_command"),
    path(f"{_A}reply/<int:pk>/", views.reply, name="advisory_reply"),
    path("known-exploited/", catalogue_views.known_exploited, name="known_exploited"),
    path("load-known-exploited/", catalogue_views.load_known_exploited, name="load_known_exploited"),
    path("load-exploit-scores/", catalogue_views.load_exploit_scores, name="load_exploit_scores"),
    path("response-teams/", views.teams, name="response_teams"),
    path("new-response-team/", views.new_team, name="new_response_team"),
    path("response-teams/<slug:code>/", views.team_command, {"name": "edit"}, name="edit_response_team"),
]

NEEDS = {
    Permission.ADVISORY_READ: "advisories advisory",
    Permission.FINDING_ANSWER: "advisory_reply",
    Permission.ADVISORY_WRITE: (
        "new_advisory advisory_from_csaf advisory_command known_exploited load_known_exploited load_exploit_scores"
    ),
    Permission.ADVISORY_PUBLISH: "response_teams new_response_team edit_response_team",
}
