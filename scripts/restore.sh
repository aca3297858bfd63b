#!/usr/bin/env bash
# Puts a backup back into an empty database: scripts/restore.sh --help
set -euo pipefail
called_in=$PWD
cd "$(dirname "$0")/.."
. scripts/venv.sh
make_venv requirements.txt
exec .venv/bin/python -m scripts.restore --called-in "$called_in" "$@"
