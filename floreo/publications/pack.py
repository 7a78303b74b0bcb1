"""The shape of publications.toml and how its rows become objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core.pack import Code, Moment, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.publications.models import (
    Channel,
    ChannelKind,
    Posting,
    Publication,
    PublicationKind,
    PublicationState,
    PublicationVersion,
)


class ChannelShape(TranslatedShape, SourcedShape):
    """[[channel]] in publications.toml."""

    word: ClassVar[str] = "channel"
    makes: ClassVar[type[models.Model]] = Channel
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    name: str
    kind: Annotated[str, one_of(ChannelKind)]
    url: str = ""
    organisation: str = ""
    kinds: list[Annotated[str, one_of(PublicationKind)]] = Field(default_factory=list)
    is_active: bool = True
    position: int | None = None


class VersionShape(Shape):
    """[[publication.version]]: how it read before it was corrected."""

    word: ClassVar[str] = "version"
    makes: ClassVar[type[models.Model]] = PublicationVersion
    owner: ClassVar[str] = "publication"
    lookup: ClassVar[tuple[str, ...]] = ("publication", "issue")

    issue: Annotated[int, Field(ge=1)]
    title: str
    summary: str = ""
    text: str = ""
    valid_from: Moment
    corrected_at: Moment
    note: str
    corrected_by: str

    def identity(self) -> str:
        return str(self.issue)


class PostingShape(SourcedShape):
    """[[publication.posting]]: posted by a channel at a moment; `skipped` where it will not be."""

    word: ClassVar[str] = "posting"
    makes: ClassVar[type[models.Model]] = Posting
    owner: ClassVar[str] = "publication"
    repeats: ClassVar[bool] = True

    channel: str
    at: Moment
    url: str = ""
    by_name: str
    note: str = ""
    skipped: bool = False

    def identity(self) -> str:
        return self.channel


class PublicationShape(TranslatedShape):
    """[[publication]] in publications.toml."""

    word: ClassVar[str] = "publication"
    makes: ClassVar[type[models.Model]] = Publication
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("version", "posting")
    keyed: ClassVar[tuple[str, ...]] = ("about",)

    code: Code
    kind: Annotated[str, one_of(PublicationKind)]
    title: str
    summary: str = ""
    text: str = ""
    language: str
    organisation: str = ""
    edition: str = ""
    about: str = ""  # any other row, as "edition:2025-2028"
    state: Annotated[str, one_of(PublicationState)] = "draft"
    embargo_until: Moment | None = None
    published_at: Moment | None = None
    corrected_at: Moment | None = None
    withdrawn_at: Moment | None = None
    withdrawn_reason: str = ""
    issue: Annotated[int, Field(ge=1)] = 1
    version: list[VersionShape] = Field(default_factory=list)
    posting: list[PostingShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state in {"published", "withdrawn"} and self.published_at is None:
            raise ValueError("what was published was published at a moment: give published_at")
        if (self.state == "withdrawn") != bool(self.withdrawn_at and self.withdrawn_reason):
            raise ValueError("withdrawn, withdrawn_at and withdrawn_reason go together")
        if self.state == "draft" and self.embargo_until is not None:
            raise ValueError("a draft goes out by no clock; set state to ready, or leave out embargo_until")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        own.pop("version")  # the row's own count of changes, not the versions of its text
        return own


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (ChannelShape, PublicationShape, VersionShape, PostingShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "publications.toml": {"channel": ChannelShape, "publication": PublicationShape}
}
