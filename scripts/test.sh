#!/usr/bin/env bash
# Sets up and passes the tests; arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/venv.sh
make_venv requirements.txt requirements-dev.txt
exec .venv/bin/python -m pytest -n 2 --dist loadfile "$@"
