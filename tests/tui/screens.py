"""The Live screen over a tale: entries in a real journal, a clock that stands, noted wishes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from at_once import AtOnce
from engine.memory import FakeClock
from knowledge.contexts import ADVISOR, Tale
from textual.pilot import Pilot

from ftpwatch.core.controls import Refused
from ftpwatch.core.errors import UserError
from ftpwatch.core.ftp.command import Command, Secret
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.state import ClockLimit
from ftpwatch.core.text.headline import Headline
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader
from ftpwatch.report.explanation import explanation_markdown
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.inputs import Look, Reports, Sources
from ftpwatch.tui.widgets.explanation import ExplanationPanel


class Wished:
    """Controls that note what was wished."""

    def __init__(self) -> None:
        self.wishes: list[tuple[object, ...]] = []
        self.why_not: str | None = None

    def add(self, target: str, password: Secret | None = None) -> None:
        self.wishes.append(("add", target, password))

    def remove(self, session: str) -> None:
        self.wishes.append(("remove", session))

    def reconnect(self, session: str) -> None:
        self.wishes.append(("reconnect", session))

    def quit(self, session: str) -> None:
        self.wishes.append(("quit", session))

    def drop(self, session: str) -> None:
        raise Refused("[b]not[/b] today")

    def keep_alive_now(self, session: str) -> None:
        self.wishes.append(("keep_alive_now", session))

    def send(self, session: str, command: Command, unsent: Callable[[str], None]) -> None:
        self.wishes.append(("send", session, str(command)))
        self.unsent = unsent

    def set_keep_alive_command(self, session: str, command: str) -> None:
        self.wishes.append(("set_keep_alive_command", session, command))

    def open_twin(
        self, of: str, name: str, command: str | None, interval_seconds: float | None
    ) -> str:
        self.wishes.append(("open_twin", of, name, command, interval_seconds))
        return f"{of}~{name}"

    def know_limit(self, session: str, limit: ClockLimit) -> None:
        self.wishes.append(("know_limit", session, limit))

    def set_keep_alive(
        self, session: str, interval_seconds: float | None, by: str = "user"
    ) -> None:
        self.wishes.append(("set_keep_alive", session, interval_seconds))

    def check(self, session: str) -> None:
        self.wishes.append(("check", session))

    def mark(self, text: str) -> None:
        self.wishes.append(("mark", text))


class Shown(Tale):
    """A tale whose entries are kept and shown."""

    def __init__(self, folder: Path, **look: object) -> None:
        super().__init__()
        self.folder, self.connection = folder, 1
        self.clock, self.wished = FakeClock(), Wished()
        folder.mkdir(exist_ok=True)
        self.journal = Journal(folder / "tale.ftpwatch")
        self.reader = Reader(folder / "tale.ftpwatch")
        self.watch = Watch(ADVISOR)
        self.left: list[tuple[str, bool]] = []
        self.saved: list[tuple[str, str]] = []
        sources = Sources(
            self.watch, self.clock, self.wished, self.reader,
            reports=Reports(explanation_markdown, self._save),
            state_after=lambda seq: self.reader.state_after(seq, ""),
        )  # fmt: skip
        over = {name: look.pop(name) for name in ("title", "notice", "keeping") if name in look}
        shown = Look(headline=Headline(**over), **look)  # type: ignore[arg-type]
        self.app = FtpWatchApp(sources, self._leave, shown)
        self.bus = EventBus(self.clock, lambda turn: turn(), AtOnce(self.journal))
        self.bus.subscribe("watch", self.watch.receive)

    def happens(self, at: float, event: object, session: str | None = "s") -> None:
        self.clock.move_to(at)
        self._seq += 1
        place = (session, self.connection)
        entry = Entry(self._seq, self.clock.now(), at, *place, event)  # type: ignore[arg-type]
        self.bus.republish(entry)

    def text(self) -> str:
        """What the screen shows, as lines of text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    def _save(self, name: str, text: str) -> str:
        if self.saved:
            raise UserError("the disk is full")
        self.saved.append((name, text))
        return f"/reports/{name}.md"

    def _leave(self, why: str, *, interrupted: bool = False) -> None:
        self.left.append((why, interrupted))
        self.app.exit()


def panel_lines(tale: Shown) -> list[str]:
    """What is seen of the panel, its title first, without its frame."""
    region, lines = tale.app.screen.query_one(ExplanationPanel).region, tale.text().splitlines()
    rows = [line[region.x : region.right] for line in lines[region.y : region.bottom]]
    return [" ".join(row.strip("│╭╮╰╯─━┃┏┓┗┛▔▁▂▃▄▅▆▇ ").split()) for row in rows]


def panel(tale: Shown) -> str:
    """The same as one line."""
    return " ".join(panel_lines(tale))


async def settled(pilot: Pilot[None]) -> None:
    """Drawn, without waiting for the tenth of a second after which the screen draws by itself."""
    assert isinstance(pilot.app, FtpWatchApp)
    await pilot.pause()
    async with asyncio.timeout(20):
        while pilot.app.typed_ahead.is_busy and not pilot.app._exit:
            await asyncio.sleep(0)
    if pilot.app.live.is_mounted:
        pilot.app.live.draw()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@asynccontextmanager
async def shown(
    folder: Path, size: tuple[int, int] = (120, 36), *, toasts: bool = False, **look: object
) -> AsyncIterator[tuple[Shown, Pilot[None]]]:
    """`toasts` where they are drawn, over what is below."""
    tale = Shown(folder, **look)
    async with tale.app.run_test(size=size, notifications=toasts) as pilot:
        await settled(pilot)
        yield tale, pilot
    tale.reader.close()
    tale.journal.close()
