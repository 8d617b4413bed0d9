"""A watch begins once there is a screen to show it: what that takes is no server's time."""

import asyncio
from collections.abc import Callable

import pytest
from watching import target

from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.script import ServerScript
from ftpwatch.demo.server import DemoServer
from ftpwatch.demo.venue import Loopback
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring import live as live_module
from ftpwatch.wiring.live import Plan, run_live
from ftpwatch.wiring.scene import Scene, View


class SlowScreen:
    """It is up when the test says so."""

    is_screen = True

    def __init__(self) -> None:
        self.up, self.left = asyncio.Event(), asyncio.Event()
        self.scene: Scene | None = None

    async def run(self) -> None:
        await self.left.wait()

    async def is_up(self) -> None:
        await self.up.wait()

    def leave(self) -> None:
        self.left.set()

    def signal(self, sequence: str) -> None: ...

    def warn(self, text: str) -> None: ...


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[[], SlowScreen]:
    def made() -> SlowScreen:
        slow = SlowScreen()

        def front_for(_: View, scene: Scene) -> SlowScreen:
            slow.scene = scene
            return slow

        monkeypatch.setattr(live_module, "front_for", front_for)
        return slow

    return made


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_nothing_is_connected_before_the_screen_is_up(
    screen: Callable[[], SlowScreen],
) -> None:
    slow, venue, clock = screen(), Loopback(), SystemClock()
    port, stop = await venue.open(DemoServer(ServerScript("s"), clock, venue.open).new)
    plan = Plan(View("tui"), lambda *_: (), [target(port, "eu-1")], kept=False)
    running = asyncio.create_task(run_live(plan, clock, clock))
    await until(lambda: slow.scene and slow.scene.watch.state.seq)  # the watch has begun
    watch = slow.scene.watch
    for _ in range(5):
        await asyncio.sleep(0.01)
        assert not watch.state.sessions
    slow.up.set()
    await until(lambda: watch.state.count(Phase.READY) == 1)
    slow.left.set()
    code, _ = await running
    assert code is ExitCode.WELL
    stop()


async def test_who_leaves_before_it_is_up_connects_to_nobody(
    screen: Callable[[], SlowScreen],
) -> None:
    slow, clock = screen(), SystemClock()
    plan = Plan(View("tui"), lambda *_: (), [target(1, "eu-1")], kept=False)
    running = asyncio.create_task(run_live(plan, clock, clock))
    await until(lambda: slow.scene and slow.scene.watch.state.seq)
    slow.scene.stopping.stop("the user left")
    slow.up.set()
    code, live = await running
    assert code is ExitCode.WELL
    assert not live.watch.state.sessions and not live.watch.state.ended
