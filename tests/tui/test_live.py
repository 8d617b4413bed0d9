"""The Live screen: what a person sees, and what keys do."""

import re
from pathlib import Path

import pytest
from textual.widgets import Input

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import (
    ConnectionOpened,
    ConnectionOpening,
    LimitKnown,
    MarkSet,
    ReconnectScheduled,
    SessionAdded,
)
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.state.limits import ClockFound, Found, Recommended, Twin
from ftpwatch.core.text.headline import Keeping
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.screens.limits import LimitsScreen
from ftpwatch.tui.signs import UNICODE
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.explanation_words import wrapped
from tui.screens import Shown, panel, settled, shown

IDLE = "Idle for 60 seconds, closing."


def dialogue(tale: Shown) -> DialogueView:
    return tale.app.screen.query_one(DialogueView)


def drawn(tale: Shown) -> str:
    """What the dialogue shows."""
    return "\n".join(line.body for line, _ in dialogue(tale).lines)


def seqs(tale: Shown) -> list[int]:
    """The rows that the dialogue shows, by their seq."""
    return list(dict.fromkeys(row.seq for _, row in dialogue(tale).lines))


def notice(tale: Shown) -> tuple[str, bool]:
    """The newest notification, and whether it would be parsed as markup."""
    newest = list(tale.app._notifications)[-1]
    return newest.message, newest.markup


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (100, 30), (80, 24), (60, 20)])
async def test_the_panel_opens_by_itself_at_a_421_and_says_why(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        tale.ready().says(60, 421, IDLE).closes(60, 421)
        tale.happens(60, ReconnectScheduled(12, 1, "idle_timeout"))
        await settled(pilot)
        text = tale.text()
        assert "421 Idle for 60 seconds" in text
        assert re.search("✗ Idle limit reached +· certain", text)
        assert "idle_timeout" not in panel(tale)
        assert tale.app.screen.query_one(DialogueView).has_focus
        assert "reconnects in 12s" in text


async def test_a_session_shows_its_phase_idle_time_countdown_and_latency(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(keep_alive=30).keeps_alive(30, 60)
        tale.clock.move_to(75)
        await settled(pilot)
        text = tale.text()
        assert re.search(r"● ready +… not yet +15s / \? +NOOP 30s ", text)
        assert "∙ NOOP ×2 → 200" in text
        assert "10 ms" in text


async def test_a_lost_reply_is_a_gap_and_the_session_is_silent(tmp_path: Path) -> None:
    from ftpwatch.core.journal.events import ReplyOverdue

    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(keep_alive=30).keeps_alive(30, 60).asks(90, "NOOP")
        tale.happens(105, ReplyOverdue(5, "NOOP", Stage.REPLY, 15.0))
        await settled(pilot)
        assert "◐ silent" in tale.text()
        assert "no answer to NOOP (reply) for 15 s" in tale.text()


async def test_following_stops_at_any_move_up_and_resumes_at_the_end(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=1).keeps_alive(1, 100)
        await settled(pilot)
        assert dialogue(tale).following
        await pilot.press("W", "k")
        await settled(pilot)
        assert "PAUSED" in tale.text()
        before = seqs(tale)
        tale.says(101, 200, "newcomer")
        await settled(pilot)
        assert seqs(tale) == before
        assert "PAUSED +1 new" in tale.text()
        assert "newcomer" not in drawn(tale)
        await pilot.press("end")
        await settled(pilot)
        assert dialogue(tale).following
        assert "newcomer" in drawn(tale)


async def test_time_column_filter_and_unfolding_change_no_place_and_no_selection(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=1).keeps_alive(1, 100)
        await settled(pilot)
        await pilot.press("W", "pageup", "k", "k")
        await settled(pilot)
        place = (seqs(tale)[0], dialogue(tale).selected, dialogue(tale).following)
        for key in ("T", "w", "T", "w"):
            await pilot.press(key)
            await settled(pilot)
            assert (seqs(tale)[0], dialogue(tale).selected, dialogue(tale).following) == place


@pytest.mark.long
async def test_unfolded_replies_are_all_reached_and_the_selection_stays_in_sight(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        for n in range(40):
            tale.says(n + 1, 211, "\n".join(f"reply {n} line {k}" for k in range(10)))
        await settled(pilot)
        await pilot.press("w", "g")
        await settled(pilot)
        seen = set(seqs(tale))
        for _ in range(60):
            await pilot.press("pagedown")
            await settled(pilot)
            seen |= set(seqs(tale))
            if dialogue(tale).following:
                break
        everything = await tale.reader.after(0, 500, 500, dialogue(tale).shows.asked)
        assert seen == {row.seq for row in everything}
        await pilot.press("g")
        await settled(pilot)
        for _ in range(8):
            await pilot.press("j")
            await settled(pilot)
            assert dialogue(tale).selected in seqs(tale)


async def test_filter_by_words_and_code_and_back(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=10).keeps_alive(10, 50).says(60, 421, IDLE)
        await pilot.press("escape", "slash", *"code:421", "enter")
        await settled(pilot)
        shown_rows = [row.entry.event for _, row in dialogue(tale).lines]
        assert [getattr(event, "code", None) for event in shown_rows] == [421]
        assert "filter: code:421" in tale.text()
        await pilot.press("ctrl+f")
        await settled(pilot)
        assert len(seqs(tale)) == 4
        assert "off (code:421)" in tale.text()


@pytest.mark.long
async def test_a_bad_filter_says_what_is_accepted(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("slash", *"noop hots:x", "enter")
        await settled(pilot)
        line = tale.app.screen.query_one("#filter", Input)
        assert "code:, session:, host:" in str(line.border_subtitle)
        assert tale.app.screen.query_one("#filter", Input).selected_text == "hots:x"
        await pilot.press(*"since:2h", "enter")
        await settled(pilot)
        assert not tale.app.screen.query_one("#filter", Input).display


async def test_e_jumps_from_problem_to_problem(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=1).says(0.5, 550, "No such file").keeps_alive(1, 80)
        tale.says(81, 421, IDLE).keeps_alive(82, 90)
        await settled(pilot)
        await pilot.press("E")
        await settled(pilot)
        assert "421" in tale.text()
        await pilot.press("E")
        await settled(pilot)
        row = dialogue(tale).selected_row
        assert row is not None and getattr(row.entry.event, "code", 0) == 550
        assert "550 No such file" in tale.text()


async def test_freezing_holds_the_dialogue_while_recording_goes_on(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("space")
        for n in range(37):
            tale.says(5 + n, 200, f"later {n}")
        await settled(pilot)
        assert "later" not in drawn(tale)
        assert "FROZEN +37" in tale.text()
        await pilot.press("space")
        await settled(pilot)
        assert "later 36" in tale.text()


async def test_marks_are_dropped_and_found(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=1).keeps_alive(1, 10)
        await pilot.press("m", *"ticket 4711", "enter")
        assert tale.wished.wishes == [("mark", "ticket 4711")]
        tale.happens(11, MarkSet("ticket 4711"), None)
        tale.keeps_alive(12, 60)
        await settled(pilot)
        await pilot.press("apostrophe")
        await settled(pilot)
        assert "──── mark ticket 4711" in tale.text()


@pytest.mark.parametrize(
    ("keys", "wish"),
    [
        (["r", "y"], ("reconnect", "s")), (["D", "y"], ("quit", "s")),
        (["full_stop"], ("keep_alive_now", "s")),
        (["less_than_sign"], ("set_keep_alive", "s", 20.0)),
        (["greater_than_sign"], ("set_keep_alive", "s", 45.0)),
        (["i", *"2m", "enter"], ("set_keep_alive", "s", 120.0)),
        (["i", *"10", "enter"], ("set_keep_alive", "s", 10.0)),
        (["i", *"off", "enter"], ("set_keep_alive", "s", None)),
        (["R", "y"], ("remove", "s")), (["c"], ("check", "s")),
        (["a", *"ftp://h", "enter"], ("add", "ftp://h", None)),
        (["a", *"ftp://bob@h", "enter", *"hunter22", "enter"],
         ("add", "ftp://bob@h", Secret("hunter22"))),
    ],
)  # fmt: skip
async def test_keys_become_wishes(
    tmp_path: Path, keys: list[str], wish: tuple[object, ...]
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)
        assert tale.wished.wishes == [wish]
        assert "hunter22" not in tale.text()


async def test_r_and_c_are_about_the_session_that_the_panel_speaks_of(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(session="well").ready(session="lost")
        tale.says(60, 421, IDLE, session="lost").closes(60, 421, session="lost")
        await settled(pilot)
        await pilot.press("c", "r")
        assert tale.wished.wishes == [("check", "lost"), ("reconnect", "lost")]
        await pilot.press("right_square_bracket", "left_square_bracket", "r")
        await settled(pilot)
        assert "well is connected. Close it with QUIT and reconnect?" in tale.text()
        await pilot.press("n")
        assert len(tale.wished.wishes) == 2


async def test_names_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    names = [f"ftp.example.com:2121/{n}" for n in range(2, 12)]
    for size in ((160, 48), (80, 24), (60, 20)):
        async with shown(tmp_path / str(size), size) as (tale, pilot):
            for name in names:
                tale.ready(session=name)
            await settled(pilot)
            rows = [line for line in tale.text().splitlines() if "▼ logged in" in line]
            assert len(rows) > 1
            assert len({line.split("▼")[0].split()[-1] for line in rows}) == len(rows)


async def test_e_while_following_finds_the_newest_problem(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(60, 421, IDLE).closes(60, 421)
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        row = dialogue(tale).selected_row
        assert row is not None and "closed by" in drawn(tale).splitlines()[-1]
        assert not dialogue(tale).following


async def test_a_421_that_ends_nothing_is_not_called_a_close(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(5, 421, "Passive data channel timed out.")
        await settled(pilot)
        assert "s · said 00:00:05" in panel(tale) and "Data connection failed" in panel(tale)
        assert "· closed" not in panel(tale) and "✗" not in panel(tale)


async def test_a_refused_wish_is_told_and_is_no_markup(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("X", "y")
        await settled(pilot)
        assert notice(tale) == ("[b]not[/b] today", False)


async def test_quitting_does_not_ask_where_nothing_is_connected(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.opening(0, session="a")
        tale.opening(0, session="b").fails(1, Stage.CONNECT, "connection refused", session="b")
        await settled(pilot)
        await pilot.press("R")
        await settled(pilot)
        assert "Remove " in tale.text() and "closed with QUIT" not in tale.text()
        await pilot.press("n", "q")
        await settled(pilot)
        assert tale.left == [("the user left", False)]


async def test_quitting_asks_while_sessions_are_open(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("q")
        await settled(pilot)
        assert "Close 1 session with QUIT, and quit?" in tale.text()
        await pilot.press("n")
        assert not tale.left
        await pilot.press("q", "y")
        await settled(pilot)
        assert tale.left == [("the user left", False)]


async def test_a_recording_is_left_without_a_question(tmp_path: Path) -> None:
    async with shown(tmp_path, keeping=Keeping.REPLAYED) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert tale.left == [("the user left", False)]


async def test_ctrl_c_leaves_at_once_and_counts_as_interrupted(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("ctrl+c")
        await settled(pilot)
        assert tale.left == [("the user left", True)]


async def test_a_newer_explanation_queues_and_x_pins_the_selected_one(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(session="a").ready(session="b")
        tale.says(60, 421, IDLE, session="a").says(61, 421, "Server shutting down", session="b")
        await settled(pilot)
        assert "a · is closing" in tale.text()
        assert "1 more ▸" in tale.text()
        await pilot.press("right")
        await settled(pilot)
        assert "b · is closing" in tale.text()
        await pilot.press("E", "E", "x")
        await settled(pilot)
        assert "a · is closing" in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        assert "is closing" not in tale.text()


async def test_of_very_many_explanations_the_newest_hundred_wait(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready()
        for at in range(10, 1_300, 10):
            tale.says(at, 421, f"Timeout at {at}.")
        await settled(pilot)
        assert "Timeout at 10." in tale.text()
        assert "100 more ▸" in tale.text()


@pytest.mark.parametrize("width", [60, 80, 100])
async def test_the_first_line_keeps_its_ends_apart(tmp_path: Path, width: int) -> None:
    async with shown(tmp_path, (width, 24)) as (tale, pilot):
        tale.ready()
        tale.says(5, 421, IDLE).closes(5, 421)
        await settled(pilot)
        first = tale.text().splitlines()[0]
        assert re.search(r"1 closed  +REC 00:", first)
        assert "421s: 1" in first


def test_long_words_stay_beside_their_label() -> None:
    lines = wrapped("in 30s too_many_connections_from_address", 24)
    assert all(len(line) <= 24 for line in lines)


async def test_an_incident_is_shown_once(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        for name in "abc":
            tale.ready(session=name)
        for name in "abc":
            tale.says(50, 421, "Server shutting down", session=name).closes(50, 421, session=name)
        tale.watch.settle(52)
        await settled(pilot)
        assert re.search("✗ Server stopped or restarting +· certain", tale.text())
        assert "3 sessions of 192.0.2.1 ended" in tale.text()
        assert "more ▸" not in tale.text()


async def test_x_on_any_reply_tells_what_its_code_means(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("x")
        await settled(pilot)
        assert "The user is logged in." in tale.text()


HOSTILE = "\x1b]52;c;aGFoYQ==\x07\x1b[2J\x9b31m [bold red]markup[/] \u202egnp.exe [/x] \\[b]"


async def test_nothing_from_the_wire_reaches_the_terminal_unchanged(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(session=f"n{HOSTILE}", greeting=HOSTILE)
        tale.says(60, 421, HOSTILE, session=f"n{HOSTILE}").closes(60, 421, session=f"n{HOSTILE}")
        for keys in (["x"], ["y"], ["q"], ["escape"], ["w"], ["question_mark"], ["escape"]):
            await pilot.press(*keys)
            await settled(pilot)
            text = tale.text()
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
        assert "[bold red]markup[/]" in text


@pytest.mark.long
async def test_ascii_screens_are_ascii_where_we_draw(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 36), ascii_only=True) as (tale, pilot):
        tale.ready(keep_alive=30).keeps_alive(30, 60).says(125, 421, IDLE).closes(125, 421)
        await settled(pilot)
        scrollbars = set("▔▁▎▊▃▅▂▆▇▄")  # textual's own
        for keys in ([], ["4"], ["escape"], ["question_mark"], ["escape"], ["i"]):
            await pilot.press(*keys)
            await settled(pilot)
            assert not {char for char in tale.text() if not char.isascii()} - scrollbars


async def test_a_terminal_that_is_too_small_says_what_is_needed(tmp_path: Path) -> None:
    async with shown(tmp_path, (40, 12)) as (tale, pilot):
        assert "40×12" in tale.text()
        assert "60×20" in tale.text()
        await pilot.resize_terminal(100, 30)
        await settled(pilot)
        assert "Sessions" in tale.text()


@pytest.mark.long
async def test_any_size_is_survived_while_entries_pour_in(tmp_path: Path) -> None:
    async with shown(tmp_path, (80, 24)) as (tale, pilot):
        tale.ready(keep_alive=1)
        for n, size in enumerate(
            [(60, 20), (200, 60), (1, 1), (61, 21), (119, 24), (30, 90), (80, 24)]
        ):
            tale.keeps_alive(0.01, 0.3)
            tale.says(1 + n, 421, IDLE)
            await pilot.resize_terminal(*size)
            await settled(pilot)
        assert "Dialogue" in tale.text()


async def test_zoom_shows_one_pane_and_escape_all(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        tale.says(60, 421, IDLE)
        await settled(pilot)
        await pilot.press("z")
        await settled(pilot)
        assert "Sessions" not in tale.text()
        assert "is closing" not in tale.text()
        assert "! 421 Idle for 60 seconds" in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        assert "Sessions" in tale.text()
        assert "is closing" in tale.text()
        await pilot.press("tab", "z")
        await settled(pilot)
        assert "Idle limit reached" in tale.text()
        assert "Dialogue" not in tale.text()


async def test_the_mouse_selects_sessions_and_rows_and_scrolls(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="a").ready(session="b", keep_alive=1).keeps_alive(1, 60, session="b")
        await settled(pilot)
        await pilot.click("#sessions", offset=(5, 3))
        await settled(pilot)
        assert "▸ b" in tale.text()
        await pilot.click("#dialogue", offset=(20, 5))
        await settled(pilot)
        assert dialogue(tale).selected is not None
        assert not dialogue(tale).following


@pytest.mark.long
async def test_help_and_palette_name_the_keys(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("question_mark")
        await settled(pilot)
        assert "DIALOGUE" in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("colon")
        await settled(pilot)
        await pilot.press(*"reconn")
        for _ in range(50):
            await pilot.pause(0.1)
            if "Reconnect now" in tale.text():
                return
        pytest.fail(tale.text())


@pytest.mark.long
async def test_compare_shows_promises_and_codes(tmp_path: Path) -> None:
    from ftpwatch.core.journal.events import LimitKnown

    async with shown(tmp_path, (120, 40)) as (tale, pilot):
        tale.ready(greeting="ProFTPD Server (x)")
        for seconds, source in ((600, "advertised"), (300, "observed")):
            tale.happens(9, LimitKnown("192.0.2.1", 21, "idle", seconds, source))
        await settled(pilot)
        await pilot.press("4")
        await settled(pilot)
        text = tale.text()
        for words in ("TimeoutNoTransfer", " 10m ", "5m (seen here)", "closes earlier",
                      "Log in with USER"):  # fmt: skip
            assert words in text
        await pilot.press("c", *"221 226", "enter")
        await settled(pilot)
        assert "Wait for 226 before QUIT" in tale.text()
        await pilot.press("q")
        await settled(pilot)
        assert "Sessions" in tale.text()


async def test_an_empty_screen_says_how_to_add_a_session(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, _):
        assert "press a to add one" in tale.text()


@pytest.mark.parametrize("theme", ["dark", "light", "contrast", "terminal"])
async def test_every_theme_draws(tmp_path: Path, theme: str) -> None:
    async with shown(tmp_path, theme=theme) as (tale, pilot):
        tale.ready().says(60, 421, IDLE)
        await settled(pilot)
        assert "Idle limit reached" in tale.text()


async def test_the_verdict_stands_in_the_list_and_in_the_panel(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=10)
        tale.keeps_alive(10, 50)
        await settled(pilot)
        assert "… not yet" in tale.text()
        tale.happens(51, LimitKnown("192.0.2.1", 21, "idle", 120.0, "advertised"))
        await settled(pilot)
        assert "… in 1m15s" in tale.text()
        tale.keeps_alive(10, 140)
        await settled(pilot)
        assert "✓ holding" in tale.text()
        words = "No transfer timeout (145 seconds): closing control connection"
        tale.says(145, 421, words).closes(145, 421)
        await settled(pilot)
        assert "✗ no help" in tale.text()
        assert "keep-alive" in panel(tale)


async def test_x_on_a_keep_alive_tells_what_it_is_worth(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=10).keeps_alive(10, 30)
        await settled(pilot)
        await pilot.press("x")
        await settled(pilot)
        assert "Keep-alive …" in tale.text()
        assert "no limit of this server" in tale.text()


async def test_k_changes_the_command(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("K", *"winscp", "enter")
        await settled(pilot)
        assert ("set_keep_alive_command", "s", "winscp") in tale.wished.wishes


class Run:
    """A limits run that a test moves on."""

    of = "s"
    max_wait_seconds = 1200.0

    def __init__(self) -> None:
        self.twins: tuple[Twin, ...] = (
            Twin("s~silent", None, 0.0, 60.0, "421 [b]Timeout.[/b]"), Twin("s~NOOP", "NOOP", 0.5)
        )  # fmt: skip
        self.found: Found | None = None
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.long
async def test_l_asks_then_shows_test_sessions_and_the_result(tmp_path: Path) -> None:
    run = Run()
    async with shown(tmp_path) as (tale, pilot):
        tale.app.live.limits_actions._sources = Sources(
            tale.watch, tale.clock, tale.wished, tale.reader, lambda session: run
        )
        tale.ready()
        await settled(pilot)
        await pilot.press("L")
        await settled(pilot)
        assert "logs in up to 4 times more as bob" in tale.text().replace("\n", " ")
        assert "test sessions" in tale.text()
        await pilot.press("y")
        await settled(pilot)
        assert "421 [b]Timeout.[/b]" in tale.text()
        assert "alive" in tale.text()
        assert "s stop now" in tale.text() and "new run" not in tale.text()
        await pilot.press("s")
        assert run.stopped
        clocks = (ClockFound("idle", 60.0, 0.5, None, ("NOOP",), (), "idle_session_timeout"),)
        run.twins = (run.twins[0], Twin("s~NOOP", "NOOP", 0.5, 90.0, "", outlived_all=True))
        run.found = Found("192.0.2.1", 21, "vsftpd", clocks, Recommended("NOOP", 30.0), 4, "half")
        await pilot.pause(0.4)
        await settled(pilot)
        assert re.search(r"NOOP +left ", tale.text())
        assert "s stop now" not in tale.text() and "n new run" in tale.text()
        for words in ("60 s ± 0.5 s", "idle_session_timeout", "NOOP every 30 s", "vsftpd"):
            assert words in tale.text()
        await pilot.press("q")
        await settled(pilot)
        assert "Sessions" in tale.text()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)])
async def test_limits_break_no_word_at_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    run = Run()
    run.twins = (*run.twins, Twin("s~SITE", "SITE IDLE", 0.5, 90.0, "closed by the server (FIN)"))
    async with shown(tmp_path, size) as (tale, pilot):
        tale.app.push_screen(LimitsScreen(run, tale.clock, UNICODE))
        await settled(pilot)
        text = tale.text()
        for word in ("Timeout.[/b]", "SITE IDLE", "alive", "server", "(FIN)", "ENDED BY"):
            assert word in text, text


async def test_the_end_of_a_test_session_is_no_421_of_the_watch(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(5, 421, IDLE)
        facts = TargetFacts(
            "s~silent", "ftp.example.com", 21, "bob", "off", None, "NOOP", twin=True
        )
        tale.happens(6, SessionAdded(facts), "s~silent")
        tale.happens(6, ConnectionOpening("ftp.example.com", 21, 1), "s~silent")
        tale.says(9, 421, IDLE, session="s~silent")
        await settled(pilot)
        assert "421s: 1 " in tale.text()


async def test_the_panel_of_a_recording_names_no_key_that_steers(tmp_path: Path) -> None:
    for keeping, steered in (("REC", True), ("REPLAY", False)):
        async with shown(tmp_path / keeping, (160, 48), keeping=keeping) as (tale, pilot):
            tale.ready().says(60, 421, IDLE).closes(60, 421)
            tale.happens(60, ReconnectScheduled(20.0, 1, "idle_timeout"))
            await settled(pilot)
            assert "reconnects in" in panel(tale)
            assert ("r reconnects now" in panel(tale)) is steered


async def test_l_in_a_recording_says_why_not(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("L")
        await settled(pilot)
        assert "nothing can be measured" in notice(tale)[0]


async def test_a_test_session_is_marked_and_its_end_opens_no_panel(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        facts = TargetFacts("s~NOOP", "ftp.example.com", 21, "bob", "off", 1.0, "NOOP", twin=True)
        tale.happens(0, SessionAdded(facts), "s~NOOP")
        tale.happens(0, ConnectionOpening("ftp.example.com", 21, 1), "s~NOOP")
        tale.happens(0, ConnectionOpened("10.0.0.1:4", "192.0.2.1:21"), "s~NOOP")
        tale.greets("hello", 0, "s~NOOP")
        tale.says(30, 421, IDLE, session="s~NOOP").closes(30, 421, session="s~NOOP")
        await settled(pilot)
        assert " test " in tale.text()
        assert not tale.app.screen.query_one(ExplanationPanel).is_open


async def test_a_story_is_paused_looked_back_at_and_hurried(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
        tale.app.live.playback_actions._playing = playing
        for number in (1, 2):
            tale.happens(number, MarkSet(f"mark {number}"), None)
            playing.reached(f"This is step {number}.")
            tale.app.tell(f"This is step {number}.")
        await pilot.press("p")
        await settled(pilot)
        assert " paused " in tale.text()
        await pilot.press("left_curly_bracket")
        await settled(pilot)
        assert "step 1 of 2 (past, paused) · f returns to the present" in tale.text()
        assert "This is step 1." in tale.text()
        assert "mark 2" not in drawn(tale)
        await pilot.press("right_curly_bracket")
        await settled(pilot)
        assert "mark 2" in drawn(tale)


async def test_a_look_back_in_a_demo_holds_every_pane_and_the_panel_is_of_then(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
        tale.app.live.playback_actions._playing = playing
        tale.ready(session="one").ready(session="two")
        tale.says(60, 421, IDLE, session="one").closes(60, 421, session="one")
        playing.reached("One has gone.")
        tale.app.tell("One has gone.")
        tale.says(90, 421, IDLE, session="two").closes(90, 421, session="two")
        playing.reached("Two has gone.")
        tale.app.tell("Two has gone.")
        await settled(pilot)
        await pilot.press("left_curly_bracket")
        await settled(pilot)
        assert "one · closed" in tale.text() and "One has gone." in tale.text()
        assert "Sessions - frozen, 1 end since" in tale.text()
        assert "421s: 1" in tale.text()
        tale.ready(session="three").says(99, 421, IDLE, session="three")
        tale.closes(99, 421, session="three")
        tale.app.tell("Three has gone.")
        tale.app.point_at("three")
        await pilot.press("p")
        await settled(pilot)
        assert "one · closed" in tale.text() and "One has gone." in tale.text()
        assert "frozen, 2 ends since" in tale.text()
        assert notice(tale)[0] == "behind this the demo stands still: f returns to it"
        await pilot.press("f")
        await settled(pilot)
        assert "three · closed" in tale.text() and "Three has gone." in tale.text()
        assert "frozen" not in tale.text() and "paused" in tale.text()


async def test_a_part_that_begins_behind_a_freeze_is_seen_after_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(60, 421, IDLE).closes(60, 421)
        await settled(pilot)
        await pilot.press("space")
        tale.app.begin_part()
        await settled(pilot)
        assert "s · closed" in tale.text()
        await pilot.press("space")
        await settled(pilot)
        assert "s · closed" not in tale.text()


async def test_keys_of_a_replay_are_refused_in_a_demo_and_said_once(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
        tale.app.live.playback_actions._playing = playing
        await pilot.press(*["ctrl+g"] * 5)
        await settled(pilot)
        assert "only a replay goes to any moment" in notice(tale)[0]
        assert len(tale.app._notifications) == 1


async def test_p_in_a_live_watch_says_what_it_is_for(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("p")
        await settled(pilot)
        assert notice(tale)[0].startswith("only in a demo or a replay")


async def test_a_filter_that_nothing_matches_says_so(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("slash", *"zzzz", "enter")
        await settled(pilot)
        assert "no row matches this filter" in tale.text()


async def test_a_dialog_keeps_what_it_cannot_accept_and_says_why(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await pilot.press("i", *"soon", "enter")
        await settled(pilot)
        assert "interval 'soon' is not a duration" in tale.text()
        assert tale.wished.wishes == []
        await pilot.press(*["backspace"] * 4, *"9s", "enter")
        assert tale.wished.wishes == [("set_keep_alive", "s", 9.0)]


async def test_where_an_interval_is_asked_for_examples_stand_though_one_is_there(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30)
        await settled(pilot)
        await pilot.press("i")
        await settled(pilot)
        assert "10s, 2m, or off; a number alone is seconds" in tale.text()


async def test_who_joined_just_now_can_be_pointed_at(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        tale.ready(session="late")
        tale.app.live.point_at("late")
        await pilot.press("full_stop")
        assert tale.wished.wishes == [("keep_alive_now", "late")]


async def test_who_joined_behind_a_freeze_is_not_selected_unseen(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("space")
        tale.ready(session="late")
        await settled(pilot)
        tale.app.live.point_at("late")
        await settled(pilot)
        assert "late" not in tale.text()
        await pilot.press("space")
        await settled(pilot)
        assert "late" in tale.text()
        await pilot.press("full_stop")
        assert tale.wished.wishes == [("keep_alive_now", "s")]


async def test_a_freeze_counts_what_it_holds_back(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("space")
        tale.says(5, 421, IDLE)
        await settled(pilot)
        tale.says(6, 421, IDLE)
        await settled(pilot)
        assert "Dialogue - FROZEN +2" in tale.text()


async def test_f_ends_a_freeze(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        await pilot.press("space")
        tale.says(5, 421, IDLE)
        await settled(pilot)
        assert "Sessions - frozen" in tale.text() and "421 Idle" not in drawn(tale)
        await pilot.press("f")
        await settled(pilot)
        assert "frozen" not in tale.text() and "421 Idle" in drawn(tale)


async def test_a_frozen_screen_shows_nothing_that_came_later(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=10).keeps_alive(10, 60)
        await settled(pilot)
        await pilot.press("space")
        await settled(pilot)

        def panes() -> str:
            """All but the titles, which count what is held back."""
            lines = (re.sub(", 1 end since ─+", " ───", line) for line in tale.text().splitlines())
            return "\n".join(re.sub("─+", "─", line) for line in lines if "+" not in line)

        before = panes()
        tale.happens(200, LimitKnown("192.0.2.1", 21, "idle", 30.0, "advertised"), None)
        tale.says(300, 421, IDLE)
        tale.closes(300)
        await settled(pilot)
        assert panes() == before and "frozen, 1 end since" in tale.text()
        await pilot.press("space")
        await settled(pilot)
        assert "s · closed" in tale.text()


async def test_scrolling_to_the_end_follows_again(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        for n in range(80):
            tale.says(1 + n, 200, f"row {n}")
        await settled(pilot)
        await pilot.press("pageup")
        await settled(pilot)
        tale.says(100, 200, "unseen")
        await settled(pilot)
        assert "PAUSED" in tale.text() and "unseen" not in drawn(tale)
        for _ in range(4):
            await pilot.press("pagedown")
            await settled(pilot)
        assert "follow" in tale.text() and "unseen" in drawn(tale)
        tale.says(101, 200, "newest")
        await settled(pilot)
        assert "newest" in drawn(tale)


async def test_a_freeze_holds_the_moment_at_which_it_was_wished(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(keep_alive=60)
        tale.clock.move_to(40)
        await settled(pilot)
        await pilot.press("space")
        tale.clock.move_to(55)
        await settled(pilot)
        assert "00:00:40" in tale.text() and re.search(r"ready +… not yet +40s", tale.text())


async def test_an_explanation_is_copied_and_saved_as_the_report_has_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert notice(tale)[0] == "no explanation to save: x explains the selected row"
        tale.ready().says(9, 421, "[b]Idle for 9 `seconds`[/b]")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        ((session, text),) = tale.saved
        assert session == "s"
        assert notice(tale) == ("explanation saved in /reports/s.md", False)
        assert text.startswith("# FTP: `s` ")
        assert "- **What came:** ``421 [b]Idle for 9 `seconds`[/b]``" in text
        tale.app.live.query_one(ExplanationPanel).focus()
        await pilot.press("y")
        assert tale.app.clipboard == text
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert notice(tale)[0] == "not saved: the disk is full"


async def test_without_a_panel_the_selected_row_is_saved(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(9, 421, "Timeout.")
        await settled(pilot)
        await pilot.press("escape", "E", "ctrl+s")
        await settled(pilot)
        assert [session for session, _ in tale.saved] == ["s"]


async def test_a_close_is_explained_by_what_announced_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=1).keeps_alive(1, 80).says(81, 421, IDLE)
        tale.closes(81.1)
        await settled(pilot)
        await pilot.press("escape", "E", "x")
        await settled(pilot)
        assert "nothing to explain" not in tale.text() and "idle" in tale.text()


async def test_it_says_once_that_it_is_drawn(tmp_path: Path) -> None:
    tale, drawn = Shown(tmp_path), list[bool]()
    tale.app.once_drawn = lambda: drawn.append("Dialogue" in tale.text())
    async with tale.app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert drawn == [True]
    tale.reader.close()
    tale.journal.close()
