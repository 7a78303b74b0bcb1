"""How a view gets what belongs to contact drills, and as whom contacts act by their links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.contact_drills.models import RUN, ConfirmationRequest, ContactDrill, DrillRecipient
from floreo.core import links
from floreo.core.access import can
from floreo.core.errors import Missing, Refused
from floreo.core.wording import BY_LINK

CONFIRMATION, DRILL = "contact.confirmation", "contact.drill"


def get_drill_for(viewer: object, code: str) -> ContactDrill:
    found = ContactDrill.objects.filter(code=code).first() if can(viewer, RUN) else None
    if found is None:
        raise Missing
    return found


def get_recipient_for(viewer: object, code: str, pk: int) -> DrillRecipient:
    rows = DrillRecipient.objects.select_related("drill", "organisation", "contact")
    found = rows.filter(drill__code=code, pk=pk).first() if can(viewer, RUN) else None
    if found is None:
        raise Missing
    return found


def get_confirmation_for(viewer: object, pk: int) -> ConfirmationRequest:
    rows = ConfirmationRequest.objects.select_related("contact__organisation")
    found = rows.filter(pk=pk).first() if can(viewer, RUN) else None
    if found is None:
        raise Missing
    return found


# --- Contacts, by their links -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answering:
    """Whoever has the link of one question or of one drill: may answer it, and nothing else."""

    key: str
    address: str

    @property
    def actor_code(self) -> str:
        return self.key

    @property
    def actor_name(self) -> str:
        return BY_LINK % {"address": self.address}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def token_of_confirmation(request: ConfirmationRequest) -> str:
    return links.sign(CONFIRMATION, request.pk, request.link_version)


def token_of_recipient(recipient: DrillRecipient) -> str:
    return links.sign(DRILL, recipient.pk, recipient.link_version)


def _signed(purpose: str, token: str) -> tuple[int, int]:
    try:
        return links.signed(purpose, token)
    except Refused as refusal:
        raise Missing(refusal.sentence) from refusal


def _left() -> Missing:
    return Missing(
        _("This link was sent to a contact that the organisation no longer has. Nothing is expected of you.")
    )


def confirmation_of(token: str) -> ConfirmationRequest:
    """Raises Missing, with a sentence, for a link that opens nothing, and for that of a contact who left."""
    pk, version = _signed(CONFIRMATION, token)
    request = ConfirmationRequest.objects.select_related("contact__organisation").filter(pk=pk).first()
    if request is None or request.contact.email.lower() != request.address.lower():
        raise _left()
    if request.link_version != version:
        raise Missing(_("The team ended this link. Write to the team to get a new one."))
    return request


def recipient_of(token: str) -> DrillRecipient:
    """The same for a drill."""
    pk, version = _signed(DRILL, token)
    rows = DrillRecipient.objects.select_related("drill", "organisation", "contact")
    recipient = rows.filter(pk=pk).first()
    if recipient is None or recipient.contact is None or recipient.contact.email.lower() != recipient.address.lower():
        raise _left()
    if recipient.link_version != version:
        raise Missing(_("The team ended this link. Write to the team to get a new one."))
    return recipient
