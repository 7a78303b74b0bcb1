"""Examples for the addresses of contacts and drills."""

from __future__ import annotations

from floreo.contact_drills.models import ConfirmationRequest, ContactDrill, DrillRecipient
from floreo.core import clock
from floreo.organisations.models import Contact, Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    contact = Contact.objects.exclude(email="").order_by("pk")[0]
    request = ConfirmationRequest.objects.create(contact=contact, asked_on=clock.today(), address=contact.email)
    recipient = DrillRecipient.objects.select_related("drill").order_by("pk")[0]
    draft = ContactDrill.objects.create(code="draft", title="Draft", message="Text", roles=["duty"])
    groups: list[tuple[str, list[object]]] = [
        ("ask_contact", [contact.pk]),
        ("close_confirmation", [request.pk]),
        ("call_sheet_file", ["pdf"]),
        ("contact_drill", [recipient.drill.code]),
        ("contact_drill_command", [draft.code, "send"]),
        ("drill_recipient_command", [recipient.drill.code, recipient.pk, "call"]),
    ]
    return {name: given for names, given in groups for name in names.split()}
