"""Removing from the cache what nobody may read any more."""

from src.tasks.app import RETRY, task
from src.utils import cache


@task("cache.forget_private", retry=RETRY)
def forget_private() -> None:
    """Remove the private answers, after an account was erased."""
    cache.forget_private()
