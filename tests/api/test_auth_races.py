"""Two people, or one twice, at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from src.database import unit_of_work
from src.services import one_time
from tests import factories as make

PASSWORD = "plum-Orchard-71"


def test_of_two_last_owners_who_leave_at_once_one_stays(committed):
    with unit_of_work():
        first = make.make_user("employer", password=PASSWORD)
        second = make.make_user("employer", password=PASSWORD)
        make.make_member(make.make_company(first), second, "owner")
        headers = [make.headers_for(first), make.headers_for(second)]

    def leave(own: dict[str, str]) -> int:
        ask = {"json": {"password": PASSWORD}, "headers": own}
        return committed.test_client().delete("/api/v1/auth/me", **ask).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, headers)) == [204, 409]


def test_an_address_registered_twice_at_once_is_one_account(committed):
    person = {"email": "ada@example.com", "password": PASSWORD, "role": "candidate"}
    person |= {"first_name": "Ada", "last_name": "Lovelace"}

    def register(_: int) -> int:
        client, status = committed.test_client(), 503
        # Who has waited too long for the others is told to come again.
        while status == 503:
            status = client.post("/api/v1/auth/register", json=person).status_code
        return status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(register, range(4))) == [201, 409, 409, 409]


def test_a_mailed_code_used_twice_at_once_works_once(committed):
    with unit_of_work() as work:
        user = make.make_user()
        code = one_time.issue(work, user.id, "reset_password")

    def reset(number: int) -> int:
        ask = {"token": code, "password": f"plum-Orchard-7{number}"}
        return committed.test_client().post("/api/v1/auth/reset-password", json=ask).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(reset, range(2))) == [204, 422]
