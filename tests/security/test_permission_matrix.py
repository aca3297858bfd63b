"""What is another's is as what nobody has, for every operation, caller and place of an id."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from src.caller import Caller
from tests.contract.operations import OPERATIONS, Operation, over
from tests.security import matrix
from tests.security.matrix import MANY, NAMED, PUBLIC_NAMES, MatrixWorld

TRIES = matrix.tries()
WITH_IDS = [one for one in OPERATIONS if any(tried.operation is one for tried in TRIES)]


@pytest.fixture(scope="module")
def world(world_app: object) -> MatrixWorld:
    """The matrix's own world."""
    return matrix.build()


def leaks(caller: FlaskClient, world: MatrixWorld, operation: Operation) -> list[matrix.Verdict]:
    tries = [tried for tried in TRIES if tried.operation is operation]
    return [verdict for verdict in matrix.verdicts(caller, world, tries) if verdict.leak]


@over(WITH_IDS)
def test_what_is_anothers_is_as_missing_wherever_its_id_stands(
    caller: FlaskClient, world: MatrixWorld, operation: Operation
) -> None:
    assert leaks(caller, world, operation) == []


def test_the_matrix_sees_what_a_missing_check_lets_through(
    caller: FlaskClient, world: MatrixWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Caller, "is_member", lambda self, company_id: True)
    (members,) = [one for one in WITH_IDS if str(one).endswith("/members") and one.verb == "GET"]
    found = leaks(caller, world, members)
    assert {verdict.tried.who for verdict in found} == {
        "owner", "recruiter", "viewer", "owner of another", "another owner's key",
    }  # fmt: skip


def test_no_field_that_names_a_row_is_forgotten() -> None:
    known = {*NAMED, *MANY, *PUBLIC_NAMES}
    fields = {name for one in OPERATIONS for name in (*one.body_fields, *one.parameters)}
    assert {name for name in fields if name.endswith(("_id", "_ids"))} <= known


@pytest.mark.usefixtures("prepared_servers")
def test_the_command_says_how_much_was_tried_and_what_leaked(root: Path) -> None:
    command = [sys.executable, "-m", "scripts.permission_matrix", "--like", "bookmark"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"operations x .* tries, 0 leaks\.", done.stdout)
