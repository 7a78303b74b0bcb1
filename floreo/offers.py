"""Every app that offers something, in one literal tuple, and what they offer together.

An app is named here and nowhere else: settings, packs, open data, search, menu, trail, jobs and tests read this. Apps are
imported by their name when somebody first asks, so that settings can read the tuple before there are any models, and so
that an app may read what others offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from floreo.core.access import Permission
    from floreo.core.figures import Measure
    from floreo.core.importing import ImportTarget
    from floreo.core.offers import Job, MenuItem, Offers, PackFile, SearchKind, TaskSource
    from floreo.core.proposals import ProposalKind
    from floreo.core.tables import Table

# An app comes after those whose rows its own rows point to: rows of a pack are made in this order.
APPS = (
    "core",
    "organisations",
    "assignments",
    "strategy",
    "contact_drills",
    "frameworks",
    "assessments",
    "indicators",
    "reviews",
    "meetings",
    "legislation",
    "consultation",
    "publications",
    "evidence",
    "infrastructure",
    "tabletops",
    "training",
    "surveys",
    "certificates",
    "workforce",
    "initiatives",
    "outreach",
    "awareness",
    "feeds",
    "advisories",
    "incidents",
    "obligations",
    "reports",
    "discussion",
    "saved_views",
    "packs",
    "tasks",
    "webhooks",
    "imports",
)
One = TypeVar("One")


class OfferedTwiceError(Exception):
    """Two apps offer different things under one name."""


@cache
def offers_of(app: str) -> Offers:
    offers: Offers = import_module(f"floreo.{app}.offers").OFFERS
    return offers


def _together(part: Callable[[Offers], Iterable[One]]) -> tuple[One, ...]:
    return tuple(one for app in APPS for one in part(offers_of(app)))


def _by_name(part: Callable[[Offers], Mapping[str, One]]) -> dict[str, One]:
    found: dict[str, One] = {}
    for name, one in _together(lambda offers: part(offers).items()):
        if name in found:
            raise OfferedTwiceError(name)
        found[name] = one
    return found


@cache
def tables() -> Mapping[str, Table]:
    """Every table of open data and of the API."""
    return _by_name(lambda offers: offers.tables)


@cache
def licences() -> Mapping[str, str]:
    """The file of a pack under whose licence each table's rows are."""
    return _by_name(lambda offers: offers.licences)


@cache
def measures() -> Mapping[str, Measure]:
    return _by_name(lambda offers: offers.measures)


@cache
def task_sources() -> tuple[TaskSource, ...]:
    return _together(lambda offers: (offers.tasks,) if offers.tasks else ())


@cache
def task_kinds() -> Mapping[str, Promise]:
    """What each kind of task is called. Several apps may have tasks of one kind; one of them declares it."""
    return _by_name(lambda offers: offers.task_kinds)


def holidays() -> frozenset[date]:
    """The holidays of the country, as far as its pack names them; where it names none, none is known."""
    sources = _together(lambda offers: (offers.holidays,) if offers.holidays else ())
    return frozenset(day for source in sources for day in source())


@cache
def assigned_with() -> Mapping[str, Permission]:
    """Kinds of record that a team shares out among its people, by label, and what whoever has one must hold."""
    return _by_name(lambda offers: offers.assigned_with)


@cache
def pack_shapes() -> tuple[type[Any], ...]:
    """Every kind of row of a pack, in the order in which rows are made."""
    return _together(lambda offers: offers.pack_shapes)


@cache
def pack_files() -> Mapping[str, PackFile]:
    return _by_name(lambda offers: {file.name: file for file in offers.pack_files})


@cache
def search_kinds() -> Mapping[str, SearchKind]:
    """The kinds that can be found; what is of another kind is found by nobody."""
    return _by_name(lambda offers: {kind.name: kind for kind in offers.search_kinds})


@cache
def verbs() -> Mapping[str, Promise]:
    return _by_name(lambda offers: offers.verbs)


@cache
def jobs() -> Mapping[str, Job]:
    return _by_name(lambda offers: {job.name: job for job in offers.jobs})


@cache
def proposal_kinds() -> Mapping[str, ProposalKind]:
    """The kinds of record of which an organisation may propose changes."""
    return _by_name(lambda offers: {kind.name: kind for kind in offers.proposal_kinds})


@cache
def import_targets() -> Mapping[str, ImportTarget]:
    """What rows of a spreadsheet can become, in the order of the apps."""
    return _by_name(lambda offers: {target.name: target for target in offers.import_targets})


@cache
def discussed() -> Mapping[str, Permission]:
    """The kinds of record that may be commented on, and what a reader of their comments needs."""
    return _by_name(lambda offers: offers.discussed)


@cache
def menu() -> tuple[MenuItem, ...]:
    """Every item of the workspace's menu, in its order."""
    return tuple(sorted(_together(lambda offers: offers.menu), key=lambda item: (item.section.rank, item.rank)))
