"""Which codes name a language, and how shipped data hold their texts by them. No Django: the rules of apps read this too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

SOURCE = "en"  # in which the sentences of the program and what ships with it are written
LOCALES = {"en": "en_GB", "es": "es_MX"}  # day before month, decimal point: as small states of the region write
WRITTEN = ""  # the key of a text in the language in which it was written, where texts are by language
_NONE = frozenset({"und", "mul", "zxx", "mis"})  # codes that represent no language
_CODE = re.compile(r"[a-z]{2,3}")


@cache
def known() -> frozenset[str]:
    """Every language that has a code of two or three letters (ISO 639, as the CLDR names them)."""
    return frozenset(code for code in map(str, Locale(SOURCE).languages) if _CODE.fullmatch(code)) - _NONE


def base(language: str | None) -> str:
    """ "pt" of "pt-br"; "" of nothing."""
    return (language or "").lower().replace("_", "-").split("-")[0]


def texts_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a plain row says in other languages: {"es": …} of {"title": …, "es": …}."""
    return {code: texts for code, texts in data.items() if code in known() and texts}


def by_language(data: Mapping[str, Any], field: str) -> dict[str, str]:
    """A text of a plain row by language, as it was written first: {"": "Yes", "es": "Sí"}. Empty where it has none. Other languages
    hold a table of fields (es = {text = "Sí"}), or the text alone (es = "Sí")."""
    found = {WRITTEN: str(data[field])} if data.get(field) else {}
    for code, texts in texts_in(data).items():
        text = texts.get(field) if isinstance(texts, Mapping) else texts
        if text:
            found[code] = str(text)
    return found


def split(data: Mapping[str, Any], fields: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row as somebody wrote it, in its own fields and those of other languages; `fields` are never taken for a language."""
    own = set(fields)
    others = {k: v for k, v in data.items() if k not in own and k in known()}
    return {k: v for k, v in data.items() if k not in others}, others


def files_in(folder: Path, name: str, ending: str) -> tuple[str, ...]:
    """The languages that have a file `name` + language + `ending` in a folder, English first."""
    found = {path.name.removeprefix(name).removesuffix(ending) for path in folder.glob(f"{name}*{ending}")} & known()
    return (SOURCE, *sorted(found - {SOURCE}))
