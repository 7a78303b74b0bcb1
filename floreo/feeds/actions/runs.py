"""Runs: what the files of a feed's type on a day would have seen, and which of them wait for a person. It follows from all nights
that are known, so that it is the same whatever the order in which files came. Within the action that takes a file in, or in which
a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import F, QuerySet, Sum

from floreo.core.action import note, trail
from floreo.feeds import logic
from floreo.feeds.actions.bulk import bulk_upsert
from floreo.feeds.actions.claiming import Claimed
from floreo.feeds.actions.finding_rows import Row, days_of_changes, known_runs, silence_of, source_of, was_seen
from floreo.feeds.actions.watching import night_is_held
from floreo.feeds.models import Feed, FeedFile, FileState, Finding, Run, RunHeld

Triple = tuple[date, date, date]  # three looks in a row
_AT_ONCE = 5000
_LOOK_BACK = timedelta(days=60)  # for what a type usually has


def save_run(claimed: Claimed, taken_back: Sequence[int]) -> bool:
    """The run of a window with what its files name now; `taken_back` are findings that a corrected file does not name any more. Returns
    whether another night of the type is held now that was not, or the other way round."""
    feed, day = claimed.feed, claimed.day
    run = Run.objects.filter(feed=feed, report_type=claimed.report_type, day=day).first()
    is_first = run is None or not _files(claimed).exclude(pk__in=[file.pk for file in claimed.new]).exists()
    if run is None:
        run = Run(feed=feed, report_type=claimed.report_type, day=day)
    elif run.held == RunHeld.REFUSED and not is_first:
        return False
    if is_first:  # what a person decided before was about there being no file
        run.held, run.accepted, run.alerted_at = "", False, None
        run.holds = holds_of(feed, day)
    run.rows, run.families, run.withdraws = _rows_of(claimed), _families_of(claimed), list(taken_back)
    # What its files hold may be said again at this moment (`declare`), and stays as it was said.
    run.save(update_fields=None if is_first else ["rows", "families", "withdraws", "held", "accepted", "alerted_at"])
    changed = judge_files(feed, claimed.report_type)
    run.refresh_from_db(fields=["held"])
    if not run.held and run.withdraws:
        Run.objects.filter(pk=run.pk).update(withdraws=[])
    return bool(changed - {day})


def holds_of(feed: Feed, day: date) -> str:
    """What the files of a day hold, by what the team says of the feed now."""
    if feed.delivery == logic.Delivery.DIFFERENCE and day.weekday() == feed.whole_on:
        return logic.Delivery.WHOLE.value
    return feed.delivery


def declare(feed: Feed, *, since: date | None) -> None:
    """Says of its runs what their files hold: since a day, else of those of which nobody had said it."""
    runs = Run.objects.filter(feed=feed)
    runs = runs.filter(holds="") if since is None else runs.filter(day__gte=since)
    for day in sorted(set(runs.order_by().values_list("day", flat=True))):
        runs.filter(day=day).update(holds=holds_of(feed, day))


def judge_files(feed: Feed, report_type: str) -> set[date]:
    """Decides again which nights with files wait for a person. Returns those of which it changed."""
    rows = Run.objects.filter(feed=feed, report_type=report_type)
    own = {run.day: run.night for run in known_runs(rows) if not _awaits_file(run.night)}
    is_changes = logic.changes_only(own, days_of_changes(feed))
    held = logic.held_nights(own, is_changes=is_changes, sends_empty=feed.sends_empty)
    changed = {day for day, why in held.items() if own[day].held != why}
    for run in rows.filter(day__in=changed).order_by("day") if changed else ():
        was, run.held = run.held, held[run.day].value
        run.alerted_at = run.alerted_at if was else None  # the duty contact is notified once of one that waits
        run.save(update_fields=["held", "alerted_at"])
        if run.held and not was:
            note(held=run.held, rows=run.rows)
            night_is_held(feed, by=trail().by, day=run.day, types={report_type: run.rows})
    return changed


def _awaits_file(night: logic.Night) -> bool:
    """Whether it is there only because no file came, and nobody decided about that."""
    return night.held == RunHeld.NO_FILE


def judge_missing(feed: Feed, report_types: Iterable[str], nights: Iterable[date]) -> bool:
    """Decides again on which of the `nights` that are over a type stayed away that usually has many rows, so that a person has to look.
    Returns whether anything changed."""
    nights, made, gone = sorted(nights), [], []
    runs: dict[str, dict[date, logic.Night]] = {one: {} for one in report_types if not silence_of(feed, one)[1]}
    for run in known_runs(Run.objects.filter(feed=feed, report_type__in=list(runs))):
        runs[run.report_type][run.day] = run.night
    changes_of_feed = days_of_changes(feed)
    for report_type, by_day in runs.items():
        own = {day: night for day, night in by_day.items() if not _awaits_file(night)}
        is_changes = logic.changes_only(own, changes_of_feed)
        held = logic.held_nights(own, nights, is_changes=is_changes, sends_empty=feed.sends_empty)
        wanted = {day for day, why in held.items() if why is logic.Odd.NO_FILE}
        there = {day for day, night in by_day.items() if _awaits_file(night)}
        gone += [(report_type, day) for day in there - wanted]
        made += [_without_file(feed, report_type, day) for day in sorted(wanted - there)]
    for report_type, day in gone:
        Run.objects.filter(feed=feed, report_type=report_type, day=day).delete()
    _save_missing(feed, made)
    return bool(made or gone)


def judge_night(feed: Feed, day: date) -> None:
    """The same for a night that is over now, where nothing changed before it."""
    rows = Run.objects.counting().filter(feed=feed, day__lt=day, day__gte=day - _LOOK_BACK)
    before: dict[str, dict[date, logic.Night]] = {}
    for run in known_runs(rows):
        before.setdefault(run.report_type, {})[run.day] = run.night
    came = set(Run.objects.filter(feed=feed, day=day).values_list("report_type", flat=True))
    changes_of_feed = days_of_changes(feed)
    made = []
    for report_type, own in before.items():
        is_changes = logic.changes_only(own, changes_of_feed)
        whole = [(each, night.rows) for each, night in own.items() if not is_changes(each)]
        if report_type in came or is_changes(day) or silence_of(feed, report_type)[1]:
            continue
        if logic.is_missing(day, whole):
            made.append(_without_file(feed, report_type, day))
    _save_missing(feed, made)


def _without_file(feed: Feed, report_type: str, day: date) -> Row:
    facts = {"feed_id": feed.pk, "report_type": report_type, "day": day}
    return facts | {"held": RunHeld.NO_FILE, "rows": 0, "families": {}, "withdraws": [], "holds": holds_of(feed, day)}


def _save_missing(feed: Feed, made: Sequence[Row]) -> None:
    bulk_upsert(Run, made, same=("feed_id", "report_type", "day"), changes=("held",))
    for day in sorted({row["day"] for row in made}):
        types = [row["report_type"] for row in made if row["day"] == day]
        note(no_file=types, night=day.isoformat())
        night_is_held(feed, by=trail().by, day=day, types=dict.fromkeys(types, 0))


def _files(claimed: Claimed) -> QuerySet[FeedFile]:
    return FeedFile.objects.filter(
        feed=claimed.feed, report_type=claimed.report_type, day=claimed.day, state=FileState.DONE
    )


def _rows_of(claimed: Claimed) -> int:
    """What the files of a window name, whether a rule drops it or not. A corrected file counts no more, and what the correcting one
    repeats of it does."""
    files = _files(claimed).filter(corrected_by=None)
    named = files.filter(corrects=None).aggregate(n=Sum(F("kept") + F("dropped")))["n"] or 0
    again = files.exclude(corrects=None).distinct().values_list("pk", "kept", "dropped", "duplicates")
    return int(named) + sum(sum(numbers) for _pk, *numbers in again)


def _families_of(claimed: Claimed) -> dict[str, int]:
    counts = dict.fromkeys(logic.FAMILIES, 0)
    for families in _files(claimed).filter(corrected_by=None).values_list("families", flat=True):
        for family, number in families.items():
            counts[family] += number
    return {family: number for family, number in counts.items() if number}


def count_missed(
    feed: Feed, report_type: str, source: logic.Source, *, before: logic.Source | None = None, day: date | None = None
) -> bool:
    """Of three looks in a row, how many findings that the first and the last saw the middle one missed: what the source misses of
    what is there. Given what was known `before` a file of `day`, only where that may have changed. Returns whether anything did. What was
    counted of a source that is no scan any more stays, as a sign that it was one."""
    if source.evidence is not logic.Evidence.SCAN:
        return False
    triples = _triples(source)
    known = {(triple, _blind(before, triple)) for triple in _triples(before)} if before else set()
    changed = [triple for triple in triples if day in triple or (triple, _blind(source, triple)) not in known]
    is_next = bool(day and triples and day == triples[-1][2] and changed == triples[-1:])
    numbers = _missed_in(feed, report_type, source, changed, seen_on=day if is_next else None)
    middles = {middle for _first, middle, _last in triples}
    runs = Run.objects.filter(feed=feed, report_type=report_type)
    kept = {pk: (on, (again, missed)) for pk, on, again, missed in runs.values_list("pk", "day", "again", "missed")}
    count = 0
    for pk, (on, was) in kept.items():
        now = numbers.get(on, was if on in middles else (0, 0))
        if tuple(now) != was:
            count += runs.filter(pk=pk).update(again=now[0], missed=now[1])
    return bool(count)


def _triples(source: logic.Source) -> list[Triple]:
    return list(zip(source.looks, source.looks[1:], source.looks[2:], strict=False))


def _blind(source: logic.Source, triple: Triple) -> frozenset[str]:
    """The families of addresses that the middle look did not look for."""
    return frozenset(family for family, days in source.blind.items() if triple[1] in days)


def _missed_in(
    feed: Feed, report_type: str, source: logic.Source, triples: Sequence[Triple], *, seen_on: date | None
) -> Mapping[date, Sequence[int]]:
    """Of each middle look, how many findings it saw again and how many it missed. `seen_on`: all that matter were last seen that day. What
    a look did not look for it did not miss."""
    if not triples:
        return {}
    name = source_of(feed, report_type)
    rows = Finding.objects.filter(seen__has_key=name)
    if seen_on is not None:
        rows = rows.filter(feed=feed, report_type=report_type, last_day=seen_on)
    numbers = {middle: [0, 0] for _first, middle, _last in triples}
    for seen, ip in rows.order_by().values_list("seen", "ip").iterator(chunk_size=_AT_ONCE):
        one: Row = {"seen": seen}
        blind = source.blind.get(logic.family_of(ip), frozenset())
        for first, middle, last in triples:
            if middle not in blind and was_seen(one, name, first) and was_seen(one, name, last):
                numbers[middle][not was_seen(one, name, middle)] += 1
    return numbers
