"""What is due of whom: worked out from the rule and the register, reminded of, submitted, accepted or returned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.figures import Period
from floreo.core.models import OutboxMail
from floreo.infrastructure.models import CriteriaSet, Designation, Service
from floreo.obligations import measures
from floreo.obligations.access import Answering, due_of_token, due_token
from floreo.obligations.actions import dues
from floreo.obligations.models import Obligation, ObligationDue
from floreo.obligations.queries import bound_by
from floreo.organisations.models import NationalSector
from tests.obligations.desk import Desk

TODAY = clock.today


def _sectors() -> tuple[NationalSector, NationalSector]:
    energy = NationalSector.objects.create(code="energy", name="Energy", broad="energy")
    return energy, NationalSector.objects.create(code="grid", name="Grid", broad="energy", parent=energy)


def _service(desk: Desk, sector: NationalSector, stage: str = "designated", code: str = "power-supply") -> Service:
    made = Service.objects.create(code=code, name="Power", operator=desk.power, sector=sector)
    criteria, _made = CriteriaSet.objects.get_or_create(code="c", defaults={"title": "C", "threshold": 50})
    Designation.objects.create(
        service=made, criteria=criteria, code=f"DES-{code}", stage=stage, proposed_by="A", proposed_code="a"
    )
    return made


def _obligation(desk: Desk, **more: Any) -> Obligation:
    facts = {
        "title": "Assess the risks",
        "law": "Act",
        "section": "12",
        "binds": "designated",
        "rhythm": "months",
        "months": 12,
        "first_due_on": TODAY() + timedelta(days=20),
        "reminders": [30, 7, -3],
    }
    return dues.add_obligation(by=desk.team, **{**facts, **more})


def test_a_designated_service_in_a_part_of_the_sector_binds_its_operator(desk: Desk) -> None:
    energy, grid = _sectors()
    _service(desk, grid)
    assert bound_by(_obligation(desk, sectors=[energy])) == {desk.power.pk}
    assert bound_by(_obligation(desk, broad="water")) == set()


def test_a_designation_that_is_only_proposed_binds_nobody(desk: Desk) -> None:
    _energy, grid = _sectors()
    _service(desk, grid, stage="hearing")
    assert bound_by(_obligation(desk)) == set()
    assert bound_by(_obligation(desk, binds="operators")) == {desk.power.pk}


def test_what_is_due_is_planned_once_and_nothing_is_missed_backwards(desk: Desk) -> None:
    _energy, grid = _sectors()
    _service(desk, grid)
    _obligation(desk, first_due_on=TODAY() - timedelta(days=400))
    assert dues.plan_due(by=SYSTEM) == 1
    assert dues.plan_due(by=SYSTEM) == 0
    assert ObligationDue.objects.get().due_on > TODAY()


def test_who_is_not_bound_any_more_has_nothing_due(desk: Desk) -> None:
    _energy, grid = _sectors()
    service = _service(desk, grid)
    other = Service.objects.create(code="x", name="X", operator=desk.bank, sector=grid)
    Designation.objects.create(
        service=other,
        criteria=CriteriaSet.objects.get(),
        code="D",
        stage="designated",
        proposed_by="A",
        proposed_code="a",
    )
    _obligation(desk)
    dues.plan_due(by=SYSTEM)
    service.designations.update(stage="withdrawn")
    dues.plan_due(by=SYSTEM)
    assert dict(ObligationDue.objects.values_list("organisation", "state")) == {
        desk.power.pk: "lapsed",
        desk.bank.pk: "open",
    }


def _due(desk: Desk, **more: Any) -> ObligationDue:
    obligation = _obligation(desk, **more)
    return ObligationDue.objects.create(
        obligation=obligation, organisation=desk.power, due_on=TODAY() + timedelta(days=7)
    )


def test_reminders_go_to_a_contact_that_answered_once_a_day_with_a_link(desk: Desk) -> None:
    due = _due(desk)
    ObligationDue.objects.update(created_at=clock.now() - timedelta(days=60))
    assert dues.remind_due(by=SYSTEM) == 1
    assert dues.remind_due(by=SYSTEM) == 0
    mail = OutboxMail.objects.get(kind="obligation.due")
    assert (mail.to, mail.is_secret, due_token(due) in mail.text) == ("duty@power.example", True, True)
    with clock.at(clock.now() + timedelta(days=11)):
        assert dues.remind_due(by=SYSTEM) == 1
    assert "overdue" in OutboxMail.objects.filter(kind="obligation.due").order_by("-pk")[0].text


def test_submitted_by_link_returned_with_a_reason_and_accepted(desk: Desk) -> None:
    due = _due(desk, evidence_wanted="The report")
    by = Answering(due_of_token(due_token(due)))
    with pytest.raises(Refused) as refusal:
        dues.submit_due(due, by=by, note="Done.")
    assert set(refusal.value.fields) == {"address"}
    dues.submit_due(due, by=by, note="Done.", address="https://power.example/r")
    with pytest.raises(Refused):
        dues.submit_due(due, by=by, note="Again.", address="https://power.example/r")
    dues.return_due(due, by=desk.team, reason="Unsigned.")
    due.refresh_from_db()
    assert (due.state, due.reason, str(due.waiting_for)) == ("returned", "Unsigned.", "operator")
    dues.submit_due(due, by=by, note="Signed.", address="https://power.example/r2")
    dues.accept_due(due, by=desk.team)
    due.refresh_from_db()
    assert (due.state, due.reason, due.decided_by) == ("accepted", "", desk.team.actor_name)


def test_one_organisation_submits_nothing_of_another(desk: Desk) -> None:
    due = _due(desk)
    with pytest.raises(NotAllowed):
        dues.submit_due(due, by=desk.other, note="x")
    with pytest.raises(NotAllowed):
        dues.accept_due(due, by=desk.operator)
    assert list(ObligationDue.objects.visible_to(desk.other)) == []
    assert list(ObligationDue.objects.visible_to(desk.operator)) == [due]


def test_an_older_link_ends_with_a_new_one(desk: Desk) -> None:
    due = _due(desk)
    leaked = due_token(due)
    dues.renew_due_link(due, by=desk.team)
    for token in (leaked, leaked[:-2], "1-1~x", ""):
        with pytest.raises(Missing):
            due_of_token(token)


def test_an_event_starts_what_is_due_after_it(desk: Desk) -> None:
    obligation = _obligation(desk, rhythm="event", months=None, first_due_on=None, within_days=90)
    with pytest.raises(Refused):
        dues.record_event(
            obligation, by=desk.team, organisation=desk.power, event="x", event_on=TODAY() + timedelta(days=1)
        )
    made = dues.record_event(obligation, by=desk.team, organisation=desk.power, event="An outage", event_on=TODAY())
    assert made.due_on == TODAY() + timedelta(days=90)
    assert dues.plan_due(by=SYSTEM) == 0
    made.refresh_from_db()
    assert made.state == "open"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"months": None}, "months"),
        ({"first_due_on": None}, "first_due_on"),
        ({"rhythm": "event"}, "within_days"),
        ({"law": " "}, "law"),
        ({"section": ""}, "section"),
        ({"reminders": [999]}, "reminders"),
    ],
)
def test_an_obligation_without_what_it_needs_is_refused(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        _obligation(desk, **wrong)
    assert field in refusal.value.fields


def test_sectors_of_an_obligation_are_changed_with_a_record(desk: Desk) -> None:
    energy, grid = _sectors()
    obligation = _obligation(desk, sectors=[energy])
    dues.update_obligation(obligation, by=desk.team, sectors=[grid], title="Assess")
    assert [row.sector for row in obligation.in_sectors.all()] == [grid]
    due = ObligationDue.objects.create(obligation=obligation, organisation=desk.power, due_on=date(2026, 1, 1))
    dues.lapse_due(due, by=desk.team, reason="By mistake.")
    due.refresh_from_db()
    assert due.state == "lapsed"


def test_only_what_was_accepted_and_came_by_its_day_counts_as_in_time(desk: Desk) -> None:
    obligation = _obligation(desk)
    day = TODAY() - timedelta(days=30)
    noon = clock.now() - timedelta(days=30)
    facts = [
        ("accepted", noon - timedelta(days=1)),
        ("accepted", noon + timedelta(days=2)),
        ("submitted", noon - timedelta(days=1)),
        ("open", None),
        ("lapsed", None),
    ]
    for number, (state, at) in enumerate(facts):
        ObligationDue.objects.create(
            obligation=obligation,
            organisation=desk.power,
            due_on=day - timedelta(days=number * 0) if not number else day + timedelta(days=number - 5),
            state=state,
            submitted_at=at - timedelta(days=number and 5) if at and state != "accepted" else at,
        )
    reading = measures.share_obligations_in_time(Period(day - timedelta(days=20), TODAY()), None)  # type: ignore[arg-type]
    assert (reading.numerator, reading.denominator) == (1, 4)
