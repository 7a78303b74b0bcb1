"""The team's rules: one table, in order, each off until somebody switches it on."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Missing, Refused
from floreo.core.writing import assign, delete, lock_latest, refuse, require_name, save
from floreo.feeds.actions.claiming import rule_row
from floreo.feeds.engine.rules import validate
from floreo.feeds.models import FeedRule
from floreo.feeds.presenters.rules import wrong_sentence
from floreo.organisations.models import ContactRole


class Facts(TypedDict, total=False):
    """What a rule says."""

    when: list[dict[str, Any]]
    does: str
    field: str
    value: str
    reason: str


class Changes(Facts, total=False):
    """What may be changed of it."""

    name: str


@action("feed_rule.made", needs=Permission.FEED_RUN)
def make_rule(name: str, *, by: Actor, **facts: Unpack[Facts]) -> FeedRule:
    """Last in the order, and off: it is looked at first, on yesterday's file."""
    rule = FeedRule()
    assign(rule, {**facts, "name": name})
    rule.position = (FeedRule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    _check(rule)
    return save(rule)


@action("feed_rule.changed", needs=Permission.FEED_RUN)
def change_rule(rule: FeedRule, *, by: Actor, version: int | None = None, **facts: Unpack[Changes]) -> FeedRule:
    fresh = lock_latest(rule, version)
    assign(fresh, facts)
    _check(fresh)
    return save(fresh)


@action("feed_rule.switched", needs=Permission.FEED_RUN)
def switch_rule(rule: FeedRule, *, by: Actor, is_on: bool) -> FeedRule:
    fresh = lock_latest(rule)
    if is_on:
        _check(fresh)
    fresh.is_on = is_on
    return save(fresh)


@action("feed_rule.moved", needs=Permission.FEED_RUN, quiet=True)
def move_rule(rule: FeedRule, *, by: Actor, up: bool) -> None:
    """One place up or down: the order decides, since each rule sees what those before it left."""
    rows = list(FeedRule.objects.select_for_update().order_by("position", "pk"))
    place = next((n for n, row in enumerate(rows) if row.pk == rule.pk), None)
    if place is None:
        raise Missing(_("This was removed while you worked. Go back and reload the page."))
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
        save(row)


@action("feed_rule.removed", needs=Permission.FEED_RUN)
def remove_rule(rule: FeedRule, *, by: Actor) -> None:
    delete(lock_latest(rule))


def _check(rule: FeedRule) -> None:
    require_name(rule)
    if not rule.reason:
        raise refuse("reason", _("Give the reason, for people who read the table later."), code="missing")
    if wrong := validate(rule_row(rule)):
        sentences = [wrong_sentence(each) for each in wrong]
        raise Refused(" ".join(sentences), code=wrong[0].code, fields={"when": " ".join(sentences)})
    if rule.does == "route" and rule.value not in ContactRole.values:
        raise refuse("value", _("Choose the contact role that receives it."))
