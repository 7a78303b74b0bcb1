"""The shapes of certificates.toml and certificates.csv, and how their rows become objects. A pack holds facts and no signatures: the
worker signs what it loads, with the key of the installation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import BeforeValidator, Field, model_validator

from floreo.certificates.logic import ALPHABET, CODE_LENGTH, number_of
from floreo.certificates.models import Certificate, CertificateTerms, Origin
from floreo.core import languages
from floreo.core.pack import Code, Day, Number, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of


def _none(value: object) -> object:
    return None if value == "" else value


def _figure(value: object) -> object:
    """A number, as a cell of a CSV file says it; an empty one is none."""
    if isinstance(value, str):
        try:
            return Decimal(value) if value else None
        except InvalidOperation:
            return value
    return value


_DayOrNone = Annotated[Day | None, BeforeValidator(_none)]


class TermsShape(TranslatedShape, SourcedShape):
    """[[terms]] in certificates.toml: of the certificates of a course."""

    word: ClassVar[str] = "certificate_terms"
    makes: ClassVar[type[models.Model]] = CertificateTerms
    lookup: ClassVar[tuple[str, ...]] = ("course",)

    course: Code
    months: Annotated[int, Field(ge=1, le=240)] | None = None
    criteria: str = ""
    issuer: str = ""
    signed_name: str = ""
    signed_post: str = ""

    def identity(self) -> str:
        return self.course


def _serial(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


class CertificateShape(SourcedShape):
    """A row of certificates.csv. Its code, the secret part of its address, follows from the salt of the pack's title and is only as
    secret as the pack: in a real country certificates are issued or entered in the workspace."""

    word: ClassVar[str] = "certificate"
    makes: ClassVar[type[models.Model]] = Certificate
    lookup: ClassVar[tuple[str, ...]] = ("serial",)

    serial: Annotated[int, BeforeValidator(_serial), Field(ge=1)]
    origin: Annotated[str, one_of(Origin)] = "cohort"
    name: str = ""
    language: str = Field(default_factory=languages.first)
    person: str = ""
    enrolment: str = ""
    course: str = ""
    cohort: str = ""
    title: str
    cohort_title: str = ""
    criteria: str = ""
    hours: Annotated[Number | None, BeforeValidator(_figure)] = None
    issuer: str = ""
    issuer_name: str
    signed_name: str = ""
    signed_post: str = ""
    issued_on: Day
    expires_on: _DayOrNone = None
    renews: str = ""
    revoked_on: _DayOrNone = None
    revoked_reason: str = ""
    is_name_hidden: Annotated[bool, BeforeValidator(lambda v: v == "yes" if isinstance(v, str) else v)] = False
    is_erased: Annotated[bool, BeforeValidator(lambda v: v == "yes" if isinstance(v, str) else v)] = False
    wants_renewal_on: _DayOrNone = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.revoked_on) != bool(self.revoked_reason):
            raise ValueError("revoked_on and revoked_reason go together")
        if self.expires_on and self.expires_on < self.issued_on:
            raise ValueError("expires_on is before issued_on")
        if self.is_erased == bool(self.name):
            raise ValueError("one that is not erased has a name, and one that is erased has none")
        return self

    def identity(self) -> str:
        return str(self.serial)

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        digest = hashlib.sha256(f"{setting.reported_by}/{self.identity()}".encode()).digest()
        return own | {
            "number": number_of(self.serial, self.issued_on.year),
            "code": "".join(ALPHABET[b % len(ALPHABET)] for b in digest[:CODE_LENGTH]),
            "notified_on": self.issued_on,
            "invited_on": self.wants_renewal_on,
        }


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (TermsShape, CertificateShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "certificates.toml": {"terms": TermsShape},
    "certificates.csv": {"certificate": CertificateShape},
}
