"""The files in deploy/ are accepted by the programs that read them, where those are installed."""

import http.client
import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scripts.drills import nginx
from scripts.drills.programs import PACKAGES, Missing
from scripts.drills.target import Target


@pytest.mark.parametrize(("what", "program"), [("nginx", "nginx"), ("systemd", "systemd-analyze")])
def test_the_program_accepts_its_files_or_the_package_is_named(
    root: Path, what: str, program: str
) -> None:
    command = [sys.executable, "-m", "scripts.check_deploy", what]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    is_here = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    assert done.returncode == (0 if is_here else 2), done.stdout + done.stderr
    assert is_here or f"apt-get install {PACKAGES[program]}" in done.stderr


def test_the_proxy_waits_longer_than_the_service_and_takes_what_it_takes(root: Path) -> None:
    proxy = (root / "deploy" / "nginx" / "talentsphere.conf").read_text()
    settings = (root / "gunicorn.conf.py").read_text()
    assert "timeout = 40\n" in settings
    assert "proxy_read_timeout 45s;" in proxy
    assert "client_max_body_size 16m;" in proxy


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it was sent."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(bytes(self.headers))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Target]:
    """nginx with our file before a server that echoes."""
    try:
        nginx.require()
    except Missing as missing:
        pytest.skip(str(missing))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with nginx.before(server.server_port, tmp_path / "nginx") as target:
            yield target
        server.shutdown()


def asked(proxy: Target, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", proxy.port, timeout=10, context=proxy.tls()
    )
    with closing(connection):
        connection.request("GET", "/metrics", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_figures_pass_the_proxy_with_a_key_alone_which_the_service_checks(proxy: Target) -> None:
    assert asked(proxy, {})[0] == 403
    status, seen = asked(proxy, {"Authorization": "Bearer key"})
    assert status == 200
    # By these the service knows that the caller is not on its own machine.
    assert "X-Forwarded-For: 127.0.0.1" in seen
    assert "Authorization: Bearer key" in seen
