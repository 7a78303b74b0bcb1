"""Windows of reports and who works on them: one at a time, for as long as the lease runs; a worker that died loses it within
a minute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.leases import is_over, lease_end
from floreo.core.writing import save
from floreo.feeds.actions.watching import note_not_taken
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.constituency import constituency_path
from floreo.feeds.engine.task import IngestOrder, Source
from floreo.feeds.models import Feed, FeedFile, FeedRule, FileState, TypeMapping
from floreo.feeds.presenters.noted import of_file
from floreo.feeds.presenters.problems import LOST, STOPPED, problem_sentence

MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Claimed:
    """A window that is ours until the lease ends: feed, type and day, with all of its files. Of those `new` wait for their
    summary; the others were read before, and say what repeats."""

    feed: Feed
    report_type: str
    day: date
    new: tuple[FeedFile, ...]
    read: tuple[FeedFile, ...] = ()

    @property
    def is_hopeless(self) -> bool:
        """Whether worker after worker has died over it: then it is given up, or it would take them all down for ever."""
        return any(r.state == FileState.RUNNING and r.attempts >= MOST_ATTEMPTS for r in self.new)

    def owner_ids(self) -> set[int]:
        return set()

    def __str__(self) -> str:
        return " ".join(filter(None, [self.feed.name, self.report_type, self.day.isoformat()]))


def _due() -> QuerySet[FeedFile]:
    """What waits, but for what was set to wait until later; and what a worker that died holds no longer."""
    over = is_over("claimed_until")
    return FeedFile.objects.filter(
        Q(state=FileState.WAITING) & (Q(claimed_until=None) | over) | Q(state=FileState.RUNNING) & over
    )


def claim_next(*, only: QuerySet[FeedFile] | None = None) -> Claimed | None:
    """The window that has waited longest, or None. Two processes never get one window: who claims holds the feed's row,
    and looks again whether anybody works on it. A claim is no fact of record, so it leaves no entry."""
    due = _due() if only is None else _due() & only
    windows = due.order_by().values_list("feed_id", "report_type", "day").annotate(came=Min("pk")).order_by("came")
    for feed_id, report_type, day, _came in windows[:200]:
        with transaction.atomic():
            feed = Feed.objects.select_for_update(no_key=True).get(pk=feed_id)
            window = FeedFile.objects.filter(feed=feed, report_type=report_type, day=day)
            if window.filter(state=FileState.RUNNING).exclude(is_over("claimed_until")).exists():
                continue
            # Held, so that what another worker takes in at this very moment is seen as taken in.
            new = list((_due() & window).select_for_update().order_by("pk"))
            if not new:
                continue
            lease = {"state": FileState.RUNNING, "claimed_until": lease_end()}
            died = [r.pk for r in new if r.state == FileState.RUNNING]
            FeedFile.objects.filter(pk__in=died).update(attempts=F("attempts") + 1)
            FeedFile.objects.filter(pk__in=[r.pk for r in new]).update(**lease)
            read = window.filter(state=FileState.DONE).order_by("pk")
            return Claimed(feed, report_type, day, tuple(new), tuple(read))
    return None


def renew(claims: Iterable[Claimed], until: datetime) -> None:
    """Prolongs the leases of windows that are still being read."""
    pks = [r.pk for claimed in claims for r in claimed.new]
    FeedFile.objects.filter(pk__in=pks, state=FileState.RUNNING).update(claimed_until=until)


def task_of(claimed: Claimed, *, dry_run: bool = False) -> IngestOrder:
    """What the engine is given: the register, the team's rules and mappings as they are now."""
    reports = sorted([*claimed.read, *claimed.new], key=lambda r: r.pk)
    feed = claimed.feed
    return IngestOrder(
        feed=feed.code,
        day=claimed.day,
        report_type=claimed.report_type,
        files=tuple(Source(str(path_of(r.sha256)), r.sha256, r.name) for r in reports),
        received_at=max(r.received_at for r in reports),
        root=str(settings.EVENTS_ROOT),
        constituency=str(constituency_path()),
        format=feed.format,
        mapping=mapping_of(feed, claimed.report_type),
        rules=rules(),
        dry_run=dry_run,
    )


def mapping_of(feed: Feed, report_type: str) -> dict[str, object]:
    """What the team said of that type, else of the feed."""
    text = TypeMapping.objects.filter(report_type=report_type).values_list("mapping", flat=True).first()
    return dict(text or feed.mapping)


def rules(*, only_on: bool = True) -> tuple[dict[str, object], ...]:
    """The team's rules in their order, as the engine reads them."""
    rows = FeedRule.objects.filter(is_on=True) if only_on else FeedRule.objects.all()
    return tuple(rule_row(rule) for rule in rows.order_by("position", "pk"))


def rule_row(rule: FeedRule) -> dict[str, object]:
    return {"name": rule.name, "when": rule.when, "does": rule.does, "field": rule.field, "value": rule.value}


@action("report.given_back", needs=Permission.FEED_RUN, quiet=True)
def give_back(claimed: Claimed, *, by: Actor) -> None:
    """Reading stopped without a word of the engine's. It is tried again, but not for ever."""
    for report in FeedFile.objects.select_for_update().filter(pk__in=[r.pk for r in claimed.new]):
        if report.state != FileState.RUNNING:
            continue
        report.attempts += 1
        is_lost = not Path(path_of(report.sha256)).exists()
        if is_lost or report.attempts >= MOST_ATTEMPTS:
            report.state, report.problem = FileState.REFUSED, LOST if is_lost else STOPPED
        else:
            report.state = FileState.WAITING
        report.claimed_until = None
        save(report, full_clean=False)
        if report.state == FileState.REFUSED:
            note_not_taken(claimed.feed, by=by, why=of_file(report.name, problem_sentence(report.problem)))
