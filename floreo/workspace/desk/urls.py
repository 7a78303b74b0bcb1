"""Addresses of the first pages of the desk and of its search."""

from django.urls import URLPattern, path

from floreo.workspace.desk import mine, others, views

_WHOM = "others/<slug:kind>/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("", views.desk, name="desk"),
    path("search/", views.search, name="search"),
    path("others/", others.others, name="others"),
    path(f"{_WHOM}nudge/", others.nudge, name="nudge"),
    path(f"{_WHOM}escalate/", others.escalate, name="escalate"),
    path("calendar/", mine.calendar, name="my_calendar"),
    path("calendar/renew/", mine.renew_calendar, name="renew_calendar"),
    path("weekly/", mine.weekly, name="weekly"),
]
