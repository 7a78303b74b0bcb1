"""What an agenda could hold: read from the plan and from earlier decisions, said in every language of the country."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.access import SYSTEM
from floreo.core.keys import key
from floreo.core.wording import day_text, sentences
from floreo.meetings import presenters
from floreo.meetings.logic import DecisionState, Draft, ItemKind, MinutesState
from floreo.meetings.models import Decision, Meeting
from floreo.strategy.logic import Status
from floreo.strategy.models import Action, Edition
from floreo.strategy.presenters import actions as action_text
from floreo.strategy.queries import current_edition

PROBLEMS = (Status.LATE, Status.STALLED, Status.AT_RISK)  # in the order in which a meeting takes them

Item = tuple[str, str]  # a title and why it is there, in the language that is active


def edition_of(meeting: Meeting) -> Edition | None:
    """The edition whose carrying out the meeting looks at: its committee's, else the one in force."""
    return meeting.committee.edition or current_edition(SYSTEM)


def draft(thing: str, kind: ItemKind, words: Callable[[], Item]) -> Draft:
    """A point said in the country's first language, with its others beside it."""
    sentence: dict[str, Item] = {}
    for language in languages.site():
        with translation.override(language):
            sentence[language] = words()
    (title, text), *_rest = sentence.values()
    others = {code: {"title": t[:300], "text": x} for code, (t, x) in list(sentence.items())[1:]}
    return Draft(thing, kind, title, text, others)


def _last_minutes(meeting: Meeting) -> Iterator[Draft]:
    """Minutes that wait to be approved."""
    waiting = Meeting.objects.filter(
        committee=meeting.committee, minutes_state=MinutesState.CIRCULATED, on__lt=meeting.on
    ).exclude(pk=meeting.pk)
    for earlier in waiting.order_by("on"):

        def words(on: date = earlier.on) -> Item:
            return _("Approve the minutes of %(day)s") % {"day": day_text(on)}, ""

        yield draft(key(earlier), ItemKind.OTHER, words)


def _with_problems(edition: Edition) -> Iterator[Draft]:
    """Actions that are late, stalled or at risk, the longest first."""
    today = clock.today()
    rows = Action.objects.filter(edition=edition, status__in=PROBLEMS).prefetch_related("milestones")
    order = sorted(rows, key=lambda a: (PROBLEMS.index(Status(a.status)), a.status_since or today, a.position, a.pk))
    for act in order:

        def words(act: Action = act) -> Item:
            why = action_text.why(act, act.status_result, act.milestones.all(), today=today)
            reason = act.in_language("on_hold_reason" if act.on_hold_since else "late_reason")
            return f"{act.code} {act.in_language('title')}", sentences(why, reason)

        yield draft(key(act), ItemKind.LATE, words)


def _not_carried_out(meeting: Meeting, edition: Edition) -> Iterator[Draft]:
    """Decisions that wait: asked and not answered, taken and not carried out. The oldest first."""
    rows = Decision.objects.open().filter(edition=edition).exclude(meeting=meeting)
    mine = rows.filter(committee=meeting.committee) | rows.filter(committee=None)
    for decision in mine.order_by(F("due_on").asc(nulls_last=True), "pk").select_related("organisation"):

        def words(decision: Decision = decision) -> Item:
            return f"{decision.number} {decision.in_language('title')}", presenters.waits(decision)

        kind = ItemKind.DECISION if decision.state == DecisionState.ASKED else ItemKind.FOLLOW_UP
        yield draft(key(decision), kind, words)


def drafts_for(meeting: Meeting) -> Iterator[Draft]:
    """Every point that the meeting could take, in order."""
    yield from _last_minutes(meeting)
    edition = edition_of(meeting)
    if edition is not None:
        yield from _with_problems(edition)
        yield from _not_carried_out(meeting, edition)
