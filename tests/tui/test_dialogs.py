"""The dialog that adds sessions: URLs, profiles, groups."""

from pathlib import Path

import pytest
from textual.widgets import Input, Label

from ftpwatch.config.address import parse_address
from ftpwatch.config.errors import ConfigError
from ftpwatch.core.controls import Refused
from tui.screens import Shown, settled, shown


@pytest.mark.parametrize("word", ["eu-1", "@eu", "ftp://h"])
@pytest.mark.long
async def test_what_needs_no_password_is_added_at_once(tmp_path: Path, word: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("a")
        await settled(pilot)
        await pilot.press(*("at" if char == "@" else char for char in word), "enter")
        await settled(pilot)
        assert tale.wished.wishes == [("add", word, None)]
        assert tale.app.screen is tale.app.live


def strict(tale: Shown) -> None:
    """Targets are URLs."""
    note = tale.wished.add

    def add(target: str, password: object = None) -> None:
        try:
            parse_address(target)
        except ConfigError as error:
            raise Refused(str(error)) from None
        note(target, password)  # type: ignore[arg-type]

    tale.app.live.session_actions._controls.add = add  # type: ignore[method-assign]


@pytest.mark.parametrize("word", ["ftp.example.com", "10.0.0.1:2121", "nas:2121", "[::1]:2121"])
@pytest.mark.long
async def test_a_host_alone_is_taken_for_a_url(tmp_path: Path, word: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        strict(tale)
        await pilot.press("a")
        tale.app.screen.query_one("#target", Input).value = word
        await pilot.press("enter")
        await settled(pilot)
        assert tale.wished.wishes == [("add", f"ftp://{word}", None)]


async def test_a_password_in_the_url_is_refused_at_once_and_the_sentence_goes_as_one_corrects(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        strict(tale)
        await pilot.press("a")
        target = tale.app.screen.query_one("#target", Input)
        target.value = "ftp://joe:secret@h"
        await pilot.press("enter")
        await settled(pilot)
        hint = tale.app.screen.query(Label).last()
        assert "password" in str(hint.render()) and "secret" not in str(hint.render())
        assert target.has_focus
        target.value = "ftp://joe@h"
        await settled(pilot)
        assert "enter ok" in str(hint.render())
