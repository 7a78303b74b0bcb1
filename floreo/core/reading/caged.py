"""The reading of a document in a cage (core/cage.py): what it looks like from outside, and what runs inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from floreo.core.cage import Died, run
from floreo.core.reading.document import Block, Document, Unreadable
from floreo.core.reading.openers import GENERAL, Openers

_READERS = "floreo.core.reading.readers"
LOADS = ("floreo.core.reading.reading", f"{_READERS}.html", f"{_READERS}.pdf", f"{_READERS}.word", "ftfy")


def caged(
    path: Path, *, name: str, openers: Mapping[str, str] | None = None, only_kind: bool = False
) -> dict[str, Any]:
    """Runs inside. `openers` are the fields of Openers."""
    # late: readers are large, and only the cage loads them (LOADS)
    from floreo.core.reading.readers.kinds import kind_of
    from floreo.core.reading.reading import DEFAULT, read_document

    try:
        if only_kind:
            return {"kind": kind_of(path, name=name, limits=DEFAULT)}
        return {"document": asdict(read_document(path, name=name, openers=Openers(**(openers or {}))))}
    except Unreadable as refusal:
        return {"unreadable": refusal.code, "facts": dict(refusal.sentence)}


def read_in_a_cage(path: Path, *, name: str | None = None, openers: Openers = GENERAL) -> Document:
    """As `read_document`, which it calls in a process of its own. What takes more memory or time than a text may is refused like an
    archive that unpacks to far too much. Raises Unreadable, and Died where the reader itself failed."""
    return _document(_asked(path, name or path.name, openers=openers)["document"])


def refuse_unknown(path: Path, *, name: str) -> None:
    """Raises Unreadable for a file that is plainly no text of a kind that is read."""
    _asked(path, name, only_kind=True)


def _asked(path: Path, name: str, *, openers: Openers = GENERAL, only_kind: bool = False) -> dict[str, Any]:
    try:
        verdict = run(caged.__module__, path, name=name, openers=asdict(openers), only_kind=only_kind)
    except Died as end:
        if end.reason in {"memory", "time", "output"}:
            raise Unreadable("bomb", name=name) from end
        if end.reason == "crash":
            raise Unreadable("damaged", name=name) from end
        raise
    given: dict[str, Any] = verdict.value
    if "unreadable" in given:
        raise Unreadable(given["unreadable"], **given["facts"])
    return given


def _document(given: dict[str, Any]) -> Document:
    """Raises TypeError or ValueError where it is none: whoever took the reader over may say anything."""
    blocks = tuple(
        Block(**{**block, "cells": _spans(block["cells"]), "lines": _spans(block["lines"])})
        for block in given["blocks"]
    )
    repaired = tuple((int(a), int(b)) for a, b in given["repaired"])
    return Document(**{**given, "blocks": blocks, "repaired": repaired})


def _spans(given: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((int(a), int(b)) for a, b in given)
