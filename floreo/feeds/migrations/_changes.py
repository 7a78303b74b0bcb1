"""Whatever changes what is said of a finding, by whichever statement, takes the number of its change away, in the same transaction.

SQLite rebuilds a table when a column of it changes, and loses its triggers: a later migration that alters `feeds_finding` must run
`watch` again. tests/feeds/test_changes.py notices when one forgot."""

from typing import Any

# What a program is told of; that a finding was seen once more is none of it.
TOLD = (
    "organisation_id",
    "state",
    "subject",
    "severity",
    "detail",
    "opened_on",
    "fixed_on",
    "reopened",
    "reply",
    "claim",
)
_COLUMNS = ", ".join(TOLD)

SQLITE = (
    """
CREATE TRIGGER finding_new AFTER INSERT ON feeds_finding
BEGIN INSERT INTO feeds_findingchange (finding_id, organisation_id) VALUES (NEW.id, NEW.organisation_id); END
""",
    f"""
CREATE TRIGGER finding_changed AFTER UPDATE OF {_COLUMNS} ON feeds_finding
WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in TOLD)}
BEGIN
UPDATE feeds_findingchange SET number = NULL
WHERE finding_id = NEW.id AND organisation_id IN (OLD.organisation_id, NEW.organisation_id);
INSERT INTO feeds_findingchange (finding_id, organisation_id) SELECT NEW.id, NEW.organisation_id WHERE NOT EXISTS
(SELECT 1 FROM feeds_findingchange WHERE finding_id = NEW.id AND organisation_id = NEW.organisation_id);
END
""",
)
POSTGRESQL = (
    """
CREATE FUNCTION floreo_finding_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP = 'UPDATE' AND OLD.organisation_id <> NEW.organisation_id THEN
UPDATE feeds_findingchange SET number = NULL WHERE finding_id = NEW.id AND organisation_id = OLD.organisation_id;
END IF;
INSERT INTO feeds_findingchange (finding_id, organisation_id) VALUES (NEW.id, NEW.organisation_id)
ON CONFLICT (finding_id, organisation_id) DO UPDATE SET number = NULL;
RETURN NULL;
END $$
""",
    """
CREATE TRIGGER finding_new AFTER INSERT ON feeds_finding
FOR EACH ROW EXECUTE FUNCTION floreo_finding_changed()
""",
    f"""
CREATE TRIGGER finding_changed AFTER UPDATE OF {_COLUMNS} ON feeds_finding
FOR EACH ROW WHEN ({" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in TOLD)})
EXECUTE FUNCTION floreo_finding_changed()
""",
)


def watch(apps: Any, editor: Any) -> None:
    unwatch(apps, editor)
    with editor.connection.cursor() as cursor:
        for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def unwatch(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER IF EXISTS finding_new ON feeds_finding")
            cursor.execute("DROP TRIGGER IF EXISTS finding_changed ON feeds_finding")
            cursor.execute("DROP FUNCTION IF EXISTS floreo_finding_changed()")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS finding_new")
            cursor.execute("DROP TRIGGER IF EXISTS finding_changed")
