#!/usr/bin/env bash
# Makes .venv and puts what the lock files name into it: install.sh PYTHON LOCK...
# Only what the locks hold, by their hashes. By uv, in a tenth of pip's time; by pip where uv cannot be had or reaches no index.
set -euo pipefail
cd "$(dirname "$0")/.."
PY="$1"
shift
locks=()
for lock in "$@"; do locks+=(-r "$lock"); done
[ -x .venv/bin/python ] || "$PY" -m venv .venv
pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes "$@"; }
by_uv() {
  pip_install -r requirements-install.lock && .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes "${locks[@]}"
}
by_uv 2>/dev/null || pip_install "${locks[@]}"
.venv/bin/python tools/link.py
