"""Profiles of sources: which one a new file belongs to, and profiles as TOML, for the command line and for other installations."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.errors import Refused
from floreo.core.spelling import plain
from floreo.imports.models import ImportProfile

_ALIKE = 0.6  # of the heads of a file and of a profile that must be the same
_LONGEST = 500


def profile_for(target: str, heads: Sequence[str], *, by: object) -> ImportProfile | None:
    """The profile with most heads of the file in it, of those that somebody sees; None where none has enough of them."""
    own = {plain(head) for head in heads}
    best, most = None, 0.0
    for profile in ImportProfile.objects.visible_to(by).filter(target=target):
        theirs = set(profile.columns)
        share = len(own & theirs) / max(1, len(own | theirs))
        if share > most:
            best, most = profile, share
    return best if most >= _ALIKE else None


def changed_heads(profile: ImportProfile, columns: Sequence[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """What a file has that its profile has not, and what that has and the file lacks, of columns that are used."""
    heads = {plain(column["header"]): column["header"] for column in columns}
    more = [heads[head] for head in heads if head not in profile.columns]
    less = [head for head, each in profile.columns.items() if each["field"] and head not in heads]
    return more, less


def as_toml(profile: ImportProfile) -> str:
    """The profile as a file: `from_toml` reads it."""
    lines = [f"target = {_quoted(profile.target)}", f"name = {_quoted(profile.name)}", "", "[columns]"]
    for head, each in profile.columns.items():
        shape = f", format = {_quoted(each['format'])}" if each["format"] else ""
        lines.append(f"{_quoted(head)} = {{ field = {_quoted(each['field'])}{shape} }}")
    for field, values in profile.values.items():
        if values:
            lines += ["", f"[values.{field}]"]
            lines += [f"{_quoted(text)} = {_quoted(option)}" for text, option in values.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'


def from_toml(text: str, *, by: Actor) -> ImportProfile:
    """An unsaved profile. Raises Refused where the text is none."""
    try:
        given = tomllib.loads(text)
        columns = {
            plain(_text(head)): {"field": _text(each["field"]), "format": _text(each.get("format", ""))}
            for head, each in dict(given["columns"]).items()
        }
        values = {
            _text(field): {plain(_text(word)): _text(option) for word, option in dict(words).items()}
            for field, words in dict(given.get("values", {})).items()
        }
        target, name = _text(given["target"]), _text(given["name"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(_("This is no profile of an import."), code="no_profile") from error
    return ImportProfile(
        target=target,
        name=name[:120],
        columns=columns,
        values=values,
        by=by.actor_name[:200],
        by_code=by.actor_code[:60],
        used_at=clock.now(),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or "\x00" in value:
        raise TypeError
    return value
