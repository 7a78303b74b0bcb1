"""Puts the pieces a reader found together into a Document: fixes each, lays them out, counts offsets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from floreo.core.reading.document import Block, BlockKind, Document, Unreadable
from floreo.core.reading.language import OF_ANY_TEXT, language_of, refuse_other_languages
from floreo.core.reading.repair import Span, repair

CELL_GAP = " | "
_Repaired = tuple[str, tuple[Span, ...]]  # a line, and what of it was repaired


@dataclass(frozen=True, slots=True)
class Piece:
    """A block before it has a place in the text. A table row has `cells` and no `text`; the lines of a cell are apart by a line
    end here, and by `line_gap` in the text of the document."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    number: str = ""
    cells: tuple[str, ...] = ()
    line_gap: str = " "


def build_document(pieces: Iterable[Piece], *, name: str, kind: str, read: Collection[str] = OF_ANY_TEXT) -> Document:
    """A Document from pieces in reading order; refuses one without words or in a language that is not `read`."""
    kept = [piece for piece in pieces if piece.text.strip() or any(cell.strip() for cell in piece.cells)]
    sample = "\n".join(piece.text or " ".join(piece.cells) for piece in kept)
    if not any(character.isalpha() for character in sample):
        raise Unreadable("empty", name=name)
    language = language_of(sample, read)
    layout = _Layout(english=language == "en")
    for piece in kept:
        layout.add(piece)
    text = "".join(layout.parts)
    refuse_other_languages(text, name=name, read=read)
    return Document(name, kind, text, tuple(layout.blocks), tuple(layout.repaired), language)


class _Layout:
    """The text so far. Each block starts on its own line; a number or bullet is before its block."""

    def __init__(self, *, english: bool) -> None:
        self.english = english
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.repaired: list[Span] = []
        self.at = 0

    def add(self, piece: Piece) -> None:
        cells = [self._repaired(cell.split("\n") if piece.cells else [cell]) for cell in piece.cells or (piece.text,)]
        if not any(text for cell in cells for text, _ in cell):
            return
        self._gap(piece)
        self._mark(piece)
        start, spans = self.at, [self._cell(cell, piece.line_gap, first=n == 0) for n, cell in enumerate(cells)]
        if piece.kind != "cell_row":
            self.blocks.append(Block(piece.kind, piece.level, piece.number, start, self.at))
            return
        own = tuple((lines[0][0], lines[-1][1]) for lines in spans)
        lines = tuple(line for cell in spans if len(cell) > 1 for line in cell)
        self.blocks.append(Block(piece.kind, piece.level, piece.number, start, self.at, own, lines))

    def _repaired(self, lines: Sequence[str]) -> list[_Repaired]:
        """The lines of one cell that have words; one empty line where none has."""
        found = [repair(line, english=self.english) for line in lines]
        return [line for line in found if line[0]] or [("", ())]

    def _gap(self, piece: Piece) -> None:
        if self.blocks:
            tight = piece.kind == self.blocks[-1].kind and piece.kind in {"item", "cell_row"}
            self._write("\n" if tight else "\n\n")

    def _mark(self, piece: Piece) -> None:
        if piece.number:
            self._write(f"{piece.number} ")
        elif piece.kind == "item":
            self._write("- ")

    def _cell(self, lines: Sequence[_Repaired], gap: str, *, first: bool) -> list[Span]:
        """The place of each line of a cell."""
        spans: list[Span] = []
        before = "" if first else CELL_GAP
        for text, repaired in lines:
            self._write(gap if spans else before)
            self.repaired.extend((self.at + start, self.at + end) for start, end in repaired)
            spans.append((self.at, self.at + len(text)))
            self._write(text)
        return spans

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.at += len(text)
