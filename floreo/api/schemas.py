"""Response and query shapes, made from a table's columns and filters, so that the OpenAPI says what really comes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Optional

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema, create_model
from pydantic.json_schema import JsonSchemaValue

from floreo.core.tables import CellKind, Column, Table

_Date = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
_Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
CELLS: dict[CellKind, Any] = {
    CellKind.TEXT: str,
    CellKind.WHOLE: int,
    CellKind.DECIMAL: int | float,
    CellKind.DATE: _Date,
    CellKind.MOMENT: _Moment,
    CellKind.FLAG: bool,
    CellKind.LINK: str,
    CellKind.LIST: list[Any],
}
# No NUL: PostgreSQL keeps none in text, so nothing could match.
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00/]+$")]
Place = Annotated[str, Field(max_length=2000, pattern=r"^[A-Za-z0-9_-]*$")]
MOST, USUAL = 200, 50


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.replace("-", "_").split("_"))


class TableRow(BaseModel):
    """A row of a table. Its columns for each language of the site are not fields: which languages there are is asked when a row or
    the document of the API is made, since the pack may name others tomorrow."""

    model_config = ConfigDict(extra="allow")
    table: ClassVar[Table]

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler.resolve_ref_schema(handler(core))
        described.pop("additionalProperties", None)
        known = described["properties"]
        for column in cls.table.columns_for(None):
            known.setdefault(column.name, _of_a_language(column))
        described["properties"] = {column.name: known[column.name] for column in cls.table.columns_for(None)}
        described["required"] = [*described["properties"]]
        return described


def _of_a_language(column: Column) -> dict[str, Any]:
    """As pydantic describes a text that may be null."""
    kinds = [{"type": "string"}, {"type": "null"}]
    return {"anyOf": kinds, "title": str(column.title), "description": str(column.help)}


def row_schema(table: Table) -> type[TableRow]:
    """One row: every public column, each of which may be null."""
    fields: dict[str, Any] = {
        column.name: (Optional[CELLS[column.kind]], Field(..., title=str(column.title), description=str(column.help)))  # noqa: UP045 -- a type made at run time
        for column in table.declared
        if isinstance(column, Column) and column in table.columns_for(None)
    }
    made = create_model(f"{_camel(table.name)}Row", __base__=TableRow, __doc__=str(table.help), **fields)
    made.table = table
    return made


def page_schema(table: Table, row: type[TableRow]) -> type[Schema]:
    """A page of rows: `next` is the address of the following page, or null on the last."""
    return create_model(
        f"{_camel(table.name)}Page",
        __base__=Schema,
        items=(list[row], ...),  # type: ignore[valid-type]  # a model made at run time
        next=(str | None, ...),
        total=(int, ...),
    )


def query_schema(table: Table) -> type[Schema]:
    """What a list may be asked: words, the table's filters, where to go on, and how many."""
    fields: dict[str, Any] = {
        "q": (Words, Field("", description="Rows that hold every one of these words")),
        "after": (Place, Field("", description="Go on after this place; take it from `next`")),
        "limit": (int, Field(USUAL, ge=1, le=MOST, description="Rows a page")),
    }
    for each in table.filters:
        fields[each.name] = (Words, Field("", description=f"{each.title}: only rows with this value"))
    return create_model(f"{_camel(table.name)}Query", __base__=Schema, **fields)


class ColumnOut(Schema):
    name: str
    title: str
    help: str
    datatype: str


class TableOut(Schema):
    name: str
    title: str
    help: str
    href: str
    columns: list[ColumnOut]


class IndexOut(Schema):
    """Where everything is."""

    tables: list[TableOut]
    openapi: str
    catalogue: str


class HeadOut(Schema):
    """The newest link of the audit chain. Keep it, and compare later: `floreo audit verify --head` says whether it is
    still in the chain."""

    number: int
    hash: str
    at: Optional[_Moment]  # noqa: UP045 -- an annotated type that WithJsonSchema must see


class FeatureOut(Schema):
    type: str
    id: str
    properties: dict[str, Any]
    geometry: dict[str, Any] | None


class GeoJsonOut(Schema):
    """RFC 7946."""

    type: str
    features: list[FeatureOut]


class ActionOut(Schema):
    code: str
    title: str
    status: str
    starts_on: Optional[_Date]  # noqa: UP045 -- as above
    due_on: Optional[_Date]  # noqa: UP045 -- as above
    href: str


class LevelOut(Schema):
    """A level of the plan: its name in this API, and what the country calls one and several, in the language asked for."""

    level: str
    one: str
    many: str


class ObjectiveOut(Schema):
    code: str
    above: str  # in a plan of four levels: code of the objective that it is a part of
    title: str
    official_wording: str
    actions: list[ActionOut]


class PillarOut(Schema):
    code: str
    title: str
    official_wording: str
    counts: dict[str, int]
    objectives: list[ObjectiveOut]
    actions: list[ActionOut]  # right under it, in a plan without objectives


class PlanOut(Schema):
    """An edition as a tree, with the status of its public actions."""

    edition: str
    title: str
    starts_on: Optional[_Date]  # noqa: UP045 -- as above
    ends_on: Optional[_Date]  # noqa: UP045 -- as above
    counts: dict[str, int]
    levels: list[LevelOut]
    pillars: list[PillarOut]
    actions: list[ActionOut]  # in a plan that has no other level
