#!/usr/bin/env bash
# Sets itself up on a bare machine, then checks everything. Ends on pytest's closing line.
set -euo pipefail
cd "$(dirname "$0")/.."
PY="${PY:-python3}"
unset PYTHONDONTWRITEBYTECODE # else each of some hundred processes compiles Django and all tests anew
say() { printf '\n== %s\n' "$*"; }

say "Python; beside it browser, PostgreSQL, IMAP server"
"$PY" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Floreo needs Python 3.11 or newer. Say which with: make test PY=python3.12")'
missing=""
command -v chromium-headless-shell chromium >/dev/null || missing="$missing chromium-headless-shell"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -x /usr/sbin/dovecot ] || missing="$missing dovecot-imapd"
command -v msgfmt >/dev/null || missing="$missing gettext"
if [ -n "$missing" ] && { [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; }; then
  echo "The tests need:$missing. Install them (Debian: apt-get install$missing) and run make test again."
  exit 1
fi
install_missing() {
  [ -z "$missing" ] && return
  apt-get update -qq
  # shellcheck disable=SC2086  # a list of words on purpose
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
install_missing &
installing=$!
stamp=$(cat requirements.lock requirements-dev.lock | sha256sum)
if [ "$(cat .venv/.dev-installed 2>/dev/null)" != "$stamp" ]; then
  bash tools/install.sh "$PY" requirements.lock requirements-dev.lock
  touch .venv/.installed
  printf '%s\n' "$stamp" > .venv/.dev-installed
fi
BIN=.venv/bin
wait "$installing"

say "Front-end files"
$BIN/python tools/assets.py

# Two lanes, so that two cores are busy to the end: the checks and then PostgreSQL in one, SQLite and the browser in the other, with a
# process more than there are cores, since tests wait for servers, for the disk and for a browser.
LOGS=$(mktemp -d "${TMPDIR:-/tmp}/floreo-gate.XXXXXX")
export FLOREO_ONCE="$LOGS/once" # what both lanes prepare once
trap '[ -n "${PGDATA_DIR:-}" ] && stop_postgres; rm -rf "$LOGS"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT TERM # what runs in the background ignores Ctrl+C

# Says nothing when it is well, and all that was said when it is not.
sound=1
must() { "$@" >"$LOGS/said" 2>&1 || { sound=0; echo "== $*"; cat "$LOGS/said"; echo "$*" >>"$LOGS/unsound"; }; }
checks() {
  must $BIN/ruff format --check .
  must $BIN/ruff check .
  must $BIN/djangofmt --check floreo
  must $BIN/lint-imports --no-cache
  must $BIN/deptry .
  must $BIN/mypy floreo tests tools benchmarks
  export FLOREO_DATA="$LOGS/data"
  must env FLOREO_ADDRESS=https://strategy.example.org $BIN/python manage.py check --deploy --fail-level WARNING
  must $BIN/python manage.py makemigrations --check --dry-run # fails where a model changed without its migration
  unset FLOREO_DATA
  [ $sound = 1 ] && echo "Format, lint, layers, dependencies, types, migrations: sound"
}

. tools/postgres.sh
start_postgres

# shellcheck disable=SC2086  # no word, or one
on_postgres() { # colour and progress are for the other lane
  DATABASE_URL="postgresql://floreo@/postgres?host=$PGDATA_DIR" $BIN/pytest -n 1 -q --durations=20 --durations-min=8 --randomly-seed="$SEED" --database-only $IN_TURN -m "$ON_POSTGRES" 2>&1 | tee "$LOGS/postgresql"
}

# What takes long is marked so at the test, with its reason; it runs with LONG=1, at night and before a release: make test LONG=1.
export LONG="${LONG:-}"
WHICH="not long" ON_POSTGRES="not e2e and not long"
COVERAGE="" # takes half as long again: it is measured, and its floor held, where everything runs
[ -n "${LONG:-}" ] && WHICH="" && ON_POSTGRES="(not e2e or postgresql) and not wheel" && COVERAGE="--cov" # the first day in a browser, on both
SEED=${SEED:-$(date +%Y%m%d)} # of the order of the tests: another each day, so that what depends on it is found; it is printed
# Of tests that take long one by one, another third each day: tests/in_turn.txt. LONG=1 runs them all.
IN_TURN="--day=${DAY:-$(($(date +%s) / 86400))}"
[ -n "$LONG" ] && IN_TURN=""
say "Checks, then tests on PostgreSQL ($IN_TURN); beside them tests on SQLite, with the browser"
{
  checks || touch "$LOGS/failed"
  on_postgres || touch "$LOGS/failed"
} 2>&1 | sed -u 's/^/postgresql | /' &
# shellcheck disable=SC2086  # no word, or one
$BIN/pytest -n 3 -q --durations=20 --durations-min=8 --randomly-seed="$SEED" $COVERAGE $IN_TURN -m "$WHICH" 2>&1 | tee "$LOGS/sqlite" || touch "$LOGS/failed"
wait
[ -e "$LOGS/unsound" ] && say "Not well (said above, after '== ')" && cat "$LOGS/unsound"
say "PostgreSQL, then SQLite"
tail -1 "$LOGS/postgresql"
tail -1 "$LOGS/sqlite"
[ ! -e "$LOGS/failed" ]
