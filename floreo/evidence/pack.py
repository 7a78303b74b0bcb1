"""The shape of evidence.toml and how its rows become objects. Files lie in the pack's folder evidence/."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from django.utils import translation
from pydantic import Field, model_validator

from floreo.core.addresses import is_web_address
from floreo.core.pack import Code, Day, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.core.policy import Tlp
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.models import Attachment, Evidence, EvidenceKind, LinkState
from floreo.evidence.presenters import unwelcome_sentence
from floreo.evidence.sniffing import Unwelcome

FOLDER = "evidence/"
_ONLY_WHEN_GIVEN = ("link_state", "link_seen_on", "withdrawn_on")  # what the house itself finds out, or people decide


class AttachmentShape(Shape):
    """[[evidence.on]], or a line of on = [...]: what the evidence shows, as "milestone:2026-2030/2.1.1/signed"."""

    word: ClassVar[str] = "attachment"
    makes: ClassVar[type[models.Model]] = Attachment
    lookup: ClassVar[tuple[str, ...]] = ("evidence", "thing")
    owner: ClassVar[str] = "evidence"
    keyed: ClassVar[tuple[str, ...]] = ("thing",)

    thing: str
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"thing": data} if isinstance(data, str) else data

    def identity(self) -> str:
        return self.thing

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"attached_by": setting.reported_by}


class EvidenceShape(TranslatedShape, SourcedShape):
    """[[evidence]] in evidence.toml: a file of the pack, a link, or a record of the pack."""

    word: ClassVar[str] = "evidence"
    makes: ClassVar[type[models.Model]] = Evidence
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("on",)
    keyed: ClassVar[tuple[str, ...]] = ("record",)

    code: Code
    title: str
    note: str = ""
    file: str = ""  # "evidence/minutes.pdf"
    url: str = ""
    record: str = ""  # "decision:..."
    dated: Day | None = None
    valid_until: Day | None = None
    tlp: Annotated[str, one_of(Tlp)] = Tlp.GREEN.value
    is_public: bool = False
    organisation: str = ""
    link_state: Annotated[str, one_of(LinkState)] = ""
    link_seen_on: Day | None = None
    withdrawn_on: Day | None = None
    replaced_by: str = ""
    on: list[AttachmentShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(map(bool, (self.file, self.url, self.record))) != 1:
            raise ValueError("is a file, a link or a record: give one of file, url, record")
        if self.is_public and self.tlp != Tlp.CLEAR:
            raise ValueError("is public and so must have tlp = “CLEAR”")
        if self.url and not is_web_address(self.url):
            raise ValueError(f"“{self.url}” is not an address that begins with https:// or http://")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        kind = EvidenceKind.LINK if self.url else EvidenceKind.RECORD
        if self.file:
            kind = EvidenceKind.FILE
        own = super().fields(setting) | {"kind": kind.value, "kept_by": setting.reported_by}
        return {name: value for name, value in own.items() if value or name not in _ONLY_WHEN_GIVEN}


def facts_of_file(name: str, files: Mapping[str, Path]) -> dict[str, Any] | str:
    """What a row of evidence says of its file, or the sentence that says what is wrong with it. Where the file will be
    on the disk follows from its hash, so that loading a pack twice keeps it once."""
    path = files.get(name)
    if path is None or not name.startswith(FOLDER) or "/" in name.removeprefix(FOLDER):
        return f"the pack holds no file “{name}”; files of evidence lie in its folder {FOLDER}"
    try:
        with path.open("rb") as opened:
            kind = kind_in_a_cage(opened, path.name)
    except Unwelcome as refusal:
        with translation.override("en"):
            return unwelcome_sentence(refusal, path.name)
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    return {
        "file": f"{FOLDER}{digest}",
        "file_name": path.name,
        "media_type": kind.media_type,
        "size": len(body),
        "sha256": digest,
    }


SHAPES: tuple[type[Shape], ...] = (EvidenceShape, AttachmentShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {"evidence.toml": {"evidence": EvidenceShape}}
