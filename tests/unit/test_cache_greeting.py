"""A cache server that nobody has met: its old tokens are replaced before it counts as met."""

from typing import Any

import pytest

from src.utils.cache_backend import _greet
from src.utils.cache_mint import Mint


class Server(dict[str, Any]):
    """What a server holds, and after how many commands it hangs."""

    patience = 99

    def ask(self, command: str, key: str, *values: Any) -> Any:
        self.patience -= 1
        if self.patience < 0:
            raise TimeoutError
        if command == "EXISTS":
            return int(key in self)
        self[key] = values[0]
        return "OK"


@pytest.mark.parametrize("patience", [0, 1])
def test_who_is_cut_off_while_greeting_leaves_it_to_the_next(patience: int) -> None:
    server, mint = Server({"t:all": "old"}), Mint(b"secret")
    server.patience = patience
    with pytest.raises(TimeoutError):
        _greet(mint, "run", server.ask)
    server.patience = 99
    _greet(mint, "run", server.ask)
    renewed = server["t:all"]
    assert renewed != "old"
    _greet(mint, "run", server.ask)
    assert server["t:all"] == renewed
