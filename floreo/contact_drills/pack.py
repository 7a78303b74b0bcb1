"""The shapes of contacts.toml, after how long contacts are asked, and of contact_drills.toml, the drills of a sample country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from django.db import models
from pydantic import Field

from floreo.contact_drills.models import ContactDrill, ContactPolicy, DrillRecipient, DrillState
from floreo.core.pack import Code, Moment, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.organisations.models import ContactRole


class ContactPolicyShape(Shape):
    """[[contact_policy]]: one row."""

    word: ClassVar[str] = "contact_policy"
    makes: ClassVar[type[models.Model]] = ContactPolicy
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code = "contacts"
    stale_days: Annotated[int, Field(ge=1, le=1000)] = 180
    wait_days: Annotated[int, Field(ge=1, le=1000)] = 14
    is_automatic: bool = False


class DrillRecipientShape(Shape):
    """[[contact_drill.recipient]]: a contact of the register, named by its organisation and its purpose."""

    word: ClassVar[str] = "drill_recipient"
    makes: ClassVar[type[models.Model]] = DrillRecipient
    owner: ClassVar[str] = "drill"

    organisation: str
    role: Annotated[str, one_of(ContactRole)]
    purpose: str
    address: str = ""
    phone: str = ""
    sent_at: Moment
    pressed_at: Moment | None = None
    called_at: Moment | None = None
    called_by: str = ""
    call_outcome: Literal["", "reached", "no_answer", "wrong"] = ""
    call_note: str = ""

    def identity(self) -> str:
        return f"{self.organisation}/{self.purpose}"

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"contact": self.identity()}


class ContactDrillShape(TranslatedShape, SourcedShape):
    """[[contact_drill]]"""

    word: ClassVar[str] = "contact_drill"
    makes: ClassVar[type[models.Model]] = ContactDrill
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("recipient",)
    manifold: ClassVar[tuple[str, ...]] = ("organisations", "sectors")

    code: Code
    title: str
    message: str
    roles: Annotated[list[Annotated[str, one_of(ContactRole)]], Field(min_length=1)]
    organisations: list[str] = Field(default_factory=list)
    sectors: list[str] = Field(default_factory=list)
    lasts_minutes: Annotated[int, Field(ge=15, le=43_200)] = 240
    state: Annotated[str, one_of(DrillState)] = "draft"
    sent_at: Moment | None = None
    ends_at: Moment | None = None
    sent_by: str = ""
    recipient: list[DrillRecipientShape] = Field(default_factory=list)


SHAPES: tuple[type[Shape], ...] = (ContactPolicyShape, ContactDrillShape, DrillRecipientShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "contacts.toml": {"contact_policy": ContactPolicyShape},
    "contact_drills.toml": {"contact_drill": ContactDrillShape},
}
ONLY_SAMPLE = {"contact_drills.toml": "drills of a real country are held in the workspace"}
