"""The list of sessions, of one and of thousands: columns, gauge, order, filter, groups, marks, and
which sessions a key acts on.
"""

import gc
import re
import time
from pathlib import Path

import pytest
from rich.cells import cell_len, set_cell_size
from textual.pilot import Pilot
from textual.widgets import Label

from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import (
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    LimitKnown,
    ReconnectAbandoned,
    ReconnectScheduled,
    SessionAdded,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.session_filter import SessionFilter
from ftpwatch.tui.widgets.session_list import SessionList
from tui.screens import Shown, settled, shown

IDLE = "Idle for 60 seconds, closing."
SIZES = [(200, 60), (160, 48), (120, 36), (100, 30), (80, 24), (60, 20)]
LOW_AND_WIDE = [(60, 20), (160, 48)]


def sessions(tale: Shown) -> SessionList:
    return tale.app.live.query_one(SessionList)


def pane(tale: Shown) -> list[str]:
    """What the list shows, its frame included."""
    region = sessions(tale).region
    lines = tale.text().splitlines()[region.y : region.bottom]
    return [line[region.x : region.right] for line in lines]


def rows(tale: Shown) -> list[str]:
    """Its rows without frame and headings."""
    inner = sessions(tale).content_region
    lines = tale.text().splitlines()[inner.y + sessions(tale)._lines_above : inner.bottom]
    return [set_cell_size(line[inner.x :], inner.width) for line in lines]


def names(tale: Shown) -> list[str]:
    """The sessions that its rows show, in their order."""
    return [row.lstrip("▸* ").split()[0] for row in rows(tale)]


def about(tale: Shown) -> str:
    """What the pane says that keys act on."""
    match = re.search(r"keys act on (.+?)(?: - | ─|$)", " ".join(pane(tale)))
    return match[1].strip() if match else ""


async def focused(tale: Shown, pilot: Pilot[None]) -> None:
    sessions(tale).focus()
    await settled(pilot)


def crowd(tale: Shown, count: int, host: str = "ftp.example.com", name: str = "eu") -> None:
    """Sessions that are logged in, each with a keep-alive that was answered."""
    for n in range(count):
        session = f"{name}/{n}"
        facts = TargetFacts(session, host, 21, "bob", "off", 30.0, "NOOP")
        tale.ready(session=session, keep_alive=30)
        tale.happens(0, SessionAdded(facts), session) if host != "ftp.example.com" else None


def lose(tale: Shown, name: str, at: float, text: str = IDLE) -> None:
    tale.says(at, 421, text, session=name).closes(at, 421, session=name)


# --- columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_what_gives_way_is_the_reply_first_and_the_verdict_never(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        tale.ready(session="useless", keep_alive=10)
        tale.happens(1, LimitKnown("192.0.2.1", 21, "idle", 30.0, "advertised"), None)
        tale.keeps_alive(10, 140, session="useless")
        await settled(pilot)
        columns = [column for column, _, _ in sessions(tale)._lines.layout.columns]
        order = ["name", "state", "verdict", "idle", "limit", "keep-alive", "RTT", "last reply"]
        assert columns == order[: len(columns)] and "limit" in columns
        before = rows(tale)[0]
        words = "No transfer timeout (145 seconds): closing control connection"
        tale.says(145, 421, words, session="useless").closes(145, 421, session="useless")
        tale.happens(145, ReconnectScheduled(147, 1, "no_transfer_timeout"), "useless")
        await settled(pilot)
        after = rows(tale)[0]
        assert "✗ no help" in after and "○ back 2m27s" in after
        assert after.index("✗ no help") == before.index("✓ holding")
        assert cell_len(after) == sessions(tale).size.width


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.long
async def test_nothing_in_the_list_jumps_when_a_421_opens_the_panel(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        for name in ("noop-30s", "list-60s", "a-long-name-of-a-session"):
            tale.ready(session=name, keep_alive=30).keeps_alive(30, 60, session=name)
        await settled(pilot)
        before, top = rows(tale), sessions(tale).region.y
        lose(tale, "a-long-name-of-a-session", 60.5)
        await settled(pilot)
        assert tale.app.live.query_one(ExplanationPanel).is_open
        assert sessions(tale).region.y == top and len(rows(tale)) == len(before)
        for old, new in zip(before[:2], rows(tale)[:2], strict=True):
            assert new.rstrip(" ╷▏").lstrip("▸ ") in old.lstrip("▸ ")


async def test_a_long_wait_and_a_long_reply_are_not_cut_without_a_mark(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(keep_alive=30)
        tale.says(60, 421, "Timeout " + "长" * 90).closes(60, 421)
        tale.happens(60, ReconnectScheduled(147, 1, "idle_timeout"))
        tale.app.live.query_one(ExplanationPanel).is_open = False
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        (row,) = rows(tale)
        assert "○ back 2m27s " in row
        assert row.rstrip().endswith("…") and cell_len(row) == sessions(tale).size.width


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_what_is_said_of_those_out_of_view_covers_no_row(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """B19"""
    async with shown(tmp_path, size) as (tale, pilot):
        for n in range(19):
            tale.ready(session=f"eu-{n}", keep_alive=90)
        tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 60.0, "advertised"), None)
        await settled(pilot)
        assert re.search(r"1-(\d+) of 19", "\n".join(pane(tale)))
        assert 0 < len(rows(tale)) < 19
        assert all("✗ too slow " in row for row in rows(tale))


async def test_a_session_that_will_not_come_back_is_not_judged_on(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=30).keeps_alive(30, 30)
        tale.happens(1, LimitKnown("192.0.2.1", 21, "idle", 120.0, "advertised"), None)
        await settled(pilot)
        assert "… in " in rows(tale)[0]
        tale.closes(40, manner=Manner.RESET)
        tale.happens(40, ReconnectAbandoned(0, "connection_lost"))
        tale.clock.move_to(119.9)
        await settled(pilot)
        assert "… " not in rows(tale)[0] and "soon" not in tale.text()
        assert "keep-alive  …" not in tale.text() and "must outlive" not in tale.text()


async def test_the_gauge_is_idle_against_limit_with_the_next_keep_alive_as_its_tick(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        for name, every in (("in-time", 30), ("late", 90), ("off", None)):
            tale.ready(session=name, keep_alive=every)
        tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 60.0, "advertised"), None)
        tale.clock.move_to(12)
        await settled(pilot)
        in_time, late, off = rows(tale)
        assert "12s / 1m     ▕██   ╷    ▏ " in in_time
        assert "12s / 1m     ▕██        ▏╷" in late and "✗ too slow" in late
        assert "12s / 1m     ▕██        ▏ " in off
        assert len({row.index("▕") for row in (in_time, late, off)}) == 1


async def test_a_session_that_lives_on_past_its_limit_is_said_to(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="off").ready(session="kept", keep_alive=30)
        tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 45.1, "observed"), None)
        tale.keeps_alive(30, 30, session="kept")
        tale.clock.move_to(46)
        await settled(pilot)
        assert "past limit" not in tale.text()  # servers may be a little late
        tale.asks(60, "NOOP", session="kept").says(60, 200, "ok", Role.FINAL, session="kept")
        tale.clock.move_to(75)
        await settled(pilot)
        off, kept = rows(tale)
        assert "past limit" in off and "1m15s / 45s" in off
        assert "✓ holding" in kept


async def test_the_gauge_shows_the_clock_that_strikes_next(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(keep_alive=30).keeps_alive(30, 270)
        for clock, seconds in (("idle", 60.0), ("no_transfer", 300.0)):
            tale.happens(1, LimitKnown("192.0.2.1", 21, clock, seconds, "observed"), None)
        tale.clock.move_to(280)
        await settled(pilot)
        assert "4m40s / 5m" in rows(tale)[0]


async def test_one_session_has_no_blank_rows(tmp_path: Path) -> None:
    for size in LOW_AND_WIDE:
        async with shown(tmp_path / str(size), size) as (tale, pilot):
            tale.ready()
            await settled(pilot)
            assert len(rows(tale)) == 1 and "● ready" in rows(tale)[0]
            assert "keys act on" not in tale.text()


async def test_verdict_and_state_have_their_own_colours(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="well", keep_alive=10).ready(session="late", keep_alive=90)
        tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 30.0, "advertised"), None)
        tale.keeps_alive(10.5, 31.6, session="well")
        await settled(pilot)
        lines = [sessions(tale)._lines.row(place) for place in (0, 1)]
        looks = [{text.strip(): look for text, look in line} for line in lines]
        assert looks[0]["✓ holding"] == "good" and looks[1]["✗ too slow"] == "bad"
        assert looks[0]["● ready"] == "good"


# --- moving, order, filter -----------------------------------------------------------------------


async def test_every_movement_key_acts_on_the_focused_pane(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 30)) as (tale, pilot):
        crowd(tale, 19)
        await settled(pilot)
        dialogue = tale.app.live._dialogue
        await focused(tale, pilot)
        moves = {"G": 18, "g": 0, "end": 18, "home": 0, "j": 1, "down": 2, "k": 1, "up": 0}
        for key, place in moves.items():
            name = f"eu/{place}"
            await pilot.press(key)
            await settled(pilot)
            assert sessions(tale).selected == name == about(tale)
            assert f"▸ {name}" in "\n".join(pane(tale))
        await pilot.press("pagedown")
        await settled(pilot)
        page = sessions(tale).room - 1
        assert sessions(tale).selected == f"eu/{page}"
        await pilot.press("pageup")
        assert sessions(tale).selected == "eu/0"
        assert dialogue.following and dialogue.selected is None
        dialogue.focus()
        await pilot.press("g")
        await settled(pilot)
        assert sessions(tale).selected == "eu/0" and not dialogue.following


@pytest.mark.long
async def test_s_sorts_by_every_column_and_capital_s_reverses(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(session="s10", keep_alive=60).ready(session="s9", keep_alive=10)
        tale.ready(session="s1")
        tale.asks(20, "NOOP", session="s9").says(20.5, 200, "fine", Role.FINAL, "s9")
        lose(tale, "s1", 30)
        await pilot.press("escape")
        await settled(pilot)
        seen = {}
        for _ in range(9):
            await pilot.press("s")
            await settled(pilot)
            seen[str(sessions(tale).view.column)] = names(tale)
        assert seen["name"] == ["s1", "s9", "s10"]
        assert seen["state"][0] == "s1"
        assert seen["idle"] == ["s9", "s10", "s1"]
        assert seen["keep-alive"] == ["s9", "s10", "s1"]
        assert seen["None"] == ["s10", "s9", "s1"]
        assert len(seen) == 9
        await pilot.press("s", "S")
        await settled(pilot)
        assert names(tale) == ["s10", "s9", "s1"]
        assert "by name, reversed" in pane(tale)[0] and "NAME↓" in pane(tale)[1]


async def test_a_click_on_a_heading_sorts_by_it(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(session="b").ready(session="a")
        await settled(pilot)
        await pilot.click("#sessions", offset=(4, 1))
        await settled(pilot)
        assert sessions(tale).view.column == "name"
        assert [row.strip("▸ ")[0] for row in rows(tale)] == ["a", "b"]


@pytest.mark.long
async def test_slash_filters_the_focused_pane_as_it_is_typed_with_a_count(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        for name in ("eu-1", "eu-2", "us-1"):
            tale.ready(session=name, keep_alive=30)
        lose(tale, "eu-2", 40)
        await pilot.press("escape")
        await focused(tale, pilot)
        await pilot.press("slash", *"eu")
        await settled(pilot)
        assert "2 of 3" in str(tale.app.live.query_one(SessionFilter).border_subtitle)
        assert len(rows(tale)) == 2 and "us-1" not in "\n".join(rows(tale))
        await pilot.press("enter")
        await settled(pilot)
        assert sessions(tale).has_focus
        assert "filter eu: 2 of 3" in pane(tale)[0]
        assert "filter: none" in tale.text()
        found = {
            "cause:idle*": ["eu-2"], "code:421": ["eu-2"], "!closed": ["eu-1", "us-1"],
            "ready us": ["us-1"], "host:ftp.example.com": ["eu-1", "eu-2", "us-1"],
        }  # fmt: skip
        for text, expected in found.items():
            await pilot.press("slash")
            tale.app.live.query_one(SessionFilter).value = text
            await pilot.press("enter")
            await settled(pilot)
            assert names(tale) == expected
        await pilot.press("ctrl+f")
        await settled(pilot)
        assert len(rows(tale)) == 3 and "filter off (host:" in pane(tale)[0]


@pytest.mark.long
async def test_a_filter_without_a_hit_says_so_and_escape_gives_back_what_was(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="one").ready(session="two")
        await focused(tale, pilot)
        await pilot.press("slash", *"zzz")
        await settled(pilot)
        assert "no session matches this filter" in tale.text() and "0 of 2" in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        assert len(rows(tale)) == 2 and "filter" not in pane(tale)[0]
        await pilot.press("slash", *"one", "enter", "escape")
        await settled(pilot)
        assert len(rows(tale)) == 2 and "filter" not in pane(tale)[0]


@pytest.mark.parametrize("text", ["event:mark_set", "since:2h", "code:xx", "nope:1", '"open'])
@pytest.mark.long
async def test_what_is_no_filter_of_sessions_says_what_is_accepted(
    tmp_path: Path, text: str
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="one").ready(session="two")
        await focused(tale, pilot)
        await pilot.press("slash")
        line = tale.app.live.query_one(SessionFilter)
        line.value = text
        await pilot.press("enter")
        await settled(pilot)
        assert line.display and str(line.border_subtitle) != "2 of 2"
        assert text[:4].strip('"') in str(line.border_subtitle) or "closed" in str(
            line.border_subtitle
        )


async def test_enter_shows_the_dialogue_of_one_session_and_again_that_of_all(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="one").ready(session="two")
        await focused(tale, pilot)
        await pilot.press("j", "enter")
        await settled(pilot)
        dialogue = tale.app.live._dialogue
        assert {row.entry.session for _, row in dialogue.lines} == {"two"}
        assert "only two" in tale.text()
        await pilot.press("enter")
        await settled(pilot)
        assert {row.entry.session for _, row in dialogue.lines} >= {"one", "two"}
        await pilot.press("enter")
        await settled(pilot)
        assert "only two" in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        assert "only two" not in tale.text()


# --- groups --------------------------------------------------------------------------------------


async def test_many_sessions_stand_in_groups_by_host_with_trouble_first(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        for host, name, count in (("us.example.com", "us", 4), ("eu.example.com", "eu", 30)):
            for n in range(count):
                facts = TargetFacts(f"{name}/{n}", host, 21, "bob", "off", 30.0, "NOOP")
                tale.happens(0, SessionAdded(facts), f"{name}/{n}")
                tale.happens(0, ConnectionOpening(host, 21, 1), f"{name}/{n}")
        for n in range(5):
            tale.says(1, 220, "hello", Role.GREETING, f"eu/{n}")
            lose(tale, f"eu/{n}", 20, "Timeout.")
            tale.happens(20, ReconnectScheduled(12, 1, "idle_timeout"), f"eu/{n}")
        tale.watch.settle(30)
        lose(tale, "eu/9", 50, "Server shutting down")
        await pilot.press("escape")
        await settled(pilot)
        text = rows(tale)
        assert "▾ eu.example.com 30: 24 ◌ 5 ○ 1 ✗" in text[0] and "next back in" in text[0]
        assert re.search(
            r"▸ ✗ +5  .*421 Timeout.*eu/0 eu/1.*ended together .*within 0.0 s", text[1]
        )
        assert re.search(r"▸ ✗ +1  .*eu/9", text[2])
        assert re.search(r"▸ ◌ +24  connecting", text[3])
        assert re.search(r"▸ us.example.com +4: 4 ◌", text[4])
        assert "Sessions - 34 in 2 hosts, 6 in trouble" in pane(tale)[0]


async def test_a_group_unfolds_and_folds_by_enter_and_w(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        crowd(tale, 25)
        await focused(tale, pilot)
        assert re.search(r"● +25  ready · NOOP 30s", rows(tale)[1])
        await pilot.press("G", "enter")
        await settled(pilot)
        assert "eu/0" in rows(tale)[2] and "● ready" in rows(tale)[2]
        await pilot.press("j", "j", "w")
        await settled(pilot)
        assert re.search(r"▸   ▸ ● +25  ready", rows(tale)[1])
        await pilot.press("s")
        await settled(pilot)
        assert "eu/0" in rows(tale)[0]
        await pilot.press("w")
        await settled(pilot)
        assert "nothing to fold" in list(tale.app._notifications)[-1].message


async def test_the_few_that_ended_for_another_reason_stand_apart(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 36)) as (tale, pilot):
        crowd(tale, 60)
        for n in range(60):
            other = n in (7, 17, 27, 37)
            lose(
                tale, f"eu/{n}", 60, "Kicked by administrator" if other else "Server shutting down"
            )
        tale.watch.settle(70)
        await pilot.press("escape")
        await settled(pilot)
        assert any(re.search(r"✗ +56  .*421 Server shutting down", row) for row in rows(tale))
        (odd,) = [row for row in rows(tale) if re.search(r"✗ +4  ", row)]
        assert "421 Kicked by administrator" in odd and "eu/7 eu/17" in odd


# --- which session a key acts on -----------------------------------------------------------------


@pytest.mark.long
async def test_the_session_of_the_panel_becomes_the_selected_one_and_every_key_acts_on_it(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        for name in ("one", "two"):
            tale.ready(session=name, keep_alive=30)
        await settled(pilot)
        assert about(tale) == "one"
        lose(tale, "two", 60)
        await settled(pilot)
        assert about(tale) == "two" and "▸ two" in "\n".join(pane(tale))
        await pilot.press("c", "r", "full_stop", "less_than_sign", "R", "y")
        assert tale.wished.wishes == [
            ("check", "two"), ("reconnect", "two"), ("keep_alive_now", "two"),
            ("set_keep_alive", "two", 20.0), ("remove", "two"),
        ]  # fmt: skip
        for key in ("K", "i"):
            await pilot.press(key)
            await settled(pilot)
            assert "two" in tale.text().split("Keep-alive")[1][:60]
            await pilot.press("escape")
        await pilot.press("left_square_bracket")
        await settled(pilot)
        assert about(tale) == "one" and tale.app.live.query_one(ExplanationPanel).is_open
        await pilot.press("c")
        assert tale.wished.wishes[-1] == ("check", "one")


@pytest.mark.long
async def test_a_panel_that_opens_takes_no_selection_from_who_is_choosing_one(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        for name in ("one", "two", "three"):
            tale.ready(session=name, keep_alive=30)
        await focused(tale, pilot)
        await pilot.press("j", "j")
        lose(tale, "two", 60)
        await settled(pilot)
        assert tale.app.live.query_one(ExplanationPanel).is_open and about(tale) == "three"
        await pilot.press("K")
        await settled(pilot)
        assert "Keep-alive command for three" in tale.text()
        await pilot.press("escape", "escape", "right")
        await settled(pilot)
        assert about(tale) == "two"


@pytest.mark.long
async def test_marked_sessions_are_acted_on_together_after_a_question(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        for name in ("one", "two", "three"):
            tale.ready(session=name, keep_alive=30)
        await focused(tale, pilot)
        await pilot.press("v", "j", "j", "v", "k")
        await settled(pilot)
        assert about(tale) == "2 marked sessions"
        assert "*one" in rows(tale)[0] and "*three" in rows(tale)[2]
        await pilot.press("r")
        await settled(pilot)
        assert "Reconnect 2 marked sessions (one, three)?" in tale.text()
        assert not tale.wished.wishes
        await pilot.press("n", "D", "y")
        await settled(pilot)
        assert tale.wished.wishes == [("quit", "one"), ("quit", "three")]
        await pilot.press("i", *"2m", "enter", "K", *"STAT", "enter", "greater_than_sign", "y")
        await settled(pilot)
        assert tale.wished.wishes[2:] == [
            ("set_keep_alive", "one", 120.0), ("set_keep_alive", "three", 120.0),
            ("set_keep_alive_command", "one", "STAT"), ("set_keep_alive_command", "three", "STAT"),
            ("set_keep_alive", "one", 45.0), ("set_keep_alive", "three", 45.0),
        ]  # fmt: skip
        await pilot.press("V", "full_stop")
        await settled(pilot)
        assert about(tale) == "two" and tale.wished.wishes[-1] == ("keep_alive_now", "two")


@pytest.mark.long
async def test_a_bad_value_for_many_changes_none_of_them(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        for name in ("one", "two"):
            tale.ready(session=name, keep_alive=30)
        await focused(tale, pilot)
        await pilot.press("v", "j", "v", "i", *"soon", "enter")
        await settled(pilot)
        assert "'soon' is not a duration" in tale.text() and not tale.wished.wishes


@pytest.mark.long
async def test_a_whole_host_is_acted_on_in_small_parts_and_refusals_are_said_once(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        crowd(tale, 45)
        await focused(tale, pilot)
        await pilot.press("g", "full_stop")
        await settled(pilot)
        assert about(tale) == "45 sessions of ftp.example.com"
        question = str(tale.app.screen.query(Label).first().render())
        assert question == (
            "Send one keep-alive on 45 sessions of ftp.example.com "
            "(eu/0, eu/1, eu/2, eu/3, eu/4 and 40 more)?"
        )
        await pilot.press("y")
        await settled(pilot)
        assert tale.wished.wishes == [("keep_alive_now", f"eu/{n}") for n in range(45)]
        await pilot.press("X", "y")
        await settled(pilot)
        newest = list(tale.app._notifications)[-1].message
        assert newest == "done for 0 of 45 sessions; 45 refused: [b]not[/b] today"
        await pilot.press("c")
        await settled(pilot)
        assert "too many to check at once" in list(tale.app._notifications)[-1].message


async def test_a_group_of_which_nothing_is_left_is_acted_on_by_no_key(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        crowd(tale, 25)
        lose(tale, "eu/3", 40)
        await pilot.press("escape")
        await focused(tale, pilot)
        await pilot.press("g", "j")
        await settled(pilot)
        assert about(tale).startswith("1 session of ftp.example.com: ")
        tale.connection = 2
        tale.happens(50, ConnectionOpening("ftp.example.com", 21, 1), "eu/3")
        await settled(pilot)
        assert about(tale) == "nothing"
        await pilot.press("full_stop", "R", "y")
        assert not tale.wished.wishes


async def test_an_end_that_we_wished_is_no_trouble(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        crowd(tale, 25)
        tale.closes(30, 221, ClosedBy.USER_PI, session="eu/4", solicited=True)
        await settled(pilot)
        assert "none in trouble" in pane(tale)[0]


@pytest.mark.parametrize(("count", "shows"), [(3, "◌ not yet"), (30, "▾ ftp.example.com 30: 30 ◌")])
async def test_what_has_not_been_connected_yet_is_not_called_closed(
    tmp_path: Path, count: int, shows: str
) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        for n in range(count):
            facts = TargetFacts(f"eu/{n}", "ftp.example.com", 21, "bob", "off", 30.0, "NOOP")
            tale.happens(0, SessionAdded(facts), f"eu/{n}")
        await settled(pilot)
        first = tale.text().splitlines()[0]
        assert f"0 live · 0 closed · connecting {count} of {count}" in first
        assert shows in "\n".join(rows(tale))
        assert "✗" not in "\n".join(rows(tale))


async def test_what_was_not_reached_is_not_called_closed(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        for name in ("a", "b"):
            facts = TargetFacts(name, "ftp.example.com", 21, "bob", "off", 30.0, "NOOP")
            tale.happens(0, SessionAdded(facts), name)
            tale.happens(1, ConnectionOpening("ftp.example.com", 21, 1), name)
        tale.happens(2, ConnectionFailed(Stage.CONNECT, "Connection refused"), "a")
        tale.happens(2, ConnectionOpened("127.0.0.1:1", "127.0.0.1:21"), "b")
        tale.closes(3, session="b")
        await settled(pilot)
        assert "0 live · 1 closed · 1 not reached" in tale.text().splitlines()[0]


# --- many ----------------------------------------------------------------------------------------


@pytest.mark.long
async def test_a_draw_with_thousands_of_sessions_is_quick(tmp_path: Path) -> None:
    """0.3 to 2 ms as a rule, 10 to 30 where the rows are arranged anew; here with a margin."""
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        for n in range(5_000):
            facts = TargetFacts(f"eu/{n}", "ftp.example.com", 21, "bob", "off", 30.0, "NOOP")
            tale.happens(0, SessionAdded(facts), f"eu/{n}")
        await focused(tale, pilot)
        took = []
        gc.disable()  # the program collects when nothing happens
        for n in range(8):
            tale.happens(1, ConnectionOpening("ftp.example.com", 21, 1), f"eu/{n}")
            before = time.thread_time()
            sessions(tale).show(tale.watch.state, 1.0 + n)
            took.append(time.thread_time() - before)
        gc.enable()
        assert sorted(took)[4] < 0.02 and max(took) < 0.15
        await pilot.press("G", "enter", "G")
        await settled(pilot)
        assert sessions(tale).selected == "eu/7" and "▸   eu/7" in "\n".join(rows(tale))


@pytest.mark.parametrize("size", LOW_AND_WIDE)
async def test_hostile_and_wide_names_keep_the_columns(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        for name in ("\x1b[31mred", "日本語のサーバー名前", "x" * 400, "\u202eevil", "n"):
            tale.ready(session=name, keep_alive=30)
        await focused(tale, pilot)
        for _ in range(2):
            for row in rows(tale):
                assert cell_len(row) == sessions(tale).size.width and "\x1b" not in row
            await pilot.press("v", "s")
            await settled(pilot)


@pytest.mark.long
async def test_ascii_rows_are_ascii(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48), ascii_only=True) as (tale, pilot):
        crowd(tale, 25)
        tale.happens(1, LimitKnown("192.0.2.1", 21, "idle", 60.0, "advertised"), None)
        lose(tale, "eu/3", 40)
        await pilot.press("escape")
        await focused(tale, pilot)
        await pilot.press("G", "enter", "g", "v")
        await settled(pilot)
        assert "\n".join(rows(tale)).isascii()
        assert "|" in rows(tale)[-1]


async def test_what_has_ended_says_what_its_keep_alive_was(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="quiet").ready(session="early", keep_alive=30)
        lose(tale, "quiet", 60)
        lose(tale, "early", 61)
        await settled(pilot)
        words = {row.split()[0].strip("▸"): row for row in (r.lstrip("▸ ") for r in rows(tale))}
        assert "none sent" in words["quiet"]
        assert any(word in words["early"] for word in ("untested", "too slow", "no help"))
