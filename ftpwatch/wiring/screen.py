"""The screen as a front end: Textual is imported here and nowhere else in this room."""

import contextlib
import os
import sys
from pathlib import Path

from ftpwatch.headless.summary import summary_text
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.wiring.scene import Scene, View

__all__ = ["Screen"]


class Screen:
    """The TUI."""

    is_screen = True

    def __init__(self, view: View, scene: Scene) -> None:
        colourless = view.color == "never" or bool(os.environ.get("NO_COLOR"))
        # textual 8.2 counts an empty NO_COLOR and paints black on black with ansi themes.
        os.environ.pop("NO_COLOR", None)
        self._stopping, self._watch = scene.stopping, scene.watch
        self._ascii_only = view.ascii_only
        look = Look(
            scene.title, scene.notice, scene.keeping, view.ascii_only, colourless, view.theme
        )
        sources = Sources(
            scene.watch,
            scene.clock,
            scene.controls,
            scene.history,
            scene.find_limits,
            scene.playing,
        )
        self._app = FtpWatchApp(sources, scene.stopping.stop_or_insist, look)

    async def run(self) -> None:
        await self._app.run_async()
        if self._app.return_code:
            self._stopping.fail("the screen broke; what was recorded is safe")

    def tell(self, text: str) -> None:
        self._app.tell(text)

    def point_at(self, session: str) -> None:
        self._app.point_at(session)

    def begin_part(self) -> None:
        self._app.begin_part()

    def leave(self) -> None:
        self._app.exit()

    def sum_up(self, recording: Path | None) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            print(summary_text(self._watch, recording, ascii_only=self._ascii_only), end="")
            sys.stdout.flush()
