"""Let nginx and systemd check their files in deploy/: python -m scripts.check_deploy nginx|systemd.

Exit codes: 0 it is accepted, 1 it is not, 2 the program is not installed.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DEPLOY = Path(__file__).parents[1] / "deploy"
# The program, and the Debian package it comes in.
PACKAGES = {"nginx": "nginx", "openssl": "openssl", "systemd-analyze": "systemd"}
# Debian keeps it where only root's PATH leads.
_PLACES = "/usr/sbin:/usr/local/sbin:/sbin"
_CERTIFICATE = "/etc/ssl/talentsphere"


class Missing(Exception):
    """A program that is not installed."""


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


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=_PLACES)
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install {PACKAGES[name]}")
    return found


def _nginx() -> int:
    """Inside a whole configuration, with a certificate made for the occasion."""
    nginx, openssl = _program("nginx"), _program("openssl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
        made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        subprocess.run(
            [*made, "-subj", "/CN=api.example.org", *pair], check=True, capture_output=True
        )
        ours = (DEPLOY / "nginx" / "talentsphere.conf").read_text()
        (folder / "ours.conf").write_text(ours.replace(_CERTIFICATE, str(folder)))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"pid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{ access_log off; {places} include {folder}/ours.conf; }}\n"
        )
        command = [nginx, "-t", "-p", name, "-c", f"{name}/nginx.conf"]
        return 0 if subprocess.run(command, check=False).returncode == 0 else 1


def _systemd() -> int:
    """With what the units start in a place that is there: where it will be is not known here."""
    program = _program("systemd-analyze")
    with tempfile.TemporaryDirectory() as name:
        units = Path(name)
        for unit in sorted((DEPLOY / "systemd").glob("talentsphere*.*")):
            if unit.is_file():
                text = unit.read_text().replace("/srv/talentsphere/.venv/bin/python", "/bin/true")
                (units / unit.name).write_text(text)
        command = [program, "verify", "--man=no", *sorted(map(str, units.iterdir()))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    # It also tells of the machine's own units.
    ours = [line for line in done.stderr.splitlines() if "talentsphere" in line]
    print("\n".join(ours) or "systemd: accepted")
    return 1 if ours else 0


if __name__ == "__main__":
    raise SystemExit(main())
