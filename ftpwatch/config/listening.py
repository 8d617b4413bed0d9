"""Where to listen, as it is written: `ADDR:PORT`, `:PORT`, `PORT`. Loopback unless another address
is written out.
"""

import re
from typing import Final

from ftpwatch.config.errors import ConfigError

__all__ = ["parse_listening"]

LOOPBACK: Final = "127.0.0.1"
_WRITTEN: Final = re.compile(
    r"(?:(?:\[([0-9A-Fa-f:.]+)\]|([^\s:\[\]/@]*)):)?([0-9]{1,5})", re.ASCII
)
_HIGHEST: Final = 65_535


def parse_listening(text: str, option: str) -> tuple[str, int]:
    """Address and port in `text`; port 0 is any that is free. Raises ConfigError that names the
    `option`.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None or int(match[3]) > _HIGHEST:
        raise ConfigError(
            f"{option} {text[:100]!r} is not an address to listen at; write a port, :PORT (both on "
            f"loopback), ADDRESS:PORT or [IPv6]:PORT, with a port up to {_HIGHEST}"
        )
    return match[1] or match[2] or LOOPBACK, int(match[3])
