"""The API against its own OpenAPI, with calls that fit it and calls that do not (schemathesis), as a visitor and with tokens of
several roles; and the one call that writes, with events that nobody would send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks as openapi

from floreo.core import throttle
from floreo.core.access import SYSTEM
from floreo.feeds.actions.feeds import make_feed
from floreo.feeds.actions.ingesting import read_waiting
from floreo.feeds.actions.posting import take_in_posted
from floreo.feeds.models import FeedFile
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Organisation
from floreo.strategy.models import Edition
from tests.api.schema import as_the_openapi_says
from tests.conftest import make_user
from tests.feeds.test_api import EVENT as SENT
from tests.fuzz.hostile import FIXED
from tests.fuzz.profile import examples, judge

pytestmark = pytest.mark.long

load_all_checks()
TOKENS = ("", "responder", "operator", "secretariat", "none of ours")


@pytest.fixture
def words(small_country: Edition, settings: Any, tmp_path: Path) -> dict[str, str]:
    """A token for each role that has one; a feed takes events."""
    settings.DATA, settings.EVENTS_ROOT = tmp_path, str(tmp_path / "events")
    settings.MEDIA_ROOT = tmp_path / "files"
    make_feed("Sensors", by=SYSTEM, collector="api")
    owners = {"responder": None, "secretariat": None, "operator": Organisation.objects.get(code="csirt")}
    tokens = {
        role: make_token(make_user(role, organisation=body), by=SYSTEM, name=role)[1] for role, body in owners.items()
    }
    return {"": "", **tokens, "none of ours": "x" * 40}


@pytest.fixture
def contract(words: dict[str, str]) -> Iterator[Any]:
    with as_the_openapi_says() as schema:
        yield schema


def failures(error: BaseException) -> list[str]:
    """What was wrong, by its title and without what differs from call to call."""
    if isinstance(error, FailureGroup):
        return [each for one in error.exceptions for each in failures(one)]
    return [f"{getattr(error, 'title', type(error).__name__)}: {str(error)[:300]}"]


def test_every_call_is_answered_as_the_openapi_says(contract: Any, words: dict[str, str]) -> None:
    operations = [found.ok() for found in contract.get_all_operations()]
    assert len(operations) > 30
    every = st.sampled_from(operations)
    # A made-up `after` or key is well-formed and still none of our own; what the schema does not name is passed over; and
    # without a token a call is refused before anybody looks at the rest.
    passed_over = [openapi.positive_data_acceptance, openapi.negative_data_rejection, openapi.ignored_auth]

    @examples(gate=60)
    @given(st.data())
    def call(data: st.DataObject) -> None:
        operation, token = data.draw(every), data.draw(st.sampled_from(TOKENS))
        mode = data.draw(st.sampled_from(list(GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        throttle.METER.clear()
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {words[token]}"} if token else {})
        wrong: list[str] = []
        try:
            case.call_and_validate(base_url="http://localhost", headers=headers, excluded_checks=passed_over)
        except (Failure, FailureGroup) as error:
            wrong = failures(error)
        judge(wrong, f"{operation.method} {operation.path}", f"{token} {case!r}")

    call()


# As JSON says what no form can: halves of characters, numbers without end, depths.
ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([text for text in FIXED if isinstance(text, str)]),
    st.sampled_from(["\ud800", "a\udc00", "\x00", "x\x00"]),
    st.sampled_from(
        [10**30, -1, 2**63, 2**64, 1.5e308, float("inf"), float("nan"), True, None, [], {}, [[[]]], {"": {"": None}}]
    ),
    st.text(st.characters(), max_size=20),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.recursive(
        st.none() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=5,
    ),
)
EVENT = SENT | {"extra": {"a": 1}}
NAMES = st.sampled_from(
    [
        *EVENT,
        "source.fqdn",
        "source.asn",
        "source.url",
        "extra.b",
        "x",
        "",
        "a\x00",
        "\ud800",
        "source",
        "key",
        "line",
        "ip_hi",
    ]
)
WHOLE = (
    "[" * 5000,
    "{",
    "null",
    "1",
    '""',
    "[]",
    "{}",
    "[1]",
    "[[]]",
    '[{"a":' * 999,
    "NaN",
    '{"a": NaN}',
    '{"a": ' + "9" * 5000 + "}",
    "\ufeff{}",
)


def test_events_that_nobody_would_send(words: dict[str, str]) -> None:
    client = Client(raise_request_exception=False)

    @examples(gate=60)
    @given(
        st.lists(st.dictionaries(NAMES, ODD, max_size=3), min_size=1, max_size=3), st.sampled_from(("", "", "", *WHOLE))
    )
    def send(changes: list[dict[str, Any]], whole: str) -> None:
        throttle.METER.clear()
        body = whole or json.dumps([EVENT | change for change in changes])
        answer = client.post(
            "/api/v1/feeds/sensors/events",
            body.encode("utf-8", "surrogatepass"),
            content_type="application/json",
            headers={"Authorization": f"Bearer {words['responder']}"},
        )
        wrong = (
            []
            if answer.status_code in {202, 400, 413, 422}
            else [f"status {answer.status_code}: {answer.content[:200]!r}"]
        )
        judge(wrong, "events", body)

    send()
    take_in_posted(by=SYSTEM)
    read_waiting(by=SYSTEM)  # what was accepted can also be read
    assert set(FeedFile.objects.values_list("state", flat=True)) <= {"done"}
