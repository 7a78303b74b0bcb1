"""What an import leaves to undo: found for many records at once as it is for each by itself, with as few questions to the database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, router
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.test.utils import CaptureQueriesContext

from floreo.core.access import SYSTEM
from floreo.core.audit import key
from floreo.core.keys import thing_of
from floreo.core.models import AuditEntry, SearchEntry
from floreo.core.state import differences
from floreo.imports.actions import undo_import
from floreo.imports.models import SheetImport
from floreo.imports.undoing import records_to_undo
from floreo.organisations.models import FormerName, Organisation
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Edition, Milestone, Objective, Pillar
from tests.imports.making import begun, chosen, imported, matched, planned, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
HEADS = ("No.", "Pillar", "Objective", "Action", "Lead agency", "Remarks")


def many(rows: int) -> SheetImport:
    sheet = [
        HEADS,
        *(
            (
                f"9.{n}",
                f"Part {n % 4}",
                f"Aim {n % 8} of part {n % 4}",
                f"Train group {n}",
                f"Office {n % 5}",
                f"Step {n}",
            )
            for n in range(rows)
        ),
    ]
    run = matched(begun("actions", workbook(("Plan", sheet)), scope="2025-2028"), date(2026, 1, 31))
    run = chosen(run, **{name: {"*": "+"} for name in ("pillar", "objective", "lead")})
    assert planned(run).counts["new"] == rows
    return imported(run)


def goes_alone(thing: Any, gone: set[str]) -> bool:
    """The same question asked of one record, by what Django's own deletion would collect."""
    collector = Collector(using=router.db_for_write(type(thing), instance=thing), origin=thing)
    try:
        collector.collect([thing])
    except (ProtectedError, RestrictedError) as error:
        held = getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", None) or ()
        return all(key(each) in gone for each in held)
    with_it = [row for rows in [*collector.data.values(), *collector.fast_deletes] for row in rows]
    worked_out = [row for row in with_it if isinstance(getattr(row, "not_chained", None), str)]
    return all(row == thing or key(row) in gone or row in worked_out for row in with_it)


@pytest.mark.long
def test_many_records_stay_or_go_as_each_would_by_itself(edition: Edition) -> None:
    run = many(24)
    add_update(Action.objects.get(code="9.3"), by=SYSTEM, done="Somebody went on with it.")
    Milestone.objects.create(action=Action.objects.get(code="9.10"), code="m1", title="A step", due_on=date(2027, 1, 1))
    Objective.everything.create(
        pillar=Pillar.objects.get(title="Part 2"), code="new", title="Entered later", position=99
    )
    Organisation.objects.create(
        code="below", name="Below", kind="agency", parent=Organisation.objects.get(name="Office 1")
    )
    undone, stays = records_to_undo(run)

    gone: set[str] = set()
    expected = []
    for record in run.records.order_by("-pk"):
        if goes_alone(thing_of(record.thing), gone):
            gone.add(record.thing)
            expected.append(record.thing)
    assert [record.thing for record, _row in undone] == expected
    assert 0 < len(stays) < run.records.count()
    assert {"9.3", "9.10"} <= {name.split()[0] for name, _why in stays}

    undo_import(run, by=SYSTEM)
    assert sorted(Action.objects.values_list("code", flat=True)) == ["9.10", "9.3"]
    wrong = [each for each in differences() if "added behind" not in each.reason]  # what this test itself made
    assert wrong == []  # the trail knows of every row that went


def test_what_was_added_to_a_record_keeps_it_although_others_that_go_hold_it_too(edition: Edition) -> None:
    """Participations of the import keep an organisation from going until they are gone; its former name goes with it."""
    run = many(12)
    office = Organisation.objects.get(name="Office 4")
    FormerName.objects.create(organisation=office, name="Bureau 4", ends_on=date(2025, 5, 1))
    undo_import(run, by=SYSTEM)
    assert FormerName.objects.filter(organisation=office).exists()
    assert not Organisation.objects.filter(name="Office 3").exists()


@pytest.mark.long
def test_the_entry_counts_what_went_and_nothing_is_found_any_more(edition: Edition) -> None:
    run = many(12)
    assert SearchEntry.objects.filter(title__contains="Train group").count() == 24  # actions and updates
    undo_import(run, by=SYSTEM)
    entry = AuditEntry.objects.latest("number")
    assert entry.verb == "import.undone"
    assert entry.detail["removed"]["strategy.action"] == 12
    assert entry.detail["removed"]["strategy.update"] == 12
    assert not SearchEntry.objects.filter(title__contains="Train group").exists()


@pytest.mark.long
def test_ten_times_the_rows_ask_the_database_no_more_often(edition: Edition) -> None:
    counts = []
    for rows in (20, 200):
        run = many(rows)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            undo_import(run, by=SYSTEM)
        counts.append(len(asked))
        assert not Action.objects.exists()
    assert counts[1] <= counts[0] + 20
