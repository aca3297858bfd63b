#!/usr/bin/env bash
# Brings a serving instance to its best: ./optimize_backend.sh --help. Needs what start_optimized.sh
# has set up; settings as in docs/deployment.md.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
. scripts/venv.sh
python=.venv/bin/python
code=0
as_json=

usage() {
  cat <<'END'
usage: ./optimize_backend.sh [--json] [OPTION...]

Brings a serving instance to its best: schema, indexes and statistics, cache if there is one, and a
report of how it stands over 10 s. Options are checked first. Every step runs; the exit code is 0
when all of them were good, 2 for a wrong option, else that of the last step that was not good.

--json prints a JSON object a step, each on a line: step, exit_code, and in said what the step's own
command printed. The other options are the report's, which is this:

END
  "$python" monitor_performance.py --help
}

# In a process group of its own, which a signal to this script ends too: bash hears of one while it
# waits, but not while a program runs in front of it.
run() {
  set -m
  "$@" &
  set +m
  wait $!
}

# A second signal ends what is deaf to the first, as Python is while a statement runs.
end() {
  trap 'kill -KILL -- -$! 2>/dev/null' HUP INT TERM
  [ -z "${!-}" ] || kill -"$1" -- -$! 2>/dev/null
  wait
  exit "$2"
}

step() {
  local name=$1 failed=0 document
  shift
  if [ -z "$as_json" ]; then
    printf '\n== %s\n' "$name"
    run "$@" || code=$?
    return
  fi
  run "$@" >"$said" || failed=$?
  [ "$failed" = 0 ] || code=$failed
  if ! document=$("$python" -m json.tool --compact <"$said" 2>/dev/null); then
    # What is no JSON is for a person.
    cat "$said" >&2
    document=null
  fi
  printf '{"step":"%s","exit_code":%d,"said":%s}\n' "$name" "$failed" "$document"
}

make_venv requirements.txt >&2 || exit 2
for option in "$@"; do
  case $option in
    -h | --help) usage && exit ;;
    --thresholds) exec "$python" monitor_performance.py "$@" ;;
    --json) as_json=--json ;;
  esac
done
# The report's own reading of them, which looks at nothing yet.
"$python" -m src.ops.monitor.options --interval 10 "$@" >/dev/null || exit 2
said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT
trap 'end HUP 129' HUP
trap 'end INT 130' INT
trap 'end TERM 143' TERM

step "schema" .venv/bin/flask --app src.main db upgrade
step "indexes and statistics" "$python" optimize_database.py ${as_json:+--json}
step "cache" "$python" -m scripts.warm_cache ${as_json:+--json}
# Of these seconds alone: counters know of outages that ended weeks ago.
step "report" "$python" monitor_performance.py --interval 10 "$@"
exit "$code"
