"""Every screen and dialog of the program, each with as much on it as it can have."""

from collections.abc import AsyncIterator
from typing import Final

from tales import crowd
from textual.pilot import Pilot

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import (
    KeepAliveSkipped,
    LimitKnown,
    MarkSet,
    ReconnectScheduled,
    ReplyOverdue,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import ClockName, LimitSource, Role, Stage
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.seeking import Seeking, Span, Step, StepKind
from ftpwatch.core.state.limits import ClockFound, Found, Recommended, Twin
from ftpwatch.tui.dialogs.apply import Apply
from ftpwatch.tui.screens.inspector import InspectorScreen
from ftpwatch.tui.screens.limits import LimitsScreen
from ftpwatch.tui.screens.timeline import TimelineScreen
from ftpwatch.tui.widgets.guide import Guide
from ftpwatch.tui.widgets.replay_bar import ReplayBar
from ftpwatch.tui.widgets.session_list import SessionList
from tui.screens import Shown, settled

IDLE: Final = "Idle for 60 seconds, closing."


async def every_screen(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    """The name of what is on the screen now, again and again."""
    yield "no session"
    _tell(tale)
    await settled(pilot)
    for part in (_live, _dialogs, _ends, _timeline, _inspector, _others, _groups, _small):
        async for name in part(tale, pilot):
            yield name


def _tell(tale: Shown) -> None:
    """Sessions of every kind, rows of every tone."""
    tale.opening(0, session="new")
    for number, name in enumerate(("good", "late", "mute", "left", "夜間/バックアップ")):
        tale.ready(number, session=name, keep_alive=30)
    address = "ftp.example.com", 21
    tale.happens(5, LimitKnown(*address, ClockName.IDLE, 300.0, LimitSource.ADVERTISED), None)
    tale.keeps_alive(30, 90, session="good")
    tale.happens(91, MarkSet("naïve → mark"), None)
    tale.happens(91, KeepAliveSkipped("reply_owed"), "mute")
    tale.asks(92, "PWD", session="late").says(92, 502, "no ☃ here", Role.FINAL, "late")
    tale.asks(93, "NOOP", session="mute")
    tale.happens(99, ReplyOverdue(5, "NOOP", Stage.LOGIN, 6.0), "mute")
    tale.asks(100, "QUIT", Purpose.QUIT, "left").says(100, 221, "Bye", Role.FINAL, "left")
    tale.closes(100, 221, session="left", solicited=True)
    tale.says(153, 421, IDLE, session="late").closes(153, 421, session="late")
    tale.happens(153, ReconnectScheduled(20.0, 1, "idle_timeout"), "late")


async def _live(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    yield "live with panel"
    tale.app.tell("Follow “good” → it stays.")
    _show_bar(tale)
    tale.app.live.query_one(Guide).mode = "×2 paused"
    await pilot.pause()
    yield "guide and replay bar"
    async for key in _pressed(
        pilot, "b", "k", "tab", "tab", "j", "tab", "escape", "u", "x", "space", "escape"
    ):
        yield f"live after {key}"
    tale.app.live.query_one(ReplayBar).display = False


def _show_bar(tale: Shown) -> None:
    at = tale.clock.now()
    seeking = Seeking(Span(0.0, 200.0, at, at))
    kinds = (StepKind.END, StepKind.QUIT, StepKind.MARK)
    seeking.steps = [
        Step(number, number * 23.0, kind) for number, kind in enumerate((*kinds, *kinds), 1)
    ]
    playing = Playing(PacedClock(tale.clock), lambda: tale.watch.state, seeking=seeking)
    tale.app.live.query_one(ReplayBar).show(playing, 3, 100.0)


async def _dialogs(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    await pilot.press("slash")
    yield "empty filter"
    await pilot.press(*"code:xx", "enter")
    await settled(pilot)
    yield "a wrong filter"
    await pilot.press("ctrl+u", *"zzz", "enter")
    await settled(pilot)
    yield "nothing matches"
    await pilot.press("ctrl+f")
    for opens in ("question_mark", "a", "i", "m", "q"):
        await pilot.press(opens)
        await settled(pilot)
        yield f"dialog of {opens}"
        await pilot.press("escape")
    await pilot.press("a", *"x y", "enter")
    await settled(pilot)
    yield "what was typed"
    await pilot.press("escape", "i", *"abc", "enter")
    await settled(pilot)
    yield "what is wrong with it"
    await pilot.press("escape")
    tale.app.push_screen(Apply("Send STAT instead of NOOP?", 3))
    await settled(pilot)
    yield "a cure"
    await pilot.press("escape", "colon")
    await pilot.pause(0.2)
    yield "palette"
    await pilot.press(*"the", "down")
    await pilot.pause(0.4)
    yield "palette, searched"
    await pilot.press("escape", "escape")


async def _ends(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    await pilot.press("l")
    await settled(pilot)
    yield "ends"
    async for key in _pressed(pilot, "j", "s", "slash"):
        yield f"ends after {key}"
    await pilot.press(*"c:", "enter")
    await settled(pilot)
    yield "a wrong filter of ends"
    await pilot.press("ctrl+u", *"zzz", "enter")
    await settled(pilot)
    yield "no end matches"
    await pilot.press("q")
    await settled(pilot)


async def _timeline(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    async for key in _pressed(
        pilot, "2", "E", "k", "E", "plus", "minus", "z", "h", "h", "space", "space", "question_mark"
    ):
        if isinstance(tale.app.screen, TimelineScreen):
            tale.app.screen.draw()
            await settled(pilot)
        yield f"timeline after {key}"
    await pilot.press("escape", "q")
    await settled(pilot)


async def _inspector(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    certificate = "CN=ftp.example.com", "CN=Its CA", "Jan  9 12:00:00 2026 GMT"
    tale.opened(160, "secure", keep_alive=30, tls="require").greets(at=160, session="secure")
    tale.happens(160, TlsEstablished("TLSv1.3", "TLS_AES_256", True, *certificate), "secure")
    tale.asks(161, "NOOP", session="secure").says(161, 200, "ok", Role.FINAL, "secure")
    tale.says(170, 421, IDLE, session="secure").closes(170, 421, session="secure")
    tale.watch.settle(180)
    await settled(pilot)
    async for key in _pressed(
        pilot, "escape", "G", "3", "w", "pagedown", "pagedown", "k", "k", "k", "E", "question_mark"
    ):
        if isinstance(tale.app.screen, InspectorScreen):
            tale.app.screen._look()
            await settled(pilot)
        yield f"inspector after {key}"
    await pilot.press("escape", "q")
    await settled(pilot)


async def _groups(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    """More sessions than stand in the list one by one."""
    crowd(tale, since=200.0)
    tale.happens(280, ReplyOverdue(5, "NOOP", Stage.LOGIN, 6.0), "us/58")
    await settled(pilot)
    yield "an incident of many"
    tale.app.live.query_one(SessionList).focus()
    async for key in _pressed(pilot, "g", "j", "v", "w", "w", "G", "s", "S", "slash"):
        yield f"groups after {key}"
    await pilot.press(*"us/4")
    await settled(pilot)
    yield "sessions, filtered"
    await pilot.press("ctrl+u", *"zzz", "enter")
    await settled(pilot)
    yield "no session matches"
    await pilot.press("ctrl+f", "V")
    await settled(pilot)


class MeasuredRun:
    """A run of the limits finder."""

    of, max_wait_seconds = "good", 1200.0
    twins = (Twin("a", None, 0.0, 60.0, "421 Timeout."), Twin("b", "NOOP", 0.5, 1200.0))
    found: Found | None = None

    @classmethod
    def found_one(cls) -> "MeasuredRun":
        run = cls()
        clocks = (ClockFound("idle", 60.0, 0.5, None, ("NOOP",), (), "idle_session_timeout"),)
        run.found = Found("192.0.2.1", 21, "vsftpd", clocks, Recommended("NOOP", 30.0), 4, "half")
        return run

    def stop(self) -> None: ...


async def _others(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    await pilot.press("4")
    await settled(pilot)
    yield "compare"
    await pilot.press("q")
    run = MeasuredRun()
    tale.app.push_screen(LimitsScreen(run, tale.clock, tale.app.live._signs))
    await settled(pilot)
    yield "limits"
    run.found = MeasuredRun.found_one().found
    tale.app.screen._draw()
    await pilot.pause()
    yield "limits found"
    await pilot.press("q")
    await settled(pilot)
    for severity in ("information", "warning", "error"):
        tale.app.notify(f"→ {severity}", title="Said", severity=severity)  # type: ignore[arg-type]
    await pilot.pause(0.2)
    yield "toasts"
    tale.app.clear_notifications()
    tale.app.live.say_leaving()
    await settled(pilot)
    yield "leaving"


async def _small(tale: Shown, pilot: Pilot[None]) -> AsyncIterator[str]:
    for width, height in ((80, 24), (60, 20), (50, 15)):
        await pilot.resize_terminal(width, height)
        await settled(pilot)
        yield f"{width} by {height}"
        await pilot.press("tab")
        await settled(pilot)
        yield f"{width} by {height}, another pane"


async def _pressed(pilot: Pilot[None], *keys: str) -> AsyncIterator[str]:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
        yield key
