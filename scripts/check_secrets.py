"""Find secrets in the files that git tracks: python -m scripts.check_secrets [FILE...].

By detect-secrets: the shapes of known keys, private keys, passwords in URLs, passwords by name, and
words too random to be words. Exit codes: 0 none, 1 some, or an excuse that is no longer needed, 2
it could not look.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Hashes of packages, which are published.
NOT_SEARCHED = r"^requirements.*\.txt$"
# The accounts of tests are made up, and each test names their passwords.
MADE_UP = ("tests/", "Secret Keyword")
FOLDER = "TALENTSPHERE_DATA_DIR=/var/lib/talentsphere"  # pragma: allowlist secret
KEYBOARD = "qwertyuiopasdfghjklzxcvbnm"  # pragma: allowlist secret
KNOWN: dict[tuple[str, str], str] = {
    ("README.md", "correct horse battery 9"): "an account of the first conversation",
    ("README.md", "purple lantern river 7"): "an account of the first conversation",
    ("deploy/systemd/talentsphere.service", FOLDER): "a folder",
    ("deploy/systemd/talentsphere-worker.service", FOLDER): "a folder",
    ("docs/deployment.md", "password"): "a placeholder",
    ("scripts/cache_hunt/world.py", "eleven quiet lanterns 77"): "of a database of a minute",
    ("src/models/vocabulary.py", "reset_password"): "the name of a purpose",
    ("src/utils/passwords.py", KEYBOARD): "the rows of a keyboard",
    ("src/utils/tokens.py", "tsk_"): "what keys begin with",
    ("tests/unit/test_config.py", "hidden-word"): "what a message must not show",
}


class CannotLook(Exception):
    """The scanner or git is not there, or failed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code, as above."""
    parser = argparse.ArgumentParser(prog="python -m scripts.check_secrets", description=__doc__)
    parser.add_argument("file", nargs="*", help="(default: all that git tracks)")
    files = parser.parse_args(arguments).file
    try:
        findings = scan(ROOT, files)
        lines = [*unknown(findings), *(() if files else outdated(findings))]
    except CannotLook as error:
        print(f"scripts.check_secrets: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines) or "secrets: none")
    return 1 if lines else 0


Findings = dict[str, list[dict[str, object]]]
"""By file: `type`, `line_number`, and the SHA-1 of what was found as `hashed_secret`."""


def scan(folder: Path, files: Sequence[str] = ()) -> Findings:
    """What is found in these files, or in all that git tracks there. Raises CannotLook."""
    # The scanner passes over what is not there, as if it held none.
    if gone := [name for name in files if not (folder / name).is_file()]:
        raise CannotLook(f"no such file: {', '.join(gone)}")
    program = Path(sys.executable).parent / "detect-secrets"
    # Nothing found is tried against anybody's servers.
    command = [str(program), "scan", "--no-verify", "--exclude-files", NOT_SEARCHED, *files]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        found: Findings = json.loads(done.stdout)["results"]
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        raise CannotLook(f"detect-secrets: {error}") from error
    return found


def unknown(findings: Findings) -> Iterator[str]:
    """What is not known to be none, a line each; the secret is not repeated."""
    known = {(path, digest(word)) for path, word in KNOWN}
    folder, kind = MADE_UP
    for path, rows in findings.items():
        for row in rows:
            is_made_up = path.startswith(folder) and row["type"] == kind
            if not is_made_up and (path, row["hashed_secret"]) not in known:
                yield f"{path}:{row['line_number']}: {row['type']}"


def outdated(findings: Findings) -> Iterator[str]:
    """What is known and no longer there, so that it would excuse another secret one day."""
    hashes = {(path, row["hashed_secret"]) for path, rows in findings.items() for row in rows}
    for path, word in KNOWN:
        if (path, digest(word)) not in hashes:
            yield f"{path}: what KNOWN excuses is no longer there"


def digest(word: str) -> str:
    """How the scanner names what it found."""
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
