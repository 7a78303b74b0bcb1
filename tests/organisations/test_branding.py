"""A country's own branding: marks that only draw, colours with enough contrast, and what the site serves of them."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.documents import ink
from floreo.core.documents.blocks import Document, Heading, Paragraph
from floreo.core.documents.pdf import to_pdf
from floreo.core.documents.word import to_word
from floreo.core.ui.contrast import mixed, ratio
from floreo.organisations.branding import colours, marks
from floreo.organisations.branding.paper import paper_of
from floreo.organisations.models import Country
from tests.factories import strategy as make

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'
GOOD = f'{OPEN}><defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs><path fill="url(#g)" d="M0 0h9v9z"/><use xlink:href="#g"/></svg>'


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80\x10\x40" * width for _row in range(height)))

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_drawing_that_only_draws_is_taken() -> None:
    assert marks.problem_of(GOOD.encode(), "svg") == ""
    assert marks.problem_of(png(4, 6), "png") == ""


BAD_DRAWINGS = {
    "script": (f"{OPEN}><script>alert(1)</script></svg>", "holds a script"),
    "script of another namespace": (
        f'{OPEN}><x:script xmlns:x="http://www.w3.org/1999/xhtml"/></svg>',
        "holds a script",
    ),
    "foreign object": (f"{OPEN}><foreignObject/></svg>", "holds a foreign object"),
    "style sheet": (f"{OPEN}><style>@import 'https://evil.example/'</style></svg>", "holds a style sheet"),
    "picture from elsewhere": (f'{OPEN}><image href="https://evil.example/a.png"/></svg>', "holds a picture"),
    "animation": (f'{OPEN}><animate attributeName="href" to="javascript:x"/></svg>', "holds “animate”"),
    "link": (f'{OPEN}><a href="javascript:x"><path d=""/></a></svg>', "holds “a”"),
    "event handler": (f'{OPEN} onload="alert(1)"></svg>', "holds an event handler, onload"),
    "event handler in capitals": (f'{OPEN}><path OnClick="x" d=""/></svg>', "holds an event handler, onclick"),
    "use from elsewhere": (
        f'{OPEN}><use href="https://evil.example/a.svg#x"/></svg>',
        "refers to something outside it",
    ),
    "use of data": (f'{OPEN}><use xlink:href="data:image/svg+xml,x"/></svg>', "refers to something outside it"),
    "paint from elsewhere": (
        f'{OPEN}><path fill="url(//evil.example/#a)" d=""/></svg>',
        "refers to something outside it",
    ),
    "paint with escapes": (
        f'{OPEN}><path fill="u\\72l(//evil.example)" d=""/></svg>',
        "refers to something outside it",
    ),
    "style attribute": (f'{OPEN}><path style="fill:url(//evil.example)" d=""/></svg>', "holds “style”"),
    "base": (f'{OPEN} xml:base="https://evil.example/"></svg>', "holds the attribute “base”"),
    "entity": (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{OPEN}><title>&x;</title></svg>',
        "has a DOCTYPE",
    ),
    "instruction": (f"<?xml-stylesheet href='https://evil.example/'?>{OPEN}><?php x ?></svg>", "holds an instruction"),
    "without a box": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "is not an SVG drawing with a viewBox"),
    "another language": ("<html/>", "is not an SVG drawing"),
    "broken": (f"{OPEN}>", "is not a well-formed SVG drawing"),
    "too large": (f"{OPEN}><desc>{'x' * 33_000}</desc></svg>", "has 33"),
}


@pytest.mark.parametrize("name", BAD_DRAWINGS)
def test_a_drawing_that_does_more_is_refused_with_what_it_holds(name: str) -> None:
    text, sentence = BAD_DRAWINGS[name]
    assert marks.problem_of(text.encode(), "svg").startswith(sentence)


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (b"GIF89a", "png", "is not a PNG picture"),
        (png(4, 4)[:30] + b"xxxx", "png", "is not a whole PNG picture"),
        (png(1025, 1), "png", "is 1025 × 1 pixels"),
        (png(1, 1) + b"\0" * 65_000, "png", "has 65"),
        (b"x", "gif", "must be an SVG or a PNG file"),
    ],
)
def test_a_picture_that_cannot_be_a_mark_is_refused(content: bytes, kind: str, sentence: str) -> None:
    assert marks.problem_of(content, kind).startswith(sentence)


@pytest.mark.long
@settings(max_examples=80)
@given(st.binary(max_size=200), st.sampled_from(["svg", "png"]))
def test_no_bytes_break_the_reader(content: bytes, kind: str) -> None:
    assert isinstance(marks.problem_of(content, kind), str)


hexes = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(hexes, hexes)
def test_contrast_is_between_one_and_twenty_one_and_the_same_both_ways(one: str, other: str) -> None:
    assert ratio(one, other) == ratio(other, one)
    assert 1 <= ratio(one, other) <= 21.01
    assert (mixed(one, other, 0), mixed(one, other, 1)) == (one, other)


def test_contrast_as_the_standard_computes_it() -> None:
    assert round(ratio("#000000", "#ffffff"), 2) == 21
    assert round(ratio("#767676", "#ffffff"), 2) == 4.54
    assert round(ratio("#777777", "#ffffff"), 2) == 4.48


@settings(max_examples=60)
@given(hexes, hexes, st.sampled_from(["light", "dark"]))
def test_colours_that_are_taken_are_readable_wherever_the_style_sheet_uses_them(
    masthead: str, links: str, theme: str
) -> None:
    pairs = list(colours.measured(theme, masthead=masthead, links=links))
    known = (ink.dark_colours() if theme == "dark" else ink.colours()) | colours.tokens(
        theme, masthead=masthead, links=links
    )
    if all(pair.is_enough for pair in pairs):
        assert ratio(known["on-canopy"], known["canopy"]) >= 7
        assert ratio(known["sea"], known["paper"]) >= 4.5
        assert ratio(known["on-sea"], known["sea"]) >= 4.5


def test_our_own_colours_would_be_taken() -> None:
    for theme, known in (("light", ink.colours()), ("dark", ink.dark_colours())):
        pairs = colours.measured(theme, masthead=known["canopy"], links=known["sea"])
        assert [pair.sentence for pair in pairs if not pair.is_enough] == []


@pytest.fixture
def dressed(db: None) -> Country:
    country = make.make_country()
    country.branding = {
        "light": colours.tokens("light", masthead="#5a1f3d", links="#8a2f5c"),
        "dark": colours.tokens("dark", masthead="#4a1932"),
        "mark": marks.kept(GOOD.encode(), "svg"),
    }
    country.programme, country.translations = "The programme", {"es": {"programme": "El programa"}}
    country.save()
    return country


def addresses_on(client: Client, page: str = "/") -> list[str]:
    return list(dict.fromkeys(re.findall(r'"(/branding/[^"]+)"', client.get(page).content.decode())))


class TestServed:
    @pytest.mark.long
    def test_pages_link_the_sheets_and_the_mark_under_their_hash(self, dressed: Country, client: Client) -> None:
        found = addresses_on(client)
        assert [address.rpartition("/")[2] for address in found] == ["mark.svg", "light.css", "dark.css"]
        assert "El programa" in client.get("/es/").content.decode()
        for address in found:
            answer = client.get(address)
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer["X-Content-Type-Options"] == "nosniff"
        assert "style=" not in client.get("/").content.decode()

    def test_the_sheet_holds_the_colours_and_the_edge_is_in_the_masthead_s(
        self, dressed: Country, client: Client
    ) -> None:
        light = next(a for a in addresses_on(client) if a.endswith("light.css"))
        sheet = client.get(light).content.decode()
        assert "--fl-canopy:#5a1f3d" in sheet
        edge = re.search(r'url\("([^"]+)"\)', sheet)
        assert edge is not None
        assert 'fill="#5a1f3d"' in client.get(edge[1]).content.decode()

    def test_a_drawing_opened_by_its_address_may_do_nothing(self, dressed: Country, client: Client) -> None:
        mark = next(a for a in addresses_on(client) if a.endswith("mark.svg"))
        answer = client.get(mark)
        assert answer["Content-Type"] == "image/svg+xml"
        assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'none'; script-src 'none'; sandbox"

    @pytest.mark.long
    def test_nothing_is_served_under_another_hash_or_name(self, dressed: Country, client: Client) -> None:
        mark = next(a for a in addresses_on(client) if a.endswith("mark.svg"))
        for address in (
            mark.replace(mark.split("/")[2], "0" * 20),
            mark.replace("mark.svg", "mark.png"),
            mark.replace("mark.svg", "other.css"),
            mark.replace("mark.svg", "edge-other.svg"),
        ):
            assert client.get(address).status_code == 404
        assert client.post(mark).status_code in {403, 405}

    def test_a_changed_face_has_another_address(self, dressed: Country, client: Client) -> None:
        before = addresses_on(client)
        dressed.branding = {**dressed.branding, "light": colours.tokens("light", masthead="#143a5a")}
        dressed.save()
        assert not set(before) & set(addresses_on(client))

    def test_a_country_without_a_face_has_ours(self, db: None, client: Client) -> None:
        make.make_country()
        assert addresses_on(client) == []
        assert "#mark" in client.get("/").content.decode()


class TestPaper:
    paper = Document("A report", "en", [Heading("One"), Paragraph("Words")], kicker="Testland")

    def test_pdf_and_word_bear_the_mark_and_the_programme(self, dressed: Country) -> None:
        plain_pdf, plain_word = to_pdf(self.paper), to_word(self.paper)
        with ink.wearing(paper_of(dressed)):
            pdf, word = to_pdf(self.paper), to_word(self.paper)
        assert pdf != plain_pdf
        assert len(word) > len(plain_word)

    def test_a_picture_is_drawn_too(self, dressed: Country) -> None:
        dressed.branding = {**dressed.branding, "mark": marks.kept(png(8, 8), "png")}
        with ink.wearing(paper_of(dressed)):
            assert to_pdf(self.paper).startswith(b"%PDF")
            assert to_word(self.paper)
