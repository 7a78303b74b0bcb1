"""The texts in which findings are looked for, each kept once (models/findings.py: FindingText), and their index of three letters in a row.

Two million findings share some thousands of texts, so a word is looked for in these, and the findings are found by an index. The
database itself keeps the texts in step, whichever statement writes a finding. As with `_changes.py`, SQLite loses triggers when a column of
`feeds_finding` changes: a later migration that alters it must run `keep_texts` again; tests/feeds/test_words.py notices when one forgot."""

from typing import Any

# In this order, with a line end between, which no word that is looked for holds.
COLUMNS = ("kind", "detail", "network", "service")
_CHANGED = ("subject", *COLUMNS)
# A name is what has a sign that no address has; addresses are not kept here.
_NO_ADDRESS = "[^0-9a-fA-F.:/]"

_TEXT = " || char(10) || ".join(f"NEW.{name}" for name in COLUMNS)
_KEEP = f"""
BEGIN
INSERT INTO feeds_findingtext (text) SELECT {_TEXT}
WHERE NOT EXISTS (SELECT 1 FROM feeds_findingtext WHERE text = {_TEXT});
INSERT INTO feeds_findingtext (text) SELECT NEW.subject WHERE NEW.subject GLOB '*{_NO_ADDRESS}*'
AND NOT EXISTS (SELECT 1 FROM feeds_findingtext WHERE text = NEW.subject);
UPDATE feeds_finding SET searched_id = (SELECT id FROM feeds_findingtext WHERE text = {_TEXT}) WHERE id = NEW.id;
END
"""
SQLITE = (
    "CREATE UNIQUE INDEX finding_text_once ON feeds_findingtext (text)",
    """
CREATE VIRTUAL TABLE feeds_finding_threes USING fts5(
    text, content='feeds_findingtext', content_rowid='id', tokenize='trigram', detail='full')
""",
    """
CREATE TRIGGER finding_text_new AFTER INSERT ON feeds_findingtext
BEGIN INSERT INTO feeds_finding_threes (rowid, text) VALUES (NEW.id, NEW.text); END
""",
    """
CREATE TRIGGER finding_text_gone AFTER DELETE ON feeds_findingtext
BEGIN INSERT INTO feeds_finding_threes (feeds_finding_threes, rowid, text) VALUES ('delete', OLD.id, OLD.text); END
""",
    f"CREATE TRIGGER finding_texts_new AFTER INSERT ON feeds_finding WHEN NEW.searched_id IS NULL {_KEEP}",
    f"""
CREATE TRIGGER finding_texts_changed AFTER UPDATE OF searched_id, {", ".join(_CHANGED)} ON feeds_finding
WHEN NEW.searched_id IS NULL OR {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _CHANGED)} {_KEEP}""",
)

# An index of PostgreSQL holds no text of three thousand bytes, so it is of their sum. Capitals are folded as `icontains` folds them.
POSTGRESQL = (
    "CREATE UNIQUE INDEX finding_text_once ON feeds_findingtext (md5(text))",
    """
CREATE FUNCTION floreo_threes(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(array_agg(DISTINCT substr(upper(given), n, 3)), '{}') FROM generate_series(1, length(upper(given)) - 2) n $$
""",
    "CREATE INDEX finding_threes ON feeds_findingtext USING gin (floreo_threes(text))",
    f"""
CREATE FUNCTION floreo_finding_texts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked text := {" || chr(10) || ".join(f"NEW.{name}" for name in COLUMNS)};
BEGIN
IF NEW.subject ~ '{_NO_ADDRESS}' AND NOT EXISTS (SELECT 1 FROM feeds_findingtext WHERE md5(text) = md5(NEW.subject)) THEN
INSERT INTO feeds_findingtext (text) VALUES (NEW.subject) ON CONFLICT DO NOTHING;
END IF;
NEW.searched_id := (SELECT id FROM feeds_findingtext WHERE md5(text) = md5(asked));
IF NEW.searched_id IS NULL THEN
INSERT INTO feeds_findingtext (text) VALUES (asked) ON CONFLICT DO NOTHING;
NEW.searched_id := (SELECT id FROM feeds_findingtext WHERE md5(text) = md5(asked));
END IF;
RETURN NEW;
END $$
""",
    """
CREATE TRIGGER finding_texts_new BEFORE INSERT ON feeds_finding
FOR EACH ROW WHEN (NEW.searched_id IS NULL) EXECUTE FUNCTION floreo_finding_texts()
""",
    f"""
CREATE TRIGGER finding_texts_changed BEFORE UPDATE OF searched_id, {", ".join(_CHANGED)} ON feeds_finding
FOR EACH ROW WHEN (NEW.searched_id IS NULL OR {" OR ".join(f"OLD.{n} IS DISTINCT FROM NEW.{n}" for n in _CHANGED)})
EXECUTE FUNCTION floreo_finding_texts()
""",
)
SQLITE_GONE = (
    "DROP TRIGGER IF EXISTS finding_texts_new",
    "DROP TRIGGER IF EXISTS finding_texts_changed",
    "DROP TRIGGER IF EXISTS finding_text_new",
    "DROP TRIGGER IF EXISTS finding_text_gone",
    "DROP TABLE IF EXISTS feeds_finding_threes",
    "DROP INDEX IF EXISTS finding_text_once",
)
POSTGRESQL_GONE = (
    "DROP TRIGGER IF EXISTS finding_texts_new ON feeds_finding",
    "DROP TRIGGER IF EXISTS finding_texts_changed ON feeds_finding",
    "DROP FUNCTION IF EXISTS floreo_finding_texts()",
    "DROP INDEX IF EXISTS finding_threes",
    "DROP FUNCTION IF EXISTS floreo_threes(text)",
    "DROP INDEX IF EXISTS finding_text_once",
)


def keep_texts(apps: Any, editor: Any) -> None:
    leave_texts(apps, editor)
    _run(editor, POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE)


def leave_texts(apps: Any, editor: Any) -> None:
    _run(editor, POSTGRESQL_GONE if editor.connection.vendor == "postgresql" else SQLITE_GONE)


def _run(editor: Any, statements: tuple[str, ...]) -> None:
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
