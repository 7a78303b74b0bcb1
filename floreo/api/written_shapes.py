"""What the writing part of the API takes in, and what it answers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Optional

from ninja import Header, Query, Schema
from pydantic import ConfigDict, Field

from floreo.core.policy import Tlp
from floreo.organisations.models import ContactRole

NO_NUL = r"^[^\x00]*$"

Line = Annotated[str, Field(max_length=300, pattern=NO_NUL)]

Long = Annotated[str, Field(max_length=20_000, pattern=NO_NUL)]

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00/]+$")]

Number = Annotated[Decimal, Field(max_digits=20, decimal_places=6)]

Key = Annotated[
    Optional[str],  # noqa: UP045 -- read at run time
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Your key for this one thing: the same call with the same key is answered as before, for 48 hours.",
    ),
]


class Asked(Schema):
    """How a call is meant."""

    check: Annotated[bool, Field(description="Does all of it, answers, and then undoes it: nothing is kept.")] = False


How = Annotated[Asked, Query()]


def _example(**facts: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": facts})


class ReadingIn(Schema):
    """A value of an indicator for one period, with where it comes from."""

    model_config = _example(
        indicator="reports-in-time",
        starts_on="2026-07-01",
        ends_on="2026-09-30",
        value=81,
        source="Register of the national team, 1 October 2026",
    )

    indicator: Annotated[Name, Field(description="Code")]
    starts_on: date
    ends_on: date
    value: Number
    source: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
    source_url: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""
    numerator: Number | None = None
    denominator: Number | None = None
    text: Long = ""
    not_comparable: bool = False


class UpdateIn(Schema):
    """What was done on an action, and what comes next; or that nothing changed."""

    model_config = _example(
        edition="2025-2028",
        action="1.1.1",
        done="The course was held twice.",
        next="A third one in May.",
        reached=["1.1.1.1"],
    )

    edition: Name
    action: Annotated[Name, Field(description="Code within the edition")]
    done: Long = ""
    next: Long = ""
    risks: Long = ""
    nothing_changed: bool = False
    reached: Annotated[list[Name], Field(max_length=100, description="Codes of milestones that are reached")] = []
    on: Annotated[date | None, Field(description="The day; today if left out")] = None
    is_public: bool = True


class MilestoneIn(Schema):
    """A milestone that is reached, or is expected on another day: one of the two."""

    model_config = _example(edition="2025-2028", action="1.1.1", milestone="1.1.1.1", reached_on="2026-10-30")

    edition: Name
    action: Name
    milestone: Annotated[Name, Field(description="Code")]
    reached_on: date | None = None
    expected_on: date | None = None
    note: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] = ""


class ContactPartIn(Schema):
    """What may be changed of a contact; what is left out stays."""

    model_config = _example(phone="+1 202 555 0100")

    purpose: Annotated[str | None, Field(max_length=80, pattern=NO_NUL)] = None
    role: Annotated[str | None, Field(max_length=12, description=", ".join(ContactRole.values))] = None
    email: Annotated[str | None, Field(max_length=254, pattern=NO_NUL)] = None
    phone: Annotated[str | None, Field(max_length=40, pattern=NO_NUL)] = None
    language: Annotated[str | None, Field(max_length=5, pattern=NO_NUL)] = None


class ContactIn(ContactPartIn):
    """A new contact of an organisation."""

    model_config = _example(organisation="power", purpose="Abuse reports", role="abuse", email="abuse@example.org")

    organisation: Annotated[Name, Field(description="Code in the register")]


class LinkIn(Schema):
    """A document on the web that is evidence of something."""

    model_config = _example(url="https://example.org/report.pdf", title="Annual report 2026", tlp="GREEN")

    url: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
    title: Annotated[str, Field(min_length=1, max_length=300, pattern=NO_NUL)]
    note: Long = ""
    tlp: Annotated[str, Field(max_length=12, description=", ".join(Tlp.values))] = Tlp.GREEN.value
    dated: date | None = None
    valid_until: date | None = None
    organisation: Annotated[str, Field(max_length=120, pattern=NO_NUL, description="Whose it is; its code")] = ""


class FileIn(Schema):
    """What is said of a file that is kept as evidence. The file itself is the part `file`."""

    title: Line = ""
    note: Long = ""
    tlp: Annotated[str, Field(max_length=12, description=", ".join(Tlp.values))] = Tlp.GREEN.value
    dated: date | None = None
    valid_until: date | None = None
    organisation: Annotated[str, Field(max_length=120, pattern=NO_NUL)] = ""


class AttachmentIn(Schema):
    """What a piece of evidence shows: an action, or one of its milestones."""

    model_config = _example(edition="2025-2028", action="1.1.1", milestone="1.1.1.1", note="page 4")

    edition: Name
    action: Name
    milestone: Annotated[str, Field(max_length=120, pattern=NO_NUL)] = ""
    note: Line = ""


class MeOut(Schema):
    """What the token is for."""

    name: str
    account: str
    purposes: list[str]
    organisation: str | None
    expires_on: date


class WrittenOut(Schema):
    """What became of it. `state`: published (it counts now), waiting (for approval), kept."""

    state: str
    id: str
    checked: bool = False


class ContactOut(Schema):
    id: str
    purpose: str
    role: str
    email: str
    phone: str
    language: str
    version: int


class ContactsOut(Schema):
    items: list[ContactOut]
