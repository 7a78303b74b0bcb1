"""Writing decisions: taking them, asking for them, turning them into work, and saying what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key, things_of
from floreo.core.writing import assign, lock_latest, require_past, require_text, save
from floreo.meetings.actions.calling import must_not_be_cancelled, must_not_be_frozen
from floreo.meetings.logic import DecisionState, may_become, next_number
from floreo.meetings.models import AgendaItem, Committee, Decision, Meeting
from floreo.meetings.queries import done_on
from floreo.organisations.models import Organisation, Person
from floreo.strategy.actions.actions import add_action
from floreo.strategy.actions.milestones import add_milestone
from floreo.strategy.actions.participations import add_participation
from floreo.strategy.models import Action, Edition, LeadRole, Milestone, Objective


class DecisionFacts(TypedDict, total=False):
    title: str
    text: str
    about: str
    organisation: Organisation | None
    person: Person | None
    due_on: date | None
    is_public: bool
    translations: dict[str, dict[str, str]]


def _check(decision: Decision) -> None:
    decision.title = require_text(decision.title, field="title", sentence=_("Enter the decision in a few words."))
    person, body = decision.person, decision.organisation
    if person is not None and (
        body is None or person.organisation is None or person.organisation.successor().pk != body.successor().pk
    ):
        sentence = _("The register does not list %(name)s under that organisation.") % {"name": person.name}
        raise Refused(sentence, code="other_body", fields={"person": sentence})


def _day_of(meeting: Meeting | None, item: AgendaItem | None) -> date:
    if meeting is None and item is not None:
        meeting = item.meeting
    return meeting.on if meeting else clock.today()


def _new(
    edition: Edition, *, on: date, committee: Committee | None, meeting: Meeting | None, item: AgendaItem | None
) -> Decision:
    """A decision with the next number of its year, in its place. Numbers are given one after another: the edition is held."""
    lock_latest(edition)
    if item is not None:
        meeting = meeting or item.meeting
        if item.meeting_id != meeting.pk:
            raise Refused(_("This item is on the agenda of another meeting."), code="other_meeting")
    if meeting is not None:
        meeting = lock_latest(meeting)
        must_not_be_frozen(meeting)
        must_not_be_cancelled(meeting)
        committee = meeting.committee
    number = next_number(Decision.objects.values_list("number", flat=True), on.year)
    return Decision(number=number, edition=edition, committee=committee, meeting=meeting, item=item)


@action("decision.taken", needs=Permission.MEETING_RUN)
def take_decision(
    edition: Edition,
    *,
    by: Actor,
    committee: Committee | None = None,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    on: date | None = None,
    **facts: Unpack[DecisionFacts],
) -> Decision:
    """Something a committee decided: who carries it out, and by when."""
    on = on or _day_of(meeting, item)
    require_past(on, field="on")
    decision = _new(edition, on=on, committee=committee, meeting=meeting, item=item)
    decision.state, decision.taken_on = DecisionState.TAKEN, on
    decision.about = item.thing if item else ""
    assign(decision, facts)
    _check(decision)
    return save(decision)


@action("decision.asked", needs=Permission.MEETING_RUN)
def ask_decision(
    edition: Edition,
    *,
    by: Actor,
    addressed_to: str,
    committee: Committee | None = None,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
    on: date | None = None,
    **facts: Unpack[DecisionFacts],
) -> Decision:
    """A decision asked of somebody outside, named by post: it is on the minister's page until it is answered."""
    on = on or _day_of(meeting, item)
    require_past(on, field="on")
    decision = _new(edition, on=on, committee=committee, meeting=meeting, item=item)
    decision.state, decision.asked_on = DecisionState.ASKED, on
    decision.about = item.thing if item else ""
    assign(decision, facts)
    decision.addressed_to = addressed_to.strip()
    _must_be_asked_of_somebody(decision)
    _check(decision)
    return save(decision)


@action("decision.updated", needs=Permission.MEETING_RUN)
def update_decision(
    decision: Decision,
    *,
    by: Actor,
    version: int | None = None,
    addressed_to: str | None = None,
    **facts: Unpack[DecisionFacts],
) -> Decision:
    """Who carries it out, by when, whether the public reads it. What was decided stays as the approved minutes say it."""
    decision = lock_latest(decision, version)
    if decision.meeting is not None and decision.meeting.is_frozen:
        for name in ("title", "text"):
            if name in facts and facts[name].strip() != getattr(decision, name):
                raise Refused(
                    _(
                        "The minutes with this decision are approved, so its text cannot change. Record a new decision, "
                        "or correct the minutes."
                    ),
                    code="approved",
                )
    assign(decision, facts)
    if addressed_to is not None:
        decision.addressed_to = addressed_to.strip()
    if decision.state == DecisionState.ASKED:
        _must_be_asked_of_somebody(decision)
    _check(decision)
    return save(decision)


def _must_be_asked_of_somebody(decision: Decision) -> None:
    require_text(
        decision.addressed_to,
        field="addressed_to",
        sentence=_("Enter the post of the person who is asked, for example Minister."),
    )


def _must_become(decision: Decision, state: DecisionState) -> None:
    if not may_become(decision.state, state):
        words = {"number": decision.number, "state": decision.get_state_display()}
        raise Refused(
            _("The state of %(number)s is “%(state)s”, so this change is not possible.") % words, code="wrong_state"
        )


def must_be_asked(decision: Decision) -> None:
    if decision.state != DecisionState.ASKED:
        raise Refused(_("It is not waiting for an answer."), code="wrong_state")


def must_be_droppable(decision: Decision) -> None:
    _must_become(decision, DecisionState.DROPPED)


def must_be_doable(decision: Decision) -> None:
    """For what is carried out by word of its body, not by the plan."""
    if decision.became:
        raise Refused(
            _("This decision became part of the plan. It is carried out when that part is done."), code="became"
        )
    _must_become(decision, DecisionState.CARRIED_OUT)


def must_be_turnable(decision: Decision) -> None:
    """For what becomes part of the plan."""
    if decision.became:
        raise Refused(_("It is already part of the plan. Open the part that it became."), code="already_became")
    if decision.state != DecisionState.TAKEN:
        raise Refused(
            _("Only a decision that was taken and not yet carried out can become part of the plan."), code="wrong_state"
        )


@action("decision.answered", needs=Permission.MEETING_RUN)
def answer_decision(
    decision: Decision, *, by: Actor, is_taken: bool, answer: str = "", on: date | None = None
) -> Decision:
    """What the one who was asked decided. A no comes with its reason."""
    decision, on = lock_latest(decision), on or clock.today()
    state = DecisionState.TAKEN if is_taken else DecisionState.REFUSED
    must_be_asked(decision)
    require_past(on, field="on")
    if not is_taken:
        answer = require_text(answer, field="answer", sentence=_("Give the reason for the refusal."))
    decision.state, decision.taken_on = state, on
    decision.set_text("answer", answer.strip())
    return save(decision)


@action("decision.carried_out", needs=Permission.PLAN_UPDATE)
def carry_out_decision(decision: Decision, *, by: Actor, on: date | None = None, answer: str = "") -> Decision:
    """It is done. The body that carries it out may say so; what became an action or a milestone is done when that is."""
    decision, on = lock_latest(decision), on or clock.today()
    must_be_doable(decision)
    require_past(on, field="on")
    decision.state, decision.done_on = DecisionState.CARRIED_OUT, on
    if answer.strip():
        decision.set_text("answer", answer.strip())
    return save(decision)


@action("decision.discarded", needs=Permission.MEETING_RUN)
def discard_decision(decision: Decision, *, by: Actor, reason: str, on: date | None = None) -> Decision:
    """It is no longer wanted, for a reason."""
    decision = lock_latest(decision)
    must_be_droppable(decision)
    reason = require_text(reason, field="reason", sentence=_("Give the reason for discarding it."))
    decision.state, decision.done_on = DecisionState.DROPPED, on or clock.today()
    decision.set_text("answer", reason)
    note(reason=reason)
    return save(decision, at={"answer": "reason"})


def _to_convert(decision: Decision) -> Decision:
    decision = lock_latest(decision)
    must_be_turnable(decision)
    return decision


@action("decision.became_action", needs=Permission.MEETING_RUN)
def become_action(
    decision: Decision, *, by: Actor, objective: Objective, code: str, title: str = "", due_on: date | None = None
) -> Action:
    """The decision becomes an action of the plan, led by the body that carries it out. It is done when that is."""
    decision = _to_convert(decision)
    if objective.pillar.edition_id != decision.edition_id:
        sentence = _("That is in a different edition from the decision.")
        raise Refused(sentence, code="other_edition", fields={"objective": sentence})
    if decision.organisation is None:
        raise Refused(_("Choose first who carries it out: an action needs a lead."), code="no_owner")
    act = add_action(
        objective,
        by=by,
        code=code,
        title=title.strip() or decision.title,
        public_text=decision.text,
        starts_on=decision.taken_on,
        due_on=due_on or decision.due_on,
        person=decision.person,
        is_public=decision.is_public,
        translations=_titles(decision, title),
        source=_source(decision),
    )
    add_participation(
        act, by=by, organisation=decision.organisation.successor(), part=LeadRole.LEAD, starts_on=decision.taken_on
    )
    _became(decision, act)
    return act


@action("decision.became_milestone", needs=Permission.MEETING_RUN)
def become_milestone(
    decision: Decision, *, by: Actor, act: Action, title: str = "", due_on: date | None = None
) -> Milestone:
    """The decision becomes a milestone of an action; whoever leads that carries it out. It is done when that is reached."""
    decision = _to_convert(decision)
    if act.edition_id != decision.edition_id:
        sentence = _("This action belongs to a different edition from the decision.")
        raise Refused(sentence, code="other_edition", fields={"act": sentence})
    milestone = add_milestone(
        act,
        by=by,
        title=title.strip() or decision.title,
        due_on=due_on or decision.due_on,
        translations=_titles(decision, title),
        source=_source(decision),
    )
    _became(decision, milestone)
    return milestone


def _titles(decision: Decision, title: str) -> dict[str, dict[str, str]]:
    """The decision's own title in other languages, unless it was given another one."""
    if title.strip() and title.strip() != decision.title:
        return {}
    return {code: {"title": t["title"]} for code, t in decision.translations.items() if t.get("title")}


def _source(decision: Decision) -> str:
    body = decision.committee.name if decision.committee else ""
    return f"{body}, {decision.number}".removeprefix(", ")


def _became(decision: Decision, thing: Action | Milestone) -> None:
    decision.became, decision.due_on = key(thing), decision.due_on or thing.due_on
    save(decision)


@action("decisions.settled", needs=None, quiet=True)
def settle_decisions(*, by: Actor, decisions: Iterable[Decision] | None = None) -> int:
    """What became part of the plan is carried out when that is done, and open again when that is. Called by the worker:
    it says nothing that the plan does not say, so anybody may start it. Returns how many changed."""
    rows = Decision.objects.exclude(became="").filter(state__in=(DecisionState.TAKEN, DecisionState.CARRIED_OUT))
    found = list(rows if decisions is None else decisions)
    things, changed = things_of(d.became for d in found), 0
    for decision in found:
        thing = things.get(decision.became)
        if thing is None:
            continue
        done = done_on(thing)
        state = DecisionState.CARRIED_OUT if done else DecisionState.TAKEN
        if (decision.state, decision.done_on) != (state, done):
            decision.state, decision.done_on = state, done
            save(decision)
            changed += 1
    return changed
