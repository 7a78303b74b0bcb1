"""A document with every kind of block in it."""

from __future__ import annotations

from datetime import date

from floreo.core.documents.blocks import (
    Boxed,
    Bullets,
    Cell,
    Columns,
    Document,
    Facts,
    Grid,
    Heading,
    Item,
    PageBreak,
    Panels,
    Paragraph,
    Picture,
    StatusBar,
)
from floreo.core.ui import charts

SMALL = charts.small_line_chart(
    charts.LineChart(
        points=(charts.Point(date(2026, 3, 31), 3), charts.Point(date(2026, 6, 30), 4)), label="A small line"
    )
)
SPARK = charts.sparkline([55, 60, 58, 70, 81], 95)
LINE = charts.line_chart(
    charts.LineChart(
        points=tuple(charts.Point(date(2026, m, 28), 50 + m, f"M{m}") for m in (3, 6, 9, 12)),
        label="A line",
        label_of=str,
    )
)
COUNTS = [
    ("done", "Done", 5),
    ("on_track", "On track", 9),
    ("at_risk", "At risk", 3),
    ("late", "Late", 3),
    ("stalled", "Stalled", 1),
    ("not_started", "Not started", 3),
]
LATE = Cell("Late", status="late", small="55 days", below="Annual report. Secretariat")


def every_block() -> list[object]:
    return [
        Heading("How it stands", 1, "1"),
        Paragraph("Fourteen of 24 hold.", tone="lede"),
        StatusBar(COUNTS, "5 done, 9 on track"),
        Paragraph("The plan", href="/strategy/"),
        Paragraph("Only for us.", tone="internal"),
        Paragraph("As the law says.", tone="quote"),
        Heading("Deeper", 3),
        Facts([("Meeting", "3 December 2026"), ("Place", "Hall")]),
        Bullets(["Plain", Item("agreed on 2 November", "Sign it.", "https://else.example/x")], numbered=True),
        Picture(LINE, "From 53 to 62", "Readings"),
        Grid("What is late", ["Action", "Days"], [[LATE, Cell("55", is_number=True)]], note="Counted in days."),
        Grid("Figures", ["Figure", "Since"], [[Cell("Seen"), Cell("", picture=Picture(SPARK, "55 to 81"))]], bare=True),
        Boxed("Decisions asked of you", [Bullets(["One"], numbered=True)]),
        PageBreak(),
        Panels(
            [
                [Heading("One", 2), Paragraph("o"), Picture(SMALL, "3 to 4", "Days.")],
                [Heading("Two", 2), Bullets(["t"])],
            ]
        ),
        Columns([Heading("Left"), Paragraph("l")], [Heading("Right"), Paragraph("r")]),
    ]


def document(blocks: object = None, **more: object) -> Document:
    facts: dict[str, object] = {
        "title": "14 of 24 actions hold their dates.",
        "language": "en",
        "kicker": "A State\nIts strategy",
        "site": "https://strategy.example",
        "foot": "Snapshot 12ab",
        "made_on": date(2026, 10, 12),
    }
    return Document(blocks=every_block() if blocks is None else blocks, **(facts | more))  # type: ignore[arg-type]
