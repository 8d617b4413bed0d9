"""A recording is gone to any place of: the screen shows what held then, and nothing later."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest
from engine.memory import FakeClock
from textual.pilot import Pilot
from textual.widgets import Label

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.read_only import ReadOnly
from ftpwatch.core.playback.seeking import Place, StepKind
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.reader import Reader
from ftpwatch.record.restoring import Restoring
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.replay_bar import ReplayBar
from ftpwatch.tui.widgets.row_text import lines_of
from ftpwatch.wiring.opening import Start
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.stories import Stage, Story, recorded
from ftpwatch.wiring.version import judging_version
from tui.screens import settled


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server is stopped, all sessions end together, and come back."""
    path = tmp_path_factory.mktemp("seeking") / "shutdown.ftpwatch"
    words = ["demo", "shutdown", "--speed", "60", "--mode", "silent", "--record", str(path)]
    subprocess.run([sys.executable, "-m", "ftpwatch", *words], check=True, timeout=60)
    return path


class Replayed:
    """A replay on a screen, on a clock that stands."""

    def __init__(self, story: Story, ascii_only: bool = False) -> None:
        self.story, self.real = story, FakeClock()
        self.clock = PacedClock(self.real)
        self.bus = EventBus(self.clock, asyncio.get_running_loop().call_soon)
        self.watch, advisor = Watch(KnowledgeAdvisor()), KnowledgeAdvisor()
        self.playing = Playing(self.clock, lambda: self.watch.state, seeking=story.seeking)
        story.begin(self.watch, self.clock)
        self.bus.subscribe("watch", self.watch.receive)
        self.settling = Settling(self.watch, self.clock)
        sources = Sources(
            self.watch, self.clock, ReadOnly("a recording"), story.history, playing=self.playing
        )
        over = Headline(title=f"replay {story.name}", keeping=Keeping.REPLAYED)
        self.app = FtpWatchApp(
            sources, lambda *_, **__: None, Look(headline=over, ascii_only=ascii_only)
        )
        self.stage = Stage(
            self.clock, self.bus, self.watch, partial(Watch, advisor), self.playing
        )

    async def play(self) -> None:
        assert self.story.seeking is not None and self.story.wait_sought is not None
        self.story.seeking.steps = await self.story.history.steps(judging_version())
        while True:
            text = await self.story.publish(self.stage)
            self.playing.end(text, stands=True)
            await self.story.wait_sought()

    async def arrive(self, pilot: Pilot[None]) -> None:
        """Wait until it has gone where it is wanted."""
        seeking = self.story.seeking
        assert seeking is not None
        async with asyncio.timeout(10):
            while seeking.wanted is not None or seeking.steps is None:
                await asyncio.sleep(0.001)
        await settled(pilot)

    @property
    def seqs(self) -> list[int]:
        assert self.story.seeking is not None
        return [step.seq for step in self.story.seeking.steps or ()]

    def text(self) -> str:
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    def drawn(self) -> list[str]:
        return [line.body for line, _ in self.app.live.query_one(DialogueView).lines]

    @property
    def panel(self) -> ExplanationPanel:
        return self.app.live.query_one(ExplanationPanel)


@asynccontextmanager
async def replayed(
    path: Path, size: tuple[int, int] = (120, 36), start: Start = Start(), **look: bool
) -> AsyncIterator[tuple[Replayed, Pilot[None]]]:
    with recorded(path, path.name, None, start) as story:
        replay = Replayed(story, **look)
        async with replay.app.run_test(size=size) as pilot:
            task = asyncio.create_task(replay.play())
            await replay.arrive(pilot)
            yield replay, pilot
            task.cancel()
        replay.settling.end()


def played(path: Path, upto: int, elapsed: float | None = None) -> Watch:
    """What playing from the start up to there makes known."""
    watch = Watch(KnowledgeAdvisor())
    with closing(Reader(path)) as reader:
        for entry in reader.entries():
            if entry.seq <= upto:
                watch.receive(entry)
    if elapsed is not None:
        watch.settle(elapsed)
    return watch


async def rows_at(story: Story, upto: int, count: int) -> list[str]:
    rows = await story.history.before(upto + 1, count, upto, DialogueView(story.history, "x").wanted)
    made, before = [], None
    for row in rows:
        view = DialogueView(story.history, "x")
        made += lines_of(row, before, time=view.time, unfold=False, signs=view.signs)
        before = row
    return [line.body for line in made][-count:]


async def test_wherever_it_goes_it_shows_what_playing_up_to_there_shows(recording: Path) -> None:
    chance = random.Random(13)
    async with replayed(recording) as (replay, pilot):
        seeking = replay.story.seeking
        assert seeking is not None
        last = (await replay.story.history.before(2**40, 1, 2**40, replay.app.live._dialogue.wanted))[0].seq
        for number in range(14):
            if number % 3 == 0:
                elapsed = chance.uniform(seeking.span.starts, seeking.span.ends)
                replay.playing.go(Place(elapsed=elapsed))
            else:
                elapsed = None
                upto = chance.choice(replay.seqs) if number % 3 == 1 else chance.randint(1, last)
                replay.playing.go(Place(upto, is_step=number % 3 == 1))
            await replay.arrive(pilot)
            state = replay.watch.state
            settles = elapsed if number % 3 == 0 else (None if number % 3 == 1 else state.at)
            plain = played(recording, state.seq, settles)
            assert state == plain.state
            known = {one.of: one for one in replay.watch.explanations()}
            assert known == {one.of: one for one in plain.explanations()}
            height = replay.app.live.query_one(DialogueView).size.height
            assert replay.drawn() == await rows_at(replay.story, state.seq, height)
            assert replay.clock.elapsed() == pytest.approx(elapsed or state.at)
            if number % 3 == 1:
                close = next(r for r in [await step_row(replay, state.seq)])
                assert replay.panel.shown == plain.explanation_at(close)
            else:
                assert not replay.panel.is_open


async def step_row(replay: Replayed, seq: int):  # type: ignore[no-untyped-def]
    with closing(Reader(Path(replay.story.history._quick._path))) as reader:
        return next(reader.entries(seq - 1))
