"""The plan of Belize made again from the OCR text by `floreo strategy import` with the marks that its pack holds, beside the plan that the
pack holds by hand.

    python -m tests.strategy.outline.again [--write]

Prints what agrees and every difference. `--write` writes the marks again, from the presses in belize.py. The text is a public document and not
part of the project: it lies beside it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.source import plain
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.passages import outline_of
from floreo.strategy.outline.profiles import as_toml
from floreo.strategy.outline.terms import terms_in
from tests.strategy.outline.belize import LAST_WORDS, PRESSES, steps_of

ROOT = Path(__file__).resolve().parents[3]
TEXT = ROOT.parent / "shared" / "samples" / "belize" / "strategy-2020-2023.ocr.txt"
PACK = ROOT / "packs" / "belize"
EDITION = PACK / "editions" / "2020-2023"
PROFILE = EDITION / "marks" / "strategy-ocr.toml"
LEVELS = ("pillar", "objective", "action")
PARENT = {"objective": "pillar", "action": "objective"}
_TERM = re.compile(r"Term in the document: (?:probably )?(?P<words>[a-z ]+), (?P<length>[^.;]+?) from approval")
_MONTHS = {"six months": 6, "one year": 12, "six months to one year": 12, "two years": 24}
_NUMBER = re.compile(r"^\d+(?:\.\d+)?\s*")


@dataclass
class Agreement:
    """Of how many rows a thing was compared, of how many it agrees, and where it does not: (row, what the pack holds, what was read)."""

    compared: Counter[str] = field(default_factory=Counter)
    agree: Counter[str] = field(default_factory=Counter)
    differ: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def compare(self, what: str, row: str, pack: str, read: str) -> None:
        self.compared[what] += 1
        self.agree[what] += pack == read
        if pack != read:
            self.differ[what, row] = (pack, read)


def command(data: Path) -> list[dict[str, Any]]:
    """The rows of the plan that `floreo strategy import` prints, in a process of its own."""
    asked = ["strategy", "import", str(TEXT), "--profile", str(PROFILE), "--json", "--dry-run"]
    run = [sys.executable, "-m", "floreo.config.cli", "--data", str(data), *asked]
    return _plan(subprocess.run(run, check=True, capture_output=True, text=True, cwd=ROOT).stdout)


def imported() -> list[dict[str, Any]]:
    """The same rows by the function behind the command, within a process that has the settings."""
    from floreo.config.cli_import import Asked, import_text

    out = io.StringIO()
    assert import_text(TEXT, how=Asked(dry_run=True, profile=PROFILE, as_json=True), out=out) == 0, out.getvalue()
    return _plan(out.getvalue())


def _plan(printed: str) -> list[dict[str, Any]]:
    return [row for row in json.loads(printed)["rows"] if row["kind"] in LEVELS]


def compared(rows: list[dict[str, Any]]) -> Agreement:
    """The rows beside those of the pack: row by row by the code, which says the level and the place in the tree."""
    found = Agreement()
    plan = _toml(EDITION / "plan.toml")
    wordings, months = _wordings(), _months(rows)
    read = {_code(row): row for row in rows}
    numbers = {row["number"]: row for row in rows}
    for level in LEVELS:
        for row in plan[level]:
            one = read.pop(row["code"], None)
            name = f"{level} {row['code']}"
            found.compare("code", name, row["code"], row["code"] if one else "")
            if one is None:
                continue
            found.compare("level", name, level, one["kind"])
            found.compare("wording", name, wordings[f"{level}:2020-2023/{row['code']}"], plain(one["title"]))
            above = numbers.get(one["parent"])
            found.compare("parent", name, row.get(PARENT.get(level, ""), ""), _code(above) if above else "")
            if level == "action":
                found.compare("lead", name, _leads(row), _named(str(one["fields"].get("lead") or "")))
                found.compare("term", name, _term(row), months.get(one["number"], ""))
                # Neither has any: the document counts its terms from an approval of which the day was not found.
                found.compare("date", name, str(row.get("due", "")), str(one["fields"].get("due") or ""))
    for code, row in read.items():
        found.compare("code", f"{row['kind']} {code}", "", code)
    return found


def _code(row: Mapping[str, Any]) -> str:
    code = str(row["fields"]["code"])
    return f"PA{code}" if row["kind"] == "pillar" else code


@cache
def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _wordings() -> dict[str, str]:
    """The words of each row in the text, at the place that the pack gives; without the number before them. The titles that the pack shows are
    its own short words."""
    text = TEXT.read_bytes().decode("utf-8", "replace")
    return {
        place["thing"]: plain(_NUMBER.sub("", text[place["start"] : place["start"] + place["length"]]))
        for place in _toml(EDITION / "quotations.toml")["quotation"]
        if place["document"] == "strategy-ocr"
    }


def _leads(row: Mapping[str, Any]) -> str:
    return "; ".join(sorted(one["organisation"] for one in row["participation"] if one["part"] == "lead"))


def _named(lead: str) -> str:
    """The organisations of the pack that a lead names: by its name, its short name, or its name without "of Belize"."""
    names: dict[str, str] = {}
    for one in _toml(PACK / "organisations.toml")["organisation"]:
        for name in (one["name"], one.get("short_name", ""), one["name"].removesuffix(" of Belize")):
            names.setdefault(plain(name), one["code"])
    found = [re.sub(r"\s*\(.*\)$", "", name) for name in lead.split(";") if name.strip()]
    return "; ".join(sorted(names.get(plain(name), name.strip()) for name in found))


def _term(row: Mapping[str, Any]) -> str:
    """The term that the pack gives of an action in its text, in months."""
    found = _TERM.search(row["public_text"])
    return str(_MONTHS[found["length"]]) if found else ""


def _months(rows: list[dict[str, Any]]) -> dict[int, str]:
    """The length in months of the term of each row, as the text defines it."""
    text = TEXT.read_bytes().decode("utf-8", "replace")
    words = {row["number"]: str(row["fields"].get("due_as_found") or "") for row in rows}
    terms = {term.words: str(term.months) for term in terms_in(text, words.values())}
    return {number: terms.get(plain(found), "") for number, found in words.items() if found}


def lines(found: Agreement) -> Iterator[str]:
    for what, count in found.compared.items():
        yield f"{what}: {found.agree[what]} of {count} agree"
    for (what, row), (pack, read) in found.differ.items():
        yield f"{what} of {row}: the pack has “{pack}”, the import “{read}”"


def profile() -> str:
    outline = outline_of(read_document(TEXT, openers=OPENERS))
    return as_toml(outline, steps_of(outline, (*PRESSES, *LAST_WORDS)), name=TEXT.name, with_words=False)


if __name__ == "__main__":
    if "--write" in sys.argv:
        PROFILE.parent.mkdir(exist_ok=True)
        PROFILE.write_text(profile(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(lines(compared(command(Path(folder))))))
