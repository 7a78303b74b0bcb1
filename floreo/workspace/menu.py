"""The menu of the workspace, from what the apps offer: each person sees what they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest
from django.utils.functional import Promise

from floreo import offers
from floreo.core.access import can, reach
from floreo.core.offers import MenuItem
from floreo.core.routes import path_to


@dataclass(frozen=True)
class Link:
    words: Promise
    href: str
    here: str


@dataclass(frozen=True)
class Group:
    """A heading with its links."""

    words: Promise
    links: tuple[Link, ...]


def _may(viewer: object, item: MenuItem) -> bool:
    return reach(viewer, item.needs) is None if item.everywhere else can(viewer, item.needs)


def groups_for(viewer: object) -> list[Group]:
    items = (item for item in offers.menu() if _may(viewer, item))
    return [
        Group(section.words, tuple(Link(i.words, path_to(i.address) + i.query, i.here) for i in inside))
        for section, inside in groupby(items, key=lambda item: item.section)
    ]


def menu(request: HttpRequest) -> dict[str, Callable[[], list[Group]]]:
    """For templates: worked out only where the menu is drawn."""
    return {"workspace_menu": lambda: groups_for(request.user)}
