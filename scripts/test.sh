#!/usr/bin/env bash
# Sets up and passes the tests; arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/venv.sh
make_venv requirements.txt requirements-dev.txt
# Two hundred processes import the same: the first compiles it for all.
unset PYTHONDONTWRITEBYTECODE
# As the folders come: the files with the fewest tests are the longest, and would come last.
exec .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$@"
