"""Makes screenshots/, or FOLDER: `python tests/screenshots.py [FOLDER]`. Scenarios of the demo on a
clock that stands, servers in memory: the same pictures on every machine.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from pathlib import Path

os.environ["TZ"] = "UTC"
time.tzset()
sys.path.insert(0, str(Path(__file__).parent))

from at_once import AtOnce  # noqa: E402
from engine.memory import FakeClock, MemoryNetwork, settle  # noqa: E402
from tales import crowd, cured, cut, held  # noqa: E402
from textual.app import App  # noqa: E402
from tui.screens import Shown, settled, shown  # noqa: E402
from watching import Watching, target  # noqa: E402

from ftpwatch.core.ftp.command import Purpose, Secret  # noqa: E402
from ftpwatch.core.ftp.target import Target  # noqa: E402
from ftpwatch.core.journal.bus import EventBus  # noqa: E402
from ftpwatch.core.journal.events import ReconnectScheduled, WatchStarted  # noqa: E402
from ftpwatch.core.journal.vocabulary import Cause, Role  # noqa: E402
from ftpwatch.core.judgement.watch import Watch  # noqa: E402
from ftpwatch.core.playback.pace import PacedClock  # noqa: E402
from ftpwatch.core.playback.playing import Playing  # noqa: E402
from ftpwatch.core.text.headline import Headline, Keeping  # noqa: E402
from ftpwatch.demo.audience import DemoAudience  # noqa: E402
from ftpwatch.demo.run import DemoRun  # noqa: E402
from ftpwatch.demo.scenario import load, names  # noqa: E402
from ftpwatch.engine.monitor import Monitor  # noqa: E402
from ftpwatch.engine.session_environment import SessionEnvironment  # noqa: E402
from ftpwatch.finder.run import Finder  # noqa: E402
from ftpwatch.knowledge.advisor import KnowledgeAdvisor  # noqa: E402
from ftpwatch.record.journal import Journal  # noqa: E402
from ftpwatch.record.reader import Reader  # noqa: E402
from ftpwatch.tui import app as app_module  # noqa: E402
from ftpwatch.tui.app import FtpWatchApp  # noqa: E402
from ftpwatch.tui.inputs import Look, Sources  # noqa: E402
from ftpwatch.tui.screens.limits import LimitsScreen  # noqa: E402
from ftpwatch.tui.signs import UNICODE  # noqa: E402
from ftpwatch.tui.themes import DEFAULT_THEME, THEMES  # noqa: E402
from ftpwatch.wiring.settling import Settling  # noqa: E402

FOLDER = Path(__file__).parent.parent / "screenshots"
SIZE = (120, 36)
# What is pressed for a picture of another screen, and the scenario that it is of.
SCREENS = {
    "inspector": ("no-transfer", ("escape", "E", "E", "3"), (160, 48)),
    "compare": ("no-transfer", ("4",), (120, 36)),
}
# Beside one of each scenario: other sizes, themes and screens.
MORE = [
    ("keep-alive", (100, 30), {}),
    ("keep-alive", (80, 24), {}),
    ("keep-alive", (60, 20), {"ascii_only": True}),
    ("no-transfer", SIZE, {"theme": "light"}),
    ("shutdown", SIZE, {"theme": "contrast"}),
]


async def picture(
    name: str, size: tuple[int, int], look: dict[str, object], keys: tuple[str, ...] = ()
) -> str:
    """The SVG of scenario `name` at the moment that it names for its picture, after `keys`."""
    scenario, clock = load(name), FakeClock()
    network, advisor = MemoryNetwork(clock), KnowledgeAdvisor()
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "j") as journal:
        reader, watch = Reader(Path(folder) / "j"), Watch(advisor)
        bus = EventBus(clock, asyncio.get_running_loop().call_soon, AtOnce(journal))
        bus.subscribe("watch", watch.receive)
        monitor = Monitor(SessionEnvironment(bus.publish, clock, network, advisor), _nobody)
        playing = Playing(PacedClock(clock), lambda: watch.state)
        past = partial(reader.state_after, version="")
        sources = Sources(watch, clock, monitor, reader, playing=playing, state_after=past)
        over = Headline(title=f"demo {name}", keeping=Keeping.NOT_RECORDED)
        shown = Look(headline=over, **look)  # type: ignore[arg-type]
        app = FtpWatchApp(sources, lambda *_, **__: None, shown)
        watch.subscribe(monitor.receive)
        settling = Settling(watch, clock)
        async with app.run_test(size=size) as pilot, DemoRun(scenario, clock, network) as stage:
            bus.publish(WatchStarted("", "", ""))
            running = asyncio.create_task(monitor.run([]))
            await settle()
            play = asyncio.create_task(
                stage.play(DemoAudience(monitor, monitor.watch, Front(app), playing))
            )
            await _advance(clock, scenario.picture)
            await pilot.pause(0.5)
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.5)
            await app.workers.wait_for_complete()
            app.live.draw()
            await pilot.pause(0.5)
            drawn = app.export_screenshot(title=f"ftpwatch demo {name}")
            play.cancel()
            monitor.stop()
            while not running.done():
                await clock.advance(1)
            settling.end()
        reader.close()
    return re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


async def told(
    size: tuple[int, int],
    steps: Sequence[Callable[[Shown], None]],
    *keys: str,
    title: str,
    **look: object,
) -> str:
    """The SVG of what `steps` tell one after the other, after `keys`."""
    with tempfile.TemporaryDirectory() as folder:
        async with shown(Path(folder) / "shown", size, **look) as (tale, pilot):
            for step in steps:
                step(tale)
                await settled(pilot)
            for key in keys:
                await pilot.press(key)
                await settled(pilot)
            await pilot.pause(0.5)
            drawn = tale.app.export_screenshot(title=title)
    return re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


def on_lanes(tale: Shown) -> None:
    """Two keep themselves alive, one of them transfers; four are stopped with their server."""
    tale.ready(session="eu-1", keep_alive=30)
    tale.ready(session="eu-2", greeting="ProFTPD Server ready.", keep_alive=30)
    for at in range(30, 331, 30):
        for name in ("eu-1", "eu-2")[: 1 + (at < 300)]:
            tale.asks(at, "NOOP", session=name).says(at, 200, "ok", Role.FINAL, session=name)
        if at == 120:
            tale.asks(130, "RETR", Purpose.USER, session="eu-1")
            tale.says(131, 150, "here", Role.PRELIMINARY, session="eu-1")
            tale.says(146, 226, "done", Role.FINAL, session="eu-1")
    tale.says(331, 421, "No transfer timeout (300 seconds)", session="eu-2")
    tale.closes(331, 421, session="eu-2")
    tale.happens(331, ReconnectScheduled(60.0, 1, Cause.NO_TRANSFER_TIMEOUT), "eu-2")
    tale.watch.settle(335)
    for n in range(1, 5):
        tale.ready(340, session=f"lab-{n}")
    for n in range(1, 5):
        tale.says(400, 421, "Server shutting down", session=f"lab-{n}")
        tale.closes(400, 421, session=f"lab-{n}")
    tale.watch.settle(405)
    tale.clock.move_to(410)


# What is told for a picture, and then pressed.
TOLD = {
    "timeline": ((on_lanes,), ("2", "E", "E"), SIZE),
    "cure-1": ((held,), (), SIZE),
    "cure-2": ((held, cut), (), SIZE),
    "cure-3": ((held, cut), ("K",), SIZE),
    "cure-4": ((held, cut, cured), ("escape",), SIZE),
    "crowd": ((crowd,), ("escape",), SIZE),
    "ends": ((crowd,), ("escape", "l"), SIZE),
    "help": ((held,), ("question_mark",), (160, 48)),
}


async def measured(size: tuple[int, int]) -> str:
    """The SVG of a limits run on a server with two clocks."""
    clock = FakeClock()
    script = load("two-clocks").server[0]
    watch = Watching(clock, MemoryNetwork(clock, script), spare=target(2100, "demo"))
    running = asyncio.create_task(watch.monitor.run([]))
    await settle()
    finder = Finder("demo", watch.watch, watch.monitor, clock, max_wait_seconds=1200)
    watch.watch.subscribe(finder.receive)
    measuring = asyncio.create_task(finder.run())
    await clock.run_until(measuring.done)

    class One(App[None]):
        CSS_PATH = Path(app_module.__file__).parent / "app.tcss"

    app = One()
    for theme in THEMES.values():
        app.register_theme(theme)
    async with app.run_test(size=size) as pilot:
        app.theme = THEMES[DEFAULT_THEME].name
        app.push_screen(LimitsScreen(finder, clock, UNICODE))
        await pilot.pause(0.5)
        drawn = app.export_screenshot(title="ftpwatch: limits")
    watch.monitor.stop()
    await clock.run_until(running.done)
    return re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


class Front:
    """Lets the screen be told."""

    is_screen = True

    def __init__(self, app: FtpWatchApp) -> None:
        self._app = app

    async def run(self) -> None: ...

    def tell(self, text: str) -> None:
        self._app.tell(text)

    def point_at(self, session: str) -> None:
        self._app.point_at(session)

    def begin_part(self) -> None: ...

    def leave(self) -> None: ...


async def _advance(clock: FakeClock, to: float) -> None:
    """The clock's own settling does not count the screen's tasks."""
    await asyncio.sleep(0.05)
    await clock.advance(max(0.0, to - clock.elapsed()))
    await settle()


def _nobody(text: str, password: Secret | None) -> tuple[Target, ...]:
    raise ValueError(text)


def pictures() -> Iterator[tuple[str, Coroutine[None, None, str]]]:
    """All there are: the name of each file, and what makes it."""
    for name, size, look in [(name, SIZE, {}) for name in names()] + MORE:
        theme = f"-{look['theme']}" if "theme" in look else ""
        yield f"{name}{theme}-{size[0]}x{size[1]}.svg", picture(name, size, look)
    for screen, (name, keys, size) in SCREENS.items():
        yield f"{screen}-{size[0]}x{size[1]}.svg", picture(name, size, {}, keys)
    yield "limits-120x36.svg", measured(SIZE)
    for screen, (steps, keys, size) in TOLD.items():
        drawn = told(size, steps, *keys, title=f"ftpwatch: {screen}")
        yield f"{screen}-{size[0]}x{size[1]}.svg", drawn


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    made = set[str]()
    for name, drawing in pictures():
        (folder / name).write_text(asyncio.run(drawing))
        made.add(name)
        print(f"screenshots/{name}")
    for old in folder.glob("*.svg"):
        if old.name not in made:
            old.unlink()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
