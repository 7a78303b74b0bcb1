"""Addresses of the vault's workspace. Words come before codes, so `new` and `to` are no codes of evidence."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.evidence import change_views as change
from floreo.workspace.evidence import views

_ONE = "evidence/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("evidence/", views.evidence, name="evidence"),
    path("evidence/new/", change.new_evidence, name="new_evidence"),
    path("evidence/to/<str:key>/", change.attach_evidence, name="attach_evidence"),
    path(_ONE, views.evidence_item, name="evidence_item"),
    path(f"{_ONE}edit/", change.edit_evidence, name="edit_evidence"),
    path(f"{_ONE}replace/", change.replace_evidence, name="replace_evidence"),
    path(f"{_ONE}withdraw/", change.withdraw_evidence, name="withdraw_evidence"),
    path(f"{_ONE}off/<int:pk>/", change.detach_evidence, name="detach_evidence"),
]

NEEDS = {
    Permission.EVIDENCE_READ: "evidence evidence_item",
    Permission.EVIDENCE_KEEP: (
        "new_evidence attach_evidence edit_evidence replace_evidence withdraw_evidence detach_evidence"
    ),
}
NARROWED = "new_evidence"  # these show their own to whoever may see only their own organisation's
