"""Keys of the user's own: which can be, what they do, and that every word speaks of them."""

from pathlib import Path

import pytest

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.profiles import document_of
from ftpwatch.tui.actions import ACTIONS, LIVE_PANES, Pane
from ftpwatch.tui.keys import Keys
from ftpwatch.tui.remapping import remapped
from ftpwatch.wiring.keys import changed_keys
from tui.screens import settled, shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("x", "x"), ("X", "X"), ("/", "slash"), ("slash", "slash"), ("é", "é"), (" ", "space"),
        ("esc", "escape"), ("PgDn", "pagedown"), ("←", "left"), ("F2", "f2"), ("ctrl+s", "ctrl+s"),
        ("shift+tab", "shift+tab"), (",", "comma"), ("ctrl+left", "ctrl+left"), ("f12", "f12"),
    ],
)  # fmt: skip
def test_keys_that_can_be_typed(text: str, key: str) -> None:
    others = {a.id: ["f20"] for a in ACTIONS if key in a.keys.split(",") and a.id != "drop_mark"}
    keys, _ = remapped({"drop_mark": [text], **others})
    assert keys["drop_mark"] == key


@pytest.mark.parametrize(
    ("wished", "id", "words"),
    [
        ({"explian": ["x"]}, "explian", "not an action (is explain meant?)"),
        (
            {"nonsense" * 50: ["x"]},
            "nonsense" * 50,
            "is not an action; `ftpwatch config show",
        ),
        ({"drop_mark": ["ctrl+1"]}, "drop_mark", "not a key that can be typed"),
        ({"drop_mark": ["ctrl+shift+x"]}, "drop_mark", "not a key that can be typed"),
        ({"drop_mark": ["ctrl+i"]}, "drop_mark", "a terminal sends tab"),
        ({"drop_mark": ["ctrl+q"]}, "drop_mark", "leaves at once"),
        ({"drop_mark": [""]}, "drop_mark", "not a key that can be typed"),
        ({"drop_mark": ["\x1b"]}, "drop_mark", "not a key that can be typed"),
        ({"drop_mark": ["<scroll-up>"]}, "drop_mark", "not a key that can be typed"),
        ({"drop_mark": ["x" * 10_000]}, "drop_mark", "not a key that can be typed"),
        ({"drop_mark": ["x"]}, "drop_mark", "the key of explain (Explain the selected row) too"),
        ({"drop_mark": ["t"]}, "drop_mark", "the key of theme"),
        ({"stop_run": ["n"]}, "stop_run", "the key of measure_anew"),
        ({"interrupt": ["c"]}, "interrupt", "types no character"),
        ({"question_back": ["b"]}, "question_back", "type no character"),
        ({"escape": ["b"]}, "escape", "type no character"),
    ],
)
def test_keys_that_cannot_be_are_told_with_what_is_accepted(
    wished: dict[str, list[str]], id: str, words: str
) -> None:
    _, problems = remapped(wished)
    assert words in problems[id]
    assert all(len(problem) < 400 for problem in problems.values())


def test_two_of_the_user_s_own_keys_that_are_one_are_told() -> None:
    _, problems = remapped({"drop_mark": ["f5"], "freeze": ["f5"]})
    assert len(problems) == 1


def test_actions_may_change_places_and_screens_share_no_keys() -> None:
    assert remapped({"match.next": ["N"], "match.previous": ["n"]})[1] == {}
    assert remapped({"stop_run": ["x"], "codes": ["x"]})[1] == {}


def test_a_mistake_with_a_key_is_told_with_its_line() -> None:
    text = b'[keys]\nfreeze = "f5"\nmatch.next = "ctrl+1"\n"match.previous" = "f6"\nzoom = "f6"\n'
    with pytest.raises(ConfigError, match=r"c.toml:3: \[keys\]: match.next = 'ctrl\+1'.*1 more"):
        changed_keys(document_of(text, Path("c.toml")))


@pytest.mark.long
async def test_a_remapped_key_does_its_work_and_the_old_one_no_more(tmp_path: Path) -> None:
    changed, problems = remapped({"compare": ["f2"], "help": ["h"], "match.next": ["N"],
                                  "match.previous": ["n"]})  # fmt: skip
    assert not problems
    async with shown(tmp_path, (120, 36), keys=Keys(changed)) as (tale, pilot):
        live = tale.app.screen
        await pilot.press("4", "question_mark", "f1")
        await settled(pilot)
        assert tale.app.screen is live
        await pilot.press("f2")
        await settled(pilot)
        assert tale.app.screen is not live
        await pilot.press("q")
        await pilot.press("h")
        await settled(pilot)
        assert "h " in tale.text() and "DIALOGUE" in tale.text()


def unlike_the_table() -> dict[str, list[str]]:
    """Every action of the Live screen on another key than it has."""
    free = [f"f{n}" for n in range(2, 25)] + [f"ctrl+f{n}" for n in range(1, 25)]
    free += [f"ctrl+shift+{key}" for key in ("left", "right", "up", "down", "home", "end")]
    free += [f"ctrl+{c}" for c in "abdegklnorstuvwxy"] + list("05678")
    free += [f"shift+{key}" for key in ("up", "down", "home", "end", "pageup", "pagedown")]
    free += list("¹²³¼½¾äöüßéè")
    panes = (Pane.APP, *LIVE_PANES, Pane.LIST, Pane.CONFIRM)
    ids = [action.id for pane in panes for action in ACTIONS if action.pane is pane]
    return dict(zip(ids, ([key] for key in free), strict=False))


@pytest.mark.long
async def test_bar_help_palette_and_sentences_name_the_remapped_keys(tmp_path: Path) -> None:
    changed, problems = remapped(unlike_the_table())
    assert not problems
    keys = Keys(changed)
    async with shown(tmp_path, (160, 200), keys=keys) as (tale, pilot):
        assert f"press {keys.first('add')} to add one" in tale.text()
        assert f"{keys.first('help')} help" in tale.text()
        assert tale.text().splitlines()[-1].startswith(f" {keys.first('filter')} filter ")
        commands = {c.title: c.help for c in tale.app.get_system_commands(tale.app.screen)}
        assert commands["Freeze or go on"].endswith(f"key: {keys.first('freeze')}")
        await pilot.press(changed["help"])
        await settled(pilot)
        help_text = tale.text()
        for action in ACTIONS:
            if action.pane in (*LIVE_PANES, Pane.APP) and not action.story:
                assert f" {keys.first(action.id)} " in help_text
        assert not [k for k in ("ctrl+f ", "{ ", "pgdn") if f" {k}" in help_text]


def test_the_table_itself_is_without_problems() -> None:
    every = {action.id: action.keys.split(",") for action in ACTIONS}
    keys, problems = remapped(every)
    assert not problems
    assert keys == {action.id: action.keys for action in ACTIONS}
