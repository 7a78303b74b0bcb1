"""Addresses of the workspace of money."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.money import change_views as change
from floreo.workspace.money import views

urlpatterns: list[URLPattern] = [
    path("money/", views.money_home, name="money_home"),
    path("money/<slug:code>/", views.money, name="money"),
    path("new-grant/", change.new_grant, name="new_grant"),
    path("grants/<slug:code>/", views.grant, name="grant"),
    path("grants/<slug:code>/edit/", change.grant_command, {"name": "edit"}, name="edit_grant"),
    path("grants/<slug:code>/remove/", change.grant_command, {"name": "remove"}, name="remove_grant"),
    path("budget-lines/<int:pk>/", views.budget_line, name="budget_line"),
    path("budget-lines/<int:pk>/agreement/", change.line_command, {"name": "agreement"}, name="place_line"),
    path("budget-lines/<int:pk>/payments/new/", change.line_command, {"name": "new-payment"}, name="new_payment"),
    path("payments/<int:pk>/edit/", change.payment_command, {"name": "edit"}, name="edit_payment"),
    path("payments/<int:pk>/remove/", change.payment_command, {"name": "remove"}, name="remove_payment"),
    path("iati-names/<slug:code>/", change.organisation_command, {"name": "iati-name"}, name="name_for_iati"),
]

NEEDS = {
    Permission.PLAN_READ: "money_home money grant budget_line",
    Permission.PLAN_EDIT: (
        "new_grant edit_grant remove_grant place_line new_payment edit_payment remove_payment name_for_iati"
    ),
}
