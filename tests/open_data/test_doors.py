"""One rule for what leaves: whatever the exit and whoever asks, the same rows and columns leave; to the public nothing internal."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from openpyxl import load_workbook

from floreo import offers
from floreo.core import tables, throttle
from floreo.core.access import ROLES, can
from floreo.core.tables import Table, plain
from floreo.open_data.catalogue import public_tables
from floreo.open_data.dcat import catalogue
from floreo.open_data.dictionary import csvw, dictionary
from floreo.organisations.models import Country, Organisation, User
from floreo.organisations.queries import in_the_country
from floreo.strategy.models import Edition
from tests.api.conftest import SECRET, small_country  # noqa: F401 -- a fixture

VIEWERS = ["stranger", *ROLES]
# That CSV, JSON and XLSX say the same is shown for who sees nothing more, a part, and all; with LONG for every role.
SOME_VIEWERS = VIEWERS if os.environ.get("LONG") else ["stranger", "lead", "administrator"]


@pytest.fixture
def viewer_of(small_country: Edition, user_with: Callable[..., User]) -> Callable[[str], object]:  # noqa: F811 -- the fixture
    """An account in a role, tied to the body that leads an action."""

    def make(role: str) -> object:
        if role == "stranger":
            return AnonymousUser()
        return user_with(role, organisation=Organisation.objects.get(code="csirt"))

    return make


def leaves(table: Table, viewer: object) -> list[dict[str, Any]]:
    """What the table gives that viewer, as plain JSON."""
    return [{k: plain(v) for k, v in record.items()} for record in tables.records(table, table.ordered(viewer), viewer)]


def of_csv(table: Table, viewer: object) -> list[list[str]]:
    text = "".join(tables.as_csv(table, table.ordered(viewer), viewer)).lstrip("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def of_xlsx(table: Table, viewer: object) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(tables.as_xlsx({table.name: (table, table.ordered(viewer))}, viewer))).worksheets[
        0
    ]
    return [["" if cell is None else _text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _text(cell: Any) -> str:
    if hasattr(cell, "date"):
        return str(cell.date().isoformat())
    return str(cell)


@pytest.mark.long
@pytest.mark.parametrize(
    "role", [pytest.param(r, marks=pytest.mark.two_databases) if r == "administrator" else r for r in SOME_VIEWERS]
)
def test_every_exit_gives_the_same(viewer_of: Callable[[str], object], role: str) -> None:
    """The generated truth table: every table, for every role, on CSV, JSON and XLSX."""
    viewer = viewer_of(role)
    for table in offers.tables().values():
        if not table.is_open_to(viewer):
            continue
        names, rows = [c.name for c in table.columns_for(viewer)], leaves(table, viewer)
        from_json = json.loads("".join(tables.as_json(table, table.ordered(viewer), viewer)))
        assert from_json == rows, table.name
        assert all(list(r) == names for r in rows), table.name
        flat = [names, *([str(tables.flat(v)) for v in record.values()] for record in rows)]
        assert of_csv(table, viewer) == flat, table.name
        plain_text = [[cell[1:] if cell.startswith("'") else cell for cell in row] for row in flat]
        assert of_xlsx(table, viewer) == plain_text, table.name


@pytest.mark.guards("public exits are the stranger's, whoever asks")
def test_the_api_and_the_public_files_are_a_strangers_whoever_asks(
    viewer_of: Callable[[str], object], secretariat: User
) -> None:
    browser = Client()
    browser.force_login(secretariat)
    for table in public_tables():
        throttle.METER.clear()  # a table for one caller: all of them in a second are more than anybody may ask
        with in_the_country():
            expected = leaves(table, viewer_of("stranger"))
        assert browser.get(f"/api/v1/{table.name}", {"limit": 200}).json()["items"] == expected, table.name
        body = b"".join(browser.get(f"/data/{table.name}.json").streaming_content)  # type: ignore[attr-defined]  # it streams
        assert json.loads(body) == expected, table.name


@pytest.mark.long
def test_nothing_internal_leaves_to_a_stranger_and_all_of_it_would_leak_without_the_rules(
    viewer_of: Callable[[str], object],
) -> None:
    stranger, insider = viewer_of("stranger"), viewer_of("administrator")
    secret_tables = []
    for table in offers.tables().values():
        if table.needs is None:
            assert SECRET not in json.dumps(leaves(table, stranger)), table.name
        if SECRET in json.dumps(leaves(table, insider)):
            secret_tables.append(table.name)
    # What the test made could leak from these: were a rule to go missing, it would show above.
    assert {
        "actions",
        "editions",
        "events",
        "indicators",
        "milestones",
        "organisations",
        "pillars",
        "risks",
        "updates",
    } <= set(secret_tables)


@pytest.mark.guards("a column leaves only to who may see it")
@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", VIEWERS)
def test_a_column_leaves_only_to_who_may_see_it(viewer_of: Callable[[str], object], role: str) -> None:
    viewer = viewer_of(role)
    for table in offers.tables().values():
        guarded = {c.name for c in table.columns if c.needs is not None and not can(viewer, c.needs)}
        assert guarded.isdisjoint(c.name for c in table.columns_for(viewer)), table.name
        if role == "stranger":
            assert guarded == {c.name for c in table.columns if c.needs is not None}


@pytest.mark.long
def test_every_table_tells_its_rows_apart(viewer_of: Callable[[str], object]) -> None:
    viewer = viewer_of("administrator")
    for table in offers.tables().values():
        keys = [row[table.key] for row in leaves(table, viewer)]
        assert len(keys) == len(set(keys)), table.name


@pytest.mark.django_db
def test_every_column_and_table_says_what_it_is() -> None:
    for table in offers.tables().values():
        assert all((str(table.title), str(table.help))), table.name
        for column in table.columns:
            assert all((column.name, str(column.title), str(column.help))), (table.name, column.name)


@pytest.mark.long
def test_the_catalogue_lists_every_public_table_with_addresses_that_answer(small_country: Edition, rf: Any) -> None:  # noqa: F811 -- the fixture
    found = catalogue(rf.get("/data/catalog.jsonld"))
    assert [d["dcterms:identifier"] for d in found["dcat:dataset"]] == [t.name for t in public_tables()]
    assert found["dcterms:spatial"]["dcterms:identifier"] == "XP"
    browser = Client()
    for dataset in found["dcat:dataset"]:
        for file in dataset["dcat:distribution"]:
            address = file["dcat:downloadURL"]["@id"]
            assert address.startswith("http://testserver/data/")
            assert browser.get(address.removeprefix("http://testserver")).status_code == 200


def test_the_metadata_of_a_csv_names_its_columns_in_order(small_country: Edition, rf: Any) -> None:  # noqa: F811 -- the fixture
    table = offers.tables()["readings"]
    columns = csvw(table, rf.get("/"))["tableSchema"]["columns"]
    assert [c["name"] for c in columns] == of_csv(table, None)[0] == [e.name for e in dictionary(table)]
    assert {c["name"]: c["datatype"] for c in columns}["value"] == "decimal"


def _rights(rf: Any) -> dict[str, list[str]]:
    sets = catalogue(rf.get("/data/catalog.jsonld"))["dcat:dataset"]
    return {d["dcterms:identifier"]: [r["dcterms:description"] for r in d["dcterms:rights"]] for d in sets}


def test_a_table_stands_under_the_licence_of_the_file_that_it_names(real_country: Country, rf: Any) -> None:
    found = _rights(rf)
    assert {
        name: found[name] for name in ("organisations", "organisation-roles", "networks", "actions", "meetings")
    } == {
        "organisations": ["Facts in our own words"],
        "organisation-roles": ["Facts in our own words"],
        "networks": ["CC BY 4.0 (ip-location-db)"],
        "actions": ["Facts in our own words; titles of the areas as printed"],
        "meetings": ["Facts in our own words"],
    }


@pytest.mark.long
def test_a_table_whose_licence_no_pack_tells_says_that_it_is_unknown(small_country: Edition, rf: Any) -> None:  # noqa: F811 -- the fixture
    assert set(map(tuple, _rights(rf).values())) == {("unknown",)}
