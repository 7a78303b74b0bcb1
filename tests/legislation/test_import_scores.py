"""Two statutes as HTML, scored line by line against what an importer of another project gives. The samples are beside the clone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from floreo.core.reading.reading import read_document
from floreo.legislation.text import akn
from floreo.legislation.text.caged import LAW, lines_of_document
from floreo.legislation.text.outline import outline
from floreo.legislation.text.structure import LegalText
from tests.conftest import SAMPLES
from tests.legislation.making import FRAME
from tests.legislation.notation import notation

FOLDER = SAMPLES / "akn" / "import"
SHORT = {"SECTION": "SEC", "SUBSECTION": "SUBSEC", "PARAGRAPH": "PARA", "SUBPARAGRAPH": "SUBPARA"}

pytestmark = [pytest.mark.skipif(not FOLDER.is_dir(), reason="the samples are not here"), pytest.mark.long]


def imported(path: Path) -> LegalText:
    return outline(lines_of_document(read_document(path, name=path.name, openers=LAW)))


def lines_of(typed: str) -> Counter[str]:
    """One form for both: SEC for SECTION, no dots behind numbers, no escapes, soft hyphens or marks of definitions."""
    found: Counter[str] = Counter()
    for line in typed.replace("\u00ad", "").replace("\\", "").split("\n"):
        word, _blank, rest = " ".join(line.split()).partition(" ")
        plain = re.sub(r"^((?:SEC|PART) \w+)\.(?= |$)", r"\1", f"{SHORT.get(word, word)} {rest}".strip())
        if plain and plain != "BLOCKS.definition":
            found[plain] += 1
    return found


# Of the lines that the other project gives, how many are here (recall), and of those here, how many it gives (precision).
# The second has a list of sections in its answer, which is left out here on purpose: eight of thirty lines.
@pytest.mark.parametrize(("name", "recall", "precision"), [("zw-cpa", 0.92, 0.92), ("mu-convention", 0.7, 0.95)])
def test_the_importer_gives_the_lines_that_it_should(name: str, recall: float, precision: float) -> None:
    text = imported(FOLDER / f"{name}.html")
    ours, theirs = lines_of(notation(text)), lines_of((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    same = (ours & theirs).total()
    assert same / theirs.total() >= recall
    assert same / ours.total() >= precision


@pytest.mark.parametrize(("name", "sections", "schedules"), [("zw-cpa", 92, 2), ("mu-convention", 5, 0)])
def test_each_is_valid_and_has_its_sections(name: str, sections: int, schedules: int) -> None:
    text = imported(FOLDER / f"{name}.html")
    xml = akn.to_xml(text, FRAME)
    assert akn.problems_of(etree.fromstring(xml)) == []
    assert (sum(1 for _ in text.sections()), len(text.schedules)) == (sections, schedules)
