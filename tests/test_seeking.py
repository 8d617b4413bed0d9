"""A recording is gone to any place of: the screen shows what held then, and nothing later."""

import asyncio
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from engine.memory import FakeClock
from knowledge.contexts import Tale
from msgspec.structs import replace
from record.test_record import entry
from textual.pilot import Pilot
from textual.widgets import Input, Label
from tui.screens import settled

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent, ConnectionClosed, MarkSet, SourceOpened
from ftpwatch.core.journal.filter import EVERYTHING, folded, parse_filter
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.read_only import ReadOnly
from ftpwatch.core.playback.seeking import Place, Seeking, StepKind
from ftpwatch.core.playback.wished_place import place_of
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.checkpoints import Checkpoints
from ftpwatch.record.journal import Journal
from ftpwatch.record.judged import judged_row, states
from ftpwatch.record.reader import Reader
from ftpwatch.record.restoring import Restoring
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.replay_bar import ReplayBar
from ftpwatch.tui.widgets.row_text import lines_of
from ftpwatch.tui.widgets.shown_rows import causes_of
from ftpwatch.wiring.opening import Start
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.stories import Stage, Story, followed_recording, gaps_so_far, recorded
from ftpwatch.wiring.version import judging_version

FROM_ITS_START = Start()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A watch of the demo: refusals, closes, goodbyes."""
    path = tmp_path_factory.mktemp("seeking") / "demo.ftpwatch"
    words = ["demo", "too-many", "--speed", "20", "--mode", "silent", "--record", str(path)]
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
        self.stage = Stage(self.clock, self.bus, self.watch, partial(Watch, advisor), self.playing)

    async def play(self) -> None:
        assert self.story.wait_sought is not None
        self.seeking.steps = await self.story.history.steps(judging_version())
        while True:
            text = await self.story.publish(self.stage)
            self.playing.end(text, stands=True)
            await self.story.wait_sought()

    async def arrive(self, pilot: Pilot[None]) -> None:
        """Wait until it has gone where it is wanted."""
        async with asyncio.timeout(10):
            while self.seeking.wanted is not None or self.seeking.steps is None:
                await asyncio.sleep(0.001)
        await settled(pilot)

    @property
    def seeking(self) -> Seeking:
        assert self.story.seeking is not None
        return self.story.seeking

    @property
    def dialogue(self) -> DialogueView:
        return self.app.live.query_one(DialogueView)

    def notice(self) -> str:
        return list(self.app._notifications)[-1].message

    def line(self) -> str:
        """The bar."""
        return self.text().splitlines()[-2]

    @property
    def seqs(self) -> list[int]:
        return [step.seq for step in self.seeking.steps or ()]

    def text(self) -> str:
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    def drawn(self) -> list[str]:
        return [line.body for line, _ in self.dialogue.lines]

    @property
    def panel(self) -> ExplanationPanel:
        return self.app.live.query_one(ExplanationPanel)


@asynccontextmanager
async def replayed(
    path: Path, size: tuple[int, int] = (120, 36), start: Start = FROM_ITS_START, **look: bool
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


async def rows_at(story: Story, watch: Watch, upto: int, count: int) -> list[str]:
    view, before = DialogueView(story.history, "x"), None
    made = []
    rows = await story.history.before(upto + 1, count, upto, folded(EVERYTHING))
    causes = causes_of(rows, upto, watch.explanation_at)
    for row in rows:
        cause = causes.get(row.seq, "")
        made += lines_of(row, before, time=view.time, unfold=False, signs=view.signs, cause=cause)
        before = row
    return [line.body for line in made][-count:]


def entry_at(path: Path, seq: int) -> Entry:
    with closing(Reader(path)) as reader:
        return next(reader.entries(seq - 1))


@pytest.mark.long
async def test_wherever_it_goes_it_shows_what_playing_up_to_there_shows(recording: Path) -> None:
    chance = random.Random(13)
    async with replayed(recording) as (replay, pilot):
        span = replay.seeking.span
        for number in range(12):
            elapsed = None
            if number % 3 == 0:
                elapsed = chance.uniform(span.starts, span.ends)
                replay.playing.go(Place(elapsed=elapsed))
            elif number % 3 == 1:
                replay.playing.go(Place(chance.choice(replay.seqs), is_step=True))
            else:
                replay.playing.go(Place(chance.randint(1, 60)))
            await replay.arrive(pilot)
            state = replay.watch.state
            plain = played(recording, state.seq, elapsed)
            assert state == plain.state
            assert explained(replay.watch) == explained(plain)
            height = replay.dialogue.size.height
            assert replay.drawn() == await rows_at(replay.story, plain, state.seq, height)
            assert replay.clock.elapsed() == pytest.approx(elapsed or state.at)
            shown = replay.panel.shown if replay.panel.is_open else None
            close = entry_at(recording, state.seq)
            assert shown == (plain.explanation_at(close) if number % 3 == 1 else None)


def explained(watch: Watch) -> dict[int, Explained]:
    return {one.of: one for one in watch.explanations()}


@pytest.mark.parametrize("start", [Start(), Start(end=True)])
async def test_the_braces_go_from_end_to_end_in_every_pane(recording: Path, start: Start) -> None:
    async with replayed(recording, start=start) as (replay, pilot):
        seqs = replay.seqs
        if start.end:
            seqs = seqs[::-1]
        key = "left_curly_bracket" if start.end else "right_curly_bracket"
        for seq in seqs[:3]:
            await pilot.press(key)
            await replay.arrive(pilot)
            assert replay.watch.state.seq == seq
            assert replay.dialogue.upto == replay.app.live._sessions.view.state.seq == seq
            close = entry_at(recording, seq)
            assert replay.panel.shown is not None and replay.panel.shown.session == close.session
            assert replay.app.live._sessions.selected == close.session
            assert "paused, p plays on" in replay.text()


async def test_pressed_fast_every_press_counts_and_past_the_last_it_says_so(
    recording: Path,
) -> None:
    async with replayed(recording) as (replay, pilot):
        await pilot.press(*["right_curly_bracket"] * len(replay.seqs))
        await replay.arrive(pilot)
        assert replay.watch.state.seq == replay.seqs[-1]
        await pilot.press("right_curly_bracket")
        assert "$ goes to its end" in replay.notice()
        await pilot.press("0")
        await replay.arrive(pilot)
        await pilot.press("left_curly_bracket")
        assert "0 goes to its start" in replay.notice()


async def test_start_first_end_end_and_play_on_from_there(recording: Path) -> None:
    async with replayed(recording) as (replay, pilot):
        await pilot.press("dollar_sign")
        await replay.arrive(pilot)
        async with asyncio.timeout(5):
            while not replay.playing.is_over:
                await asyncio.sleep(0.001)
        await settled(pilot)
        assert "at its end" in replay.text()
        await pilot.press("p")
        assert "this is its end" in replay.notice()
        await pilot.press("circumflex_accent")
        await replay.arrive(pilot)
        first = next(s for s in replay.seeking.steps or () if s.kind is StepKind.END)
        assert replay.watch.state.seq == first.seq
        assert not replay.playing.is_over
        await pilot.press("p")
        while replay.watch.state.seq < first.seq + 5:
            await replay.real.advance(1)
        assert replay.watch.state == played(recording, replay.watch.state.seq).state


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("soon", "'soon' is not a moment; write 2h (before its end), 02:30"),
        ("2036-01-01", "'2036-01-01' is after its end, "),
        ("1999-01-01", "'1999-01-01' is before its start, "),
        ("+5x", "'+5x' is not a duration; write +30s"),
        ("9" * 400, "is not a moment"),
        ("", "'' is not a moment"),
    ],
)
async def test_what_is_no_moment_is_said_where_it_was_typed(
    recording: Path, text: str, says: str
) -> None:
    async with replayed(recording) as (replay, pilot):
        await pilot.press("ctrl+g")
        await settled(pilot)
        replay.app.screen.query_one(Input).value = text
        await pilot.press("enter")
        await settled(pilot)
        assert says in str(replay.app.screen.query_one(".hint", Label).render())
        assert replay.seeking.wanted is None


async def go_to(replay: Replayed, pilot: Pilot[None], text: str) -> None:
    await pilot.press("ctrl+g")
    await settled(pilot)
    replay.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await replay.arrive(pilot)


@pytest.mark.long
async def test_a_time_is_gone_to_as_the_screen_shows_it(recording: Path) -> None:
    async with replayed(recording) as (replay, pilot):
        middle = entry_at(recording, 30)
        for text in (f"{middle.at.astimezone():%H:%M:%S.%f}", middle.at.isoformat()):
            await go_to(replay, pilot, text)
            assert replay.watch.state.seq == 29
            assert f"{middle.at.astimezone():%H:%M:%S}" in replay.text()
        for text, seq in (("end", None), ("first end", replay.seqs[0]), ("-1h", 1), ("start", 1)):
            await go_to(replay, pilot, text)
            assert seq is None or replay.watch.state.seq == seq


async def test_the_bar_shows_ends_and_a_click_on_one_goes_there(recording: Path) -> None:
    async with replayed(recording) as (replay, pilot):
        bar = replay.app.live.query_one(ReplayBar)
        line = replay.line()
        signs = re.findall("[╋┼]", line)
        assert len(signs) in (len(replay.seqs) - 1, len(replay.seqs))  # two ends are near
        at = line.index("┼")
        assert await pilot.click(bar, offset=(at, 0))
        await replay.arrive(pilot)
        assert replay.watch.state.seq == replay.seqs[line[:at].count("╋")]
        assert replay.line().index("█") < at
        assert await pilot.click(bar, offset=(line.index("▕") + 1, 0))
        await replay.arrive(pilot)
        assert replay.watch.state.seq < replay.seqs[0]


async def test_the_bar_in_ascii(recording: Path) -> None:
    async with replayed(recording, (100, 30), ascii_only=True) as (replay, pilot):
        await pilot.press("right_curly_bracket")
        await replay.arrive(pilot)
        assert replay.line().isascii() and "#x" in replay.line()


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (100, 30), (80, 24), (60, 20)])
async def test_the_bar_fits(recording: Path, size: tuple[int, int]) -> None:
    async with replayed(recording, size) as (replay, pilot):
        await pilot.press("right_curly_bracket")
        await replay.arrive(pilot)
        line = replay.line()
        assert "╋" in line and "▏" in line and "paused" in line and " / " in line
        assert re.search(r"\d\d:\d\d:\d\d ▕", line)


async def test_a_freeze_ends_where_it_goes_elsewhere(recording: Path) -> None:
    async with replayed(recording) as (replay, pilot):
        await pilot.press("right_curly_bracket")
        await replay.arrive(pilot)
        await pilot.press("space")
        await settled(pilot)
        assert "Sessions - frozen" in replay.text()
        await pilot.press("right_curly_bracket")
        await replay.arrive(pilot)
        assert "frozen" not in replay.text() and replay.watch.state.seq == replay.seqs[1]


async def test_421s_are_counted_up_to_where_it_is(recording: Path) -> None:
    async with replayed(recording) as (replay, pilot):
        for key in ("dollar_sign", "0", "right_curly_bracket"):
            await pilot.press(key)
            await replay.arrive(pilot)
            upto = replay.watch.state.seq
            wanted = await replay.story.history.count(0, upto, parse_filter("code:421"))
            assert f"421s: {wanted}" in replay.text()


async def test_without_times_it_goes_from_end_to_end(tmp_path: Path) -> None:
    entries = [replace(entry(seq, MarkSet("x"), None), timed=False) for seq in (1, 2, 3)]
    path = tmp_path / "untimed.ftpwatch"
    with Journal(path) as journal:
        journal.keep(entries)
    source = SourceOpened("log", "x.log", None, False)
    with recorded(path, "x.log", source, Start()) as story:
        assert story.seeking is not None
        assert not story.seeking.span.timed
        with pytest.raises(ValueError, match="has no times"):
            place_of("02:30", story.seeking, 0.0)
        assert place_of("end", story.seeking, 0.0).elapsed == story.seeking.span.ends


class Told(Tale):
    """A tale that keeps its entries."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def happens(self, at: float, event: AnyEvent, session: str = "s") -> None:
        number = len(self.entries) + 1
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
        self.entries.append(Entry(number, moment, at, session, 1, event))


def test_ends_of_one_incident_are_one_step(tmp_path: Path) -> None:
    """Three sessions that end together, then one alone that was asked to."""
    tale = Told()
    path = tmp_path / "incident.ftpwatch"
    with Journal(path, judged_by=judging_version()) as journal:
        watch = Watch(KnowledgeAdvisor())
        rows = list[Explained]()
        watch.subscribe(lambda update: rows.extend(update.explained))
        for name in ("a", "b", "c", "d"):
            tale.ready(session=name)
        for name in ("a", "b", "c"):
            tale.says(60, 421, "Timeout.", session=name).closes(60, 421, session=name)
        tale.closes(90, session="d")
        journal.keep(tale.entries)
        for one in tale.entries:
            watch.receive(one)
        watch.settle(float("inf"))
        journal.judge([judged_row(one, judging_version()) for one in rows], [])
    with closing(Reader(path)) as reader:
        steps = asyncio.run(reader.steps(judging_version()))
        closes = [e.seq for e in tale.entries if isinstance(e.event, ConnectionClosed)]
        assert [step.seq for step in steps] == [closes[2], closes[3]]


def test_what_was_revised_later_is_not_what_held(recording: Path, tmp_path: Path) -> None:
    """A state is passed over where what was explained by then was explained otherwise later."""
    path = tmp_path / "revised.ftpwatch"
    path.write_bytes(recording.read_bytes())
    version = judging_version()
    with closing(sqlite3.connect(path)) as database, database:
        (of,) = database.execute("select min(of) from explained").fetchone()
        (seq,) = database.execute("select max(seq) from snapshot").fetchone()
        database.execute("insert into snapshot select ?, body, by from snapshot", [of + 1])
        database.execute("update explained set seq = ? where of = ?", [seq, of])
    with closing(Reader(path)) as reader:
        bodies = [
            len(list(states(d, 0, seq - 1, version))) for d in reader._quick.parts.databases()
        ]
    assert bodies == [0]


def test_a_place_between_two_states_is_reached_from_memory(recording: Path) -> None:
    with closing(Reader(recording)) as reader:
        restoring = Restoring(reader, "another version")
        restoring.checkpoints._every = 10
        for upto in (55, 44, 31, 60, 8, 52):
            watch = Watch(KnowledgeAdvisor())
            restoring.checkpoints.of(watch)
            last = restoring.bring(watch, upto)
            plain = played(recording, upto)
            assert last is not None and last.seq == upto
            assert watch.state == plain.state and explained(watch) == explained(plain)
        known = restoring.checkpoints.newest(55)
        assert known is not None and 8 < known.state.seq <= 55


def test_checkpoints_are_bounded() -> None:
    checkpoints, watch = Checkpoints(), Watch(KnowledgeAdvisor())
    checkpoints._every = 1
    checkpoints.of(watch)
    for seq in range(1, 3_000):
        watch.receive(entry(seq, MarkSet("x"), None))
    assert 100 < len(checkpoints._kept) <= 256
    newest = checkpoints.newest(2_000)
    assert newest is not None and 1_900 < newest.state.seq <= 2_000


@pytest.fixture
def hurt(recording: Path, tmp_path: Path) -> Path:
    """Two of its entries cannot be read."""
    hurt = tmp_path / "hurt.ftpwatch"
    hurt.write_bytes(recording.read_bytes())
    with closing(sqlite3.connect(hurt)) as database, database:
        database.execute("delete from snapshot")
        database.execute("update entry set event = x'00' where seq in (5, 7)")
    return hurt


async def test_damage_before_the_place_where_it_is_opened_is_told_too(hurt: Path) -> None:
    with recorded(hurt, hurt.name, None, Start(end=True)) as story:
        replay = Replayed(story)
        assert story.begin is not None
        story.begin(replay.watch, replay.clock)
        assert story.unreadable() == 2
        said = await story.publish(replay.stage)
        replay.settling.end()
    assert said == "The recording is over, but 2 entries are damaged and could not be read."


async def test_the_table_of_ends_says_that_more_follow_and_goes_to_the_end(
    recording: Path,
) -> None:
    async with replayed(recording) as (replay, pilot):
        await pilot.press("right_curly_bracket")
        await replay.arrive(pilot)
        await pilot.press("l")
        await settled(pilot)
        upto = f"{replay.clock.now().astimezone():%H:%M:%S}"
        assert f"Ends - 1 up to {upto}, more follow ($ shows all)" in replay.text()
        await pilot.press("dollar_sign")
        await replay.arrive(pilot)
        await pilot.pause(0.2)
        assert "more follow" not in replay.text() and "Ends - 1 " not in replay.text()


async def test_the_start_of_a_second_is_before_its_ends_and_the_next_step_is_there(
    recording: Path,
) -> None:
    async with replayed(recording) as (replay, pilot):
        for seq in replay.seqs[:3]:
            moment = entry_at(recording, seq).at.astimezone()
            place = place_of(f"{moment:%H:%M:%S}", replay.seeking, 0.0)
            replay.playing.go(place)
            await replay.arrive(pilot)
            assert replay.watch.state.seq < seq
            before = [other for other in replay.seqs if other > replay.watch.state.seq]
            await pilot.press("right_curly_bracket")
            await replay.arrive(pilot)
            assert replay.watch.state.seq == before[0] <= seq


async def test_damage_is_told_where_a_recording_is_followed_too(hurt: Path) -> None:
    with followed_recording(hurt, Start()) as story:
        replay = Replayed(story)
        assert story.unreadable() == 2
        assert gaps_so_far(2).startswith("2 entries are damaged")
        said = await story.publish(replay.stage)
        replay.settling.end()
    assert said == "The watch is over, but 2 entries are damaged and could not be read."
