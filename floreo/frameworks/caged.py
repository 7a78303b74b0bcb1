"""The items of a publisher's own file, read in a cage (core/cage.py): an OSCAL catalogue (JSON, of NIST's schema 1.x), a workbook
(XLSX) or a CSV with a header. Imports no Django."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.workbooks import OLD_EXCEL, Wrong, what_is_wrong

LOADS = ("openpyxl", "openpyxl.reader.excel")
FIELDS = ("code", "title", "text", "parent", "kind")  # what a column may hold
# Column names that need no --map, in lower case.
GUESSES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "id", "identifier", "number", "no", "no.", "código", "número"),
    "title": ("title", "name", "título", "nombre"),
    "text": ("text", "question", "wording", "statement", "description", "requirement", "texto", "pregunta"),
    "parent": ("parent", "part", "parte"),
    "kind": ("kind", "type", "clase"),
}
MOST_BYTES = 64 * 1024 * 1024  # also unpacked
MOST_PARTS = 500  # of a workbook
MOST_ITEMS = 20_000
MOST_COLUMNS = 100
HEADER_ROWS = 20  # within which the header is
MOST_TEXT = 20_000  # characters of one item
_SECONDS = 60  # of processor time
CUT = " […]"  # at the end of a text that is longer than that
_INSERT = re.compile(r"\{\{\s*insert:\s*param,\s*([^}\s]+)\s*\}\}")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")  # OSCAL's prose is Markdown
_NOT_OF_A_CODE = re.compile(r"[^A-Za-z0-9._-]+")
MOST_CODE = 40  # characters of a code that is made here


class Unfit(Exception):  # noqa: N818 -- it is the file that is not fit
    """A file that holds no items. `code` says why, `detail` names what was found instead."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class FileItem:
    """One item as the file has it. `codes`: its identifier, and how the file labels it where that differs."""

    codes: tuple[str, ...]
    heading: str
    text: str
    parent: str  # identifier of the item that holds it; empty at the top
    kind: str
    is_group: bool = False  # holds items and is none itself


@dataclass(frozen=True)
class ItemsRead:
    """A publisher's file: what it calls itself, its items in its order, and how many of its items are withdrawn."""

    title: str
    items: tuple[FileItem, ...]
    withdrawn: int


def caged(path: Path, *, columns: Mapping[str, str]) -> dict[str, Any]:
    """Runs inside. `columns`: the column of each field that the caller maps, {"text": "Question"}."""
    content = path.read_bytes()
    try:
        title, items, withdrawn = _read(content, columns)
    except Unfit as refusal:
        return {"unfit": refusal.code, "detail": refusal.detail}
    return {"title": title, "items": items, "withdrawn": withdrawn}


def items_in_a_cage(content: bytes, columns: Mapping[str, str]) -> ItemsRead:
    """The items of a publisher's file, at most MOST_ITEMS. Raises Unfit, also for a file that takes more memory or time than one may."""
    try:
        given = cage.run(caged.__module__, content, seconds=_SECONDS, columns=dict(columns)).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        raise Unfit("too_large" if end.reason in cage.TOO_MUCH else "unreadable") from end
    if "unfit" in given:
        raise Unfit(str(given["unfit"]), str(given["detail"]))
    items = tuple(
        FileItem(
            tuple(map(str, i["codes"])),
            str(i["heading"]),
            str(i["text"]),
            str(i["parent"]),
            str(i["kind"]),
            bool(i.get("is_group")),
        )
        for i in given["items"]
    )
    return ItemsRead(str(given["title"]), items, int(given["withdrawn"]))


def _read(content: bytes, columns: Mapping[str, str]) -> tuple[str, list[dict[str, Any]], int]:
    if len(content) > MOST_BYTES:
        raise Unfit("too_large")
    if content.startswith(b"PK\x03\x04"):
        return "", _of_rows(_sheets(content), columns), 0
    if content.startswith(OLD_EXCEL):
        raise Unfit("old_excel")
    if content.startswith(b"%PDF") or b"\0" in content[:4096]:
        raise Unfit("not_readable")
    text = _text(content)
    if text.lstrip().startswith(("{", "[")):
        return _of_catalogue(text)
    return "", _of_rows([_csv_rows(text)], columns), 0


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# An OSCAL catalogue: https://pages.nist.gov/OSCAL-Reference/models/latest/catalog/json-reference/


def _of_catalogue(text: str) -> tuple[str, list[dict[str, Any]], int]:
    try:
        document = json.loads(text)
        catalogue = document.get("catalog") if isinstance(document, dict) else None
        if not isinstance(catalogue, dict):
            raise Unfit(
                "not_a_catalogue", ", ".join(sorted(map(str, document))[:5]) if isinstance(document, dict) else ""
            )
        metadata = catalogue.get("metadata", {})
        title = " ".join(filter(None, [str(metadata.get("title", "")), str(metadata.get("version", ""))]))
        reader = _Catalogue(catalogue)
        items = list(islice(reader.items(catalogue), MOST_ITEMS + 1))
        if len(items) > MOST_ITEMS:
            raise Unfit("too_many")
    except RecursionError as deep:
        raise Unfit("unreadable") from deep
    except (ValueError, TypeError, AttributeError, KeyError) as wrong:
        raise Unfit("unreadable") from wrong
    if not items:
        raise Unfit("no_items")
    return title[:500], items, reader.withdrawn


class _Catalogue:
    """Groups and controls of a catalogue, each before what it holds. Groups that hold no control are prose, and left out."""

    def __init__(self, catalogue: dict[str, Any]) -> None:
        self.withdrawn = 0
        self.seen = set[str]()
        self.parameters = {str(p["id"]): p for p in _parameters(catalogue)}  # also those of a control above
        self.taken = {str(one["id"]).casefold() for one in _below(catalogue) if one.get("id")}

    def items(self, holder: dict[str, Any], parent: str = "", group: str = "") -> Iterator[dict[str, Any]]:
        """What hangs below `holder`; siblings in the order of their sort-id where each has one. `group`: the code of the
        nearest group above."""
        groups = {id(one) for one in holder.get("groups", [])}
        below = [*holder.get("groups", []), *holder.get("controls", [])]
        keys = [_prop(one, "sort-id") for one in below]
        if all(keys):
            below = [one for _key, one in sorted(zip(keys, below, strict=True), key=lambda pair: pair[0])]
        for one in below:
            is_group = id(one) in groups
            if is_group and not _has_control(one):
                continue
            labels = [str(p.get("value", "")) for p in one.get("props", []) if p.get("name") == "label"]
            code = self._code(one, labels)
            if code in self.seen:
                raise Unfit("twice", code[:40])
            self.seen.add(code)
            if _prop(one, "status").lower() == "withdrawn":
                self.withdrawn += 1
                for _inside in self.items(one, code, group):  # counts those that say so themselves
                    self.withdrawn += 1
                continue
            # An enhancement adds to its control, and is chosen and rated apart from it: it hangs beside it.
            above = group if not is_group and "enhancement" in str(one.get("class", "")).lower() else parent
            heading = " ".join(str(one.get("title", "")).split())
            yield {
                "codes": list(dict.fromkeys(filter(None, [code, str(one.get("id", "")), *labels]))),
                "heading": "" if _only_names(heading, [code, str(one.get("id", "")), *labels]) else heading[:500],
                "text": self._prose(one),
                "parent": above,
                "kind": str(one.get("class", "")),
                "is_group": is_group,
            }
            yield from self.items(one, code, code if is_group else group)

    def _code(self, one: dict[str, Any], labels: Sequence[str]) -> str:
        """The identifier, written as its label is where they differ in capitals and brackets alone: "AC-2.1" of "ac-2.1"
        with "AC-2(1)". What has none gets one from its title."""
        if identifier := str(one.get("id", "")).strip():
            plain = (re.sub(r"\((\w+)\)", r".\1", label) for label in labels)
            return next((label for label in plain if label.casefold() == identifier.casefold()), identifier)
        words = (
            _NOT_OF_A_CODE.sub("-", str(one.get("title", ""))).strip("-._")[: MOST_CODE - 5].rstrip("-._") or "group"
        )
        code, n = words, 1
        while code.casefold() in self.taken:
            n += 1
            code = f"{words}-{n}"
        self.taken.add(code.casefold())
        return code

    def _prose(self, one: dict[str, Any]) -> str:
        """The statement of a control with the parts inside it, a line each; without a statement its overview."""

        def lines(parts: Sequence[dict[str, Any]], names: set[str], depth: int) -> Iterator[str]:
            for part in parts:
                if str(part.get("name")) in names and depth < 10:
                    yield " ".join(filter(None, [_prop(part, "label"), self._filled(str(part.get("prose") or ""))]))
                    yield from lines(part.get("parts", []), {*names, "item"}, depth + 1)

        parts = one.get("parts", [])
        text = "\n".join(filter(None, lines(parts, {"statement", "item"}, 0)))
        text = text or "\n".join(filter(None, lines(parts, {"overview", "item"}, 0)))
        text = _LINK.sub(r"\1", text).replace("**", "")
        return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - len(CUT)] + CUT

    def _filled(self, prose: str, depth: int = 0) -> str:
        return _INSERT.sub(lambda found: f"[{self._parameter(found[1], depth)}]", prose)

    def _parameter(self, name: str, depth: int) -> str:
        """What a parameter asks for: its label, or the choice that it gives, in the words of NIST SP 800-53."""
        given = self.parameters.get(name, {})
        choice = given.get("select") or {}
        if choice.get("choice") and depth < 5:
            words = "; ".join(self._filled(str(one), depth + 1) for one in choice["choice"])
            several = " (one or more)" if choice.get("how-many") == "one-or-more" else ""
            return f"Selection{several}: {words}"
        return str(given.get("label") or name)


def _parameters(catalogue: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in (catalogue, *_below(catalogue)):
        yield from (p for p in one.get("params", []) if p.get("id"))


def _below(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in (*holder.get("groups", []), *holder.get("controls", [])):
        yield one
        yield from _below(one)


def _has_control(group: dict[str, Any]) -> bool:
    return bool(group.get("controls")) or any(map(_has_control, group.get("groups", [])))


def _only_names(heading: str, codes: Sequence[str]) -> bool:
    """Whether a title says no more than the code: "GV.PO-01", "Control: ism-1997"."""
    rest = re.sub(r"^\w+:\s+", "", heading).casefold()
    return any(code and code.casefold() in (heading.casefold(), rest) for code in codes)


def _prop(one: dict[str, Any], name: str) -> str:
    return next((str(p.get("value", "")) for p in one.get("props", []) if p.get("name") == name), "")


# A table of items: the first row that names a column of codes and one of words is the header


def _csv_rows(text: str) -> list[list[str]]:
    first = text[:10_000]
    delimiter = max((",", ";", "\t"), key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        return [
            row[:MOST_COLUMNS] for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), MOST_ITEMS + 50)
        ]
    except csv.Error as wrong:
        raise Unfit("unreadable") from wrong


def _sheets(content: bytes) -> list[list[list[str]]]:
    import openpyxl  # late: large, and only the cage loads it (LOADS)

    if wrong := what_is_wrong(content, most_parts=MOST_PARTS, most_bytes=MOST_BYTES):
        raise Unfit({Wrong.NOT_ONE: "not_readable"}.get(wrong, wrong.value))
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return [
            [
                [_cell(value) for value in row]
                for row in islice(page.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ITEMS + 50)
            ]
            for page in book.worksheets[:50]
        ]
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever a broken file makes the reader raise
        raise Unfit("unreadable") from error


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _of_rows(sheets: Sequence[list[list[str]]], columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Items of the first sheet with a header that fits."""
    for rows in sheets:
        for n, row in enumerate(rows[:HEADER_ROWS]):
            places = _places([" ".join(cell.split()) for cell in row], columns)
            if "code" in places and ({"title", "text"} & set(places)):
                return _items(rows[n + 1 :], places)
    seen = next((row for rows in sheets for row in rows[:HEADER_ROWS] if sum(map(bool, row)) > 1), [])
    raise Unfit("no_header", ", ".join(" ".join(cell.split()) for cell in seen if cell.strip())[:300])


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Which field is in which column. What the caller maps wins; every mapped column has to be there."""
    lower = [name.lower() for name in header]
    mapped = {field: column.lower() for field, column in columns.items()}
    if not all(column in lower for column in mapped.values()):
        return {}
    found = {field: lower.index(column) for field, column in mapped.items()}
    for field, names in GUESSES.items():
        place = next((n for n, name in enumerate(lower) if name in names and n not in found.values()), None)
        if field not in found and place is not None:
            found[field] = place
    return found


def _items(rows: list[list[str]], places: dict[str, int]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in rows:
        value = {f: row[n].strip() if n < len(row) else "" for f, n in places.items()}
        value |= {f: " ".join(v.split()) for f, v in value.items() if f != "text"}  # a text keeps its lines
        if not value["code"] or not (value.get("title") or value.get("text")):
            continue
        if value["code"].lower() in seen:
            raise Unfit("twice", value["code"][:40])
        seen.add(value["code"].lower())
        title, text = value.get("title", ""), value.get("text", "")
        items.append(
            {
                "codes": [value["code"]],
                "heading": title[:500],
                "text": text[:MOST_TEXT],
                "parent": value.get("parent", ""),
                "kind": value.get("kind", ""),
            }
        )
        if len(items) > MOST_ITEMS:
            raise Unfit("too_many")
    if not items:
        raise Unfit("no_items")
    return items
