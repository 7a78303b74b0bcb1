"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.initiatives import competition_views, views

_C = "competitions/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("initiatives/", views.initiatives, name="initiatives"),
    path("new-initiative/", views.new_initiative, name="new_initiative"),
    path("initiatives/<slug:code>/", views.initiative, name="initiative"),
    path("initiatives/<slug:code>/do/<slug:name>/", views.initiative_command, name="initiative_command"),
    path("competitions/", competition_views.competitions, name="competitions"),
    path("new-competition/", competition_views.new_competition, name="new_competition"),
    path(_C, competition_views.competition, name="competition"),
    path(f"{_C}do/<slug:name>/", competition_views.competition_command, name="competition_command"),
    path(f"{_C}entries/", competition_views.entries, name="competition_entries"),
    path(f"{_C}entries/<slug:reference>/", competition_views.entry, name="competition_entry"),
    path(f"{_C}entries/<slug:reference>/file/", competition_views.entry_file, name="competition_entry_file"),
    path(
        f"{_C}entries/<slug:reference>/do/<slug:name>/",
        competition_views.entry_command,
        name="competition_entry_command",
    ),
    path(f"{_C}criteria/<int:number>/do/<slug:name>/", competition_views.criterion_command, name="criterion_command"),
    path(f"{_C}jury/<int:pk>/do/<slug:name>/", competition_views.juror_command, name="juror_command"),
]

NEEDS = {
    Permission.INITIATIVE_RUN: "initiatives new_initiative initiative initiative_command competitions new_competition competition"
    " competition_command competition_entries competition_entry competition_entry_file competition_entry_command"
    " criterion_command juror_command",
}
