"""What the user wishes of many sessions at once: those marked, or all of a selected group.

Each wish is asked about first: how many sessions it concerns, and which. It concerns those that
were there when it was asked. It is carried out in small parts, so that the screen goes on answering
and no server meets all of them in one moment; what is refused is said once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from textual.screen import Screen

from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.ftp.keep_alive_policy import longer, shorter
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.durations import typed_interval
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.dialogs.ask import INTERVALS, Ask, Confirm
from ftpwatch.tui.widgets.session_view import Subject

__all__ = ["CrowdActions"]

_AT_ONCE: Final = 20
_PAUSE_SECONDS: Final = 0.05
_MOST_CHECKS: Final = 20
_NAMED: Final = 5
Wish = Callable[[str], None]
_QUESTIONS: Final = {
    "reconnect": "Reconnect {}? Those that are connected are closed with QUIT first.",
    "keep_alive": "Send one keep-alive on {}?",
    "quit": "Close {} with QUIT? They will not reconnect by themselves.",
    "drop": "Cut the connections of {} without QUIT? They will not reconnect by themselves.",
    "remove": "Remove {}? Those that are connected are closed with QUIT first.",
    "shorter": "Keep-alive interval of {}: one step shorter?",
    "longer": "Keep-alive interval of {}: one step longer? None is turned off.",
}


class CrowdActions:
    """`state` is that of now, `subject` what keys act on."""

    def __init__(
        self,
        screen: Screen[None],
        controls: Controls,
        state: Callable[[], WatchState],
        subject: Callable[[], Subject],
    ) -> None:
        self._screen, self._controls = screen, controls
        self._state, self._subject = state, subject

    def takes(self, what: str) -> bool:
        """Whether the wish is about more than the selected session: then it is asked about."""
        subject = self._subject()
        wishes = self._wishes()
        if not subject.together or what not in (*wishes, "interval", "command", "check"):
            return False
        if not subject.names:
            self._say("no session is selected")
        elif what == "interval":
            self._ask(subject, "Keep-alive interval", INTERVALS, self._set_interval)
        elif what == "command":
            self._ask(subject, "Keep-alive command", "NOOP, STAT, LIST, auto, ...", self._set)
        elif what == "check":
            self._check(subject)
        else:
            question = _QUESTIONS[what].format(self._who(subject))
            self._after_a_yes(question, subject, wishes[what])
        return True

    def _wishes(self) -> dict[str, Wish]:
        controls = self._controls
        return {
            "reconnect": controls.reconnect,
            "keep_alive": controls.keep_alive_now,
            "quit": controls.quit,
            "drop": controls.drop,
            "remove": controls.remove,
            "shorter": partial(self._step, shorter),
            "longer": partial(self._step, longer),
        }

    def _who(self, subject: Subject) -> str:
        """How many, and which."""
        names = [shortened(visible(name), 30) for name in subject.names[:_NAMED]]
        more = len(subject.names) - len(names)
        which = ", ".join(names) + (f" and {more} more" if more else "")
        return which if len(subject.names) == 1 else f"{subject.words} ({which})"

    # --- wishes --------------------------------------------------------------------------------

    def _after_a_yes(self, question: str, subject: Subject, wish: Wish) -> None:
        self._screen.app.push_screen(
            Confirm(question), lambda sure: self._begin(subject, wish) if sure else None
        )

    def _check(self, subject: Subject) -> None:
        if len(subject.names) > _MOST_CHECKS:
            self._say(
                f"{len(subject.names)} sessions are too many to check at once: "
                f"mark or select up to {_MOST_CHECKS}"
            )
        else:
            question = f"Check name, port and greeting of {self._who(subject)}?"
            self._after_a_yes(question, subject, self._controls.check)

    def _ask(self, subject: Subject, what: str, hint: str, read: Callable[[str], Wish]) -> None:
        """A value, which is tried on the first of them: where it is refused the dialog stays."""
        wishes: list[Wish] = []

        def accept(text: str) -> str | None:
            try:
                wish = read(text)
                wish(subject.names[0])
            except (ValueError, Refused) as problem:
                return visible(str(problem))
            wishes.append(wish)
            return None

        def answer(text: str | None) -> None:
            if text is not None:
                self._begin(subject, wishes[-1], done=1)

        self._screen.app.push_screen(
            Ask(f"{what} of {self._who(subject)}", hint, "", accept), answer
        )

    def _set_interval(self, text: str) -> Wish:
        seconds = typed_interval(text)
        return lambda name: self._controls.set_keep_alive(name, seconds)

    def _set(self, text: str) -> Wish:
        return lambda name: self._controls.set_keep_alive_command(name, text)

    def _step(self, step: Callable[[float | None], float | None], name: str) -> None:
        """Off is never stepped to."""
        session = self._state().sessions.get(name)
        every = session.target.keep_alive_seconds if session is not None else None
        following = step(every)
        if following is None or following == every:
            raise Refused(f"{format_duration(every)} has no step further")
        self._controls.set_keep_alive(name, following)

    # --- carrying out --------------------------------------------------------------------------

    def _begin(self, subject: Subject, wish: Wish, done: int = 0) -> None:
        """`done` of them have their wish already."""
        work = self._carry_out(subject, wish, done)
        self._screen.run_worker(work, exit_on_error=False)

    async def _carry_out(self, subject: Subject, wish: Wish, done: int) -> None:
        refused: Counter[str] = Counter()
        for number, name in enumerate(subject.names[done:], 1):
            try:
                wish(name)
            except Refused as problem:
                refused[str(problem)] += 1
            if number % _AT_ONCE == 0:
                await asyncio.sleep(_PAUSE_SECONDS)
        self._report(len(subject.names), refused)

    def _report(self, count: int, refused: Counter[str]) -> None:
        done = count - refused.total()
        words = f"done for {done} of {count} sessions" if count > 1 else ""
        if refused:
            reason, times = refused.most_common(1)[0]
            others = refused.total() - times
            more = f", and {others} for other reasons" if others else ""
            words += f"; {times} refused: {reason}{more}" if words else reason
        if words:
            self._say(words)

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
