"""The shapes of the files in frameworks/, of the product and of a pack: one version of a framework a file, with its items
and mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, StringConstraints, model_validator

from floreo.core.language_codes import split
from floreo.core.pack import (
    Code,
    Number,
    PackEntry,
    Setting,
    Shape,
    SourcedShape,
    Strict,
    TranslatedShape,
    one_of,
    provenance_in,
    spoken_in,
)
from floreo.frameworks.logic import Rule, is_held
from floreo.frameworks.models import Framework, Item, Mapping, Relation, RuleChoice, Version

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=40)]


class FrameworkShape(TranslatedShape, SourcedShape):
    """[framework]: once for all its versions, in the file of any of them."""

    word: ClassVar[str] = "framework"
    makes: ClassVar[type[models.Model]] = Framework
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    short_title: str
    publisher: str
    about: str = ""
    position: int


class LevelShape(Strict):
    """One level of the scale: { value = 0, word = "None", es = "Ninguno" }."""

    value: Number
    word: str
    words: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        rest, languages = split(data, cls.model_fields)
        return {**rest, "words": languages} if languages else rest


class VersionShape(TranslatedShape, SourcedShape):
    """[version]"""

    word: ClassVar[str] = "framework_version"
    makes: ClassVar[type[models.Model]] = Version
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    framework: str
    title: str
    released: str = ""
    is_current: bool = True
    rule: Annotated[str, one_of(RuleChoice)]
    rule_text: str = ""
    levels: Annotated[list[LevelShape], Field(min_length=2)]
    unit: str = ""
    licence: str = ""
    needs_evidence: bool = False
    items_stated: Annotated[int, Field(ge=1)] | None = None
    items_kind: Kind | None = None
    items_source: str = ""
    publisher_url: str = ""
    wording_is_public: bool = False
    missing: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        values = [level.value for level in self.levels]
        if values != sorted(set(values)):
            raise ValueError("levels go from the lowest value to the highest, each once")
        return self

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.items_stated is not None and not (self.items_kind and self.items_source):
            raise ValueError(
                "items_stated needs items_kind (which items its publisher counts) and items_source beside it"
            )
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        levels = [{"value": str(v.value), "word": v.word} | v.words for v in self.levels]
        return super().fields(setting) | {"levels": levels, "items_kind": self.items_kind or ""}


class ItemShape(TranslatedShape, SourcedShape):
    """[[item]]: in the order of the questionnaire. Silent on its source, it has that of its version."""

    word: ClassVar[str] = "framework_item"
    makes: ClassVar[type[models.Model]] = Item
    owner: ClassVar[str] = "in_version"
    lookup: ClassVar[tuple[str, ...]] = ("in_version", "code")

    code: ItemCode
    title: str = ""
    kind: Kind
    parent: str = ""
    maximum: Number | None = None
    weight: Number = Decimal(1)
    is_rated: bool = True
    position: int | None = None

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"parent": f"{setting.holder}/{self.parent}" if self.parent else ""}


class MappingShape(SourcedShape):
    """[[mapping]]: an item of this file beside one of another: item = "TEC-1", other = "cmm-2021/D1.2"."""

    word: ClassVar[str] = "framework_mapping"
    makes: ClassVar[type[models.Model]] = Mapping
    lookup: ClassVar[tuple[str, ...]] = ("item", "other")

    item: str
    other: str
    relation: Annotated[str, one_of(Relation)]

    def identity(self) -> str:
        return f"{self.item} {self.other}"

    def refs(self, setting: Setting) -> dict[str, str]:
        return {"item": f"{setting.holder}/{self.item}", "other": self.other}


TABLES: dict[str, type[Strict]] = {
    "framework": FrameworkShape,
    "version": VersionShape,
    "item": ItemShape,
    "mapping": MappingShape,
}
SHAPES: tuple[type[Shape], ...] = (FrameworkShape, VersionShape, ItemShape, MappingShape)


def rows_of(shapes: Sequence[tuple[Strict, int]], setting: Setting, languages: Sequence[str]) -> Iterator[PackEntry]:
    """The rows of one file, whose items and mappings belong to its version, translated into `languages` only."""
    return (spoken_in(row, languages) for row in _rows(shapes, setting))


def _rows(shapes: Sequence[tuple[Strict, int]], setting: Setting) -> Iterator[PackEntry]:
    version = next((shape for shape, _number in shapes if isinstance(shape, VersionShape)), None)
    held = setting
    if version is not None:
        row = version.row(setting)
        held = replace(setting, holder=row.key, path=row.name, provenance=provenance_in(row.fields))
    for shape, number in shapes:
        if isinstance(shape, ItemShape | MappingShape):
            yield from shape.rows(replace(held, number=number))
        elif isinstance(shape, Shape):
            yield from shape.rows(replace(setting, number=number))


def problems_of(shapes: Sequence[tuple[Strict, int]]) -> Iterator[tuple[str, str, str]]:
    """What is wrong across one file, as (row, field, sentence)."""
    versions = [shape for shape, _number in shapes if isinstance(shape, VersionShape)]
    if len(versions) != 1:
        yield "", "version", "holds one [version], whose items these are"
        return
    items = [shape for shape, _number in shapes if isinstance(shape, ItemShape)]
    here = sum(item.kind == versions[0].items_kind and bool(item.title) for item in items)
    if is_held(here, versions[0].items_stated) and not any(item.is_rated for item in items):
        yield f"version “{versions[0].code}”", "", "has no item that can be rated"
    parents = {item.parent for item in items}
    for item in items:
        if item.is_rated and item.code in parents:
            yield f"item “{item.code}”", "is_rated", "has items below it, so these are rated; write is_rated = false"
    if versions[0].rule == Rule.ALL_BELOW and any(level.value % 1 for level in versions[0].levels):
        yield f"version “{versions[0].code}”", "levels", "are whole numbers where each stage rests on those below"
