"""Makes the held-out Word file (priority areas in Roman numbers, actions as labelled paragraphs)."""

from __future__ import annotations

import datetime
from pathlib import Path

import docx

HERE = Path(__file__).parent

AREAS = (
    (
        "Priority Area I – Governing cyberspace",
        (
            (
                "Strategic Action 1: Form a steering committee",
                "Responsible entity: Ministry of Interior",
                "Supporting entities: Ministry of Finance, Bar Council",
                "Timeframe: January 2025 – June 2025",
            ),
            (
                "Strategic Action 2: Adopt a national incident classification",
                "Responsible entity: National Computer Board",
                "",
                "Timeframe: by the end of 2025",
            ),
        ),
    ),
    (
        "Priority Area II – Securing essential services",
        (
            (
                "Strategic Action 3: Map dependencies between water, power and telecommunications",
                "Responsible entity: Utilities Regulatory Authority",
                "Supporting entities: National Computer Board",
                "Timeframe: second half of 2026",
            ),
        ),
    ),
    (
        "Priority Area III – Growing skills",
        (
            (
                "Strategic Action 4: Open a cyber range at the polytechnic",
                "Responsible entity: Kestrel Polytechnic",
                "",
                "Timeframe: 2027",
            ),
        ),
    ),
)


def main() -> None:
    word = docx.Document()
    word.core_properties.created = word.core_properties.modified = datetime.datetime(2025, 1, 1)  # noqa: DTZ001
    word.add_paragraph("KESTREL FEDERATION", style="Title")
    word.add_paragraph("National Cyber Resilience Strategy (2025-2027)", style="Title")
    word.add_heading("Preamble", 1)
    word.add_paragraph(
        "This Strategy builds on the 2019 policy, which had four objectives and 31 actions. It was written by an inter-ministerial "
        "working group comprising the Ministry of Interior, the National Computer Board and Kestrel Polytechnic, under the guidance of "
        "the World Bank. The Kestrel Chamber of Industry gave comments on two drafts. Phishing grew by 45% in 2023."
    )
    word.add_paragraph(
        "The purpose of this Strategy is to keep the Federation’s services running when they are attacked."
    )
    for heading, actions in AREAS:
        word.add_heading(heading, 1)
        word.add_paragraph(
            "A short introduction tells why this matters to the Federation and what was learnt from the last five years."
        )
        for lines in actions:
            for line in filter(None, lines):
                word.add_paragraph(line)
    word.add_heading("What success looks like", 1)
    word.add_paragraph("Certify 40 system administrators by December 2026.", style="List Bullet")
    word.add_paragraph("75 per cent of utilities will be audited by 2027.", style="List Bullet")
    word.add_paragraph(
        "The Strategy is available on the website of the Ministry of Interior (www.interior.example.kf)."
    )
    word.save(str(HERE / "labelled-paragraphs.docx"))


if __name__ == "__main__":
    main()
