"""The table of actions, and that everything that speaks of keys comes from it."""

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest
from textual.actions import parse
from textual.screen import Screen
from textual.widgets import Static

import ftpwatch.tui
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.tui.actions import ACTIONS, LIVE_PANES, Action, Pane
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.dialogs.apply import Apply
from ftpwatch.tui.dialogs.ask import Ask, Confirm
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.keys import Keys, bindings_of
from ftpwatch.tui.screens.compare import CompareScreen
from ftpwatch.tui.screens.ends import EndsScreen
from ftpwatch.tui.screens.limits import LimitsScreen
from ftpwatch.tui.screens.live import LiveScreen
from ftpwatch.tui.signs import UNICODE
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.readme_keys import HEAD, readme_keys
from tui.screens import Shown, settled, shown

README = Path(__file__).parent.parent.parent / "README.md"
KEYS = Keys()
SCREENS = (LIVE_PANES, (Pane.ENDS,), (Pane.LIMITS,), (Pane.COMPARE,))
OWNERS: dict[Pane, type[object]] = {
    **dict.fromkeys(LIVE_PANES, LiveScreen),
    Pane.APP: FtpWatchApp,
    Pane.LIMITS: LimitsScreen,
    Pane.COMPARE: CompareScreen,
    Pane.ENDS: EndsScreen,
    Pane.HELP: Help,
    Pane.QUESTION: Ask,
    Pane.CONFIRM: Confirm,
    Pane.CURE: Apply,
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


@pytest.mark.parametrize("pane", [*LIVE_PANES, Pane.APP])
async def test_help_lists_every_action_of_a_pane(tmp_path: Path, pane: Pane) -> None:
    async with shown(tmp_path, (99, 160)) as (tale, pilot):
        tale.app.push_screen(Help(pane, ascii_only=False))
        await settled(pilot)
        section = " ".join(re.sub("[│▁]", " ", tale.text().split(f" {pane.upper()} ")[1]).split())
        for action in of(pane):
            line = next(line for line in KEYS.lines(pane) if KEYS.first(action.id) in line.keys)
            assert f"{' '.join(line.keys)} {line.text}" in section


@pytest.mark.parametrize(("tabs", "first"), [(0, Pane.DIALOGUE), (1, Pane.SESSIONS)])
@pytest.mark.parametrize("width", [60, 80, 120])
async def test_help_begins_with_the_pane_that_has_the_focus(
    tmp_path: Path, tabs: int, first: Pane, width: int
) -> None:
    async with shown(tmp_path, (width, 200)) as (tale, pilot):
        await pilot.press(*["tab"] * tabs, "question_mark")
        await settled(pilot)
        text = tale.text()
        places = [text.index(f" {pane.upper()} ") for pane in (*LIVE_PANES, Pane.APP)]
        assert text.index(f" {first.upper()} ") == min(places)
        for pane in (*LIVE_PANES, Pane.APP):
            for line in KEYS.lines(pane):
                assert f" {' '.join(line.keys)} " in text


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
    assert set(line.strip().split("  ")) <= set(whole.strip().split("  "))


def test_the_bar_has_the_keys_of_a_story_only_where_one_plays() -> None:
    assert KEYS.bar(100, *LIVE_PANES, story=True).startswith(" p pause  { } ends  / filter ")
    assert KEYS.bar(100, *LIVE_PANES, story=True, seeks=True).startswith(
        " p pause  { } ends  ctrl+g go to  0 ^ $ start, first end, end  / filter "
    )
    assert KEYS.bar(100, *LIVE_PANES).startswith(" / filter  space freeze ")
    assert (
        KEYS.bar(100, Pane.LIMITS) == " s stop now and show results  n new run  j k scroll  q back "
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
    lines = README.read_text().splitlines()
    block = lines[lines.index(HEAD[0]) :]
    end = next(number for number, line in enumerate(block) if not line.startswith("|"))
    assert "\n".join(block[:end]) == readme_keys(), (
        "README's table of keys is another; `python tests/tui/readme_keys.py` prints it"
    )
