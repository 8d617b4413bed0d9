"""Where there is little room: what is cut ends in a mark, nothing moves as a panel opens, and no
screen stays empty below what there is to show.
"""

import re
from pathlib import Path

import pytest
from tales import crowd

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.tui.screens.limits import LimitsScreen
from ftpwatch.tui.signs import UNICODE
from ftpwatch.tui.widgets.session_list import SessionList
from tui.every_screen import MeasuredRun
from tui.screens import Shown, settled, shown
from tui.test_live import IDLE, dialogue, drawn

WIDE_NAME = "夜間/バックアップ"


def line_with(tale: Shown, words: str) -> str:
    return next(line for line in tale.text().splitlines() if words in line)


async def test_a_filter_of_what_is_above_a_paused_screen_shows_it(tmp_path: Path) -> None:
    async with shown(tmp_path, (80, 24)) as (tale, pilot):
        tale.ready().asks(1, "PWD").says(1, 502, "no", Role.FINAL)
        for at in range(10, 400, 10):
            tale.asks(at, "STAT").says(at, 211, f"at {at}", Role.FINAL)
        await settled(pilot)
        await pilot.press("W", "k", "slash", *"code:502", "enter")
        await settled(pilot)
        assert not dialogue(tale).following
        assert "502 no" in drawn(tale)


async def test_what_is_folded_below_leaves_no_empty_screen(tmp_path: Path) -> None:
    async with shown(tmp_path, (80, 24)) as (tale, pilot):
        tale.ready()
        for at in range(10, 400, 10):
            tale.asks(at, "PWD", Purpose.USER).says(at, 257, f"at {at}", Role.FINAL)
        long = "\n".join(f"line {n}" for n in range(40))
        tale.asks(400, "STAT", Purpose.USER).says(400, 211, long, Role.FINAL)
        await settled(pilot)
        await pilot.press("W", "k", "k", "w", "pagedown", "w")
        await settled(pilot)
        view = dialogue(tale)
        assert not view.following and view.lines[-1][0].mark == "≡ 40 lines"
        assert len(view.lines) == view.size.height


async def test_a_wide_name_is_cut_with_a_mark_on_every_screen(tmp_path: Path) -> None:
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        tale.ready(session=WIDE_NAME)
        await settled(pilot)
        assert re.search("夜間/.* ?… ", line_with(tale, "logged in"))
        await pilot.press("2")
        await settled(pilot)
        tale.app.screen.draw()  # type: ignore[attr-defined]
        assert re.search("夜間/.+ ?… ", line_with(tale, "夜間"))


async def test_a_wide_name_has_the_room_there_is(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 36)) as (tale, pilot):
        tale.ready(session=WIDE_NAME).says(9, 421, IDLE, session=WIDE_NAME)
        tale.closes(9, 421, session=WIDE_NAME)
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert WIDE_NAME in line_with(tale, "✗ closed  ") and WIDE_NAME in line_with(tale, "logged")
        await pilot.press("l")
        await settled(pilot)
        assert WIDE_NAME in line_with(tale, "00:00:09 ")


@pytest.mark.parametrize("size", [(120, 36), (60, 20)])
async def test_names_keep_their_column_as_a_panel_opens(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        tale.ready(session="archive").ready(session="eu")
        for at in range(10, 60, 2):
            tale.asks(at, "PWD", Purpose.USER, "eu").says(at, 257, "here", Role.FINAL, "eu")
        await settled(pilot)
        before = line_with(tale, "▼ 257").index("▼ 257")
        tale.says(60, 421, IDLE, session="eu").closes(60, 421, session="eu")
        await settled(pilot)
        assert line_with(tale, "▼ 257").index("▼ 257") == before


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20)])
async def test_help_of_the_timeline_cuts_no_word(tmp_path: Path, size: tuple[int, int]) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("2", "question_mark")
        await pilot.pause()
        assert re.search("z +all of the time", tale.text())
        assert re.search("< > .+half a screen back, on", tale.text())


async def test_what_is_said_of_leaving_is_said_whole(tmp_path: Path) -> None:
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        tale.app.live.say_leaving()
        await settled(pilot)
        assert tale.text().splitlines()[0].rstrip().endswith("closing all with QUIT")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert tale.text().splitlines()[0].rstrip().endswith("once more to leave at once")


async def test_found_limits_and_the_scale_of_their_bars_are_read_whole(tmp_path: Path) -> None:
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        run = MeasuredRun.found_one()
        tale.app.push_screen(LimitsScreen(run, tale.clock, UNICODE))
        await settled(pilot)
        assert "60 s ± 0.5 s" in tale.text() and "idle_session_timeout" in tale.text()
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        tale.app.screen._draw()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "a full bar is 20m" in tale.text()


async def test_a_group_whose_sessions_are_marked_has_the_mark(tmp_path: Path) -> None:
    async with shown(tmp_path, (80, 24)) as (tale, pilot):
        crowd(tale)
        await settled(pilot)
        tale.app.live.query_one(SessionList).focus()
        await pilot.press("g", "v")
        await settled(pilot)
        assert "▸*▾ " in line_with(tale, "eu.example.com 40")
        assert "*" not in line_with(tale, "us.example.com 20")
        await pilot.press("v")
        await settled(pilot)
        assert "*" not in line_with(tale, "eu.example.com 40")


async def test_ends_that_share_a_row_are_one_sentence(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        crowd(tale)
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "421 Kicked by administrator, all within 0.1 s" in tale.text()


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_list_that_has_all_of_a_small_screen_has_its_headings(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        tale.ready(session="first", keep_alive=30).ready(session="second")
        tale.app.live.query_one(SessionList).focus()
        await settled(pilot)
        assert "VERDICT" not in tale.text()
        await pilot.press("z")
        await settled(pilot)
        assert "VERDICT" in tale.text() and "keys act on first" in tale.text()
        await pilot.press("z")
        await settled(pilot)
        assert "VERDICT" not in tale.text()
