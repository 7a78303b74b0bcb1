"""Who has a thing, as its page shows it: the owner, the buttons that assign it, and who had it when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from floreo import offers
from floreo.assignments.models import Assignment
from floreo.assignments.queries import Account, Accounts, Item, history_of, open_assignments
from floreo.core.access import Permission, can, reach
from floreo.core.errors import Missing
from floreo.core.models import named
from floreo.core.policy import things_seen
from floreo.organisations.models import User
from floreo.tasks.queries import gathered, queue_of, recipient_of


@dataclass(frozen=True)
class OwnerBox:
    """What the box of the owner shows to somebody of the team."""

    key: str
    current: Assignment | None
    is_mine: bool
    people: list[Account] = field(default_factory=list)
    history: list[Assignment] = field(default_factory=list)

    @property
    def was(self) -> int:
        """The assignment that the page shows; 0 where nobody has it."""
        return self.current.pk if self.current else 0

    @property
    def pick(self) -> str:
        return f"{self.key}|{self.was}"


def owner_box(viewer: object, key: str, needs: Permission) -> OwnerBox | None:
    """For the team alone: None for whoever may not do it."""
    if not isinstance(viewer, User) or reach(viewer, needs) is not None:
        return None
    accounts = Accounts()
    current = open_assignments([key], accounts).get(key)
    people = [each for each in accounts.who_may(str(needs), None) if each.pk != viewer.pk]
    is_mine = current is not None and current.user_id == viewer.pk
    return OwnerBox(key, current, is_mine, people, history_of(key))


def owners(keys: Iterable[str], accounts: Accounts | None = None) -> dict[str, Assignment]:
    """Who has each of these things now, for a column of a list. `accounts`: those that the page reads anyway."""
    return open_assignments(keys, accounts or Accounts())


def team_for(viewer: object, needs: Permission, accounts: Accounts | None = None) -> list[Account]:
    """Colleagues to whom rows of a list may be assigned; nobody where the viewer is not of the team."""
    if not isinstance(viewer, User) or reach(viewer, needs) is not None:
        return []
    return [each for each in (accounts or Accounts()).who_may(str(needs), None) if each.pk != viewer.pk]


def items_of(viewer: User, keys: Iterable[str]) -> dict[str, Item]:
    """What the viewer may assign of these keys: records of a kind that teams share out, which they see; and those of their
    tasks that name no person. Forged keys, and those of others, are left out."""
    wanted, kinds = list(dict.fromkeys(keys)), offers.assigned_with()
    records = {k: needs for k in wanted if (needs := kinds.get(k.partition(":")[0])) is not None and can(viewer, needs)}
    found = {k: Item(k, str(records[k]), name=str(named(thing))) for k, thing in things_seen(records, viewer).items()}
    rest = {k for k in wanted if k not in found}
    if rest:
        tasks = [task for task in gathered(recipient_of(viewer), viewer=viewer) if task.key in rest]
        held = queue_of(tasks, viewer).held
        for task in tasks:
            if held[task.key].may_be_assigned:
                found[task.key] = Item(task.key, task.needs, task.organisation, str(task.title))
    return found


def item_of(viewer: User, key: str) -> Item:
    """Raises Missing for what the viewer may not assign."""
    found = items_of(viewer, [key]).get(key)
    if found is None:
        raise Missing(_("This is no longer there, or is not yours to assign."))
    return found
