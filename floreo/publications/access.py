"""Who may see and touch what of publications. A view gets its objects here and nowhere else."""

from __future__ import annotations

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.publications.models import Channel, Posting, Publication, PublicationState, may_write


def get_publication_for(viewer: object, code: str) -> Publication:
    """At the workspace: raises Missing for what the viewer may not know of."""
    found = Publication.objects.visible_to(viewer).select_related("organisation", "edition").filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_public(code: str) -> Publication:
    """What is at a public address: something that is out, or that was and is withdrawn. Anything else reads as no
    such page, for everybody, so that an embargo shows by no difference."""
    found = Publication.objects.select_related("organisation", "edition").filter(code=code).first()
    if found is None or not (found.is_out or (found.state == PublicationState.WITHDRAWN and found.was_public)):
        raise Missing
    return found


def get_channel_for(viewer: object, code: str) -> Channel:
    found = Channel.objects.filter(code=code).first() if may_write(viewer) else None
    if found is None:
        raise Missing
    return found


def get_posting_for(viewer: object, code: str, pk: int) -> Posting:
    may = can(viewer, Permission.PUBLICATION_PUBLISH)
    found = Posting.objects.filter(publication__code=code, pk=pk).select_related("channel", "publication").first()
    if found is None or not may:
        raise Missing
    return found
