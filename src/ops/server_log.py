"""Gunicorn's own messages in the service's form: one JSON object a line."""

from typing import Any

from gunicorn.glogging import Logger

from src.utils.logs import JsonFormatter


class JsonLogger(Logger):  # type: ignore[misc]
    """A setting of Gunicorn names this class; a `logconfig` would switch its access log on."""

    def _set_handler(self, log: Any, output: Any, _fmt: Any, stream: Any = None) -> None:
        super()._set_handler(log, output, JsonFormatter(), stream)
