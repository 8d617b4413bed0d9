"""Commands of the user between keep-alives: their order, their answers, their end."""

import pytest

from engine.conversation import Conversation, conversation, script
from engine.memory import settle
from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.command import MASK, Command, Purpose, Secret
from ftpwatch.core.journal.events import CommandSent, ConnectionClosed, ReplyReceived
from ftpwatch.engine.by_hand import MOST_WAITING

STAT = Command("STAT")


def send(talk: Conversation, command: Command = STAT) -> list[str]:
    """Wished; gives where it is told that it was not sent."""
    unsent: list[str] = []
    talk.watch.monitor.send("one", command, unsent.append)
    return unsent


def pairs(talk: Conversation) -> list[tuple[str, str, int | None]]:
    return [
        (reply.in_reply_to.verb, str(reply.in_reply_to.purpose), reply.code)
        for reply in talk.watch.events(ReplyReceived)
        if reply.in_reply_to is not None and reply.in_reply_to.purpose
        in (Purpose.USER, Purpose.KEEP_ALIVE)
    ]  # fmt: skip


async def test_a_command_goes_out_at_once_as_the_users_and_is_answered() -> None:
    async with conversation(keep_alive_seconds=None) as talk:
        await talk.clock.advance(5)
        send(talk)
        await settle()
        assert talk.watch.events(CommandSent)[-1].purpose is Purpose.USER
        assert pairs(talk)[-1][:2] == ("STAT", "user")
        state = talk.watch.watch.state.sessions["one"]
        assert state.connection is not None
        assert state.connection.last_user_command_at == talk.clock.elapsed() == 5


async def test_it_puts_the_next_keep_alive_off_as_any_command_does() -> None:
    async with conversation(keep_alive_seconds=10.0) as talk:
        await talk.clock.advance(6)
        send(talk)
        await talk.clock.advance(9.9)
        assert "> NOOP" not in talk.story()
        await talk.clock.advance(0.2)
        assert talk.story().count("> NOOP") == 1


async def test_behind_a_keep_alive_in_flight_each_gets_its_own_answer() -> None:
    slow = script(replies={"NOOP": ("@wait 3", "200 noop"), "STAT": ("211 stat",),
                           "HELP": ("214 help",)})  # fmt: skip
    async with conversation(slow, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        send(talk)
        send(talk, Command("HELP"))
        await talk.clock.advance(1)
        assert "> STAT" not in talk.story()
        await talk.clock.advance(2)
        assert pairs(talk) == [
            ("NOOP", "keep_alive", 200), ("STAT", "user", 211), ("HELP", "user", 214)
        ]  # fmt: skip


async def test_an_idle_421_that_crosses_it_is_its_answer_and_the_close_is_explained() -> None:
    ends = script(replies={"STAT": ("421 Timeout.", "@fin")})
    async with conversation(ends, keep_alive_seconds=None) as talk:
        await talk.clock.advance(5)
        send(talk)
        await talk.clock.run_until(lambda: talk.watch.events(ConnectionClosed))
        assert pairs(talk) == [("STAT", "user", 421)]


async def test_what_its_turn_did_not_come_for_is_told() -> None:
    ends = script(replies={"NOOP": ("@wait 3", "421 Timeout.", "@fin")})
    async with conversation(ends, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        unsent = send(talk)
        await talk.clock.run_until(lambda: unsent)
        assert "> STAT" not in talk.story()
    assert unsent == ["STAT was not sent: the connection ended before its turn came"]


async def test_a_session_that_is_left_sends_no_more_and_says_so() -> None:
    slow = script(replies={"NOOP": ("@wait 3", "200 ok")})
    async with conversation(slow, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        unsent = send(talk)
        talk.watch.monitor.quit("one")
        await talk.clock.advance(4)
        assert "> STAT" not in talk.story() and len(unsent) == 1


async def test_only_so_many_wait() -> None:
    slow = script(replies={"NOOP": ("@wait 3", "200 ok")})
    async with conversation(slow, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        for _ in range(MOST_WAITING):
            send(talk)
        with pytest.raises(Refused, match="10 commands wait already"):
            send(talk)
        await talk.clock.advance(3)
        assert talk.story().count("> STAT") == MOST_WAITING


async def test_what_the_table_refuses_is_refused_here_too() -> None:
    async with conversation() as talk:
        for verb in ("QUIT", "PASS", "LIST", "ABOR", "AUTH"):
            with pytest.raises(Refused, match=f"{verb} is not sent by hand"):
                send(talk, Command(verb))


async def test_without_a_connection_nothing_is_sent() -> None:
    ends = script(replies={"NOOP": ("421 Timeout.", "@fin")})
    async with conversation(ends, keep_alive_seconds=5.0) as talk:
        with pytest.raises(Refused, match="no session is called two"):
            talk.watch.monitor.send("two", STAT, lambda _: None)
        await talk.clock.run_until(lambda: talk.watch.events(ConnectionClosed))
        with pytest.raises(Refused, match="one is not connected"):
            send(talk)


async def test_before_the_login_nothing_is_sent() -> None:
    slow = script(replies={"USER": ("@wait 5", "331 go on")})
    async with conversation(slow) as talk:
        await talk.clock.advance(1)
        with pytest.raises(Refused, match="one is not logged in yet"):
            send(talk)
        await talk.clock.advance(5)


async def test_a_password_in_it_is_in_no_entry_nor_in_the_echo() -> None:
    echo = script(replies={"SITE": ("500 'SITE PSWD first-one second-one' not understood",)})
    async with conversation(echo, keep_alive_seconds=None, password=Secret("hunter22")) as talk:
        send(talk, Command("SITE", Secret("PSWD first-one second-one"), f"PSWD {MASK}"))
        await settle()
        send(talk, Command("SITE", "SAY hunter22"))
        await settle()
        sent = [e.argument for e in talk.watch.events(CommandSent) if e.verb == "SITE"]
        assert sent == [f"PSWD {MASK}", f"SAY {MASK}"]
        replies = [r.lines for r in talk.watch.events(ReplyReceived) if r.code == 500]
        assert replies[0] == (f"'SITE PSWD {MASK} {MASK}' not understood",)
    written = str(talk.watch.entries)
    assert not any(secret in written for secret in ("first-one", "second-one", "hunter22"))
