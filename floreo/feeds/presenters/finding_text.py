"""Sentences about a finding that notice, page and file share: what is new, why it came here, what may be passed on. Computed in
the language of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from floreo.core.policy import Tlp
from floreo.feeds.engine.events import Match
from floreo.feeds.logic import OPEN_STATES
from floreo.feeds.models import Finding, FindingState, FixClaim
from floreo.feeds.selection import Change
from floreo.organisations.models import ContactRole

NEWS_WORDS: Mapping[str, Promise] = {
    Change.NEW: pgettext_lazy("finding", "new"),
    Change.BACK: pgettext_lazy("finding", "seen again"),
    Change.CONTRADICTED: pgettext_lazy("finding", "reported fixed, but seen again"),
    Change.CURRENT: pgettext_lazy("finding", "open"),
    Change.SHOWN: pgettext_lazy("finding", "reported fixed, and not seen any more"),
    Change.FIXED: pgettext_lazy("finding", "not seen any more"),
}
TLP_WORDS: Mapping[str, Promise] = {
    Tlp.CLEAR: _l("You may share this freely."),
    Tlp.GREEN: _l("You may share this within your community, but not publish it."),
    Tlp.AMBER: _l(
        "You may share this within your organisation and with those of your clients who need it to protect themselves."
    ),
    Tlp.AMBER_STRICT: _l("You may share this only within your organisation, with those who need to know."),
}
_REASON: Mapping[str, Promise] = {
    Match.PREFIX: _l("The register lists the addresses %(network)s as yours."),
    Match.ASN: _l(
        "The register lists the network %(network)s as yours, and no other organisation has registered these addresses."
    ),
    Match.DOMAIN: _l("The register lists the domain %(network)s as yours."),
}
# The same for the team, to whom the holder is somebody else.
_REASON_OF_ANOTHER: Mapping[str, Promise] = {
    Match.PREFIX: _l("The register lists the addresses %(network)s under this organisation."),
    Match.ASN: _l(
        "The register lists the network %(network)s under this organisation, and no other has registered these addresses."
    ),
    Match.DOMAIN: _l("The register lists the domain %(network)s under this organisation."),
}


def why_text(reason: str, network: str, service: str = "", *, to_holder: bool = True) -> str:
    """Why a finding is this organisation's: "The register lists the addresses 192.0.2.0/25 as yours." """
    sentences, other = (_REASON, _l("The register lists you for %(network)s."))
    if not to_holder:
        sentences, other = _REASON_OF_ANOTHER, _l("The register lists this organisation for %(network)s.")
    text = str(sentences.get(reason, other)) % {"network": network}
    return text + " " + _("Used for: %(service)s.") % {"service": service} if service else text


def role_text(role: str, asked: str) -> str:
    """As whom somebody is written to, and what is missing in the register where that is not whom we looked for."""
    if role == asked:
        return _("You are the contact for this: %(role)s.") % {"role": ContactRole(role).label}
    if role == ContactRole.OTHER:
        return _(
            "The register has no contact of your organisation for this (%(role)s), so we write to its general "
            "address. Reply with the name of the person who should receive these notices."
        ) % {"role": ContactRole(asked).label}
    return _(
        "The register has no contact of your organisation for this (%(asked)s), so we write to the next one: "
        "%(role)s. Reply with the name of the person who should receive these notices."
    ) % {
        "asked": ContactRole(asked).label,
        "role": ContactRole(role).label,
    }


def tlp_text(label: str) -> str:
    """What may be done with it, in a sentence."""
    return str(TLP_WORDS.get(label, TLP_WORDS[Tlp.AMBER]))


def changes_now(finding: Finding) -> Change:
    """The state of a finding for whoever looks now, in the words that notices use."""
    if finding.state == FindingState.FIXED:
        return Change.SHOWN if finding.claim == FixClaim.SHOWN else Change.FIXED
    if finding.claim == FixClaim.CONTRADICTED:
        return Change.CONTRADICTED
    if finding.state == FindingState.REOPENED:
        return Change.BACK
    return Change.NEW if finding.state == FindingState.NEW else Change.CURRENT


def state_words(finding: Finding) -> Promise | str:
    """The state of a finding, for pages of the team: an ending by its name, what is open as in notices."""
    if finding.state == FindingState.FIXED and finding.claim != FixClaim.SHOWN:
        return pgettext_lazy("finding state", "fixed")
    if finding.state == FindingState.FIXED or finding.state in OPEN_STATES:
        return NEWS_WORDS[changes_now(finding)]
    return _ENDED[finding.state]


_ENDED: Mapping[str, Promise] = {
    FindingState.NOT_SEEN: pgettext_lazy("finding", "not seen any more"),
    FindingState.FALSE_ALARM: pgettext_lazy("finding state", "false alarm"),
    FindingState.ACCEPTED: pgettext_lazy("finding state", "accepted"),
    FindingState.OUTSIDE: pgettext_lazy("finding state", "outside our constituency"),
    FindingState.WITHDRAWN: pgettext_lazy("finding state", "withdrawn by its source"),
    FindingState.DROPPED: pgettext_lazy("finding state", "left out by a rule"),
}


def in_order(finding: Finding) -> tuple[int, int, str, int]:
    """Addresses by their number, the old kind first, then names."""
    if not finding.ip:
        return 9, 0, finding.subject, finding.port
    address = ip_address(finding.ip)
    return address.version, int(address), "", finding.port


_MACHINE: Mapping[str, Promise] = {
    "certificate": _l("Certificate %(value)s"),
    "host-key": _l("SSH host key %(value)s"),
    "serial": _l("Serial number %(value)s"),
    "mac": _l("Network card %(value)s"),
}


def machine_words(finding: Finding) -> str:
    """What identifies its machine: "Certificate 3abb...", "Addresses that it makes up itself in 2001:db8::/64"; "" for none."""
    word, _colon, value = finding.machine.partition(":")
    if word in _MACHINE:
        return str(_MACHINE[word]) % {"value": value}
    return (
        _("Addresses that it makes up itself in %(network)s") % {"network": finding.machine} if finding.machine else ""
    )
