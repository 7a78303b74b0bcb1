"""What an action waits for: others of its edition that have to be done first, and never in a circle."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, save
from floreo.strategy.models import Action


@action("action.waits_set", needs=Permission.PLAN_EDIT)
def set_waits(act: Action, *, by: Actor, version: int | None = None, codes: Iterable[str]) -> Action:
    """It waits for the actions of its edition with these codes, and for no other. Raises Refused for a code that is not there, for the
    action itself, and where one of them waits for it, however far round."""
    act = lock_latest(act, version)
    before = list(act.waits_for.order_by("position", "pk").values_list("code", flat=True))
    after = put_waits(act, codes)
    if before != after:
        save(act)
        note(waits_for=[", ".join(before), ", ".join(after)])
    return act


def put_waits(act: Action, codes: Iterable[str]) -> list[str]:
    """The same without an entry of its own; gives the codes in the order of the plan."""
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    found = {each.code: each for each in Action.objects.filter(edition_id=act.edition_id, code__in=wanted)}
    for code in wanted:
        if code not in found:
            raise _refused(_("This edition has no action “%(code)s”.") % {"code": code[:40]})
    _must_not_circle(act, list(found.values()))
    act.waits_for.set(found.values())
    return [each.code for each in sorted(found.values(), key=lambda each: (each.position, each.pk))]


def _must_not_circle(act: Action, wanted: list[Action]) -> None:
    edges: dict[int, list[int]] = {}
    through = Action.waits_for.through.objects.filter(from_action__edition_id=act.edition_id)
    for first, then in through.values_list("from_action_id", "to_action_id"):
        edges.setdefault(first, []).append(then)
    for each in wanted:
        if each.pk == act.pk:
            raise _refused(_("An action cannot wait for itself."))
        if _leads_to(each.pk, act.pk, edges):
            raise _refused(
                _("%(code)s waits for this action already, so this one cannot wait for it.") % {"code": each.code}
            )


def _leads_to(start: int, goal: int, edges: dict[int, list[int]]) -> bool:
    seen, waiting = set[int](), [start]
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            waiting += edges.get(at, [])
    return False


def _refused(sentence: str) -> Refused:
    return Refused(sentence, code="waits", fields={"codes": sentence})
