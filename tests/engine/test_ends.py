"""How ends are judged as they unfold: revised waits, refused logins, announcements that came to
nothing.
"""

import itertools

import pytest

from engine.conversation import conversation, script
from engine.memory import settle
from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    LimitKnown,
    ReconnectAbandoned,
    ReconnectScheduled,
    RepliesSkipped,
    ReplyReceived,
)
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.script import ScriptedClock, ServerScript
from ftpwatch.engine.hosts import ASKS_ANEW_SECONDS
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.knowledge.advisor import KnowledgeAdvisor


async def test_the_first_of_a_shutdown_waits_as_long_as_the_last() -> None:
    async with conversation(sessions=4, reconnect=Reconnect.AUTO) as talk:
        talk.network.cue("@fin")
        await talk.clock.advance(25)
        assert len(talk.watch.events(ConnectionOpening)) == 4
        await talk.clock.advance(120)
        again = [e.elapsed_seconds for e in talk.watch.entries if _is_return(e.event)]
        assert len(again) == 4
        assert min(again) >= 30
        assert min(b - a for a, b in itertools.pairwise(sorted(again))) > 0.99


def _is_return(event: object) -> bool:
    return isinstance(event, ConnectionOpening) and event.attempt > 1


async def test_a_refused_login_is_not_tried_again_whatever_follows_it() -> None:
    refusing = script(replies={"PASS": ("530 Login incorrect.", "421 Timed out.", "@fin")})
    async with conversation(refusing, reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(120)
        (abandoned,) = talk.watch.events(ReconnectAbandoned)
        assert abandoned.cause == "login_refused"
        assert len(talk.watch.events(ConnectionOpening)) == 1
        assert talk.watch.events(LimitKnown) == []


async def test_a_host_that_was_full_is_asked_anew_after_a_long_time() -> None:
    one = script(places=1, when_full=("421 Too many connections from this IP", "@fin"))
    async with conversation(one, sessions=2, reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(ASKS_ANEW_SECONDS - 10)
        waiting = next(s for s in ("one", "two") if talk.watch.phase(s) is not Phase.READY)
        assert len(talk.watch.events(ConnectionOpening, waiting)) == 1
        await talk.clock.advance(2 * ASKS_ANEW_SECONDS)
        assert len(talk.watch.events(ConnectionOpening, waiting)) in (2, 3)


async def test_a_421_that_comes_to_nothing_is_withdrawn_and_the_goodbye_is_our_own() -> None:
    async with conversation() as talk:
        talk.network.cue("421 Just kidding")
        await settle()
        first = talk.watch.last()
        await talk.clock.advance(10)
        assert talk.watch.last().of == first.of
        assert talk.watch.last().explanation.cause is None
        talk.watch.monitor.quit("one")
        await talk.clock.advance(1)
        told = talk.watch.last()
        assert told.explanation.cause == "client_quit"
        assert told.of == talk.watch.reply(221).seq
        (closed,) = talk.watch.events(ConnectionClosed)
        assert closed.announced_by == 221
    assert exit_code(talk.watch.watch.state) is ExitCode.WELL


async def test_the_row_of_a_close_and_its_explanation_name_one_announcement() -> None:
    async with conversation() as talk:
        talk.network.cue("421 Just kidding")
        await talk.clock.advance(1)
        talk.watch.monitor.quit("one")
        await talk.clock.advance(1)
        (closed,) = talk.watch.events(ConnectionClosed)
        why = talk.watch.last().explanation
        assert (closed.announced_by, why.code, why.cause) == (221, 221, "client_quit")


async def test_a_421_to_everything_leaves_the_goodbye_its_own_explanation() -> None:
    stubborn = script(replies={"NOOP": ("421 Still here.",)})
    async with conversation(stubborn) as talk:
        talk.network.cue("421 Soon.")
        await talk.clock.advance(12)
        said = [e.seq for e in talk.watch.entries if getattr(e.event, "code", None) == 421]
        talk.watch.monitor.quit("one")
        await talk.clock.advance(1)
        explained = {told.of for told in talk.watch.explained}
        assert len(said) >= 2
        assert {*said, talk.watch.reply(221).seq} <= explained
        assert talk.watch.last().explanation.cause == "client_quit"


async def test_a_login_refused_while_we_leave_is_still_refused() -> None:
    slow = script(replies={"PASS": ("@wait 4", "530 Login incorrect.")})
    async with conversation(slow) as talk:
        await talk.clock.advance(2)
        assert [sent.verb for sent in talk.watch.events(CommandSent)] == ["USER", "PASS"]
        talk.watch.monitor.quit("one")
        await talk.clock.advance(10)
        causes = [told.explanation.cause for told in talk.watch.explained]
        assert "login_refused" in causes
        assert exit_code(talk.watch.watch.state) is ExitCode.BADLY


async def test_our_own_close_after_a_silent_quit_is_not_the_servers() -> None:
    async with conversation(script(replies={"QUIT": ("@wait 30",)})) as talk:
        talk.watch.monitor.quit("one")
        await talk.clock.advance(10)
        told = talk.watch.last().explanation
        assert told.cause == "client_quit"
        assert told.evidence == ("we had sent QUIT, and closed without the 221",)
        assert "goodbye" in told.summary and "said goodbye" not in told.summary


async def test_an_end_that_nothing_decides_is_waited_for_at_once_too() -> None:
    async with conversation(reconnect=Reconnect.AUTO) as talk:
        talk.network.cue("421 Hm.", "@fin")
        await settle()
        (said,) = talk.watch.events(ReconnectScheduled)
        assert said.delay_seconds >= 3


async def test_a_wait_is_said_anew_when_it_changes() -> None:
    idle = script(clocks=(ScriptedClock(20, ("@fin",)),))
    async with conversation(idle, sessions=3, reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(40)
        waits = {name: talk.watch.events(ReconnectScheduled, name) for name in ("one", "three")}
        assert all(said[-1].cause == "server_shutdown" for said in waits.values())


GOODBYES = ("421 Idle for 15 seconds, closing.", "221 Goodbye.", "421 Timeout.")


@pytest.mark.parametrize("apart", [(), ("@wait 0.9",)])
@pytest.mark.parametrize("said", list(itertools.permutations(GOODBYES)))
async def test_of_several_announcements_in_a_burst_the_first_stands(
    said: tuple[str, ...], apart: tuple[str, ...]
) -> None:
    async with conversation() as talk:
        await talk.clock.advance(15)
        talk.network.cue(said[0], *apart, said[1], *apart, said[2], "@fin")
        await talk.clock.advance(5)
        codes = [int(words[:3]) for words in said]
        assert talk.watch.codes()[-3:] == codes
        (closed,) = talk.watch.events(ConnectionClosed)
        assert closed.announced_by == codes[0]
        assert {told.of for told in talk.watch.explained} == {talk.watch.reply(codes[0]).seq}


async def test_an_announcement_long_after_another_that_came_to_nothing_takes_its_place() -> None:
    async with conversation(script(replies={"NOOP": ("@deaf",)})) as talk:
        talk.network.cue("421 Soon.", "@wait 2.1", "221 Goodbye.", "@fin")
        await talk.clock.advance(5)
        (closed,) = talk.watch.events(ConnectionClosed)
        assert closed.announced_by == 221
        assert talk.watch.last().of == talk.watch.reply(221).seq


FULL = "421 Too many users"


@pytest.mark.parametrize(
    "polite",
    [
        script(greeting=(FULL,)),
        script(replies={"USER": (FULL,)}),
        script(replies={"PASS": (FULL,)}),
        script(replies={"PASS": ("530 Sorry, too many connections from your host.",)}),
        script(greeting=("120 Ready in 5 minutes", "@fin")),
    ],
)
async def test_who_refuses_and_waits_for_our_quit_is_asked_again(polite: ServerScript) -> None:
    """The 221 to the QUIT with which we leave decides nothing."""
    async with conversation(polite, reconnect=Reconnect.AUTO) as talk:
        await talk.clock.advance(20)
        (waits,) = talk.watch.events(ReconnectScheduled)
        assert waits.cause.startswith("too_many") or waits.cause == "service_unavailable"
        assert waits.delay_seconds >= 25
        causes = {told.explanation.cause for told in talk.watch.explained}
        assert "client_quit" not in causes
        await talk.clock.advance(60)
        assert len(talk.watch.events(ConnectionOpening)) > 1


async def test_a_server_that_asks_for_the_password_again_has_refused_it() -> None:
    asking = script(replies={"PASS": ("331 again",)})
    async with conversation(asking, reconnect=Reconnect.ALWAYS) as talk:
        await talk.clock.advance(60)
        (failed,) = talk.watch.events(ConnectionFailed)
        assert failed.problem == "331 again is not an answer to go on with"
        assert talk.watch.last().explanation.cause == "login_refused"
        assert len(talk.watch.events(ConnectionOpening)) == 1


async def test_what_has_no_end_is_closed_by_us_and_not_called_silent() -> None:
    endless = script(replies={"SYST": (f"@raw {'x' * 40_000_000}",)})
    async with conversation(endless) as talk:
        await talk.clock.advance(1)
        told = talk.watch.last().explanation
        assert told.cause == "local"
        assert "no end of reply" in " ".join(told.evidence)
        assert "nothing to do" not in told.advice.client


async def test_a_flood_of_announcements_is_judged_now_and_then_not_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0
    explain = KnowledgeAdvisor.explain

    def counted(advisor: KnowledgeAdvisor, context: Context) -> Explanation:
        nonlocal asked
        asked += 1
        return explain(advisor, context)

    monkeypatch.setattr(KnowledgeAdvisor, "explain", counted)
    async with conversation() as talk:
        talk.network.cue(*(f"421 Timeout {n}." for n in range(1_000)))
        await talk.clock.advance(4)
        (skipped,) = talk.watch.events(RepliesSkipped)
        assert talk.watch.codes().count(421) + skipped.count == 1_000
        assert talk.watch.codes().count(421) == 101
        assert talk.watch.events(ReplyReceived)[-1].lines == ("Timeout 999.",)
        assert 1 <= asked <= 20
        assert talk.watch.last().explanation.heading == "421 Timeout 0."
