"""The shapes of outreach.toml and of its CSV files, and how their rows become objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID, uuid5

from django.db import models
from pydantic import BeforeValidator, Field, model_validator

from floreo.core import clock
from floreo.core.languages import first as first_language
from floreo.core.pack import (
    Code,
    Day,
    Number,
    PackEntry,
    Setting,
    Shape,
    SourcedShape,
    Strict,
    TranslatedShape,
    Truth,
    Whole,
    one_of,
)
from floreo.outreach.logic import BANDS, reference_of
from floreo.outreach.models import (
    Ambassador,
    AmbassadorRequest,
    AmbassadorState,
    Audience,
    Doubt,
    KitItem,
    MoveKind,
    OutreachSession,
    PhotoConsent,
    RequesterKind,
    RequestState,
    Scheme,
    SessionChannel,
    SessionState,
    SessionTopic,
    StockMove,
    Venue,
    VenueKind,
)

_NAMESPACE = UUID("5b7b6c1e-61f5-4d8c-9d0f-3f0f6f1c2a10")  # in which the sessions of packs have their numbers


def _no_day(value: object) -> object:
    return None if value == "" else value


def _list(value: object) -> object:
    return value.split() if isinstance(value, str) else value


_Number = Annotated[Whole, Field(ge=0)]
_Day = Annotated[Day | None, BeforeValidator(_no_day)]


class SchemeShape(TranslatedShape, SourcedShape):
    """[[scheme]] in outreach.toml."""

    word: ClassVar[str] = "ambassador_scheme"
    makes: ClassVar[type[models.Model]] = Scheme
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    summary: str = ""
    organisation: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    target: int | None = None
    target_rate: Number | None = None
    target_due: Day | None = None
    coordinator: str = ""


class VenueShape(SourcedShape):
    """A row of venues.csv: a school, a hall."""

    word: ClassVar[str] = "venue"
    makes: ClassVar[type[models.Model]] = Venue
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    name: str
    kind: Annotated[str, one_of(VenueKind)]
    district: str
    community: str = ""


class KitShape(TranslatedShape):
    """[[kit]] in outreach.toml."""

    word: ClassVar[str] = "kit_item"
    makes: ClassVar[type[models.Model]] = KitItem
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    minimum: int = 0


class AmbassadorShape(Shape):
    """A row of ambassadors.csv. In a real country people are entered in the workspace, not in a file that is published."""

    word: ClassVar[str] = "ambassador"
    makes: ClassVar[type[models.Model]] = Ambassador
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    scheme: str
    name: str
    district: str
    community: str = ""
    languages: Annotated[list[str], BeforeValidator(_list)]
    cohort: str = ""
    state: Annotated[str, one_of(AmbassadorState)]
    leave_until: _Day = None
    left_on: _Day = None
    certificate: str = ""  # its serial, where it was issued here
    certificate_number: str = ""
    certified_on: _Day = None
    certificate_expires_on: _Day = None
    listed_on: _Day = None
    named_on: _Day = None
    meets_minors: Truth = False
    checked_on: _Day = None
    check_expires_on: _Day = None
    phone: str = ""
    mail: str = ""
    language: str = Field(default_factory=first_language)
    reminded_on: _Day = None


class MoveShape(Shape):
    """[[kit_move]] in outreach.toml."""

    word: ClassVar[str] = "kit_move"
    makes: ClassVar[type[models.Model]] = StockMove
    repeats: ClassVar[bool] = True

    item: str
    kind: Annotated[str, one_of(MoveKind, without=("left",))]
    amount: Annotated[int, Field(ge=1)]
    moved_on: Day
    ambassador: str = ""

    def identity(self) -> str:
        return f"{self.item}/{self.kind}/{self.moved_on}/{self.ambassador}"


class LeftShape(Shape):
    """What was left at a session of outreach_sessions.csv: made with its session, never written in a file."""

    word: ClassVar[str] = "kit_left"
    makes: ClassVar[type[models.Model]] = StockMove
    lookup: ClassVar[tuple[str, ...]] = ("session",)

    session: str
    item: str
    amount: int
    moved_on: Day
    ambassador: str
    kind: str = MoveKind.LEFT.value

    def identity(self) -> str:
        return self.session


class SessionShape(Shape):
    """A row of outreach_sessions.csv."""

    word: ClassVar[str] = "outreach_session"
    makes: ClassVar[type[models.Model]] = OutreachSession
    lookup: ClassVar[tuple[str, ...]] = ("number",)

    number: _Number
    ambassador: str
    happened_on: Day
    received_on: Day
    district: str
    venue: str
    place: str = ""
    setting: Annotated[str, one_of(VenueKind)]
    audience: Annotated[str, one_of(Audience)]
    topic: Annotated[str, one_of(SessionTopic)]
    language: str = Field(default_factory=first_language)
    minutes: _Number
    people_12: _Number = 0
    people_17: _Number = 0
    people_34: _Number = 0
    people_59: _Number = 0
    people_60: _Number = 0
    material: str = ""
    materials_left: _Number = 0
    referrals: _Number = 0
    channel: Annotated[str, one_of(SessionChannel)] = "phone"
    photo_consent: Annotated[str, one_of(PhotoConsent)] = "none"
    state: Annotated[str, one_of(SessionState)] = "reviewed"
    reason: str = ""
    clock_doubt: str = ""
    is_late_link: Truth = False

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.state in ("returned", "rejected") and not self.reason:
            raise ValueError("a session that is returned or rejected needs its reason")
        if self.state == "reviewed" and (self.clock_doubt or self.is_late_link):
            raise ValueError("a session with a doubt is not reviewed yet")
        if self.clock_doubt and self.clock_doubt not in Doubt.values:
            raise ValueError(f"“{self.clock_doubt}” is not one of: {', '.join(Doubt.values)}")
        if not self.people:
            raise ValueError("a session has at least one person")
        return self

    @property
    def people(self) -> int:
        return sum(int(getattr(self, name)) for name in BANDS)

    def identity(self) -> str:
        return str(self.number)

    def rows(self, setting: Setting) -> Iterator[PackEntry]:
        """Itself, and what was left at it, where it counts."""
        yield from super().rows(setting)
        if self.state == SessionState.REVIEWED and self.material and self.materials_left:
            left = LeftShape(
                session=self.identity(),
                item=self.material,
                amount=self.materials_left,
                moved_on=self.happened_on,
                ambassador=self.ambassador,
            )
            yield left.row(setting)

    def fields(self, setting: Setting) -> dict[str, Any]:
        received = datetime.combine(self.received_on, time(18, 0), tzinfo=clock.zone())
        is_over = self.state in ("reviewed", "rejected")
        return super().fields(setting) | {
            "uuid": str(uuid5(_NAMESPACE, str(self.number))),
            "reference": reference_of(self.district, self.number),
            "people": self.people,
            "received_at": received,
            "phone_clock": received - timedelta(hours=2) if self.channel == "phone" else None,
            "reviewed_on": self.received_on + timedelta(days=2) if is_over else None,
            "date_checked": self.channel == "paper",
        }


class RequestShape(Shape):
    """[[ambassador_request]] in outreach.toml, of a sample country."""

    word: ClassVar[str] = "ambassador_request"
    makes: ClassVar[type[models.Model]] = AmbassadorRequest
    lookup: ClassVar[tuple[str, ...]] = ("reference",)

    received_on: Day
    requester: str
    kind: Annotated[str, one_of(RequesterKind)] = "school"
    district: str
    community: str = ""
    audience: Annotated[str, one_of(Audience)]
    topic: str = ""
    language: str = Field(default_factory=first_language)
    people: Annotated[int, Field(ge=1)]
    wanted: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    state: Annotated[str, one_of(RequestState)] = "waiting"
    ambassador: str = ""
    assigned_on: Day | None = None
    planned_on: Day | None = None
    closed_on: Day | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.topic and self.topic not in SessionTopic.values:
            raise ValueError(f"“{self.topic}” is not one of: {', '.join(SessionTopic.values)}")
        if self.state in ("assigned", "done") and not self.ambassador:
            raise ValueError("a request that is assigned names the ambassador")
        return self

    def identity(self) -> str:
        return f"{self.received_on}/{self.requester}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
        digest = hashlib.sha256(self.identity().encode()).digest()
        number = f"REQ-{self.received_on.year}-" + "".join(letters[b % len(letters)] for b in digest[:6])
        return super().fields(setting) | {"reference": number}


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (
    SchemeShape,
    VenueShape,
    KitShape,
    AmbassadorShape,
    MoveShape,
    SessionShape,
    LeftShape,
    RequestShape,
)
_INVENTED = "ambassadors and sessions of a real country are entered in the workspace"
ONLY_SAMPLE: Mapping[str, str] = {"ambassadors.csv": _INVENTED, "outreach_sessions.csv": _INVENTED}
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "outreach.toml": {
        "scheme": SchemeShape,
        "kit": KitShape,
        "kit_move": MoveShape,
        "ambassador_request": RequestShape,
    },
    "venues.csv": {"venue": VenueShape},
    "ambassadors.csv": {"ambassador": AmbassadorShape},
    "outreach_sessions.csv": {"session": SessionShape},
}
