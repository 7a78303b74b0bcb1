"""Two cases that turn out to be one, and one that turns out to be two; both can be undone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.policy import Tlp
from floreo.core.wording import listed
from floreo.core.writing import lock_latest, refuse, save
from floreo.incidents import clocks, moments
from floreo.incidents.actions.cases import must_be_open, must_step
from floreo.incidents.actions.making import log, make_case, require_readable, two_or_more
from floreo.incidents.models import (
    Case,
    CaseMember,
    CaseMerge,
    CaseOrganisation,
    CaseState,
    CaseTask,
    Happening,
    Message,
    Observable,
    Pap,
    Report,
    ReportState,
    Submission,
    TaskState,
    WaitingFor,
)
from floreo.organisations.models import User

HANDLE = Permission.INCIDENT_HANDLE
# What goes over with a merge. Evidence stays with its case, whose number is on it, and so does the log.
_GOES = (Report, Happening, Observable, CaseOrganisation, Message, Submission, CaseTask)
_ORDER, _PAP = list(Tlp.values), list(Pap.values)
_SHARED = "shared"  # under which a merge remembers which organisations could read the case that it came from


def locked_pair(one: Case, other: Case) -> tuple[Case, Case]:
    """Both as they are now, held in the order of their ids: two people who merge the same pair do not wait for each other."""
    rows = {row.pk: row for row in Case.objects.select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return rows[one.pk], rows[other.pk]


@action("case.merged", needs=HANDLE)
def merge(case: Case, *, by: Actor, into: Case) -> CaseMerge:
    """`case` becomes part of `into`: its reports, mails, observables and open tasks go over. The markings of both are the stricter of
    the two; organisations that could read the one cannot read the other before somebody shares it. Raises Missing where `by` may
    not read both."""
    require_readable(by, case, into)
    if case.pk == into.pk:
        raise refuse("into", _("A case cannot be merged into itself."), code="itself")
    source, target = locked_pair(case, into)
    if source.state == CaseState.MERGED:
        words = {"reference": source.reference, "other": source.merged_into.reference if source.merged_into else ""}
        raise Refused(_("%(reference)s was merged into %(other)s already.") % words, code="merged_already")
    if target.state == CaseState.MERGED:
        words = {"reference": target.reference, "other": target.merged_into.reference if target.merged_into else ""}
        raise refuse(
            "into", _("%(reference)s was merged into %(other)s. Choose that one.") % words, code="target_merged"
        )
    must_be_open(target)
    must_step(source, CaseState.MERGED)
    if source.is_exercise != target.is_exercise:
        raise refuse("into", _("One of the two is an exercise. They cannot be merged."), code="exercise")
    _name_readers(source, target)
    made = CaseMerge(case=target, source=source, at=moments.now(), by=by.actor_name[:200], state_before=source.state)
    made.moved = _move(source, target)
    save(made)
    source.state, source.merged_into = CaseState.MERGED, target
    save(source)
    target.received_at = min(source.received_at, target.received_at)
    for name in ("occurred_at", "detected_at", "aware_at", "acknowledged_at"):
        known = [each for each in (getattr(source, name), getattr(target, name)) if each is not None]
        setattr(target, name, min(known, default=None))
    target.tlp = max(source.tlp, target.tlp, key=_ORDER.index)
    target.pap = max(source.pap, target.pap, key=_PAP.index)
    save(target)
    log(source, what="merged_into", facts={"reference": target.reference})
    log(target, what="merged_from", facts={"reference": source.reference})
    for each in (source, target):
        clocks.refresh(each)
    return made


def _name_readers(source: Case, target: Case) -> None:
    """What a TLP:RED case brings is read by those who are named in it: nobody else may read what it becomes part of. Raises
    Refused where somebody would; names its readers in a case that was not TLP:RED."""
    if source.tlp != Tlp.RED:
        return
    here, there = _readers(source), _readers(target)
    if others := there - here:
        names = listed([str(user) for user in User.objects.filter(pk__in=others).order_by("name", "pk")])
        sentence = _("%(source)s is TLP:RED, and %(target)s is read by %(names)s. Name them in %(source)s first.")
        words = {"source": source.reference, "target": target.reference, "names": names}
        raise refuse("into", sentence % words, code="red")
    if target.tlp != Tlp.RED:
        for pk in sorted(here - there):
            save(CaseMember(case=target, user_id=pk))


def _readers(case: Case) -> set[int]:
    """Who is named in it, by id."""
    return {*case.members.values_list("user_id", flat=True), *([case.lead_id] if case.lead_id else [])}


def _move(source: Case, target: Case) -> dict[str, list[int]]:
    moved: dict[str, list[int]] = {}
    held = set(target.observables.values_list("kind", "value"))
    parts = set(target.organisations.values_list("organisation_id", "part"))
    for model in _GOES:
        rows = model._default_manager.select_for_update().filter(case=source)
        if model is CaseTask:
            rows = rows.filter(state=TaskState.OPEN)
        for row in rows.order_by("pk"):
            if isinstance(row, Observable) and (row.kind, row.value) in held:
                continue
            if isinstance(row, CaseOrganisation):
                if (row.organisation_id, row.part) in parts:
                    continue
                if row.is_shared:
                    moved.setdefault(_SHARED, []).append(row.pk)
                row.is_shared = False
            row.case = target
            save(row)
            moved.setdefault(model._meta.label_lower, []).append(row.pk)
    return moved


@action("case.merge_undone", needs=HANDLE)
def undo_merge(made: CaseMerge, *, by: Actor) -> Case:
    """The case is its own again, in the state in which it was, with what it had brought and what is still there of it. Raises
    Missing where `by` may not read both."""
    require_readable(by, made.source, made.case)
    source, target = locked_pair(made.source, made.case)
    fresh = lock_latest(made)
    if fresh.undone_at is not None or source.merged_into_id != target.pk:
        raise Refused(_("This merge was undone already."), code="undone")
    if target.state == CaseState.MERGED:
        words = {"reference": target.reference}
        raise Refused(
            _("%(reference)s was merged into another case after that. Undo that first.") % words, code="later"
        )
    for model in _GOES:
        for row in model._default_manager.filter(pk__in=fresh.moved.get(model._meta.label_lower, []), case=target):
            row.case = source
            if isinstance(row, CaseOrganisation) and row.pk in fresh.moved.get(_SHARED, []):
                row.is_shared = source.tlp != Tlp.RED
            save(row)
    fresh.undone_at = moments.now()
    save(fresh)
    source.state, source.merged_into = fresh.state_before, None
    save(source)
    log(source, what="merge_undone", facts={"reference": target.reference})
    log(target, what="merge_undone", facts={"reference": source.reference})
    for each in (source, target):
        clocks.refresh(each)
    return source


def merge_many(cases: Iterable[Case], *, by: Actor) -> Case:
    """All of them become part of the one that was received first, or none does. Raises Refused as merge does."""
    first, *others = two_or_more(cases)
    with transaction.atomic():
        for each in others:
            merge(each, by=by, into=first)
    return first


def undo_many(cases: Iterable[Case], *, by: Actor) -> int:
    """Each of them is its own again, or none, the last merge first: how many. Raises Refused where one is not merged into another."""
    merges: list[CaseMerge] = []
    for each in cases:
        found = CaseMerge.objects.filter(source=each, undone_at=None).select_related("case", "source").first()
        if found is None:
            words = {"reference": each.reference}
            raise Refused(_("%(reference)s is not merged into another case.") % words, code="not_merged")
        merges.append(found)
    if not merges:
        raise Refused(_("No case was ticked."), code="too_few")
    with transaction.atomic():
        for made in sorted(merges, key=lambda one: one.pk, reverse=True):
            undo_merge(made, by=by)
    return len(merges)


@action("case.report_split", needs=HANDLE)
def split_report(report: Report, *, by: Actor, title: str = "") -> Case:
    """A report that is about something else becomes a case of its own. The last report of a case stays."""
    if report.case is None or report.state != ReportState.ACCEPTED:
        raise Refused(_("This report is in no case."), code="no_case")
    require_readable(by, report.case)
    old = lock_latest(report.case)
    must_be_open(old)
    fresh = lock_latest(report)
    if fresh.case_id != old.pk:
        raise Refused(_("This report is not in this case any more."), code="moved")
    if not old.reports.filter(state=ReportState.ACCEPTED).exclude(pk=fresh.pk).exists():
        raise Refused(_("It is the only report of this case. There is nothing to split."), code="only_report")
    made = make_case(
        title=(title.strip() or fresh.subject)[:200],
        tlp=max(fresh.tlp, old.tlp, key=_ORDER.index),
        lead=by if isinstance(by, User) else None,
        waiting_for=WaitingFor.TEAM,
        channel=fresh.channel,
        place=fresh.place,
        sector=fresh.organisation.general_sector if fresh.organisation is not None else "",
        received_at=fresh.received_at,
        occurred_at=fresh.happened_at,
        acknowledged_at=fresh.acknowledged_at,
        triaged_at=moments.now(),
        is_exercise=fresh.is_exercise,
    )
    if fresh.organisation_id:
        save(CaseOrganisation(case=made, organisation_id=fresh.organisation_id))
    fresh.case = made
    save(fresh)
    for copy in Report.objects.select_for_update().filter(duplicate_of=fresh, case=old):
        copy.case = made
        save(copy)
    log(old, what="split", facts={"report": fresh.reference, "reference": made.reference})
    log(made, what="split_from", facts={"report": fresh.reference, "reference": old.reference})
    note(split_from=key(old))
    for each in (old, made):
        clocks.refresh(each)
    return made
