"""Makes what came from outside fit to be shown to others: passwords masked, names left out where
that is wished, what a terminal or a browser would obey made visible, and no text without an end.
"""

from typing import Final, Protocol

from msgspec.structs import replace

from ftpwatch.core.ftp.command import without_passwords
from ftpwatch.core.state.explanation import Advice, Alternative, Explanation
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.report.names import Names
from ftpwatch.report.redaction import Redactor

__all__ = ["Cleaner", "Cleaning", "Gathering", "clean_explanation"]

_LONGEST_LINE: Final = 400
_LONGEST_READ: Final = 8_192


class Cleaner(Protocol):
    """Cleans text: `wire` came from outside, `prose` is ours and quotes it, `ours` is ours."""

    def wire(self, text: str) -> str: ...

    def prose(self, text: str) -> str: ...

    def ours(self, text: str) -> str: ...


class Gathering:
    """Cleans nothing, and keeps what it was asked to clean: a Redactor wants to know it first."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def wire(self, text: str) -> str:
        self._texts[text] = None
        return text

    prose = ours = wire

    @property
    def corpus(self) -> str:
        """All of it."""
        return "\n".join(self._texts)


class Cleaning:
    """Cleans, and leaves out the `names` that stand in `corpus`."""

    def __init__(self, names: Names | None = None, corpus: str = "") -> None:
        self._redactor = Redactor(names or Names(), corpus)

    def wire(self, text: str) -> str:
        return _shown(self._redactor.wire(_masked(text)))

    def prose(self, text: str) -> str:
        return _shown(self._redactor.prose(_masked(text)))

    def ours(self, text: str) -> str:
        return _shown(self._redactor.ours(_masked(text)))


def _masked(text: str) -> str:
    return without_passwords(text[:_LONGEST_READ])


def _shown(text: str) -> str:
    return shortened(visible(text.strip()), _LONGEST_LINE)


def clean_explanation(why: Explanation, clean: Cleaner) -> Explanation:
    """`why`, with all in it that may hold words from outside cleaned; the rest is knowledge."""
    return replace(
        why,
        heading=clean.wire(why.heading),
        evidence=tuple(map(clean.prose, why.evidence)),
        against=tuple(map(clean.prose, why.against)),
        alternatives=tuple(
            Alternative(other.cause, other.confidence, tuple(map(clean.prose, other.against)))
            for other in why.alternatives
        ),
        advice=Advice(
            tuple(map(clean.ours, why.advice.client)), tuple(map(clean.ours, why.advice.server))
        ),
    )
