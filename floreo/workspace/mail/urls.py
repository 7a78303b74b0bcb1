"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.mail import views

urlpatterns: list[URLPattern] = [
    path("mail/", views.outbox, name="mail"),
    path("mail/test/", views.send_test, name="mail_test"),
    path("mail/<int:pk>/", views.one_letter, name="mail_letter"),
    path("mail/<int:pk>/again/", views.again, name="mail_again"),
    path("mail/<int:pk>/address/", views.readdress, name="mail_readdress"),
    path("mail/<int:pk>/drop/", views.discard, name="mail_drop"),
]

NEEDS = {
    Permission.MAIL_READ: "mail mail_letter",
    Permission.ACCOUNT_MANAGE: "mail_test mail_again mail_readdress mail_drop",
}
