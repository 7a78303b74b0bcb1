"""How much is translated into which language, and the empty catalogues of a new one.

    python tools/translations.py           each language: sentences of the interface, and texts that ship beside them
    python tools/translations.py new pt    makes floreo/**/locale/pt/LC_MESSAGES/django.po with every sentence, none translated

docs/guide/translate.md says how a language is added, by hand or with Weblate.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, localedata
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from floreo.core.language_codes import SOURCE, files_in, known  # noqa: E402 -- the program is found only now
from tools.assets import is_translated  # noqa: E402

MODEL = "es"  # whose catalogues are whole: a new language begins as they do
KINDS, GUIDES, TAXONOMY = "feeds/kinds", "portal/help", "incidents/taxonomy"
TABLES = (
    "incidents/playbooks/playbooks.toml",
    "tabletops/library/tabletop_scenarios.toml",
    "awareness/shipped/materials.toml",
    "awareness/shipped/quizzes.toml",
    "awareness/shipped/exercises.toml",
)


@dataclass(frozen=True)
class Line:
    """What of a language is there: so many of so many."""

    language: str
    what: str
    done: int
    total: int


def catalogues(package: Path, language: str) -> list[Path]:
    return sorted(package.glob(f"**/locale/{language}/LC_MESSAGES/django.po"))


def languages(package: Path) -> list[str]:
    """Those that have a catalogue."""
    return sorted(path.name for path in (package / "locale").iterdir() if (path / "LC_MESSAGES").is_dir())


def interface(package: Path) -> Iterator[Line]:
    """Each catalogue of each language."""
    for language in languages(package):
        for path in catalogues(package, language):
            with path.open("rb") as source:
                sentences = [each for each in read_po(source) if each.id]
            name = path.relative_to(package).parts[0]
            yield Line(
                language, "interface" if name == "locale" else name, sum(map(is_translated, sentences)), len(sentences)
            )


def shipped(package: Path, language: str) -> Iterator[Line]:
    """Texts that ship beside the interface: what a language lacks of them is shown in English, and says so."""
    kinds = sorted(path.parent for path in (package / KINDS).glob("**/en.md"))
    yield Line(
        language, "texts of kinds of findings", sum((each / f"{language}.md").exists() for each in kinds), len(kinds)
    )
    names = tomllib.loads((package / KINDS / "names.toml").read_text("utf-8"))
    yield Line(language, "names of kinds of findings", sum(language in each for each in names.values()), len(names))
    guides = {path.name.split(".")[0] for path in (package / GUIDES).glob("*.en.md")}
    there = sum(language in files_in(package / GUIDES, f"{name}.", ".md") for name in guides)
    yield Line(language, "guides", there, len(guides))
    yield Line(language, "taxonomy of incidents", int((package / TAXONOMY / f"meanings.{language}.toml").exists()), 1)
    for name in (
        *TABLES,
        *(f"../frameworks/{path.name}" for path in sorted((package.parent / "frameworks").glob("*.toml"))),
    ):
        done, total = _rows(tomllib.loads((package / name).read_text("utf-8")), language)
        yield Line(language, Path(name).name, done, total)


def _rows(data: object, language: str) -> tuple[int, int]:
    """Tables of a file that hold texts in some other language, and those that hold them in this one."""
    done = total = 0
    if isinstance(data, dict):
        others = [code for code, texts in data.items() if code in known() and isinstance(texts, dict)]
        total, done = int(bool(others)), int(language in others)
    inner: Iterable[object] = ()
    if isinstance(data, dict):
        inner = data.values()
    elif isinstance(data, list):
        inner = data
    for each in inner:
        more = _rows(each, language)
        done, total = done + more[0], total + more[1]
    return done, total


def begin(package: Path, language: str) -> list[Path]:
    """The catalogues of a new language, beside those of the model and in their order. One that is there is left as it is."""
    if language not in known() or language == SOURCE:
        raise SystemExit(
            f"“{language}” is not the code of another language (ISO 639: two or three small letters, as “pt”)."
        )
    made = []
    for model in catalogues(package, MODEL):
        path = model.parents[2] / language / "LC_MESSAGES" / "django.po"
        if path.exists():
            continue
        with model.open("rb") as source:
            sentences = [each for each in read_po(source) if each.id]
        catalogue = Catalog(Locale.parse(language) if localedata.exists(language) else None, fuzzy=False)
        for each in sentences:
            catalogue.add(
                each.id, context=each.context, flags=[flag for flag in each.flags if flag.endswith("-format")]
            )
        path.parent.mkdir(parents=True)
        with path.open("wb") as target:
            write_po(target, catalogue, width=0, omit_header=False)
        made.append(path)
    return made


def main(arguments: list[str]) -> None:
    package = ROOT / "floreo"
    if arguments[:1] == ["new"] and len(arguments) == 2:
        for path in begin(package, arguments[1]):
            print(path.relative_to(ROOT))
        return
    for line in interface(package):
        print(f"{line.language:<4} {line.what:<28} {line.done:>6} of {line.total}")
    for language in languages(package):
        for line in shipped(package, language):
            print(f"{line.language:<4} {line.what:<28} {line.done:>6} of {line.total}")


if __name__ == "__main__":
    main(sys.argv[1:])
