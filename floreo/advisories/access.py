"""Who may see what of advisories. A view gets its objects here and nowhere else."""

from __future__ import annotations

from floreo.advisories.models import (
    SENT_TO_ORGANISATIONS,
    Advisory,
    AdvisoryVersion,
    AdvisoryVersionQuerySet,
    Subscriber,
    Team,
)
from floreo.advisories.queries import Named, assets_named
from floreo.core import links
from floreo.core.errors import Missing, Refused

CONFIRM, UNSUBSCRIBE = "advisory-confirm", "advisory-unsubscribe"


def get_advisory_for(viewer: object, code: str) -> Advisory:
    """At the workspace: raises Missing for what the viewer may not know of."""
    found = Advisory.objects.visible_to(viewer).filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_public(code: str) -> Advisory:
    """What is at a public address: published and TLP:CLEAR, or that once and withdrawn. All else reads as no such page,
    for everybody."""
    found = Advisory.objects.filter(code=code).first()
    if found is None or not (found.is_out or found.is_gone):
        raise Missing
    return found


def versions_for(viewer: object, advisory: Advisory) -> list[AdvisoryVersion]:
    """Those that the viewer may read at the workspace, newest first: each by its own marking."""
    return list(AdvisoryVersionQuerySet(AdvisoryVersion).visible_to(viewer).filter(advisory=advisory))


def get_named_for(viewer: object, code: str, asset: int) -> Named:
    """An asset that the viewer sees, whose product an advisory that they may read names."""
    rows = assets_named(get_advisory_for(viewer, code), viewer)
    found = next((each for each in rows if each.asset.pk == asset), None)
    if found is None:
        raise Missing
    return found


def versions_for_organisations(advisory: Advisory) -> list[AdvisoryVersion]:
    """Those that are sent to the organisations that run it, newest first."""
    return list(advisory.versions.filter(facts__tlp__in=SENT_TO_ORGANISATIONS))


def public_versions(advisory: Advisory) -> list[AdvisoryVersion]:
    """Those that everybody may read, newest first."""
    return list(AdvisoryVersionQuerySet(AdvisoryVersion).public().filter(advisory=advisory))


def own_team() -> Team | None:
    """The team that runs this installation, with its profile."""
    return Team.objects.filter(is_own=True).select_related("organisation").first()


def token_of(purpose: str, subscriber: Subscriber) -> str:
    return links.sign(purpose, subscriber.pk, subscriber.link_version)


def subscriber_of(purpose: str, token: str) -> Subscriber | None:
    """Whom a link is about; None when they have left. Raises Missing when the link was not made here."""
    try:
        subject, version = links.signed(purpose, token)
    except Refused as refusal:
        raise Missing(refusal.sentence) from refusal
    return Subscriber.objects.filter(pk=subject, link_version=version).first()
