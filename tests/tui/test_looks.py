"""What a colour says is said without it too; and the terminal's own are read on black and white."""

from pathlib import Path

import pytest
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Input

from ftpwatch.core.text.terminal import Colours
from ftpwatch.tui.themes import THEMES
from ftpwatch.tui.widgets.filter_line import FilterLine
from tui.screens import Shown, settled, shown
from tui.test_themes import OURS, READABLE, colours_drawn, contrast, drawn, faint

PLAIN = [Colours.NONE, pytest.param(Colours.SIXTEEN, marks=pytest.mark.long)]


async def begun(tale: Shown, pilot: Pilot[None]) -> None:
    for name in ("eu-1", "eu-2"):
        tale.ready(session=name, keep_alive=30)
    tale.keeps_alive(30, 60, session="eu-1")
    tale.says(61, 421, "Timeout.", session="eu-2").closes(61, 421, session="eu-2")
    tale.watch.settle(65)
    await settled(pilot)
    await pilot.press("escape")
    await settled(pilot)


def written(tale: Shown, words: str) -> Style:
    """How what begins with `words` is drawn."""
    found = [one.style for one in drawn(tale) if one.text.strip(" ─━-=").startswith(words)]
    assert len(found) == 1 and found[0] is not None, (words, tale.text())
    return found[0]


@pytest.mark.parametrize("colours", PLAIN)
async def test_the_chosen_command_is_reversed_without_our_colours(
    tmp_path: Path, colours: Colours
) -> None:
    async with shown(tmp_path, colours=colours) as (tale, pilot):
        await pilot.press("colon", *"filter", "down")
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        chosen = [s.text for s in drawn(tale) if s.style and s.style.reverse and s.text.isascii()]
        assert len([text for text in chosen if "key: " in text]) == 1


@pytest.mark.parametrize("colours", PLAIN)
async def test_the_cursor_of_a_line_is_reversed_without_our_colours(
    tmp_path: Path, colours: Colours
) -> None:
    async with shown(tmp_path, colours=colours) as (tale, pilot):
        await pilot.press("a", *"host")
        await settled(pilot)
        line = tale.app.screen.query_one("#target", Input)
        assert line.has_focus
        cursor = line.get_component_rich_style("input--cursor")
        assert cursor.reverse
        for colour in (cursor.color, cursor.bgcolor):
            assert colour is None or colour.is_default


@pytest.mark.parametrize("colours", PLAIN)
async def test_the_cursor_of_the_timeline_is_seen_where_its_column_meets_its_lane(
    tmp_path: Path, colours: Colours
) -> None:
    async with shown(tmp_path, colours=colours) as (tale, pilot):
        await begun(tale, pilot)
        await pilot.press("2")
        await settled(pilot)
        lines = tale.app.screen.query_one("#timeline")
        column, cell = (lines._look("head", True, here) for here in (False, True))  # type: ignore[attr-defined]
        assert column.reverse and not cell.reverse and cell.underline


@pytest.mark.parametrize(
    ("pane", "line", "count"),
    [
        ("#dialogue", "#filter", "1 row"),
        ("#sessions", "#sessions-filter", "1 of 2"),
        ("#ends", "#ends-filter", None),
    ],
)
async def test_what_is_wrong_with_a_filter_is_told_otherwise_than_a_count(
    tmp_path: Path, pane: str, line: str, count: str | None
) -> None:
    async with shown(tmp_path, colours=Colours.NONE) as (tale, pilot):
        await begun(tale, pilot)
        if pane == "#ends":
            await pilot.press("l")
            await settled(pilot)
        tale.app.screen.query_one(pane).focus()
        await pilot.pause()
        await pilot.press("slash", *"code:4xx")
        field = tale.app.screen.query_one(line, Input)
        if isinstance(field, FilterLine):
            field._try()  # at once, not when the typing pauses
        await settled(pilot)
        assert count is None or not written(tale, count).bold
        await pilot.press(*"y", "enter")
        await settled(pilot)
        assert written(tale, "code:4xxy is not a reply code").bold
        await pilot.press("backspace")
        if isinstance(field, FilterLine):
            field._try()
        await settled(pilot)
        assert "is not a reply code" not in tale.text()


async def test_what_is_wrong_with_an_answer_is_told_otherwise_than_its_keys(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path, colours=Colours.NONE) as (tale, pilot):
        await begun(tale, pilot)
        await pilot.press("i")
        await settled(pilot)
        assert not written(tale, "enter ok").bold
        await pilot.press(*"abc", "enter")
        await settled(pilot)
        assert written(tale, "interval 'abc'").bold
        await pilot.press("backspace")
        await settled(pilot)
        assert not written(tale, "enter ok").bold


@pytest.mark.parametrize(("key", "pane"), [("l", "Ends"), ("2", "Timeline"), ("3", "Inspector"),
                                           ("4", "Compare")])  # fmt: skip
async def test_the_pane_that_has_the_keys_has_a_heavy_frame_on_every_screen(
    tmp_path: Path, key: str, pane: str
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await begun(tale, pilot)
        await pilot.press(key)
        await settled(pilot)
        assert f"┏━ {pane}" in tale.text()


@pytest.mark.parametrize("key", ["l", "2", "3", "4"])
async def test_a_theme_that_is_changed_on_one_screen_is_that_of_all(
    tmp_path: Path, key: str
) -> None:
    async with shown(tmp_path, theme="light") as (tale, pilot):
        await begun(tale, pilot)
        before = colours_drawn(tale)
        await pilot.press(key)
        await settled(pilot)
        before |= colours_drawn(tale)
        await pilot.press("t")
        await settled(pilot)
        assert tale.app.theme == "ftpwatch-contrast" and not before & colours_drawn(tale)
        await pilot.press("q")
        await settled(pilot)
        assert tale.app.screen is tale.app.live and not before & colours_drawn(tale)


@pytest.mark.parametrize("theme", OURS)
async def test_what_is_said_for_a_while_is_read_and_a_warning_is_marked(
    tmp_path: Path, theme: str
) -> None:
    async with shown(tmp_path, toasts=True, theme=theme) as (tale, pilot):
        for severity in ("information", "warning", "error"):
            tale.app.notify(f"this is {severity}", title="Said", severity=severity)  # type: ignore[arg-type]
        await pilot.pause(0.1)
        assert all(f"this is {one}" in tale.text() for one in ("information", "warning", "error"))
        assert not faint(tale)
        tale.app.clear_notifications()
        tale.app.warn("the recording stands still")
        await pilot.pause(0.1)
        assert "! ftpwatch" in tale.text()


async def test_help_has_no_line_that_is_dimmed_and_its_signs_are_those_of_the_screen(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path, (120, 60), ascii_only=True, colours=Colours.NONE) as (tale, pilot):
        await begun(tale, pilot)
        assert "~ not yet" in tale.text()
        await pilot.press("question_mark")
        await settled(pilot)
        assert not any(one.style and one.style.dim for one in drawn(tale))
        assert "~ ...    " in tale.text()


BLACK, WHITE = Color.parse("#000000"), Color.parse("#ffffff")
# By xterm, and by the console of Linux and those that follow it.
PALETTES = {
    "xterm": {
        "ansi_bright_blue": "#5c5cff", "ansi_magenta": "#cd00cd", "ansi_bright_red": "#ff0000",
    },
    "console": {
        "ansi_bright_blue": "#5555ff", "ansi_magenta": "#aa00aa", "ansi_bright_red": "#ff5555",
    },
}  # fmt: skip


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("behind", [BLACK, WHITE], ids=["black", "white"])
def test_the_terminals_own_colours_are_seen_on_black_and_on_white(
    palette: str, behind: Color
) -> None:
    theme = THEMES["terminal"]
    for name in ("primary", "secondary", "accent", "warning", "error", "success"):
        colour = Color.parse(PALETTES[palette][getattr(theme, name)])
        assert contrast(Segment("x", Style(color=colour, bgcolor=behind))) >= 3, name


def test_in_high_contrast_what_is_chosen_stands_out() -> None:
    colours = THEMES["contrast"].to_color_system().generate()
    chosen = Color.parse(colours["block-cursor-blurred-background"])
    around = Color.parse(colours["background"])
    assert contrast(Segment("x", Style(color=chosen, bgcolor=around))) >= 2
    for name in ("foreground", "text-muted", "primary", "accent", "warning", "error"):
        style = Style(color=Color.parse(colours[name]), bgcolor=chosen)
        assert contrast(Segment("x", style)) >= READABLE, name
