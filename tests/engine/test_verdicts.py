"""Verdicts: right within one interval of the moment they can be known, with their numbers."""

import json

import pytest

from engine.conversation import Conversation, conversation, script
from ftpwatch.core.journal.events import KeepAliveChanged, LimitKnown
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.verdict import Judged, Verdict, VerdictChanged, verdict_line
from ftpwatch.core.text.verdict_text import verdict_short
from ftpwatch.demo.script import ScriptedClock


def verdict(talk: Conversation, session: str = "one") -> Judged:
    judged = talk.watch.watch.state.verdicts.get(session)
    assert judged is not None
    return judged


def changes(talk: Conversation) -> list[VerdictChanged]:
    found: list[VerdictChanged] = []

    def note(update: Update) -> None:
        found.extend(update.verdicts)

    talk.watch.watch.subscribe(note)
    return found


def idle(seconds: float) -> ScriptedClock:
    return ScriptedClock(seconds, (f"421 Idle timeout ({seconds:g} seconds).", "@fin"))


def advertised(talk: Conversation, seconds: float, clock: str = "idle") -> None:
    talk.watch.bus.publish(LimitKnown("127.0.0.1", 2100, clock, seconds, "advertised"), "one", 1)


async def test_without_a_known_limit_nothing_can_be_told() -> None:
    async with conversation(keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(1000)
        assert verdict(talk).verdict is Verdict.NOT_YET
        assert verdict(talk).told_at is None


async def test_not_yet_says_how_long_and_holding_comes_within_one_interval() -> None:
    async with conversation(script(clocks=(idle(60),)), keep_alive_seconds=20.0) as talk:
        told = changes(talk)
        await talk.clock.advance(1)
        advertised(talk, 60)
        await talk.clock.advance(1)
        assert verdict(talk).verdict is Verdict.NOT_YET
        assert verdict(talk).told_at == pytest.approx(63, abs=0.1)
        await talk.clock.advance(58)
        assert verdict(talk).verdict is Verdict.NOT_YET
        await talk.clock.advance(21)
        assert verdict(talk).verdict is Verdict.HOLDING
        assert verdict(talk).numbers["limit_seconds"] == 60
        assert [change.judged.verdict for change in told] == [Verdict.HOLDING]


async def test_who_outlives_the_limit_with_no_keep_alive_answered_does_not_hold() -> None:
    slow = script(replies={"NOOP": ("@wait 100", "200 at last")})
    async with conversation(slow, keep_alive_seconds=20.0, timeout_seconds=600.0) as talk:
        told = changes(talk)
        await talk.clock.advance(90)
        advertised(talk, 60)
        await talk.clock.advance(1)
        assert verdict(talk).verdict is Verdict.NOT_YET
        assert verdict(talk).numbers["answered"] == 0
        assert told == []
        await talk.clock.advance(30)
        assert verdict(talk).verdict is Verdict.HOLDING
        assert verdict(talk).numbers["answered"] == 1


async def test_a_limit_seen_in_another_session_makes_the_verdict_possible() -> None:
    async with conversation(
        script(clocks=(idle(30),)), sessions=1, keep_alive_seconds=10.0
    ) as talk:
        talk.add("silent", keep_alive_seconds=None)
        await talk.clock.advance(60)
        assert verdict(talk).verdict is Verdict.HOLDING
        assert verdict(talk).numbers["source"] == "observed"
        assert talk.watch.watch.state.verdicts.get("silent") is None


async def test_a_keep_alive_slower_than_the_limit_is_too_slow_not_useless() -> None:
    async with conversation(script(clocks=(idle(15),)), keep_alive_seconds=20.0) as talk:
        await talk.clock.advance(17)
        assert verdict(talk).late
        assert verdict(talk).verdict is Verdict.NOT_YET
        assert verdict_short(verdict(talk), 17) == "✗ too slow"
        assert "too slow" not in verdict(talk).words


@pytest.mark.parametrize(
    ("words", "reset_by", "clock"),
    [
        ("421 No transfer timeout (30 seconds): closing control connection", ("LIST",),
         "no_transfer"),
        ("421 Session Timeout (30 seconds): closing control connection", (), "session"),
        ("421 Idle timeout (30 seconds).", ("STAT",), "idle"),
    ],
)  # fmt: skip
async def test_useless_where_a_clock_struck_that_answered_keep_alives_did_not_reset(
    words: str, reset_by: tuple[str, ...], clock: str
) -> None:
    strict = script(clocks=(ScriptedClock(30, (words, "@fin"), reset_by),))
    async with conversation(strict, keep_alive_seconds=5.0, reconnect="auto") as talk:
        await talk.clock.advance(31)
        assert verdict(talk).verdict is Verdict.USELESS
        assert verdict(talk).numbers["answered"] == 5
        await talk.clock.advance(20)
        assert verdict(talk).verdict is Verdict.USELESS


async def test_another_command_is_judged_anew() -> None:
    strict = script(
        clocks=(
            ScriptedClock(
                30, ("421 No transfer timeout (30 seconds): closing control connection", "@fin"),
                ("LIST",),
            ),
        )
    )  # fmt: skip
    async with conversation(strict, keep_alive_seconds=5.0, reconnect="auto") as talk:
        await talk.clock.advance(40)
        talk.watch.monitor.set_keep_alive_command("one", "LIST")
        await talk.clock.advance(6)
        assert verdict(talk).verdict is Verdict.NOT_YET
        await talk.clock.advance(60)
        assert verdict(talk).verdict is Verdict.HOLDING


async def test_a_close_that_is_no_clock_leaves_the_verdict() -> None:
    async with conversation(script(clocks=(idle(20),)), keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(1)
        advertised(talk, 20)
        await talk.clock.advance(30)
        talk.network.cue("421 Server shutting down", "@fin")
        await talk.clock.advance(3)
        assert verdict(talk).verdict is Verdict.HOLDING


@pytest.mark.parametrize(("leave", "cause"), [("quit", "client_quit"), ("drop", "local")])
async def test_what_we_ended_has_no_verdict(leave: str, cause: str) -> None:
    async with conversation(script(clocks=(idle(20),)), keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(1)
        advertised(talk, 20)
        await talk.clock.advance(40)
        assert verdict(talk).verdict is Verdict.HOLDING
        getattr(talk.watch.monitor, leave)("one")
        await talk.clock.advance(5)
        assert talk.watch.watch.state.verdicts.get("one") is None
        assert talk.watch.last().explanation.cause == cause


async def test_turned_off_there_is_nothing_to_judge() -> None:
    async with conversation(keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        talk.watch.monitor.set_keep_alive("one", None)
        await talk.clock.advance(1)
        assert talk.watch.events(KeepAliveChanged)[-1].interval_seconds is None
        assert talk.watch.watch.state.verdicts.get("one") is None


async def test_the_line_is_derived_and_has_no_seq() -> None:
    async with conversation(script(replies={"NOOP": ("502 no",)}), keep_alive_seconds=5.0) as talk:
        told = changes(talk)
        await talk.clock.advance(6)
    line = json.loads(verdict_line(told[-1]))
    assert line["event"] == "verdict_changed"
    assert line["verdict"] == "refused"
    assert line["numbers"]["code"] == 502
    assert "seq" not in line


async def test_an_interval_made_longer_than_the_limit_holds_no_more() -> None:
    async with conversation(script(clocks=(idle(60),)), keep_alive_seconds=20.0) as talk:
        await talk.clock.advance(1)
        advertised(talk, 60)
        await talk.clock.advance(90)
        assert verdict(talk).verdict is Verdict.HOLDING
        talk.watch.monitor.set_keep_alive("one", 3600.0)
        await talk.clock.advance(1)
        assert verdict(talk).late


async def test_what_was_never_sent_is_not_called_useless() -> None:
    words = "421 No transfer timeout (100 seconds): closing control connection"
    strict = script(clocks=(ScriptedClock(100, (words, "@fin"), ("LIST",)),))
    async with conversation(strict, keep_alive_seconds=10.0) as talk:
        await talk.clock.advance(95)
        talk.watch.monitor.set_keep_alive_command("one", "LIST")
        await talk.clock.advance(6)
        assert verdict(talk).verdict is not Verdict.USELESS


async def test_a_clock_that_runs_by_default_is_waited_for_before_holding() -> None:
    filezilla = script(greeting=("220-FileZilla Server 0.9.60 beta", "220 ready"))
    async with conversation(filezilla, keep_alive_seconds=10.0) as talk:
        await talk.clock.advance(1)
        advertised(talk, 30)
        await talk.clock.advance(60)
        assert verdict(talk).verdict is Verdict.NOT_YET
        assert verdict(talk).numbers["source"] == "default"


async def test_one_refused_command_of_several_is_no_refusal() -> None:
    deaf = script(replies={"REST": ("502 no",)})
    async with conversation(deaf, keep_alive_seconds=30.0, keep_alive_command="winscp") as talk:
        told = changes(talk)
        await talk.clock.advance(1)
        advertised(talk, 60)
        await talk.clock.advance(1000)
        assert [change.judged.verdict for change in told] == [Verdict.HOLDING]
