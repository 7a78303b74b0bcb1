"""What the engine does with foreign bytes, as it runs in a cage: one task, a look at a file, a try of a file or of a rule.

Without Django, as all of the engine. What goes in and comes out is JSON; feeds/caged.py is its outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from floreo.feeds.engine import formats, ingest, problems, reading
from floreo.feeds.engine.arrange.guess import guess
from floreo.feeds.engine.arrange.model import KEY, SUBJECTS, WrongArrangement, arrangement_of
from floreo.feeds.engine.constituency import loaded
from floreo.feeds.engine.normalise import judged, normalise
from floreo.feeds.engine.opening import members
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import identity
from floreo.feeds.engine.reading.arranged import header_of
from floreo.feeds.engine.rules import preview
from floreo.feeds.engine.settling import settle
from floreo.feeds.engine.store.files import summary_of, summary_text
from floreo.feeds.engine.task import IngestOrder, Source, Summary

_MOMENT = "$moment"


def prepare() -> None:
    """Once for all readers, since it takes longer than a small report: formats, and what the first rows of all need."""
    settle()
    for name in formats.names():
        formats.load(name)
    task = IngestOrder("-", date.min, "", (), datetime(2026, 1, 1, tzinfo=UTC), "", "", "csv")
    opened = reading.open_report(
        Source("", "", "-"), task, data=b"time,ip,port\n2026-01-01 00:00:00,192.0.2.1,80\n" * 2
    )
    for part in opened.parts():
        judged(part, opened, feed="", sha256="", received_at=task.received_at, oldest_days=task.oldest_days)


def caged(_path: Path | None, *, work: str, **more: Any) -> Any:
    """Runs inside."""
    settle()
    return _ASKED[work](**more)


def _run(*, task: dict[str, Any]) -> list[dict[str, Any]]:
    return [plain_summary(summary) for summary in ingest.run(task_of(task))]


def _identify(*, task: dict[str, Any]) -> str:
    """The type that the beginning of the task's file shows, "" when it shows none that is known."""
    given = task_of(task)
    try:
        opened = reading.open_report(given.files[0], given)
    except (Unreadable, OSError):  # said when it is read
        return ""
    return opened.report_type if opened.is_known_type else ""


def _try(*, task: dict[str, Any], shown_as: dict[str, Any] | None, first: int) -> dict[str, Any]:
    """The file's columns, its summary and its first events."""
    given = task_of(task)
    source = given.files[0]
    try:
        shown = reading.sample(source.path, source.name, shown_as)
    except Unreadable as wrong:
        return {"problem": wrong.code}
    (summary,) = ingest.run(given)
    events = _events(given, first) if summary.kept else None
    return {
        "format": shown["format"],
        "header": shown["header"],
        "mapping": shown["mapping"],
        "summary": plain_summary(summary),
        "events": plain(events.to_pylist() if events is not None else []),
    }


def _arrange(*, task: dict[str, Any], arranged: dict[str, Any] | None, first: int) -> dict[str, Any]:
    """How the file seems to be set out, or as `arranged` has it: its columns, what is to be asked, and what would become of it."""
    given = task_of(task)
    source = given.files[0]
    try:
        found_in = members(source.path, source.name)  # held: the file is open as long as this is
        block = next(next(found_in).blocks())
        identity.check_text(block)
        known = identity.format_of(block, source.name)
        guessed = guess(block)
        arrangement = guessed.arranged if arranged is None else arrangement_of(arranged)
        header = guessed.header if arranged is None else header_of(arrangement, block)
    except (Unreadable, WrongArrangement) as wrong:
        return {"problem": wrong.code if isinstance(wrong, Unreadable) else problems.WRONG_HEADER}
    answer: dict[str, Any] = {
        "format": known.name,
        "arranged": arrangement.plain(),
        "header": list(header),
        "questions": [*guessed.questions] if arranged is None else [],
        "strange": list(guessed.strange) if arranged is None else [],
    }
    if any(getattr(arrangement, name) in header for name in SUBJECTS):
        ready = replace(given, mapping={KEY: arrangement.plain()})
        try:
            (summary,) = ingest.run(ready)
            events = _events(ready, first) if summary.kept else None
            rejects = _first_rejects(ready, first)
        except Unreadable as wrong:
            return answer | {"problem": wrong.code}
        answer |= {
            "summary": plain_summary(summary),
            "events": plain(events.to_pylist() if events is not None else []),
            "rejects": rejects,
        }
    return answer


def _first_rejects(task: IngestOrder, most: int) -> list[dict[str, Any]]:
    """The first rows that would be refused: line, text and reason."""
    source, found = task.files[0], list[dict[str, Any]]()
    opened = reading.open_report(source, task)
    for part in opened.parts():
        _, rejects = normalise(
            part,
            opened,
            feed=task.feed,
            sha256=source.sha256,
            received_at=task.received_at,
            oldest_days=task.oldest_days,
        )
        found += rejects.slice(0, most).to_pylist()
        if len(found) >= most or part.rows:
            break
    return found[:most]


def _rule(
    *, tasks: list[dict[str, Any]], rules: Sequence[Mapping[str, Any]], most: int, examples: int
) -> dict[str, Any]:
    """What the last of the rules would do to the events of those files."""
    hits, found = 0, list[Any]()
    for task in map(task_of, tasks):
        try:
            events = _events(task, most)
        except Unreadable:  # the file's own page says so
            continue
        if events is not None:
            effect = preview(rules, events, examples)[-1]
            hits, found = hits + effect.hits, [*found, *effect.examples]
    return {"hits": hits, "examples": plain(found[:examples])}


_ASKED: Mapping[str, Callable[..., Any]] = {
    "run": _run,
    "identify": _identify,
    "try": _try,
    "arrange": _arrange,
    "rule": _rule,
}


def _events(task: IngestOrder, most: int) -> pa.Table | None:
    """Events of a file as they are before any rule, with whose they are."""
    source, found, n = task.files[0], list[pa.Table](), 0
    opened = reading.open_report(source, task)
    owners = loaded(task.constituency)
    for part in opened.parts():
        events, _rejects = normalise(
            part,
            opened,
            feed=task.feed,
            sha256=source.sha256,
            received_at=task.received_at,
            oldest_days=task.oldest_days,
        )
        found.append(owners.attribute(events))
        n += len(events)
        if n >= most:
            break
    return pa.concat_tables(found, promote_options="default").slice(0, most) if found else None


# To JSON and back


def plain_task(task: IngestOrder) -> dict[str, Any]:
    return asdict(task) | {"day": task.day.isoformat(), "received_at": task.received_at.isoformat()}


def task_of(given: Mapping[str, Any]) -> IngestOrder:
    return IngestOrder(
        **{
            **given,
            "day": date.fromisoformat(given["day"]),
            "received_at": datetime.fromisoformat(given["received_at"]),
            "files": tuple(Source(**each) for each in given["files"]),
            "rules": tuple(given["rules"]),
        }
    )


def plain_summary(summary: Summary) -> dict[str, Any]:
    return {"text": summary_text(summary), "already": summary.already}


def summary_from(given: Mapping[str, Any]) -> Summary:
    """Raises ValueError, KeyError or TypeError where it is none."""
    return replace(summary_of(given["text"]), already=bool(given["already"]))


def plain(value: Any) -> Any:
    """Rows as Arrow gives them, for JSON."""
    match value:
        case dict():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case datetime():
            return {_MOMENT: value.isoformat()}
        case str() | int() | float() | bool() | None:
            return value
    return str(value)


def meant(value: Any) -> Any:
    """What `plain` was given."""
    match value:
        case dict() if _MOMENT in value:
            return datetime.fromisoformat(str(value[_MOMENT]))
        case dict():
            return {name: meant(each) for name, each in value.items()}
        case list():
            return [meant(each) for each in value]
    return value
