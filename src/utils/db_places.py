"""Where a database server stands, and whether it gives a sign of life there."""

import os
import socket
import struct
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from sqlalchemy import URL

SIGN_SECONDS = 0.5
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
Place = tuple[int, Any]
"""The family of a socket, and its address."""


def peer(connection: Any) -> Place | None:
    """Where the server of a connection stands, as its socket knows it."""
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            if line.family != socket.AF_UNIX:
                return line.family, line.getpeername()
            # A server in a container knows its socket by another path.
            return line.family, _unix(connection.info.host, connection.info.port)
    except (OSError, psycopg2.Error):
        return None


def _unix(folder: str, port: int) -> str:
    return f"{folder}/.s.PGSQL.{port}"


def cut(connection: Any) -> bool:
    """Shut its socket down, of which the driver that waits in it is told; False if it is closed."""
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    except (OSError, psycopg2.Error):
        return False
    return True


def gives_sign(places: list[Place]) -> bool:
    """Whether some server there answers the smallest question there is."""
    return any(_answers(family, address) for family, address in places)


def _answers(family: int, address: Any) -> bool:
    try:
        with socket.socket(family) as line:
            line.settimeout(SIGN_SECONDS)
            line.connect(address)
            line.sendall(_SSL_REQUEST)
            return line.recv(1) in (b"S", b"N", b"E")
    except OSError:
        return False


def addresses(url: "URL") -> list[Place]:
    """The sockets that the driver would connect to; none of a name that nobody knows now."""
    found: list[Place] = []
    for host, port in _places(url):
        if host.startswith("/"):
            found.append((socket.AF_UNIX, _unix(host, port)))
            continue
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        found += [(family, address[:2]) for family, _, _, _, address in known]
    return found


def _places(url: "URL") -> list[tuple[str, int]]:
    """Hosts with their ports: one for all, one for each, or behind each host's name."""
    hosts = _listed(url.query.get("host")) or [url.host or "/var/run/postgresql"]
    ports = _listed(url.query.get("port")) or [str(url.port or 5432)]
    places = []
    for number, host in enumerate(hosts):
        name, colon, own = host.rpartition(":")
        # An address of IPv6 has colons of its own.
        if not colon or host.startswith("/") or ":" in name:
            name, own = host, ports[number if len(ports) == len(hosts) else 0]
        places.append((name, int(own or 5432)))
    return places


def _listed(given: tuple[str, ...] | str | None) -> list[str]:
    parts = given if isinstance(given, tuple) else (given or "").split(",")
    return [part for part in parts if part]
