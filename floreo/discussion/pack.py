"""The shape of comments.toml, which only a sample country has."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from pydantic import Field

from floreo.core.pack import Moment, Shape
from floreo.discussion.models import Comment, Mention


class MentionShape(Shape):
    """[[comment.mention]]"""

    word: ClassVar[str] = "mention"
    makes: ClassVar[type[models.Model]] = Mention
    owner: ClassVar[str] = "comment"

    person: str
    seen_at: Moment | None = None

    def identity(self) -> str:
        return self.person


class CommentShape(Shape):
    """[[comment]]: on which record, by its kind and key in the pack, and what it says."""

    word: ClassVar[str] = "comment"
    makes: ClassVar[type[models.Model]] = Comment
    nested: ClassVar[tuple[str, ...]] = ("mention",)
    lookup: ClassVar[tuple[str, ...]] = ("thing", "written_at")
    keyed: ClassVar[tuple[str, ...]] = ("thing",)

    thing: str  # "action:2025-2028/2.1.1"
    text: str
    author_name: str
    written_at: Moment
    mention: list[MentionShape] = Field(default_factory=list)

    def identity(self) -> str:
        return f"{self.thing}/{self.written_at.isoformat()}"


SHAPES: tuple[type[Shape], ...] = (CommentShape, MentionShape)
