"""A snapshot cannot change, whoever asks: the database itself refuses. Corrections and signatures neither.

SQLite rebuilds a table when a column of it changes, and loses its triggers: a later migration that alters one of these
tables must run `guard` again. tests/reports/test_frozen.py notices when one forgot."""

from typing import Any


TABLES = ("reports_snapshot", "reports_correction", "reports_signoff")


def guard(apps: Any, editor: Any) -> None:
    unguard(apps, editor)
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION floreo_report_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'what was reported never changes' USING ERRCODE = 'integrity_constraint_violation'; "
                "END $$"
            )
        for table in TABLES:
            when = f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}"
            if editor.connection.vendor == "postgresql":
                cursor.execute(f"{when} FOR EACH ROW EXECUTE FUNCTION floreo_report_frozen()")
            else:
                cursor.execute(f"{when} BEGIN SELECT RAISE(ABORT, 'what was reported never changes'); END")


def unguard(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        for table in TABLES:
            where = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen{where}")
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS floreo_report_frozen()")
