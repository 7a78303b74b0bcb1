"""What the team does with a case as a whole: opened, judged, taken over, and through its states to its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, reach
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.policy import Tlp
from floreo.core.writing import delete, lock_latest, refuse, require_text, save
from floreo.incidents import clocks, logic, moments, taxonomy
from floreo.incidents.actions.making import log, make_case
from floreo.incidents.models import Case, CaseMember, CaseOrganisation, CaseState, PartOf, WaitingFor
from floreo.organisations.models import Organisation, User

HANDLE = Permission.INCIDENT_HANDLE
# Times that a person sets, in the order in which they can happen; the second line is another order that holds too.
MOMENTS = ("occurred_at", "detected_at", "aware_at", "contained_at", "handled_at")
_ORDERS = (("occurred_at", "detected_at", "aware_at"), ("occurred_at", "detected_at", "contained_at", "handled_at"))
# What a case states about itself and may be judged again.
_JUDGED = ("rsit_class", "rsit_type", "impact", "facts", "tlp", "pap", "sector", "place", "is_cross_border")
_NOTED = ("rsit_class", "rsit_type", "severity", "tlp", "pap", "sector", "is_cross_border")


# --- Rules --------------------------------------------------------------------------------------------------------


def must_be_open(case: Case) -> None:
    """Nothing is added to a closed case but a note: reopened first, it says so."""
    if not case.is_open:
        words = {"reference": case.reference, "state": case.get_state_display()}
        raise Refused(
            _("%(reference)s cannot be changed now: %(state)s. Reopen it first.") % words, code="case_not_open"
        )


def must_step(case: Case, after: str) -> None:
    if not logic.can_step(logic.CASE_STEPS, case.state, after):
        words = {"reference": case.reference, "state": case.get_state_display()}
        raise Refused(_("That is not possible: %(reference)s is in the state “%(state)s”.") % words, code="bad_step")


def locked(case: Case, version: int | None = None) -> Case:
    """The open case as it is now, held until the action ends."""
    fresh = lock_latest(case, version)
    must_be_open(fresh)
    return fresh


def require_sound_type(rsit_class: str, rsit_type: str) -> None:
    if rsit_class and not taxonomy.is_known(rsit_class, rsit_type):
        raise refuse("rsit", _("RSIT has no such type. Choose one of the list."), code="unknown_type")


# --- Opening and judging ------------------------------------------------------------------------------------------


@action("case.opened", needs=HANDLE)
def open_case(
    *,
    by: Actor,
    title: str,
    summary: str = "",
    rsit: str = "",
    severity: str = "unknown",
    tlp: str = Tlp.AMBER,
    organisation: Organisation | None = None,
    received_at: datetime | None = None,
    is_exercise: bool = False,
    **facts: Any,
) -> Case:
    """A case without a report. `rsit` is "class/type"; `facts` are further columns of the case. Without a sector it is that of the
    organisation, where the register knows it."""
    title = require_text(title, field="title", sentence=_("Say in one line what happened."))
    rsit_class, rsit_type = taxonomy.split(rsit)
    require_sound_type(rsit_class, rsit_type)
    at = moments.now()
    if organisation is not None and not facts.get("sector"):
        facts["sector"] = organisation.general_sector
    case = make_case(
        title=title[:200],
        summary=summary.strip(),
        rsit_class=rsit_class,
        rsit_type=rsit_type,
        severity=severity,
        severity_rank=logic.SEVERITY_RANK[severity],
        severity_reason=_("First judgement") if severity != "unknown" else "",
        tlp=tlp,
        lead=by if isinstance(by, User) else None,
        received_at=received_at or at,
        triaged_at=at,
        is_exercise=is_exercise,
        **facts,
    )
    require_order_of(case)
    if organisation is not None:
        save(CaseOrganisation(case=case, organisation=organisation, part=PartOf.AFFECTED))
    log(case, what="opened")
    clocks.refresh(case)
    return case


@action("case.edited", needs=HANDLE)
def edit_case(case: Case, *, by: Actor, title: str, summary: str, version: int | None = None) -> Case:
    fresh = locked(case, version)
    fresh.title = require_text(title, field="title", sentence=_("Say in one line what happened."))[:200]
    fresh.summary = summary.strip()
    save(fresh)
    log(fresh, what="edited")
    return fresh


@action("case.classified", needs=HANDLE)
def classify(
    case: Case, *, by: Actor, severity: str = "", severity_reason: str = "", version: int | None = None, **facts: Any
) -> Case:
    """Class, impact, marking and the rest of what the team judges; a fact that is not named stays. The severity follows from the
    impact, unless one is given, which needs a reason."""
    fresh = locked(case, version)
    before = {name: getattr(fresh, name) for name in _NOTED}
    for name, value in facts.items():
        if name not in _JUDGED:
            raise TypeError(name)
        setattr(fresh, name, value)
    require_sound_type(fresh.rsit_class, fresh.rsit_type)
    _set_severity(fresh, severity, severity_reason)
    _require_reader(fresh, by)
    fresh.triaged_at = fresh.triaged_at or moments.now()
    save(fresh)
    changed = {name: [before[name], getattr(fresh, name)] for name in _NOTED if before[name] != getattr(fresh, name)}
    log(fresh, what="classified", facts={**changed, "reason": fresh.severity_reason if "severity" in changed else ""})
    clocks.refresh(fresh)
    return fresh


def _set_severity(case: Case, given: str, reason: str) -> None:
    computed, _rules = logic.severity_of(case.impact)
    if given and given != computed:
        case.severity_reason = require_text(
            reason,
            field="severity_reason",
            sentence=_("Say why the severity is another one than the impact gives."),
        )[:500]
    elif given or case.impact or not case.severity_reason:
        case.severity_reason = ""
    if not case.severity_reason:
        case.severity = computed
    elif given:
        case.severity = given
    case.severity_rank = logic.SEVERITY_RANK[case.severity]


def _require_reader(case: Case, by: Actor) -> None:
    """Somebody of the team can always read a case: whoever marks it TLP:RED is its lead or a member from then on."""
    if case.tlp == Tlp.RED and isinstance(by, User) and case.lead_id != by.pk:
        CaseMember.objects.filter(case=case, user=by).exists() or save(CaseMember(case=case, user=by))


@action("case.moments_set", needs=HANDLE)
def set_moments(case: Case, *, by: Actor, version: int | None = None, **given: datetime | None) -> Case:
    """When it began, was detected, the organisation became aware, it was contained and resolved, as far as known. Null is not
    known."""
    fresh = locked(case, version)
    before = {name: getattr(fresh, name) for name in MOMENTS}
    for name, moment in given.items():
        if name not in MOMENTS:
            raise TypeError(name)
        setattr(fresh, name, moment)
    require_order_of(fresh)
    save(fresh)
    changed = {name: _iso(getattr(fresh, name)) for name in MOMENTS if before[name] != getattr(fresh, name)}
    log(fresh, what="moments", facts=changed)
    clocks.refresh(fresh)
    return fresh


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def require_order_of(case: Case) -> None:
    """Refuses times that are still to come, and one that lies before what must have come first."""
    now = max(moments.now(), clock.machine())
    for name in MOMENTS:
        moment = getattr(case, name)
        if moment is not None and moment > now:
            raise refuse(name, _("That time is still to come. Enter when it happened."), code="future")
    for order in _ORDERS:
        wrong = logic.in_order({name: getattr(case, name) for name in order}, order)
        if wrong is not None:
            first, second = (str(Case._meta.get_field(name).verbose_name) for name in wrong)  # type: ignore[union-attr]
            sentence = _("“%(second)s” is before “%(first)s”. Correct one of the two times.")
            raise refuse(wrong[1], sentence % {"first": first, "second": second}, code="out_of_order")


# --- Whose it is --------------------------------------------------------------------------------------------------


@action("case.taken_over", needs=HANDLE)
def take_over(case: Case, *, by: User, lead: User | None = None) -> Case:
    """`by`, or whom they name, leads the case from now on."""
    fresh = locked(case)
    lead = lead or by
    require_handler(lead, "lead")
    if fresh.lead_id == lead.pk:
        raise Refused(_("%(name)s leads this case already.") % {"name": str(lead)}, code="leads_already")
    before = str(fresh.lead) if fresh.lead else ""
    _goes_on_reading(fresh)
    fresh.lead = lead
    save(fresh)
    log(fresh, what="taken_over", facts={"lead": str(lead), "before": before})
    return fresh


@action("case.handed_over", needs=HANDLE)
def hand_over(case: Case, *, by: Actor, note: str, lead: User | None = None) -> Case:
    """The note for whoever goes on, and who that is, where it is known."""
    fresh = locked(case)
    fresh.handover = require_text(note, field="note", sentence=_("Write what the next person needs to know."))
    fresh.handover_at, fresh.handover_by = moments.now(), by.actor_name[:200]
    if lead is not None:
        require_handler(lead, "lead")
        _goes_on_reading(fresh)
        fresh.lead = lead
    save(fresh)
    log(fresh, what="handed_over", facts={"lead": str(lead) if lead else ""})
    return fresh


def _goes_on_reading(case: Case) -> None:
    """Whoever led a TLP:RED case until now stays named in it until somebody takes them out."""
    if case.tlp == Tlp.RED and case.lead_id and not case.members.filter(user=case.lead_id).exists():
        save(CaseMember(case=case, user_id=case.lead_id))


def require_handler(user: User, field: str) -> None:
    """Only an account that may handle incidents can be named in a case."""
    if not user.is_active or reach(user, HANDLE) is not None:
        raise refuse(field, _("%(name)s does not handle incidents.") % {"name": str(user)}, code="no_handler")


@action("case.member_added", needs=HANDLE)
def add_member(case: Case, *, by: Actor, user: User) -> CaseMember:
    """Who may read the case while it is TLP:RED."""
    fresh = locked(case)
    require_handler(user, "user")
    if CaseMember.objects.filter(case=fresh, user=user).exists():
        raise refuse("user", _("%(name)s can read this case already.") % {"name": str(user)}, code="member")
    member = save(CaseMember(case=fresh, user=user))
    log(fresh, what="member_added", facts={"name": str(user)})
    return member


@action("case.member_removed", needs=HANDLE)
def remove_member(case: Case, *, by: Actor, user: User) -> Case:
    fresh = locked(case)
    member = CaseMember.objects.filter(case=fresh, user=user).first()
    if member is None:
        raise refuse("user", _("%(name)s is not a member of this case.") % {"name": str(user)}, code="no_member")
    others = CaseMember.objects.filter(case=fresh).exclude(pk=member.pk).exists() or fresh.lead_id
    if fresh.tlp == Tlp.RED and not others:
        raise refuse("user", _("Then nobody could read this TLP:RED case. Name somebody else first."), code="last")
    delete(member)
    log(fresh, what="member_removed", facts={"name": str(user)})
    return fresh


@action("case.waiting_set", needs=HANDLE)
def set_waiting(case: Case, *, by: Actor, waiting_for: str, note: str = "") -> Case:
    """Who must act next, and for what."""
    fresh = locked(case)
    before = fresh.waiting_for
    fresh.waiting_for = waiting_for
    if before != waiting_for:
        fresh.waiting_since = moments.now()
    save(fresh)
    log(
        fresh, note.strip(), what="waiting", facts={"waiting_for": [before, waiting_for]}, is_written=bool(note.strip())
    )
    return fresh


@action("case.noted", needs=HANDLE)
def write_note(case: Case, *, by: Actor, text: str, at: datetime | None = None) -> Case:
    """A line of the log by a person. A closed case takes one too."""
    fresh = lock_latest(case)
    text = require_text(text, field="text", sentence=_("Write what was done or learned."))
    if at is not None and at > max(moments.now(), clock.machine()):
        raise refuse("at", _("That time is still to come. Enter when it happened."), code="future")
    log(fresh, text, is_written=True, at=at)
    return fresh


# --- States -------------------------------------------------------------------------------------------------------


def _step(case: Case, after: str, *, facts: Mapping[str, Any] | None = None, text: str = "", **columns: Any) -> Case:
    before = case.state
    case.state = after
    for name, value in columns.items():
        setattr(case, name, value)
    require_order_of(case)
    save(case)
    log(case, text, what="state", facts={"state": [before, after], **(facts or {})}, is_written=bool(text))
    clocks.refresh(case)
    return case


@action("case.contained", needs=HANDLE)
def contain(case: Case, *, by: Actor, at: datetime | None = None) -> Case:
    """It cannot spread any more, from `at` or now."""
    fresh = lock_latest(case)
    must_step(fresh, CaseState.CONTAINED)
    return _step(fresh, CaseState.CONTAINED, contained_at=at or fresh.contained_at or moments.now())


@action("case.resolved", needs=HANDLE)
def resolve(case: Case, *, by: Actor, at: datetime | None = None) -> Case:
    """Services work again, from `at` or now; lessons may follow before it is closed."""
    fresh = lock_latest(case)
    must_step(fresh, CaseState.RESOLVED)
    return _step(fresh, CaseState.RESOLVED, handled_at=at or fresh.handled_at or moments.now())


@action("case.closed", needs=HANDLE)
def close(case: Case, *, by: Actor, reason: str, lessons: str = "") -> Case:
    """The end, with how it ended. Lessons that nobody wrote are said to be missing, here and in the measures."""
    fresh = lock_latest(case)
    must_step(fresh, CaseState.CLOSED)
    fresh.close_reason = require_text(reason, field="reason", sentence=_("Say in a few words how it ended."))[:500]
    fresh.lessons = lessons.strip()
    at = moments.now()
    facts = {"has_lessons": bool(fresh.lessons)}
    return _step(
        fresh,
        CaseState.CLOSED,
        facts=facts,
        text=fresh.close_reason,
        closed_at=at,
        handled_at=fresh.handled_at or at,
        waiting_for=WaitingFor.NOBODY,
        waiting_since=at,
    )


@action("case.reopened", needs=HANDLE)
def reopen(case: Case, *, by: Actor, reason: str) -> Case:
    """A case that was closed, contained or resolved too early goes on. Its times of that go too."""
    fresh = lock_latest(case)
    must_step(fresh, CaseState.OPEN)
    if fresh.state == CaseState.MERGED:
        raise Refused(_("It was merged into another case. Undo the merge there."), code="merged")
    reason = require_text(reason, field="reason", sentence=_("Say in a few words why it goes on."))
    return _step(
        fresh,
        CaseState.OPEN,
        text=reason,
        closed_at=None,
        handled_at=None,
        contained_at=None,
        waiting_for=WaitingFor.TEAM,
        waiting_since=moments.now(),
    )
