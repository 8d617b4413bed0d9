"""Who watches a demo: sessions join, each step is told and may carry a wish of the user."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.text.durations import parse_interval
from ftpwatch.demo.scenario import Player, Step

__all__ = ["DemoAudience", "DemoFront", "target_of"]

_SHORTEST_LOOK: Final = 2.5
_LONGEST_LOOK: Final = 6.0
_READ_A_SECOND: Final = 20  # characters
_LOOK_SECONDS: Final = 0.1


class DemoFront(Protocol):
    """Where it is shown."""

    def tell(self, text: str) -> None: ...

    def point_at(self, session: str) -> None: ...


class DemoAudience:
    """Sessions join a watch, a step is told and may carry a wish. For a `reader`, whose clock it
    is, the story stands still until the step before can have been read.
    """

    def __init__(
        self,
        controls: Controls,
        watch_one: Callable[[Target], None],
        front: DemoFront,
        playing: Playing,
        *,
        reader: Clock | None = None,
        part: str = "",
    ) -> None:
        self._controls, self._watch_one = controls, watch_one
        self._front, self._playing, self._part = front, playing, part
        self._reader, self._read_at = reader, 0.0

    async def step(self, step: Step) -> None:
        await self.read()
        text = f"{self._part}{step.look}"
        self._front.tell(text)
        self._playing.reached(text)
        if step.shows is not None:
            self._front.point_at(step.shows)
        if step.session is not None and step.wish is not None:
            _wish(self._controls, step.session, step.wish)
        if self._reader is not None:
            self._read_at = self._reader.elapsed() + _reading_seconds(text)

    async def read(self) -> None:
        """Return when what was told last can have been read."""
        if self._reader is None:
            return
        self._playing.hold(True)
        while self._playing.is_paused or self._reader.elapsed() < self._read_at:
            if self._playing.is_hurrying:
                break
            await self._reader.sleep_until(self._reader.elapsed() + _LOOK_SECONDS)
        self._playing.hold(False)

    def join(self, player: Player, port: int) -> None:
        self._watch_one(target_of(player, port))


def _reading_seconds(text: str) -> float:
    return min(_LONGEST_LOOK, max(_SHORTEST_LOOK, len(text) / _READ_A_SECOND))


def _wish(controls: Controls, session: str, wish: str) -> None:
    with suppress(Refused):  # the user has removed it
        match wish:
            case "quit":
                controls.quit(session)
            case "reconnect":
                controls.reconnect(session)
            case _:
                controls.keep_alive_now(session)


def target_of(player: Player, port: int) -> Target:
    """The target of a session of the scenario."""
    policy = policy_of(player.like or player.keep_alive_command)
    every = parse_interval(player.keep_alive, f"keep_alive of {player.name}")
    return Target(
        name=player.name,
        host="127.0.0.1",
        port=port,
        user=player.user,
        password=Secret("demo-password"),
        keep_alive_seconds=policy.interval_seconds if player.like else every,
        keep_alive_command=policy.name,
    )
