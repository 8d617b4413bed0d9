"""What users met: checks that belong to their connection, a demo between its parts, a first line
that keeps its words.
"""

import re
from pathlib import Path

import pytest

from ftpwatch.core.journal.events import CheckMade, SessionRemoved
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.keys import Keys
from tui.screens import panel, settled, shown

IDLE = "Timeout (300 seconds): closing"


async def test_checks_stay_with_the_connection_that_they_were_made_for(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        tale.ready().says(300, 421, IDLE).closes(300, 421)
        tale.happens(301, CheckMade("resolve", "ftp.example.com", 21, True, 0.01, "192.0.2.1"))
        await settled(pilot)
        assert "192.0.2.1" in panel(tale) and "checks" in panel(tale)
        tale.connection = 2
        tale.ready(310).closes(400)
        await settled(pilot)
        await pilot.press("right")
        await settled(pilot)
        assert "310" not in panel(tale) and "checks  name" not in panel(tale)
        assert "192.0.2.1" not in panel(tale)


async def test_between_the_parts_of_a_demo_nothing_of_the_last_one_stands(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
        live = tale.app.live
        live.playback_actions._playing = playing
        live._sessions.nothing = live.playback_actions.nothing
        tale.ready().says(60, 421, IDLE).closes(60, 421)
        await settled(pilot)
        assert "s · closed" in tale.text()
        tale.happens(70, SessionRemoved())
        tale.app.begin_part()
        await settled(pilot)
        assert "s · closed" not in tale.text()
        assert "add one" not in tale.text() and "the next part begins" in tale.text()


async def test_a_clock_that_runs_faster_says_so(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
        tale.app.live.playback_actions._playing = playing
        playing.speed = 15.0
        tale.app.tell("The first step.")
        await settled(pilot)
        assert " ×15 " in tale.text() and "The first step." in tale.text()


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
async def test_the_first_line_keeps_help_and_421s_where_nothing_is_recorded(
    tmp_path: Path, width: int
) -> None:
    async with shown(tmp_path, (width, 24), keeping="not recorded") as (tale, pilot):
        tale.ready(keep_alive=30)
        tale.clock.move_to(41)
        await settled(pilot)
        first = tale.text().splitlines()[0]
        assert "not recorded" in first and "421s: 0" in first and first.rstrip().endswith("help")
        assert ("not recorded · 00:00:41" in first) is (width >= 80)


async def test_the_first_line_of_a_demo_keeps_help_in_60_columns(tmp_path: Path) -> None:
    look = {"keeping": "not recorded", "title": "demo, a tour"}
    async with shown(tmp_path, (60, 20), **look) as (tale, _):
        assert tale.text().splitlines()[0].rstrip().endswith("421s: 0   ? help")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_help_is_in_the_bar_of_the_ends_at_every_width(width: int) -> None:
    line = Keys().bar(width, Pane.ENDS)
    assert line.endswith(" ? help  q back ") and len(line) <= width


async def test_a_sentence_that_is_said_again_replaces_itself(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=1)
        await settled(pilot)
        await pilot.press(*["less_than_sign"] * 10)
        await settled(pilot)
        assert len(tale.app._notifications) == 1
        for number in range(30):
            tale.app.warn(f"problem {number}")
        await settled(pilot)
        assert [n.message for n in tale.app._notifications][-1] == "problem 29"
        assert len(tale.app._notifications) == 3


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (60, 20)])
async def test_what_is_said_for_a_while_covers_only_the_bar_of_keys(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size, toasts=True) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        before = tale.text().splitlines()
        tale.app.notify("said first")
        tale.app.notify("said then")
        await pilot.pause(0.1)
        after = tale.text().splitlines()
        assert "said then" in after[-1] and "said first" not in tale.text()
        assert after[1:-1] == before[1:-1]


@pytest.mark.parametrize("key", ["4", "2", "l", "3"])
@pytest.mark.parametrize("width", [80, 120, 160])
async def test_help_on_every_screen_has_room_for_words_and_goes_to_its_end(
    tmp_path: Path, key: str, width: int
) -> None:
    async with shown(tmp_path, (width, 22)) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)
        await pilot.press("f1")
        await settled(pilot)
        box = tale.app.screen.query_one(".help")
        assert re.search("[Nn]ext, previous (lane|row)|(Open|Compare) .{10}", tale.text())
        await pilot.press("G")
        await settled(pilot)
        assert box.scroll_offset.y == box.max_scroll_y > 0
        await pilot.press("g")
        await settled(pilot)
        assert box.scroll_offset.y == 0
