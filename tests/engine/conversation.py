"""One scripted server, one session or more, on a fake clock."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from watching import Watching, target

from engine.memory import FakeClock, MemoryNetwork, settle
from ftpwatch.core.journal.events import ClockJumped
from ftpwatch.demo.script import ServerScript

__all__ = ["Conversation", "conversation", "script"]


def script(**fields: object) -> ServerScript:
    return ServerScript("scripted", **fields)  # type: ignore[arg-type]


class Conversation:
    """The watch, its clock and its network."""

    def __init__(self, watch: Watching, clock: FakeClock, network: MemoryNetwork) -> None:
        self.watch, self.clock, self.network = watch, clock, network

    def add(self, name: str = "one", **settings: object) -> None:
        self.watch.monitor.watch(target(2100, name, **settings))

    def story(self) -> list[str]:
        """What happened, a word or two an entry: easy to compare and to read."""
        from ftpwatch.core.journal.entry import kind_of
        from ftpwatch.core.journal.events import CommandSent, ConnectionClosed, ReplyReceived

        words = []
        for entry in self.watch.entries:
            match entry.event:
                case CommandSent(verb=verb):
                    words.append(f"> {verb}")
                case ReplyReceived(code=code, role=role):
                    words.append(f"< {code} {role}")
                case ConnectionClosed(by=by, manner=manner):
                    words.append(f"closed {by} {manner}")
                case event:
                    words.append(kind_of(event))
        return words


@asynccontextmanager
async def conversation(
    *scripts: ServerScript,
    sessions: int = 1,
    fenced: bool = False,
    look: Callable[[], ClockJumped | None] = lambda: None,
    wait_jump: Callable[[], Awaitable[ClockJumped]] | None = None,
    **settings: object,
) -> AsyncIterator[Conversation]:
    """Sessions `one`, `two`, ... with the first script's server."""
    import asyncio

    clock = FakeClock()
    network = MemoryNetwork(clock, *(scripts or (script(),)))
    watch = Watching(clock, network, fenced=fenced, look=look, wait_jump=wait_jump)
    names = ["one", "two", "three", "four"][:sessions]
    running = asyncio.create_task(
        watch.monitor.run([target(2100, name, **settings) for name in names])
    )
    talk = Conversation(watch, clock, network)
    await settle()
    yield talk
    watch.monitor.stop()
    await clock.run_until(running.done)
    running.result()
    watch.bus.flush()
    watch.settling.end()
