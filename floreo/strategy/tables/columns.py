"""Columns, filters and row rules that tables of the plan share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.tables import Cell, CellKind, Column, Filter, Words
from floreo.strategy.logic import code_key
from floreo.strategy.models import Edition, Part, Participation, Pillar, StatusChoice
from floreo.strategy.models.editions import may_read_internal
from floreo.strategy.models.work import in_seen_actions

INTERNAL = Permission.PLAN_INTERNAL


def _reads_all(viewer: object) -> bool:
    return can(viewer, Permission.PLAN_READ)


def of_editions(rows: QuerySet[Any], viewer: object, path: str = "edition") -> QuerySet[Any]:
    return rows if _reads_all(viewer) else rows.filter(**{f"{path}__is_public": True})


def of_actions(rows: QuerySet[Any], viewer: object) -> QuerySet[Any]:
    """Rows that hang on an action that the viewer may know of."""
    return rows.select_related("action__edition").filter(in_seen_actions(viewer, "action__"))


def public_or_all(rows: QuerySet[Any], viewer: object) -> QuerySet[Any]:
    return rows if may_read_internal(viewer) else rows.filter(is_public=True)


# Columns that many tables share. Each is made anew, with the words that fit its table.


def column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT, **more: Any) -> Column:
    """A column that is the attribute of the same name."""
    return Column(name, title, note, lambda row: getattr(row, name), kind, **more)


def day(name: str, title: Words, note: Words) -> Column:
    return column(name, title, note, CellKind.DATE)


def _in_language(language: str, words: Words) -> Column:
    def value(row: Any) -> Cell:
        return str(row.translations.get(language, {}).get("title", ""))

    return Column(f"title_{language}", words, _("The title in that language, where a person translated it"), value)


def titles(note: Words) -> tuple[Column, ...]:
    others = [_in_language(code, words) for code, words in settings.LANGUAGES]
    return (column("title", _("Title"), note), *others)


WORDING = (
    column("official_wording", _("Official wording"), _("Exactly as printed in the document")),
    column("official_place", _("Place in the document"), _("Page and item")),
    column("public_text", _("Explanation"), _("In plain words, for the public")),
)
NOTES = column("internal_notes", _("Internal notes"), _("Not published"), needs=INTERNAL)
PUBLIC = column("is_public", _("Public"), _("Whether the public sees it"), CellKind.FLAG, needs=INTERNAL)
SOURCED = (
    column("source", _("Source"), _("Who says so: document and page, or publisher")),
    column("source_url", _("Source address"), _("Where the source can be read"), CellKind.LINK),
    column("confirmed", _("Confirmed"), _("Whether a person has checked it against its source"), CellKind.FLAG),
    column("doubt", _("Doubt"), _("Why it is not confirmed")),
)
CHANGED = column("changed_at", _("Last change"), _("When the row last changed, UTC"), CellKind.MOMENT)
ID = Column("id", _("Number"), _("Tells rows of this table apart"), lambda row: row.pk, CellKind.WHOLE)


def edition_of(path: Callable[[Any], Edition]) -> Column:
    return Column("edition", _("Edition"), _("Code of the edition it stands in"), lambda row: path(row).code)


ACTION_COLUMNS = (
    edition_of(lambda row: row.action.edition),
    Column("action", _("Action"), _("Code of the action in its edition"), lambda row: row.action.code),
)


def keyed(make: Callable[[Any], tuple[str, str]]) -> Column:
    return Column(
        "key", _("Key"), _("Edition and code, joined by a colon: unique in this table"), lambda row: ":".join(make(row))
    )


def by_key(path: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    def lookup(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        edition, _colon, code = key.partition(":")
        return rows.filter(**{f"{path}__code": edition, "code": code})

    return lookup


def by_id(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(pk=int(key)) if key.isdecimal() and len(key) < 18 else rows.none()


# Filters. Their choices are the same for everybody, so they name only what is public.


def _public_editions() -> Iterable[tuple[str, Words]]:
    return [(e.code, e.in_language("title")) for e in Edition.objects.filter(is_public=True)]


def edition_filter(path: str = "edition") -> Filter:
    return Filter("edition", _("Edition"), _public_editions, lambda rows, v: rows.filter(**{f"{path}__code": v}))


STATUS_FILTER = Filter("status", _("Status"), lambda: StatusChoice.choices, lambda rows, v: rows.filter(status=v))


def led_by(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Actions led today by an organisation, or by one that was merged into it."""
    leads = Participation.objects.filter(part=Part.LEAD, until=None)
    mine = leads.filter(organisation__code=code) | leads.filter(organisation__merged_into__code=code)
    return rows.filter(pk__in=mine.values("action_id"))


def _public_leads() -> Iterable[tuple[str, Words]]:
    leads = Participation.objects.filter(
        part=Part.LEAD,
        until=None,
        action__is_public=True,
        action__edition__is_public=True,
        organisation__is_public=True,
    )
    found = leads.order_by("organisation__name").select_related("organisation")
    return {p.organisation.code: p.organisation.in_language("name") for p in found}.items()


def _public_pillars() -> Iterable[tuple[str, Words]]:
    found = Pillar.objects.filter(edition__is_public=True)
    return sorted({p.code: p.named() for p in reversed(found)}.items(), key=lambda p: code_key(p[0]))


LEAD_FILTER = Filter("lead", _("Lead"), _public_leads, led_by)
PILLAR_FILTER = Filter("pillar", _("Pillar"), _public_pillars, lambda rows, v: rows.filter(objective__pillar__code=v))
