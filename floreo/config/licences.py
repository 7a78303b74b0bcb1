"""`floreo licences`: what is installed with Floreo, from the bill of materials that the wheel holds (CycloneDX, PEP 770)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

NAME = "floreo.cdx.json"


def run(*, as_json: bool) -> int:
    """Prints it. Exit code 1 where there is none."""
    text = _text()
    if not text:
        print(
            "A checkout holds no bill of materials: python tools/sbom.py makes it, and so does the build of the wheel."
        )
        return 1
    print(text, end="") if as_json else print("\n".join(lines(json.loads(text))))
    return 0


def _text() -> str:
    try:
        files = metadata.files("floreo") or []
    except metadata.PackageNotFoundError:
        return ""
    found = [Path(str(each.locate())) for each in files if each.name == NAME and each.parent.name == "sboms"]
    return found[0].read_text(encoding="utf-8") if found else ""


def lines(document: dict[str, Any]) -> Iterator[str]:
    """One for each component: name, version, licence."""
    own = document["metadata"]["component"]
    for each in [own, *document["components"]]:
        licences = " AND ".join(
            given.get("expression") or given["license"].get("id") or given["license"]["name"]
            for given in each["licenses"]
        )
        yield f"{each['name']:<40} {each['version']:<16} {licences}"
