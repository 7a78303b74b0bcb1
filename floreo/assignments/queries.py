"""Who has what now, who may have it, and who had it when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from floreo.assignments.models import Assignment, AssignmentEnd, BulkStep
from floreo.core.access import ROLES, Permission, Scope
from floreo.core.composed import composed
from floreo.organisations.models import Membership, User
from floreo.organisations.queries import successors

HISTORY = 10  # of the newest assignments that a page shows
_AT_ONCE = 500


@dataclass(frozen=True)
class Item:
    """Something that one person may have: its key, what whoever has it must hold, and the organisation for which it waits."""

    key: str
    needs: str
    organisation: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Account:
    """An account that is switched on, as far as it matters for who may have what."""

    pk: int
    name: str
    person: int | None
    grants: tuple[tuple[str, int | None], ...]

    def holds(self, needs: str, *, but: frozenset[str] = frozenset()) -> bool:
        """Whether one of their roles, other than those of `but`, grants it everywhere."""
        return any(
            role in ROLES and role not in but and ROLES[role].grants.get(Permission(needs)) is Scope.ALL
            for role, _organisation in self.grants
        )


_ADMINISTRATORS = frozenset({"administrator"})


class Accounts:
    """Every account that is switched on with its roles, read once; and among whom each thing is assigned."""

    def __init__(self) -> None:
        found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
        facts: dict[int, tuple[str, int | None]] = {}
        for user, name, email, person, role, organisation in _grants_of_all():
            found[user].append((role, organisation))
            facts[user] = (name or email, person)
        self.all = [Account(pk, *facts[pk], tuple(grants)) for pk, grants in found.items()]
        self._teams: dict[tuple[str, int | None], frozenset[int]] = {}

    @cached_property
    def _into(self) -> dict[int, int]:
        return successors()

    @cached_property
    def by_id(self) -> dict[int, Account]:
        return {each.pk: each for each in self.all}

    @cached_property
    def of_people(self) -> dict[int, int]:
        """The account of each person of the register who has one."""
        return {each.person: each.pk for each in self.all if each.person is not None}

    def speaks_for(self, account: Account, organisation: int) -> bool:
        """Whether one of their roles is for that organisation, or for the one that carries on its work."""
        wanted = {organisation, self._into.get(organisation, organisation)}
        return any(body in wanted for _role, body in account.grants if body is not None)

    def may_have(self, account: Account, needs: str, organisation: int | None) -> bool:
        """Whether the thing may be assigned to them."""
        if organisation is not None and self.speaks_for(account, organisation):
            return True
        return bool(needs) and account.holds(needs)

    def who_may(self, needs: str, organisation: int | None) -> list[Account]:
        return [each for each in self.all if self.may_have(each, needs, organisation)]

    def team(self, needs: str, organisation: int | None) -> frozenset[int]:
        """For whom it waits: those who speak for its organisation; else those who hold the permission by a role of their work,
        and administrators only where nobody else does."""
        name = (needs, organisation)
        if name not in self._teams:
            self._teams[name] = frozenset(self._team(needs, organisation))
        return self._teams[name]

    def _team(self, needs: str, organisation: int | None) -> Sequence[int]:
        if organisation is not None:
            return [each.pk for each in self.all if self.speaks_for(each, organisation)]
        if not needs:
            return []
        workers = [each.pk for each in self.all if each.holds(needs, but=_ADMINISTRATORS)]
        return workers or [each.pk for each in self.all if each.holds(needs)]


@composed
def _grants_of_all() -> QuerySet[Membership, tuple[int, str, str, int | None, str, int | None]]:
    rows = Membership.objects.filter(user__is_active=True).order_by("user__name", "user", "pk")
    return rows.values_list("user", "user__name", "user__email", "user__person", "role", "organisation")


@composed
def _held(keys: list[str]) -> QuerySet[Assignment]:
    return Assignment.objects.filter(key__among=keys, ends_at=None)


def open_assignments(keys: Iterable[str], accounts: Accounts) -> dict[str, Assignment]:
    """Of these things, those that somebody has, by key. Who was switched off, or may no longer do it, has nothing."""
    wanted, found = list(dict.fromkeys(keys)), dict[str, Assignment]()
    for at in range(0, len(wanted), _AT_ONCE):
        held = _held(wanted[at : at + _AT_ONCE])
        found |= {each.key: each for each in held if still_may(each, accounts)}
    return found


def still_may(each: Assignment, accounts: Accounts) -> bool:
    """Whether whoever has it may still have it."""
    account = accounts.by_id.get(each.user_id or 0)
    return account is not None and accounts.may_have(account, each.needs, each.organisation_id)


def left_with(user: User) -> list[Assignment]:
    """What is assigned to them, and what was until they lost it by leaving or with a role and nobody has had since; the newest first."""
    newer = Assignment.objects.filter(key=OuterRef("key"), pk__gt=OuterRef("pk"))
    theirs = Assignment.objects.filter(Q(ends_at=None) | Q(end=AssignmentEnd.MAY_NOT), ~Exists(newer), user=user)
    return list(theirs)


def history_of(key: str) -> list[Assignment]:
    """Who had it when, the newest first."""
    return list(Assignment.objects.filter(key=key)[:HISTORY])


def last_step_of(user: User) -> BulkStep | None:
    """The newest step over many things that this person did."""
    return BulkStep.objects.filter(user=user).order_by("-pk").first()
