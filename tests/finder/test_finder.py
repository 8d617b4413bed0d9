"""What the finder concludes, where it stops, and what it never does."""

import asyncio
import json

import pytest
from engine.conversation import conversation
from engine.memory import FakeClock, MemoryNetwork, settle
from finder_runs import by_name, run_on
from watching import Watching, target

from ftpwatch.core.controls import Refused
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionOpened,
    LimitKnown,
    ReconnectScheduled,
    SessionAdded,
    SessionRemoved,
)
from ftpwatch.core.state.limits import Recommended, found_line
from ftpwatch.demo.script import ScriptedClock, ServerScript
from ftpwatch.finder.run import Finder
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.headless.limits import limits_text

LISTING = ("LIST", "RETR", "NLST")


def server(*clocks: ScriptedClock, **fields: object) -> ServerScript:
    return ServerScript("scripted", clocks=clocks, **fields)  # type: ignore[arg-type]


def idle(seconds: float) -> ScriptedClock:
    return ScriptedClock(seconds, (f"421 Idle timeout ({seconds:g} seconds).", "@fin"))


def no_transfer(seconds: float) -> ScriptedClock:
    words = f"421 No transfer timeout ({seconds:g} seconds): closing control connection"
    return ScriptedClock(seconds, (words, "@fin"), LISTING)


async def test_an_idle_limit_that_every_command_resets() -> None:
    found, _ = await run_on(server(idle(60)), max_wait=200)
    clock = by_name(found)["idle"]
    assert clock.limit_seconds == pytest.approx(60, abs=0.5)
    assert clock.reset_by == ("NOOP", "STAT", "LIST")
    assert found.recommended == Recommended("NOOP", 30.0)


async def test_two_clocks_and_only_a_listing_resets_the_second() -> None:
    found, _ = await run_on(server(idle(60), no_transfer(150)), max_wait=400)
    clocks = by_name(found)
    assert clocks["idle"].limit_seconds == pytest.approx(60, abs=0.5)
    assert clocks["no_transfer"].limit_seconds == pytest.approx(150, abs=0.5)
    assert clocks["no_transfer"].reset_by == ("LIST",)
    assert clocks["no_transfer"].not_reset_by == ("NOOP", "STAT")
    assert found.recommended == Recommended("LIST", 30.0)


async def test_the_second_clock_may_be_the_shorter_one() -> None:
    found, _ = await run_on(server(idle(100), no_transfer(40)), max_wait=300)
    clocks = by_name(found)
    assert clocks["no_transfer"].limit_seconds == pytest.approx(40, abs=0.5)
    assert clocks["idle"].limit_seconds is None
    assert (clocks["idle"].longer_than_seconds or 0) >= 39


async def test_equal_words_for_two_clocks_are_told_apart_by_what_was_sent() -> None:
    words = ("421 Timeout.", "@fin")
    double = ScriptedClock(120, words, ("STAT", "LIST"))
    found, _ = await run_on(server(ScriptedClock(60, words), double), max_wait=400)
    clocks = by_name(found)
    assert clocks["idle"].limit_seconds == pytest.approx(60, abs=1)
    assert "NOOP" in clocks["idle"].reset_by
    assert clocks["no_transfer"].limit_seconds == pytest.approx(120, abs=2)
    assert clocks["no_transfer"].not_reset_by == ("NOOP",)
    assert clocks["no_transfer"].reset_by == ("STAT", "LIST")
    assert found.recommended == Recommended("STAT", 30.0)


async def test_no_keep_alive_holds_against_a_session_limit() -> None:
    ends = ScriptedClock(
        90, ("421 Session Timeout (90 seconds): closing control connection", "@fin"), ()
    )
    found, _ = await run_on(server(ends), max_wait=300)
    assert by_name(found)["session"].limit_seconds == pytest.approx(90, abs=1)
    assert found.recommended is None
    assert "none will do: session limit" in limits_text(found)


async def test_a_server_that_closes_nobody_gets_longer_than() -> None:
    found, _ = await run_on(server(), max_wait=120)
    clock = by_name(found)["idle"]
    assert clock.limit_seconds is None
    assert clock.longer_than_seconds == pytest.approx(120, abs=5)
    assert "longer than" in limits_text(found)


async def test_an_rst_without_a_word_is_the_path_not_the_server() -> None:
    found, _ = await run_on(server(ScriptedClock(45, ("@rst",))), max_wait=150)
    clocks = by_name(found)
    assert clocks["path"].limit_seconds == pytest.approx(45, abs=1)
    assert clocks["path"].directive is None
    assert clocks["path"].reset_by == ("any command",)
    assert clocks["idle"].limit_seconds is None
    assert found.recommended is not None
    assert found.recommended.interval_seconds == pytest.approx(22.5, abs=1)


async def test_a_path_that_forgets_in_silence_is_found_by_asking_at_the_end() -> None:
    found, _ = await run_on(server(ScriptedClock(45, ("@deaf",))), max_wait=100)
    path = by_name(found)["path"]
    assert path.limit_seconds is not None
    assert path.plus_minus_seconds is not None
    low, high = (path.limit_seconds + sign * path.plus_minus_seconds for sign in (-1, 1))
    assert low <= 45 <= high


async def test_fewer_twins_where_the_server_takes_fewer() -> None:
    full = ("421 Too many connections (2) from this IP", "@fin")
    found, watch = await run_on(server(idle(60), places=2, when_full=full), max_wait=200)
    assert found.problem is None
    assert by_name(found)["idle"].reset_by == ("NOOP",)
    assert found.logins == 2
    assert len(watch.events(ConnectionOpened)) == 3


@pytest.mark.parametrize(
    "refusal",
    ["530 Login incorrect.", "421 Too many login failures: you are banned", "530 Access denied"],
)
async def test_a_refused_login_ends_the_run_after_one(refusal: str) -> None:
    found, watch = await run_on(server(replies={"PASS": (refusal,)}), max_wait=200)
    assert found.logins == 1
    assert found.clocks == ()
    assert found.problem is not None
    assert refusal.split()[0] in found.problem
    assert len(watch.events(ConnectionOpened)) == 1


async def test_a_twin_that_is_kicked_ends_the_run() -> None:
    kick = ScriptedClock(30, ("421 You have been kicked by the administrator", "@fin"))
    found, watch = await run_on(server(kick), max_wait=200)
    assert found.problem is not None
    assert "kicked" in found.problem
    assert found.logins == 4
    assert watch.watch.state.at < 60


async def test_a_host_known_to_be_full_is_not_asked() -> None:
    full = ("421 Too many connections (1) from this IP", "@fin")
    async with conversation(
        ServerScript("full", places=1, when_full=full), keep_alive_seconds=5.0
    ) as talk:
        talk.add("two", reconnect="auto")
        await talk.clock.advance(10)
        with pytest.raises(Refused, match="takes 1 of our sessions"):
            talk.watch.monitor.open_twin("one", "silent", None, None)


async def test_no_more_logins_than_twins_and_nobody_comes_back() -> None:
    for twins in (1, 2, 3):
        found, watch = await run_on(server(idle(20)), max_wait=60, twins=twins)
        assert found.logins == twins
        assert watch.events(ReconnectScheduled) == []
        assert len([s for s in watch.events(CommandSent) if s.verb == "USER"]) == twins


async def test_twins_are_marked_and_leave_incidents_and_exit_code_alone() -> None:
    found, watch = await run_on(server(idle(20), no_transfer(40)), max_wait=100)
    assert all(added.target.twin for added in watch.events(SessionAdded))
    assert len(watch.events(SessionRemoved)) == 4
    assert all(explained.incident is None for explained in watch.explained)
    assert exit_code(watch.watch.state) is ExitCode.WELL
    assert found.problem is None


async def test_what_was_measured_becomes_known() -> None:
    _, watch = await run_on(server(idle(60), no_transfer(150)), max_wait=400)
    known = {(k.clock, k.source): k for k in watch.events(LimitKnown)}
    assert known["no_transfer", "measured"].limit_seconds == pytest.approx(150, abs=0.5)
    assert known["no_transfer", "measured"].reset_by == ("LIST",)


async def test_a_server_stopped_in_the_middle_is_said_not_concluded_from() -> None:
    dies = ScriptedClock(30, ("@fin",), ())
    found, _ = await run_on(server(dies), max_wait=100)
    assert found.problem is not None
    assert "one moment" in found.problem


async def test_keep_alives_are_sparse_where_the_limit_is_long() -> None:
    found, watch = await run_on(server(idle(600)), max_wait=900)
    assert by_name(found)["idle"].limit_seconds == pytest.approx(600, abs=1)
    sent = [s for s in watch.events(CommandSent, "host~NOOP") if s.verb == "NOOP"]
    assert len(sent) < 60


async def test_the_json_is_as_the_contract_says() -> None:
    found, _ = await run_on(server(idle(60)), max_wait=200)
    told = json.loads(found_line(found))
    assert set(told) == {"host", "port", "server", "clocks", "recommended", "logins"}
    assert set(told["clocks"][0]) == {
        "clock", "limit_seconds", "plus_minus_seconds", "longer_than_seconds", "reset_by",
        "not_reset_by", "directive",
    }  # fmt: skip
    assert set(told["recommended"]) == {"command", "interval_seconds"}


async def test_a_command_whose_own_twin_was_ended_is_never_recommended() -> None:
    silent = ScriptedClock(60, ("@fin",))
    listing = ScriptedClock(150, ("@fin",), LISTING)
    found, _ = await run_on(server(silent, listing), max_wait=400)
    clocks = by_name(found)
    assert clocks["no_transfer"].limit_seconds == pytest.approx(150, abs=1)
    assert clocks["no_transfer"].not_reset_by == ("NOOP", "STAT")
    assert found.recommended == Recommended("LIST", 30.0)
    assert found.problem is None


async def test_a_refused_command_is_neither_repeated_nor_recommended() -> None:
    deaf = server(idle(60), replies={"NOOP": ("502 no",)})
    found, watch = await run_on(deaf, max_wait=200)
    assert found.recommended == Recommended("STAT", 30.0)
    assert "NOOP" not in by_name(found)["idle"].reset_by
    assert len([s for s in watch.events(CommandSent, "host~NOOP") if s.verb == "NOOP"]) == 1


async def test_a_twin_that_the_user_removed_is_done_without() -> None:
    clock = FakeClock()
    watch = Watching(clock, MemoryNetwork(clock, server(idle(60))), spare=target(2100, "host"))
    running = asyncio.create_task(watch.monitor.run([]))
    await settle()
    finder = Finder("host", watch.watch, watch.monitor, clock, max_wait_seconds=150)
    watch.watch.subscribe(finder.receive)
    measuring = asyncio.create_task(finder.run())
    await clock.advance(20)
    watch.monitor.remove("host~NOOP")
    await clock.run_until(measuring.done)
    assert "STAT" in by_name(measuring.result())["idle"].reset_by
    watch.monitor.stop()
    await clock.run_until(running.done)


async def test_a_server_that_keeps_the_greeting_back_for_ever_is_left() -> None:
    drips = server(greeting=("120 wait", *["@wait 1", "120 wait"] * 400))
    found, watch = await run_on(drips, max_wait=30)
    assert found.problem is not None
    assert "did not get ready" in found.problem
    assert watch.watch.state.at < 100


async def test_nothing_is_recommended_from_a_short_wait_or_from_nothing_tried() -> None:
    found, _ = await run_on(server(), max_wait=3)
    assert found.recommended is None
    assert "too little" in found.why
    found, _ = await run_on(server(idle(20)), max_wait=60, twins=1)
    assert found.recommended is None
    assert "no command was tried" in found.why
