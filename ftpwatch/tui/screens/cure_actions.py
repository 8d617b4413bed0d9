"""Cures of the panel carried out: asked first, for one session or all of its host.

A cure speaks of the session of the panel; it is offered only while that is the session that keys
act on. What is refused becomes a notification with the reason.
"""

from collections.abc import Callable
from functools import partial

from textual.screen import Screen

from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.state.explanation import Cure, CureKind
from ftpwatch.core.state.state import SessionState, WatchState, host_key
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.dialogs.apply import Apply
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.explanation_words import cure_key, is_done
from ftpwatch.tui.widgets.session_list import SessionList

__all__ = ["CureActions"]

_WISHES = {"command": "set_command", "interval": "set_interval"}


class CureActions:
    """Works on the screen's panel; `state` is that of now, `acted_on` the session that keys act on,
    `otherwise` carries out what is no matter of keep-alives, by the id of its action.
    """

    def __init__(
        self,
        screen: Screen[None],
        controls: Controls,
        state: Callable[[], WatchState],
        acted_on: Callable[[], SessionState | None],
        otherwise: Callable[[str], None],
    ) -> None:
        self._screen, self._controls, self._state = screen, controls, state
        self._acted_on, self._otherwise = acted_on, otherwise

    @property
    def _panel(self) -> ExplanationPanel:
        return self._screen.query_one(ExplanationPanel)

    def takes(self, wish: str) -> bool:
        """Whether `wish` is what a cure of the panel wants: then it is asked about."""
        session, shown = self._acted_on(), self._panel.shown
        if session is None or shown is None or session.name != shown.session:
            return False
        for cure in self._panel.cures:
            if _is_about(cure, wish) and not is_done(cure, session):
                return self._ask(cure, session, wish)
        return False

    def apply_first(self) -> None:
        """The first cure that is not carried out yet."""
        shown = self._panel.shown
        session = self._state().sessions.get(shown.session) if shown is not None else None
        cures = self._panel.cures if session is not None else ()
        cure = next((cure for cure in cures if not is_done(cure, session)), None)
        if cure is None or session is None:
            self._say("nothing here that ftpwatch can do by itself")
        elif not self._is_command(cure):
            self._screen.query_one(SessionList).select_if_shown(session.name)
            self._otherwise(cure_key(cure))
        else:
            self._ask(cure, session, "command" if cure.command is not None else "interval")

    def _is_command(self, cure: Cure) -> bool:
        has_value = cure.command is not None or cure.interval_seconds is not None
        return cure.kind is CureKind.KEEP_ALIVE and has_value

    def _ask(self, cure: Cure, session: SessionState, wish: str) -> bool:
        if not self._is_command(cure):
            return False
        if self._panel.is_past:
            self._carry_out(cure, [session])
            return True
        others = [s for s in self._state().sessions_at(host_key(session)) if not s.target.twin]
        now = _kept(session.target.keep_alive_command, session.target.keep_alive_seconds)
        then = _kept(*_wanted(cure, session))
        question = f"Keep-alive of {visible(session.name)}: {then} instead of {now}?"

        def answer(whom: str | None) -> None:
            if whom == "other":
                self._otherwise(_WISHES[wish])
            elif whom is not None:
                self._carry_out(cure, others if whom == "all" else [session])

        dialog = Apply(question, len(others))
        self._screen.app.push_screen(dialog, answer)
        return True

    def _carry_out(self, cure: Cure, sessions: list[SessionState]) -> None:
        """For each; what is refused is said once."""
        refused: list[str] = []
        for session in sessions:
            wishes: list[Callable[[], None]] = []
            if cure.command is not None:
                command = partial(self._controls.set_keep_alive_command, session.name)
                wishes.append(partial(command, cure.command))
            if cure.interval_seconds is not None:
                interval = partial(self._controls.set_keep_alive, session.name)
                wishes.append(partial(interval, cure.interval_seconds))
            try:
                for wish in wishes:
                    wish()
            except Refused as problem:
                refused.append(str(problem))
        done = len(sessions) - len(refused)
        if done:
            kept = _kept(*_wanted(cure, sessions[0]))
            who = sessions[0].name if len(sessions) == 1 else f"{done} sessions"
            self._say(f"{who}: keep-alive {kept}")
        for reason in dict.fromkeys(refused):
            self._say(reason)

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)


def _is_about(cure: Cure, wish: str) -> bool:
    """The cure changes what the key of `wish` changes."""
    changes = {"command": cure.command, "interval": cure.interval_seconds}
    return cure.kind is CureKind.KEEP_ALIVE and changes.get(wish) is not None


def _wanted(cure: Cure, session: SessionState) -> tuple[str, float | None]:
    """The keep-alive once the cure is carried out."""
    target = session.target
    return cure.command or target.keep_alive_command, (
        cure.interval_seconds or target.keep_alive_seconds
    )


def _kept(command: str, seconds: float | None) -> str:
    return "off" if seconds is None else f"{visible(command)} every {format_duration(seconds)}"
