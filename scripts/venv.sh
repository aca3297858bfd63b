#!/usr/bin/env bash
# Makes .venv from the hash-pinned requirements; sourced by start_optimized.sh and scripts/test.sh.
# A stamp with the hash of each requirements file is written last, so that an interrupted
# installation is done again and a finished one costs nothing.

venv=.venv

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

hash_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi
}

is_installed() {
  local file stamp
  [ -x "$venv/bin/python" ] || return 1
  for file in "$@"; do
    stamp="$venv/$file.sha256"
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(hash_of "$file")" ] || return 1
  done
}

install_all() {
  local python file
  if ! { [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python) || return 1
    echo "Making $venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv" || return 1
  fi
  for file in "$@"; do
    is_installed "$file" && continue
    echo "Installing $file"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
      --require-hashes -r "$file" || return 1
    # Of what only tests need most is never imported; the rest on all cores, which pip does on one.
    if [ "$file" = requirements.txt ]; then
      "$venv/bin/python" -m compileall -q -j 0 "$venv"/lib/python*/site-packages >/dev/null || true
    fi
    hash_of "$file" >"$venv/$file.sha256"
  done
}

# make_venv [--into FOLDER] FILE...: the environment with every file's packages, .venv unless told
# otherwise. Whoever comes second waits (where flock exists); a signal ends the installation with
# this shell, instead of leaving it running.
make_venv() {
  if [ "$1" = --into ]; then
    venv=$2
    shift 2
  fi
  is_installed "$@" && return
  local code=0
  set -m # the installation gets a process group, which can be ended whole
  (
    if command -v flock >/dev/null 2>&1; then flock 9; fi
    install_all "$@" 9<&-
  ) 9<requirements.txt &
  trap 'kill -TERM -- -'$!'; exit 143' TERM INT HUP
  wait $! || code=$?
  trap - TERM INT HUP
  set +m
  return $code
}
