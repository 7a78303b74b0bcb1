"""What is assigned to an account, and what was until it was switched off or lost a role: so that it can go to a colleague."""

from __future__ import annotations

from dataclasses import dataclass, field

from floreo.assignments.models import Assignment
from floreo.assignments.queries import Account, Accounts, left_with
from floreo.core.access import can
from floreo.core.keys import thing_of
from floreo.organisations.models import User
from floreo.workspace.ownership import items_of


@dataclass(frozen=True)
class HandoverRow:
    """One thing: its name, the tick that hands it over, and the assignment."""

    name: str
    href: str
    pick: str
    assignment: Assignment


@dataclass(frozen=True)
class Assigned:
    """What the viewer may hand over, to whom, and how much more belongs to teams whose work they do not see."""

    rows: list[HandoverRow] = field(default_factory=list)
    colleagues: list[Account] = field(default_factory=list)
    others: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether all of it waits for its team again."""
        return all(row.assignment.ends_at is not None for row in self.rows)


def assigned_to(account: User, *, viewer: User) -> Assigned:
    """Of what is finished meanwhile nothing is shown, as far as the viewer would see it."""
    found = left_with(account)
    items = items_of(viewer, [each.key for each in found])
    rows = [
        HandoverRow(items[each.key].name or each.key, _address(each.key), f"{each.key}|{_was(each)}", each)
        for each in found
        if each.key in items
    ]
    accounts = Accounts()
    able = {
        one.pk: one
        for row in rows
        for one in accounts.who_may(row.assignment.needs, row.assignment.organisation_id)
        if one.pk not in (account.pk, viewer.pk)
    }
    others = sum(each.key not in items and not can(viewer, each.permission) for each in found)
    return Assigned(rows, sorted(able.values(), key=lambda one: (one.name, one.pk)), others)


def _was(each: Assignment) -> int:
    """As `assign` takes it: 0 where nobody has it any more."""
    return each.pk if each.ends_at is None else 0


def _address(key: str) -> str:
    thing = thing_of(key)
    address = getattr(thing, "workspace_url", None) or getattr(thing, "get_absolute_url", None)
    return str(address()) if address else ""
