"""How long a draft of a 100-page document takes, for each kind of file.

python -m benchmarks.importing
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import docx
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.vocabulary import OPENERS

PAGES, PARAGRAPHS_A_PAGE = 100, 9
SENTENCE = "The secretariat works with every ministry so that each action has an owner, a date and a budget that people can check. "


def lines() -> list[tuple[str, str]]:
    """(kind, text) of a long strategy: pillars, objectives, actions, and much prose between them."""
    found = [("h1", "National Cybersecurity Strategy 2025-2030")]
    for page in range(PAGES):
        pillar, objective = page // 25 + 1, page // 5 % 5 + 1
        if page % 25 == 0:
            found.append(("h1", f"Pillar {pillar}: Work of the pillar number {pillar}"))
        if page % 5 == 0:
            found.append(("h2", f"Objective {pillar}.{objective}: Reach the state number {pillar}.{objective}"))
        found.append(
            (
                "p",
                f"Action {pillar}.{objective}.{page % 5 + 1}: Train {page + 20} officials by December 2028. Lead: Ministry {page}.",
            )
        )
        found += [("p", SENTENCE * 4)] * (PARAGRAPHS_A_PAGE - 1)
    return found


def as_text(path: Path) -> None:
    path.write_text("\n\n".join(text for _kind, text in lines()), encoding="utf-8")


def as_word(path: Path) -> None:
    book = docx.Document()
    for kind, text in lines():
        book.add_paragraph(text, style={"h1": "Heading 1", "h2": "Heading 2", "p": "Normal"}[kind])
    book.save(str(path))


def as_pdf(path: Path) -> None:
    styles = getSampleStyleSheet()
    kinds = {"h1": styles["Heading1"], "h2": styles["Heading2"], "p": styles["BodyText"]}
    SimpleDocTemplate(str(path), pagesize=A4).build([Paragraph(text, kinds[kind]) for kind, text in lines()])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("long.txt", as_text), ("long.docx", as_word), ("long.pdf", as_pdf)):
            path = Path(folder) / name
            make(path)
            times, rows = [], 0
            for _ in range(3):
                began = time.perf_counter()
                rows = len(draft_rows(read_document(path, openers=OPENERS)).rows)
                times.append(time.perf_counter() - began)
            print(
                f"{name:10} {path.stat().st_size / 1000:8.0f} kB  median {statistics.median(times):6.2f} s  {rows} rows"
            )
