"""Which session keys act on, and which the panel speaks of: never one by the words of another."""

import re
from pathlib import Path

from textual.pilot import Pilot

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Role, Stage
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.screens import Shown, panel, settled, shown

SIZE = (160, 40)


def acted_on(tale: Shown) -> str:
    """What the frame of the sessions says."""
    match = re.search(r"keys act on (\S+)", tale.text())
    return match[1] if match else ""


def unreachable(tale: Shown, at: float, session: str) -> None:
    tale.opening(at, session).fails(at + 1, Stage.CONNECT, "connection refused", session)


async def test_what_ends_is_what_keys_act_on(tmp_path: Path) -> None:
    async with shown(tmp_path, SIZE) as (tale, pilot):
        tale.ready(session="first").ready(session="second")
        await settled(pilot)
        assert acted_on(tale) == "first"
        tale.says(60, 421, "Timeout.", session="second").closes(60, 421, session="second")
        await settled(pilot)
        assert acted_on(tale) == "second" and "keys act on" not in panel(tale)


async def choose_second_and_end_third(tale: Shown, pilot: Pilot[None]) -> None:
    tale.ready(session="first").ready(session="second")
    await settled(pilot)
    await pilot.press("right_square_bracket")
    unreachable(tale, 60, "third")
    await settled(pilot)


async def test_an_end_moves_nothing_that_was_chosen_and_the_panel_says_so(tmp_path: Path) -> None:
    async with shown(tmp_path, SIZE) as (tale, pilot):
        await choose_second_and_end_third(tale, pilot)
        assert acted_on(tale) == "second"
        assert "keys act on second now; enter in this panel is for third" in panel(tale)
        assert not re.search(r"DO +c ", panel(tale))


async def test_an_open_panel_goes_with_who_is_chosen(tmp_path: Path) -> None:
    async with shown(tmp_path, SIZE) as (tale, pilot):
        tale.ready(session="first").ready(session="second").ready(session="third")
        for at, name in ((60, "first"), (90, "second")):
            tale.says(at, 421, "Timeout.", session=name).closes(at, 421, session=name)
        await settled(pilot)
        view = tale.app.screen.query_one(ExplanationPanel)
        assert view.shown is not None and view.shown.session == acted_on(tale) == "first"
        await pilot.press("right_square_bracket")
        await settled(pilot)
        assert view.shown.session == acted_on(tale) == "second"
        await pilot.press("right_square_bracket")
        await settled(pilot)
        assert (view.shown.session, acted_on(tale)) == ("second", "third")
        assert "keys act on third now" in panel(tale)


async def test_enter_in_the_panel_is_for_the_session_of_the_panel(tmp_path: Path) -> None:
    async with shown(tmp_path, SIZE) as (tale, pilot):
        await choose_second_and_end_third(tale, pilot)
        tale.app.screen.query_one(ExplanationPanel).focus()
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert tale.wished.wishes == [("check", "third")] and acted_on(tale) == "third"


async def test_an_end_that_was_expected_hides_none_that_was_not(tmp_path: Path) -> None:
    async with shown(tmp_path, SIZE) as (tale, pilot):
        tale.ready(session="left").ready(session="lost")
        tale.asks(50, "QUIT", Purpose.QUIT, "left").says(50, 221, "Bye", Role.FINAL, "left")
        tale.closes(50, 221, session="left", solicited=True)
        await settled(pilot)
        view = tale.app.screen.query_one(ExplanationPanel)
        assert view.shown is not None and view.shown.session == "left"
        tale.says(60, 421, "Timeout.", session="lost").closes(60, 421, session="lost")
        await settled(pilot)
        assert view.shown.session == acted_on(tale) == "lost"
        await pilot.press("left")
        await settled(pilot)
        assert view.shown.session == "left"
