"""The listening socket, held by the parent: what serves behind it comes and goes, callers wait."""

import os
import socket
from collections.abc import MutableMapping

from src.embedded.process import EmbeddedError

# As many callers as Gunicorn lets wait by itself; the kernel cuts it to net.core.somaxconn.
BACKLOG = 2048
# The number under which a Gunicorn finds it (gunicorn.conf.py).
HELD = "TALENTSPHERE_LISTENER"
_FIRST_HANDED_OVER = 3


class Listener:
    """A port that is ours; callers are refused until `listen`, and wait from then on."""

    def __init__(self, held: socket.socket) -> None:
        held.set_inheritable(False)
        self._held = held
        self.port = int(held.getsockname()[1])
        self.descriptor = held.fileno()

    def listen(self) -> None:
        """Let callers come. Raises EmbeddedError when another one listens already."""
        try:
            self._held.listen(BACKLOG)
        except OSError as error:
            raise _unusable(self.port, error) from None

    def close(self) -> None:
        """Nobody comes any more once those who accept have ended too."""
        self._held.close()


def bind(environ: MutableMapping[str, str], address: str, port: int) -> Listener:
    """The socket that a service manager handed over, or one bound to `address` and `port`.

    Raises EmbeddedError when it cannot be had.
    """
    return Listener(_handed_over(environ) or _bound(address, port))


def _bound(address: str, port: int) -> socket.socket:
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # What the last instance answered lingers on the port for a minute.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((address, port))
    except OSError as error:
        held.close()
        raise _unusable(port, error) from None
    return held


def _handed_over(environ: MutableMapping[str, str]) -> socket.socket | None:
    """By systemd's protocol: it begins at number 3, and names whom it is for."""
    number, meant = environ.pop("LISTEN_FDS", ""), environ.pop("LISTEN_PID", "")
    if meant != str(os.getpid()) or not number:
        return None
    held = socket.socket(fileno=_FIRST_HANDED_OVER)
    if number != "1" or held.family not in (socket.AF_INET, socket.AF_INET6):
        raise EmbeddedError("LISTEN_FDS must hand over one TCP socket.")
    return held


def _unusable(port: int, error: OSError) -> EmbeddedError:
    return EmbeddedError(f"Port {port} cannot be used ({error.strerror}): set PORT to another one.")
