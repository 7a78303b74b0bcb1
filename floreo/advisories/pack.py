"""The shape of advisories.toml and how its rows become objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from floreo.advisories.logic import CVE
from floreo.advisories.models import Advisory, AdvisoryState, AdvisoryVersion, ProductStatus, Severity, Team
from floreo.core.pack import Code, Day, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.core.policy import Tlp
from floreo.core.sectors import Sector


def _with_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must say its zone, like 2026-03-31T09:00:00-06:00")
    return value


Moment = Annotated[datetime, AfterValidator(_with_zone)]
Number = Annotated[str, StringConstraints(pattern=f"^{CVE.pattern}$")]


class ProductShape(Strict):
    """A product within [[advisory]]."""

    vendor: str
    product: str
    versions: str = ""
    status: Annotated[str, one_of(ProductStatus)] = "known_affected"


class VectorShape(Strict):
    """A CVSS vector within [[advisory]]; without a CVE it is about all of them."""

    cve: str = ""
    vector: str


class AdvisoryVersionShape(Shape):
    """[[advisory.version]]: a version as it was published, the current one included."""

    word: ClassVar[str] = "advisory_version"
    makes: ClassVar[type[models.Model]] = AdvisoryVersion
    owner: ClassVar[str] = "advisory"
    lookup: ClassVar[tuple[str, ...]] = ("advisory", "issue")

    issue: Annotated[int, Field(ge=1)]
    title: str = ""
    summary: str = ""
    text: str = ""
    advice: str = ""
    note: str
    published_at: Moment
    published_by: str
    by_maker: bool = False

    def identity(self) -> str:
        return str(self.issue)

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"facts": {"tlp": setting.marking}}


class AdvisoryShape(TranslatedShape):
    """[[advisory]] in advisories.toml."""

    word: ClassVar[str] = "advisory"
    makes: ClassVar[type[models.Model]] = Advisory
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("version",)

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    summary: str
    text: str = ""
    advice: str = ""
    language: str
    severity: Annotated[str, one_of(Severity)]
    cves: list[Number] = Field(default_factory=list)
    cvss: list[VectorShape] = Field(default_factory=list)
    products: list[ProductShape] = Field(default_factory=list)
    sectors: list[Annotated[str, one_of(Sector)]] = Field(default_factory=list)
    references: list[str] = Field(default_factory=list)
    tlp: Annotated[str, one_of(Tlp)] = "CLEAR"
    made_from: str = ""
    source_known_at: Moment | None = None
    state: Annotated[str, one_of(AdvisoryState)] = "draft"
    returned_note: str = ""
    sent_at: Moment | None = None
    published_at: Moment | None = None
    corrected_at: Moment | None = None
    withdrawn_at: Moment | None = None
    withdrawn_reason: str = ""
    version: list[AdvisoryVersionShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        was_out = self.state in {"published", "withdrawn"}
        if was_out != bool(self.published_at and self.version):
            raise ValueError("what was published has published_at and its versions, and nothing else has them")
        if (self.state == "withdrawn") != bool(self.withdrawn_at and self.withdrawn_reason):
            raise ValueError("withdrawn, withdrawn_at and withdrawn_reason go together")
        if [each.issue for each in self.version] != list(range(1, len(self.version) + 1)):
            raise ValueError("versions are numbered 1, 2, 3 in their order")
        return self

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        return super().children(replace(inner, marking=self.tlp))

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        own.pop("version")  # the row's own count of changes, not the versions of its text
        issue = max(len(self.version), 1)
        plain = {"cvss": [v.model_dump() for v in self.cvss], "products": [p.model_dump() for p in self.products]}
        # What comes with a pack was sent by nobody here, and is not sent now.
        return own | plain | {"issue": issue, "mailed_issue": issue if self.version else 0}


class TeamShape(TranslatedShape, SourcedShape):
    """[[team]] in advisories.toml: a response team of the country; `is_own` of the one that runs the installation."""

    word: ClassVar[str] = "team"
    makes: ClassVar[type[models.Model]] = Team
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    is_own: bool = False
    organisation: str = ""
    position: int | None = None
    updated_on: Day | None = None
    distribution: str = ""
    locations: str = ""
    name: str
    address: str = ""
    zone: str = ""
    phone: str = ""
    fax: str = ""
    other_channels: str = ""
    email: str = ""
    keys: str = ""
    members: str = ""
    website: str = ""
    hours: str = ""
    mission: str = ""
    constituency: str = ""
    sponsorship: str = ""
    authority: str = ""
    incident_types: str = ""
    disclosure: str = ""
    authentication: str = ""
    response: str = ""
    proactive: str = ""
    forms: str = ""
    disclaimers: str = ""


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (TeamShape, AdvisoryShape, AdvisoryVersionShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {"advisories.toml": {"advisory": AdvisoryShape, "team": TeamShape}}
