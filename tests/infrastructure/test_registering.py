"""Services and what hangs on them: what changed, what was recorded, and what is refused with a sentence at its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused, Taken
from floreo.core.models import AuditEntry
from floreo.infrastructure.actions import registering as acts
from floreo.infrastructure.models import Asset, Dependency, RecoveryPlan, Service
from floreo.organisations.actions.sectors import add_sector, remove_sector, update_sector
from floreo.organisations.models import NationalSector, Organisation, Place, User
from tests.infrastructure.making import a_dependency, a_sector, a_service, body, proposed

pytestmark = pytest.mark.django_db


def last_verb() -> str:
    return AuditEntry.objects.order_by("-number")[0].verb


def refused(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


class TestSectors:
    def test_a_sector_is_added_changed_and_removed(self) -> None:
        energy = a_sector()
        fuel = add_sector(by=SYSTEM, name="Fuel", parent=energy, broad="energy")
        assert (fuel.code, fuel.parent, last_verb()) == ("fuel", energy, "sector.added")
        update_sector(fuel, by=SYSTEM, name="Fuels")
        assert NationalSector.objects.get(code="fuel").name == "Fuels"
        remove_sector(fuel, by=SYSTEM)
        assert list(NationalSector.objects.all()) == [energy]

    def test_a_sector_is_not_part_of_itself_by_any_number_of_steps(self) -> None:
        energy = a_sector()
        fuel = add_sector(by=SYSTEM, name="Fuel", parent=energy, broad="energy")
        wrong = refused(lambda: update_sector(energy, by=SYSTEM, parent=fuel))
        assert (wrong.code, list(wrong.fields)) == ("circle", ["parent"])

    def test_a_sector_that_is_used_stays(self) -> None:
        a_service("Power")
        assert refused(lambda: remove_sector(a_sector(), by=SYSTEM)).code == "in_use"


class TestServices:
    def test_the_team_adds_a_service_and_it_is_in_the_register_at_once(self) -> None:
        made = a_service("Electricity in the north", body(), rto_hours=4, mtpd_hours=24)
        assert (made.code, made.state, made.is_public, last_verb()) == (
            "electricity-in-the-north",
            "current",
            False,
            "service.added",
        )

    def test_recovery_takes_no_longer_than_the_outage_that_is_tolerable(self) -> None:
        wrong = refused(lambda: a_service("Power", rto_hours=25, mtpd_hours=24))
        assert (wrong.code, list(wrong.fields)) == ("rto_after_mtpd", ["rto_hours"])

    def test_nowhere_are_more_users_than_people(self) -> None:
        north = Place.objects.create(code="N", name="North", kind="district", population=100)
        wrong = refused(lambda: a_service("Power", places={north: 101}))
        assert wrong.code == "more_users_than_people"
        made = a_service("Water", places={north: 100})
        assert [(row.place, row.users) for row in made.served.all()] == [(north, 100)]
        acts.update_service(made, by=SYSTEM, places={})
        assert not made.served.exists()

    def test_what_an_operator_proposed_is_taken_in_once(self) -> None:
        made = a_service("Power")
        Service.objects.filter(pk=made.pk).update(state="proposed")
        acts.review_service(made, by=SYSTEM)
        made.refresh_from_db()
        assert (made.state, made.reviewed_on, last_verb()) == ("current", clock.today(), "service.reviewed")
        assert refused(lambda: acts.review_service(made, by=SYSTEM)).code == "reviewed"

    def test_a_withdrawn_service_is_no_longer_public_and_can_come_back(self) -> None:
        made = a_service("Power", is_public=True)
        acts.withdraw_service(made, by=SYSTEM, reason="Closed.")
        made.refresh_from_db()
        assert (made.state, made.is_public, made.reason) == ("withdrawn", False, "Closed.")
        assert refused(lambda: acts.update_service(made, by=SYSTEM, name="Other")).code == "withdrawn"
        acts.restore_service(made, by=SYSTEM)
        made.refresh_from_db()
        assert (made.state, made.withdrawn_on, last_verb()) == ("current", None, "service.restored")

    def test_a_service_in_a_procedure_is_not_withdrawn(self) -> None:
        made = a_service("Power", body())
        proposed(made)
        assert refused(lambda: acts.withdraw_service(made, by=SYSTEM, reason="Closed.")).code == "designated"

    def test_only_who_may_change_the_register_does(self, user_with: Callable[..., User]) -> None:
        operator = user_with("operator", organisation=body())
        made = a_service("Power", Organisation.objects.get())
        with pytest.raises(NotAllowed):
            acts.update_service(made, by=operator, name="Mine")


class TestDependencies:
    def test_a_dependency_is_recorded_and_checked_by_a_named_person(self, secretariat: User) -> None:
        made = a_dependency(a_service("Water"), a_service("Power"), hours=2, share=80)
        acts.check_dependency(made, by=secretariat)
        made.refresh_from_db()
        assert (made.checked_on, made.checked_by, last_verb()) == (
            clock.today(),
            secretariat.name,
            "dependency.checked",
        )

    def test_what_is_changed_is_not_checked_any_more(self, secretariat: User) -> None:
        made = a_dependency(a_service("Water"), a_service("Power"))
        acts.check_dependency(made, by=secretariat)
        acts.update_dependency(made, by=secretariat, source="A letter")
        made.refresh_from_db()
        assert made.checked_on == clock.today()
        acts.update_dependency(made, by=secretariat, hours=6)
        made.refresh_from_db()
        assert (made.hours, made.checked_on, made.checked_by) == (6, None, "")

    def test_nothing_depends_on_itself(self) -> None:
        power = a_service("Power")
        wrong = refused(lambda: a_dependency(power, power))
        assert (wrong.code, list(wrong.fields)) == ("itself", ["needs"])

    def test_nothing_depends_on_a_withdrawn_service(self) -> None:
        gone = a_service("Paging")
        acts.withdraw_service(gone, by=SYSTEM, reason="Closed.")
        wrong = refused(lambda: a_dependency(a_service("Hospital"), gone))
        assert wrong.code == "not_current"
        assert "Paging" in str(wrong.sentence)

    @pytest.mark.parametrize("hours", [-1, 24 * 365 + 1])
    def test_hours_are_neither_negative_nor_longer_than_a_year(self, hours: int) -> None:
        wrong = refused(lambda: a_dependency(a_service("Water"), a_service("Power"), hours=hours))
        assert list(wrong.fields) == ["hours"]

    @pytest.mark.parametrize("share", [0, 101, -5])
    def test_a_share_is_from_1_to_100(self, share: int) -> None:
        wrong = refused(lambda: a_dependency(a_service("Water"), a_service("Power"), share=share))
        assert list(wrong.fields) == ["share"]

    @pytest.mark.parametrize(
        ("facts", "field"),
        [({"fallback_hours": 8}, "fallback"), ({"fallback": "Batteries"}, "fallback_hours")],
    )
    def test_a_fallback_has_a_name_and_hours(self, facts: dict[str, object], field: str) -> None:
        wrong = refused(lambda: a_dependency(a_service("Water"), a_service("Power"), **facts))
        assert list(wrong.fields) == [field]

    def test_the_same_dependency_is_there_once_until_it_is_withdrawn(self) -> None:
        water, power = a_service("Water"), a_service("Power")
        made = a_dependency(water, power)
        with pytest.raises(Taken):
            a_dependency(water, power)
        acts.withdraw_dependency(made, by=SYSTEM)
        again = a_dependency(water, power)
        assert list(Dependency.objects.current()) == [again]
        assert refused(lambda: acts.check_dependency(Dependency.objects.get(pk=made.pk), by=SYSTEM)).code == "withdrawn"


class TestAssetsAndPlans:
    def test_an_asset_is_added_changed_and_removed(self) -> None:
        power = a_service("Power")
        made = acts.add_asset(power, by=SYSTEM, name="Substation B", kind="site")
        acts.update_asset(made, by=SYSTEM, product="GridView", product_version="7")
        made.refresh_from_db()
        assert (made.code, made.product, last_verb()) == ("power-substation-b", "GridView", "asset.updated")
        acts.remove_asset(made, by=SYSTEM)
        assert not Asset.objects.exists()

    def test_a_version_is_of_a_product(self) -> None:
        power = a_service("Power")
        wrong = refused(lambda: acts.add_asset(power, by=SYSTEM, name="A", kind="site", product_version="7"))
        assert list(wrong.fields) == ["product"]

    def test_a_test_of_a_plan_is_recorded_and_the_newest_counts(self) -> None:
        plan = acts.add_plan(a_service("Power"), by=SYSTEM, title="Restoration by blocks", hours=8)
        assert plan.state == "never_tested"
        day = clock.today() - timedelta(days=10)
        acts.record_test(plan, by=SYSTEM, on=day, result="failed", next_test_on=clock.today() + timedelta(days=30))
        plan.refresh_from_db()
        assert (plan.state, plan.last_test_on, last_verb()) == ("failed", day, "recovery_plan.tested")
        older = day - timedelta(days=1)
        assert refused(lambda: acts.record_test(plan, by=SYSTEM, on=older, result="passed")).code == "older"
        to_come = clock.today() + timedelta(days=1)
        assert list(refused(lambda: acts.record_test(plan, by=SYSTEM, on=to_come, result="passed")).fields) == ["on"]
        acts.update_plan(plan, by=SYSTEM, owner="Head of operations")
        acts.remove_plan(RecoveryPlan.objects.get(), by=SYSTEM)
        assert not RecoveryPlan.objects.exists()

    def test_the_next_test_comes_after_this_one(self) -> None:
        plan = acts.add_plan(a_service("Power"), by=SYSTEM, title="Restoration")
        day = date(2026, 1, 5)
        wrong = refused(lambda: acts.record_test(plan, by=SYSTEM, on=day, result="passed", next_test_on=day))
        assert list(wrong.fields) == ["next_test_on"]
