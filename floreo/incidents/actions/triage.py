"""What the team decides on a report: taken into a case, asked back, rejected, passed on, a duplicate; and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from floreo.core import outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Missing, Refused
from floreo.core.keys import key
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.incidents import clocks, logic, moments, taxonomy
from floreo.incidents.actions.making import log, make_case, require_readable
from floreo.incidents.models import Case, CaseOrganisation, PartOf, Report, ReportState, WaitingFor
from floreo.organisations.models import User

HANDLE = Permission.INCIDENT_HANDLE


def require_step(report: Report, after: str) -> None:
    """Refuses a decision that the report's state does not allow, naming what was decided before."""
    if logic.can_step(logic.REPORT_STEPS, report.state, after):
        return
    words = {"reference": report.reference, "state": report.get_state_display()}
    raise Refused(_("%(reference)s was decided already: %(state)s.") % words, code="decided")


def require_undecided(report: Report) -> None:
    require_step(report, ReportState.REJECTED)


def require_decided(report: Report) -> None:
    require_step(report, ReportState.NEW)


def _decide(report: Report, state: str, **facts: Any) -> Report:
    fresh = lock_latest(report)
    require_step(fresh, state)
    fresh.state = state
    if fresh.decided_at is None and state != ReportState.ASKED:
        fresh.decided_at = moments.now()
    for name, value in facts.items():
        setattr(fresh, name, value)
    return save(fresh)


@action("incident_report.accepted", needs=HANDLE)
def accept(
    report: Report,
    *,
    by: Actor,
    title: str = "",
    rsit: str = "",
    severity: str = "unknown",
    tlp: str = "",
    note: str = "",
) -> Case:
    """Opens a case for it and takes it over. `rsit` is "class/type"; a severity given here is a first judgement, worked out
    from the stated impact later."""
    fresh = lock_latest(report)
    require_step(fresh, ReportState.ACCEPTED)
    at = moments.now()
    named, kind = taxonomy.split(rsit or fresh.rsit)
    if not taxonomy.is_known(named, kind):  # a channel's own word stays with the report
        named, kind = "", ""
    case = make_case(
        title=(title or fresh.subject)[:200],
        rsit_class=named,
        rsit_type=kind,
        severity=severity,
        severity_rank=logic.SEVERITY_RANK[severity],
        severity_reason=_("First judgement at triage") if severity != "unknown" else "",
        tlp=tlp or fresh.tlp,
        lead=by if isinstance(by, User) else None,
        waiting_for=WaitingFor.TEAM,
        channel=fresh.channel,
        place=fresh.place,
        sector=fresh.organisation.general_sector if fresh.organisation is not None else "",
        received_at=fresh.received_at,
        occurred_at=fresh.happened_at,
        detected_at=fresh.noticed_at,
        acknowledged_at=fresh.acknowledged_at,
        triaged_at=at,
        finding_key=fresh.finding_key,
        is_exercise=fresh.is_exercise,
    )
    if fresh.organisation_id:
        save(CaseOrganisation(case=case, organisation_id=fresh.organisation_id, part=PartOf.AFFECTED))
    _decide(fresh, ReportState.ACCEPTED, case=case)
    log(case, _("Case opened for the report %(reference)s") % {"reference": fresh.reference})
    if note.strip():
        log(case, note.strip(), is_written=True)
    clocks.refresh(case)
    return case


@action("incident_report.joined", needs=HANDLE)
def join(report: Report, *, by: Actor, case: Case) -> Case:
    """Takes the report into a case that there is."""
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise Missing
    held = lock_latest(case)
    if not held.is_open:
        sentence = _("%(case)s is closed. Reopen it first, or open a new case.") % {"case": held.reference}
        raise refuse("case", sentence, code="closed")
    if report.is_exercise != held.is_exercise:
        sentence = _("One of the two is an exercise: what is real and what is an exercise are not in one case.")
        raise refuse("case", sentence, code="exercise")
    if report.tlp == Tlp.RED and held.tlp != Tlp.RED:
        words = {"report": report.reference, "case": held.reference}
        sentence = _("%(report)s is TLP:RED, and %(case)s is not. Change the marking of one of the two first.") % words
        raise refuse("case", sentence, code="red")
    fresh = _decide(report, ReportState.ACCEPTED, case=held)
    held.received_at = min(held.received_at, fresh.received_at)
    log(held, _("Report %(reference)s added") % {"reference": fresh.reference})
    save(held)
    clocks.refresh(held)
    return held


@action("incident_report.rejected", needs=HANDLE)
def reject(report: Report, *, by: Actor, reason: str) -> Report:
    """Not taken up. The reporter reads only that it was closed without a case."""
    reason = require_text(reason, field="reason", sentence=_("Say in a few words why it is rejected."))
    return _decide(report, ReportState.REJECTED, reason=reason)


@action("incident_report.passed", needs=HANDLE)
def pass_on(report: Report, *, by: Actor, to: str) -> Report:
    """Somebody else's matter: says to whom it was passed on. The reporter reads it too."""
    to = require_text(to, field="to", sentence=_("Say to whom it was passed on."))
    return _decide(report, ReportState.PASSED, reason=to)


@action("incident_report.marked_duplicate", needs=HANDLE)
def mark_duplicate(report: Report, *, by: Actor, of: Report) -> Report:
    """The same thing was reported before. Reports of the same chain cannot close into a ring. Raises Missing where `by` may not
    read the case of the first."""
    first, seen = Report.objects.get(pk=of.pk), {of.pk}
    while first.duplicate_of is not None and first.duplicate_of.pk not in seen:
        first = first.duplicate_of
        seen.add(first.pk)
    if report.pk in seen:
        raise refuse("of", _("A report cannot be a duplicate of itself."), code="itself")
    if report.is_exercise != first.is_exercise:
        raise refuse("of", _("One of the two is an exercise."), code="exercise")
    require_readable(by, first.case)
    return _decide(report, ReportState.DUPLICATE, duplicate_of=first, case=first.case)


@action("incident_report.reopened", needs=HANDLE)
def reopen(report: Report, *, by: Actor) -> Report:
    """Takes the decision back. A report whose case has gone on stays in it: it is split off there."""
    fresh = lock_latest(report)
    require_decided(fresh)
    case = fresh.case
    require_readable(by, case)
    if case is not None and fresh.state == ReportState.ACCEPTED:
        others = case.reports.exclude(pk=fresh.pk).exists()
        if not others:
            raise Refused(
                _("It is the only report of %(case)s. Close or merge that case instead.") % {"case": case.reference},
                code="only_report",
            )
        log(case, _("Report %(reference)s taken out again") % {"reference": fresh.reference})
        save(case)
    fresh.state, fresh.case, fresh.duplicate_of, fresh.reason, fresh.decided_at = ReportState.NEW, None, None, "", None
    return save(fresh)


@action("incident_report.reporter_asked", needs=HANDLE)
def ask_reporter(report: Report, *, by: Actor, text: str) -> Report:
    """Writes to the reporter, who answers by mail or by the secret link of the report. It counts as the first answer."""
    fresh = lock_latest(report)
    if fresh.state != ReportState.ASKED:
        require_step(fresh, ReportState.ASKED)
    text = require_text(text, field="text", sentence=_("Write what you ask."))
    if not fresh.reporter_mail:
        raise refuse("text", _("The reporter left no e-mail address."), code="no_address")
    if fresh.is_exercise:
        raise refuse("text", _("This is an exercise: nothing of it leaves."), code="exercise")
    fresh.state = ReportState.ASKED
    fresh.acknowledged_at = fresh.acknowledged_at or moments.now()
    save(fresh)
    _answered(fresh)
    outbox.post(
        outbox.letter(
            to=fresh.reporter_mail,
            subject=f"[{fresh.reference}] {_('A question about your report')}",
            text=text,
            kind="incident_report",
            about=key(fresh),
            language=fresh.language,
            is_secret=True,
        )
    )
    return fresh


@action("incident_report.acknowledged", needs=HANDLE)
def acknowledge(report: Report, *, by: Actor) -> Report:
    """Says that the reporter was answered, by telephone or otherwise."""
    fresh = lock_latest(report)
    if fresh.acknowledged_at is not None:
        raise Refused(_("That the reporter was answered is recorded already."), code="acknowledged")
    fresh.acknowledged_at = moments.now()
    save(fresh)
    _answered(fresh)
    return fresh


def _answered(report: Report) -> None:
    """The case's own clock of the first answer stops with it."""
    case = Case.objects.select_for_update().filter(pk=report.case_id or 0, acknowledged_at=None).first()
    if case is not None:
        case.acknowledged_at = report.acknowledged_at
        save(case)
        clocks.refresh(case)


@action("incident_report.corrected", needs=HANDLE)
def correct(report: Report, *, by: Actor, version: int | None = None, **facts: Any) -> Report:
    """Corrects how it is filed (organisation, district, marking, kind); what the reporter wrote stays."""
    fresh = lock_latest(report, version)
    for name, value in facts.items():
        setattr(fresh, name, value)
    return save(fresh)


def reject_many(reports: Iterable[Report], *, by: Actor, reason: str) -> int:
    """Rejects all of them or none."""
    with transaction.atomic():
        return len([reject(report, by=by, reason=reason) for report in reports])


def reopen_many(reports: Iterable[Report], *, by: Actor) -> int:
    """Takes back many decisions at once: what a rejection of many did is undone with it."""
    with transaction.atomic():
        return len([reopen(report, by=by) for report in reports])


def join_many(reports: Iterable[Report], *, by: Actor, case: Case | None = None) -> Case:
    """Takes all of them into one case, or none: into `case`, or into one that the report received first opens. Raises Refused
    as accept and join do."""
    first, *others = sorted(reports, key=lambda each: (each.received_at, each.pk))
    with transaction.atomic():
        made = accept(first, by=by) if case is None else join(first, by=by, case=case)
        for each in others:
            made = join(each, by=by, case=made)
    return made
