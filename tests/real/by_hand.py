"""A control connection driven by hand, for what a well-behaved session never does: waiting before
its login, or trying a wrong password again and again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aioftp
from watching import Watching

from ftpwatch.core.ftp.command import Command, Purpose, Secret
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.events import ConnectionOpening, SessionAdded
from ftpwatch.core.state.fold_session import new_session
from ftpwatch.engine.control_connection import ConnectionEnded, ControlConnection
from ftpwatch.engine.own_state import OwnState
from ftpwatch.transport.dialing import real_network


@asynccontextmanager
async def greeted(watch: Watching, target: Target) -> AsyncIterator[ControlConnection]:
    """Connected and greeted, and no further."""
    watch.bus.publish(SessionAdded(target.facts()), target.name)
    own = OwnState(new_session(target.facts()), watch.bus.publish)
    own.publish(ConnectionOpening(target.host, target.port, 1), 1)
    connection = ControlConnection(target, own.connection(1), watch.clock, real_network)
    await connection.open()
    await connection.greet()
    yield connection
    connection.receiver.close_local()
    await asyncio.sleep(0)


async def try_password(connection: ControlConnection, user: str, password: str) -> int:
    """USER and PASS; the code of the answer, 0 where the connection ended instead."""
    try:
        await connection.send(Command("USER", user), Purpose.LOGIN, awaited=True)
        await connection.parse_response()
        await connection.send(Command("PASS", Secret(password)), Purpose.LOGIN, awaited=True)
        code, _ = await connection.parse_response()
    except (ConnectionEnded, aioftp.StatusCodeError):
        return 0
    return int(code)
