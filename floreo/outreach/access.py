"""How a view gets an ambassador, a session, a request; whose a personal link is; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.outreach.models import (
    Ambassador,
    AmbassadorLink,
    AmbassadorRequest,
    KitItem,
    OutreachSession,
    Photo,
    may_read,
)


def get_ambassador_for(viewer: object, code: str) -> Ambassador:
    """In the workspace: raises Missing for who may not read the roster."""
    rows = Ambassador.objects.visible_to(viewer).select_related("district", "scheme", "organisation", "person")
    found = rows.filter(code=code).first()
    if found is None or not may_read(viewer):
        raise Missing
    return found


def get_session_for(viewer: object, reference: str) -> OutreachSession:
    rows = OutreachSession.objects.visible_to(viewer).select_related(
        "ambassador__district", "district", "place", "material", "link"
    )
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found


def get_photo_for(viewer: object, reference: str, number: int) -> Photo:
    rows = Photo.objects.visible_to(viewer).select_related("session")
    found = rows.filter(session__reference=reference, number=number).first()
    if found is None:
        raise Missing
    return found


def get_request_for(viewer: object, reference: str) -> AmbassadorRequest:
    rows = AmbassadorRequest.objects.visible_to(viewer).select_related("ambassador", "district", "session")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found


def get_kit_item_for(viewer: object, code: str) -> KitItem:
    found = KitItem.objects.visible_to(viewer).filter(code=code).first()
    if found is None:
        raise Missing
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requesters:
    """The public form: whoever asks for an ambassador, and is nobody in particular."""

    actor_code: str = "ambassador-request"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Public form")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


ANYBODY = Requesters()


@dataclass(frozen=True)
class Logger:
    """Whoever has the personal link of an ambassador: logs sessions as that ambassador, and does nothing else."""

    link: AmbassadorLink

    @property
    def actor_code(self) -> str:
        return f"ambassador:{self.link.ambassador_id}"

    @property
    def actor_name(self) -> str:
        return str(self.link.ambassador.code)

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def link_of(secret: str) -> AmbassadorLink:
    """The link, also one that was ended. Raises Missing for one that never was."""
    rows = AmbassadorLink.objects.select_related("ambassador__district", "ambassador__scheme")
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None:
        raise Missing(_("We do not recognise this link. Copy the whole link, or ask your coordinator for a new one."))
    return found
