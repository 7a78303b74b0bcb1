"""Rules of quizzes, self-checks, exercises and group results as plain arithmetic. No Django."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from floreo.core.figures import SMALL
from floreo.core.suppression import suppressed_list

SMALLEST_GROUP = SMALL  # takers of an exercise, or people who were sent a message, below which a group shows nothing
MOST_QUESTIONS = 60  # of one quiz
MOST_OPTIONS = 12  # of one question
MOST_MESSAGES = 20  # of one exercise
THINGS = 3  # that a self-check ends with


# --- Quizzes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """One question as it is judged: its number, its options, and which of them are right."""

    number: int
    options: frozenset[int]
    right: frozenset[int]
    takes_many: bool = False


def sound(question: Choices, chosen: Iterable[int]) -> tuple[int, ...]:
    """What was chosen, as far as the question has it; of a question with one answer only the first."""
    found = tuple(sorted({option for option in chosen if option in question.options}))
    return found if question.takes_many else found[:1]


def is_right(question: Choices, chosen: Collection[int]) -> bool:
    """Several answers: exactly the right ones. One answer: one of the right ones."""
    given = set(chosen)
    if question.takes_many:
        return bool(given) and given == question.right
    return bool(given) and given <= question.right


# --- Self-check ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """One question of a self-check as it was answered: how much it matters (1 to 5), and how much of it is missing, per cent of
    the whole (0: all in place). None was not answered."""

    number: int
    importance: int
    missing: int | None


def things_to_do(answers: Iterable[Checked], most: int = THINGS) -> list[int]:
    """Numbers of the questions whose advice helps most: importance times what is missing, the greatest first. Of equal ones that which
    was asked first. What was not answered counts as half missing: nobody knows."""
    scored = [(each.importance * (50 if each.missing is None else each.missing), each.number) for each in answers]
    worst = sorted((-score, number) for score, number in scored if score > 0)
    return [number for _score, number in worst[:most]]


def in_place(answers: Iterable[Checked]) -> int:
    """How many are wholly in place."""
    return sum(each.missing == 0 for each in answers)


# --- Exercises ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A piece of a text; `spot` is the number of the place that it can be marked as, or None."""

    text: str
    spot: int | None = None


def pieces_of(text: str, quotes: Mapping[int, str]) -> list[Piece]:
    """The text cut at the first occurrence of each quote, in the text's order. A quote that is not there, or lies within another that
    begins before it, is left out."""
    found = sorted((at, -len(quote), spot) for spot, quote in quotes.items() if quote and (at := text.find(quote)) >= 0)
    pieces, here = [], 0
    for at, length, spot in found:
        if at < here:
            continue
        if at > here:
            pieces.append(Piece(text[here:at]))
        here = at - length
        pieces.append(Piece(text[at:here], spot))
    if here < len(text):
        pieces.append(Piece(text[here:]))
    return pieces


@dataclass(frozen=True)
class Decided:
    """What one taker decided on one message: whether they took it for a phish, and which places they marked."""

    message: int
    took_for_phish: bool
    marked: tuple[int, ...] = ()


def encode(decisions: Iterable[Decided]) -> str:
    """Decisions as a form carries them from page to page: "1p2.3_2r"."""
    return "_".join(
        f"{each.message}{'p' if each.took_for_phish else 'r'}{'.'.join(map(str, each.marked))}" for each in decisions
    )


def decode(text: str) -> list[Decided]:
    """The decisions in such a text; what cannot be read, or comes a second time, is left out."""
    found: dict[int, Decided] = {}
    for part in text[:4000].split("_"):
        number, verdict, marks = part.partition("p")
        if not verdict:
            number, verdict, marks = part.partition("r")
        if not verdict or not _is_number(number) or int(number) in found:
            continue
        marked = tuple(sorted({int(each) for each in marks.split(".") if _is_number(each)}))
        found[int(number)] = Decided(int(number), verdict == "p", marked)
    return list(found.values())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


# --- Results of groups --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """Which groups of one parent may show their results, and whether their total may."""

    groups: tuple[bool, ...]
    total: bool


def shown_groups(takers: Sequence[int], smallest: int = SMALLEST_GROUP) -> Shown:
    """Groups of fewer takers than `smallest` show nothing, nor do so many others that what all of them hide together, which the total
    less those that are shown gives back, is of at least `smallest` takers and of at least two groups. Where that cannot be, the
    total is hidden. A group that nobody took hides nothing and shows nothing."""
    filled = [number for number, count in enumerate(takers) if count]
    masked = suppressed_list([takers[number] for number in filled], smallest)
    hidden = {filled[at] for at, cell in enumerate(masked.cells) if cell is None}
    others = iter(sorted((takers[number], number) for number in filled if number not in hidden))
    while hidden and (len(hidden) < 2 or sum(takers[number] for number in hidden) < smallest):
        following = next(others, None)
        if following is None:
            return Shown((False,) * len(takers), total=False)
        hidden.add(following[1])
    return Shown(tuple(count >= smallest and number not in hidden for number, count in enumerate(takers)), bool(filled))


def per_cent(part: int, whole: int) -> int | None:
    """Rounded to whole per cent, half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None
