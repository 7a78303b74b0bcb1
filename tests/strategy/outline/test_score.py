"""What a few marks give on strategies that nobody here wrote: see score.py. The marks and the figures are in docs/guide/import-a-strategy.md."""

from __future__ import annotations

import pytest

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.marks import read_with
from floreo.strategy.outline.passages import outline_of
from tests.strategy.outline.belize import PRESSES, steps_of
from tests.strategy.outline.score import MOST_MARKS, SAMPLES, answers, scored, with_marks

pytestmark = pytest.mark.long

# Each file with the least share of its plan rows found, of what was drafted that is right, and of parents that are right; and the most marks.
LEAST = {
    "belize2020--word.docx": (1.0, 1.0, 1.0, 5),
    "belize2020--word.pdf": (1.0, 1.0, 1.0, 5),
    "belize2020--ideal.pdf": (1.0, 1.0, 1.0, 5),
    "jamaica2015--word.docx": (1.0, 1.0, 1.0, 5),
    "jamaica2015--word.pdf": (1.0, 1.0, 1.0, 5),
    "samoa2016--word.docx": (1.0, 0.98, 1.0, 6),
    "uganda2021.txt": (1.0, 0.9, 1.0, 3),
}
IN_THE_GATE = {"belize2020--ideal.pdf", "samoa2016--word.docx"}  # one of each kind; the others with LONG


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the strategies are not part of the project: they lie beside it")
def test_fifteen_presses_read_the_scan_of_a_real_strategy() -> None:
    """Every row, below its own parent, with its lead; terms but for one objective, of which the document has six for seven activities."""
    outline = outline_of(read_document(SAMPLES / "belize2020.txt", openers=OPENERS))
    steps = steps_of(outline)
    result = read_with(outline, steps)
    expected = answers("belize2020")
    kinds = [next(iter(one.kinds)) for one in expected if not one.optional]
    assert [row.meaning for row in result.rows] == kinds
    score = scored(result.rows, expected)
    assert (score.right, score.drafted, score.parents) == (68, 68, 68)
    assert (score.leads, score.dues) == (48, 41)
    assert len(steps) == 15 == len(PRESSES)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the strategies are not part of the project: they lie beside it")
@pytest.mark.parametrize(
    "name", [name if name in IN_THE_GATE else pytest.param(name, marks=pytest.mark.long) for name in LEAST]
)
def test_a_few_marks_read_a_real_strategy(name: str) -> None:
    found, right, parents, most = LEAST[name]
    outline = outline_of(read_document(SAMPLES / name, openers=OPENERS))
    made, score = with_marks(outline, answers(name.split("--", maxsplit=1)[0].split(".", maxsplit=1)[0]))
    assert score.recall >= found
    assert score.precision >= right
    assert score.parents >= parents * score.right
    assert len(made) <= most <= MOST_MARKS
