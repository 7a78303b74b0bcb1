"""The values that exercises offer, and that nothing of an exercise counts among incidents; what waits for whom; the pack."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from floreo import offers
from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Filters, Period
from floreo.core.tasks import Recipient, Task
from floreo.incidents.models import Case, Report
from floreo.offers import measures as offered
from floreo.organisations.models import Organisation
from floreo.tabletops import measures, pack
from floreo.tabletops.access import Guest
from floreo.tabletops.actions import evaluating, playing, running
from floreo.tabletops.models import Scenario, Tabletop, TabletopFinding
from floreo.tabletops.tasks import waiting_tasks
from tests.conftest import make_user
from tests.tabletops.making import body, minutes_later, started, tabletop

pytestmark = pytest.mark.django_db
FOR_RUN = Recipient(permissions=frozenset({str(Permission.TABLETOP_RUN)}))


def this_year() -> Period:
    return Period(date(clock.today().year - 1, 1, 1), date(clock.today().year + 1, 12, 31))


def evaluated(*, due_in: int = 10) -> Tabletop:
    made = running.end_tabletop(started(), by=SYSTEM)
    evaluating.add_finding(
        made, by=SYSTEM, title="No list", organisation=body(), due_on=clock.today() + timedelta(days=due_in)
    )
    for each in made.injects.get(number=1).expected.select_related("inject__tabletop"):
        evaluating.judge(each, by=SYSTEM, verdict="met" if each.position == 1 else "partly")
    return evaluating.evaluate(made, by=SYSTEM)


def test_exercises_are_counted_once_they_are_over() -> None:
    assert measures.exercises_held(this_year(), Filters()) == measures.NOTHING  # none was ever planned
    made = started()
    tabletop_of_tomorrow = Tabletop.objects.exclude(pk=made.pk)
    assert (measures.exercises_held(this_year(), Filters()).value, tabletop_of_tomorrow.count()) == (Decimal(0), 0)
    running.end_tabletop(made, by=SYSTEM)
    found = measures.exercises_held(this_year(), Filters())
    assert (found.value, [r.address for r in found.records]) == (Decimal(1), [made.workspace_url()])
    last_year = Period(date(2020, 1, 1), date(2020, 12, 31))
    assert measures.exercises_held(last_year, Filters()).value == Decimal(0)


def test_the_share_of_expected_actions_counts_evaluated_exercises_alone() -> None:
    made = running.end_tabletop(started(), by=SYSTEM)
    assert measures.share_expected_actions_met(this_year(), Filters()).value is None
    for each in made.injects.get(number=1).expected.select_related("inject__tabletop"):
        evaluating.judge(each, by=SYSTEM, verdict="met" if each.position == 1 else "partly")
    evaluating.evaluate(made, by=SYSTEM)
    found = measures.share_expected_actions_met(this_year(), Filters())
    assert (found.value, found.numerator, found.denominator) == (Decimal("50.00"), Decimal(1), Decimal(2))


@pytest.mark.long
def test_a_finding_is_in_time_when_it_is_closed_by_its_day() -> None:
    made = evaluated(due_in=0)
    assert measures.share_exercise_findings_in_time(this_year(), Filters()).value == Decimal("0.00")
    evaluating.close_finding(made.findings.get(), by=SYSTEM, closing_note="Done")
    assert measures.share_exercise_findings_in_time(this_year(), Filters()).value == Decimal("100.00")
    TabletopFinding.objects.update(due_on=clock.today() - timedelta(days=1))
    assert measures.share_exercise_findings_in_time(this_year(), Filters()).value == Decimal("0.00")


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_nothing_of_an_exercise_counts_in_any_value_about_incidents() -> None:
    named = [
        n for n, each in offered().items() if each.function.__module__.startswith(("floreo.incidents", "floreo.feeds"))
    ]
    period = Period(date(2026, 1, 1), date(2026, 12, 31))

    def values() -> dict[str, object]:
        found: dict[str, object] = {}
        for name in named:
            choices = offered()[name].choices
            extra = ((("of", next(iter(choices()))[0]),),) if choices else ((),)
            reading = offered()[name].function(period, Filters(extra=extra[0]))
            found[name] = (reading.value, reading.numerator, reading.denominator)
        return found

    before, kept = values(), (Case.objects.count(), Report.objects.count())
    made = Tabletop.objects.get(code="ex-2026-02")
    running.resume_tabletop(made, by=SYSTEM)
    running.send_inject(made.injects.select_related("tabletop").get(number=4), by=SYSTEM)
    who = made.participants.select_related("tabletop").get(number=1)
    playing.respond(who, by=Guest(who), text="We report a ransomware incident at the power company.")
    made = running.end_tabletop(made, by=SYSTEM)
    evaluating.add_finding(made, by=SYSTEM, title="Ransomware incident")
    assert len(named) > 10
    assert (values(), (Case.objects.count(), Report.objects.count())) == (before, kept)


# --- My tasks -----------------------------------------------------------------------------------------------------


def waiting(recipient: Recipient = FOR_RUN, viewer: object = None) -> list[Task]:
    return list(waiting_tasks(recipient, viewer=viewer, today=clock.today()))


@pytest.mark.long
def test_what_waits_for_who_runs_exercises() -> None:
    made = started()
    assert [t.why for t in waiting()] == ["The exercise is running. End it when it is over."]
    made = running.end_tabletop(made, by=SYSTEM)
    [one] = waiting()
    assert (one.why, one.due) == ("The exercise is to be evaluated.", clock.today() + timedelta(days=14))
    with minutes_later(20 * 24 * 60):
        assert one.days_late(clock.today()) == 6
    evaluating.evaluate(made, by=SYSTEM)
    assert waiting() == []


def test_a_planned_one_waits_from_a_month_before_it() -> None:
    made = tabletop(planned_at=clock.now() + timedelta(days=40))
    assert waiting() == []
    with minutes_later(15 * 24 * 60):
        assert [(t.title, t.why) for t in waiting()] == [(made.title, "The exercise is to be held.")]


@pytest.mark.long
def test_a_finding_waits_for_the_organisation_that_carries_it_out() -> None:
    made = evaluated()
    port = Organisation.objects.get(code="port")
    operator = make_user("operator", organisation=port)
    other = make_user("operator", organisation=body("bank"), email="other@example.org")
    own = Recipient(organisations=frozenset({port.pk}))
    assert [(t.title, t.organisation) for t in waiting(own, operator)] == [("No list", port.pk)]
    assert waiting(Recipient(organisations=frozenset({body("bank").pk})), other) == []
    seen = {user.email: TabletopFinding.objects.visible_to(user).count() for user in (operator, other)}
    assert seen == {"operator@example.org": 1, "other@example.org": 0}
    evaluating.reopen_evaluation(made, by=SYSTEM, reason="x")
    assert TabletopFinding.objects.visible_to(operator).count() == 0


# --- The pack -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("isla")
def test_five_scenarios_come_with_the_product_in_both_languages() -> None:
    found = list(Scenario.objects.all())
    assert [s.code for s in found] == [
        "ransomware-power-company",
        "water-billing-cut-off",
        "submarine-cable-cut",
        "hurricane-and-phishing",
        "election-site-down",
    ]
    for each in found:
        parts = [*each.objectives, *each.injects, *each.evaluation, *(e for i in each.injects for e in i["expected"])]
        assert [p for p in parts if not p.get("es")] == []
        used = {e["objective"] for i in each.injects for e in i["expected"]}
        assert used == {o["code"] for o in each.objectives}, each.code
        assert all(i["expected"] for i in each.injects)


def _scenario(minute: int) -> dict[str, object]:
    return {
        "code": "x",
        "title": "x",
        "aim": "x",
        "audience": "x",
        "duration": 60,
        "objective": [{"code": "o", "title": "x"}],
        "inject": [{"code": "i", "minute": minute, "title": "x", "text": "x"}],
    }


@pytest.mark.parametrize(("minute", "words"), [(-1, "before the start"), (61, "after the end at minute 60")])
def test_a_pack_with_an_inject_outside_the_exercise_is_refused(minute: int, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        pack.ScenarioShape.model_validate(_scenario(minute))
    assert pack.ScenarioShape.model_validate(_scenario(60)).inject[0].minute == 60


@pytest.mark.parametrize("name", ["mail", "consent", "invited_mail", "pending_mail", "state"])
def test_a_pack_that_gives_a_participant_an_address_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        pack.ParticipantShape.model_validate({"number": 1, "name": "x", name: "minister@government.example"})


def test_the_library_lies_with_the_product() -> None:
    shipped = offers.pack_files()["tabletop_scenarios.toml"].shipped
    assert shipped is not None
    assert Path(shipped).is_file()
