"""What a read file is: its fixed text, the blocks it is made of, and the refusal when it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

BlockKind = Literal["heading", "paragraph", "item", "cell_row"]


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or table row.

    Offsets point into `Document.text` and leave out the bullet or number, which is before `start`.
    `level` is the heading's depth or the item's nesting (from 1), the table's number for a row, 0 for a paragraph.
    `lines` are the lines of those cells of a row that have several: a paragraph each in Word, a numbered line in a PDF.
    """

    kind: BlockKind
    level: int
    number: str
    start: int
    end: int
    cells: tuple[tuple[int, int], ...] = ()
    lines: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file after reading: `text` is what people see and what every passage is cut from."""

    name: str
    kind: str
    text: str
    blocks: tuple[Block, ...]
    repaired: tuple[tuple[int, int], ...]
    language: str

    def words_of(self, block: Block) -> str:
        return self.text[block.start : block.end]


class Unreadable(Exception):  # noqa: N818 - others catch it by this name
    """A file that cannot be read, for good. `code` is stable; the message is a sentence for a person."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.sentence: Mapping[str, str | int] = MappingProxyType(dict(params))
        super().__init__(SENTENCES[code].format(**params))


SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "wrong_type": "{name} is {found}. Only text, Markdown, HTML, Word (.docx) and PDF files are accepted. "
        "Save the document in one of these formats and upload it again.",
        "not_text": "{name} has the ending of a text file, but its content is not text. "
        "Open it in the program that made it and save it as Word or PDF.",
        "empty": "{name} contains no words. Check that it is the right file and that it opens on your computer.",
        "encrypted": "{name} is protected by a password. Remove the password and upload the file again.",
        "scanned": "{name} contains images of pages, not text. Run text recognition (OCR) on it, "
        "or upload the Word file it was made from.",
        "too_large": "{name} is {size_mb} MB; the limit is {limit_mb} MB. "
        "Upload the text without annexes and images, or in parts.",
        "too_long": "{name} has {pages} pages; the limit is {limit}. "
        "Upload the document without its annexes, or in parts.",
        "bomb": "{name} expands to a much larger size than expected, so it was not opened. "
        "Open it in Word, save it under a new name and upload that file.",
        "damaged": "{name} is damaged or incomplete, so it cannot be opened. Ask for the file again, or save it again.",
        "language": "{name} seems to be written in {language}, in which texts cannot be read here. "
        "Upload a translation, or enter the content by hand.",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a reader may take in before it refuses. Sizes in bytes."""

    file_bytes: int = 50_000_000
    text_bytes: int = 5_000_000
    unpacked_bytes: int = 200_000_000
    unpacked_ratio: int = 150
    archive_members: int = 5_000
    pages: int = 600


DEFAULT = Limits()
