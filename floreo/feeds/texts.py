"""What a kind of finding means and what to do about it, in plain words: reads `feeds/kinds/`. How a text is written is in
docs/guide/add-a-feed.md.

A folder is one text, of one failure mode: `kind.toml` says which kinds it covers (identifiers, or patterns such as
`infected-*`) and which pages it was read against, on which day (`read`, `pages`), or what could not be read (`doubt`); `en.md`,
`es.md`, `fr.md` and those of other languages say it. A kind that no folder covers has the text of its RSIT class, in
`_classes/`; it may have a title of its own in `names.toml`. Imports no Django.

A language is added by its files: `pt.md` in the folders, its title in `names.toml`, its words in `doubt` and in `rsit.toml`. What a
language lacks is in English, and says so (`KindText.language`)."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from floreo.core.language_codes import SOURCE, base, files_in

KINDS = Path(__file__).resolve().parent / "kinds"
RSIT = Path(__file__).resolve().parent / "formats" / "rsit.toml"
_CLASS = "class-"
_STEP = re.compile(r"^\d+\.\s+(.*)$")


@dataclass(frozen=True)
class KindText:
    """What the notice says of a kind."""

    title: str
    means: str
    matters: str
    steps: tuple[str, ...]
    check: str
    link: str = ""  # of the report's public documentation
    language: str = SOURCE  # in which the text is


@dataclass(frozen=True)
class Folder:
    """One folder of kinds."""

    name: str
    kinds: tuple[str, ...] = ()  # identifiers and patterns; the first is the one that the title speaks of
    reports: tuple[str, ...] = ()  # "format/type": where the mapping is
    severity: str = ""
    link: str = ""
    read: date | None = None  # against `pages`, by those who wrote the text
    pages: tuple[str, ...] = ()
    doubt: dict[str, str] = field(default_factory=dict)  # by language: what could not be read


def text_of(kind: str, taxonomy: str, language: str) -> KindText:
    """The text of a kind, or else of its class, in the reader's language."""
    return _text_of(kind, taxonomy, base(language))


def title_of(kind: str, language: str, taxonomy: str = "") -> str:
    """How a kind is called in a list."""
    return text_of(kind, taxonomy, language).title


def title_for_others(kind: str, language: str, taxonomy: str = "") -> str:
    """The same for whoever reads of another organisation's network, which is beside it: "your network" is "the network" there."""
    return _others_title(title_of(kind, language, taxonomy), base(language))


# What is the reader's own in the Spanish titles, with its article: another "su" is that of a thing ("sus visitantes", of a page).
_OWN_IN_SPANISH = {
    "red": "la",
    "dirección": "la",
    "organización": "la",
    "sitio": "el",
    "servidor": "el",
    "directorio": "el",
    "grupo": "el",
    "contenedores": "los",
    "datos": "los",
}
_OWN_NOUN = re.compile(rf"\b([Ss])us? ({'|'.join(_OWN_IN_SPANISH)})\b")

# In the French titles "votre" and "vos" are always the reader's own. Before a vowel "le" and "la" are "l’".
_ARTICLES_IN_FRENCH = {
    "adresse": "l’",
    "annuaire": "l’",
    "organisation": "l’",
    "réseau": "le ",
    "serveur": "le ",
    "site": "le ",
}
_VOTRE = re.compile(rf"\b([Vv])otre ({'|'.join(_ARTICLES_IN_FRENCH)})\b")


@lru_cache(maxsize=4096)
def _others_title(title: str, language: str) -> str:
    others = {"es": _others_in_spanish, "fr": _others_in_french}.get(language)
    if others is not None:
        return others(title)
    return re.sub(r"\b([Yy])our\b", lambda found: "The" if found[1] == "Y" else "the", title)


def _others_in_spanish(title: str) -> str:
    def with_article(found: re.Match[str]) -> str:
        article = _OWN_IN_SPANISH[found[2]]
        return f"{article.capitalize() if found[1] == 'S' else article} {found[2]}"

    text = _OWN_NOUN.sub(with_article, re.sub(r" suy[oa]s?\b", "", title))
    return text.replace(" de el ", " del ").replace(" a el ", " al ")


def _others_in_french(title: str) -> str:
    def with_article(found: re.Match[str]) -> str:
        article = _ARTICLES_IN_FRENCH[found[2]]
        return f"{article.capitalize() if found[1] == 'V' else article}{found[2]}"

    text = _VOTRE.sub(with_article, re.sub(r"\bde vos\b", "des", title))
    text = re.sub(r"\b([Vv])os\b", lambda found: "Les" if found[1] == "V" else "les", text)
    return text.replace(" de le ", " du ").replace(" à le ", " au ").replace(" à les ", " aux ")


def class_title(taxonomy: str, language: str, kind: str = "") -> str:
    """How RSIT calls a class or, with `kind`, one of its types; the word itself when it is not RSIT's."""
    found = rsit()["classes"].get(taxonomy, {})
    found = found.get("types", {}).get(kind, {}) if kind else found
    return str(found.get(base(language)) or found.get(SOURCE) or kind or taxonomy)


@cache
def folders() -> tuple[Folder, ...]:
    """All folders of kinds, by name."""
    return tuple(_folder(path.parent) for path in sorted(KINDS.glob("*/kind.toml")))


@cache
def names() -> dict[str, dict[str, str]]:
    """Kinds with a title of their own: language, or "link", to words."""
    return tomllib.loads((KINDS / "names.toml").read_text("utf-8"))


@cache
def rsit() -> dict[str, Any]:
    """Classes and types of the taxonomy, and the map of the CSIRT Americas community."""
    return tomllib.loads(RSIT.read_text("utf-8"))


@cache
def all_names() -> tuple[str, ...]:
    """The names of all texts: of failure modes, then of classes (`class-fraud`)."""
    return (*(folder.name for folder in folders()), *(_CLASS + name for name in sorted(rsit()["classes"])))


def name_of(kind: str, taxonomy: str) -> str:
    """The name of the text that a finding of this kind has."""
    found = folder_of(kind)
    if found is not None:
        return found[0].name
    return _CLASS + (taxonomy if taxonomy in rsit()["classes"] else "other")


def folder_named(name: str) -> Folder | None:
    """The folder of a text; None for the text of a class."""
    return next((folder for folder in folders() if folder.name == name), None)


def words_of(name: str, language: str) -> KindText:
    """A text by its name, with the title that it has in general. Raises KeyError where there is none."""
    if name not in all_names():
        raise KeyError(name)
    return _read_in(_place(name), base(language))


@cache
def sha256_of(name: str) -> str:
    """Of all that a text says: each of its languages, what it covers, and the titles of the kinds it covers."""
    place, folder = _place(name), folder_named(name)
    files = [place / f"{language}.md" for language in languages_of(name)] + ([place / "kind.toml"] if folder else [])
    titles = {kind: names()[kind] for kind in (folder.kinds if folder else ()) if kind in names()}
    digest = hashlib.sha256()
    for part in (*(path.read_bytes() for path in files), repr(sorted(titles.items())).encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _place(name: str) -> Path:
    return KINDS / "_classes" / name.removeprefix(_CLASS) if name.startswith(_CLASS) else KINDS / name


@lru_cache(maxsize=4096)  # as for texts, below
def folder_of(kind: str) -> tuple[Folder, str] | None:
    """The folder that covers a kind, and what a pattern left open: `infected-conficker` -> `conficker`. A kind that is named
    wins over a pattern, a longer pattern over a shorter one."""
    found = [
        (pattern, folder) for folder in folders() for pattern in folder.kinds if pattern == kind or _fits(kind, pattern)
    ]
    if not found:
        return None
    pattern, folder = max(found, key=lambda one: (one[0] == kind, len(one[0])))
    return folder, "" if pattern == kind else kind[len(pattern.partition("*")[0]) :]


def _fits(kind: str, pattern: str) -> bool:
    return "*" in pattern and fnmatchcase(kind, pattern)


@lru_cache(maxsize=4096)  # kinds are named by what reports say: not for ever
def _text_of(kind: str, taxonomy: str, language: str) -> KindText:
    found, own = folder_of(kind), names().get(kind, {})
    if found is None:
        text = _class_text(taxonomy, language)
        own, rest = _named(kind)
        found_in = next((code for code in (language, SOURCE) if own.get(code)), "")
        title = _with(own[found_in], rest, found_in) if found_in else _with(text.title, rest, text.language)
        return replace(text, title=title, link=own.get("link", ""))
    folder, rest = found
    text = _read_in(KINDS / folder.name, language)
    link = own.get("link", "") if own else folder.link
    title = own.get(language) or own.get(text.language) or _with(text.title, rest, text.language)
    return replace(text, title=title, link=link)


def _named(kind: str) -> tuple[dict[str, str], str]:
    """The kind's own title, or that of the name it begins with, and the rest: `special-x` is `special` and `x`."""
    begins = [name for name in names() if kind == name or kind.startswith(f"{name}-")]
    name = max(begins, key=len, default="")
    return names().get(name, {}), kind[len(name) :].lstrip("-")


def _with(title: str, rest: str, language: str) -> str:
    colon = "\u00a0: " if language == "fr" else ": "
    return f"{title}{colon}{rest.replace('-', ' ')}" if rest else title


@cache
def _class_text(taxonomy: str, language: str) -> KindText:
    known = taxonomy in rsit()["classes"]
    return _read_in(KINDS / "_classes" / (taxonomy if known else "other"), language)


@cache
def languages_of(name: str) -> tuple[str, ...]:
    """In which languages a text is written, English first."""
    return files_in(_place(name), "", ".md")


def _read_in(place: Path, language: str) -> KindText:
    """The text of a folder in a language, in English where it has none."""
    path = place / f"{language}.md"
    found = language if path.exists() else SOURCE
    return replace(read(place / f"{found}.md"), language=found)


def _folder(path: Path) -> Folder:
    text = tomllib.loads((path / "kind.toml").read_text("utf-8"))
    return Folder(
        name=path.name,
        kinds=tuple(text["kinds"]),
        reports=tuple(text.get("reports", ())),
        severity=text.get("severity", ""),
        link=text.get("link", ""),
        read=text.get("read"),
        pages=tuple(text.get("pages", ())),
        doubt=text.get("doubt", {}),
    )


def read(path: Path) -> KindText:
    """A text from its file: a title, what it means, and three parts under headings of any wording."""
    parts = re.split(r"^## .*$", path.read_text("utf-8"), flags=re.MULTILINE)
    if len(parts) != 4:
        raise ValueError(f"{path}: a title with what it means, and three parts under '##', are expected")
    title, _, means = parts[0].strip().removeprefix("# ").partition("\n")
    return KindText(title.strip(), _flow(means), _flow(parts[1]), _steps(parts[2]), _flow(parts[3]))


def _flow(text: str) -> str:
    """Lines joined to one; an empty line stays as the end of a paragraph, and a space that does not break as it is."""
    return "\n\n".join(re.sub(r"[ \t\n]+", " ", block) for block in re.split(r"\n[ \t]*\n\s*", text.strip()))


def _steps(text: str) -> tuple[str, ...]:
    steps: list[str] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        begun = _STEP.match(line)
        if begun:
            steps.append(begun[1])
        elif steps:
            steps[-1] += f" {line}"
        else:
            raise ValueError(f"a step begins with its number: {line}")
    return tuple(steps)
