#!/usr/bin/env bash
# Sets itself up on a bare machine, then checks everything. Ends on pytest's closing line.
set -euo pipefail
cd "$(dirname "$0")/.."
PY="${PY:-python3}"
say() { printf '\n== %s\n' "$*"; }

say "Python"
"$PY" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Floreo needs Python 3.11 or newer. Say which with: make test PY=python3.12")'
[ -x .venv/bin/python ] || "$PY" -m venv .venv
stamp=$(cat requirements.lock requirements-dev.lock | sha256sum)
if [ "$(cat .venv/.dev-installed 2>/dev/null)" != "$stamp" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock -r requirements-dev.lock
  .venv/bin/python tools/link.py
  touch .venv/.installed
  printf '%s\n' "$stamp" > .venv/.dev-installed
fi
BIN=.venv/bin

say "Browser, PostgreSQL, IMAP server"
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -x /usr/sbin/dovecot ] || missing="$missing dovecot-imapd"
command -v msgfmt >/dev/null || missing="$missing gettext"
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of words on purpose
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  else
    echo "The tests need:$missing. Install them (Debian: apt-get install$missing) and run make test again."
    exit 1
  fi
fi

say "Front-end files"
$BIN/python tools/assets.py

say "Format, lint, layers, dependencies"
$BIN/ruff format --check --quiet .
$BIN/ruff check --quiet .
$BIN/lint-imports --no-cache >/tmp/floreo-lint-imports.$$ || { cat /tmp/floreo-lint-imports.$$; exit 1; }
$BIN/deptry . 2>&1 | tail -1

say "Types"
$BIN/mypy floreo tests tools benchmarks

say "Django's own checks"
export FLOREO_DATA="${TMPDIR:-/tmp}/floreo-checks.$$"
trap 'rm -rf "$FLOREO_DATA"; [ -n "${PGDATA_DIR:-}" ] && stop_postgres' EXIT
FLOREO_ADDRESS=https://strategy.example.org $BIN/python manage.py check --deploy --fail-level WARNING
$BIN/python manage.py makemigrations --check --dry-run >/dev/null || { echo "A model changed without its migration: run manage.py makemigrations."; exit 1; }

# A PostgreSQL of our own, on a socket in a temporary folder, thrown away afterwards.
as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$1"; else sh -c "$1"; fi; }
stop_postgres() { as_postgres "$PGBIN/pg_ctl -D $PGDATA_DIR/data -m immediate stop" >/dev/null 2>&1 || true; rm -rf "$PGDATA_DIR"; }
PGBIN=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
PGDATA_DIR=$(mktemp -d /tmp/floreo-pg.XXXXXX)
[ "$(id -u)" = 0 ] && chown postgres "$PGDATA_DIR"
as_postgres "$PGBIN/initdb -D $PGDATA_DIR/data -A trust -E UTF8 --no-locale -U floreo" >/dev/null
as_postgres "$PGBIN/pg_ctl -D $PGDATA_DIR/data -w -o \"-k $PGDATA_DIR -h '' -F -c full_page_writes=off -c synchronous_commit=off\" -l $PGDATA_DIR/log start" >/dev/null

say "Tests on PostgreSQL"
DATABASE_URL="postgresql://floreo@/postgres?host=$PGDATA_DIR" $BIN/pytest -n 2 -q --database-only -m "not e2e and not wheel"

say "Tests on SQLite, with the browser"
$BIN/pytest -n 2 -q
