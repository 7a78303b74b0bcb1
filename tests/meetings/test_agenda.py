"""An agenda is drawn from what is late: again and again, and nothing that people wrote is lost."""

from __future__ import annotations

from datetime import date

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.models import AuditEntry
from floreo.meetings.actions.agenda import add_item, draw_agenda, move_item, remove_item, update_item
from floreo.meetings.actions.calling import cancel_meeting
from floreo.meetings.actions.decisions import ask_decision, take_decision
from floreo.meetings.actions.minutes import circulate_minutes
from floreo.meetings.actions.recording import ItemMinutes
from floreo.meetings.models import Committee, Meeting
from floreo.organisations.models import Organisation
from floreo.strategy.actions.course import hold_action
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import make_action
from tests.meetings.making import held, record_minutes, to_come


def titles(meeting: Meeting) -> list[str]:
    return [i.title for i in meeting.items.all()]


@pytest.fixture
def late(edition: Edition) -> Action:
    act = make_action(edition, "1.1.1", due_on=date(2026, 10, 1))
    act.refresh_from_db()
    assert act.status == "late"
    return act


def test_it_holds_what_is_late_stalled_or_waits_in_that_order(
    edition: Edition, late: Action, committee: Committee
) -> None:
    stalled = make_action(edition, "1.1.2")
    hold_action(stalled, by=SYSTEM, reason="No host")
    make_action(edition, "1.1.3")  # on track: no point
    justice = Organisation.objects.get(code="justice")
    take_decision(
        edition, by=SYSTEM, committee=committee, title="Hire two", organisation=justice, due_on=date(2026, 11, 1)
    )
    ask_decision(edition, by=SYSTEM, addressed_to="Minister", title="Sign")
    meeting = to_come(committee)
    draw_agenda(meeting, by=SYSTEM)
    assert [(i.title, i.kind) for i in meeting.items.all()] == [
        ("1.1.1 Action 1.1.1", "late"),
        ("1.1.2 Action 1.1.2", "late"),
        ("D-2026-01 Hire two", "follow_up"),
        ("D-2026-02 Sign", "decision"),
    ]
    texts = {i.title: i.text for i in meeting.items.all()}
    assert texts["1.1.1 Action 1.1.1"] == "It was due on 1 October 2026 and is not closed."
    assert texts["1.1.2 Action 1.1.2"] == "On hold since 24 November 2026. No host"
    assert texts["D-2026-01 Hire two"] == "Carried out by: Justice. Due 1 Nov 2026, 23 days late."
    assert texts["D-2026-02 Sign"] == "Requested from Minister on 24 November 2026; no answer yet."


def test_it_is_drawn_up_in_every_language_of_the_country(late: Action, committee: Committee) -> None:
    late.translations = {"es": {"title": "Acción"}}
    late.save()
    meeting = to_come(committee)
    draw_agenda(meeting, by=SYSTEM)
    item = meeting.items.get()
    assert item.in_language("title", "es") == "1.1.1 Acción"
    assert item.in_language("title", "en") == "1.1.1 Action 1.1.1"
    assert item.in_language("text", "es") != item.text


def test_drawing_again_adds_what_is_new_and_touches_nothing(
    edition: Edition, late: Action, committee: Committee
) -> None:
    meeting = to_come(committee)
    item = draw_agenda(meeting, by=SYSTEM)[0]
    update_item(item, by=SYSTEM, title="The law, at last", text="Ask the minister")
    add_item(meeting, by=SYSTEM, title="Any other business")
    entries = AuditEntry.objects.count()
    assert draw_agenda(meeting, by=SYSTEM) == []
    assert AuditEntry.objects.count() == entries  # nothing changed, so the trail says nothing
    make_action(edition, "1.1.2", due_on=date(2026, 9, 30))
    draw_agenda(meeting, by=SYSTEM)
    assert titles(meeting) == ["The law, at last", "Any other business", "1.1.2 Action 1.1.2"]


def test_minutes_that_wait_for_approval_come_first(late: Action, committee: Committee) -> None:
    before = held(committee, date(2026, 10, 1))
    item = add_item(before, by=SYSTEM, title="Targets")
    record_minutes(before, ItemMinutes(item.pk, "Set."))
    circulate_minutes(before, by=SYSTEM)
    meeting = to_come(committee)
    first, *_rest = draw_agenda(meeting, by=SYSTEM)
    assert (first.title, first.thing) == ("Approve the minutes of 1 October 2026", key(before))


def test_a_committee_without_an_edition_looks_at_the_one_in_force(late: Action, committee: Committee) -> None:
    Committee.objects.filter(pk=committee.pk).update(edition=None)
    assert len(draw_agenda(to_come(Committee.objects.get()), by=SYSTEM)) == 1


def test_items_go_up_and_down(committee: Committee) -> None:
    meeting = to_come(committee)
    first, second = (add_item(meeting, by=SYSTEM, title=t) for t in ("One", "Two"))
    move_item(second, by=SYSTEM, up=True)
    assert titles(meeting) == ["Two", "One"]
    move_item(first, by=SYSTEM, up=False)  # it is last already
    assert titles(meeting) == ["Two", "One"]


def test_an_item_with_notes_is_not_removed(committee: Committee) -> None:
    meeting = held(committee)
    item = add_item(meeting, by=SYSTEM, title="Targets")
    record_minutes(meeting, ItemMinutes(item.pk, "", "Between us"))
    with pytest.raises(Refused, match="has notes or decisions, so it cannot be removed"):
        remove_item(item, by=SYSTEM)
    empty = add_item(meeting, by=SYSTEM, title="Nothing")
    remove_item(empty, by=SYSTEM)
    assert titles(meeting) == ["Targets"]


def test_an_item_has_a_title_and_a_meeting_that_is_not_cancelled(committee: Committee) -> None:
    meeting = to_come(committee)
    with pytest.raises(Refused, match="Enter a short title"):
        add_item(meeting, by=SYSTEM, title="  ")
    cancel_meeting(meeting, by=SYSTEM, reason="Strike")
    with pytest.raises(Refused, match="This meeting was cancelled"):
        draw_agenda(meeting, by=SYSTEM)
