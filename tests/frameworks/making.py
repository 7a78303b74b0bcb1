"""A small framework and what hangs on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from floreo.core.access import SYSTEM
from floreo.frameworks.actions import open_assessment
from floreo.frameworks.models import Assessment, Framework, Item, Version

TODAY = date(2026, 11, 24)
HALVES = [
    {"value": "0", "word": "Not in place"},
    {"value": "0.5", "word": "Partly"},
    {"value": "1", "word": "In place"},
]
STAGES = [
    {"value": str(n), "word": word} for n, word in enumerate(["Start-up", "Formative", "Established", "Strategic"], 1)
]


def make_version(code: str = "own-1", *, framework: str = "own", rule: str = "sum", levels: Any = None) -> Version:
    """Two parts, three items; the last item's title is not checked."""
    whole, _made = Framework.objects.get_or_create(
        code=framework,
        defaults={"title": f"The {framework} index", "short_title": framework.upper(), "publisher": "Somebody"},
    )
    version = Version.objects.create(
        framework=whole,
        code=code,
        title=f"{framework.upper()}, {code}",
        rule=rule,
        levels=levels or HALVES,
        unit="points",
        items_stated=3,
        items_kind="indicator",
        items_source="A paper",
    )
    for n, part in enumerate(("A", "B")):
        Item.objects.create(
            in_version=version,
            code=part,
            title=f"Part {part}",
            kind="pillar",
            position=n * 10,
            maximum=20,
            is_rated=False,
        )
    for n, (part, title) in enumerate([("A-1", "A law"), ("A-2", "=A rule"), ("B-1", "A team")]):
        parent = Item.objects.get(in_version=version, code=part[0])
        Item.objects.create(
            in_version=version,
            code=part,
            title=title,
            kind="indicator",
            parent=parent,
            position=n + (10 if n == 2 else 1),
            confirmed=part != "B-1",
            doubt="From memory" if part == "B-1" else "",
        )
    return version


def make_assessment(version: Version | None = None, **facts: Any) -> Assessment:
    version = version or Version.objects.filter(code="own-1").first() or make_version()
    return open_assessment(version, by=SYSTEM, **({"year": 2026} | facts))
