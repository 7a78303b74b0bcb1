"""On PostgreSQL the program works under a role that may add to the audit chain and not change it; tables belong to another, under
which migrations run (`floreo migrate --grant ROLE`)."""

from __future__ import annotations

from django.db import connection

from floreo.config.portable import quoted
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, SignedHead

ONLY_ADDED_TO = (AuditEntry._meta.db_table, SignedHead._meta.db_table)


def grant(role: str) -> None:
    """Gives `role` what the program needs: all of every table's rows, and of the trail only to read and to add. Again after each
    migration, for tables that are new. Raises Refused."""
    if connection.vendor != "postgresql":
        raise Refused(
            "Roles are for PostgreSQL: on SQLite whoever may write the file may change all of it.", code="sqlite"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolname = current_user FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None or found[0]:
            sentence = f"{role} must be a role of its own: not a superuser, and not the one that migrations run under."
            raise Refused(sentence, code="role")
        name, schema = quoted(role), _one(cursor, "SELECT current_schema()")
        cursor.execute(f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {quoted(schema)} TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {quoted(schema)} TO {name}")
        for table in ONLY_ADDED_TO:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quoted(table)} FROM {name}")


def may_change_tables() -> bool:
    """Whether migrations can run under this role."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        return bool(_one(cursor, "SELECT has_schema_privilege(current_user, current_schema(), 'CREATE')"))


def may_change_the_trail() -> bool:
    """Whether this role could change or remove an entry of the audit chain: as owner it could drop what guards it."""
    if connection.vendor != "postgresql":
        return True
    table = AuditEntry._meta.db_table
    statement = f"""SELECT has_table_privilege(current_user, '{table}', 'UPDATE, DELETE, TRUNCATE')
        OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = '{table}'::regclass), 'MEMBER')"""
    with connection.cursor() as cursor:
        return bool(_one(cursor, statement))


def _one(cursor: object, statement: str) -> str:
    cursor.execute(statement)  # type: ignore[attr-defined]
    value: str = cursor.fetchone()[0]  # type: ignore[attr-defined]
    return value
