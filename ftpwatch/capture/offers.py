"""Where data connections are to come: what PASV and EPSV are answered with, and what PORT and EPRT
say.
"""

import re
from typing import Final

from ftpwatch.capture.flow import End, Flow

__all__ = ["Offers"]

_PASSIVE: Final = re.compile(rb"227[ -].*?(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)")
_EXTENDED: Final = re.compile(rb"229[ -].*?\(.\|?\|?\|?(\d+)\|?.?\)")
_ACTIVE: Final = re.compile(rb"(?i)PORT +(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)")
_EXTENDED_ACTIVE: Final = re.compile(rb"(?i)EPRT +.\d.([0-9a-fA-F.:]+).(\d+).")
_AT_MOST: Final = 20_000
_DIGITS: Final = 6


class Offers:
    """Ends that were named on control connections, the newest of each."""

    def __init__(self) -> None:
        self._expected: dict[End, Flow] = {}

    def take(self, end: End) -> Flow | None:
        """The control connection that named `end`, once."""
        return self._expected.pop(end, None)

    def server_said(self, flow: Flow, data: bytes) -> None:
        """An answer on the control connection `flow`."""
        if (match := _PASSIVE.search(data)) is not None:
            address, port = _end(match)
            self._expect((address, port), flow)
            self._expect((flow.server[0], port), flow)  # NAT changes the one or the other
        elif (match := _EXTENDED.search(data)) is not None:
            self._expect((flow.server[0], int(match[1][:_DIGITS])), flow)

    def client_said(self, flow: Flow, data: bytes) -> None:
        """A command on the control connection `flow`."""
        if (match := _ACTIVE.match(data)) is not None:
            self._expect(_end(match), flow)
        elif (match := _EXTENDED_ACTIVE.match(data)) is not None:
            self._expect((match[1].decode(), int(match[2][:_DIGITS])), flow)

    def _expect(self, end: End, flow: Flow) -> None:
        self._expected[end] = flow
        while len(self._expected) > _AT_MOST:
            del self._expected[next(iter(self._expected))]


def _end(match: re.Match[bytes]) -> End:
    """h1,h2,h3,h4,p1,p2 of RFC 959 §4.1.2."""
    numbers = [int(group[:_DIGITS]) for group in match.groups()]
    return ".".join(str(number) for number in numbers[:4]), numbers[4] * 256 + numbers[5]
