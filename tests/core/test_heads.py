"""Signed heads: whoever kept them shows that the chain was rewritten, whatever its owner did to rows and hashes."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from floreo.core import audit, heads, state
from floreo.core.access import SYSTEM
from floreo.core.migrations._chain import guard
from floreo.core.models import AuditEntry, SignedHead
from floreo.organisations.models import Organisation
from tests.core.test_audit import make, rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(tmp_path: Path) -> Any:
    return heads.private_key(tmp_path / "key.pem")


def signed(key: Any, *codes: str) -> list[str]:
    """Lines that somebody keeps: a head after each of these acts."""
    for code in codes:
        make(by=SYSTEM, code=code)
        assert heads.sign_newest(key) is not None
    return [heads.as_line(head) for head in SignedHead.objects.all()]


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = heads.public_text(heads.private_key(path))
    assert heads.public_text(heads.private_key(path)) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert heads.public_of(heads.pem_of(first).encode()) == first


def test_an_entry_is_signed_once(key: Any) -> None:
    assert heads.sign_newest(key) is None  # an empty chain
    signed(key, "a")
    assert heads.sign_newest(key) is None
    head = SignedHead.objects.get()
    told = heads.read(head.text)
    assert (told.number, told.hash, told.before) == (1, audit.head().hash, heads.NOTHING_BEFORE)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not on this machine")
def test_a_program_that_is_not_ours_says_whether_it_is_signed(key: Any, tmp_path: Path) -> None:
    signed(key, "a")
    head = SignedHead.objects.get()
    (tmp_path / "pub.pem").write_text(heads.pem_of(head.public_key))
    (tmp_path / "head.sig").write_bytes(base64.b64decode(head.signature))

    def verdict(text: str) -> int:
        (tmp_path / "head.txt").write_text(text)
        command = "openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in head.txt -sigfile head.sig"
        return subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode

    assert verdict(head.text) == 0
    assert verdict(head.text.replace("entry: 1", "entry: 2")) == 1


def test_a_chain_that_holds_has_all_of_them(key: Any) -> None:
    lines = signed(key, "a", "b", "c")
    make(by=SYSTEM, code="d")
    assert list(heads.problems(lines, trusted={heads.public_text(key)})) == []
    assert list(heads.problems(lines[1:])) == []  # whoever came later


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_rows_changed_and_the_chain_rewritten_whole_are_shown_by_whoever_kept_a_head(key: Any) -> None:
    """The owner of the database changes a row, writes its hash into the entry, and hashes all entries after it again."""
    lines = signed(key, "a", "b", "c")
    Organisation.objects.filter(code="b").update(name="Somebody else")
    body, before = Organisation.objects.get(code="b"), audit.GENESIS
    for entry in AuditEntry.objects.order_by("number"):
        if entry.number == 2:
            entry.rows = {"organisations.organisation": dict(state.hashes(Organisation, [body.pk]))}
        entry.before = before
        entry.hash = before = audit.hash_of(entry)
        entry.save()
    assert list(audit.walk()) == []
    assert list(state.differences()) == []
    assert [each.split(" and is")[0].split(" was")[0] for each in heads.problems(lines)] == ["Entry 2", "Entry 3"]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda ls: ["nothing", *ls], "Line 1 is no signed head."),
        (lambda ls: ["{}", *ls], "Line 1 is no signed head."),
        (lambda ls: [ls[0], ls[2]], "Line 2 does not follow the line before it"),
        (lambda ls: [ls[0].replace("entry: 1", "entry: 2")], "the signature is not that of a trusted key"),
        (lambda ls: [json.dumps(json.loads(ls[0]) | {"signature": "AAAA"})], "the signature is not"),
        (lambda ls: [json.dumps(json.loads(ls[0]) | {"key": "né"})], "the signature is not"),
    ],
)
def test_a_list_that_was_changed_says_where(change: Any, found: str, key: Any) -> None:
    (problem,) = heads.problems(change(signed(key, "a", "b", "c")), trusted={heads.public_text(key)})
    assert found in problem


def test_another_s_key_is_not_believed(key: Any, tmp_path: Path) -> None:
    lines = signed(heads.private_key(tmp_path / "other.pem"), "a")
    (problem,) = heads.problems(lines, trusted={heads.public_text(key)})
    assert problem == "Line 1: the signature is not that of a trusted key."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditentry SET actor_name = 'Eve'",
        "DELETE FROM core_auditentry",
        "DELETE FROM core_auditentry WHERE number = 2",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(statement: str) -> None:
    guard(None, SimpleNamespace(connection=connection))
    rename(make(by=SYSTEM, code="a"), by=SYSTEM, name="Renamed")
    with (
        pytest.raises(DatabaseError, match="an entry of the audit chain"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 2
