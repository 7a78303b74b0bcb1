"""What the silence of a feed's last files shows, in words: which of them looked, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from floreo.feeds import logic
from floreo.feeds.actions.finding_rows import Known, days_of_changes, known_runs, source_of
from floreo.feeds.models import Feed, Run

NIGHTS = 5  # that are shown
MOST = 60  # lines


@dataclass(frozen=True)
class NightShown:
    """A type on a day. `shows`: what it says that the files do not name something."""

    run: Run
    shows: str


def nights_shown(feed: Feed) -> list[NightShown]:
    """The last nights of a feed, the newest first; at most MOST lines."""
    runs = Run.objects.filter(feed=feed)
    days = list(runs.order_by("-day").values_list("day", flat=True).distinct()[:NIGHTS])
    last = list(runs.filter(day__in=days).order_by("-day", "report_type")[:MOST])
    known = Known.now()
    known.learn_of({source_of(feed, run.report_type) for run in last})
    changes = days_of_changes(feed)
    types = {run.report_type for run in last}
    own: dict[str, dict[date, logic.Night]] = {one: {} for one in types}
    for each in known_runs(runs.filter(report_type__in=types)):
        own[each.report_type][each.day] = each.night
    found = []
    for run in last:
        is_changes = logic.changes_only(own[run.report_type], changes)(run.day)
        source = known.sources[source_of(feed, run.report_type)]
        found.append(NightShown(run, _shows(run, source, is_changes=is_changes)))
    return found


def _shows(run: Run, source: logic.Source, *, is_changes: bool) -> str:
    if run.held:
        return str(run.get_held_display())
    if source.evidence is not logic.Evidence.SCAN:
        is_list = source.evidence is logic.Evidence.LIST
        return _("Nothing: it names its own day only") if is_list else _("Nothing: it names only what called")
    if is_changes:
        return _("Nothing: it holds changes only")
    if run.day not in source.looks:
        return _("Nothing: fewer than half of the usual rows")
    if blind := " ".join(_blind(source, run.day)):
        return _("That it was not there, but for %(family)s, of which far fewer came than usual") % {"family": blind}
    return _("That it was not there")


def _blind(source: logic.Source, day: date) -> Iterator[str]:
    return (f"IPv{family}" for family, days in source.blind.items() if day in days)
