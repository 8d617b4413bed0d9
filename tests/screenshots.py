"""Makes screenshots/: `python tests/screenshots.py`. Scenarios of the demo on a clock that stands,
servers in memory: the same pictures on every machine.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from pathlib import Path

os.environ["TZ"] = "UTC"
time.tzset()
sys.path.insert(0, str(Path(__file__).parent))

from engine.memory import FakeClock, MemoryNetwork, settle  # noqa: E402

from ftpwatch.core.bus import EventBus  # noqa: E402
from ftpwatch.core.command import Secret  # noqa: E402
from ftpwatch.core.durations import interval  # noqa: E402
from ftpwatch.core.events import WatchStarted  # noqa: E402
from ftpwatch.core.target import Target  # noqa: E402
from ftpwatch.core.watch import Watch  # noqa: E402
from ftpwatch.demo.scenario import Scenario, load  # noqa: E402
from ftpwatch.engine.monitor import Monitor  # noqa: E402
from ftpwatch.engine.outside import Outside  # noqa: E402
from ftpwatch.knowledge.advisor import KnowledgeAdvisor  # noqa: E402
from ftpwatch.record.journal import Journal  # noqa: E402
from ftpwatch.record.reader import Reader  # noqa: E402
from ftpwatch.tui.app import FtpWatchApp  # noqa: E402
from ftpwatch.tui.inputs import Look, Sources  # noqa: E402

FOLDER = Path(__file__).parent.parent / "screenshots"
PICTURES = [
    ("keep-alive", 16.4, (120, 36), {}),
    ("keep-alive", 16.4, (100, 30), {}),
    ("keep-alive", 16.4, (80, 24), {}),
    ("keep-alive", 16.4, (60, 20), {"ascii_only": True}),
    ("too-many", 3.0, (120, 36), {}),
    ("shutdown", 9.0, (120, 36), {"theme": "light"}),
    ("goodbye", 9.0, (120, 36), {}),
]


async def picture(name: str, at: float, size: tuple[int, int], look: dict[str, object]) -> str:
    """The SVG of scenario `name` at `at` seconds."""
    scenario, clock = load(name), FakeClock()
    network = MemoryNetwork(clock, *scenario.server)
    advisor = KnowledgeAdvisor()
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "j") as journal:
        reader, watch = Reader(Path(folder) / "j"), Watch(advisor)
        bus = EventBus(clock, asyncio.get_running_loop().call_soon, journal)
        bus.subscribe("watch", watch.receive)
        monitor = Monitor(Outside(bus.publish, clock, network, advisor), _nobody)
        sources = Sources(watch, clock, monitor, reader)
        app = FtpWatchApp(sources, lambda *_, **__: None, Look(**look))  # type: ignore[arg-type]
        watch.subscribe(monitor.receive)
        async with app.run_test(size=size) as pilot:
            bus.publish(WatchStarted("", "", ""))
            running = asyncio.create_task(monitor.run(_targets(scenario)))
            for step in scenario.step:
                if step.at > at:
                    break
                await _advance(clock, step.at)
                app.tell(step.look)
                if step.server is not None:
                    network.cue(*step.does)
            await _advance(clock, at)
            await pilot.pause(0.5)
            drawn = app.export_screenshot(title=f"ftpwatch demo {name}")
            monitor.stop()
            while not running.done():
                await clock.advance(1)
        reader.close()
    return re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


async def _advance(clock: FakeClock, to: float) -> None:
    """The clock's own settling does not count the screen's tasks."""
    await asyncio.sleep(0.05)
    await clock.advance(max(0.0, to - clock.elapsed()))
    await settle()


def _targets(scenario: Scenario) -> list[Target]:
    ports = {server.name: 2100 + n for n, server in enumerate(scenario.server)}
    return [
        Target(
            player.name, "127.0.0.1", ports[player.server], player.user, Secret("demo-password"),
            keep_alive_seconds=interval(player.keep_alive, "keep_alive"),
        )
        for player in scenario.session
    ]  # fmt: skip


def _nobody(text: str, password: Secret | None) -> Target:
    raise ValueError(text)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, at, size, look in PICTURES:
        file = FOLDER / f"{name}-{size[0]}x{size[1]}.svg"
        file.write_text(asyncio.run(picture(name, at, size, look)))
        print(file.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()
