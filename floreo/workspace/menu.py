"""The menu of the workspace, from what the apps offer: each person sees what they may open; first what their role works on and
where something waits for them, the rest under "More"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress, groupby

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import Promise

from floreo import offers
from floreo.assignments.logic import Place
from floreo.core import clock
from floreo.core.access import can, reach
from floreo.core.offers import MenuItem
from floreo.core.routes import path_to
from floreo.core.tasks import Task
from floreo.organisations.models import User
from floreo.tasks.queries import Queue, gathered, queue_of, recipient_of

TASKS = "tasks"  # the entry of My tasks, which counts all of them
KEPT_FOR = 60  # seconds that counts are not worked out again; a press of the person's own drops them
SMALL = 12  # a menu of so many entries has no "More"
FIRST_OF_UNKNOWN = 8  # entries of a role that the table below does not name

# What each role works on, by the `here` of the menu. A contract test holds it against the menu and the roles.
WORK: Mapping[str, tuple[str, ...]] = {
    "administrator": (
        "tasks",
        "others",
        "first-steps",
        "checking",
        "accounts",
        "mail",
        "audit",
        "security",
        "plan",
        "findings",
    ),
    "secretariat": (
        "tasks",
        "others",
        "imports",
        "plan",
        "indicators",
        "reviews",
        "reports",
        "meetings",
        "organisations",
    ),
    "lead": (
        "tasks",
        "plan",
        "indicators",
        "reviews",
        "evidence",
        "meetings",
        "organisation_assessments",
        "obligations",
    ),
    "analyst": ("tasks", "plan", "indicators", "evidence", "frameworks", "surveys"),
    "responder": (
        "tasks",
        "incident_reports",
        "cases",
        "findings",
        "digests",
        "replies",
        "corrections",
        "feeds",
        "advisories",
    ),
    "operator": (
        "tasks",
        "findings",
        "advisories",
        "services",
        "obligations",
        "notifications",
        "own_entry",
        "own_cases",
    ),
    "drafter": ("tasks", "imports", "plan", "laws", "treaties", "consultations", "publications"),
    "coordinator": (
        "tasks",
        "training",
        "courses",
        "certificates",
        "outreach",
        "ambassadors",
        "outreach_sessions",
        "surveys",
    ),
    "observer": ("tasks", "plan", "indicators", "reviews", "reports", "money"),
    "auditor": ("tasks", "plan", "indicators", "meetings", "evidence", "laws", "audit", "security"),
}


@dataclass(frozen=True)
class Waits:
    """What waits for one person behind an entry: how much, and whether some of it is overdue."""

    number: int = 0
    is_late: bool = False


NOTHING = Waits()


@dataclass(frozen=True)
class Link:
    words: Promise
    href: str
    here: str
    waits: Waits = NOTHING


@dataclass(frozen=True)
class Group:
    """A heading with its links."""

    words: Promise
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Menu:
    """What is shown at once, and what is under "More"."""

    first: tuple[Group, ...]
    more: tuple[Group, ...] = ()

    def showing(self, here: str) -> Menu:
        """With the entry of the page that is open among the first, wherever it was."""
        found = [(group.words, link) for group in self.more for link in group.links if link.here == here]
        first, more = list(self.first), list(self.more)
        for words, link in found:
            first = _with(first, words, link)
            more = [
                g for group in more if (g := replace(group, links=tuple(x for x in group.links if x != link))).links
            ]
        return Menu(tuple(first), tuple(more))


def _with(groups: Sequence[Group], words: Promise, link: Link) -> list[Group]:
    if any(group.words == words for group in groups):
        return [replace(g, links=(*g.links, link)) if g.words == words else g for g in groups]
    return [*groups, Group(words, (link,))]


def _may(viewer: object, item: MenuItem) -> bool:
    return reach(viewer, item.needs) is None if item.everywhere else can(viewer, item.needs)


def menu_for(viewer: object) -> Menu:
    items = [item for item in offers.menu() if _may(viewer, item)]
    waits = waits_for(viewer) if isinstance(viewer, User) else {}
    if len(items) <= SMALL:
        return Menu(_groups(items, waits))
    own = _work_of(viewer) or {item.here for item in items[:FIRST_OF_UNKNOWN]}
    is_first = [item.here in own or item.here in waits for item in items]
    more = [not each for each in is_first]
    return Menu(_groups(compress(items, is_first), waits), _groups(compress(items, more), waits))


def _work_of(viewer: object) -> set[str]:
    roles = {role for role, _organisation in getattr(viewer, "grants", tuple)()}
    return {here for role in roles for here in WORK.get(role, ())}


def _groups(items: Iterable[MenuItem], waits: Mapping[str, Waits]) -> tuple[Group, ...]:
    return tuple(
        Group(section.words, tuple(_link(item, waits) for item in inside))
        for section, inside in groupby(items, key=lambda item: item.section)
    )


def _link(item: MenuItem, waits: Mapping[str, Waits]) -> Link:
    return Link(item.words, path_to(item.address) + item.query, item.here, waits.get(item.here, NOTHING))


# --- What waits ---------------------------------------------------------------------------------------------------


def _name(user: User) -> str:
    return f"menu:{user.pk}"


def waits_for(user: User) -> dict[str, Waits]:
    """By the `here` of the menu, where something waits for the person or, without an owner, for their team. Worked out at most
    once a minute; one query else."""
    known = cache.get(_name(user))
    if known is None:
        found = gathered(recipient_of(user), viewer=user)
        return store_waits(user, found, queue_of(found, user))
    return {here: Waits(*facts) for here, facts in known.items()}


def store_waits(user: User, tasks: Iterable[Task], queue: Queue) -> dict[str, Waits]:
    """Counts these tasks for the menu, and keeps the counts for a while."""
    places = _places()
    today, numbers, late = clock.today(), Counter[str](), set[str]()
    for task in tasks:
        if queue.held[task.key].place is Place.COLLEAGUE:
            continue
        for here in {TASKS, _entry(task, places)} - {""}:
            numbers[here] += 1
            if task.days_late(today):
                late.add(here)
    found = {here: Waits(number, here in late) for here, number in numbers.items()}
    cache.set(_name(user), {here: (one.number, one.is_late) for here, one in found.items()}, KEPT_FOR)
    return found


def forget_waits(user: object) -> None:
    """After a press: what the person did shows at once."""
    if isinstance(user, User):
        cache.delete(_name(user))


def _places() -> list[tuple[str, str]]:
    """The address of each entry but My tasks, which all others begin with; the longest first."""
    found = [(path_to(item.address), item.here) for item in offers.menu() if item.here != TASKS]
    return sorted(found, key=lambda pair: -len(pair[0]))


def _entry(task: Task, places: Iterable[tuple[str, str]]) -> str:
    """The entry under whose address the page of the task lies."""
    return next((here for address, here in places if task.href.startswith(address)), "")


def menu(request: HttpRequest) -> dict[str, Callable[[], Menu]]:
    """For templates: worked out only where the menu is drawn."""
    return {"workspace_menu": lambda: menu_for(request.user)}
