"""Amending bills: the instructions in their clauses, and the Act as it would read. An instruction that does not fit is reported, never guessed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from floreo.legislation.text.lines import whole
from floreo.legislation.text.structure import Block, Definition, LegalText, Node, Quote, Text

Kind = Literal[
    "insert_section",
    "replace_section",
    "repeal_section",
    "replace_words",
    "insert_words",
    "delete_words",
    "insert_definition",
    "replace_definition",
    "repeal_definition",
    "insert_part",
    "replace_part",
    "repeal_part",
    "not_understood",
]
_SECTION = r"section\s+(?P<section>\d+[A-Z]{0,2})(?P<below>(?:\s*\([0-9A-Za-z]+\))*)"
_Q = r"[“\"](?P<{0}>[^”\"]+)[”\"]"
_HEAD = re.compile(rf"\b{_SECTION}(?:\s+of\s+the\s+(?:principal\s+)?Act)?\b", re.IGNORECASE)
_SCHEDULE_HEAD = re.compile(
    r"\b(?P<title>(?:(?:First|Second|Third|Fourth|Fifth|Sixth)\s+)?Schedule(?:\s+\d{1,2})?)\s+(?:to|of)\s+the\s+(?:principal\s+)?Act\b"
    r"(?:[^.;]*?\b(?:item|paragraph)\s+(?P<item>\d{1,3}[A-Z]?)\b)?",
    re.IGNORECASE,
)
_SCHEDULED = re.compile(r"(?P<title>.*\bSchedule\b[^,]*)(?:, item (?P<item>\w+))?", re.IGNORECASE)
_REPEAL = re.compile(
    rf"\b{_SECTION}[^.;]*?\b(?:is|are)\s+(?:hereby\s+)?repealed\b|\brepealing\s+{_SECTION.replace('section>', 'section2>').replace('below>', 'below2>')}",
    re.IGNORECASE,
)
# What is before a quotation. Each is a row of words that follow one another, which are looked for one by one: as one expression
# they would be tried again from every place of a long sentence.
_TAKES_AWAY = re.compile(r"\b(?:repealing|deleting|repealed|replac\w+)\b", re.IGNORECASE)
_PUTS = re.compile(r"\b(?:substitut\w+|replac\w+)\b", re.IGNORECASE)
_PUTS_FOLLOWING = re.compile(r"\bsubstitut\w+\s+the\s+following\b", re.IGNORECASE)
_REPLACES = re.compile(r"\breplac\w+\b", re.IGNORECASE)
_FOLLOWS = re.compile(r"follow\w*|therefor", re.IGNORECASE)
_FOLLOWING = re.compile(r"\bfollow\w*", re.IGNORECASE)
_INSERTS = re.compile(r"\binsert\w*\b", re.IGNORECASE)
_ADDS = re.compile(r"\b(?:insert|add)\w*\b", re.IGNORECASE)
_AFTER_SECTION = re.compile(rf"\bafter\s+{_SECTION}", re.IGNORECASE)
_AFTER_PART = re.compile(r"\bafter\s+(?:subsection|paragraph|subparagraph)\s+\((?P<number>\w+)\)", re.IGNORECASE)
_DEFINITIONS = re.compile(r"\bdefinitions?\b", re.IGNORECASE)
_OPENS = re.compile(r"[—:–-]$")  # what follows is quoted
_WORDS_REPLACED = re.compile(
    r"\b(?:deleting|repealing|omitting|striking\s+out|replacing|substituting\s+for)\s+the\s+(?:words?|figures?|expression)\s+"
    + _Q.format("old")
    + r"[^“\"]*?\b(?:substitut\w+|insert\w+|with)\s*(?:therefor\s*)?(?:,?\s*the\s+(?:words?|figures?|expression))?\s*"
    + _Q.format("new"),
    re.IGNORECASE,
)
_WORDS_INSERTED = re.compile(
    r"\b(?:insert|add)\w*(?:\s*,)?\s+(?:immediately\s+)?after\s+the\s+(?:words?|figures?|expression)\s+"
    + _Q.format("old")
    + r"[^“\"]*?the\s+(?:words?|figures?|expression)\s+"
    + _Q.format("new"),
    re.IGNORECASE,
)
_WORDS_DELETED = re.compile(
    r"\b(?:deleting|omitting|striking\s+out)\s+the\s+(?:words?|figures?|expression)\s+" + _Q.format("old"),
    re.IGNORECASE,
)
_PART_REPEALED = re.compile(
    r"\b(?:repealing|deleting|omitting|revoking)\s+(?:subsection|paragraph|subparagraph)\s+\(\w+\)"
    r"|\b(?:subsection|paragraph|subparagraph)\s+\(\w+\)[^.;]*\bis\s+(?:hereby\s+)?(?:repealed|deleted|revoked)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(  # that something is changed, in whatever words
    r"\b(?:by|and)\s+(?:deleting|substituting|inserting|repealing|replacing|omitting|adding|renumbering|striking\s+out|revoking)\b"
    r"|^\W*(?:deleting|substituting|inserting|repealing|replacing|omitting|adding|renumbering|striking\s+out|revoking)\b"
    r"|\b(?:is|are)\s+(?:hereby\s+)?(?:deleted|substituted|inserted|repealed|replaced|omitted|added|renumbered|revoked)\b",
    re.IGNORECASE,
)
_DEFINITION_OF = re.compile(r"\bdefinition\s+of\s+" + _Q.format("term"), re.IGNORECASE)
LONGEST = 2_000  # characters of a sentence that orders something; what is longer is text
_EVERYWHERE = re.compile(r"\bwherever\s+(?:it|they)\s+(?:occur|appear)", re.IGNORECASE)


@dataclass
class Instruction:
    """One change that a clause of an amending bill orders."""

    clause: str  # label in the bill: "4(1)(a)"
    kind: Kind
    section: str  # of the Act: "5", or that after which something is inserted
    below: tuple[str, ...] = ()  # "(2)", "(a)"
    old: str = ""
    new: str = ""
    everywhere: bool = False
    quote: Quote | None = field(default=None, repr=False)
    words: str = ""  # the instruction as printed
    before: str = ""  # the provision's words before and after, once applied
    after: str = ""
    problem: str = ""  # code of why it does not fit; empty when it was applied


# --- Reading instructions -----------------------------------------------------------------------------------------


def instructions_of(bill: LegalText, *, act: str = "") -> list[Instruction]:
    """Those of all clauses, in order. `act` is the title of the principal Act: clauses that amend another one by name are left out."""
    found: list[Instruction] = []
    for section in bill.sections():
        found += _in_node(section, section.number, ("", ()), act)
    return found


def _in_node(node: Node, label: str, held: tuple[str, tuple[str, ...]], act: str) -> Iterator[Instruction]:
    """`held` is the section that the words above named: "Section 5 is amended— (a) by deleting ..."."""
    blocks = list(node.before)
    for at, block in enumerate(blocks):
        if not isinstance(block, Text) or len(block.words) > LONGEST:
            continue
        quote = blocks[at + 1] if at + 1 < len(blocks) and isinstance(blocks[at + 1], Quote) else None
        named = _HEAD.search(_outside_quotes(block.words))
        if named and (not held[0] or not _inserted_after(block.words)):
            held = (named["section"], _below_of(named["below"]))
        elif named is None and (listed := _SCHEDULE_HEAD.search(_outside_quotes(block.words))):
            held = (listed["title"] + (f", item {listed['item']}" if listed["item"] else ""), ())
        yield from _of_sentence(label, block.words, held, quote if isinstance(quote, Quote) else None)
    for child in node.children:
        yield from _in_node(child, label + child.number, held, act)


def _outside_quotes(words: str) -> str:
    return re.sub(r"“[^”]*”|\"[^\"]*\"", "“”", words)


def _below_of(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\([0-9A-Za-z]+\)", text))


def _of_sentence(
    label: str, words: str, held: tuple[str, tuple[str, ...]], quote: Quote | None
) -> Iterator[Instruction]:
    common: dict[str, Any] = {"clause": label, "words": words}
    section, below = held
    found: list[Instruction] = []
    if quote is not None:
        one = _of_quote(words, section, below, quote, common)
        found = [] if one is None else [one]
    elif section:
        found = list(_of_words(words, section, below, common))
    if not found and (section or quote is not None) and _ORDERS.search(_outside_quotes(words)):
        found = [Instruction(kind="not_understood", section=section, below=below, **common)]
    yield from found


def _of_quote(
    words: str, section: str, below: tuple[str, ...], quote: Quote, common: dict[str, Any]
) -> Instruction | None:
    """What is ordered with the words that are quoted."""
    common = common | {"quote": quote}
    if after := _inserted_after(words):
        return Instruction(kind="insert_section", section=after["section"], **common)
    return _of_quote_within(words, below, common | {"section": section}) if section else None


def _row(words: str, *parts: re.Pattern[str], start: int = 0) -> re.Match[str] | None:
    """Where the last of `parts` is found, each after the one before, with no quotation between them and the dash or colon at the end."""
    plain = words.rstrip()
    if not _OPENS.search(plain):
        return None
    found, at = None, max(start, plain.rfind("“") + 1, plain.rfind("”") + 1)
    for part in parts:
        found = part.search(plain, at)
        if found is None:
            return None
        at = found.end()
    return found


def _inserted_after(words: str) -> re.Match[str] | None:
    """The section after which something is inserted."""
    return _row(words, _INSERTS, _AFTER_SECTION)


def _is_replaced(words: str) -> bool:
    """Whether something gives way to what is quoted."""
    gone = _TAKES_AWAY.search(words)
    if gone and _row(words, _PUTS, _FOLLOWS, start=gone.end()):
        return True
    return bool(_row(words, _PUTS_FOLLOWING) or _row(words, _REPLACES, _FOLLOWING))


def _of_quote_within(words: str, below: tuple[str, ...], common: dict[str, Any]) -> Instruction | None:
    """The same, where the words above named the section."""
    if (term := _DEFINITION_OF.search(words)) and _is_replaced(words):
        return Instruction(kind="replace_definition", below=below, old=term["term"], **common)
    if _row(words, _ADDS, _DEFINITIONS):
        return Instruction(kind="insert_definition", below=below, **common)
    if part := _row(words, _ADDS, _AFTER_PART):
        return Instruction(kind="insert_part", below=(*below, f"({part['number']})"), **common)
    if _is_replaced(words):
        at = below or _part_named(words)
        return Instruction(kind="replace_part" if at else "replace_section", below=at, **common)
    return None


def _of_words(words: str, section: str, below: tuple[str, ...], common: dict[str, Any]) -> Iterator[Instruction]:
    """What is ordered without a quotation of its own: words for words, or that something goes."""
    at = below or _part_named(words)
    common = common | {"section": section, "everywhere": bool(_EVERYWHERE.search(words))}
    swapped = [
        Instruction(kind="replace_words", below=at, old=f["old"], new=f["new"], **common)
        for f in _WORDS_REPLACED.finditer(words)
    ]
    swapped += [
        Instruction(kind="insert_words", below=at, old=f["old"], new=f["new"], **common)
        for f in _WORDS_INSERTED.finditer(words)
    ]
    if swapped:
        yield from swapped
        return
    for found in _WORDS_DELETED.finditer(words):
        yield Instruction(kind="delete_words", below=at, old=found["old"], **common)
    plain = _outside_quotes(words)
    if (gone := _DEFINITION_OF.search(words)) and re.search(r"\b(?:repeal|delet|omit)", plain, re.IGNORECASE):
        yield Instruction(kind="repeal_definition", below=below, old=gone["term"], **common)
    elif at and _PART_REPEALED.search(plain):
        yield Instruction(kind="repeal_part", below=at, **common)
    elif _REPEAL.search(plain):
        yield Instruction(kind="repeal_part" if at else "repeal_section", below=at, **common)


def _part_named(words: str) -> tuple[str, ...]:
    """ "in subsection (2), paragraph (a)"; empty where the words name the whole section."""
    return tuple(
        f"({n})" for n in re.findall(r"(?:subsection|paragraph|subparagraph)\s+\((\w+)\)", _outside_quotes(words))
    )


# --- Applying them ------------------------------------------------------------------------------------------------


def apply(act: LegalText, instructions: Sequence[Instruction]) -> LegalText:
    """The Act as it would read; `act` stays as it is. Each instruction gets `before` and `after`, or its `problem`."""
    made = copy.deepcopy(act)
    for each in instructions:
        each.problem = _apply(made, each)
    return made


def _apply(act: LegalText, each: Instruction) -> str:
    if each.kind == "not_understood":
        return "not_understood"
    if scheduled := _SCHEDULED.fullmatch(each.section):
        return _in_schedule(act, scheduled["title"], scheduled["item"] or "", each)
    found = _find(act.body, each.section)
    if found is None:
        return "no_such_section"
    siblings, at = found
    if each.kind in {"insert_section", "replace_section", "repeal_section"}:
        return _whole_section(siblings, at, each)
    each.before = text_of(siblings[at])
    problem = _within(siblings[at], each)
    each.after = "" if problem else text_of(siblings[at])
    return problem


def _in_schedule(act: LegalText, title: str, item: str, each: Instruction) -> str:
    """Words of a schedule, or of one numbered item of it."""
    named = [one for one in act.schedules if one.title.casefold() == title.casefold()]
    if len(named) != 1:
        return "no_such_schedule"
    node: Node | None = Node("section", "", named[0].heading, named[0].blocks, named[0].nodes)
    if item:
        node = next((one for one in named[0].nodes if one.number.strip("().") == item), None)
    if node is None:
        return "no_such_part"
    if each.kind not in {"replace_words", "insert_words", "delete_words"}:
        return "schedule_by_hand"
    each.before = text_of(node)
    problem = _swap_words(node, each)
    each.after = "" if problem else text_of(node)
    return problem


def _whole_section(siblings: list[Node], at: int, each: Instruction) -> str:
    """A section that comes, gives way, or goes: its number stays, so that nothing after it is renumbered."""
    node = siblings[at]
    new = [copy.deepcopy(one) for one in (each.quote.nodes if each.quote else [])]
    if each.kind == "repeal_section":
        new = [Node("section", node.number, "", [Text("[Repealed]")])]
    if not new or any(one.kind != "section" for one in new):
        return "quotes_no_section"
    if each.kind == "insert_section":
        at += 1
        while at < len(siblings) and _is_inserted_after(siblings[at].number, node.number):
            at += 1
        siblings[at:at] = new
    else:
        each.before = text_of(node)
        siblings[at : at + 1] = new
    each.after = "\n".join(text_of(one) for one in new)
    return ""


def _is_inserted_after(number: str, last: str) -> bool:
    """12A, 12B after 12: what was put there before."""
    return len(number) == len(last) + 1 and number.startswith(last) and number[-1].isalpha()


def _within(section: Node, each: Instruction) -> str:
    holder, node = _down(section, each.below)
    if node is None:
        return "no_such_part"
    if each.kind in {"replace_words", "insert_words", "delete_words"}:
        return _swap_words(node, each)
    if each.kind in {"replace_definition", "repeal_definition"}:
        return _swap_definition(node, each)
    if each.kind == "insert_definition":
        return _add_definitions(node, each.quote) if each.quote else "quotes_nothing"
    if holder is None:
        return "no_such_part"
    return _swap_part(holder, node, each)


def _swap_part(holder: Node, node: Node, each: Instruction) -> str:
    at = holder.children.index(node)
    new = [copy.deepcopy(one) for one in (each.quote.nodes if each.quote else [])]
    if not new and each.kind != "repeal_part":
        return "quotes_nothing"
    for one in new:
        one.kind = node.kind
    start = at + 1 if each.kind == "insert_part" else at
    holder.children[start : at + 1] = new
    return ""


def _find(nodes: list[Node], number: str) -> tuple[list[Node], int] | None:
    for at, node in enumerate(nodes):
        if node.kind == "section" and node.number.upper() == number.upper():
            return nodes, at
        if node.kind in {"part", "chapter", "division"} and (found := _find(node.children, number)):
            return found
    return None


def _down(section: Node, below: Sequence[str]) -> tuple[Node | None, Node | None]:
    holder: Node | None = None
    node: Node | None = section
    for number in below:
        assert node is not None
        holder = node
        node = next((child for child in node.children if child.number.lower() == number.lower()), None)
        if node is None:
            return holder, None
    return holder, node


def _swap_words(node: Node, each: Instruction) -> str:
    spots = list(_spots(node))
    hits = [spot for spot in spots if each.old in spot.get()]
    if not hits:
        return "words_not_found"
    if not each.everywhere and (len(hits) > 1 or hits[0].get().count(each.old) > 1):
        return "words_more_than_once"
    new = {"replace_words": each.new, "insert_words": f"{each.old} {each.new}", "delete_words": ""}[each.kind]
    for spot in hits:
        spot.set(re.sub(r" {2,}", " ", spot.get().replace(each.old, new)).replace(" ,", ",").replace(" .", ".").strip())
    return ""


@dataclass
class _Spot:
    """A text within a node that can be read and written."""

    owner: object
    name: str

    def get(self) -> str:
        return str(getattr(self.owner, self.name))

    def set(self, words: str) -> None:
        setattr(self.owner, self.name, words)


def _spots(node: Node) -> Iterator[_Spot]:
    for each in node.walk():
        yield _Spot(each, "heading")
        for block in [*each.before, *each.after]:
            if isinstance(block, Text):
                yield _Spot(block, "words")
            elif isinstance(block, Definition):
                yield from (_Spot(block, "words"), _Spot(block, "after"))
                yield from (_Spot(item, "text") for item in _items(block))


def _items(block: Definition) -> Iterator[object]:
    stack = list(block.items)
    while stack:
        item = stack.pop()
        yield item
        stack += item.items


def _add_definitions(node: Node, quote: Quote) -> str:
    """In the order of the alphabet, in whichever part of the section holds the definitions."""
    new = [
        block if isinstance(block, Definition) else Definition(block.words)
        for block in quote.blocks
        if isinstance(block, Definition | Text)
    ]
    for each in node.walk():
        for blocks in (each.before, each.after):
            if any(isinstance(block, Definition) for block in blocks):
                for one in new:
                    _in_order(blocks, copy.deepcopy(one))
                return "" if new else "quotes_nothing"
    return "no_definitions"


def _swap_definition(node: Node, each: Instruction) -> str:
    """The definition of the term gives way to those that are quoted, or goes."""
    quoted = each.quote.blocks if each.quote else []
    new = [
        copy.deepcopy(one) if isinstance(one, Definition) else Definition(one.words)
        for one in quoted
        if isinstance(one, Definition | Text)
    ]
    if each.kind == "replace_definition" and not new:
        return "quotes_nothing"
    for part in node.walk():
        for blocks in (part.before, part.after):
            for at, block in enumerate(blocks):
                if isinstance(block, Definition) and _term(block.words) == each.old.strip().casefold():
                    blocks[at : at + 1] = new
                    return ""
    return "no_such_definition"


def _in_order(blocks: list[Block], new: Definition) -> None:
    place = 0
    for at, block in enumerate(blocks):
        if isinstance(block, Definition) and _term(block.words) < _term(new.words):
            place = at + 1
        elif isinstance(block, Definition) and not place:
            place = at
            break
    blocks.insert(place, new)


def _term(words: str) -> str:
    found = re.match(r"[“\"]([^”\"]+)[”\"]", words)
    return (found[1] if found else words).casefold()


def text_of(node: Node) -> str:
    """A provision as plain lines."""
    return "\n".join(line for line in whole(node) if line)
