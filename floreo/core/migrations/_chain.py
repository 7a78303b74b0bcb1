"""An entry of the audit chain stays as it was written, whoever asks: the database itself refuses, without a word from its owner."""

from typing import Any

SQLITE = (
    """
CREATE TRIGGER entry_stays BEFORE UPDATE ON core_auditentry
BEGIN SELECT RAISE(ABORT, 'an entry of the audit chain never changes'); END
""",
    """
CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON core_auditentry
BEGIN SELECT RAISE(ABORT, 'an entry of the audit chain is never removed'); END
""",
)
POSTGRESQL = (
    """
CREATE FUNCTION floreo_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an entry of the audit chain never changes' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON core_auditentry
FOR EACH ROW EXECUTE FUNCTION floreo_entry_stays();
""",
)


def guard(apps: Any, editor: Any) -> None:
    unguard(apps, editor)
    with editor.connection.cursor() as cursor:
        for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def unguard(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER IF EXISTS entry_stays ON core_auditentry")
            cursor.execute("DROP FUNCTION IF EXISTS floreo_entry_stays()")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS entry_stays")
            cursor.execute("DROP TRIGGER IF EXISTS entry_is_not_removed")
