"""`floreo feed`: reports read from the command line, feeds listed, stored days compacted, tokens for programs."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.executors import Executor, NotProtected
from floreo.core.ui.locale import moment, number
from floreo.feeds.actions.claiming import mapping_of, rules
from floreo.feeds.actions.collect import fetch_batches, fetch_listed
from floreo.feeds.actions.feeds import by_hand, change_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.receiving import receive
from floreo.feeds.actions.retention import compact_days, let_go_of_old
from floreo.feeds.caged import arranged_tried, run_in_a_cage
from floreo.feeds.collectors.blobs import sha256_of
from floreo.feeds.collectors.identity import identify, tidy
from floreo.feeds.constituency import owned
from floreo.feeds.engine.arrange.guess import WORDS
from floreo.feeds.engine.arrange.model import KEY, WrongArrangement, arrangement_of
from floreo.feeds.engine.constituency import kept
from floreo.feeds.engine.task import IngestOrder, Source, Summary
from floreo.feeds.executors import executor
from floreo.feeds.models import CollectorKind, Feed, FeedFile, FileState
from floreo.feeds.models.choices import BATCHED
from floreo.feeds.presenters.arranging import arrangement_sentence, described, open_sentences
from floreo.feeds.presenters.problems import problem_sentence, reject_sentence
from floreo.feeds.presenters.reading import Totals, file_line, total_lines
from floreo.organisations.actions.tokens import end_token, make_token
from floreo.organisations.models import ApiToken, User
from floreo.organisations.queries import at_home

_WORTH_A_POOL = 64 << 20  # below, starting processes takes longer than reading
_WAIT = 0.5


@dataclass
class _Bar:
    """Rows and files so far, on one line that is written over; only where somebody watches."""

    files: int
    out: TextIO = field(default_factory=lambda: sys.stderr)
    done: int = 0
    rows: int = 0
    shown_at: float = 0.0

    def tick(self, rows: int, _text: int = 0, _packed: int = 0) -> None:
        if not self.out.isatty() or time.monotonic() - self.shown_at < 0.1:
            return
        self.shown_at = time.monotonic()
        full = round(20 * self.done / max(self.files, 1))
        line = f"[{'#' * full}{'.' * (20 - full)}] {self.done}/{self.files}  {number(self.rows + rows)} {_('rows')}"
        self.out.write(f"\r{line[:78]:<78}")
        self.out.flush()

    def finished(self, summaries: Iterable[Summary]) -> None:
        for each in summaries:
            self.done += 1
            self.rows += each.rows
        self.shown_at = 0.0
        self.tick(0)

    def close(self) -> None:
        if self.out.isatty():
            self.out.write("\r" + " " * 78 + "\r")


def feed_ingest(asked: argparse.Namespace) -> int:
    """Exit code 0 when every file was read whole, 1 when one was not: the others are read all the same."""
    started = time.monotonic()
    try:
        runner = _executor(asked)
    except (NotProtected, ValueError, ImportError) as wrong:
        raise Refused(str(wrong), code="no_executor") from wrong
    with runner:
        read = _dry if asked.dry_run else _read
        lines, totals, is_well = read(asked, runner)
    for line in lines:
        print(line)
    for line in total_lines(totals, time.monotonic() - started):
        print(line)
    if asked.dry_run:
        print(_("Nothing was saved."))
    return 0 if is_well else 1


def _executor(asked: argparse.Namespace) -> Executor:
    size = sum(path.stat().st_size for path in asked.files if path.is_file())
    many = len(asked.files) > 1 and size > _WORTH_A_POOL and (asked.workers or os.cpu_count() or 1) > 1
    return executor(asked.executor or ("pool" if many else "inline"), asked.address, asked.workers)


def _width(asked: argparse.Namespace) -> int:
    return asked.workers or (os.cpu_count() or 1) * (8 if asked.executor == "ray" else 2)


Outcome = tuple[list[str], Totals, bool]


def _read(asked: argparse.Namespace, runner: Executor) -> Outcome:
    feed = _feed(asked.feed)
    refused, before, mine = dict[Path, str](), set[int](), dict[Path, int]()
    for path in asked.files:
        try:
            with _opened(path) as file:
                came = receive(feed, opened=file, name=path.name, by=SYSTEM, collector=_("Command line"))
        except Refused as refusal:
            refused[path] = f"{path}: {refusal.sentence}"
            continue
        mine[path] = came.report.pk
        if came.already and came.report.state == FileState.DONE:
            before.add(came.report.pk)
    _until_read(set(mine.values()), asked, runner)
    reports, totals, is_well = FeedFile.objects.in_bulk(mine.values()), Totals(), not refused
    lines = []
    for path in asked.files:
        if path in refused:
            lines.append(refused[path])
            continue
        report = reports[mine[path]]
        is_read = report.state == FileState.DONE
        if is_read or report.problem:
            lines.append(file_line(str(path), report, already=report.pk in before))
        else:
            lines.append(_("%(name)s: reading was interrupted and will be tried again.") % {"name": path})
        is_well = is_well and is_read
    for report in reports.values():
        if report.state == FileState.DONE:
            totals.add(report)
    return lines, totals, is_well


def _until_read(mine: set[int], asked: argparse.Namespace, runner: Executor) -> None:
    """Reads them, or waits for the worker that was quicker."""
    ours = FeedFile.objects.filter(pk__in=mine)
    bar = _Bar(len(mine))
    while True:
        ingest_waiting(
            runner,
            by=SYSTEM,
            only=ours,
            after_each=lambda _c, found: bar.finished(found),
            at_once=_width(asked),
        )
        if not ours.filter(state=FileState.RUNNING).exists():
            bar.close()
            return
        time.sleep(_WAIT)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise Refused(_("cannot be opened: %(words)s") % {"words": error.strerror or ""}, code="no_file") from error
    with file:
        yield file


def _feed(code: str) -> Feed:
    if not code:
        return by_hand(by=SYSTEM)
    found = Feed.objects.filter(code=code).first()
    if found is None:
        codes = ", ".join(Feed.objects.order_by("code").values_list("code", flat=True))
        raise Refused(
            _("There is no feed called %(code)s. Available feeds: %(codes)s.") % {"code": code, "codes": codes},
            code="no_feed",
        )
    return found


def _dry(asked: argparse.Namespace, runner: Executor) -> Outcome:
    """What would be kept. Without a database there is nobody to whom an address could belong."""
    lines, totals, is_well = [], Totals(), True
    with tempfile.TemporaryDirectory(prefix="floreo-") as scratch, in_the_country_if_any() as is_there:
        feed = _feed(asked.feed) if is_there and asked.feed else Feed(code="by-hand", name="by hand")
        people = kept(owned() if is_there else [], Path(scratch))
        for path in asked.files:
            try:
                task = _dry_task(feed, path, people, is_there=is_there)
                [summary] = runner.submit(run_in_a_cage, task).result()
            except Refused as refusal:
                lines.append(f"{path}: {refusal.sentence}")
                is_well = False
                continue
            lines.append(file_line(str(path), summary))
            is_well = is_well and summary.is_whole
            totals.add(summary)
    return lines, totals, is_well


def _dry_task(feed: Feed, path: Path, people: Path, *, is_there: bool) -> IngestOrder:
    with _opened(path) as file:
        sha256 = sha256_of(file)
    identity = identify(feed, path.name, path, came_on=clock.today())
    return IngestOrder(
        feed=feed.code,
        day=identity.day,
        report_type=identity.report_type,
        received_at=clock.now(),
        root=str(people.parent),
        files=(Source(str(path), sha256, tidy(path.name)),),
        constituency=str(people),
        format=feed.format,
        dry_run=True,
        mapping=mapping_of(feed, identity.report_type) if is_there else {},
        rules=rules() if is_there else (),
    )


@contextmanager
def in_the_country_if_any() -> Iterator[bool]:
    """Whether there is a database with our tables; looking for one makes none."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(str(name)).is_file() and not str(name).startswith("file:"):
        yield False
        return
    if Feed._meta.db_table not in connection.introspection.table_names():
        yield False
        return
    with at_home():
        yield True


def feed_list(_asked: argparse.Namespace) -> int:
    for feed in Feed.objects.order_by("code"):
        last = feed.reports.order_by("-received_at").first()
        text = moment(last.received_at) if last else _("no file yet")
        waiting = feed.reports.filter(state=FileState.WAITING).count()
        more = [_("%(n)d waiting") % {"n": waiting}] if waiting else []
        more += [feed.last_error] if feed.last_error else []
        more += [] if feed.is_active else [_("switched off")]
        print("  ".join([f"{feed.code:<24} {feed.get_collector_display():<24} {text}", *more]))
    return 0


def feed_fetch(asked: argparse.Namespace) -> int:
    """Exit code 1 where the feed could not give all that it listed."""
    feed = _feed(asked.feed)
    if feed.collector not in (CollectorKind.REPORTS, *BATCHED):
        sentence = _("Only feeds of the Reports API, TAXII, MISP and n6 are asked for past days.")
        raise Refused(sentence, code="not_listed")
    if asked.since and asked.since > clock.today():
        raise Refused(_("The date of a file cannot be in the future. Choose another date."), code="future_day")
    ask = fetch_listed if feed.collector == CollectorKind.REPORTS else fetch_batches
    count = ask(feed, by=SYSTEM, since=asked.since or clock.today())
    feed.refresh_from_db()
    print(ngettext("%(n)d new file.", "%(n)d new files.", count) % {"n": count})
    if feed.last_error:
        print(feed.last_error)
    return 1 if feed.last_error else 0


def feed_compact(_asked: argparse.Namespace) -> int:
    count = compact_days()
    let_go_of_old(by=SYSTEM)
    text = ngettext(
        "%(n)d file was merged into the file of its day.",
        "%(n)d files were merged into the files of their days.",
        count,
    )
    print(text % {"n": count})
    return 0


def feed_token(asked: argparse.Namespace) -> int:
    if asked.make:
        user = User.objects.filter(email__iexact=asked.account or "", is_active=True).first()
        if user is None:
            raise Refused(
                _("Use --for to give the e-mail address of the account the token acts for."), code="no_account"
            )
        made, word = make_token(
            user,
            by=SYSTEM,
            name=asked.make,
            scopes=asked.scopes.split(",") if asked.scopes else None,
            expires_on=clock.today() + timedelta(days=asked.days) if asked.days else None,
        )
        print(_("The token of %(name)s, shown once:") % {"name": made.name})
        print(f"  {word}")
        return 0
    if asked.end:
        for token in ApiToken.objects.filter(name=asked.end, ended_at=None):
            end_token(token, by=SYSTEM)
    for token in ApiToken.objects.filter(ended_at=None).select_related("user"):
        used = token.last_used_on or _("never used")
        print(f"{token.name:<30} {token.user.email:<36} {token.expires_on} {used} {','.join(token.scopes)}")
    return 0


def feed_try(asked: argparse.Namespace) -> int:
    """Exit code 0 where some row would be kept and nothing is left to be asked, else 1. Nothing is saved without --save."""
    with tempfile.TemporaryDirectory(prefix="floreo-") as scratch, in_the_country_if_any() as is_there:
        if asked.save and not is_there:
            raise Refused(_("There is no installation here, so there is no feed to save it for."), code="no_feed")
        feed = _feed(asked.save) if asked.save else Feed(code="by-hand", name="by hand")
        given = _arrangement_in(asked.mapping) if asked.mapping else None
        people = kept(owned() if is_there else [], Path(scratch))
        task = replace(_dry_task(feed, asked.file, people, is_there=is_there), mapping={}, rules=())
        found = arranged_tried(task, given, first=_SHOWN)
        if "arranged" not in found:
            raise Refused(problem_sentence(found["problem"]), code=str(found["problem"]))
        print(json.dumps(_as_json(found), ensure_ascii=False, indent=2) if asked.json else "\n".join(_as_text(found)))
        is_open = set(found["questions"]) - {WORDS}  # of words that are not assigned the rows are kept all the same
        is_well = "summary" in found and found["summary"].kept > 0 and not is_open
        if asked.save:
            if is_open:
                raise Refused(_("Not saved: answer what is asked, in a file given with --mapping."), code="asked")
            change_feed(feed, by=SYSTEM, mapping={KEY: found["arranged"]})
            print(_("Saved for the files of %(feed)s.") % {"feed": feed.name}, file=sys.stderr)
    return 0 if is_well else 1


def _arrangement_in(path: Path) -> dict[str, Any]:
    """The arrangement that a TOML file has."""
    with _opened(path) as file:
        try:
            return arrangement_of(tomllib.load(file)).plain()
        except WrongArrangement as wrong:
            raise Refused(f"{path}: {arrangement_sentence(wrong.key, wrong.why)}", code="mapping") from wrong
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise Refused(
                _("%(path)s is not TOML: %(words)s") % {"path": path, "words": wrong}, code="mapping"
            ) from wrong


_SHOWN = 10  # events and rejected rows
_FIELDS = (
    "time.source",
    "source.ip",
    "source.port",
    "source.fqdn",
    "source.url",
    "classification.type",
    "classification.identifier",
    "severity",
    "organisation",
)


def _as_json(found: Mapping[str, Any]) -> dict[str, Any]:
    summary: Summary | None = found.get("summary")
    counts = ("rows", "kept", "duplicates", "outside", "rejected")
    return {
        "format": found["format"],
        "arrange": found["arranged"],
        "columns": found["header"],
        "questions": found["questions"],
        "unknown_words": found["strange"],
        "problem": found.get("problem", ""),
        **({name: getattr(summary, name) for name in counts} if summary else {}),
        "reasons": dict(summary.reasons) if summary else {},
        "events": [{name: _plain(row[name]) for name in _FIELDS} for row in found.get("events", ())],
        "rejects": found.get("rejects", []),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _as_text(found: Mapping[str, Any]) -> Iterator[str]:
    parts = described(arrangement_of(found["arranged"], is_begun=True))
    wide = max((len(label) for label, _value in parts), default=0)
    for label, value in parts:
        yield f"{label:<{wide}}  {value}"
    yield from open_sentences(found["questions"], found["strange"])
    summary: Summary | None = found.get("summary")
    if summary is None:
        yield problem_sentence(str(found.get("problem", "")))
        return
    yield ""
    for row in found["events"]:
        words = [_plain(row[name]) for name in _FIELDS]
        yield "  ".join("-" if word is None else str(word) for word in words)
    yield ""
    yield from total_lines(_of_one(summary), summary.seconds)
    for row in found["rejects"]:
        text = "".join(c if c.isprintable() else "\ufffd" for c in row["text"][:100])
        yield f"  {row['line']}: {reject_sentence(row['reason'])} {text}"


def _of_one(summary: Summary) -> Totals:
    totals = Totals()
    totals.add(summary)
    return totals


COMMANDS = {
    "feed try": feed_try,
    "feed ingest": feed_ingest,
    "feed fetch": feed_fetch,
    "feed list": feed_list,
    "feed compact": feed_compact,
    "feed token": feed_token,
}
