"""Messages of exercises with the places that can be marked in them; groups that take an exercise, and the results of simulations."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.awareness.actions.publishing import must_be_draft
from floreo.awareness.logic import MOST_MESSAGES, SMALLEST_GROUP
from floreo.awareness.models import Exercise, ExerciseGroup, Message, SimulationResult, Spot, SpotPart
from floreo.awareness.results_file import GroupResult
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, delete_unless_used, free_code, lock_latest, refuse, require_text, save

RUN = Permission.AWARENESS_RUN
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another on a blackboard


def must_not_be_counted(message: Message) -> None:
    must_be_draft(message.exercise)
    if message.exercise.counts.exists() or message.exercise.groups.filter(takers__gt=0).exists():
        sentence = _(
            "Decisions on this exercise were counted: with another message they would mean something else. Prepare another exercise."
        )
        raise Refused(sentence, code="counted")


def must_take_more(exercise: Exercise) -> None:
    must_be_draft(exercise)
    if exercise.counts.exists() or exercise.groups.filter(takers__gt=0).exists():
        raise Refused(_("Decisions on this exercise were counted, so no message can be added."), code="counted")
    if exercise.messages.count() >= MOST_MESSAGES:
        raise Refused(_("An exercise has at most %(most)d messages.") % {"most": MOST_MESSAGES}, code="full")


def must_be_open(group: ExerciseGroup) -> None:
    if group.is_over:
        raise Refused(_("This group is closed, and its results show. Make another group."), code="closed")


def must_be_removable(group: ExerciseGroup) -> None:
    if group.takers:
        raise Refused(_("Somebody took the exercise in this group, so it cannot be removed."), code="counted")


def _require_message(message: Message) -> None:
    for field, sentence in (
        ("sender_name", _("Enter the name of the sender.")),
        ("sender_address", _("Enter the address of the sender.")),
        ("subject", _("Enter the subject.")),
        ("body", _("Enter the text.")),
        ("explanation", _("Enter the explanation: whoever decided wrongly learns from it.")),
    ):
        require_text(getattr(message, field), field=field, sentence=sentence)
    if bool(message.link_text) != bool(message.link_address):
        sentence = _("A link has words and an address. Enter both, or neither.")
        raise refuse("link_text" if not message.link_text else "link_address", sentence, code="half_a_link")


@action("exercise_message.added", needs=RUN)
def add_message(exercise: Exercise, *, by: Actor, **facts: Any) -> Message:
    fresh = lock_latest(exercise)
    must_take_more(fresh)
    last = fresh.messages.aggregate(last=Max("number"))["last"] or 0
    made = Message(exercise=fresh, number=last + 1)
    assign(made, facts)
    _require_message(made)
    return save(made)


@action("exercise_message.updated", needs=RUN)
def update_message(message: Message, *, by: Actor, version: int | None = None, **facts: Any) -> Message:
    fresh = lock_latest(message, version)
    must_not_be_counted(fresh)
    assign(fresh, facts)
    _require_message(fresh)
    return save(fresh)


@action("exercise_message.removed", needs=RUN)
def remove_message(message: Message, *, by: Actor) -> None:
    must_not_be_counted(message)
    delete(lock_latest(message))


def _require_spot(spot: Spot) -> None:
    message = spot.message
    require_text(spot.explanation, field="explanation", sentence=_("Enter the explanation."))
    if spot.part == SpotPart.BODY:
        texts = {"": (spot.quote, message.body)}
        for language, words in spot.translations.items():
            texts[language] = (str(words.get("quote", "")), message.in_language("body", language))
        for quote, body in texts.values():
            if not quote or quote not in body:
                sentence = _("These words are not in the text of the message. Copy them from it exactly.")
                raise refuse("quote", sentence, code="not_in_the_text")
    has_part = {SpotPart.LINK: bool(message.link_text), SpotPart.ATTACHMENT: bool(message.attachment)}
    if not has_part.get(SpotPart(spot.part), True):
        raise refuse("part", _("The message has no such part."), code="no_such_part")


@action("message_spot.added", needs=RUN)
def add_spot(message: Message, *, by: Actor, **facts: Any) -> Spot:
    fresh = lock_latest(message)
    must_not_be_counted(fresh)
    last = fresh.spots.aggregate(last=Max("number"))["last"] or 0
    made = Spot(message=fresh, number=last + 1)
    assign(made, facts)
    _require_spot(made)
    return save(made)


@action("message_spot.updated", needs=RUN)
def update_spot(spot: Spot, *, by: Actor, version: int | None = None, **facts: Any) -> Spot:
    fresh = lock_latest(spot, version)
    must_not_be_counted(fresh.message)
    assign(fresh, facts)
    _require_spot(fresh)
    return save(fresh)


@action("message_spot.removed", needs=RUN)
def remove_spot(spot: Spot, *, by: Actor) -> None:
    must_not_be_counted(spot.message)
    delete(lock_latest(spot))


# --- Groups -------------------------------------------------------------------------------------------------------


def new_join_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _each in range(8))


def _require_group(group: ExerciseGroup) -> None:
    group.name = require_text(group.name, field="name", sentence=_("Enter the name of the group."))
    if "@" in group.name:
        raise refuse(
            "name", _("A group is an office or a class, and never a person: no e-mail address."), code="person"
        )
    parent = group.parent
    if parent is not None:
        if parent.exercise_id != group.exercise_id:
            raise refuse("parent", _("This group takes another exercise."), code="other_exercise")
        if parent.is_over:  # its total has shown: the difference to a new one would be this group alone
            raise refuse("parent", _("This group is closed, and its results show. Make another group."), code="closed")
        if parent.parent_id is not None or parent.pk == group.pk or (group.pk and group.parts.exists()):
            raise refuse(
                "parent", _("Groups have one level of parts: choose a group that is no part itself."), code="levels"
            )


@action("exercise_group.added", needs=RUN)
def add_group(exercise: Exercise, *, by: Actor, name: str, **facts: Any) -> ExerciseGroup:
    """A group with its join code. Results show once it is closed, from a smallest number of takers."""
    fresh = lock_latest(exercise)
    made = ExerciseGroup(exercise=fresh, code=free_code(ExerciseGroup, name), join_code=new_join_code())
    assign(made, {"name": name, **facts})
    _require_group(made)
    if made.ends_on is None or made.ends_on < clock.today():
        raise refuse("ends_on", _("Enter today or a later day."), code="past")
    return save(made)


@action("exercise_group.updated", needs=RUN)
def update_group(group: ExerciseGroup, *, by: Actor, version: int | None = None, **facts: Any) -> ExerciseGroup:
    fresh = lock_latest(group, version)
    must_be_open(fresh)
    assign(fresh, facts)
    _require_group(fresh)
    return save(fresh)


@action("exercise_group.ended", needs=RUN)
def close_group(group: ExerciseGroup, *, by: Actor) -> ExerciseGroup:
    """Nobody joins any more: only then its results show, so that no two looks differ by one person."""
    fresh = lock_latest(group)
    must_be_open(fresh)
    fresh.closed_on = clock.today()
    return save(fresh)


@action("exercise_group.removed", needs=RUN)
def remove_group(group: ExerciseGroup, *, by: Actor) -> None:
    fresh = lock_latest(group)
    must_be_removable(fresh)
    delete_unless_used(
        fresh, _("Other groups are part of it, or results were imported for it, so it cannot be removed.")
    )


@action("simulation_results.imported", needs=RUN)
def import_results(exercise: Exercise, *, by: Actor, rows: Iterable[GroupResult], source: str) -> int:
    """Counts of a simulation tool. A group and day that are here already are replaced. Returns how many rows."""
    words = require_text(source, field="source", sentence=_("Enter the source: which tool, run by whom."))
    groups = {each.code: each for each in exercise.groups.all()}
    given = list(rows)
    for row in given:
        group = groups.get(row.group)
        if group is None:
            raise Refused(_("A group of the file is not one of this exercise."), code="unknown_group")
        found = SimulationResult.objects.filter(group=group, held_on=row.held_on).first()
        made = lock_latest(found) if found is not None else SimulationResult(group=group, held_on=row.held_on)
        facts = {"sent": row.sent, "opened": row.opened, "clicked": row.clicked, "reported": row.reported}
        assign(made, {**facts, "source": words})
        save(made)
    _require_no_small_rest(groups.values(), {row.held_on for row in given})
    note(rows=len(given))
    return len(given)


def _require_no_small_rest(groups: Collection[ExerciseGroup], days: Collection[date]) -> None:
    """Refuses counts of a whole and of its parts on one day that leave so few people that their results are the difference."""
    sent = dict[tuple[int, date], int]()
    rows = SimulationResult.objects.filter(group__in=[each.pk for each in groups], held_on__in=list(days))
    for group, day, number in rows.values_list("group", "held_on", "sent"):
        sent[group, day] = number
    for whole in groups:
        parts = [each.pk for each in groups if each.parent_id == whole.pk]
        for day in days:
            found = [sent[part, day] for part in parts if (part, day) in sent]
            if found and 0 < sent.get((whole.pk, day), 0) - sum(found) < SMALLEST_GROUP:
                sentence = _(
                    "“%(name)s” and its parts leave fewer than %(n)d people, whose results could be computed. Leave out the whole, or a part."
                )
                raise Refused(sentence % {"name": whole.name, "n": SMALLEST_GROUP}, code="small_rest")


@action("simulation_results.removed", needs=RUN)
def remove_result(result: SimulationResult, *, by: Actor) -> None:
    delete(lock_latest(result))
