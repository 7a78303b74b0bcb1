"""Essential services, assets and dependencies from spreadsheets: what comes in, what goes out and in again, and bad rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed
from floreo.core.tables import as_csv
from floreo.imports.actions import begin_import, import_rows
from floreo.imports.files import read_file
from floreo.imports.models import SheetImport
from floreo.infrastructure.models import Asset, Dependency, Service
from floreo.infrastructure.tables import ASSETS, DEPENDENCIES, WORKSPACE_SERVICES
from floreo.organisations.models import Place, User
from tests.imports.making import begun, faults, imported, planned, workbook
from tests.infrastructure.making import a_dependency, a_service, body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
SAMPLE = Path(__file__).parent / "samples" / "activos.xlsx"


def text(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


@pytest.fixture
def power() -> Service:
    Place.objects.create(code="north", name="North", kind="district", population=9_000)
    return a_service("Electricity", body())


class TestSampleOfAnotherProgram:
    """activos.xlsx: saved by LibreOffice, with a title, a header in two rows, merged cells and headings between the rows."""

    def test_it_is_read_matched_and_imported(self, power: Service) -> None:
        run = begun("assets", SAMPLE.read_bytes(), "activos.xlsx")
        assert [column["field"] for column in run.columns] == [
            "service",
            "name",
            "kind",
            "vendor",
            "product",
            "product_version",
            "place",
            "note",
            "",
        ]
        plan = planned(run)
        assert [(row, column) for row, column, _sentence in faults(plan)] == [(11, "Ubicación"), (12, "Tipo de activo")]
        assert [r.number for r in plan.results if r.outcome == "skipped"] == [6, 10]
        done = imported(run)
        assert done.counts == {"new": 3, "changed": 0, "same": 0, "refused": 2, "skipped": 2}
        scada = Asset.objects.get(name="SCADA principal")
        assert (scada.service, scada.kind, scada.vendor, scada.product, scada.product_version, scada.note) == (
            power,
            "control",
            "Siemens",
            "SIMATIC WinCC",
            "7.5",
            "Sin redundancia",
        )
        again = planned(begun("assets", SAMPLE.read_bytes(), "activos.xlsx"))
        assert (again.counts["new"], again.counts["same"]) == (0, 3)


class TestRows:
    def test_new_changed_and_same_are_told_apart(self, power: Service) -> None:
        imported(
            begun(
                "assets",
                text([["service", "name", "kind"], ["Electricity", "A", "site"], ["Electricity", "B", "site"]]),
            )
        )
        rows = [
            ["service", "name", "kind"],
            ["Electricity", "A", "site"],
            ["Electricity", "b", "system"],
            ["Electricity", "C", "site"],
        ]
        run = begun("assets", text(rows))
        plan = planned(run)
        assert [str(r.outcome) for r in plan.results] == ["same", "changed", "new"]
        (difference,) = [d for d in plan.results[1].differences if d.label == "Kind"]
        assert (difference.before, difference.after) == ("Site or building", "Computer system")
        imported(run)
        assert sorted(Asset.objects.values_list("name", "kind")) == [("A", "site"), ("C", "site"), ("b", "system")]

    def test_an_empty_cell_says_nothing(self, power: Service) -> None:
        Asset.objects.create(service=power, code="a", name="A", kind="site", note="Kept")
        imported(begun("assets", text([["code", "name", "note", "vendor"], ["a", "A", "", "Acme"]])))
        assert Asset.objects.values_list("note", "vendor").get(code="a") == ("Kept", "Acme")

    def test_services_come_with_their_places_and_hours_and_lose_none(self, power: Service) -> None:
        Place.objects.create(code="south", name="South", kind="district")
        rows = [
            ["Service", "Sector", "Operator", "Users", "RTO", "MTPD", "Districts"],
            ["Water", "Energy", "Power Company", "12,500", "4 h", "2 days", "North; South"],
        ]
        run = begun("services", workbook(("A", rows)), "services.xlsx")
        users = next(c for c in run.columns if c["field"] == "users")
        assert users["is_asked"], "12,500 is a thousand, or twelve and a half"
        users["format"] = "point"
        run.save()
        imported(run)
        water = Service.objects.get(name="Water")
        assert (water.users, water.rto_hours, water.mtpd_hours) == (12_500, 4, 48)
        assert sorted(row.place.code for row in water.served.all()) == ["north", "south"]
        fewer = planned(begun("services", text([["code", "Districts"], [water.code, "South"]])))
        assert [str(each) for each in fewer.results[0].remarks] == [
            "Delivered here too, and the file does not name it: North."
        ]

    def test_a_changed_dependency_is_no_longer_checked(self, power: Service) -> None:
        water = a_service("Water")
        held = a_dependency(water, power, hours=4)
        Dependency.objects.filter(pk=held.pk).update(checked_on=clock.today(), checked_by="Ana")
        imported(
            begun("dependencies", text([["service", "needs", "kind", "hours"], ["Water", "Electricity", "power", "8"]]))
        )
        held.refresh_from_db()
        assert (held.hours, held.checked_on, held.checked_by) == (8, None, "")

    def test_what_goes_out_comes_in_unchanged(self, power: Service) -> None:
        """The lists of the workspace as CSV, uploaded again: every row is what is there."""
        water = a_service("Water", users=5, rto_hours=4, mtpd_hours=9)
        a_dependency(water, power, hours=4, share=50, fallback="Diesel", fallback_hours=8)
        Asset.objects.create(service=power, code="a", name="=A", kind="site", note="-1", vendor="Acme", product="X")
        for target, table in (("services", WORKSPACE_SERVICES), ("assets", ASSETS), ("dependencies", DEPENDENCIES)):
            content = "".join(as_csv(table, table.ordered(SYSTEM), SYSTEM)).encode()
            plan = planned(begun(target, content, "list.csv"))
            assert faults(plan) == [], target
            assert plan.counts["same"] == table.rows(SYSTEM).count() == len(plan.results), target

    @pytest.mark.long
    def test_a_thousand_assets_with_merged_cells_take_few_questions(self, power: Service, tmp_path: Path) -> None:
        path = tmp_path / "assets.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("A")
            sheet.write_row(0, 0, ["Service", "Asset", "Type"])
            for n in range(1_000):
                sheet.write_row(n + 1, 1, [f"Asset {n}", "site"])
            for first in range(1, 1_001, 10):
                sheet.merge_range(first, 0, first + 9, 0, "Electricity")
        run = begun("assets", path.read_bytes(), "assets.xlsx")
        with CaptureQueriesContext(connection) as asked:
            plan = planned(run)
        assert plan.counts["new"] == 1_000
        assert len(asked) < 15
        imported(run)
        assert Asset.objects.filter(service=power).count() == 1_000


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("target", "rows", "sentence"),
    [
        ("assets", [["service", "name", "kind"], ["Gas", "A", "site"]], "not known what this is"),
        ("assets", [["service", "name", "kind"], ["Electricity", "A", ""]], "nothing says: Kind"),
        ("assets", [["service", "name", "kind"], ["Electricity", "", "site"]], "nothing says: Name"),
        ("assets", [["service", "name", "kind", "version"], ["Electricity", "A", "site", "7"]], "which product"),
        ("assets", [["code", "service", "name", "kind"], ["A 1", "Electricity", "A", "site"]], "small letters"),
        ("assets", [["service", "name", "kind"], ["Electricity", "A" * 201, "site"]], "at most 200"),
        ("dependencies", [["service", "needs", "kind"], ["Electricity", "Electricity", "power"]], "on itself"),
        (
            "dependencies",
            [["service", "needs", "kind", "hours"], ["Electricity", "Water", "power", "-4"]],
            "whole hours",
        ),
        (
            "dependencies",
            [["service", "needs", "kind", "share"], ["Electricity", "Water", "power", "120"]],
            "from 1 to 100",
        ),
        (
            "dependencies",
            [["service", "needs", "kind", "fallback"], ["Electricity", "Water", "power", "Diesel"]],
            "how many hours",
        ),
        ("services", [["name", "sector", "rto", "mtpd"], ["Gas", "Energy", "9", "4"]], "longer than"),
        ("services", [["name", "sector", "users"], ["Gas", "Energy", "many"]], "no number"),
        ("services", [["name", "sector"], ["Gas", "Clouds"]], "not known what this is"),
    ],
)
def test_each_bad_row_gets_its_sentence(power: Service, target: str, rows: list[list[str]], sentence: str) -> None:
    a_service("Water")
    plan = planned(begun(target, text(rows), "a.csv"))
    assert plan.writes == []
    assert [(row, sentence in text_) for row, _column, text_ in faults(plan)] == [(2, True)], faults(plan)


def test_a_withdrawn_service_is_not_named(power: Service) -> None:
    Service.objects.filter(pk=power.pk).update(state="withdrawn", withdrawn_on=clock.today())
    plan = planned(begun("assets", text([["service", "name", "kind"], ["Electricity", "A", "site"]]), "a.csv"))
    assert plan.writes == []


def test_who_may_not_write_a_dependency_may_not_bring_them_in_or_see_the_file(
    power: Service, administrator: User
) -> None:
    file = read_file(text([["service", "needs", "kind"], ["Electricity", "Electricity", "power"]]), "a.csv")
    with pytest.raises(NotAllowed):
        begin_import(by=administrator, target="dependencies", upload=file)
    held = begin_import(by=SYSTEM, target="dependencies", upload=file)
    assert list(SheetImport.objects.visible_to(administrator)) == []
    with pytest.raises(NotAllowed):
        import_rows(held, by=administrator, seen="")
