"""Puts the pieces a reader found together into a Document: fixes each, lays them out, counts offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from floreo.core.reading.document import Block, BlockKind, Document, Unreadable
from floreo.core.reading.language import language_of, refuse_other_languages
from floreo.core.reading.repair import Span, repair

CELL_GAP = " | "


@dataclass(frozen=True, slots=True)
class Piece:
    """A block before it has a place in the text. A table row has `cells` and no `text`."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    number: str = ""
    cells: tuple[str, ...] = ()


def build_document(pieces: Iterable[Piece], *, name: str, kind: str) -> Document:
    """A Document from pieces in reading order; refuses one without words or in a third language."""
    kept = [piece for piece in pieces if piece.text.strip() or any(cell.strip() for cell in piece.cells)]
    sample = "\n".join(piece.text or " ".join(piece.cells) for piece in kept)
    if not any(character.isalpha() for character in sample):
        raise Unreadable("empty", name=name)
    language = language_of(sample)
    layout = _Layout(english=language == "en")
    for piece in kept:
        layout.add(piece)
    text = "".join(layout.parts)
    refuse_other_languages(text, name=name)
    return Document(name, kind, text, tuple(layout.blocks), tuple(layout.repaired), language)


class _Layout:
    """The text so far. Each block starts on its own line; a number or bullet stands before its block."""

    def __init__(self, *, english: bool) -> None:
        self.english = english
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.repaired: list[Span] = []
        self.at = 0

    def add(self, piece: Piece) -> None:
        cells = [repair(cell, english=self.english) for cell in piece.cells or (piece.text,)]
        if not any(text for text, _ in cells):
            return
        self._gap(piece)
        self._mark(piece)
        start, spans = self.at, self._cells(cells)
        own_cells = tuple(spans) if piece.kind == "cell_row" else ()
        self.blocks.append(Block(piece.kind, piece.level, piece.number, start, self.at, own_cells))

    def _gap(self, piece: Piece) -> None:
        if self.blocks:
            tight = piece.kind == self.blocks[-1].kind and piece.kind in {"item", "cell_row"}
            self._write("\n" if tight else "\n\n")

    def _mark(self, piece: Piece) -> None:
        if piece.number:
            self._write(f"{piece.number} ")
        elif piece.kind == "item":
            self._write("- ")

    def _cells(self, cells: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Span]:
        spans: list[Span] = []
        for text, repaired in cells:
            if spans:
                self._write(CELL_GAP)
            self.repaired.extend((self.at + start, self.at + end) for start, end in repaired)
            spans.append((self.at, self.at + len(text)))
            self._write(text)
        return spans

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.at += len(text)
