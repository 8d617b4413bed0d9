"""What the user wishes of sessions: asks where that is needed, then hands it to Controls.

A wish that is refused becomes a notification with the reason.
"""

from collections.abc import Callable

from textual.screen import Screen

from ftpwatch.core.controls import Controls, PasswordWanted, Refused
from ftpwatch.core.ftp.keep_alive_policy import longer, shorter
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.durations import typed_interval
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.dialogs.ask import INTERVALS, AddSession, Ask, Confirm, NewSession
from ftpwatch.tui.keys import keys_on

__all__ = ["SessionActions"]


class SessionActions:
    """Each method is a wish that a key names, about the session that keys act on: `acted_on`. What
    ends a connection is asked first, by the session's name.
    """

    def __init__(
        self,
        screen: Screen[None],
        controls: Controls,
        acted_on: Callable[[], SessionState | None],
    ) -> None:
        self._screen, self._controls = screen, controls
        self._acted_on = acted_on

    def make(self, what: str) -> None:
        """The wish that a key names; nothing is asked where none is carried out."""
        if (why := self._controls.why_not) is not None:
            self._say(why)
            return
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
        question = Ask("Mark this moment", "a note, optional")
        self._screen.app.push_screen(question, self._mark)

    def add(self) -> None:
        self._screen.app.push_screen(AddSession(self._add))

    def remove(self) -> None:
        session = self._acted_on()
        closes = session is not None and session.has_opened
        question = f"Remove {{name}}?{' Its session is closed with QUIT.' * closes}"
        self._after_a_yes(question, self._controls.remove)

    def reconnect(self) -> None:
        """One that is connected only after a yes."""
        session = self._acted_on()
        if session is None or session.phase not in (Phase.READY, Phase.TRANSFER):
            self._of_session(self._controls.reconnect)
            return
        question = "{name} is connected. Close it with QUIT and reconnect?"
        self._after_a_yes(question, self._controls.reconnect)

    def quit(self) -> None:
        self._end("Close {name} with QUIT?", self._controls.quit, "QUIT is sent")

    def check(self) -> None:
        self._of_session(self._controls.check)

    def drop(self) -> None:
        question = "Cut the connection of {name} without QUIT?"
        self._end(question, self._controls.drop, "the connection is cut")

    def _end(self, question: str, wish: Callable[[str], None], done: str) -> None:
        """What is done is said: a dialogue that does not follow would not show it."""
        session = self._acted_on()
        if session is None or session.is_connected:
            self._after_a_yes(f"{question} It will not reconnect by itself.", wish, done)
        elif session.retry is None:
            self._say(f"{session.name} is closed already")
        else:
            given_up = "no reconnect is tried any more"
            self._after_a_yes("{name} waits to reconnect. Give that up?", wish, given_up)

    def _after_a_yes(self, question: str, wish: Callable[[str], None], done: str = "") -> None:
        """The question names the session that the key acts on; `done` is said afterwards."""
        if (session := self._acted_on()) is None:
            return self._no_session()

        def answer(sure: bool | None) -> None:
            if sure and self._try(lambda: wish(session.name)) and done:
                self._say(f"{session.name}: {done}")

        named = question.format(name=visible(session.name))
        self._screen.app.push_screen(Confirm(named), answer)
        return None

    def keep_alive(self) -> None:
        self._of_session(self._controls.keep_alive_now)

    def interval(self) -> None:
        if (session := self._acted_on()) is None:
            return self._no_session()
        name = session.name

        def accept(text: str) -> str | None:
            try:
                self._controls.set_keep_alive(name, typed_interval(text))
            except (ValueError, Refused) as problem:
                return visible(str(problem))
            return None

        now = format_duration(session.target.keep_alive_seconds)
        question = f"Keep-alive interval for {visible(name)} (now: {now})\n{INTERVALS}"
        self._screen.app.push_screen(Ask(question, INTERVALS, now, accept))
        return None

    def command(self) -> None:
        if (session := self._acted_on()) is None:
            return self._no_session()
        name = session.name

        def accept(text: str) -> str | None:
            try:
                self._controls.set_keep_alive_command(name, text)
            except Refused as problem:
                return visible(str(problem))
            return None

        command, every = session.target.keep_alive_command, session.target.keep_alive_seconds
        now = "off" if every is None else f"{command} every {format_duration(every)}"
        question = (
            f"Keep-alive command for {visible(name)} (now: {visible(now)})\n"
            "NOOP, PWD, TYPE, REST, STAT, LIST, SITE IDLE, a list like NOOP,STAT, auto, "
            "or as a client does: filezilla, winscp, lftp, curl, none"
        )
        self._screen.app.push_screen(Ask(question, "LIST", visible(command), accept))
        return None

    def shorter(self) -> None:
        if (session := self._acted_on()) is None:
            return
        every = session.target.keep_alive_seconds
        if every is not None and every <= shorter(every):
            self._end_of_steps("shortest", every, "")
        else:
            self._change_interval(shorter(every))

    def longer(self) -> None:
        """Off is never stepped to: the session would die of it."""
        if (session := self._acted_on()) is None:
            return
        every = session.target.keep_alive_seconds
        following = longer(every)
        if every is None:
            key = keys_on(self._screen.app).first("set_interval")
            self._say(f"keep-alives of {session.name} are off; press {key} to set an interval")
        elif following is None:
            self._end_of_steps("longest", every, " and off")
        else:
            self._change_interval(following)

    def _end_of_steps(self, which: str, every: float, more: str) -> None:
        key = keys_on(self._screen.app).first("set_interval")
        self._say(f"{which} step is {format_duration(every)}; press {key} for other values{more}")

    def _mark(self, note: str | None) -> None:
        if note is not None:
            self._try(lambda: self._controls.mark(note))

    def _add(self, wanted: NewSession) -> str | None:
        try:
            self._controls.add(*wanted)
        except PasswordWanted:
            raise
        except Refused as problem:
            return visible(str(problem))
        return None

    def _change_interval(self, seconds: float | None) -> None:
        self._of_session(lambda name: self._controls.set_keep_alive(name, seconds))

    def _of_session(self, wish: Callable[[str], None]) -> None:
        session = self._acted_on()
        if session is None:
            self._no_session()
        else:
            self._try(lambda: wish(session.name))

    def _no_session(self) -> None:
        self._say(f"no session yet: press {keys_on(self._screen.app).first('add')} to add one")

    def _try(self, wish: Callable[[], None]) -> bool:
        """Whether it was not refused."""
        try:
            wish()
        except Refused as refused:
            self._say(str(refused))
            return False
        return True

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
