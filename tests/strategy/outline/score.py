"""Reads real strategies with the marks that a person would make, and compares the rows with answers that were written by hand.

    python -m tests.strategy.outline.score [--write] [--explain NAME]

A person is played by the answers: of all marks that may be made on a passage that is in the answers, the one is made that brings most right
rows and fewest wrong ones, until none brings two more. A row is right when its kind agrees and its wording is 0.8 alike, or one begins the
other; its parent when the parent's row is that of the answers. The samples are public documents and not part of the project."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from pathlib import Path

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.certain import certain_in
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import DraftedRow, Kind
from floreo.strategy.drafting.source import plain
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.edits import Edit, EditKind, spot_of
from floreo.strategy.outline.marks import LEVELS, Mark, Marked, Meaning, Reach, Step, marked, read_with
from floreo.strategy.outline.passages import Outline, Passage, outline_of
from floreo.strategy.outline.reading import KINDS as KINDS_OF

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "strategies"
KINDS = {"P": Meaning.PILLAR, "o": Meaning.OBJECTIVE, "a": Meaning.ACTION}
MOST_MARKS = 15
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "import-a-strategy.md"
BEGIN, END = "<!-- with marks: begin -->", "<!-- with marks: end -->"


@dataclass(frozen=True, slots=True)
class Expected:
    kinds: frozenset[Meaning]
    title: str
    optional: bool
    parent: int | None  # place in the list
    lead: str = ""
    due: str = ""


@cache
def answers(name: str) -> tuple[Expected, ...]:
    """The plan rows of an answer file, in order."""
    found: list[Expected] = []
    open_at: dict[Meaning, int] = {}
    for line in (SAMPLES / "answers" / f"{name}.ans").read_text("utf-8").splitlines():
        if line.strip() == "-":
            open_at = {}
        head, _space, rest = line.partition(" ")
        optional, signs = head.startswith("?"), head.lstrip("?").split("/")
        if not rest or any(sign not in KINDS for sign in signs):
            continue
        title, lead, due = [part.strip() for part in [*rest.split(" | "), "", ""][:3]]
        kinds = frozenset(KINDS[sign] for sign in signs)
        highest = min(kinds, key=LEVELS.index)
        parent = next((open_at[level] for level in reversed(LEVELS[: LEVELS.index(highest)]) if level in open_at), None)
        for level in LEVELS[LEVELS.index(highest) :]:
            open_at.pop(level, None)
        if Meaning.ACTION not in kinds:
            open_at[highest] = len(found)
        found.append(Expected(kinds, title, optional, parent, lead, due))
    return tuple(found)


def same_words(one: str, other: str) -> bool:
    one, other = plain(one), plain(other)
    if not one or not other:
        return False
    shorter = min(len(one), len(other))
    begins = shorter >= 12 and (one.startswith(other) or other.startswith(one))
    if begins:
        return True
    match = SequenceMatcher(None, one, other, autojunk=False)
    return match.real_quick_ratio() >= 0.8 and match.quick_ratio() >= 0.8 and match.ratio() >= 0.8


@dataclass
class Score:
    right: int = 0
    drafted: int = 0
    expected: int = 0
    found: int = 0
    parents: int = 0
    leads: int = 0
    leads_expected: int = 0
    dues: int = 0
    dues_expected: int = 0
    marks: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.drafted if self.drafted else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.expected if self.expected else 1.0

    @property
    def worth(self) -> float:
        wrong = self.drafted - self.right
        return self.right - wrong + 0.3 * self.parents + 0.2 * (self.leads + self.dues)


def scored(rows: Sequence[Marked], expected: Sequence[Expected]) -> Score:
    pairs = paired(rows, expected)
    by_row = {row.number: at for at, row in pairs}
    score = Score(right=len(pairs), drafted=len(rows), expected=sum(not one.optional for one in expected))
    for at, row in pairs:
        one = expected[at]
        score.found += not one.optional
        parent = by_row.get(row.parent) if row.parent else None
        score.parents += parent == one.parent
        if one.lead:
            score.leads += same_names(row.fields.get("lead", ""), one.lead)
        if one.due:
            score.dues += same_words(row.fields.get("due", ""), one.due) or plain(one.due) in plain(
                row.fields.get("due", "")
            )
    score.leads_expected = sum(bool(one.lead) for one in expected if not one.optional)
    score.dues_expected = sum(bool(one.due) for one in expected if not one.optional)
    return score


def same_names(found: str, wanted: str) -> bool:
    return bool(found) and plain(found) == plain(wanted)


def paired(rows: Sequence[Marked], expected: Sequence[Expected]) -> list[tuple[int, Marked]]:
    """Each row with the answer that it gives; an answer is given once. Of alike ones, the parent decides, then the order."""
    free = set(range(len(expected)))
    found: list[tuple[int, Marked]] = []
    by_number: dict[int, int] = {}
    for row in rows:
        able = [at for at in sorted(free) if row.meaning in expected[at].kinds and alike(row.title, expected[at].title)]
        if not able:
            continue
        above = by_number.get(row.parent) if row.parent else None
        best = next((at for at in able if expected[at].parent == above), able[0])
        free.discard(best)
        by_number[row.number] = best
        found.append((best, row))
    return found


@cache
def alike(one: str, other: str) -> bool:
    return same_words(one, other)


def candidates(outline: Outline, expected: Sequence[Expected]) -> list[Mark]:
    """The marks that somebody may make who knows the answers: on a passage that is one."""
    found: dict[tuple[object, ...], Mark] = {}
    for passage in outline.passages:
        words = outline.words(passage) or next_words(outline, passage)
        for one in expected:
            if alike(words, one.title):
                for kind in one.kinds:
                    mark = marked(outline, passage, kind)
                    place = mark.place if mark.reach == Reach.ONE else 0
                    found.setdefault((mark.meaning, mark.key, place), mark)
            for meaning, value in ((Meaning.LEAD, one.lead), (Meaning.DUE, one.due)):
                if value and plain(value) == plain(words):
                    mark = marked(outline, passage, meaning)
                    if mark.reach == Reach.ALIKE:
                        found.setdefault((meaning, mark.key), mark)
    return list(found.values())


def next_words(outline: Outline, passage: Passage) -> str:
    following = outline.passages[passage.number : passage.number + 1]
    return outline.words(following[0]) if following else ""


def branches(outline: Outline) -> list[Mark]:
    return [
        marked(outline, passage, Meaning.NOTHING, Reach.BRANCH)
        for passage in outline.passages
        if passage.kind == "heading"
    ]


def exceptions(outline: Outline, made: Sequence[Mark], expected: Sequence[Expected]) -> list[Mark]:
    """The marks that say of what was drafted wrongly: this is none, under this line, or wherever it looks so."""
    rows = read_with(outline, made).rows
    used = {row.number for _at, row in paired(rows, expected)}
    wrong = {row.passage for row in rows if row.number not in used}
    found: dict[tuple[object, ...], Mark] = {}
    for passage in outline.passages:
        if passage.number in wrong:
            mark = marked(outline, passage, Meaning.NOTHING, Reach.HERE)
            found.setdefault((mark.key, mark.place if mark.reach == Reach.ONE else 0), mark)
    return list(found.values())


def joins(outline: Outline, expected: Sequence[Expected]) -> list[Edit]:
    """Lines that were one before they were wrapped: joined they are an answer, the second alone is none."""
    found = []
    for before, after in pairwise(outline.passages):
        if before.row or after.row:
            continue
        whole = f"{outline.words(before)} {outline.words(after)}"
        if any(same_words(whole, one.title) and len(whole) <= len(one.title) + 12 for one in expected):
            found.append(Edit(EditKind.JOIN, (spot_of(outline, before), spot_of(outline, after))))
    return found


def with_presses(outline: Outline, expected: Sequence[Expected]) -> tuple[list[Step], Score]:
    """The same person goes on from the marks, with single passages and lines that are joined, as long as each press brings something."""
    made: list[Step] = [*with_marks(outline, expected)[0]]
    best = scored(read_with(outline, made).rows, expected)
    able: list[Step] = [*candidates(outline, expected), *joins(outline, expected)]
    able += [replace(mark, reach=Reach.ONE) for mark in candidates(outline, expected) if mark.reach == Reach.ALIKE]
    while len(made) < MOST_MARKS:
        wrong = exceptions(outline, [step for step in made if isinstance(step, Mark)], expected)
        others = [*able, *wrong, *(replace(mark, reach=Reach.ONE) for mark in wrong)]
        tries = [
            (scored(read_with(outline, [*made, step]).rows, expected), step) for step in others if step not in made
        ]
        gain, step = max(tries, key=lambda one: one[0].worth, default=(best, None))
        if step is None or gain.worth < best.worth + 0.5:
            break
        made.append(step)
        best = gain
    best.marks = len(made)
    return made, best


def with_marks(outline: Outline, expected: Sequence[Expected]) -> tuple[list[Mark], Score]:
    """The marks that a person makes, one after the other, and what they give."""
    able = candidates(outline, expected)
    made: list[Mark] = []
    best = scored(read_with(outline, made).rows, expected)
    while len(made) < MOST_MARKS:
        tries = [(scored(read_with(outline, [*made, mark]).rows, expected), mark) for mark in able if mark not in made]
        if made:
            others = [*branches(outline), *exceptions(outline, made, expected)]
            tries += [(scored(read_with(outline, [*made, mark]).rows, expected), mark) for mark in others]
        gain, mark = max(tries, key=lambda one: one[0].worth, default=(best, None))
        if mark is None or gain.worth < best.worth + 1.5:
            break
        made.append(mark)
        best = gain
    best.marks = len(made)
    return made, best


def as_drafted(outline: Outline, expected: Sequence[Expected]) -> Score:
    """What the rules give without any mark."""
    meanings = {kind: meaning for meaning, kind in KINDS_OF.items()}
    rows = [
        Marked(row.number, meanings[row.kind], row.title, row.start, row.end, parent=row.parent, fields=_fields(row))
        for row in draft_rows(outline.document).rows
        if row.kind in meanings
    ]
    return scored(rows, expected)


def _fields(row: DraftedRow) -> dict[str, str]:
    return {"lead": str(row.fields.get("lead") or ""), "due": str(row.fields.get("due_as_found") or "")}


BESIDE = {
    "E": (Kind.EDITION,),
    "b": (Kind.BODY,),
    "f": (Kind.FUNDER,),
    "m": (Kind.MEASURE, Kind.TARGET, Kind.OUTLET),
}
NAMES = {"E": "edition, with its period", "b": "body", "f": "funder", "m": "measure, target, outlet"}


@dataclass
class Beside:
    """Finds beside the plan: how many became rows and how many are offers, and of each how many are right."""

    expected: int = 0
    rows: int = 0
    right_rows: int = 0
    offers: int = 0
    right_offers: int = 0

    @property
    def before(self) -> str:
        return f"{self.rows + self.offers}, {_share(self.right_rows + self.right_offers, self.rows + self.offers)}"


def _share(right: int, of: int) -> str:
    return f"{right / of:.2f}" if of else "–"


def beside() -> dict[str, Beside]:
    """What was found beside the plan in all strategies that have answers. What is no answer is wrong; optional ones are right."""
    found = {sign: Beside() for sign in BESIDE}
    for path, name in files():
        listed = _beside_answers(name)
        draft = draft_rows(read_document(path, openers=OPENERS))
        rows, certain = draft.rows, certain_in(draft.rows, draft.document.text)
        for sign, kinds in BESIDE.items():
            one = found[sign]
            one.expected += sum(each == sign and not optional for each, _words, optional in listed)
            for row in (row for row in rows if row.kind in kinds):
                is_right = any(each == sign and _is_same(row, words) for each, words, _optional in listed)
                if row.number in certain:
                    one.rows, one.right_rows = one.rows + 1, one.right_rows + is_right
                else:
                    one.offers, one.right_offers = one.offers + 1, one.right_offers + is_right
    return found


def _beside_answers(name: str) -> list[tuple[str, str, bool]]:
    found = []
    for line in (SAMPLES / "answers" / f"{name}.ans").read_text("utf-8").splitlines():
        head, _space, rest = line.partition(" ")
        if head.lstrip("?") in BESIDE and rest:
            found.append((head.lstrip("?"), rest, head.startswith("?")))
    return found


def _is_same(row: DraftedRow, words: str) -> bool:
    title, *period = (part.strip() for part in words.split("|"))
    if row.kind != Kind.EDITION:
        return same_words(row.title, title)
    given = [str(row.fields.get(name) or "") for name in ("period_start", "period_end")]
    return same_words(row.title, title) and (given == period or len([year for year in period if year]) < 2)


def beside_table() -> str:
    lines = [
        "| beside the plan | expected | if every find were a row: rows, precision | rows now, precision | offers, of which right |",
        "|---|---:|---:|---:|---:|",
    ]
    for sign, one in beside().items():
        now = f"{one.rows}, {_share(one.right_rows, one.rows)}"
        lines.append(f"| {NAMES[sign]} | {one.expected} | {one.before} | {now} | {one.offers}, {one.right_offers} |")
    return "\n".join(lines)


def files() -> Iterable[tuple[Path, str]]:
    names = sorted(path.stem for path in (SAMPLES / "answers").glob("*.ans"))
    for path in sorted(SAMPLES.iterdir()):
        name = path.name.split("--")[0].split(".")[0]
        if path.is_file() and name in names:
            yield path, name


def line_of(path: Path, name: str) -> str:
    """A row of the guide's table."""
    outline = outline_of(read_document(path, openers=OPENERS))
    expected = answers(name)
    before = as_drafted(outline, expected)
    _made, after = with_marks(outline, expected)
    leads = f"{after.leads} of {after.leads_expected}" if after.leads_expected else "–"
    dues = f"{after.dues} of {after.dues_expected}" if after.dues_expected else "–"
    return (
        f"| `{path.name}` | {after.expected} | {before.precision:.2f} / {before.recall:.2f} | {before.parents} of {before.right} "
        f"| {after.marks} | {after.precision:.2f} / {after.recall:.2f} | {after.parents} of {after.right} | {leads} | {dues} |"
    )


def table() -> str:
    head = [
        "| file | plan rows | as drafted: precision / recall | parents | marks | with marks: precision / recall | parents | leads | dates |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines = [*head, *(line_of(path, name) for path, name in files() if answers(name))]
    return "\n".join([*lines, "", beside_table()])


def write_guide() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    GUIDE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


def explain(wanted: str) -> None:
    """The marks of one file, what was missed with them, and what is wrong."""
    for path, name in files():
        if wanted not in path.name:
            continue
        outline = outline_of(read_document(path, openers=OPENERS))
        expected = answers(name)
        made, _score = with_marks(outline, expected)
        for mark in made:
            print("mark  ", mark.meaning, mark.reach, mark.key, mark.wording[:60])
        rows = read_with(outline, made).rows
        pairs = paired(rows, expected)
        given, used = {at for at, _row in pairs}, {row.number for _at, row in pairs}
        for at, one in enumerate(expected):
            if at not in given:
                print("missed", "?" if one.optional else "", *one.kinds, one.title[:100])
        for row in rows:
            if row.number not in used:
                print("wrong ", row.meaning, row.title[:100])


if __name__ == "__main__":
    if "--explain" in sys.argv:
        explain(sys.argv[sys.argv.index("--explain") + 1])
    elif "--write" in sys.argv:
        write_guide()
    else:
        print(table())
