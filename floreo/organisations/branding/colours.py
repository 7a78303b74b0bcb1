"""The colours that a country may choose, measured against the grounds that the style sheet really uses, and the sheet that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from floreo.core.documents import ink
from floreo.core.ui.contrast import mixed, ratio

MASTHEAD, TEXT, LARGE = 7.0, 4.5, 3.0  # contrast that is needed: names on the masthead (AAA), words (AA), shapes (AA)


@dataclass(frozen=True)
class Measured:
    """A pair of colours that are on one another, and how much contrast it has and needs."""

    field: str  # of the pack's [branding]
    words: str  # "masthead #123456 under the names on it #ffffff"
    found: float
    needed: float
    theme: str

    @property
    def is_enough(self) -> bool:
        return self.found >= self.needed

    @property
    def sentence(self) -> str:
        found = int(self.found * 100) / 100  # cut, so that 4.499 is not shown as 4.5
        return f"{self.words} has a contrast of {found:.2f}:1 in the {self.theme} theme; {self.needed:g}:1 is needed"


def _theme(name: str) -> Mapping[str, str]:
    return ink.dark_colours() if name == "dark" else ink.colours()


def tokens(name: str, *, masthead: str = "", links: str = "") -> dict[str, str]:
    """The tokens of a theme ("light" or "dark") that follow from the country's colours: {"canopy": "#0b3d5c"}."""
    known = _theme(name)
    found: dict[str, str] = {}
    if masthead:
        found |= {"canopy": masthead, "canopy-2": mixed(masthead, known["on-canopy"], 0.16)}
    if links:
        deep = mixed(links, known["ink"], 0.4)
        found |= {"sea": links, "sea-deep": deep, "sea-tint": mixed(known["paper"], links, 0.1)}
    return found


def measured(name: str, *, masthead: str = "", links: str = "") -> Iterator[Measured]:
    """Every pair of colours in which the country's colours take part, in that theme."""
    known = {**_theme(name), **tokens(name, masthead=masthead, links=links)}
    end = "_dark" if name == "dark" else ""
    if masthead:
        for ground in ("canopy", "canopy-2"):
            for over, needed in (("on-canopy", MASTHEAD), ("on-canopy-2", TEXT), ("sun", LARGE)):
                if ground == "canopy" or over == "on-canopy":
                    words = f"{known[ground]} under {known[over]} ({over})"
                    yield Measured(f"masthead{end}", words, ratio(known[ground], known[over]), needed, name)
    if links:
        for ground in ("paper", "ground", "sand", "inner", "sea-tint"):
            for over in ("sea", "sea-deep"):
                words = f"{known[over]} on {known[ground]} ({ground})"
                yield Measured(f"links{end}", words, ratio(known[over], known[ground]), TEXT, name)
        for ground in ("sea", "sea-deep"):
            words = f"{known['on-sea']} on a button of {known[ground]}"
            yield Measured(f"links{end}", words, ratio(known["on-sea"], known[ground]), TEXT, name)


def sheet(colours: Mapping[str, str], *, edge: str = "") -> str:
    """The style sheet of a theme. `edge` is the address of the masthead's edge in the country's colour."""
    rules = [f"--fl-{name}:{value}" for name, value in colours.items()]
    if edge:
        rules.append(f'--fl-canopy-edge:url("{edge}")')
    return f":root{{{';'.join(rules)}}}\n" if rules else ""
