"""On PostgreSQL the program works under a role that adds to the audit chain and changes nothing of it; another owns the tables."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.config.installation import Installation, a_postgres_database

pytestmark = pytest.mark.postgresql
CLUSTER = os.environ.get("DATABASE_URL", "")


@dataclass(frozen=True)
class Two:
    """The same database as its owner and as the program reach it."""

    owner: Installation
    program: Installation
    role: str


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    import psycopg

    role = f"floreo_program_{uuid.uuid4().hex[:8]}"
    with a_postgres_database(CLUSTER, migrated=True) as url, psycopg.connect(CLUSTER, autocommit=True) as cluster:
        cluster.execute(f"CREATE ROLE {role} LOGIN")
        parts = urlsplit(url)
        address = f"{role}@{parts.netloc.rpartition('@')[2]}"
        theirs = parts._replace(netloc=address).geturl()
        yield Two(Installation(tmp_path / "a", database=url), Installation(tmp_path / "b", database=theirs), role)
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(f"DROP OWNED BY {role}")
        cluster.execute(f"DROP ROLE {role}")


def test_the_program_does_its_work_and_cannot_change_the_chain(two: Two) -> None:
    import psycopg

    assert two.owner.run("up", "--prepare-only").returncode == 0
    done = two.owner.run("migrate", "--grant", two.role)
    assert (done.returncode, "only add to the audit chain" in done.stdout) == (0, True), done.stdout
    for command in (("admin-link",), ("audit", "sign"), ("audit", "verify"), ("up", "--prepare-only")):
        done = two.program.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "may change and remove entries" not in two.program.run("doctor").stdout
    assert "may change and remove entries" in two.owner.run("doctor").stdout
    with psycopg.connect(two.program.database, autocommit=True) as database:
        for statement in (
            "UPDATE core_auditentry SET actor_name = 'Eve'",
            "DELETE FROM core_auditentry",
            "TRUNCATE core_auditentry",
            "ALTER TABLE core_auditentry DISABLE TRIGGER ALL",
            "DROP TRIGGER entry_stays ON core_auditentry",
            "DROP FUNCTION floreo_entry_stays() CASCADE",
            "UPDATE core_signedhead SET text = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(statement)


def test_a_database_of_another_version_is_left_to_its_owner(two: Two) -> None:
    import psycopg

    two.owner.run("migrate", "--grant", two.role)
    with psycopg.connect(two.owner.database, autocommit=True) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'core'")
    done = two.program.run("audit", "verify")
    assert (done.returncode, "Run floreo migrate as its owner" in done.stdout) == (1, True), done.stdout + done.stderr


@pytest.mark.long
def test_a_role_that_could_do_all_the_same_is_refused(two: Two) -> None:
    for role in ("nobody_of_that_name", urlsplit(CLUSTER).username or ""):
        done = two.owner.run("migrate", "--grant", role)
        assert (done.returncode, "must be a role of its own" in done.stdout) == (1, True), done.stdout
