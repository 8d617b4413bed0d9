"""The screen as a front end: Textual is imported here and nowhere else in this room."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ftpwatch.core.errors import UserError
from ftpwatch.headless.outlet import Outlet, own_description, write_within
from ftpwatch.headless.summary import summary_text
from ftpwatch.report.explanation import explanation_markdown
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.inputs import Look, Motion, Reports, Sources
from ftpwatch.tui.keys import Keys
from ftpwatch.wiring.saved import keep_copy, save_text
from ftpwatch.wiring.scene import Scene, ScreenBroke, View

__all__ = ["Screen"]

_PATIENCE_SECONDS: Final = 0.5


class Screen:
    """The TUI."""

    is_screen = True

    def __init__(self, view: View, scene: Scene) -> None:
        # textual 8.2 counts an empty one and paints black on black with ansi themes.
        os.environ.pop("NO_COLOR", None)
        self._watch, self._narration = scene.watch, scene.narration
        self._ascii_only = view.ascii_only
        look = Look(
            headline=scene.headline,
            ascii_only=view.ascii_only,
            colours=view.colours,
            motion=Motion.FULL if view.moves else Motion.NONE,
            theme=view.theme,
            wanted=scene.wanted,
            wanted_text=scene.wanted_text,
            keys=Keys(view.keys),
        )
        sources = Sources(
            watch=scene.watch,
            clock=scene.clock,
            controls=scene.controls,
            history=scene.history,
            find_limits=scene.find_limits,
            playing=scene.playing,
            reports=_reports(view),
            state_after=scene.state_after,
        )
        terminal = None if view.visited else _terminal
        self._app = FtpWatchApp(
            sources, scene.stopping.stop_or_insist, look, scene.failed, terminal
        )
        self._is_up = asyncio.Event()
        self._app.once_drawn = self._is_up.set
        if view.visited:
            from ftpwatch.tui.visitor_driver import VisitorDriver

            self._app.driver_class = VisitorDriver

    async def run(self) -> None:
        """Raises ScreenBroke where it cannot be shown; the watch itself goes on."""
        self._narration.hold()
        try:
            await self._app.run_async()
        finally:
            self._narration.release()
            self._is_up.set()
        if self._app.return_code:
            raise ScreenBroke

    async def is_up(self) -> None:
        await self._is_up.wait()

    def tell(self, text: str) -> None:
        self._app.tell(text)

    def warn(self, text: str) -> None:
        self._app.warn(text)
        self._narration.say(text)

    def signal(self, sequence: str) -> None:
        self._app.signal(sequence)

    def point_at(self, session: str) -> None:
        self._app.point_at(session)

    def begin_part(self) -> None:
        self._app.begin_part()

    def leave(self) -> None:
        self._app.exit()

    def sum_up(self, recordings: Sequence[Path]) -> None:
        text = summary_text(self._watch, recordings, ascii_only=self._ascii_only)
        with contextlib.suppress(OSError, ValueError, AttributeError):  # the terminal is gone
            fd = own_description(sys.stdout.fileno())
            try:
                write_within(fd, text.encode(sys.stdout.encoding, "replace"), _PATIENCE_SECONDS)
            finally:
                os.close(fd)


def _reports(view: View) -> Reports:
    """Who looks by a browser keeps nothing here: its own clipboard is the browser's."""
    if view.visited:
        return Reports(explanation_markdown, _unsaved)
    return Reports(explanation_markdown, save_text, keep_copy)


def _unsaved(name: str, text: str) -> str:
    raise UserError("a browser shows a recording and writes nothing")


def _terminal(gone: Callable[[OSError], None], caught_up: Callable[[], None]) -> Outlet:
    """What the screen is drawn on: stderr, as stdout is for data."""
    assert sys.__stderr__ is not None
    encoding = sys.__stderr__.encoding or "ascii"
    return Outlet(sys.__stderr__.fileno(), gone, caught_up, encoding)
