"""Let nginx and systemd check their files in deploy/: python -m scripts.check_deploy nginx|systemd.

Exit codes: 0 it is accepted, 1 it is not, 2 the program is not installed.
"""

import argparse
import http.client
import http.server
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

from scripts.drills import nginx
from scripts.drills.programs import Missing, program
from scripts.drills.target import Target

DEPLOY = Path(__file__).parents[1] / "deploy"


def main() -> int:
    """The exit code, as above."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m scripts.check_deploy", description=__doc__, formatter_class=layout
    )
    parser.add_argument("what", choices=["nginx", "systemd"])
    check = {"nginx": _nginx, "systemd": _systemd}[parser.parse_args().what]
    try:
        return check()
    except Missing as missing:
        print(f"scripts.check_deploy: {missing}", file=sys.stderr)
        return 2


def _nginx() -> int:
    """Inside a whole configuration, with a certificate made for the occasion; then it is asked."""
    with tempfile.TemporaryDirectory() as folder:
        command = nginx.written(Path(folder), nginx.OURS.read_text())
        if subprocess.run([*command, "-t"], check=False).returncode != 0:
            return 1
    wrong = _of_figures()
    print("\n".join(wrong) or "nginx: accepted, and passes /metrics with a key alone")
    return 1 if wrong else 0


class _Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it was sent."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(bytes(self.headers))

    def log_message(self, *_: object) -> None:
        """Nothing is told of each request."""


def _of_figures() -> list[str]:
    """What is wrong with how /metrics is passed to a service that checks the key by itself."""
    with (
        tempfile.TemporaryDirectory() as folder,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with nginx.before(server.server_port, Path(folder) / "nginx") as proxy:
            without, _ = _asked(proxy, {})
            status, seen = _asked(proxy, {"Authorization": "Bearer key"})
        server.shutdown()
    # By the caller's address the service knows that it is asked from elsewhere.
    expected = ("X-Forwarded-For: 127.0.0.1", "Authorization: Bearer key")
    wrong = [f"/metrics with a key: no {header}" for header in expected if header not in seen]
    if (without, status) != (403, 200):
        wrong.append(f"/metrics: {without} without a key, {status} with one")
    return wrong


def _asked(proxy: Target, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", proxy.port, timeout=10, context=proxy.tls()
    )
    with closing(connection):
        connection.request("GET", "/metrics", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def _systemd() -> int:
    """With what the units start in a place that is there: where it will be is not known here."""
    verify = program("systemd-analyze")
    with tempfile.TemporaryDirectory() as name:
        units = Path(name)
        for unit in sorted((DEPLOY / "systemd").glob("talentsphere*.*")):
            if unit.is_file():
                text = unit.read_text().replace("/srv/talentsphere/.venv/bin/python", "/bin/true")
                (units / unit.name).write_text(text)
        command = [verify, "verify", "--man=no", *sorted(map(str, units.iterdir()))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    # It also tells of the machine's own units.
    ours = [line for line in done.stderr.splitlines() if "talentsphere" in line]
    print("\n".join(ours) or "systemd: accepted")
    return 1 if ours else 0


if __name__ == "__main__":
    raise SystemExit(main())
