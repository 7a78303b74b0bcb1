"""The share of reached milestones with evidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period
from floreo.evidence.actions import attach, withdraw
from floreo.offers import measures
from floreo.strategy.actions.milestones import add_milestone, reach_milestone
from floreo.strategy.models import Action
from tests.evidence.making import make_file, make_link
from tests.factories.strategy import TODAY, make_action

QUARTER = Period(date(2026, 10, 1), TODAY)


@pytest.mark.long
def test_a_reached_milestone_counts_when_an_address_or_standing_evidence_shows_it(act: Action) -> None:
    measure = measures()["share_milestones_with_evidence"].function
    everything = Filters(edition_id=act.edition_id)
    assert measure(QUARTER, everything).value is None  # nothing is reached yet

    given, shown, silent = (add_milestone(act, by=SYSTEM, title=title) for title in ("Told", "Shown", "Silent"))
    reach_milestone(given, by=SYSTEM, on=date(2026, 10, 2), evidence_url="https://example.org/told")
    reach_milestone(shown, by=SYSTEM, on=date(2026, 10, 3))
    reach_milestone(silent, by=SYSTEM, on=date(2026, 10, 4))
    piece, gone = make_file(), make_link()
    attach(piece, by=SYSTEM, thing=shown)
    attach(gone, by=SYSTEM, thing=silent)
    withdraw(gone, by=SYSTEM, reason="It was the draft.")

    reading = measure(QUARTER, everything)
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("66.67"), Decimal(2), Decimal(3))
    assert [(record.label, record.counted) for record in reading.records] == [
        ("1.1.1: Silent", False),
        ("1.1.1: Told", True),
        ("1.1.1: Shown", True),
    ]
    assert [(group.numerator, group.denominator) for group in reading.groups] == [(2, 3)]
    assert measure(Period(date(2026, 1, 1), date(2026, 10, 2)), everything).denominator == 1


def test_what_the_public_does_not_see_is_not_counted(act: Action) -> None:
    hidden = make_action(act.edition, "1.1.9", milestones=1)
    reach_milestone(hidden.milestones.get(), by=SYSTEM)
    Action.objects.filter(pk=hidden.pk).update(is_public=False)
    assert measures()["share_milestones_with_evidence"].function(QUARTER, Filters()).denominator == 0
