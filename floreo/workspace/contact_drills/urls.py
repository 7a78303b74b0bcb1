"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.contact_drills import views

urlpatterns: list[URLPattern] = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/ask/", views.ask_all, name="ask_contacts"),
    path("contacts/policy/", views.policy_form, name="contact_policy"),
    path("contacts/<int:pk>/ask/", views.ask_one, name="ask_contact"),
    path("contacts/confirmations/<int:pk>/", views.close_confirmation, name="close_confirmation"),
    path("contacts/call-sheet/", views.call_sheet_page, name="call_sheet"),
    path("contacts/call-sheet.<str:kind>", views.call_sheet_file, name="call_sheet_file"),
    path("contact-drills/", views.drills, name="contact_drills"),
    path("contact-drills/new/", views.new_drill, name="new_contact_drill"),
    path("contact-drills/<slug:code>/", views.drill, name="contact_drill"),
    path("contact-drills/<slug:code>/do/<slug:name>/", views.drill_command, name="contact_drill_command"),
    path(
        "contact-drills/<slug:code>/contacts/<int:pk>/<slug:name>/",
        views.recipient_command,
        name="drill_recipient_command",
    ),
]

NEEDS = {
    Permission.CONTACT_DRILL_RUN: (
        "contacts ask_contacts contact_policy ask_contact close_confirmation call_sheet call_sheet_file contact_drills "
        "new_contact_drill contact_drill contact_drill_command drill_recipient_command"
    )
}
