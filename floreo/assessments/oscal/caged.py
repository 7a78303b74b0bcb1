"""OSCAL assessment results of somebody else, read in a cage (core/cage.py). Imports no Django."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from floreo.assessments.oscal import names
from floreo.core import cage

MOST_BYTES = 20 * 1024 * 1024
MOST_ANSWERS = 5_000
MOST_TEXT = 4_000  # characters; one more is given back, so that a longer text is known
MOST_NAME = 200
_SECONDS = 30  # of processor time


class Unfit(Exception):  # noqa: N818 -- it is the file that is not fit
    """A file that holds no answers. `code` says why, `detail` names what was found instead."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def caged(path: Path) -> dict[str, Any]:
    """Runs inside."""
    try:
        return _read(path.read_bytes())
    except Unfit as refusal:
        return {"unfit": refusal.code, "detail": refusal.detail}


def results_in_a_cage(content: bytes) -> dict[str, Any]:
    """{"title", "start", "framework", "results", "answers": [{"control", "item", "level", "applies", "state", "text"}, ...]}, all text but
    `results`, the number of results in the file, and `applies`. Of several results the newest is read. Raises Unfit."""
    if len(content) > MOST_BYTES:
        raise Unfit("too_large")
    try:
        given = cage.run(caged.__module__, content, seconds=_SECONDS).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        raise Unfit("too_large" if end.reason in cage.TOO_MUCH else "unreadable") from end
    if "unfit" in given:
        raise Unfit(str(given["unfit"]), str(given["detail"]))
    return dict(given)


def _read(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except RecursionError as deep:
        raise Unfit("too_deep") from deep
    except ValueError as wrong:  # UnicodeDecodeError is one
        raise Unfit("not_json") from wrong
    body = document.get("assessment-results") if isinstance(document, dict) else None
    if not isinstance(body, dict):
        found = ", ".join(sorted(map(str, document))[:5]) if isinstance(document, dict) else ""
        raise Unfit("not_results", found[:MOST_NAME])
    try:
        results = [each for each in body.get("results", []) if isinstance(each, dict)]
        if not results:
            raise Unfit("no_answers")
        newest = max(results, key=_start)
        answers = list(_answers(newest))
        title = str(newest.get("title") or body.get("metadata", {}).get("title", ""))
        start = str(newest.get("start", ""))[:40]
        framework = _prop(newest, names.FRAMEWORK)
    except (ValueError, TypeError, AttributeError, KeyError) as wrong:
        raise Unfit("unreadable") from wrong
    if not answers:
        raise Unfit("no_answers")
    if len(answers) > MOST_ANSWERS:
        raise Unfit("too_many")
    given = {"title": _plain(title)[:MOST_NAME], "start": _plain(start), "framework": _plain(framework)[:MOST_NAME]}
    return given | {"results": len(results), "answers": answers}


def _start(result: Mapping[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(result.get("start", ""))).timestamp()
    except (ValueError, OverflowError):
        return float("-inf")


def _answers(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each finding; and of our own files the items that are said not to apply, of which there is no finding."""
    observations = {str(each["uuid"]): each for each in result.get("observations") or [] if each.get("uuid")}
    for finding in result.get("findings") or []:
        target = finding.get("target") or {}
        item = _prop(finding, names.ITEM)
        texts = []
        for related in finding.get("related-observations") or []:
            seen = observations.get(str(related.get("observation-uuid")), {})
            if _prop(seen, names.BY) != names.REVIEWER:
                texts.append(str(seen.get("description") or "").strip())
        text = "\n\n".join(dict.fromkeys(filter(None, texts)))
        if not text and not item:  # what we write there says the level in words
            text = str(finding.get("description") or "").strip()
        yield _answer(
            control=str(target.get("target-id") or ""),
            item=item,
            level=_prop(finding, names.SELF_LEVEL) or _prop(finding, names.LEVEL),
            applies=True,
            state=str((target.get("status") or {}).get("state") or ""),
            text=text,
        )
    for seen in observations.values():
        if _prop(seen, names.APPLIES) == names.NO:
            item = _prop(seen, names.ITEM)
            yield _answer(control="", item=item, level="", applies=False, state="", text=str(seen.get("description")))


def _answer(*, control: str, item: str, level: str, applies: bool, state: str, text: str) -> dict[str, Any]:
    return {
        "control": _plain(control)[:MOST_NAME],
        "item": _plain(item)[:MOST_NAME],
        "level": _plain(level)[:40],
        "applies": applies,
        "state": _plain(state)[:40],
        "text": "" if text == names.NOTHING else _plain(text)[: MOST_TEXT + 1],
    }


def _plain(text: str) -> str:
    """Without what no database keeps: halves of a character, and the character that is none."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _prop(one: Mapping[str, Any], name: str) -> str:
    """The value of our property of that name; empty without one. The same name in another namespace is another property."""
    for prop in one.get("props") or []:
        if prop.get("name") == name and prop.get("ns") == names.NAMESPACE:
            return str(prop.get("value") or "").strip()
    return ""
