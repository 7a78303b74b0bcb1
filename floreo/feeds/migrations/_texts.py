"""The texts in which findings are looked for, each kept once (models/findings.py: FindingText), and their index of three letters in a row.

Two million findings share some thousands of texts, so a word is looked for in these, and the findings are found by an index. The
database itself keeps the texts in step, whichever statement writes a finding. As with `_changes.py`, SQLite loses triggers when a column of
`feeds_finding` changes: a later migration that alters it must run `keep_texts` again; tests/feeds/test_words.py notices when one forgot."""

from typing import Any

# By the sign with which a text begins, which no word that is looked for holds: the columns in it, with a line end between. Kind and detail
# go together, and so do network and service; all four in one would be as many texts as findings.
TEXTS = {"\n": ("kind", "detail"), "\t": ("network", "service")}
_CHANGED = ("subject", *(name for names in TEXTS.values() for name in names))
# A name is what has a sign that no address has; addresses are not kept here.
_NO_ADDRESS = "[^0-9a-fA-F.:]"
_KIND, _NETWORK = (f"{begin} || NEW.{a} || char(10) || NEW.{b}" for begin, (a, b) in zip(("char(10)", "char(9)"), TEXTS.values()))


def _new(text: str, condition: str = "true") -> str:
    return (
        f"INSERT INTO feeds_findingtext (text) SELECT {text} WHERE {condition} "
        f"AND NOT EXISTS (SELECT 1 FROM feeds_findingtext WHERE text = {text});"
    )


_KEEP = f"""
BEGIN
{_new(_KIND)}
{_new(_NETWORK)}
{_new("NEW.subject", f"NEW.subject GLOB '*{_NO_ADDRESS}*'")}
UPDATE feeds_finding SET kind_text_id = (SELECT id FROM feeds_findingtext WHERE text = {_KIND}),
network_text_id = (SELECT id FROM feeds_findingtext WHERE text = {_NETWORK}) WHERE id = NEW.id;
END
"""
_MISSING = "NEW.kind_text_id IS NULL OR NEW.network_text_id IS NULL"
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
    f"CREATE TRIGGER finding_texts_new AFTER INSERT ON feeds_finding WHEN {_MISSING} {_KEEP}",
    f"""
CREATE TRIGGER finding_texts_changed AFTER UPDATE OF kind_text_id, network_text_id, {", ".join(_CHANGED)} ON feeds_finding
WHEN {_MISSING} OR {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _CHANGED)} {_KEEP}""",
)

# An index of PostgreSQL holds no text of three thousand bytes, so it is of their sum. Capitals are folded as `icontains` folds them.
POSTGRESQL = (
    "CREATE UNIQUE INDEX finding_text_once ON feeds_findingtext (md5(text))",
    """
CREATE FUNCTION floreo_threes(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(array_agg(DISTINCT substr(upper(given), n, 3)), '{}') FROM generate_series(1, length(upper(given)) - 2) n $$
""",
    "CREATE INDEX finding_threes ON feeds_findingtext USING gin (floreo_threes(text))",
    """
CREATE FUNCTION floreo_text_of(asked text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint := (SELECT id FROM feeds_findingtext WHERE md5(text) = md5(asked));
BEGIN
IF found IS NULL THEN
INSERT INTO feeds_findingtext (text) VALUES (asked) ON CONFLICT DO NOTHING;
found := (SELECT id FROM feeds_findingtext WHERE md5(text) = md5(asked));
END IF;
RETURN found;
END $$
""",
    f"""
CREATE FUNCTION floreo_finding_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF NEW.subject ~ '{_NO_ADDRESS}' THEN
PERFORM floreo_text_of(NEW.subject);
END IF;
NEW.kind_text_id := floreo_text_of({_KIND.replace("char(", "chr(")});
NEW.network_text_id := floreo_text_of({_NETWORK.replace("char(", "chr(")});
RETURN NEW;
END $$
""",
    f"""
CREATE TRIGGER finding_texts_new BEFORE INSERT ON feeds_finding
FOR EACH ROW WHEN ({_MISSING}) EXECUTE FUNCTION floreo_finding_texts()
""",
    f"""
CREATE TRIGGER finding_texts_changed BEFORE UPDATE OF kind_text_id, network_text_id, {", ".join(_CHANGED)} ON feeds_finding
FOR EACH ROW WHEN ({_MISSING} OR {" OR ".join(f"OLD.{n} IS DISTINCT FROM NEW.{n}" for n in _CHANGED)})
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
    "DROP FUNCTION IF EXISTS floreo_text_of(text)",
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
