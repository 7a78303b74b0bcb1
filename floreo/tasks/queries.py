"""Whose task is what: one list over every app, for one person, for the secretariat, for a calendar."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from floreo.assignments.logic import Place, place_of
from floreo.assignments.queries import Accounts, open_assignments
from floreo.core import clock
from floreo.core.access import ROLES, Permission, can, reach
from floreo.core.tasks import News, Recipient, Task
from floreo.offers import task_sources
from floreo.organisations.models import Membership, Organisation, Person, User
from floreo.organisations.queries import bodies_of, successors
from floreo.tasks.logic import Reminded, reminders_of, worst_first
from floreo.tasks.models import NotificationChoice, Reminder, ReminderKind, WeeklyMail
from floreo.tasks.notifying import Rhythm, defaults

LOOK_BACK = timedelta(days=200)  # older reminders are in the trail, and say nothing of what waits today
EVERYBODY = Recipient(everybody=True)


def recipient_of(user: User) -> Recipient:
    """What is a user's to see to: what names them, the tasks of their organisations, what only their role can do."""
    own = set(user.organisation_ids())
    if user.person and user.person.organisation_id and can(user, Permission.PLAN_EDIT):
        own.add(user.person.organisation_id)  # who runs the plan also sees to the tasks of their own organisation
    everywhere = frozenset(p for p in Permission if reach(user, p) is None)
    # Who enters readings for all, and has no page of what waits for others, finds them among their own.
    helps = everywhere & {Permission.READING_ENTER} if Permission.REMIND not in everywhere else frozenset()
    return Recipient(
        people=frozenset({user.person_id} if user.person_id else ()),
        users=frozenset({user.pk}),
        organisations=frozenset(bodies_of(own)),
        permissions=frozenset(map(str, everywhere)),
        helps=frozenset(map(str, helps)),
    )


@dataclass(frozen=True)
class Reader:
    """A person without an account, as far as their own things go: they read as a lead of their organisation does."""

    person: Person
    actor_name: str = ""
    actor_code: str = "reader"

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("lead", self.person.organisation_id),)


def gathered(asked: Recipient, *, viewer: object, today: date | None = None) -> list[Task]:
    """What every app says is a task of these, the worst first."""
    day = today or clock.today()
    found = (item for source in task_sources() for item in source(asked, viewer=viewer, today=day))
    return worst_first(item for item in found if asked.holds(item))


def tasks_of(user: User) -> list[Task]:
    """What is theirs, and what waits for their team without an owner: not what a colleague has."""
    found = gathered(recipient_of(user), viewer=user)
    queue = queue_of(found, user)
    return [item for item in found if queue.held[item.key].place is not Place.COLLEAGUE]


@dataclass(frozen=True)
class Held:
    """Where one task is on one person's page: theirs, their team's, or a colleague's; who has it, by account or by name;
    and the assignment by which (0: by none)."""

    place: Place
    owner: str = ""
    assignment: int = 0
    may_be_assigned: bool = False  # it names nobody with an account, so the team shares it out


@dataclass(frozen=True)
class Queue:
    """The tasks of one person and their team, each with whose it is."""

    held: dict[str, Held]
    accounts: Accounts

    def only(self, items: Iterable[Task], place: Place) -> list[Task]:
        return [item for item in items if self.held[item.key].place is place]


def queue_of(items: Sequence[Task], user: User) -> Queue:
    """Whose each of these tasks is, in at most three queries. A task is never two people's. What names somebody without an
    account waits for those who speak for the organisation: nobody else would be notified."""
    accounts = Accounts()
    of_people = accounts.of_people
    taken = open_assignments((item.key for item in items if item.person not in of_people), accounts)
    held = {}
    for item in items:
        if item.person is not None and (item.person == user.person_id or item.person in of_people):
            held[item.key] = Held(Place.MINE if item.person == user.person_id else Place.COLLEAGUE)
            continue
        current = taken.get(item.key)
        team = accounts.team(item.needs, item.organisation)
        place = place_of(user.pk, owner=current.user_id if current else None, team=team)
        alone = _only_name(team, accounts) if place is Place.COLLEAGUE else ""
        owner, number = (current.user_name, current.pk) if current else (alone, 0)
        held[item.key] = Held(place, owner, number, may_be_assigned=True)
    return Queue(held, accounts)


def _only_name(team: frozenset[int], accounts: Accounts) -> str:
    return next((accounts.by_id[pk].name for pk in team), "")


def tasks_of_person(person: Person) -> list[Task]:
    """For somebody without an account: what names them."""
    return gathered(Recipient(people=frozenset({person.pk})), viewer=Reader(person, actor_name=person.name))


@dataclass
class Group:
    """The tasks of one organisation, or one person who belongs to none, the worst first; and how often they were reminded
    about any of it."""

    organisation: Organisation | None
    person: Person | None
    items: list[Task] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.thing.code

    @property
    def thing(self) -> Organisation | Person:
        found = self.organisation or self.person
        assert found is not None, "a group is made of one of them"
        return found

    @property
    def kind(self) -> str:
        return "organisation" if self.organisation else "person"

    @property
    def name(self) -> str:
        if self.organisation:
            return self.organisation.label
        return self.person.name if self.person else ""

    @property
    def last_reminder(self) -> Reminder | None:
        return self.reminders[0] if self.reminders else None

    @property
    def times(self) -> int:
        """On how many days they were reminded: several mails of one day are one reminder."""
        return len({reminder.on for reminder in self.reminders})

    def oldest(self, today: date) -> int:
        return max((item.days_late(today) for item in self.items), default=0)


@dataclass
class Board:
    """All that one person's page shows: their own and their team's, and for who reminds also what waits for everybody else."""

    mine: list[Task]
    queue: Queue
    others: list[Group] = field(default_factory=list)
    waiting_for: WaitingForCounts | None = None  # only for who reminds
    today: date = field(default_factory=clock.today)

    def late_others(self) -> list[Group]:
        """Who has something that is overdue, the oldest first."""
        return _oldest_first(only(self.others, lambda i: i.days_late(self.today) > 0), self.today)


def board_of(user: User) -> Board:
    """One pass over what is to be done: by everybody for who reminds, else narrowed to the user's own in the database."""
    today, asked = clock.today(), recipient_of(user)
    if not can(user, Permission.REMIND):
        own = gathered(asked, viewer=user, today=today)
        return Board(own, queue_of(own, user), today=today)
    everything = gathered(EVERYBODY, viewer=user, today=today)
    mine = [item for item in everything if asked.holds(item)]
    held = {item.key for item in mine}
    parties = Parties.of(everything)
    others = groups_of([item for item in everything if item.key not in held], today, parties=parties)
    return Board(mine, queue_of(mine, user), others, waiting_for_of(everything, parties=parties), today)


def waiting_for_others(user: User) -> list[Group]:
    """What waits for others, by organisation, the oldest first."""
    board = board_of(user)
    return _oldest_first(board.others, board.today)


def _oldest_first(groups: Iterable[Group], today: date) -> list[Group]:
    return sorted(groups, key=lambda g: (-g.oldest(today), -len(g.items), g.name))


def only(groups: Iterable[Group], fits: Callable[[Task], bool]) -> list[Group]:
    """Groups with those of their things that fit; groups of which nothing is left are left out."""
    found = []
    for group in groups:
        items = [item for item in group.items if fits(item)]
        if items:
            found.append(Group(group.organisation, group.person, items, _about(items, group.reminders)))
    return found


@dataclass(frozen=True)
class Holder:
    """Whom an item waits for: the organisation that acts today, or a person who belongs to none, or neither."""

    organisation: int | None = None
    person: int | None = None


def holders_of(items: Sequence[Task]) -> dict[str, Holder]:
    """By the item's key: the organisation whose task it is, else the one of the person who does."""
    into = successors()
    unbound = {i.person for i in items if i.person is not None and i.organisation is None}
    home = dict(Person.objects.filter(pk__in=unbound).values_list("pk", "organisation_id")) if unbound else {}
    found = {}
    for item in items:
        body = item.organisation if item.organisation is not None else home.get(item.person or 0)
        person = item.person if body is None and item.person in home else None
        found[item.key] = Holder(into.get(body, body) if body is not None else None, person)
    return found


@dataclass(frozen=True)
class Parties:
    """Whom things wait for, with the organisations and people behind it, fetched once."""

    holders: dict[str, Holder]
    bodies: dict[int, Organisation]
    people: dict[int, Person]

    @classmethod
    def of(cls, items: Sequence[Task]) -> Parties:
        holders = holders_of(items)
        bodies = {h.organisation for h in holders.values() if h.organisation is not None}
        people = {h.person for h in holders.values() if h.person is not None}
        return cls(
            holders,
            Organisation.objects.in_bulk(bodies) if bodies else {},
            Person.objects.in_bulk(people) if people else {},
        )


def groups_of(items: Sequence[Task], today: date, *, parties: Parties | None = None) -> list[Group]:
    """By whose task it is. What sits with nobody, or only with a role, is in none."""
    known, by_holder = parties or Parties.of(items), defaultdict(list)
    for item in items:
        by_holder[known.holders[item.key]].append(item)
    reminders = _recent_reminders(today)
    return [
        Group(known.bodies.get(h.organisation or 0), known.people.get(h.person or 0), found, _about(found, reminders))
        for h, found in by_holder.items()
        if h.organisation in known.bodies or h.person in known.people
    ]


def _recent_reminders(today: date) -> list[Reminder]:
    rows = Reminder.objects.filter(on__gt=today - LOOK_BACK)
    return list(rows.select_related("mail").defer("mail__text", "mail__attachment"))


def _about(items: Iterable[Task], reminders: Iterable[Reminder]) -> list[Reminder]:
    keys = {item.key for item in items}
    return [reminder for reminder in reminders if keys.intersection(reminder.keys)]


def reminded_before(keys: Iterable[str], today: date, *, kind: str = ReminderKind.REMIND) -> list[Reminded]:
    """Every recent reminder of that kind about any of these things."""
    known = [Reminded(n.on, frozenset(n.keys)) for n in _recent_reminders(today) if n.kind == kind]
    return reminders_of(keys, known)


def group_for(user: User, kind: str, code: str) -> Group | None:
    """The very task of one of them, or None when that is nothing."""
    return next((g for g in waiting_for_others(user) if g.kind == kind and g.code == code), None)


@dataclass(frozen=True)
class WaitingForCounts:
    """How many open items wait for whom: roles by name, organisations, and those that wait for nobody."""

    total: int
    nobody: int
    roles: dict[str, int]
    bodies: dict[str, int]


def waiting_for_of(items: Sequence[Task], *, parties: Parties | None = None) -> WaitingForCounts:
    """For whom everything waits. What needs a permission waits for the first role below administrator that an account
    holds and that grants it."""
    held = set(Membership.objects.filter(user__is_active=True).values_list("role", flat=True))
    known = parties or Parties.of(items)
    roles, bodies = Counter[str](), Counter[int]()
    nobody = 0
    for item in items:
        holder = known.holders[item.key]
        if holder.organisation is not None:
            bodies[holder.organisation] += 1
        elif holder.person is None and item.user is None:
            role = _role_for(item.needs, held)
            roles[role] += 1 if role else 0
            nobody += 0 if role else 1
    counted = {known.bodies[pk].label: n for pk, n in bodies.most_common() if pk in known.bodies}
    return WaitingForCounts(len(items), nobody, {name: n for name, n in roles.items() if n}, counted)


def _role_for(needs: str, held: set[str]) -> str:
    names = sorted((name for name in ROLES if name in held), key=lambda name: name == "administrator")
    return next((name for name in names if any(str(p) == needs for p in ROLES[name].grants)), "")


def weekly_of(user: User) -> WeeklyMail:
    """When this user wants the weekly mail; Monday, unless they said otherwise."""
    return WeeklyMail.objects.filter(user=user).first() or WeeklyMail(user=user)


def rhythms_of(user: User) -> dict[News, Rhythm]:
    """How often this account is notified of each kind: as it chose, else as its roles have it."""
    found = defaults(role for role, _organisation in user.grants())
    for choice in NotificationChoice.objects.filter(user=user):
        if choice.news in found:
            found[News(choice.news)] = Rhythm(choice.rhythm)
    return found


def people_asked(everything: Iterable[Task]) -> Iterator[Person]:
    """People without an account whom something asks by a link: they get the weekly mail as well."""
    asked = {item.person for item in everything if item.answer and item.person is not None}
    yield from Person.objects.filter(pk__in=asked, is_active=True, user=None).exclude(email="").order_by("pk")
