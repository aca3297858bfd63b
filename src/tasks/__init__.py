"""Background tasks; importing this registers them all."""

from src.tasks import account, clockwork, feed
from src.tasks.app import bind, queue

__all__ = ["account", "bind", "clockwork", "feed", "queue"]
