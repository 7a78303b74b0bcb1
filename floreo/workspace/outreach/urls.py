"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.outreach import kit_views, request_views, roster_views, session_views, views

_A, _S, _R = "outreach/ambassadors/", "outreach/sessions/", "outreach/requests/"
urlpatterns: list[URLPattern] = [
    path("outreach/", views.outreach, name="outreach"),
    path("outreach/paper.pdf", views.paper_form, name="outreach_paper"),
    path(_A, roster_views.ambassadors, name="ambassadors"),
    path(f"{_A}new/", roster_views.new_ambassador, name="new_ambassador"),
    path(f"{_A}<str:code>/", roster_views.ambassador, name="ambassador"),
    path(f"{_A}<str:code>/link/", roster_views.issue_link, name="issue_ambassador_link"),
    path(f"{_A}<str:code>/session/", session_views.enter_session, name="enter_outreach_session"),
    path(f"{_A}<str:code>/do/<slug:name>/", roster_views.ambassador_command, name="ambassador_command"),
    path(_S, session_views.sessions, name="outreach_sessions"),
    path(f"{_S}review/", session_views.review_together, name="review_outreach_sessions"),
    path(f"{_S}<str:reference>/", session_views.session, name="outreach_session"),
    path(f"{_S}<str:reference>/photos/<int:number>.jpg", session_views.photo, name="outreach_photo"),
    path(
        f"{_S}<str:reference>/photos/<int:number>/remove/",
        session_views.photo_command,
        {"name": "remove"},
        name="remove_outreach_photo",
    ),
    path(f"{_S}<str:reference>/do/<slug:name>/", session_views.session_command, name="outreach_session_command"),
    path(_R, request_views.requests, name="ambassador_requests"),
    path(f"{_R}<str:reference>/", request_views.found, name="ambassador_request"),
    path(f"{_R}<str:reference>/do/<slug:name>/", request_views.request_command, name="ambassador_request_command"),
    path("outreach/kit/", kit_views.kit, name="outreach_kit"),
    path("outreach/kit/new/", kit_views.new_item, name="new_kit_item"),
    path("outreach/kit/<slug:code>/", kit_views.item, name="kit_item"),
    path("outreach/kit/<slug:code>/do/<slug:name>/", kit_views.item_command, name="kit_command"),
]

NEEDS = {
    Permission.OUTREACH_READ: "outreach outreach_paper ambassadors ambassador outreach_sessions outreach_session outreach_photo"
    " ambassador_requests ambassador_request outreach_kit kit_item",
    Permission.OUTREACH_RUN: "new_ambassador issue_ambassador_link enter_outreach_session ambassador_command review_outreach_sessions"
    " outreach_session_command remove_outreach_photo ambassador_request_command new_kit_item kit_command",
}
