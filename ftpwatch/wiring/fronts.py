"""The front ends, each imported when it is started."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from ftpwatch.core.counted import counted, noun
from ftpwatch.core.text.terminal import Colours
from ftpwatch.wiring.scene import Scene, View

__all__ = ["Front", "front_for"]


_LAST_LINES_SECONDS = 2.0


class Front(Protocol):
    """A front end: shows updates from its making on; `run` returns when its user leaves."""

    is_screen: bool

    async def run(self) -> None: ...

    async def is_up(self) -> None:
        """Return once it shows what comes, or never will."""
        ...

    def tell(self, text: str) -> None:
        """A line that guides the user."""
        ...

    def warn(self, text: str) -> None:
        """Something went wrong with us, or with the recording."""
        ...

    def signal(self, sequence: str) -> None:
        """Give the terminal `sequence`, which moves nothing on it; none where there is none."""
        ...

    def point_at(self, session: str) -> None:
        """What is told now is about `session`."""
        ...

    def begin_part(self) -> None:
        """Another part of a story begins: what explained the one before is put away."""
        ...

    def leave(self) -> None:
        """The watch is over."""
        ...

    def sum_up(self, recordings: Sequence[Path]) -> None:
        """Last words, where the user saw it all disappear; `recordings` where it was kept."""
        ...


class _Headless:
    """Lines on stdout, narration on stderr."""

    is_screen = False

    def __init__(self, view: View, scene: Scene) -> None:
        from ftpwatch.headless.chosen import Chosen
        from ftpwatch.headless.lines import Json, Lines, Silent, Stream
        from ftpwatch.headless.writer import Writer

        self._scene = scene
        self._narrates = view.mode == "stream"
        self._writer: Writer | None = None
        lines: Lines = Silent()
        if view.mode != "silent":
            loop = asyncio.get_running_loop()
            writer = Writer(lambda error: _from_thread(loop, partial(self._gone, error)))
            self._writer = writer
            colour = view.colours is not Colours.NONE
            lines = (
                Json(writer.write)
                if view.mode == "json"
                else Stream(writer.write, ascii_only=view.ascii_only, colour=colour)
            )
        if scene.wanted.terms:
            lines = Chosen(lines, scene.wanted)
        scene.watch.subscribe(lines.show)

    async def run(self) -> None:
        await self._scene.stopping.wait()

    async def is_up(self) -> None:
        pass

    def _gone(self, error: OSError) -> None:
        """A reader that left is no fault; a disk that is full is."""
        if not isinstance(error, BrokenPipeError):
            self._scene.narration.say(f"ftpwatch: cannot write to stdout: {error.strerror}")
            self._scene.stopping.unwritable = True
        self._scene.stopping.stop("nobody reads stdout any more")

    def tell(self, text: str) -> None:
        if self._narrates:
            self._scene.narration.say(text)

    def warn(self, text: str) -> None:
        self._scene.narration.say(text)

    def signal(self, sequence: str) -> None:
        self._scene.narration.signal(sequence)

    def point_at(self, session: str) -> None:
        pass

    def begin_part(self) -> None:
        pass

    def leave(self) -> None:
        if self._writer is None:
            return
        self._writer.close(_LAST_LINES_SECONDS)
        if unprinted := self._writer.unprinted:
            lines = f"{counted(unprinted, 'line')} {noun(unprinted, 'was', 'were')}"
            sentence = f"ftpwatch: {lines} not printed: the reader of stdout was too slow"
            self._scene.narration.say(sentence)

    def sum_up(self, recordings: Sequence[Path]) -> None:
        pass


def front_for(view: View, scene: Scene) -> Front:
    """The front end that `view` asks for."""
    if view.mode != "tui":
        return _Headless(view, scene)
    from ftpwatch.wiring.screen import Screen

    return Screen(view, scene)


def _from_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(call)
