"""What participants do by their link, in the browser; and what the public sees of exercises."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.tabletops.access import confirm_token, token_of
from floreo.tabletops.actions import evaluating, joining, running
from floreo.tabletops.models import Participant, Response, Tabletop
from floreo.tabletops.recipients import CONFIRM, OWN
from tests.tabletops.making import SECRET, accepted, inject, invited, mails, minutes_later, on_screen, started, tabletop

pytestmark = pytest.mark.django_db


def link(of: Participant) -> str:
    return f"/exercise/mine/{token_of(Participant.objects.get(pk=of.pk))}/"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()  # type: ignore[attr-defined]  # of files


# --- Accepting ----------------------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(stranger: Client) -> None:
    found = invited(tabletop())
    for _n in range(3):
        assert stranger.get(link(found)).status_code == 200
        assert stranger.head(link(found)).status_code == 200
    assert (Participant.objects.get(pk=found.pk).state, mails(OWN)) == ("invited", [])


def test_who_has_not_accepted_reads_nothing_of_what_is_exercised(stranger: Client) -> None:
    made = started()
    found = invited(made, "late@example.org")
    page = text_of(stranger, link(found))
    assert "EXERCISE / EJERCICIO" in page
    assert SECRET not in page.replace(f"Hall {SECRET}", "")  # where it is held, they may know
    assert stranger.get(f"{link(found)}exercise.ics").status_code == 404
    assert stranger.get(f"{link(found)}write/").status_code == 302


def test_accepting_by_a_press(stranger: Client) -> None:
    found = invited(tabletop())
    answer = stranger.post(link(found), {"do": "accept", "name": "Ana Abalone", "mail": "ana@example.org"})
    now = Participant.objects.get(pk=found.pk)
    assert (answer.status_code, now.state, now.mail, now.name) == (302, "accepted", "ana@example.org", "Ana Abalone")
    assert "You take part." in text_of(stranger, answer["Location"])


@pytest.mark.parametrize(
    ("given", "words"),
    [({"name": ""}, "Enter your name."), ({"name": "Ana", "mail": "no address"}, "Enter a valid email address.")],
)
def test_bad_input_is_kept_with_a_sentence(given: dict[str, str], words: str, stranger: Client) -> None:
    found = invited(tabletop())
    answer = stranger.post(link(found), {"do": "accept", "post": "Harbour master", **given})
    page = answer.content.decode()
    assert (answer.status_code, words in page, "Harbour master" in page) == (422, True, True)
    assert Participant.objects.get(pk=found.pk).state == "invited"


def test_declining_by_a_press(stranger: Client) -> None:
    found = invited(tabletop())
    answer = stranger.post(link(found), {"do": "decline"})
    assert "You have declined" in text_of(stranger, answer["Location"])
    assert Participant.objects.get(pk=found.pk).state == "declined"


def test_another_address_is_confirmed_by_a_press_in_its_own_mail(stranger: Client) -> None:
    found = invited(tabletop())
    stranger.post(link(found), {"do": "accept", "name": "Ana", "mail": "ana@home.example"})
    address = f"/exercise/confirm/{confirm_token(Participant.objects.get(pk=found.pk))}/"
    assert address in mails(CONFIRM)[0].text
    assert "Confirm your address" in text_of(stranger, address)
    assert Participant.objects.get(pk=found.pk).mail == ""
    assert "Your address is confirmed" in stranger.post(address).content.decode()
    assert Participant.objects.get(pk=found.pk).mail == "ana@home.example"
    assert stranger.get(address).status_code == 404  # used


def test_nobody_has_an_address_flooded_with_requests_to_confirm_it(stranger: Client) -> None:
    found = on_screen(tabletop())
    said = [
        stranger.post(link(found), {"do": "address", "mail": f"m{n}@government.example"}).status_code for n in range(5)
    ]
    assert (said, len(mails(CONFIRM))) == ([302, 302, 302, 429, 429], 3)


# --- During the exercise ------------------------------------------------------------------------------------------


def test_injects_appear_on_the_page_that_loads_again_without_script(stranger: Client) -> None:
    made = started()
    found = made.participants.get(number=2)
    page = stranger.get(link(found))
    text = page.content.decode()
    assert (page["Refresh"], "The crane stops" in text, "A note" in text) == (f"20; url={link(found)}", True, False)
    assert "You get the injects on this page only." in text
    running.send_inject(inject(made, 2), by=SYSTEM)
    assert "A note" in text_of(stranger, link(found))


def test_the_page_with_a_field_never_loads_again_by_itself(stranger: Client) -> None:
    made = started()
    found = made.participants.get(number=2)
    assert "Refresh" not in stranger.get(f"{link(found)}write/").headers
    assert "Refresh" not in stranger.get(f"{link(found)}?still=1").headers
    running.pause_tabletop(made, by=SYSTEM)
    assert "Refresh" in stranger.get(link(found)).headers
    running.end_tabletop(made, by=SYSTEM)
    assert "Refresh" not in stranger.get(link(found)).headers


def test_participants_see_their_own_words_and_nobody_elses(stranger: Client) -> None:
    made = started()
    first, second = made.participants.order_by("number")
    stranger.post(f"{link(first)}write/", {"inject": "1", "text": "xmine: call the master"})
    assert "xmine" in text_of(stranger, link(first))
    other = text_of(stranger, link(second))
    assert ("xmine" in other, first.name in other, "ana@example.org" in other) == (False, False, False)


def test_expected_actions_are_not_shown_to_who_is_to_find_them(stranger: Client) -> None:
    made = started()
    player = made.participants.get(number=1)
    observer = on_screen(made, part="observer")
    assert "Stop the ships" not in text_of(stranger, link(player))
    assert stranger.get(f"{link(player)}observe/").status_code == 404
    assert "Stop the ships" in text_of(stranger, f"{link(observer)}observe/")


def test_an_observer_notes_by_their_link(stranger: Client) -> None:
    made = started()
    observer = on_screen(made, part="observer")
    one = inject(made, 1).expected.all()[1]
    address = f"{link(observer)}observe/"
    bad = stranger.post(address, {f"note-{one.pk}": "At once"})
    assert (bad.status_code, "Choose a verdict" in bad.content.decode()) == (422, True)
    done = stranger.post(address, {f"verdict-{one.pk}": "met", f"minute-{one.pk}": "0", f"note-{one.pk}": "At once"})
    assert done.status_code == 302
    assert [(o.verdict, o.minute, o.note) for o in one.observations.all()] == [("met", 0, "At once")]
    assert "Refresh" not in stranger.get(address).headers


@pytest.mark.long
@pytest.mark.parametrize("inject_number", ["3", "99", "x"])
def test_an_inject_that_was_not_sent_cannot_be_answered(inject_number: str, stranger: Client) -> None:
    made = started()
    found = made.participants.get(number=1)
    answer = stranger.post(f"{link(found)}write/", {"inject": inject_number, "text": "xkept"})
    assert (answer.status_code, "xkept" in answer.content.decode()) == (422, True)
    assert Response.objects.count() == 0


# --- The end of a link --------------------------------------------------------------------------------------------


def test_a_leaked_link_is_closed_by_its_owner(stranger: Client) -> None:
    made = started()
    found = made.participants.get(number=1)
    old = link(found)
    assert "Your old link is closed" in stranger.post(old, {"do": "report"}).content.decode()
    assert (stranger.get(old).status_code, stranger.get(link(found)).status_code) == (404, 200)


@pytest.mark.long
def test_a_link_shows_nothing_any_more_once_it_is_evaluated_or_a_month_over(stranger: Client) -> None:
    made = started()
    found = made.participants.get(number=1)
    running.end_tabletop(made, by=SYSTEM)
    assert SECRET in text_of(stranger, link(found))
    with minutes_later(31 * 24 * 60):
        assert SECRET not in text_of(stranger, link(found))
    evaluating.evaluate(Tabletop.objects.get(pk=made.pk), by=SYSTEM)
    page = text_of(stranger, link(found))
    assert ("The exercise is over" in page, SECRET in page) == (True, False)


@pytest.mark.long
def test_who_tries_links_is_slowed(stranger: Client) -> None:
    said = {stranger.get(f"/exercise/mine/{n}-1~wrong/").status_code for n in range(40)}
    assert said == {404, 429}


def test_leaving_deletes_the_address(stranger: Client) -> None:
    found = accepted(tabletop())
    page = stranger.post(link(found), {"do": "leave"}).content.decode()
    now = Participant.objects.get(pk=found.pk)
    assert ("You take part no more" in page, now.state, now.mail) == (True, "left", "")


# --- The public ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("isla")
def test_the_public_reads_that_it_was_held_when_the_scenario_and_how_many(stranger: Client) -> None:
    page = text_of(stranger, "/exercises/")
    assert "1 exercise was held and published." in page
    assert all(words in page for words in ("Water billing cut off", "17 Sep 2026", "4 organisations took part"))
    assert [w for w in ("ex-2026-02", "Ransomware", "Rita Caudal", "Iris Faro", "training hall") if w in page] == []
    row = json.loads(text_of(stranger, "/data/exercises_held.json"))[0]
    assert row == {
        "code": "ex-2026-01",
        "held_on": "2026-09-17",
        "scenario": "Water billing cut off",
        "scenario_es": "Facturación del agua fuera de servicio",
        "organisations": 4,
    }


@pytest.mark.long
def test_a_title_that_was_adapted_is_not_public(stranger: Client) -> None:
    made = started(title="Minister falls ill")
    evaluating.publish_tabletop(running.end_tabletop(made, by=SYSTEM), by=SYSTEM)
    found = [text_of(stranger, a) for a in ("/exercises/", "/data/exercises_held.csv", "/search/?q=Minister")]
    assert [text for text in found if "falls ill" in text] == []
    assert "Harbour crane" in found[0]
    joining.forget_addresses(by=SYSTEM)
