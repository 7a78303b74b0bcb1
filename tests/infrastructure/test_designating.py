"""Designation: only a decision designates, by another person than who proposed, after a hearing, with a whole score."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from floreo.core import clock, decisions
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused, Taken
from floreo.core.models import AuditEntry
from floreo.infrastructure.actions import designating as acts
from floreo.infrastructure.actions.registering import update_service
from floreo.infrastructure.models import Criterion, Designation, Service
from floreo.infrastructure.tables import with_designation
from floreo.organisations.models import User
from tests.infrastructure.making import a_service, body, proposed

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 2)


def scored(designation: Designation, people: int, harm: int) -> Designation:
    points = {
        Criterion.objects.get(code="people"): (people, "Known."),
        Criterion.objects.get(code="harm"): (harm, "Known."),
    }
    return acts.score(designation, by=SYSTEM, points=points)


def ready(by: object = SYSTEM) -> Designation:
    made = proposed(a_service("Power", body(), is_public=True), by=by)
    scored(made, 3, 3)
    return acts.record_hearing(made, by=SYSTEM, on=DAY, text="The operator agrees.")


def refused(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def is_designated() -> bool:
    return bool(with_designation(Service.objects.all()).get().is_designated)  # type: ignore[attr-defined]


def test_a_service_is_designated_by_the_decision_and_by_nothing_before(secretariat: User) -> None:
    made = proposed(a_service("Power", body()))
    assert not is_designated()
    scored(made, 3, 3)
    assert not is_designated()
    acts.record_hearing(made, by=SYSTEM, on=DAY, text="The operator agrees.")
    assert not is_designated()
    acts.designate(made, by=secretariat, on=DAY, text="Section 6.", review_due_on=date(2028, 2, 2))
    assert is_designated()
    made.refresh_from_db()
    assert [step.kind for step in made.steps.all()] == ["proposal", "hearing", "decision"]
    assert (made.stage, made.review_due_on) == ("designated", date(2028, 2, 2))
    assert AuditEntry.objects.order_by("-number")[0].verb == "designation.decided"


def test_nothing_is_decided_without_a_hearing(secretariat: User) -> None:
    made = scored(proposed(a_service("Power", body())), 3, 3)
    assert refused(lambda: acts.designate(made, by=secretariat, on=DAY, text="Now.")).code == "not_heard"


def test_half_a_score_is_no_score(secretariat: User) -> None:
    made = proposed(a_service("Power", body()))
    acts.score(made, by=SYSTEM, points={Criterion.objects.get(code="people"): (3, "Known.")})
    acts.record_hearing(made, by=SYSTEM, on=DAY, text="The operator agrees.")
    assert refused(lambda: acts.designate(made, by=secretariat, on=DAY, text="Now.")).code == "not_scored"


def test_a_score_below_the_threshold_is_not_designated(secretariat: User) -> None:
    made = scored(proposed(a_service("Power", body())), 1, 1)
    acts.record_hearing(made, by=SYSTEM, on=DAY, text="The operator agrees.")
    wrong = refused(lambda: acts.designate(made, by=secretariat, on=DAY, text="Now."))
    assert (wrong.code, "33.3 %" in str(wrong.sentence), "60 %" in str(wrong.sentence)) == (
        "below_threshold",
        True,
        True,
    )


def test_who_proposed_does_not_decide(secretariat: User, user_with: Callable[..., User]) -> None:
    made = ready(by=secretariat)
    assert refused(lambda: acts.designate(made, by=secretariat, on=DAY, text="Now.")).code == "own_proposal"
    assert refused(lambda: acts.decline(made, by=secretariat, on=DAY, text="Now.")).code == "own_proposal"
    acts.designate(made, by=user_with("administrator"), on=DAY, text="Now.")
    assert is_designated()


def test_who_may_not_decide_does_not(user_with: Callable[..., User]) -> None:
    with pytest.raises(NotAllowed):
        acts.designate(ready(), by=user_with("responder"), on=DAY, text="Now.")


def test_a_decision_is_refused_where_the_service_changed_since_it_was_shown(secretariat: User) -> None:
    made = ready()
    shown = decisions.as_shown()
    update_service(made.service, by=SYSTEM, name="Another")
    wrong = refused(lambda: acts.designate(made, by=secretariat, on=DAY, text="Now.", shown=shown))
    assert wrong.code == decisions.CHANGED_SINCE
    assert not is_designated()


def test_steps_are_in_the_order_of_their_days_and_none_is_to_come(secretariat: User) -> None:
    made = ready()
    early = DAY - timedelta(days=1)
    assert list(refused(lambda: acts.designate(made, by=secretariat, on=early, text="Now.")).fields) == ["on"]
    late = clock.today() + timedelta(days=1)
    assert list(refused(lambda: acts.designate(made, by=secretariat, on=late, text="Now.")).fields) == ["on"]


def test_one_procedure_at_a_time() -> None:
    made = ready()
    with pytest.raises(Taken):
        proposed(made.service)


def test_a_service_without_an_operator_has_nobody_to_hold_a_hearing_with() -> None:
    assert refused(lambda: proposed(a_service("Card network"))).code == "no_operator"


def test_a_designation_is_confirmed_and_withdrawn(secretariat: User) -> None:
    made = ready()
    acts.designate(made, by=secretariat, on=DAY, text="Section 6.")
    acts.confirm(made, by=secretariat, on=DAY, text="As before.", review_due_on=date(2028, 1, 1))
    made.refresh_from_db()
    assert (made.stage, made.review_due_on) == ("designated", date(2028, 1, 1))
    acts.withdraw(made, by=secretariat, on=DAY, text="Another took its place.")
    made.refresh_from_db()
    assert (made.stage, made.review_due_on, is_designated()) == ("withdrawn", None, False)
    assert refused(lambda: acts.confirm(made, by=secretariat, on=DAY, text="x")).code == "not_designated"
    assert proposed(made.service).stage == "proposed"  # it may begin again


def test_a_declined_procedure_takes_no_more_scores(secretariat: User) -> None:
    made = ready()
    acts.decline(made, by=secretariat, on=DAY, text="Not needed.")
    assert refused(lambda: scored(made, 1, 1)).code == "decided"


def test_points_are_of_the_levels_and_each_has_its_reason() -> None:
    made = proposed(a_service("Power", body()))
    people = Criterion.objects.get(code="people")
    assert refused(lambda: acts.score(made, by=SYSTEM, points={people: (9, "Known.")})).code == "no_level"
    assert list(refused(lambda: acts.score(made, by=SYSTEM, points={people: (2, " ")})).fields) == ["reason_people"]


def test_the_public_reads_candidate_before_and_designated_after(secretariat: User) -> None:
    made = ready()
    page = Client().get(made.service.get_absolute_url()).content.decode()
    assert ("Candidate, not designated" in page, "Designated" in page.replace("not designated", "")) == (True, False)
    acts.designate(made, by=secretariat, on=DAY, text="Section 6.")
    assert "Designated" in Client().get(made.service.get_absolute_url()).content.decode()
