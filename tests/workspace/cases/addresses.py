"""Examples for the addresses of cases."""

from __future__ import annotations

from datetime import timedelta

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.incidents.actions import cases, duties, evidence, merging, parts, tasks
from floreo.incidents.actions.receiving import receive
from floreo.incidents.actions.triage import accept, join
from floreo.incidents.incoming import Incoming
from floreo.incidents.models import DutyShift, Report
from floreo.organisations.models import Country, Organisation, User
from tests.conftest import make_user


def _report(number: int) -> Report:
    incoming = Incoming("phone", f"example:{number}", clock.machine(), f"Example report {number}")
    return receive(incoming, by=SYSTEM).report


def examples(country: Country, user: User) -> dict[str, list[object]]:
    first, second = _report(1), _report(2)
    case = accept(first, by=SYSTEM, title="Example case")
    join(second, by=SYSTEM, case=case)
    body = Organisation.objects.order_by("pk")[0]
    here = parts.add_organisation(case, by=SYSTEM, organisation=body, is_shared=True)
    other = cases.open_case(by=SYSTEM, title="Another")
    third = cases.open_case(by=SYSTEM, title="A third")
    made = merging.merge(third, by=SYSTEM, into=other)
    task = tasks.add_task(case, by=SYSTEM, title="Call")
    happening = parts.add_happening(case, by=SYSTEM, text="It began")
    (observable,) = parts.add_observables(case, by=SYSTEM, found=[("ipv4", "203.0.113.9")])
    piece = evidence.add_evidence(case, by=SYSTEM, title="Disk", place="Safe")
    link = parts.link_case(case, by=SYSTEM, other=other)
    handler = make_user("responder", email="example-handler@example.org")
    at = clock.now()
    shift = DutyShift.objects.create(user=handler, starts_at=at, ends_at=at + timedelta(hours=8))
    saved = duties.save_filter(by=SYSTEM, name="Open", query="state=open")
    code = case.reference
    groups: list[tuple[str, list[object]]] = [
        ("case case_log new_case_evidence own_case share_case take_in_case", [code]),
        ("case_command", [code, "note"]),
        ("case_evidence_file case_custody", [code, piece.pk]),
        ("reopen_case_task", [code, task.pk]),
        ("case_task_command", [code, task.pk, "change"]),
        ("case_happening_command", [code, happening.pk, "change"]),
        ("case_observable_command", [code, observable.pk, "change"]),
        ("case_organisation_press", [code, here.pk, "share"]),
        ("unlink_case", [code, link.pk]),
        ("undo_case_merge", [other.reference, made.pk]),
        ("split_case_report", [code, second.reference]),
        ("remove_duty_shift", [shift.pk]),
        ("remove_case_filter", [saved.pk]),
    ]
    return {name: args for names, args in groups for name in names.split()}
