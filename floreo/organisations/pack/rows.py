"""The shapes of the register's pack files."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from floreo.core.language_codes import known
from floreo.core.pack import Code, Day, Moment, Real, Setting, Shape, SourcedShape, TranslatedShape, one_of
from floreo.core.proposals import words_name
from floreo.core.sectors import Sector
from floreo.offers import proposal_kinds
from floreo.organisations.held import plain_prefix
from floreo.organisations.models import (
    Contact,
    ContactRole,
    Country,
    DatePrecision,
    FormerName,
    Holding,
    HoldingKind,
    HoldingState,
    Kind,
    NationalSector,
    Network,
    Organisation,
    OrganisationRole,
    Person,
    Place,
    PlaceSort,
    ProposalState,
    ProposedChange,
    ProposedKind,
)


def _language(code: str) -> str:
    """Raises ValueError for what is the code of no language."""
    if code not in known():
        raise ValueError(
            f"“{code}” is not the code of a language (ISO 639, two or three small letters), as “en” or “fr” are"
        )
    return code


class CountryShape(TranslatedShape):
    """[country] in pack.toml."""

    word: ClassVar[str] = "country"
    makes: ClassVar[type[models.Model]] = Country
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    name: str
    languages: Annotated[list[Annotated[str, AfterValidator(_language)]], Field(min_length=1, max_length=12)]
    zone: str
    currency: str
    currency_name: str = ""
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    is_sample: bool = False
    calendar_day: Day | None = None


class PlaceShape(TranslatedShape, SourcedShape):
    """[[place]] in places.toml; its outline comes from geo/districts.geojson."""

    word: ClassVar[str] = "place"
    makes: ClassVar[type[models.Model]] = Place
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    name: str
    kind: Annotated[str, one_of(PlaceSort)]
    parent: str = ""
    capital: str = ""
    position: int | None = None
    population: int | None = None
    population_year: int | None = None
    area_km2: Real | None = None
    latitude: Annotated[Real, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Real, Field(ge=-180, le=180)] | None = None


class SectorShape(TranslatedShape, SourcedShape):
    """[[sector]] in sectors.toml: a sector as the country names it."""

    word: ClassVar[str] = "sector"
    makes: ClassVar[type[models.Model]] = NationalSector
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    name: str
    summary: str = ""
    parent: str = ""
    broad: Annotated[str, one_of(Sector)]
    position: int | None = None


class FormerNameShape(SourcedShape):
    """[[organisation.former_name]]"""

    word: ClassVar[str] = "former_name"
    makes: ClassVar[type[models.Model]] = FormerName
    owner: ClassVar[str] = "organisation"

    name: str
    starts_on: Day | None = None
    ends_on: Day

    def identity(self) -> str:
        return self.name


class RoleShape(TranslatedShape, SourcedShape):
    """[[organisation.role]]: what it does, from a day to a day."""

    word: ClassVar[str] = "role"
    makes: ClassVar[type[models.Model]] = OrganisationRole
    owner: ClassVar[str] = "organisation"
    lookup: ClassVar[tuple[str, ...]] = ("organisation", "code")

    code: Code
    title: str
    starts_on: Day | None = None
    ends_on: Day | None = None
    precision: Annotated[str, one_of(DatePrecision)] = "day"


class ContactShape(SourcedShape):
    """[[organisation.contact]]"""

    word: ClassVar[str] = "contact"
    makes: ClassVar[type[models.Model]] = Contact
    owner: ClassVar[str] = "organisation"

    purpose: str
    role: Annotated[str, one_of(ContactRole)] = "other"
    email: str = ""
    phone: str = ""
    language: str = ""
    openpgp_key: str = ""
    smime_certificate: str = ""
    may_answer: bool = True
    is_public: bool = False
    verified_on: Day | None = None

    def identity(self) -> str:
        return self.purpose


class HoldingShape(SourcedShape):
    """[[organisation.holding]]: addresses or a domain that it answers for."""

    word: ClassVar[str] = "holding"
    makes: ClassVar[type[models.Model]] = Holding
    owner: ClassVar[str] = "organisation"
    lookup: ClassVar[tuple[str, ...]] = ("organisation", "kind", "value")

    kind: Annotated[str, one_of(HoldingKind)]
    value: str
    service: str = ""
    # A pack says what is so, unless it says otherwise: without a state it is approved, as proof or not as `verified_on` says.
    state: Annotated[str, one_of(HoldingState)] = "approved"
    claimed_on: Day | None = None
    claimed_by: str = ""
    verified_on: Day | None = None
    verified_how: str = ""
    decided_on: Day | None = None
    decided_by: str = ""
    decision: str = ""

    def identity(self) -> str:
        return self._plain

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"value": self._plain}

    @property
    def _plain(self) -> str:
        return str(plain_prefix(self.value)) if self.kind == HoldingKind.PREFIX else self.value.lower()

    @model_validator(mode="after")
    def _is_one(self) -> HoldingShape:
        if self.kind == HoldingKind.PREFIX:
            plain_prefix(self.value)  # its sentence names the value
        if self.state == HoldingState.PROVED and self.verified_on is None:
            raise ValueError("a claim that is proved says on which day: verified_on")
        if self.state == HoldingState.REJECTED and not self.decision:
            raise ValueError("a claim that is rejected says why: decision")
        return self


class OrganisationShape(TranslatedShape, SourcedShape):
    """[[organisation]] in organisations.toml."""

    word: ClassVar[str] = "organisation"
    makes: ClassVar[type[models.Model]] = Organisation
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("former_name", "role", "contact", "holding")

    code: Code
    name: str
    short_name: str = ""
    kind: Annotated[str, one_of(Kind)]
    role_text: str = ""
    internal_notes: str = ""
    parent: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    place: str = ""
    sector: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    merged_into: str = ""
    is_public: bool = True
    former_name: list[FormerNameShape] = Field(default_factory=list)
    role: list[RoleShape] = Field(default_factory=list)
    contact: list[ContactShape] = Field(default_factory=list)
    holding: list[HoldingShape] = Field(default_factory=list)


class PersonShape(TranslatedShape, SourcedShape):
    """[[person]] in people.toml. Only a sample pack may hold people; real ones are entered in the workspace."""

    word: ClassVar[str] = "person"
    makes: ClassVar[type[models.Model]] = Person
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    name: str
    organisation: str = ""
    post: str = ""
    email: str = ""
    phone: str = ""
    deputy: str = ""
    language: str = ""
    is_active: bool = True


def _networks(values: list[str]) -> list[str]:
    for value in values:
        ip_network(value)  # its sentence names the value
    return values


class NetworkShape(SourcedShape):
    """[[network]] in networks.toml."""

    word: ClassVar[str] = "network"
    makes: ClassVar[type[models.Model]] = Network
    lookup: ClassVar[tuple[str, ...]] = ("asn",)

    asn: Annotated[int, Field(ge=1, le=4_294_967_295)]
    name: str
    holder: str = ""
    prefixes: Annotated[list[str], AfterValidator(_networks)] = Field(default_factory=list)
    is_public: bool = True

    def identity(self) -> str:
        return f"AS{self.asn}"


class ProposalShape(Shape):
    """[[proposal]] in proposals.toml, only of a sample country: a change that an organisation proposes. `facts` and `before` by field;
    a field that points to another record says its code. `thing`: the record, as "contact:light-and-power/control centre"."""

    word: ClassVar[str] = "proposal"
    makes: ClassVar[type[models.Model]] = ProposedChange
    lookup: ClassVar[tuple[str, ...]] = ("organisation", "kind", "proposed_at")
    keyed: ClassVar[tuple[str, ...]] = ("thing",)

    organisation: str
    kind: str
    what: Annotated[str, one_of(ProposedKind)]
    thing: str = ""
    name: str
    facts: dict[str, Any] = Field(default_factory=dict)
    before: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""
    proposed_by: str
    proposed_by_code: str
    proposed_at: Moment
    answer_to: str = ""
    state: Annotated[str, one_of(ProposalState)] = "open"
    decided_by: str = ""
    decided_at: Moment | None = None
    decision: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        kind = proposal_kinds().get(self.kind)
        if kind is None or not kind.may(self.what):
            raise ValueError(f"“{self.kind}” cannot be proposed so")
        known = {*kind.fields, *(words_name(name) for name in kind.typed)}
        if unknown := {*self.facts, *self.before} - known:
            raise ValueError(f"a proposal of “{self.kind}” does not say {', '.join(sorted(unknown))}")
        if (self.what == "new") != (not self.thing):
            raise ValueError("a change or a removal names its record as thing, and a new one does not")
        if (self.state == "open") != (self.decided_at is None):
            raise ValueError("what was decided has decided_at, and what waits has not")
        if self.state == "rejected" and not self.decision:
            raise ValueError("what was rejected says why, in decision")
        return self

    def identity(self) -> str:
        return f"{self.organisation}/{self.kind}/{self.proposed_at.isoformat()}"


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    CountryShape,
    PlaceShape,
    SectorShape,
    OrganisationShape,
    FormerNameShape,
    RoleShape,
    ContactShape,
    HoldingShape,
    PersonShape,
    NetworkShape,
    ProposalShape,
)
