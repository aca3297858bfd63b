"""Background tasks; importing this registers them all."""

from src.tasks import account, alert, clockwork, feed
from src.tasks.app import bind, queue

__all__ = ["account", "alert", "bind", "clockwork", "feed", "queue"]
