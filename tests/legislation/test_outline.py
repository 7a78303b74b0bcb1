"""From the lines of a law to its structure: numbers, lettered points, definitions, schedules, quoted amendments, and nothing lost."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.legislation.text import labels
from floreo.legislation.text.outline import TextLine, outline
from floreo.legislation.text.structure import Block, Definition, Item, LegalText, Node, Quote, Text
from tests.legislation.making import ACT, AMENDED, BILL, FILES, doubts, read, sample, shape

# --- Labels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("12. Interception", "12", "Interception"),
        ("12A Interception", "12A", "Interception"),
        ("12AB. Interception", "12AB", "Interception"),
        ("12A bis. Interception", "12A bis", "Interception"),
        ("12 ter Interception", "12 ter", "Interception"),
        ("Section 12. Interception", "12", "Interception"),
        ("Artículo 12. Interceptación", "12", "Interceptación"),
        ("1.—(1) This Act", "1", "(1) This Act"),
        ("3. — Words", "3", "Words"),
        ("3.(1) Words", "3", "(1) Words"),
        ("3(1) Words", "3", "(1) Words"),
        ("Art. 3-A.- Palabras", "3-A", "Palabras"),
        ("Artículo 3-A Palabras", "3-A", "Palabras"),
        ("Artículo 3o. Palabras", "3", "Palabras"),
    ],
)
def test_the_number_of_a_section_is_read(line: str, number: str, rest: str) -> None:
    label = labels.section_label(line)
    assert label is not None
    assert (label.number, label.rest) == (number, rest)


@pytest.mark.parametrize(
    "line",
    ["1st of May", "2nd reading", "12345. Too long", "(1) Bracket", "Words 1", "", "1.5 per cent", "4(1) of the Act"],
)
def test_what_is_no_number_of_a_section_is_not_taken_for_one(line: str) -> None:
    assert labels.section_label(line) is None


@pytest.mark.parametrize(
    ("line", "printed", "rest"),
    [
        ("(1) Words", "(1)", "Words"),
        ("(a)Words", "(a)", "Words"),
        ("a) Words", "(a)", "Words"),
        ("(ii) Words", "(ii)", "Words"),
        ("(A) Words", "(A)", "Words"),
        ("(2A) Words", "(2A)", "Words"),
        ("A. Words", "A.", "Words"),
        ("iv. Words", "iv.", "Words"),
    ],
)
def test_the_letter_or_number_of_a_paragraph_is_read(line: str, printed: str, rest: str) -> None:
    label = labels.bracket_label(line)
    assert label is not None
    assert (label.printed, label.rest) == (printed, rest)


@pytest.mark.parametrize("line", ["(the Act) words", "(abcde) words", "person) words", "Words", "()"])
def test_a_word_in_brackets_is_no_label(line: str) -> None:
    assert labels.bracket_label(line) is None


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("number", "last", "style", "does"),
    [
        ("3", "2", "number", True),
        ("2A", "2", "number", True),
        ("3", "2B", "number", True),
        ("2C", "2B", "number", True),
        ("2AA", "2A", "number", True),
        ("2B", "2AA", "number", True),
        ("2C", "2AA", "number", False),
        ("3 bis", "3", "number", True),
        ("12A bis", "12A", "number", True),
        ("12B", "12A bis", "number", True),
        ("13", "12A bis", "number", True),
        ("3 ter", "3 bis", "number", True),
        ("3-A", "3", "number", True),
        ("3-B", "3-A", "number", True),
        ("4", "3-B", "number", True),
        ("4", "2", "number", False),
        ("2", "2", "number", False),
        ("2C", "2A", "number", False),
        ("b", "a", "letter", True),
        ("aa", "a", "letter", True),
        ("b", "aa", "letter", True),
        ("aa", "z", "letter", True),
        ("za", "z", "letter", True),
        ("zb", "za", "letter", True),
        ("ba", "b", "letter", True),
        ("d", "b", "letter", False),
        ("ii", "i", "roman", True),
        ("v", "iv", "roman", True),
        ("x", "ix", "roman", True),
        ("xiv", "xiii", "roman", True),
        ("xl", "xxxix", "roman", True),
        ("iv", "ii", "roman", False),
        ("B", "A", "capital", True),
        ("II", "I", "capital_roman", True),
    ],
)
def test_whether_one_number_follows_another(number: str, last: str, style: labels.Style, does: bool) -> None:
    assert labels.follows(number, last, style) is does


@given(st.integers(1, 39))
def test_roman_numbers_are_counted_one_by_one(value: int) -> None:
    tens, ones = divmod(value, 10)
    number = "x" * tens + ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][ones]
    assert labels.roman(number) == value


@pytest.mark.long
@given(st.sampled_from(["number", "letter", "roman"]), st.from_regex(r"[1-9][0-9]?[A-C]?|[a-z]{1,2}", fullmatch=True))
def test_no_number_follows_itself(style: labels.Style, number: str) -> None:
    if style not in labels.styles(number):
        return
    assert not labels.follows(number, number, style)
    assert labels.is_repeat(number, number, style)


# --- Sections -------------------------------------------------------------------------------------------------------


def test_parts_chapters_subparts_and_cross_headings_hold_sections() -> None:
    text = read(
        "PART I – PRELIMINARY",
        "1. Short title",
        "This Act may be cited as the Act.",
        "PART II",
        "OFFENCES",
        "CHAPTER 1: Computers",
        "Unlawful acts",
        "2. Access",
        "No person shall have access.",
        "SUBPART A – Others",
        "3. Interception",
        "No person shall intercept.",
    )
    assert shape(text) == [
        "part I | PRELIMINARY",
        "  section 1 | Short title",
        "    This Act may be cited as the Act.",
        "part II | OFFENCES",
        "  chapter 1 | Computers",
        "    crossheading  | Unlawful acts",
        "    section 2 | Access",
        "      No person shall have access.",
        "    division A | Others",
        "      section 3 | Interception",
        "        No person shall intercept.",
    ]
    assert doubts(text) == []


def test_a_sentence_that_begins_with_a_part_is_no_part() -> None:
    text = read(
        "1. Crown",
        "(1) This Act binds the Crown.",
        "Part II of this Act does not apply to the Crown.",
        "2. End",
        "It ends.",
    )
    assert shape(text) == [
        "section 1 | Crown",
        "  subsection (1)",
        "    This Act binds the Crown.",
        "    Part II of this Act does not apply to the Crown.",
        "section 2 | End",
        "  It ends.",
    ]


def test_numbers_that_were_put_between_stand_in_their_place() -> None:
    text = read(
        "1. A", "One.", "1A. B", "Two.", "1B. C", "Three.", "2. D", "Four.", "2 bis. E", "Five.", "3. F", "Six."
    )
    assert [(each.number, each.heading) for each in text.sections()] == [
        ("1", "A"),
        ("1A", "B"),
        ("1B", "C"),
        ("2", "D"),
        ("2 bis", "E"),
        ("3", "F"),
    ]
    assert doubts(text) == []


def test_a_marginal_note_in_front_heads_its_section() -> None:
    text = read(
        "Short title", "1.—(1) This Act is the Act.", "(2) It begins.", "Meaning", "2. In this Act, a word is a word."
    )
    assert shape(text) == [
        "section 1 | Short title",
        "  subsection (1)",
        "    This Act is the Act.",
        "  subsection (2)",
        "    It begins.",
        "section 2 | Meaning",
        "  In this Act, a word is a word.",
    ]
    assert [each.number for each in text.sections()] == ["1", "2"]


def test_a_heading_and_the_first_subsection_share_a_line() -> None:
    text = read("1. Short title.—(1) This Act is the Act.", "(2) It begins.", "2. End", "It ends.")
    assert shape(text)[:5] == [
        "section 1 | Short title",
        "  subsection (1)",
        "    This Act is the Act.",
        "  subsection (2)",
        "    It begins.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "1. Meaning.—In this Act, a kite flies.",
        "1. Meaning.–In this Act, a kite flies.",
        "Art. 1.- Meaning.- In this Act, a kite flies.",
    ],
)
def test_a_heading_and_its_words_share_a_line(line: str) -> None:
    second = f"{line[: line.index('1')]}2. End.—It ends."
    assert shape(read(line, second)) == [
        "section 1 | Meaning",
        "  In this Act, a kite flies.",
        "section 2 | End",
        "  It ends.",
    ]


def test_marginal_notes_that_end_in_a_stop_head_their_sections() -> None:
    text = read(
        "Short title.",
        "1. This Act may be cited as the Kites Act and comes into force on a day that the Minister names.",
        "Who may fly.",
        "2. (1) A person who has a kite may fly it.",
        "(2) A child may too.",
        "Fines.",
        "3. A person who cuts the string of another person pays a fine of ten dollars to that person.",
    )
    assert [(each.number, each.heading) for each in text.sections()] == [
        ("1", "Short title"),
        ("2", "Who may fly"),
        ("3", "Fines"),
    ]
    assert (text.preface, doubts(text)) == ([], [])


def test_a_note_above_a_section_of_one_short_sentence_heads_it() -> None:
    text = read("Short title", "1. This Act is the Kites Act.", "Kites", "2.(1) A kite flies.", "(2) It is red.")
    assert [(each.number, each.heading) for each in text.sections()] == [("1", "Short title"), ("2", "Kites")]
    assert doubts(text) == []


def test_a_note_behind_the_last_sentence_heads_the_next_section_where_others_stand_above_theirs() -> None:
    text = read(
        "Short title",
        "1. This Act is the Kites Act. Meaning",
        "2. (1) In this Act,",
        "“kite” means a thing that flies;",
        "Flying",
        "3. (1) A kite flies.",
        "Strings",
        "3A. (1) A string holds it. Fines",
        "4. A person who cuts the string of another person pays ten dollars.",
    )
    assert [(each.number, each.heading) for each in text.sections()] == [
        ("1", "Short title"),
        ("2", "Meaning"),
        ("3", "Flying"),
        ("3A", "Strings"),
        ("4", "Fines"),
    ]
    assert "    def “kite” means a thing that flies;" in shape(text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("(a) whatever the Minister has named under the rule in paragraph", "(b) of this section or elsewhere;"),
        ("(a) whatever the Minister has named under subsection (2) or", "(3) of this section or elsewhere;"),
        ("(a) whatever the Minister has named under the rule in section", "12 of the Kites Act;"),
    ],
)
def test_a_number_that_the_sentence_before_names_begins_nothing(first: str, second: str) -> None:
    text = read("1. A", "It is—", first, second, "(b) another.", "2. B", "Words.")
    (section, _other) = text.sections()
    assert [(each.number, len(each.before), len(each.children)) for each in section.children] == [
        ("(a)", 1, 0),
        ("(b)", 1, 0),
    ]
    assert doubts(text) == []


@pytest.mark.parametrize("named", ["Part VII of it:", "section 83 of it—", "Schedule 2"])
def test_what_a_sentence_names_at_its_end_goes_on_with_it(named: str) -> None:
    first = "The Kites Act is amended by inserting this immediately after"
    assert shape(outline([TextLine("1. A"), TextLine(first), TextLine(named, is_heading=True)])) == [
        "section 1 | A",
        f"  {first} {named}",
    ]


def test_a_letter_after_a_name_and_a_sentence_of_its_own_begins_a_paragraph() -> None:
    text = read(
        "1. A",
        "(a) a kite that is named in the list that follows in this paragraph",
        "(b) string that is named in the list of the next paragraph",
        "(c) Wind.",
    )
    (section,) = text.sections()
    assert [each.number for each in section.children] == ["(a)", "(b)", "(c)"]


def test_a_short_sentence_below_a_note_is_text_though_words_in_brackets_follow() -> None:
    text = read(
        "Short title",
        "1. (1) This Act is the Kites Act.",
        "(2) It begins.",
        "Meaning",
        "2. (1) A kite flies.",
        "Saving",
        "3. Nothing in this Act affects birds.",
        "[Act 31 of 2022]",
        "Fines",
        "4. There are none.",
    )
    assert shape(text)[-5:] == [
        "section 3 | Saving",
        "  Nothing in this Act affects birds.",
        "  [Act 31 of 2022]",
        "section 4 | Fines",
        "  There are none.",
    ]


def test_terms_with_letters_of_their_own_go_on_past_i() -> None:
    letters = [f"({letter}) “{letter}” means a kite;" for letter in "abcdefghijk"]
    text = read(
        "1. Definitions.—In this Act,—", *letters[:3], "(d) “d” means,—", "(i) a kite;", "(ii) a string;", *letters[4:]
    )
    (section,) = text.sections()
    assert [each.number for each in section.children] == [f"({letter})" for letter in "abcdefghijk"]
    assert [each.number for each in section.children[3].children] == ["(i)", "(ii)"]
    assert doubts(text) == []


def test_a_short_sentence_before_a_section_stays_in_the_section_before_it() -> None:
    text = read(
        "1. Crown",
        "This Act binds the Crown.",
        "2. A person who has a kite may fly it wherever there is wind enough for that.",
        "Kites are free.",
        "3. A person who cuts the string of another person pays a fine of ten dollars.",
    )
    assert shape(text)[:2] == ["section 1 | Crown", "  This Act binds the Crown."]
    assert "  Kites are free." in shape(text)


def test_articles_with_their_word_hold_numbered_paragraphs() -> None:
    text = read(
        "Article 1 Purpose",
        "This Convention is about kites.",
        "Article 2 Definitions",
        "For this Convention there are:",
        "1. Kite: what flies.",
        "2. String: what holds it.",
        "3. Wind: what carries it.",
        "Article 3 Duties",
        "1. Each Party shall fly kites.",
        "2. No Party shall cut a string.",
    )
    assert [(each.number, each.heading, [one.number for one in each.children]) for each in text.sections()] == [
        ("1", "Purpose", []),
        ("2", "Definitions", ["1.", "2.", "3."]),
        ("3", "Duties", ["1.", "2."]),
    ]
    assert doubts(text) == []


def test_articles_of_a_convention_hold_numbers_without_a_stop() -> None:
    text = read(
        "Article 1 – Kites",
        "1 Each Party flies kites.",
        "2 A Party may ask.",
        "30 kites fly.",
        "Article 2 – End",
        "It ends.",
    )
    first, _second = text.sections()
    assert [each.number for each in first.children] == ["1", "2"]


def test_articles_that_begin_with_their_title_and_a_stop_have_it_as_heading() -> None:
    text = read(
        "ARTÍCULO 1.- Objeto. La presente ley regula los cometas.",
        "ARTÍCULO 2.- Definiciones. Para los efectos de esta ley se entiende por:",
        "a) Cometa: lo que vuela.",
        "b) Hilo: lo que sujeta.",
        "ARTÍCULO 3.- Se prohíbe cortar hilos ajenos en los parques de la ciudad.",
    )
    assert [(each.number, each.heading) for each in text.sections()] == [
        ("1", "Objeto"),
        ("2", "Definiciones"),
        ("3", ""),
    ]
    assert shape(text)[1] == "  La presente ley regula los cometas."


def test_a_title_far_behind_the_last_number_is_a_section_where_its_first_subsection_follows() -> None:
    text = read(
        "1. A", "Words.", "24. Strings", "(1) A string is strong.", "30 kites.", "55. Nothing of that kind", "Words."
    )
    assert [(each.number, each.heading) for each in text.sections()] == [("1", "A"), ("24", "Strings")]
    assert ("number_missing", "", "24", "1") in doubts(text)


def test_labels_that_share_a_line_stand_one_below_another() -> None:
    text = read("1. A", "(1) (a) one; or", "(b) two.", "2. B", "Words.")
    assert shape(text)[:6] == [
        "section 1 | A",
        "  subsection (1)",
        "    paragraph (a)",
        "      one; or",
        "    paragraph (b)",
        "      two.",
    ]


def test_numbers_alone_on_a_line_belong_to_the_words_below() -> None:
    text = read(
        "Short title",
        "1.",
        "This Act may be cited as the Kites Act and comes into force on a day that the Minister names.",
        "Kites",
        "2.—(1)",
        "A kite—",
        "(a)",
        "flies; and",
        "(b)",
        "“is” red.",
        "3.",
        "(1) A string holds.",
    )
    assert shape(text)[:-3] == [
        "section 1 | Short title",
        "  This Act may be cited as the Kites Act and comes into force on a day that the Minister names.",
        "section 2 | Kites",
        "  subsection (1)",
        "    A kite—",
        "    paragraph (a)",
        "      flies; and",
        "    paragraph (b)",
        "      “is” red.",
    ]
    assert shape(text)[-3:] == ["section 3", "  subsection (1)", "    A string holds."]


def test_numbers_in_cells_of_their_own_are_no_table() -> None:
    rows = [
        ("(1)", "A kite—"),
        ("", "(a)", "flies; and"),
        ("(b)", "is red."),
        ("Kites fly.",),
        ("Copy", "2"),
        ("1", "Fee"),
    ]
    text = outline([TextLine("1. Kites"), *(TextLine("", cells=cells) for cells in rows)])
    assert shape(text) == [
        "section 1 | Kites",
        "  subsection (1)",
        "    A kite—",
        "    paragraph (a)",
        "      flies; and",
        "    paragraph (b)",
        "      is red.",
        "      Kites fly.",
        "      Copy | 2",
        "      1 | Fee",
    ]


def test_a_roman_number_below_a_letter_that_ends_its_sentence_does_no_harm() -> None:
    text = read(
        "1. Interpretation", "In this Act—", "“kite” means—", "(a) a thing.", "(i) of wood.", "2. End", "It ends."
    )
    assert [each.number for each in text.sections()] == ["1", "2"]


def test_a_quantity_at_the_beginning_of_a_line_is_no_section() -> None:
    text = read("1. A", "A term of—", "12 months applies.", "2. B", "Words.")
    assert [each.number for each in text.sections()] == ["1", "2"]


LETTERS = [f"({letter}) words;" for letter in "abcdefgh"]


def test_i_after_h_is_a_letter_where_j_comes_next() -> None:
    text = read("1. A", "It is—", *LETTERS, "(i) words;", "(j) words.")
    (section,) = text.sections()
    assert [each.number for each in section.children] == [f"({letter})" for letter in "abcdefghij"]


def test_i_after_h_is_a_roman_number_where_ii_comes_next() -> None:
    text = read(
        "1. A", "It is—", *LETTERS[:-1], "(h) one of—", "(i) words;", "(ii) words;", "(i) words; and", "(j) words."
    )
    (section,) = text.sections()
    assert [each.number for each in section.children] == [f"({letter})" for letter in "abcdefghij"]
    assert [each.number for each in section.children[7].children] == ["(i)", "(ii)"]


def test_doubled_letters_and_z_with_letters_go_on_the_list() -> None:
    alphabet = [f"({letter}) words;" for letter in "abcdefghijklmnopqrstuvwxyz"]
    text = read("1. A", "It is—", alphabet[0], "(aa) words;", *alphabet[1:], "(za) words;", "(zb) words.")
    (section,) = text.sections()
    assert [each.number for each in section.children][:3] == ["(a)", "(aa)", "(b)"]
    assert [each.number for each in section.children][-3:] == ["(z)", "(za)", "(zb)"]
    assert doubts(text) == []


def test_four_levels_stand_below_each_other() -> None:
    text = read(
        "1. A",
        "(1) It is—",
        "(a) one of—",
        "(i) a thing—",
        "(A) of iron;",
        "(B) of wood;",
        "(ii) another; or",
        "(b) none.",
    )
    assert shape(text) == [
        "section 1 | A",
        "  subsection (1)",
        "    It is—",
        "    paragraph (a)",
        "      one of—",
        "      subparagraph (i)",
        "        a thing—",
        "        subparagraph (A)",
        "          of iron;",
        "        subparagraph (B)",
        "          of wood;",
        "      subparagraph (ii)",
        "        another; or",
        "    paragraph (b)",
        "      none.",
    ]


def test_doubled_letters_stand_below_roman_numbers() -> None:
    text = read(
        "1. A",
        "(a) the court must—",
        "(i) hear; and",
        "(ii) decide, by—",
        "(aa) an order; or",
        "(bb) a letter;",
        "(b) the clerk must—",
        "(i) write, by—",
        "(aa) hand; or",
        "(bb) wire;",
        "(c) all must go.",
    )
    (section,) = text.sections()
    first, _second, _third = section.children
    assert [each.number for each in section.children] == ["(a)", "(b)", "(c)"]
    assert [(each.number, [one.number for one in each.children]) for each in first.children] == [
        ("(i)", []),
        ("(ii)", ["(aa)", "(bb)"]),
    ]
    assert doubts(text) == []


def test_words_that_go_on_after_the_list_belong_to_what_holds_it() -> None:
    text = read("1. A", "(1) A person who—", "(a) steals; or", "(b) robs,", "commits an offence.", "(2) More.")
    assert shape(text) == [
        "section 1 | A",
        "  subsection (1)",
        "    A person who—",
        "    paragraph (a)",
        "      steals; or",
        "    paragraph (b)",
        "      robs,",
        "    commits an offence. <after>",
        "  subsection (2)",
        "    More.",
    ]


def test_a_proviso_keeps_its_words_in_its_clause() -> None:
    text = read("1. A", "(1) A person may go.", "Provided that the person asks first.", "(2) More.")
    assert shape(text)[:4] == [
        "section 1 | A",
        "  subsection (1)",
        "    A person may go.",
        "    Provided that the person asks first.",
    ]


def test_definitions_hold_their_letters_and_the_words_after() -> None:
    text = read(
        "1. Interpretation",
        "(1) In this Act—",
        "“device” means—",
        "(a) a machine—",
        "(i) of iron; or",
        "(ii) of wood; or",
        "(b) a program,",
        "that can be used;",
        "“Minister” means the Minister.",
        "(2) More.",
    )
    assert shape(text) == [
        "section 1 | Interpretation",
        "  subsection (1)",
        "    In this Act—",
        "    def “device” means—",
        "      (a) a machine—",
        "        (i) of iron; or",
        "        (ii) of wood; or",
        "      (b) a program,",
        "    after that can be used;",
        "    def “Minister” means the Minister.",
        "  subsection (2)",
        "    More.",
    ]


def test_terms_without_quotation_marks_are_definitions_where_terms_are_listed() -> None:
    text = read(
        "1 Interpretation",
        "(1) In this Act, unless the contrary intention appears:",
        "kite means a thing that flies;",
        "kite club means:",
        "(a) a group of persons; and",
        "(b) their kites;",
        "but does not include a school;",
        "String” means a cord.",
        "(2) A reference to a kite includes its string.",
        "A kite that means harm includes its owner.",
    )
    assert shape(text) == [
        "section 1 | Interpretation",
        "  subsection (1)",
        "    In this Act, unless the contrary intention appears:",
        "    def kite means a thing that flies;",
        "    def kite club means:",
        "      (a) a group of persons; and",
        "      (b) their kites;",
        "    after but does not include a school;",
        "    def String” means a cord.",
        "  subsection (2)",
        "    A reference to a kite includes its string.",
        "    A kite that means harm includes its owner.",
    ]


@pytest.mark.parametrize(
    "verb", ["is", "denotes", "with its grammatical variations, includes", "shall have the meaning of"]
)
def test_terms_are_defined_in_other_words_than_means(verb: str) -> None:
    text = read("1. Interpretation", "In this Act—", f"“kite” {verb} a thing that flies;", "2. End", "It ends.")
    (section, _end) = text.sections()
    assert isinstance(section.before[1], Definition)


def test_a_table_stands_in_the_clause_before_it() -> None:
    lines = [
        TextLine("1. Fees"),
        TextLine("The fees are—"),
        TextLine("", cells=("Copy", "2")),
        TextLine("", cells=("Search", "5")),
        TextLine("2. End"),
    ]
    assert shape(outline([*lines, TextLine("It ends.")])) == [
        "section 1 | Fees",
        "  The fees are—",
        "  Copy | 2",
        "  Search | 5",
        "section 2 | End",
        "  It ends.",
    ]


# --- Before and after -----------------------------------------------------------------------------------------------


def test_title_lines_long_title_and_enacting_words_stand_before_the_body() -> None:
    text = sample(ACT)
    assert (text.preface, text.preamble, text.long_title[:26]) == (
        ["ISLA PRUEBA", "CYBERCRIME ACT 2014", "Act No. 9 of 2014"],
        ["[Assented to 24 June 2014]", "BE IT ENACTED by the Parliament of Isla Prueba as follows—"],
        "AN ACT to create offences ",
    )
    assert (len(list(text.sections())), [s.title for s in text.schedules], doubts(text)) == (31, ["SCHEDULE"], [])


@pytest.mark.parametrize(
    ("front", "preface", "long_title", "preamble"),
    [
        (
            ["KITES ACT", "[Certified on 9 July]", "AN ACT to fly kites.", "[9 July]", "BE IT ENACTED as follows:"],
            ["KITES ACT", "[Certified on 9 July]"],
            "AN ACT to fly kites.",
            ["[9 July]", "BE IT ENACTED as follows:"],
        ),
        (
            ["A BILL", "i n t i t u l e d", "An Act to fly kites.", "[ ]"],
            [],
            "A BILL i n t i t u l e d An Act to fly kites.",
            ["[ ]"],
        ),
        (
            ["KITES", "ACT", "To fly kites and for that purpose to cut strings."],
            ["KITES"],
            "ACT To fly kites and for that purpose to cut strings.",
            [],
        ),
    ],
)
def test_what_is_before_the_long_title_is_a_title_line(
    front: list[str], preface: list[str], long_title: str, preamble: list[str]
) -> None:
    text = read(*front, "1. Short title", "This is the Act.", "2. End", "It ends.")
    assert (text.preface, text.long_title, text.preamble) == (preface, long_title, preamble)


@pytest.mark.parametrize("first", [["ARRANGEMENT OF SECTIONS", "Section"], []])
def test_the_list_of_sections_is_left_out_and_said_so(first: list[str]) -> None:
    listed = ["1. Short title", "2. Interpretation", "3. Offences"]
    body = [
        "1. Short title",
        "This is the Act.",
        "2. Interpretation",
        "A word is a word.",
        "3. Offences",
        "No one shall.",
    ]
    text = read("THE ACT", *first, *listed, "AN ACT to do something.", *body)
    assert [(each.number, each.heading) for each in text.sections()] == [
        ("1", "Short title"),
        ("2", "Interpretation"),
        ("3", "Offences"),
    ]
    assert (text.preface, text.long_title, doubts(text)) == (
        ["THE ACT"],
        "AN ACT to do something.",
        [("arrangement_left_out", "")],
    )


LONG_TITLE = (
    "AN ACT to make provision for kites, " + "for their strings and for the wind, " * 5 + "and for related matters."
)


def test_a_list_of_sections_ends_where_the_title_of_the_act_comes_again() -> None:
    listed = [
        "PART I",
        "PRELIMINARY",
        "1. Short title.",
        "2. Kites",
        "PART II – FINES",
        "3 Fines.",
        "FIRST SCHEDULE – KITES",
    ]
    text = read(
        "KITES ACT",
        "ARRANGEMENT OF SECTIONS",
        "Section:",
        *listed,
        "ISLA PRUEBA",
        "No. 5 of 2023",
        LONG_TITLE,
        "BE IT ENACTED by the Parliament of Isla Prueba as follows:",
        "PART I",
        "PRELIMINARY",
        "1. Short title.",
        "(1) This Act is the Kites Act.",
        "2. Kites",
        "A kite flies.",
        "PART II – FINES",
        "3. Fines",
        "There are none.",
        "FIRST SCHEDULE – KITES",
        "1. A red one.",
    )
    assert shape(text)[:5] == [
        "part I | PRELIMINARY",
        "  section 1 | Short title",
        "    subsection (1)",
        "      This Act is the Kites Act.",
        "  section 2 | Kites",
    ]
    assert [each.number for each in text.sections()] == ["1", "2", "3"]
    assert text.preface == ["KITES ACT", "ISLA PRUEBA", "No. 5 of 2023"]
    assert (text.long_title, [each.title for each in text.schedules]) == (LONG_TITLE, ["FIRST SCHEDULE"])
    assert doubts(text)[0] == ("arrangement_left_out", "")


def test_the_chapter_of_a_law_in_the_statute_book_is_no_part_of_its_list() -> None:
    listed = ["ARRANGEMENT OF SECTIONS", "PART I", "KITES", "1. Short title", "2. Kites"]
    body = ["PART I", "KITES", "1. Short title", "This is the Act.", "2. Kites", "A kite flies."]
    text = read("CHAPTER 1 THE KITES ACT", *listed, "CHAPTER 1", "THE KITES ACT", LONG_TITLE, *body)
    assert text.preface == ["CHAPTER 1 THE KITES ACT", "CHAPTER 1", "THE KITES ACT"]
    assert shape(text)[:2] == ["part I | KITES", "  section 1 | Short title"]


def test_dotted_lines_of_a_form_are_kept_and_lines_of_contents_are_not() -> None:
    text = read(
        "1. Short title ............ 3",
        "2. Form ............ iv",
        "1. Short title",
        "This is the Act.",
        "2. Form",
        "The form is in the Schedule.",
        "SCHEDULE",
        "FORM",
        "Name of applicant: ....................",
    )
    assert [each.number for each in text.sections()] == ["1", "2"]
    assert shape(text)[-1] == "  Name of applicant: ...................."


def test_a_short_act_is_not_taken_for_the_list_of_its_schedule() -> None:
    text = read(
        "1. Short title",
        "This is the Act.",
        "SCHEDULE",
        "PROTECTED COMPUTERS",
        "1. A computer of a bank.",
        "2. Another.",
    )
    assert shape(text) == [
        "section 1 | Short title",
        "  This is the Act.",
        "schedule SCHEDULE | PROTECTED COMPUTERS",
        "  section 1",
        "    A computer of a bank.",
        "  section 2",
        "    Another.",
    ]


@pytest.mark.parametrize(
    ("line", "title", "heading"),
    [
        ("FIRST SCHEDULE – FEES", "FIRST SCHEDULE", "FEES"),
        ("First Schedule", "First Schedule", "Fees of the office"),
        ("Schedule 2", "Schedule 2", "Fees of the office"),
        ("SCHEDULE", "SCHEDULE", "Fees of the office"),
        ("ANNEX A", "ANNEX A", "Fees of the office"),
    ],
)
def test_a_schedule_has_its_title_its_heading_and_a_list_of_its_own(line: str, title: str, heading: str) -> None:
    words = [] if heading == "FEES" else [heading]
    text = read(
        "1. A",
        "Words.",
        "2. B",
        "Words.",
        line,
        *words,
        "1. A copy costs two dollars.",
        "2. A search costs five dollars.",
    )
    (schedule,) = text.schedules
    assert (schedule.title, schedule.heading) == (title, heading)
    assert [each.number for each in schedule.nodes] == ["1", "2"]
    assert [each.number for each in text.sections()] == ["1", "2"]


@pytest.mark.parametrize("place", ["Section 2", "[Sections 2 and 4(1)]", "ss. 2, 4"])
def test_the_section_that_a_schedule_belongs_to_is_not_its_title(place: str) -> None:
    text = read("1. A", "Words.", "FIRST SCHEDULE", place, "KITES", "1. A red one.", "2. A blue one.")
    (schedule,) = text.schedules
    assert shape(text)[2:4] == ["schedule FIRST SCHEDULE | KITES", f"  {place}"]
    assert [each.number for each in schedule.nodes] == ["1", "2"]


@pytest.mark.parametrize(
    "title", ["EXPLANATORY STATEMENT", "Explanatory Memorandum", "STATEMENT OF OBJECTS AND REASONS"]
)
def test_notes_behind_a_bill_are_no_part_of_its_last_section(title: str) -> None:
    text = read("1. A", "Words.", "2. B", "Words.", title, "This Bill is about kites.", "2. Clause 1 has a title.")
    assert shape(text)[-3:] == [
        f"schedule {title} | ",
        "  This Bill is about kites.",
        "  2. Clause 1 has a title.",
    ]
    assert [each.number for each in text.sections()] == ["1", "2"]


def test_words_about_a_schedule_begin_none() -> None:
    text = read("1. A", "The list is in the", "Schedule to this Act, as amended.", "SCHEDULE to the Act is amended.")
    assert text.schedules == []


def test_an_empty_schedule_is_told() -> None:
    assert doubts(read("1. A", "Words.", "SCHEDULE"))[-1] == ("schedule_empty", "SCHEDULE")


# --- Doubts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["1. A", "Words.", "1. A again", "Words."], [("number_twice", "", "1")]),
        (["1. A", "Words.", "4. B", "Words."], [("number_missing", "", "4", "1")]),
        (["1. A", "(1) Words.", "(3) Words."], [("number_missing_here", "1(1)", "(3)")]),
        (["1. A", "(1) Words.", "(1) Words."], [("number_twice_here", "1(1)", "(1)")]),
        (["1. A", "(1) Words.", "(q) Words."], [("number_odd", "1(1)", "(q)")]),
        (["1. A", "(1)", "(2) Words."], [("empty", "1(1)")]),
        (["1. This section has words and no heading, which ends in a stop.", "2. B", "Words."], [("no_heading", "1")]),
        (["1. A", "The fine is [●] dollars."], [("left_over", "1", "[●]")]),
        (["1. A", "The day is TBC."], [("left_over", "1", "TBC")]),
        (["1. A", "The day is [...]."], [("left_over", "1", "[...]")]),
        (["1. A", "The day is {{day}}."], [("left_over", "1", "{{")]),
        (["Nothing here has a number."], [("no_sections", "")]),
        ([], [("no_sections", "")]),
    ],
)
def test_what_is_odd_is_told(lines: list[str], told: list[tuple[str, ...]]) -> None:
    assert doubts(read(*lines)) == told


def test_what_continues_no_list_is_kept_as_words() -> None:
    assert shape(read("1. A", "(1) Words.", "(q) Odd words.")) == [
        "section 1 | A",
        "  subsection (1)",
        "    Words.",
        "    (q) Odd words.",
    ]


@pytest.mark.long
def test_ten_thousand_sections_are_read() -> None:
    text = outline(
        [TextLine(line) for n in range(1, 9_999) for line in (f"{n}. Title {n}", "(1) Words.", "(2) Words.")]
    )
    assert (sum(1 for _ in text.sections()), doubts(text)) == (9_998, [])


# --- Quoted amendments ----------------------------------------------------------------------------------------------

ORDER = "The principal Act is amended by inserting after section 4 the following sections—"


@pytest.mark.parametrize(("start", "end"), [("“", "”."), ('"', '".')])
def test_quoted_sections_stand_in_the_clause_that_inserts_them(start: str, end: str) -> None:
    text = read(
        "1. New", ORDER, f"{start}4A. First", "(1) Words.", "(2) Words.", "4B. Second", f"Words.{end}", "2. B", "Words."
    )
    assert shape(text) == [
        "section 1 | New",
        f"  {ORDER}",
        f"  quote {start} {end}",
        "    section 4A | First",
        "      subsection (1)",
        "        Words.",
        "      subsection (2)",
        "        Words.",
        "    section 4B | Second",
        "      Words.",
        "section 2 | B",
        "  Words.",
    ]


def test_quoted_definitions_keep_their_letters() -> None:
    order = "Section 2 is amended by inserting the following definitions—"
    text = read("1. New", order, "““a” means one;", "“b” means—", "(a) two; or", "(b) three;”; and", "2. B", "Words.")
    assert shape(text)[2:7] == [
        "  quote “ ”; and",
        "    def “a” means one;",
        "    def “b” means—",
        "      (a) two; or",
        "      (b) three;",
    ]
    assert doubts(text) == []


def test_a_quoted_section_that_nothing_closes_ends_at_the_next_clause() -> None:
    lines = ["1. New", ORDER, "“4A. First", "(1) Words.", "(2) Words.", "2. Other", ORDER, "“4B. Second", "Words.”."]
    text = read(*lines)
    assert shape(text) == [
        "section 1 | New",
        f"  {ORDER}",
        "  quote “ ”",
        "    section 4A | First",
        "      subsection (1)",
        "        Words.",
        "      subsection (2)",
        "        Words.",
        "section 2 | Other",
        f"  {ORDER}",
        "  quote “ ”.",
        "    section 4B | Second",
        "      Words.",
    ]
    assert doubts(text) == [("quote_open", "1", "4A")]


def test_a_quotation_in_a_sentence_is_no_amendment() -> None:
    text = read("1. A", "The sign says—", "“keep out”", "2. B", "Words.")
    assert not any(isinstance(block, Quote) for node in text.sections() for block in node.before)
    assert [each.number for each in text.sections()] == ["1", "2"]


@pytest.mark.parametrize(("version", "sections", "quotes"), [(1, 15, 9), (2, 15, 10), (3, 16, 10)])
def test_the_sample_bill_has_its_clauses_and_quotations(version: int, sections: int, quotes: int) -> None:
    text = sample(f"{BILL}{version}")
    found = list(text.sections())
    assert (len(found), sum(_quotes(node) for node in found), doubts(text)) == (sections, quotes, [])


def _quotes(node: Node) -> int:
    return sum(isinstance(block, Quote) for each in node.walk() for block in [*each.before, *each.after])


# --- Nothing is lost ------------------------------------------------------------------------------------------------


def words_of(text: LegalText) -> Counter[str]:
    found = Counter(_words(" ".join([*text.preface, text.long_title, *text.preamble])))
    for node in text.body:
        found += _of_node(node)
    for schedule in text.schedules:
        found += Counter(_words(f"{schedule.title} {schedule.heading}"))
        for block in schedule.blocks:
            found += _of_block(block)
        for node in schedule.nodes:
            found += _of_node(node)
    return found


def _words(words: str) -> list[str]:
    return re.findall(r"\w+", words.casefold())


def _of_node(node: Node) -> Counter[str]:
    found = Counter(_words(f"{node.number} {node.heading}"))
    for block in [*node.before, *node.after]:
        found += _of_block(block)
    for child in node.children:
        found += _of_node(child)
    return found


def _of_block(block: Block) -> Counter[str]:
    if isinstance(block, Text):
        return Counter(_words(block.words))
    if isinstance(block, Definition):
        return Counter(_words(f"{block.words} {block.after}")) + _of_items(block.items)
    found: Counter[str] = Counter()
    if isinstance(block, Quote):
        for one in block.blocks:
            found += _of_block(one)
        for node in block.nodes:
            found += _of_node(node)
        return found + Counter(_words(block.end))
    return Counter(word for row in block.rows for cell in row for word in _words(cell))


def _of_items(items: list[Item]) -> Counter[str]:
    found: Counter[str] = Counter()
    for item in items:
        found += Counter(_words(f"{item.number} {item.text}")) + _of_items(item.items)
    return found


# Words that the structure names by a kind, not by a word.
KINDS = {"part", "chapter", "division", "subpart", "sub", "section", "clause", "article", "parte", "título", "capítulo"}

STARTS = st.sampled_from(
    [
        "",
        "1. ",
        "2. ",
        "3. ",
        "2A. ",
        "4 ",
        "1.—(1) ",
        "(1) ",
        "(2) ",
        "(a) ",
        "(b) ",
        "(i) ",
        "(ii) ",
        "(h) ",
        "(A) ",
        "(aa) ",
        "“",
        "““",
        '"',
        "PART I – ",
        "PART II",
        "CHAPTER 1: ",
        "SUBPART A – ",
        "SCHEDULE",
        "FIRST SCHEDULE – ",
        "a) ",
        "A. ",
        "AN ACT to ",
        "ENACTED ",
        "Section 3 ",
        "[",
        "“term” means ",
        "Provided that ",
        "ARRANGEMENT OF SECTIONS",
    ]
)
MIDDLES = st.lists(
    st.sampled_from(
        [
            "alpha",
            "beta",
            "Gamma",
            "delta",
            "is amended by inserting the following section",
            "In this Act",
            "fine",
            "1",
            "12",
            "(a)",
            "means",
            "Interpretation",
        ]
    ),
    max_size=6,
).map(" ".join)
ENDS = st.sampled_from(["", ".", "—", ";", "; and", "”.", "”; and", '".', ":", ","])
LINES = st.lists(st.tuples(STARTS, MIDDLES, ENDS).map("".join), max_size=25)


@pytest.mark.long
@given(LINES)
def test_no_word_is_lost_but_the_list_of_sections(lines: list[str]) -> None:
    text = read(*lines)
    if any(doubt.code == "arrangement_left_out" for doubt in text.doubts):
        return
    given_words = Counter(word for line in lines for word in _words(line) if word not in KINDS)
    kept = Counter({word: count for word, count in words_of(text).items() if word not in KINDS})
    assert given_words - kept == Counter()
    assert kept - given_words == Counter()


@pytest.mark.parametrize("name", [ACT, AMENDED, *(f"{BILL}{n}" for n in (1, 2, 3)), "data-protection-regulations-2026"])
def test_no_word_of_the_samples_is_lost(name: str) -> None:
    source = Counter(_words((FILES / f"{name}.txt").read_text(encoding="utf-8")))
    kept = words_of(sample(name))
    assert {word: count for word, count in (source - kept).items() if word not in KINDS} == {}
    assert kept - source == Counter()


@pytest.mark.long
@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_lines_give_a_structure(lines: list[str]) -> None:
    assert outline([TextLine(line) for line in lines]) == outline([TextLine(line) for line in lines])


def test_an_extract_begins_with_the_section_that_it_begins_with() -> None:
    found = read("3. Offences", "(1) A person commits an offence.", "4. Penalties", "A fine.", "4A. Costs", "Costs.")
    assert [(node.number, node.heading) for node in found.body] == [
        ("3", "Offences"),
        ("4", "Penalties"),
        ("4A", "Costs"),
    ]
    assert ("begins_later", "") in {(each.code, each.place) for each in found.doubts}


def test_notes_above_the_sections_of_an_extract_head_them() -> None:
    found = read("Offences", "7. (1) A person commits an offence.", "Penalties", "8. (1) The penalty is a fine.")
    assert [(node.number, node.heading) for node in found.body] == [("7", "Offences"), ("8", "Penalties")]


def test_a_number_that_nothing_follows_begins_no_extract() -> None:
    found = read("Circular 7. of the Ministry", "Words without an order.")
    assert (found.body, [each.code for each in found.doubts]) == ([], ["no_sections"])
