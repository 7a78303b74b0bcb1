"""Whose turn it is: what is late, at risk or due soon, who has to move, since when, and what they can press."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.indicators.queries import due_readings
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import (
    Action,
    DraftRow,
    DraftState,
    Edition,
    EditionState,
    ImportDraft,
    Milestone,
    Part,
    Participation,
    RowState,
    StatusChoice,
)
from floreo.strategy.presenters.actions import why
from floreo.strategy.presenters.words import days_words, short_day

SOON_DAYS = 30
MOST = 20  # rows of one kind on the desk; the rest are in the list
WAITING = (StatusChoice.LATE, StatusChoice.STALLED, StatusChoice.AT_RISK)
# What puts actions in order, and what a row says of one; long texts stay in the database.
_RANKED_BY = ("code", "title", "translations", "status", "status_rule", "status_since", "due_on")
_SAID = (
    *_RANKED_BY,
    "edition__code",
    "starts_on",
    "expected_on",
    "on_hold_since",
    "override",
    "override_by",
    "override_on",
)
_OF_MILESTONE = ("action", "code", "title", "translations", "due_on", "reached_on", "position")


@dataclass(frozen=True)
class Button:
    """What can be pressed on a row."""

    words: str
    href: str


@dataclass(frozen=True)
class Turn:
    """One thing that waits for somebody. `days_late` is 0 while it is still in time."""

    title: str
    href: str
    sub: str
    due: date | None
    days_late: int
    status: str
    whose: str
    is_mine: bool
    since: date | None
    buttons: tuple[Button, ...] = ()
    is_worst: bool = False

    @property
    def due_words(self) -> str:
        """ "Tomorrow", "In 3 days"; for what is late the days are said by its status."""
        if self.due is None:
            return _("No date")
        days = (self.due - clock.today()).days
        if days == 0:
            return _("Today")
        if days == 1:
            return _("Tomorrow")
        return ngettext("In %(days)d day", "In %(days)d days", days) % {"days": days}


@dataclass(frozen=True)
class Section:
    """A part of the desk: its heading and its rows, the worst first."""

    name: str
    title: str
    turns: list[Turn]
    more: int = 0


@dataclass(frozen=True)
class Owing:
    """An organisation that others wait for: how many things, and how long the oldest."""

    organisation: Organisation
    items: int
    oldest: int


@dataclass
class Desk:
    """All that one person's desk shows."""

    sections: list[Section] = field(default_factory=list)
    owing: list[Owing] = field(default_factory=list)
    late: int = 0

    @property
    def is_empty(self) -> bool:
        return not any(section.turns for section in self.sections)


def bodies_of(organisation_ids: Iterable[int]) -> set[int]:
    """The organisations and all that were merged into them, whose work they carry on."""
    found = set(organisation_ids)
    merged = dict(Organisation.objects.exclude(merged_into=None).values_list("pk", "merged_into_id")) if found else {}
    grown = True
    while grown:
        more = {old for old, heir in merged.items() if heir in found} - found
        grown, found = bool(more), found | more
    return found


def _open_actions(viewer: object) -> QuerySet[Action]:
    running = Q(edition__state=EditionState.IN_FORCE) | Q(edition__state=EditionState.DRAFT, edition__is_public=True)
    return Action.objects.visible_to(viewer).filter(running, closed_on=None)


def _led_by(rows: QuerySet[Action], bodies: set[int]) -> QuerySet[Action]:
    return rows.filter(
        participations__part=Part.LEAD, participations__until=None, participations__organisation__in=bodies
    ).distinct()


def _named(act: Action) -> str:
    """Code and title in the reader's language."""
    return f"{act.code} {act.in_language('title')}"


def _to_check(title: str, href: str, sub: str, since: date | None, words: str) -> Turn:
    """Something without a date that waits for the person whose desk this is."""
    return Turn(title, href, sub, None, 0, "", _("You"), is_mine=True, since=since, buttons=(Button(words, href),))


class _Making:
    """The making of one desk, for one person."""

    def __init__(self, user: User) -> None:
        self.user, self.today = user, clock.today()
        self.sees_all = can(user, Permission.PLAN_EDIT)
        own = user.person.organisation_id if user.person else None
        self.own_ids = user.organisation_ids() | ({own} if own else set())
        self.bodies = bodies_of(user.organisation_ids())
        rows = _open_actions(user)
        self.actions = rows if self.sees_all else _led_by(rows, self.bodies)

    @cached_property
    def leads(self) -> dict[int, Organisation]:
        """Who leads each open action today, by the action's id: two queries however many there are."""
        rows = Participation.objects.filter(action__in=self.actions.order_by().values("pk"), part=Part.LEAD)
        current = rows.exclude(until__lt=self.today).exclude(since__gt=self.today).order_by("-pk")
        first = dict(current.values_list("action_id", "organisation_id"))  # the one entered first stays
        bodies = Organisation.objects.select_related("merged_into").in_bulk(set(first.values()))
        heirs = {pk: body.heir() for pk, body in bodies.items()}
        return {act: heirs[body] for act, body in first.items()}

    def is_mine(self, act: Action) -> bool:
        lead = self.leads.get(act.pk)
        return self.sees_all if lead is None else lead.pk in self.own_ids

    def whose(self, act: Action) -> tuple[str, bool]:
        if self.is_mine(act):
            return _("You"), True
        lead = self.leads.get(act.pk)
        return (lead.label if lead else _("Nobody")), False

    def _buttons(self, act: Action) -> tuple[Button, ...]:
        found = []
        if can(self.user, Permission.PLAN_UPDATE, act):
            for words, task in ((_("Say how it goes"), "update"), (_("Expected when"), "expect")):
                found.append(Button(words, reverse("workspace:action_task", args=[act.edition.code, act.code, task])))
        return tuple(found)

    def action_turn(self, act: Action) -> Turn:
        whose, mine = self.whose(act)
        late = act.status == StatusChoice.LATE
        days = act.standing.days(self.today) if late else 0
        due = act.status_since if late else act.due_on
        since = act.status_since if act.status_since and act.status_since <= self.today else None
        reason = why(act, act.standing, act.milestones.all(), today=self.today)
        return Turn(_named(act), act.desk_url(), reason, due, days, act.status, whose, mine, since, self._buttons(act))

    @cached_property
    def waiting(self) -> dict[str, list[Action]]:
        """Every action that is late, stalled or at risk, by status, the worst first."""
        found: dict[str, list[Action]] = {status: [] for status in WAITING}
        for act in self.actions.filter(status__in=WAITING).only(*_RANKED_BY):
            found[act.status].append(act)
        for status, acts in found.items():
            acts.sort(key=lambda a: (*self._place(a), _named(a)))
            if status == StatusChoice.LATE:
                acts.sort(key=lambda a: not self.is_mine(a))
        return found

    def _place(self, act: Action) -> tuple[int, date]:
        if act.status == StatusChoice.LATE:
            return -act.standing.days(self.today), act.status_since or date.max
        return 0, act.due_on or date.max

    def _shown(self, ids: Iterable[int]) -> dict[int, Action]:
        """These actions with all that a row says of them."""
        open_milestones = Milestone.objects.filter(reached_on=None).only(*_OF_MILESTONE)
        rows = Action.objects.filter(pk__in=ids).select_related("edition").only(*_SAID)
        if not self.sees_all:  # whether they may say how it goes depends on who leads it
            rows = rows.prefetch_related("participations__organisation__merged_into")
        return {a.pk: a for a in rows.prefetch_related(Prefetch("milestones", open_milestones))}

    def by_status(self, status: str) -> tuple[list[Turn], int]:
        acts = self.waiting[status]
        shown = self._shown(a.pk for a in acts[:MOST])
        return [self.action_turn(shown[a.pk]) for a in acts[:MOST]], len(acts)

    def milestones(self) -> tuple[list[Turn], int]:
        last = self.today + timedelta(days=SOON_DAYS)
        rows = Milestone.objects.filter(
            action__in=self.actions.order_by().values("pk"), reached_on=None, due_on__gte=self.today, due_on__lte=last
        )
        first = list(rows.only(*_OF_MILESTONE).order_by("due_on", "pk")[:MOST])
        acts = self._shown({m.action_id for m in first})
        return [self.milestone_turn(m, acts[m.action_id]) for m in first], rows.count()

    def milestone_turn(self, milestone: Milestone, act: Action) -> Turn:
        whose, mine = self.whose(act)
        buttons: tuple[Button, ...] = ()
        if can(self.user, Permission.PLAN_UPDATE, act):
            args = [act.edition.code, act.code, "milestones", milestone.code]
            buttons = (
                Button(_("Tick"), reverse("workspace:child_task", args=[*args, "reach"])),
                Button(_("Expected when"), reverse("workspace:child_task", args=[*args, "expect"])),
            )
        sub = _("Milestone of %(action)s") % {"action": _named(act)}
        title, href = milestone.in_language("title"), f"{act.desk_url()}#milestones"
        return Turn(title, href, sub, milestone.due_on, 0, "", whose, mine, None, buttons)

    def readings(self) -> list[Turn]:
        found = []
        for due in due_readings(self.user):
            if not due.is_mine and not self.sees_all:
                continue
            answers = due.indicator.answers_for
            whose = _("You") if due.is_mine or answers is None else answers.heir().label
            href = reverse("workspace:indicator", args=[due.indicator.code])
            sub = _("Reading for the period to %(day)s") % {"day": short_day(due.period.end)}
            days = (self.today - due.since).days
            found.append(
                Turn(
                    due.indicator.in_language("title"), href, sub, due.since, days, "late", whose, due.is_mine, due.since,
                    (Button(_("Enter reading"), href),) if due.is_mine else (),
                )
            )  # fmt: skip
        return found

    def checks(self) -> list[Turn]:
        """For those who review: drafts that wait, and facts of the plan that nobody has confirmed."""
        found = []
        if can(self.user, Permission.IMPORT_REVIEW):
            for draft in ImportDraft.objects.filter(state=DraftState.OPEN):
                waiting = DraftRow.objects.filter(draft=draft, state=RowState.UNCONFIRMED).count()
                href = reverse("workspace:import", args=[draft.code])
                sub = ngettext("%(n)d drafted row waits", "%(n)d drafted rows wait", waiting) % {"n": waiting}
                title = _("Review the draft of %(file)s") % {"file": draft.file_name}
                day = draft.created_at.date()
                found.append(_to_check(title, href, sub, day, _("Review")))
        if self.sees_all:
            found += self._unconfirmed()
        return found

    def _unconfirmed(self) -> list[Turn]:
        found = []
        for edition in Edition.objects.filter(state=EditionState.IN_FORCE):
            number = Action.objects.filter(edition=edition, confirmed=False).count()
            if number:
                said = ngettext("Confirm %(n)d action", "Confirm %(n)d actions", number) % {"n": number}
                href = reverse("workspace:actions", args=[edition.code])
                sub = _("Not yet checked against a source: %(edition)s") % {"edition": edition.title}
                found.append(_to_check(said, href, sub, None, _("Open the list")))
        return found

    def owing(self) -> list[Owing]:
        """Who has late actions, most first."""
        items: dict[int, list[int]] = {}
        for act in self.waiting[StatusChoice.LATE]:
            lead = self.leads.get(act.pk)
            if lead is not None and lead.pk not in self.own_ids:
                items.setdefault(lead.pk, []).append(act.standing.days(self.today))
        bodies = {lead.pk: lead for lead in self.leads.values()}
        found = [Owing(bodies[pk], len(days), max(days)) for pk, days in items.items()]
        return sorted(found, key=lambda o: (-o.items, -o.oldest, o.organisation.name))


def desk_of(user: User) -> Desk:
    """What waits, the worst first. A lead sees what their organisations lead; who runs the plan sees all of it."""
    making = _Making(user)
    (late, late_actions), readings = making.by_status(StatusChoice.LATE), making.readings()
    late = sorted(late + readings, key=lambda t: (not t.is_mine, -t.days_late))
    late_total, checks = late_actions + len(readings), making.checks()
    soon = _("Due in the next %(days)s") % {"days": days_words(SOON_DAYS)}
    sections = [
        _section("late", _("Late"), late, late_total),
        _section("stalled", _("Stalled"), *making.by_status(StatusChoice.STALLED)),
        _section("risk", _("At risk"), *making.by_status(StatusChoice.AT_RISK)),
        _section("soon", soon, *making.milestones()),
        _section("check", _("To check"), checks, len(checks)),
    ]
    shown = [section for section in sections if section.turns]
    return Desk(_one_worst(shown), making.owing() if making.sees_all else [], late_total)


def _section(name: str, title: str, turns: list[Turn], total: int) -> Section:
    return Section(name, title, turns[:MOST], max(total - MOST, 0))


def _one_worst(sections: list[Section]) -> list[Section]:
    """Marks the first row that has a button: the one filled button of the page."""
    for section in sections:
        for place, turn in enumerate(section.turns):
            if turn.buttons:
                section.turns[place] = replace(turn, is_worst=True)
                return sections
    return sections
