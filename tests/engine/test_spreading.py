"""The first keep-alives of many sessions: spread over the interval, never past half a limit."""

import asyncio

import pytest
from core.test_next_step import session
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from watching import Watching, target

from engine.conversation import script
from engine.memory import FakeClock, MemoryNetwork, settle
from ftpwatch.core.ftp.jitter import MANY, head_start
from ftpwatch.core.journal.events import CommandSent
from ftpwatch.core.state.keep_alive import keep_alive_due_at
from ftpwatch.demo.script import ServerScript
from ftpwatch.engine.spreading import spread


@given(count=st.integers(MANY, 5000), interval=st.floats(1, 3600), limit=st.floats(2, 7200))
def test_it_is_even_and_never_late(count: int, interval: float, limit: float) -> None:
    """`session` sent its last command at 100."""
    numbers = [0, 1, count // 2, count - 2, count - 1]
    facts = session(every=interval)
    dues = [
        keep_alive_due_at(
            replace(
                facts, target=replace(facts.target, keep_alive_head_start=head_start(n, count))
            ),
            limit,
        )
        - 100
        for n in numbers
    ]
    latest = min(interval, limit / 2)
    expected = [latest * (n + 1) / (count + 1) for n in numbers]
    assert dues == pytest.approx(expected, abs=1e-9)
    assert min(dues) > 0 and max(dues) < latest


def test_few_are_not_spread() -> None:
    assert {head_start(n, MANY - 1) for n in range(MANY - 1)} == {0.0}


def test_only_the_first_of_a_connection_comes_sooner() -> None:
    early = session(keep_alive_turns=1)
    early = replace(early, target=replace(early.target, keep_alive_head_start=0.9))
    assert keep_alive_due_at(early) == 130
    assert keep_alive_due_at(early, 10.0) == 130


def test_jitter_never_makes_it_later() -> None:
    facts = session()
    both = replace(facts.target, keep_alive_head_start=0.1, keep_alive_jitter=0.5)
    assert keep_alive_due_at(replace(facts, target=both)) <= 127


def test_targets_are_counted_by_host_and_port() -> None:
    many = [target(2100, f"a/{n}") for n in range(MANY)] + [
        target(2101, f"b/{n}") for n in range(3)
    ]
    starts = [each.keep_alive_head_start for each in spread(many)]
    assert starts[:MANY] == sorted(starts[:MANY], reverse=True) and len(set(starts[:MANY])) == MANY
    assert starts[MANY:] == [0.0] * 3


async def first_noops(count: int, interval: float, served: ServerScript) -> list[float]:
    """When each of `count` sessions sent its first, in seconds since the start."""
    clock = FakeClock()
    watch = Watching(clock, MemoryNetwork(clock, served))
    targets = [target(2100, f"s/{n}", keep_alive_seconds=interval) for n in range(count)]
    running = asyncio.create_task(watch.monitor.run(targets))
    await settle()
    await clock.advance(interval)
    first: dict[str, float] = {}
    for entry in watch.entries:
        if isinstance(entry.event, CommandSent) and entry.event.is_keep_alive:
            first.setdefault(entry.session or "", entry.elapsed_seconds)
    watch.monitor.stop()
    await clock.run_until(running.done)
    running.result()
    watch.settling.end()
    return sorted(first.values())


async def test_the_first_noops_of_many_sessions_are_no_burst() -> None:
    moments = await first_noops(60, 60.0, script())
    assert len(moments) == 60
    assert max(moments) < 60
    in_a_second = [sum(at <= other < at + 1 for other in moments) for at in moments]
    assert max(in_a_second) <= 2


async def test_a_limit_that_the_server_states_is_kept_to() -> None:
    told = ("211-Status", " Session timeout in seconds is 20", "211 End")
    stating = script(greeting=("220 (vsFTPd 3.0.3)",), replies={"STAT": told})
    moments = await first_noops(20, 60.0, stating)
    assert len(moments) == 20 and max(moments) < 10.0
