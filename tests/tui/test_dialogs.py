"""The dialog that adds sessions: URLs, profiles, groups."""

from pathlib import Path

import pytest

from tui.screens import settled, shown


@pytest.mark.parametrize("word", ["eu-1", "@eu", "ftp://h"])
async def test_what_needs_no_password_is_added_at_once(tmp_path: Path, word: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("a")
        await settled(pilot)
        await pilot.press(*("at" if char == "@" else char for char in word), "enter")
        await settled(pilot)
        assert tale.wished.wishes == [("add", word, None)]
        assert tale.app.screen is tale.app.live
