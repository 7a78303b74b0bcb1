"""A row on its way: what a rule found, before all finds are put in reading order and numbered."""

from __future__ import annotations

from dataclasses import dataclass, field

from floreo.strategy.drafting.rows import Kind, Value


@dataclass(eq=False, slots=True)
class Found:
    """One find. `parent` is another find, by identity; `fields` may still grow while the walk goes on.

    `printed` is the number as the text prints it (a pillar with code 1 may be under section 4.1), and `listed` says
    that it came from a list and not from a heading.
    """

    kind: Kind
    title: str
    start: int
    end: int
    parent: Found | None = None
    fields: dict[str, Value] = field(default_factory=dict)
    printed: str = ""
    listed: bool = False

    @property
    def code(self) -> str:
        return str(self.fields.get("code") or "")
