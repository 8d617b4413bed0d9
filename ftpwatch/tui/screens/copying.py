"""A text copied: sent to the terminal by OSC 52, which tells nobody whether it took it, and put
where it can be found in any case. Where it went is said.
"""

import asyncio
from collections.abc import Callable

from textual.screen import Screen

from ftpwatch.core.text.neutral import visible

__all__ = ["Copying"]


class Copying:
    """`copy` puts a text elsewhere too and says where; None where nobody does."""

    def __init__(self, screen: Screen[None], copy: Callable[[str], str] | None) -> None:
        self._screen, self._copy = screen, copy

    def copy(self, what: str, text: str) -> None:
        """Copy `text`, which is `what`."""
        self._screen.app.copy_to_clipboard(text)
        self._screen.run_worker(self._tell(what, text), exit_on_error=False)

    async def _tell(self, what: str, text: str) -> None:
        sentence = f"{what}: sent to the terminal (OSC 52), if it takes that"
        if self._copy is not None:
            sentence = f"{sentence}; {await asyncio.to_thread(self._copy, text)}"
        self._screen.notify(visible(sentence), markup=False, timeout=5)
