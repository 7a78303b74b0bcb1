"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.reviews import deciding, views

_EDITION = "reviews/<slug:edition>/"
_ONE = f"{_EDITION}<slug:code>/"
_ASK = f"{_ONE}asks/<int:pk>/"
_ANSWER = f"{_ONE}answers/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path(f"{_EDITION}rhythm/", views.rhythm, name="rhythm"),
    path(f"{_EDITION}new/", views.edition_command, {"name": "new-review"}, name="new_review"),
    path(_ONE, views.review, name="review"),
    path(f"{_ONE}days/", views.review_command, {"name": "move"}, name="move_review"),
    path(f"{_ONE}remind/", views.remind, name="remind_review"),
    path(f"{_ONE}widen/", views.widen, name="widen_review"),
    path(f"{_ONE}close/", views.review_command, {"name": "close"}, name="close_review"),
    path(_ASK, deciding.update_request, name="update_request"),
    path(f"{_ASK}remind/", deciding.remind, name="remind_ask"),
    path(f"{_ASK}escalate/", deciding.escalate, name="escalate_ask"),
    path(f"{_ASK}renew/", deciding.renew, name="renew_ask"),
    path(f"{_ONE}unchanged/", deciding.unchanged, name="approve_unchanged"),
    path(f"{_ONE}answers/", deciding.approve_many, name="approve_many"),
    path(f"{_ANSWER}approve/", deciding.approve, name="approve_answer"),
    path(f"{_ANSWER}return/", deciding.answer_command, {"name": "return"}, name="return_answer"),
]

NEEDS = {
    Permission.PLAN_READ: "reviews review",
    Permission.REVIEW_RUN: (
        "rhythm new_review move_review remind_review widen_review close_review remind_ask escalate_ask renew_ask"
    ),
    Permission.PLAN_UPDATE: "update_request",
    Permission.REVIEW_DECIDE: "approve_answer return_answer approve_unchanged approve_many",
}
PERSONAL = "update_request"  # who is asked in person answers with any account
