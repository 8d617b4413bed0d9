"""Errors of our own, put into each room: each costs what it strikes, is an entry and a line, and
the session beside it does not notice.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from engine.conversation import Conversation, conversation, script
from watching import Watching, target

from ftpwatch.core.conversation.dialogue import Dialogue
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply_parser import ReplyParser
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    SessionFailed,
    SessionRemoved,
)
from ftpwatch.core.judgement import watch as watch_module
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state import fold_session
from ftpwatch.core.state.closure import Ending
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.state.next_step import SessionWishes, Step
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ConnectionFacts, SessionState
from ftpwatch.engine import own_state, reply_receiver
from ftpwatch.engine import session as session_module
from ftpwatch.engine.auto_keep_alive import AutoKeepAlive
from ftpwatch.engine.checks import Checks
from ftpwatch.engine.hosts import Hosts
from ftpwatch.engine.limits_seen import LimitsSeen
from ftpwatch.engine.reconnect_schedule import ReconnectSchedule
from ftpwatch.knowledge.advisor import KnowledgeAdvisor


class Ours(Exception):
    """What is put in."""


def healthy(talk: Conversation, since: float) -> bool:
    """The session `two` still sends its keep-alives, and they are answered."""
    sent = [
        entry.elapsed_seconds
        for entry in talk.watch.entries
        if entry.session == "two"
        and isinstance(entry.event, CommandSent)
        and entry.event.purpose is Purpose.KEEP_ALIVE
        and entry.elapsed_seconds > since
    ]
    return len(sent) >= 3 and talk.watch.phase("two") is Phase.READY


PLACES: list[tuple[Any, str]] = [
    (KnowledgeAdvisor, "explain"), (KnowledgeAdvisor, "judge"), (KnowledgeAdvisor, "limits_in"),
    (KnowledgeAdvisor, "keep_alive"), (KnowledgeAdvisor, "when_to_retry"),
    (watch_module, "fold"), (fold_session, "next_facts"),
    (ReplyParser, "feed"), (Dialogue, "receive"), (session_module, "next_step"),
    (own_state, "next_session"),
    (ReconnectSchedule, "wait"), (ReconnectSchedule, "judge"), (Hosts, "receive"),
    (LimitsSeen, "receive"),
    (AutoKeepAlive, "receive"),
]  # fmt: skip


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any, str, int], list[int]]]:
    """Breaks a place: its call `number` from now on raises, once; gives how often it was called."""

    def breaking(place: Any, name: str, number: int) -> list[int]:
        whole, calls = getattr(place, name), [0]

        def call(*args: Any, **more: Any) -> Any:
            calls[0] += 1
            if calls[0] == number:
                raise Ours("put in by a test")
            return whole(*args, **more)

        monkeypatch.setattr(place, name, call)
        return calls

    yield breaking


async def survives(
    broken: Callable[[Any, str, int], list[int]], place: Any, name: str, number: int
) -> Watching:
    """Session `one` is ended by its server again and again; the error strikes somewhere."""
    async with conversation(
        script(greeting=("220 You will be disconnected after 15 minutes of inactivity.",)),
        script(),
        sessions=1, fenced=True, keep_alive_seconds=2.0, reconnect="auto",
        keep_alive_command="auto",
    ) as talk:  # fmt: skip
        talk.watch.monitor.watch(target(2101, "two", keep_alive_seconds=2.0))
        await talk.clock.advance(5)
        calls = broken(place, name, number)
        for _ in range(4):
            talk.network.cue("421 Timeout.", "@fin")
            await talk.clock.advance(20)
        since = talk.clock.elapsed()
        if talk.watch.phase("two") is not Phase.READY:
            talk.watch.monitor.reconnect("two")  # it was the one that was struck
        if talk.watch.phase("one") is not Phase.READY:
            talk.watch.monitor.reconnect("one")
        await talk.clock.advance(20)
        assert healthy(talk, since)
        assert calls[0] >= min(number, 3), f"{name} was called {calls[0]} times only"
        if calls[0] >= number:
            assert talk.watch.events(SessionFailed), f"{name} raised and nothing was said"
            assert any("put in by a test" in line for line in talk.watch.told)
        return talk.watch


@pytest.mark.parametrize(("place", "name"), PLACES)
@pytest.mark.parametrize("number", [1, 3])
async def test_an_error_costs_what_it_strikes(
    broken: Callable[[Any, str, int], list[int]], place: Any, name: str, number: int
) -> None:
    await survives(broken, place, name, number)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100))
async def test_errors_anywhere_at_any_time(
    broken: Callable[[Any, str, int], list[int]], seed: int
) -> None:
    chance = random.Random(seed)
    place, name = chance.choice(PLACES)
    await survives(broken, place, name, chance.randint(1, 60))


async def test_an_error_at_every_entry_is_told_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def explain(*_: object) -> Explanation:
        raise Ours

    monkeypatch.setattr(KnowledgeAdvisor, "explain", explain)
    async with conversation(fenced=True) as talk:
        talk.network.cue(*["421 no", "@wait 3"] * 100)
        await talk.clock.advance(400)
        assert 4 <= len(talk.watch.told) <= 10
        assert len(talk.watch.events(SessionFailed)) == len(talk.watch.told)


async def test_a_view_that_always_raises_stops_no_other() -> None:
    async with conversation(fenced=True, keep_alive_seconds=2.0) as talk:
        seen = list[Update]()

        def bad(update: Update) -> None:
            raise Ours

        talk.watch.watch.subscribe(bad, "a bad view")
        talk.watch.watch.subscribe(seen.append)
        await talk.clock.advance(60)
        assert len(seen) >= 30
        assert "a bad view" in talk.watch.told[0]


async def test_a_check_that_breaks_is_said_and_can_be_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run(self: Checks, *, has_place: bool) -> None:
        raise Ours

    monkeypatch.setattr(Checks, "run", run)
    async with conversation(fenced=True) as talk:
        for number in (1, 2):
            talk.watch.monitor.check("one")
            await talk.clock.advance(1)
            assert len(talk.watch.events(SessionFailed)) == number
        assert talk.watch.phase("one") is Phase.READY


async def test_a_session_that_broke_rests_until_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, broke = session_module.next_step, list[float]()

    def breaking(session: SessionState, wishes: SessionWishes, now: float) -> Step:
        if not broke:
            broke.append(now)
            raise Ours
        return whole(session, wishes, now)

    monkeypatch.setattr(session_module, "next_step", breaking)
    async with conversation(fenced=True, reconnect="auto") as talk:
        await talk.clock.advance(600)
        assert talk.watch.phase("one") is Phase.CLOSED
        assert talk.watch.watch.state.sessions["one"].given_up
        talk.watch.monitor.reconnect("one")
        await talk.clock.advance(10)
        assert talk.watch.phase("one") is Phase.READY


async def test_two_errors_one_after_the_other_cost_one_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its close cannot be told, and closing it for that cannot either."""
    whole = reply_receiver.closed

    def closed(ending: Ending, facts: ConnectionFacts, at: float) -> ConnectionClosed:
        if facts.port == 2100:
            raise Ours
        return whole(ending, facts, at)

    monkeypatch.setattr(reply_receiver, "closed", closed)
    async with conversation(script(), script(), fenced=True, keep_alive_seconds=2.0) as talk:
        talk.watch.monitor.watch(target(2101, "two", keep_alive_seconds=2.0))
        await talk.clock.advance(5)
        talk.network.cue("421 Timeout.", "@fin")
        await talk.clock.advance(20)
        since = talk.clock.elapsed()
        talk.watch.monitor.remove("one")
        await talk.clock.advance(20)
        assert talk.watch.events(SessionRemoved, "one")
        assert healthy(talk, since)
