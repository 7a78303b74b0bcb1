"""Feeds and what came of them. Events themselves are in Parquet files (engine/store)."""

from floreo.feeds.models.changes import ChangeStream, FindingChange
from floreo.feeds.models.choices import (
    SENT_MARKINGS,
    CollectorKind,
    CorrectionState,
    Delivery,
    EndingKind,
    Every,
    Evidence,
    FileState,
    FindingState,
    FixClaim,
    HeldReason,
    HeldState,
    PoolKind,
    PoolState,
    ReplyKind,
    RunHeld,
    Severity,
)
from floreo.feeds.models.endings import FindingEnding
from floreo.feeds.models.files import Feed, FeedFile, FeedRule, HeldFile, Run, TypeMapping
from floreo.feeds.models.findings import Finding, FindingQuerySet, FindingText, OpenPeriod
from floreo.feeds.models.notices import Correction, Notice, NoticeLine, NoticeRule, Reply
from floreo.feeds.models.pools import AddressPool
from floreo.feeds.models.stepped import SteppedPlace, SteppedStart, SteppedState
from floreo.feeds.models.text_checks import TextCheck

__all__ = [
    "SENT_MARKINGS",
    "AddressPool",
    "ChangeStream",
    "CollectorKind",
    "Correction",
    "CorrectionState",
    "Delivery",
    "EndingKind",
    "Every",
    "Evidence",
    "Feed",
    "FeedFile",
    "FeedRule",
    "FileState",
    "Finding",
    "FindingChange",
    "FindingEnding",
    "FindingQuerySet",
    "FindingState",
    "FindingText",
    "FixClaim",
    "HeldFile",
    "HeldReason",
    "HeldState",
    "Notice",
    "NoticeLine",
    "NoticeRule",
    "OpenPeriod",
    "PoolKind",
    "PoolState",
    "Reply",
    "ReplyKind",
    "Run",
    "RunHeld",
    "Severity",
    "SteppedPlace",
    "SteppedStart",
    "SteppedState",
    "TextCheck",
    "TypeMapping",
]
