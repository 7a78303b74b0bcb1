"""What somebody with an account tries at the vault's workspace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.keys import key
from floreo.core.outbox import post_test
from floreo.evidence.models import Attachment, Evidence
from floreo.frameworks.models import Assessment
from floreo.organisations.models import Membership, Organisation, User
from floreo.reviews.models import Review, UpdateRequest
from floreo.strategy.models import Action
from tests.evidence.making import make_file
from tests.factories.strategy import TODAY, make_organisation, make_person
from tests.frameworks.making import make_assessment

Browsers = Callable[[User], Client]
People = Callable[..., User]
SECRET = "Xsecretx"


@pytest.fixture
def hidden(csirt: Organisation, act: Action, user_with: People) -> list[str]:
    """Keys of what an analyst may not read: people, accounts, notices, who was asked."""
    person = make_person(SECRET.lower(), csirt)
    account = user_with("observer", email=f"{SECRET}@example.org")
    mail = post_test(by=SYSTEM, to=f"{SECRET}@example.org")
    days = dict.fromkeys(("starts_on", "ends_on", "opened_on", "due_on", "closes_on"), TODAY)
    review = Review.objects.create(edition=act.edition, code="r", **days)
    asked = UpdateRequest.objects.create(review=review, organisation=csirt, person=person)
    return [key(each) for each in (person, account, mail, asked, Membership.objects.get(user=account))]


def test_no_key_names_what_one_may_not_read(user_with: People, browser_of: Browsers, hidden: list[str]) -> None:
    kept = make_file()
    browser = browser_of(user_with("analyst"))
    for name in (
        *hidden,
        "core.auditentry:1",
        "sessions.session:1",
        "contenttypes.contenttype:1",
        "organisations.country:1",
    ):
        for address in (f"/workspace/evidence/to/{name}/", f"/workspace/evidence/new/?to={name}"):
            answers = (browser.get(address), browser.post(address, {"code": kept.code, "title": "x"}))
            assert (address, [a.status_code for a in answers]) == (address, [404, 404])
            assert not any(SECRET in a.content.decode() for a in answers)
    assert not Attachment.objects.exists()


def test_a_piece_names_no_place_that_one_may_not_read(
    user_with: People, browser_of: Browsers, hidden: list[str]
) -> None:
    kept = make_file()
    for name in hidden:
        Attachment.objects.create(evidence=kept, thing=name, attached_by="X")
    page = browser_of(user_with("analyst")).get(kept.workspace_url())
    assert page.status_code == 200
    assert SECRET not in page.content.decode()


@pytest.mark.guards("narrow evidence is nowhere for others")
@pytest.mark.parametrize("tlp", ["AMBER+STRICT", "RED"])
def test_narrowly_marked_evidence_is_nowhere_for_others(
    tlp: str, csirt: Organisation, act: Action, user_with: People, browser_of: Browsers
) -> None:
    others = [user_with("lead", organisation=make_organisation("police")), user_with("observer"), user_with("auditor")]
    kept = make_file(f"{SECRET} plan", tlp=tlp, organisation=csirt)
    Attachment.objects.create(evidence=kept, thing=key(act), note=SECRET, attached_by="X")
    pages = [
        kept.portal_url(),
        kept.workspace_url(),
        f"{kept.workspace_url()}edit/",
        f"{kept.workspace_url()}replace/",
        "/workspace/evidence/",
        "/workspace/evidence/?download=csv",
        f"/workspace/evidence/to/{key(act)}/?q={SECRET}",
        f"/workspace/search/?q={SECRET}",
        act.workspace_url(),
        act.get_absolute_url(),
        f"/search/?q={SECRET}",
        "/data/evidence.json",
        "/api/v1/evidence",
        f"/api/v1/evidence/{kept.code}",
        "/workspace/",
    ]
    for browser in (*map(browser_of, others), Client()):
        for address in pages:
            answer = browser.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            assert f"{SECRET} plan" not in body.decode(), address
    assert Evidence.objects.get() == kept


def test_a_closed_assessment_takes_no_evidence_by_another_door(
    secretariat: User, act: Action, browser_of: Browsers
) -> None:
    assessment, kept, browser = make_assessment(), make_file(), browser_of(secretariat)
    answer = assessment.answers.select_related("item")[0]
    door = f"/workspace/evidence/to/{key(answer)}/"
    assert browser.post(door, {"code": kept.code}).status_code == 302
    Assessment.objects.filter(pk=assessment.pk).update(state="closed", closed_on=TODAY)
    other = make_file("Another")
    for address, given in (
        (door, {"code": other.code}),
        (f"/workspace/evidence/new/?to={key(answer)}", {"title": "x", "tlp": "GREEN", "url": "https://x.org/"}),
        (f"{kept.workspace_url()}off/{Attachment.objects.get().pk}/", {}),
    ):
        response = browser.post(address, given)
        assert (address, response.status_code) == (address, 422)
        assert "This assessment is closed" in response.content.decode()
    assert [a.evidence for a in Attachment.objects.all()] == [kept]
