"""Addresses of the first pages of the workspace and of its search."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.home import my_settings, views, waiting

_WHOM = "waiting/<slug:kind>/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("waiting/", waiting.waiting, name="waiting"),
    path(f"{_WHOM}remind/", waiting.send_reminder, name="send_reminder"),
    path(f"{_WHOM}escalate/", waiting.escalate, name="escalate"),
    path("calendar/", my_settings.calendar, name="my_calendar"),
    path("calendar/renew/", my_settings.renew_calendar, name="renew_calendar"),
    path("weekly/", my_settings.weekly, name="weekly"),
    path("notifications/", my_settings.notifications, name="notifications"),
]

NEEDS = {
    Permission.WORKSPACE_OPEN: "home search my_calendar renew_calendar weekly notifications",
    Permission.REMIND: "waiting send_reminder escalate",
}
