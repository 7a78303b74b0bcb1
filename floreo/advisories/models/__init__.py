"""Advisories with their versions and documents, who subscribed to them, which organisations they are sent to and what these reply,
catalogues of what is exploited, and response teams."""

from floreo.advisories.models.advisories import Advisory, AdvisoryVersion, AdvisoryVersionQuerySet, CsafDocument
from floreo.advisories.models.catalogues import EpssScore, KevEntry, Team
from floreo.advisories.models.choices import (
    CLOSED,
    CLOSING,
    SENT_TO_ORGANISATIONS,
    AdvisoryState,
    ProductStatus,
    ReplyKind,
    Severity,
    may_read_marking,
    may_write,
)
from floreo.advisories.models.recipients import AdvisoryRecipient, AdvisoryReply, Subscriber

__all__ = [
    "CLOSED",
    "CLOSING",
    "SENT_TO_ORGANISATIONS",
    "Advisory",
    "AdvisoryRecipient",
    "AdvisoryReply",
    "AdvisoryState",
    "AdvisoryVersion",
    "AdvisoryVersionQuerySet",
    "CsafDocument",
    "EpssScore",
    "KevEntry",
    "ProductStatus",
    "ReplyKind",
    "Severity",
    "Subscriber",
    "Team",
    "may_read_marking",
    "may_write",
]
