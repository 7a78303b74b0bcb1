"""Spreadsheets into the register: what a file would do, what it does, what is refused with which sentence, and who may."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.tables import as_csv
from floreo.infrastructure.models import Asset, Dependency, Service
from floreo.infrastructure.tables import ASSETS, DEPENDENCIES, WORKSPACE_SERVICES
from floreo.organisations.models import Organisation, Place
from floreo.register_imports.actions import (
    choose_layout,
    forget_old_cells,
    import_rows,
    plan_of,
    remove_import,
)
from floreo.register_imports.grid import MOST_BYTES, read_file
from floreo.register_imports.models import KEPT_DAYS, RegisterImport, UploadedCells
from tests.infrastructure.making import a_dependency, a_service, body
from tests.register_imports.making import SAMPLES, actor, begun, matched, planned, text, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def power() -> Service:
    Place.objects.create(code="north", name="North", kind="district", population=9_000)
    return a_service("Electricity", body())


def sentences(run: RegisterImport) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.sentence) for each in plan_of(run).problems]


class TestSampleOfAnotherProgram:
    """activos.xlsx: saved by LibreOffice, with a title, a header in two rows, merged cells and headings between the rows."""

    def test_it_is_read_matched_and_imported(self, power: Service) -> None:
        run = begun("asset", (SAMPLES / "activos.xlsx").read_bytes(), "activos.xlsx")
        assert [column["field"] for column in run.columns] == [
            "service",
            "name",
            "kind",
            "vendor",
            "product",
            "product_version",
            "place",
            "note",
        ]
        found = plan_of(run)
        assert [(each.line, each.column) for each in found.problems] == [(11, "Ubicación"), (12, "Tipo de activo")]
        assert [each.line for each in found.skipped] == [6, 10]
        done = import_rows(run, by=SYSTEM, seen=found.digest)
        assert done.counts == {"added": 3, "changed": 0, "same": 0, "left_out": 2}
        scada = Asset.objects.get(name="SCADA principal")
        assert (scada.service, scada.kind, scada.vendor, scada.product, scada.product_version, scada.note) == (
            power,
            "control",
            "Siemens",
            "SIMATIC WinCC",
            "7.5",
            "Sin redundancia",
        )
        assert scada.source == "Spreadsheet: activos.xlsx"
        entry = AuditEntry.objects.order_by("-number")[0]
        assert entry.verb == "register_import.imported"
        assert (run.sha256 in str(entry.detail), "'added': 3" in str(entry.detail)) == (True, True)

    def test_the_same_file_again_changes_nothing(self, power: Service) -> None:
        content = (SAMPLES / "activos.xlsx").read_bytes()
        first = begun("asset", content)
        import_rows(first, by=SYSTEM, seen=plan_of(first).digest)
        again = begun("asset", content)
        found = plan_of(again)
        assert (len(found.rows), found.same) == (0, 3)
        with pytest.raises(Refused, match="nothing to import"):
            import_rows(again, by=SYSTEM, seen=found.digest)


class TestRows:
    def test_new_changed_and_same_are_told_apart(self, power: Service) -> None:
        first = begun(
            "asset", text([["service", "name", "kind"], ["Electricity", "A", "site"], ["Electricity", "B", "site"]])
        )
        import_rows(first, by=SYSTEM, seen=plan_of(first).digest)
        rows = [
            ["service", "name", "kind"],
            ["Electricity", "A", "site"],
            ["Electricity", "b", "system"],
            ["Electricity", "C", "site"],
        ]
        run = begun("asset", text(rows))
        found = plan_of(run)
        assert ([row.line for row in found.added], [row.line for row in found.changed], found.same) == ([4], [3], 1)
        (difference,) = [d for d in found.changed[0].differences if d.label == "Kind"]
        assert (difference.before, difference.after) == ("Site or building", "Computer system")
        import_rows(run, by=SYSTEM, seen=found.digest)
        assert sorted(Asset.objects.values_list("name", "kind")) == [("A", "site"), ("C", "site"), ("b", "system")]

    def test_an_empty_cell_says_nothing(self, power: Service) -> None:
        Asset.objects.create(service=power, code="a", name="A", kind="site", note="Kept")
        run = begun("asset", text([["code", "name", "note", "vendor"], ["a", "A", "", "Acme"]]))
        import_rows(run, by=SYSTEM, seen=plan_of(run).digest)
        assert Asset.objects.values_list("note", "vendor").get(code="a") == ("Kept", "Acme")

    def test_services_come_with_their_places_and_hours(self, power: Service) -> None:
        Place.objects.create(code="south", name="South", kind="district")
        rows = [
            ["Service", "Sector", "Operator", "Users", "RTO", "MTPD", "Districts"],
            ["Water", "Energy", "Power Company", "12,500", "4 h", "2 days", "North; South"],
        ]
        run = begun("service", workbook(rows), "services.xlsx")
        import_rows(run, by=SYSTEM, seen=plan_of(run).digest)
        water = Service.objects.get(name="Water")
        assert (water.users, water.rto_hours, water.mtpd_hours) == (12_500, 4, 48)
        assert sorted(row.place.code for row in water.served.all()) == ["north", "south"]
        fewer = begun("service", text([["code", "Districts"], [water.code, "South"]]))
        import_rows(fewer, by=SYSTEM, seen=plan_of(fewer).digest)
        assert [row.place.code for row in water.served.all()] == ["south"]

    def test_a_changed_dependency_is_no_longer_checked(self, power: Service) -> None:
        water = a_service("Water")
        held = a_dependency(water, power, hours=4)
        Dependency.objects.filter(pk=held.pk).update(checked_on=clock.today(), checked_by="Ana")
        run = begun("dependency", text([["service", "needs", "kind", "hours"], ["Water", "Electricity", "power", "8"]]))
        import_rows(run, by=SYSTEM, seen=plan_of(run).digest)
        held.refresh_from_db()
        assert (held.hours, held.checked_on, held.checked_by) == (8, None, "")

    def test_organisations(self) -> None:
        rows = [
            ["Entidad", "Siglas", "Tipo", "Teléfono"],
            ["Instituto del Agua", "IA", "Institución pública", "+501 222 3344"],
        ]
        run = begun("organisation", workbook(rows))
        import_rows(run, by=SYSTEM, seen=plan_of(run).digest)
        made = Organisation.objects.get(short_name="IA")
        assert (made.name, made.kind, made.code) == ("Instituto del Agua", "agency", "instituto-del-agua")
        assert made.phone.startswith("+501")

    def test_what_goes_out_comes_in_unchanged(self, power: Service) -> None:
        """The lists of the workspace as CSV, uploaded again: every row says what is there."""
        water = a_service("Water", users=5, rto_hours=4, mtpd_hours=9)
        a_dependency(water, power, hours=4, share=50, fallback="Diesel", fallback_hours=8)
        Asset.objects.create(service=power, code="a", name="=A", kind="site", note="-1", vendor="Acme", product="X")
        for kind, table in (("service", WORKSPACE_SERVICES), ("asset", ASSETS), ("dependency", DEPENDENCIES)):
            content = "".join(as_csv(table, table.ordered(SYSTEM), SYSTEM)).encode()
            found = planned(kind, content)
            assert (len(found.rows), found.problems) == (0, []), kind
            assert found.same == table.rows(SYSTEM).count()


class TestBadInput:
    @pytest.mark.parametrize(
        ("kind", "rows", "sentence"),
        [
            ("asset", [["service", "name", "kind"], ["Gas", "A", "site"]], "no such service"),
            ("asset", [["service", "name", "kind"], ["Electricity", "A", ""]], "nothing says: Kind"),
            ("asset", [["service", "name", "kind"], ["Electricity", "", "site"]], "nothing says: Name"),
            ("asset", [["service", "name", "kind", "version"], ["Electricity", "A", "site", "7"]], "which product"),
            ("asset", [["code", "service", "name", "kind"], ["A 1", "Electricity", "A", "site"]], "small letters"),
            ("asset", [["service", "name", "kind"], ["Electricity", "A" * 201, "site"]], "at most 200"),
            ("dependency", [["service", "needs", "kind"], ["Electricity", "Electricity", "power"]], "on itself"),
            (
                "dependency",
                [["service", "needs", "kind", "hours"], ["Electricity", "Water", "power", "-4"]],
                "whole hours",
            ),
            (
                "dependency",
                [["service", "needs", "kind", "share"], ["Electricity", "Water", "power", "120"]],
                "from 1 to 100",
            ),
            (
                "dependency",
                [["service", "needs", "kind", "fallback"], ["Electricity", "Water", "power", "Diesel"]],
                "how many hours",
            ),
            ("service", [["name", "sector", "rto", "mtpd"], ["Gas", "Energy", "9", "4"]], "longer than"),
            ("service", [["name", "sector", "users"], ["Gas", "Energy", "many"]], "whole number"),
            ("service", [["name", "sector"], ["Gas", "Clouds"]], "no such sector"),
            ("organisation", [["name", "kind", "website"], ["X", "company", "ftp"]], "URL"),
        ],
    )
    def test_each_gets_its_sentence_and_its_row(
        self, power: Service, kind: str, rows: list[list[str]], sentence: str
    ) -> None:
        a_service("Water")
        found = planned(kind, text(rows))
        assert found.rows == []
        assert [(each.line, sentence in each.sentence) for each in found.problems] == [(2, True)], found.problems

    def test_a_withdrawn_service_is_not_named(self, power: Service) -> None:
        Service.objects.filter(pk=power.pk).update(state="withdrawn", withdrawn_on=clock.today())
        found = planned("asset", text([["service", "name", "kind"], ["Electricity", "A", "site"]]))
        assert "no such service" in found.problems[0].sentence

    def test_a_row_twice_is_one_too_many(self, power: Service) -> None:
        row = ["Electricity", "A", "site"]
        found = planned("asset", text([["service", "name", "kind"], row, row]))
        assert [each.line for each in found.rows] == [2]

    def test_a_formula_without_a_value_is_named(self, power: Service) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["service", "name", "kind"])
        sheet.append(["Electricity", '="A"&"B"', "site"])
        out = io.BytesIO()
        book.save(out)
        found = planned("asset", out.getvalue(), "f.xlsx")
        assert "formula without a saved value" in found.problems[0].sentence

    def test_columns_that_do_not_suffice(self, power: Service) -> None:
        run = begun("asset", text([["x", "y"], ["1", "2"]]))
        with pytest.raises(Refused, match="Say which column is: Service, Name"):
            plan_of(run)
        with pytest.raises(Refused, match="Two columns are “Name”"):
            plan_of(matched(run, x="name", y="name"))

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "no cell"),
            (b"\x00\x01\x02", "neither"),
            (b"PK\x03\x04 not a workbook", "neither"),
            (b"\xd0\xcf\x11\xe0" + b"0" * 600, "old format"),
            (b"a,b\n" * 30_000, "20,000 rows"),
            (b"x" * (MOST_BYTES + 1), "20 MB"),
            (b'a,b\n"unfinished,1\n', "breaks off"),
        ],
    )
    def test_files_that_are_none(self, content: bytes, sentence: str) -> None:
        with pytest.raises(Refused) as caught:
            read_file(content, "x")
        assert sentence in str(caught.value.fields["file"])

    def test_five_thousand_assets_with_merged_cells_take_few_questions(self, power: Service) -> None:
        rows: list[list[str]] = [["Service", "Asset", "Type"]]
        rows += [["Electricity" if n % 10 == 0 else "", f"Asset {n}", "site"] for n in range(5_000)]
        merged = [(first, 0, first + 9, 0) for first in range(1, 5_001, 10)]
        run = begun("asset", workbook(rows, merged))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = plan_of(run)
        assert (len(found.rows), found.problems) == (5_000, [])
        assert len(asked) < 12
        with CaptureQueriesContext(connection) as asked:
            import_rows(run, by=SYSTEM, seen=found.digest)
        assert Asset.objects.filter(service=power).count() == 5_000
        assert len(asked) < 150


class TestTheFile:
    def test_another_sheet_or_header_is_guessed_again(self, power: Service) -> None:
        run = begun("asset", text([["one", "two", "three"], ["service", "name", "kind"], ["Electricity", "A", "site"]]))
        run = choose_layout(run, by=SYSTEM, sheet=0, header_row=1, header_rows=1)
        assert [column["header"] for column in run.columns] == ["one", "two", "three"]
        run = choose_layout(run, by=SYSTEM, sheet=0, header_row=2, header_rows=1)
        assert [column["field"] for column in run.columns] == ["service", "name", "kind"]
        with pytest.raises(Refused, match="no such row"):
            choose_layout(run, by=SYSTEM, sheet=0, header_row=9, header_rows=1)
        with pytest.raises(Refused, match="sheet of this file"):
            choose_layout(run, by=SYSTEM, sheet=3, header_row=1, header_rows=1)

    def test_columns_are_remembered_from_what_was_imported(self, power: Service) -> None:
        rows = [["Wo", "Was", "Art"], ["Electricity", "A", "site"]]
        run = matched(begun("asset", text(rows)), Wo="service", Was="name", Art="kind")
        assert [column["field"] for column in begun("asset", text(rows)).columns] == ["", "", ""]
        import_rows(run, by=SYSTEM, seen=plan_of(run).digest)
        assert [column["field"] for column in begun("asset", text(rows)).columns] == ["service", "name", "kind"]

    def test_what_was_not_seen_is_not_written(self, power: Service) -> None:
        run = begun("asset", text([["service", "name", "kind"], ["Electricity", "A", "site"]]))
        seen = plan_of(run).digest
        Asset.objects.create(service=power, code="x", name="A", kind="system")
        with pytest.raises(Changed):
            import_rows(run, by=SYSTEM, seen=seen)
        assert Asset.objects.get().kind == "system"

    def test_its_cells_go_when_it_is_imported_removed_or_old(self, power: Service) -> None:
        rows = text([["service", "name", "kind"], ["Electricity", "A", "site"]])
        run, other, old = (begun("asset", rows) for _n in range(3))
        import_rows(run, by=SYSTEM, seen=plan_of(run).digest)
        with pytest.raises(Refused, match="already"):
            import_rows(run, by=SYSTEM, seen="")
        remove_import(other, by=SYSTEM)
        assert list(UploadedCells.objects.values_list("run", flat=True)) == [old.pk]
        assert forget_old_cells() == 0
        RegisterImport.objects.update(at=clock.now() - timedelta(days=KEPT_DAYS + 1))
        assert forget_old_cells() == 1
        with pytest.raises(Refused, match="no longer kept"):
            plan_of(old)


class TestWhoMay:
    def test_who_may_not_write_a_dependency_may_not_bring_them_in_or_see_the_file(self, power: Service) -> None:
        rows = text([["service", "needs", "kind"], ["Electricity", "Electricity", "power"]])
        administrator = actor("administrator")
        with pytest.raises(NotAllowed):
            begun("dependency", rows, by=administrator)
        held = begun("dependency", rows)
        assert list(RegisterImport.objects.visible_to(administrator)) == []
        assert list(UploadedCells.objects.visible_to(administrator)) == []
        assert list(RegisterImport.objects.visible_to(SYSTEM)) == [held]

    @pytest.mark.parametrize("role", ["lead", "operator", "analyst", "observer", "auditor", "drafter", "coordinator"])
    def test_most_roles_bring_in_nothing(self, power: Service, role: str) -> None:
        held = begun("asset", text([["service", "name", "kind"], ["Electricity", "A", "site"]]))
        seen = plan_of(held).digest
        with pytest.raises(NotAllowed):
            import_rows(held, by=actor(role), seen=seen)
        assert not RegisterImport.objects.visible_to(actor(role)).exists()
