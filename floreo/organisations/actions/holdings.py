"""Writing holdings: addresses and domains that an organisation answers for, whoever's network they lie in."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.writing import assign, delete, lock_latest, refuse, save
from floreo.organisations.models import Holding, HoldingKind, Organisation

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")


class HoldingFacts(TypedDict, total=False):
    kind: str
    value: str
    service: str
    verified_on: date | None
    verified_how: str
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def sound_prefix(given: str) -> str:
    """The prefix as it is written everywhere; one address counts as a prefix of its own length."""
    try:
        return str(ipaddress.ip_network(given.strip()))
    except ValueError as error:
        sentence = _("“%(prefix)s” is not a prefix. Enter the first address and the length, for example 192.0.2.0/28.")
        raise refuse("value", sentence % {"prefix": given.strip()[:60]}, code="bad_prefix") from error


def sound_domain(given: str) -> str:
    """The domain in small letters, as name servers know it. Raises Refused for an address of a page, or a lone word."""
    name = given.strip().rstrip(".").lower().removeprefix("*.")
    try:
        plain = name.encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    parts = plain.split(".")
    sound = len(plain) <= 253 and len(parts) > 1 and all(_LABEL.fullmatch(p) for p in parts) and not parts[-1].isdigit()
    if not sound:
        sentence = _("“%(name)s” is not a domain. Enter only the name, for example example.org.")
        raise refuse("value", sentence % {"name": given.strip()[:60]}, code="bad_domain")
    return plain


def _check(holding: Holding) -> None:
    if holding.kind not in HoldingKind.values:
        raise refuse("kind", _("Choose addresses or a domain."), code="missing")
    is_prefix = holding.kind == HoldingKind.PREFIX
    holding.value = sound_prefix(holding.value) if is_prefix else sound_domain(holding.value)
    owner = Holding.objects.filter(kind=holding.kind, value=holding.value).exclude(pk=holding.pk).first()
    if owner is not None:
        sentence = _("The register lists %(value)s under %(name)s. Move it from there, or correct it.")
        raise refuse("value", sentence % {"value": holding.value, "name": owner.organisation.label}, code="taken")
    if holding.verified_on and holding.verified_on > clock.today():
        raise refuse("verified_on", _("This date is in the future."), code="date_to_come")


@action("holding.added", needs=Permission.REGISTER_EDIT)
def add_holding(organisation: Organisation, *, by: Actor, **facts: Unpack[HoldingFacts]) -> Holding:
    holding = Holding(organisation=organisation)
    assign(holding, facts)
    _check(holding)
    return save(holding)


@action("holding.updated", needs=Permission.REGISTER_EDIT)
def update_holding(
    holding: Holding, *, by: Actor, version: int | None = None, **facts: Unpack[HoldingFacts]
) -> Holding:
    holding = lock_latest(holding, version)
    assign(holding, facts)
    _check(holding)
    return save(holding)


@action("holding.moved", needs=Permission.REGISTER_EDIT)
def move_holding(
    holding: Holding, *, by: Actor, to: Organisation, reason: str = "", version: int | None = None
) -> Holding:
    """It belongs to another body: from now on that one is told. Nobody has verified that yet."""
    holding = lock_latest(holding, version)
    if to.pk == holding.organisation_id:
        raise refuse("to", _("It already belongs to this organisation."), code="same")
    note(moved_from=holding.organisation.code, reason=reason.strip()[:500])
    holding.organisation, holding.verified_on, holding.verified_how = to, None, ""
    return save(holding)


@action("holding.removed", needs=Permission.REGISTER_EDIT)
def remove_holding(holding: Holding, *, by: Actor, reason: str) -> None:
    if not reason.strip():
        raise refuse("reason", _("Give the reason for removing it."), code="missing")
    note(reason=reason.strip()[:500])
    delete(lock_latest(holding))
