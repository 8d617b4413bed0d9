"""The Inspector screen: a row with all that belongs to it, in the present and in the past."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from ftpwatch.core.ftp.command import MASK, Purpose
from ftpwatch.core.journal.events import (
    CommandSent,
    InReplyTo,
    LimitKnown,
    MarkSet,
    ReplyReceived,
    SourceOpened,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import Role, SourceKind
from ftpwatch.tui.screens.compare import CompareScreen
from ftpwatch.tui.screens.inspector import InspectorScreen
from ftpwatch.tui.themes import THEMES
from ftpwatch.tui.widgets.blocks_view import BlocksView
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from tui.screens import Shown, settled, shown

SIZES = [(160, 48), (100, 30), (80, 24), (60, 20)]
STRUCK = "No transfer timeout (300 seconds): closing control connection"


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
    if isinstance(pilot.app.screen, InspectorScreen):
        pilot.app.screen._look()
        await settled(pilot)


def whole(tale: Shown) -> str:
    """All that is shown, also what is out of view, as one line."""
    return " ".join(tale.app.screen.query_one(BlocksView).text.split())


def five_minutes(tale: Shown, until: str = "Jan  9 12:00:00 2026 GMT") -> None:
    tale.opened(0, keep_alive=30, tls="require").greets("ProFTPD Server (x)")
    tale.happens(0.1, TlsEstablished("TLSv1.3", "TLS_AES_256", True, "CN=h", "CN=Its CA", until))
    tale.asks(0.2, "USER", Purpose.LOGIN).says(0.2, 331, "password?", Role.FINAL)
    tale.happens(0.3, CommandSent(2, "PASS", MASK, Purpose.LOGIN))
    answered = InReplyTo(2, "PASS", Purpose.LOGIN)
    tale.happens(
        0.4, ReplyReceived(230, ("in",), "utf-8", None, 0, Role.FINAL, answered, 0.1, 0.04)
    )
    tale._sent["s"] = 2
    tale.keeps_alive(30, 290)
    tale.says(300.4, 421, STRUCK).closes(300.4, 421)
    tale.watch.settle(310)


@pytest.mark.long
async def test_enter_in_the_dialogue_inspects_and_x_alone_explains(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        five_minutes(tale)
        await settled(pilot)
        await press(pilot, "escape", "enter")
        assert isinstance(tale.app.screen, InspectorScreen)
        await press(pilot, "q", "k", "x")
        assert not isinstance(tale.app.screen, InspectorScreen)
        assert tale.app.screen.query_one(ExplanationPanel).is_open


@pytest.mark.long
async def test_a_421_shows_its_digits_bytes_clocks_and_which_struck(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 60)) as (tale, pilot):
        five_minutes(tale)
        tale.happens(301, LimitKnown("192.0.2.1", 21, "no_transfer", 300, "observed"))
        await settled(pilot)
        await press(pilot, "escape", "3", "k", "k")
        text = whole(tale)
        for words in (
            "CODE 421", "4.. not now", ".2. the control or the data connection",
            "34 32 31 20 4e 6f 20 74", "421 No transfer", "as received",
            "✗ no transfer ▕██████████▏ 5m of 5m · this one struck", "TimeoutNoTransfer",
            "idle 30s", "TLSv1.3", "TLS_AES_256", "CN=h", "CN=Its CA",
            "10.0.0.1:4", "192.0.2.1:21", "200 ×9 220 ×1 230 ×1 331 ×1 421 ×1",
            "NOOP every 30s: 9 sent, 9 answered", "No-transfer limit", "answers no command",
        ):  # fmt: skip
            assert words in text, words
        assert "seen here" not in text  # it was known later


@pytest.mark.long
async def test_the_command_and_its_reply_are_one_wherever_one_begins(tmp_path: Path) -> None:
    async with shown(tmp_path, (110, 90)) as (tale, pilot):
        five_minutes(tale)
        await settled(pilot)
        await press(pilot, "W")
        dialogue = tale.app.screen.query_one(DialogueView)
        seqs = {(r.entry.event.code if isinstance(r.entry.event, ReplyReceived) else
                 getattr(r.entry.event, "verb", "")): r.seq for r in dialogue._rows}  # fmt: skip
        for start in ("PASS", 230):
            await dialogue.show_row(seqs[start])
            await press(pilot, "3")
            text = whole(tale)
            assert f"command PASS {MASK} command 2 of its connection, to log in" in text
            assert "reply 230 in" in text
            assert "took 100 ms of that network 40 ms" in text and "server 60 ms" in text
            assert ("50 41 53 53 20 ** ** ** ** 0d 0a" in text) is (start == "PASS")
            assert ("a secret, which is kept nowhere" in text) is (start == "PASS")
            await press(pilot, "q")


@pytest.mark.long
async def test_j_k_go_from_row_to_row_and_the_dialogue_goes_along(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(0, session="a").ready(1, session="b").keeps_alive(30, 60, session="a")
        tale.asks(70, "STAT", session="b").says(70.1, 211, "ok", Role.FINAL, session="b")
        await settled(pilot)
        await press(pilot, "3")
        assert "Inspector · b" in tale.text()
        await press(pilot, "k")
        assert "Inspector · a" in tale.text()
        here = tale.app.screen._row
        await press(pilot, "left_square_bracket")
        assert "Inspector · a" in tale.text() and tale.app.screen._row.seq < here.seq
        await press(pilot, "right_square_bracket", "j")
        assert "Inspector · b" in tale.text()
        await press(pilot, "j")
        assert "Inspector · b" in tale.text() and tale.app._notifications
        await press(pilot, "g", "q")
        row = tale.app.screen.query_one(DialogueView).selected_row
        assert row is not None and row.seq == 1


@pytest.mark.long
async def test_a_key_that_is_held_down_loses_no_step(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready(0).keeps_alive(1, 40)
        await settled(pilot)
        await pilot.press("W", "3", *"k" * 12)
        await settled(pilot)
        newest = tale.app.live.query_one(DialogueView)._rows[-1].seq
        assert tale.app.screen._row.seq == newest - 24  # a command and its answer are one row


@pytest.mark.long
async def test_an_earlier_row_shows_what_was_known_then(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 60)) as (tale, pilot):
        five_minutes(tale)
        await settled(pilot)
        await press(pilot, "escape", "3", "k", "k", "k", "k")
        text = whole(tale)
        assert "7 sent, 7 answered" in text and "421 ×1" not in text and "struck" not in text
        assert "connection 1 of 1 up to here, ready" in text


@pytest.mark.long
async def test_it_follows_freezes_and_waits_for_a_reply(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 60)) as (tale, pilot):
        tale.ready(0).asks(5, "STAT", Purpose.USER)
        await settled(pilot)
        await press(pilot, "3")
        assert "reply none up to here" in whole(tale)
        tale.says(5.5, 211, "status", Role.FINAL)
        await press(pilot)
        assert "reply 211 status" in whole(tale)
        await press(pilot, "f", "space")
        tale.keeps_alive(30, 30)
        await press(pilot)
        assert "NOOP" not in whole(tale)
        await press(pilot, "space")
        assert "▸ NOOP" in whole(tale) or "NOOP → 200 ok" in whole(tale)
        assert "· follow" in tale.text()


@pytest.mark.parametrize(
    ("until", "words", "warns"),
    [
        ("Jan 15 00:00:00 2026 GMT", "2026-01-15 00:00 UTC, 13 days left: renew it", True),
        ("Jan 16 00:00:00 2026 GMT", "2026-01-16 00:00 UTC, 14 days left", False),
        ("Dec 30 00:00:00 2025 GMT", "2025-12-30 00:00 UTC: expired 3 days before", True),
        ("\x1b[2J" + "9" * 60, "␛[2J999", False),
    ],
)
@pytest.mark.long
async def test_the_days_of_a_certificate_count_from_the_row(
    tmp_path: Path, until: str, words: str, warns: bool
) -> None:
    async with shown(tmp_path, (160, 60)) as (tale, pilot):
        five_minutes(tale, until)
        await settled(pilot)
        await press(pilot, "escape", "3")
        assert words in whole(tale) and ("renew" in whole(tale) or not warns or "expired" in words)
        view = tale.app.screen.query_one(BlocksView)
        styles = {name for line in view._lines for name, text in line if "2026-01" in text}
        assert ("cause" in styles) is warns or "expired" in words or "␛" in words


@pytest.mark.long
async def test_what_is_not_recorded_is_said_of_a_log_and_of_an_older_recording(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path / "new", (160, 60)) as (tale, pilot):
        tale.opened(0, tls="require").greets()
        tale.happens(1, TlsEstablished("TLSv1.2", "", True, None, None, None))
        tale.asks(2, "NOOP").says(2.01, 200, "ok", Role.FINAL)
        await settled(pilot)
        await press(pilot, "3")
        assert "cipher not recorded" in whole(tale) and "what it says is not recorded" in whole(
            tale
        )
        assert "network not recorded: only Linux tells it, and older" in whole(tale)
    async with shown(tmp_path / "log", (160, 60)) as (tale, pilot):
        opened = SourceOpened(SourceKind.LOG, "x.log", "curl", timed=True)
        tale.happens(0, opened, session=None)
        tale.ready(0).asks(5, "NOOP").says(5.5, 200, "ok", Role.FINAL)
        await settled(pilot)
        await press(pilot, "3")
        for words in (
            "a log keeps text: these are the bytes of its text",
            "network not recorded: a log does not tell it",
            "none up to here, as far as the log shows", "NOOPs of the client: 1 sent",
        ):  # fmt: skip
            assert words in whole(tale), words


@pytest.mark.long
async def test_hostile_bytes_are_made_visible_bounded_and_marked(tmp_path: Path) -> None:
    async with shown(tmp_path, (100, 30)) as (tale, pilot):
        lines = tuple(f"line {n} \x1b]0;x\x07 \u202e[b]{'界' * 40}" for n in range(300))
        tale.ready(0)
        event = ReplyReceived(211, lines, "utf-8", None, 70_000, Role.SPONTANEOUS, None, None)
        tale.happens(1, event)
        await settled(pilot)
        await press(pilot, "3")
        text = whole(tale)
        assert "\x1b" not in text and "\u202e" not in text and "␛]0;x␇" in text
        assert "bytes more (w shows more)" in text and "294 more lines (w shows more)" in text
        assert "70,000 bytes more came and were not kept" in text
        few = len(text)
        await press(pilot, "w")
        text = whole(tale)
        assert len(text) > 4 * few and "0ff0" in text and "100 more lines" in text
        assert "w shows more" not in text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", ["3", "4"])
@pytest.mark.long
async def test_nothing_is_cut_at_any_size(tmp_path: Path, size: tuple[int, int], key: str) -> None:
    async with shown(tmp_path, size, ascii_only=size[0] == 60) as (tale, pilot):
        five_minutes(tale)
        for source, seconds in (("advertised", 600), ("observed", 300)):
            tale.happens(301, LimitKnown("192.0.2.1", 21, "idle", seconds, source))
        await settled(pilot)
        await press(pilot, "escape", "k", "k", "k", key)
        view = tale.app.screen.query_one(BlocksView)
        width = view.scrollable_content_region.width
        assert max(cell_len(line) for line in view.text.splitlines()) <= width
        assert size[0] > 60 or view.text.isascii()
        expected = {
            "3": ("CODE 421", "CLOCKS AT THAT MOMENT", "TLS", "BYTES", "REPLIES OF THE SESSION"),
            "4": ("PROMISED AND OBSERVED", "closes earlier", "CODE 220", "CODE 421", "DIFFERENCES"),
        }[key]
        assert all(words in view.text for words in expected)
        assert isinstance(tale.app.screen, InspectorScreen | CompareScreen)


@pytest.mark.long
async def test_a_row_of_the_watch_and_no_row_say_so(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        await press(pilot, "3")
        assert "there is nothing to inspect" in tale.text()
        tale.happens(1, MarkSet("[b]x[/b]"), session=None)
        await press(pilot)
        assert "not of a session" in tale.text() and "[b]x[/b]" in tale.text()


@pytest.mark.long
async def test_y_copies_what_is_shown_and_x_explains_its_row(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        five_minutes(tale)
        await settled(pilot)
        await press(pilot, "escape", "3", "k", "y")
        assert "CODE 421" in tale.app.clipboard
        await press(pilot, "x")
        panel = tale.app.screen.query_one(ExplanationPanel)
        assert panel.is_open and panel.shown is not None
        assert panel.shown.explanation.cause == "no_transfer_timeout"


@pytest.mark.long
async def test_the_theme_changes_it_too_and_what_is_muted_can_be_read(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, pilot):
        five_minutes(tale)
        await settled(pilot)
        await press(pilot, "escape", "3", "t")
        spans = {
            (segment.text.strip(), segment.style.color.get_truecolor())
            for line in tale.app.screen._compositor.render_strips()
            for segment in line
            if segment.style and segment.style.color
        }
        colours = dict(spans)
        assert colours["TLS"].hex == THEMES["light"].primary
        assert max(colours["protocol"]) < 130  # dark grey on the light theme's white


async def test_a_dialogue_that_followed_follows_on_where_nothing_else_was_looked_at(
    tmp_path: Path,
) -> None:
    async with shown(tmp_path) as (tale, pilot):
        tale.ready()
        await settled(pilot)
        dialogue = tale.app.live.query_one(DialogueView)
        await pilot.press("3")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert dialogue.following and dialogue.selected is None
        await pilot.press("3")
        await settled(pilot)
        await pilot.press("k")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert not dialogue.following
