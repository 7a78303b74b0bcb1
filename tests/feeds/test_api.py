"""Programs with a token: what they send becomes findings, what they read is their account's own."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.actions.ingesting import read_waiting
from floreo.feeds.actions.posting import post_events, take_in_posted
from floreo.feeds.collectors import blobs, spool
from floreo.feeds.models import Feed, FeedFile, Finding
from floreo.organisations.actions.tokens import end_token, make_token
from floreo.organisations.models import ApiToken, Organisation
from tests.conftest import make_user
from tests.feeds.making import make_register, night

DAY = date(2026, 11, 24)
EVENT = {
    "time.source": "2026-11-24T03:00:00Z",
    "source.ip": "192.0.2.20",
    "source.port": 3389,
    "protocol.transport": "tcp",
    "classification.taxonomy": "vulnerable",
    "classification.type": "vulnerable-system",
    "classification.identifier": "open-rdp",
    "feed.name": "honeypot",
}


@pytest.fixture
def sensors(db: None, feeds_folder: object) -> Feed:
    make_register()
    return make_feed("Sensors", by=SYSTEM, collector="api")


def word_for(role: str, organisation: Organisation | None = None) -> str:
    user = make_user(role, organisation=organisation)
    return make_token(user, by=SYSTEM, name=f"program of {role}")[1]


def send(word: str, body: Any, feed: str = "sensors") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {word}"} if word else {}
    text = body if isinstance(body, str) else json.dumps(body)
    answer = Client().post(f"/api/v1/feeds/{feed}/events", text, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def read(word: str, path: str = "/api/v1/findings") -> tuple[int, Any]:
    answer = Client().get(path, headers={"Authorization": f"Bearer {word}"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    return answer.status_code, answer.json()


def test_events_that_a_program_sends_become_findings(sensors: Feed) -> None:
    word = word_for("responder")
    assert send(word, EVENT) == (202, {"accepted": 1})
    assert send(word, [EVENT | {"source.ip": "192.0.2.1"}, EVENT | {"source.ip": "2001:db8::9"}]) == (
        202,
        {"accepted": 2},
    )
    read_waiting(by=SYSTEM)
    report = FeedFile.objects.get()
    assert (report.day, report.rows, report.kept, report.received_by) == (DAY, 3, 3, "API")
    assert sorted(Finding.objects.values_list("organisation__code", "subject", "kind")) == [
        ("bank", "192.0.2.20", "open-rdp"),
        ("provider", "192.0.2.1", "open-rdp"),
        ("provider", "2001:db8::9", "open-rdp"),
    ]
    assert ApiToken.objects.get().last_used_on == DAY


def test_all_are_kept_or_none(sensors: Feed) -> None:
    status, text = send(word_for("responder"), [EVENT, EVENT | {"source.ip": "0.0.0.0"}, {"source.ip": "192.0.2.1"}])
    assert (status, text["error"]["code"], sorted(text["error"]["fields"])) == (422, "rejected", ["1", "2"])
    assert text["error"]["fields"]["1"] == "The address is the one for “no address” (0.0.0.0 or ::)."
    assert take_in_posted(by=SYSTEM) == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "how_many"),
        ([EVENT] * 1001, "how_many"),
        ("{", "bad_request"),
        ("3", "invalid"),
        ('{"a": "\\ud800"}', "rejected"),
    ],
)
def test_odd_bodies_are_refused_with_a_sentence(sensors: Feed, body: Any, code: str) -> None:
    status, text = send(word_for("responder"), body)
    assert (status in {400, 422}, text["error"]["code"]) == (True, code)


def test_a_token_may_what_its_account_may_and_ends(sensors: Feed) -> None:
    bank = Organisation.objects.get(code="bank")
    night(make_feed("Shadow", by=SYSTEM, format="shadowserver"), DAY, ["192.0.2.20", "192.0.2.1"])
    theirs, ours = word_for("operator", bank), word_for("responder")
    assert [send(word, EVENT)[0] for word in (theirs, "", "floreo_guessed")] == [403, 401, 401]
    assert send(ours, EVENT, feed="nowhere")[0] == 404
    assert [row["subject"] for row in read(theirs)[1]["items"]] == ["192.0.2.20"]
    assert sorted(row["subject"] for row in read(ours)[1]["items"]) == ["192.0.2.1", "192.0.2.20"]
    other = Finding.objects.get(subject="192.0.2.1")
    assert (read(theirs, f"/api/v1/findings/{other.pk}")[0], read(ours, f"/api/v1/findings/{other.pk}")[0]) == (
        404,
        200,
    )
    end_token(ApiToken.objects.get(name="program of responder"), by=SYSTEM)
    assert read(ours)[0] == 401
    change_feed(sensors, by=SYSTEM, is_active=False)


def test_a_feed_of_another_way_takes_no_events(sensors: Feed) -> None:
    make_feed("Shadow", by=SYSTEM, format="shadowserver")
    assert send(word_for("responder"), EVENT, feed="shadow")[1]["error"]["code"] == "not_for_programs"


@pytest.mark.long
def test_nothing_is_lost_between_writers_and_the_worker(sensors: Feed) -> None:
    """Four programs send while the worker takes away what is there: each event ends up in one report."""

    def write(number: int) -> None:
        for each in range(50):
            spool.append(sensors.code, DAY, [EVENT | {"source.port": number * 50 + each + 1}])

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    while any(w.is_alive() for w in writers):
        take_in_posted(by=SYSTEM)
    read_waiting(by=SYSTEM)
    assert sum(FeedFile.objects.values_list("rows", flat=True)) == 200
    assert Finding.objects.get().subject == "192.0.2.20"


@pytest.mark.long
def test_a_line_torn_by_a_power_cut_swallows_no_event_after_it(sensors: Feed) -> None:
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 1}])
    path = spool.folder_of(sensors.code) / f"{DAY.isoformat()}.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"source.ip": "192.0.2.20", "sou')  # never acknowledged
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 2}, EVENT | {"source.port": 3}])
    calls = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [[event["source.port"] for event in call] for call in calls] == [[1], [2, 3]]
    path.write_bytes(path.read_bytes() + b'{"torn')
    take_in_posted(by=SYSTEM)
    read_waiting(by=SYSTEM)
    assert list(FeedFile.objects.values_list("rows", "rejected")) == [(3, 0)]


def test_of_a_call_that_a_kill_cut_short_no_event_is_kept(sensors: Feed) -> None:
    """Its first events were whole: kept alone they would be half of what was never acknowledged."""
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 1}])
    path = spool.folder_of(sensors.code) / f"{DAY.isoformat()}.jsonl"
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 2}, EVENT | {"source.port": 3}])
    path.write_bytes(path.read_bytes()[:-40])
    assert take_in_posted(by=SYSTEM) == 1
    read_waiting(by=SYSTEM)
    assert list(FeedFile.objects.values_list("rows", "rejected")) == [(1, 0)]


def test_a_file_with_nothing_in_it_holds_up_no_other(sensors: Feed) -> None:
    """A kill between opening the file of a day and writing to it leaves an empty one; for half an hour it stopped all feeds."""
    folder = spool.folder_of(sensors.code)
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 1}])
    (folder / "2026-11-23.jsonl").touch()
    assert take_in_posted(by=SYSTEM) == 1
    assert [path.name for path in folder.iterdir()] == []


def test_a_file_that_is_refused_is_set_apart_and_the_next_is_read(
    sensors: Feed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("floreo.feeds.collectors.blobs._copy", _refusing_the_first())
    spool.append(sensors.code, date(2026, 11, 23), [EVENT | {"source.port": 1}])
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 2}])
    assert take_in_posted(by=SYSTEM) == 1
    (apart,) = (spool.folder_of(sensors.code) / "failed").iterdir()
    assert apart.name.startswith("2026-11-23-events-")
    assert "could not be taken in" in caplog.text
    assert take_in_posted(by=SYSTEM) == 0


def _refusing_the_first() -> Any:
    original, refused = blobs._copy, list[bool]()

    def copy(*args: Any) -> Any:
        if not refused:
            refused.append(True)
            raise Refused("The file is larger than 1 MB.", code="too_large")
        return original(*args)

    return copy


def test_what_was_rolled_before_a_kill_is_received_once(sensors: Feed) -> None:
    spool.append(sensors.code, DAY, [EVENT | {"source.port": 1}, EVENT | {"source.port": 2}])
    (rolled,) = spool.roll(sensors.code)
    calls = rolled.with_name(rolled.name.replace(".rolled.jsonl", ".calls"))
    calls.write_text(
        json.dumps([EVENT | {"source.port": 1}, EVENT | {"source.port": 2}]) + "\n"
    )  # the kill came before it went
    assert take_in_posted(by=SYSTEM) == 1
    calls.write_text(json.dumps([EVENT | {"source.port": 1}, EVENT | {"source.port": 2}]) + "\n")
    assert take_in_posted(by=SYSTEM) == 0
    read_waiting(by=SYSTEM)
    assert list(FeedFile.objects.values_list("rows", "rejected")) == [(2, 0)]


def test_one_event_is_kept_within_milliseconds(sensors: Feed) -> None:
    """The measured time is in benchmarks/feeds; here only that it writes no row."""
    before = FeedFile.objects.count()
    assert post_events(sensors, by=SYSTEM, events=[EVENT]) == 1
    assert FeedFile.objects.count() == before
