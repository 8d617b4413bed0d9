"""`!`: one command typed, asked about where it may do harm, and sent; what is refused says why."""

import re
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from ftpwatch.core.ftp.command import MASK, Purpose
from ftpwatch.tui.dialogs.command_line import CommandLine
from tui.screens import Shown, settled, shown

KEYS = {" ": "space", "/": "slash"}


def typed(text: str) -> list[str]:
    return ["exclamation_mark", *(KEYS.get(char, char) for char in text), "enter"]


def text(tale: Shown) -> str:
    """In one line, without frames."""
    return " ".join(re.sub("[│┃▁▔▊▎]", " ", tale.text()).split())


def toasts(tale: Shown) -> list[str]:
    return [str(note.message) for note in tale.app._notifications]


@pytest.mark.parametrize("line", ["stat", "SITE HELP", "STAT /pub"])
@pytest.mark.long
async def test_harmless_ones_go_at_once(tmp_path: Path, line: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="eu-1")
        await settled(pilot)
        await pilot.press(*typed(line))
        await settled(pilot)
        sent = line.replace("stat", "STAT")
        assert tale.wished.wishes == [("send", "eu-1", sent)]
        assert toasts(tale) == [f"eu-1: {sent} is sent"]
        assert tale.app.screen is tale.app.live


@pytest.mark.parametrize(("answer", "wishes"), [("y", [("send", "s", "DELE a")]), ("n", [])])
@pytest.mark.long
async def test_others_are_asked_about_by_session_and_command(
    tmp_path: Path, answer: str, wishes: list[object]
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press(*typed("DELE a"))
        await settled(pilot)
        assert "Send DELE a to s?" in tale.text() and "It changes files" in tale.text()
        assert tale.wished.wishes == []
        await pilot.press(answer)
        await settled(pilot)
        assert tale.wished.wishes == wishes


@pytest.mark.parametrize(
    ("line", "says"),
    [("quit", "D closes it with QUIT"), ("LIST", "K makes LIST the keep-alive"),
     ("PASS x", "r reconnects and logs in anew"), ("AUTH TLS", "TLS is agreed on"),
     ("ABOR", "nothing is under way"), ("x", "3 to 12 letters"), ("", "type a command")],
)  # fmt: skip
async def test_what_would_break_the_dialogue_is_refused_where_it_is_typed(
    tmp_path: Path, line: str, says: str
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press(*typed(line))
        await settled(pilot)
        assert isinstance(tale.app.screen, CommandLine)
        assert says in text(tale)
        await pilot.press("a")
        await settled(pilot)
        assert says not in text(tale), "an error stays while one corrects"
        assert tale.wished.wishes == []


@pytest.mark.parametrize("pasted", ["NOOP\r\nDELE a", "NOOP\nDELE a\n", "STAT \x1b[31m", "a\0b"])
@pytest.mark.long
async def test_several_lines_are_not_pasted_in_part(tmp_path: Path, pasted: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("exclamation_mark")
        line = tale.app.screen.query_one(Input)
        line.post_message(events.Paste(pasted))
        await settled(pilot)
        assert line.value == "" and "nothing of it is taken" in text(tale)
        line.post_message(events.Paste("STAT\n"))
        await settled(pilot)
        assert line.value == "STAT" and "nothing of it is taken" not in text(tale)


@pytest.mark.long
async def test_what_was_sent_before_comes_back_and_no_password_does(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        for line in ("STAT", "FEAT", "STAT"):
            await pilot.press(*typed(line))
            await settled(pilot)
        await pilot.press(*typed("SITE PSWD old new"))
        await settled(pilot)
        assert f"Send SITE PSWD {MASK} to s?" in tale.text()
        await pilot.press("y")
        await settled(pilot)
        await pilot.press("exclamation_mark", "p")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(tale.app.screen.query_one(Input).value)
        assert seen == ["STAT", "FEAT", "FEAT", "STAT", "p", "p"]


async def test_while_a_reply_is_owed_it_says_that_it_waits(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30).asks(30, "NOOP", Purpose.KEEP_ALIVE)
        await settled(pilot)
        await pilot.press(*typed("STAT"))
        await settled(pilot)
        assert toasts(tale) == ["s: STAT waits for the reply to NOOP"]
        tale.wished.unsent("STAT was not sent: the connection ended")
        await settled(pilot)
        assert "STAT was not sent" in toasts(tale)[-1]


@pytest.mark.parametrize("key", ["exclamation_mark", "a", "K", "i", "R", "m"])
async def test_a_recording_says_so_before_anything_is_typed(tmp_path: Path, key: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.wished.why_not = "a recording is read-only"
        tale.ready()
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)
        assert toasts(tale) == ["a recording is read-only"]
        assert tale.app.screen is tale.app.live and tale.wished.wishes == []


async def test_a_session_that_is_not_connected_names_the_key_that_reconnects(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("exclamation_mark")
        await settled(pilot)
        assert "no session yet: press a" in toasts(tale)[-1]
        tale.ready().closes(5)
        await settled(pilot)
        await pilot.press("exclamation_mark")
        await settled(pilot)
        assert toasts(tale)[-1] == "s is not connected: r reconnects"


async def test_it_is_shown_as_the_users(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().asks(5, "STAT", Purpose.USER)
        await settled(pilot)
        assert "STAT (by hand)" in tale.text()
