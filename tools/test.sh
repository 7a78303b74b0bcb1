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

. tools/postgres.sh
trap '[ -n "${PGDATA_DIR:-}" ] && stop_postgres' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT TERM # what runs in the background ignores Ctrl+C
start_postgres
FLOREO_POSTGRES="postgresql://floreo@/postgres?host=$PGDATA_DIR" $BIN/python tools/gate.py
