"""Reads questions in GIFT, the text format of Moodle's question bank. Plain Python, no Django.

    read(text) -> questions with one or several answers and true or false, in order; and what cannot be taken, each with its line

Taken: titles, comments, categories, escaped signs, formats, weights, feedback of answers and of questions, a blank in the middle of a
sentence. Not taken, with the reason: short answers, matching, numbers, essays, texts without a question. Whatever is in a text
is text: marks of HTML are removed where the question says that it is HTML, and else shown as typed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import nh3

LARGEST = 2 * 1024 * 1024  # bytes of a file
LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_FEEDBACK = 1000, 500, 600
MOST_ANSWERS = 12
BLANK = "_____"

_SPECIAL = "~=#{}:\\"
_TITLE = re.compile(r"\s*::((?:\\.|[^\\:]|:(?!:))*)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:\.[0-9]{1,7})?)%")
_TRUTH = re.compile(r"\s*(TRUE|FALSE|T|F)\s*", re.IGNORECASE)
_CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)", re.IGNORECASE)


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


class Reason(StrEnum):
    """Why a question is not taken."""

    NO_END = "no_end"  # { without }
    NO_BEGIN = "no_begin"  # } without {
    NO_TEXT = "no_text"
    NO_ANSWERS = "no_answers"  # a text without { }
    ESSAY = "essay"  # { }
    SHORT_ANSWER = "short_answer"
    MATCHING = "matching"
    NUMERICAL = "numerical"
    ONE_ANSWER = "one_answer"
    NONE_RIGHT = "none_right"
    PART_MARKS = "part_marks"
    TOO_MANY_ANSWERS = "too_many_answers"
    EMPTY_ANSWER = "empty_answer"
    SAME_ANSWERS = "same_answers"
    TOO_LONG = "too_long"
    STRAY_TEXT = "stray_text"  # before the first answer
    CONTROL_SIGNS = "control_signs"


@dataclass(frozen=True)
class Answer:
    text: str
    is_right: bool
    feedback: str = ""


@dataclass(frozen=True)
class GiftQuestion:
    line: int
    kind: Kind
    text: str
    answers: tuple[Answer, ...]
    title: str = ""
    feedback: str = ""
    category: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong with the question that begins in that line; `start` are its first words."""

    line: int
    reason: Reason
    start: str = ""


@dataclass(frozen=True)
class Bank:
    questions: tuple[GiftQuestion, ...]
    problems: tuple[Problem, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.category for each in self.questions))


class _Wrong(Exception):  # noqa: N818 -- never leaves this module
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def decoded(raw: bytes) -> str:
    """A file's text: UTF-8, with or without its mark; else what Windows wrote before."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read(text: str) -> Bank:
    questions, problems = [], []
    for line, category, block in _blocks(text):
        try:
            questions.append(_question(line, category, block))
        except _Wrong as wrong:
            problems.append(Problem(line, wrong.reason, _unescaped(block)[:80].replace("\n", " ").strip()))
    return Bank(tuple(questions), tuple(problems))


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, category, text) of each question. An empty line parts them, also within braces, as it does in Moodle: one that is never closed
    does not swallow the next."""
    category, begun, held = "", 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if line.lstrip().startswith("//"):
            continue
        if not held and (found := _CATEGORY.fullmatch(line)):
            category = found[1].strip()[:200]
        elif line.strip():
            begun = begun if held else number
            held.append(line)
        elif held:
            yield begun, category, "\n".join(held)
            held = []
    if held:
        yield begun, category, "\n".join(held)


def _question(line: int, category: str, block: str) -> GiftQuestion:
    title = ""
    if found := _TITLE.match(block):
        title, block = _unescaped(found[1]).strip(), block[found.end() :]
    is_html = False
    if found := _FORMAT.match(block):
        is_html, block = found[1].lower() == "html", block[found.end() :]
    start, end = _braces(block)
    before, inside, after = block[:start], block[start + 1 : end], block[end + 1 :]
    text = _text(before, is_html=is_html)
    if rest := _text(after, is_html=is_html):
        text = f"{text} {BLANK} {rest}" if text else f"{BLANK} {rest}"
    if not text:
        raise _Wrong(Reason.NO_TEXT)
    inside, feedback = _general(inside)
    kind, answers = _answers(inside, is_html=is_html)
    general = _text(feedback, is_html=is_html)
    _require_fitting(text, general, answers)
    return GiftQuestion(line, kind, text, answers, title[:200], general, category)


def _braces(block: str) -> tuple[int, int]:
    """Where the answers begin and end."""
    places = {"{": list[int](), "}": list[int]()}
    skip = False
    for at, sign in enumerate(block):
        if skip:
            skip = False
        elif sign == "\\":
            skip = True
        elif sign in places:
            places[sign].append(at)
    opens, closes = places["{"], places["}"]
    if not opens and not closes:
        raise _Wrong(Reason.NO_ANSWERS)
    if not opens or (closes and closes[0] < opens[0]):
        raise _Wrong(Reason.NO_BEGIN)
    if len(closes) != 1 or len(opens) != 1:
        raise _Wrong(Reason.NO_END)
    return opens[0], closes[0]


def _general(inside: str) -> tuple[str, str]:
    """The answers, and the feedback of the whole question after ####."""
    parts = _split(inside, "####")
    return parts[0], parts[1] if len(parts) > 1 else ""


def _answers(inside: str, *, is_html: bool) -> tuple[Kind, tuple[Answer, ...]]:
    if not inside.strip():
        raise _Wrong(Reason.ESSAY)
    if inside.lstrip().startswith("#"):
        raise _Wrong(Reason.NUMERICAL)
    first, *feedback = _split(inside, "#")
    if found := _TRUTH.fullmatch(first):
        words = [_text(each, is_html=is_html) for each in feedback]
        return Kind.TRUE_FALSE, _true_false(words, is_true=found[1].upper().startswith("T"))
    marked = list(_marked(inside))
    if any(sign == "=" and len(_split(_split(text, "#")[0], "->")) > 1 for sign, text in marked):
        raise _Wrong(Reason.MATCHING)
    if all(sign == "=" for sign, _t in marked):
        raise _Wrong(Reason.SHORT_ANSWER)
    if len(marked) > MOST_ANSWERS:
        raise _Wrong(Reason.TOO_MANY_ANSWERS)
    if len(marked) < 2:
        raise _Wrong(Reason.ONE_ANSWER)
    has_right = any(sign == "=" for sign, _text_ in marked)
    answers = tuple(_answer(sign, text, has_right=has_right, is_html=is_html) for sign, text in marked)
    return (Kind.SINGLE if has_right else Kind.MULTIPLE), answers


def _true_false(feedback: list[str], *, is_true: bool) -> tuple[Answer, ...]:
    """The first feedback is for who answers wrongly, the second for who answers rightly."""
    wrong, right = (*feedback, "", "")[:2]
    return Answer("TRUE", is_true, right if is_true else wrong), Answer(
        "FALSE", not is_true, wrong if is_true else right
    )


def _marked(inside: str) -> Iterator[tuple[str, str]]:
    """Each answer with the sign before it."""
    pieces = re.split(r"((?<!\\)(?:\\\\)*[=~])", inside)
    if pieces[0].strip():
        raise _Wrong(Reason.STRAY_TEXT)
    for at in range(1, len(pieces), 2):
        yield pieces[at][-1], pieces[at + 1] + (pieces[at + 2][:-1] if at + 2 < len(pieces) else "")


def _answer(sign: str, given: str, *, has_right: bool, is_html: bool) -> Answer:
    weight = None
    if found := _WEIGHT.match(given):
        weight, given = float(found[1]), given[found.end() :]
    text, *feedback = _split(given, "#")
    if has_right and sign == "~" and weight is not None and weight > 0:
        raise _Wrong(Reason.PART_MARKS)
    is_right = sign == "=" if has_right else (weight or 0) > 0
    return Answer(_text(text, is_html=is_html), is_right, _text("#".join(feedback), is_html=is_html))


def _require_fitting(text: str, feedback: str, answers: tuple[Answer, ...]) -> None:
    if any(not each.text for each in answers):
        raise _Wrong(Reason.EMPTY_ANSWER)
    if len({each.text for each in answers}) != len(answers):
        raise _Wrong(Reason.SAME_ANSWERS)
    if not any(each.is_right for each in answers):
        raise _Wrong(Reason.NONE_RIGHT)
    too_long = len(text) > LONGEST_QUESTION or len(feedback) > LONGEST_FEEDBACK
    if too_long or any(len(a.text) > LONGEST_ANSWER or len(a.feedback) > LONGEST_FEEDBACK for a in answers):
        raise _Wrong(Reason.TOO_LONG)
    whole = "".join([text, feedback, *(each.text + each.feedback for each in answers)])
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in whole):
        raise _Wrong(Reason.CONTROL_SIGNS)


def _split(text: str, at: str) -> list[str]:
    """The parts between unescaped `at`."""
    parts, here, skip, begin = list[str](), 0, False, 0
    while here < len(text):
        if skip:
            skip = False
        elif text[here] == "\\":
            skip = True
        elif text.startswith(at, here):
            parts.append(text[begin:here])
            here += len(at)
            begin = here
            continue
        here += 1
    return [*parts, text[begin:]]


def _unescaped(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        sign = found[1]
        if sign == "n":
            return "\n"
        return sign if sign in _SPECIAL else found[0]

    return re.sub(r"\\(.)", plain, text, flags=re.DOTALL)


def _text(text: str, *, is_html: bool) -> str:
    """As it is shown: signs without their escapes, of HTML only the words."""
    words = _FORMAT.sub("", text, count=1) if _FORMAT.match(text) else text
    words = _unescaped(words)
    if is_html:
        words = html.unescape(nh3.clean(words, tags=set()))
    return re.sub(r"[ \t]*\n[ \t]*", "\n", words).strip()


def escaped(text: str) -> str:
    """A text as it is written in GIFT."""
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", "\\n")
