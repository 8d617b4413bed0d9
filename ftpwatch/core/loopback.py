"""Hosts that are this machine: nobody else hears what is said to them."""

__all__ = ["is_loopback"]


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine by its name."""
    return host == "localhost" or host.startswith("127.") or host == "::1"
