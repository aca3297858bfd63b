"""Let nginx and systemd check their files in deploy/: python -m scripts.check_deploy nginx|systemd.

Exit codes: 0 it is accepted, 1 it is not, 2 the program is not installed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.drills import nginx
from scripts.drills.programs import Missing, program

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
    """Inside a whole configuration, with a certificate made for the occasion."""
    with tempfile.TemporaryDirectory() as folder:
        command = nginx.written(Path(folder), nginx.OURS.read_text())
        return 0 if subprocess.run([*command, "-t"], check=False).returncode == 0 else 1


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
