"""Assigning one thing or many to oneself or to a colleague, handing back, and undoing one's last step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.assignments import actions as acts
from floreo.assignments.models import BulkStep
from floreo.assignments.queries import Accounts, Item, last_step_of, open_assignments
from floreo.core.access import Permission
from floreo.core.errors import Missing, Refused
from floreo.core.whole import whole
from floreo.organisations.models import User
from floreo.workspace.bulk import Bulk, Pick, back_of, bulk, command_of, picked, run
from floreo.workspace.form_page import person, press
from floreo.workspace.ownership import item_of, items_of

# What the button says: to oneself, back to the team, or to the colleague whom the form names.
ME, BACK, COLLEAGUE = "me", "", "colleague"


def _to(request: HttpRequest, user: User) -> User | None:
    """To whom; None is back to the team. Raises Refused for an account that does not exist."""
    given = request.POST.get("to", BACK)
    if given in (ME, BACK):
        return user if given == ME else None
    number = whole(request.POST.get("colleague", "") if given == COLLEAGUE else given)
    found = User.objects.filter(pk=number, is_active=True).first() if number is not None else None
    if found is None:
        raise Refused(
            _("There is no such account, or it was switched off. Choose somebody of the team."), code="nobody"
        )
    return found


def _assign(item: Item, user: User, *, to: User | None, was: int | None) -> None:
    if to is None:
        acts.hand_back(item, by=user, was=was)
    else:
        acts.assign(item, by=user, to=to, was=was)


def _split(pick: str) -> tuple[str, int | None]:
    """A task and the assignment that its row showed."""
    key, _bar, was = pick.rpartition("|")
    return key, whole(was)


@require_POST
def assign_one(request: HttpRequest) -> HttpResponse:
    """One thing, from its page or from My tasks."""
    user = person(request)
    key, was = _split(request.POST.get("one", "") or request.POST.get("pick", ""))
    item = item_of(user, key)
    return press(request, lambda: _assign(item, user, to=_to(request, user), was=was), _done(request), back_of(request))


def _done(request: HttpRequest) -> str:
    given = request.POST.get("to", BACK)
    if given == BACK:
        return _("Handed back: it waits for the whole team.")
    return _("It is yours now.") if given == ME else _("Assigned.")


def _before(key: str) -> int:
    """The account that has it now; 0 for nobody."""
    current = open_assignments([key], Accounts()).get(key)
    return (current.user_id or 0) if current else 0


def _do(thing: tuple[Item, int | None], user: User, facts: Mapping[str, Any]) -> object:
    item, was = thing
    before = _before(item.key)
    _assign(item, user, to=facts["to"], was=was)
    return {"needs": item.needs, "organisation": item.organisation, "user": before}


def _undo(line: Mapping[str, Any], by: User) -> None:
    before = line["before"]
    item = Item(line["key"], before["needs"], before["organisation"], line["name"])
    acts.restore(item, by=by, to=User.objects.filter(pk=before["user"], is_active=True).first())


ASSIGN = bulk(Bulk("assign", _l("Assign"), Permission.WORKSPACE_OPEN, _do, _undo))


@require_POST
def assign_many(request: HttpRequest) -> HttpResponse:
    """All that was ticked: a line for each."""
    user = person(request)
    try:
        given, to = [_split(each) for each in picked(request, "pick")], _to(request, user)
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back_of(request))
    items = items_of(user, [key for key, _was in given])
    picks = []
    for key, was in given:
        item = items.get(key)
        picks.append(Pick(key[:160], item.name if item else key[:40], thing=(item, was) if item else None))
    return run(request, ASSIGN, picks, {"to": to})


def _step_of(request: HttpRequest, pk: int) -> BulkStep:
    """One's own alone: nobody reads another's steps here. The trail has each act."""
    found = BulkStep.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def step(request: HttpRequest, pk: int) -> HttpResponse:
    """What a step did: a line for each thing, and the button that undoes it."""
    found = _step_of(request, pk)
    command = command_of(found.command)
    done = sum(line["is_done"] for line in found.lines)
    refused = len(found.lines) - done
    newest = last_step_of(person(request))
    is_last = newest is not None and newest.pk == found.pk
    context = {
        "workspace_section": "tasks",
        "step": found,
        "title": command.title if command else "",
        "heading": _heading(done, refused),
        "refused": [line for line in found.lines if not line["is_done"]],
        "done": [line for line in found.lines if line["is_done"]],
        "can_undo": bool(command and command.undo and done and is_last and found.undone_at is None),
        "is_final": bool(done and (command is None or command.undo is None)),
    }
    return render(request, "workspace/assignments/step.html", context)


def _heading(done: int, refused: int) -> str:
    """ "12 done, 2 refused." """
    if not refused:
        return ngettext("%(n)d done.", "%(n)d done.", done) % {"n": done}
    first = ngettext("%(n)d done,", "%(n)d done,", done) % {"n": done}
    return f"{first} " + ngettext("%(n)d refused.", "%(n)d refused.", refused) % {"n": refused}


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one's last step back: all of it, or nothing."""
    found, user = _step_of(request, pk), person(request)
    command = command_of(found.command)
    take_back = command.undo if command else None
    if take_back is None:
        messages.error(request, _("This step cannot be undone."))
        return HttpResponseRedirect(found.back or back_of(request))
    return press(
        request,
        lambda: acts.undo_step(found, by=user, undo=take_back, shown=found.head),
        _("Undone: everything is as it was before your last step."),
        found.back or back_of(request),
    )
