"""Writing the register and the accounts."""

from floreo.organisations.actions.accounts import (
    activate_account,
    deactivate_account,
    give_role,
    remove_second_factors,
    set_person,
    take_role,
    update_own_account,
)
from floreo.organisations.actions.country import make_official, make_unofficial, move_calendar
from floreo.organisations.actions.holdings import add_holding, move_holding, remove_holding, update_holding
from floreo.organisations.actions.invitations import (
    accept_invitation,
    first_admin_link,
    invite,
    locked_out_link,
    make_first_administrator,
    resend_invitation,
    withdraw_invitation,
)
from floreo.organisations.actions.networks import add_network, remove_network, update_network
from floreo.organisations.actions.people import add_person, update_person
from floreo.organisations.actions.register import (
    add_contact,
    add_organisation,
    add_role,
    merge_organisation,
    remove_contact,
    remove_role,
    rename_organisation,
    update_contact,
    update_organisation,
    update_role,
)

__all__ = [
    "accept_invitation",
    "activate_account",
    "add_contact",
    "add_holding",
    "add_network",
    "add_organisation",
    "add_person",
    "add_role",
    "deactivate_account",
    "first_admin_link",
    "give_role",
    "invite",
    "locked_out_link",
    "make_first_administrator",
    "make_official",
    "make_unofficial",
    "merge_organisation",
    "move_calendar",
    "move_holding",
    "remove_contact",
    "remove_holding",
    "remove_network",
    "remove_role",
    "remove_second_factors",
    "rename_organisation",
    "resend_invitation",
    "set_person",
    "take_role",
    "update_contact",
    "update_holding",
    "update_network",
    "update_organisation",
    "update_own_account",
    "update_person",
    "update_role",
    "withdraw_invitation",
]
