"""Who may call what, for every route there is: a new route is covered by being one."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.operations import PROTECTED, Operation, over, told
from tests.contract.world import MISSING, World

ROLES = {"candidate": "candidate", "owner": "employer", "admin": "admin"}
SIGNED_IN = ("signed_in",)


def refused(*callers: str) -> pytest.MarkDecorator:
    """Each protected operation with those of the callers whose role it does not take."""
    pairs = [
        pytest.param(operation, who, id=f"{operation} by {who}")
        for operation in PROTECTED
        for who in callers
        if operation.policy.access != SIGNED_IN and not operation.takes(ROLES[who])
    ]
    return pytest.mark.parametrize(("operation", "who"), pairs)


def assert_refused_unseen(
    caller: FlaskClient, operation: Operation, headers: dict[str, str], world: World, status: int
) -> None:
    """The same refusal whatever is named and sent: nothing was looked at."""
    tries: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
        (world.ids, operation.body()), (MISSING, operation.body()),
        (world.ids, {"nonsense": 1}), (MISSING, None),
    ]  # fmt: skip
    answers = [operation.call(caller, headers, ids, body) for ids, body in tries]
    assert {answer.status_code for answer in answers} == {status}
    assert all(told(answer) == told(answers[0]) for answer in answers)


@over(PROTECTED)
def test_strangers_must_sign_in(caller: FlaskClient, world: World, operation: Operation) -> None:
    assert_refused_unseen(caller, operation, {}, world, 401)


@refused("candidate", "owner", "admin")
def test_the_wrong_role_is_refused_before_anything_is_looked_at(
    caller: FlaskClient, world: World, operation: Operation, who: str
) -> None:
    assert_refused_unseen(caller, operation, world.headers[who], world, 403)


@over(PROTECTED)
def test_a_key_without_the_scope_is_refused_before_anything_is_looked_at(
    caller: FlaskClient, world: World, operation: Operation
) -> None:
    role = "employer" if operation.policy.access == SIGNED_IN else operation.policy.access[0]
    headers = world.headers[f"{role}'s key without scope"]
    assert_refused_unseen(caller, operation, headers, world, 403)
