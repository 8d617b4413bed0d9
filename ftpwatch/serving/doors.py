"""Who may look: browsers on this machine, by the address that is theirs to open.

A name that leads to loopback may be anybody's (DNS rebinding), and any page may open a WebSocket to
us: Host and Origin tell.
"""

import re
from ipaddress import ip_address
from typing import Final

from ftpwatch.core.errors import UserError

__all__ = ["NotLoopback", "is_own_host", "is_own_origin", "must_be_loopback"]

_OWN: Final = re.compile(
    r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE
)


class NotLoopback(UserError):
    """An address that other machines reach."""


def must_be_loopback(address: str, port: int) -> None:
    """Raises NotLoopback for an address that others can reach: whoever opens it sees everything."""
    try:
        is_loopback = address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise NotLoopback(
            f"--listen {address[:100]!r} is no loopback address: there is no password, only this "
            f"machine may look; ssh -L {port or 8000}:127.0.0.1:{port or 8000} leads to it from "
            "another"
        )


def is_own_host(hosts: list[str]) -> bool:
    """The Host header, which comes once, names loopback by its address or as localhost (RFC 9110,
    §7.2).
    """
    return len(hosts) == 1 and _OWN.fullmatch(hosts[0]) is not None


def is_own_origin(origins: list[str], host: str) -> bool:
    """No Origin, as a program may send it, or that of our own page at `host` (RFC 6454, §7)."""
    return not origins or [origin.lower() for origin in origins] == [f"http://{host.lower()}"]
