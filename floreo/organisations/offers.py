"""What the register offers to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import ADMINISTRATION, REGISTER, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.organisations import measures, pack, proposals
from floreo.organisations.actions.rdap import ask_registries
from floreo.organisations.actions.registries import fetch_registry_files
from floreo.organisations.importing import TARGETS
from floreo.organisations.tables import TABLES
from floreo.organisations.tasks import waiting_tasks, warn_of_token_ends

OFFERS = Offers(
    import_targets=TARGETS,
    tables=TABLES,
    licences={
        "organisations": "organisations.toml",
        "organisation-roles": "organisations.toml",
        "places": "places.toml",
        "networks": "networks.toml",
    },
    measures={
        "share_networks_proved": Measure(
            measures.share_networks_proved,
            _("Share of address ranges that are proved"),
            "%",
            _("prefixes that a registry, a name server record or a signed letter proves"),
            _("prefixes that organisations claim or hold"),
            knows_past=False,
            records_need=Permission.ASSET_READ.value,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"register": _("Register"), "token": _("Programs"), "mail": _("E-mail")},
    jobs=(
        Job("ends of tokens", warn_of_token_ends, every=timedelta(hours=6)),
        Job("answers of registries", partial(ask_registries, by=SYSTEM), timedelta(hours=1), lane="outside"),
        Job("files of registries", partial(fetch_registry_files, by=SYSTEM), timedelta(minutes=30), lane="outside"),
    ),
    proposal_kinds=proposals.KINDS,
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile("places.toml", {"place": pack.PlaceShape}),
        PackFile("sectors.toml", {"sector": pack.SectorShape}),
        PackFile("organisations.toml", {"organisation": pack.OrganisationShape}),
        PackFile("people.toml", {"person": pack.PersonShape}),
        PackFile("networks.toml", {"network": pack.NetworkShape}),
        PackFile(
            "proposals.toml",
            {"proposal": pack.ProposalShape},
            only_sample="organisations of a real country propose changes themselves",
        ),
    ),
    search_kinds=(
        SearchKind("organisation", _("Organisation"), Permission.REGISTER_READ),
        SearchKind("person", _("Person"), Permission.PEOPLE_READ),
        SearchKind("sector", _("Sector"), Permission.WORKSPACE_OPEN),
        SearchKind("place", _("Place"), Permission.WORKSPACE_OPEN),
    ),
    verbs={
        "account.activated": _("switched the account on"),
        "account.factors_removed": _("removed the second factors of the account"),
        "account.deactivated": _("switched the account off"),
        "account.left": _("switched the account off for its directory"),
        "account.taken_back": _("switched the account on for its directory"),
        "account.signed_out": _("was signed out by its directory"),
        "directory_account.noted": _("noted how the directory calls the account"),
        "account.mail_posted": _("was sent an e-mail about signing in"),
        "account.person_set": _("set the person of the account"),
        "account.role_given": _("gave a role"),
        "account.role_taken": _("removed a role"),
        "account.sign_in_changed": _("changed how they sign in"),
        "account.updated": _("changed their own account"),
        "administrator.link_made": _("created the link for the first administrator"),
        "administrator.made": _("became administrator with the link from the server"),
        "administrator.rescue_link_made": _("created a link for a locked-out administrator"),
        "country.calendar_moved": _("moved the calendar of the sample country"),
        "country.made_official": _("recorded that the site is official"),
        "country.made_unofficial": _("recorded that the site is no longer official"),
        "api_token.end_announced": _("reminded of API tokens that end"),
        "api_token.ended": _("revoked an API token"),
        "api_token.made": _("created an API token"),
        "contact.added": _("added a contact"),
        "contact.removed": _("removed a contact"),
        "contact.updated": _("changed a contact"),
        "invitation.accepted": _("accepted the invitation"),
        "entry.confirmed": _("said that the entry in the register is right"),
        "entry.link_asked": _("asked for a link to the entry in the register"),
        "entry.link_sent": _("sent a link to the entry in the register"),
        "entry.links_ended": _("ended the links of a contact"),
        "holding.added": _("added addresses or a domain"),
        "holding.approved": _("approved a claim to addresses or a domain"),
        "holding.claimed": _("claimed addresses or a domain"),
        "holding.proved_by_document": _("proved a claim by a letter"),
        "holding.proved_by_record": _("proved a claim by a name server record"),
        "holding.proved_by_registry": _("proved a claim by an answer of the registry"),
        "holding.rejected": _("rejected a claim to addresses or a domain"),
        "holding.withdrawn": _("withdrew a claim to addresses or a domain"),
        "proposal.approved": _("approved a proposed change"),
        "proposal.made": _("proposed a change of the register"),
        "proposal.rejected": _("rejected a proposed change"),
        "proposal.withdrawn": _("took back a proposed change"),
        "proposals.approved": _("approved proposed changes"),
        "registry_answers.compared": _("compared answers of registries with the register"),
        "registry_file.read": _("read a file of a registry"),
        "registry_difference.approved": _("changed the register as a registry has it"),
        "registry_difference.rejected": _("left the register as it is, against a registry"),
        "holding.moved": _("moved addresses or a domain to another organisation"),
        "holding.removed": _("removed addresses or a domain"),
        "holding.updated": _("changed addresses or a domain"),
        "invitation.sent": _("invited a person"),
        "invitation.sent_again": _("sent the invitation again"),
        "invitation.withdrawn": _("withdrew the invitation"),
        "network.added": _("added the network"),
        "network.removed": _("removed the network"),
        "network.updated": _("changed the network"),
        "organisation.added": _("added the organisation"),
        "organisation.merged": _("merged the organisation into another"),
        "organisation.renamed": _("renamed the organisation"),
        "organisation.updated": _("changed the organisation"),
        "organisation_role.added": _("added a role of the organisation"),
        "organisation_role.removed": _("removed a role of the organisation"),
        "organisation_role.updated": _("changed a role of the organisation"),
        "sector.added": _("added the sector"),
        "sector.removed": _("removed the sector"),
        "sector.updated": _("changed the sector"),
        "person.added": _("added the person"),
        "person.updated": _("changed the person"),
    },
    menu=(
        MenuItem(
            REGISTER, _("Organisations"), "workspace:organisations", Permission.REGISTER_READ, 10, "organisations"
        ),
        MenuItem(REGISTER, _("People"), "workspace:people", Permission.PEOPLE_READ, 20, "people"),
        MenuItem(REGISTER, _("Places"), "workspace:places", Permission.REGISTER_READ, 30, "places"),
        MenuItem(REGISTER, _("Networks"), "workspace:networks", Permission.REGISTER_READ, 40, "networks"),
        MenuItem(REGISTER, _("Claims"), "workspace:claims", Permission.REGISTER_EDIT, 50, "claims", everywhere=True),
        MenuItem(
            REGISTER,
            _("Proposed changes"),
            "workspace:proposals",
            Permission.REGISTER_EDIT,
            55,
            "proposals",
            everywhere=True,
        ),
        MenuItem(REGISTER, _("Our entry"), "workspace:own_entry", Permission.REGISTER_PROPOSE, 60, "own_entry"),
        MenuItem(ADMINISTRATION, _("Accounts"), "workspace:accounts", Permission.ACCOUNT_MANAGE, 10, "accounts"),
        MenuItem(ADMINISTRATION, _("Programs"), "workspace:tokens", Permission.PROGRAM_CONNECT, 15, "tokens"),
    ),
)
