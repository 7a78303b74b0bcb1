"""How a table of any app says in which edition of the strategy its rows are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.tables import Column, Filter, Words
from floreo.strategy.models import Action, Edition


def edition_of(path: Callable[[Any], Edition]) -> Column:
    return Column.of(Action, "edition", _("Code of the edition it belongs to"), value=lambda row: path(row).code)


def keyed(make: Callable[[Any], tuple[str, str]]) -> Column:
    return Column(
        "key", _("Key"), _("Edition and code, joined by a colon: unique in this table"), lambda row: ":".join(make(row))
    )


def by_key(path: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    def lookup(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        edition, _colon, code = key.partition(":")
        return rows.filter(**{f"{path}__code": edition, "code": code})

    return lookup


# The choices are the same for everybody, so they name only what is public.


def _public_editions() -> Iterable[tuple[str, Words]]:
    return [(e.code, e.in_language("title")) for e in Edition.objects.filter(is_public=True)]


def edition_filter(path: str = "edition") -> Filter:
    return Filter("edition", _("Edition"), _public_editions, lambda rows, v: rows.filter(**{f"{path}__code": v}))
