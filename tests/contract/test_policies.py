import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from src import main, routes
from src.config import Config


def test_a_route_without_a_policy_stops_the_start(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = Blueprint("careless", __name__)
    careless.get("/careless")(lambda: "open to all")
    monkeypatch.setattr(main, "blueprints", (*routes.blueprints, careless))
    with pytest.raises(RuntimeError, match="/careless"):
        main.create_app(config)


def test_every_protected_route_turns_strangers_away(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].__dict__["policy"].is_public:
            continue
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<int:{name}>", "1").replace(f"<{name}>", "x")
        for verb in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=verb)
            assert answer.status_code == 401, (verb, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_role_that_a_route_names_exists(app: Flask) -> None:
    words = {"public", "signed_in", "candidate", "employer", "admin"}
    for rule in app.url_map.iter_rules():
        policy = app.view_functions[rule.endpoint].__dict__["policy"]
        assert policy.access, rule.rule
        assert set(policy.access) <= words, rule.rule
