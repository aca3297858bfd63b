"""Answering with JSON that may be too large for memory: written into a file, sent in pieces."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response
from werkzeug.wsgi import FileWrapper

from src.routes.responses import encode

# What is shorter never gets to the disk.
HELD_BYTES, CHUNK_BYTES = 128 * 1024, 64 * 1024
Take = Callable[[str, Any], None]


def json_file_answer(fill: Callable[[Take], None], name: str) -> Response:
    """An attachment of that name: an object of what `fill` hands over, by name and value.

    An iterator becomes a list, row by row. The file has no name, and ends with the answer's close.
    """
    with ExitStack() as unless_answered:
        file = unless_answered.enter_context(SpooledTemporaryFile(HELD_BYTES))
        fill(_Members(file).add)
        file.write(b"}")
        size = file.tell()
        file.seek(0)
        if size <= HELD_BYTES:
            response = Response(file.read(), mimetype="application/json")
        else:
            response = Response(mimetype="application/json", direct_passthrough=True)
            response.response, response.content_length = FileWrapper(file, CHUNK_BYTES), size
            unless_answered.pop_all()
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


class _Members:
    """The members of an object, as they are written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._before = file, b"{"

    def add(self, name: str, value: Any) -> None:
        self._file.write(self._before + encode(name) + b":")
        self._before = b","
        if isinstance(value, Iterator):
            self._add_rows(value)
        else:
            self._file.write(encode(value))

    def _add_rows(self, rows: Iterator[Any]) -> None:
        before = b"["
        for row in rows:
            self._file.write(before + encode(row))
            before = b","
        self._file.write(b"[]" if before == b"[" else b"]")
