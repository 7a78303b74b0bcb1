"""Writing: the entry says what the database held, and what the model will not take is refused at its field."""

from __future__ import annotations

from typing import Any

import pytest

from floreo.core.access import SYSTEM, Permission
from floreo.core.action import action
from floreo.core.errors import Refused, Taken
from floreo.core.models import AuditEntry
from floreo.core.writing import save
from floreo.organisations.models import Organisation

pytestmark = [pytest.mark.django_db, pytest.mark.two_databases]


@action("test.written", needs=Permission.REGISTER_EDIT)
def write(body: Organisation, *, by: Any, at: dict[str, str] | None = None) -> Organisation:
    return save(body, at=at)


@pytest.fixture
def body() -> Organisation:
    return write(Organisation(code="harbour", name="Harbour Authority", kind="agency"), by=SYSTEM)


def last_changes() -> list[tuple[str, dict[str, Any]]]:
    entry = AuditEntry.objects.order_by("number").last()
    assert entry is not None
    return [(c["what"], c["fields"]) for c in entry.detail["changes"]]


def test_a_row_loaded_in_part_is_not_saved(body: Organisation) -> None:
    part = Organisation.objects.only("name").get(pk=body.pk)
    part.name = "Another"
    with pytest.raises(ValueError, match="loaded in part"):
        write(part, by=SYSTEM)


def test_what_somebody_else_saved_is_not_recorded_as_mine(body: Organisation) -> None:
    mine = Organisation.objects.get(pk=body.pk)
    theirs = Organisation.objects.get(pk=body.pk)
    theirs.name = "Port Authority"
    write(theirs, by=SYSTEM)
    mine.refresh_from_db()
    mine.short_name = "PA"
    write(mine, by=SYSTEM)
    assert last_changes() == [("changed", {"short_name": ["", "PA"]})]


def test_the_old_value_is_what_the_database_held(body: Organisation) -> None:
    mine = Organisation.objects.get(pk=body.pk)
    Organisation.objects.filter(pk=body.pk).update(name="Renamed beside us")
    mine.name = "Port Authority"
    write(mine, by=SYSTEM)
    assert last_changes() == [("changed", {"name": ["Renamed beside us", "Port Authority"]})]


def test_a_row_is_made_once() -> None:
    body = Organisation(code="harbour", name="Harbour Authority", kind="agency")
    body.save()
    body.name = "Port Authority"
    write(body, by=SYSTEM)
    assert last_changes() == [("changed", {"name": ["Harbour Authority", "Port Authority"]})]


def test_a_text_that_is_too_long_is_refused_at_its_field(body: Organisation) -> None:
    body.short_name = "x" * 900
    with pytest.raises(Refused) as refusal:
        write(body, by=SYSTEM)
    assert (refusal.value.code, list(refusal.value.fields)) == ("bad_fields", ["short_name"])
    assert "(it has 900)" in str(refusal.value.fields["short_name"])


def test_the_refusal_stands_at_the_name_that_the_form_used(body: Organisation) -> None:
    body.short_name = "x" * 900
    with pytest.raises(Refused) as refusal:
        write(body, by=SYSTEM, at={"short_name": "called"})
    assert list(refusal.value.fields) == ["called"]


def test_a_code_that_another_has_is_refused_as_taken(body: Organisation) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(Taken) as refusal:
        write(Organisation(code=body.code, name="Second", kind="agency"), by=SYSTEM)
    assert (refusal.value.code, list(refusal.value.fields)) == ("taken", ["code"])
    assert (Organisation.objects.count(), AuditEntry.objects.count()) == (1, before)
