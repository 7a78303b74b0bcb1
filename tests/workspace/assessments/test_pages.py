"""Pages of assessments in the workspace, and the form by a link: what is shown, to whom, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from floreo.assessments.models import Participant, SelfRating
from floreo.organisations.models import Organisation, User
from tests.assessments.making import accepted, asked, link_of, opened, submitted

pytestmark = pytest.mark.usefixtures("isla")
Make = Callable[..., User]
Browser = Callable[[User], Client]
HERE = "/workspace/organisation-assessments/power-check-light-and-power/"


def written() -> Any:
    """What was answered in the campaign of these tests: the sample country has its own."""
    return SelfRating.objects.filter(answer__assessment__code="power-check-light-and-power")


def body(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def test_a_section_by_link_saves_tells_and_goes_on(stranger: Client) -> None:
    row = asked(opened())
    address = f"/assessment/{link_of(row)}/A/"
    page = stranger.get(address)
    seen = page.context["rows"][0].seen
    assert (page.status_code, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        200,
        "no-referrer",
        "no-store",
    )
    first = {"level-A-1": "1", "text-A-1": "Yes.", "seen-A-1": seen, "do": "next"}
    assert stranger.post(address, first).headers["Location"] == address.replace("/A/", "/B/")
    late = stranger.post(address, first | {"text-A-1": "No.", "do": "stay"})
    assert (late.status_code, "Somebody else saved" in late.content.decode(), "No." in late.content.decode()) == (
        409,
        True,
        True,
    )
    assert written().get().text == "Yes."
    again = {"level-A-1": "1", "text-A-1": "No.", "seen-A-1": late.context["rows"][0].seen}
    assert stranger.post(address, again).status_code == 302
    assert written().get().text == "No."


@pytest.mark.long
def test_what_was_not_touched_is_no_conflict(stranger: Client) -> None:
    row = asked(opened())
    address = f"/assessment/{link_of(row)}/A/"
    seen = {f"seen-{r.item.code}": r.seen for r in stranger.get(address).context["rows"]}
    stranger.post(address, seen | {"level-A-1": "1", "text-A-1": "One."})
    other = stranger.post(address, seen | {"text-A-1": "", "level-A-2": "0", "text-A-2": "Two."})
    assert other.status_code == 302
    assert sorted(written().values_list("text", flat=True)) == ["One.", "Two."]


def test_the_script_is_answered_in_json(stranger: Client) -> None:
    address = f"/assessment/{link_of(asked(opened()))}/A/"
    seen = stranger.get(address).context["rows"][0].seen
    given = {"level-A-1": "1", "text-A-1": "", "seen-A-1": seen}
    saved = stranger.post(address, given, headers={"Accept": "application/json"})
    assert (saved.status_code, list(saved.json()["saved"])) == (200, ["A-1"])
    late = stranger.post(address, given | {"level-A-1": "0"}, headers={"Accept": "application/json"})
    assert (late.status_code, late.json()["conflicts"]["A-1"]["level"]) == (409, "In place")
    bad = stranger.post(address, given | {"level-A-1": "9"}, headers={"Accept": "application/json"})
    assert (bad.status_code, bad.json()) == (422, {"sentence": "Choose a level of this framework."})


def test_a_link_opens_its_own_form_and_nothing_else(stranger: Client) -> None:
    campaign = opened("light-and-power", "water-board")
    secret = link_of(asked(campaign))
    assert stranger.get(f"/assessment/{secret}/").status_code == 200
    for path in ("nothing/", f"{secret}x/", f"{secret}/Z/", f"{secret}/A/B-1/", f"{secret}/A/../../"):
        assert stranger.get(f"/assessment/{path}").status_code == 404
    assert stranger.get(HERE).status_code == 302  # to sign in


def test_a_get_of_a_link_writes_nothing(stranger: Client) -> None:
    row = asked(opened())
    for path in ("", "A/", "A/A-1/"):
        stranger.get(f"/assessment/{link_of(row)}/{path}")
    assert (asked(row.campaign).state, written().count()) == ("asked", 0)


@pytest.mark.long
def test_who_is_not_asked_finds_nothing(user_with: Make, browser_of: Browser) -> None:
    accepted(asked(opened()))
    for role in ("operator", "lead", "observer", "drafter", "auditor", "analyst", "coordinator", "responder"):
        browser = browser_of(user_with(role, organisation=body("water-board"), email=f"{role}@example.org"))
        assert [
            browser.get(f"{HERE}{path}").status_code in {403, 404} for path in ("", "sections/A/", "report.pdf")
        ] == [
            True,
            True,
            True,
        ], role


@pytest.mark.long
def test_its_own_people_and_its_reviewer_see_it(user_with: Make, browser_of: Browser) -> None:
    submitted(asked(opened()))
    own = browser_of(user_with("operator", organisation=body("light-and-power"), email="own@example.org"))
    regulator = browser_of(user_with("lead", organisation=body("utilities-commission"), email="reg@example.org"))
    assert [b.get(HERE).status_code for b in (own, regulator)] == [200, 200]
    assert own.post(f"{HERE}review/accept/", {}).status_code == 403
    page = regulator.get(f"{HERE}review/accept/")
    answer = regulator.post(f"{HERE}review/accept/", {"shown": page.context["shown"]})
    assert (answer.status_code, Participant.objects.get(assessment__code="power-check-light-and-power").state) == (
        302,
        "accepted",
    )


def test_the_report_says_what_the_page_says(secretariat: User, browser_of: Browser) -> None:
    accepted(asked(opened()))
    browser = browser_of(secretariat)
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = browser.get(f"{HERE}report.{kind}")
        assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
