"""A backend whose process is killed between a commit and its bump, when a test asks for it."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from src.utils.cache_backend import TokenCache


def order(data_dir: Path) -> Path:
    """The file that orders one death on a host; who dies takes it away."""
    return data_dir / "die"


class DyingCache(TokenCache):
    """The real backend, until it is its turn."""

    def deliver(self, tags: Iterable[str]) -> bool:
        wanted = order(Path(os.environ["TALENTSPHERE_DATA_DIR"]))
        if wanted.exists():
            wanted.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().deliver(tags)
