"""The dialogue: what is normal is folded, it is scrolled by line, filtered while it is typed."""

import asyncio
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import MarkSet, ReconnectScheduled
from ftpwatch.core.journal.filter import EVERYTHING
from ftpwatch.core.journal.vocabulary import Cause, Role
from ftpwatch.record.reader import Reader
from ftpwatch.tui.signs import UNICODE
from tui.screens import Shown, settled, shown
from tui.test_live import IDLE, dialogue, drawn, seqs


async def typed(pilot: Pilot[None], text: str) -> None:
    """Typed, and a pause after it."""
    await pilot.press("slash", *text)
    line = pilot.app.screen.query_one("#filter", Input)
    for _ in range(200):
        await pilot.pause(0.02)
        if line.border_subtitle not in ("", "counting"):
            return
    raise AssertionError("nothing was told of what was typed")


def edge(tale: Shown) -> str:
    return str(tale.app.screen.query_one("#filter", Input).border_subtitle)


async def test_a_login_and_healthy_keep_alives_are_a_row_each_and_unfold(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(greeting="(vsFTPd 3.0.3)").keeps_alive(10, 90)
        await settled(pilot)
        login, keep_alives = dialogue(tale).lines[-2:]
        assert (login[0].body, login[0].mark) == ("▼ logged in: vsFTPd 3.0.3", "≡ 7 rows")
        assert keep_alives[0].body.startswith("∙ NOOP ×9 → 200 · until ")
        assert keep_alives[0].latency == "10 ms"
        assert len(seqs(tale)) == 3
        await pilot.press("k", "w")
        await settled(pilot)
        assert "▲ PASS" in drawn(tale)
        assert len(seqs(tale)) == 9
        await pilot.press("j", "j", "w")
        await settled(pilot)
        assert len(seqs(tale)) == 3, "any of its rows folds it again"
        await pilot.press("W")
        await settled(pilot)
        assert len(seqs(tale)) == 17
        assert "nothing folded" in tale.text()


async def test_a_close_tells_its_cause_and_when_it_comes_back(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        tale.ready().says(60, 421, IDLE).closes(60, 421)
        tale.happens(60.0, ReconnectScheduled(3.0, 1, Cause.IDLE_TIMEOUT))
        await settled(pilot)
        assert dialogue(tale).lines[-1][0].body == (
            "✗ closed by the server · Idle limit 1m (certain) · back in 3s"
        )


async def test_a_search_finds_what_is_folded_and_a_jump_unfolds_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(10, 90)
        await pilot.press("slash", *"331", "enter")
        await settled(pilot)
        assert "331 password?" in drawn(tale)
        await pilot.press("ctrl+f")
        await settled(pilot)
        assert "331" not in drawn(tale)
        await pilot.press("G", "n")
        await settled(pilot)
        row = dialogue(tale).selected_row
        assert row is not None and getattr(row.entry.event, "code", 0) == 331
        assert "331 password?" in drawn(tale)


async def test_what_is_copied_of_a_folded_row_is_complete(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(10, 90)
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert tale.app.clipboard.count("NOOP → 200 ok") == 9


@pytest.mark.parametrize("keys", [("pagedown",), ("j",), ("wheel",)])
@pytest.mark.long
async def test_every_line_of_a_long_reply_is_reached(tmp_path: Path, keys: tuple[str]) -> None:
    """B9"""
    async with shown(tmp_path, (120, 30)) as (tale, pilot):
        greeting = "\n".join(f"line {n:02d}" for n in range(62))
        tale.opened().greets(greeting).says(1, 200, "end")
        await pilot.press("W", "w", "g")
        await settled(pilot)
        seen, steps = set(drawn(tale).split("\n")), 0
        while not dialogue(tale).following and steps < 90:
            if keys == ("wheel",):
                await dialogue(tale).on_mouse_scroll_down()
            else:
                await pilot.press(*keys)
            await settled(pilot)
            seen |= set(drawn(tale).split("\n"))
            steps += 1
        assert {f"  line {n:02d}" for n in range(62)} <= seen
        assert dialogue(tale).following
        assert steps < (9 if keys == ("pagedown",) else 90)


@pytest.mark.long
async def test_up_and_down_by_line_are_each_others_inverse(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 30)) as (tale, pilot):
        tale.ready()
        for n in range(12):
            tale.says(n + 1, 211, "\n".join(f"reply {n} line {k}" for k in range(1 + n % 5)))
        await pilot.press("W", "w", "g")
        await settled(pilot)
        view, places = dialogue(tale), list[str]()
        for _ in range(12):
            places.append(drawn(tale))
            await view.scroll_lines(1)
            await settled(pilot)
        for place in reversed(places):
            await view.scroll_lines(-1)
            await settled(pilot)
            assert drawn(tale) == place


async def test_a_folded_reply_shows_that_there_is_more_however_long_it_is(tmp_path: Path) -> None:
    """B19"""
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        tale.ready().says(5, 220, "\n".join(["x" * 200] + ["more"] * 61))
        await settled(pilot)
        assert "≡ 62 lines" in tale.text()


async def test_a_question_that_a_server_does_not_know_is_no_error(tmp_path: Path) -> None:
    """B24"""
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        for at, (verb, code) in enumerate([("SYST", 502), ("FEAT", 500), ("OPTS", 504)], 1):
            tale.asks(at, verb, Purpose.SETUP).says(at, code, "what?", Role.FINAL)
        await pilot.press("W")
        await settled(pilot)
        assert "  502 what?" in drawn(tale) and "✗" not in drawn(tale)
        await pilot.press("E")
        await settled(pilot)
        assert dialogue(tale).selected is None


@pytest.mark.long
async def test_a_filter_is_tried_while_it_is_typed_and_counted(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(10, 90).says(95, 550, "No such file")
        await settled(pilot)
        before = drawn(tale)
        await typed(pilot, "code:200")
        await settled(pilot)
        assert edge(tale) == "9 rows"
        assert drawn(tale).count("NOOP → 200") == 9
        await pilot.press("escape")
        await settled(pilot)
        assert drawn(tale) == before
        await typed(pilot, "nothing-has-this")
        assert edge(tale) == "no row matches"
        await pilot.press("enter")
        await settled(pilot)
        assert "no row matches this filter; ctrl+f shows all, esc clears it" in tale.text()
        await pilot.press("escape")  # B32
        await settled(pilot)
        assert drawn(tale) == before
        assert "filter: none" in tale.text()


@pytest.mark.long
async def test_what_was_typed_before_comes_back_with_the_arrows(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        for text in ("one", "two"):
            await pilot.press("slash", *text, "enter")
            await pilot.press("escape")
        line = tale.app.screen.query_one("#filter", Input)
        await pilot.press("slash", *"new", "up")
        assert line.value == "two"
        await pilot.press("up", "up")
        assert line.value == "one"
        await pilot.press("down", "down")
        assert line.value == "new"


LANGUAGE = [
    ("cause:idle*", {421}), ("event:mark_set", {None}), ("purpose:keep_alive", {None}),
    ("since:2026-01-01T00:00:55Z code:4xx", {421}), ("until:2026-01-01T00:00:05Z code:230", {230}),
    ("session:s code:331", {331}), ("host:ftp.example.com code:331", {331}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), LANGUAGE)
@pytest.mark.long
async def test_the_whole_language_is_understood_live(
    tmp_path: Path, text: str, codes: set[int | None]
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(10, 20).happens(30, MarkSet("now"))
        tale.says(60, 421, IDLE).closes(60, 421)
        tale.reader.learn(tale.watch.explanations(), "x")
        tale.reader.settle()
        await pilot.press("slash", *text, "enter")
        await settled(pilot)
        rows = {row.seq: row for _, row in dialogue(tale).lines}.values()
        found = {getattr(row.entry.event, "code", None) for row in rows}
        assert codes <= found
        assert len(rows) <= 3


async def test_o_shows_one_session_and_all_again(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        for name in ("eu", "us"):
            tale.ready(session=name)
        await settled(pilot)
        await pilot.press("g", "o")
        await settled(pilot)
        assert {row.entry.session for _, row in dialogue(tale).lines} == {"eu"}
        assert "only eu" in tale.text() and "logged in" in drawn(tale)
        await pilot.press("o")
        await settled(pilot)
        assert {row.entry.session for _, row in dialogue(tale).lines} == {"eu", "us"}


async def test_paused_counts_what_is_new_and_not_what_is_below(tmp_path: Path) -> None:
    """B32"""
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        for n in range(60):
            tale.says(n + 1, 200, f"row {n}")
        await settled(pilot)
        await pilot.press("g")
        await settled(pilot)
        assert "PAUSED -" in tale.text()
        for n in range(3):
            tale.says(70 + n, 200, "newer")
        await settled(pilot)
        assert "PAUSED +3 new" in tale.text()
        await pilot.press("z")
        await settled(pilot)
        assert "PAUSED +3 new" in tale.text()


async def test_the_bar_shows_where_trouble_is(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        for n in range(200):
            tale.says(n + 1, 550 if n == 100 else 200, "row")
        tale.happens(300, MarkSet("here"))
        await settled(pilot)
        view = dialogue(tale)
        column = [view.render_line(y)._segments[-1].text for y in range(view.size.height)]
        assert column[len(column) // 2 - 1 : len(column) // 2 + 2].count("▎") == 1
        assert column[-1] == UNICODE.bar_mark


async def test_the_bar_learns_what_came_while_it_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, asked, found = asyncio.Event(), asyncio.Event(), Reader.troubles

    async def slow(reader: Reader, after: int, upto: int, most: int) -> list[tuple[int, bool]]:
        asked.set()
        await gate.wait()
        return await found(reader, after, upto, most)

    monkeypatch.setattr(Reader, "troubles", slow)
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await asked.wait()
        for n in range(100):
            tale.says(n + 1, 200, "row")
        tale.says(110, 550, "the last")
        view = dialogue(tale)
        while view.upto < tale.watch.state.seq:
            await pilot.pause()
        gate.set()
        await settled(pilot)
        assert view.render_line(view.size.height - 1)._segments[-1].text == "▎"


async def test_where_all_is_seen_the_bar_is_empty(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().says(1, 550, "row")
        await settled(pilot)
        view = dialogue(tale)
        column = [view.render_line(y)._segments[-1].text for y in range(view.size.height)]
        assert "✗ 550 row" in drawn(tale)
        assert not "".join(column).strip()


async def test_times_keep_their_milliseconds_when_the_panel_opens(tmp_path: Path) -> None:
    async with shown(tmp_path, (100, 30)) as (tale, pilot):
        tale.ready().says(60.25, 421, IDLE).closes(60.25, 421)
        await settled(pilot)
        assert "00:01:00.250" in tale.text()


async def test_a_page_of_the_folded_history_is_that_of_the_reader(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(1, 300)
        await settled(pilot)
        everything = await tale.reader.after(0, 1_000, 10_000, EVERYTHING)
        assert len(everything) > 300
        assert len(seqs(tale)) == 4, "of so many keep-alives a new row begins"


async def test_only_errors_are_shown_until_all_are_again(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(10, 90).says(95, 550, "No such file")
        await settled(pilot)
        before = drawn(tale)
        await pilot.press("O")
        await settled(pilot)
        assert drawn(tale).strip() == "✗ 550 No such file"
        assert "only errors" in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        assert drawn(tale) == before


async def test_of_what_is_folded_it_is_said_how_many_rows_are_seen(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready().keeps_alive(10, 90).says(95, 550, "No such file")
        await settled(pilot)
        await typed(pilot, "session:s")
        await settled(pilot)
        rows = re.fullmatch(r"(\d+) rows, folded to (\d+)", edge(tale))
        assert rows is not None and int(rows[2]) == len(drawn(tale).splitlines()) < int(rows[1])
