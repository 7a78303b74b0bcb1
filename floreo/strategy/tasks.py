"""Tasks of the plan: actions that are late, silent, at risk or soon due, milestones to come, drafts to review, facts to confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission, reach
from floreo.core.audit import key
from floreo.core.models import text_in
from floreo.core.routes import path_to
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.organisations.models import Person
from floreo.organisations.queries import successors
from floreo.strategy.logic import PERIOD_DAYS, SILENT_PERIODS, Rule
from floreo.strategy.models import (
    Action,
    DraftState,
    Edition,
    EditionState,
    ImportDraft,
    LeadRole,
    Milestone,
    Participation,
    RowState,
    StatusChoice,
)
from floreo.strategy.presenters.actions import why

HORIZON = timedelta(days=92)  # a quarter ahead: what is due later is in the plan
WAITING = (StatusChoice.LATE, StatusChoice.STALLED, StatusChoice.AT_RISK)
AT_ONCE = 50  # reasons worded together, once one of them is shown
# What a row says of an action; long texts stay in the database.
_COLUMNS = (
    "code",
    "title",
    "translations",
    "status",
    "status_rule",
    "status_since",
    "due_on",
    "starts_on",
    "expected_on",
    "on_hold_since",
    "override",
    "override_by",
    "override_on",
    "person",
    "edition",
)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> list[Task]:
    """In a fixed number of queries, whatever the size of the plan."""
    plan = _Plan(recipient, viewer, today)
    return [*plan.action_items(), *plan.milestone_items(), *plan.drafts(), *plan.facts()]


def _worded(words: Callable[[], str]) -> str:
    return words()


_later = lazy(_worded, str)  # text that is worded when it is shown, if it is; made once, for each costs a class


A, C, T = "~a~", "~c~", "__task__"  # where the code of an action, of a child, and a task go in an address

_quoted = lru_cache(4096)(quote)  # each code is in several addresses


@dataclass(frozen=True)
class _Addresses:
    """The addresses of one edition's actions, found once and filled in."""

    action: str
    task: str
    child: str

    @classmethod
    def of(cls, edition: str) -> _Addresses:
        return cls(
            path_to("workspace:action", edition, A),
            path_to("workspace:action_command", edition, A, T),
            path_to("workspace:child_command", edition, A, "milestones", C, T),
        )

    def to_action(self, code: str) -> str:
        return self.action.replace(A, _quoted(code))

    def to_task(self, code: str, task: str) -> str:
        return self.task.replace(T, task).replace(A, _quoted(code))

    def to_milestone(self, code: str, milestone: str, task: str) -> str:
        return self.child.replace(T, task).replace(C, _quoted(milestone)).replace(A, _quoted(code))


class _Reasons:
    """Why each action is where it is, fifty at a time, once somebody looks."""

    def __init__(self, acts: Sequence[Action], today: date) -> None:
        self.acts, self.today = acts, today
        self.place = {act.pk: place for place, act in enumerate(acts)}
        self.words: dict[int, str] = {}

    def of(self, act: Action) -> str:
        if act.pk not in self.words:
            start = self.place[act.pk] // AT_ONCE * AT_ONCE
            self._word(self.acts[start : start + AT_ONCE])
        return self.words[act.pk]

    def _word(self, acts: Sequence[Action]) -> None:
        found: dict[int, list[Milestone]] = {act.pk: [] for act in acts}
        rows = Milestone.objects.filter(action__in=found, reached_on=None)
        for each in rows.only("action", "code", "title", "translations", "due_on", "reached_on", "position"):
            found[each.action_id].append(each)
        for act in acts:
            self.words[act.pk] = why(act, act.status_result, found[act.pk], today=self.today)


class _Step(NamedTuple):
    """What is said of a milestone: there may be hundreds, and a model for each takes twice as long."""

    pk: int
    code: str
    title: str
    translations: dict[str, Any]
    due_on: date
    action_id: int


class _Plan:
    """What is open in the plan, for whoever is asked about."""

    def __init__(self, recipient: Recipient, viewer: object, today: date) -> None:
        self.recipient, self.viewer, self.today = recipient, viewer, today
        self.may_update = reach(viewer, Permission.PLAN_UPDATE)
        self.found: dict[int, _Addresses] = {}
        self.acts: dict[int, Action] = {}  # read so far

    @cached_property
    def leads_now(self) -> QuerySet[Participation]:
        rows = Participation.objects.filter(part=LeadRole.LEAD)
        return rows.exclude(ends_on__lt=self.today).exclude(starts_on__gt=self.today)

    @cached_property
    def editions(self) -> dict[int, str]:
        """The codes of the editions that run, by their ids."""
        running = Q(state=EditionState.IN_FORCE) | Q(state=EditionState.DRAFT, is_public=True)
        return dict(Edition.objects.filter(running).order_by().values_list("pk", "code"))

    @cached_property
    def open_actions(self) -> QuerySet[Action]:
        rows = Action.objects.visible_to(self.viewer).filter(edition__in=list(self.editions), closed_on=None)
        if self.recipient.everybody:
            return rows
        theirs = Q(person__in=self.recipient.people)
        if self.recipient.organisations:
            led = self.leads_now.filter(organisation__in=self.recipient.organisations)
            theirs |= Q(pk__in=led.values("action"))
        if Permission.PLAN_EDIT in self.recipient.permissions:
            theirs |= Q(~Exists(self.leads_now.filter(action=OuterRef("pk"))))
        return rows.filter(theirs)

    @cached_property
    def lead_of(self) -> dict[int, int]:
        """Who leads each open action today, or carries on for who did, by the action's id."""
        rows = self.leads_now.filter(action__in=self.open_actions.order_by().values("pk"))
        into = successors()
        # The one entered first stays.
        return {
            act: into.get(body, body) for act, body in rows.order_by("-pk").values_list("action_id", "organisation")
        }

    @cached_property
    def gone(self) -> set[int]:
        """People who no longer answer for anything."""
        return set(Person.objects.filter(is_active=False).values_list("pk", flat=True))

    def _person(self, act: Action) -> int | None:
        return None if act.person_id in self.gone else act.person_id

    def addresses(self, act: Action) -> _Addresses:
        if act.edition_id not in self.found:
            self.found[act.edition_id] = _Addresses.of(self.editions[act.edition_id])
        return self.found[act.edition_id]

    def _may(self, act: Action) -> bool:
        return self.may_update is None or self.lead_of.get(act.pk) in self.may_update

    def _links(self, act: Action) -> tuple[ActionLink, ...]:
        if not self._may(act):
            return ()
        method = self.addresses(act).to_task
        return tuple(ActionLink(words, method(act.code, name)) for words, name in self.words_of_action)

    @cached_property
    def words_of_action(self) -> tuple[tuple[str, str], ...]:
        return (_("Give an update"), "update"), (_("Change expected date"), "expect")

    @cached_property
    def words_of_milestone(self) -> tuple[tuple[str, str], ...]:
        return (_("Mark as reached"), "reach"), (_("Change expected date"), "expect")

    def action_items(self) -> list[Task]:
        soon = Q(due_on__gte=self.today, due_on__lte=self.today + HORIZON)
        rows = self.open_actions.filter(Q(status__in=WAITING) | soon).only(*_COLUMNS)
        acts = sorted(rows, key=lambda act: (_due(act) or date.max, act.pk))
        self.acts |= {act.pk: act for act in acts}
        reasons = _Reasons(acts, self.today)
        return [self.action_item(act, reasons) for act in acts]

    def action_item(self, act: Action, reasons: _Reasons) -> Task:
        lead, person = self.lead_of.get(act.pk), self._person(act)
        since = act.status_since if act.status_since and act.status_since <= self.today else None
        return Task(
            key=key(act),
            kind="update",
            title=_named(act),
            why=_later(lambda: reasons.of(act)),
            href=self.addresses(act).to_action(act.code),
            due=_due(act),
            since=since,
            person=person,
            organisation=lead,
            needs=Permission.PLAN_EDIT,
            links=self._links(act),
            status=act.status,
        )

    def milestone_items(self) -> list[Task]:
        """Those to come; one that is missed makes its action late, and is said there."""
        rows = Milestone.objects.filter(
            action__in=self.open_actions.order_by().values("pk"),
            reached_on=None,
            due_on__gte=self.today,
            due_on__lte=self.today + HORIZON,
        )
        found = [_Step(*row) for row in rows.order_by("due_on", "pk").values_list(*_Step._fields)]
        unread = {step.action_id for step in found} - self.acts.keys()
        if unread:
            self.acts |= Action.objects.only("code", "title", "translations", "person", "edition").in_bulk(unread)
        return [self.milestone_item(step, self.acts[step.action_id]) for step in found]

    def milestone_item(self, step: _Step, act: Action) -> Task:
        links: tuple[ActionLink, ...] = ()
        if self._may(act):
            method = self.addresses(act).to_milestone
            links = tuple(
                ActionLink(words, method(act.code, step.code, name)) for words, name in self.words_of_milestone
            )
        return Task(
            key=f"{Milestone._meta.label_lower}:{step.pk}",
            kind="milestone",
            title=text_in(step.translations, "title", step.title),
            why=_later(lambda: _("Milestone of %(action)s") % {"action": _named(act)}),
            href=f"{self.addresses(act).to_action(act.code)}#milestones",
            due=step.due_on,
            person=self._person(act),
            organisation=self.lead_of.get(act.pk),
            needs=Permission.PLAN_EDIT,
            links=links,
        )

    def _requests(self, permission: Permission) -> bool:
        return self.recipient.everybody or permission in self.recipient.permissions

    def drafts(self) -> list[Task]:
        """Texts that were read and wait for somebody to go through their rows."""
        if not self._requests(Permission.IMPORT_REVIEW):
            return []
        waiting = Count("rows", filter=Q(rows__state=RowState.UNCONFIRMED, rows__is_offer=False))
        rows = ImportDraft.objects.filter(state=DraftState.OPEN).only("code", "file_name", "created_at")
        return [self._draft(draft, draft.waiting) for draft in rows.annotate(waiting=waiting).order_by("pk")]

    def _draft(self, draft: ImportDraft, waiting: int) -> Task:
        href = path_to("workspace:import", draft.code)
        return Task(
            key=key(draft),
            kind="confirm",
            title=_("Review the draft of %(file)s") % {"file": draft.file_name},
            why=ngettext("%(n)d drafted row to review", "%(n)d drafted rows to review", waiting) % {"n": waiting},
            href=href,
            since=clock.day_of(draft.created_at),
            needs=Permission.IMPORT_REVIEW,
            links=(ActionLink(_("Review"), href),),
        )

    def facts(self) -> list[Task]:
        """Facts of a plan in force that nobody has checked against their source."""
        if not self._requests(Permission.PLAN_EDIT):
            return []
        in_force = Action.objects.filter(edition__state=EditionState.IN_FORCE, confirmed=False).order_by()
        unchecked = dict(in_force.values_list("edition").annotate(n=Count("pk")))
        editions = Edition.objects.filter(pk__in=unchecked).only("code", "title", "translations").order_by("pk")
        return [self._fact(edition, unchecked[edition.pk]) for edition in editions]

    def _fact(self, edition: Edition, number: int) -> Task:
        href = path_to("workspace:actions", edition.code)
        return Task(
            key=key(edition),
            kind="confirm",
            title=ngettext("Check %(n)d action", "Check %(n)d actions", number) % {"n": number},
            why=_("Not yet checked against a source: %(edition)s") % {"edition": edition.in_language("title")},
            href=href,
            needs=Permission.PLAN_EDIT,
            links=(ActionLink(_("Open the list"), href),),
        )


def _named(act: Action) -> str:
    """Code and title in the reader's language."""
    return f"{act.code} {act.in_language('title')}"


def _due(act: Action) -> date | None:
    """By which day somebody had to move: the date that was missed, the word that did not come, or what is due next."""
    rule = act.status_result.rule
    if rule == Rule.SILENT and act.status_since:
        return act.status_since + timedelta(days=SILENT_PERIODS * PERIOD_DAYS)
    if rule == Rule.ON_HOLD:
        return None
    if act.status == StatusChoice.LATE or rule in {Rule.DUE_SOON_UNHEARD, Rule.DUE_SOON_WITH_RISK}:
        return act.status_since or act.due_on
    return act.due_on


__all__ = ["HORIZON", "waiting_tasks"]
