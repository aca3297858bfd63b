"""Check the migrations and the OpenAPI document: python -m scripts.check_schema.

On servers of its own: up, down to nothing, up again; no difference from the models; the SQL of all
migrations linted, strictly where it meets tables in use; the OpenAPI document valid.
"""

import argparse
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from src.embedded import postgres
from src.embedded.layout import APP, OWNER, Layout

SECRET = secrets.token_urlsafe(48)
# Up to here the schema is made on an empty database. What comes after runs on full tables while the
# code of the release before serves: expand first, contract a release later.
FIRST_LIVE = "0016"
# Rules that fit nowhere: migrations run in transactions with timeouts (src/ops/migrating.py),
# bigint and text are our choice.
NOWHERE = (
    "prefer-robust-stmts", "prefer-bigint-over-smallint", "prefer-bigint-over-int",
    "transaction-nesting", "require-timeout-settings", "prefer-identity", "ban-char-field",
    "prefer-text-field",
)  # fmt: skip
# And those that only matter where there are rows, or somebody who reads them.
NOT_WHILE_EMPTY = (
    *NOWHERE, "require-concurrent-index-creation", "adding-foreign-key-constraint",
    "constraint-missing-not-valid", "disallowed-unique-constraint", "ban-drop-table",
)  # fmt: skip


def main() -> int:
    """0 when everything holds, 1 otherwise."""
    argparse.ArgumentParser(prog="python -m scripts.check_schema", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        layout.prepare()
        server = postgres.start(layout, durable=False)
        try:
            postgres.ensure_database(layout)
            results = [check(layout) for check in (_migrations, _sql, _openapi)]
        finally:
            postgres.stop(server)
            layout.remove_sockets()
    return 0 if all(results) else 1


def _flask(layout: Layout, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "DATABASE_URL": layout.database_url(APP),
        "MIGRATION_DATABASE_URL": layout.database_url(OWNER),
        "SECRET_KEY": SECRET,
        "LOG_LEVEL": "ERROR",
        "TALENTSPHERE_DATA_DIR": str(layout.data_dir),
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "flask", "--app", "src.main", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def _migrations(layout: Layout) -> bool:
    for step in (("upgrade",), ("downgrade", "base"), ("upgrade",), ("check",)):
        done = _flask(layout, "db", *step)
        if done.returncode != 0:
            print(f"db {' '.join(step)}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
            return False
    print("migrations: up, down, up, and no difference from the models")
    return True


def _sql(layout: Layout) -> bool:
    whole = _linted(layout, "head", NOT_WHILE_EMPTY)
    live = _linted(layout, f"{FIRST_LIVE}:head", NOWHERE)
    if whole and live:
        print(f"squawk: clean, and as strict as can be after {FIRST_LIVE}")
    return whole and live


def _linted(layout: Layout, revisions: str, excluded: Sequence[str]) -> bool:
    written = _flask(layout, "db", "upgrade", revisions, "--sql")
    if written.returncode != 0:
        print(written.stderr[-4000:])
        return False
    found = lint(written.stdout, excluded)
    print(found[-4000:], end="")
    return not found


def lint(sql: str, excluded: Sequence[str]) -> str:
    """What squawk finds in it; nothing when all is well."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(sql)
        file.flush()
        squawk = Path(sys.executable).parent / "squawk"
        command = [str(squawk), f"--exclude={','.join(excluded)}", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def _openapi(layout: Layout) -> bool:
    program = (
        "from openapi_spec_validator import validate\n"
        "from src.main import app\n"
        "validate(app.test_client().get('/openapi.json').json)\n"
    )
    environ = {"DATABASE_URL": layout.database_url(APP), "SECRET_KEY": SECRET}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False
    )
    print("OpenAPI: valid" if done.returncode == 0 else done.stderr[-4000:])
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
