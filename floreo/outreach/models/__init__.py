"""Outreach: schemes of ambassadors, who they are, the links by which they log, the sessions they held, who asks for one, and their kit.

Nothing here names a participant: a session holds heads by age band, and there is no field for anybody's name."""

from floreo.outreach.models.ambassadors import Ambassador, AmbassadorLink, AmbassadorQuerySet
from floreo.outreach.models.choices import (
    AmbassadorState,
    Audience,
    Doubt,
    MoveKind,
    PhotoConsent,
    RequesterKind,
    RequestState,
    SessionChannel,
    SessionState,
    SessionTopic,
    VenueKind,
)
from floreo.outreach.models.schemes import KitItem, Scheme, Venue, may_read
from floreo.outreach.models.sessions import AmbassadorRequest, OutreachSession, Photo
from floreo.outreach.models.stock import StockMove

__all__ = [
    "Ambassador",
    "AmbassadorLink",
    "AmbassadorQuerySet",
    "AmbassadorRequest",
    "AmbassadorState",
    "Audience",
    "Doubt",
    "KitItem",
    "MoveKind",
    "OutreachSession",
    "Photo",
    "PhotoConsent",
    "RequestState",
    "RequesterKind",
    "Scheme",
    "SessionChannel",
    "SessionState",
    "SessionTopic",
    "StockMove",
    "Venue",
    "VenueKind",
    "may_read",
]
