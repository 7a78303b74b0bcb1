"""A workbook (XLSX, XLS, ODS) as sheets of text, read in a cage (core/cage.py). Nothing in it is computed: a formula counts as the value
that the spreadsheet program saved, and one without a value is named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.workbooks import OLD_EXCEL
from floreo.imports.grid import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, NO_VALUE, Grid, as_text, filled

LOADS = ("python_calamine", "lxml.etree", "zipfile")
MOST_BYTES = 320 * 1024 * 1024  # unpacked
MOST_PARTS = 2_000
MOST_SHEETS = 200
MEMORY = 1536 * 1024 * 1024
OUTPUT = 256 * 1024 * 1024
_SECONDS = 90  # of processor time
_ODS_SHEETS = b"application/vnd.oasis.opendocument.spreadsheet"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


class Unfit(Exception):  # noqa: N818 -- it is the file that is not fit
    """A workbook that is not read. `code` says why; `facts` are for its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def sheets_in_a_cage(content: bytes) -> list[Grid]:
    """Every sheet that is not hidden. Raises Unfit, also for a workbook that takes more memory or time than one may."""
    try:
        given = cage.run(__name__, content, seconds=_SECONDS, memory=MEMORY, output=OUTPUT).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        raise Unfit("too_large" if end.reason in cage.TOO_MUCH else "unreadable") from end
    if "unfit" in given:
        raise Unfit(str(given["unfit"]), **given.get("facts", {}))
    return [Grid.from_json(sheet) for sheet in given["sheets"]]


# Inside


def caged(path: Path) -> dict[str, Any]:
    """Runs inside."""
    content = path.read_bytes()
    try:
        _must_be_sane(content)
        return {"sheets": [sheet.as_json() for sheet in _sheets(content)]}
    except Unfit as refusal:
        return {"unfit": refusal.code, "facts": refusal.facts}


def _must_be_sane(content: bytes) -> None:
    """Refuses, before a reader opens it, an archive that unpacks to far too much, what is none, and what has a password."""
    if content.startswith(OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unfit("locked")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise Unfit("too_large")
            if "xl/workbook.xml" in names:
                _must_not_be_too_tall(packed, names)
            elif "mimetype" not in names or not packed.read("mimetype").startswith(_ODS_SHEETS):
                raise Unfit("not_a_workbook")
            elif b"encryption-data" in packed.read("META-INF/manifest.xml"):
                raise Unfit("locked")
    except (zipfile.BadZipFile, ValueError, KeyError, NotImplementedError, EOFError, OSError) as error:
        raise Unfit("unreadable") from error


_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')


def _must_not_be_too_tall(packed: zipfile.ZipFile, names: set[str]) -> None:
    """What a sheet says of its own size, so that a far too large one is refused with its number, and at once."""
    for name in sorted(names):
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            with packed.open(name) as part:
                found = _DIMENSION.search(part.read(4_096))
            # A sheet may only be formatted that far down: then it has no cells there, and is small.
            is_tall = found is not None and int(found[2]) > MOST_ROWS + 100
            if found and is_tall and packed.getinfo(name).file_size > 20 * int(found[2]):
                raise Unfit("too_many", rows=int(found[2]))


def _sheets(content: bytes) -> Iterator[Grid]:
    import python_calamine as calamine  # late: large, and only the cage loads it (LOADS)

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            (place, sheet)
            for place, sheet in enumerate(book.sheets_metadata[:MOST_SHEETS])
            if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        marks = _marks(content)
        seen = 0
        for place, sheet in visible:
            page = book.get_sheet_by_index(place)
            if page.total_height > MOST_ROWS + 100 and page.height > MOST_ROWS:
                raise Unfit("too_many", rows=page.total_height)
            of_sheet = marks.get(place) or Marks()
            grid = _grid(sheet.name, page, of_sheet)
            seen += sum(map(bool, (cell for row in grid.rows for cell in row)))
            if seen > MOST_CELLS:
                raise Unfit("too_large")
            yield grid
    except calamine.PasswordError as error:
        raise Unfit("locked") from error
    except calamine.CalamineError as error:
        raise Unfit("unreadable") from error


def _grid(title: str, page: Any, marks: Marks) -> Grid:
    rows = []
    for y, values in enumerate(page.to_python(skip_empty_area=False)):
        if any(value != "" for value in values[MOST_COLUMNS:]):
            raise Unfit("too_wide")
        row = [
            as_text(value, is_percentage=(y, x) in marks.percentages) for x, value in enumerate(values[:MOST_COLUMNS])
        ]
        rows.append(row)
    for y, x in marks.without_value:
        rows += [[] for _missing in range(len(rows), y + 1)] if y < MOST_ROWS else []
        if y < len(rows) and x < MOST_COLUMNS:
            rows[y] += [""] * (x + 1 - len(rows[y]))
            rows[y][x] = NO_VALUE
    ranges = [(a, b, c, d) for (a, b), (c, d) in page.merged_cell_ranges or []]
    across = filled(rows, ranges + marks.merged)
    for row in rows:
        while row and not row[-1]:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return Grid(title[:200], rows, across)


# What the reader leaves out: which cells are percentages, which are formulas without a value, and of ODS which are merged.


@dataclass
class Marks:
    """Places from 0: (row, column)."""

    percentages: set[tuple[int, int]] = field(default_factory=set)
    without_value: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def _marks(content: bytes) -> dict[int, Marks]:
    """By the place of the sheet in the workbook. Of files of Excel before 2007 nothing is known."""
    if content.startswith(OLD_EXCEL):
        return {}
    from lxml import etree  # late: large, and only the cage loads it (LOADS)

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if "xl/workbook.xml" in packed.namelist():
                return _marks_of_xlsx(packed)
            with packed.open("content.xml") as part:
                return _marks_of_ods(part)
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError) as error:
        raise Unfit("unreadable") from error


_CELL = re.compile(rb"<c ([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_VALUE = re.compile(rb"<v>[^<]|<is>")


def _marks_of_xlsx(packed: zipfile.ZipFile) -> dict[int, Marks]:
    percentages = _percentage_styles(packed)
    found = {}
    for place, name in enumerate(_parts_of_sheets(packed)):
        if name not in packed.namelist():
            continue
        text = packed.read(name)
        has_errors = b't="e"' in text
        if not percentages and b"<f" not in text and not has_errors:
            continue
        marks = found[place] = Marks()
        for attributes, inner in _CELL.findall(text):
            style = _STYLE.search(attributes)
            is_percentage = style is not None and style[1] in percentages
            is_error = has_errors and b't="e"' in attributes
            is_empty = b"<f" in inner and not _VALUE.search(inner)
            if (is_percentage or is_error or is_empty) and (at := _PLACE.search(attributes)):
                y, x = int(at[2]) - 1, _column(at[1])
                if is_error or is_empty:
                    marks.without_value.append((y, x))
                else:
                    marks.percentages.add((y, x))
    return found


def _column(name: bytes) -> int:
    number = 0
    for each in name:
        number = number * 26 + each - 64
    return number - 1


def _tree(data: bytes) -> Any:
    from lxml import etree  # late: large, and only the cage loads it (LOADS)

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def _parts_of_sheets(packed: zipfile.ZipFile) -> list[str]:
    """The part of each sheet, in the workbook's order."""
    links = {
        each.get("Id"): str(each.get("Target")).removeprefix("/xl/").removeprefix("xl/")
        for each in _tree(packed.read("xl/_rels/workbook.xml.rels")).iter("{*}Relationship")
    }
    sheets = _tree(packed.read("xl/workbook.xml")).iter("{*}sheet")
    ids = (next((v for k, v in each.attrib.items() if str(k).endswith("}id")), "") for each in sheets)
    return [f"xl/{links.get(each, '')}" for each in ids]


def _percentage_styles(packed: zipfile.ZipFile) -> set[bytes]:
    """Numbers of the cell styles that show a percentage."""
    if "xl/styles.xml" not in packed.namelist():
        return set()
    tree = _tree(packed.read("xl/styles.xml"))
    formats = {"9", "10"} | {
        str(each.get("numFmtId")) for each in tree.iter("{*}numFmt") if "%" in str(each.get("formatCode"))
    }
    styles = next(tree.iter("{*}cellXfs"), ())
    return {str(n).encode() for n, each in enumerate(styles) if str(each.get("numFmtId")) in formats}


def _marks_of_ods(part: Any) -> dict[int, Marks]:
    from lxml import etree  # late: large, and only the cage loads it (LOADS)

    found: dict[int, Marks] = {}
    place, y, x = -1, 0, 0
    steps = etree.iterparse(
        part, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for event, element in steps:
        name = element.tag
        if event == "start" and name == f"{_TABLE}table":
            place, y = place + 1, 0
            found[place] = Marks()
        elif event == "start" and name == f"{_TABLE}table-row":
            x = 0
        elif event == "end" and name in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"} and place >= 0:
            _mark_of_ods(element, found[place], y, x)
            x += min(int(element.get(f"{_TABLE}number-columns-repeated") or 1), MOST_COLUMNS + 1)
            element.clear()
        elif event == "end" and name == f"{_TABLE}table-row":
            y += min(int(element.get(f"{_TABLE}number-rows-repeated") or 1), MOST_ROWS * 100)
            element.clear()
    return found


def _mark_of_ods(cell: Any, marks: Marks, y: int, x: int) -> None:
    if x >= MOST_COLUMNS or y >= MOST_ROWS:
        return
    wide = int(cell.get(f"{_TABLE}number-columns-spanned") or 1)
    high = int(cell.get(f"{_TABLE}number-rows-spanned") or 1)
    if wide > 1 or high > 1:
        marks.merged.append((y, x, y + high - 1, x + wide - 1))
    if cell.get(f"{_OFFICE}value-type") == "percentage":
        marks.percentages.add((y, x))
    if cell.get(f"{_TABLE}formula") and not cell.get(f"{_OFFICE}value-type"):
        marks.without_value.append((y, x))
