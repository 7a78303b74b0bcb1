"""Two versions side by side: sections aligned by number and by what they say, so that a move is a move, then word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from floreo.legislation.text.provisions import PrintedLine, Provision

Change = Literal["same", "changed", "added", "removed", "moved"]
_SAME_NUMBER = 0.30  # how alike two provisions of one number are, at least, to be taken for the same
_ELSEWHERE = 0.60  # and two of other numbers
# Comparing takes time with the number of pairs of equal pieces, at worst with its square: a text of few words, or of one line again
# and again, is written so that it takes minutes. What has more pairs is compared more coarsely, and said to be other words.
_PAIRS_OF_WORDS = 60_000
_PAIRS_OF_LINES = 40_000
_PAIRS_OF_SECTIONS = 250_000
_SENTENCE = re.compile(r"(?<=[.;:])(?=\s)")
_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Run:
    """A stretch of words: in both, added, or removed."""

    kind: Literal["same", "added", "removed"]
    words: str


@dataclass(frozen=True)
class ComparedLine:
    """A line of either version with its runs. `number` is the new one; `was` the old one where it changed."""

    runs: tuple[Run, ...]
    depth: int
    number: str
    was: str
    change: Change
    eid: str = ""


@dataclass(frozen=True)
class ComparedProvision:
    """A section in both versions, or in one of them."""

    change: Change
    old: Provision | None
    new: Provision | None
    heading: tuple[Run, ...]
    lines: tuple[ComparedLine, ...]

    @property
    def is_renumbered(self) -> bool:
        return self.old is not None and self.new is not None and self.old.number != self.new.number

    @property
    def label(self) -> str:
        return (self.new or self.old).label  # type: ignore[union-attr]


@dataclass(frozen=True)
class Summary:
    """What a minister reads: how many sections did what, and how many words came and went."""

    same: int
    changed: int
    added: int
    removed: int
    moved: int
    words_added: int
    words_removed: int


def compare(old: Sequence[Provision], new: Sequence[Provision]) -> list[ComparedProvision]:
    """Sections and schedules in the order of the new version; what was removed is where it was."""
    before = [each for each in old if each.kind in {"section", "schedule"}]
    after = [each for each in new if each.kind in {"section", "schedule"}]
    pairs = align(before, after)
    partner = {id(new_one): old_one for old_one, new_one in pairs}
    kept = {id(old_one) for old_one, _new in pairs}
    found = [_pair(partner.get(id(each)), each) for each in after]
    for at, gone in enumerate(before):
        if id(gone) not in kept:
            found.insert(_place(before, at, found), _pair(gone, None))
    return found


def align(before: Sequence[Provision], after: Sequence[Provision]) -> list[tuple[Provision, Provision]]:
    """Which old provision became which new one: the same words first, then the same number, then what is most alike."""
    found = _Aligned(before, after)
    found.take_same_words()
    found.take_same_numbers()
    found.take_most_alike()
    return found.pairs


class _Aligned:
    """The pairs so far, and the provisions of both versions that have no partner yet."""

    def __init__(self, before: Sequence[Provision], after: Sequence[Provision]) -> None:
        self.pairs: list[tuple[Provision, Provision]] = []
        self.left, self.right = {id(each): each for each in before}, {id(each): each for each in after}
        self._bags: dict[int, Counter[str]] = {}

    def _take(self, old: Provision, new: Provision) -> None:
        self.pairs.append((old, new))
        del self.left[id(old)], self.right[id(new)]

    def _likeness(self, old: Provision, new: Provision) -> float:
        for each in (old, new):
            if id(each) not in self._bags:
                self._bags[id(each)] = _bag(each)
        return likeness(self._bags[id(old)], self._bags[id(new)])

    def take_same_words(self) -> None:
        """Of several with the same words the one with the same number."""
        by_words: dict[tuple[str, str], list[Provision]] = {}
        for each in self.left.values():
            by_words.setdefault((each.heading, each.words), []).append(each)
        for new in list(self.right.values()):
            same = by_words.get((new.heading, new.words), [])
            if same:
                at = next((at for at, each in enumerate(same) if each.number == new.number), 0)
                self._take(same.pop(at), new)

    def take_same_numbers(self) -> None:
        """Where their words are not wholly others."""
        by_number = {each.number or each.heading: each for each in self.left.values()}
        for new in list(self.right.values()):
            old = by_number.get(new.number or new.heading)
            if old is not None and id(old) in self.left and self._likeness(old, new) >= _SAME_NUMBER:
                self._take(old, new)

    def take_most_alike(self) -> None:
        """The most alike first; none where there are so many that to compare each with each would take minutes."""
        if len(self.left) * len(self.right) > _PAIRS_OF_SECTIONS:
            return
        alike = sorted(
            (
                (self._likeness(old, new), -a, -b, old, new)
                for a, old in enumerate(self.left.values())
                for b, new in enumerate(self.right.values())
            ),
            key=lambda row: row[:3],
            reverse=True,
        )
        for score, _a, _b, old, new in alike:
            if score < _ELSEWHERE:
                break
            if id(old) in self.left and id(new) in self.right:
                self._take(old, new)


def _bag(each: Provision) -> Counter[str]:
    return Counter(word.lower() for word in _PIECE.findall(f"{each.heading} {each.words}") if not word.isspace())


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Shared words of all words, 0 to 1 (Dice)."""
    whole = one.total() + other.total()
    return 2 * (one & other).total() / whole if whole else 1.0


def _place(before: Sequence[Provision], at: int, found: Sequence[ComparedProvision]) -> int:
    for earlier in reversed(before[:at]):
        for place, each in enumerate(found):
            if each.old is earlier:
                return place + 1
    return 0


def _pair(old: Provision | None, new: Provision | None) -> ComparedProvision:
    if old is None or new is None:
        kind: Literal["added", "removed"] = "added" if old is None else "removed"
        only = new or old
        assert only is not None
        lines = tuple(_whole_line(line, kind) for line in only.lines)
        return ComparedProvision(kind, old, new, _one_run(only.heading, kind), lines)
    change: Change = "same"
    if old.words != new.words or old.heading != new.heading:
        change = "changed"
    elif old.number != new.number or old.parent != new.parent:
        change = "moved"
    return ComparedProvision(
        change, old, new, tuple(runs(old.heading, new.heading)), tuple(_lines(old.lines, new.lines))
    )


def _one_run(words: str, kind: Literal["same", "added", "removed"]) -> tuple[Run, ...]:
    return (Run(kind, words),) if words else ()


def _whole_line(line: PrintedLine, kind: Literal["added", "removed"]) -> ComparedLine:
    return ComparedLine(_one_run(_words_of(line), kind), line.depth, line.number, "", kind, line.eid)


def _words_of(line: PrintedLine) -> str:
    return " | ".join(line.cells) if line.cells else line.words


def _lines(old: Sequence[PrintedLine], new: Sequence[PrintedLine]) -> Iterable[ComparedLine]:
    """Lines of both, paired where they say nearly the same."""
    before, after = [_words_of(line) for line in old], [_words_of(line) for line in new]
    for tag, a, b, c, d in _opcodes(before, after, most=_PAIRS_OF_LINES):
        if tag == "equal":
            for was, now in zip(old[a:b], new[c:d], strict=True):
                moved = "" if was.number == now.number else was.number
                yield ComparedLine(
                    _one_run(_words_of(now), "same"),
                    now.depth,
                    now.number,
                    moved,
                    "moved" if moved else "same",
                    now.eid,
                )
            continue
        yield from _changed_lines(old[a:b], new[c:d])


def _changed_lines(old: Sequence[PrintedLine], new: Sequence[PrintedLine]) -> Iterable[ComparedLine]:
    partner = _partners(old, new)
    removed = [a for a in range(len(old)) if a not in partner.values()]  # those that are not shown yet, in their order
    for b, now in enumerate(new):
        a = partner.get(b)
        before = [gone for gone in removed if a is None or gone < a]
        for gone in before:
            yield _whole_line(old[gone], "removed")
        removed = removed[len(before) :]
        yield _whole_line(now, "added") if a is None else _changed_line(old[a], now)
    for gone in removed:
        yield _whole_line(old[gone], "removed")


def _partners(old: Sequence[PrintedLine], new: Sequence[PrintedLine]) -> dict[int, int]:
    """Of each new line the old one that it is most like, each once; none of very many lines."""
    if len(old) * len(new) > _PAIRS_OF_LINES:
        return {}
    bags_old = [Counter(tokens_of(_words_of(line))) for line in old]
    bags_new = [Counter(tokens_of(_words_of(line))) for line in new]
    partner: dict[int, int] = {}
    paired: set[int] = set()
    for b, bag in enumerate(bags_new):
        scores = [
            (likeness(other, bag) + (0.15 if old[a].number == new[b].number else 0), -a)
            for a, other in enumerate(bags_old)
            if a not in paired
        ]
        if scores and max(scores)[0] >= 0.5:
            partner[b] = -max(scores)[1]
            paired.add(partner[b])
    return partner


def _changed_line(was: PrintedLine, now: PrintedLine) -> ComparedLine:
    return ComparedLine(
        tuple(runs(_words_of(was), _words_of(now))),
        now.depth,
        now.number,
        "" if was.number == now.number else was.number,
        "changed",
        now.eid,
    )


def tokens_of(words: str) -> list[str]:
    return [piece for piece in _PIECE.findall(words) if not piece.isspace()]


def runs(old: str, new: str) -> list[Run]:
    """The words of both, in order. What is the same printed one after another gives the new words; with what was removed, the old."""
    if old == new:
        return [Run("same", new)] if new else []
    a, b = _PIECE.findall(old), _PIECE.findall(new)
    if _pairs(a, b) > _PAIRS_OF_WORDS:
        a, b = _SENTENCE.split(old), _SENTENCE.split(new)
    found: list[Run] = []
    for tag, i, j, k, m in _opcodes(a, b, most=_PAIRS_OF_WORDS):
        if tag == "equal":
            found.append(Run("same", "".join(b[k:m])))
            continue
        if i < j:
            found.append(Run("removed", "".join(a[i:j])))
        if k < m:
            found.append(Run("added", "".join(b[k:m])))
    return _joined(found)


def _opcodes(a: Sequence[str], b: Sequence[str], *, most: int) -> Sequence[tuple[str, int, int, int, int]]:
    """As difflib gives them. Where there are more than `most` pairs: what both begin and end with, and one change between."""
    if _pairs(a, b) <= most:
        return SequenceMatcher(str.isspace, a, b, autojunk=False).get_opcodes()
    first = next((n for n, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))
    rest = min(len(a), len(b)) - first
    last = next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)
    ends_a, ends_b = len(a) - last, len(b) - last
    found = [
        ("equal", 0, first, 0, first),
        ("replace", first, ends_a, first, ends_b),
        ("equal", ends_a, len(a), ends_b, len(b)),
    ]
    return [each for each in found if each[1] < each[2] or each[3] < each[4]]


def _pairs(a: Sequence[str], b: Sequence[str]) -> int:
    """How many pairs of equal pieces there are, blanks left out."""
    one, other = Counter(a), Counter(b)
    return sum(count * other[piece] for piece, count in one.items() if not piece.isspace())


def _joined(found: Sequence[Run]) -> list[Run]:
    """Single blanks between two changes belong to both: "12 months" -> "24 weeks" reads as one change, not as two."""
    made: list[Run] = []
    at = 0
    while at < len(found):
        each = found[at]
        if each.kind != "same" or each.words.strip() or not made or at + 1 >= len(found):
            made.append(each)
            at += 1
            continue
        # a blank alone between changes
        removed = "".join(run.words for run in made[-2:] if run.kind == "removed")
        added = "".join(run.words for run in made[-2:] if run.kind == "added")
        back = sum(run.kind != "same" for run in made[-2:])
        at += 1
        more_removed = more_added = ""
        while at < len(found) and found[at].kind != "same":
            if found[at].kind == "removed":
                more_removed += found[at].words
            else:
                more_added += found[at].words
            at += 1
        del made[len(made) - back :]
        if text := removed + each.words + more_removed:
            made.append(Run("removed", text))
        if text := added + each.words + more_added:
            made.append(Run("added", text))
    return made


def summary(found: Sequence[ComparedProvision]) -> Summary:
    counts: Counter[str] = Counter(each.change for each in found)
    came = went = 0
    for each in found:
        for run in [*each.heading, *(run for line in each.lines for run in line.runs)]:
            size = len(tokens_of(run.words))
            came += size if run.kind == "added" else 0
            went += size if run.kind == "removed" else 0
    return Summary(counts["same"], counts["changed"], counts["added"], counts["removed"], counts["moved"], came, went)


def changed_lines(old: str, new: str) -> list[tuple[Run, ...]]:
    """The lines of two plain texts that are not the same, each with its runs."""
    before = [PrintedLine(line) for line in old.split("\n") if line]
    after = [PrintedLine(line) for line in new.split("\n") if line]
    return [line.runs for line in _lines(before, after) if line.change != "same"]


def changed_eids(found: Sequence[ComparedProvision]) -> Mapping[str, Change]:
    """By the eId of the new version, of each section that is not as it was."""
    return {each.new.eid: each.change for each in found if each.new is not None and each.change != "same"}
