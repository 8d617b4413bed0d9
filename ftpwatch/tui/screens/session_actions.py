"""What the user wishes of sessions: asks where that is needed, then hands it to Controls.

A wish that is refused becomes a notification with the reason.
"""

from collections.abc import Callable

from textual.screen import Screen

from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.ftp.keep_alive_policy import longer, shorter
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.durations import parse_interval
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.dialogs.ask import AddSession, Ask, Confirm, NewSession
from ftpwatch.tui.keys import keys_on

__all__ = ["SessionActions"]


class SessionActions:
    """Each method is a wish that a key names, about the session that is `selected`, or that the
    panel has `explained`.
    """

    def __init__(
        self,
        screen: Screen[None],
        controls: Controls,
        selected: Callable[[], SessionState | None],
        explained: Callable[[], SessionState | None],
    ) -> None:
        self._screen, self._controls = screen, controls
        self._selected, self._explained = selected, explained

    def make(self, what: str) -> None:
        """The wish that a key names."""
        {
            "mark": self.mark,
            "add": self.add,
            "remove": self.remove,
            "reconnect": self.reconnect,
            "quit": self.quit,
            "drop": self.drop,
            "check": self.check,
            "keep_alive": self.keep_alive,
            "interval": self.interval,
            "command": self.command,
            "shorter": self.shorter,
            "longer": self.longer,
        }[what]()

    def mark(self) -> None:
        question = Ask("A mark: what happens now?", "a note, may be empty")
        self._screen.app.push_screen(question, self._mark)

    def add(self) -> None:
        self._screen.app.push_screen(AddSession(self._add))

    def remove(self) -> None:
        if (session := self._selected()) is None:
            return self._no_session()
        question = f"Watch {visible(session.name)} no longer? It gets a QUIT."

        def remove(sure: bool | None) -> None:
            if sure:
                self._try(lambda: self._controls.remove(session.name))

        self._screen.app.push_screen(Confirm(question), remove)
        return None

    def reconnect(self) -> None:
        """One that is connected only after a yes."""
        session = self._explained()
        if session is None or session.phase not in (Phase.READY, Phase.TRANSFER):
            self._of_session(self._controls.reconnect, session)
            return
        question = f"{visible(session.name)} is connected. Say QUIT, and connect it anew?"

        def anew(sure: bool | None) -> None:
            if sure:
                self._of_session(self._controls.reconnect, session)

        self._screen.app.push_screen(Confirm(question), anew)

    def quit(self) -> None:
        self._of_session(self._controls.quit)

    def check(self) -> None:
        self._of_session(self._controls.check, self._explained())

    def drop(self) -> None:
        self._of_session(self._controls.drop)

    def keep_alive(self) -> None:
        self._of_session(self._controls.keep_alive_now)

    def interval(self) -> None:
        if (session := self._selected()) is None:
            return self._no_session()
        name = session.name

        def accept(text: str) -> str | None:
            try:
                self._controls.set_keep_alive(name, parse_interval(text, "interval"))
            except (ValueError, Refused) as problem:
                return visible(str(problem))
            return None

        question = f"Keep-alive interval of {visible(name)}?"
        self._screen.app.push_screen(Ask(question, "10s, 2m, or off", accept=accept))
        return None

    def command(self) -> None:
        if (session := self._selected()) is None:
            return self._no_session()
        name = session.name

        def accept(text: str) -> str | None:
            try:
                self._controls.set_keep_alive_command(name, text)
            except Refused as problem:
                return visible(str(problem))
            return None

        question = (
            f"What shall keep {visible(name)} alive?\n"
            "NOOP, PWD, TYPE, REST, STAT, LIST, SITE IDLE, a list like NOOP,STAT, auto,\n"
            "or as a client does: filezilla, winscp, lftp, curl, none"
        )
        self._screen.app.push_screen(Ask(question, "LIST", accept=accept))
        return None

    def shorter(self) -> None:
        if (session := self._selected()) is None:
            return
        every = session.target.keep_alive_seconds
        if every is not None and every <= shorter(every):
            any_other = f"{keys_on(self._screen.app).first('set_interval')} sets any"
            self._say(
                f"{format_duration(every)} is the shortest of the usual intervals; {any_other}"
            )
        else:
            self._change_interval(shorter(every))

    def longer(self) -> None:
        if (session := self._selected()) is not None:
            self._change_interval(longer(session.target.keep_alive_seconds))

    def _mark(self, note: str | None) -> None:
        if note is not None:
            self._try(lambda: self._controls.mark(note))

    def _add(self, wanted: NewSession) -> str | None:
        try:
            self._controls.add(*wanted)
        except Refused as problem:
            return visible(str(problem))
        return None

    def _change_interval(self, seconds: float | None) -> None:
        self._of_session(lambda name: self._controls.set_keep_alive(name, seconds))

    def _of_session(self, wish: Callable[[str], None], about: SessionState | None = None) -> None:
        session = about if about is not None else self._selected()
        if session is None:
            self._no_session()
        else:
            self._try(lambda: wish(session.name))

    def _no_session(self) -> None:
        self._say(f"there is no session: {keys_on(self._screen.app).first('add')} adds one")

    def _try(self, wish: Callable[[], None]) -> None:
        try:
            wish()
        except Refused as refused:
            self._say(str(refused))

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
