"""Internet addresses: as limits count them, and whether this machine itself asks."""

import ipaddress
from collections.abc import Mapping
from typing import Any

# Set by whoever passes a request on: then a peer on loopback is a proxy, not the operator.
_PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
# What one customer of a provider is given at the least.
_CUSTOMER_BITS = 64


def network(address: str) -> str:
    """Who is behind an address: IPv4 as it is, of IPv6 the /64 that one host may take at will.

    What is no address is given back.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((int(read), _CUSTOMER_BITS), strict=False))


def is_from_here(environ: Mapping[str, Any]) -> bool:
    """Whether a peer on loopback asks, and for nobody else."""
    if any(name in environ for name in _PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
