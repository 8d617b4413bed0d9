"""Probes of many targets: those of one host one after another, so that they do not fill it, those
of different hosts beside one another, AT_ONCE at most.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.state.probed import Probed, Questions
from ftpwatch.engine.probe import Probe, ProbeEnvironment
from ftpwatch.transport.waiting import Signal, unless

__all__ = ["AT_ONCE", "probe_all"]

AT_ONCE: Final = 10


async def probe_all(
    targets: Iterable[Target],
    asked: Questions,
    environment: ProbeEnvironment,
    stop: Signal,
) -> list[Probed]:
    """Probe each target once; what is not done when `stop` is set is cut short."""
    probes = [Probe(target, asked, environment) for target in targets]
    await unless(stop, _run(probes))
    return [probe.probed for probe in probes]


async def _run(probes: Sequence[Probe]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)
    hosts: dict[tuple[str, int], asyncio.Lock] = {}
    async with asyncio.TaskGroup() as group:
        for probe in probes:
            key = (probe.target.host.lower(), probe.target.port)
            host = hosts.setdefault(key, asyncio.Lock())
            group.create_task(_in_turn(probe, host, slots))


async def _in_turn(probe: Probe, host: asyncio.Lock, slots: asyncio.Semaphore) -> None:
    async with host, slots:
        try:
            await probe.run()
        except Exception as error:  # noqa: BLE001 the fence: it costs this probe
            probe.broke(error)
