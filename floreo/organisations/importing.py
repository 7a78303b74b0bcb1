"""Rows of spreadsheets that become records of the register: organisations, contacts, networks and domains, people. And what texts of any
spreadsheet mean as organisations and people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Permission, can
from floreo.core.delimited import Wrong, plain
from floreo.core.importing import Option
from floreo.core.writing import free_codes
from floreo.organisations.guessing import guessed_kind
from floreo.organisations.models import FormerName, Kind, NationalSector, Organisation, Person, Place

_BRACKETED = re.compile(r"\s*\(([^()]{2,40})\)\s*$")
_LONGEST = 200


def names_in_languages(thing: Any, field: str = "name") -> Iterable[str]:
    return (str(texts.get(field, "")) for texts in thing.translations.values())


class Organisations:
    """The organisations that somebody sees, as options, and those that a file makes."""

    def __init__(self, by: Any) -> None:
        self.by = by
        former: dict[int, list[str]] = defaultdict(list)
        for body, name in FormerName.objects.values_list("organisation_id", "name"):
            former[body].append(name)
        rows = Organisation.objects.visible_to(by).select_related("merged_into").order_by("name", "pk")
        self.options = [
            Option(
                row.code,
                row.in_language("name") + (f" ({row.short_name})" if row.short_name else ""),
                row.successor(),
                tuple(filter(None, (row.name, row.short_name, *names_in_languages(row), *former[row.pk]))),
            )
            for row in rows
        ]
        self._made: dict[str, Organisation] = {}
        self._free_code = free_codes(Organisation)

    @property
    def can_make(self) -> bool:
        return can(self.by, Permission.REGISTER_EDIT)

    def make(self, text: str, source: str) -> Organisation:
        """A new organisation of that name, internal until somebody checks it. Raises Wrong."""
        if not self.can_make:
            raise Wrong(_("Your role does not allow new organisations."))
        bracketed = _BRACKETED.search(text)
        name = (text[: bracketed.start()] if bracketed else text).strip()
        if not any(c.isalpha() for c in name) or len(name) > _LONGEST:
            raise Wrong(_("This is no name of an organisation."))
        if (there := self._made.get(plain(name))) is None:
            there = self._made[plain(name)] = Organisation(
                code=self._free_code(name),
                name=name,
                short_name=bracketed[1] if bracketed else "",
                kind=guessed_kind(name, Kind.AGENCY),
                source=source[:500],
                is_public=False,
                doubt=_("Named in a spreadsheet; its kind was guessed from its name. Check it, then make it public."),
            )
        return there


def people_options(by: Any) -> list[Option]:
    """People who are still in post, as far as somebody sees them."""
    rows = Person.objects.visible_to(by).filter(is_active=True).order_by("name", "pk")
    return [Option(row.code, row.name, row, tuple(filter(None, (row.name, row.email)))) for row in rows]


def sector_options() -> list[Option]:
    return [_called(row) for row in NationalSector.objects.order_by("pk")]


def place_options() -> list[Option]:
    """Districts and towns; where a town is called like its district, the district is meant."""
    found, seen = [], set[str]()
    for row in Place.objects.order_by("kind", "pk"):
        if plain(row.name) not in seen:
            seen.add(plain(row.name))
            found.append(_called(row))
    return found


def _called(row: Any) -> Option:
    return Option(row.code, row.in_language("name"), row, (row.name, *filter(None, names_in_languages(row))))

