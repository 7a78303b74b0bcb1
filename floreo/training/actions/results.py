"""What came of a cohort: both tests, a file of them, and who completed it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, refuse, save
from floreo.training.actions.attending import recorded
from floreo.training.actions.enrolling import Who, enrol_now
from floreo.training.actions.running import must_be_running
from floreo.training.importing import ListedParticipant, Read
from floreo.training.logic import CohortState
from floreo.training.models import Cohort, Enrolment, EnrolmentChannel, How, Session
from floreo.training.queries import results_of

RUN = Permission.TRAINING_RUN
Scores = tuple[Decimal | None, Decimal | None]  # before, after


@action("scores.entered", needs=RUN, quiet=True)
def enter_scores(cohort: Cohort, *, by: Actor, scores: Mapping[int, Scores]) -> int:
    """The tests of everybody who is named by their number. Returns how many changed."""
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    rows = {e.number: e for e in fresh.enrolments.filter(number__in=scores)}
    if unknown := scores.keys() - rows.keys():
        raise Refused(_("Nobody in this cohort has the number %(n)d.") % {"n": min(unknown)}, code="unknown_number")
    changed = 0
    for number, (before, after) in sorted(scores.items()):
        row = rows[number]
        if (row.score_before, row.score_after) != (before, after):
            row.score_before, row.score_after = before, after
            save(row, at={"score_before": f"before-{number}", "score_after": f"after-{number}"})
            changed += 1
    return changed


@action("cohort.imported", needs=RUN)
def import_rows(cohort: Cohort, *, by: Actor, found: Read) -> int:
    """What a file says of the participants of a cohort: all its rows, or none."""
    if found.problems:
        raise Refused(_("The file has problems, so nothing was imported."), code="problems")
    fresh = lock_latest(cohort)
    must_be_running(fresh)
    sessions = {s.number: s for s in fresh.sessions.all()}
    for row in found.rows:
        _import(fresh, row, sessions, by=by)
    note(file=found.name, sha256=found.sha256, encoding=found.encoding, rows=len(found.rows))
    return len(found.rows)


def _import(cohort: Cohort, row: ListedParticipant, sessions: Mapping[int, Session], *, by: Actor) -> None:
    enrolment = cohort.enrolments.filter(number=row.number).first() if row.number is not None else None
    if enrolment is None:
        who = Who(row.name, row.mail, row.sector, row.organisation_name, row.language)
        more = {"organisation": row.organisation, "channel": EnrolmentChannel.STAFF}
        enrolment = enrol_now(cohort, who, more=more)
        if row.sessions and not enrolment.holds_seat:
            sentence = _("Line %(line)d: there is no free seat for %(name)s.") % {"line": row.line, "name": row.name}
            raise Refused(sentence, code="no_seat")
    if row.before is not None:
        enrolment.score_before = row.before
    if row.after is not None:
        enrolment.score_after = row.after
    save(enrolment)
    for number in row.sessions:
        recorded(sessions[number], enrolment, how=How.LIST, by=by)
        if sessions[number].recorded_on is None:
            sessions[number].recorded_on = clock.today()
            save(sessions[number])


# --- Closing ------------------------------------------------------------------------------------------------------


def must_be_over(cohort: Cohort) -> None:
    must_be_running(cohort)
    last = cohort.ends_on
    if last is None or last > clock.today():
        raise Refused(_("The results can be recorded when the cohort has ended."), code="not_over")


@action("cohort.closed", needs=RUN)
def close_cohort(cohort: Cohort, *, by: Actor) -> Cohort:
    """Records who completed it: by the share of sessions attended, and by the pass mark where there is one."""
    fresh = lock_latest(cohort)
    must_be_over(fresh)
    numbers = [s.number for s in fresh.sessions.filter(recorded_on=None) if not s.attendances.exists()]
    if numbers:
        sentence = _("Sessions without attendance: %(numbers)s. Record who came, or that nobody did.")
        raise Refused(sentence % {"numbers": ", ".join(map(str, sorted(numbers)))}, code="no_attendance")
    if not fresh.sessions.exists():
        raise Refused(_("It has no sessions, so nobody can have come."), code="no_sessions")
    lines = results_of(fresh)
    came = [line for line in lines if line.result.attended]
    if fresh.pass_mark is not None and came and all(line.enrolment.score_after is None for line in came):
        raise Refused(_("There is a pass mark and no test is entered. Enter the tests first."), code="no_scores")
    completed = 0
    for line in lines:
        row = line.enrolment
        row.passed = line.result.passed
        row.completed_on = fresh.ends_on if line.result.completed else None
        completed += line.result.completed
        save(row)
    note(completed=completed, participants=len(lines))
    fresh.state, fresh.closed_on = CohortState.CLOSED, clock.today()
    return save(fresh)


def must_be_closed(cohort: Cohort) -> None:
    if cohort.state != CohortState.CLOSED:
        raise Refused(_("The results of this cohort are not recorded."), code="not_closed")


@action("cohort.opened_again", needs=RUN)
def open_again(cohort: Cohort, *, by: Actor, reason: str) -> Cohort:
    """To correct attendance or tests. Who completed it is computed again when the results are recorded."""
    fresh = lock_latest(cohort)
    must_be_closed(fresh)
    if not reason.strip():
        raise refuse("reason", _("Say why."), code="missing")
    note(reason=reason.strip())
    for row in Enrolment.objects.filter(cohort=fresh).exclude(completed_on=None, passed=None):
        row.completed_on, row.passed = None, None
        save(row)
    fresh.state, fresh.closed_on = CohortState.PLANNED, None
    return save(fresh)
