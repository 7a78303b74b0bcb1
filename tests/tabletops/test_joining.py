"""Invitations and links: each acts for one person, on a press, and can be ended."""

from __future__ import annotations

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.tabletops.access import Guest, participant_of_link, token_of
from floreo.tabletops.actions import joining, playing, running
from floreo.tabletops.actions.planning import plan_tabletop
from floreo.tabletops.models import Participant, Tabletop
from floreo.tabletops.recipients import INVITATION, OWN
from tests.tabletops.making import accepted, inject, invited, mails, on_screen, sent_to, started, tabletop

pytestmark = pytest.mark.django_db


def again(of: Participant) -> Participant:
    return Participant.objects.select_related("tabletop").get(pk=of.pk)


@pytest.mark.long
def test_accepting_twice_is_accepting_once() -> None:
    made = tabletop()
    found = accepted(made)
    joining.accept(found, by=Guest(found), name="Somebody else", mail="other@example.org")
    assert (again(found).name, again(found).mail, len(mails(OWN))) == ("Person 1", "ana@example.org", 1)


def test_by_a_link_one_acts_for_oneself_alone() -> None:
    made = tabletop()
    first, second = invited(made, "a@example.org"), invited(made, "b@example.org")
    for do in (
        lambda: joining.accept(first, by=Guest(second), name="x"),
        lambda: joining.decline(first, by=Guest(second)),
        lambda: joining.leave(first, by=Guest(second)),
        lambda: joining.report_link(first, by=Guest(second)),
        lambda: joining.give_address(first, by=Guest(second), mail="x@example.org"),
        lambda: playing.respond(first, by=Guest(second), text="x"),
        lambda: joining.confirm_address(first, by=Guest(first)),
    ):
        with pytest.raises(NotAllowed):
            do()


def test_a_name_is_needed() -> None:
    found = invited(tabletop())
    with pytest.raises(Refused, match="Enter your name"):
        joining.accept(found, by=Guest(found), name="  ")


def test_the_same_address_is_invited_once() -> None:
    made = tabletop()
    invited(made, "ana@example.org")
    with pytest.raises(Refused, match=r"was invited at ANA@example\.org already"):
        invited(made, "ANA@example.org")


def test_who_declined_is_not_invited_again() -> None:
    made = tabletop()
    found = invited(made)
    joining.decline(found, by=Guest(found))
    with pytest.raises(Refused, match="cannot be invited to this exercise again"):
        invited(made)
    with pytest.raises(Refused, match="was declined"):
        joining.accept(again(found), by=Guest(found), name="Ana")


def test_an_invitation_names_an_organisation() -> None:
    with pytest.raises(Refused, match="Choose an organisation, or enter its name"):
        invited(tabletop(), organisation=None)
    assert invited(tabletop_two(), organisation=None, organisation_name="Club").organisation_words == "Club"


def tabletop_two() -> Tabletop:
    return plan_tabletop(by=SYSTEM, planned_at=clock.now(), title="Second")


@pytest.mark.long
def test_a_link_that_is_known_to_others_is_ended_and_the_new_one_goes_to_the_own_address() -> None:
    made = started()
    found = made.participants.get(mail="ana@example.org")
    old = token_of(found)
    joining.report_link(participant_of_link(old), by=Guest(found))
    with pytest.raises(Missing):
        participant_of_link(old)
    assert participant_of_link(token_of(again(found))).pk == found.pk
    assert sent_to(OWN)[-1] == ("ana@example.org", "EXERCISE / EJERCICIO: You take part")
    assert token_of(again(found)) in mails(OWN)[-1].text
    assert again(found).mail == "ana@example.org"  # whoever else had the link cannot move the mails


def test_who_runs_it_makes_a_new_link_and_the_old_one_is_closed() -> None:
    made = tabletop()
    found = invited(made)
    old = token_of(found)
    joining.renew_link(found, by=SYSTEM)
    with pytest.raises(Missing):
        participant_of_link(old)
    assert [m.state for m in mails(INVITATION)] == ["dropped", "waiting"]


def test_a_leaked_link_cannot_change_where_the_mails_go() -> None:
    made = started()
    found = made.participants.get(mail="ana@example.org")
    with pytest.raises(Refused, match="Your address is confirmed"):
        joining.give_address(found, by=Guest(found), mail="thief@example.org")


@pytest.mark.parametrize("how", ["left", "removed"])
def test_the_link_of_who_left_or_was_removed_opens_nothing(how: str) -> None:
    found = accepted(tabletop())
    token = token_of(found)
    if how == "left":
        joining.leave(found, by=Guest(found))
    else:
        joining.remove_participant(found, by=SYSTEM)
    for each in (token, token_of(again(found))):
        with pytest.raises(Missing):
            participant_of_link(each)
    assert (again(found).mail, again(found).consent) == ("", "")


# --- What they write ----------------------------------------------------------------------------------------------


def test_a_participant_writes_upon_an_inject_that_was_sent() -> None:
    made = started()
    found = made.participants.get(mail="ana@example.org")
    playing.respond(found, by=Guest(found), text="We call the master.", inject=inject(made, 1))
    with pytest.raises(Refused, match="was not sent to you"):
        playing.respond(found, by=Guest(found), text="x", inject=inject(made, 2))
    with pytest.raises(Refused, match="Write what you do"):
        playing.respond(found, by=Guest(found), text=" ")
    assert [(r.text, r.minute, r.is_afterwards) for r in found.responses.all()] == [("We call the master.", 0, False)]


def test_in_a_pause_nobody_writes_and_after_the_end_what_was_learnt() -> None:
    made = started()
    found = made.participants.get(mail="ana@example.org")
    running.pause_tabletop(made, by=SYSTEM)
    with pytest.raises(Refused, match="The exercise is paused"):
        playing.respond(again(found), by=Guest(found), text="x")
    running.end_tabletop(made, by=SYSTEM)
    assert playing.respond(again(found), by=Guest(found), text="More paper").is_afterwards


def test_who_has_not_accepted_writes_nothing() -> None:
    made = started()
    found = invited(made, "late@example.org")
    with pytest.raises(Refused, match="Accept first"):
        playing.respond(found, by=Guest(found), text="x")


def test_only_an_observer_notes_by_link_and_only_of_their_own_exercise() -> None:
    made = tabletop()
    player, observer = accepted(made), on_screen(made, part="observer")
    running.start_tabletop(made, by=SYSTEM)
    expected = inject(made, 1).expected.select_related("inject__tabletop").all()[0]
    with pytest.raises(NotAllowed):
        playing.observe_by_link(expected, by=Guest(player), participant=player, verdict="met")
    playing.observe_by_link(expected, by=Guest(observer), participant=observer, verdict="partly", minute=0)
    playing.observe_by_link(expected, by=Guest(observer), participant=observer, verdict="met", minute=0)
    assert [(o.verdict, o.by) for o in expected.observations.all()] == [("met", "Person 2")]
    with pytest.raises(Refused, match="minute 7 is still to come"):
        playing.observe_by_link(expected, by=Guest(observer), participant=observer, verdict="met", minute=7)
