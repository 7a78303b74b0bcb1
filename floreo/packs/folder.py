"""A pack's folder: which files it may hold, what pack.toml says of them, and the hash over them all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.utils.translation import override
from pydantic import AfterValidator, BaseModel, Field

from floreo.core import languages
from floreo.core.language_codes import SOURCE
from floreo.core.pack import Code, Day, Strict
from floreo.offers import pack_files, pack_shapes
from floreo.organisations.pack import CountryShape
from floreo.organisations.pack.shape import ActionFieldShape, BrandingShape, LevelShape, TermShape, one_to_four
from floreo.packs.problems import Problem, did_you_mean

PAGES = ("about", "privacy", "accessibility", "report")
SHAPES_FILE = "geo/districts.geojson"
_PAGE = re.compile(rf"^pages/({'|'.join(PAGES)})\.([a-z]{{2,3}})\.md$")
_EDITION = re.compile(r"^editions/([A-Za-z0-9][A-Za-z0-9._-]*)/([a-z_]+\.toml)$")
# The marks by which the plan of an edition is made again from its document: read by `floreo strategy import --profile`, checked with the pack.
_MARKS = re.compile(r"^editions/[A-Za-z0-9][A-Za-z0-9._-]*/marks/[A-Za-z0-9][A-Za-z0-9._-]*\.toml$")
ACCOUNTS_FILE = "accounts.toml"


class FileShape(Strict):
    """[[file]] in pack.toml: where a file, or all files that a pattern names, came from."""

    path: str
    source: str
    licence: str
    retrieved: Day | None = None
    note: str = ""


class SourceShape(Strict):
    """[[source]] in pack.toml: a source that rows name by its key, as source_key = "..."."""

    key: str
    title: str
    url: str = ""


class CheckedShape(Strict):
    """[checked] in the pack.toml of a sample country: who checked its rows that say `confirmed`, and when."""

    by: str
    on: Day


class PackShape(Strict):
    """pack.toml."""

    code: Code
    title: str
    version: str
    country: CountryShape
    checked: CheckedShape | None = None
    level: Annotated[list[LevelShape], AfterValidator(one_to_four)] = Field(default_factory=list)
    term: list[TermShape] = Field(default_factory=list)
    action_field: list[ActionFieldShape] = Field(default_factory=list)
    branding: BrandingShape = Field(default_factory=BrandingShape)
    file: list[FileShape] = Field(default_factory=list)
    source: list[SourceShape] = Field(default_factory=list)


def language_notes(codes: Sequence[str]) -> list[str]:
    """What readers of a language without a catalogue get, for whoever loads the pack: no fault, and nothing is refused."""
    with languages.of_site(codes), override(SOURCE):
        return [
            f"The interface is not translated into {languages.name(code)} ({code}): its readers get it in "
            f"{languages.name(languages.interface(code))}."
            for code in codes
            if code not in languages.shipped()
        ]


def files_in(folder: Path) -> dict[str, Path]:
    """Every file of the pack by its path inside it; hidden files are not part of it."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: path for name, path in found.items() if not any(part.startswith(".") for part in name.split("/"))}


def library_files() -> dict[str, Path]:
    """The frameworks that ship with the product, as "frameworks/gci-v5.toml": they are read with every pack."""
    home = next((Path(d) for d in settings.FRAMEWORK_DIRS if Path(d).is_dir()), None)
    return {f"frameworks/{p.name}": p for p in sorted(home.glob("*.toml"))} if home else {}


def is_framework(name: str) -> bool:
    """Whether a file of the pack is a framework that it brings itself: frameworks/aci-2.toml."""
    return fnmatch(name, "frameworks/*.toml")


def shipped_files() -> dict[str, Path]:
    """Files of a pack that come with the product, as "shipped/playbooks.toml": they too are read with every pack."""
    return {f"shipped/{file.name}": file.shipped for file in pack_files().values() if file.shipped}


def top_files() -> list[str]:
    """Files at the top of a pack, in the order in which they are read."""
    return [*(file.name for file in pack_files().values() if not file.in_edition), ACCOUNTS_FILE]


def edition_files() -> list[str]:
    """Files in the folder of an edition."""
    return [file.name for file in pack_files().values() if file.in_edition]


def _fields_of(shape: type[BaseModel]) -> list[str]:
    """Each field with its type and its default, as they are in every process: without places in memory."""
    known = (f"{name}: {each.annotation!r} = {each.default!r}" for name, each in shape.model_fields.items())
    return [re.sub(r" at 0x[0-9a-f]+", "", one) for one in known]


@cache
def shapes_digest() -> str:
    """SHA-256 over the fields of every shape: when one gains a field, packs already loaded are read again."""
    shapes = {*pack_shapes(), *(shape for file in pack_files().values() for shape in file.tables.values())}
    known = {f"{shape.__module__}.{shape.__qualname__}": _fields_of(shape) for shape in shapes}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def digest_of(folder: Path) -> str:
    """SHA-256 over names and contents, of what ships with the product too: the same hash means the same pack."""
    total = hashlib.sha256(shapes_digest().encode())
    for name, path in (files_in(folder) | library_files() | shipped_files()).items():
        content = path.read_bytes()
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def read_text(path: Path, name: str) -> str | Problem:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return Problem(name, "", "", "is not UTF-8; save it as UTF-8 text")


def read_toml(path: Path, name: str) -> dict[str, Any] | Problem:
    """The tables of a TOML file, or the sentence that says where it breaks off. Numbers keep their digits."""
    text = read_text(path, name)
    if isinstance(text, Problem):
        return text
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as wrong:
        return Problem(name, "", "", f"is not valid TOML: {wrong}")


def read_csv(path: Path, name: str) -> list[dict[str, str]] | Problem:
    """The rows of a CSV file with a header, without their empty cells, or the sentence that says where it breaks off."""
    text = read_text(path, name)
    if isinstance(text, Problem):
        return text
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        for row in reader:
            if None in row:
                return Problem(name, "", "", f"line {reader.line_num} has more cells than the header")
            rows.append({column: cell for column, cell in row.items() if cell})
    except csv.Error as wrong:
        return Problem(name, "", "", f"is not valid CSV: line {reader.line_num}: {wrong}")
    return rows


def page_of(name: str) -> tuple[str, str] | None:
    """(page, language) of pages/about.en.md."""
    match = _PAGE.match(name)
    return (match[1], match[2]) if match else None


def edition_of(name: str) -> tuple[str, str] | None:
    """(edition, file) of editions/2020-2023/plan.toml."""
    match = _EDITION.match(name)
    return (match[1], match[2]) if match and match[2] in edition_files() else None


def is_marks(name: str) -> bool:
    """Whether a file holds the marks of a document: editions/2020-2023/marks/strategy.toml."""
    return bool(_MARKS.match(name))


def _is_read(name: str) -> bool:
    return (
        name in ("pack.toml", "README.md", SHAPES_FILE, *top_files())
        or name.startswith(("documents/", "evidence/", "branding/", "laws/", "reports/"))
        or is_framework(name)
        or is_marks(name)
        or page_of(name) is not None
        or edition_of(name) is not None
    )


def file_problems(files: Mapping[str, Path], notes: list[FileShape], *, is_sample: bool) -> list[Problem]:
    """Files that nothing reads, that no [[file]] covers, or that such a pack may not hold; and notes on nothing."""
    problems = []
    for name in files:
        if not _is_read(name):
            hint = did_you_mean(name, (*top_files(), SHAPES_FILE))
            problems.append(Problem(name, "", "", f"nothing reads this file{hint}"))
        if name != "pack.toml" and not any(fnmatch(name, note.path) for note in notes):
            sentence = "no [[file]] in pack.toml says where this file comes from and under which licence"
            problems.append(Problem(name, "", "", sentence))
    for note in notes:
        if not any(fnmatch(name, note.path) for name in files):
            problems.append(Problem("pack.toml", f"file “{note.path}”", "path", "names no file of this pack"))
    if not is_sample:
        problems += [
            Problem(name, "", "", f"{what} are entered in the workspace, never in the files of a real country")
            for name, what in (("accounts.toml", "accounts"), ("people.toml", "people"))
            if name in files
        ]
        problems += [
            Problem(name, "", "", "reports of a real country come in by its feeds, never with its files")
            for name in files
            if name.startswith("reports/")
        ]
        problems += [
            Problem(file.name, "", "", file.only_sample)
            for file in pack_files().values()
            if file.only_sample and file.name in files
        ]
    return problems
