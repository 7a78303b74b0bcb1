"""Examples for the addresses of the register and of accounts."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.evidence.actions import attach, store_file
from floreo.organisations.models import (
    Contact,
    Country,
    Holding,
    Invitation,
    Membership,
    Network,
    OrganisationRole,
    Person,
    ProposedChange,
    User,
)


def examples(country: Country, user: User) -> dict[str, list[object]]:
    contact = Contact.objects.select_related("organisation").order_by("pk")[0]
    holding = Holding.objects.select_related("organisation").order_by("pk")[0]
    role = OrganisationRole.objects.select_related("organisation").order_by("pk")[0]
    network, person = Network.objects.order_by("pk")[0], Person.objects.order_by("pk")[0]
    membership = Membership.objects.filter(user=user)[0]
    invitation = Invitation.objects.create(
        email="i@example.org", role="observer", invited_by="X", expires_at=clock.now() + timedelta(days=1)
    )
    claimed = Holding.objects.select_related("organisation").filter(state="claimed").order_by("pk")[0]
    own = claimed.organisation
    paper = store_file(SimpleUploadedFile("letter.txt", b"It is ours.\n"), by=SYSTEM, title="Letter", organisation=own)
    letter = attach(paper, by=SYSTEM, thing=claimed)
    change = ProposedChange.objects.create(
        organisation=own,
        kind="contact",
        what="new",
        name="Contact: Night desk",
        facts={"purpose": "Night desk", "role": "duty", "phone": "555-1000"},
        proposed_by="X",
        proposed_by_code="x",
        proposed_at=clock.now(),
    )
    groups: list[tuple[str, list[object]]] = [
        ("send_entry_link end_entry_links", [contact.organisation.code, contact.pk]),
        ("holding", [own.code, claimed.pk]),
        ("claim_command", [own.code, claimed.pk, "approve"]),
        ("proposals_of approve_proposals entry confirm_entry claim_holding", [own.code]),
        ("proposal_command", [own.code, change.pk, "approve"]),
        ("claim_press", [own.code, claimed.pk, "withdraw"]),
        ("send_document", [own.code, claimed.pk]),
        ("claim_document", [own.code, claimed.pk, letter.pk]),
        ("propose_new", [own.code, "contact"]),
        ("propose_change", [own.code, "organisation", own.pk]),
        ("propose_removal", [own.code, "contact", own.contacts.all()[0].pk]),
        ("withdraw_proposal", [own.code, change.pk]),
        ("organisation edit_organisation rename_organisation merge_organisation", [contact.organisation.code]),
        ("new_organisation_role new_contact new_holding", [contact.organisation.code]),
        ("edit_organisation_role remove_organisation_role", [role.organisation.code, role.pk]),
        ("edit_contact remove_contact", [contact.organisation.code, contact.pk]),
        ("edit_holding move_holding remove_holding", [holding.organisation.code, holding.pk]),
        ("person edit_person", [person.code]),
        ("network edit_network remove_network", [network.asn]),
        ("resend_invitation withdraw_invitation", [invitation.pk]),
        ("account account_person give_role remove_factors deactivate_account activate_account", [user.pk]),
        ("take_role", [user.pk, membership.pk]),
        ("audit_entry", [1]),
    ]
    return {name: given for names, given in groups for name in names.split()}
