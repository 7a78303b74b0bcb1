"""Feeds and what came of them. Events themselves stand in Parquet files (engine/store)."""

from floreo.feeds.models.findings import Finding, FindingQuerySet, Spell
from floreo.feeds.models.letters import Answer, Correction, Digest, DigestLine, DigestRule
from floreo.feeds.models.reports import Feed, FeedRule, Report, Run, TypeMapping
from floreo.feeds.models.tokens import ApiToken
from floreo.feeds.models.words import Claim, CorrectionState, Every, FindingState, ReportState, Said, Severity, Tlp, Way

__all__ = [
    "Answer",
    "ApiToken",
    "Claim",
    "Correction",
    "CorrectionState",
    "Digest",
    "DigestLine",
    "DigestRule",
    "Every",
    "Feed",
    "FeedRule",
    "Finding",
    "FindingQuerySet",
    "FindingState",
    "Report",
    "ReportState",
    "Run",
    "Said",
    "Severity",
    "Spell",
    "Tlp",
    "TypeMapping",
    "Way",
]
