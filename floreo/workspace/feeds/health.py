"""How each feed does: what came in the last thirty days, how old the newest file is, what has changed in its columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.ui import locale
from floreo.core.wording import colon, day_text
from floreo.feeds.holding_links import moment
from floreo.feeds.logic import BY_HAND
from floreo.feeds.models import Feed, FeedFile, FileState, HeldFile, HeldState, TypeMapping
from floreo.feeds.presenters.noted import noted_text
from floreo.feeds.watching import Backlog, backlogs, silent_since

DAYS = 30
DRIFT_DAYS = 7  # in which the newest file of each type shows whether its columns have changed


@dataclass(frozen=True)
class Figures:
    """Rows of some reports, added up."""

    files: int = 0
    rows: int = 0
    kept: int = 0
    rejected: int = 0

    @property
    def share_rejected(self) -> str:
        """ "0.4 %": of the rows that came; nothing where none did."""
        return f"{locale.number(100 * self.rejected / self.rows, 1)}\u00a0%" if self.rows else ""

    @property
    def rows_text(self) -> str:
        """ "1,366 rows, 0.6 % rejected" """
        words = f"{locale.number(self.rows)} {_('rows')}"
        return f"{words}, {self.share_rejected} {_('rejected')}" if self.rejected else words


@dataclass(frozen=True)
class FeedHealth:
    """One feed as its row shows it."""

    feed: Feed
    newest: FeedFile | None
    figures: Figures
    by_day: tuple[int | None, ...]  # rows of each day, oldest first; None: nothing came
    waiting: int
    refused: int
    is_silent: bool
    catching_up: str  # what is still to be worked through of it; "" where that is not behind
    problems: tuple[str, ...]  # sentences, worst first

    @property
    def age(self) -> str:
        return age_text(self.newest) if self.newest else ""


def _now() -> datetime:
    """A sample country's calendar is stopped, and what came to it grows no older."""
    return moment(clock.today())


def age_text(report: FeedFile) -> str:
    """ "2 days ago": since the newest file came."""
    hours = int((_now() - report.received_at).total_seconds() // 3600)
    if hours < 1:
        return _("within the last hour")
    if hours < 48:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return ngettext("%(n)d day ago", "%(n)d days ago", hours // 24) % {"n": hours // 24}


def _is_silent(feed: Feed, newest: FeedFile | None, *, behind: Backlog | None) -> bool:
    """Whether no file has come for three times as long as it should take."""
    return silent_since(feed, newest.received_at if newest else None, _now(), behind=behind) is not None


def _catching_up_text(feed: Feed, newest: FeedFile | None, behind: Backlog | None) -> str:
    """What is still to be worked through: nights of a sample pack, or files, where the feed would be silent without them."""
    if behind is None:
        return ""
    if behind.nights:
        return ngettext(
            "Catching up: %(n)d night of files is still to be read.",
            "Catching up: %(n)d nights of files are still to be read.",
            behind.nights,
        ) % {"n": behind.nights}
    if not _is_silent(feed, newest, behind=None):
        return ""
    return ngettext(
        "Catching up: %(n)d file is still to be read.", "Catching up: %(n)d files are still to be read.", behind.files
    ) % {"n": behind.files}


def drift_text(report: FeedFile) -> list[str]:
    """What its columns have and lack, against what the format knows."""
    found = []
    if not report.is_known_type:
        found.append(_("Unrecognised file type. Match its columns."))
    if n := len(report.missing_columns):
        found.append(ngettext("%(n)d known column is missing.", "%(n)d known columns are missing.", n) % {"n": n})
    if n := len(report.unknown_columns):
        found.append(
            ngettext(
                "%(n)d column is new; it is saved as received.", "%(n)d columns are new; they are saved as received.", n
            )
            % {"n": n}
        )
    return found


def drifts() -> dict[int, list[FeedFile]]:
    """Of each feed the newest file of every report type, where its columns are not those that are known."""
    since = clock.today() - timedelta(days=DRIFT_DAYS - 1)
    rows = FeedFile.objects.filter(day__gte=since, state=FileState.DONE).order_by("-day", "-pk")
    seen: set[tuple[int, str]] = set()
    found: dict[int, list[FeedFile]] = defaultdict(list)
    fields = ("feed", "report_type", "name", "day", "is_known_type", "unknown_columns", "missing_columns")
    for report in rows.only(*fields).iterator(chunk_size=500):
        window = (report.feed_id, report.report_type)
        if window not in seen and (report.unknown_columns or report.missing_columns or not report.is_known_type):
            found[report.feed_id].append(report)
        seen.add(window)
    return found


def _findings_text(
    feed: Feed,
    newest: FeedFile | None,
    refused: int,
    waiting: int,
    *,
    silent: bool,
    behind: str,
    drifted: int,
    held: int,
) -> tuple[str, ...]:
    found = []
    if silent:
        found.append(_("Silent: no file arrived when one was expected.") if newest else _("No file has arrived yet."))
    if behind:
        found.append(behind)
    if feed.not_taken_at is not None:
        day = day_text(clock.day_of(feed.not_taken_at))
        found.append(
            _("Not taken since %(day)s%(colon)s %(words)s") % {"day": day, "colon": colon(), "words": noted_text(feed)}
        )
    if feed.failures:
        n = feed.failures
        tries = ngettext("%(n)d failed attempt", "%(n)d failed attempts in a row", n) % {"n": n}
        found.append(f"{tries}{colon()} {noted_text(feed)}" if feed.last_error else f"{tries}.")
    if refused:
        found.append(
            ngettext("%(n)d file could not be read.", "%(n)d files could not be read.", refused) % {"n": refused}
        )
    if held:
        found.append(
            ngettext(
                "%(n)d file is held: nothing proves who sent it.",
                "%(n)d files are held: nothing proves who sent them.",
                held,
            )
            % {"n": held}
        )
    if waiting and not behind:
        found.append(
            ngettext("%(n)d file is waiting to be read.", "%(n)d files are waiting to be read.", waiting)
            % {"n": waiting}
        )
    if drifted:
        found.append(
            ngettext(
                "%(n)d file type has changed columns.",
                "%(n)d file types have changed columns.",
                drifted,
            )
            % {"n": drifted}
        )
    return tuple(found)


def _sums(since: date) -> Mapping[int, dict[date, Figures]]:
    """Of each feed, what each day brought."""
    rows = (
        FeedFile.objects.filter(day__gte=since, state=FileState.DONE)
        .order_by()
        .values("feed", "day")
        .annotate(files=Count("pk"), n=Sum("rows"), k=Sum("kept"), bad=Sum("rejected"))
    )
    found: dict[int, dict[date, Figures]] = defaultdict(dict)
    for row in rows:
        found[row["feed"]][row["day"]] = Figures(row["files"], row["n"], row["k"], row["bad"])
    return found


def _newest(feeds: Iterable[Feed]) -> dict[int, FeedFile]:
    """The file of each feed that came last, in as many questions as there are feeds: each is one step in an index."""
    found = {}
    for feed in feeds:
        if (report := feed.reports.order_by("-received_at", "-pk").first()) is not None:
            found[feed.pk] = report
    return found


def health_of(feeds: QuerySet[Feed]) -> list[FeedHealth]:
    """Feeds with problems first, then by name."""
    rows = list(feeds)
    today = clock.today()
    days = [today - timedelta(days=n) for n in reversed(range(DAYS))]
    sums, newest, drifted = _sums(days[0]), _newest(rows), drifts()
    states = {
        row["feed"]: row
        for row in FeedFile.objects.filter(received_at__gte=_now() - timedelta(days=DAYS))
        .order_by()
        .values("feed")
        .annotate(
            waiting=Count("pk", filter=Q(state__in=[FileState.WAITING, FileState.RUNNING])),
            refused=Count("pk", filter=Q(state=FileState.REFUSED)),
        )
    }
    backlog = backlogs()
    held = dict(HeldFile.objects.filter(state=HeldState.HELD).order_by().values_list("feed").annotate(n=Count("pk")))
    found = []
    for feed in rows:
        last, by_day = newest.get(feed.pk), sums.get(feed.pk, {})
        state = states.get(feed.pk, {"waiting": 0, "refused": 0})
        silent = _is_silent(feed, last, behind=backlog.get(feed.pk))
        behind = _catching_up_text(feed, last, backlog.get(feed.pk))
        problems = _findings_text(
            feed,
            last,
            state["refused"],
            state["waiting"],
            silent=silent,
            behind=behind,
            drifted=len(drifted.get(feed.pk, ())),
            held=held.get(feed.pk, 0),
        )
        line = tuple(by_day[d].rows if d in by_day else None for d in days)
        found.append(
            FeedHealth(
                feed,
                last,
                added(by_day.values()),
                line,
                state["waiting"],
                state["refused"],
                silent,
                behind,
                problems,
            )
        )
    return sorted(
        found, key=lambda h: (not h.feed.is_active, not h.is_silent, not h.catching_up, not h.refused, h.feed.name)
    )


def added(figures: Iterable[Figures]) -> Figures:
    every = list(figures)
    return Figures(*(sum(getattr(f, name) for f in every) for name in ("files", "rows", "kept", "rejected")))


def headline(rows: Iterable[FeedHealth]) -> str:
    """The page's answer, from its rows."""
    active = [r for r in rows if r.feed.is_active and r.feed.code != BY_HAND]
    silent = sum(r.is_silent for r in active)
    never = sum(r.newest is None and not r.catching_up for r in active)
    behind = sum(bool(r.catching_up) for r in active)
    if not active:
        return _("No feed is switched on.")
    if never == len(active):
        return _("No feed has received a file yet.")
    if never:
        text = ngettext(
            "%(never)d of %(n)d feeds has never received a file.",
            "%(never)d of %(n)d feeds have never received a file.",
            never,
        )
        return text % {"never": never, "n": len(active)}
    if silent:
        return ngettext("%(silent)d of %(n)d feeds is silent.", "%(silent)d of %(n)d feeds are silent.", silent) % {
            "silent": silent,
            "n": len(active),
        }
    if behind:
        text = ngettext(
            "%(behind)d of %(n)d feeds is catching up.", "%(behind)d of %(n)d feeds are catching up.", behind
        )
        return text % {"behind": behind, "n": len(active)}
    return ngettext("The feed delivers as expected.", "All %(n)d feeds deliver as expected.", len(active)) % {
        "n": len(active)
    }


@dataclass(frozen=True)
class UnknownType:
    """A report type that no format knows, and how much of it has come."""

    report_type: str
    files: int
    rows: int
    is_mapped: bool


def unknown_types() -> list[UnknownType]:
    rows = (
        FeedFile.objects.filter(is_known_type=False)
        .exclude(report_type="")
        .order_by()
        .values("report_type")
        .annotate(files=Count("pk"), n=Sum("rows"))
    )
    mapped = set(TypeMapping.objects.values_list("report_type", flat=True))
    found = [UnknownType(r["report_type"], r["files"], r["n"], r["report_type"] in mapped) for r in rows]
    return sorted(found, key=lambda t: (t.is_mapped, t.report_type))
