"""Who may see and touch what of feeds. A view gets its objects here and nowhere else.

Feeds, reports and rules are about everybody, so they are for who may see all; findings and notices are narrowed to what the
viewer's own organisation is concerned by."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from floreo.core.access import Permission, must, reach
from floreo.core.errors import Missing, NotAllowed
from floreo.feeds.lines import EvidenceLines, codes_of, lines_of
from floreo.feeds.models import (
    AddressPool,
    Correction,
    Feed,
    FeedFile,
    FeedRule,
    Finding,
    FindingEnding,
    HeldFile,
    Notice,
    NoticeRule,
    Run,
    SteppedStart,
)
from floreo.organisations.queries import bodies_of

Row = TypeVar("Row", bound=Model)


def sees_all(viewer: object) -> bool:
    return reach(viewer, Permission.FEED_READ) is None


def must_see_all(viewer: object) -> None:
    """Raises NotAllowed for whoever may see only what concerns their own organisation."""
    must(viewer, Permission.FEED_READ)
    if not sees_all(viewer):
        raise NotAllowed


def _one(rows: QuerySet[Row], **by: object) -> Row:
    found = rows.filter(**by).first()
    if found is None:
        raise Missing
    return found


def get_feed_for(viewer: object, code: str) -> Feed:
    must_see_all(viewer)
    return _one(Feed.objects.all(), code=code)


def get_report_for(viewer: object, pk: int) -> FeedFile:
    must_see_all(viewer)
    return _one(FeedFile.objects.select_related("feed"), pk=pk)


def get_held_file_for(viewer: object, pk: int) -> HeldFile:
    must_see_all(viewer)
    return _one(HeldFile.objects.select_related("feed"), pk=pk)


def get_run_for(viewer: object, pk: int) -> Run:
    must_see_all(viewer)
    return _one(Run.objects.select_related("feed"), pk=pk)


def get_ending_for(viewer: object, pk: int) -> FindingEnding:
    must_see_all(viewer)
    return _one(FindingEnding.objects.select_related("finding", "feed"), pk=pk)


def pools_for(viewer: object) -> QuerySet[AddressPool]:
    """Of all, or of the networks of the viewer's own organisation."""
    must(viewer, Permission.FEED_READ)
    return AddressPool.objects.visible_to(viewer).select_related("organisation__merged_into")


def get_pool_for(viewer: object, pk: int) -> AddressPool:
    return _one(pools_for(viewer), pk=pk)


def get_stepped_start_for(viewer: object, pk: int) -> SteppedStart:
    must_see_all(viewer)
    return _one(SteppedStart.objects.all(), pk=pk)


def get_rule_for(viewer: object, pk: int) -> FeedRule:
    must_see_all(viewer)
    return _one(FeedRule.objects.all(), pk=pk)


def get_finding_for(viewer: object, pk: int) -> Finding:
    must(viewer, Permission.FEED_READ)
    rows = Finding.objects.visible_to(viewer)
    return _one(rows.select_related("organisation__merged_into", "feed", "ending"), pk=pk)


def lines_for(viewer: object, finding: Finding, *, most: int, after: str = "") -> EvidenceLines:
    """What sources saw of a finding that the viewer may see. Whoever speaks for its organisation sees what was its own then; before a
    correction it may have been another's."""
    codes = None if sees_all(viewer) else codes_of(finding.organisation)
    return lines_of([finding], most=most, codes=codes, after=after).get(finding.pk, EvidenceLines())


def notices_for(viewer: object) -> QuerySet[Notice]:
    """Notices to whom the viewer speaks for, or all."""
    rows, own = Notice.objects.select_related("organisation__merged_into"), reach(viewer, Permission.FEED_READ)
    return rows if own is None else rows.filter(organisation__in=bodies_of(own))


def get_notice_for(viewer: object, pk: int) -> Notice:
    must(viewer, Permission.FEED_READ)
    return _one(notices_for(viewer), pk=pk)


def get_notice_rule_for(viewer: object, pk: int) -> NoticeRule:
    must_see_all(viewer)
    return _one(NoticeRule.objects.select_related("organisation"), pk=pk)


def get_correction_for(viewer: object, pk: int) -> Correction:
    must_see_all(viewer)
    rows = Correction.objects.select_related("organisation", "moved_to", "answer__finding__organisation")
    return _one(rows, pk=pk)
