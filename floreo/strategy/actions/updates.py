"""What the lead says of an action. Said once and kept: a mistake is fixed by saying the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_past, save
from floreo.strategy.actions.statuses import recompute_status
from floreo.strategy.models import Action, Milestone, Update


@action("update.added", needs=Permission.PLAN_UPDATE, quiet=True)
def add_update(
    act: Action,
    *,
    by: Actor,
    done: str = "",
    next: str = "",  # noqa: A002 -- the word the form, the model and the reader use
    risks: str = "",
    nothing_changed: bool = False,
    reached: Sequence[Milestone] = (),
    on: date | None = None,
    is_public: bool = True,
) -> Update:
    """Done, next and risks on a day, with the milestones reached by then; or that nothing changed. The very same
    sent twice counts once: an update can never be changed."""
    act, on = lock_latest(act), on or clock.today()
    require_past(on, field="on")
    text = {"done": done.strip(), "next": next.strip(), "risks": risks.strip()}
    if nothing_changed and (any(text.values()) or reached):
        sentence = _("You selected “nothing changed” and also entered a change. Remove one of the two.")
        raise Refused(sentence, code="contradiction", fields={"nothing_changed": sentence})
    if not nothing_changed and not any(text.values()) and not reached:
        sentence = _("Describe what was done, or select “nothing changed”.")
        raise Refused(sentence, code="missing", fields={"done": sentence})
    twin = _twin(act, on=on, by=by, is_public=is_public, nothing_changed=nothing_changed, text=text)
    if twin is not None and all(lock_latest(m).reached_on == on for m in reached):
        return twin
    for milestone in reached:
        if milestone.action_id != act.pk:
            raise Refused(_("This milestone belongs to another action."), code="other_action")
        fresh = lock_latest(milestone)
        fresh.reached_on, fresh.expected_on = on, None
        save(fresh)
    update = Update(
        action=act, on=on, nothing_changed=nothing_changed, reported_by=by.actor_name, is_public=is_public, **text
    )
    save(update)
    recompute_status(act)
    return update


def _twin(
    act: Action, *, on: date, by: Actor, is_public: bool, nothing_changed: bool, text: Mapping[str, str]
) -> Update | None:
    """The newest update, when the same person said exactly this in it."""
    last = act.updates.order_by("-pk").first()
    if last is None:
        return None
    facts = {"on": on, "reported_by": by.actor_name, "is_public": is_public, "nothing_changed": nothing_changed, **text}
    return last if all(getattr(last, name) == value for name, value in facts.items()) else None
