"""Who takes part in an action, from a day to a day. Nothing is overwritten: a part ends and another begins."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.wording import day_text
from floreo.core.writing import delete, lock_latest, require_order, require_past, require_text, save
from floreo.organisations.models import Organisation
from floreo.strategy.actions.statuses import recompute_status
from floreo.strategy.models import Action, Part, Participation


def check_participation(part: Participation) -> None:
    """Raises Refused for dates the wrong way round, and for a part that the body, or its successor, has at that time."""
    require_order(part.since, part.until, field="until", named=(_("The first day"), _("the last day")))
    others = Participation.objects.filter(action_id=part.action_id, part=part.part).exclude(pk=part.pk)
    successor = part.organisation.successor().pk
    for other in others.select_related("organisation__merged_into"):
        apart = (other.until and part.since and other.until < part.since) or (
            part.until and other.since and part.until < other.since
        )
        if other.organisation.successor().pk == successor and not apart:
            sentence = _("%(name)s already has this role in this period.") % {"name": part.organisation.name}
            raise Refused(sentence, code="part_taken", fields={"organisation": sentence})


def _must_exist_then(organisation: Organisation, day: date | None) -> None:
    if organisation.merged_into is not None and (day is None or organisation.until is None or day > organisation.until):
        sentence = _("%(name)s is now part of %(successor)s. Choose that one.") % {
            "name": organisation.name,
            "successor": organisation.successor().name,
        }
        raise Refused(sentence, code="organisation_gone", fields={"organisation": sentence})


@action("participation.added", needs=Permission.PLAN_EDIT)
def add_participation(
    act: Action,
    *,
    by: Actor,
    organisation: Organisation,
    part: str = Part.SUPPORT,
    since: date | None = None,
    until: date | None = None,
) -> Participation:
    act = lock_latest(act)
    _must_exist_then(organisation, since)
    row = Participation(action=act, organisation=organisation, part=part, since=since, until=until, confirmed=True)
    check_participation(row)
    save(row)
    return row


@action("participation.ended", needs=Permission.PLAN_EDIT)
def end_participation(part: Participation, *, by: Actor, until: date) -> Participation:
    """The last day of a part that was real; one entered by mistake is removed instead."""
    part = lock_latest(part)
    if part.until is not None and part.until <= until:
        sentence = _("It already ended on %(day)s.") % {"day": day_text(part.until)}
        raise Refused(sentence, code="already_ended", fields={"until": sentence})
    require_past(until, field="until")
    part.until = until
    check_participation(part)
    return save(part)


@action("participation.handed_over", needs=Permission.PLAN_EDIT)
def hand_over_lead(part: Participation, *, by: Actor, to: Organisation, on: date) -> Participation:
    """From `on`, `to` leads in place of `part`'s organisation, which led until the day before."""
    part = lock_latest(part)
    if part.part != Part.LEAD or part.until is not None:
        raise Refused(_("Only an organisation that is the lead today can hand over the lead."), code="not_leading")
    require_past(on, field="on")
    if to.successor().pk == part.organisation.successor().pk:
        sentence = _("This organisation is already the lead. Choose another one.")
        raise Refused(sentence, code="same_organisation", fields={"organisation": sentence})
    _must_exist_then(to, on)
    part.until = on - timedelta(days=1)
    require_order(part.since, part.until, field="on", named=(_("The first day as lead"), _("the last day")))
    save(part)
    following = Participation(
        action=part.action,
        organisation=to,
        part=Part.LEAD,
        since=on,
        confirmed=True,
        source=part.source,
        source_url=part.source_url,
    )
    check_participation(following)
    save(following)
    recompute_status(part.action)
    return following


@action("participation.removed", needs=Permission.PLAN_EDIT)
def remove_participation(part: Participation, *, by: Actor, reason: str) -> None:
    """Removes a part that never was; one that was is ended."""
    part = lock_latest(part)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for removing it.")))
    delete(part)
