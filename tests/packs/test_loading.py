"""Loading: whole or not at all, twice the same, and never over what people did in the workspace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.writing import delete, save
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Country, Organisation, Place, User
from floreo.packs.actions import check_pack, load_pack, make_accounts
from floreo.packs.compare import State
from floreo.packs.models import LoadedPack, PackRow
from floreo.strategy.models import Action, Edition, Event, Milestone, Update
from tests.packs.conftest import PACKS, SmallPack

ALL_PACKS = sorted(path.parent for path in PACKS.glob("*/pack.toml"))
PLAN = "editions/2025-2028/plan.toml"


@action("test.desk", needs=None)
def in_the_workspace(thing: Action | Organisation | Reading, *, by: object, **facts: object) -> None:
    """What a person does in the workspace."""
    for name, value in facts.items():
        setattr(thing, name, value)
    save(thing)


@action("test.removed", needs=None)
def remove_at_the_desk(thing: Action | Milestone, *, by: object) -> None:
    delete(thing)


# The larger of the packs is loaded and loaded again with LONG.
SMALLER = [
    pytest.param(
        folder,
        id=folder.name,
        marks=pytest.mark.long if folder.name == "isla-prueba" else (),
    )
    for folder in ALL_PACKS
]


def states(small: SmallPack) -> dict[str, str]:
    """The state of rows that are not the same."""
    return {row.row.key: row.state.value for row in small.check().rows if row.state is not State.SAME}


@pytest.mark.guards("a pack loads, and again changes nothing")
@pytest.mark.two_databases
@pytest.mark.django_db
@pytest.mark.parametrize("folder", SMALLER)
def test_every_pack_loads_and_loading_it_again_changes_nothing(folder: Path) -> None:
    assert load_pack(folder, by=SYSTEM) is not None
    entries, rows = AuditEntry.objects.count(), PackRow.objects.count()
    with CaptureQueriesContext(connection) as asked:  # however many rows the pack has, nearly nothing is asked
        assert load_pack(folder, by=SYSTEM) is None
    assert len(asked) < 10
    assert (AuditEntry.objects.count(), PackRow.objects.count()) == (entries, rows)
    again = check_pack(folder)
    assert again.is_empty
    assert {row.state for row in again.rows} == {State.SAME}


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("folder", ALL_PACKS, ids=lambda p: p.name)
def test_checking_prints_the_difference_and_writes_nothing(folder: Path) -> None:
    printed = str(check_pack(folder))
    assert "country: 1 added" in printed
    assert not Country.objects.exists()
    assert not LoadedPack.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.long
def test_rows_become_objects(small: SmallPack) -> None:
    small.load()
    country = Country.objects.get()
    assert (country.code, country.name, country.report_text) == ("XM", "Small Country", "Write to us.")
    assert country.translations == {"es": {"name": "País Pequeño", "report_text": "Escríbanos."}}
    assert country.pages == {"about": {"en": "About."}}
    csirt = Organisation.objects.get(code="csirt")
    assert csirt.parent == Organisation.objects.get(code="ministry")
    assert csirt.place == Place.objects.get(code="XM-N")
    assert csirt.in_language("role_text", "es") == "Responde a incidentes."
    former = csirt.parent.former_names.get()
    assert (former.source, former.read_on) == ("The gazette", date(2026, 1, 31))
    act = Action.objects.get(code="1.1.1")
    assert act.edition == Edition.objects.get()
    assert act.owner_ids() == {csirt.pk}
    assert act.budget_lines.get().amount == Decimal("1200.50")
    assert [update.done for update in act.updates.order_by("pk")] == ["Half.", "And a bit."]
    assert (act.status, Action.objects.get(code="1.1.2").status) == ("on_track", "not_started")
    assert [pillar.code for pillar in Event.objects.get().pillars.all()] == ["1"]


@pytest.mark.long
def test_readings_keep_their_corrections(small: SmallPack) -> None:
    small.load()
    first, second, third = Reading.objects.order_by("ends_on", "pk")
    assert (first.starts_on, first.ends_on, str(first.value)) == (date(2026, 1, 1), date(2026, 3, 31), "10.00")
    assert (second.corrects, str(second.value), second.is_frozen) == (first, "11.00", True)
    assert (first.frozen_by, second.frozen_by) == ("Ana Prueba", "A small pack")
    assert (third.value, third.qualifier, third.is_frozen) == (Decimal("14.5"), "about", False)
    assert {act.code for act in Indicator.objects.get().actions.all()} == {"1.1.1", "1.1.2"}


@pytest.mark.long
def test_a_change_in_the_pack_is_loaded_and_recorded(small: SmallPack) -> None:
    small.load()
    small.edit(PLAN, 'title = "Pass it"', 'title = "Pass the law"')
    small.edit("indicators.toml", 'actions = ["1.1.1", "1.1.2"]', 'actions = ["1.1.2"]')
    small.add(PLAN, '\n[[action]]\nobjective = "1.1"\ncode = "1.1.3"\ntitle = "Publish"\n')
    assert states(small) == {"2025-2028/1.1.2": "changed", "2025-2028/1.1.3": "added", "trained": "changed"}
    small.load()
    assert Action.objects.get(code="1.1.2").title == "Pass the law"
    assert [act.code for act in Indicator.objects.get().actions.all()] == ["1.1.2"]
    entry = AuditEntry.objects.filter(verb="pack.loaded").latest("number")
    assert entry.detail["added"] == {"strategy.action": 1}
    assert ["Pass it", "Pass the law"] in [change["fields"].get("title") for change in entry.detail["changes"]]
    assert small.check().is_empty


@pytest.mark.long
def test_what_changed_at_the_desk_survives(small: SmallPack) -> None:
    small.load()
    in_the_workspace(Action.objects.get(code="1.1.2"), by=SYSTEM, title="Pass it soon")
    small.edit(PLAN, 'title = "Pass it"', 'title = "Pass the law"')
    assert states(small) == {"2025-2028/1.1.2": "changed here"}
    assert "title: here 'Pass it soon', in the pack 'Pass the law'" in str(small.check())
    small.load()
    assert Action.objects.get(code="1.1.2").title == "Pass it soon"
    entry = AuditEntry.objects.filter(verb="pack.loaded").latest("number")
    assert entry.detail["left_alone"] == ["action “1.1.2”"]


@pytest.mark.long
def test_what_was_removed_at_the_desk_stays_removed(small: SmallPack) -> None:
    small.load()
    remove_at_the_desk(Milestone.objects.get(), by=SYSTEM)
    small.edit(PLAN, 'title = "Write it"', 'title = "Write the law"')
    assert states(small) == {"2025-2028/1.1.1": "changed", "2025-2028/1.1.1/M1": "removed here"}
    small.load()
    assert not Milestone.objects.exists()


@pytest.mark.long
def test_a_row_that_left_the_pack_stays_and_is_told(small: SmallPack) -> None:
    small.load()
    small.edit(PLAN, '\n[[action]]\nobjective = "1.1"\ncode = "1.1.2"\ntitle = "Pass it"\n', "")
    small.edit("indicators.toml", ', "1.1.2"]', "]")
    assert "no longer in the pack, kept here: action “2025-2028/1.1.2”" in str(small.check())
    small.load()
    assert Action.objects.filter(code="1.1.2").exists()


@pytest.mark.long
def test_what_people_made_first_is_taken_up_not_doubled(small: SmallPack) -> None:
    small.load()
    mine = Organisation(code="police", name="The Police", kind="police")
    in_the_workspace(mine, by=SYSTEM)
    small.add("organisations.toml", '\n[[organisation]]\ncode = "police"\nname = "Police Force"\nkind = "police"\n')
    assert states(small) == {"police": "changed here"}
    small.load()
    assert Organisation.objects.get(code="police").name == "The Police"


@pytest.mark.long
def test_the_same_made_at_the_desk_is_the_same(small: SmallPack) -> None:
    small.load()
    in_the_workspace(Action.objects.get(code="1.1.2"), by=SYSTEM, title="Pass the law")
    small.edit(PLAN, 'title = "Pass it"', 'title = "Pass the law"')
    assert states(small) == {}
    small.load()
    small.edit(PLAN, 'title = "Pass the law"', 'title = "Pass the whole law"')
    assert states(small) == {"2025-2028/1.1.2": "changed"}


@pytest.mark.long
def test_a_frozen_reading_never_changes(small: SmallPack) -> None:
    small.load()
    small.edit("indicators.toml", "value = 10", "value = 12")
    assert states(small) == {"trained/Q1 2026": "frozen"}
    small.load()
    assert Reading.objects.filter(corrects=None).order_by("ends_on")[0].value == 10


@pytest.mark.long
def test_an_installation_keeps_to_one_country(small: SmallPack, real: SmallPack, settings: Any) -> None:
    small.load()
    settings.FRAMEWORK_DIRS = [PACKS.parent / "frameworks"]  # the real one names what several of them hold
    with pytest.raises(Refused, match="uses the pack “small”"):
        real.load()
    assert Country.objects.get().code == "XM"


def test_only_who_may_load_a_pack_loads_it(small: SmallPack, secretariat: User, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        load_pack(small.folder, by=secretariat)
    assert not Country.objects.exists()
    assert load_pack(small.folder, by=administrator) is not None


def test_ready_accounts_are_made_once_with_their_own_passwords(small: SmallPack) -> None:
    small.load()
    ((email, role, password),) = make_accounts(small.folder, by=SYSTEM)
    user = User.objects.get()
    assert (email, role) == ("lead@example.org", "lead")
    assert user.check_password(password)
    assert list(user.grants()) == [("lead", Organisation.objects.get(code="csirt").pk)]
    assert password not in str(AuditEntry.objects.latest("number").detail)
    assert make_accounts(small.folder, by=SYSTEM) == []
    assert Update.objects.count() == 2
