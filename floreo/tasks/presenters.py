"""What is to be done, in sentences: the page, the weekly mail, the mails of a reminder and the calendar say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from floreo.assignments.logic import Place
from floreo.core.access import ROLES
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.core.ui import locale as ui
from floreo.core.wording import (
    capital,
    day_text,
    days_text,
    listed,
    number_word,
    sentences,
    short_day,
    short_day_of_year,
)
from floreo.organisations.models import Organisation, Person
from floreo.tasks.logic import ESCALATE_AFTER, DueGroup
from floreo.tasks.queries import Group, Held, WaitingForCounts

PART_WORDS: Mapping[DueGroup, Promise] = {
    DueGroup.NOW: pgettext_lazy("tasks", "Now"),
    DueGroup.OVERDUE: _l("Overdue"),
    DueGroup.WEEK: _l("This week"),
    DueGroup.UNDATED: _l("Without a date"),
    DueGroup.LATER: _l("Later"),
}


@dataclass(frozen=True)
class ShownTask:
    """One thing that is to be done, as a row shows it."""

    item: Task
    days_late: int
    due_text: str
    due_day: str
    recipient: str
    since_text: str
    links: tuple[ActionLink, ...]
    is_worst: bool = False
    held: Held | None = None  # whose it is, where the page shares tasks out

    @property
    def pick(self) -> str:
        """The value of its tick box: the task, and the assignment that was shown."""
        return f"{self.item.key}|{self.held.assignment if self.held else 0}"


def team_text(unowned: int, with_others: int) -> str:
    """ "Two more wait for your team and have no owner. One is with a colleague." """
    parts = []
    if unowned:
        text = ngettext(
            "%(n)s task waits for your team and has no owner.",
            "%(n)s tasks wait for your team and have no owner.",
            unowned,
        )
        parts.append(capital(text % {"n": number_word(unowned)}))
    if with_others:
        text = ngettext("%(n)s is with a colleague.", "%(n)s are with colleagues.", with_others)
        parts.append(capital(text % {"n": number_word(with_others)}))
    return sentences(*parts)


def heading(late: int, total: int, *, now: int = 0) -> str:
    """ "One to do now. Three overdue, longest first." """
    first = capital(ngettext("%(n)s to do now.", "%(n)s to do now.", now) % {"n": number_word(now)}) if now else ""
    return sentences(first, _overdue(late, total)) if first else _overdue(late, total)


def _overdue(late: int, total: int) -> str:
    if late:
        return capital(ngettext("%(n)s overdue.", "%(n)s overdue, longest first.", late) % {"n": number_word(late)})
    return _("No tasks are overdue.") if total else _("You have no tasks.")


def due_text(due: date | None, today: date) -> str:
    """ "Tomorrow", "In 3 days", "11 days late"."""
    if due is None:
        return _("No date")
    days = (due - today).days
    if days < 0:
        return late_text(-days)
    if days < 2:
        return _("Tomorrow") if days else _("Today")
    return ngettext("In %(days)s day", "In %(days)s days", days) % {"days": ui.number(days)}


def when_text(item: Task, today: date) -> str:
    """ "Now", or when it is due."""
    return str(PART_WORDS[DueGroup.NOW]) if item.is_now else due_text(item.due, today)


def late_text(days: int) -> str:
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": ui.number(days)}


def due_day(due: date | None, today: date) -> str:
    """ "Wed 25 Nov" within a fortnight, "30 Sep" in the same year, else with its year."""
    if due is None:
        return ""
    if 0 <= (due - today).days < 14:
        return ui.short_date(due, "EEE d MMM")
    return short_day_of_year(due) if due.year == today.year else short_day(due)


def since_text(since: date | None, today: date) -> str:
    """ "since 2 Nov": since when it is their turn."""
    if since is None:
        return ""
    day = short_day_of_year(since) if since.year == today.year else short_day(since)
    return _("since %(day)s") % {"day": day}


def day_and_weekday(day: date) -> str:
    """ "Tuesday 24 November 2026"."""
    weekday = capital(ui.date_text(day, "EEEE"))
    return _("%(weekday)s %(day)s") % {"weekday": weekday, "day": day_text(day)}


@dataclass(frozen=True)
class Names:
    """What people and organisations are called, fetched once for the rows that are shown."""

    people: Mapping[int, str]
    bodies: Mapping[int, str]

    @classmethod
    def of(cls, items: Iterable[Task]) -> Names:
        shown = list(items)
        people = Person.objects.only("name").in_bulk({i.person for i in shown if i.person is not None})
        bodies = Organisation.objects.in_bulk({i.organisation for i in shown if i.organisation is not None})
        return cls({pk: p.name for pk, p in people.items()}, {pk: b.label for pk, b in bodies.items()})

    def of_item(self, item: Task) -> str:
        if item.person is not None and item.person in self.people:
            return self.people[item.person]
        if item.organisation is not None and item.organisation in self.bodies:
            return self.bodies[item.organisation]
        return _("Nobody") if not item.needs else _("Anyone with permission")


def _holder_words(item: Task, asked: Recipient, names: Names, held: Held | None) -> str:
    if held is None:
        return _("You") if asked.waits_for(item) else names.of_item(item)
    if held.place is Place.MINE and (item.person is None or item.person in asked.people or held.assignment):
        return _("You")
    if held.place is Place.TEAM and item.person is None and item.organisation is None:
        return _("Your team")
    return held.owner or names.of_item(item)


def rows(
    items: Sequence[Task], asked: Recipient, today: date, *, names: Names, held: Mapping[str, Held] | None = None
) -> list[ShownTask]:
    return [
        ShownTask(
            item,
            item.days_late(today),
            when_text(item, today),
            due_day(item.due, today),
            _holder_words(item, asked, names, (held or {}).get(item.key)),
            since_text(item.since, today),
            item.links or (ActionLink(pgettext("button", "Open"), item.href),),
            held=(held or {}).get(item.key),
        )
        for item in items
    ]


def later_summary(items: Sequence[Task]) -> str:
    """ "Six more until 31 December 2026": what is on the fold."""
    last = max((i.due for i in items if i.due), default=None)
    words = {"n": capital(number_word(len(items))), "day": day_text(last) if last else ""}
    return ngettext("%(n)s more, on %(day)s", "%(n)s more until %(day)s", len(items)) % words


def later_next(items: Sequence[Task]) -> str:
    """ "The next is on 4 December: second reading of the hiring plan." """
    first = min((i for i in items if i.due), key=lambda i: i.due or date.max, default=None)
    if first is None or first.due is None:
        return ""
    return _("Next, on %(day)s: %(title)s.") % {"day": day_text(first.due), "title": first.title}


def waiting_for_text(waiting_for: WaitingForCounts) -> str:
    """ "Nothing sits with nobody. Of 31 open items: 6 Secretariat, 15 National CSIRT and 10 others." """
    if not waiting_for.total:
        return _("No open tasks.")
    text = _("Every task is assigned.")
    if waiting_for.nobody:
        text = ngettext(
            "%(n)s task is not assigned to anyone.", "%(n)s tasks are not assigned to anyone.", waiting_for.nobody
        )
        text %= {"n": capital(number_word(waiting_for.nobody))}
    parts = [(str(ROLES[name].title), n) for name, n in waiting_for.roles.items()]
    parts += list(waiting_for.bodies.items())[:4]
    rest = waiting_for.total - waiting_for.nobody - sum(n for _name, n in parts)
    words = [_("%(n)s %(who)s") % {"n": ui.number(n), "who": who} for who, n in parts]
    if rest > 0:
        words.append(ngettext("%(n)s other", "%(n)s others", rest) % {"n": ui.number(rest)})
    of = ngettext("Of %(n)s open task: %(parts)s.", "Of %(n)s open tasks: %(parts)s.", waiting_for.total)
    return sentences(text, of % {"n": ui.number(waiting_for.total), "parts": listed(words)} if words else "")


def reminded_text(group: Group) -> str:
    """ "reminded 17 Nov, twice"."""
    last = group.last_reminder
    if last is None:
        return ""
    day = short_day_of_year(last.on)
    if group.times == 1:
        return _("reminder sent %(day)s") % {"day": day}
    if group.times == 2:
        return _("two reminders sent, last %(day)s") % {"day": day}
    return ngettext("%(n)d reminder sent, %(day)s", "%(n)d reminders sent, last %(day)s", group.times) % {
        "day": day,
        "n": group.times,
    }


@dataclass(frozen=True)
class OtherRow:
    """The tasks of one organisation, in one line."""

    group: Group
    items: int
    oldest: str
    reminded: str
    offers_deputy: bool


def other_row(group: Group, today: date) -> OtherRow:
    oldest = group.oldest(today)
    offers = group.times >= ESCALATE_AFTER
    return OtherRow(group, len(group.items), days_text(oldest) if oldest else "", reminded_text(group), offers)


def weekday_text(weekday: int) -> str:
    """ "Mondays" is said with the day itself, which every language has."""
    return capital(str(get_day_names("wide", locale=ui.locale())[weekday]))
