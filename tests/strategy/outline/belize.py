"""What a person presses who reads the OCR text of the strategy of Belize: from the file to all rows of the plan, in its own tree, with their
leads and terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floreo.strategy.outline.edits import Edit, EditKind, spot_of
from floreo.strategy.outline.marks import Meaning, Reach, Step, marked, read_with
from floreo.strategy.outline.passages import Outline, Passage, words_in


@dataclass(frozen=True)
class Press:
    """The passages that are ticked, by how they begin, and the button that is pressed; `reach` where it is not for all that look alike. `cuts`
    are the words with which the pieces begin into which a passage is split."""

    words: tuple[str, ...]
    button: str
    reach: str = "alike"
    cuts: tuple[str, ...] = ()


PRESSES = (
    Press(("Area of Priority 1",), "pillar"),
    Press(("Feasibility assessment",), "objective"),
    Press(("Conduct consultation",), "action"),
    Press(("Ministry of Foreign Affairs National", "Attorney General's Office participate"), "join"),
    Press(("Capacity of Police", "Cyber Unit (PITCU)"), "join"),
    Press(("American States for technical",), "more"),
    Press(("Youth educated on",), "objective", "one"),
    # Here the scan mixed two columns in one line: the words of the other one are cut out.
    Press(
        ("Initiatives and policies that supports",),
        "split",
        cuts=("Lead:", "development of", "|", "Technology", "analyze,", "Partners:", "systems,", "Industry,"),
    ),
    Press(
        ("Initiatives and policies that supports", "development of", "analyze, administer", "systems, and networks"),
        "join",
    ),
    Press(("Initiatives and policies that supports",), "objective", "one"),
    Press(("Review existing workforce",), "split", cuts=("Timeline:",)),
    Press(("frameworks such as the National",), "split", cuts=("Long",)),
    Press(
        (
            "Review existing workforce",
            "frameworks such as the National",
            "Cybersecurity Education (NICE)",
            "Workforce Framework to identify",
        ),
        "join",
    ),
    # The boxes with leads and terms are at the foot of each page.
    Press(("Lead: PUC",), "lead", "in_order"),
    Press(("Medium Term",), "due", "in_order"),
)
# With fifteen presses every row is there, below its parent, with its lead. These give three of them their last words.
LAST_WORDS = (
    Press(("Response Teams (CIRT)",), "more", "one"),
    Press(("incidents response",), "more", "one"),
    Press(("Evidence collection",), "more", "one"),
    Press(("first responders",), "more", "one"),
)


def steps_of(outline: Outline, presses: Iterable[Press] = PRESSES) -> list[Step]:
    """The marks and edits that the presses make."""
    steps: list[Step] = []
    for press in presses:
        now = read_with(outline, steps).outline
        ticked = [
            next(one for one in now.passages if shown(now, one).lstrip("|").startswith(words)) for words in press.words
        ]
        if press.button == EditKind.JOIN:
            steps.append(Edit(EditKind.JOIN, tuple(spot_of(now, one) for one in ticked)))
        elif press.button == EditKind.SPLIT:
            steps.append(Edit(EditKind.SPLIT, (spot_of(now, ticked[0]),), cuts=cuts_of(now, ticked[0], press.cuts)))
        else:
            steps.append(marked(now, ticked[0], Meaning(press.button), Reach(press.reach)))
    return steps


def cuts_of(outline: Outline, passage: Passage, begins: Iterable[str]) -> tuple[int, ...]:
    """Which words of a passage, from 1, begin its pieces."""
    text = outline.document.text
    words = [text[start:end] for start, end in words_in(text, (passage.start, passage.end))]
    found: list[int] = []
    at = 0
    for begin in begins:
        first = begin.split()
        at = next(here for here in range(at, len(words)) if words[here : here + len(first)] == first)
        found.append(at + 1)
    return tuple(found)


def shown(outline: Outline, passage: Passage) -> str:
    """A passage as the page shows it, without how its lines are broken."""
    return " ".join(outline.document.text[passage.opens : passage.end].split())
