#!/usr/bin/env bash
# Sets up and serves: needs Python 3.11 or newer, nothing else. Settings: docs/deployment.md.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/venv.sh
make_venv requirements.txt
exec .venv/bin/python -m scripts.serve "$@"
