"""Reads of reviews used more than once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet

from floreo.organisations.models import Organisation, Person
from floreo.reviews.logic import ANSWERED, AnswerState, RequestState
from floreo.reviews.models import Answer, Review, ReviewState, Rhythm, UpdateRequest
from floreo.strategy.models import Action, Edition, EditionPart, LeadRole, Participation, Update

Leads = dict[int, list[Organisation]]  # by an action's id


@dataclass
class Group:
    """One lead and all that they are asked about."""

    organisation: Organisation | None
    person: Person | None
    actions: list[Action] = field(default_factory=list)


def open_actions(edition: Edition, until: date) -> QuerySet[Action]:
    """What is asked about: actions that have begun by `until` and are not closed, internal ones among them."""
    begun = Q(starts_on=None) | Q(starts_on__lte=until)
    rows = Action.objects.filter(begun, edition=edition, closed_on=None)
    return rows.select_related("person__organisation").order_by("position", "pk")


def leads_of(actions: Iterable[Action], day: date) -> Leads:
    """Who leads each today, the successors of merged bodies in their place; the one entered first comes first."""
    rows = Participation.objects.filter(action__in=[a.pk for a in actions], part=LeadRole.LEAD)
    current = rows.exclude(ends_on__lt=day).exclude(starts_on__gt=day)
    found: Leads = defaultdict(list)
    for part in current.select_related("organisation__merged_into").order_by("pk"):
        found[part.action_id].append(part.organisation.successor())
    return dict(found)


def _asked_person(act: Action) -> Person | None:
    """The person who answers for it, when they are there and can be written to."""
    return act.person if act.person and act.person.is_active and act.person.email else None


def groups_of(edition: Edition, *, until: date, day: date) -> tuple[list[Group], list[Action]]:
    """Whom to ask about what: one group a person, else one a lead organisation; and the actions that nobody leads."""
    actions = list(open_actions(edition, until))
    leads, unled = leads_of(actions, day), []
    groups: dict[tuple[str, int], Group] = {}
    for act in actions:
        person, bodies = _asked_person(act), leads.get(act.pk, [])
        if person is not None:
            groups.setdefault(("person", person.pk), Group(None, person)).actions.append(act)
        elif bodies:
            groups.setdefault(("body", bodies[0].pk), Group(bodies[0], None)).actions.append(act)
        else:
            unled.append(act)
    for group in groups.values():
        group.organisation = group.organisation or _speaks_for(group, leads)
    return list(groups.values()), unled


def _speaks_for(group: Group, leads: Leads) -> Organisation | None:
    """The body that leads most of what the person is asked about; where nobody leads, the person's own."""
    bodies = [body for act in group.actions for body in leads.get(act.pk, [])]
    if bodies:
        return Counter(bodies).most_common(1)[0][0]
    own = group.person.organisation if group.person else None
    return own.successor() if own else None


def actions_of(requests: Iterable[UpdateRequest]) -> dict[int, list[Action]]:
    """What each is asked about, by the ask's id, in one query."""
    rows = UpdateRequest.actions.through._default_manager.filter(
        updaterequest__in=[a.pk for a in requests]
    ).select_related("action__edition")
    found: dict[int, list[Action]] = defaultdict(list)
    for link in rows.order_by("action__position", "action__pk"):
        found[link.updaterequest_id].append(link.action)
    return dict(found)


def current_answers(update_request: UpdateRequest) -> dict[int, Answer]:
    """The newest answer of each action, by the action's id."""
    return {
        a.action_id: a for a in update_request.answers.select_related("action__edition", "update").order_by("number")
    }


def last_updates(actions: Iterable[Action], *, before: Iterable[int] = ()) -> dict[int, Update]:
    """What was last said of each action, by its id, in one query."""
    rows = Update.objects.filter(action__in=[a.pk for a in actions]).exclude(pk__in=list(before))
    return {u.action_id: u for u in rows.order_by("on", "pk")}


def requests_of(review: Review) -> QuerySet[UpdateRequest]:
    """A review's asks with all that a list says of them."""
    answers = Answer.objects.select_related("action__edition", "update").order_by("action__position", "number")
    return (
        UpdateRequest.objects.filter(review=review)
        .select_related("review__edition", "organisation", "person", "deputy")
        .prefetch_related("actions", Prefetch("answers", answers))
        .annotate(asked_about=Count("actions", distinct=True))
    )


def counts(review: Review) -> tuple[int, int]:
    """How many have answered, of how many that were asked."""
    states = list(review.requests.order_by().values_list("state", flat=True))
    return sum(state in ANSWERED for state in states), len(states)


def unanswered(requests: QuerySet[UpdateRequest]) -> QuerySet[UpdateRequest]:
    return requests.exclude(state__in=[RequestState.SUBMITTED, RequestState.APPROVED])


def to_decide(review: Review | None = None) -> QuerySet[Answer]:
    """Answers that wait for somebody to approve them or return them, the longest waiting first."""
    rows = Answer.objects.filter(state=AnswerState.SUBMITTED, update_request__review__state=ReviewState.OPEN)
    rows = rows if review is None else rows.filter(update_request__review=review)
    return rows.select_related(
        "action__edition",
        "update_request__review__edition",
        "update_request__organisation",
        "update_request__person",
        "update_request__deputy",
    ).order_by("reported_on", "pk")


def unchanged_to_decide(review: Review) -> list[Answer]:
    """Updates that wait and say that nothing changed, and nothing else: no value, no milestone, no evidence, no note."""
    return [each for each in to_decide(review).filter(nothing_changed=True) if is_unchanged(each)]


def is_unchanged(answer: Answer) -> bool:
    """Whether it says that nothing changed, and nothing else that somebody would have to read."""
    more = (answer.done, answer.next, answer.risks, answer.internal_note)
    return answer.nothing_changed and not any(
        (*more, answer.milestones, answer.expected, answer.figures, answer.evidence)
    )


def unasked(review: Review) -> list[Action]:
    """Open actions of the edition about which nobody is asked, because nobody leads them or they are new."""
    asked = Action.objects.filter(requests__review=review).values("pk")
    return list(open_actions(review.edition, review.ends_on).exclude(pk__in=asked))


def rhythm_of(edition: Edition) -> Rhythm:
    """The edition's rhythm; where none is set, the usual one, not running."""
    return Rhythm.objects.filter(edition=edition).first() or Rhythm(edition=edition, is_on=False)


def reply_address(edition: Edition, rhythm: Rhythm | None = None) -> str:
    """Whom leads may write to: as set with the rhythm, else who coordinates the edition, else the sender."""
    rhythm = rhythm or rhythm_of(edition)
    if rhythm.reply_to:
        return rhythm.reply_to
    for part in (EditionPart.COORDINATED, EditionPart.LED):
        for body in edition.bodies.filter(part=part).select_related("organisation__merged_into").order_by("pk"):
            if body.organisation.successor().email:
                return body.organisation.successor().email
    return str(settings.DEFAULT_FROM_EMAIL)


def open_requests_about(act: Action) -> list[UpdateRequest]:
    """Who is being asked about an action now."""
    rows = UpdateRequest.objects.filter(actions=act, review__state=ReviewState.OPEN)
    return list(rows.select_related("review__edition", "organisation", "person", "deputy"))
