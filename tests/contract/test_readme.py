"""The README's first conversation, run as it is printed."""

import os
import re
import subprocess
from pathlib import Path

from tests.served import Instance


def test_the_first_conversation_goes_as_printed(instance: Instance, root: Path) -> None:
    _, _, port = instance
    [script] = re.findall(
        r"^```bash\n(.*?)^```$", (root / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    environ = {"API": f"http://127.0.0.1:{port}/api/v1", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environ, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    published, title, shortlisted, count = done.stdout.splitlines()
    assert (published, shortlisted, count) == ("published", "shortlisted", "1")
    assert re.fullmatch(r"Night nurse \d+", title)
