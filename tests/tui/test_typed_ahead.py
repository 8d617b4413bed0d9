"""Keys that come faster than dialogs go."""

from pathlib import Path

import pytest
from textual.screen import ModalScreen

from tui.screens import settled, shown


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
