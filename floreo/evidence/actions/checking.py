"""What every write of evidence asks before it saves."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission, people_of, reach
from floreo.core.addresses import is_web_address
from floreo.core.policy import Tlp, markings_open_to
from floreo.core.writing import refuse
from floreo.evidence.models import Evidence, EvidenceKind


def check(evidence: Evidence, *, by: Actor) -> None:
    """Raises Refused, tied to its field, for what does not hold together."""
    if not evidence.title.strip():
        raise refuse("title", _("Enter a short description."), code="missing")
    if evidence.tlp not in Tlp.values:
        raise refuse("tlp", _("Choose a marking of the Traffic Light Protocol."), code="bad_marking")
    _check_marking(evidence, by)
    _check_public(evidence, by)
    if evidence.dated and evidence.valid_until and evidence.valid_until < evidence.dated:
        raise refuse(
            "valid_until",
            _("The end of validity is before the date of the document. Change one of the two dates."),
            code="dates_in_order",
        )
    if evidence.kind == EvidenceKind.LINK:
        check_link(evidence.url)
    _check_shape(evidence)


def _check_marking(evidence: Evidence, by: Actor) -> None:
    """Nobody marks evidence so that it is closed to themselves."""
    own = people_of(by, Permission.EVIDENCE_KEEP)
    if evidence.tlp not in markings_open_to(by) and not evidence.owner_ids() & own:
        sentence = _("TLP:%(marking)s would close it to you too. The secretariat can mark it so.") % {
            "marking": evidence.tlp
        }
        raise refuse("tlp", sentence, code="closed_to_yourself")


def _check_public(evidence: Evidence, by: Actor) -> None:
    if not evidence.is_public:
        return
    if evidence.tlp != Tlp.CLEAR:
        sentence = _("Public evidence must be marked TLP:CLEAR. Change the marking, or leave the evidence internal.")
        raise refuse("tlp", sentence, code="not_clear")
    if not evidence.is_already_public() and reach(by, Permission.EVIDENCE_KEEP) is not None:
        sentence = _("Only the secretariat makes evidence public. Mark it TLP:CLEAR to show that it can be published.")
        raise refuse("is_public", sentence, code="not_yours_to_publish")


def check_link(url: str) -> None:
    if not is_web_address(url):
        sentence = _("Enter an address that begins with https:// or http:// and contains no user name or password.")
        raise refuse("url", sentence, code="bad_link")
    if len(url) > 500:
        raise refuse("url", _("The address is longer than 500 characters. Use a shorter one."), code="long_link")
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise refuse("url", _("This address is incomplete. Copy it from the browser."), code="bad_link") from None


def _check_shape(evidence: Evidence) -> None:
    """What the fields themselves will not take, as sentences at those fields."""
    try:
        evidence.clean_fields(exclude=["file", "kept_by", "code", "replaced_by"])
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            raise refuse(name, " ".join(sentences)) from error
