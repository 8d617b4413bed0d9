"""Limits that are known of hosts, and sessions of one host that keep to what it takes."""

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.conversation import conversation, script
from engine.memory import FakeClock, settle
from ftpwatch.config.files import read_regular
from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionOpened,
    ConnectionOpening,
    LimitKnown,
    ReconnectScheduled,
)
from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.script import ScriptedClock
from ftpwatch.record.remembered import HostMemory

STATED = "220 You will be disconnected after 15 minutes of inactivity."


async def test_a_limit_in_the_greeting_is_an_entry_once() -> None:
    async with conversation(script(greeting=(STATED,)), sessions=3) as talk:
        await settle()
        (known,) = talk.watch.events(LimitKnown)
    assert (known.clock, known.limit_seconds, known.source) == ("idle", 900, "advertised")


async def test_vsftpd_is_asked_for_its_limit_and_unknown_servers_are_not() -> None:
    vsftpd = script(
        greeting=("220 (vsFTPd 3.0.3)",),
        replies={
            "STAT": ("211-FTP server status:", " Session timeout in seconds is 300", "211 End")
        },
    )
    async with conversation(vsftpd) as talk:
        (known,) = talk.watch.events(LimitKnown)
        assert known.limit_seconds == 300
    async with conversation(script()) as talk:
        assert "STAT" not in [sent.verb for sent in talk.watch.events(CommandSent)]


async def test_an_observed_limit_is_an_entry_and_explains_the_next_silent_close() -> None:
    idle = ScriptedClock(15, ("421 Idle for 15 seconds, closing.", "@fin"))
    async with conversation(script(clocks=(idle,)), reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(40)
        (known,) = talk.watch.events(LimitKnown)
    assert (known.clock, known.limit_seconds, known.source) == ("idle", 15, "observed")


async def test_a_silent_close_at_a_known_limit_is_likely_idle() -> None:
    silent = ScriptedClock(900, ("@fin",))
    async with conversation(script(greeting=(STATED,), clocks=(silent,))) as talk:
        await talk.clock.run_until(lambda: talk.watch.explained)
        await settle()
        told = talk.watch.last().explanation
    assert (told.cause, told.confidence) == ("idle_timeout", "likely")


async def test_resets_at_equal_gaps_are_the_path() -> None:
    forgetful = ScriptedClock(60, ("@rst",))
    async with conversation(script(clocks=(forgetful,)), reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(150)
        causes = [e.explanation.cause for e in talk.watch.explained]
    assert causes == ["connection_lost", "path_idle_timeout"]


async def test_a_session_too_many_waits_for_a_place_of_ours() -> None:
    two = script(places=2, when_full=("421 Too many connections from this IP", "@fin"))
    async with conversation(two, sessions=3, reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(600)
        third = [s for s in ("one", "two", "three") if talk.watch.phase(s) is not Phase.READY]
        assert len(third) == 1
        assert len(talk.watch.events(ConnectionOpening, third[0])) == 1
        waits = [w.delay_seconds for w in talk.watch.events(ReconnectScheduled, third[0])]
        assert 30 <= waits[0] <= 61
        assert waits[-1] > waits[0]
        other = next(s for s in ("one", "two", "three") if s != third[0])
        talk.watch.monitor.quit(other)
        await talk.clock.advance(1000)
        assert talk.watch.phase(third[0]) is Phase.READY


async def test_sessions_of_one_host_do_not_return_together() -> None:
    async with conversation(sessions=4, reconnect=Reconnect.AUTO) as talk:
        talk.network.cue("421 Server shutting down", "@fin")
        await talk.clock.advance(200)
        again = sorted(
            entry.elapsed_seconds
            for entry in talk.watch.entries
            if isinstance(entry.event, ConnectionOpening) and entry.event.attempt > 1
        )
    assert len(again) == 4
    assert min(after - before for before, after in itertools.pairwise(again)) > 0.99
    assert again[0] >= 30


async def test_limits_are_remembered_across_watches(tmp_path: Path) -> None:
    file = tmp_path / "state" / "hosts.json"

    async with conversation(script(greeting=(STATED,))) as talk:
        memory = HostMemory(file, talk.watch.bus.publish, read_regular)
        for entry in talk.watch.entries:
            memory.receive(entry)
    assert file.stat().st_mode & 0o777 == 0o600
    async with conversation() as talk:
        memory = HostMemory(file, talk.watch.bus.publish, read_regular)
        for entry in list(talk.watch.entries):
            memory.receive(entry)
        await settle()
        (known,) = talk.watch.events(LimitKnown)
    assert (known.limit_seconds, known.source) == (900, "remembered")


def told_of(file: Path, *peers: str) -> list[tuple[str, int, float]]:
    """What a new watch is told of hosts that it meets: host, port and limit."""
    told: list[LimitKnown] = []
    memory = HostMemory(file, lambda event, *_: told.append(event), read_regular)  # type: ignore[arg-type,return-value]
    for peer in peers:
        memory.receive(Entry(1, datetime.now(UTC), 0.0, "s", 1, ConnectionOpened("x:1", peer)))
    return [(known.host, known.port, known.limit_seconds) for known in told]


async def test_two_watches_at_once_remember_together(tmp_path: Path) -> None:
    file = tmp_path / "hosts.json"
    bus = EventBus(FakeClock(), lambda turn: turn())
    memories = [HostMemory(file, bus.publish, read_regular) for _ in range(2)]
    for port, memory in enumerate(memories, 21):
        known = LimitKnown("h", port, "idle", 300.0, "advertised")
        memory.receive(Entry(1, datetime.now(UTC), 0.0, None, None, known))
    assert told_of(file, "h:21", "h:22", "h:23") == [("h", 21, 300), ("h", 22, 300)]


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"h:21": 5}'])
def test_a_memory_that_cannot_be_read_is_none_and_begins_anew(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "hosts.json"
    file.write_bytes(content)
    assert told_of(file, "h:21", "h:22") == []
    memory = HostMemory(file, EventBus(FakeClock(), lambda turn: turn()).publish, read_regular)
    known = LimitKnown("h", 22, "idle", 300.0, "advertised")
    memory.receive(Entry(1, datetime.now(UTC), 0.0, None, None, known))
    assert told_of(file, "h:21", "h:22") == [("h", 22, 300)]


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        (("advertised", 900.0), ("measured", 300.0, ("STAT",))),
        (("observed", 301.0), ("measured", 300.0, ("STAT",))),
        (("observed", 600.0), ("observed", 600.0, ())),
        (("measured", 280.0), ("measured", 280.0, ())),
    ],
)
async def test_a_measurement_is_not_forgotten_for_a_promise(
    tmp_path: Path, later: tuple[str, float], kept: tuple[str, float, tuple[str, ...]]
) -> None:
    file = tmp_path / "hosts.json"
    async with conversation() as talk:
        memory = HostMemory(file, talk.watch.bus.publish, read_regular)
        talk.watch.bus.subscribe("memory", memory.receive)
        source, seconds = later
        for event in (
            LimitKnown("h", 21, "idle", 300.0, "measured", ("STAT",)),
            LimitKnown("h", 21, "idle", seconds, source),
        ):
            talk.watch.bus.publish(event)
        await talk.clock.advance(1)
    assert told_of(file, "h:21") == [("h", 21, kept[1])]
    (limit,) = json.loads(file.read_bytes())["h:21"]
    assert (limit["source"], limit["limit_seconds"], tuple(limit["reset_by"])) == kept


@pytest.mark.parametrize(
    "limits",
    [
        '[{"clock": "idle", "limit_seconds": 1e300, "source": "observed"}]',
        '[{"clock": "idle", "limit_seconds": 0.5, "source": "observed"}]',
        '[{"clock": "idle", "limit_seconds": 2592001, "source": "observed"}]',
        '[{"clock": "idle", "limit_seconds": 300, "source": "hearsay"}]',
        '[{"clock": "%s", "limit_seconds": 300, "source": "observed"}]' % ("x" * 10_000),
        "[" * 100_000,
        '[5, "x", null]',
    ],
)
def test_what_cannot_be_true_is_not_believed(tmp_path: Path, limits: str) -> None:
    file = tmp_path / "hosts.json"
    good = '[{"clock": "idle", "limit_seconds": 300, "source": "observed"}]'
    file.write_text(f'{{"a:21": {good}, "b:21": {limits}}}')
    told: list[LimitKnown] = []
    memory = HostMemory(file, lambda event, *_: told.append(event), read_regular)  # type: ignore[arg-type,return-value]
    for peer in ("b:21", "a:21"):
        opened = ConnectionOpened("x:1", peer)
        memory.receive(Entry(1, datetime.now(UTC), 0.0, "s", 1, opened))
    assert [limit.host for limit in told] in ([], ["a"])
    assert ("[" * 1_000 in limits) or told


def test_a_lock_that_somebody_holds_is_not_waited_for(tmp_path: Path) -> None:
    import fcntl

    file = tmp_path / "hosts.json"
    memory = HostMemory(file, EventBus(FakeClock(), lambda turn: turn()).publish, read_regular)

    def learn(port: int) -> None:
        known = LimitKnown("h", port, "idle", 300.0, "advertised")
        memory.receive(Entry(1, datetime.now(UTC), 0.0, None, None, known))

    with (tmp_path / "hosts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        learn(21)
        assert not file.exists()
    learn(22)
    assert b"h:21" in file.read_bytes() and b"h:22" in file.read_bytes()


def test_a_memory_that_is_no_file_is_said_and_left_alone(tmp_path: Path) -> None:
    import os

    file, told = tmp_path / "hosts.json", list[str]()
    os.mkfifo(file)
    memory = HostMemory(
        file, EventBus(FakeClock(), lambda turn: turn()).publish, read_regular, told.append
    )
    known = LimitKnown("h", 21, "idle", 300.0, "advertised")
    memory.receive(Entry(1, datetime.now(UTC), 0.0, None, None, known))
    assert len(told) == 1 and "not a regular file" in told[0]
    assert file.is_fifo()
