"""What each column of a table is: for people as a list, for machines as CSV on the Web (W3C, 17 December 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from floreo.core import languages
from floreo.core.tables import CellKind, Table

# XML Schema datatypes, as CSVW names them.
DATATYPES: dict[CellKind, str] = {
    CellKind.TEXT: "string",
    CellKind.WHOLE: "integer",
    CellKind.DECIMAL: "decimal",
    CellKind.DATE: "date",
    CellKind.MOMENT: "dateTimeStamp",
    CellKind.FLAG: "boolean",
    CellKind.LINK: "anyURI",
    CellKind.LIST: "string",
}


@dataclass(frozen=True)
class Entry:
    """One column of the dictionary."""

    name: str
    title: str
    help: str
    datatype: str
    is_list: bool  # in a CSV its parts are joined with "; "


def dictionary(table: Table) -> list[Entry]:
    """Its public columns, in the order of its files."""
    return [
        Entry(c.name, str(c.title), str(c.help), DATATYPES[c.kind], c.kind is CellKind.LIST)
        for c in table.columns_for(None)
    ]


def csvw(table: Table, request: HttpRequest) -> dict[str, Any]:
    """Metadata of the table's CSV file."""
    language = languages.now()
    columns: list[dict[str, Any]] = []
    for entry in dictionary(table):
        column: dict[str, Any] = {
            "name": entry.name,
            "titles": entry.name,
            "rdfs:label": {"@value": entry.title, "@language": language},
            "dc:description": {"@value": entry.help, "@language": language},
            "datatype": entry.datatype,
        }
        columns.append(column | ({"separator": "; "} if entry.is_list else {}))
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "url": request.build_absolute_uri(reverse("portal:table_file", args=[table.name, "csv"])),
        "dc:title": str(table.title),
        "dc:description": str(table.help),
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ","},
        "tableSchema": {"columns": columns, "primaryKey": table.key},
    }
