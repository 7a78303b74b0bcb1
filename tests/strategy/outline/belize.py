"""What a person presses who reads the OCR text of the strategy of Belize: from the file to all rows of the plan, in its own tree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Press:
    """The passages that are ticked, by how they begin, and the button that is pressed; `reach` where it is not for all that look alike."""

    words: tuple[str, ...]
    button: str
    reach: str = "alike"


PRESSES = (
    Press(("Area of Priority 1",), "pillar"),
    Press(("Feasibility assessment",), "objective"),
    Press(("Conduct consultation",), "action"),
    Press(("Area of Priority 2",), "nothing", "one"),
    Press(("Develop a national capacity",), "pillar", "one"),
    Press(("Ministry of Foreign Affairs National", "Attorney General's Office participate"), "join"),
    Press(("Capacity of Police", "Cyber Unit (PITCU)"), "join"),
    Press(("dentify International", "+ CSIRTAmericas", "+ LACNIC", "+ Commonwealth", "Organisation"), "join"),
    Press(("Initiatives and policies that supports",), "objective", "one"),
    Press(("Review existing workforce",), "action", "one"),
    Press(("Youth educated on",), "objective", "one"),
)
