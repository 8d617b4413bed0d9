"""The Timeline screen: lanes on an axis, moved over, zoomed, opened and left."""

import re
import time
from pathlib import Path

import pytest
from knowledge.contexts import Tale
from textual.pilot import Pilot

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import CommandSent, ReconnectScheduled, SessionAdded
from ftpwatch.core.journal.vocabulary import Cause, Role
from ftpwatch.core.text.terminal import Colours
from ftpwatch.core.timeline.density import by_host
from ftpwatch.core.timeline.lanes import Ends, Moment
from ftpwatch.tui.screens.live import LiveScreen
from ftpwatch.tui.screens.timeline import TimelineScreen
from ftpwatch.tui.screens.timeline_picture import Picture
from ftpwatch.tui.screens.timeline_place import MANY_SESSIONS, TimelinePlace
from ftpwatch.tui.signs import UNICODE
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.session_list import SessionList
from tui.screens import Shown, panel, settled, shown

NO_TRANSFER = "No transfer timeout (300 seconds): closing control connection"
SIZES = [(200, 60), (80, 24), (60, 20)]


def screen(tale: Shown) -> TimelineScreen:
    assert isinstance(tale.app.screen, TimelineScreen)
    return tale.app.screen


async def press(pilot: Pilot[None], *keys: str) -> None:
    """And until what is then in view is read and drawn."""
    await pilot.press(*keys)
    await settled(pilot)
    if isinstance(pilot.app.screen, TimelineScreen):
        pilot.app.screen.draw()
        await settled(pilot)


def lane(tale: Shown, name: str) -> str:
    """A lane as it is seen, without its name."""
    lines = [line for line in tale.text().splitlines() if re.match(rf"[┃#] {name} ", line)]
    assert lines, tale.text()
    return lines[0].strip("┃#").removeprefix(f" {name}").strip()


def selected(tale: Shown) -> str | None:
    return tale.app.live.query_one(SessionList).selected


def story(tale: Shown) -> None:
    """One is ended by the no-transfer clock, one transfers, five are ended together."""
    tale.ready(session="eu-1").ready(session="eu-2", greeting="ProFTPD Server ready.")
    tale.asks(100, "LIST", Purpose.USER, session="eu-1")
    tale.says(101, 150, "here", Role.PRELIMINARY, session="eu-1")
    tale.says(140, 226, "done", Role.FINAL, session="eu-1")
    for at in range(150, 300, 30):
        tale.asks(at, "NOOP", session="eu-2").says(at, 200, "ok", Role.FINAL, session="eu-2")
    tale.says(300, 421, NO_TRANSFER, session="eu-2").closes(300, 421, session="eu-2")
    tale.happens(300, ReconnectScheduled(40.0, 1, Cause.NO_TRANSFER_TIMEOUT), "eu-2")
    tale.watch.settle(310)
    for n in range(5):
        tale.ready(320, session=f"lab-{n}")
    for n in range(5):
        tale.says(400, 421, "Server shutting down", session=f"lab-{n}")
        tale.closes(400, 421, session=f"lab-{n}")
    tale.watch.settle(410)
    tale.clock.move_to(410)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_lanes_the_end_and_what_is_under_the_cursor(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "E", "E")
        assert "✗" in lane(tale, "eu-2") and "═" in lane(tale, "eu-1")
        assert lane(tale, "eu-2").count("∙") == 5
        assert "300 s no transfer" in tale.text()
        assert "no-transfer limit · certain" in tale.text()
        assert all(len(line) == size[0] for line in tale.text().splitlines())
        assert re.search(r"drops +1 +5 ", tale.text())


async def test_in_ascii_nothing_else_is_drawn(tmp_path: Path) -> None:
    async with shown(tmp_path, (80, 24), ascii_only=True) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "E", "h", "h")
        assert "x" in lane(tale, "eu-2") and "=" in lane(tale, "eu-1")
        shown_lines = "\n".join(tale.text().splitlines()[:-1])  # below stand the keys
        assert shown_lines.isascii(), shown_lines
        await press(pilot, "question_mark")
        assert "TIMELINE" in tale.text()


async def test_signs_tell_it_without_colour(tmp_path: Path) -> None:
    """The limit that struck, ends that are one event, a transfer."""
    async with shown(tmp_path, colours=Colours.NONE) as (tale, pilot):
        story(tale)
        await press(pilot, "2")
        assert re.search(r"─│═+│─", lane(tale, "eu-1"))
        (bracket,) = re.findall(r"└─+ 300 s no transfer ─+┘", tale.text())
        assert len(bracket) == 300 / 5 + 1, "5 s a column"
        assert "5 ended together: server stop or restart" in tale.text()
        assert tale.text().count("│✗│") == 5
        assert "┌─┐" in tale.text() and "└─┘" in tale.text()


async def test_enter_on_an_end_opens_its_explanation_and_the_dialogue_there(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "E", "E", "enter")
        assert isinstance(tale.app.screen, LiveScreen)
        assert "No-transfer limit" in panel(tale) and selected(tale) == "eu-2"
        rows = {row.seq: row for row in tale.app.live.query_one(DialogueView)._rows}
        chosen = rows[tale.app.live.query_one(DialogueView).selected or 0]
        assert chosen.entry.session == "eu-2" and chosen.entry.elapsed_seconds == 300


@pytest.mark.long
async def test_enter_on_an_entry_goes_to_its_row_also_to_one_that_it_shares(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "E", "E")
        steps = round((300 - 270) / 5)
        await press(pilot, *["left"] * steps)
        assert "NOOP" in tale.text() or "200 ok" in tale.text()
        await press(pilot, "enter")
        dialogue = tale.app.live.query_one(DialogueView)
        (row,) = [row for row in dialogue._rows if row.seq == dialogue.selected]
        assert isinstance(row.entry.event, CommandSent) and row.answer is not None
        assert row.entry.elapsed_seconds == 270 and row.entry.session == "eu-2"


@pytest.mark.parametrize("key", ["escape", "2"])
@pytest.mark.long
async def test_the_lane_it_is_left_on_is_selected_and_acted_on(tmp_path: Path, key: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        tale.app.live.query_one(SessionList).select("eu-2")
        await press(pilot, "2")
        assert screen(tale)._place.lane == "eu-2"
        await press(pilot, "down", "j", "up", key)
        assert isinstance(tale.app.screen, LiveScreen) and selected(tale) == "lab-0"
        await press(pilot, "full_stop")
        assert ("keep_alive_now", "lab-0") in tale.wished.wishes


async def test_zoom_keeps_what_is_under_the_cursor(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "E", "E")
        for by in (-1,) * 12 + (1,) * 20 + (-1,) * 10:
            screen(tale).action_zoom(by)
            picture = screen(tale)._picture
            end = picture.end() if picture is not None else None
            assert end is not None and end.session == "eu-2", by
        await press(pilot, "plus")
        assert "stands" in tale.text() and "no-transfer limit" in tale.text()


@pytest.mark.long
async def test_it_follows_until_the_cursor_is_moved_and_again_when_asked(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(30, 600)
        await press(pilot, "2")
        before = screen(tale)._place.view
        tale.keeps_alive(1000, 1000)
        await press(pilot)
        screen(tale).draw()
        after = screen(tale)._place.view
        assert before and after and after.first > before.first
        await press(pilot, "left")
        tale.asks(2000, "NOOP")
        screen(tale).draw()
        assert screen(tale)._place.view == after and "stands" in tale.text()
        await press(pilot, "f")
        now = screen(tale)._place.view
        assert now and now.first > after.first and "follows" in tale.text()


async def test_it_pans_by_halves_and_goes_to_the_start_and_to_all(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(100, 7200)
        await press(pilot, "2", "shift+left")
        place = screen(tale)._place
        assert place.view and place.view.until < 7200
        await press(pilot, "g")
        assert place.view.first == 0 and screen(tale)._picture.cursor == 0
        await press(pilot, "z")
        assert place.view.first == 0 and place.view.until > 7200 and place.follows


async def test_frozen_it_holds_still_and_shows_nothing_later(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "space")
        before = tale.text()
        assert "frozen" in before
        tale.asks(500, "NOOP", session="eu-1").closes(505, session="eu-1")
        tale.ready(506, session="late")
        tale.watch.settle(520)
        await press(pilot)
        screen(tale).draw()
        await settled(pilot)
        screen(tale).draw()
        assert tale.text() == before
        await press(pilot, "space")
        assert "late" in tale.text() and "✗" in lane(tale, "eu-1")


@pytest.mark.long
async def test_hosts_show_how_much_happened_and_one_host_unfolds(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "h", "E")
        assert "192.0.2.1:21 7" in tale.text() and "hosts 1-1 of 1" in tale.text()
        assert "7 sessions" in tale.text() and "5 drops" in tale.text()
        await press(pilot, "enter")
        assert "only 192.0.2.1:21" in tale.text() and "sessions 1-7 of 7" in tale.text()
        assert screen(tale)._place.lane == "lab-0", "one that ended there"
        await press(pilot, "h")
        assert "hosts 1-1 of 1" in tale.text()
        await press(pilot, "h", "escape")
        assert selected(tale) == "lab-0"


async def test_nothing_from_the_wire_is_obeyed(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        name = "[red]x\x1b[31m\u202e"
        tale.ready(session=name).says(60, 421, "[b]Idle\x1b]0;x\x07", session=name)
        tale.closes(60, 421, session=name)
        tale.watch.settle(70)
        await press(pilot, "2", "E", "plus")
        assert "[red]x␛[31m" in tale.text()
        assert not any(sign in tale.text() for sign in ("\x1b", "\x07", "\u202e"))


async def test_without_sessions_it_says_so(tmp_path: Path) -> None:
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        await press(pilot, "2", "enter", "e", "h", "down", "left", "plus", "z")
        assert "no session yet" in tale.text()
        await press(pilot, "q")
        assert isinstance(tale.app.screen, LiveScreen)


def crowd(count: int) -> Tale:
    tale = Tale()
    for n in range(count):
        facts = TargetFacts(f"s{n}", "ftp.example.com", 2100 + n % 7, "bob", "off", None, "NOOP")
        tale.happens(n / 1000, SessionAdded(facts), f"s{n}")
    return tale


def test_five_thousand_sessions_are_hosts_at_first_and_drawn_at_once() -> None:
    state, place = crowd(5_000).watch.state, TimelinePlace()
    assert place.is_dense(state) and not place.is_dense(crowd(MANY_SESSIONS).watch.state)
    took = []
    for dense in (True, False) * 3:
        began = time.process_time()
        place.dense = dense
        moment = Moment(place.seen(60, 150), state, 60, None, by_host(state))
        rows = Picture(moment, Ends(()), place, (200, 60), UNICODE).rows(lambda at: at)
        took.append(time.process_time() - began)
        assert len(rows) == 60
    assert sorted(took)[3] < 0.1, took


@pytest.mark.long
async def test_a_click_goes_there_and_a_second_one_opens_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2")
        lines = tale.text().splitlines()
        y = next(at for at, line in enumerate(lines) if line.startswith("┃ eu-2"))
        where = (lines[y].index("✗"), y)
        await pilot.click(offset=where)
        await press(pilot)
        assert screen(tale)._place.lane == "eu-2" and "no-transfer limit" in tale.text()
        await pilot.click(offset=where)
        await press(pilot)
        assert isinstance(tale.app.screen, LiveScreen) and "No-transfer limit" in panel(tale)


async def test_escape_goes_back_to_the_timeline_from_what_it_opened(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        await press(pilot, "2", "E", "enter")
        assert isinstance(tale.app.screen, LiveScreen)
        await press(pilot, "escape")
        assert isinstance(tale.app.screen, TimelineScreen)


async def test_where_there_is_nothing_the_key_is_named_that_leads_to_an_end(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        story(tale)
        tale.asks(400, "NOOP", session="eu-1")
        await press(pilot, "2", "e")
        said = [one.message for one in tale.app._notifications]
        assert said == ["no end after this; E goes to the end before"]
        await press(pilot, "g", "left", "E")
        said = [one.message for one in tale.app._notifications]
        assert said == ["no end before this; e goes to the next end"]
