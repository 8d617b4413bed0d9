"""What a close teaches of a host's limits, and when: one that struck many teaches nothing."""

import pytest

from engine.conversation import Conversation, conversation, script
from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.events import ConnectionClosed, LimitKnown
from ftpwatch.core.judgement.context import TOGETHER_SECONDS
from ftpwatch.demo.script import ScriptedClock

SILENT = ScriptedClock(15, ("421 Timeout.", "@fin"))
STATED = ScriptedClock(15, ("421 Idle for 15 seconds, closing.", "@fin"))


def closed(talk: Conversation) -> list[float]:
    """The moments of the closes, in seconds of the watch."""
    return [
        one.elapsed_seconds for one in talk.watch.entries if isinstance(one.event, ConnectionClosed)
    ]


async def until_closed(talk: Conversation, closes: int) -> None:
    await talk.clock.run_until(lambda: len(closed(talk)) >= closes)


async def test_a_close_that_states_no_limit_teaches_only_with_another_that_agrees() -> None:
    async with conversation(script(clocks=(SILENT,)), reconnect=Reconnect.AUTO) as talk:
        await until_closed(talk, 1)
        await talk.clock.advance(10)
        assert talk.watch.events(LimitKnown) == []
        await until_closed(talk, 2)
        await talk.clock.advance(10)
        (known,) = talk.watch.events(LimitKnown)
    assert (known.clock, known.source) == ("idle", "observed")
    assert known.limit_seconds == pytest.approx(15, abs=0.5)


async def test_a_close_teaches_once_it_is_known_that_it_struck_one_alone() -> None:
    async with conversation(script(clocks=(STATED,))) as talk:
        await until_closed(talk, 1)
        await talk.clock.advance(TOGETHER_SECONDS - 0.5)
        assert talk.watch.events(LimitKnown) == []
        await talk.clock.advance(2)
        (known,) = talk.watch.events(LimitKnown)
    assert known.limit_seconds == 15


async def test_what_struck_many_at_once_teaches_nothing() -> None:
    async with conversation(script(clocks=(SILENT,)), sessions=4) as talk:
        await until_closed(talk, 4)
        await talk.clock.advance(30)
        assert talk.watch.events(LimitKnown) == []
        assert {one.incident is None for one in talk.watch.explained[-4:]} == {False}
