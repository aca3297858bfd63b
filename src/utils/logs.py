"""Logs: one JSON object a line on standard error, whoever speaks, tracebacks included."""

import io
import logging
import os
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

import structlog

_STANDARD_ERROR = 2
_STAMPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_RENDER: list[Any] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(),
]


def configure(level: str) -> None:
    """Let everything that this process logs be JSON; logging never raises into a request.

    Libraries speak from WARNING on: what they do is not what we do.
    """
    logging.raiseExceptions = False
    structlog.configure(
        processors=[*_STAMPS, *_RENDER],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=_Line,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _LineHandler) for handler in root.handlers):
        root.addHandler(_LineHandler())
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.captureWarnings(True)


def know(**values: object) -> None:
    """What is known of who asks: said by each line from here to the end of the request."""
    structlog.contextvars.bind_contextvars(**values)


def catch_strays() -> None:
    """Log what nobody caught, of this process and its threads, and what is merely printed."""
    log = structlog.get_logger("crash")

    def crashed(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        log.critical("uncaught_exception", exc_info=(kind, error, trace))

    def thread_crashed(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            name = arguments.thread.name if arguments.thread else None
            triple: tuple[type[BaseException], BaseException, TracebackType | None]
            triple = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
            log.critical("uncaught_exception", thread=name, exc_info=triple)

    sys.excepthook = crashed
    threading.excepthook = thread_crashed
    sys.stderr = _Printed()


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """The same JSON for records of the standard library."""

    def __init__(self) -> None:
        super().__init__(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDER],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_STAMPS],
        )


class _LineHandler(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            _write(self.format(record))


class _Line:
    """The end of structlog's chain."""

    def __init__(self, *_: Any) -> None:
        """structlog hands on the names that loggers are asked for by."""

    def msg(self, message: str) -> None:
        _write(message)

    debug = info = warning = error = critical = exception = msg


class _Printed(io.TextIOBase):
    """In the place of standard error: what is printed there becomes lines of the log."""

    def __init__(self) -> None:
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(None, lines):
            structlog.get_logger("printed").warning("printed", text=line)
        return len(text)

    def fileno(self) -> int:
        return _STANDARD_ERROR


def _write(line: str) -> None:
    """One call a line, so that the lines of several processes do not mix.

    A full disk or a closed terminal loses the line, not the request.
    """
    with suppress(OSError):
        os.write(_STANDARD_ERROR, line.encode(errors="replace") + b"\n")
