"""Writing of this app: assigning and handing back, what the program hands back by itself, and steps over many things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from floreo.assignments.models import Assignment, AssignmentEnd, BulkStep
from floreo.assignments.queries import Accounts, Item, last_step_of, still_may
from floreo.core import audit, clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.decisions import as_shown
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import thing_of
from floreo.core.models import AuditEntry
from floreo.core.policy import things_seen
from floreo.core.wording import day_text
from floreo.core.writing import lock_latest, save
from floreo.organisations.models import User

NOBODY = 0  # as `was`: nobody had it when the page was made
TAKEN = "taken_by_another"


def _current(item: Item) -> Assignment | None:
    """Who has it now, held until the end. Of two who press at once the second waits for the chain, and then finds the first."""
    audit.hold_the_chain()
    return Assignment.objects.select_for_update().filter(key=item.key, ends_at=None).first()


def _end(current: Assignment, why: AssignmentEnd, by: Actor) -> None:
    current.ends_at, current.ended_by, current.end = clock.now(), by.actor_name[:200], why
    save(current)


def _require_as_shown(current: Assignment | None, was: int | None, accounts: Accounts) -> None:
    """Refuses when somebody has it who had it not when the page was made. `None`: no page was made."""
    if was is None or current is None or current.pk == was or not still_may(current, accounts):
        return
    sentence = _("%(who)s has had this since %(when)s. Agree with them first, or reload the page and assign it again.")
    when = day_text(clock.day_of(current.starts_at))
    raise Refused(sentence % {"who": current.user_name, "when": when}, code=TAKEN)


def _require_may(item: Item, to: User, accounts: Accounts) -> None:
    account = accounts.by_id.get(to.pk)
    if account is None or not accounts.may_have(account, item.needs, item.organisation):
        sentence = _("%(who)s may not do this, so it cannot be assigned to them. Choose somebody of the team.")
        raise Refused(
            sentence % {"who": to.actor_name}, code="may_not", fields={"to": sentence % {"who": to.actor_name}}
        )
    if thing_of(item.key) is not None and item.key not in things_seen([item.key], to):
        sentence = _("%(who)s may not see this, so it cannot be assigned to them.") % {"who": to.actor_name}
        raise Refused(sentence, code="may_not_see", fields={"to": sentence})


def _require_is_of_team(item: Item, by: Actor, accounts: Accounts) -> None:
    """Whoever assigns could have it themselves."""
    if isinstance(by, User):
        account = accounts.by_id.get(by.pk)
        if account is None or not accounts.may_have(account, item.needs, item.organisation):
            raise NotAllowed


@action("item.assigned", needs=Permission.WORKSPACE_OPEN)
def assign(item: Item, *, by: Actor, to: User, was: int | None = None) -> Assignment:
    """`to` has it from now on; whoever had it no longer has it. `was` is the assignment that the page showed (0: nobody):
    when somebody else has taken it since, the answer is no, and says who."""
    accounts = Accounts()
    _require_is_of_team(item, by, accounts)
    current = _current(item)
    if current is not None and current.user_id == to.pk:
        return current
    _require_as_shown(current, was, accounts)
    _require_may(item, to, accounts)
    if current is not None:
        may_still = still_may(current, accounts)
        _end(current, AssignmentEnd.REASSIGNED if may_still else AssignmentEnd.MAY_NOT, by)
    return save(
        Assignment(
            key=item.key,
            needs=item.needs,
            organisation_id=item.organisation,
            user=to,
            user_name=to.actor_name[:200],
            starts_at=clock.now(),
            assigned_by=by.actor_name[:200],
        )
    )


@action("item.handed_back", needs=Permission.WORKSPACE_OPEN)
def hand_back(item: Item, *, by: Actor, was: int | None = None) -> Assignment:
    """It waits for the whole team again."""
    accounts = Accounts()
    _require_is_of_team(item, by, accounts)
    current = _current(item)
    if current is None:
        raise Refused(_("Nobody has this: it waits for the whole team."), code="nobody")
    _require_as_shown(current, was, accounts)
    _end(current, AssignmentEnd.HANDED_BACK, by)
    return current


@action("items.handed_back", needs=Permission.ACCOUNT_MANAGE, quiet=True)
def hand_back_what_may_not_be_kept(*, by: Actor) -> int:
    """What is with accounts that were switched off, or lost the permission, waits for the team again. It already does on
    every page: here the end is written down. Returns how many."""
    accounts = Accounts()
    lost = [each for each in Assignment.objects.filter(ends_at=None).order_by("pk") if not still_may(each, accounts)]
    for each in lost:
        _end(lock_latest(each), AssignmentEnd.MAY_NOT, by)
    return len(lost)


# --- Steps over many ----------------------------------------------------------------------------------------------


def _written_since(number: int, by: User) -> dict[str, list[int]]:
    """The ids of the rows that this person's acts after that entry left, by model."""
    found: dict[str, set[int]] = defaultdict(set)
    for rows in AuditEntry.objects.filter(number__gt=number, actor_code=by.actor_code).values_list("rows", flat=True):
        for label, left in rows.items():
            found[label] |= {int(pk) for pk in left}
    return {label: sorted(ids) for label, ids in found.items()}


@action("bulk.applied", needs=Permission.WORKSPACE_OPEN)
def record_step(user: User, *, by: Actor, command: str, back: str, lines: list[dict[str, Any]], after: int) -> BulkStep:
    """What somebody did to many things, each of which is an act of its own with its own entry: a line for each, and what
    undoing it needs. `after` is the number of the newest entry before the step."""
    if not isinstance(by, User) or by.pk != user.pk:
        raise NotAllowed
    rows = _written_since(after, user)
    step = BulkStep(
        user=user, command=command, back=back[:300], at=clock.now(), lines=lines, rows=rows, head=as_shown()
    )
    return save(step)


def _rows_of_step(step: BulkStep) -> Iterable[models.Model | models.QuerySet[Any]]:
    """All that the step wrote: when an act since then wrote any of it, the step cannot be undone."""
    return [apps.get_model(label)._default_manager.filter(pk__in=ids) for label, ids in step.rows.items()]


@action("bulk.undone", needs=Permission.WORKSPACE_OPEN, decides=_rows_of_step)
def undo_step(
    step: BulkStep, *, by: Actor, undo: Callable[[Mapping[str, Any], User], object], shown: str | None = None
) -> BulkStep:
    """Takes back each line of somebody's own last step with `undo`: all of them, or none. Refused when somebody changed one
    of the things since (`shown` is the head that the step kept), when it was undone already, and when there is a newer step."""
    step = lock_latest(step)
    if not isinstance(by, User) or step.user_id != by.pk:
        raise NotAllowed
    if step.undone_at is not None:
        raise Refused(_("This step was undone already."), code="undone")
    newest = last_step_of(by)
    if newest is None or newest.pk != step.pk:
        raise Refused(_("Only your last step can be undone, and you have done another since."), code="not_the_last")
    for line in step.lines:
        if line["is_done"]:
            undo(line, by)
    step.undone_at = clock.now()
    return save(step)


@action("item.restored", needs=Permission.WORKSPACE_OPEN)
def restore(item: Item, *, by: Actor, to: User | None) -> None:
    """Undoes an assignment: who had it before has it again, or nobody."""
    accounts = Accounts()
    _require_is_of_team(item, by, accounts)
    current = _current(item)
    if current is not None:
        _end(current, AssignmentEnd.UNDONE, by)
    if to is not None:
        assign(item, by=by, to=to)
