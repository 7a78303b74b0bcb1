"""The stream of changes: nothing is missed and nothing comes twice for nothing, whatever overlaps; and nobody is informed of another's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from floreo.core import throttle
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.feeds.actions.numbering import begin_new_stream, number_changes
from floreo.feeds.changes import Changes, changes_for
from floreo.feeds.models import ChangeStream, Feed, Finding, FindingChange
from floreo.feeds.models.choices import FindingState
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Organisation, User
from tests.conftest import make_user
from tests.examples import drawn
from tests.feeds.making import night
from tests.feeds.notices_made import make_finding
from tests.feeds.test_api import read

DAY = date(2026, 11, 10)


def told(viewer: object, after: str = "", *, most: int = 200) -> tuple[list[tuple[int, str]], str]:
    """By number of finding its state, or "gone"; and the place after it."""
    number_changes()
    found = changes_for(viewer, after, most=most)
    return [(each.finding_id, _what(each.finding)) for each in found.changes], found.place


def _what(finding: Finding | None) -> str:
    return "gone" if finding is None else f"{finding.organisation.code} {finding.state}"


def numbered(*ips: str) -> list[int]:
    return [Finding.objects.get(subject=ip).pk for ip in ips]


@pytest.fixture
def operator(feed: Feed) -> User:
    return make_user("operator", organisation=Organisation.objects.get(code="bank"))


@pytest.mark.long
def test_what_is_new_what_ended_and_what_came_back_is_told_once_each(feed: Feed, operator: User) -> None:
    team = make_user("responder", email="team@example.org")
    night(feed, DAY, ["192.0.2.20", "192.0.2.1"])
    (bank,) = numbered("192.0.2.20")
    (other,) = numbered("192.0.2.1")
    assert sorted(told(team)[0]) == sorted([(bank, "bank new"), (other, "provider new")])
    got, place = told(operator)
    assert got == [(bank, "bank new")]
    assert told(operator, place) == ([], place)
    night(feed, DAY + timedelta(days=1), ["192.0.2.20", "192.0.2.1"])
    got, place = told(operator, place)
    assert got == [(bank, "bank persisting")]
    night(feed, DAY + timedelta(days=2), ["192.0.2.20", "192.0.2.1"])  # seen once more: nothing changed
    assert told(operator, place) == ([], place)
    for number in (3, 4):
        night(feed, DAY + timedelta(days=number), ["192.0.2.1"])
    got, place = told(operator, place)
    assert got == [(bank, "bank fixed")]
    night(feed, DAY + timedelta(days=5), ["192.0.2.20", "192.0.2.1"])
    assert told(operator, place)[0] == [(bank, "bank reopened")]


def test_a_finding_that_goes_to_another_is_gone_for_the_first_and_says_nothing_more(feed: Feed, operator: User) -> None:
    night(feed, DAY, ["192.0.2.20"])
    (pk,) = numbered("192.0.2.20")
    place = told(operator)[1]
    team_place = told(make_user("responder", email="team@example.org"))[1]
    shop = Organisation.objects.create(code="shop", name="Shop", kind="company")
    theirs = make_user("operator", organisation=shop, email="shop@example.org")
    Finding.objects.filter(pk=pk).update(organisation=shop, detail="the shop's own business")
    assert told(operator, place)[0] == [(pk, "gone")]
    assert told(theirs)[0] == [(pk, "shop new")]
    assert told(make_user("responder", email="again@example.org"), team_place)[0] == [(pk, "shop new")]
    place = told(operator, place)[1]
    Finding.objects.filter(pk=pk).update(
        state=FindingState.PERSISTING
    )  # what becomes of it is not the first one's to know
    assert told(operator, place)[0] == []
    Finding.objects.filter(pk=pk).update(organisation=Organisation.objects.get(code="bank"))
    assert told(operator, place)[0] == [(pk, "bank persisting")]


def test_every_kind_of_write_is_a_change(feed: Feed, operator: User) -> None:
    """Also one that nobody thought of: the database itself sees to it."""
    night(feed, DAY, ["192.0.2.20"])
    (pk,) = numbered("192.0.2.20")
    place = told(operator)[1]
    one = Finding.objects.get(pk=pk)
    one.reply = "working"
    one.save()
    got, place = told(operator, place)
    assert got == [(pk, "bank new")]
    one.severity = "critical"
    Finding.objects.bulk_update([one], ["severity"])
    got, place = told(operator, place)
    assert got == [(pk, "bank new")]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE feeds_finding SET state = 'accepted' WHERE id = %s", [pk])
    got, place = told(operator, place)
    assert got == [(pk, "bank accepted")]
    Finding.objects.filter(pk=pk).update(state="accepted", times_seen=99)
    assert told(operator, place)[0] == []


def test_a_number_is_never_given_again(feed: Feed, operator: User) -> None:
    """The newest change loses its number when it changes again: the next number is above it all the same."""
    night(feed, DAY, ["192.0.2.20"])
    place = told(operator)[1]
    for state in ("persisting", "fixed", "reopened"):
        Finding.objects.update(state=state, fixed_on=DAY)
        got, place = told(operator, place)
        assert [what for _pk, what in got] == [f"bank {state}"]


def test_pages_are_whole_and_say_when_more_waits(feed: Feed, operator: User) -> None:
    addresses = [f"192.0.2.{n}" for n in range(16, 29)]
    night(feed, DAY, addresses)
    assert changes_for(operator, "", most=5) == Changes(
        [], changes_for(operator, "", most=5).place, more=False, is_waiting=True
    )
    number_changes()
    place, got, sizes = "", list[int](), list[int]()
    while True:
        page = changes_for(operator, place, most=5)
        got, place, sizes = got + [each.finding_id for each in page.changes], page.place, [*sizes, len(page.changes)]
        if not page.more:
            break
    assert (sizes, sorted(got)) == ([5, 5, 3], sorted(numbered(*addresses)))
    assert not page.is_waiting


BAD = ["x", "0" * 40, "000000000000.000000000000.x", "000000000000.000000000000.1234567890123456789", "a b", "½"]


@pytest.mark.parametrize("after", BAD)
def test_a_cursor_that_is_none_is_refused(feed: Feed, operator: User, after: str) -> None:
    with pytest.raises(Refused, match="start again without it") as refusal:
        changes_for(operator, after, most=5)
    assert refusal.value.code == "bad_cursor"


def test_a_cursor_of_another_database_or_reach_is_over(feed: Feed, operator: User) -> None:
    night(feed, DAY, ["192.0.2.20"])
    place = told(operator)[1]
    name, of_whom, number = place.split(".")
    for wrong in (f"{'0' * 12}.{of_whom}.{number}", f"{name}.{of_whom}.{int(number) + 1}"):
        with pytest.raises(Refused, match="another database") as refusal:
            changes_for(operator, wrong, most=5)
        assert (refusal.value.status, refusal.value.code) == (410, "cursor_over")
    with pytest.raises(Refused, match="have changed since") as refusal:
        changes_for(make_user("responder", email="team@example.org"), place, most=5)
    assert refusal.value.status == 410
    merged = Organisation.objects.create(code="old-bank", name="Old bank", kind="company")
    Organisation.objects.filter(pk=merged.pk).update(merged_into=Organisation.objects.get(code="bank"))
    with pytest.raises(Refused, match="have changed since"):  # what the old one had is new to the program
        changes_for(operator, place, most=5)
    begin_new_stream()
    with pytest.raises(Refused, match="another database"):
        changes_for(operator, place, most=5)


def test_programs_read_changes_and_files_of_their_own(feed: Feed, operator: User) -> None:
    night(feed, DAY, ["192.0.2.20", "192.0.2.1"])
    number_changes()
    word = make_token(operator, by=SYSTEM, name="Ours")[1]
    status, got = read(word, "/api/v1/findings/changes")
    (change,) = got["changes"]
    assert (status, got["more"], got["waiting"], change["what"]) == (200, False, False, "finding")
    assert (change["finding"], change["row"]["subject"]) == (change["row"]["number"], "192.0.2.20")
    assert read(word, f"/api/v1/findings/changes?after={got['cursor']}")[1] == got | {"changes": []}
    Finding.objects.update(organisation=Organisation.objects.get(code="provider"))
    number_changes()
    (gone,) = read(word, f"/api/v1/findings/changes?after={got['cursor']}")[1]["changes"]
    assert gone == {"number": gone["number"], "finding": change["finding"], "what": "gone", "row": None}
    answers = [
        read(word, f"/api/v1/findings/changes?after={after}") for after in ("0.0", f"{'0' * 12}{got['cursor'][12:]}")
    ]
    assert [(status, text["error"]["code"]) for status, text in answers] == [(400, "bad_cursor"), (410, "cursor_over")]
    assert [
        read(word, f"/api/v1/findings/changes?{asked}")[0] for asked in ("limit=0", "limit=1001", "after=x%00")
    ] == [
        422,
        422,
        422,
    ]


def test_all_findings_as_csv(feed: Feed, operator: User) -> None:
    night(feed, DAY, ["192.0.2.20", "192.0.2.21", "192.0.2.1"])
    Finding.objects.filter(subject="192.0.2.21").update(detail="=cmd|' /C calc'!A0", state="fixed", fixed_on=DAY)
    word = make_token(operator, by=SYSTEM, name="Ours")[1]
    answer = Client().get("/api/v1/findings.csv", headers={"Authorization": f"Bearer {word}"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    lines = text.splitlines()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert lines[0].lstrip("\ufeff").startswith("number,organisation,subject")
    assert (len(lines), "192.0.2.1," in text) == (3, False)
    assert "'=cmd" in text


def test_without_the_purpose_or_the_token_nothing_is_read(feed: Feed, operator: User) -> None:
    word = make_token(operator, by=SYSTEM, name="Contacts", scopes=["contacts"])[1]
    for address in ("/api/v1/findings/changes", "/api/v1/findings.csv"):
        assert [read(each, address)[0] for each in (word, "floreo_guessed")] == [403, 401]


def test_a_program_that_asks_without_end_waits(feed: Feed, operator: User) -> None:
    throttle.METER.clear()
    word = make_token(operator, by=SYSTEM, name="Ours")[1]
    codes = [Client().get("/api/v1/findings.csv", headers={"Authorization": f"Bearer {word}"}) for _n in range(7)]
    assert [answer.status_code for answer in codes] == [200] * 6 + [429]
    assert int(codes[-1].headers["Retry-After"]) > 0
    throttle.METER.clear()


# --- Whatever overlaps --------------------------------------------------------------------------------------------

STATES = ("new", "persisting", "reopened", "not_seen", "accepted")
Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "move", "number", "read", "look", "undo"]),
        st.integers(0, 5),
        st.integers(0, 4),
    ),
    min_size=12,
    max_size=40,
)


class _Copy:
    """What a program of one organisation has, that asks for changes now and then."""

    def __init__(self, viewer: object) -> None:
        self.viewer, self.place, self.has = viewer, "", dict[int, str]()

    def ask(self) -> None:
        while True:
            page = changes_for(self.viewer, self.place, most=2)
            assert [each.number for each in page.changes] == sorted({each.number for each in page.changes})
            for each in page.changes:
                if each.finding is None:
                    self.has.pop(each.finding_id, None)
                else:
                    self.has[each.finding_id] = each.finding.state
            self.place = page.place
            if not page.more:
                return


def _truth(bodies: list[int]) -> dict[int, str]:
    return dict(Finding.objects.filter(organisation__in=bodies).values_list("pk", "state"))


@pytest.mark.long
@pytest.mark.django_db
@settings(max_examples=drawn(60, in_the_gate=25), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
@example(steps=[("number", 0, 0), ("read", 0, 2), ("write", 5, 1)])
def test_after_any_steps_the_copy_of_each_program_is_the_truth(feeds_folder: object, steps: list[Step]) -> None:
    with transaction.atomic():
        bodies = [Organisation.objects.create(code=f"body-{n}", name=f"Body {n}", kind="company") for n in range(2)]
        readers = [make_user("operator", organisation=body, email=f"{body.code}@example.org") for body in bodies]
        copies = [*map(_Copy, readers), _Copy(make_user("responder", email="team@example.org"))]
        findings = [make_finding(bodies[n % 2], f"198.51.100.{n}") for n in range(6)]
        for what, which, state in steps:
            row = Finding.objects.filter(pk=findings[which].pk)
            if what == "write":
                row.update(state=STATES[state])
            elif what == "move":
                row.update(organisation=bodies[state % 2])
            elif what == "number":
                number_changes()
            elif what == "look":
                copies[state % 3].ask()
            elif what == "read":
                number_changes()
                copies[state % 3].ask()
            else:
                sid = transaction.savepoint()
                row.update(state=STATES[state], organisation=bodies[state % 2])
                transaction.savepoint_rollback(sid)
        number_changes()
        for copy, own in zip(copies, [[bodies[0].pk], [bodies[1].pk], [b.pk for b in bodies]], strict=True):
            copy.ask()
            assert copy.has == _truth(own)
        transaction.set_rollback(True)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_nothing_is_missed_while_transactions_overlap(feeds_folder: object) -> None:
    """Writers whose transactions last, one of which gives up, while numbers are given and a program reads: what it has in the end is what
    there is, though most changes were committed in another order than they were made."""
    body = Organisation.objects.create(code="body", name="Body", kind="company")
    other = Organisation.objects.create(code="other", name="Other", kind="company")
    findings = [make_finding(body, f"198.51.100.{n}") for n in range(12)]
    reader = _Copy(make_user("operator", organisation=body))
    over, wrong = threading.Event(), list[BaseException]()

    def write(number: int) -> None:
        for turn in range(12):
            with transaction.atomic():
                for place in range(number, 12, 3):  # each writer has findings of its own, as runs do
                    pk = findings[place].pk
                    Finding.objects.filter(pk=pk).update(
                        state=STATES[(turn + place) % 5], organisation=other if (turn + place) % 7 == 0 else body
                    )
                    threading.Event().wait(0.002)
                if turn % 4 == 3:
                    transaction.set_rollback(True)

    def number_on() -> None:
        while not over.is_set():
            number_changes()

    def read_on() -> None:
        while not over.is_set():
            reader.ask()

    writers = _threads(wrong, *(lambda n=n: write(n) for n in range(3)))
    others = _threads(wrong, number_on, number_on, read_on)
    for each in writers:
        each.join()
    over.set()
    for each in others:
        each.join()
    assert wrong == []
    number_changes()
    reader.ask()
    assert reader.has == _truth([body.pk])
    assert FindingChange.objects.filter(number=None).count() == 0
    assert ChangeStream.objects.get().last >= FindingChange.objects.count()


def _threads(wrong: list[BaseException], *acts: Callable[[], object]) -> list[threading.Thread]:
    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as problem:  # said below, by the test
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for each in threads:
        each.start()
    return threads


def test_what_is_numbered_while_the_page_is_read_comes_with_the_next(feed: Feed) -> None:
    """An organisation and one merged into it are read one after the other; between the two, both get numbers."""
    bank = Organisation.objects.get(code="bank")
    shop = Organisation.objects.create(code="shop", name="Shop", kind="company", merged_into=bank)
    viewer = make_user("operator", organisation=bank, email="both@example.org")
    theirs, own = make_finding(shop, "192.0.2.31"), make_finding(bank, "192.0.2.30")
    reads: list[str] = []

    def numbering(execute: Callable[..., object], sql: str, *rest: object) -> object:
        found = execute(sql, *rest)
        if "ORDER BY" in sql and "feeds_findingchange" in sql and sql.startswith("SELECT"):
            reads.append(sql)
            if len(reads) == 1:
                number_changes()
        return found

    with connection.execute_wrapper(numbering):
        page = changes_for(viewer, "", most=9)
    assert len(reads) >= 2
    assert page.is_waiting
    assert {each.finding_id for each in page.changes} | {pk for pk, _state in told(viewer, page.place)[0]} == {
        own.pk,
        theirs.pk,
    }
