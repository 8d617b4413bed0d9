"""Wishes that end something, step too far, or copy: what is asked, what is said of it."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from ftpwatch.core.controls import PasswordWanted, Refused
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.journal.events import ReconnectScheduled
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.tui.inputs import Reports
from ftpwatch.tui.screens.copying import Copying
from tui.screens import Shown, settled, shown
from tui.test_by_hand import toasts


@pytest.mark.parametrize(
    ("key", "question", "wish", "done"),
    [("D", "Close s with QUIT?", "quit", "s: QUIT is sent"),
     ("X", "Cut the connection of s without QUIT?", "drop", "s: the connection is cut")],
)  # fmt: skip
@pytest.mark.long
async def test_b7_what_ends_a_session_is_asked_first_and_said_in_a_paused_dialogue(
    tmp_path: Path, key: str, question: str, wish: str, done: str
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.wished.drop = lambda session: tale.wished.wishes.append(("drop", session))  # type: ignore[method-assign]
        tale.ready().keeps_alive(10, 50)
        await settled(pilot)
        await pilot.press("k", "k")
        assert "PAUSED" in tale.text()
        await pilot.press(key)
        await settled(pilot)
        assert question in tale.text() and tale.wished.wishes == []
        await pilot.press("n")
        await settled(pilot)
        assert tale.wished.wishes == [] and toasts(tale) == []
        await pilot.press(key, "y")
        await settled(pilot)
        assert tale.wished.wishes == [(wish, "s")] and toasts(tale) == [done]


async def test_b7_what_is_refused_is_not_said_to_be_done(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("X", "y")
        await settled(pilot)
        assert toasts(tale) == ["[b]not[/b] today"]


@pytest.mark.parametrize("key", ["D", "X"])
async def test_b7_a_session_that_is_closed_says_so(tmp_path: Path, key: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().closes(5)
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)
        assert toasts(tale) == ["s is closed already"] and tale.wished.wishes == []


async def test_b7_one_that_waits_to_reconnect_can_be_told_not_to(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().closes(5)
        tale.happens(5, ReconnectScheduled(30.0, 1, Cause.CONNECTION_LOST))
        await settled(pilot)
        await pilot.press("D")
        await settled(pilot)
        assert "s waits to reconnect. Give that up?" in tale.text()
        await pilot.press("y")
        await settled(pilot)
        assert tale.wished.wishes == [("quit", "s")]


@pytest.mark.parametrize(
    ("every", "says"),
    [(3600, "longest step is 1h"), (None, "keep-alives of s are off; press i to set an interval")],
)
async def test_b11_longer_never_walks_into_off(
    tmp_path: Path, every: float | None, says: str
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=every)
        await settled(pilot)
        await pilot.press("greater_than_sign")
        await settled(pilot)
        assert tale.wished.wishes == [] and toasts(tale)[-1].startswith(says)


async def copied(tale: Shown, pilot: Pilot[None], panel: bool) -> str:
    (tale.app.live._panel if panel else tale.app.live._dialogue).focus()
    await settled(pilot)
    await tale.app.run_action("dialogue('copy')", tale.app.live)
    await settled(pilot)
    return toasts(tale)[-1]


async def test_b12_y_says_where_the_copy_went(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        taken: list[str] = []
        actions = tale.app.live.dialogue_actions
        actions._copying = Copying(tale.app.live, lambda text: taken.append(text) or "in /a/file")
        tale.ready().says(300, 421, "Timeout.").closes(300, 421)
        await settled(pilot)
        await pilot.press("k")
        assert await copied(tale, pilot, panel=False) == (
            "line: sent to the terminal (OSC 52), if it takes that; in /a/file"
        )
        assert "421 Timeout" in taken[0] and "\n" not in taken[0]
        assert tale.app.clipboard == taken[0]
        assert "explanation, as Markdown: sent" in await copied(tale, pilot, panel=True)
        assert taken[1].count("\n") > 3 and "Timeout." in taken[1]


async def test_b12_without_a_place_it_speaks_of_the_terminal_alone(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("k")
        assert Reports(lambda _: "", lambda *_: "").copy is None
        said = await copied(tale, pilot, panel=False)
        assert said == "line: sent to the terminal (OSC 52), if it takes that"


async def test_b26_the_form_says_what_enter_did_and_what_is_missing(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        wanted: list[tuple[str, Secret | None]] = []

        def add(target: str, password: Secret | None = None) -> None:
            wanted.append((target, password))
            if ":secret@" in target:
                raise Refused("the URL for h holds a password")
            if password is None:
                raise PasswordWanted("no password for joe")

        tale.wished.add = add  # type: ignore[method-assign]
        await pilot.press("a", "enter")
        await settled(pilot)
        assert "name a server first" in tale.text()
        target, password = tale.app.screen.query(Input)
        target.value = "ftp://joe:secret@h"
        await pilot.press("enter")
        await settled(pilot)
        assert "holds a password" in tale.text() and target.has_focus
        target.value = "ftp://joe@h"
        await settled(pilot)
        assert "holds a password" not in tale.text()
        await pilot.press("enter")
        await settled(pilot)
        assert password.has_focus and "its password; enter alone takes it from" in tale.text()
        await pilot.press("enter")
        await settled(pilot)
        assert password.has_focus and "no source has the password" in tale.text()
        await pilot.press("x", "enter")
        await settled(pilot)
        assert wanted[-1] == ("ftp://joe@h", Secret("x"))
        assert tale.app.screen is tale.app.live
