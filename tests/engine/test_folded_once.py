"""What a session decides by is what every view reads: each of its entries is folded once."""

from engine.conversation import conversation
from ftpwatch.core.journal.events import CheckMade, CommandSent


async def test_the_watch_has_the_very_state_that_its_session_decides_by() -> None:
    async with conversation(keep_alive_seconds=2.0) as talk:
        await talk.clock.advance(21)
        own = talk.watch.monitor._sessions["one"].state
        assert own.connection is not None and own.connection.keep_alives_answered > 5
        assert talk.watch.watch.state.sessions["one"] is own


async def test_nothing_stays_on_its_way() -> None:
    async with conversation(sessions=4, keep_alive_seconds=2.0) as talk:
        await talk.clock.advance(9)
        talk.watch.monitor.drop("one")
        talk.watch.monitor.reconnect("two")
        talk.watch.monitor.remove("three")
        await talk.clock.advance(60)
        assert len(talk.watch.ahead) == 0
    assert len(talk.watch.ahead) == 0


async def test_what_others_publish_of_a_session_is_known_to_the_watch_beside_its_own() -> None:
    async with conversation(keep_alive_seconds=2.0) as talk:
        check = CheckMade("resolve", "127.0.0.1", 2100, True, 0.1, "127.0.0.1")
        talk.watch.bus.publish(check, "one", 1)
        await talk.clock.advance(21)
        own, seen = (
            talk.watch.monitor._sessions["one"].state,
            talk.watch.watch.state.sessions["one"],
        )
        assert seen.checks == (check,) and own.checks == ()
        assert seen.connection == own.connection
        sent = [c for c in talk.watch.events(CommandSent) if c.is_keep_alive]
        assert seen.connection is not None and seen.connection.keep_alives_sent == len(sent) > 5
