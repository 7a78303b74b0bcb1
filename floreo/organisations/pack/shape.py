"""What pack.toml says of a country's own shape: its levels, terms, fields and branding."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from floreo.core.language_codes import split
from floreo.core.pack import Code, Strict

MOST_LEVELS = 4
Words = Annotated[str, StringConstraints(min_length=1, max_length=60)]


FIELD_KINDS = ("text", "choice", "number", "date", "place")


def _known_kind(kind: str) -> str:
    if kind not in FIELD_KINDS:
        raise ValueError(f"“{kind}” is not one of: {', '.join(FIELD_KINDS)}")
    return kind


class Spoken(Strict):
    """Text with other languages beside it, as inline tables: en = { one = "..." }."""

    translations: dict[str, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        rest, languages = split(data, cls.model_fields)
        return {**rest, "translations": languages} if languages else rest


class LevelShape(Spoken):
    """[[level]] in pack.toml, from the top to what is done: what one and several are called, as within a sentence."""

    one: Words
    many: Words


class TermShape(Spoken):
    """[[term]] in pack.toml or [[edition.term]] in edition.toml: it ends so many months after the day of approval."""

    code: Code
    label: Words
    months: Annotated[int, Field(ge=1, le=600)]


class ChoiceShape(Spoken):
    """A choice of a field: what is kept, and its words."""

    code: Code
    label: Words


class ActionFieldShape(Spoken):
    """[[action_field]] in pack.toml: a field that the country adds to its actions. Internal unless it says public = true."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: Words
    help: Annotated[str, StringConstraints(max_length=200)] = ""
    kind: Annotated[str, AfterValidator(_known_kind)]
    public: bool = False
    choices: list[ChoiceShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _choices_of_a_choice(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("a field of the kind “choice” has choices, and no other has")
        return self

    def kept(self) -> dict[str, Any]:
        return {**self.model_dump(exclude={"public"}), "is_public": self.public}


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"“{text}” is not a colour like #0b3d5c")
    return text.lower()


Colour = Annotated[str, AfterValidator(_colour)]


class BrandingShape(Spoken):
    """[branding] in pack.toml: the mark (a file of the pack), the colour of the masthead and of links in each theme, and the name of the
    programme. What it does not say is as it comes with Floreo."""

    mark: str = ""
    masthead: Colour = ""
    masthead_dark: Colour = ""
    links: Colour = ""
    links_dark: Colour = ""
    programme: Annotated[str, StringConstraints(max_length=120)] = ""

    def themes(self) -> dict[str, dict[str, str]]:
        """What each theme is made of: {"light": {"masthead": ..., "links": ...}}. One masthead serves both unless the other is given."""
        dark = {"masthead": self.masthead_dark or self.masthead, "links": self.links_dark}
        return {"light": {"masthead": self.masthead, "links": self.links}, "dark": dark}


def one_to_four(levels: list[LevelShape]) -> list[LevelShape]:
    if len(levels) > MOST_LEVELS:
        raise ValueError(f"names {len(levels)} levels; a plan has one to four, the actions among them")
    return levels


def missing_in(spoken: Spoken, names: tuple[str, ...], languages: list[str]) -> list[str]:
    """Names of texts that are missing in a language of the pack other than its first, as "en.one"."""
    return [
        f"{language}.{name}"
        for language in languages[1:]
        for name in names
        if not spoken.translations.get(language, {}).get(name)
    ]
