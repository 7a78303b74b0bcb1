"""Actions of a case: what changed, what was noted, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.incidents import logic, moments
from floreo.incidents.actions import cases, duties, tasks
from floreo.incidents.models import Case, CaseMember, CaseState
from tests.incidents.desk import Desk, log_of


def refusal(error: pytest.ExceptionInfo[Refused]) -> tuple[str, list[str]]:
    return error.value.code, sorted(error.value.fields)


def test_a_case_is_opened_noted_and_closed(desk: Desk) -> None:
    case = desk.case(rsit="fraud/phishing", organisation=desk.port)
    cases.write_note(case, by=desk.ben, text="Called the bank.")
    closed = cases.close(case, by=desk.ana, reason="Page taken down.")
    year = moments.now().year
    assert (case.reference, case.lead, closed.state, closed.lessons) == (f"INC-{year}-0001", desk.ana, "closed", "")
    assert log_of(case) == [
        "State: Open to Closed. No lessons were recorded. Page taken down.",
        "Called the bank.",
        "Case opened.",
    ]
    verbs = AuditEntry.objects.order_by("number").values_list("verb", flat=True)
    assert [each for each in verbs if each.startswith("case.")] == ["case.opened", "case.noted", "case.closed"]


def test_severity_follows_from_the_impact_until_somebody_says_why_not(desk: Desk) -> None:
    case = desk.case()
    computed = cases.classify(case, by=desk.ana, impact={"services": "stopped", "people": 40})
    assert (computed.severity, computed.severity_rank, computed.severity_reason) == ("high", 3, "")
    with pytest.raises(Refused) as no_reason:
        cases.classify(case, by=desk.ana, severity="critical")
    assert refusal(no_reason) == ("missing", ["severity_reason"])
    set_by_hand = cases.classify(case, by=desk.ana, severity="critical", severity_reason="The only port.")
    assert (set_by_hand.severity, set_by_hand.severity_rank) == ("critical", 4)
    assert log_of(case)[0] == "Severity: High to Critical. The only port."
    again = cases.classify(case, by=desk.ana, severity="high", impact={"services": "stopped"})
    assert (again.severity, again.severity_reason) == ("high", "")


def test_an_unknown_type_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as error:
        cases.classify(desk.case(), by=desk.ana, rsit_class="fraud", rsit_type="magic")
    assert refusal(error) == ("unknown_type", ["rsit"])


def test_times_out_of_order_or_still_to_come_are_refused(desk: Desk) -> None:
    case, now = desk.case(), moments.now()
    with pytest.raises(Refused) as order:
        cases.set_moments(case, by=desk.ana, detected_at=now - timedelta(hours=5), aware_at=now - timedelta(hours=6))
    with pytest.raises(Refused) as future:
        cases.set_moments(case, by=desk.ana, occurred_at=now + timedelta(days=9))
    assert (refusal(order), refusal(future)) == (("out_of_order", ["aware_at"]), ("future", ["occurred_at"]))
    assert str(order.value.fields["aware_at"]).startswith("“The organisation became aware” is before")


@pytest.mark.parametrize("year", [1, 2, 1979, 9999])
def test_a_time_that_nobody_can_mean_is_refused(desk: Desk, year: int) -> None:
    case, when = desk.case(), datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    tries: dict[str, Callable[[], object]] = {
        "received_at": lambda: desk.case(received_at=when),
        "occurred_at": lambda: cases.set_moments(case, by=desk.ana, occurred_at=when),
        "due_at": lambda: tasks.add_task(case, by=desk.ana, title="Call back", due_at=when),
        "starts_at": lambda: duties.plan_duty(by=desk.ana, user=desk.ana, starts_at=when, ends_at=moments.now()),
    }
    for name, attempt in tries.items():
        with pytest.raises(Refused) as error:
            attempt()
        assert list(error.value.fields) == [name]


def test_a_case_received_at_a_time_to_come_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as error:
        desk.case(received_at=clock.machine() + timedelta(hours=1))
    assert refusal(error) == ("future", ["received_at"])
    old = datetime(1980, 1, 2, tzinfo=UTC)  # as old as an import may bring
    assert desk.case(received_at=old).received_at == old


def test_who_marks_a_case_red_can_still_read_it_and_others_cannot(desk: Desk) -> None:
    case = desk.case()
    cases.classify(case, by=desk.ben, tlp="RED")
    assert list(CaseMember.objects.values_list("user", flat=True)) == [desk.ben.pk]
    other = desk.case("Something else")
    cases.classify(other, by=desk.ana, tlp="RED")
    assert set(Case.objects.visible_to(desk.ben)) == {case}
    with pytest.raises(Refused) as last:
        cases.remove_member(Case(pk=case.pk, lead=None, reference="x"), by=desk.ana, user=desk.ana)
    assert refusal(last) == ("no_member", ["user"])


def test_a_case_goes_over_with_its_note(desk: Desk) -> None:
    case = desk.case()
    cases.hand_over(case, by=desk.ana, note="Their manager answers the telephone only.", lead=desk.ben)
    with pytest.raises(Refused) as again:
        cases.take_over(case, by=desk.ben)
    with pytest.raises(Refused) as stranger:
        cases.take_over(case, by=desk.ben, lead=desk.operator)
    case.refresh_from_db()
    assert (case.lead, case.handover_by) == (desk.ben, desk.ana.name)
    assert (refusal(again), refusal(stranger)) == (("leads_already", []), ("no_handler", ["lead"]))


def test_nothing_is_added_to_a_closed_case_but_a_note(desk: Desk) -> None:
    case = cases.close(desk.case(), by=desk.ana, reason="Nothing in it.")
    with pytest.raises(Refused) as closed:
        cases.set_waiting(case, by=desk.ana, waiting_for="organisation")
    cases.write_note(case, by=desk.ana, text="They called again.")
    assert refusal(closed) == ("case_not_open", [])
    again = cases.reopen(case, by=desk.ana, reason="It goes on.")
    assert (again.state, again.closed_at, again.handled_at, again.waiting_for) == ("open", None, None, "team")


def test_who_does_not_handle_incidents_does_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        cases.open_case(by=desk.operator, title="Mine")
    with pytest.raises(NotAllowed):
        cases.close(desk.case(), by=desk.operator, reason="x")


STEPS = {
    "contained": lambda case, by: cases.contain(case, by=by),
    "resolved": lambda case, by: cases.resolve(case, by=by),
    "closed": lambda case, by: cases.close(case, by=by, reason="x"),
    "open": lambda case, by: cases.reopen(case, by=by, reason="x"),
}


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.sampled_from(sorted(STEPS)), max_size=6))
def test_a_case_takes_only_the_steps_of_the_table(desk: Desk, wanted: list[str]) -> None:
    case = desk.case()
    for after in wanted:
        before = Case.objects.get(pk=case.pk).state
        if logic.can_step(logic.CASE_STEPS, before, after):
            STEPS[after](case, desk.ana)
            expected = after
        else:
            with pytest.raises(Refused):
                STEPS[after](case, desk.ana)
            expected = before
        held = Case.objects.get(pk=case.pk)
        assert (held.state, (held.closed_at is not None) == (held.state == CaseState.CLOSED)) == (expected, True)


def test_title_state_and_turn_are_changed_and_noted(desk: Desk) -> None:
    case = desk.case()
    cases.edit_case(case, by=desk.ben, title="Ransomware at two ports", summary="Cargo system.", version=case.version)
    cases.set_waiting(case, by=desk.ana, waiting_for="organisation", note="Their logs.")
    cases.classify(case, by=desk.ana, tlp="RED")
    cases.add_member(case, by=desk.ana, user=desk.ben)
    cases.remove_member(case, by=desk.ben, user=desk.ben)
    cases.contain(case, by=desk.ana)
    cases.resolve(case, by=desk.ana)
    case.refresh_from_db()
    assert (case.title, case.state, case.waiting_for, list(case.members.all())) == (
        "Ransomware at two ports",
        "resolved",
        "organisation",
        [],
    )
    assert log_of(case)[-3:] == [
        "Waiting for: The organisation concerned. Their logs.",
        "Title or summary changed.",
        "Case opened.",
    ]
