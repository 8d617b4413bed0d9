"""Logins of one account: one goes first, and what is refused is tried once."""

import asyncio

import pytest
from watching import Watching, target

from engine.conversation import conversation, script
from engine.memory import FakeClock, MemoryNetwork
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionFailed,
    ReconnectAbandoned,
    ReconnectScheduled,
)
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.script import ServerScript


def tries(watch: Watching) -> int:
    return sum(sent.verb == "PASS" for sent in watch.events(CommandSent))


def decided(watch: Watching) -> bool:
    return bool(watch.events(ReconnectScheduled) or watch.events(ReconnectAbandoned))


async def sessions(server: ServerScript, count: int, **settings: object) -> Watching:
    clock = FakeClock()
    watch = Watching(clock, MemoryNetwork(clock, server))
    login = {"user": "bob", "password": Secret("secret"), "reconnect": Reconnect.AUTO}
    targets = [target(2100, f"s{n}", **{**login, **settings}) for n in range(count)]
    running = asyncio.create_task(watch.monitor.run(targets))
    await clock.advance(60)
    watch.monitor.stop()
    await clock.run_until(running.done)
    watch.bus.flush()
    watch.settling.end()
    return watch


@pytest.mark.parametrize("count", [2, 30])
async def test_a_wrong_password_is_tried_once(count: int) -> None:
    refusing = script(replies={"PASS": ("@wait 3", "530 Login incorrect.")})
    watch = await sessions(refusing, count)
    assert tries(watch) == 1
    assert len(watch.events(ReconnectAbandoned)) == count
    causes = {e.explanation.cause for e in watch.explained if e.explanation.cause is not None}
    assert causes == {"login_refused"}
    not_tried = [f for f in watch.events(ConnectionFailed) if "not tried" in f.problem]
    assert len(not_tried) == count - 1


async def test_one_login_goes_first_and_then_all() -> None:
    slow = script(replies={"PASS": ("@wait 3", "230 Welcome.")})
    watch = await sessions(slow, 12)
    moments = [
        entry.elapsed_seconds
        for entry in watch.entries
        if isinstance(entry.event, CommandSent) and entry.event.verb == "PASS"
    ]
    assert len(moments) == 12
    assert min(moments[1:]) >= moments[0] + 3
    assert max(moments) <= moments[0] + 8


async def test_other_passwords_and_other_refusals_are_tried_each() -> None:
    full = script(replies={"PASS": ("530 Too many users logged in, try later.",)})
    watch = await sessions(full, 3, reconnect=Reconnect.NEVER)
    assert tries(watch) == 3


async def test_who_asks_for_it_may_try_again() -> None:
    refusing = script(replies={"PASS": ("530 Login incorrect.",)})
    async with conversation(refusing, sessions=2, user="bob", password=Secret("secret")) as talk:
        await talk.clock.advance(20)
        assert tries(talk.watch) == 1
        talk.watch.monitor.reconnect("two")
        await talk.clock.advance(20)
        assert tries(talk.watch) == 2


async def test_332_without_an_account_says_where_to_give_one() -> None:
    asking = script(replies={"PASS": ("332 Account?",)})
    async with conversation(asking) as talk:
        await talk.clock.advance(5)
        assert "ACCT" not in [sent.verb for sent in talk.watch.events(CommandSent)]
        (failed,) = talk.watch.events(ConnectionFailed)
        assert failed.stage is Stage.LOGIN and "netrc" in failed.problem
        why = talk.watch.last().explanation
        assert why.cause == "login_refused"
        assert any("account" in step for step in why.advice.client)


async def test_a_name_that_does_not_resolve_in_time_fails_at_resolve() -> None:
    class Unresolved(MemoryNetwork):
        async def __call__(self, *args: object, **more: object) -> asyncio.Transport:  # type: ignore[override]
            await asyncio.get_running_loop().create_future()
            raise AssertionError

    clock = FakeClock()
    watch = Watching(clock, Unresolved(clock, script()))
    running = asyncio.create_task(watch.monitor.run([target(2100)]))
    await clock.run_until(lambda: watch.events(ConnectionFailed))
    (failed,) = watch.events(ConnectionFailed)
    assert failed.stage is Stage.RESOLVE and "did not resolve within 15 s" in failed.problem
    assert watch.last().explanation.cause == "server_unreachable"
    watch.monitor.stop()
    await clock.run_until(running.done)


async def test_leaving_while_connecting_is_our_own() -> None:
    class Slow(MemoryNetwork):
        async def __call__(self, *args: object, **more: object) -> asyncio.Transport:  # type: ignore[override]
            await asyncio.get_running_loop().create_future()
            raise AssertionError

    clock = FakeClock()
    watch = Watching(clock, Slow(clock, script()))
    running = asyncio.create_task(watch.monitor.run([target(2100)]))
    await clock.advance(1)
    watch.monitor.quit("one")
    await clock.advance(1)
    assert watch.last().explanation.cause == "local"
    assert watch.phase("one") is Phase.CLOSED
    watch.monitor.stop()
    await clock.run_until(running.done)


async def test_a_handshake_that_is_cut_is_tried_again_more_slowly_each_time() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    from watching import watching

    from ftpwatch.core.ftp.target import TlsMode

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    wanted = target(port, tls=TlsMode.IMPLICIT, reconnect=Reconnect.AUTO)
    async with server, watching([wanted]) as watch:
        await watch.until(lambda: decided(watch))
        (scheduled,) = watch.events(ReconnectScheduled)
        assert scheduled.cause == "tls_failed" and scheduled.delay_seconds >= 10


async def test_a_certificate_that_is_refused_is_not_tried_again() -> None:
    import ssl

    import trustme
    from watching import watching

    from ftpwatch.core.ftp.target import TlsMode

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    wanted = target(port, tls=TlsMode.IMPLICIT, reconnect=Reconnect.AUTO)
    async with server, watching([wanted]) as watch:
        await watch.until(lambda: decided(watch))
        assert [a.cause for a in watch.events(ReconnectAbandoned)] == ["tls_failed"]
