"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.accounts import audit_views, security_views, views

urlpatterns: list[URLPattern] = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/invite/", views.invite, name="invite"),
    path("accounts/invitations/<int:pk>/resend/", views.resend, name="resend_invitation"),
    path("accounts/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw_invitation"),
    path("accounts/<int:pk>/", views.one_account, name="account"),
    path("accounts/<int:pk>/person/", views.account_command, {"name": "person"}, name="account_person"),
    path("accounts/<int:pk>/roles/", views.account_command, {"name": "give-role"}, name="give_role"),
    path("accounts/<int:pk>/roles/<int:membership>/take/", views.take_role, name="take_role"),
    path("accounts/<int:pk>/factors/", views.account_command, {"name": "factors"}, name="remove_factors"),
    path("accounts/<int:pk>/off/", views.account_command, {"name": "deactivate"}, name="deactivate_account"),
    path("accounts/<int:pk>/on/", views.activate, name="activate_account"),
    path("me/", views.me, name="me"),
    path("audit/", audit_views.chain, name="audit"),
    path("security/", security_views.events, name="security"),
    path("audit/<int:number>/", audit_views.one_entry, name="audit_entry"),
]

NEEDS = {
    Permission.ACCOUNT_MANAGE: (
        "accounts invite resend_invitation withdraw_invitation account account_person give_role take_role "
        "remove_factors deactivate_account activate_account"
    ),
    Permission.WORKSPACE_OPEN: "me",
    Permission.AUDIT_READ: "audit audit_entry security",
}
