#!/usr/bin/env bash
# Brings a serving instance to its best: schema, indexes and statistics, cache if there is one, and a
# report of how it stands. Needs what start_optimized.sh has set up; settings as in
# docs/deployment.md; options are the report's (monitor_performance.py --help). Every step runs; the
# exit code is 0 when all of them were good, else that of the last one that was not.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
. scripts/venv.sh
make_venv requirements.txt || exit 2
code=0

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@" || code=$?
}

step "schema" .venv/bin/flask --app src.main db upgrade
step "indexes and statistics" .venv/bin/python optimize_database.py
step "cache" .venv/bin/python -m scripts.warm_cache
# Of these seconds alone: counters know of outages that ended weeks ago.
step "report" .venv/bin/python monitor_performance.py --interval 10 "$@"
exit "$code"
