"""The engine of feeds asked from outside its cage (core/cage.py). It reads the task's files, the constituency and what is stored of
the same day; it writes in the folders of its own window and nowhere else. What it says of a file is checked to be about that file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.feeds.engine import caged as inside
from floreo.feeds.engine import problems
from floreo.feeds.engine.store import Place, Store, Window
from floreo.feeds.engine.task import IngestOrder, Source, Summary

MEMORY = 1200 * 1024**2  # bytes; a report of ten million rows takes two thirds (benchmarks/feeds/memory.py)
_MAPPED = 6 * 1024**3  # bytes of files and libraries
_SECONDS, _SECONDS_A_MB = 120, 10  # of processor time, and more for each packed MB
_OUTPUT = 1 << 40  # bytes of a file: how much a report may come to is the engine's to say
_KINDS = ("landing", "repeats", "rejects", "findings", "summaries")
_WRONG = (ValueError, KeyError, TypeError, AttributeError)


def run_in_a_cage(task: IngestOrder) -> tuple[Summary, ...]:
    """As `ingest.run`. A file that takes more memory or time than it may, or that its reader dies over, is refused; the others of the
    window are read. Raises cage.Died where the engine itself failed."""
    store, window = Store(task.root), Window(task.feed, task.report_type, task.day)
    refused: dict[str, Summary] = {}
    while True:
        left = tuple(file for file in task.files if file.sha256 not in refused)
        try:
            found = _summaries(replace(task, files=left), store, window) if left else ()
        except cage.Died as end:
            at_fault = _unread(left, store, window)
            if end.reason == "fault" or at_fault is None:
                raise
            problem = problems.TOO_COSTLY if end.reason in cage.TOO_MUCH else problems.DAMAGED
            refused[at_fault.sha256] = Summary(at_fault.sha256, at_fault.name, problem=problem, is_whole=False)
            continue
        by_hash = refused | {summary.sha256: summary for summary in found}
        return tuple(replace(by_hash[file.sha256], name=file.name) for file in task.files)


def _unread(files: Sequence[Source], store: Store, window: Window) -> Source | None:
    """The first file of a run that did not come to its end: they are read in their order, and each takes its place before the next."""
    return next((file for file in files if store.summary(Place(window, file.sha256)) is None), None)


def _summaries(task: IngestOrder, store: Store, window: Window) -> tuple[Summary, ...]:
    workshops = [store.workshop_of(f"{window.folder}/{file.sha256}") for file in task.files]
    try:
        given = _asked("run", [task], access=_access(task, store, window, workshops), task=inside.plain_task(task))
    finally:
        for folder in workshops:
            shutil.rmtree(folder, ignore_errors=True)
    try:
        found = tuple(inside.summary_from(each) for each in given)
        if [summary.sha256 for summary in found] != [file.sha256 for file in task.files]:
            raise ValueError("of other files")
        for summary in found:
            _must_be_its_own(summary, Place(window, summary.sha256))
    except _WRONG as wrong:
        raise cage.Died("fault", f"what came back is no summary: {wrong}") from wrong
    return found


def _must_be_its_own(summary: Summary, place: Place) -> None:
    counts = (summary.rows, summary.kept, summary.duplicates, summary.dropped, summary.rejected, summary.outside)
    if any(type(n) is not int or n < 0 for n in counts):
        raise ValueError("counts")
    for name in ("events", "rejects", "findings"):
        if getattr(summary, name) not in {"", getattr(place, name)}:
            raise ValueError(name)


def _access(task: IngestOrder, store: Store, window: Window, workshops: Iterable[Path]) -> cage.Access:
    given = _of_files([task])
    if task.dry_run:
        return given
    for folder in workshops:
        folder.mkdir(parents=True, exist_ok=True)
    if not store.is_local:
        keys = tuple((name, text) for name, text in os.environ.items() if name.startswith("AWS_"))
        return replace(given, writes=tuple(workshops), environment=keys, network=True)
    folders = [Path(store.path(f"{kind}/{window.folder}")) for kind in _KINDS]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    lock = Path(store.path(f"locks/{window.folder}.lock"))
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    return replace(given, writes=(*workshops, *folders, lock))


def _asked(work: str, tasks: Sequence[IngestOrder], /, *, access: cage.Access, **more: Any) -> Any:
    paths = [Path(file.path) for task in tasks for file in task.files]
    size = sum(path.stat().st_size for path in paths if path.exists())
    with tempfile.TemporaryDirectory(prefix="floreo-cage-") as scratch:
        return cage.run(
            inside.__name__,
            None,
            memory=MEMORY,
            mapped=_MAPPED,
            seconds=_SECONDS + (size >> 20) * _SECONDS_A_MB,
            output=_OUTPUT,
            access=replace(access, writes=(Path(scratch), *access.writes)),
            work=work,
            **more,
        ).value


def _of_files(tasks: Sequence[IngestOrder]) -> cage.Access:
    """What is read for the tasks: their files, who holds which addresses, and what is stored of the same window."""
    paths = [Path(path) for task in tasks for path in (*(file.path for file in task.files), task.constituency) if path]
    for task in tasks:
        if task.root and "://" not in task.root:
            store, window = Store(task.root), Window(task.feed, task.report_type, task.day)
            paths += [Path(store.path(f"{kind}/{window.folder}")) for kind in _KINDS]
            paths.append(Path(store.path(store.day_file(window.day))).parent)
    return cage.Access(reads=tuple(paths))


def type_shown(task: IngestOrder) -> str:
    """The type that the beginning of the task's file shows, "" when it shows none that is known, or none can be found out."""
    try:
        return str(_asked("identify", [task], access=_of_files([task]), task=inside.plain_task(task)))
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return ""  # said when it is read


def tried(task: IngestOrder, mapping: Mapping[str, Any] | None, *, first: int) -> dict[str, Any]:
    """Format, header, guess, summary and first events of the task's file, or its `problem`. Nothing is stored."""
    try:
        found: dict[str, Any] = _asked(
            "try",
            [task],
            access=_of_files([task]),
            task=inside.plain_task(task),
            shown_as=None if mapping is None else dict(mapping),
            first=first,
        )
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return {"problem": problems.TOO_COSTLY if end.reason in cage.TOO_MUCH else problems.DAMAGED}
    if "problem" in found:
        return {"problem": str(found["problem"])}
    return found | {"summary": inside.summary_from(found["summary"]), "events": inside.meant(found["events"])}


def arranged_tried(task: IngestOrder, arranged: Mapping[str, Any] | None, *, first: int) -> dict[str, Any]:
    """How the task's file is set out (guessed, where `arranged` is None), and what would become of it; or its `problem`. Nothing is
    stored. The keys: format, arranged, header, questions, strange, and where a row can be read summary, events and rejects."""
    try:
        found: dict[str, Any] = _asked(
            "arrange",
            [task],
            access=_of_files([task]),
            task=inside.plain_task(task),
            arranged=None if arranged is None else dict(arranged),
            first=first,
        )
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return {"problem": problems.TOO_COSTLY if end.reason in cage.TOO_MUCH else problems.DAMAGED}
    if "summary" not in found:
        return found
    return found | {"summary": inside.summary_from(found["summary"]), "events": inside.meant(found["events"])}


def rule_tried(
    tasks: Sequence[IngestOrder], rules: Sequence[Mapping[str, Any]], *, most: int, examples: int
) -> tuple[int, list[Any]]:
    """How many events of those files the last of the rules meets, and the first of them before and after."""
    try:
        found = _asked(
            "rule",
            tasks,
            access=_of_files(tasks),
            tasks=[inside.plain_task(task) for task in tasks],
            rules=[dict(rule) for rule in rules],
            most=most,
            examples=examples,
        )
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return 0, []
    return int(found["hits"]), inside.meant(found["examples"])
