"""An address and port as one writes them."""

__all__ = ["place"]


def place(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets; not neutralised."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
