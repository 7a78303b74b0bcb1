"""Numbers and bullets that were typed in front of a line: `1.`, `2.1`, `(a)`, `IV.`, `-`, `•`."""

from __future__ import annotations

import re

BULLETS = "-*•·▪■●○◦‣–—►➢➤✓❖¡\uf0b7\uf0a7\uf0d8"
_BULLET = re.compile(rf"^(?:[{re.escape(BULLETS)}]|o(?=\s\s|\t))\s+(?=\S)")
# A bare "12" is a quantity; a number counts as a label only with a dot, a bracket, or a second level.
_NUMBER = re.compile(
    r"^(?P<label>\(?(?:\d{1,2}(?:\.\d{1,2}){1,4}|\d{1,2}(?=[.)])|[a-zA-Z](?=\))|[ivxIVX]{1,5}(?=[.)])|[A-Z](?=\.\s)))"
    r"(?P<close>\.?\)?|\))\s+(?=\S)"
)


def split_label(line: str) -> tuple[str, str, str]:
    """(kind, number, rest): kind is `bullet`, `number` or empty; number is as printed, without its last dot."""
    if bullet := _BULLET.match(line):
        # "• 1.1 Establish ..." has both, and its number is the one that says something.
        _, number, rest = split_label(line[bullet.end() :])
        return "bullet", number, rest
    found = _NUMBER.match(line)
    if found is None or not _is_label(found):
        return "", "", line
    label = (found["label"] + found["close"]).rstrip(".")
    return "number", label, line[found.end() :]


def _is_label(found: re.Match[str]) -> bool:
    label, close = found["label"], found["close"]
    opened = label.startswith("(")
    if opened and not close.endswith(")"):
        return False
    # "A. " opens a heading, but "J. Smith" is a person: an initial is followed by one capitalised surname and no more.
    return not (
        close == "." and re.fullmatch(r"[A-Z]", label) and re.match(r"[A-Z][a-z]+[,.\s]*$", found.string[found.end() :])
    )
