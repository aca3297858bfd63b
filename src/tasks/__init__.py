"""Background tasks; importing this registers them all."""

from src.tasks import account, clockwork
from src.tasks.app import bind, queue

__all__ = ["account", "bind", "clockwork", "queue"]
