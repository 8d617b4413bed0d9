"""The Ends screen: every end in a table, and what is opened from it."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from knowledge.contexts import ADVISOR
from textual.pilot import Pilot
from textual.widgets import Input

from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.judgement.past_ends import MOST_PAST_ENDS
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.tui.screens.ends import EndsScreen
from ftpwatch.tui.screens.ends_actions import EndsActions
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.ends_list import EndsList
from ftpwatch.tui.widgets.ends_order import Column
from ftpwatch.tui.widgets.ends_table import EndsTable
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.screens import Shown, settled, shown

IDLE = "Idle for 60 seconds, closing."
SIZES = [(160, 48), (120, 36), (100, 30), (80, 24), (60, 20)]


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)
    if isinstance(pilot.app.screen, EndsScreen):
        pilot.app.screen.draw()
        await pilot.pause()


def table(tale: Shown) -> EndsList:
    screen = tale.app.screen
    assert isinstance(screen, EndsScreen)
    return screen._list


def names(tale: Shown) -> list[str]:
    """The rows, by their sessions; incidents by how many ended."""
    return [
        f"{len(row.ends)} of {row.total}" if row.is_group else row.ends[0].session
        for row in table(tale).rows
    ]


def chosen(tale: Shown) -> str:
    row = table(tale).selected_row
    return "" if row is None else row.ends[0].session


def three_ends(tale: Shown) -> None:
    tale.ready(session="a").says(60, 421, IDLE, session="a").closes(60, 421, session="a")
    tale.ready(70, session="b").says(170, 421, "Server shutting down", session="b")
    tale.closes(170, 421, session="b")
    tale.opening(180, session="c").fails(181, Stage.CONNECT, "connection refused", session="c")
    tale.watch.settle(190)


def storm(tale: Shown, count: int, at: float = 50) -> None:
    for n in range(count):
        tale.ready(session=f"s{n}")
    for n in range(count):
        tale.says(at, 421, "Timeout.", session=f"s{n}").closes(at, 421, session=f"s{n}")
    tale.watch.settle(at + 3)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.long
async def test_every_size_shows_time_session_and_cause_and_marks_what_it_cuts(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with shown(tmp_path, size) as (tale, pilot):
        tale.ready(session="a" * 40).says(60, 421, IDLE, session="a" * 40)
        tale.closes(60, 421, session="a" * 40)
        await press(pilot, "l")
        head, row = tale.text().splitlines()[1:3]
        assert all(word in head for word in ("TIME", "SESSION", "CAUSE"))
        assert re.search(r"✗ \d\d:\d\d:\d\d aa+…a+ .*idle limit", row)
        assert ("LIVED" in head) is (size[0] >= 80) and ("REPLY" in head) is (size[0] >= 100)
        assert ("CURE" in head) is (size[0] >= 140)
        if "CURE" in head:
            assert "421 Idle for" in row and "1m " in row and "certain" in row and "…" in row
        assert all(len(line) <= size[0] for line in tale.text().splitlines())
        assert "q back" in tale.text()


@pytest.mark.long
async def test_it_follows_new_ends_and_keeps_what_is_selected(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await press(pilot, "l")
        assert "nothing has ended so far" in tale.text()
        three_ends(tale)
        await press(pilot)
        assert names(tale) == ["a", "b", "c"] and chosen(tale) == "c"
        await press(pilot, "k")
        assert chosen(tale) == "b"
        tale.ready(200, session="d").closes(230, session="d")
        await press(pilot)
        assert names(tale) == ["a", "b", "c", "d"] and chosen(tale) == "b"
        await press(pilot, "G")
        tale.ready(300, session="e").closes(330, session="e")
        await press(pilot)
        assert chosen(tale) == "e"


@pytest.mark.long
async def test_it_is_sorted_by_every_column_and_either_way(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        three_ends(tale)
        await press(pilot, "l", "g")
        orders = {}
        for _ in Column:
            await press(pilot, "s")
            assert chosen(tale) == "a"
            orders[table(tale).column] = names(tale)
            assert f"{table(tale).column.upper()} ↑" in tale.text().splitlines()[1]
        assert set(orders) == set(Column)
        assert orders[Column.LIVED] == ["c", "a", "b"]
        assert orders[Column.CAUSE] == ["a", "c", "b"]
        await press(pilot, "s", "S")
        assert names(tale) == ["c", "b", "a"] and "SESSION ↓" in tale.text()


async def test_numbers_in_names_are_numbers(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        for n, name in enumerate(("s10", "s9", "s²", "s" + "9" * 400)):
            tale.ready(session=name).closes(100 + 10 * n, session=name)
        await press(pilot, "l", "s")
        assert names(tale)[:2] == ["s9", "s10"]


@pytest.mark.long
async def test_a_filter_is_applied_as_it_is_typed_and_what_is_wrong_is_selected(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        three_ends(tale)
        await press(pilot, "l", "slash", *"cause:idle*")
        assert names(tale) == ["a"] and "1 of 3" in tale.text()
        await press(pilot, "enter", "ctrl+f")
        assert names(tale) == ["a", "b", "c"] and "off (cause:idle*)" in tale.text()
        await press(pilot, "slash")
        line = tale.app.screen.query_one(Input)
        line.value = "code:421 cause:zzz"
        await press(pilot, "enter")
        assert line.display and line.selected_text == "cause:zzz"
        assert "cause:zzz is none" in tale.text()
        line.value = "nobody"
        await press(pilot, "enter")
        assert "no end matches this filter; ctrl+f" in tale.text()
        await press(pilot, "escape", "l")
        assert "filter: nobody" in tale.text()


@pytest.mark.long
async def test_enter_opens_the_explanation_and_the_dialogue_at_its_row(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        three_ends(tale)
        await press(pilot, "slash", *"connecting", "enter", "l", "g", "enter")
        assert not isinstance(tale.app.screen, EndsScreen)
        assert "a · closed" in tale.text()
        row = tale.app.screen.query_one(DialogueView).selected_row
        assert row is not None and row.entry.session == "a"
        assert "421" in tale.text() and "closed by" in tale.text().split("off (connecting)")[1]


@pytest.mark.long
async def test_500_that_end_at_once_are_one_row_one_panel_and_no_toast(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 30)) as (tale, pilot):
        storm(tale, 500)
        await settled(pilot)
        panel = tale.app.screen.query_one(ExplanationPanel)
        assert "500 sessions of 192.0.2.1 ended" in tale.text() and "more ▸" not in tale.text()
        await press(pilot, "l")
        assert names(tale) == ["500 of 500"]
        assert "▸" in tale.text() and "500 in 0.0 s" in tale.text()
        await press(pilot, "w")
        assert len(names(tale)) == 501 and "▾" in tale.text() and "  s15 " in tale.text()
        await press(pilot, "G")
        assert chosen(tale) == "s499" and "s499" in tale.text()
        await press(pilot, "w")
        assert names(tale) == ["500 of 500"]
        await press(pilot, "enter")
        assert panel.is_open and not tale.app._notifications
        row = tale.app.screen.query_one(DialogueView).selected_row
        assert row is not None and row.sharing == 499


@pytest.mark.long
async def test_the_few_with_another_cause_stand_first_in_an_incident(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 30)) as (tale, pilot):
        for n in range(12):
            tale.ready(session=f"s{n}")
        for n in range(12):
            said = "Kicked by administrator" if n == 7 else "Server shutting down"
            tale.says(50, 421, said, session=f"s{n}").closes(50, 421, session=f"s{n}")
        await press(pilot, "l")
        causes = {row.ends[0].cause for row in table(tale).rows}
        if len(table(tale).rows) == 1:
            await press(pilot, "w")
        inner = [row for row in table(tale).rows if row.inside]
        counts = [sum(r.ends[0].cause == one.ends[0].cause for r in inner) for one in inner]
        assert causes and counts == sorted(counts)
        await press(pilot, "slash", *"kicked", "enter")
        assert [name for name in names(tale) if " of " in name] == ["1 of 12"]


@pytest.mark.long
async def test_a_frozen_table_shows_nothing_that_came_later(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 30)) as (tale, pilot):
        for name in "abc":
            tale.ready(session=name)
        tale.closes(50, session="a")
        await press(pilot, "l", "space")
        before = tale.text()
        assert "Ends - frozen - 1 " in before
        for name in "bc":
            tale.closes(50.1, session=name)
        tale.watch.settle(60)
        await press(pilot)
        assert tale.text() == before
        await press(pilot, "escape", "l")
        assert names(tale) == ["a"]
        await press(pilot, "space")
        assert names(tale) == ["3 of 3"]


async def test_looking_back_shows_the_ends_of_then(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(session="a").ready(session="b").closes(50, session="a")
        then = tale.watch.state
        tale.closes(100, session="b")
        tale.app.live.hold(then)
        await press(pilot, "l")
        assert names(tale) == ["a"]


@pytest.mark.long
async def test_escape_puts_the_panel_away_and_loses_nothing(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        for n, name in enumerate("abc"):
            tale.ready(session=name)
            tale.says(60 + 10 * n, 421, IDLE, session=name).closes(60 + 10 * n, 421, session=name)
        await settled(pilot)
        await press(pilot, "right")
        assert "b · closed" in tale.text() and "1 more ▸" in tale.text()
        await press(pilot, "escape")
        assert "Why did" not in tale.text()
        for key in ("right", "left"):
            await press(pilot, "escape", key)
            assert "b · closed" in tale.text() and "1 more ▸" in tale.text()
        await press(pilot, "right")
        assert "c · closed" in tale.text()
        await press(pilot, "escape", "E", "x")
        assert "c · closed" in tale.text()


@pytest.mark.long
async def test_what_was_put_away_stays_so_when_it_is_explained_anew(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        for name in "abc":
            tale.ready(session=name)
        tale.closes(50, session="a")
        await settled(pilot)
        await press(pilot, "escape")
        panel = tale.app.screen.query_one(ExplanationPanel)
        first = tale.watch.explanations()[0]
        tale.app.live.panel_actions.arrive(first)
        assert not panel.is_open
        await press(pilot, "right")
        assert panel.is_open and panel.shown == first


async def test_what_others_say_is_no_markup_and_no_escape(tmp_path: Path) -> None:
    hostile = "\x1b]52;c;aGFoYQ==\x07\x1b[2J [bold red]x[/] \u202egnp.exe [/x] \\[b]"
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready(session=hostile).says(60, 421, hostile, session=hostile)
        tale.closes(60, 421, session=hostile)
        await press(pilot, "l", "slash", *"[/x]", "enter")
        text = tale.text()
        assert "[bold red]x[/]" in text and not set("\x1b\x07\u202e") & set(text)


@pytest.mark.long
async def test_ascii_is_ascii(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40), ascii_only=True) as (tale, pilot):
        storm(tale, 4)
        tale.ready(100, session="long" * 20).closes(200, session="long" * 20)
        await press(pilot, "l", "g", "w", "s", "S")
        assert tale.text().isascii()
        assert "v " in tale.text() and "SESSION v" in tale.text()


@pytest.mark.long
async def test_the_mouse_sorts_selects_opens_and_scrolls(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 20)) as (tale, pilot):
        for n in range(40):
            tale.ready(session=f"s{n}").closes(100 + 10 * n, session=f"s{n}")
        await press(pilot, "l", "g")
        view = tale.app.screen.query_one(EndsTable)
        view.scroll(3)
        assert view.in_view[0] == 4 and chosen(tale) == "s0"
        await pilot.click(EndsTable, offset=(14, 1))
        assert table(tale).column is Column.SESSION
        await pilot.click(EndsTable, offset=(14, 4))
        picked = chosen(tale)
        await pilot.click(EndsTable, offset=(14, 4))
        await settled(pilot)
        assert f"{picked} · closed" in tale.text()


async def test_ends_of_before_come_from_the_recording(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        storm(tale, 5)
        later = Watch(ADVISOR)
        later.restore(tale.watch.state, tale.watch.explanations())
        live = tale.app.live
        sources = live.ends_actions
        tale.app.live.ends_actions = EndsActions(
            live, _sources(tale, later), sources._signs, lambda: later.state
        )
        await press(pilot, "l")
        assert names(tale) == ["5 of 5"]
        row = table(tale).rows[0]
        assert [end.lived_seconds for end in row.ends] == [50] * 5


def _sources(tale: Shown, watch: Watch) -> object:
    from ftpwatch.tui.inputs import Sources

    return Sources(watch, tale.clock, tale.wished, tale.reader)


def many(tale: Shown) -> Sequence[PastEnd]:
    """As many as are kept, in incidents of ten and alone."""
    tale.ready(session="s").says(60, 421, IDLE).closes(60, 421)
    (end,) = tale.app.live.ends_actions.ends()
    return [
        PastEnd(_at(end, n), end.hosts, end.told) for n in range(1, MOST_PAST_ENDS + 1)
    ]  # fmt: skip


def _at(end: PastEnd, n: int) -> object:
    from msgspec.structs import replace

    return replace(end.entry, seq=n, session=f"session-{n}", elapsed_seconds=float(n))


@pytest.mark.usefixtures("timed")
@pytest.mark.long
async def test_5000_ends_open_sort_and_scroll_without_delay(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 48)) as (tale, pilot):
        ends = many(tale)
        tale.app.live.ends_actions._past._ends = {end.seq: end for end in ends}
        took = []
        for keys in (["l"], ["g"], ["pagedown"], ["s"], ["S"], ["slash"], ["7"]):
            began = time.process_time()
            await pilot.press(*keys)
            await pilot.pause()
            took.append(round(time.process_time() - began, 3))
        assert len(table(tale).rows) > 100
        view = tale.app.screen.query_one(EndsTable)
        drawn = sum(1 for y in range(view.size.height) if view.render_line(y).text.strip())
        assert drawn <= 47 and max(took) < 1.0 and max(took[1:]) < 0.5


async def test_no_cell_is_left_without_a_background(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().closes(60)
        await settled(pilot)
        for keys in ((), ("escape",), ("l",), ("q", "2"), ("q", "3"), ("q", "4")):
            await pilot.press(*keys)
            await settled(pilot)
            drawn = [s for line in tale.app.screen._compositor.render_strips() for s in line]
            bare = [s.text for s in drawn if s.text and (s.style is None or not s.style.bgcolor)]
            assert bare == [], keys


async def test_escape_goes_back_to_the_table_from_what_it_opened_and_only_from_that(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        three_ends(tale)
        await press(pilot, "escape", "l", "g", "j", "enter")
        assert not isinstance(tale.app.screen, EndsScreen)
        await press(pilot, "escape")
        assert isinstance(tale.app.screen, EndsScreen) and chosen(tale) == "b"
        await press(pilot, "enter", "E", "E", "x", "escape")
        assert not isinstance(tale.app.screen, EndsScreen)
