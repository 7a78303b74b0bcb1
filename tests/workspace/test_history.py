"""The history of a record: which of its fields are shown, and how their values read to whoever looks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone, translation

from floreo.core import audit
from floreo.core.access import SYSTEM, Actor
from floreo.core.action import action
from floreo.core.models import Record
from floreo.core.writing import save
from floreo.organisations.models import Organisation, User
from floreo.publications.actions.writing import write_publication
from floreo.publications.models import Publication
from floreo.workspace.history import history_of
from tests.evidence.conftest import csirt, lead, own_disk, police, today
from tests.evidence.making import make_file

__all__ = ["csirt", "lead", "own_disk", "police", "today"]


@action("test.put", needs=None)
def put(thing: Record, *, by: Actor, **fields: Any) -> Record:
    for name, value in fields.items():
        setattr(thing, name, value)
    return save(thing, full_clean=False)


def shown(thing: Record, viewer: object = SYSTEM) -> dict[str, tuple[str, str]]:
    """Each field of the newest entry, with what it was and what it is."""
    return {str(change.field): (change.old, change.new) for change in history_of(thing, viewer=viewer)[0].changes}


def recorded(thing: Record) -> set[str]:
    """The fields that the newest entry holds, by the names that the program has for them."""
    return {name for change in audit.history(thing)[0].detail["changes"] for name in change["fields"]}


@pytest.fixture
def text(today: None) -> Publication:
    return write_publication("first", by=SYSTEM, kind="press", title="Notice", text="It is out.")


def test_a_state_and_a_moment_are_in_words(text: Publication) -> None:
    put(text, by=SYSTEM, state="published", published_at=datetime(2026, 11, 24, 14, 5, tzinfo=UTC))
    assert recorded(text) == {"state", "published_at"}
    assert shown(text) == {"State": ("Draft", "Published"), "Published": ("", "24 Nov 2026, 14:05")}


def test_they_are_in_the_language_and_the_zone_of_who_reads(text: Publication) -> None:
    put(text, by=SYSTEM, state="published", published_at=datetime(2026, 1, 24, 2, 5, tzinfo=UTC))
    with translation.override("es"), timezone.override("America/Guatemala"):
        assert shown(text) == {"Estado": ("Borrador", "Publicada"), "Publicada": ("", "23 ene 2026, 20:05")}


def test_what_nobody_named_is_not_shown_but_the_entry_is(today: None) -> None:
    piece = make_file()
    assert {"sha256", "file", "size"} <= recorded(piece)
    assert set(shown(piece)) >= {"SHA-256", "Size"}
    assert "file" not in shown(piece)
    put(piece, by=SYSTEM, file="elsewhere.pdf")
    newest = history_of(piece, viewer=SYSTEM)[0]
    assert (recorded(piece), newest.did, newest.changes) == ({"file"}, "test.put", ())


def test_a_record_is_called_by_its_name_only_to_who_may_know_of_it(
    csirt: Organisation, police: Organisation, lead: User
) -> None:
    piece, after = make_file("2025", organisation=csirt), make_file("Arrests", organisation=police, tlp="RED")
    own = make_file("2026", organisation=csirt)
    put(piece, by=SYSTEM, replaced_by=after)
    assert shown(piece) == {"Replaced by": ("", str(after))}
    assert shown(piece, lead) == {"Replaced by": ("", "not public")}
    put(piece, by=SYSTEM, replaced_by=own)
    assert shown(piece, lead) == {"Replaced by": ("not public", str(own))}
