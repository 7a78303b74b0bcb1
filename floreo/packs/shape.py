"""What must hold of a country's own shape in pack.toml: its levels, its branding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from floreo.organisations.branding import colours, marks
from floreo.organisations.pack.shape import ActionFieldShape, BrandingShape, ChoiceShape, TermShape, missing_in
from floreo.packs.folder import PackShape
from floreo.packs.problems import Problem

FILE = "pack.toml"


def problems_in(pack: PackShape) -> Iterator[Problem]:
    """Words that are missing in a language of the pack, and words in languages that it does not have."""
    languages = pack.country.languages
    for number, level in enumerate(pack.level, 1):
        for name in missing_in(level, ("one", "many"), languages):
            sentence = "is missing; a level has its words in each language of the pack"
            yield Problem(FILE, f"level number {number}", name, sentence)
        yield from _strange(f"level number {number}", level.translations, languages, ("one", "many"))
    coded: list[TermShape | ActionFieldShape | ChoiceShape] = [*pack.term, *pack.action_field]
    coded += [choice for one in pack.action_field for choice in one.choices]
    for each in coded:
        row = f"“{each.code}”"
        for name in missing_in(each, ("label",), languages):
            yield Problem(FILE, row, name, "is missing; it has its words in each language of the pack")
        yield from _strange(row, each.translations, languages, ("label", "help"))
    for what, codes in (
        ("term", [each.code for each in pack.term]),
        ("action_field", [each.code for each in pack.action_field]),
    ):
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield Problem(FILE, f"{what} “{code}”", "code", "appears twice; each code is used once")
    yield from _strange("branding", pack.branding.translations, languages, ("programme",))


def _strange(
    row: str, translations: Mapping[str, Mapping[str, str]], languages: list[str], known: tuple[str, ...]
) -> Iterator[Problem]:
    for language, texts in translations.items():
        if language not in languages[1:]:
            sentence = "is not among the country's languages, or is its first, whose words have no language before them"
            yield Problem(FILE, row, language, sentence)
        for name in texts:
            if name not in known:
                yield Problem(FILE, row, f"{language}.{name}", f"is not a text here; there are: {', '.join(known)}")


def branding_of(pack: PackShape, files: Mapping[str, Path], problems: list[Problem]) -> dict[str, Any]:
    """The branding as the country keeps it. What is wrong with it is added to `problems`."""
    found: dict[str, Any] = {}
    if mark := _mark(pack.branding, files, problems):
        found["mark"] = mark
    for theme, chosen in pack.branding.themes().items():
        pairs = list(colours.measured(theme, **chosen))
        for pair in pairs:
            if not pair.is_enough:
                problems.append(Problem(FILE, "branding", pair.field, pair.sentence))
        if made := colours.tokens(theme, **chosen):
            found[theme] = made
    return found


def _mark(branding: BrandingShape, files: Mapping[str, Path], problems: list[Problem]) -> dict[str, str] | None:
    if not branding.mark:
        return None
    if branding.mark not in files or not branding.mark.startswith("branding/"):
        sentence = "names no file of the pack in its folder “branding”"
        problems.append(Problem(FILE, "branding", "mark", f"“{branding.mark}” {sentence}"))
        return None
    content, kind = files[branding.mark].read_bytes(), files[branding.mark].suffix.lower().removeprefix(".")
    if wrong := marks.problem_of(content, kind):
        problems.append(Problem(branding.mark, "branding", "mark", wrong))
        return None
    return marks.kept(content, kind)
