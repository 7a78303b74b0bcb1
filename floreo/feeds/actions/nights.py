"""Nights out of line: a person says whether such a run counts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.feeds.actions.aggregate import look_again
from floreo.feeds.models import Feed, Run, RunHeld


def must_wait(run: Run) -> None:
    if run.held in ("", RunHeld.REFUSED):
        raise Refused(_("Somebody decided about this day already. Reload the page."), code="decided")


def _locked(run: Run) -> Run:
    fresh = Run.objects.select_for_update().select_related("feed").get(pk=run.pk)
    must_wait(fresh)
    return fresh


def _note(run: Run) -> None:
    note(feed=run.feed.code, type=run.report_type, day=run.day.isoformat(), rows=run.rows, was=run.held)


@action("run.accepted", needs=Permission.FEED_RUN)
def accept_run(run: Run, *, by: Actor) -> Run:
    """It is as it came: findings that it does not name may count as fixed, and notices may be sent."""
    run = _locked(run)
    _note(run)
    note(findings=look_again(run))
    return run


@action("run.refused", needs=Permission.FEED_RUN)
def refuse_run(run: Run, *, by: Actor) -> Run:
    """It counts nothing: no finding is fixed by it, and what only this run saw is in no notice."""
    run = _locked(run)
    _note(run)
    run.held, run.withdraws = RunHeld.REFUSED, []
    run.save(update_fields=["held", "withdraws"])
    return run


def waiting_of(feed: Feed) -> list[Run]:
    """The runs of a feed on which a person has to decide, the newest first."""
    return list(Run.objects.waiting().filter(feed=feed).order_by("-day", "report_type"))
