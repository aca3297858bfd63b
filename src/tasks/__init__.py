"""Background tasks; importing this registers them all."""

from src.tasks import account, cache, clockwork
from src.tasks.app import bind, queue

__all__ = ["account", "bind", "cache", "clockwork", "queue"]
