"""What somebody with bad intentions would try, and that it comes to nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from floreo.core import links, throttle
from floreo.core.access import SYSTEM
from floreo.core.errors import Slower
from floreo.core.models import AuditEntry, TokenBucket
from floreo.core.search import refresh
from floreo.core.ui.charts import drawing
from floreo.core.ui.templatetags.ui import markdown
from floreo.organisations import actions as acts
from floreo.organisations.access import Guest
from floreo.organisations.actions.invitations import FIRST_ADMIN
from floreo.organisations.models import Contact, Network, Organisation, Person, User
from floreo.strategy.actions import editions
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, BudgetLine, Edition, Milestone
from tests.factories.strategy import make_action, make_country, make_edition

Browser = Callable[[User], Client]
People = Callable[..., User]
SECRET = "Zyxquarry"


@pytest.fixture
def ours(isla: object) -> Organisation:
    return Organisation.objects.filter(is_public=True, merged_into=None).order_by("pk")[0]


@pytest.fixture
def theirs(isla: object, ours: Organisation) -> Organisation:
    """Another body, unknown to the public, with people, a contact and a network."""
    body = Organisation.objects.create(
        code="zyx", name=f"{SECRET} Unit", kind="agency", is_public=False, internal_notes=f"{SECRET} notes"
    )
    for thing in (
        body,
        Person.objects.create(code="zyx-person", name=f"{SECRET} Person", organisation=body, email="z@zyx.example"),
        Network.objects.create(asn=64999, name=f"{SECRET} Net", holder=body, is_public=False),
    ):
        refresh(thing)
    Contact.objects.create(organisation=body, purpose=f"{SECRET} desk", email="desk@zyx.example")
    return body


@pytest.fixture
def operator(user_with: People, ours: Organisation) -> User:
    return user_with("operator", organisation=ours)


@pytest.fixture
def lead(user_with: People, ours: Organisation) -> User:
    return user_with("lead", organisation=ours)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        "/workspace/organisations/",
        "/workspace/organisations/?download=csv",
        "/workspace/networks/",
        "/workspace/networks/?download=json",
        "/workspace/people/",
        "/workspace/people/?download=csv",
        f"/workspace/search/?q={SECRET.lower()[:4]}",
        "/workspace/organisations/zyx/",
        "/workspace/networks/64999/",
        "/workspace/people/zyx-person/",
        "/organisations/zyx/",
    ],
)
def test_an_operator_learns_nothing_internal_of_another_body(
    address: str, operator: User, theirs: Organisation, browser_of: Browser
) -> None:
    response = browser_of(operator).get(address)
    assert response.status_code in {200, 404}
    assert SECRET not in body_of(response)


def test_an_operator_sees_of_a_public_body_what_strangers_see(
    operator: User, theirs: Organisation, browser_of: Browser
) -> None:
    Organisation.objects.filter(pk=theirs.pk).update(is_public=True, name="Open Unit")
    hidden = Organisation.objects.create(code="over", name=f"{SECRET} Over", kind="agency", is_public=False)
    Organisation.objects.filter(pk=theirs.pk).update(parent=hidden)
    page = body_of(browser_of(operator).get("/workspace/organisations/zyx/"))
    assert "Open Unit" in page
    assert SECRET not in page
    assert "desk@zyx.example" not in page


def test_an_operator_sees_all_of_their_own_body(operator: User, ours: Organisation, browser_of: Browser) -> None:
    Organisation.objects.filter(pk=ours.pk).update(is_public=False, internal_notes=f"{SECRET} of ours")
    person = Person.objects.create(code="zyx-ours", name=f"{SECRET} Ours", organisation=ours)
    refresh(person)
    browser = browser_of(operator)
    assert SECRET in body_of(browser.get(f"/workspace/organisations/{ours.code}/"))
    assert f"{SECRET} Ours" in body_of(browser.get(f"/workspace/search/?q={SECRET}"))


def test_a_lead_finds_only_their_own_people(lead: User, theirs: Organisation, browser_of: Browser) -> None:
    page = body_of(browser_of(lead).get(f"/workspace/search/?q={SECRET} person"))
    assert f"{SECRET} Person" not in page


def test_a_second_role_elsewhere_opens_no_people_there(lead: User, theirs: Organisation, browser_of: Browser) -> None:
    acts.give_role(lead, by=SYSTEM, role="coordinator", organisation=theirs)
    assert SECRET not in body_of(browser_of(User.objects.get(pk=lead.pk)).get("/workspace/people/?download=csv"))


def test_a_lead_downloads_no_names_of_people(lead: User, theirs: Organisation, browser_of: Browser) -> None:
    act = Action.objects.select_related("edition").order_by("pk")[0]
    Action.objects.filter(pk=act.pk).update(person=Person.objects.get(code="zyx-person"))
    for kind in ("csv", "json"):
        file = browser_of(lead).get(f"/workspace/plan/{act.edition.code}/actions/?download={kind}")
        assert file.status_code == 200
        assert SECRET not in body_of(file)


def test_a_stranger_cannot_guess_a_hidden_body_through_public_rows(theirs: Organisation, stranger: Client) -> None:
    Network.objects.filter(asn=64999).update(is_public=True, name="Open Net")
    Organisation.objects.create(code="open-part", name="Open Part", kind="agency", parent=theirs, merged_into=theirs)
    line = BudgetLine.objects.filter(action__is_public=True, action__edition__is_public=True)[0]
    BudgetLine.objects.filter(pk=line.pk).update(funder=theirs)
    for table in ("networks", "organisations", "budget_lines"):
        found = json.loads(body_of(stranger.get(f"/api/v1/{table}?q={SECRET}")))
        assert (table, found["total"]) == (table, 0)
    assert json.loads(body_of(stranger.get("/api/v1/networks/AS64999")))["holder"] in {None, ""}
    part = json.loads(body_of(stranger.get("/api/v1/organisations/open-part")))
    assert (part["parent"] or "", part["merged_into"] or "") == ("", "")


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("role", ["observer", "auditor", "analyst", "drafter", "operator", "lead", "coordinator"])
def test_nobody_changes_an_action_that_others_answer_for(
    role: str, user_with: People, theirs: Organisation, browser_of: Browser
) -> None:
    tied = theirs if role in {"operator", "lead", "coordinator"} else None
    browser = browser_of(user_with(role, organisation=tied))
    act = Action.objects.filter(milestones__isnull=False, closed_on=None).select_related("edition").order_by("pk")[0]
    step, root = act.milestones.order_by("pk")[0], f"/workspace/plan/{act.edition.code}/"
    here = f"{root}actions/{act.code}/"
    for address in (
        f"{here}do/facts/",
        f"{here}do/update/",
        f"{here}do/expect/",
        f"{here}do/close/",
        f"{here}do/new-risk/",
        f"{here}do/override/",
        f"{here}do/remove/",
        f"{here}place/",
        f"{here}milestones/{step.code}/reach/",
        f"{here}milestones/{step.code}/remove/",
        f"{root}edit/",
        f"{root}publish/",
        f"{root}unpublish/",
        f"{root}bulk/",
        f"{root}workbook/",
        f"{root}workbook/apply/",
        f"{root}next/",
        "/workspace/plan/new/",
        "/workspace/accounts/invite/",
        "/workspace/organisations/new/",
        "/workspace/people/new/",
        "/workspace/networks/new/",
    ):
        answer = browser.post(address, {"change": "due", "title": "x", "reason": "x", "codes": act.code})
        assert (address, answer.status_code in {403, 404}) == (address, True), answer.status_code
    act.refresh_from_db()
    step.refresh_from_db()
    assert (act.version, step.version, step.reached_on) == (act.version, step.version, step.reached_on)


def test_a_child_is_not_reached_through_another_action(
    lead: User, ours: Organisation, isla: object, browser_of: Browser
) -> None:
    """A lead of A asks for B's risk under the address of A's action."""
    mine = next(a for a in Action.objects.select_related("edition") if ours.pk in a.owner_ids())
    other = next(a for a in Action.objects.exclude(pk=mine.pk) if ours.pk not in a.owner_ids())
    risk = other.risks.create(title="Theirs", likelihood=3, impact=3, noted_on="2025-01-01")
    address = f"/workspace/plan/{mine.edition.code}/actions/{mine.code}/risks/{risk.pk}/edit/"
    assert browser_of(lead).get(address).status_code == 404
    assert browser_of(lead).post(address, {"title": "Mine"}).status_code == 404


def test_an_operator_reads_no_page_of_the_plan_desk(operator: User, isla: object, browser_of: Browser) -> None:
    act = Action.objects.select_related("edition").order_by("pk")[0]
    root = f"/workspace/plan/{act.edition.code}/"
    refused = 403
    for address in (
        "/workspace/plan/",
        root,
        f"{root}actions/",
        f"{root}actions/?download=csv",
        f"{root}workbook.xlsx",
        f"{root}actions/{act.code}/",
        "/workspace/indicators/",
        "/workspace/imports/",
        "/workspace/audit/",
        "/workspace/accounts/",
    ):
        assert (address, browser_of(operator).get(address).status_code) == (address, refused)


def test_what_a_stranger_writes_into_forwarded_for_does_not_count() -> None:
    request = RequestFactory().get("/", headers={"x-forwarded-for": "9.9.9.9, 7.7.7.7"}, REMOTE_ADDR="10.0.0.1")
    with override_settings(BEHIND_PROXY=False, ALLAUTH_TRUSTED_PROXY_COUNT=0):
        assert (throttle.address_of(request), get_adapter().get_client_ip(request)) == ("10.0.0.1", "10.0.0.1")
    with override_settings(BEHIND_PROXY=True, ALLAUTH_TRUSTED_PROXY_COUNT=1):
        assert (throttle.address_of(request), get_adapter().get_client_ip(request)) == ("7.7.7.7", "7.7.7.7")


@pytest.mark.django_db(transaction=True)
def test_many_calls_at_once_spend_no_more_tokens_than_there_are() -> None:
    def call(_n: int) -> bool:
        try:
            throttle.spend("abuse", "one", capacity=3, per_hour=0.001)
        except Slower:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(16))) == 3
    TokenBucket.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_an_update_that_was_sent_five_times_at_once_is_one() -> None:
    make_country()
    act = make_action(make_edition(), "1.1.1")

    def send(_number: int) -> int:
        try:
            return add_update(act, by=SYSTEM, done="The bill is drafted.").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, range(5)))) == 1
    assert act.updates.count() == 1


@pytest.mark.usefixtures("isla")
def test_leaving_and_partial_posts_need_the_token(secretariat: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(secretariat)
    assert browser.post("/account/logout/").status_code == 403
    assert browser.get("/account/logout/").status_code == 200
    assert browser.post("/workspace/me/", {"name": "x"}, headers={"hx-request": "true"}).status_code == 403
    assert browser.get("/workspace/").status_code == 200


def test_an_uploaded_file_leaves_as_a_file_whatever_it_is_called(
    user_with: People, isla: object, browser_of: Browser
) -> None:
    name = 'x"; filename="y.html'
    page = b"<!doctype html><html><body><script>alert(1)</script><h1>Plan</h1></body></html>"
    browser = browser_of(user_with("drafter"))
    answer = browser.post("/workspace/imports/", {"file": SimpleUploadedFile(name, page, content_type="text/html")})
    assert answer.status_code == 302
    headers = browser.get(f"{answer['Location']}file/").headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert b"<script>alert" not in browser.get(answer["Location"]).content


@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("name", ["../pack.toml", "..%2fpack.toml", "/etc/passwd", ".", "documents/../../pack.toml"])
def test_the_choice_of_samples_reads_no_other_file(name: str, user_with: People, browser_of: Browser) -> None:
    assert browser_of(user_with("drafter")).post("/workspace/imports/", {"sample": name}).status_code == 404


def test_markdown_and_charts_run_nothing() -> None:
    bad = "<script>x</script> [a](javascript:alert(1)) ![b](data:text/html,x) <img src=x onerror=y> **ok**"
    expected = str(markdown(bad))
    assert "<script" not in expected
    assert "<img" not in expected
    assert 'href="javascript' not in expected
    assert "<strong>ok</strong>" in expected
    drawn = drawing.text(0, 0, '"><script>x</script>', css='"><script>')
    assert "<script" not in drawn


def test_the_trail_holds_no_secret(administrator: User, isla: object, browser_of: Browser) -> None:
    token = links.make(FIRST_ADMIN, subject="locked-out")
    acts.make_first_administrator(token, by=Guest("A"), email="a@example.org", password="correct horse battery")
    made = User.objects.get(email="a@example.org")
    entry = AuditEntry.objects.order_by("-number")[0]
    page = body_of(browser_of(administrator).get(f"/workspace/audit/{entry.number}/"))
    assert "a@example.org" in page
    for secret in (token, links.hash_of(token), made.password):
        assert secret not in page
        assert secret not in json.dumps(entry.detail)


@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=%00",
        "/search/?q=%22%00*",
        "/organisations/?q=%00",
        "/organisations/?after=WzFlNDAwLCAxXQ",
        "/organisations/?after=WyJcdWQ4MDAiLCAxXQ",
        "/organisations/?after=WyJhIiwgMWU0MDBd",
        "/workspace/?q=%00",
        "/organisations/?q=%ED%A0%80",
        "/strategy/%00/",
        "/data/?q=%00",
    ],
)
def test_odd_addresses_break_nothing(address: str, stranger: Client) -> None:
    stranger.raise_request_exception = False
    assert stranger.get(address).status_code < 500
    assert reverse("portal:home")


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("address", ["/", "/strategy/", "/organisations/", "/data/", "/search/?q=plan", "/about/"])
def test_what_a_shared_cache_keeps_is_a_strangers_copy(
    address: str, stranger: Client, secretariat: User, browser_of: Browser
) -> None:
    kept = stranger.get(address, headers={"accept-encoding": "gzip"})
    assert "Cookie" in kept.headers["Vary"]
    assert not kept.cookies
    inside = browser_of(secretariat).get(address)
    assert "private" in inside.headers["Cache-Control"]
    assert "public" not in inside.headers["Cache-Control"]


@pytest.mark.usefixtures("isla")
def test_an_operator_desk_names_nothing_of_the_hidden_plan(
    operator: User, ours: Organisation, browser_of: Browser
) -> None:
    Action.objects.update(title=SECRET, status="late", is_public=False)
    assert SECRET not in body_of(browser_of(operator).get("/workspace/"))
    assert SECRET not in body_of(browser_of(operator).get(f"/workspace/organisations/{ours.code}/"))


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/about/unconfirmed/",
        "/strategy/",
        "/search/?q=zyx",
        "/api/v1/actions?q=zyx",
        "/api/v1/milestones?q=zyx",
        "/api/v1/updates?q=zyx",
        "/api/v1/readings?q=zyx",
        "/data/actions.csv",
        "/data/milestones.json",
        "/indicators/",
    ],
)
def test_a_stranger_reads_nothing_of_a_hidden_edition(address: str, stranger: Client, administrator: User) -> None:
    for edition in Edition.objects.filter(is_public=True):
        Edition.objects.filter(pk=edition.pk).update(title=SECRET)
        edition.refresh_from_db()
        editions.unpublish_edition(edition, by=administrator, reason="A test.")
    Action.objects.update(title=SECRET, confirmed=False, internal_notes=SECRET)
    Milestone.objects.update(title=SECRET, confirmed=False, note=SECRET)
    for act in Action.objects.all()[:5]:
        refresh(act)
    assert SECRET not in body_of(stranger.get(address))


@override_settings(DEBUG=False)
@pytest.mark.usefixtures("isla")
def test_what_breaks_tells_nothing(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_a: object, **_k: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("floreo.portal.views.data.find", burst)
    stranger.raise_request_exception = False
    answer = stranger.get("/search/?q=plan")
    assert answer.status_code == 500
    assert SECRET not in body_of(answer)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
