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
from floreo.strategy.models import Action, LeadRole, Participation


def check_participation(part: Participation) -> None:
    """Raises Refused for dates the wrong way round, and for a part that the body, or its successor, has at that time."""
    require_order(part.starts_on, part.ends_on, field="ends_on", named=(_("The first day"), _("the last day")))
    others = Participation.objects.filter(action_id=part.action_id, part=part.part).exclude(pk=part.pk)
    successor = part.organisation.successor().pk
    for other in others.select_related("organisation__merged_into"):
        apart = (other.ends_on and part.starts_on and other.ends_on < part.starts_on) or (
            part.ends_on and other.starts_on and part.ends_on < other.starts_on
        )
        if other.organisation.successor().pk == successor and not apart:
            sentence = _("%(name)s already has this role in this period.") % {"name": part.organisation.name}
            raise Refused(sentence, code="part_taken", fields={"organisation": sentence})


def _must_exist_then(organisation: Organisation, day: date | None) -> None:
    if organisation.merged_into is not None and (
        day is None or organisation.ends_on is None or day > organisation.ends_on
    ):
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
    part: str = LeadRole.SUPPORT,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Participation:
    act = lock_latest(act)
    _must_exist_then(organisation, starts_on)
    row = Participation(
        action=act, organisation=organisation, part=part, starts_on=starts_on, ends_on=ends_on, confirmed=True
    )
    check_participation(row)
    save(row)
    return row


@action("participation.ended", needs=Permission.PLAN_EDIT)
def end_participation(part: Participation, *, by: Actor, ends_on: date) -> Participation:
    """The last day of a part that was real; one entered by mistake is removed instead."""
    part = lock_latest(part)
    if part.ends_on is not None and part.ends_on <= ends_on:
        sentence = _("It already ended on %(day)s.") % {"day": day_text(part.ends_on)}
        raise Refused(sentence, code="already_ended", fields={"ends_on": sentence})
    require_past(ends_on, field="ends_on")
    part.ends_on = ends_on
    check_participation(part)
    return save(part)


def must_be_leading(part: Participation) -> None:
    if part.part != LeadRole.LEAD or part.ends_on is not None:
        raise Refused(_("Only an organisation that is the lead today can hand over the lead."), code="not_leading")


@action("participation.handed_over", needs=Permission.PLAN_EDIT)
def hand_over_lead(part: Participation, *, by: Actor, to: Organisation, on: date) -> Participation:
    """From `on`, `to` leads in place of `part`'s organisation, which led until the day before."""
    part = lock_latest(part)
    must_be_leading(part)
    require_past(on, field="on")
    if to.successor().pk == part.organisation.successor().pk:
        sentence = _("This organisation is already the lead. Choose another one.")
        raise Refused(sentence, code="same_organisation", fields={"organisation": sentence})
    _must_exist_then(to, on)
    part.ends_on = on - timedelta(days=1)
    require_order(part.starts_on, part.ends_on, field="on", named=(_("The first day as lead"), _("the last day")))
    save(part)
    following = Participation(
        action=part.action,
        organisation=to,
        part=LeadRole.LEAD,
        starts_on=on,
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
