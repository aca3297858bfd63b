"""nginx with our file of deploy/, in a folder and with a certificate of its own."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.drills.programs import program
from scripts.drills.served import CannotDrill, await_true
from scripts.drills.target import Target
from src.embedded import guards, process

OURS = Path(__file__).parents[2] / "deploy" / "nginx" / "talentsphere.conf"
_CERTIFICATE = "/etc/ssl/talentsphere"
_UPSTREAM = "127.0.0.1:8000"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# Each caller takes two, one to each side.
_CONNECTIONS = 8192
START_SECONDS = 15.0


def require() -> None:
    """Raises Missing when what is needed here is not installed."""
    for name in ("nginx", "openssl"):
        program(name)


def written(folder: Path, ours: str) -> list[str]:
    """The command that runs nginx with this text of our file, inside a whole configuration.

    Raises Missing when nginx or openssl is not installed.
    """
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    _make_certificate(folder)
    (folder / "ours.conf").write_text(ours.replace(_CERTIFICATE, str(folder)))
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    # What root starts would work as somebody who may not enter the folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/nginx.pid;\nerror_log stderr;\nworker_processes auto;\n"
        f"worker_rlimit_nofile {2 * _CONNECTIONS};\n"
        f"events {{ worker_connections {_CONNECTIONS}; }}\n"
        f"http {{ access_log off; {places} include {folder}/ours.conf; }}\n"
    )
    return command


@contextmanager
def before(upstream: int, folder: Path) -> Iterator[Target]:
    """Stand before what listens on a port, as our file says but for ports and certificate.

    Raises Missing, and CannotDrill when it does not come up.
    """
    folder.mkdir()
    plain, port = guards.free_port(), guards.free_port()
    changes = {
        _UPSTREAM: f"127.0.0.1:{upstream}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
    }
    # Not every machine has IPv6.
    ours = "\n".join(line for line in OURS.read_text().splitlines() if "listen [::]:" not in line)
    for usual, here in changes.items():
        if usual not in ours:
            raise CannotDrill(f"{OURS} does not say {usual!r} any more")
        ours = ours.replace(usual, here)
    command = written(folder, ours)
    log = folder / "nginx.log"
    with log.open("wb") as output:
        child = process.spawn([*command, "-g", "daemon off;"], output=output)
    try:
        await_true(lambda: _listens(port), START_SECONDS, f"nginx did not listen, see {log}")
        yield Target(port, folder / "fullchain.pem")
    finally:
        process.stop(child, (signal.SIGTERM, 10.0))


def _make_certificate(folder: Path) -> None:
    """Of a day, for the name in our file."""
    pair = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    # As Let's Encrypt gives it where nothing else is asked.
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made = [program("openssl"), "req", "-x509", "-days", "1", "-subj", "/CN=api.example.org"]
    subprocess.run([*made, *key, *pair], check=True, capture_output=True)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
