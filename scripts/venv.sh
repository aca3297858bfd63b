#!/usr/bin/env bash
# Makes .venv from the hash-pinned requirements; sourced by start_optimized.sh and scripts/test.sh.
# A stamp with the hash of each requirements file is written last, so that an interrupted
# installation is done again and a finished one costs nothing.

find_python() {
  local name
  for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$name"
      return
    fi
  done
  echo "Python 3.11 or newer is needed, and was not found." >&2
  return 1
}

# make_venv FILE...: the environment with every file's packages.
make_venv() {
  local python file stamp
  if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python) || return 1
    echo "Making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || return 1
  fi
  for file in "$@"; do
    stamp=".venv/$(basename "$file").sha256"
    if ! [ -f "$stamp" ] || [ "$(cat "$stamp")" != "$(sha256sum <"$file")" ]; then
      echo "Installing $file"
      .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r "$file" || return 1
      sha256sum <"$file" >"$stamp"
    fi
  done
}
