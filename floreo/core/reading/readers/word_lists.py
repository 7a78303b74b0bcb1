"""Reads numbering.xml and the styles of a Word file into the Numbering that counts its labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from floreo.core.reading.numbering import Level, ListUse, Numbering

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Element = Any  # python-docx and lxml elements alike; neither ships types for this


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says about lists and headings; `outline` is 0 for a top heading."""

    name: str
    based_on: str
    use: str
    depth: int | None
    outline: int | None


def value(element: Element, path: str, default: str = "") -> str:
    """The w:val of the first element at a path such as `pPr/numPr/numId`, or the default."""
    found = element.find("/".join(W + step for step in path.split("/")))
    return default if found is None else str(found.get(W + "val", default))


_WHOLE = re.compile(r"-?[0-9]{1,8}")


def whole(text: str, default: int = 0) -> int:
    return int(text) if _WHOLE.fullmatch(text) else default


def styles_of(root: Element | None) -> dict[str, Style]:
    """Paragraph styles by id."""
    found: dict[str, Style] = {}
    for element in [] if root is None else root.iter(W + "style"):
        outline, depth = value(element, "pPr/outlineLvl"), value(element, "pPr/numPr/ilvl")
        found[element.get(W + "styleId", "")] = Style(
            name=value(element, "name").lower(),
            based_on=value(element, "basedOn"),
            use=value(element, "pPr/numPr/numId"),
            depth=whole(depth) if depth else None,
            outline=whole(outline, 9) if outline else None,
        )
    return found


def chain(styles: Mapping[str, Style], style: str) -> list[Style]:
    """A style and those it is based on, nearest first; a circle ends it."""
    names: list[str] = []
    while style in styles and style not in names:
        names.append(style)
        style = styles[style].based_on
    return [styles[name] for name in names]


@dataclass(frozen=True, slots=True)
class Lists:
    """The numbering of one file, and which level of a definition belongs to which style."""

    numbering: Numbering
    style_levels: Mapping[tuple[str, str], int]

    def place(self, paragraph: Element, styles: Mapping[str, Style]) -> tuple[str, int] | None:
        """The list and depth (from 0) a paragraph belongs to, by itself or by its style; None if it is in no list."""
        style = value(paragraph, "pPr/pStyle")
        use, depth = value(paragraph, "pPr/numPr/numId"), value(paragraph, "pPr/numPr/ilvl")
        inherited = next((found for found in chain(styles, style) if found.use), None)
        if not use and inherited is not None:
            use = inherited.use
            if not depth:
                depth = str(self._depth_by_style(use, style, inherited))
        if not use or use == "0" or use not in self.numbering.uses:
            return None
        return use, whole(depth)

    def _depth_by_style(self, use: str, style: str, inherited: Style) -> int:
        definition = self.numbering.uses[use].definition if use in self.numbering.uses else ""
        linked = self.style_levels.get((definition, style))
        return linked if linked is not None else inherited.depth or 0


def lists_of(root: Element | None, styles: Mapping[str, Style]) -> Lists:
    """The lists that numbering.xml defines; none when the file has no such part."""
    if root is None:
        return Lists(Numbering({}, {}), {})
    abstract = {element.get(W + "abstractNumId", ""): element for element in root.iter(W + "abstractNum")}
    uses = {element.get(W + "numId", ""): _use(element) for element in root.iterchildren(W + "num")}
    definitions = {key: _levels(_followed(element, abstract, uses, styles)) for key, element in abstract.items()}
    style_levels = {
        (key, value(level, "pStyle")): whole(level.get(W + "ilvl", "0"))
        for key, element in abstract.items()
        for level in element.iterchildren(W + "lvl")
        if value(level, "pStyle")
    }
    return Lists(Numbering(definitions, uses), style_levels)


def _use(element: Element) -> ListUse:
    starts: dict[int, int] = {}
    levels: dict[int, Level] = {}
    for override in element.iterchildren(W + "lvlOverride"):
        depth = whole(override.get(W + "ilvl", "0"))
        if start := value(override, "startOverride"):
            starts[depth] = whole(start, 1)
        if (level := override.find(W + "lvl")) is not None:
            levels[depth] = _level(level)
    return ListUse(value(element, "abstractNumId"), starts, levels)


def _followed(
    element: Element, abstract: Mapping[str, Element], uses: Mapping[str, ListUse], styles: Mapping[str, Style]
) -> Element:
    # A definition may only point at a list style, whose own definition holds the levels.
    link = value(element, "numStyleLink")
    if not link or link not in styles or styles[link].use not in uses:
        return element
    return abstract.get(uses[styles[link].use].definition, element)


def _levels(element: Element) -> dict[int, Level]:
    return {whole(level.get(W + "ilvl", "0")): _level(level) for level in element.iterchildren(W + "lvl")}


def _level(element: Element) -> Level:
    restart = value(element, "lvlRestart")
    legal = element.find(W + "isLgl")
    return Level(
        format=value(element, "numFmt", "decimal"),
        text=value(element, "lvlText"),
        start=whole(value(element, "start", "1"), 1),
        restart=whole(restart) if restart else None,
        legal=legal is not None and legal.get(W + "val", "1") not in {"0", "false"},
    )
