"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.consultations import views

_C = "consultations/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("consultations/", views.consultations, name="consultations"),
    path("new-consultation/", views.new_consultation, name="new_consultation"),
    path(_C, views.consultation, name="consultation"),
    path(f"{_C}do/<slug:name>/", views.consultation_command, name="consultation_command"),
    path(f"{_C}comments/", views.comments, name="consultation_comments"),
    path(f"{_C}comments/group/", views.group, name="group_comments"),
    path(f"{_C}comments/alike/", views.alike, name="comments_alike"),
    path(f"{_C}comments/<int:number>/", views.comment, name="consultation_comment"),
    path(f"{_C}comments/<int:number>/do/<slug:name>/", views.comment_command, name="comment_command"),
    path(f"{_C}points/<int:number>/do/<slug:name>/", views.point_command, name="point_command"),
    path(f"{_C}meetings/<int:pk>/do/<slug:name>/", views.event_command, name="consultation_event"),
    path(f"{_C}topics/<int:number>/remove/", views.topic_command, {"name": "remove"}, name="remove_topic"),
    path(f"{_C}invited/<int:pk>/remove/", views.invitation_command, {"name": "remove"}, name="uninvite"),
]

NEEDS = {
    Permission.CONSULTATION_READ: "consultations consultation consultation_comments consultation_comment comments_alike",
    Permission.CONSULTATION_RUN: "new_consultation consultation_command group_comments comment_command point_command consultation_event"
    " remove_topic uninvite",
}
