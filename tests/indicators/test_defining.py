"""What an indicator is, and what is on its chart: changed by whoever defines figures, and recorded."""

from __future__ import annotations

from datetime import date

import pytest

from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.indicators.actions import defining
from floreo.organisations.models import User
from floreo.strategy.models import Edition
from tests.factories.strategy import make_action
from tests.factories.trail import last_entry, recorded
from tests.indicators.making import enter, make_indicator


def test_a_definition_changes_and_its_readings_stay(today: None, secretariat: User, observer: User) -> None:
    indicator = make_indicator()
    reading = enter(indicator, 81)
    changed = defining.update_indicator(indicator, by=secretariat, definition="What is answered in time")
    assert recorded("indicator.updated", secretariat.name) == {
        "definition": ["What is counted", "What is answered in time"]
    }
    assert list(changed.readings.all()) == [reading]
    with pytest.raises(Changed):
        defining.update_indicator(indicator, by=secretariat, version=indicator.version, definition="Older")
    with pytest.raises(NotAllowed):
        defining.update_indicator(indicator, by=observer, definition="Mine")


def test_the_actions_it_measures_are_recorded_and_said_again_change_nothing(
    edition: Edition, secretariat: User
) -> None:
    indicator, act = make_indicator(), make_action(edition)
    defining.update_indicator(indicator, by=secretariat, actions=[act])
    entry = last_entry()
    assert (entry.verb, entry.detail["actions"]) == ("indicator.updated", [act.code])
    defining.update_indicator(indicator, by=secretariat, actions=[act])
    assert last_entry().number == entry.number


def test_a_note_on_the_chart_says_what_happened(today: None, secretariat: User) -> None:
    indicator = make_indicator()
    noted = defining.add_chart_note(indicator, by=secretariat, on=date(2026, 5, 1), title=" Law passed ")
    assert (noted.title, noted.on) == ("Law passed", date(2026, 5, 1))
    assert last_entry().verb == "indicator.noted"
    with pytest.raises(Refused) as refused:
        defining.add_chart_note(indicator, by=secretariat, on=date(2026, 5, 1), title=" ")
    assert refused.value.fields == {"title": "Enter a short description of what happened."}
