"""The tag `{% document %}`: the same blocks as HTML."""

from __future__ import annotations

from django.template import Context, Template
from lxml import html

from floreo.core.documents.blocks import Cell, Grid, Heading, Paragraph
from tests.core.documents.making import document


def drawn(doc: object, level: int = 2) -> str:
    return Template("{% document doc level %}").render(Context({"doc": doc, "level": level}))


def test_every_block_is_on_the_page_under_its_heading() -> None:
    page = html.fromstring(f"<main>{drawn(document())}</main>")
    heads = [(e.tag, " ".join(str(e.xpath("string()")).split())) for e in page.iter("h2", "h3", "h4")]
    assert heads == [
        ("h2", "1 How it stands"),
        ("h3", "Deeper"),
        ("h3", "Decisions asked of you"),
        ("h3", "One"),
        ("h3", "Two"),
        ("h2", "Left"),
        ("h2", "Right"),
    ]
    words = " ".join(str(page.xpath("string()")).split())
    for text in ("Fourteen of 24 hold.", "Not started", "As the law says.", "3 December 2026", "55 days", "55 to 81"):
        assert text in words, text
    assert [(t.findtext("caption") or "").strip() for t in page.iter("table")] == ["What is late", "Figures"]
    assert len({e.get("id") for e in page.iter() if e.get("id")}) == len([e for e in page.iter() if e.get("id")])


def test_texts_are_never_markup() -> None:
    evil = '<script>alert(1)</script>{{ x }}{% load y %}"'
    made = drawn(document([Heading(evil), Paragraph(evil), Grid(evil, [evil], [[Cell(evil, below=evil, small=evil)]])]))
    assert "<script" not in made
    assert made.count("&lt;script&gt;") == 7
