"""Guides for those who work with the program: one Markdown file for each guide and language in `floreo/portal/help`, shown under
Help and linked from docs/guide. A file is a title (#), what the guide is for in one paragraph, and its parts (##). A link within
the site is written as its English address (/about/roles/), one to another guide as its file (administrator.en.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import resolve, reverse
from django.utils.translation import override

from floreo.core import languages
from floreo.core.language_codes import SOURCE, files_in

FOLDER = Path(__file__).resolve().parent / "help"
NAMES = ("first-week", "administrator", "national-team")  # in the order of the page Help
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class GuideSection:
    """One part with its heading; `mark` is where a link leads."""

    mark: str
    title: str
    text: str


@dataclass(frozen=True)
class Guide:
    """One guide in one language, in Markdown as its file has it."""

    name: str
    title: str
    summary: str
    parts: tuple[GuideSection, ...]
    language: str = SOURCE  # in which it is

    @property
    def address(self) -> str:
        return reverse("portal:guide", args=[self.name])


@cache
def guide(name: str, language: str) -> Guide:
    """A guide by its name; in English where the language has none."""
    path = FOLDER / f"{name}.{language}.md"
    found = language if path.exists() else SOURCE
    head, *parts = re.split(r"(?m)^## ", (FOLDER / f"{name}.{found}.md").read_text(encoding="utf-8"))
    title, _, summary = head.partition("\n")
    return Guide(name, title.removeprefix("# ").strip(), summary.strip(), tuple(_parts(parts)), found)


def languages_of(name: str) -> tuple[str, ...]:
    """In which languages a guide is written, English first."""
    return files_in(FOLDER, f"{name}.", ".md")


def _parts(texts: list[str]) -> Iterator[GuideSection]:
    for number, text in enumerate(texts, 1):
        title, _, rest = text.partition("\n")
        yield GuideSection(f"part-{number}", title.strip(), rest.strip())


def links_of(text: str) -> list[str]:
    """Where a text leads, as its file says it."""
    return _LINK.findall(text)


def with_addresses(text: str) -> str:
    """The text with the addresses that its links have in the reader's language."""
    return _LINK.sub(lambda found: f"]({address_of(found[1])})", text)


def address_of(link: str) -> str:
    """Raises Resolver404 for a page that does not exist, and ValueError for a link of another kind."""
    if link.startswith(("https://", "mailto:")):
        return link
    if link.endswith(".md"):
        name = link.split(".", maxsplit=1)[0]
        if name not in NAMES:
            raise ValueError(link)
        return reverse("portal:guide", args=[name])
    if not link.startswith("/"):
        raise ValueError(link)
    parts = urlsplit(link)
    reader = languages.now()
    with override(languages.home()):  # in which addresses have no prefix
        found = resolve(parts.path)
    with override(reader):
        address = reverse(found.view_name, args=found.args, kwargs=found.kwargs)
    return parts._replace(path=address).geturl()
