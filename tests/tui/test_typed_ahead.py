"""Keys that come faster than dialogs go."""

import asyncio
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.widgets.filter_line import FilterLine
from tui.screens import Shown, settled, shown


@pytest.mark.parametrize("key", ["m", "a", "question_mark"])
async def test_a_dialog_that_is_left_twice_takes_no_other_screen_with_it(
    tmp_path: Path, key: str
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await pilot.press(key)
        dialog = tale.app.screen
        assert isinstance(dialog, ModalScreen)
        for _ in range(3):  # as enter and escape do that come in one piece
            dialog.dismiss(None)
        await settled(pilot)
        assert tale.app.screen is tale.app.live
        assert "Dialogue" in tale.text()


async def typed(tale: Shown, pilot: Pilot[None], *keys: str) -> None:
    """All of them in one piece, as a terminal that lags sends them."""
    for key in keys:
        event = Key(key, key if len(key) == 1 else None)
        tale.app.post_message(event.set_sender(tale.app))
    await settled(pilot)


async def test_what_follows_the_key_of_the_filter_is_the_filter(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await typed(tale, pilot, "slash", *"mcqR")
        assert tale.app.screen is tale.app.live
        assert tale.app.live.query_one(FilterLine).value == "mcqR"
        await typed(tale, pilot, "escape", "slash", *"x")
        assert tale.app.live.query_one(FilterLine).value == "x"


async def test_a_password_that_follows_the_tab_key_is_not_in_the_url(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await typed(tale, pilot, *"a", *"ftp", "tab", *"secret")
        dialog = tale.app.screen
        assert [dialog.query_one(id, Input).value for id in ("#target", "#password")] == [
            "ftp",
            "secret",
        ]
        await typed(tale, pilot, "shift+tab", "ctrl+u", *"eu")
        assert dialog.query_one("#target", Input).value == "eu"


async def test_what_follows_the_enter_key_is_for_what_comes_back(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await typed(tale, pilot, *"i", "ctrl+u", *"10s", "enter", "question_mark")
        assert isinstance(tale.app.screen, Help)
        assert [words for words in tale.wished.wishes if "10" in str(words)], tale.wished.wishes
        await typed(tale, pilot, "escape", "slash", *"ab", "enter", *"z")
        assert "zoomed" in " ".join(tale.app.screen.classes)
        assert "filter: ab" in tale.text()


async def test_ctrl_c_waits_for_no_key(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        for key in ("slash", *"m" * 2_000, "ctrl+c"):
            tale.app.post_message(Key(key, key if len(key) == 1 else None).set_sender(tale.app))
        async with asyncio.timeout(20):
            while not tale.left:
                await asyncio.sleep(0)
        assert len(tale.app.live.query_one(FilterLine).value) < 2_000


async def test_what_follows_a_key_that_is_held_down_waits_for_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        for at in range(30):
            tale.ready(at, session=f"eu-{at}")
        await settled(pilot)
        await typed(tale, pilot, *"k" * 40, "slash", *"kkk")
        assert tale.app.live.query_one(FilterLine).value == "kkk"
        await typed(tale, pilot, "escape", *"a" * 3, "escape", *"i" * 2)
        assert tale.app.screen.query_one(Input).value.endswith("i")
