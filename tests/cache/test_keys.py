"""Equal requests share an answer, and nobody is given another's."""

import pytest
from flask.testing import FlaskClient

from tests.factories import headers_for, make_company, make_user


@pytest.mark.parametrize("spelling", ["{}", "0{}", "000{}"])
def test_a_company_is_fresh_however_its_id_is_written(client: FlaskClient, spelling: str) -> None:
    owner = make_user("employer")
    company = make_company(owner)
    path = f"/api/v1/companies/{spelling.format(company.id)}"
    assert client.get(path).get_json()["name"] == company.name
    changed = client.patch(
        f"/api/v1/companies/{company.id}", json={"name": "Renamed"}, headers=headers_for(owner)
    )
    assert changed.status_code == 200
    assert client.get(path).get_json()["name"] == "Renamed"
