"""Taking in what the engine says of a window: counts on its reports, its findings, its run, and what its looks did not see.
All of it in one transaction, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.writing import save
from floreo.feeds import logic, machines
from floreo.feeds.actions.bulk import bulk_upsert
from floreo.feeds.actions.claiming import Claimed
from floreo.feeds.actions.correcting import mark_corrected, take_back_from, taken_back_by
from floreo.feeds.actions.finding_rows import (
    Known,
    Row,
    at_their_places,
    begin,
    identity,
    merge,
    plain,
    seen_rows,
    settle,
    source_of,
    stored,
)
from floreo.feeds.actions.moving import end_or_move, lift, move
from floreo.feeds.actions.runs import count_missed, judge_files, judge_missing, judge_night, save_run
from floreo.feeds.actions.searched import give_texts_to
from floreo.feeds.actions.watching import note_not_taken
from floreo.feeds.engine import problems
from floreo.feeds.engine.events import Reject
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.task import Summary
from floreo.feeds.models import Feed, FeedFile, FileState, Finding, OpenPeriod, Run, RunHeld
from floreo.feeds.owners import Owners
from floreo.feeds.presenters.noted import of_file
from floreo.feeds.presenters.problems import problem_sentence
from floreo.organisations.models import Organisation
from floreo.organisations.queries import successors

_ONE_FINDING = ("organisation_id", "unit", "kind", "port")
# What a run may change of a finding: all that people have not said.
_CHANGES = tuple(
    f.attname
    for f in Finding._meta.concrete_fields
    if f.attname
    not in {
        *("id", *_ONE_FINDING, "created_at", "version"),
        *("reply", "replied_on", "notified_on", "notified_state", "alerted_on", "moved_on", "moved_from_id"),
    }
)
# Any fixed number: on PostgreSQL one window is taken in after another, so that two never make one finding.
_AGGREGATE_LOCK = 7_301_990
_AT_ONCE = 5000
_UNTIL_SPACE_IS_FREE = timedelta(minutes=5)


@dataclass(frozen=True)
class Taken:
    """What became of findings: how many in each state now, of those that the window touched."""

    states: Mapping[str, int]
    is_run: bool


def findings_of(summaries: Iterable[Summary], store: Store) -> list[list[Row]]:
    """The findings of each file that can be read, before the transaction opens."""
    successor = successors()
    bodies = {code: successor.get(pk, pk) for pk, code in Organisation.objects.order_by().values_list("pk", "code")}
    return [list(seen_rows(store.rows(s.findings), bodies)) if s.findings and _is_read(s) else [] for s in summaries]


def _is_read(summary: Summary) -> bool:
    return summary.is_whole and not summary.problem


def _covers(summary: Summary) -> bool:
    """Whether the file says by silence that a thing is gone: it was read whole, its type is known, and it is not for the
    most part rejected. One of a known type without a row says that there is nothing at all."""
    wrong = summary.rejected - summary.reasons.get(
        Reject.LEFT_OUT, 0
    )  # what nobody could correct is no fault of the file
    return _is_read(summary) and summary.is_known_type and wrong <= summary.rows - summary.rejected


@action("reports.read", needs=Permission.FEED_RUN, quiet=True)
def take_in(claimed: Claimed, *, by: Actor, summaries: Sequence[Summary], findings_seen: Sequence[list[Row]]) -> Taken:
    """`findings_seen` is findings_of(summaries). A report that was taken in before changes nothing."""
    _one_at_a_time()
    reports = {r.sha256: r for r in FeedFile.objects.select_for_update().filter(pk__in=[r.pk for r in claimed.new])}
    seen_in: dict[int, list[Row]] = {}
    covers = False
    for summary, seen in zip(summaries, findings_seen, strict=True):
        report = reports.get(summary.sha256)
        if report is None or report.state == FileState.DONE:
            continue
        _put_counts(report, summary)
        report.families = dict(Counter(family for row in seen if (family := logic.family_of(row["ip"]))))
        save(report, full_clean=False)
        if report.state == FileState.REFUSED:
            note_not_taken(claimed.feed, by=by, why=of_file(report.name, problem_sentence(report.problem)))
        if report.state == FileState.DONE:
            seen_in[report.pk] = seen
            covers = covers or _covers(summary)
    corrected = mark_corrected(claimed) if covers else set()
    rows = [row for pk, seen in seen_in.items() if pk not in corrected for row in seen]
    if not rows and not covers:
        return Taken({}, is_run=False)
    window = _Window.before(claimed)
    taken_back = taken_back_by(claimed, seen_in) if corrected - seen_in.keys() else []
    is_run = covers or window.has_files  # of one that looked before, more rows came
    if is_run:
        window.save_run(taken_back)
    after = Known.now()
    states, named = _save_findings(claimed, rows, taken_back if is_run and not window.is_held else [], after)
    if is_run:
        states += window.look(named, after)
    note(findings=dict(states))
    return Taken(dict(states), is_run=is_run)


def _put_counts(report: FeedFile, summary: Summary) -> None:
    for name in ("is_known_type", "rows", "kept", "duplicates", "dropped", "outside", "rejected", "problem", "seconds"):
        setattr(report, name, getattr(summary, name))
    report.seconds = round(summary.seconds, 3)
    report.reasons, report.organisations = dict(summary.reasons), dict(summary.organisations)
    report.unknown_columns, report.missing_columns = list(summary.unknown_columns), list(summary.missing_columns)
    report.rejects_path, report.read_at, report.claimed_until = summary.rejects[:300], clock.now(), None
    report.state = FileState.DONE if _is_read(summary) else FileState.REFUSED
    if summary.problem == problems.DISK_FULL:  # the file is well: it is read when there is room
        report.state, report.claimed_until = FileState.WAITING, clock.now() + _UNTIL_SPACE_IS_FREE


@dataclass
class _Window:
    """One feed, type and day, with what was known of its looks before: a run changes them, and with them what silence says."""

    claimed: Claimed
    known: Known  # before
    was: Run | None  # before
    is_held: bool = False
    changed_others: bool = False  # what other nights of the type are held for

    @classmethod
    def before(cls, claimed: Claimed) -> _Window:
        known = Known.now()
        known.learn_of([source_of(claimed.feed, claimed.report_type)])
        known.nights_of(claimed.feed)
        run = Run.objects.filter(feed=claimed.feed, report_type=claimed.report_type, day=claimed.day).first()
        return cls(claimed, known, run)

    @property
    def source(self) -> str:
        return source_of(self.claimed.feed, self.claimed.report_type)

    @property
    def has_files(self) -> bool:
        """Whether files of the day looked before."""
        return self.was is not None and self.was.held != RunHeld.NO_FILE

    def save_run(self, taken_back: Sequence[int]) -> None:
        """One out of line with the nights before it waits for a person, as does a file without a row; a file that comes later may
        bring it into line."""
        claimed = self.claimed
        self.changed_others = save_run(claimed, taken_back)
        counting = Run.objects.counting().filter(feed=claimed.feed, report_type=claimed.report_type, day=claimed.day)
        self.is_held = not counting.exists()

    def decide(self, run: Run) -> None:
        """A person decided about the run. What follows for the other nights of its type, which are measured against it."""
        self.changed_others = bool(judge_files(run.feed, run.report_type))

    def look(self, seen: set[int], known: Known) -> Counter[str]:
        """Whom this and other looks did not see, by all that is known of runs now."""
        claimed, before = self.claimed, self.known.sources[self.source]
        known.learn_of([self.source])
        is_next = _is_next(before, known.sources[self.source], claimed.day)
        is_next = is_next and self.was is None and not self.changed_others
        states = self._look_at_other_types(known)
        if not is_next:
            judge_missing(claimed.feed, [claimed.report_type], logic.full_nights(known.nights_of(claimed.feed)))
            known = self._now()
        after = known.sources[self.source]
        if count_missed(claimed.feed, claimed.report_type, after, before=before, day=claimed.day):
            known.count_again(known.feeds[claimed.feed.pk], claimed.report_type)
            after = known.sources[self.source]
        same = before.has_patience_of(after)
        if same and is_next:
            return states + _settle_all(_absent_from(claimed, after), known, seen)
        if same and list(before.looks) == list(after.looks) and before.blind == after.blind:
            return states
        return states + _settle_all(Finding.objects.filter(seen__has_key=self.source), known, set())

    def _now(self) -> Known:
        known = Known.now()
        known.learn_of([self.source])
        return known

    def _look_at_other_types(self, known: Known) -> Counter[str]:
        """Of a source that sends no file of a type without a row: what the nights that are now over did not name."""
        feed, day = self.claimed.feed, self.claimed.day
        nights_before, nights = self.known.nights_of(feed), known.nights_of(feed)
        over, was_over = logic.full_nights(nights), logic.full_nights(nights_before)
        if over == was_over:
            return Counter()
        ended = max(nights_before, default=date.min)
        if over - was_over == {ended} and not was_over - over and day > ended:
            came = Run.objects.filter(feed=feed, day=ended).values("report_type")
            rows = Finding.objects.filter(feed=feed, observed__in=logic.OPEN_STATES, last_day__lt=ended)
            judge_night(feed, ended)
            return _settle_all(rows.exclude(report_type__in=came), known, set())
        return look_at_all(feed)


def _is_next(before: logic.Source, after: logic.Source, day: date) -> bool:
    """Whether all that is new is one look, the newest."""
    blind = {family: frozenset(days - {day}) for family, days in after.blind.items()}
    blind = {family: days for family, days in blind.items() if days}
    return list(after.looks) == [*before.looks, day] and blind == dict(before.blind)


def look_at_all(feed: Feed, *, again: bool = False) -> Counter[str]:
    """What every night of a feed says, and what follows for all of its findings. `again`: also which nights with files are held, after
    the team said something else of the feed. Within an action."""
    types = sorted(set(Run.objects.filter(feed=feed).order_by().values_list("report_type", flat=True)))
    if again:
        for report_type in types:
            judge_files(feed, report_type)
    judge_missing(feed, types, logic.full_nights(Known.now().nights_of(feed)))
    known = Known.now()
    known.learn_of([source_of(feed, report_type) for report_type in types])
    changed = [count_missed(feed, one, known.sources[source_of(feed, one)]) for one in types]
    ever = Finding.objects.annotate(sources=Cast("seen", TextField())).filter(sources__contains=f'"{feed.code}/')
    return _settle_all(ever, Known.now() if any(changed) else known, set())


def settle_feed(feed: Feed) -> dict[str, int]:
    """What follows for all nights and findings of a feed of which the team said something else. Within an action."""
    _one_at_a_time()
    return dict(look_at_all(feed, again=True))


def look_again(run: Run) -> dict[str, int]:
    """A person said that a night is as it came: what follows for findings. Within an action."""
    _one_at_a_time()
    window = _Window.before(Claimed(run.feed, run.report_type, run.day, ()))
    run.held, run.accepted = "", True
    run.save(update_fields=["held", "accepted"])
    window.decide(run)
    states = _take_back(run.withdraws, window.known, window.source, run.day)
    Run.objects.filter(pk=run.pk).update(withdraws=[])
    return dict(states + window.look(set(), window._now()))


def settle_again(findings: QuerySet[Finding]) -> dict[str, int]:
    """Findings about which people decided. Within an action."""
    _one_at_a_time()
    return dict(_settle_all(findings, Known.now(findings), set()))


def _save_findings(
    claimed: Claimed, findings_seen: Sequence[Row], taken_back: Sequence[int], known: Known
) -> tuple[Counter[str], set[int]]:
    """Merges, settles and saves; returns how many are in each state, and which were seen. A finding whose machine has another address
    goes along, and so does one whose network came to another organisation."""
    states = _take_back(taken_back, known, source_of(claimed.feed, claimed.report_type), claimed.day)
    machines.leave_out_shared(findings_seen)
    matching = machines.Matching(findings_seen, at_their_places(findings_seen))
    was = {row["id"]: _state_of(row) for row in matching.all()}
    facts: dict[str, Any] = {"feed": claimed.feed, "report_type": claimed.report_type, "day": claimed.day}
    touched: dict[int, Row] = {}
    for row in findings_seen:
        fitting = matching.of(row, in_pool=known.pools.hold(row["ip"]))
        if not fitting:
            fitting = [begin(row, **facts)]
            matching.add(fitting[0])
        else:
            _take_along(fitting[0], row, matching)
            lift([each for each in fitting if "id" in each], known)
            for place, each in enumerate(fitting):
                again = row if not place else row | {"times_seen": 0}
                merge(each, again, **facts, feeds=known.feeds)
        touched |= {id(each): each for each in fitting}
    rows = list(touched.values())
    states += _settle_and_save(rows, known, {row["id"]: was[row["id"]] for row in rows if "id" in row})
    return states, {row["id"] for row in rows}


def _take_along(finding: Row, row: Row, matching: machines.Matching) -> None:
    """To another holder, or to what identifies the machine now. Where it was before is not the new holder's business."""
    if finding["organisation_id"] != row["organisation_id"]:
        move(finding, to=row["organisation_id"])
        finding["addresses"] = {} if finding["subject"] != row["subject"] else finding["addresses"]
    first, last = finding.get("first_day") or finding["last_day"], finding["last_day"]
    if matching.retold(finding, row):
        if not finding["addresses"]:
            machines.add_address(finding, finding["subject"], first, last)
        if "id" in finding:
            Finding.objects.filter(pk=finding["id"]).update(unit=finding["unit"])


def _take_back(pks: Sequence[int], known: Known, source: str, day: date) -> Counter[str]:
    states: Counter[str] = Counter()
    for start in range(0, len(pks), _AT_ONCE):
        rows = plain(Finding.objects.select_for_update().filter(pk__in=pks[start : start + _AT_ONCE]))
        was = {row["id"]: _state_of(row) for row in rows}
        take_back_from(rows, source, day, known)
        states += _settle_and_save(rows, known, was)
    return states


def _settle_all(findings: QuerySet[Finding], known: Known, seen: set[int]) -> Counter[str]:
    """Some at a time; those that were `seen` just now are settled already. What silence would end is looked up in the register:
    it may have another holder, or none."""
    states: Counter[str] = Counter()
    owners = Owners()
    pks = [pk for pk in findings.order_by("pk").values_list("pk", flat=True) if pk not in seen]
    for start in range(0, len(pks), _AT_ONCE):
        rows = plain(Finding.objects.select_for_update().filter(pk__in=pks[start : start + _AT_ONCE]))
        was = {row["id"]: _state_of(row) for row in rows}
        known.learn(rows)
        for row in rows:
            settle(row, known)
            if was[row["id"]][0] in logic.OPEN_STATES and row["observed"] not in logic.OPEN_STATES:
                end_or_move(row, owners, known)
        states += _settle_and_save(rows, known, was, again=True)
    return states


def _state_of(row: Row) -> tuple[Any, ...]:
    return row["observed"], row["opened_on"], row["fixed_on"], row["reopened"], row["last_day"], row["ending_id"]


def _settle_and_save(
    rows: Sequence[Row], known: Known, was: Mapping[int, tuple[Any, ...]], *, again: bool = False
) -> Counter[str]:
    known.learn(rows)
    times = [settle(row, known) for row in rows]
    now = clock.now()
    for row in rows:
        row["changed_at"] = now
    give_texts_to(rows)
    bulk_upsert(Finding, rows, same=_ONE_FINDING, changes=_CHANGES)
    _save_open_periods(rows, times, was, again=again)
    return Counter(row["state"] for row in rows)


def _save_open_periods(
    rows: Sequence[Row], times: Sequence[list[logic.Times]], was: Mapping[int, tuple[Any, ...]], *, again: bool
) -> None:
    """Written again where they may have changed. A finding seen once more at the end of its time has the same as before."""
    new = [row for row in rows if "id" not in row]
    if new:
        found = stored(map(identity, new))
        for row in new:
            row["id"] = found[identity(row)]["id"]
    changed = [
        (row["id"], open_periods)
        for row, open_periods in zip(rows, times, strict=True)
        if again or _has_new_open_periods(row, was.get(row["id"]))
    ]
    old = [pk for pk, _open_periods in changed if pk in was]
    for start in range(0, len(old), _AT_ONCE):
        OpenPeriod.objects.filter(finding_id__in=old[start : start + _AT_ONCE]).delete()
    made = [
        {
            "finding_id": pk,
            "opened_on": t.opened_on,
            "starts_on": t.starts_on or t.opened_on,
            "last_day": t.last_day if t.ending else None,
            "ended_on": t.ended_on,
            "shown_on": t.shown_on,
            "ending": t.ending.value if t.ending else "",
        }
        for pk, open_periods in changed
        for t in open_periods
    ]
    bulk_upsert(
        OpenPeriod,
        made,
        same=("finding_id", "opened_on"),
        changes=("starts_on", "last_day", "ended_on", "shown_on", "ending"),
    )


def _has_new_open_periods(row: Row, before: tuple[Any, ...] | None) -> bool:
    if before is None:
        return True
    observed, opened_on, _fixed_on, reopened, last_day, ending_id = before
    open_states = logic.OPEN_STATES
    is_longer = row["last_day"] >= last_day and row["opened_on"] == opened_on and row["reopened"] == reopened == 0
    is_open = observed in open_states and row["observed"] in open_states
    return not (is_longer and is_open and row["ending_id"] == ending_id)


def _absent_from(claimed: Claimed, source: logic.Source) -> QuerySet[Finding]:
    """Findings that the newest look may have ended: what is open and was last seen by this source, early enough."""
    patience = source.least_patience
    rows = Finding.objects.filter(observed__in=logic.OPEN_STATES, feed=claimed.feed, report_type=claimed.report_type)
    return rows.filter(last_day__lt=source.looks[-patience]) if len(source.looks) >= patience else rows.none()


def _one_at_a_time() -> None:
    """SQLite's immediate transactions already see to it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_AGGREGATE_LOCK])
