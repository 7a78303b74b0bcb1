"""What the public downloads: made once for a head of the chain, the same as every other exit, and never more than a request
may cost."""

from __future__ import annotations

import gzip
import io
import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from floreo.core import audit, clock, tables, throttle
from floreo.core.access import SYSTEM
from floreo.core.errors import Busy, Slower
from floreo.core.models import TokenBucket
from floreo.open_data import made
from floreo.open_data.catalogue import public_tables
from floreo.open_data.files import batch_named, batch_of_table, made_file
from floreo.open_data.made import Batch, make, newest, ready
from floreo.strategy.actions.actions import update_action
from floreo.strategy.models import Action, Edition
from floreo.strategy.tables import TABLES
from tests.api.conftest import small_country  # noqa: F401 -- a fixture
from tests.factories.strategy import TODAY, make_action, make_country, make_edition


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> None:
    """As in production, with nothing made yet."""
    settings.KEEP_PAGES_SECONDS, settings.MADE_ROOT = 60, tmp_path / "made"


@pytest.fixture
def act(db: None, kept: None) -> Action:
    make_country()
    with clock.pinned_day(day=TODAY):
        edition = make_edition()
        edition.is_public = True
        edition.save()
        return make_action(edition, due_on=date(2027, 6, 30))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def get(address: str, **headers: str) -> Any:
    return Client().get(address, headers=headers)


@pytest.mark.long
def test_all_files_of_a_table_say_what_every_other_exit_says(small_country: Edition, tmp_path: Path) -> None:  # noqa: F811 -- the fixture
    for table in public_tables():
        number = tables.write_files(table, table.ordered(None), None, tmp_path)
        rows = list(table.ordered(None))
        assert number == len(rows)
        text = (tmp_path / f"{table.name}.csv").read_bytes().decode()
        assert text == "".join(tables.as_csv(table, rows, None)), table.name
        text = (tmp_path / f"{table.name}.json").read_text(encoding="utf-8")
        assert text == "".join(tables.as_json(table, rows, None)), table.name
        made_one, other = (
            list(load_workbook(each).worksheets[0].iter_rows(values_only=True))
            for each in (tmp_path / f"{table.name}.xlsx", io.BytesIO(tables.as_xlsx({"t": (table, rows)}, None)))
        )
        assert made_one == other, table.name


def test_a_second_stranger_gets_the_same_file_and_no_row_is_read_for_it(act: Action) -> None:
    first = get("/data/actions.json")
    with CaptureQueriesContext(connection) as asked:
        second = get("/data/actions.json")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Floreo-Head"] == audit.head().hash
    assert "max-age=60" in second.headers["Cache-Control"]
    assert [row["code"] for row in json.loads(body(second))] == ["1.1.1"]
    assert [q["sql"] for q in asked.captured_queries if "strategy_action" in q["sql"]] == []


def test_a_file_that_a_program_has_already_is_not_sent_again(act: Action) -> None:
    etag = get("/data/actions.csv").headers["ETag"]
    again = get("/data/actions.csv", if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")


def test_what_an_action_writes_is_in_the_next_file(act: Action) -> None:
    before = get("/data/actions.json")
    assert json.loads(body(before))[0]["title"] == act.title
    update_action(act, by=SYSTEM, title="Said anew")
    with time_machine.travel(clock.now() + timedelta(seconds=30)):  # making took less than three
        after = get("/data/actions.json")
    assert json.loads(body(after))[0]["title"] == "Said anew"
    assert after.headers["Floreo-Head"] == audit.head().hash != before.headers["Floreo-Head"]


def test_each_language_has_its_own_and_signed_in_people_get_the_strangers(act: Action, administrator: Any) -> None:
    browser = Client()
    browser.force_login(administrator)
    strangers, mine, spanish = get("/data/actions.csv"), browser.get("/data/actions.csv"), get("/es/data/actions.csv")
    assert body(mine) == body(strangers)
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert spanish.headers["ETag"] != strangers.headers["ETag"]


def test_a_compressed_copy_is_handed_out_as_it_lies_there(act: Action) -> None:
    for kind in ("csv", "json"):
        packed, plain = get(f"/data/actions.{kind}", accept_encoding="gzip"), get(f"/data/actions.{kind}")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body(packed)) == body(plain)
        assert "Accept-Encoding" in packed.headers["Vary"]
    workbook = get("/data/actions.xlsx", accept_encoding="gzip")
    assert "Content-Encoding" not in workbook.headers
    assert load_workbook(io.BytesIO(body(workbook))).worksheets[0]["B1"].value == "edition"


class Counted:
    """A batch of one small file that counts how often it was made, each time for as long as `let_go` is not set."""

    def __init__(self) -> None:
        self.times, self.let_go, self.begun = 0, threading.Event(), threading.Event()

    def write(self, folder: Path) -> None:
        self.times += 1
        self.begun.set()
        assert self.let_go.wait(60)
        (folder / "counted.csv").write_text("once", encoding="utf-8")

    @property
    def batch(self) -> Batch:
        return Batch("counted", self.write, lambda: True)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_strangers_who_come_at_once_wait_for_one_making_or_are_told_to_come_again(kept: None) -> None:
    counted, text = Counted(), []

    def ask() -> None:
        try:
            text.append((ready(counted.batch).folder / "counted.csv").read_text(encoding="utf-8"))
        except Busy as refused:
            text.append(f"{refused.status} {refused.seconds}")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _each in range(6)]
    threads[0].start()
    assert counted.begun.wait(60)
    for each in threads[1:]:
        each.start()
    while len(text) < 5:  # they give up while the first is still at it
        assert threads[0].is_alive()
    counted.let_go.set()
    for each in threads:
        each.join(60)
    assert sorted(text) == ["503 2"] * 5 + ["once"]
    assert counted.times == 1


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_who_waited_gets_what_the_other_made(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "WAIT_SECONDS", 60.0)
    counted, text = Counted(), []

    def ask() -> None:
        text.append(ready(counted.batch).folder)
        connection.close()

    threads = [threading.Thread(target=ask) for _each in range(4)]
    threads[0].start()
    assert counted.begun.wait(60)
    for each in threads[1:]:
        each.start()
    counted.let_go.set()
    for each in threads:
        each.join(60)
    assert (len(set(text)), len(text), counted.times) == (1, 4, 1)


@pytest.mark.django_db
def test_of_older_files_only_a_few_stay(kept: None) -> None:
    counted = Counted()
    counted.let_go.set()
    for _each in range(10):
        last = make(counted.batch)
    folders = sorted(path for path in counted.batch.folder.iterdir())
    assert (len(folders), folders[-1], newest(counted.batch)) == (made.MOST_OLD + 1, last.folder, last)


@pytest.mark.django_db
def test_a_making_that_fails_leaves_nothing_and_what_was_there_stays(kept: None) -> None:
    counted = Counted()
    counted.let_go.set()
    before = make(counted.batch)

    def fail(folder: Path) -> None:
        (folder / "counted.csv").write_text("half", encoding="utf-8")
        raise OSError("no room")

    with pytest.raises(Busy, match="no room"):
        make(Batch("counted", fail, lambda: True))
    assert list(counted.batch.folder.iterdir()) == [before.folder]
    assert newest(counted.batch) == before


@pytest.fixture
def far_too_many(act: Action, settings: Any) -> Iterator[None]:
    """Two actions, where a request may make a file of one row."""
    make_action(act.edition, code="1.1.2", due_on=date(2027, 6, 30))
    settings.FILE_ROWS = 1
    yield
    running = made.CHILD._running
    if running is not None:
        running.kill()
        running.wait()


def test_many_rows_are_never_made_in_a_request(far_too_many: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = get("/data/actions.xlsx")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert "is being prepared. Come again in" in answer.content.decode()
    assert answer.headers.get("Cache-Control", "") != "public, max-age=60"
    assert [q["sql"] for q in asked.captured_queries if '"title"' in q["sql"] and '"strategy_action"' in q["sql"]] == []


@pytest.mark.long
def test_until_a_newer_one_is_there_the_file_made_before_comes_with_its_head(far_too_many: None, act: Action) -> None:
    with translation.override("en"):
        before = make(batch_of_table(TABLES["actions"]))
    update_action(act, by=SYSTEM, title="Said anew")
    answer = get("/data/actions.json")
    assert (answer.status_code, answer.headers["Floreo-Head"]) == (200, before.head)
    assert before.head != audit.head().hash
    with time_machine.travel(clock.now() + timedelta(hours=2)):  # but not for ever: it may hold what was withdrawn
        assert get("/data/actions.json").status_code == 503


def test_a_narrowed_list_is_made_as_long_as_it_is_short(far_too_many: None, settings: Any) -> None:
    address = "/strategy/2025-2028/?download=csv"
    refused = get(address)
    assert refused.status_code == 422
    assert "/data/actions/" in refused.content.decode()
    settings.FILE_ROWS = 2
    assert body(get(address)).decode().count("\r\n") == 3


@pytest.mark.long
def test_narrowed_lists_cost_a_stranger_by_their_rows(act: Action) -> None:
    answers: list[int] = []
    while 429 not in answers and len(answers) < 1000:  # on a slow machine the bucket refills meanwhile
        address = f"/strategy/2025-2028/?download=csv&n={len(answers)}"  # the same one is a kept page
        answers.append(get(address).status_code)
    assert (answers[:100], answers[-1]) == ([200] * 100, 429)
    assert TokenBucket.objects.count() == 0


@pytest.mark.parametrize("name", ["people", "findings", "nothing", "../../etc/passwd", "actions/../people"])
def test_only_what_is_public_is_made(db: None, name: str) -> None:
    assert get(f"/data/{name}.csv").status_code == 404
    with pytest.raises(Exception, match="This page or record does not exist, or is not public"):
        batch_named(name)


def test_a_kind_that_there_is_not_is_not_made(act: Action, settings: Any) -> None:
    assert get("/data/actions.pdf").status_code == 404
    assert get("/indicators/?download=exe").status_code == 404
    assert not Path(settings.MADE_ROOT).exists()


def test_costs_are_taken_from_one_bucket_that_refills() -> None:
    meter = throttle.Meter(most=2)
    rates: dict[str, Any] = {"capacity": 10, "per_hour": 3600}
    assert [meter.take("a", cost=6, at=at, **rates) for at in (0.0, 1.0, 2.0)] == [0, 1.0, 0]
    assert meter.take("b", cost=99, at=0.0, **rates) == 0  # more than a bucket holds empties it
    assert meter.take("b", cost=1, at=0.0, **rates) == 1
    assert meter.take("c", cost=1, at=0.0, **rates) == 0
    assert meter.take("a", cost=10, at=2.0, **rates) == 0  # forgotten: only two are held


def test_many_at_once_take_no_more_than_there_is() -> None:
    taken: list[bool] = []

    def ask() -> None:
        for _each in range(50):
            try:
                throttle.charge("probe", "one", capacity=100, per_hour=0.001, cost=1)
                taken.append(True)
            except Slower:
                taken.append(False)

    threads = [threading.Thread(target=ask) for _each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sum(taken), len(taken)) == (100, 400)


def test_the_file_is_handed_over_as_a_file_not_as_bytes(act: Action, rf: RequestFactory) -> None:
    """So that the server reads it, whoever reads slowly."""
    request = rf.get("/data/actions.csv")
    response: Any = made_file(request, batch_of_table(TABLES["actions"]), "csv")
    assert Path(response.file_to_stream.name).read_bytes() == body(response)
