"""What the cache server says of itself."""

from contextlib import closing
from typing import Any

from redis.exceptions import RedisError

from src.utils import redis_client

# As INFO names them, and as they are reported.
_NAMES = {
    "used_memory": "used_memory_bytes", "maxmemory": "max_memory_bytes",
    "maxmemory_policy": "eviction_policy", "evicted_keys": "evicted_keys",
    "expired_keys": "expired_keys", "connected_clients": "connected_clients",
    "total_commands_processed": "commands", "keyspace_hits": "found_keys",
    "keyspace_misses": "missing_keys", "uptime_in_seconds": "uptime_seconds",
}  # fmt: skip


class CacheSilent(Exception):
    """The cache server gave no answer in time; the message says how it failed."""


def figures(url: str) -> dict[str, Any]:
    """Its memory, evictions, clients and work since its start, by one INFO.

    Raises CacheSilent.
    """
    try:
        with closing(redis_client.connect(url)) as client:
            # Named sections are taken one at a time by servers before 7.
            told: dict[str, Any] = client.info()
    except (RedisError, OSError, ValueError) as error:
        raise CacheSilent(str(error)[:160] or type(error).__name__) from error
    version = told.get("valkey_version") or told.get("redis_version") or "unknown"
    kind = "Valkey" if "valkey_version" in told else "Redis"
    return {"version": f"{kind} {version}"} | {
        name: told.get(given) for given, name in _NAMES.items()
    }
