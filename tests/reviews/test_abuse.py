"""Answer link in wrong hands, or in the right hands with bad intentions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core import links
from floreo.core.access import SYSTEM
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.evidence.models import Evidence
from floreo.organisations.actions import merge_organisation
from floreo.organisations.models import User
from floreo.portal.views.answer import FILES
from floreo.portal.views.by_link import GUESSES
from floreo.reviews import actions as acts
from floreo.reviews.access import token_of
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.strategy.models import Action, Edition
from floreo.tasks.queries import tasks_of
from floreo.tasks.weekly import send_weekly
from tests.evidence.making import PDF
from tests.factories import strategy as make
from tests.reviews.test_answer_page import address, typed

People = Callable[..., User]
Browsers = Callable[[User], Client]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def own_disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def upload(name: str = "minutes.pdf", more: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + more)


def test_after_the_close_no_file_is_taken_any_more(
    update_request: UpdateRequest, act: Action, review: Review, phone: Client
) -> None:
    acts.mark_closed(review, by=SYSTEM)
    for press in ("save", "send", f"unchanged-{act.pk}"):
        given = typed(act, press=press, done="Late words", file=upload(), link="https://example.org/late")
        response = phone.post(address(update_request), given)
        assert response.status_code == 409
    assert "Late words" in response.content.decode()
    assert (Evidence.objects.count(), Answer.objects.count()) == (0, 0)


def test_one_link_does_not_fill_the_disk(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    """Not by files that are kept though their answer is not, since the form was opened long ago."""
    stale = typed(act, press="save", version=7, done="Words")
    for number in range(2):
        assert (
            phone.post(address(update_request), stale | {f"a{act.pk}-file": upload(more=b"%d" % number)}).status_code
            == 422
        )
    many = {f"f{number}": upload(more=b"x%d" % number) for number in range(FILES - 2)}
    response = phone.post(address(update_request), stale | many | {f"a{act.pk}-file": upload(more=b"last")})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Words" in response.content.decode()
    assert Evidence.objects.count() == 2


def another_ask(edition: Edition) -> tuple[UpdateRequest, Action]:
    """Of somebody else, in the same review."""
    police = make.make_organisation("police", "Police", email="info@police.example.org")
    theirs = make.make_action(edition, "1.1.9", lead=police, milestones=1)
    acts.request_the_rest(Review.objects.get(), by=SYSTEM)
    return UpdateRequest.objects.get(organisation=police), theirs


def test_a_link_writes_of_nothing_that_it_does_not_ask_about(
    update_request: UpdateRequest, act: Action, edition: Edition, phone: Client
) -> None:
    other, theirs = another_ask(edition)
    step = theirs.milestones.get()
    given = typed(theirs, done="Theirs is done.") | {
        f"a{theirs.pk}-reached-{step.code}": "on",
        f"a{act.pk}-done": "Mine.",
        f"a{act.pk}-reached-{step.code}x": "on",
        f"a{act.pk}-state": "approved",
        f"a{act.pk}-ask": str(other.pk),
        f"a{act.pk}-is_public": "on",
        f"a{act.pk}-evidence": "1",
        f"a{act.pk}-number": "9",
        f"a{act.pk}-nothing_changed": "on",
        "update_request": str(other.pk),
    }
    assert phone.post(address(update_request), given).status_code == 302
    mine = Answer.objects.get()
    assert (mine.update_request, mine.action, mine.done, mine.state, mine.number) == (
        update_request,
        act,
        "Mine.",
        "submitted",
        1,
    )
    assert (mine.milestones, mine.evidence, mine.nothing_changed, mine.decided_by) == ({}, [], False, "")
    assert phone.post(address(update_request), typed(theirs, press=f"unchanged-{theirs.pk}")).status_code in {302, 422}
    assert other.answers.count() == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "token", ["1", "1-1", "1-1~", "1-1~x", "~", "1-2~{sig}", "2-1~{sig}", "01-1~{sig}", "1-1 ~{sig}", "-1-1~{sig}"]
)
def test_no_other_token_opens_anything(token: str, update_request: UpdateRequest, act: Action, phone: Client) -> None:
    signature = token_of(update_request).partition("~")[2]
    for method in (phone.get, phone.post):
        assert method(f"/answer/{token.format(sig=signature)}/", typed(act, done="x")).status_code == 404
    assert not Answer.objects.exists()


def test_a_token_of_another_kind_is_no_answer_link(update_request: UpdateRequest, phone: Client) -> None:
    assert phone.get(f"/answer/{links.sign('calendar', update_request.pk, 1)}/").status_code == 404
    assert phone.get(f"/calendar/{token_of(update_request)}.ics").status_code == 404


def test_trying_links_slows_down(update_request: UpdateRequest, phone: Client) -> None:
    codes = [phone.get(f"/answer/{number}-1~guess/").status_code for number in range(GUESSES + 2)]
    assert codes == [404] * GUESSES + [429, 429]
    assert (
        phone.get(address(update_request)).status_code == 200
    )  # who has a link is not kept out by a neighbour who guesses


def test_what_is_written_runs_nowhere(
    update_request: UpdateRequest, act: Action, phone: Client, marlo: User, browser_of: Browsers
) -> None:
    name = f'x"{SCRIPT}\r\nSet-Cookie: a=b/../../evil.svg'
    svg = SimpleUploadedFile("evil.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>')
    svg.name = name  # as no browser, but anybody else, sends it
    given = typed(act, done=SCRIPT, next="javascript:alert(1)", risks=SCRIPT, internal_note=SCRIPT, file=svg)
    given["reported_by"] = f"Tomas {SCRIPT}"
    assert phone.post(address(update_request), given).status_code == 302
    kept = Evidence.objects.get()
    assert (kept.is_public, "/" in kept.file_name, "\n" in kept.file_name) == (False, False, False)
    workspace = browser_of(marlo)
    review = Review.objects.get()
    for page in (
        phone.get(address(update_request)),
        workspace.get(review.workspace_url()),
        workspace.get(update_request.workspace_url()),
        workspace.get(kept.workspace_url()),
    ):
        assert page.status_code == 200
        assert SCRIPT not in page.content.decode()
    file = workspace.get(kept.portal_url())
    assert file["Content-Disposition"].startswith('attachment; filename="')
    assert (file["Content-Type"], "\n" in file["Content-Disposition"]) == ("application/octet-stream", False)
    assert "sandbox" in file["Content-Security-Policy"]
    assert phone.get(kept.portal_url()).status_code == 404


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://a:b@x.org/",
        "https://",
        "http://x\\n.org/",
        "//x.org/",
        "vbscript:x",
    ],
)
def test_only_addresses_of_the_web_are_kept(
    link: str, update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    assert phone.post(address(update_request), typed(act, done="x", link=link)).status_code == 422
    assert not Evidence.objects.exists()


def test_words_without_end_are_refused_and_given_back(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    given = typed(act, done="x" * 200_000, internal_note="y" * 6_000)
    response = phone.post(address(update_request), given)
    assert response.status_code == 422
    assert Answer.objects.count() == 0
    assert phone.post(address(update_request), {"whole": "1"} | {f"n{n}": "" for n in range(6_000)}).status_code == 422


def test_who_holds_a_link_sees_nothing_of_others(
    update_request: UpdateRequest, edition: Edition, phone: Client
) -> None:
    other, theirs = another_ask(edition)
    phone.post(address(other), typed(theirs, done="XSECRETX done", internal_note="XSECRETX note"))
    assert "XSECRETX" not in phone.get(address(update_request)).content.decode()
    assert phone.get(other.workspace_url()).status_code == 302  # a link is no account


@pytest.mark.long
@pytest.mark.parametrize("role", ["observer", "auditor", "operator", "drafter", "analyst"])
def test_who_may_not_answer_for_a_body_is_sent_no_link_that_does(
    role: str, update_request: UpdateRequest, user_with: People
) -> None:
    assert update_request.organisation is not None
    user = user_with(role, organisation=update_request.organisation)
    assert [item.key for item in tasks_of(user) if item.answer] == []
    with time_machine.travel("2026-11-24 14:00"):
        send_weekly(by=SYSTEM)
    assert not OutboxMail.objects.filter(to=user.email, text__contains="/answer/").exists()


@pytest.mark.parametrize("role", ["lead", "coordinator"])
def test_who_may_answer_for_a_body_is_sent_its_link(
    role: str, update_request: UpdateRequest, user_with: People
) -> None:
    assert update_request.organisation is not None
    assert [
        item.key for item in tasks_of(user_with(role, organisation=update_request.organisation)) if item.answer
    ] == [key(update_request)]


def test_whoever_is_asked_in_person_is_sent_the_link_whatever_their_role(
    update_request: UpdateRequest, user_with: People
) -> None:
    user = user_with("observer")
    User.objects.filter(pk=user.pk).update(person=update_request.person)
    assert [item.key for item in tasks_of(User.objects.get(pk=user.pk)) if item.answer] == [key(update_request)]


def test_a_body_merged_while_it_is_asked_still_answers_with_its_evidence(
    update_request: UpdateRequest, act: Action, phone: Client, user_with: People, browser_of: Browsers
) -> None:
    successor = make.make_organisation("new-csirt", "New CSIRT")
    assert update_request.organisation is not None
    merge_organisation(update_request.organisation, by=SYSTEM, into=successor, on=make.TODAY)
    assert phone.post(address(update_request), typed(act, done="Words", file=upload())).status_code == 302
    assert Answer.objects.get().evidence == [Evidence.objects.get().pk]
    assert browser_of(user_with("lead", organisation=successor)).get(update_request.workspace_url()).status_code == 200
