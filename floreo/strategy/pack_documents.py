"""The shapes of documents.toml and quotations.toml."""

from __future__ import annotations

from typing import Annotated, ClassVar

from django.db import models
from pydantic import StringConstraints

from floreo.core.pack import Code, Setting, Shape
from floreo.strategy.models import Quotation, SourceDocument

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DocumentShape(Shape):
    """[[document]] in documents.toml: a document that rows quote, known by its hash. Its text is not in the pack."""

    word: ClassVar[str] = "document"
    makes: ClassVar[type[models.Model]] = SourceDocument
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    file_sha256: Sha256
    text_sha256: Sha256
    encoding: str = ""
    source: str
    url: str = ""


class QuotationShape(Shape):
    """[[quotation]] in quotations.toml of an edition: the place of a passage, as "action:2020-2023/1.1.1"."""

    word: ClassVar[str] = "quotation"
    makes: ClassVar[type[models.Model]] = Quotation
    lookup: ClassVar[tuple[str, ...]] = ("thing", "field", "document", "start")
    keyed: ClassVar[tuple[str, ...]] = ("thing",)

    thing: str
    field: str = ""
    document: str
    start: int
    length: int
    sha256: Sha256

    def identity(self) -> str:
        return f"{self.thing}#{self.field}#{self.document}#{self.start}"

    def key(self, setting: Setting) -> str:
        return self.identity()


SHAPES_OF_DOCUMENTS: tuple[type[Shape], ...] = (DocumentShape, QuotationShape)
