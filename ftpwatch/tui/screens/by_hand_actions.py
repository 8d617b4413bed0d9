"""One command by hand: typed, asked about where it may do harm, sent.

What carries a password is not remembered.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from textual.screen import Screen

from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.ftp.by_hand import Typed
from ftpwatch.core.ftp.command import Command, Secret
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.dialogs.ask import Confirm
from ftpwatch.tui.dialogs.command_line import CommandLine
from ftpwatch.tui.keys import keys_on

__all__ = ["ByHandActions"]

REMEMBERED: Final = 100


class ByHandActions:
    """For the session that keys act on when the key is pressed: `acted_on`."""

    def __init__(
        self,
        screen: Screen[None],
        controls: Controls,
        acted_on: Callable[[], SessionState | None],
    ) -> None:
        self._screen, self._controls, self._acted_on = screen, controls, acted_on
        self._sent: deque[str] = deque(maxlen=REMEMBERED)

    def ask(self) -> None:
        """For a command; why there can be none is said at once."""
        session, keys = self._acted_on(), keys_on(self._screen.app)
        if (why := self._controls.why_not) is not None:
            self._say(why)
        elif session is None:
            self._say(f"no session yet: press {keys.first('add')} to add one")
        elif not session.is_connected:
            self._say(f"{session.name} is not connected: {keys.first('reconnect')} reconnects")
        else:
            name = session.name

            def answer(typed: Typed | None) -> None:
                if typed is not None:
                    self._send_or_ask(name, typed)

            self._screen.app.push_screen(CommandLine(name, self._sent), answer)

    def _send_or_ask(self, session: str, typed: Typed) -> None:
        if typed.doubt is None:
            self._send(session, typed.command)
            return

        def answer(sure: bool | None) -> None:
            if sure:
                self._send(session, typed.command)

        question = f"Send {typed.command} to {session}?\n{typed.doubt[0].upper()}{typed.doubt[1:]}."
        self._screen.app.push_screen(Confirm(_each_line(question)), answer)

    def _send(self, session: str, command: Command) -> None:
        if not isinstance(command.argument, Secret):
            self._remember(str(command))
        try:
            self._controls.send(session, command, self._say)
        except Refused as refused:
            self._say(str(refused))
        else:
            self._say(f"{session}: {command} {self._when(session)}")

    def _when(self, session: str) -> str:
        acted_on = self._acted_on()
        known = acted_on if acted_on is not None and acted_on.name == session else None
        facts = known.connection if known is not None else None
        owed = facts.owing if facts is not None else None
        return "is sent" if owed is None else f"waits for the reply to {owed.verb}"

    def _remember(self, line: str) -> None:
        """As the newest, once."""
        if line in self._sent:
            self._sent.remove(line)
        self._sent.append(line)

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)


def _each_line(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))
