"""A backend whose process is killed in the midst of a request, at the moment that a test orders."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from flask import has_request_context
from sqlalchemy import Engine, event

from src.database import db
from src.utils.cache_backend import TokenCache

# Between a commit, and its bump and answer.
COMMITTED = "committed"


def order(data_dir: Path, moment: str) -> None:
    """Order one death on a host: COMMITTED, or once a statement is executed that begins so."""
    _file(data_dir).write_text(moment)


class DyingCache(TokenCache):
    """The real backend, in a process that dies when it is its turn."""

    @classmethod
    def factory(cls, *given: Any) -> Self:
        event.listen(Engine, "after_cursor_execute", _executed)
        event.listen(db.session, "after_commit", lambda _: _die_at(COMMITTED))
        return super().factory(*given)


def _executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    _die_at(statement.lstrip())


def _die_at(moment: str) -> None:
    """Take the order away and die, if it is for this moment."""
    file = _file(Path(os.environ["TALENTSPHERE_DATA_DIR"]))
    # There is none, or another is faster.
    with suppress(FileNotFoundError):
        ordered = file.read_text()
        if has_request_context() and ordered and moment.startswith(ordered):
            file.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


def _file(data_dir: Path) -> Path:
    return data_dir / "die"
