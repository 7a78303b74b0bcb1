"""What programs write: each call is the action of a form, once, within what its token is for, and refused with a sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from floreo.api.idempotency import KEPT_FOR, let_go_of_old
from floreo.core import clock, throttle
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.evidence.models import Attachment, Evidence
from floreo.indicators.models import Reading
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Contact, KeptAnswer, Organisation, ProposedChange, User
from floreo.reviews.actions import open_review
from floreo.reviews.models import Answer
from floreo.strategy.models import Action, Edition, EditionState, Milestone, Update
from tests.conftest import make_user
from tests.evidence.making import PDF, PROGRAM
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation, make_person
from tests.indicators.making import make_indicator

ALL = ["readings", "updates", "milestones", "contacts", "evidence"]
READING = {
    "indicator": "reports-in-time",
    "starts_on": "2026-07-01",
    "ends_on": "2026-09-30",
    "value": 81,
    "source": "Register, page 4",
}


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    with clock.pinned_day(day=TODAY):
        yield TODAY


def a_plan() -> Organisation:
    make_country()
    body = make_organisation("csirt")
    edition = make_edition()
    Edition.objects.filter(pk=edition.pk).update(is_public=True, state=EditionState.IN_FORCE)
    make_action(edition, "1.1.1", lead=body, milestones=2)
    make_action(edition, "1.1.2", lead=make_organisation("police"), milestones=1)
    make_indicator()
    return body


@pytest.fixture
def plan(db: None) -> Organisation:
    return a_plan()


@pytest.fixture
def own_disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def word_of(user: User, scopes: list[str] | None = None, **more: Any) -> str:
    wanted = ALL if scopes is None else scopes
    return make_token(user, by=SYSTEM, name="Office", scopes=wanted, **more)[1]


@pytest.fixture
def word(plan: Organisation, secretariat: User) -> str:
    return word_of(secretariat)


@pytest.fixture
def lead_word(plan: Organisation) -> str:
    """Of a lead of the csirt."""
    return word_of(make_user("lead", organisation=plan), ["readings", "updates", "milestones", "evidence"])


def call(word: str, path: str, body: Any, *, key: str = "", method: str = "post", query: str = "") -> Any:
    headers = {"Authorization": f"Bearer {word}"} | ({"Idempotency-Key": key} if key else {})
    address = f"/api/v1/programs/{path}{query}"
    return getattr(Client(), method)(address, body, content_type="application/json", headers=headers)


def said(answer: Any) -> tuple[int, str, dict[str, str]]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["fields"]


UPDATE = {"edition": "2025-2028", "action": "1.1.1", "done": "The course was held."}


# --- Values -------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_value_is_entered_as_by_the_form(word: str) -> None:
    answer = call(word, "readings", READING | {"numerator": 47, "denominator": 58})
    reading = Reading.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"state": "kept", "id": str(reading.pk), "checked": False})
    assert (reading.value, reading.source, reading.taken_by) == (81, "Register, page 4", "Test secretariat")
    entry = AuditEntry.objects.order_by("-number")[0]
    assert (entry.verb, entry.actor_code) == ("reading.entered", User.objects.get().actor_code)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"ends_on": "2027-09-30"}, 422, "period_runs"),
        ({"starts_on": "2026-10-01"}, 422, "dates_in_order"),
        ({"numerator": 1, "denominator": 2}, 422, "does_not_add_up"),
        ({"value": "12.345"}, 422, "too_many_digits"),
        ({"value": "NaN"}, 422, "invalid"),
        ({"value": 1e300}, 422, "invalid"),
        ({"indicator": "no-such"}, 404, "missing"),
        ({"source": ""}, 422, "invalid"),
        ({"source": "a\x00b"}, 422, "invalid"),
        ({"unknown": 1}, 422, "invalid"),
    ],
)
def test_what_the_form_refuses_is_refused_with_its_sentence(
    change: dict[str, Any], status: int, code: str, word: str
) -> None:
    answer = call(word, "readings", READING | change)
    assert said(answer)[:2] == (status, code)
    assert answer.json()["error"]["message"].endswith(".")
    assert Reading.objects.count() == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("path", ["readings", "updates", "milestones", "contacts", "evidence/links"])
@pytest.mark.parametrize("body", ["{", "[]", "3", "null", '"x"', "[" * 5000, ""])
def test_odd_bodies_get_the_one_shape(path: str, body: str, word: str) -> None:
    status, _code, _fields = said(call(word, path, body))
    assert status in {400, 422}


# --- Whose token, and for what ------------------------------------------------------------------------------------


def test_a_token_for_something_else_is_refused_by_a_sentence_that_names_the_purpose(
    plan: Organisation, secretariat: User
) -> None:
    answer = call(word_of(secretariat, ["updates"]), "readings", READING)
    assert said(answer)[:2] == (403, "not_allowed")
    assert answer.json()["error"]["message"] == (
        "This token is not for this purpose: Values of indicators. Create one that is, in the workspace."
    )


@pytest.mark.long
def test_of_a_lead_only_what_the_organisation_leads(lead_word: str, plan: Organisation) -> None:
    assert call(lead_word, "updates", UPDATE).status_code == 201
    assert said(call(lead_word, "updates", UPDATE | {"action": "1.1.2"}))[:2] == (403, "not_allowed")
    assert said(call(lead_word, "readings", READING))[:2] == (403, "not_allowed")


def test_of_the_secretariat_only_the_organisation_that_the_token_names(plan: Organisation, secretariat: User) -> None:
    word = word_of(secretariat, organisation=plan)
    assert call(word, "updates", UPDATE).status_code == 201
    assert call(word, "updates", UPDATE | {"action": "1.1.2"}).status_code == 403
    contact = {"organisation": "police", "purpose": "Abuse", "email": "a@example.org"}
    assert call(word, "contacts", contact).status_code in {403, 404}
    assert call(word, "contacts", contact | {"organisation": "csirt"}).status_code == 201


def test_without_a_token_and_without_a_cookie(plan: Organisation, secretariat: User) -> None:
    client = Client()
    client.force_login(secretariat)
    answer = client.post("/api/v1/programs/readings", READING, content_type="application/json")
    assert said(answer)[:2] == (401, "no_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


# --- Updates and milestones ---------------------------------------------------------------------------------------


def test_an_update_counts_at_once_where_no_review_asks(word: str) -> None:
    answer = call(word, "updates", UPDATE | {"reached": ["1.1.1.1"], "on": "2026-11-20"})
    assert (answer.status_code, answer.json()["state"]) == (201, "published")
    assert (Update.objects.get().done, Update.objects.get().on) == ("The course was held.", date(2026, 11, 20))
    assert Milestone.objects.get(code="1.1.1.1").reached_on == date(2026, 11, 20)


def test_in_an_open_review_it_waits_for_approval_as_a_leads_does(lead_word: str, plan: Organisation) -> None:
    act = Action.objects.get(code="1.1.1")
    Action.objects.filter(pk=act.pk).update(person=make_person("ana", plan, email="ana@example.org"))
    open_review(
        Edition.objects.get(),
        by=SYSTEM,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 11, 15),
        due_on=date(2026, 12, 4),
        closes_on=date(2026, 12, 15),
    )
    answer = call(lead_word, "updates", UPDATE | {"reached": ["1.1.1.1"]})
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    waiting = Answer.objects.get()
    assert (waiting.state, waiting.done, waiting.reported_by) == ("submitted", "The course was held.", "Test lead")
    assert (Update.objects.count(), Milestone.objects.filter(reached_on__isnull=False).count()) == (0, 0)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"nothing_changed": True}, "contradiction", "nothing_changed"),
        ({"done": ""}, "missing", "done"),
        ({"on": "2026-12-24"}, "date_to_come", "on"),
        ({"reached": ["9.9"]}, "unknown_code", "reached"),
    ],
)
def test_an_update_that_the_form_refuses(change: dict[str, Any], code: str, field: str, word: str) -> None:
    status, given, fields = said(call(word, "updates", UPDATE | change))
    assert (status, given, list(fields)) == (422, code, [field])


def test_a_milestone_is_reached_or_moved_and_not_both(word: str) -> None:
    one = {"edition": "2025-2028", "action": "1.1.1", "milestone": "1.1.1.1"}
    assert said(call(word, "milestones", one))[0] == 422
    assert said(call(word, "milestones", one | {"reached_on": "2026-11-01", "expected_on": "2026-12-01"}))[0] == 422
    assert call(word, "milestones", one | {"expected_on": "2027-01-31", "note": "Later"}).status_code == 200
    moved = Milestone.objects.get(code="1.1.1.1")
    assert (moved.expected_on, moved.note) == (date(2027, 1, 31), "Later")
    assert call(word, "milestones", one | {"reached_on": "2026-11-01"}).status_code == 200
    assert said(call(word, "milestones", one | {"expected_on": "2027-01-31"}))[1] == "already_reached"
    assert said(call(word, "milestones", one | {"milestone": "9", "reached_on": "2026-11-01"}))[:2] == (
        422,
        "unknown_code",
    )


# --- Contacts -----------------------------------------------------------------------------------------------------


def test_contacts_are_added_read_and_changed(word: str) -> None:
    sent = {"organisation": "csirt", "purpose": "Abuse", "role": "abuse", "email": "abuse@example.org"}
    made = call(word, "contacts", sent)
    assert made.status_code == 201
    (row,) = call(word, "contacts?organisation=csirt", None, method="get").json()["items"]
    assert (row["id"], row["email"], row["role"]) == (made.json()["id"], "abuse@example.org", "abuse")
    assert call(word, f"contacts/{row['id']}", {"phone": "+1 202 555 0100"}, method="patch").status_code == 200
    assert (Contact.objects.get().phone, Contact.objects.get().email) == ("+1 202-555-0100", "abuse@example.org")
    assert said(call(word, "contacts", sent | {"role": "king"}))[:2] == (422, "unknown_kind")
    assert said(call(word, "contacts", sent | {"email": ""}))[:2] == (422, "missing")
    assert said(call(word, "contacts/999", {"phone": "1"}, method="patch"))[0] == 404


def test_who_represents_an_organisation_proposes(plan: Organisation) -> None:
    word = word_of(make_user("operator", organisation=plan), ["contacts"])
    sent = {"organisation": "csirt", "purpose": "Abuse", "role": "abuse", "email": "abuse@example.org"}
    answer = call(word, "contacts", sent)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert (Contact.objects.count(), ProposedChange.objects.get().facts["email"]) == (0, "abuse@example.org")
    assert call(word, "contacts", sent | {"organisation": "police"}).status_code in {403, 404}


# --- Evidence -----------------------------------------------------------------------------------------------------


def send_file(word: str, body: bytes, name: str, *, key: str = "", **facts: str) -> Any:
    headers = {"Authorization": f"Bearer {word}"} | ({"Idempotency-Key": key} if key else {})
    sent = {"file": SimpleUploadedFile(name, body), **facts}
    return Client().post("/api/v1/programs/evidence/files", sent, headers=headers)


@pytest.mark.long
@pytest.mark.usefixtures("own_disk")
def test_files_and_links_become_evidence_and_are_attached(word: str) -> None:
    answer = send_file(word, PDF, "minutes.pdf", title="Minutes", tlp="GREEN")
    assert (answer.status_code, answer.json()["state"]) == (201, "kept")
    assert send_file(word, PDF, "again.pdf").status_code == 200
    link = call(word, "evidence/links", {"url": "https://example.org/a", "title": "A"})
    assert link.status_code == 201
    code = answer.json()["id"]
    shows = {"edition": "2025-2028", "action": "1.1.1", "milestone": "1.1.1.1", "note": "page 4"}
    assert call(word, f"evidence/{code}/attachments", shows).status_code == 201
    assert (Evidence.objects.count(), Attachment.objects.get().thing.partition(":")[0]) == (2, "strategy.milestone")


@pytest.mark.usefixtures("own_disk")
@pytest.mark.parametrize(
    ("body", "name", "code"),
    [(PROGRAM, "minutes.pdf", "program"), (b"", "a.pdf", "empty")],
)
def test_a_file_passes_the_same_cage_as_in_the_form(body: bytes, name: str, code: str, word: str) -> None:
    status, given, fields = said(send_file(word, body, name))
    assert (status, list(fields)) == (422, ["file"])
    assert code in given
    assert Evidence.objects.count() == 0


@pytest.mark.usefixtures("own_disk")
def test_a_file_that_is_too_large_is_refused(word: str, settings: Any) -> None:
    settings.UPLOAD_LARGEST = 1000
    answer = send_file(word, PDF + b"x" * 200_000, "minutes.pdf")
    assert said(answer)[:2] == (413, "too_much")


@pytest.mark.usefixtures("own_disk")
def test_a_lead_attaches_to_what_the_organisation_leads_only(lead_word: str) -> None:
    code = send_file(lead_word, PDF, "minutes.pdf").json()["id"]
    shows = {"edition": "2025-2028", "action": "1.1.2"}
    assert said(call(lead_word, f"evidence/{code}/attachments", shows))[0] == 403
    assert said(call(lead_word, "evidence/none/attachments", shows))[0] == 404


# --- Once ---------------------------------------------------------------------------------------------------------


def test_the_same_key_again_is_the_same_answer_and_nothing_is_done_twice(word: str) -> None:
    first, again = (call(word, "updates", UPDATE, key="k-1") for _turn in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert Update.objects.count() == 1
    kept = KeptAnswer.objects.get()
    assert "k-1" not in f"{kept.key_hash} {kept.body_hash}"


@pytest.mark.long
def test_the_same_key_with_another_call_is_refused(word: str) -> None:
    call(word, "updates", UPDATE, key="k-1")
    for path, body in (("updates", UPDATE | {"done": "Other"}), ("readings", READING)):
        assert said(call(word, path, body, key="k-1"))[:2] == (422, "key_reused")
    assert Update.objects.count() == 1


@pytest.mark.long
def test_a_key_is_its_tokens_own_and_free_again_after_two_days_or_a_refusal(word: str, secretariat: User) -> None:
    other = word_of(secretariat)
    assert said(call(word, "readings", READING | {"ends_on": "2027-09-30"}, key="k"))[1] == "period_runs"
    assert call(word, "readings", READING, key="k").status_code == 201
    assert call(other, "updates", UPDATE, key="k").status_code == 201
    KeptAnswer.objects.update(made_at=clock.machine() - KEPT_FOR - timedelta(minutes=1))
    assert call(word, "updates", UPDATE | {"done": "More"}, key="k").status_code == 201
    assert let_go_of_old() == 1


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "ñ"])
def test_an_odd_key_is_refused(key: str, word: str) -> None:
    headers = {"Authorization": f"Bearer {word}", "Idempotency-Key": key}
    answer = Client().post("/api/v1/programs/readings", READING, content_type="application/json", headers=headers)
    assert said(answer)[:2] == (422, "invalid")


@pytest.mark.usefixtures("own_disk")
def test_a_file_with_a_key(word: str) -> None:
    first, again = (send_file(word, PDF, "minutes.pdf", key="f", title="Minutes") for _turn in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert said(send_file(word, PDF + b"%", "minutes.pdf", key="f", title="Minutes"))[1] == "key_reused"
    assert said(send_file(word, PDF, "minutes.pdf", key="f", title="Other"))[1] == "key_reused"


@pytest.mark.long
def test_a_check_does_all_of_it_and_keeps_nothing(word: str) -> None:
    before = AuditEntry.objects.count()
    answer = call(word, "updates", UPDATE | {"reached": ["1.1.1.1"]}, query="?check=true", key="k")
    assert (answer.status_code, answer.json()["state"], answer.json()["checked"]) == (200, "published", True)
    assert said(call(word, "updates", UPDATE | {"done": ""}, query="?check=true"))[:2] == (422, "missing")
    assert (Update.objects.count(), KeptAnswer.objects.count(), AuditEntry.objects.count()) == (0, 0, before)
    assert Milestone.objects.filter(reached_on__isnull=False).count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(2))
def test_the_same_key_twice_at_once_makes_one(turn: int) -> None:
    """On both databases: the second waits for the first, and gets its answer."""
    a_plan()
    word, barrier = word_of(make_user("secretariat")), threading.Barrier(4)
    answers: list[tuple[int, Any]] = []

    def press() -> None:
        barrier.wait()
        try:
            answer = call(
                word, "contacts", {"organisation": "csirt", "purpose": "Abuse", "email": "a@example.org"}, key="k"
            )
            answers.append((answer.status_code, answer.json()))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0][0], Contact.objects.count()) == (201, 1)


def test_a_token_may_write_so_often_and_no_more(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("floreo.api.writing.BURST", 2)
    throttle.METER.clear()
    statuses = [call(word, "readings", READING).status_code for _turn in range(3)]
    assert statuses == [201, 201, 429]


@pytest.mark.long
def test_the_openapi_has_an_example_for_each_call(db: None) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    bodies = ("ReadingIn", "UpdateIn", "MilestoneIn", "ContactIn", "ContactPartIn", "LinkIn", "AttachmentIn")
    assert [name for name in bodies if not document["components"]["schemas"][name].get("example")] == []
    parameters = document["paths"]["/api/v1/programs/readings"]["post"]["parameters"]
    assert sorted(p["name"] for p in parameters) == ["Idempotency-Key", "check"]
