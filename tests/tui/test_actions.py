"""The table of actions, and that everything that speaks of keys comes from it."""

import importlib
import pkgutil
import re
from collections import Counter
from itertools import groupby
from pathlib import Path
from textwrap import wrap

import pytest
from rich.cells import cell_len
from textual.actions import parse
from textual.screen import Screen
from textual.widgets import Static

import ftpwatch.tui
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.read_only import ReadOnly
from ftpwatch.core.text.headline import Keeping
from ftpwatch.tui.actions import ACTIONS, LIVE_PANES, Action, Pane
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.dialogs.apply import Apply
from ftpwatch.tui.dialogs.ask import Ask, Confirm
from ftpwatch.tui.dialogs.command_line import CommandLine
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.dialogs.help_words import LEGEND, NOTES, SHORT
from ftpwatch.tui.keys import Keys, bindings_of
from ftpwatch.tui.screens.compare import CompareScreen
from ftpwatch.tui.screens.ends import EndsScreen
from ftpwatch.tui.screens.inspector import InspectorScreen
from ftpwatch.tui.screens.limits import LimitsScreen
from ftpwatch.tui.screens.live import LiveScreen
from ftpwatch.tui.screens.timeline import TimelineScreen
from ftpwatch.tui.signs import UNICODE
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.readme_keys import HEAD, readme_keys
from tui.screens import Shown, settled, shown

MANUAL = Path(__file__).parent.parent.parent / "ftpwatch" / "manual" / "screen.md"
KEYS = Keys()
MOST_KEYS = 14  # columns of help, then it wraps
SCREENS = (LIVE_PANES, (Pane.ENDS,), (Pane.INSPECTOR,), (Pane.LIMITS,), (Pane.COMPARE,))
OWNERS: dict[Pane, type[object]] = {
    **dict.fromkeys(LIVE_PANES, LiveScreen),
    Pane.APP: FtpWatchApp,
    Pane.LIMITS: LimitsScreen,
    Pane.COMPARE: CompareScreen,
    Pane.ENDS: EndsScreen,
    Pane.INSPECTOR: InspectorScreen,
    Pane.TIMELINE: TimelineScreen,
    Pane.HELP: Help,
    Pane.QUESTION: Ask,
    Pane.CONFIRM: Confirm,
    Pane.CURE: Apply,
    Pane.BY_HAND: CommandLine,
    Pane.PANEL: ExplanationPanel,
    Pane.LIST: LiveScreen,
}


def of(*panes: Pane) -> list[Action]:
    return [action for action in ACTIONS if action.pane in panes]


def with_bindings() -> list[type]:
    """Classes of ours that bind keys."""
    names = [m.name for m in pkgutil.walk_packages(ftpwatch.tui.__path__, "ftpwatch.tui.")]
    modules = [importlib.import_module(name) for name in names]
    classes = {cls for module in modules for cls in vars(module).values() if isinstance(cls, type)}
    return [c for c in classes if c.__module__.startswith("ftpwatch.") and "BINDINGS" in vars(c)]


def test_every_binding_comes_from_the_table() -> None:
    bound = [binding for cls in with_bindings() for binding in vars(cls)["BINDINGS"]]
    table = bindings_of(*Pane)
    assert not [binding for binding in bound if binding not in table]
    assert not [binding for binding in table if binding not in bound]


@pytest.mark.parametrize("panes", [*((*s, Pane.APP) for s in SCREENS), *((p,) for p in Pane)])
def test_no_key_and_no_title_stands_twice_on_a_screen(panes: tuple[Pane, ...]) -> None:
    keys = Counter(key for action in of(*panes) for key in action.keys.split(","))
    titles = Counter(action.title for action in of(*panes))
    assert not [key for key, times in (keys + titles).items() if times > 1]


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_a_method_where_it_belongs(action: Action) -> None:
    namespace, name, _ = parse(action.call)
    named = {"app": FtpWatchApp, "screen": LiveScreen}
    owner = named.get(namespace, OWNERS[action.pane])
    assert callable(getattr(owner, f"action_{name}", None)), action.call


@pytest.mark.long
async def test_every_action_of_the_live_screen_is_carried_out(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(keep_alive=10).keeps_alive(10, 50)
        live = tale.app.live
        live.playback_actions._playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
        for action in of(*LIVE_PANES):
            assert await tale.app.run_action(action.call, live), action.call
            await settled(pilot)
            while tale.app.screen is not live:
                tale.app.pop_screen()
                await settled(pilot)


@pytest.mark.parametrize("pane", [Pane.DIALOGUE, *(screen[0] for screen in SCREENS[1:])])
@pytest.mark.long
async def test_help_keeps_every_key_beside_its_words(tmp_path: Path, pane: Pane) -> None:
    widths = (60, 80, 100, 120, 160, 200) if pane in LIVE_PANES else (60, 120)
    async with shown(tmp_path, (widths[0], 250)) as (tale, pilot):
        tale.app.push_screen(Help(pane, ascii_only=False))
        for width in widths:
            await pilot.resize_terminal(width, 250)
            await settled(pilot)
            assert_help_is_whole(tale, pane, width)


def assert_help_is_whole(tale: Shown, pane: Pane, width: int) -> None:
    text = tale.text()
    for section in (*LIVE_PANES, Pane.APP) if pane in LIVE_PANES else (pane, Pane.APP):
        for line in KEYS.lines(section):
            first = SHORT.get(line.id, line.text).split()[0]
            assert re.search(rf" {re.escape(' '.join(line.keys))} +{re.escape(first)}", text)
    for word, meaning in LEGEND:
        first = wrap(word, MOST_KEYS)[0]
        assert re.search(rf"{re.escape(first)} +{re.escape(meaning.split()[0])}", text)
    assert "esc closes" in text
    assert max(len(line) for line in text.splitlines()) <= width


async def test_no_word_of_help_wraps_below_its_key(tmp_path: Path) -> None:
    """B29"""
    async with shown(tmp_path, (60, 250)) as (tale, pilot):
        await pilot.press("question_mark")
        await settled(pilot)
        panes = (*LIVE_PANES, Pane.LIST, Pane.APP)
        known = {key for pane in panes for line in KEYS.lines(pane) for key in line.keys}
        known |= {word for first, _ in LEGEND for word in first.split()}
        sentences = (*panes, *NOTES.values(), "SIGNS AND WORDS")
        known |= {word for text in sentences for word in (*text.split(), *text.upper().split())}
        box = tale.app.screen.query_one("#help-text").region
        inside = [line[box.x : box.right] for line in tale.text().splitlines()[box.y : box.bottom]]
        begins = [line.split()[0] for line in inside[1:] if line[0] != " "]
        assert len(begins) > len(LEGEND) and set(begins) <= known


async def test_help_fills_a_wide_screen_and_tells_what_the_words_of_the_screen_mean(
    tmp_path: Path,
) -> None:
    """B27, B29"""
    async with shown(tmp_path, (200, 100)) as (tale, pilot):
        await pilot.press("question_mark")
        await settled(pilot)
        assert tale.app.screen.query_one("#help-text").size.width > 130
        for word in ("421s", "REC", "LIMIT", "advertised", "no-transfer", "×15"):
            assert re.search(rf" {word} +[a-z]", tale.text()), word


@pytest.mark.long
async def test_help_has_three_columns_where_there_is_room(tmp_path: Path) -> None:
    for width, columns in ((120, 3), (100, 2), (60, 1)):
        async with shown(tmp_path / str(width), (width, 250)) as (tale, pilot):
            await pilot.press("question_mark")
            await settled(pilot)
            lines = tale.text().splitlines()
            heads = next(line for line in lines if "DIALOGUE (focused)" in line)
            assert sum(p.upper() in heads for p in LIVE_PANES) == columns


@pytest.mark.parametrize(("tabs", "first"), [(0, Pane.DIALOGUE), (1, Pane.SESSIONS)])
@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.long
async def test_help_begins_with_the_pane_that_has_the_focus(
    tmp_path: Path, tabs: int, first: Pane, width: int
) -> None:
    async with shown(tmp_path, (width, 200)) as (tale, pilot):
        await pilot.press(*["tab"] * tabs, "question_mark")
        await settled(pilot)
        text = tale.text()
        places = [text.index(f" {pane.upper()} ") for pane in (*LIVE_PANES, Pane.APP)]
        assert text.index(f" {first.upper()} (focused) ") == min(places)


@pytest.mark.long
async def test_help_scrolls_to_its_last_line_and_escape_closes_it(tmp_path: Path) -> None:
    async with shown(tmp_path, (60, 20)) as (tale, pilot):
        await pilot.press("question_mark")
        await settled(pilot)
        assert LEGEND[-1][0] not in tale.text()
        await pilot.press(*["j"] * 250)
        await settled(pilot)
        assert LEGEND[-1][0] in tale.text()
        await pilot.press("escape")
        await settled(pilot)
        assert tale.app.screen is tale.app.live


async def test_help_in_ascii_is_ascii(tmp_path: Path) -> None:
    async with shown(tmp_path, (200, 60), ascii_only=True) as (tale, pilot):
        await pilot.press("question_mark")
        await settled(pilot)
        box = tale.app.screen.query_one("#help-text").region
        inside = [line[box.x : box.right] for line in tale.text().splitlines()[box.y : box.bottom]]
        assert "SIGNS AND WORDS" in "".join(inside)
        assert "".join(inside).isascii()


def test_short_words_of_help_belong_to_actions() -> None:
    assert set(SHORT) <= {action.id.split(".")[0] for action in ACTIONS}


async def test_a_recording_offers_no_key_that_it_refuses(tmp_path: Path) -> None:
    refused = [action for action in of(*LIVE_PANES) if action.steers]
    assert {"r", ".", "K", "i", "L", "D", "X", "R", "a", "c", "<", ">", "m"} <= {
        KEYS.first(action.id) for action in refused
    }
    async with shown(tmp_path, (200, 60), keeping="REPLAY") as (tale, pilot):
        bar = tale.text().splitlines()[-1]
        assert "reconnect" not in bar and "close it" not in bar and " l ends" in bar
        offered = [command.title for command in commands(tale, tale.app.live)]
        assert not set(offered) & {action.title for action in refused}
        await pilot.press("question_mark")
        await settled(pilot)
        assert "previous, next session" in tale.text()
        assert not [words for id, words in SHORT.items() if id in {a.id.split(".")[0] for a in
                    refused} and f" {words} " in tale.text()]  # fmt: skip


@pytest.mark.parametrize("key", ["a", "K", "i", "R", "D", "X", "m", "r", "less_than_sign"])
async def test_a_recording_refuses_before_a_form_opens(tmp_path: Path, key: str) -> None:
    async with shown(tmp_path, keeping="REPLAY") as (tale, pilot):
        tale.app.live.session_actions._controls = ReadOnly("a recording is read-only")
        tale.ready()
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)
        assert tale.app.screen is tale.app.live
        assert [n.message for n in tale.app._notifications] == ["a recording is read-only"]


async def test_the_palette_has_the_order_of_help_and_no_wide_sign(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 60)) as (tale, pilot):
        panes = [command.help.split(";")[0] for command in commands(tale, tale.app.live)]
        assert panes[0] == Pane.DIALOGUE
        assert [pane for pane, _ in groupby(panes)] == list(dict.fromkeys(panes))
        await pilot.press("colon")
        await settled(pilot)
        while "key: ctrl+f" not in tale.text():
            await pilot.pause(0.01)
        assert all(cell_len(character) < 2 for character in tale.text())
        for name in ("colon", "plus", "left_square_bracket", "full_stop", "x,enter"):
            assert name not in "".join(c.help for c in commands(tale, tale.app.live))


@pytest.mark.parametrize("story", [False, True])
async def test_the_palette_offers_what_makes_sense_on_a_screen(tmp_path: Path, story: bool) -> None:
    async with shown(tmp_path) as (tale, _):
        if story:
            playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state)
            tale.app.live.playback_actions._playing = playing
        for screen, panes in (
            (tale.app.live, LIVE_PANES), (CompareScreen(tale.watch, UNICODE),
            (Pane.COMPARE,)),
        ):  # fmt: skip
            offered = [command.title for command in commands(tale, screen)]
            sensible = [
                a
                for a in of(*panes, Pane.APP)
                if a.palette and (story or not a.story) and not a.seeks
            ]
            assert sorted(offered) == sorted(action.title for action in sensible)
            assert not {"Down", "Page up", "Next pane"} & set(offered)


def commands(tale: Shown, screen: Screen[None]) -> list:
    return list(tale.app.get_system_commands(screen))


async def test_what_is_chosen_in_the_palette_is_done_on_its_screen(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press("4")
        await settled(pilot)
        compare = tale.app.screen
        chosen = next(c for c in commands(tale, compare) if c.title == "Compare other codes")
        chosen.callback()
        await settled(pilot)
        assert "Which two codes?" in tale.text()


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_both_keys_open_the_palette(tmp_path: Path, key: str) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await pilot.press(key)
        await settled(pilot)
        assert "Search for commands" in tale.text()


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("story", [False, True])
@pytest.mark.parametrize("panes", SCREENS)
def test_the_bar_fits_and_cuts_no_key(width: int, story: bool, panes: tuple[Pane, ...]) -> None:
    line = KEYS.bar(width, *panes, Pane.APP, story=story)
    whole = KEYS.bar(10_000, *panes, Pane.APP, story=story)
    assert 0 < len(line) <= width
    assert {*line.strip().split("  ")} - {"…"} <= {*whole.strip().split("  ")}
    assert ("…" in line) == (len(line) < len(whole))


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
@pytest.mark.parametrize("story", [False, True])
def test_the_bar_always_ends_with_help_and_the_way_out(width: int, story: bool) -> None:
    line = KEYS.bar(width, *LIVE_PANES, Pane.APP, story=story, seeks=story)
    assert line.endswith(" ? help  q quit ") and len(line) <= width
    assert KEYS.bar(width, Pane.ENDS).endswith(" ? help  q back ")
    assert "…" not in KEYS.bar(1_000, *LIVE_PANES, Pane.APP)


async def test_the_bar_of_a_recording_offers_nothing_that_is_refused(tmp_path: Path) -> None:
    async with shown(tmp_path, (200, 36), keeping=Keeping.REPLAYED) as (tale, _):
        bar = tale.text().splitlines()[-1]
        assert "l ends" in bar and "? help  q quit" in bar
        refused = [action for action in of(*LIVE_PANES) if action.bar and action.steers]
        assert len(refused) > 4
        assert not [action.bar for action in refused if f" {action.bar} " in bar]


@pytest.mark.long
async def test_a_click_on_the_bar_does_what_the_key_does(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 36)) as (tale, pilot):
        before = tale.app.screen.focused
        bar = tale.text().splitlines()[-1]
        for word, opens in ((" ? help ", Help), (" l ends ", EndsScreen)):
            await pilot.click("#keys", offset=(bar.index(word) + 3, 0))
            await settled(pilot)
            assert isinstance(tale.app.screen, opens)
            await pilot.press("escape")
            await settled(pilot)
        await pilot.click("#keys", offset=(bar.index("…"), 0))
        await settled(pilot)
        assert tale.app.screen is tale.app.live and tale.app.screen.focused is before


def test_the_bar_has_the_keys_of_a_story_only_where_one_plays() -> None:
    assert KEYS.bar(100, *LIVE_PANES, story=True).startswith(" p pause  { } ends  / filter ")
    assert KEYS.bar(100, *LIVE_PANES, story=True, seeks=True).startswith(
        " p pause  { } ends  ctrl+g go to  0 ^ $ start, first end, end  / filter "
    )
    assert KEYS.bar(100, *LIVE_PANES).startswith(" / filter  space freeze ")
    assert (
        KEYS.bar(100, Pane.LIMITS)
        == " s stop now and show results  n new run  j k scroll  ? help  q back "
    )


@pytest.mark.parametrize("width", [80, 100, 160])
async def test_every_screen_shows_its_bar(tmp_path: Path, width: int) -> None:
    async with shown(tmp_path, (width, 24)) as (tale, pilot):
        assert (
            tale.text().splitlines()[-1].rstrip() == KEYS.bar(width, *LIVE_PANES, Pane.APP).rstrip()
        )
        await pilot.press("4")
        await settled(pilot)
        assert tale.text().splitlines()[-1].rstrip() == KEYS.bar(width, Pane.COMPARE).rstrip()


async def test_a_sentence_names_the_key_of_the_table(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.app.push_screen(Confirm("Sure?"))
        await settled(pilot)
        hint = str(tale.app.screen.query(Static).last().render())
        assert hint == f"{' or '.join(KEYS.of('yes'))}: yes    n or esc: no"


def test_readme_has_the_table() -> None:
    lines = MANUAL.read_text().splitlines()
    block = lines[lines.index(HEAD[0]) :]
    end = next(number for number, line in enumerate(block) if not line.startswith("|"))
    assert "\n".join(block[:end]) == readme_keys(), (
        "the manual's table of keys is another; `python tests/tui/readme_keys.py` prints it"
    )
