"""Closing: the readings of a period are frozen, the status of everything is kept, and the review is locked, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import audit, clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.figures import Frequency, Period, period_of, periods_between
from floreo.core.wording import day_text
from floreo.core.writing import require_text, save
from floreo.indicators.actions import close_period, must_be_complete, take_due_readings
from floreo.indicators.models import Reading
from floreo.reports.data import code_of, digest_of, gather
from floreo.reports.facts import Plan
from floreo.reports.figures import not_frozen_of
from floreo.reports.models import Release, Snapshot, SnapshotKind
from floreo.reviews.actions import mark_closed, return_answer
from floreo.reviews.logic import AnswerState
from floreo.reviews.models import Answer, Review, ReviewState
from floreo.strategy.actions.editions import rows_of
from floreo.strategy.models import Edition, EditionState


def _take(
    edition: Edition,
    period: Period,
    *,
    by: Actor,
    code: str,
    review: Review | None = None,
    kind: str = SnapshotKind.PERIOD,
    plan: Plan | None = None,
    is_past: bool = False,
) -> Snapshot:
    """Builds and keeps a snapshot. The last thing an action does, so that the entry it names is that action's own. Refused while a value
    in it waits for something of its period, since the report keeps what it says: but of what a pack has closed (`is_past`)."""
    day = min(period.end, clock.today())
    if not is_past:
        must_be_complete(not_frozen_of(edition, day))
    plan = plan or Plan(edition)
    public = gather(edition, period, viewer=None, day=day, plan=plan) if edition.is_public else {}
    internal = gather(edition, period, viewer=SYSTEM, day=day, plan=plan)
    snapshot = Snapshot(
        edition=edition,
        review=review,
        kind=kind,
        code=code,
        starts_on=period.start,
        ends_on=period.end,
        as_of=day,
        is_public=edition.is_public,
        public=public,
        internal=internal,
        frozen_at=clock.now(),
        frozen_by=by.actor_name,
    )
    snapshot.digest = digest_of(edition.code, code, kind, public, internal)
    snapshot.audit_number = audit.next_number()
    save(snapshot, full_clean=False)  # nothing in it was typed
    return snapshot


def _must_be_new(edition: Edition, code: str) -> None:
    if Snapshot.objects.filter(edition=edition, code=code).exists():
        raise Refused(
            _("This period already has a report, which cannot change. Correct it: both versions are shown."),
            code="frozen",
        )


def _must_be_over(period: Period) -> None:
    if period.end >= clock.today():
        raise Refused(
            _("The period ends on %(day)s. Close the review after that.") % {"day": day_text(period.end)},
            code="period_runs",
        )


def _freeze_readings(period: Period, by: Actor) -> int:
    """The last word on every reading whose period lies within: months and quarters of a quarter or year, and itself."""
    take_due_readings(by=SYSTEM)
    wanted = [period]
    for rhythm in (Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR):
        within = periods_between(period.start, period.end, rhythm)
        wanted += [p for p in within if period.start <= p.start and p.end <= period.end and p != period]
    waiting = set(
        Reading.objects.current()
        .filter(frozen_at=None, starts_on__gte=period.start, ends_on__lte=period.end)
        .order_by()
        .values_list("starts_on", "ends_on")
    )
    return sum(close_period(each, by=by) for each in wanted if (each.start, each.end) in waiting)


def _waiting(review: Review) -> list[Answer]:
    return list(
        Answer.objects.filter(update_request__review=review, state=AnswerState.SUBMITTED).select_related(
            "action", "update_request"
        )
    )


def _settle(review: Review, *, by: Actor, force: bool, reason: str) -> None:
    """Nothing that somebody sent is passed over: it is decided first, or goes back to its sender with the reason."""
    waiting = _waiting(review)
    if not waiting:
        return
    if not force:
        text = ngettext(
            "One update is waiting for approval. Approve or return it first, or close with a reason: the "
            "update is then returned.",
            "%(number)d updates are waiting for approval. Approve or return them first, or close with a "
            "reason: the updates are then returned.",
            len(waiting),
        )
        raise Refused(text % {"number": len(waiting)}, code="undecided")
    words = require_text(
        reason,
        field="reason",
        sentence=_("Give the reason for closing the review while updates are waiting. Their senders will read it."),
    )
    for answer in waiting:
        return_answer(answer, by=by, note=words)
    note(forced=words, returned=len(waiting))


def _of_review(review: Review) -> Iterator[models.Model | models.QuerySet[Any]]:
    """What the report will say: the plan, the period's readings, the answers to the review."""
    yield review
    yield Answer.objects.filter(update_request__review=review)
    yield Reading.objects.current().filter(starts_on__gte=review.starts_on, ends_on__lte=review.ends_on)
    yield from rows_of(review.edition)


@action("report.closed", needs=Permission.REVIEW_RUN, decides=_of_review)
def close_review(
    review: Review, *, by: Actor, force: bool = False, reason: str = "", shown: str | None = None
) -> Snapshot:
    """Closes a period: freezes its readings, keeps the snapshot that is its report, and locks the review. It publishes nothing: that is
    a decision of its own (publishing.py). Refused while answers wait, unless `force` with a `reason`."""
    review = Review.objects.select_for_update(of=("self",)).select_related("edition").get(pk=review.pk)
    if review.state == ReviewState.CLOSED:
        raise Refused(_("This review is already closed."), code="closed")
    _must_be_over(review.period)
    code = _free_code(review.edition, review.code)
    _settle(review, by=by, force=force, reason=reason)
    note(frozen=_freeze_readings(review.period, by))
    mark_closed(review, by=by)
    return _take(review.edition, review.period, by=by, code=code, review=review)


def _free_code(edition: Edition, code: str) -> str:
    """The review's own code; with a number where a report of that name exists already."""
    taken = set(Snapshot.objects.filter(edition=edition).values_list("code", flat=True))
    return next(c for c in (code, *(f"{code}-{n}" for n in range(2, 1000))) if c not in taken)


@action("report.frozen", needs=Permission.REVIEW_RUN, decides=rows_of)
def freeze_report(edition: Edition, *, by: Actor, period: Period, shown: str | None = None) -> Snapshot:
    """A report of any period that is over, without a review: of a year, of the time before reviews were kept."""
    if edition.starts_on and period.end < edition.starts_on:
        raise Refused(
            _("The edition begins on %(day)s. Choose a period that overlaps it.")
            % {"day": day_text(edition.starts_on)},
            code="before_edition",
        )
    _must_be_over(period)
    _must_be_new(edition, code_of(period))
    note(frozen=_freeze_readings(period, by))
    return _take(edition, period, by=by, code=code_of(period))


@action("report.edition_closed", needs=Permission.REVIEW_RUN, decides=rows_of)
def close_edition(edition: Edition, *, by: Actor, shown: str | None = None) -> Snapshot:
    """Freezes the closing evaluation of an edition that has ended: planned, done, carried over, learned."""
    if edition.state != EditionState.ENDED or edition.ends_on is None or edition.starts_on is None:
        raise Refused(
            _(
                "The closing evaluation can be frozen only after the edition has ended. Enter its end in the plan first."
            ),
            code="not_ended",
        )
    _must_be_new(edition, "closing")
    period = Period(edition.starts_on, edition.ends_on)
    _must_be_over(period)
    return _take(edition, period, by=by, code="closing", kind=SnapshotKind.CLOSING)


def _years_over(edition: Edition, reviews: Iterable[Review]) -> list[Period]:
    """Calendar years that are over and of which every quarter was reviewed."""
    quarters = {r.period for r in reviews if r.period.frequency is Frequency.QUARTER}
    years = {period_of(q.start, Frequency.YEAR) for q in quarters}
    return sorted(
        y
        for y in years
        if y.end < clock.today() and all(q in quarters for q in periods_between(y.start, y.end, Frequency.QUARTER))
    )


@action("report.past_frozen", needs=None, quiet=True)
def freeze_past(*, by: Actor = SYSTEM) -> int:
    """Gives every review that came closed from a pack its snapshot, as of its period's end, published when the review closed. Called after a pack is
    loaded. Anybody may start it: it says only what the records say of those days. Returns how many were made."""
    closed = Review.objects.filter(state=ReviewState.CLOSED, snapshot=None, ends_on__lt=clock.today())
    made, plans = 0, dict[int, Plan]()
    for review in closed.select_related("edition").order_by("edition_id", "ends_on", "pk"):
        if review.edition_id not in plans:
            plans[review.edition_id] = Plan(review.edition)
        code, plan = _free_code(review.edition, review.code), plans[review.edition_id]
        taken = _take(review.edition, review.period, by=by, code=code, review=review, plan=plan, is_past=True)
        _published_then(taken, review.closed_at, by)
        made += 1
    for key, plan in plans.items():
        for year in _years_over(plan.edition, Review.objects.filter(edition=key, state=ReviewState.CLOSED)):
            if not Snapshot.objects.filter(edition=key, code=code_of(year)).exists():
                last = Review.objects.filter(edition=key, state=ReviewState.CLOSED, ends_on=year.end).first()
                taken = _take(plan.edition, year, by=by, code=code_of(year), plan=plan, is_past=True)
                _published_then(taken, last.closed_at if last else None, by)
                made += 1
    return made


def _published_then(snapshot: Snapshot, at: datetime | None, by: Actor) -> None:
    """What a pack has closed was published when it was closed: it is history, and nobody decides about it now."""
    save(Release(snapshot=snapshot, publish_at=at or snapshot.frozen_at, decided_by=by.actor_name, is_noted=True))
