"""Running an exercise: start, pause, go on, send or skip an inject, end. The clock sends what is due; a person may send it before."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_text, save, save_many
from floreo.tabletops import recipients
from floreo.tabletops.actions.planning import must_become
from floreo.tabletops.logic import (
    CLOSE_PAUSED_AFTER,
    EVALUATE_WITHIN,
    IS_ON,
    InjectState,
    ParticipantState,
    State,
    closes_at,
    due,
)
from floreo.tabletops.mails import change_mails, inject_mail
from floreo.tabletops.models import RUN, Delivery, Inject, Tabletop


def must_be_startable(tabletop: Tabletop) -> None:
    must_become(tabletop, State.RUNNING)
    if tabletop.state != State.PLANNED:
        raise Refused(_("The exercise has begun."), code="begun")
    if not tabletop.injects.exists():
        raise Refused(_("The exercise has no inject yet. Add one first."), code="no_inject")
    if not tabletop.participants.filter(state=ParticipantState.ACCEPTED).exists():
        raise Refused(_("Nobody has accepted yet. Participants accept by their own link."), code="nobody")


@action("tabletop.started", needs=RUN)
def start_tabletop(tabletop: Tabletop, *, by: Actor) -> Tabletop:
    """The clock begins. What is planned for minute 0 is sent at once."""
    fresh = lock_latest(tabletop)
    must_be_startable(fresh)
    fresh.state, fresh.started_at = State.RUNNING, clock.now()
    saved = save(fresh)
    _send_due(saved)
    return saved


def must_be_running(tabletop: Tabletop) -> None:
    if tabletop.state == State.PAUSED:
        raise Refused(_("The exercise is paused. Let it go on first."), code="paused")
    if tabletop.state != State.RUNNING:
        raise Refused(_("The exercise is not running."), code="not_running")


def must_be_paused(tabletop: Tabletop) -> None:
    if tabletop.state != State.PAUSED:
        raise Refused(_("The exercise is not paused."), code="not_paused")


def must_be_on(tabletop: Tabletop) -> None:
    if tabletop.state not in IS_ON:
        raise Refused(_("The exercise is not running."), code="not_running")


@action("tabletop.paused", needs=RUN)
def pause_tabletop(tabletop: Tabletop, *, by: Actor) -> Tabletop:
    """The clock is stopped and nothing is sent until it goes on. What waits in the outbox is sent: it was due before."""
    fresh = lock_latest(tabletop)
    must_be_running(fresh)
    fresh.state, fresh.paused_at = State.PAUSED, clock.now()
    saved = save(fresh)
    outbox.post_all(change_mails(saved, what="paused"))
    return saved


@action("tabletop.resumed", needs=RUN)
def resume_tabletop(tabletop: Tabletop, *, by: Actor) -> Tabletop:
    fresh = lock_latest(tabletop)
    must_be_paused(fresh)
    _go_on(fresh)
    saved = save(fresh)
    outbox.post_all(change_mails(saved, what="resumed"))
    return saved


def _go_on(tabletop: Tabletop) -> None:
    assert tabletop.paused_at is not None
    tabletop.paused_seconds += max(int((clock.now() - tabletop.paused_at).total_seconds()), 0)
    tabletop.state, tabletop.paused_at = State.RUNNING, None


# --- Injects ------------------------------------------------------------------------------------------------------


def must_be_sendable(inject: Inject) -> None:
    must_be_running(inject.tabletop)
    _must_wait(inject)


def _must_wait(inject: Inject) -> None:
    if inject.is_sent:
        raise Refused(_("This inject was sent already. It is sent once."), code="sent")
    if not inject.is_waiting:
        raise Refused(_("This inject was skipped."), code="skipped")


def must_be_skippable(inject: Inject) -> None:
    must_be_on(inject.tabletop)
    _must_wait(inject)


def _locked(inject: Inject) -> Inject:
    """The exercise first, then the inject: two who press at once come one after the other."""
    tabletop = lock_latest(inject.tabletop)
    fresh = lock_latest(inject)
    fresh.tabletop = tabletop
    return fresh


@action("inject.sent", needs=RUN)
def send_inject(inject: Inject, *, by: Actor) -> Inject:
    """By hand, whatever its minute. Of two who send it at once, the second reads that it was sent."""
    fresh = _locked(inject)
    must_be_sendable(fresh)
    return _send(fresh, by=by.actor_name)


@action("inject.skipped", needs=RUN)
def skip_inject(inject: Inject, *, by: Actor, reason: str) -> Inject:
    """It is not sent, and what was expected upon it does not count."""
    fresh = _locked(inject)
    must_be_skippable(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Give the reason."))
    fresh.state = InjectState.SKIPPED
    return save(fresh)


def _send(inject: Inject, *, by: str = "") -> Inject:
    """Within an action; the exercise and the inject are locked."""
    tabletop = inject.tabletop
    inject.state, inject.sent_at = InjectState.SENT, clock.now()
    inject.sent_minute, inject.sent_by = tabletop.minute, by[:200]
    saved = save(inject)
    by_mail = {each.pk for each in recipients.recipients(tabletop)}
    rows = [
        Delivery(inject=saved, participant=each, by_mail=each.pk in by_mail)
        for each in tabletop.participants.filter(state=ParticipantState.ACCEPTED)
    ]
    save_many(rows, model=Delivery)
    for row in rows:
        row.participant.tabletop = tabletop
    outbox.post_all([inject_mail(row, saved) for row in rows if row.by_mail])
    return saved


def _send_due(tabletop: Tabletop) -> int:
    waiting = list(tabletop.injects.select_for_update().filter(state=InjectState.WAITING))
    found = due(waiting, tabletop.minute)
    for inject in found:
        inject.tabletop = tabletop  # type: ignore[attr-defined]  # what is due are the injects that were given
        _send(inject)  # type: ignore[arg-type]  # as above
    return len(found)


# --- The end ------------------------------------------------------------------------------------------------------


@action("tabletop.ended", needs=RUN)
def end_tabletop(tabletop: Tabletop, *, by: Actor) -> Tabletop:
    """The exercise is over: no inject is sent any more, participants can write what they learnt, and it is to be evaluated."""
    fresh = lock_latest(tabletop)
    must_be_on(fresh)
    return _end(fresh)


def _end(tabletop: Tabletop, *, by_itself: bool = False) -> Tabletop:
    if tabletop.state == State.PAUSED:
        tabletop.ended_at = tabletop.paused_at
        tabletop.paused_at = None
    else:
        tabletop.ended_at = clock.now()
    tabletop.state, tabletop.ended_by_itself = State.ENDED, by_itself
    tabletop.evaluation_due_on = clock.today() + EVALUATE_WITHIN
    for inject in tabletop.injects.filter(state=InjectState.WAITING):
        inject.state, inject.reason = InjectState.SKIPPED, _("The exercise ended before.")
        save(inject)
    saved = save(tabletop)
    outbox.post_all(change_mails(saved, what="ended"))
    return saved


# --- By itself ----------------------------------------------------------------------------------------------------


@action("tabletop.clock_ran", needs=RUN, quiet=True)
def run_clock_of(tabletop: Tabletop, *, by: Actor) -> int:
    """Sends what is due in one exercise, or ends it where nobody did. Returns how many injects it sent."""
    fresh = lock_latest(tabletop)
    if fresh.state == State.PAUSED:
        if fresh.paused_at is not None and clock.day_of(fresh.paused_at) + CLOSE_PAUSED_AFTER <= clock.today():
            _end(fresh, by_itself=True)
        return 0
    if fresh.state != State.RUNNING or fresh.started_at is None:
        return 0
    if clock.now() >= closes_at(fresh.started_at, fresh.duration, fresh.paused_seconds):
        _end(fresh, by_itself=True)
        return 0
    return _send_due(fresh)


def run_clock(*, by: Actor) -> int:
    """Every exercise that is on, each in a transaction of its own: one that fails holds back no other."""
    return sum(run_clock_of(each, by=by) for each in Tabletop.objects.filter(state__in=IS_ON).order_by("pk"))
