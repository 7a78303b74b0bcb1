"""Every check in its order, and what they found as text and as JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict

from floreo.config.doctor.attested import case_files, chain_tail, evidence_files, whole_chain, words_of_notices
from floreo.config.doctor.findings import BAD, GOOD, WATCH, Check, Finding
from floreo.config.doctor.machine import MACHINE
from floreo.config.doctor.records import RECORDS


def examine(*, deep: bool = False) -> list[Finding]:
    """Everything, in the order in which it would be fixed. A check that itself fails is a finding, not an end. Without
    a database that is up to date only the machine is looked at."""
    found = [f for name, check in MACHINE.items() for f in _run(name, check)]
    if all(f.state != BAD for f in found if f.check in {"database", "migrations"}):
        found += [f for name, check in RECORDS.items() for f in _run(name, check)]
        found += _run("audit chain", whole_chain if deep else chain_tail)
        found += _run("case files", case_files) if deep else []
        found += _run("evidence files", evidence_files) if deep else []
        found += _run("words of notices", words_of_notices) if deep else []
    return found


def _run(name: str, check: Callable[[], Check]) -> list[Finding]:
    try:
        return [Finding(name, f.state, f.text, f.do) for f in check()]
    except Exception as problem:  # whatever is broken must not hide the other findings
        return [
            Finding(
                name,
                BAD,
                f"This could not be looked at ({type(problem).__name__}: {str(problem)[:150]}).",
                "Fix the findings above first. If this one stays, report it.",
            )
        ]


def as_json(found: list[Finding]) -> str:
    return json.dumps({"sound": sound(found), "findings": [asdict(f) for f in found]}, ensure_ascii=False, indent=1)


def sound(found: list[Finding]) -> bool:
    return all(f.state != BAD for f in found)


def as_text(found: list[Finding]) -> str:
    marks = {GOOD: "ok   ", WATCH: "look ", BAD: "WRONG"}
    width = max(shutil.get_terminal_size((100, 24)).columns, 60)
    lines = [f"{marks[f.state]} {f.text}" + (f"\n      {f.do}" if f.do else "") for f in found]
    wrong, look = (sum(f.state == s for f in found) for s in (BAD, WATCH))
    verdict = "All is well." if not wrong and not look else f"{wrong} wrong, {look} to look at."
    return "\n".join([*lines, "-" * min(width, 60), verdict])
