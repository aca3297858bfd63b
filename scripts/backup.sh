#!/usr/bin/env bash
# Takes a backup of the serving instance, or of the database in DATABASE_URL: scripts/backup.sh --help
set -euo pipefail
called_in=$PWD
cd "$(dirname "$0")/.."
. scripts/venv.sh
make_venv requirements.txt
exec .venv/bin/python -m scripts.backup --called-in "$called_in" "$@"
