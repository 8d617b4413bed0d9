"""Colours: every text that is drawn can be read, in every theme of ours; with fewer colours, or
none, and in ASCII, nothing else is drawn.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Input

from ftpwatch.core.text.terminal import Colours
from ftpwatch.tui.inputs import Motion
from ftpwatch.tui.themes import THEMES
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.every_screen import every_screen
from tui.screens import Shown, settled, shown

OURS = ["dark", "light", "contrast"]
READABLE, SEEN = 4.5, 3.0
# Decoration: frames, rules and the ends of scrollbars. Words never consist of it.
FRAMES = {*"╭╮╰╯─│┏┓┗┛━┃▔▁▊▎▌▏▕▂▃▄▅▆▇"}


def luminance(colour: Color) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(segment: Segment, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """Of what is drawn: reversed where it is, and no blending is left to the terminal."""
    style = segment.style
    assert style is not None and style.color is not None and style.bgcolor is not None, segment
    assert not style.dim and not style.conceal and not style.blink, segment
    assert not style.color.is_default and not style.bgcolor.is_default, segment
    both = (luminance(one.downgrade(system)) for one in (style.color, style.bgcolor))
    low, high = sorted(both)
    return (high + 0.05) / (low + 0.05)


def drawn(tale: Shown) -> Iterator[Segment]:
    for line in tale.app.screen._compositor.render_strips():
        yield from (segment for segment in line if segment.text)


def faint(tale: Shown, system: ColorSystem = ColorSystem.TRUECOLOR) -> set[str]:
    """What cannot be read."""
    found = set()
    for segment in drawn(tale):
        signs = {*segment.text} - {" "}
        least = SEEN if signs <= FRAMES else READABLE
        if signs and (ratio := contrast(segment, system)) < least:
            found.add(f"{segment.text.strip()[:40]!r} {ratio:.2f} {segment.style}")
    return found


THEMES_WALKED = ["dark", *(pytest.param(name, marks=pytest.mark.long) for name in OURS[1:])]


@pytest.mark.parametrize("theme", THEMES_WALKED)
@pytest.mark.long
async def test_everything_that_is_drawn_can_be_read(tmp_path: Path, theme: str) -> None:
    names, problems = [], {}
    async with shown(tmp_path, (120, 36), toasts=True, theme=theme) as (tale, pilot):
        async for name in every_screen(tale, pilot):
            names.append(name)
            assert name != "toasts" or "Said" in tale.text()
            for system in (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT):
                if found := faint(tale, system):
                    problems[name, system.name] = found
    assert len(names) > 40 and not problems


# What style sheets may write in, and on what.
WRITTEN = (
    "foreground", "text", "text-muted", "text-disabled", "primary", "secondary", "accent",
    "success", "warning", "error",
)  # fmt: skip
BEHIND = ("background", "surface", "panel")


@pytest.mark.parametrize("theme", OURS)
def test_every_colour_for_text_can_be_read_on_every_background(theme: str) -> None:
    colours = THEMES[theme].to_color_system().generate()
    behind = {name: Color.parse(colours[name]) for name in BEHIND}
    for name in WRITTEN:
        style = Style(color=Color.parse(colours[name]))
        for where, background in behind.items():
            cell = Segment("x", style + Style(bgcolor=background))
            assert contrast(cell) >= READABLE, (name, where)


@pytest.mark.parametrize("theme", OURS)
def test_good_and_bad_differ_for_those_who_tell_no_red_from_green(theme: str) -> None:
    """Blue against orange: they differ in blue, which is the same for everybody."""
    colours = THEMES[theme].to_color_system().generate()
    good = Color.parse(colours["success"]).get_truecolor()
    for name in ("warning", "error"):
        assert good.blue - Color.parse(colours[name]).get_truecolor().blue > 100


def colours_drawn(tale: Shown) -> set[str]:
    styles = {segment.style for segment in drawn(tale) if segment.style is not None}
    return {one.name for style in styles for one in (style.color, style.bgcolor) if one is not None}


async def busy(tale: Shown, pilot: Pilot[None]) -> None:
    """The panel is open, over everything that a Live screen can hold."""
    walk = every_screen(tale, pilot)
    async for name in walk:
        if name == "guide and replay bar":
            break
    await walk.aclose()
    assert tale.app.live.query_one(ExplanationPanel).is_open


@pytest.mark.long
async def test_no_old_colour_stays_when_the_theme_changes(tmp_path: Path) -> None:
    fresh = {}
    for theme in OURS:
        async with shown(tmp_path / theme, theme=theme) as (tale, pilot):
            await busy(tale, pilot)
            fresh[theme] = colours_drawn(tale)
    async with shown(tmp_path / "changed", theme=OURS[-1]) as (tale, pilot):
        await busy(tale, pilot)
        await pilot.press("t")
        await settled(pilot)
        assert tale.app.theme == "ftpwatch-terminal"
        assert {name for name in colours_drawn(tale) if name.startswith("#")} == set()
        for theme in OURS:
            await pilot.press("t")
            await settled(pilot)
            assert colours_drawn(tale) == fresh[theme]


# --- fewer colours, none, ASCII ----------------------------------------------------------------


@pytest.mark.long
async def test_nothing_has_a_colour_where_there_are_none_and_all_is_ascii(tmp_path: Path) -> None:
    look = {"colours": Colours.NONE, "ascii_only": True}
    async with shown(tmp_path, toasts=True, theme="light", **look) as (tale, pilot):
        async for name in every_screen(tale, pilot):
            for segment in drawn(tale):
                style = segment.style
                assert style is None or (style.color is None and style.bgcolor is None), name
                assert segment.text.isascii(), (name, segment.text)
            assert all(cell_len(line) <= tale.app.size.width for line in tale.text().splitlines())


@pytest.mark.long
async def test_sixteen_colours_are_the_terminals_own(tmp_path: Path) -> None:
    async with shown(tmp_path, theme="light", colours=Colours.SIXTEEN) as (tale, pilot):
        async for name in every_screen(tale, pilot):
            for segment in drawn(tale):
                style = segment.style or Style.null()
                written = style.color if segment.text.strip() else None
                known = [one for one in (written, style.bgcolor) if one is not None]
                assert all(one.is_default or one.is_system_defined for one in known), name
                if len(known) == 2 and not known[1].is_default:
                    assert known[0] != known[1], (name, segment)


@pytest.mark.parametrize("colours", [Colours.NONE, Colours.SIXTEEN])
@pytest.mark.long
async def test_what_is_chosen_and_focused_is_seen_without_our_colours(
    tmp_path: Path, colours: Colours
) -> None:
    async with shown(tmp_path, colours=colours) as (tale, pilot):
        await busy(tale, pilot)
        await pilot.press("k")
        await settled(pilot)
        reversed_ = [s.text for s in drawn(tale) if s.style is not None and s.style.reverse]
        assert any("late" in text for text in reversed_)
        assert any("421 Idle" in text for text in reversed_)
        heavy = "┏━ Dialogue"
        assert heavy in tale.text() and "┏━ Sessions" not in tale.text()
        await pilot.press("t")
        await settled(pilot)
        said = next(iter(tale.app._notifications)).message
        assert ("16 colours" in said) is (colours is Colours.SIXTEEN)


@pytest.mark.long
async def test_every_pane_shows_the_focus_by_the_same_frame(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 36)) as (tale, pilot):
        await busy(tale, pilot)
        seen = set()
        for _ in range(3):
            await pilot.press("tab")
            await settled(pilot)
            focused = tale.app.screen.focused
            assert focused is not None
            seen.add(focused.id)
            heavy = [w.id for w in tale.app.screen.query("#sessions, #dialogue, #why")
                     if w.styles.border_top[0] == "heavy"]  # fmt: skip
            assert heavy == [focused.id]
        assert seen == {"sessions", "dialogue", "why"}
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        sessions = tale.app.screen.query_one("#sessions")
        marks = []
        for pane in ("dialogue", "sessions"):
            tale.app.screen.query_one(f"#{pane}").focus()
            await settled(pilot)
            marks.append(tale.text().splitlines()[sessions.region.y][0])
        assert marks == [" ", "┃"]


# --- motion ------------------------------------------------------------------------------------


@pytest.mark.parametrize("motion", list(Motion))
@pytest.mark.long
async def test_nothing_blinks_or_glides_where_no_motion_is_wanted(
    tmp_path: Path, motion: Motion
) -> None:
    async with shown(tmp_path, motion=motion) as (tale, pilot):
        assert (tale.app.animation_level == "none") is (motion is Motion.NONE)
        for key in ("slash", "a"):
            await pilot.press(key)
            await settled(pilot)
            focused = tale.app.screen.focused
            assert isinstance(focused, Input)
            assert focused.cursor_blink is (motion is Motion.FULL)
            await pilot.press("escape")
