"""A mark as a country's pack brings it: a drawing (SVG) that draws and does nothing else, or a picture (PNG). Plain Python."""

from __future__ import annotations

import base64
import struct
import zlib

from lxml import etree

MOST_SVG, MOST_PNG = 32_000, 64_000  # bytes
LARGEST_SIDE = 1024  # pixels of a PNG
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_DRAWS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "path",
        "circle",
        "ellipse",
        "rect",
        "line",
        "polyline",
        "polygon",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "title",
        "desc",
    ]
)
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_IHDR = struct.Struct(">I4sIIBBBBB")


def problem_of(content: bytes, kind: str) -> str:
    """Why a file cannot be a mark, as a sentence about it; "" where it can. `kind` is "svg" or "png"."""
    if kind == "png":
        return _wrong_png(content)
    return _wrong_svg(content) if kind == "svg" else "must be an SVG or a PNG file"


def _wrong_png(content: bytes) -> str:
    if len(content) > MOST_PNG:
        return f"has {len(content)} bytes; a mark may have {MOST_PNG}"
    if not content.startswith(_PNG_BEGINS) or len(content) < len(_PNG_BEGINS) + _IHDR.size:
        return "is not a PNG picture"
    length, name, width, height, *_rest = _IHDR.unpack_from(content, len(_PNG_BEGINS))
    at = len(_PNG_BEGINS) + 4
    checked = zlib.crc32(content[at : at + 4 + length]) if name == b"IHDR" and length == _IHDR.size - 8 else None
    if checked is None or checked != int.from_bytes(content[at + 4 + length : at + 8 + length], "big"):
        return "is not a whole PNG picture"
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        return f"is {width} × {height} pixels; a side of a mark has {LARGEST_SIDE} at most"
    return ""


def _wrong_svg(content: bytes) -> str:
    if len(content) > MOST_SVG:
        return f"has {len(content)} bytes; a mark may have {MOST_SVG}"
    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper():
        return "has a DOCTYPE, which can bring in text from elsewhere; remove it"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return "is not a well-formed SVG drawing"
    if root.tag != f"{{{SVG}}}svg" or not root.get("viewBox"):
        return "is not an SVG drawing with a viewBox, without which it cannot be drawn in every size"
    return next(filter(None, map(_wrong_element, root.iter())), "")


def _wrong_element(each: etree._Element) -> str:
    if isinstance(each, etree._Comment):
        return ""
    if not isinstance(each.tag, str):
        return "holds an instruction to a program; remove it"
    place, _brace, name = each.tag.rpartition("}")
    if place != f"{{{SVG}" or name not in _DRAWS:
        known = {
            "script": "a script",
            "foreignObject": "a foreign object",
            "style": "a style sheet",
            "image": "a picture",
        }
        return f"holds {known.get(name, f'“{name}”')}; a mark may only draw: {', '.join(sorted(_DRAWS))}"
    for attribute, value in each.attrib.items():
        if wrong := _wrong_attribute(str(attribute), str(value)):
            return wrong
    return ""


def _wrong_attribute(attribute: str, value: str) -> str:
    name = attribute.rpartition("}")[2].lower()
    quoted = " ".join(value.split())[:60]
    if name.startswith("on"):
        return f"holds an event handler, {name}; a mark may only draw"
    if name in {"href", "src"} and not value.strip().startswith("#"):
        return f"refers to something outside it, “{quoted}”; only #names within the drawing are allowed"
    if name in {"style", "class"}:
        return f"holds “{name}”; write colours as fill and stroke"
    if name == "base" or (
        attribute.startswith("{") and not attribute.startswith((f"{{{XLINK}}}", "{http://www.w3.org/XML"))
    ):
        return f"holds the attribute “{name}” of another language; remove it"
    squeezed = "".join(value.split()).lower()
    if "\\" in value or "javascript:" in squeezed or ("url(" in squeezed and not _inner(squeezed)):
        return f"refers to something outside it, “{quoted}”; only #names within the drawing are allowed"
    return ""


def _inner(squeezed: str) -> bool:
    """Whether each url(...) names something within the drawing."""
    return all(part.lstrip("'\"").startswith("#") for part in squeezed.split("url(")[1:])


def kept(content: bytes, kind: str) -> dict[str, str]:
    """The mark as it is kept with the country: an SVG as text, a PNG in base64."""
    text = content.decode("utf-8") if kind == "svg" else base64.b64encode(content).decode("ascii")
    return {"kind": kind, "text": text}


def content_of(mark: dict[str, str]) -> bytes:
    return mark["text"].encode("utf-8") if mark["kind"] == "svg" else base64.b64decode(mark["text"])


def as_svg(mark: dict[str, str]) -> str:
    """The mark as a drawing, for paper: a PNG lies within one."""
    if mark["kind"] == "svg":
        return mark["text"]
    width, height = _IHDR.unpack_from(base64.b64decode(mark["text"]), len(_PNG_BEGINS))[2:4]
    return (
        f'<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'xlink:href="data:image/png;base64,{mark["text"]}"/></svg>'
    )
