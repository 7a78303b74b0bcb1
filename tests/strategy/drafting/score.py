"""Compares drafts with answers that a person wrote: precision, recall and right fields for each kind of row."""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floreo.core.reading.document import Document
from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import Draft, DraftedRow, Kind
from floreo.strategy.drafting.source import plain
from floreo.strategy.drafting.vocabulary import OPENERS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DOCUMENTS, HELD_OUT = HERE / "documents", HERE / "held_out"
RELEASE_FOLDER = ROOT.parent / "shared" / "samples" / "belize"
GUIDE = ROOT / "docs" / "guide" / "import-a-strategy.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Expected:
    """A row a person reads in the document; `near` is text its passage must touch."""

    kind: Kind
    title: str
    near: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Answer file of one document."""

    path: Path
    build: str
    rows: tuple[Expected, ...]
    held_out: bool

    @property
    def name(self) -> str:
        return self.path.name


@dataclass
class Tally:
    """Rows drafted rightly, drafted at all, expected; and fields right of those the person wrote down."""

    right: int = 0
    drafted: int = 0
    expected: int = 0
    fields_right: int = 0
    fields_expected: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.drafted if self.drafted else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    def add(self, other: Tally) -> None:
        self.right += other.right
        self.drafted += other.drafted
        self.expected += other.expected
        self.fields_right += other.fields_right
        self.fields_expected += other.fields_expected


def answers() -> list[Answer]:
    """Every answer file whose document is here; the real release is read from its folder beside the repository."""
    found = [_answer(path, held_out=False) for path in sorted(DOCUMENTS.glob("*.toml"))]
    found += [_answer(path, held_out=True) for path in sorted(HELD_OUT.glob("*.toml"))]
    return [answer for answer in found if answer.path.exists()]


def _answer(path: Path, *, held_out: bool) -> Answer:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = tuple(
        Expected(Kind(row["kind"]), row["title"], row.get("near", row["title"]), row.get("fields", {}))
        for row in data["row"]
    )
    beside = path.with_name(data["document"])
    document = beside if beside.exists() else RELEASE_FOLDER / data["document"]
    return Answer(document, data["build"], rows, held_out)


def score(answer: Answer) -> dict[Kind, Tally]:
    """Tallies by kind for one document."""
    draft = draft_rows(read_document(answer.path, openers=OPENERS))
    tallies: dict[Kind, Tally] = defaultdict(Tally)
    for row in draft.rows:
        tallies[row.kind].drafted += 1
    for expected, found in matches(answer, draft):
        tally = tallies[expected.kind]
        tally.expected += 1
        tally.right += found is not None
        tally.fields_expected += len(expected.fields)
        fields = found.fields if found is not None else {}
        tally.fields_right += sum(_same_field(fields.get(key), value) for key, value in expected.fields.items())
    return dict(tallies)


def matches(answer: Answer, draft: Draft) -> list[tuple[Expected, DraftedRow | None]]:
    """Each expected row with the drafted row that answers it; a drafted row answers once."""
    free = list(draft.rows)
    pairs: list[tuple[Expected, DraftedRow | None]] = []
    for expected in answer.rows:
        found = next((row for row in free if _answers(expected, row, draft.document)), None)
        if found is not None:
            free.remove(found)
        pairs.append((expected, found))
    return pairs


def _answers(expected: Expected, row: DraftedRow, document: Document) -> bool:
    if row.kind != expected.kind or plain(row.title) != plain(expected.title):
        return False
    start, end = place_of(expected, document)
    return row.start < end and start < row.end


def place_of(expected: Expected, document: Document) -> tuple[int, int]:
    """Where in the text the row should come from; blanks and dashes may differ, so compare words only."""
    wanted, text = _squeezed(expected.near), _squeezed(document.text)
    at = "".join(character for character, _ in text).find("".join(character for character, _ in wanted))
    if at < 0:
        return -1, -1
    return text[at][1], text[at + len(wanted) - 1][1] + 1


def _squeezed(text: str) -> list[tuple[str, int]]:
    return [(character.lower(), at) for at, character in enumerate(text) if character.isalnum()]


def _same_field(found: Any, wanted: Any) -> bool:
    return plain(str(found)) == plain(str(wanted)) if isinstance(wanted, str) else bool(found == wanted)


def totals(scored: Iterable[dict[Kind, Tally]]) -> dict[Kind, Tally]:
    sums: dict[Kind, Tally] = {kind: Tally() for kind in Kind}
    for tallies in scored:
        for kind, tally in tallies.items():
            sums[kind].add(tally)
    return sums


def table() -> str:
    """The measured table of the guide: by kind of row, then by document. The real release is not in the figures."""
    inside = [answer for answer in answers() if answer.path.is_relative_to(ROOT)]
    scored = [(answer, score(answer)) for answer in inside]
    known = [tallies for answer, tallies in scored if not answer.held_out]
    held = [tallies for answer, tallies in scored if answer.held_out]
    return "\n".join([*_by_kind(totals(known), totals(held)), "", *_by_document(scored)])


def _by_kind(known: dict[Kind, Tally], held: dict[Kind, Tally]) -> list[str]:
    lines = [
        "| kind of row | expected | precision | recall | fields right | held out: expected | precision | recall |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for kind in Kind:
        one, other = known[kind], held[kind]
        if not any(tally.expected or tally.drafted for tally in (one, other)):
            continue  # the third of four levels, which only marks give
        fields = f"{one.fields_right} of {one.fields_expected}"
        lines.append(
            f"| {kind.value.replace('_', ' ')} | {one.expected} | {one.precision:.2f} | {one.recall:.2f} | {fields} "
            f"| {other.expected} | {_or_dash(other, other.precision)} | {_or_dash(other, other.recall)} |"
        )
    return lines


def _or_dash(tally: Tally, share: float) -> str:
    return f"{share:.2f}" if tally.expected or tally.drafted else "–"


def _by_document(scored: Iterable[tuple[Answer, dict[Kind, Tally]]]) -> list[str]:
    lines = ["| document | built as | rows expected | precision | recall |", "|---|---|---:|---:|---:|"]
    for answer, tallies in scored:
        whole = Tally()
        for tally in tallies.values():
            whole.add(tally)
        mark = "held out: " if answer.held_out else ""
        figures = f"{whole.expected} | {whole.precision:.2f} | {whole.recall:.2f}"
        lines.append(f"| `{answer.name}` | {mark}{answer.build} | {figures} |")
    return lines


def guide_table() -> str:
    text = GUIDE.read_text(encoding="utf-8")
    return text.split(BEGIN)[1].split(END)[0].strip()


def write_guide() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    GUIDE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


def explain() -> None:
    """What was missed and what was drafted wrongly, document by document."""
    for answer in answers():
        draft = draft_rows(read_document(answer.path, openers=OPENERS))
        pairs = matches(answer, draft)
        used = [row for _, row in pairs if row is not None]
        print(f"== {answer.name}: {len(used)} right of {len(draft.rows)} drafted, {len(pairs)} expected")
        for expected, row in pairs:
            if row is None:
                print(f"   missed  {expected.kind.value}: {expected.title} {dict(expected.fields)}")
                continue
            for key, value in expected.fields.items():
                if not _same_field(found := row.fields.get(key), value):
                    print(f"   field   {expected.kind.value}: {expected.title}: {key} {found!r}, not {value!r}")
        for row in draft.rows:
            if row not in used:
                print(f"   wrong   {row.kind.value}: {row.title} [{row.passage[:80]!r}] {dict(row.fields)}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write_guide()
    elif "--explain" in sys.argv:
        explain()
    else:
        print(table())
