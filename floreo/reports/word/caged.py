"""A Word template read and filled in a cage (core/cage.py). Imports no Django."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.cage import Pieces

LOADS = ("floreo.reports.word.template",)
LARGEST = 5 * 1024 * 1024
Spec = Mapping[str, Any]  # fields by name; a list holds those of its items
_SECONDS = 60  # of processor time


class Unfit(Exception):  # noqa: N818 -- it is the file that is not fit
    """A template that is not taken: `code` says why, `facts` are words for its sentence."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def caged(path: Path, *, work: str, given: dict[str, Any]) -> Any:
    """Runs inside."""
    from floreo.reports.word.template import fields_used, filled  # late: its libraries are large, and only for this

    content = path.read_bytes()
    try:
        if work == "fields":
            return {"fields": fields_used(content, given)}
        return Pieces({}, [filled(content, given)])
    except Unfit as unfit:
        return {"unfit": unfit.code, "facts": unfit.facts}


def fields_in_a_cage(content: bytes, known: Spec) -> list[str]:
    """The fields that a template uses, of those that are known. Raises Unfit."""
    if len(content) > LARGEST:
        raise Unfit("too_large")
    return [str(name) for name in _asked(content, "fields", known).value["fields"]]


def filled_in_a_cage(content: bytes, values: dict[str, Any]) -> bytes:
    """The template filled. Raises Unfit."""
    (document,) = _asked(content, "fill", values).pieces
    return document


def _asked(content: bytes, work: str, given: Spec) -> cage.Verdict:
    try:
        verdict = cage.run(caged.__module__, content, seconds=_SECONDS, work=work, given=dict(given))
    except cage.Died as end:
        if end.reason == "fault":
            raise
        raise Unfit("bomb" if end.reason in cage.TOO_MUCH else "damaged") from end
    if "unfit" in verdict.value:
        facts = {str(name): str(text)[:200] for name, text in verdict.value["facts"].items()}
        raise Unfit(str(verdict.value["unfit"]), **facts)
    return verdict
