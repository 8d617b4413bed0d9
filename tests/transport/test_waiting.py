"""A signal does what an event of asyncio does."""

import asyncio

import pytest

from ftpwatch.transport.waiting import Signal, unless


async def test_all_who_wait_return_and_so_does_who_comes_later() -> None:
    signal = Signal()
    waits = [asyncio.create_task(signal.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    assert not signal.is_set() and not any(wait.done() for wait in waits)
    signal.set()
    await asyncio.gather(*waits, signal.wait())


async def test_who_waited_returns_though_it_is_cleared_at_once() -> None:
    signal = Signal()
    waits = asyncio.create_task(signal.wait())
    await asyncio.sleep(0)
    signal.set()
    signal.clear()
    await waits
    later = asyncio.create_task(signal.wait())
    await asyncio.sleep(0)
    assert not later.done()
    later.cancel()


async def test_a_cancelled_wait_leaves_the_others() -> None:
    signal = Signal()
    first, second = (asyncio.create_task(signal.wait()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    signal.set()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_a_signal_cuts_short_is_cancelled() -> None:
    signal, ended = Signal(), []

    async def work() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return 1

    cut = asyncio.create_task(unless(signal, work()))
    await asyncio.sleep(0)
    signal.set()
    assert await cut is None and ended == ["cancelled"]
