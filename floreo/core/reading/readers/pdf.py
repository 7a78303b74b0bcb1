"""Reads a PDF: refuses what is locked, broken or only pictures, then rebuilds paragraphs from placed words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from floreo.core.reading.building import Piece
from floreo.core.reading.document import Limits, Unreadable
from floreo.core.reading.openers import Openers
from floreo.core.reading.readers.pdf_layout import pieces_of_pages
from floreo.core.reading.readers.pdf_words import Page, page_of, tables_of

_LETTERS_A_PAGE = 8
_RULED_AT_LEAST = 6
_TABLE_PAGES_AT_MOST = 60


def pieces_of_pdf(path: Path, *, name: str, limits: Limits, openers: Openers) -> Iterator[Piece]:
    """Headings, paragraphs, list items and table rows of a PDF, in reading order."""
    _check(path, name=name, limits=limits)
    try:
        opened = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if "password" in str(error).lower() else "damaged", name=name) from error
    try:
        pages = [page_of(opened, number) for number in range(len(opened))]
    except pypdfium2.PdfiumError as error:
        raise Unreadable("damaged", name=name) from error
    finally:
        opened.close()
    _check_text(pages, name=name)
    ruled = [number for number, page in enumerate(pages) if page.rules >= _RULED_AT_LEAST][:_TABLE_PAGES_AT_MOST]
    return pieces_of_pages(tables_of(path, pages, ruled), openers=openers)


def _check(path: Path, *, name: str, limits: Limits) -> None:
    """pypdf distinguishes a locked file from a broken one, which the faster reader does not."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise Unreadable("damaged", name=name) from error
    if locked:
        raise Unreadable("encrypted", name=name)
    if count == 0:
        raise Unreadable("empty", name=name)
    if count > limits.pages:
        raise Unreadable("too_long", name=name, pages=count, limit=limits.pages)


def _check_text(pages: list[Page], *, name: str) -> None:
    letters = sum(character.isalpha() for page in pages for word in page.words for character in word.text)
    if letters >= _LETTERS_A_PAGE * len(pages):
        return
    if any(page.images for page in pages):
        raise Unreadable("scanned", name=name)
    if letters == 0:
        raise Unreadable("empty", name=name)
