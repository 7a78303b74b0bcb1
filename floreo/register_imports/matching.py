"""What the columns of a sheet mean, guessed: in which row the header stands, and which column is which field. Plain text in and out.

Nothing of it is final: the guess is shown on a page, and a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from floreo.core.delimited import plain
from floreo.register_imports.grid import NO_VALUE, Grid

LOOKED_AT = 40  # rows from the top in which a header is looked for
_SHORTEST_WORD = 4  # of a word that may be part of a longer header


def header_texts(grid: Grid, row: int, rows: int) -> list[str]:
    """The header of each column, with several rows joined: "Contact: Telephone". A column without one is named by its letter."""
    lines = grid.rows[row - 1 : row - 1 + rows]
    width = max((len(line) for line in grid.rows[row - 1 :]), default=0)
    found = []
    for x in range(width):
        parts = [line[x] for line in lines if x < len(line) and line[x] and line[x] != NO_VALUE]
        found.append(": ".join(dict.fromkeys(parts))[:200] or letter(x))
    return found


def letter(x: int) -> str:
    """The letters of a column as spreadsheets count them, from 0: A, B, ... Z, AA."""
    name = ""
    x += 1
    while x:
        x, rest = divmod(x - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def guess_header(grid: Grid, words: Mapping[str, str]) -> int:
    """The row, from 1, in which the header stands most likely: that with most cells that are called like a field; without any, the first
    with as many different cells as the sheet has at most."""
    best, most = 1, (0, 0)
    for y, row in enumerate(grid.rows[:LOOKED_AT], start=1):
        texts = {plain(cell) for cell in row if cell and not any(c.isdigit() for c in cell)}
        score = (len({words[text] for text in texts if text in words}), len(texts))
        if score > most:
            best, most = y, score
    return best


def guess_columns(header: Sequence[str], words: Mapping[str, str], remembered: Mapping[str, str]) -> list[str]:
    """The field of each column, "" where none is likely, each field once. `words` gives the field by what it may be called; `remembered`
    by what its column was called in earlier files ("" for one that was left out)."""
    found = [""] * len(header)
    decided: set[int] = set()
    for x, text in enumerate(map(plain, header)):
        if text in remembered:
            decided.add(x)
            found[x] = _unless_there(remembered[text], found)
    for take in (_called, _named_in):
        for x, text in enumerate(map(plain, header)):
            if x not in decided and not found[x]:
                found[x] = _unless_there(take(text, words), found)
    return found


def _unless_there(field: str, found: Sequence[str]) -> str:
    return "" if field in found else field


def _called(text: str, words: Mapping[str, str]) -> str:
    """Of a header in several rows ("Product: Version") the last row says what the column is, the others of what."""
    return words.get(text) or words.get(text.rsplit(": ", 1)[-1], "")


def _named_in(text: str, words: Mapping[str, str]) -> str:
    """The field whose longest word stands in the header as a whole word: "Nombre del activo (oficial)" holds "nombre del activo"."""
    for part in dict.fromkeys((text.rsplit(": ", 1)[-1], text)):
        letters = "".join(c if c.isalnum() else " " for c in part)
        spaced = f" {' '.join(letters.split())} "
        inside = [word for word in words if len(word) >= _SHORTEST_WORD and f" {word} " in spaced]
        if inside:
            return words[max(inside, key=lambda word: (len(word), word))]
    return ""
