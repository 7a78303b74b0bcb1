"""One change over many actions: all of them or none, and every row that says no is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.writing import delete, lock_latest, save
from floreo.organisations.models import Organisation, Person
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.milestones import update_milestone
from floreo.strategy.actions.participations import add_participation, check_participation, hand_over_lead
from floreo.strategy.models import Action, Edition, LeadRole, Participation


@dataclass(frozen=True)
class RefusedRow:
    """One action that says no, and why."""

    code: str
    title: str
    sentence: str


class RowsRefused(Refused):
    """Some rows say no, so nothing was changed. `rows` names each."""

    def __init__(self, rows: Sequence[RefusedRow], *, of: int):
        sentence = ngettext(
            "Nothing was changed: this change is not possible for %(no)d of %(all)d actions.",
            "Nothing was changed: this change is not possible for %(no)d of %(all)d actions.",
            len(rows),
        ) % {"no": len(rows), "all": of}
        super().__init__(sentence, code="rows_refused")
        self.rows = tuple(rows)


def _over(edition: Edition, codes: Sequence[str], change: Callable[[Action], object], **facts: object) -> int:
    """`change` over each named action, inside the action that called. Each writes its own entry, so that every action's
    history shows it; the entry around them says what was asked."""
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise Refused(
            _("Select at least one action."), code="none_chosen", fields={"codes": _("Select at least one action.")}
        )
    found = {a.code: a for a in Action.objects.filter(edition=edition, code__in=wanted)}
    no = [RefusedRow(c, "", _("This action does not exist in this edition.")) for c in wanted if c not in found]
    for code in wanted:
        if code in found:
            try:
                change(found[code])
            except Refused as refusal:
                no.append(RefusedRow(code, found[code].title, str(refusal.sentence)))
    if no:
        raise RowsRefused(no, of=len(wanted))
    note(actions=wanted, **facts)
    return len(wanted)


def before_change(act: Action) -> dict[str, object]:
    """What any of the changes below could take away from the action, as JSON: `undo_change` takes it."""
    return {
        "starts_on": _iso(act.starts_on),
        "due_on": _iso(act.due_on),
        "person": act.person_id,
        "is_public": act.is_public,
        "confirmed": act.confirmed,
        "doubt": act.doubt,
        "milestones": {str(each.pk): _iso(each.due_on) for each in act.milestones.all()},
        "leads": sorted(_leads(act).values_list("pk", flat=True)),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _leads(act: Action) -> QuerySet[Participation]:
    return act.participations.filter(part=LeadRole.LEAD, ends_on=None)


@action("action.change_undone", needs=Permission.PLAN_EDIT)
def undo_change(act: Action, *, by: Actor, before: Mapping[str, Any]) -> Action:
    """Gives the action back what it had before one of the changes below. Whoever calls it knows that nobody has changed it since
    (a step over many: assignments/actions.py)."""
    if before["is_public"] != act.is_public and not can(by, Permission.PLAN_PUBLISH):
        raise NotAllowed
    for milestone in act.milestones.all():
        if (due_on := _day(before["milestones"].get(str(milestone.pk)))) != milestone.due_on:
            update_milestone(milestone, by=by, due_on=due_on)
    _give_leads_back(act, before["leads"])
    return update_action(
        act,
        by=by,
        starts_on=_day(before["starts_on"]),
        due_on=_day(before["due_on"]),
        person=Person.objects.filter(pk=before["person"]).first(),
        is_public=before["is_public"],
        confirmed=before["confirmed"],
        doubt=before["doubt"],
    )


def _give_leads_back(act: Action, leads: Sequence[int]) -> None:
    for made in _leads(act).exclude(pk__in=leads):
        delete(lock_latest(made))
    for ended in act.participations.filter(pk__in=leads).exclude(ends_on=None):
        row = lock_latest(ended)
        row.ends_on = None
        check_participation(row)
        save(row)


@action("actions.due_set", needs=Permission.PLAN_EDIT)
def bulk_set_due(edition: Edition, *, by: Actor, codes: Sequence[str], due_on: date | None) -> int:
    return _over(edition, codes, lambda act: update_action(act, by=by, due_on=due_on), due_on=due_on)


def _shift(act: Action, days: timedelta, by: Actor) -> None:
    if act.closed_on is not None:
        raise Refused(_("It is closed, so its dates cannot change."), code="already_closed")
    if act.starts_on is None and act.due_on is None:
        raise Refused(_("It has no dates to change."), code="undated")
    # What has begun has begun: only days still to come are moved.
    begun = act.starts_on is not None and act.starts_on <= clock.today()
    starts = act.starts_on if begun or act.starts_on is None else act.starts_on + days
    update_action(act, by=by, starts_on=starts, due_on=act.due_on + days if act.due_on else None)
    for milestone in act.milestones.filter(reached_on=None).exclude(due_on=None):
        assert milestone.due_on is not None
        update_milestone(milestone, by=by, due_on=milestone.due_on + days)


@action("actions.shifted", needs=Permission.PLAN_EDIT)
def bulk_shift(edition: Edition, *, by: Actor, codes: Sequence[str], days: int) -> int:
    """Moves due dates, open milestones and starts still to come by `days` (backwards when negative)."""
    if not days or abs(days) > 3660:
        sentence = _("Enter a number of days, up to ten years.")
        raise Refused(sentence, code="bad_days", fields={"days": sentence})
    return _over(edition, codes, lambda act: _shift(act, timedelta(days=days), by), days=days)


def _lead(act: Action, organisation: Organisation, on: date, by: Actor) -> None:
    leads = [
        p for p in act.participations.select_related("organisation") if p.part == LeadRole.LEAD and p.ends_on is None
    ]
    if any(p.organisation.successor().pk == organisation.successor().pk for p in leads):
        return  # it leads already: nothing to change is no reason to refuse the rest
    if not leads:
        add_participation(act, by=by, organisation=organisation, part=LeadRole.LEAD, starts_on=on)
    elif len(leads) == 1:
        hand_over_lead(leads[0], by=by, to=organisation, on=on)
    else:
        raise Refused(_("It has several leads. Change the lead on its own page."), code="several_leads")


@action("actions.lead_set", needs=Permission.PLAN_EDIT)
def bulk_set_lead(
    edition: Edition, *, by: Actor, codes: Sequence[str], organisation: Organisation, on: date | None = None
) -> int:
    """From a day (today, unless said) `organisation` leads; who led before is kept, until the day before."""
    day = on or clock.today()
    return _over(edition, codes, lambda act: _lead(act, organisation, day, by), lead=organisation.code, on=day)


@action("actions.person_set", needs=Permission.PLAN_EDIT)
def bulk_set_person(edition: Edition, *, by: Actor, codes: Sequence[str], person: Person | None) -> int:
    code = person.code if person else None
    return _over(edition, codes, lambda act: update_action(act, by=by, person=person), person=code)


@action("actions.confirmed_set", needs=Permission.PLAN_EDIT)
def bulk_set_confirmed(edition: Edition, *, by: Actor, codes: Sequence[str], confirmed: bool) -> int:
    def change(act: Action) -> None:
        update_action(act, by=by, confirmed=confirmed, doubt="" if confirmed else act.doubt)

    return _over(edition, codes, change, confirmed=confirmed)


@action("actions.public_set", needs=Permission.PLAN_PUBLISH)
def bulk_set_public(edition: Edition, *, by: Actor, codes: Sequence[str], is_public: bool) -> int:
    return _over(edition, codes, lambda act: update_action(act, by=by, is_public=is_public), is_public=is_public)
