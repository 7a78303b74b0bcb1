"""Starting the next edition: what is unfinished goes on in it, under the same code, linked to where it came from."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _

from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.pack import PROVENANCE
from floreo.core.writing import lock_latest, require_free_code, save
from floreo.strategy.actions.editions import check_edition
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Milestone,
    Objective,
    Participation,
    Pillar,
    Risk,
)
from floreo.strategy.models.editions import LEVEL_WORDS

# Official wording is a document's own, and the next document is not written yet: it is never copied.
_WORDS = ("code", "title", "public_text", "internal_notes", "position", "translations")
_BRANCH = (*_WORDS, "is_implied")
_ACTION = (
    *_WORDS,
    "due_on",
    "expected_on",
    "on_hold_since",
    "on_hold_reason",
    "late_reason",
    "person_id",
    "is_public",
    "own",
    "own_internal",
)
_MILESTONE = ("code", "title", "due_on", "expected_on", "note", "position", "translations")
_RISK = ("title", "likelihood", "impact", "response", "noted_on", "is_public", "translations")


def _copied(thing: object, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(thing, name) for name in names}


def _from(edition: Edition) -> dict[str, object]:
    """Carried rows say where they came from, and wait to be confirmed in the new document."""
    return {
        "source": _("Carried over from “%(title)s”") % {"title": edition.title},
        "doubt": _("Carried over; not checked in the new edition yet."),
    }


_MONEY = (
    "currency",
    "fiscal_year",
    "funder_id",
    "grant_id",
    "stage",
    "note",
    "translations",
    *PROVENANCE,
)


def _carry_money(line: BudgetLine, carried: Action) -> None:
    """Money of years to come goes on, moved and not copied, so that it is counted once. What is spent already stays where
    it was spent, with its payments: then only the rest goes on, as a line of its own."""
    if not line.spent and not line.payments.exists():
        line.action = carried
        save(line)
        return
    rest = line.amount - line.spent
    if rest > 0:
        line.amount = line.spent
        save(line)
        save(BudgetLine(action=carried, amount=rest, **_copied(line, _MONEY)))


def _carry_action(act: Action, objective: Objective, edition: Edition) -> Action:
    starts = max(filter(None, (act.starts_on, edition.starts_on)), default=None)
    if starts and act.due_on and starts > act.due_on:
        starts = act.starts_on  # it should have ended before this edition begins: its dates stay as planned
    carried = Action(
        edition=edition,
        objective=objective,
        carried_from=act,
        starts_on=starts,
        **_copied(act, _ACTION),
        **_from(act.edition),
    )
    save(carried)
    for milestone in act.milestones.filter(reached_on=None):
        save(Milestone(action=carried, **_copied(milestone, _MILESTONE), **_from(act.edition)))
    for risk in act.risks.filter(closed_on=None):
        save(Risk(action=carried, **_copied(risk, _RISK)))
    first = edition.starts_on
    valid = Q(ends_on=None) | Q(ends_on__gte=first) if first else Q(ends_on=None)
    for part in act.participations.filter(valid):
        facts = _copied(part, ("organisation_id", "part", "starts_on", "ends_on", *PROVENANCE))
        save(Participation(action=carried, **facts))
    if first is not None:
        for line in act.budget_lines.filter(fiscal_year__gte=first.year):
            _carry_money(line, carried)
    return carried


def must_not_be_followed(edition: Edition) -> None:
    if Edition.objects.filter(follows=edition).exists():
        raise Refused(_("This edition already has a next edition."), code="followed_already")


@action("edition.followed", needs=Permission.PLAN_EDIT)
def start_next_edition(
    edition: Edition,
    *,
    by: Actor,
    code: str,
    title: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Edition:
    """A new edition in preparation, with the same pillars and objectives and every action that is not done: with its
    open milestones and risks, the parts that still hold, and (moved) the money of years to come. Reports stay where
    they were made; `carried_from` leads to them. Statuses set by hand are not carried: the rules decide again."""
    edition = lock_latest(edition)
    must_not_be_followed(edition)
    following = Edition(
        code=require_free_code(Edition.objects.all(), code),
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        follows=edition,
        **_copied(edition, ("levels", *LEVEL_WORDS)),
    )
    following.translations = {
        code: words
        for code, texts in edition.translations.items()
        if (words := {name: text for name, text in texts.items() if name in LEVEL_WORDS})
    }
    check_edition(following)
    if edition.starts_on and starts_on and starts_on <= edition.starts_on:
        sentence = _("The next edition must begin after the previous one.")
        raise Refused(sentence, code="dates_in_order", fields={"starts_on": sentence})
    save(following)
    carried = dict[int, Action]()  # the new one of each, by the id of the old
    for pillar in edition.pillars.all():
        new_pillar = Pillar(edition=following, **_copied(pillar, _BRANCH), **_from(edition))
        save(new_pillar)
        made: dict[int | None, Objective | None] = {None: None}  # the new one of each, those above first
        for objective in pillar.objectives.order_by(F("above").asc(nulls_first=True), "position", "pk"):
            above = made[objective.above_id]
            new_objective = Objective(pillar=new_pillar, above=above, **_copied(objective, _BRANCH), **_from(edition))
            made[objective.pk] = save(new_objective)
            for act in objective.actions.filter(closed_on=None).select_related("edition"):
                carried[act.pk] = _carry_action(act, new_objective, following)
    for act in Action.objects.filter(pk__in=carried).prefetch_related("waits_for"):
        carried[act.pk].waits_for.set(carried[each.pk] for each in act.waits_for.all() if each.pk in carried)
    note(carried=len(carried), follows=edition.code)
    refresh_statuses(by=SYSTEM, editions=Edition.objects.filter(pk=following.pk), always=True)
    return following


def lineage(act: Action) -> list[Action]:
    """The same work in earlier editions, newest first."""
    found: list[Action] = []
    while act.carried_from_id is not None and len(found) < 20:
        act = Action.objects.select_related("edition").get(pk=act.carried_from_id)
        found.append(act)
    return found
