"""The full-text index of each database, and the table of the cache that holds limits on strangers."""

from django.core.management import call_command

# `seen` is one word that says who may find it: "public action" and "public", or "inside action". It is looked for with the words,
# so that what one may not find costs nothing. A word of it has no letter that the tokenizer would part at.
SQLITE_UP = """
CREATE VIEW core_search_text AS SELECT id, title, body,
    CASE WHEN is_public THEN 'public public' ELSE 'inside' END || replace(kind, '_', '') AS seen FROM core_searchentry;
CREATE VIRTUAL TABLE core_search_words USING fts5(
    title, body, seen, content='core_search_text', content_rowid='id', tokenize="unicode61 remove_diacritics 2", prefix='2 3');
CREATE TRIGGER core_search_added AFTER INSERT ON core_searchentry BEGIN
    INSERT INTO core_search_words(rowid, title, body, seen) SELECT * FROM core_search_text WHERE id = new.id; END;
CREATE TRIGGER core_search_removed BEFORE DELETE ON core_searchentry BEGIN
    INSERT INTO core_search_words(core_search_words, rowid, title, body, seen)
    SELECT 'delete', t.* FROM core_search_text t WHERE id = old.id; END;
CREATE TRIGGER core_search_changes BEFORE UPDATE ON core_searchentry BEGIN
    INSERT INTO core_search_words(core_search_words, rowid, title, body, seen)
    SELECT 'delete', t.* FROM core_search_text t WHERE id = old.id; END;
CREATE TRIGGER core_search_changed AFTER UPDATE ON core_searchentry BEGIN
    INSERT INTO core_search_words(rowid, title, body, seen) SELECT * FROM core_search_text WHERE id = new.id; END;
"""
SQLITE_DOWN = """
DROP TRIGGER core_search_added; DROP TRIGGER core_search_removed;
DROP TRIGGER core_search_changes; DROP TRIGGER core_search_changed;
DROP TABLE core_search_words; DROP VIEW core_search_text;
"""
# Accents, capitals among them, are folded by translate(), so that no extension and no locale of the server is needed.
POSTGRES_UP = """
CREATE FUNCTION floreo_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT lower(translate($1, 'áéíóúüñàèìòùâêîôûäëïöçÁÉÍÓÚÜÑÀÈÌÒÙÂÊÎÔÛÄËÏÖÇ', 'aeiouunaeiouaeiouaeiocaeiouunaeiouaeiouaeioc')) $$;
ALTER TABLE core_searchentry ADD COLUMN words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', floreo_plain(title)), 'A') || setweight(to_tsvector('simple', floreo_plain(body)), 'B')) STORED;
CREATE INDEX core_search_words ON core_searchentry USING gin (words);
"""
POSTGRES_DOWN = """
ALTER TABLE core_searchentry DROP COLUMN words;
DROP FUNCTION floreo_plain(text);
"""


def up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_UP)
    else:
        schema_editor.connection.ensure_connection()
        with schema_editor.connection.cursor() as cursor:
            for statement in _statements(SQLITE_UP):
                cursor.execute(statement)
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_DOWN)
    else:
        with schema_editor.connection.cursor() as cursor:
            for statement in SQLITE_DOWN.split(";"):
                if statement.strip():
                    cursor.execute(statement)
    schema_editor.execute("DROP TABLE core_cache")


def _statements(script):
    """One statement at a time: a trigger holds semicolons of its own and ends at END."""
    found, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        if line.rstrip().endswith("END;") or (line.rstrip().endswith(";") and "TRIGGER" not in current):
            found.append(current)
            current = ""
    return found
