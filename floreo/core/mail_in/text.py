"""Text of a mail: bytes to characters, HTML to plain text. Runs in the cage; imports no Django."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser

_BLOCKS = {
    *(
        "address",
        "article",
        "blockquote",
        "div",
        "dl",
        "dt",
        "dd",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
    ),
    *("h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul", "center"),
}
_HIDDEN = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"}
_NEVER = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "mbcs", "oem"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def decoded(data: bytes, charset: str) -> tuple[str, bool]:
    """The characters, and whether the charset that the mail names fits them."""
    if known := _known(charset or "us-ascii"):
        try:
            return data.decode(known), True
        except (UnicodeError, ValueError):
            pass
    for other in ("utf-8", "cp1252"):
        try:
            return data.decode(other), not charset  # one that names none and is UTF-8 is as usual as any
        except UnicodeError:
            continue
    return data.decode("latin-1"), False


def _known(charset: str) -> str:
    """The library's name of a charset for text; "" where it has none."""
    try:
        info = codecs.lookup(charset)
    except (LookupError, ValueError):
        return ""
    return "" if info.name in _NEVER or not getattr(info, "_is_text_encoding", True) else info.name


def whole_characters(text: str) -> str:
    """What a database can hold: bytes that no encoding explains, which the library hides in half characters, are read as UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")


def tidy(text: str) -> str:
    """Without what turns text round or cannot be seen, with plain line ends, and no more than two empty lines together."""
    text = _CONTROLS.sub("", whole_characters(text).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip()


def one_line(text: str, most: int) -> str:
    return " ".join(_CONTROLS.sub("", whole_characters(text)).split())[:most]


def text_of_html(source: str) -> str:
    """What a reader of the page would read. An address behind a word is written after it, since it is what matters in a lure."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t]+", " ", "".join(reader.pieces)))
    return tidy(re.sub(r"\n{3,}", "\n\n", text))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden: list[str] = []
        self._links: list[tuple[str, int]] = []  # address, and where its words begin

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _HIDDEN:
            self._hidden.append(tag)
        if self._hidden:
            return
        if tag == "a":
            self._links.append(((given.get("href") or "").strip(), len(self.pieces)))
        elif tag == "img" and (given.get("alt") or "").strip():
            self.pieces.append(f"[{(given.get('alt') or '').strip()}]")
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in {"td", "th"}:
            self.pieces.append(" ")
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HIDDEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
            return
        if self._hidden:
            return
        if tag == "a" and self._links:
            address, start = self._links.pop()
            words = "".join(self.pieces[start:]).strip()
            if (
                address
                and ":" in address
                and address.removeprefix("mailto:").rstrip("/") not in {words, words.rstrip("/")}
            ):
                self.pieces.append(f" <{address}>")
        elif tag in _BLOCKS and tag != "li":
            self.pieces.append("\n" if tag in {"tr", "div"} else "\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))
