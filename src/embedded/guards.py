"""What must hold around a start: a usable port, the data folder to oneself, an answer."""

import fcntl
import http.client
import socket
from collections.abc import Mapping
from typing import IO

from src.embedded.layout import Layout
from src.embedded.process import EmbeddedError


def port(environ: Mapping[str, str]) -> int:
    """The port to serve on. Raises EmbeddedError."""
    raw = environ.get("PORT") or "8000"
    if not raw.isdecimal() or not 1 <= int(raw) <= 65535:
        raise EmbeddedError("PORT must be a whole number from 1 to 65535.")
    return int(raw)


def free_port() -> int:
    """A port of the loopback on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether the application answers there, be it that it does not serve this host name.

    Asked directly: a proxy of the environment knows nothing of this machine's loopback.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def require_free(port: int) -> None:
    """Raises EmbeddedError when somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} cannot be used ({error.strerror}): set PORT to another one."
            ) from None


class OnlyOne:
    """Holds the data folder: two supervisors over one would end each other's servers."""

    def __init__(self, layout: Layout) -> None:
        self.path = layout.data_dir / "lock"
        self.file: IO[str] | None = None

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.path.open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EmbeddedError(
                f"Another instance serves from {self.path.parent}: stop it,"
                " or set TALENTSPHERE_DATA_DIR and PORT."
            ) from None

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()
