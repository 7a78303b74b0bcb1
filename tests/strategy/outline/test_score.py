"""What a few marks give on strategies that nobody here wrote: see score.py. The marks and the figures are in docs/guide/import-a-strategy.md."""

from __future__ import annotations

import pytest

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.passages import outline_of
from tests.strategy.outline.score import MOST_MARKS, SAMPLES, answers, with_marks

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


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the strategies are not part of the project: they lie beside it")
@pytest.mark.parametrize("name", LEAST)
def test_a_few_marks_read_a_real_strategy(name: str) -> None:
    found, right, parents, most = LEAST[name]
    outline = outline_of(read_document(SAMPLES / name, openers=OPENERS))
    made, score = with_marks(outline, answers(name.split("--", maxsplit=1)[0].split(".", maxsplit=1)[0]))
    assert score.recall >= found
    assert score.precision >= right
    assert score.parents >= parents * score.right
    assert len(made) <= most <= MOST_MARKS
