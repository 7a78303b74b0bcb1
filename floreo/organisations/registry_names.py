"""Whether what a registry names is an organisation of the register."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from floreo.organisations.models import Organisation


def has_name(organisation: Organisation, names: Iterable[str]) -> bool:
    """Whether one of these is a name of it in the register, also a former or translated one, whatever its accents, capitals and points."""
    return bool({_bare(name) for name in names} & _names_of(organisation))


def _names_of(organisation: Organisation) -> set[str]:
    names = [organisation.name, organisation.short_name]
    names += [str(texts.get("name", "")) for texts in organisation.translations.values()]
    names += [former.name for former in organisation.former_names.all()]
    return {_bare(name) for name in names if name}


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
