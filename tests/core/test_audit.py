"""The chain: every act is in it, and nobody can change it unseen."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from floreo.core import audit
from floreo.core.access import SYSTEM, Permission
from floreo.core.action import action, note, trail
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.writing import delete, save
from floreo.organisations.models import Organisation, User

pytestmark = pytest.mark.django_db


@action("test.made", needs=Permission.REGISTER_EDIT)
def make(*, by: Any, code: str) -> Organisation:
    return save(Organisation(code=code, name=f"Body {code}", kind="agency"))


@action("test.renamed", needs=Permission.REGISTER_EDIT)
def rename(body: Organisation, *, by: Any, name: str, fail: bool = False) -> Organisation:
    body.name = name
    save(body)
    if fail:
        raise Refused("No.")
    return body


@action("test.removed", needs=Permission.REGISTER_EDIT)
def remove(body: Organisation, *, by: Any) -> None:
    note(reason="asked for")
    delete(body)


def test_each_act_is_one_link_that_holds_the_hash_of_the_one_before() -> None:
    body = make(by=SYSTEM, code="a")
    rename(body, by=SYSTEM, name="Renamed")
    remove(body, by=SYSTEM)
    first, second, third = AuditEntry.objects.order_by("number")
    assert [first.verb, second.verb, third.verb] == ["test.made", "test.renamed", "test.removed"]
    assert first.before == audit.GENESIS
    assert (second.before, third.before) == (first.hash, second.hash)
    assert second.detail["changes"][0]["fields"] == {"name": ["Body a", "Renamed"]}
    assert third.detail["reason"] == "asked for"
    assert third.detail["changes"][0]["fields"]["name"] == "Renamed"
    assert list(audit.walk()) == []


def test_saving_what_did_not_change_saves_nothing() -> None:
    body = Organisation.objects.get(pk=make(by=SYSTEM, code="a").pk)
    before = body.version
    rename(body, by=SYSTEM, name=body.name)
    body.refresh_from_db()
    assert body.version == before
    assert AuditEntry.objects.last().detail["changes"] == []  # type: ignore[union-attr]  # there are two


def test_a_refusal_in_the_middle_leaves_neither_row_nor_link() -> None:
    body = make(by=SYSTEM, code="a")
    with pytest.raises(Refused):
        rename(body, by=SYSTEM, name="Never", fail=True)
    assert Organisation.objects.get().name == "Body a"
    assert AuditEntry.objects.count() == 1


def test_who_may_not_is_refused_before_anything_is_written(user_with: Any) -> None:
    observer: User = user_with("observer")
    with pytest.raises(NotAllowed):
        make(by=observer, code="b")
    assert (Organisation.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_writing_outside_an_action_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="outside an @action"):
        trail()


@pytest.fixture
def chain() -> list[AuditEntry]:
    body = make(by=SYSTEM, code="a")
    for number in range(5):
        rename(body, by=SYSTEM, name=f"Name {number}")
    return list(AuditEntry.objects.order_by("number"))


def tamper(sql: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_changed_word_is_found(chain: list[AuditEntry]) -> None:
    tamper("UPDATE core_auditentry SET subject_name = %s WHERE number = 3", "Somebody else")
    assert [(b.number, b.reason) for b in audit.walk()] == [(3, "its content does not match its hash")]


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_changed_detail_with_a_new_hash_is_found_at_the_next_link(chain: list[AuditEntry]) -> None:
    entry = chain[2]
    entry.detail = {"changes": []}
    tamper(
        "UPDATE core_auditentry SET detail = %s, hash = %s WHERE number = 3", '{"changes": []}', audit.hash_of(entry)
    )
    assert [(b.number, b.reason) for b in audit.walk()] == [(4, "it does not follow the entry before it")]


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_missing_link_is_found(chain: list[AuditEntry]) -> None:
    tamper("DELETE FROM core_auditentry WHERE number = 4")
    assert [b.number for b in audit.walk()] == [5, 5]


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_cut_tail_is_found_with_a_head_seen_earlier(chain: list[AuditEntry]) -> None:
    head = audit.head()
    tamper("DELETE FROM core_auditentry WHERE number > 4")
    assert list(audit.walk()) == []
    assert [b.reason for b in audit.walk(expected=head.hash)] == [
        "the head you gave is not in the chain: entries were removed or rewritten"
    ]


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_moment_follow_one_another() -> None:
    failures: list[Exception] = []

    def act(number: int) -> None:
        try:
            make(by=SYSTEM, code=f"body-{number}")
        except Exception as problem:  # reported by the test below
            failures.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert AuditEntry.objects.count() == 8
    assert list(audit.walk()) == []


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_cut_off_leaves_nothing() -> None:
    class Killed(BaseException):
        """Absorbed organisations the server's end in the middle of a write."""

    def cut_off() -> None:
        with transaction.atomic():
            make(by=SYSTEM, code="lost")
            raise Killed

    with pytest.raises(Killed):
        cut_off()
    assert (Organisation.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL flushes by itself")
def test_what_was_committed_is_on_the_disk_when_the_power_goes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL: each commit is flushed before it is acknowledged
