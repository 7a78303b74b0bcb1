"""What every drawing must hold: it is well-formed, says nothing that a browser would run, and stays on its sheet."""

from __future__ import annotations

import re

from defusedxml import ElementTree

EDGE = 1.5  # half a stroke
_NUMBERS = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy")


def drawings_in(text: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)


def check(text: str) -> None:
    """Raises AssertionError where a drawing is not fit to be shown."""
    found = drawings_in(text)
    assert found
    for drawing in found:
        for forbidden in (" style=", "<script", " on", "javascript:", "data:"):
            assert not re.search(rf"<[^>\"]*{re.escape(forbidden)}", drawing), forbidden
        tree = ElementTree.fromstring(drawing)
        left, top, width, height = (float(v) for v in tree.attrib["viewBox"].split())
        assert (left, top) == (0, 0)
        assert width > 0
        assert height > 0
        for element in tree.iter():
            for name in _NUMBERS:
                if name in element.attrib:
                    most = width if "x" in name else height
                    assert -EDGE <= float(element.attrib[name]) <= most + EDGE, (element.tag, element.attrib)
            if "d" in element.attrib:
                assert not re.search("nan|inf|e", element.attrib["d"])
                for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", element.attrib["d"]):
                    assert -EDGE - 6 <= float(x) <= width + EDGE
                    assert -EDGE - 6 <= float(y) <= height + EDGE
