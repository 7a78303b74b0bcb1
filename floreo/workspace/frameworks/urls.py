"""Addresses of the frameworks' workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.frameworks import change_views as change
from floreo.workspace.frameworks import packs, rating_views, views

_ONE = "frameworks/<slug:code>/"
_ASSESSMENT = "assessments/<slug:code>/"
_ANSWER = f"{_ASSESSMENT}items/<str:item>/"
urlpatterns: list[URLPattern] = [
    path("frameworks/", views.frameworks, name="frameworks"),
    path("frameworks/contribution/<str:key>/", change.contribution, name="contribution"),
    path(
        "frameworks/contribution/<str:key>/<int:pk>/remove/",
        change.contribution_command,
        {"name": "remove"},
        name="remove_contribution",
    ),
    path(_ONE, views.framework, name="framework"),
    path(f"{_ONE}new/", change.new_assessment, name="new_assessment"),
    path(f"{_ONE}scores/new/", change.framework_command, {"name": "new-score"}, name="new_score"),
    path(f"{_ONE}scores/<int:pk>/remove/", change.remove_score, name="remove_score"),
    path(f"{_ONE}<slug:version>/items/<str:item>/check/", change.item_command, {"name": "check"}, name="check_item"),
    path(_ASSESSMENT, views.assessment, name="assessment"),
    path(f"{_ASSESSMENT}compare/", views.compare, name="compare_assessments"),
    path(f"{_ASSESSMENT}close/", change.assessment_command, {"name": "close"}, name="close_assessment"),
    path(f"{_ASSESSMENT}reopen/", change.assessment_command, {"name": "reopen"}, name="reopen_assessment"),
    path(f"{_ASSESSMENT}publish/", change.assessment_command, {"name": "publish"}, name="publish_assessment"),
    path(f"{_ASSESSMENT}unpublish/", change.assessment_command, {"name": "unpublish"}, name="unpublish_assessment"),
    path(f"{_ASSESSMENT}pack-<str:purpose>.<str:kind>", packs.evidence_pack, name="evidence_pack"),
    path(_ANSWER, rating_views.answer, name="answer"),
    path(f"{_ANSWER}rate/", rating_views.rate, name="rate_item"),
    path(f"{_ANSWER}review/", rating_views.review, name="review_item"),
    path(f"{_ANSWER}take-back/", rating_views.take_back, name="take_back_review"),
    path(f"{_ANSWER}attach/<slug:evidence>/", rating_views.attach_suggested, name="attach_suggested"),
]

NEEDS = {
    Permission.FRAMEWORK_ASSESS: (
        "frameworks contribution remove_contribution framework assessment compare_assessments evidence_pack "
        "answer rate_item"
    ),
    Permission.FRAMEWORK_REVIEW: (
        "new_assessment new_score remove_score check_item close_assessment reopen_assessment "
        "publish_assessment unpublish_assessment review_item take_back_review"
    ),
    Permission.EVIDENCE_KEEP: "attach_suggested",
}
NARROWED = "evidence_pack"  # these show their own to whoever may see only their own organisation's
