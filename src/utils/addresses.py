"""Internet addresses as limits count them."""

import ipaddress

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
