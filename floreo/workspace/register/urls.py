"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.register import claim_views as claims
from floreo.workspace.register import entry_views as entry
from floreo.workspace.register import gap_views as gaps
from floreo.workspace.register import organisation_views as org
from floreo.workspace.register import proposal_views as proposals
from floreo.workspace.register import views

_ONE = "organisations/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/new/", org.new_organisation, name="new_organisation"),
    path(_ONE, org.one_organisation, name="organisation"),
    path(f"{_ONE}edit/", org.organisation_command, {"name": "edit"}, name="edit_organisation"),
    path(f"{_ONE}rename/", org.organisation_command, {"name": "rename"}, name="rename_organisation"),
    path(f"{_ONE}merge/", org.organisation_command, {"name": "merge"}, name="merge_organisation"),
    path(f"{_ONE}roles/new/", org.organisation_command, {"name": "new-role"}, name="new_organisation_role"),
    path(f"{_ONE}roles/<int:pk>/", org.role_command, {"name": "edit"}, name="edit_organisation_role"),
    path(f"{_ONE}roles/<int:pk>/remove/", org.role_command, {"name": "remove"}, name="remove_organisation_role"),
    path(f"{_ONE}contacts/new/", org.organisation_command, {"name": "new-contact"}, name="new_contact"),
    path(f"{_ONE}contacts/<int:pk>/", org.contact_command, {"name": "edit"}, name="edit_contact"),
    path(f"{_ONE}contacts/<int:pk>/remove/", org.contact_command, {"name": "remove"}, name="remove_contact"),
    path(f"{_ONE}contacts/<int:pk>/send-link/", org.contact_command, {"name": "send-link"}, name="send_entry_link"),
    path(f"{_ONE}contacts/<int:pk>/end-links/", org.contact_command, {"name": "end-links"}, name="end_entry_links"),
    path(f"{_ONE}holdings/new/", org.organisation_command, {"name": "new-holding"}, name="new_holding"),
    path(f"{_ONE}holdings/<int:pk>/", org.holding_command, {"name": "edit"}, name="edit_holding"),
    path(f"{_ONE}holdings/<int:pk>/move/", org.holding_command, {"name": "move"}, name="move_holding"),
    path(f"{_ONE}holdings/<int:pk>/remove/", org.holding_command, {"name": "remove"}, name="remove_holding"),
    path(f"{_ONE}holdings/<int:pk>/claim/", claims.holding, name="holding"),
    path(f"{_ONE}holdings/<int:pk>/claim/documents/<int:number>/", claims.document, name="claim_document"),
    path(f"{_ONE}holdings/<int:pk>/claim/<slug:name>/", claims.holding_command, name="claim_command"),
    path("claims/", claims.claims, name="claims"),
    path("claims/registry/", claims.registry_files, name="registry_files"),
    path("claims/registry/differences/", claims.decide_differences, name="decide_differences"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<slug:code>/", proposals.proposals_of, name="proposals_of"),
    path("proposals/<slug:code>/approve-all/", proposals.approve_all, name="approve_proposals"),
    path("proposals/<slug:code>/<int:pk>/<slug:name>/", proposals.proposal_command, name="proposal_command"),
    path("entry/", entry.own_entry, name="own_entry"),
    path("entry/<slug:code>/", entry.entry, name="entry"),
    path("entry/<slug:code>/confirm/", entry.confirm, name="confirm_entry"),
    path("entry/<slug:code>/claim/", entry.claim, name="claim_holding"),
    path("entry/<slug:code>/claim/<int:pk>/document/", entry.document, name="send_document"),
    path("entry/<slug:code>/claim/<int:pk>/<slug:name>/", entry.claim_press, name="claim_press"),
    path("entry/<slug:code>/propose/<slug:kind>/", entry.propose_new, name="propose_new"),
    path("entry/<slug:code>/propose/<slug:kind>/<int:pk>/", entry.propose_change, name="propose_change"),
    path("entry/<slug:code>/propose/<slug:kind>/<int:pk>/remove/", entry.propose_removal, name="propose_removal"),
    path("entry/<slug:code>/withdraw/<int:pk>/", entry.withdraw, name="withdraw_proposal"),
    path("people/", views.people, name="people"),
    path("people/new/", views.new_person, name="new_person"),
    path("people/<slug:code>/", views.one_person, name="person"),
    path("people/<slug:code>/edit/", views.person_command, {"name": "edit"}, name="edit_person"),
    path("places/", views.places, name="places"),
    path("networks/", views.networks, name="networks"),
    path("networks/new/", views.new_network, name="new_network"),
    path("networks/gaps/", gaps.gaps, name="network_gaps"),
    path("networks/<int:asn>/", views.one_network, name="network"),
    path("networks/<int:asn>/edit/", views.network_command, {"name": "edit"}, name="edit_network"),
    path("networks/<int:asn>/remove/", views.network_command, {"name": "remove"}, name="remove_network"),
]

NEEDS = {
    Permission.REGISTER_READ: "organisations organisation places networks network",
    Permission.ASSET_READ: "network_gaps holding",
    Permission.REGISTER_PROPOSE: (
        "own_entry entry confirm_entry claim_holding send_document claim_press propose_new propose_change propose_removal withdraw_proposal"
    ),
    Permission.REGISTER_EDIT: (
        "new_organisation edit_organisation rename_organisation merge_organisation new_organisation_role "
        "edit_organisation_role remove_organisation_role new_contact edit_contact remove_contact new_holding "
        "edit_holding move_holding remove_holding new_network edit_network remove_network "
        "send_entry_link end_entry_links claims claim_command claim_document registry_files decide_differences proposals proposals_of approve_proposals proposal_command"
    ),
    Permission.PEOPLE_READ: "people person",
    Permission.PEOPLE_EDIT: "new_person edit_person",
}
NARROWED = "organisations organisation places networks network people person holding own_entry entry"  # these show their own to whoever may see only their own organisation's
