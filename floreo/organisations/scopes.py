"""Purposes of tokens: what a program may do, and which permissions of its account that takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can

P = Permission


@dataclass(frozen=True)
class Scope:
    """One purpose. An account may give it that holds one of `needs`; a token with it may use `permissions`, as far as its account
    holds them."""

    name: str
    words: Promise
    help: Promise
    needs: tuple[Permission, ...]
    permissions: frozenset[Permission]


def _scope(name: str, words: Promise, help: Promise, needs: tuple[Permission, ...], *reads: Permission) -> Scope:  # noqa: A002 -- the word of forms
    return Scope(name, words, help, needs, frozenset({*needs, *reads}))


SCOPES: Mapping[str, Scope] = {
    scope.name: scope
    for scope in (
        _scope(
            "readings",
            _("Values of indicators"),
            _("Enters values, as the form of an indicator does. Frozen values stay as they are."),
            (P.READING_ENTER,),
            P.INDICATOR_READ,
        ),
        _scope(
            "updates",
            _("Updates on actions"),
            _("Gives updates. In an open review they wait for approval, as those of a lead."),
            (P.PLAN_UPDATE,),
            P.PLAN_READ,
            P.PLAN_INTERNAL,
        ),
        _scope(
            "milestones",
            _("Milestones"),
            _("Marks milestones as reached, and changes their expected dates."),
            (P.PLAN_UPDATE,),
            P.PLAN_READ,
            P.PLAN_INTERNAL,
        ),
        _scope(
            "contacts",
            _("Contacts of organisations"),
            _("Adds and changes contacts. Those of one’s own organisation are proposed, and wait for review."),
            (P.REGISTER_EDIT, P.REGISTER_PROPOSE),
            P.REGISTER_READ,
            P.REGISTER_INTERNAL,
            P.CONTACT_READ,
        ),
        _scope(
            "evidence",
            _("Evidence"),
            _("Keeps files and links as evidence, and attaches them to actions and milestones."),
            (P.EVIDENCE_KEEP,),
            P.EVIDENCE_READ,
            P.PLAN_READ,
            P.PLAN_INTERNAL,
        ),
        _scope(
            "feed-events",
            _("Events of feeds"),
            _("Sends events to feeds of the national team."),
            (P.FEED_RUN,),
            P.FEED_READ,
        ),
        _scope("findings", _("Findings"), _("Reads the findings that the account may see."), (P.FEED_READ,)),
        _scope(
            "incident-reports",
            _("Reports of incidents"),
            _("Sends reports of incidents to the inbox of the national team."),
            (P.INCIDENT_HANDLE,),
        ),
        _scope(
            "people",
            _("Accounts of a directory"),
            _("Lets a directory (SCIM) switch off the accounts of people who leave. It opens none."),
            (P.ACCOUNT_MANAGE,),
            P.PEOPLE_EDIT,
            P.PEOPLE_READ,
        ),
    )
}


def scopes_of(user: object) -> list[Scope]:
    """The purposes that an account can give to a token."""
    return [scope for scope in SCOPES.values() if any(can(user, need) for need in scope.needs)]


def permissions_of(names: Iterable[str]) -> frozenset[Permission]:
    """What those purposes take together. A name that the program no longer knows takes nothing."""
    return frozenset(p for name in names if name in SCOPES for p in SCOPES[name].permissions)
