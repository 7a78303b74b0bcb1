"""Reports of the public form between the answer to the reporter and the database: on the disk first, taken in by the worker.

    put(content, files=...)  -> in a web process, before the reporter is answered
    take_in()                -> in the worker, every few seconds

An item is {"at": ISO time, "answers": {question: answer}, "files": [{"name", "sha256", "size"}], "language", "reference", "link_hash"}.
Its files lie beside the spool under their SHA-256, put there when they were uploaded."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from floreo.core import languages
from floreo.core.access import Actor
from floreo.core.errors import Busy, Taken
from floreo.core.links import hash_of
from floreo.core.spool import FAILED, Spool
from floreo.core.uploads import disk_full
from floreo.incidents import again
from floreo.incidents.access import FORM
from floreo.incidents.actions.receiving import receive
from floreo.incidents.actions.reporter import MOST_FILES, add_again, why_full
from floreo.incidents.incoming import Incoming, IncomingFile
from floreo.incidents.models import Channel, Report, ReportKind

STAGED_MOST = 2 * 1024**3  # bytes of files whose report was not sent yet, of everybody together
_STAGED_FOR = 2 * 86400.0  # seconds
_ROUND = 20.0  # seconds of one round


def spool() -> Spool:
    return Spool(Path(settings.SPOOL_ROOT) / "reports")


def _staged() -> Path:
    return Path(settings.SPOOL_ROOT) / "files"


@dataclass(frozen=True)
class Staged:
    """A file of a report that is not sent yet: its bytes lie under their hash."""

    name: str
    sha256: str
    size: int

    def is_here(self) -> bool:
        return (_staged() / self.sha256).exists()


def stage(name: str, pieces: Iterable[bytes]) -> Staged:
    """Puts an uploaded file on the disk until its report is sent. Raises Refused when there is no room."""
    folder = _staged()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{secrets.token_hex(8)}.part"
    digest, size = hashlib.sha256(), 0
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / digest.hexdigest())  # the same content twice is one file
    except OSError as error:
        raise disk_full(error) from error
    finally:
        part.unlink(missing_ok=True)
    return Staged(name, digest.hexdigest(), size)


def require_space() -> None:
    """Refuses a file while those of reports that were never sent take all the room that they may."""
    folder = _staged()
    total = sum(path.stat().st_size for path in folder.glob("*")) if folder.exists() else 0
    if total > STAGED_MOST:
        sentence = _(
            "We cannot take files at the moment. Send the report without them, and add them later by its link."
        )
        raise Busy(sentence, seconds=3600, code="no_room")


def content_of(name: str) -> bytes:
    """The bytes of a staged file. Raises FileNotFoundError when it is gone."""
    return (_staged() / name).read_bytes()


def put(item: Mapping[str, Any]) -> None:
    """On the disk, and so is its name, when this returns. The same item twice is one; the same report with other answers is a
    second item, which becomes an addition. Raises Refused when there is no room."""
    try:
        for each in item["files"]:
            with contextlib.suppress(FileNotFoundError):
                os.utime(_staged() / each["sha256"])
        spool().put(f"{item['link_hash']}.{digest_of(item)}", item)
    except OSError as error:
        raise disk_full(error) from error


def digest_of(item: Mapping[str, Any]) -> str:
    """Of the answers, and not of when they were sent."""
    text = json.dumps([item["answers"], item["files"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_waiting(secret: str) -> bool:
    """Whether the report of that secret link has arrived and is not in the database yet."""
    link_hash = hash_of(secret)
    folder = spool().folder
    return any(folder.glob(f"{link_hash}.*")) or any((folder / FAILED).glob(f"{link_hash}.*"))


def take_in(*, by: Actor = FORM) -> int:
    """Takes in what waits, for at most twenty seconds. Returns how many. Lets go of files that were uploaded two days ago and never sent."""
    end = time.monotonic() + _ROUND
    here = spool()
    count = here.take(lambda item: _take_in(item, by=by), until=lambda: time.monotonic() > end)
    if not here.waiting() and not here.failed():
        _let_go_of_staged()
    return count


def _take_in(item: Mapping[str, Any], *, by: Actor) -> None:
    with override(languages.spoken(item["language"])):
        incoming = as_incoming(item)
        try:
            done = receive(incoming, by=by)
        except Taken:  # another report has this reference: it gets one of its own, and the team is informed
            words = {"reference": item["reference"]}
            doubt = _("The reporter was given the reference %(reference)s, which another report has too.") % words
            done = receive(as_incoming(item, reference="", doubts=(doubt,)), by=by)
        if done.already and not _is_known(done.report, item):
            _take_in_again(done.report, item, by=by)


def _is_known(report: Report, item: Mapping[str, Any]) -> bool:
    digest = digest_of(item)
    return report.answers.get("form") == digest or any(each.get("key") == digest for each in report.additions)


def require_open(item: Mapping[str, Any]) -> None:
    """Refuses other answers to a report that takes in nothing more: who sends them is informed of it while they still look."""
    report = Report.objects.filter(source_key=_source_key(item)).first()
    if report is not None and not _is_known(report, item) and (full := why_full(report)) is not None:
        raise full


def _take_in_again(report: Report, item: Mapping[str, Any], *, by: Actor) -> None:
    """Adds the answers that are others than before, and the files that are not here yet."""
    here = set(report.files.values_list("sha256", flat=True))
    fresh = [each for each in item["files"] if each["sha256"] not in here]
    fitting = max(MOST_FILES - report.files.count(), 0)
    incoming = as_incoming({**item, "files": fresh[:fitting]})
    lines = list(incoming.doubts)
    if without := [each["name"] for each in fresh[fitting:]]:
        lines.append(_("There was no room for these files: %(names)s.") % {"names": ", ".join(without)})
    text, sent = again.what_changed(report, incoming)
    text = "\n".join(filter(None, (text, *lines)))
    if text or incoming.files:
        at, key = incoming.received_at, digest_of(item)
        add_again(report, by=by, text=text, key=key, at=at, given=incoming.files, sent=sent)


def as_incoming(item: Mapping[str, Any], **more: Any) -> Incoming:
    """The report as every channel gives it. Unknown answers are left out; a file that is gone is named in a doubt."""
    answers = item["answers"]
    files, gone = [], []
    for each in item["files"]:
        try:
            files.append(IncomingFile(each["name"], content_of(each["sha256"])))
        except FileNotFoundError:
            gone.append(_("The file “%(name)s” was no longer here when the report was taken in.") % each)
    kind = answers.get("kind", "")
    facts: dict[str, Any] = {
        "channel": Channel.FORM,
        "source_key": _source_key(item),
        "received_at": datetime.fromisoformat(item["at"]),
        "subject": _subject(answers),
        "text": answers.get("text", ""),
        "kind": kind if kind in ReportKind.values else ReportKind.OTHER,
        "noticed_at": datetime.fromisoformat(answers["noticed_at"]) if answers.get("noticed_at") else None,
        "language": item["language"],
        "reporter_name": answers.get("name", ""),
        "reporter_mail": answers.get("mail", ""),
        "reporter_phone": answers.get("phone", ""),
        "organisation_name": answers.get("organisation", ""),
        "place": answers.get("place", ""),
        "is_in_danger": _YES_NO.get(answers.get("danger", "")),
        "wants_police": _YES_NO.get(answers.get("police", "")),
        "concerns_child": answers.get("child") == "yes" or kind == ReportKind.CHILD,
        "answers": {"form": digest_of(item)},
        "doubts": tuple(gone),
        "files": tuple(files),
        "reference": item["reference"],
        "link_hash": item["link_hash"],
    }
    facts |= {name: (*facts["doubts"], *value) if name == "doubts" else value for name, value in more.items()}
    return Incoming(**facts)


def _source_key(item: Mapping[str, Any]) -> str:
    return f"form:{item['link_hash']}"


_YES_NO: Mapping[str, bool] = {"yes": True, "no": False}


def _subject(answers: Mapping[str, str]) -> str:
    """One line: what kind it is, and the beginning of what was written."""
    first = " ".join(str(answers.get("text", "")).split())
    kind = str(dict(ReportKind.choices).get(answers.get("kind", ""), ReportKind.OTHER.label))
    return f"{kind}: {first}" if first else kind


def _let_go_of_staged(now: Callable[[], float] = time.time) -> None:
    for path in _staged().glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if now() - path.stat().st_mtime > _STAGED_FOR:
                path.unlink()
