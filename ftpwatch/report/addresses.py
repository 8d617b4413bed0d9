"""IP addresses in text, in the forms that FTP writes them; pure."""

import ipaddress
import re
from typing import Final

__all__ = ["IN_TEXT", "canonical", "host_of", "is_address"]

_V4: Final = r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"
# PASV and PORT (RFC 959 §4.1.2): four numbers of the address, two of the port.
_COMMAS: Final = r"(?<![\w,])(?:\d{1,3},){3}\d{1,3}(?=,\d{1,3},\d{1,3}(?![\w,]))"
_V6: Final = r"(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:.]{2,45}(?:%[\w.-]+)?(?![\w:])"
IN_TEXT: Final = f"{_V4}|{_COMMAS}|{_V6}"
_QUAD: Final = re.compile(r"(\d{1,3})[.,](\d{1,3})[.,](\d{1,3})[.,](\d{1,3})")
_LARGEST: Final = 255


def canonical(text: str) -> str | None:
    """The address that `text` is, as one spelling of it; None where it is none."""
    text = text.strip("[]")
    if match := _QUAD.fullmatch(text):
        numbers = [int(number) for number in match.groups()]
        return ".".join(map(str, numbers)) if max(numbers) <= _LARGEST else None
    if ":" not in text:
        return None
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def is_address(host: str) -> bool:
    """It is an address and no name."""
    return canonical(host) is not None


def host_of(place: str) -> str:
    """The host of `host:port`."""
    return place.rpartition(":")[0].strip("[]")
