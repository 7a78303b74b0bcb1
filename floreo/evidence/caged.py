"""What a file is, found out in a cage (core/cage.py) wherever that takes more than a look at its first bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.evidence.containers import KINDS
from floreo.evidence.sniffing import HEAD, Kind, Unwelcome, kind_by_head, kind_of

LOADS = ("pypdf",)
_SECONDS = 60  # of processor time
_OUTPUT = 1024 * 1024


def caged(path: Path, *, name: str) -> dict[str, Any]:
    """Runs inside."""
    with path.open("rb") as opened:
        try:
            kind = kind_of(opened, name)
        except Unwelcome as refusal:
            return {"unwelcome": refusal.code, "inside": refusal.inside}
    return {"kind": [kind.media_type, kind.ending]}


def kind_in_a_cage(opened: Any, name: str) -> Kind:
    """As `kind_of`, for an upload or an open file, which is at its beginning afterwards. Raises Unwelcome, also for a file that
    takes more memory or time than a file may; and cage.Died where the reader itself failed."""
    opened.seek(0)
    try:
        head = opened.read(HEAD)
        if (kind := kind_by_head(head, name)) is not None:
            return kind
        given = cage.run(caged.__module__, _source(opened), seconds=_SECONDS, output=_OUTPUT, name=name).value
    except cage.Died as end:
        if end.reason in cage.TOO_MUCH:
            raise Unwelcome("bomb") from end
        if end.reason == "crash":
            raise Unwelcome("broken") from end
        raise
    finally:
        opened.seek(0)
    if "unwelcome" in given:
        raise Unwelcome(str(given["unwelcome"]), str(given["inside"]))
    kind = Kind(*given["kind"])
    if kind not in KINDS:  # said by a reader that was taken over
        raise Unwelcome("broken")
    return kind


def _source(opened: Any) -> Path | bytes:
    if hasattr(opened, "temporary_file_path"):
        return Path(opened.temporary_file_path())
    opened.seek(0)
    return bytes(opened.read())
