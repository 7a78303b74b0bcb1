"""The shape of laws.toml and how its rows become objects. The texts are Akoma Ntoso files in the pack's folder laws/."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from django.db import models
from pydantic import Field

from floreo.core import languages
from floreo.core.pack import Code, Day, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.legislation.models import (
    Citation,
    Commencement,
    Instrument,
    InstrumentKind,
    LawVersion,
    Stage,
    StageState,
    TreatyStatus,
    TreatyVerdict,
    Verdict,
)
from floreo.legislation.text import akn

FOLDER = "laws"


class CitationShape(SourcedShape):
    """[[law.citation]]: a name by which it is cited."""

    word: ClassVar[str] = "law_citation"
    makes: ClassVar[type[models.Model]] = Citation
    owner: ClassVar[str] = "instrument"
    lookup: ClassVar[tuple[str, ...]] = ("instrument", "words")

    words: str
    uri: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    position: int | None = None

    def identity(self) -> str:
        return self.words


class StageShape(TranslatedShape, SourcedShape):
    """[[law.stage]]: a step of a bill."""

    word: ClassVar[str] = "law_stage"
    makes: ClassVar[type[models.Model]] = Stage
    owner: ClassVar[str] = "instrument"
    lookup: ClassVar[tuple[str, ...]] = ("instrument", "code")

    code: Code
    title: str
    state: Annotated[str, one_of(StageState)] = "next"
    starts_on: Day | None = None
    ends_on: Day | None = None
    due_on: Day | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    abstained: int | None = None
    note: str = ""
    position: int | None = None


class LawVersionShape(TranslatedShape, SourcedShape):
    """[[law.version]]: the text as it was on a day; `file` is an Akoma Ntoso file in laws/."""

    word: ClassVar[str] = "law_version"
    makes: ClassVar[type[models.Model]] = LawVersion
    owner: ClassVar[str] = "instrument"
    lookup: ClassVar[tuple[str, ...]] = ("instrument", "code")

    code: Code
    title: str
    dated: Day
    language: str = Field(default_factory=languages.first)
    file: str = ""
    is_public: bool = False
    is_locked: bool = True

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"file_name": self.file, "text": "", "sha256": "", "file_sha256": ""}


class CommencementShape(SourcedShape):
    """[[law.commencement]]"""

    word: ClassVar[str] = "law_commencement"
    makes: ClassVar[type[models.Model]] = Commencement
    owner: ClassVar[str] = "instrument"

    sections: str = ""
    on: Day | None = None
    note: str = ""
    position: int | None = None

    def identity(self) -> str:
        return self.sections or "*"


class VerdictShape(TranslatedShape):
    """[[law.verdict]]: item = "budapest-2001/2", verdict = "full", provisions = ["3(1)"], reason, who rated and who reviewed."""

    word: ClassVar[str] = "law_verdict"
    makes: ClassVar[type[models.Model]] = TreatyVerdict
    owner: ClassVar[str] = "instrument"
    lookup: ClassVar[tuple[str, ...]] = ("instrument", "item", "on_version")

    item: str
    verdict: Annotated[str, one_of(Verdict)]
    provisions: list[str] = Field(default_factory=list)
    reason: str = ""
    on_version: str = ""
    rated_by: str = ""
    rated_on: Day | None = None
    reviewed_by: str = ""
    reviewed_on: Day | None = None

    def identity(self) -> str:
        return f"{self.item}@{self.on_version}" if self.on_version else self.item

    def meant(self, name: str, code: str, setting: Setting) -> str:
        return f"{setting.holder}/{code}" if name == "on_version" and code else super().meant(name, code, setting)


class LawShape(TranslatedShape, SourcedShape):
    """[[law]] in laws.toml."""

    word: ClassVar[str] = "law"
    makes: ClassVar[type[models.Model]] = Instrument
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("citation", "stage", "version", "commencement", "verdict")

    code: Code
    kind: Annotated[str, one_of(InstrumentKind)]
    title: str
    summary: str = ""
    number: str = ""
    year: int | None = None
    dated: Day | None = None
    language: str = Field(default_factory=languages.first)
    organisation: str = ""
    action: str = ""  # "2025-2028/1.1.1"
    amends: str = ""
    became: str = ""
    in_force_on: Day | None = None
    is_public: bool = True
    is_text_complete: bool = True
    citation: list[CitationShape] = Field(default_factory=list)
    stage: list[StageShape] = Field(default_factory=list)
    version: list[LawVersionShape] = Field(default_factory=list)
    commencement: list[CommencementShape] = Field(default_factory=list)
    verdict: list[VerdictShape] = Field(default_factory=list)

    def fields(self, setting: Setting) -> dict[str, Any]:
        return {name: value for name, value in super().fields(setting).items() if name != "version"}


class TreatyShape(TranslatedShape, SourcedShape):
    """[[treaty]] in laws.toml: where the country is with it."""

    word: ClassVar[str] = "treaty"
    makes: ClassVar[type[models.Model]] = TreatyStatus
    lookup: ClassVar[tuple[str, ...]] = ("framework",)

    framework: str
    state: str = ""
    signed_on: Day | None = None
    ratified_on: Day | None = None
    in_force_on: Day | None = None
    open_until: Day | None = None
    reservations: str = ""

    def identity(self) -> str:
        return self.framework


SHAPES: tuple[type[Shape], ...] = (
    LawShape,
    CitationShape,
    StageShape,
    LawVersionShape,
    CommencementShape,
    VerdictShape,
    TreatyShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {"laws.toml": {"law": LawShape, "treaty": TreatyShape}}


def facts_of_file(name: str, files: Mapping[str, Path]) -> dict[str, Any] | str:
    """What there is to say of a version's file, or the sentence that says what is wrong with it."""
    path = files.get(f"{FOLDER}/{name}")
    if path is None:
        return f"there is no file {FOLDER}/{name} in this pack"
    raw = path.read_bytes()
    try:
        root = akn.parsed(raw)
    except ValueError as error:
        return f"{FOLDER}/{name} is not XML: {error}"
    if problems := akn.problems_of(root):
        return f"{FOLDER}/{name} is not valid Akoma Ntoso 3.0: {problems[0]}"
    text = raw.decode("utf-8")
    return {"text": text, "sha256": hashlib.sha256(raw).hexdigest(), "file_sha256": hashlib.sha256(raw).hexdigest()}
