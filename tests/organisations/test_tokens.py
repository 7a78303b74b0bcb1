"""Tokens: never more than their account, until a day, ended with it, and in no log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from floreo.config.logs import Json, Plain, SecurityEvent
from floreo.core import clock
from floreo.core.access import SYSTEM, Limit, Permission, can, people_of, reach
from floreo.core.delivery import deliver_due
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.private_routes import without_secrets
from floreo.core.security_events import Kind, log, newest
from floreo.core.tasks import Recipient
from floreo.organisations.actions.accounts import deactivate_account, take_role
from floreo.organisations.actions.tokens import TokenRefused, account_of, end_token, make_token, token_of, warn_of_ends
from floreo.organisations.models import ApiToken, Membership, User
from floreo.organisations.tasks import waiting_tasks
from tests.factories.organisations import organisation

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.pinned_day(day=DAY):
        yield


def code_of(word: str) -> str:
    try:
        token_of(word)
    except TokenRefused as refusal:
        return refusal.code
    return "good"


def ask(word: str, path: str = "/api/v1/programs/me") -> tuple[int, Any]:
    answer = Client().get(path, headers={"Authorization": f"Bearer {word}"})
    return answer.status_code, answer.json()


# --- What a limit takes away --------------------------------------------------------------------------------------


def test_a_limit_narrows_purposes_and_organisation_and_adds_nothing(secretariat: User) -> None:
    ours, theirs = organisation("ours"), organisation("theirs")
    P = Permission  # noqa: N806 -- as in access.py
    secretariat.limit = Limit(frozenset({P.REGISTER_EDIT, P.INCIDENT_HANDLE}), ours.pk)
    assert [can(secretariat, P.REGISTER_EDIT, each) for each in (None, ours, theirs)] == [True, True, False]
    assert (can(secretariat, P.PLAN_EDIT), can(secretariat, P.INCIDENT_HANDLE)) == (False, False)
    assert (reach(secretariat, P.REGISTER_EDIT), reach(secretariat, P.PLAN_EDIT)) == (frozenset({ours.pk}), frozenset())


def test_nor_does_the_organisation_of_a_limit_make_somebody_represent_it(user_with: Callable[..., User]) -> None:
    ours, theirs = organisation("ours"), organisation("theirs")
    lead = user_with("lead", organisation=theirs)
    lead.limit = Limit(frozenset(Permission), ours.pk)
    assert (reach(lead, Permission.PLAN_UPDATE), people_of(lead, Permission.PLAN_UPDATE)) == (frozenset(), frozenset())
    assert not can(lead, Permission.PLAN_UPDATE, ours)


# --- Life ---------------------------------------------------------------------------------------------------------


def test_a_token_opens_what_it_is_for_and_says_so(secretariat: User) -> None:
    _token, word = make_token(secretariat, by=secretariat, name="Office", scopes=["readings"])
    assert ask(word) == (
        200,
        {
            "name": "Office",
            "account": "secretariat@example.org",
            "purposes": ["readings"],
            "organisation": None,
            "expires_on": "2027-11-24",
        },
    )
    user = account_of(token_of(word), address="192.0.2.7")
    assert (can(user, Permission.READING_ENTER), can(user, Permission.PLAN_EDIT)) == (True, False)
    used = ApiToken.objects.get()
    assert (used.last_used_on, used.last_used_from) == (DAY, "192.0.2.7")


def test_one_past_its_end_revoked_or_of_somebody_who_left_says_why(secretariat: User, administrator: User) -> None:
    over = make_token(secretariat, by=SYSTEM, name="a", scopes=["readings"], expires_on=DAY)[1]
    revoked, word = make_token(secretariat, by=SYSTEM, name="b", scopes=["readings"])
    left = make_token(secretariat, by=SYSTEM, name="c", scopes=["readings"])[1]
    end_token(revoked, by=secretariat)
    assert code_of(over) == "good"
    with clock.pinned_day(day=DAY + timedelta(days=1)):
        assert ask(over) == (
            401,
            {
                "error": {
                    "code": "token_over",
                    "message": "This token ended on 24 November 2026. Create a new one in the workspace.",
                    "fields": {},
                }
            },
        )
    User.objects.filter(pk=secretariat.pk).update(is_active=False)
    assert [code_of(each) for each in (word, left, "floreo_" + "x" * 43, "x", "")] == [
        "token_revoked",
        "account_off",
        "no_token",
        "no_token",
        "no_token",
    ]


def test_who_is_switched_off_loses_their_tokens_for_good(secretariat: User, administrator: User) -> None:
    word = make_token(secretariat, by=SYSTEM, name="c", scopes=["readings"])[1]
    deactivate_account(secretariat, by=administrator)
    User.objects.filter(pk=secretariat.pk).update(is_active=True)
    assert code_of(word) == "token_revoked"


def test_a_token_loses_power_when_its_account_does(administrator: User, user_with: Callable[..., User]) -> None:
    analyst = user_with("analyst")
    word = make_token(analyst, by=analyst, name="c", scopes=["readings"])[1]
    take_role(Membership.objects.get(user=analyst), by=administrator)
    assert not can(account_of(token_of(word), address=""), Permission.READING_ENTER)


def test_nobody_makes_one_with_more_than_they_have_or_for_another(
    secretariat: User, observer: User, user_with: Callable[..., User]
) -> None:
    ours, theirs = organisation("ours"), organisation("theirs")
    lead = user_with("lead", organisation=ours, email="lead@example.org")
    for by, user, facts in (
        (observer, observer, {"scopes": ["readings"]}),
        (secretariat, lead, {"scopes": ["updates"]}),
        (lead, lead, {"scopes": ["people"]}),
        (lead, lead, {"scopes": ["updates", "no such"]}),
        (lead, lead, {"scopes": ["updates"], "organisation": theirs}),
        (lead, lead, {"scopes": ["updates"], "expires_on": DAY + timedelta(days=400)}),
        (lead, lead, {"scopes": []}),
    ):
        with pytest.raises(Refused):
            make_token(user, by=by, name="x", **facts)
    assert ApiToken.objects.count() == 0
    with pytest.raises(NotAllowed):
        end_token(make_token(secretariat, by=SYSTEM, name="x")[0], by=lead)


def test_before_the_end_there_is_one_mail_and_a_task(secretariat: User) -> None:
    token = make_token(secretariat, by=SYSTEM, name="Office", scopes=["readings"], expires_on=DAY + timedelta(days=31))[
        0
    ]
    assert warn_of_ends(by=SYSTEM) == 0
    with clock.pinned_day(day=DAY + timedelta(days=1)):
        assert [warn_of_ends(by=SYSTEM), warn_of_ends(by=SYSTEM)] == [1, 0]
        everybody = Recipient(everybody=True)
        (task,) = waiting_tasks(everybody, viewer=None, today=clock.today())
    deliver_due()
    (letter,) = mail.outbox
    assert letter.subject == "The token of “Office” ends on 25 December 2026"
    assert letter.to == [secretariat.email]
    assert (task.title, task.due, task.href) == ("Office", DAY + timedelta(days=31), token.workspace_url())


# --- A token in a log must be impossible --------------------------------------------------------------------------


@pytest.fixture
def everything_logged(tmp_path: Path, settings: Any) -> Iterator[StringIO]:
    """Every logger at DEBUG, in each of our formats, into one text; security events beside it."""
    settings.SECURITY_LOG = str(tmp_path / "security.jsonl")
    text, root = StringIO(), logging.getLogger()
    handlers = []
    for formatter in (Plain("%(asctime)s %(levelname)s %(name)s %(message)s"), Json(), SecurityEvent()):
        handler = logging.StreamHandler(text)
        handler.setFormatter(formatter)
        handlers.append(handler)
    before, level, events = root.handlers[:], root.level, log.handlers[:]
    own = logging.FileHandler(settings.SECURITY_LOG)
    own.setFormatter(SecurityEvent())
    root.handlers[:], log.handlers[:] = [*before, *handlers], [own, *handlers]
    root.setLevel(logging.DEBUG)
    yield text
    root.handlers[:], log.handlers[:] = before, events
    root.setLevel(level)
    own.close()


def test_a_token_stands_in_no_log_no_report_of_an_error_and_no_trail(
    everything_logged: StringIO, secretariat: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made, used, refused, used for something that breaks, sent in an address, in a body, as a name and as a cookie."""
    token, word = make_token(secretariat, by=secretariat, name="Office", scopes=["readings", "evidence"])
    header = {"Authorization": f"Bearer {word}"}
    client = Client(raise_request_exception=False)
    client.get("/api/v1/programs/me", headers=header)
    client.post("/api/v1/programs/updates", "{", content_type="application/json", headers=header)
    client.post(
        "/api/v1/programs/readings",
        {"indicator": word, "starts_on": "x", "ends_on": word, "value": word, "source": word},
        content_type="application/json",
        headers={**header, "Idempotency-Key": word},
    )
    monkeypatch.setattr("floreo.api.writing.get_indicator_for", _breaks_with(word))
    sent = {"indicator": "x", "starts_on": "2026-01-01", "ends_on": "2026-03-31", "value": 1, "source": "x"}
    assert (
        client.post("/api/v1/programs/readings", sent, content_type="application/json", headers=header).status_code
        == 500
    )
    client.get("/scim/v2/Users", headers=header)
    client.cookies["sessionid"] = word
    client.get("/workspace/programs/", headers=header)
    logging.getLogger("django.request").error("Not Found: %s", f"/api/v1/x?token={word}", exc_info=ValueError(word))
    everything_logged.flush()
    text = everything_logged.getvalue()
    assert ("Office" in text, "programs/me" in text, len(text.splitlines()) > 10) == (True, True, True)
    trail = "\n".join(str(row) for row in AuditEntry.objects.values())
    for secret in (word, word.removeprefix("floreo_"), token.token_hash):
        assert secret not in text
        assert secret not in trail
        assert secret not in Path(settings.SECURITY_LOG).read_text()


def _breaks_with(word: str) -> Callable[..., None]:
    def breaks(*_args: object) -> None:
        raise RuntimeError(f"a library that says what it was given: Bearer {word}")

    return breaks


def test_one_that_is_sent_in_an_address_is_refused_and_revoked_at_once(
    everything_logged: StringIO, secretariat: User
) -> None:
    word = make_token(secretariat, by=secretariat, name="Office", scopes=["readings"])[1]
    answer = Client().get(f"/api/v1/programs/me?access_token={word}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "token_in_address")
    assert code_of(word) == "token_revoked"
    assert [event.kind for event in newest(1)] == [Kind.TOKEN_EXPOSED]
    assert word not in everything_logged.getvalue()


def test_also_on_a_page_of_the_public_site(secretariat: User) -> None:
    word = make_token(secretariat, by=secretariat, name="Office", scopes=["readings"])[1]
    assert Client().get(f"/search/{word}").status_code == 400
    assert code_of(word) == "token_revoked"


def test_uses_and_refusals_are_security_events(everything_logged: StringIO, secretariat: User) -> None:
    word = make_token(secretariat, by=secretariat, name="Office", scopes=["readings"])[1]
    ask(word)
    ask(word, "/api/v1/findings")
    ask("floreo_" + "y" * 43)
    found = [(e.kind, e.who, e.what.rpartition(" /")[2]) for e in reversed(newest(3))]
    assert found == [
        (Kind.TOKEN_USED, "secretariat@example.org", "api/v1/programs/me 200 “Office”"),
        (Kind.TOKEN_REFUSED, "secretariat@example.org", "api/v1/findings 403 “Office”"),
        (Kind.TOKEN_REFUSED, "", "api/v1/programs/me 401"),
    ]


def test_a_page_of_an_error_hides_the_header(rf: Any, settings: Any) -> None:
    from django.views.debug import ExceptionReporter

    settings.DEBUG = True
    word = "floreo_" + "z" * 43
    request = rf.get(reverse("api:program_me"), HTTP_AUTHORIZATION=f"Bearer {word}")
    assert word not in ExceptionReporter(request, ValueError, ValueError("x"), None).get_traceback_text()


def test_what_is_left_of_a_secret_in_a_text_is_its_prefix() -> None:
    word, secret = "floreo_" + "A-_z" * 10 + "abc", "whsec_" + "A+/9" * 11
    assert without_secrets(f'a="{word}", {secret}; floreo_x') == 'a="floreo_…", whsec_…; floreo_x'


def test_making_one_is_in_the_trail(secretariat: User) -> None:
    made, word = make_token(secretariat, by=SYSTEM, name="Statistics office")
    entry = AuditEntry.objects.get(verb="api_token.made")
    assert word not in str(entry.detail)
    assert made.name in str(entry.detail)
