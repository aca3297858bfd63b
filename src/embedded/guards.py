"""What must hold around a start: a port, the data folder to oneself, an answer."""

import fcntl
import http
import http.client
import os
import socket
import time
from typing import IO

from src.embedded.layout import Layout
from src.embedded.process import EmbeddedError
from src.run_file import LOCK_FILE

LOCK_SECONDS = 0.5


def free_port() -> int:
    """A port of the loopback on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, path: str = "/health/ready") -> bool:
    """Whether the application says there that it is well.

    Asked directly: a proxy of the environment knows nothing of this machine's loopback.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class OnlyOne:
    """Holds the data folder: two supervisors over one would end each other's servers.

    The file that it locks holds the pid of who serves: `kill -HUP $(cat var/lock)`.
    """

    def __init__(self, layout: Layout, *, serves: bool) -> None:
        self.path = layout.data_dir / LOCK_FILE
        self.serves = serves
        self.file: IO[str] | None = None

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.path.open("a")
        if not self._is_locked_soon(self.file):
            raise EmbeddedError(
                f"Another instance serves from {self.path.parent}: stop it,"
                " or set TALENTSPHERE_DATA_DIR and PORT."
            )
        self.file.truncate(0)
        if self.serves:
            self.file.write(f"{os.getpid()}\n")
            self.file.flush()

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()

    @staticmethod
    def _is_locked_soon(file: IO[str]) -> bool:
        """Who only asks for the holder (src/run_file.py) has it for a moment, too."""
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(LOCK_SECONDS / 10)
            else:
                return True
