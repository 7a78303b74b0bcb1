"""Makes the two-column PDF with running headers, page numbers and broken words; run it to make the file again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
WIDTH, HEIGHT = A4
MARGIN, GUTTER, TOP, BOTTOM = 54, 24, 90, 330
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2

# (style, words). Long words are broken at line ends, as a typesetter would.
TEXT = (
    ("h1", "Foreword"),
    (
        "p",
        "This is the first cybersecurity strategy of the Isles of Marrow. It was drawn up by the Ministry of Innovation, coordinated by the Marrow Cyber Coordination Centre (MC3) and the Harbour Commission, and supported by the Caribbean Telecommunications Union. It replaces the policy of 2016, which had 19 recommendations.",
    ),
    (
        "p",
        "The overall objective of the Strategy is to make sure that the islands' harbours, hospitals and schools can depend on their information systems in fair weather and in foul.",
    ),
    ("h1", "Strategic goals"),
    (
        "p",
        "The Strategy pursues four strategic goals. They were chosen after a consultation that ran for eight weeks and drew 230 answers from all islands.",
    ),
    ("h2", "Strategic Goal 1: Clear responsibility for national cybersecurity governance"),
    (
        "p",
        "Responsibility is spread over many institutions. A single council with representation from the administration, the telecommunications industry and civil society will direct the implementation.",
    ),
    ("h3", "Objective 1.1 Create the Cybersecurity Council"),
    ("p", "Action 1.1.1 Issue the order that creates the Council. Lead: Office of the Prime Minister. By March 2026."),
    (
        "p",
        "Action 1.1.2 Publish the membership and the minutes of the Council. Lead: Marrow Cyber Coordination Centre. By September 2026.",
    ),
    ("h3", "Objective 1.2 Give the regulator powers over telecommunications security"),
    (
        "p",
        "Action 1.2.1 Amend the Telecommunications Act. Lead: Ministry of Innovation. Support: Attorney General. By 2027.",
    ),
    ("h2", "Strategic Goal 2: Harbours, hospitals and schools that withstand attacks"),
    (
        "p",
        "Interruptions of the container terminal cost more than the whole administration of the smaller islands. Operators therefore carry obligations that match the consequences of an interruption.",
    ),
    ("h3", "Objective 2.1 Designate the operators of essential services"),
    (
        "p",
        "Action 2.1.1 Draw up the list of essential services. Lead: Harbour Commission. Support: Ministry of Health. By June 2026.",
    ),
    ("p", "The Centre will assess 14 operators by the end of 2027."),
    ("h3", "Objective 2.2 Practise together"),
    ("p", "Action 2.2.1 Hold a national exercise every year. Lead: Marrow Cyber Coordination Centre."),
    ("h2", "Strategic Goal 3: A population that recognises deception"),
    (
        "p",
        "Most incidents begin with a message that persuades somebody. Libraries, churches and sports associations are the natural places for conversations about deception.",
    ),
    ("h3", "Objective 3.1 Reach every household"),
    ("p", "The programme will train 90 volunteers by December 2026 and visit at least 75 per cent of schools by 2028."),
    ("h2", "Strategic Goal 4: Dependable international cooperation"),
    (
        "p",
        "Cybercrime does not respect the boundaries of an archipelago. Cooperation with neighbouring administrations is a precondition for successful investigation.",
    ),
    ("h3", "Objective 4.1 Join the instruments of cooperation"),
    (
        "p",
        "Action 4.1.1 Request an invitation to accede to the Budapest Convention. Lead: Ministry of Foreign Affairs. By 2026.",
    ),
    ("h1", "Where to read it"),
    ("p", "The Strategy is published at https://cyber.example.mw/strategy."),
)
FONTS = {
    "h1": ("Helvetica-Bold", 14),
    "h2": ("Helvetica-Bold", 11.5),
    "h3": ("Helvetica-Bold", 10),
    "p": ("Times-Roman", 10),
}


class Page:
    """Where the pen is. A column that is full leads to the next, and the second to a new page."""

    def __init__(self, canvas: Any) -> None:
        self.canvas, self.column, self.y, self.number = canvas, 0, HEIGHT - TOP, 2
        self.furniture()

    def furniture(self) -> None:
        self.canvas.setFont("Helvetica", 8)
        self.canvas.drawString(MARGIN, HEIGHT - 50, "Isles of Marrow National Cybersecurity Strategy")
        self.canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 50, "Ministry of Innovation")
        self.canvas.drawCentredString(WIDTH / 2, 40, f"Page {self.number}")

    def line(self, text: str, style: str) -> None:
        font, size = FONTS[style]
        if self.y < BOTTOM:
            self.next_column()
        self.canvas.setFont(font, size)
        self.canvas.drawString(MARGIN + self.column * (COLUMN + GUTTER), self.y, text)
        self.y -= size * 1.25

    def next_column(self) -> None:
        self.y = HEIGHT - TOP
        self.column += 1
        if self.column == 2:
            self.canvas.showPage()
            self.column, self.number = 0, self.number + 1
            self.furniture()


def main() -> None:
    canvas = Canvas(str(HERE / "two-columns.pdf"), pagesize=A4, invariant=1)
    canvas.setFont("Helvetica-Bold", 24)
    canvas.drawCentredString(WIDTH / 2, 560, "National Cybersecurity Strategy")
    canvas.setFont("Helvetica", 16)
    canvas.drawCentredString(WIDTH / 2, 520, "2025 – 2029")
    canvas.drawCentredString(WIDTH / 2, 300, "Isles of Marrow")
    canvas.showPage()
    page = Page(canvas)
    for style, words in TEXT:
        page.y -= 0 if style == "p" else 6
        for line in wrapped(words, style):
            page.line(line, style)
        page.y -= 5
    canvas.save()


def wrapped(words: str, style: str) -> list[str]:
    """Lines that fit a column; a long word that does not fit is broken in the middle with a hyphen."""
    lines, line = [], ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if fits(longer, style):
            line = longer
            continue
        half = len(word) // 2
        if len(word) > 8 and word.isalpha() and fits(f"{line} {word[:half]}-", style):
            lines.append(f"{line} {word[:half]}-")
            line = word[half:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def fits(text: str, style: str) -> bool:
    return bool(stringWidth(text, *FONTS[style]) <= COLUMN)


if __name__ == "__main__":
    main()
