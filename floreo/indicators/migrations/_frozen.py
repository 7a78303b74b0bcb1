"""A frozen reading cannot change, whoever asks: the database itself refuses.

SQLite rebuilds a table when a column of it changes, and loses its triggers: a later migration that alters
`indicators_reading` must run `guard` again. tests/indicators/test_frozen.py notices when one forgot."""

from typing import Any


SQLITE = """
CREATE TRIGGER reading_frozen BEFORE UPDATE ON indicators_reading
WHEN OLD.frozen_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a frozen reading never changes'); END
"""
POSTGRESQL = """
CREATE FUNCTION floreo_reading_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a frozen reading never changes' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER reading_frozen BEFORE UPDATE ON indicators_reading
FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION floreo_reading_frozen();
"""


def guard(apps: Any, editor: Any) -> None:
    unguard(apps, editor)
    with editor.connection.cursor() as cursor:
        cursor.execute(POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE)


def unguard(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER IF EXISTS reading_frozen ON indicators_reading")
            cursor.execute("DROP FUNCTION IF EXISTS floreo_reading_frozen()")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS reading_frozen")
