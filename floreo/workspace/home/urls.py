"""Addresses of the first pages of the workspace and of its search."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.home import comment_views, my_settings, saved_view_views, views, waiting

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
    path("my-notifications/", my_settings.notifications, name="my_notifications"),
    path("discussion/<str:name>/", comment_views.discussion, name="discussion"),
    path("comments/<int:pk>/edit/", comment_views.edit, name="edit_comment"),
    path("comments/<int:pk>/remove/", comment_views.remove, name="remove_comment"),
    path("comments/mentions/<int:pk>/", comment_views.mentions, name="mentions"),
    path("comments/mentions/<int:pk>/seen/", comment_views.seen, name="see_mention"),
    path("comments/mentions/<int:pk>/all-seen/", comment_views.seen_all, name="see_mentions"),
    path("views/new/", saved_view_views.new_view, name="new_view"),
    path("views/<int:pk>/edit/", saved_view_views.edit_view, name="edit_view"),
    path("views/<int:pk>/remove/", saved_view_views.remove_view, name="remove_view"),
]

NEEDS = {
    Permission.WORKSPACE_OPEN: (
        "home search my_calendar renew_calendar weekly my_notifications discussion edit_comment remove_comment mentions see_mention see_mentions "
        "new_view edit_view remove_view"
    ),
    Permission.REMIND: "waiting send_reminder escalate",
}
