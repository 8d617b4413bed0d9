"""Sessions against scripted servers: what is published, in which order, and what is sent when."""

import asyncio
import gc
from collections.abc import Callable

import pytest
from watching import Watching, target

from engine.conversation import conversation, script
from engine.memory import FakeClock, MemoryNetwork, settle
from ftpwatch.core.ftp.command import MASK, RAW_MASK, Purpose, Secret
from ftpwatch.core.ftp.reply import Reply
from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.entry import kind_of
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    KeepAliveSkipped,
    MalformedReply,
    ReconnectAbandoned,
    ReconnectScheduled,
    ReplyOverdue,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.script import ScriptedClock
from ftpwatch.engine.monitor import OPENING_AT_ONCE

IDLE_15 = ScriptedClock(15, ("421 Idle for 15 seconds, closing.", "@fin"))


async def test_a_session_from_greeting_to_goodbye() -> None:
    async with conversation() as talk:
        assert talk.watch.phase("one") is Phase.READY
    assert talk.story() == [
        "session_added", "connection_opening", "connection_opened", "< 220 greeting",
        "> USER", "< 331 final", "> PASS", "< 230 final",
        "> SYST", "< 215 final", "> FEAT", "< 211 final",
        "> QUIT", "< 221 final", "closed user_pi local",
    ]  # fmt: skip


async def test_keep_alives_go_out_an_interval_after_the_last_command() -> None:
    async with conversation(keep_alive_seconds=10.0) as talk:
        await talk.clock.advance(35)
        sent = [
            entry.elapsed_seconds
            for entry in talk.watch.entries
            if isinstance(entry.event, CommandSent) and entry.event.verb == "NOOP"
        ]
    assert sent == pytest.approx([10, 20, 30])


async def test_keep_alives_are_off_when_the_interval_is_off() -> None:
    async with conversation(keep_alive_seconds=None) as talk:
        await talk.clock.advance(3600)
        assert "> NOOP" not in talk.story()


async def test_an_interval_set_while_running_counts_from_the_last_command() -> None:
    async with conversation(keep_alive_seconds=None) as talk:
        await talk.clock.advance(4)
        talk.watch.monitor.set_keep_alive("one", 6.0)
        await talk.clock.advance(1.9)
        assert "> NOOP" not in talk.story()
        await talk.clock.advance(0.2)
        assert talk.story()[-2:] == ["> NOOP", "< 200 final"]


async def test_no_keep_alive_while_a_reply_is_owed() -> None:
    slow = script(replies={"NOOP": ("@wait 12", "200 at last")})
    async with conversation(slow, keep_alive_seconds=5.0, timeout_seconds=30.0) as talk:
        await talk.clock.advance(6)
        talk.watch.monitor.keep_alive_now("one")
        await talk.clock.advance(10)
        assert talk.story().count("> NOOP") == 1
        assert talk.watch.events(KeepAliveSkipped)
        await talk.clock.advance(2)
        assert talk.story().count("> NOOP") == 2


async def test_an_idle_421_is_a_spontaneous_reply_then_the_close() -> None:
    async with conversation(script(clocks=(IDLE_15,))) as talk:
        await talk.clock.run_until(lambda: talk.watch.events(ConnectionClosed))
        await settle()
        closed = talk.watch.events(ConnectionClosed)[0]
        assert talk.clock.elapsed() == pytest.approx(15)
    assert (closed.by, closed.manner, closed.announced_by) == (
        ClosedBy.SERVER_PI, Manner.FIN, 421,
    )  # fmt: skip
    assert closed.idle_seconds == pytest.approx(15)
    assert talk.watch.events(ReplyReceived)[-1].role is Role.SPONTANEOUS


async def test_a_421_in_the_segment_of_a_200_is_spontaneous() -> None:
    both = script(replies={"NOOP": (r"@raw 200 ok\r\n421 Going down.\r\n", "@fin")})
    async with conversation(both, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
    replies = [(r.code, r.role) for r in talk.watch.events(ReplyReceived)][-2:]
    assert replies == [(200, Role.FINAL), (421, Role.SPONTANEOUS)]


async def test_a_noop_answered_by_421_is_its_answer() -> None:
    async with conversation(
        script(replies={"NOOP": ("421 Too late.", "@fin")}), keep_alive_seconds=5.0
    ) as talk:
        await talk.clock.advance(6)
    assert talk.watch.events(ReplyReceived)[-1].role is Role.FINAL
    assert talk.watch.events(ConnectionClosed)[0].announced_by == 421


async def test_rst_and_fin_in_place_of_a_reply_are_told_apart() -> None:
    for action, manner in (("@rst", Manner.RESET), ("@fin", Manner.FIN)):
        async with conversation(
            script(replies={"NOOP": (action,)}), keep_alive_seconds=5.0
        ) as talk:
            await talk.clock.advance(6)
        closed = talk.watch.events(ConnectionClosed)[0]
        assert (closed.by, closed.manner) == (ClosedBy.SERVER_PI, manner)
        assert closed.announced_by is None


async def test_a_421_overtaken_by_rst_is_not_lost() -> None:
    async with conversation() as talk:
        talk.network.cue("421 Closing.", "@rst")
        await settle()
    story = talk.story()
    assert story[story.index("< 421 spontaneous") + 1] == "closed server_pi reset"


async def test_the_text_of_a_reply_without_line_end_counts_at_the_end_of_the_stream() -> None:
    async with conversation() as talk:
        talk.network.cue(r"@raw 421 Server offline.", "@fin")
        await settle()
    assert talk.watch.events(ReplyReceived)[-1].lines == ("Server offline.",)
    assert talk.watch.events(ConnectionClosed)[0].announced_by == 421


async def test_a_silent_reply_is_overdue_twice_then_we_close() -> None:
    async with conversation(script(replies={"NOOP": ("@deaf",)}), keep_alive_seconds=5.0) as talk:
        await talk.clock.run_until(lambda: talk.watch.events(ConnectionClosed))
        assert talk.clock.elapsed() == pytest.approx(5 + 30)
        waits = [overdue.waited_seconds for overdue in talk.watch.events(ReplyOverdue)]
        assert waits == [15, 30]
        await settle()
        assert talk.watch.last().explanation.cause == "no_answer"


async def test_after_an_announcement_one_noop_asks_whether_the_session_lives_on() -> None:
    async with conversation(keep_alive_seconds=2.0) as talk:
        talk.network.cue("421 Passive data channel timed out.")
        await talk.clock.advance(4.9)
        assert "> NOOP" not in talk.story()
        await talk.clock.advance(0.2)
        assert talk.story()[-2:] == ["> NOOP", "< 200 final"]
        await talk.clock.advance(2)
        assert talk.story().count("> NOOP") == 2
        assert talk.watch.phase("one") is Phase.READY


async def test_a_421_greeting_is_a_refusal_and_not_a_login() -> None:
    async with conversation(script(greeting=("421 Too many connections.", "@fin"))) as talk:
        await settle()
    assert "> USER" not in talk.story()
    failed = talk.watch.events(ConnectionFailed)
    assert [(f.stage, f.problem) for f in failed] == [(Stage.GREETING, "421 Too many connections.")]
    assert len(talk.watch.events(ConnectionClosed)) == 1


async def test_a_421_greeting_that_is_left_open_is_closed_by_us() -> None:
    async with conversation(script(greeting=("421 Full.",))) as talk:
        await talk.clock.advance(20)
    assert [c.by for c in talk.watch.events(ConnectionClosed)] == [ClosedBy.USER_PI]


async def test_120_then_220_is_a_greeting() -> None:
    async with conversation(
        script(greeting=("120 Wait a minute.", "@wait 5", "220 Ready."))
    ) as talk:
        await talk.clock.advance(6)
        assert talk.watch.phase("one") is Phase.READY
    assert "< 120 preliminary" in talk.story()


async def test_no_greeting_is_named_and_given_up() -> None:
    async with conversation(script(greeting=())) as talk:
        await talk.clock.advance(40)
    assert [o.stage for o in talk.watch.events(ReplyOverdue)] == [Stage.GREETING, Stage.GREETING]
    assert talk.watch.events(ConnectionFailed)[0].stage is Stage.GREETING
    assert talk.watch.last().explanation.cause == "no_answer"


@pytest.mark.parametrize("greeting", ["SSH-2.0-OpenSSH_9.2", "HTTP/1.1 400 Bad Request"])
async def test_another_protocol_is_named(greeting: str) -> None:
    async with conversation(script(greeting=(greeting,))) as talk:
        await settle()
    assert talk.watch.events(MalformedReply)
    assert talk.watch.last().explanation.cause == "not_ftp"


async def test_a_refused_password_is_never_tried_again_by_itself() -> None:
    refusing = script(replies={"PASS": ("530 Login incorrect.",)})
    async with conversation(refusing, reconnect=Reconnect.ALWAYS) as talk:
        await talk.clock.advance(3600)
        assert talk.story().count("> PASS") == 1
        assert [r.cause for r in talk.watch.events(ReconnectAbandoned)] == ["login_refused"]


async def test_an_endless_331_is_answered_once() -> None:
    async with conversation(script(replies={"PASS": ("331 Again.",)})) as talk:
        await talk.clock.advance(60)
    assert talk.story().count("> PASS") == 1
    assert talk.watch.events(ConnectionFailed)[0].stage is Stage.LOGIN


async def test_332_is_answered_with_the_account() -> None:
    asking = script(replies={"PASS": ("332 Account?",), "ACCT": ("230 Welcome.",)})
    async with conversation(asking, account=Secret("billing")) as talk:
        assert talk.watch.phase("one") is Phase.READY
    assert [c.argument for c in talk.watch.events(CommandSent) if c.verb == "ACCT"] == ["••••"]


async def test_a_password_that_is_echoed_is_masked_in_text_and_raw() -> None:
    echo = script(replies={"PASS": (r"@raw 230 welcome hunter22 \xe9\n",)})
    async with conversation(echo, password=Secret("hunter22")) as talk:
        reply = next(r for r in talk.watch.events(ReplyReceived) if r.code == 230)
    assert "hunter22" not in str(reply)
    assert b"hunter22" not in (reply.raw or b"")
    assert reply.encoding == "latin-1"


ODD_PASSWORD = "Würt7geheim"
ODD_ECHOES = ["Würt7geheim", r"W\xfcrt7geheim"]  # the bytes of UTF-8, and those of Latin-1


@pytest.mark.parametrize("shown", ODD_ECHOES)
async def test_a_password_is_masked_in_a_latin_1_echo_however_its_own_letters_are_written(
    shown: str,
) -> None:
    echo = script(replies={"PASS": (rf"@raw 230 voil\xe0 {shown}!\n",)})
    async with conversation(echo, password=Secret(ODD_PASSWORD)) as talk:
        reply = next(r for r in talk.watch.events(ReplyReceived) if r.code == 230)
    assert (reply.encoding, reply.lines) == ("latin-1", (f"voilà {MASK}!",))
    assert reply.raw == b"230 voil\xe0 " + RAW_MASK + b"!\n"


@pytest.mark.parametrize("shown", ODD_ECHOES)
async def test_a_password_is_masked_in_what_is_no_reply(shown: str) -> None:
    echo = script(replies={"PASS": (rf"@raw who is {shown}?\r\n", "230 In.")})
    async with conversation(echo, password=Secret(ODD_PASSWORD)) as talk:
        assert talk.watch.phase("one") is Phase.READY
    (malformed,) = talk.watch.events(MalformedReply)
    assert malformed.raw == b"who is " + RAW_MASK + b"?\r\n"


async def test_a_password_is_masked_in_the_reason_why_an_attempt_failed() -> None:
    echo = script(replies={"PASS": ("421 hunter22 is wrong.", "@fin")})
    async with conversation(echo, password=Secret("hunter22")) as talk:
        await talk.clock.advance(1)
    failed = talk.watch.events(ConnectionFailed)
    assert [f.problem for f in failed] == [f"421 {MASK} is wrong."]
    assert "hunter22" not in "".join(map(str, (*talk.watch.entries, *talk.watch.explained)))


async def test_waits_to_reconnect_grow_and_a_login_alone_does_not_reset_them() -> None:
    fickle = script(replies={"PASS": ("230 In.", "@fin")})
    async with conversation(fickle, reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(120)
        waits = [r.delay_seconds for r in talk.watch.events(ReconnectScheduled)]
    assert len(waits) >= 4
    assert waits == sorted(waits)
    assert waits[-1] > 3 * waits[0]
    assert waits[0] >= 3


async def test_a_session_that_lasted_starts_with_short_waits_again() -> None:
    async with conversation(script(clocks=(IDLE_15,)), reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(100)
        attempts = [o.attempt for o in talk.watch.events(ConnectionOpening)]
    assert len(attempts) >= 4
    assert set(attempts[1:]) == {2}


async def test_refused_ports_are_tried_again_and_named() -> None:
    async with conversation(reconnect=Reconnect.AUTO) as talk:
        talk.network.down.add(2100)
        talk.network.cue("@fin")
        await talk.clock.advance(30)
        failed = talk.watch.events(ConnectionFailed)
        assert {f.stage for f in failed} == {Stage.CONNECT}
        assert "connection refused" in failed[0].problem
        talk.network.down.clear()
        await talk.clock.advance(120)
        assert talk.watch.phase("one") is Phase.READY


async def test_the_user_may_quit_drop_and_reconnect() -> None:
    async with conversation(reconnect=Reconnect.AUTO) as talk:
        talk.watch.monitor.quit("one")
        await talk.clock.advance(600)
        assert talk.watch.phase("one") is Phase.CLOSED
        talk.watch.monitor.reconnect("one")
        await talk.clock.advance(1)
        assert talk.watch.phase("one") is Phase.READY
        talk.watch.monitor.drop("one")
        await talk.clock.advance(600)
        assert talk.watch.phase("one") is Phase.CLOSED
    assert talk.story().count("connection_opening") == 2
    assert talk.story().count("> QUIT") == 1


async def test_a_wait_ends_when_the_user_reconnects() -> None:
    async with conversation(reconnect=Reconnect.AUTO) as talk:
        talk.network.cue("421 Too many connections.", "@fin")
        await talk.clock.advance(2)
        assert talk.watch.phase("one") is Phase.WAITING
        talk.watch.monitor.reconnect("one")
        await settle()
        assert talk.watch.phase("one") is Phase.READY


async def test_a_session_is_removed_with_a_quit() -> None:
    async with conversation() as talk:
        talk.watch.monitor.remove("one")
        await settle()
        assert "one" not in talk.watch.watch.state.sessions
    assert talk.story()[-4:] == [
        "> QUIT", "< 221 final", "closed user_pi local", "session_removed",
    ]  # fmt: skip


async def test_leaving_takes_three_seconds_at_most() -> None:
    async with conversation(script(replies={"QUIT": ("@deaf",)})) as talk:
        before = talk.clock.elapsed()
    assert talk.clock.elapsed() - before == pytest.approx(3)
    assert talk.watch.events(ConnectionClosed)[0].by is ClosedBy.USER_PI


async def test_a_frozen_server_does_not_keep_us_from_leaving() -> None:
    frozen = script(replies={"NOOP": ("@deaf",)})
    async with conversation(frozen, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        before = talk.clock.elapsed()
    assert talk.clock.elapsed() - before <= 3.01


async def test_one_bad_session_delays_no_other() -> None:
    dead, good = script(greeting=()), script()
    async with conversation(good, dead) as talk:
        from watching import target

        talk.watch.monitor.watch(target(2101, "dead"))
        await settle()
        assert talk.watch.phase("one") is Phase.READY
        assert talk.watch.phase("dead") is Phase.GREETING


async def test_noop_answered_twice_never_shifts_what_answers_what() -> None:
    twice = script(replies={"NOOP": ("200 one", "200 two")})
    async with conversation(twice, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(11)
    roles = [r.role for r in talk.watch.events(ReplyReceived) if r.code == 200]
    assert roles == [Role.FINAL, Role.SPONTANEOUS] * 2


async def test_a_502_to_noop_proves_liveness() -> None:
    async with conversation(
        script(replies={"NOOP": ("502 What?",)}), keep_alive_seconds=5.0
    ) as talk:
        await talk.clock.advance(60)
        assert talk.watch.phase("one") is Phase.READY
        facts = talk.watch.watch.state.sessions["one"].connection
        assert facts is not None
        assert facts.keep_alives_refused == 1
        assert facts.overdue == 0
        assert facts.rtts[-1] is not None


async def test_an_endless_line_is_cut_and_the_connection_left() -> None:
    async with conversation() as talk:
        talk.network.cue(*[f"@raw {'x' * 1024 * 1024}"] * 34)
        await settle()
        malformed = talk.watch.events(MalformedReply)
        assert malformed and len(malformed[-1].raw) <= 65_536
        await talk.clock.advance(1)
        assert talk.watch.events(ConnectionClosed)[0].by is ClosedBy.USER_PI


async def test_a_block_that_its_server_ends_with_another_code_does_not_hang() -> None:
    odd = script(replies={"NOOP": ("211-Status", "212 End")})
    async with conversation(odd, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(21)
        assert 212 in talk.watch.codes()
        assert talk.watch.events(MalformedReply)
        assert talk.watch.phase("one") is Phase.READY


async def test_a_session_added_while_the_watch_ends_is_refused() -> None:
    from watching import target

    from ftpwatch.core.controls import Refused

    async with conversation() as talk:
        talk.watch.monitor.stop()
        with pytest.raises(Refused, match="ending"):
            talk.watch.monitor.watch(target(2100, "late"))


async def test_leaving_a_refused_connection_that_stays_open_takes_three_seconds_at_most() -> None:
    async with conversation(script(greeting=("421 Full.",), replies={"QUIT": ("@deaf",)})) as talk:
        await talk.clock.advance(1)
        before = talk.clock.elapsed()
    assert talk.clock.elapsed() - before <= 3.01


async def test_leaving_right_after_a_close_does_not_wait_for_the_reconnect() -> None:
    for turns in range(12):
        async with conversation(reconnect=Reconnect.AUTO) as talk:
            talk.network.cue("421 Server shutting down", "@fin")
            for _ in range(turns):
                await asyncio.sleep(0)
            before = talk.clock.elapsed()
        assert talk.clock.elapsed() - before <= 3.01, turns


async def test_a_host_that_does_not_answer_delays_no_other_host() -> None:
    from watching import target

    async with conversation(script(), script(greeting=())) as talk:
        for n in range(20):
            talk.watch.monitor.watch(target(2101, f"dead{n}"))
        talk.watch.monitor.watch(target(2100, "good"))
        await settle()
        assert talk.watch.phase("good") is Phase.READY


async def test_a_server_that_freezes_after_login_is_no_good_end() -> None:
    async with conversation(script(replies={"SYST": ("@deaf",)})) as talk:
        await talk.clock.advance(40)
        assert talk.watch.last().explanation.cause == "no_answer"
        state = talk.watch.watch.state
    assert state.sessions["one"].ended_badly
    assert not talk.watch.events(ConnectionClosed)[0].solicited


async def test_a_421_to_the_probe_still_announces_the_close() -> None:
    saying = script(replies={"NOOP": ("421 As I said.", "@fin")})
    async with conversation(saying) as talk:
        talk.network.cue("421 Going.")
        await talk.clock.advance(10)
    assert talk.watch.events(ConnectionClosed)[0].announced_by == 421


def replies_held() -> int:
    """Replies as read that somebody still holds; what is published of them is another value."""
    gc.collect()
    return sum(isinstance(one, Reply) for one in gc.get_objects())


async def test_preliminary_replies_to_a_keep_alive_are_not_hoarded() -> None:
    endless = script(replies={"NOOP": ("150 wait",) * 500})
    async with conversation(endless, keep_alive_seconds=5.0) as talk:
        before = replies_held()
        await talk.clock.advance(6)
        assert "< 150 preliminary" in talk.story()
        assert replies_held() - before < 10


async def test_what_a_keep_alive_was_answered_is_no_answer_to_a_later_listing() -> None:
    wordy = script(replies={"NOOP": ("150 wait", "200 ok")})
    async with conversation(wordy, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(11)
        talk.watch.monitor.set_keep_alive_command("one", "LIST")
        await talk.clock.advance(6)
        assert talk.watch.codes()[-3:] == [229, 150, 226]
        assert talk.watch.events(KeepAliveSkipped) == []


@pytest.mark.usefixtures("timed")
async def test_bytes_without_replies_leave_time_for_others() -> None:
    import time

    async with conversation() as talk:
        talk.network.cue("@raw 211-open\r\n" + "\n" * 400_000)
        longest, before = 0.0, time.thread_time()
        for _ in range(200):
            await asyncio.sleep(0)
            longest, before = max(longest, time.thread_time() - before), time.thread_time()
    assert longest < 0.1


async def test_an_end_before_asyncio_hands_the_connection_over_is_a_close_not_an_error() -> None:
    class Hasty(MemoryNetwork):
        async def __call__(
            self,
            factory: Callable[[], asyncio.StreamReaderProtocol],
            host: str,
            port: int,
            resolved: Callable[[], None] = lambda: None,
        ) -> asyncio.Transport:
            transport = await super().__call__(factory, host, port, resolved)
            for _ in range(10):
                await asyncio.sleep(0)
            return transport

    clock = FakeClock()
    watch = Watching(clock, Hasty(clock, script(greeting=("421 full", "@fin"))))
    running = asyncio.create_task(watch.monitor.run([target(2100)]))
    await clock.run_until(lambda: watch.events(ConnectionClosed))
    kinds = [kind_of(entry.event) for entry in watch.entries]
    assert kinds.index("connection_opened") < kinds.index("reply_received")
    assert watch.last().explanation.code == 421
    watch.monitor.stop()
    await clock.run_until(running.done)


async def test_sleep_while_a_reply_is_owed_ends_no_good_connection() -> None:
    slow = script(replies={"NOOP": ("@wait 10", "200 ok")})
    async with conversation(slow, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        talk.clock.sleep(3600)
        await talk.clock.advance(20)
        assert talk.watch.phase("one") is Phase.READY
        assert talk.watch.codes()[-1] == 200
        assert talk.watch.events(ConnectionClosed) == []


async def test_no_keep_alive_follows_a_421_that_arrives_as_it_falls_due() -> None:
    async with conversation(keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(4.9)
        talk.network.cue("421 Bye")
        talk.clock.move_to(5.5)
        await talk.clock.advance(1)
        assert [sent.verb for sent in talk.watch.events(CommandSent)][-1] == "FEAT"


async def test_a_drop_ends_the_wait_for_the_answer_to_our_quit() -> None:
    async with conversation(
        script(replies={"QUIT": ("@wait 60",)}), keep_alive_seconds=None
    ) as talk:
        talk.watch.monitor.quit("one")
        await talk.clock.advance(0.5)
        talk.watch.monitor.drop("one")
        await talk.clock.advance(0.1)
        (closed,) = talk.watch.events(ConnectionClosed)
        assert closed.open_seconds < 1


async def test_who_waits_for_its_turn_to_connect_hears_its_user() -> None:
    clock = FakeClock()
    watch = Watching(clock, MemoryNetwork(clock, script(greeting=("@wait 100", "220 late"))))
    names = [f"s{number}" for number in range(OPENING_AT_ONCE + 1)]
    running = asyncio.create_task(watch.monitor.run([target(2100, name) for name in names]))
    await clock.advance(1)
    watch.monitor.drop(names[-1])
    await clock.advance(5)
    assert watch.events(ConnectionOpening, names[-1]) == []
    assert watch.events(ReconnectAbandoned, names[-1])
    watch.monitor.stop()
    await clock.run_until(running.done)


async def test_an_account_that_is_asked_for_again_and_again_is_given_once() -> None:
    endless = script(replies={"PASS": ("332 Account?",), "ACCT": ("332 Account?",)})
    async with conversation(endless, user="bob", account=Secret("billing")) as talk:
        await talk.clock.advance(30)
        sent = [command.verb for command in talk.watch.events(CommandSent)]
        assert sent.count("ACCT") == 1
        assert len(talk.watch.events(ConnectionFailed)) == 1


async def test_a_server_that_is_recognised_is_asked_what_it_states() -> None:
    netkit = script(greeting=("220 FTP server (Version 6.4/OpenBSD/Linux-ftpd-0.17) ready.",))
    async with conversation(netkit) as talk:
        asked = [e for e in talk.watch.events(CommandSent) if e.purpose is Purpose.SETUP]
        written = [f"{e.verb} {e.argument}" if e.argument else e.verb for e in asked]
        assert written == ["SYST", "FEAT", "STAT", "SITE IDLE"]
        answers = [e for e in talk.watch.events(ReplyReceived) if e.role is Role.FINAL]
        assert len(answers) == 2 + len(asked)  # and nothing is owed
