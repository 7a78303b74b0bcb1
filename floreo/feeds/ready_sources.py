"""Sources that a team takes by their name: reads `feeds/sources/`. A file is one source, in a few lines: where its files are, how they are
set out, what they mean, how often they may be fetched, and the terms of use; with the pages that were read, on which day (`read`,
`pages`), and what could not be read (`doubt`). A team adds its key. How one is added is in docs/guide/add-a-feed.md."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from floreo.core.addresses import is_web_address
from floreo.core.language_codes import SOURCE, base
from floreo.core.pack import Day, Strict, one_of
from floreo.core.policy import Tlp
from floreo.feeds.collectors.fetching import KEY_PLACE, is_keyed_well
from floreo.feeds.collectors.header_names import AUTHORIZATION, is_for_keys
from floreo.feeds.engine.arrange.model import KEY, arrangement_of
from floreo.feeds.models import CollectorKind, Delivery, Evidence
from floreo.feeds.models.choices import FETCHED

FOLDER = Path(__file__).resolve().parent / "sources"
LEAST_MINUTES = 5  # between two fetches of any feed
Text = Annotated[str, StringConstraints(min_length=1)]
Texts = dict[str, Text]  # by language


class ReadySource(Strict):
    """One file of the folder. `least_minutes`: the source asks that nobody fetches more often."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    collector: Annotated[str, one_of(CollectorKind)]
    place: str
    needs_key: bool = False
    secret_header: str = AUTHORIZATION
    every_minutes: Annotated[int, Field(ge=LEAST_MINUTES)]
    least_minutes: Annotated[int, Field(ge=LEAST_MINUTES)] | None = None
    evidence: Annotated[str, one_of(Evidence)] | None = None
    delivery: Annotated[str, one_of(Delivery)] | None = None
    sends_empty: bool = False
    tlp: Annotated[str, one_of(Tlp, without=(Tlp.RED,))] = Tlp.AMBER.value
    arrange: dict[str, Any] = Field(default_factory=dict)
    read: Day
    pages: Annotated[list[str], Field(min_length=1)]
    what: Texts
    key: Texts = Field(default_factory=dict)
    terms: Texts
    doubt: Texts = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_a_feed(self) -> Self:
        if self.collector not in FETCHED:
            raise ValueError("a source is fetched")
        if not all(map(is_web_address, [self.place, *self.pages])):
            raise ValueError("a place or page is no web address")
        if KEY_PLACE in self.place and not (self.needs_key and is_keyed_well(self.place)):
            raise ValueError("the key has no place in this address")
        if not is_for_keys(self.secret_header):
            raise ValueError("a key cannot be sent in this header")
        if self.every_minutes < (self.least_minutes or 0):
            raise ValueError("it is fetched more often than the source allows")
        if bool(self.key) != self.needs_key:
            raise ValueError("how its key is had is said where it needs one")
        if self.arrange and arrangement_of(self.arrange).plain() != self.arrange:
            raise ValueError("the arrangement says what goes without saying")
        return self

    def facts(self) -> dict[str, Any]:
        """What a feed of it is made with, beside its name and its key."""
        return {
            "collector": self.collector,
            "place": self.place,
            "mapping": {KEY: self.arrange} if self.arrange else {},
            "secret_header": self.secret_header,
            "every_minutes": self.every_minutes,
            "evidence": self.evidence or "",
            "delivery": self.delivery or "",
            "sends_empty": self.sends_empty,
            "tlp": self.tlp,
        }


@cache
def sources() -> Mapping[str, ReadySource]:
    """All of them, by their codes, in the order of their names. Raises ValueError where a file is wrong."""
    found = {path.stem: source_in(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
    return dict(sorted(found.items(), key=lambda each: each[1].name.lower()))


def source_in(text: str) -> ReadySource:
    """The source that a file describes. Raises ValueError."""
    return ReadySource.model_validate(tomllib.loads(text))


def source_at(collector: str, place: str) -> ReadySource | None:
    """The source that a feed takes its files from, if it is one of these."""
    return next((each for each in sources().values() if (each.collector, each.place) == (collector, place)), None)


def least_wait(collector: str, place: str) -> timedelta:
    """How long the source asks to be left alone between two fetches."""
    found = source_at(collector, place)
    return timedelta(minutes=(found.least_minutes or 0) if found else 0)


def in_language(texts: Mapping[str, str], language: str | None) -> str:
    """A text in the reader's language, else in English; "" where there is none."""
    return texts.get(base(language)) or texts.get(SOURCE, "")
