"""A document as PDF/UA-1: tagged, in its language, every picture with its words. Drawn by typst, whose wheel needs nothing
else. Texts reach it as data; none of them can become markup."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst
from pypdf import PdfReader

from floreo.core.documents import ink
from floreo.core.documents.blocks import Document
from floreo.core.documents.data import Drawer, contents_depth
from floreo.core.documents.labels import Labels, labels_in
from floreo.core.documents.plain import LONGEST_IN_A_LINE, bounded, clean, has_text
from floreo.core.language_codes import SOURCE, base

HERE = Path(__file__).resolve().parent
UNKNOWN = "□"
SCALES = (
    1.18,
    1.12,
    1.06,
    1.0,
    0.94,
    0.88,
    0.82,
    0.77,
)  # how large one page may be drawn: the first that stays one page
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(HERE / "fonts")])


@cache
def _paper() -> bytes:
    return (HERE / "paper.typ").read_bytes()


def _compile(source: bytes, *, inputs: dict[str, str], kind: str = "pdf", ppi: float | None = None) -> bytes:
    more: dict[str, Any] = {"pdf_standards": ["ua-1"], "timestamp": 0} if kind == "pdf" else {"ppi": ppi}
    made = typst.compile(source, font_paths=_fonts(), ignore_system_fonts=True, format=kind, sys_inputs=inputs, **more)  # type: ignore[call-overload]
    return bytes(made[0]) if isinstance(made, list) else bytes(made)


LONG = 150_000  # characters of a document, with its charts, from which typst is made to forget it
KEPT_BY_TYPST = 10  # papers whose working it keeps, 100 MB for one with a hundred charts


def _forget() -> None:
    """Empty papers push out what typst keeps of a long one; else a server that draws reports fills its memory."""
    for _paper_number in range(KEPT_BY_TYPST + 1):
        _compile(b'#set document(title: "x")\nx', inputs={})


_PROBE = b'#set document(title: "x")\n#set text(font: ("Public Sans", "DejaVu Sans Mono"))\n#sys.inputs.words'


def _shows(words: str) -> bool:
    try:
        _compile(_PROBE, inputs={"words": words})
    except typst.TypstError:
        return False
    return True


@lru_cache(maxsize=1 << 14)
def _has_glyph(letter: str) -> bool:
    return _shows(letter)


def _is_mark(letter: str) -> bool:
    """Whether it is drawn on the character before it, or changes how that one is drawn."""
    return unicodedata.category(letter) in {"Cf", "Mn", "Mc", "Me"}


def _replacement(letter: str) -> str:
    """What is drawn in place of a character that no face here has: its name for a sign or an emoji, else a box."""
    if _is_mark(letter):
        return ""
    if unicodedata.category(letter).startswith("S"):
        return f"[{unicodedata.name(letter, 'sign').lower()}]"
    return UNKNOWN


def _drawable(text: str) -> str:
    """JSON of a document, with substitutes for the characters that no face has, and without the marks that no face puts on
    their character: a face may have both a digit and the key round it, and not the two in one."""
    strange = "".join(sorted(set(_NOT_ASCII.findall(text))))
    if not strange:
        return text
    marks = "".join(filter(_is_mark, strange))
    clusters = _clusters(text, marks)
    if _all_known(" ".join([*strange, *map(_in_words, sorted(clusters))])):
        return text
    missing: dict[str, str | int | None] = {
        letter: _replacement(letter) for letter in strange if not _has_glyph(letter)
    }
    text = text.translate(str.maketrans(missing))
    odd = {cluster: together for cluster in _clusters(text, marks) if (together := _together(cluster)) != cluster}
    return _of_marks(marks).sub(lambda found: odd.get(found[0], found[0]), text) if odd else text


def _of_marks(marks: str) -> re.Pattern[str]:
    some = re.escape(marks)
    return re.compile(f"[^{some}][{some}]+")


def _clusters(text: str, marks: str) -> set[str]:
    """Every character of the text that bears one of these marks, with its marks."""
    return set(_of_marks(marks).findall(text)) if marks else set()


@lru_cache(maxsize=1 << 12)
def _together(cluster: str) -> str:
    """A character with those of its marks that can be drawn on it, alone and within a word: the face may be another there."""
    if _shows(_in_words(cluster)):
        return cluster
    drawn = cluster[0]
    for mark in cluster[1:]:
        drawn += mark if _shows(_in_words(drawn + mark)) else ""
    return drawn


def _in_words(cluster: str) -> str:
    return f"{cluster} a{cluster}a"


@lru_cache(maxsize=256)
def _all_known(letters: str) -> bool:
    return _shows(letters)


def _kicker(document: Document) -> list[str]:
    first, _line, second = document.kicker.partition("\n")
    return [bounded(first, 200), bounded(second or ink.branding().programme, 200)]


def _data(document: Document, labels: Labels) -> dict[str, Any]:
    day = document.made_on
    return {
        "title": bounded(document.title, 600) if has_text(document.title) else "–",
        "running": bounded(document.title, 110),
        "subtitle": bounded(document.subtitle, 1000),
        "lang": base(document.language)[:3] or SOURCE,
        "author": bounded(document.author, 300),
        "keywords": [bounded(k, 100) for k in document.keywords[:50]],
        "date": [day.year, day.month, day.day] if day else None,
        "kicker": _kicker(document),
        "kicker_lines": [bounded(b, 200) for b in document.kicker_lines],
        "foot": bounded(document.foot, 600, LONGEST_IN_A_LINE),
        "sample": bounded(document.notice, 200),
        "contents": document.contents,
        "contents_title": clean(document.contents_title or labels.contents),
        "contents_depth": contents_depth(document.blocks),
        "one_page": document.one_page,
        "paper": document.paper,
        "colours": dict(ink.branding().colours),
        "short": ink.SHORT,
        "shapes": ink.silhouettes(),
        "mark": ink.branding().mark,
        "blocks": Drawer(document).many(document.blocks),
        "labels": {"page": labels.page, "internal": labels.internal, "nothing": labels.nothing},
    }


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def to_pdf(document: Document, *, labels: Labels | None = None) -> bytes:
    """The document as PDF/UA-1. The same document gives the same bytes. One that must stay one page is drawn tighter
    and tighter; what does not fit even so runs on, since nothing is ever cut off unseen."""
    data = _data(document, labels or labels_in(document.language))
    text = _drawable(json.dumps(data, ensure_ascii=False))
    made = b""
    for scale in SCALES if document.one_page else (1.0,):
        scaled = f'{{"scale":{scale},{text[1:]}'
        made = _compile(_paper(), inputs={"document": scaled})
        if not document.one_page or pages_of(made) == 1:
            break
    if len(text) > LONG:
        _forget()
    return made


def drawn(source: bytes, data: Mapping[str, Any]) -> bytes:
    """A paper of an app's own design as PDF/UA-1: `source` is its typst, which reads `data` as JSON from `sys.inputs.document`."""
    return _compile(source, inputs={"document": _drawable(json.dumps(data, ensure_ascii=False))})


def picture_of(svg: str, *, ppi: float) -> bytes:
    """A picture that we drew, as PNG, 160 mm wide."""
    return _compile(_PICTURE, inputs={"svg": _drawable(svg)}, kind="png", ppi=ppi)


_PICTURE = b"""#set page(width: 160mm, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)"""


@lru_cache(maxsize=64)
def to_png(svg: str, *, ppi: float = 200) -> bytes:
    """One of our charts as PNG, 160 mm wide, for programs that draw no SVG. Empty where there is nothing to draw."""
    picture = ink.alone(ink.first_picture(svg))
    return _compile(_PICTURE, inputs={"svg": _drawable(clean(picture))}, kind="png", ppi=ppi) if picture else b""
