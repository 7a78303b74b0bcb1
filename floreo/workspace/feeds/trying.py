"""Trying a feed, a mapping or a rule on a file: what would come of it. Nothing is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from floreo.core import clock
from floreo.feeds.actions.claiming import mapping_of, rule_row, rules
from floreo.feeds.caged import arranged_tried, rule_tried, tried
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.collectors.identity import identify
from floreo.feeds.constituency import constituency_path
from floreo.feeds.engine.arrange.model import Arrangement, WrongArrangement, arrangement_of
from floreo.feeds.engine.rules import Effect
from floreo.feeds.engine.task import IngestOrder, Source, Summary
from floreo.feeds.models import Feed, FeedFile, FeedRule, FileState

TRY = "try"  # a feed of no name: what was received before is no repeat of it
FIRST = 20  # events shown
ENOUGH = 100_000  # rows of a file that are tried: a page waits for them
MOST = 200_000  # events of one file on which a rule is tried
MOST_FILES = 20
MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Trial:
    """What came of a try. `problem`: a code of engine/problems.py, when the file could not be read."""

    name: str
    report_type: str = ""
    format: str = ""
    header: tuple[str, ...] = ()
    guess: Mapping[str, str] = field(default_factory=dict)
    summary: Summary | None = None
    events: tuple[Mapping[str, Any], ...] = ()
    problem: str = ""


def _shown(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event for a page: names that a template can say, and in `place` what it is about."""
    row = {name.replace(".", "_"): value for name, value in event.items()}
    host, port = row["source_ip"] or row["source_fqdn"], row["source_port"]
    place = f"[{host}]" if host and port is not None and ":" in host else host
    row["place"] = (
        f"{place}:{port}" if host and port is not None else host or row["source_url"] or row["source_account"]
    )
    return row


@contextmanager
def on_disk(upload: UploadedFile[Any]) -> Iterator[Path]:
    """An uploaded file as one with a path, for as long as it is looked at."""
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, prefix="try-") as kept:
        for piece in upload.chunks():
            kept.write(piece)
        kept.flush()
        yield Path(kept.name)


def try_file(feed: Feed, path: Path, name: str, mapping: Mapping[str, Any] | None = None) -> Trial:
    """As the file would be read tonight. With `mapping`, as it would be with that."""
    identity = identify(feed, name, path, came_on=clock.today())
    text = dict(mapping) if mapping is not None else mapping_of(feed, identity.report_type)
    found = tried(_task(feed, path, name, identity.report_type, text), mapping, first=FIRST)
    if "summary" not in found:
        return Trial(name, identity.report_type, problem=found["problem"])
    summary: Summary = found["summary"]
    return Trial(
        name,
        identity.report_type,
        found["format"],
        tuple(found["header"]),
        found["mapping"],
        summary,
        tuple(map(_shown, found["events"])),
        summary.problem,
    )


@dataclass(frozen=True)
class Arranged:
    """What came of a try of an arrangement. `questions`, `strange`: what a guess leaves open; `rejects`: the first rows that would be refused,
    as (line, text, reason). `needs_none`: the file is of a format that is known."""

    trial: Trial
    arranged: Arrangement
    questions: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    rejects: tuple[tuple[int, str, str], ...] = ()
    needs_none: bool = False


def arrange_file(feed: Feed, path: Path, name: str, arranged: Arrangement | None) -> Arranged:
    """As the file would be read with that arrangement; with one that is guessed, where it is None."""
    identity = identify(feed, name, path, came_on=clock.today())
    found = arranged_tried(
        _task(feed, path, name, identity.report_type, {}), arranged.plain() if arranged else None, first=FIRST
    )
    if "arranged" not in found:
        return Arranged(Trial(name, identity.report_type, problem=found["problem"]), arranged or Arrangement())
    summary: Summary | None = found.get("summary")
    trial = Trial(
        name,
        identity.report_type,
        found["format"],
        tuple(found["header"]),
        {},
        summary,
        tuple(map(_shown, found.get("events", ()))),
        summary.problem if summary else found.get("problem", ""),
    )
    try:
        kept = arrangement_of(found["arranged"], is_begun=True)
    except WrongArrangement:  # nothing that one of our readers says
        kept = Arrangement()
    return Arranged(
        trial,
        kept,
        tuple(found["questions"]),
        tuple(found["strange"]),
        tuple((row["line"], row["text"], row["reason"]) for row in found.get("rejects", ())),
        found["format"] in _KNOWN,
    )


_KNOWN = ("shadowserver", "xarf", "intelmq")


def _task(feed: Feed, path: Path, name: str, report_type: str, mapping: Mapping[str, Any]) -> IngestOrder:
    sha256 = hashlib.sha256(f"{path}{name}".encode()).hexdigest()  # names the try; nothing is stored under it
    return IngestOrder(
        feed=TRY,
        day=clock.today(),
        report_type=report_type,
        files=(Source(str(path), sha256, name),),
        received_at=clock.now(),
        root=str(settings.EVENTS_ROOT),
        constituency=str(constituency_path()),
        format=feed.format,
        mapping=mapping,
        rules=rules(),
        dry_run=True,
        enough_rows=ENOUGH,
    )


def last_night() -> list[FeedFile]:
    """The files of the newest day that brought events, as far as their bytes are still here: what a rule is tried on."""
    rows = FeedFile.objects.filter(state=FileState.DONE, kept__gt=0).select_related("feed")
    newest = rows.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return []
    return [r for r in rows.filter(day=newest).order_by("pk")[:MOST_FILES] if path_of(r.sha256).exists()]


def kept_file(report_type: str) -> FeedFile | None:
    """The newest report of a type whose bytes are still here."""
    rows = FeedFile.objects.filter(report_type=report_type).select_related("feed").order_by("-day", "-pk")[:50]
    return next((r for r in rows if path_of(r.sha256).exists()), None)


def try_rule(rule: FeedRule, reports: Sequence[FeedFile]) -> Effect:
    """What the rule would do to the events of these files, after the rules before it that are on."""
    before = FeedRule.objects.filter(is_on=True, position__lt=rule.position).exclude(pk=rule.pk)
    rows = [*(rule_row(each) for each in before.order_by("position", "pk")), rule_row(rule)]
    tasks = [
        _task(
            report.feed,
            path_of(report.sha256),
            report.name,
            report.report_type,
            mapping_of(report.feed, report.report_type),
        )
        for report in reports
    ]
    hits, examples = rule_tried(tasks, rows, most=MOST, examples=MOST_EXAMPLES)
    return Effect(rule.name, hits, tuple((before, after) for before, after in examples))
