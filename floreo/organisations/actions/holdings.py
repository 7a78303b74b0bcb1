"""Writing holdings: addresses and domains that an organisation answers for, whoever's network they lie in. They are claimed, proved
(actions/proving.py) and approved by a second person; only approved ones attribute findings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, lock_latest, refuse, require_text, save
from floreo.organisations import claims
from floreo.organisations.access import must_speak_for
from floreo.organisations.held import NotHeld, Prefix, is_public_suffix, plain_prefix, why_not_held
from floreo.organisations.models import (
    LIVE_STATES,
    OPEN_STATES,
    Holding,
    HoldingKind,
    HoldingState,
    Organisation,
    User,
)
from floreo.organisations.queries import the_country

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")
MOST_OPEN = 200  # claims of one organisation that wait


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


def sound_prefix(given: str, *, is_known: bool = False) -> str:
    """The prefix as it is written everywhere; one address counts as a prefix of its own length. Refuses what nobody can hold; what
    `is_known` was in the register before."""
    try:
        prefix = plain_prefix(given)
    except ValueError as error:
        sentence = _("“%(prefix)s” is not a prefix. Enter the first address and the length, for example 192.0.2.0/28.")
        raise refuse("value", sentence % {"prefix": given.strip()[:60]}, code="bad_prefix") from error
    country = the_country()
    reason = None if is_known else why_not_held(prefix, is_sample=country is None or country.is_sample)
    if reason is not None:
        raise refuse("value", _not_held_sentence(reason, prefix), code=f"prefix_{reason}")
    return str(prefix)


def _not_held_sentence(reason: NotHeld, prefix: Prefix) -> str:
    words = {"prefix": str(prefix)}
    match reason:
        case NotHeld.WIDE:
            return (
                _("%(prefix)s is too wide: no organisation holds so many addresses. Enter the prefix of your own.")
                % words
            )
        case NotHeld.PRIVATE:
            return (
                _(
                    "%(prefix)s is a private or special range that everybody may use inside. Enter addresses of the Internet."
                )
                % words
            )
    return _("%(prefix)s is a range for examples and documents. Nobody holds it.") % words


def sound_domain(given: str) -> str:
    """The domain in small letters, as name servers know it. Raises Refused for an address of a page, a lone word, or a name under which
    anybody registers."""
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
    if is_public_suffix(plain):
        sentence = _(
            "Under %(name)s others register names too, so nobody holds all of it. Enter the names that are your own."
        )
        raise refuse("value", sentence % {"name": plain}, code="public_suffix")
    return plain


def sound_holding(holding: Holding, *, is_known: bool = False) -> None:
    if holding.kind not in HoldingKind.values:
        raise refuse("kind", _("Choose addresses or a domain."), code="missing")
    is_prefix = holding.kind == HoldingKind.PREFIX
    holding.value = sound_prefix(holding.value, is_known=is_known) if is_prefix else sound_domain(holding.value)


def _check(holding: Holding, *, is_known: bool = False) -> None:
    """For the team, which may know who holds what."""
    sound_holding(holding, is_known=is_known)
    same = Holding.objects.live().filter(kind=holding.kind, value=holding.value).exclude(pk=holding.pk)
    must_be_free(holding, same.select_related("organisation"))
    if holding.verified_on and holding.verified_on > clock.today():
        raise refuse("verified_on", _("This date is in the future."), code="date_to_come")


def must_be_free(holding: Holding, others: Iterable[Holding]) -> None:
    """Refuses a second entry of one organisation, and what is approved for another; `others` name the same addresses or domain."""
    for owner in others:
        if owner.state == HoldingState.APPROVED or owner.organisation == holding.organisation:
            sentence = _("The register lists %(value)s under %(name)s. Move it from there, or correct it.")
            raise refuse("value", sentence % {"value": holding.value, "name": owner.organisation.label}, code="taken")


def claimed(holding: Holding, by: Actor) -> None:
    holding.state = HoldingState.CLAIMED
    holding.claimed_on, holding.claimed_by, holding.claimed_by_code = (
        clock.today(),
        by.actor_name[:200],
        by.actor_code[:60],
    )
    holding.decided_on, holding.decided_by, holding.decision = None, "", ""
    claims.put_registry(holding)


def _approved(holding: Holding, by: Actor, reason: str = "") -> None:
    holding.state = HoldingState.APPROVED
    holding.decided_on, holding.decided_by, holding.decision = clock.today(), by.actor_name[:200], reason


@action("holding.added", needs=Permission.REGISTER_EDIT)
def add_holding(
    organisation: Organisation, *, by: Actor, is_approved: bool = False, **facts: Unpack[HoldingFacts]
) -> Holding:
    """A claim that the team enters for an organisation. `is_approved`: it follows from a decision that was taken."""
    holding = Holding(organisation=organisation)
    assign(holding, facts)
    _check(holding, is_known=is_approved)
    claimed(holding, by)
    if is_approved:
        _approved(holding, by)
    return save(holding)


@action("holding.claimed", needs=None)
def claim_holding(organisation: Organisation, *, by: Actor, kind: str, value: str, service: str = "") -> Holding:
    """By whoever speaks for the organisation. That others claim the same is for the team to know."""
    must_speak_for(by, organisation)
    own = Holding.objects.filter(organisation=organisation)
    if own.filter(state__in=OPEN_STATES).count() >= MOST_OPEN:
        sentence = _("%(n)d of your claims wait for the team already. Claim more when these are decided.")
        raise Refused(sentence % {"n": MOST_OPEN}, code="many")
    holding = Holding(organisation=organisation, kind=kind, value=value, service=service.strip()[:120])
    sound_holding(holding)
    if own.filter(kind=holding.kind, value=holding.value, state__in=LIVE_STATES).exists():
        raise refuse("value", _("Your entry has %(value)s already.") % {"value": holding.value}, code="taken")
    claimed(holding, by)
    return save(holding)


@action("holding.updated", needs=Permission.REGISTER_EDIT)
def update_holding(
    holding: Holding, *, by: Actor, version: int | None = None, **facts: Unpack[HoldingFacts]
) -> Holding:
    """Other addresses or another domain are another claim: it is to be proved and approved again."""
    holding = lock_latest(holding, version)
    before = holding.kind, holding.value
    assign(holding, facts)
    _check(holding)
    if (holding.kind, holding.value) != before:
        holding.verified_on, holding.verified_how = None, ""
        claimed(holding, by)
    return save(holding)


@action("holding.moved", needs=Permission.REGISTER_EDIT)
def move_holding(
    holding: Holding, *, by: Actor, to: Organisation, reason: str = "", version: int | None = None
) -> Holding:
    """It belongs to another body: from now on that one is notified. Nobody has verified that yet."""
    holding = lock_latest(holding, version)
    if to.pk == holding.organisation_id:
        raise refuse("to", _("It already belongs to this organisation."), code="same")
    note(moved_from=holding.organisation.code, reason=reason.strip()[:500])
    for theirs in Holding.objects.live().filter(organisation=to, kind=holding.kind, value=holding.value):
        _end(theirs, HoldingState.WITHDRAWN, by, _("Replaced by the entry that was moved here."))
    holding.organisation, holding.verified_on, holding.verified_how = to, None, ""
    if holding.state == HoldingState.PROVED:
        holding.state = HoldingState.CLAIMED
    return save(holding)


@action("holding.removed", needs=Permission.REGISTER_EDIT)
def remove_holding(holding: Holding, *, by: Actor, reason: str) -> None:
    if not reason.strip():
        raise refuse("reason", _("Give the reason for removing it."), code="missing")
    note(reason=reason.strip()[:500])
    delete(lock_latest(holding))


# --- Deciding -----------------------------------------------------------------------------------------------------


def must_wait(holding: Holding) -> None:
    if holding.state not in OPEN_STATES:
        sentence = _("This claim does not wait for a decision: it is %(state)s.")
        raise Refused(sentence % {"state": str(holding.get_state_display()).lower()}, code="decided")


def must_be_live(holding: Holding) -> None:
    if holding.state not in LIVE_STATES:
        raise Refused(_("This claim was rejected or withdrawn."), code="decided")


def others_of_the_team(by: Actor) -> bool:
    """Whether somebody else has an account that may decide."""
    users = User.objects.filter(is_active=True).prefetch_related("memberships")
    return any(can(user, Permission.REGISTER_EDIT) for user in users if user.actor_code != by.actor_code)


def claims_with(holding: Holding) -> Iterable[models.Model | models.QuerySet[Any]]:
    """The claim, its proofs, and who else claims the same."""
    return [holding, holding.proofs.all(), Holding.objects.filter(kind=holding.kind, value=holding.value)]


@action("holding.approved", needs=Permission.REGISTER_EDIT, decides=claims_with, notes_maker=True)
def approve_holding(holding: Holding, *, by: Actor, reason: str = "", shown: str | None = None) -> Holding:
    """Findings there are attributed to the organisation from now on. Who claimed it for the organisation does not approve it, while
    somebody else of the team can. One that nothing proves, or about which something is open, needs a reason."""
    holding = lock_latest(holding)
    must_wait(holding)
    if holding.claimed_by_code == by.actor_code and others_of_the_team(by):
        raise Refused(_("You entered this claim. A second person of the team approves it."), code="second_person")
    taken = Holding.objects.approved().filter(kind=holding.kind, value=holding.value).exclude(pk=holding.pk).first()
    if taken is not None:
        sentence = _("%(value)s is approved for %(name)s. Move it from there, or reject one of the two.")
        raise Refused(sentence % {"value": holding.value, "name": taken.organisation.label}, code="taken")
    open_points = claims.problems_of([holding])[holding.pk]
    if open_points and not reason.strip():
        sentence = _("Give the reason for approving it all the same: %(problem)s")
        raise refuse("reason", sentence % {"problem": open_points[0].sentence}, code="missing")
    _approved(holding, by, reason.strip()[:500])
    return save(holding, at={"decision": "reason"})


@action("holding.rejected", needs=Permission.REGISTER_EDIT, decides=claims_with)
def reject_holding(holding: Holding, *, by: Actor, reason: str, shown: str | None = None) -> Holding:
    """The organisation reads the reason."""
    holding = lock_latest(holding)
    must_be_live(holding)
    words = require_text(reason, field="reason", sentence=_("Give the reason. The organisation will read it."))
    return _end(holding, HoldingState.REJECTED, by, words)


@action("holding.withdrawn", needs=None)
def withdraw_holding(holding: Holding, *, by: Actor, reason: str = "") -> Holding:
    """By whoever speaks for the organisation, while it waits; by the team, also when it was approved."""
    holding = lock_latest(holding)
    if not can(by, Permission.REGISTER_EDIT):
        must_speak_for(by, holding.organisation)
        if holding.state == HoldingState.APPROVED:
            sentence = _("The team approved this. Propose its removal, and say why.")
            raise Refused(sentence, code="approved")
    must_be_live(holding)
    return _end(holding, HoldingState.WITHDRAWN, by, reason.strip())


def _end(holding: Holding, state: HoldingState, by: Actor, reason: str) -> Holding:
    holding.state, holding.decision = state, reason[:500]
    holding.decided_on, holding.decided_by = clock.today(), by.actor_name[:200]
    return save(holding, at={"decision": "reason"})
