"""Background tasks; importing this registers them all."""

from src.tasks import account, alert, cache, clockwork, feed
from src.tasks.app import bind, queue

__all__ = ["account", "alert", "bind", "cache", "clockwork", "feed", "queue"]
