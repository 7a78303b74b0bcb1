"""What waits for somebody, in one shape for every app. Plain Python.

An app with such tasks has a module `tasks.py` with one function

    def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]

in as few queries as it can, narrowed to the recipient in the database, and names it in its `offers.py`. The page, the weekly
e-mail, the calendar and "waiting for others" are then the same list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class ActionLink:
    """What can be pressed on it: words, and an address in the workspace."""

    words: str
    href: str


class News(StrEnum):
    """What a person is notified of, each kind as often as they choose: tasks/notifying.py."""

    MENTION = "mention"  # a colleague names them in a comment
    ASSIGNED = "assigned"  # a task names them in person
    APPROVAL = "approval"  # an update waits for approval
    ANSWER = "answer"  # an organisation replied
    FINDING = "finding"  # new findings in one's own network
    FAULT = "fault"  # a feed is silent, or notices do not arrive
    HELD = "held"  # work that goes on only once somebody has decided or corrected something
    VOTE = "vote"  # a committee asks for a vote or a date
    DEADLINE = "deadline"  # a task is due in a few days
    OTHER = "other"  # any other new task


@dataclass(frozen=True)
class Task:
    """One thing that waits for somebody: the person, else the organisation, else whoever holds `needs`."""

    key: str  # unique and lasting, "reviews.updaterequest:17": the calendar's UID and what a reminder points to
    kind: str  # one of those that an app declares in its offers
    title: str
    why: str  # one sentence: what it belongs to
    href: str  # in the workspace, or the public page where there is no other
    due: date | None = None
    since: date | None = None  # since when it is their turn
    person: int | None = None
    organisation: int | None = None
    user: int | None = None  # an account, where it waits for that alone
    needs: str = ""  # a Permission
    links: tuple[ActionLink, ...] = ()
    answer: str = ""  # an address that answers without an account, for the mail
    status: str = ""  # a strategy Status, where it is an action's
    news: News | None = None  # which kind of notification announces it; None: by whom it waits for
    is_now: bool = False  # before all else, without a day by which it would be late
    size: int = 0  # of a task that represents many things: it is news again when there are more

    # Titles and reasons may be lazy text (django.utils.functional.lazystr and its kin): only what is shown is then worded.

    def days_late(self, today: date) -> int:
        return max((today - self.due).days, 0) if self.due else 0


@dataclass(frozen=True)
class Recipient:
    """For whom tasks are asked. `everybody`: for all."""

    people: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()  # with those merged into them
    permissions: frozenset[str] = frozenset()
    helps: frozenset[str] = frozenset()  # permissions with which they do the work of any organisation, every day
    everybody: bool = False

    def holds(self, item: Task) -> bool:
        """Whether it is theirs to see to: they are the person, speak for the organisation, or hold what it needs."""
        if self.everybody or item.person in self.people or item.organisation in self.organisations:
            return True
        if item.user is not None:
            return item.user in self.users
        if item.person is None and item.organisation is None:
            return item.needs in self.permissions
        return item.needs in self.helps

    def waits_for(self, item: Task) -> bool:
        """Whether it waits for exactly them, and not for one of their colleagues."""
        if item.user is not None:
            return item.user in self.users
        if item.person is not None:
            return item.person in self.people
        if item.organisation is not None:
            return item.organisation in self.organisations
        return item.needs in self.permissions
