"""Obligations and what is due under them: entered, planned, reminded of, submitted, accepted or returned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_past, require_text, save
from floreo.evidence.models import Evidence
from floreo.obligations import mails, moments
from floreo.obligations.logic import WAITS_FOR_OPERATOR, DueState, Rhythm, due_days, reminders_due
from floreo.obligations.models import ANSWER, EDIT, Obligation, ObligationDue, ObligationSector
from floreo.obligations.queries import bound_by
from floreo.organisations.models import NationalSector, Organisation

MOST_REMINDERS = 8


# --- Obligations --------------------------------------------------------------------------------------------------


def _write(obligation: Obligation, facts: dict[str, Any], sectors: Iterable[NationalSector] | None) -> Obligation:
    assign(obligation, facts)
    _check(obligation)
    saved = save(obligation)
    if sectors is not None:
        wanted = {each.pk: each for each in sectors}
        for row in saved.in_sectors.all():
            if row.sector_id not in wanted:
                delete(row)
        held = set(saved.in_sectors.values_list("sector", flat=True))
        for pk, sector in wanted.items():
            if pk not in held:
                save(ObligationSector(obligation=saved, sector=sector))
    return saved


def _check(obligation: Obligation) -> None:
    obligation.title = require_text(obligation.title, field="title", sentence=_("Say what is to be done."))
    obligation.law = require_text(obligation.law, field="law", sentence=_("Name the law."))
    obligation.section = require_text(obligation.section, field="section", sentence=_("Name the section."))
    match Rhythm(obligation.rhythm):
        case Rhythm.MONTHS:
            if not obligation.months:
                raise refuse("months", _("Enter after how many months it comes round."), code="missing")
            if obligation.first_due_on is None:
                raise refuse("first_due_on", _("Enter the day on which it is first due."), code="missing")
        case Rhythm.ONCE:
            if obligation.first_due_on is None:
                raise refuse("first_due_on", _("Enter the day on which it is first due."), code="missing")
        case Rhythm.EVENT:
            if not obligation.within_days:
                raise refuse("within_days", _("Enter within how many days after the event."), code="missing")
    days = obligation.reminders
    if len(days) > MOST_REMINDERS or any(not -365 <= each <= 365 for each in days):
        words = {"n": MOST_REMINDERS}
        raise refuse("reminders", _("Enter at most %(n)d numbers between -365 and 365.") % words, code="bad_value")


@action("obligation.added", needs=EDIT)
def add_obligation(*, by: Actor, sectors: Iterable[NationalSector] = (), **facts: Any) -> Obligation:
    return _write(Obligation(code=free_code(Obligation, facts.get("title", ""))), facts, list(sectors))


@action("obligation.updated", needs=EDIT)
def update_obligation(
    obligation: Obligation,
    *,
    by: Actor,
    version: int | None = None,
    sectors: Iterable[NationalSector] | None = None,
    **facts: Any,
) -> Obligation:
    """What is due already stays as it is; what follows is by the new rule."""
    return _write(lock_latest(obligation, version), facts, list(sectors) if sectors is not None else None)


# --- What is due --------------------------------------------------------------------------------------------------


@action("obligation.planned", needs=None, quiet=True)  # the worker's round: says what the law and the register say
def plan_due(*, by: Actor) -> int:
    """For each obligation that comes round and each organisation that it binds: what is due, up to the next. What waits of those whom
    it binds no more is no longer due. Returns how many rows are new."""
    today, made = clock.today(), 0
    for obligation in Obligation.objects.exclude(rhythm=Rhythm.EVENT).exclude(first_due_on=None):
        if obligation.ends_on is not None and obligation.ends_on < today:
            continue
        bound = bound_by(obligation)
        made += _plan(obligation, bound, today)
        gone = obligation.dues.filter(state=DueState.OPEN, due_on__gte=today).exclude(organisation__in=bound)
        for due in gone.filter(event="") if bound else ():
            due.state, due.reason = DueState.LAPSED, _("It does not bind the organisation any more.")
            save(due)
    return made


def _plan(obligation: Obligation, bound: set[int], today: date) -> int:
    assert obligation.first_due_on is not None
    until = today + timedelta(days=obligation.lead_days)
    days = list(due_days(Rhythm(obligation.rhythm), obligation.first_due_on, obligation.months or 0, until))
    held = set(obligation.dues.values_list("organisation", "due_on"))
    # Whom the law binds only since now has to do what comes next, and not what was due before. What fell due after the last that was
    # planned, while no worker ran, is not lost.
    newest: dict[int, date] = {}
    for body, day in held:
        newest[body] = max(day, newest.get(body, day))
    made = 0
    for body in sorted(bound):
        for day in days:
            is_before = day < today and day < newest.get(body, date.max)
            ended = obligation.ends_on is not None and day > obligation.ends_on
            if (body, day) in held or is_before or ended:
                continue
            save(ObligationDue(obligation=obligation, organisation_id=body, due_on=day))
            made += 1
    return made


@action("obligation.event_recorded", needs=EDIT)
def record_event(
    obligation: Obligation, *, by: Actor, organisation: Organisation, event: str, event_on: date
) -> ObligationDue:
    """Something happened after which the law asks something of an organisation."""
    if obligation.rhythm != Rhythm.EVENT:
        raise Refused(_("This obligation is not started by an event."), code="no_event")
    require_past(event_on, field="event_on")
    words = require_text(event, field="event", sentence=_("Say what happened."))
    due_on = event_on + timedelta(days=obligation.within_days or 0)
    return save(
        ObligationDue(
            obligation=obligation, organisation=organisation, due_on=due_on, event=words[:300], event_on=event_on
        )
    )


def must_wait_for_operator(due: ObligationDue) -> None:
    if due.state not in WAITS_FOR_OPERATOR:
        raise Refused(_("This was submitted already, or is not due any more."), code="not_waiting")


def must_be_submitted(due: ObligationDue) -> None:
    if due.state != DueState.SUBMITTED:
        raise Refused(_("Nothing waits for a decision here."), code="not_waiting")


def must_not_be_over(due: ObligationDue) -> None:
    if due.state in {DueState.ACCEPTED, DueState.LAPSED}:
        raise Refused(_("This is decided."), code="decided")


@action("obligation.submitted", needs=ANSWER)
def submit_due(
    due: ObligationDue, *, by: Actor, note: str, address: str = "", evidence: Evidence | None = None
) -> ObligationDue:
    """What the organisation did, with a document. Waits for the team."""
    fresh = lock_latest(due)
    must_wait_for_operator(fresh)
    fresh.note = require_text(note, field="note", sentence=_("Say what was done."))
    fresh.address, fresh.evidence = address.strip(), evidence
    if fresh.obligation.evidence_wanted and not address.strip() and evidence is None:
        sentence = _("Name a document: %(wanted)s") % {"wanted": fresh.obligation.in_language("evidence_wanted")}
        raise refuse("address", sentence, code="no_evidence")
    fresh.state, fresh.submitted_at, fresh.submitted_by = DueState.SUBMITTED, moments.now(), by.actor_name[:200]
    fresh.reason = ""
    return save(fresh)


@action("obligation.accepted", needs=EDIT)
def accept_due(due: ObligationDue, *, by: Actor) -> ObligationDue:
    fresh = lock_latest(due)
    must_be_submitted(fresh)
    fresh.state, fresh.decided_at, fresh.decided_by = DueState.ACCEPTED, moments.now(), by.actor_name[:200]
    return save(fresh)


@action("obligation.returned", needs=EDIT)
def return_due(due: ObligationDue, *, by: Actor, reason: str) -> ObligationDue:
    """Back to the organisation, with the reason. It counts as done on the day of the submission that is accepted in the end."""
    fresh = lock_latest(due)
    must_be_submitted(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say what is missing."))
    fresh.state, fresh.decided_at, fresh.decided_by = DueState.RETURNED, moments.now(), by.actor_name[:200]
    saved = save(fresh)
    outbox.post_all(mails.due_mails(saved, (saved.due_on - clock.today()).days))
    return saved


@action("obligation.lapsed", needs=EDIT)
def lapse_due(due: ObligationDue, *, by: Actor, reason: str) -> ObligationDue:
    """Not due any more, with the reason; it stays on record."""
    fresh = lock_latest(due)
    must_not_be_over(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is not due any more."))
    fresh.state = DueState.LAPSED
    return save(fresh)


@action("obligation.link_renewed", needs=EDIT)
def renew_due_link(due: ObligationDue, *, by: Actor) -> ObligationDue:
    """A new link to the verified contacts; all older ones end at once."""
    fresh = lock_latest(due)
    must_not_be_over(fresh)
    letters = mails.contacts_of(fresh)
    if not letters:
        raise Refused(
            _("The register has no contact of this organisation that has answered before."), code="no_contact"
        )
    fresh.link_version += 1
    saved = save(fresh)
    outbox.post_all(mails.due_mails(saved, (saved.due_on - clock.today()).days))
    return saved


@action("obligation.reminded", needs=None, quiet=True)  # the worker's round
def remind_due(*, by: Actor, most: int = 500) -> int:
    """Reminders that fall due today or fell due since the last one: one mail for what is due, however many were missed. Returns how
    many were written."""
    today, sent = clock.today(), 0
    rows = ObligationDue.objects.filter(Q(reminded_on=None) | Q(reminded_on__lt=today), state__in=WAITS_FOR_OPERATOR)
    rows = rows.filter(due_on__lte=today + timedelta(days=365), due_on__gte=today - timedelta(days=365))
    for due in rows.select_related("obligation", "organisation").order_by("due_on", "pk")[: 20 * most]:
        since = due.reminded_on or clock.calendar_day(due.created_at) - timedelta(days=1)
        days = reminders_due(due.due_on, due.obligation.reminders, since, today)
        if not days:
            continue
        due.reminded_on = today
        save(due)
        sent += outbox.post_all(mails.due_mails(due, (due.due_on - today).days))
        if sent >= most:
            break
    return sent
