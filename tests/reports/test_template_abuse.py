"""Word templates made to harm whoever fills them, or whoever opens what was filled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from floreo.core.errors import Refused
from floreo.reports.word.refusing import check
from tests.reports.test_templates import changed, template, with_relation

W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relation(kind: bytes, target: bytes) -> Callable[[str, bytes], bytes]:
    return with_relation(b'<Relationship Id="rIdX" Target="%s" Type="%s"/>' % (target, OFFICE + kind))


def carrying(kind: bytes, media: bytes = b"text/html", body: bytes = b"<html></html>") -> bytes:
    """A whole file, with a part that its name does not betray."""
    tied = changed(template("x"), relation(kind, b"media/image1.dat"))
    default = b'<Default Extension="dat" ContentType="%s"/></Types>' % media
    return changed(
        tied,
        lambda name, old: old.replace(b"</Types>", default) if name == "[Content_Types].xml" else old,
        **{"word__media__image1.dat": body},
    )


def in_document(xml: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, body: body.replace(b"<w:sectPr", xml + b"<w:sectPr", 1) if name == "word/document.xml" else body


def field(*codes: bytes, nested: bytes = b"") -> bytes:
    """A field whose code is written in several pieces, as Word itself does."""
    runs = b"".join(b"<w:r><w:instrText>%s</w:instrText></w:r>" % code for code in codes)
    begin, end = (b'<w:r><w:fldChar w:fldCharType="%s"/></w:r>' % kind for kind in (b"begin", b"end"))
    return b"<w:p %s>%s%s%s%s</w:p>" % (W, begin, runs, nested, end)


HIDDEN = b'<?xml version="1.0"?><w:hdr %s>%s</w:hdr>' % (W, field(b"INCLUDEPICTURE https://evil.example/x.png"))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (lambda: carrying(b"aFChunk"), "contains a program"),
        (lambda: carrying(b"aFChunk", b"application/rtf", b"{\\rtf1}"), "contains a program"),
        (lambda: carrying(b"oleObject", b"image/png", b"\xd0\xcf\x11\xe0"), "contains a program"),
        (lambda: carrying(b"package", b"image/png"), "contains a program"),
        (lambda: carrying(b"control", b"image/png"), "contains a program"),
        (lambda: carrying(b"attachedTemplate", b"image/png"), "contains a program"),
        (lambda: changed(template("x"), in_document(field(b"DDE", b"AUTO c:\\\\x"))), "the Word field DDEAUTO"),
        (lambda: changed(template("x"), in_document(field(b" INCLUDE", b"PICTURE ", b"https://x"))), "INCLUDEPICTURE"),
        (
            lambda: changed(template("x"), in_document(field(b"IF 1 = 1 ", nested=field(b"D", b"DE x")))),
            "the Word field DDE",
        ),
        (lambda: changed(template("x"), word__odd=HIDDEN), "INCLUDEPICTURE"),
        (lambda: changed(template("x"), elsewhere__part=HIDDEN), "INCLUDEPICTURE"),
        (
            lambda: changed(
                template("x"),
                lambda n, b: (
                    b"<!--" + b"x" * 9000 + b'--><!DOCTYPE a [<!ENTITY b "c">]>' + b.partition(b"?>")[2]
                    if n == "word/document.xml"
                    else b
                ),
            ),
            "defines entities",
        ),
    ],
)
def test_what_reaches_out_or_carries_something_is_found_wherever_it_hides(
    content: Callable[[], bytes], text: str
) -> None:
    with pytest.raises(Refused) as refused:
        check(content())
    assert text in str(refused.value.sentence)


def test_fields_of_word_that_harm_nobody_are_let_be() -> None:
    harmless = field(b" PAGE ") + field(b" TOC \\o ", b'"1-3" \\h ') + field(b"IF ", nested=field(b" NUMPAGES "))
    assert check(changed(template("{{ period }}"), in_document(harmless))) == ["period"]


def test_loops_in_loops_in_loops_are_refused() -> None:
    """Each of twenty late actions for each of twenty, and so on: no server would ever be done."""
    for depth, is_fine in ((1, True), (2, True), (3, False), (12, False)):
        loops = "".join(f"{{% for a{n} in actions %}}" for n in range(depth))
        words = template(f"{loops}{{{{ a0.title }}}}{'{% endfor %}' * depth}")
        if is_fine:
            assert "actions[].title" in check(words)
            continue
        with pytest.raises(
            Refused, match="A template can show fields, repeat lists and check whether something exists"
        ):
            check(words)
