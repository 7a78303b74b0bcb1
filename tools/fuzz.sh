#!/usr/bin/env bash
# Forms, addresses, headers, calls and readers of files with what nobody would send who means well (tests/fuzz): MINUTES of it (60),
# half on SQLite and half on PostgreSQL, with another SEED each time. What is found is printed with how to do it again.
set -euo pipefail
cd "$(dirname "$0")/.."
MINUTES=${MINUTES:-60} SEED=${SEED:-$(date +%s)} ONLY=${ONLY:-tests/fuzz}
PYTEST=".venv/bin/pytest -q -s -p no:cacheprovider --hypothesis-seed=$SEED --show-capture=no --timeout=0"
. tools/postgres.sh
trap '[ -n "${PGDATA_DIR:-}" ] && stop_postgres' EXIT
tests=$(.venv/bin/pytest --collect-only -q $ONLY | grep -c '::[a-z_]*$')
export FLOREO_FUZZ_SECONDS=$((MINUTES * 60 / 2 / tests))
echo "$tests tests, $FLOREO_FUZZ_SECONDS seconds each on each database, seed $SEED"
export FLOREO_LOG_LEVEL=CRITICAL
found=0
# shellcheck disable=SC2086  # lists of words on purpose
$PYTEST $ONLY || found=1
start_postgres
# shellcheck disable=SC2086
LONG=1 DATABASE_URL="postgresql://floreo@/postgres?host=$PGDATA_DIR" $PYTEST --database-only $ONLY || found=1
exit $found
