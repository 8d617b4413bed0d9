"""The panel answers first: what it shows on top, what its keys do, and how calm it is."""

from pathlib import Path

import pytest
from msgspec import structs
from textual.widgets import Input, Static

from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import (
    ConnectionOpened,
    ConnectionOpening,
    KeepAliveChanged,
    ReconnectScheduled,
)
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Manner, Role
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.headline import Keeping
from ftpwatch.knowledge.loader import KnowledgeError, _check_causes, load
from ftpwatch.tui.themes import THEMES
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.screens import Shown, panel, panel_lines, settled, shown

NO_TRANSFER = "No transfer timeout (300 seconds): closing control connection"
IDLE = "Idle for 15 seconds, closing."


def cut_by_no_transfer(tale: Shown, *sessions: str) -> None:
    for session in sessions or ("s",):
        tale.ready(session=session, keep_alive=30).keeps_alive(30, 299, session)
    for session in sessions or ("s",):
        tale.says(300.2, 421, NO_TRANSFER, session=session).closes(300.2, 421, session=session)
        tale.happens(300.3, ReconnectScheduled(12, 1, "no_transfer_timeout"), session)


def notices(tale: Shown) -> list[str]:
    return [notification.message for notification in tale.app._notifications]


async def test_six_lines_are_enough_at_80_by_24(tmp_path: Path) -> None:
    async with shown(tmp_path, (80, 24)) as (tale, pilot):
        cut_by_no_transfer(tale)
        await settled(pilot)
        assert panel_lines(tale)[:6] == [
            "s · closed 00:05:00",
            "✗ No-transfer limit reached · certain",
            "The server wants a listing or a transfer every 300 s. NOOP does not count.",
            "DO K send LIST every 150 s: NOOP does not reset this clock",
            "NEXT reconnects in 12s · r reconnects now, c checks",
            "421 No transfer timeout (300 seconds): closing control connection",
        ]


@pytest.mark.parametrize(("text", "do"), [(NO_TRANSFER, "LIST every 150"), (IDLE, "DO")])
async def test_what_to_do_is_seen_at_60_by_20(tmp_path: Path, text: str, do: str) -> None:
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        tale.ready(keep_alive=20)
        if text is NO_TRANSFER:
            tale.keeps_alive(20, 299)
        at = 300 if text is NO_TRANSFER else 15
        tale.says(at, 421, text).closes(at, 421)
        await settled(pilot)
        lines = panel_lines(tale)
        assert "limit reached" in lines[1] and lines[2].startswith("The server")
        assert do in " ".join(lines[3:6])


async def test_k_carries_the_cure_out_for_this_session(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        cut_by_no_transfer(tale)
        await settled(pilot)
        await pilot.press("K")
        await settled(pilot)
        assert "Keep-alive of s: LIST every 2m30s instead of NOOP every 30s?" in " ".join(
            tale.text().replace("│", " ").split()
        )
        await pilot.press("y")
        await settled(pilot)
        assert tale.wished.wishes == [
            ("set_keep_alive_command", "s", "LIST"),
            ("set_keep_alive", "s", 150.0),
        ]
        assert notices(tale)[-1] == "s: keep-alive LIST every 2m30s"


async def test_enter_in_the_panel_offers_all_sessions_of_the_host(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="other", keep_alive=30)
        cut_by_no_transfer(tale)
        await settled(pilot)
        tale.app.live.query_one(ExplanationPanel).focus()
        await pilot.press("enter")
        await settled(pilot)
        assert "a: all 2 sessions of this host" in tale.text()
        await pilot.press("a")
        await settled(pilot)
        assert {wish[1] for wish in tale.wished.wishes} == {"s", "other"}
        assert len(tale.wished.wishes) == 4


async def test_alone_there_is_no_key_for_all(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        cut_by_no_transfer(tale)
        await settled(pilot)
        await pilot.press("K", "a")
        await settled(pilot)
        assert tale.wished.wishes == [] and "all 1" not in tale.text()
        await pilot.press("o")
        await settled(pilot)
        assert "Keep-alive command for s (now: NOOP every 30s)" in tale.text()
        assert tale.app.screen.query_one(Input).value == "NOOP"


async def test_a_keep_alive_that_is_too_slow_gets_its_interval(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=20).says(15, 421, IDLE).closes(15, 421)
        await settled(pilot)
        assert "DO i NOOP every 20 s is too slow: set 7 s or less" in panel(tale)
        await pilot.press("i", "enter")
        assert tale.wished.wishes == [("set_keep_alive", "s", 7.0)]


async def test_keep_alives_that_are_off_are_turned_on(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(15, 421, IDLE).closes(15, 421)
        await settled(pilot)
        assert "DO i turn keep-alives on: NOOP every 7 s" in panel(tale)
        await pilot.press("i", "enter")
        assert tale.wished.wishes == [("set_keep_alive", "s", 7.0)]


async def test_a_cure_that_is_carried_out_is_ticked_and_not_asked_again(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=20).says(15, 421, IDLE).closes(15, 421)
        tale.happens(16, KeepAliveChanged(5.0, "NOOP", "user"))
        await settled(pilot)
        assert "DO ✓ NOOP every 20 s is too slow" in panel(tale)
        await pilot.press("i")
        await settled(pilot)
        assert "Keep-alive interval for s (now: 5s)" in tale.text()


async def test_a_replay_refuses_a_cure_with_a_word(tmp_path: Path) -> None:
    async with shown(tmp_path, keeping=Keeping.REPLAYED) as (tale, pilot):

        def refuse(*_: object) -> None:
            raise Refused("a recording is read-only")

        tale.wished.set_keep_alive_command = refuse  # type: ignore[method-assign]
        cut_by_no_transfer(tale)
        await settled(pilot)
        assert "DO – send LIST" in panel(tale)  # no key is named
        await pilot.press("K")
        await settled(pilot)
        assert notices(tale) == ["a recording is read-only"]
        assert tale.app.screen is tale.app.live


async def test_an_unknown_limit_is_measured_and_an_unreached_server_checked(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        actions = tale.app.live.limits_actions
        actions._sources = structs.replace(actions._sources, find_limits=lambda _: pytest.fail())
        tale.ready().closes(100)
        await settled(pilot)
        assert "DO L measure whether a limit" in panel(tale)
        tale.app.live.query_one(ExplanationPanel).focus()
        await pilot.press("enter")
        await settled(pilot)
        assert "limits of" in tale.text()


async def test_our_quit_is_calm(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().asks(50, "QUIT", Purpose.QUIT)
        tale.says(50, 221, "Goodbye.", Role.FINAL)
        tale.closes(50, 221, ClosedBy.USER_PI, Manner.LOCAL, solicited=True)
        await settled(pilot)
        shown_panel = tale.app.screen.query_one(ExplanationPanel)
        assert shown_panel.has_class("-calm")
        assert "✗" not in tale.text().split("we closed after QUIT/221")[0].splitlines()[-1]
        assert "Closed with QUIT" in panel(tale) and "✗" not in panel(tale)
        tale.ready(60, "t").says(75, 421, IDLE, session="t").closes(75, 421, session="t")
        await settled(pilot)
        await pilot.press("right")
        await settled(pilot)
        assert not shown_panel.has_class("-calm") and "✗" in panel(tale)


async def test_a_second_end_is_counted_and_the_next_is_foretold(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        cut_by_no_transfer(tale)
        tale.connection = 2
        tale.happens(312, ConnectionOpening("ftp.example.com", 21, 1))
        await settled(pilot)
        assert "NEXT reconnecting: connecting" in panel(tale)
        _comes_back(tale, 313)
        tale.clock.move_to(353)
        await settled(pilot)
        assert "back since 00:05:13 · cut again in 4m20s if unchanged" in panel(tale)
        tale.says(613, 421, NO_TRANSFER).closes(613, 421)
        await settled(pilot)
        await pilot.press("right")
        await settled(pilot)
        assert "s · closed 00:10:13 · 2nd time" in panel(tale)


def _comes_back(tale: Shown, at: float) -> None:
    """As another connection of its session."""
    tale.happens(at, ConnectionOpened("10.0.0.1:5", "192.0.2.1:21"))
    tale.greets("Welcome to this server", at)
    tale.asks(at, "USER", Purpose.LOGIN).says(at, 331, "password?", Role.FINAL)
    tale.asks(at, "PASS", Purpose.LOGIN).says(at, 230, "in", Role.FINAL)


async def test_the_background_is_folded(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        cut_by_no_transfer(tale)
        await settled(pilot)
        assert "RFC 959" not in panel(tale) and "b background" in panel(tale)
        await pilot.press("b")
        await settled(pilot)
        assert "RFC 959" in panel(tale) and "b fold" in panel(tale)


@pytest.mark.long
async def test_every_key_acts_on_the_session_of_the_panel_and_names_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="well", keep_alive=30)
        tale.ready(session="lost", keep_alive=30)
        await settled(pilot)
        tale.says(60, 421, "Server shutting down", session="lost")
        await settled(pilot)
        for key, question in (
            ("D", "Close lost with QUIT?"),
            ("X", "Cut the connection of lost without QUIT?"),
            ("R", "Remove lost?"),
            ("i", "Keep-alive interval for lost"),
            ("K", "Keep-alive command for lost"),
        ):
            await pilot.press(key)
            await settled(pilot)
            assert question in tale.text()
            await pilot.press("escape")
            await settled(pilot)
        assert tale.wished.wishes == []


@pytest.mark.long
async def test_a_theme_changes_what_the_panel_has_drawn(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        cut_by_no_transfer(tale)
        await settled(pilot)
        seen = set()
        for _ in THEMES:
            text = tale.app.live.query_one("#why-text", Static).content
            styles = {str(span.style) for span in text.spans}  # type: ignore[union-attr]
            seen.add(frozenset(styles))
            await pilot.press("t")
            await pilot.pause()
            await settled(pilot)
        assert len(seen) == len(THEMES)


async def test_no_painting_of_the_panel_is_narrower_than_the_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B18: not even the first one, before it is known how wide the panel is."""
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=20)
        await settled(pilot)
        display, painted = tale.app._display, list[str]()

        def note(*what: object) -> None:
            display(*what)  # type: ignore[arg-type]
            painted.extend(line for line in panel_lines(tale) if line.startswith("The server"))

        monkeypatch.setattr(tale.app, "_display", note)
        tale.says(15, 421, IDLE)
        await settled(pilot)
        await pilot.press("escape", "x")
        await settled(pilot)
        (whole,) = [line for line in panel_lines(tale) if line.startswith("The server")]
        assert painted and set(painted) == {whole}


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_title_and_a_sentence(cause: Cause) -> None:
    row = load().causes[cause]
    assert row.title and row.summary.endswith(".") and cause_words(cause)
    for words in (row.title, row.summary, row.stated or "", cause_words(cause)):
        assert "_" not in words
    assert row.title[0].isupper()


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("title", "x" * 49), ("summary", " "), ("stated", "in 3 s")]
)
def test_a_cause_without_words_is_an_error(field: str, value: str) -> None:
    from msgspec.structs import replace

    row = replace(load().causes[Cause.IDLE_TIMEOUT], **{field: value})
    with pytest.raises(KnowledgeError, match=f"{field} of idle_timeout"):
        _check_causes([row])


async def test_the_frame_says_copy_where_y_copies_the_explanation(tmp_path: Path) -> None:
    copied: list[str] = []
    async with shown(tmp_path) as (tale, pilot):
        tale.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        tale.ready().says(60, 421, "Idle for 60 seconds, closing.").closes(60, 421)
        await settled(pilot)
        assert "y copy" in panel(tale)
        await pilot.press("y")
        await settled(pilot)
        assert len(copied) == 1 and "Idle for 60 seconds" in copied[0] and "#" in copied[0]
        await pilot.press("k")
        await settled(pilot)
        assert "y copy" not in panel(tale)
        await pilot.press("y")
        await settled(pilot)
        assert len(copied) == 2 and "#" not in copied[1]
