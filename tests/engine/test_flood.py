"""A flood is counted and sampled; what somebody waits for, and what says why, is kept."""

from collections.abc import Sequence

from engine.conversation import Conversation, conversation, script
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    MalformedReply,
    RepliesSkipped,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.engine.flood import AT_ONCE, EACH_SECOND


def kept(talk: Conversation, word: str) -> list[ReplyReceived]:
    return [r for r in talk.watch.events(ReplyReceived) if word in r.text]


def skipped(talk: Conversation) -> int:
    return sum(event.count for event in talk.watch.events(RepliesSkipped))


async def flood(talk: Conversation, lines: Sequence[str], seconds: int = 1) -> None:
    each = len(lines) // seconds
    for second in range(seconds):
        talk.network.cue(*lines[second * each : (second + 1) * each])
        await talk.clock.advance(1)


async def test_a_flood_is_sampled_and_counted_to_the_last() -> None:
    async with conversation() as talk:
        await flood(talk, ["200 flood"] * 50_000, seconds=10)
        await talk.clock.advance(5)
        assert len(kept(talk, "flood")) + skipped(talk) == 50_000
        assert len(kept(talk, "flood")) <= AT_ONCE + 10 * EACH_SECOND
        assert len(talk.watch.events(RepliesSkipped)) <= 12
        assert talk.watch.phase("one") == "ready"


async def test_a_few_replies_at_once_are_no_flood() -> None:
    async with conversation() as talk:
        await flood(talk, ["200 talk"] * AT_ONCE)
        await talk.clock.advance(5)
        assert (len(kept(talk, "talk")), skipped(talk)) == (AT_ONCE, 0)


async def test_answers_to_commands_are_kept_in_a_flood() -> None:
    noisy = script(replies={"NOOP": (*["200 noise"] * 500, "200 more")})
    async with conversation(noisy, keep_alive_seconds=2.0) as talk:
        await talk.clock.advance(21)
        asked = [c for c in talk.watch.events(CommandSent) if c.purpose is Purpose.KEEP_ALIVE]
        answered = [r for r in talk.watch.events(ReplyReceived) if r.role is Role.FINAL]
        numbers = {r.in_reply_to.number for r in answered if r.in_reply_to is not None}
        assert {c.number for c in asked[:-1]} <= numbers and len(asked) >= 9


async def test_the_first_and_the_last_goodbye_of_a_flood_are_kept() -> None:
    async with conversation() as talk:
        goodbyes = [f"{221 if n % 2 else 421} bye {n}" for n in range(1_000)]
        await flood(talk, ["200 flood"] * 500 + goodbyes + ["200 flood"] * 500)
        await talk.clock.advance(4)
        assert [r.text for r in kept(talk, "bye")] == ["bye 0", "bye 1", "bye 998", "bye 999"]


async def test_what_was_counted_is_told_before_the_close() -> None:
    async with conversation() as talk:
        talk.network.cue(*["200 flood"] * 500, "421 Enough.", *["421 Really."] * 9, "@fin")
        await talk.clock.advance(0.1)
        events = [entry.event for entry in talk.watch.entries]
        end = next(n for n, event in enumerate(events) if isinstance(event, ConnectionClosed))
        last = events[end - 2 : end + 1]
        assert isinstance(last[0], RepliesSkipped) and isinstance(last[2], ConnectionClosed)
        assert isinstance(last[1], ReplyReceived) and last[1].text == "Really."
        assert last[2].announced_by == 421


async def test_a_flood_of_what_is_no_reply_is_counted_too() -> None:
    async with conversation() as talk:
        talk.network.cue(*["nonsense"] * 5_000)
        await talk.clock.advance(4)
        assert len(talk.watch.events(MalformedReply)) + skipped(talk) == 5_000
        assert len(talk.watch.events(MalformedReply)) == AT_ONCE
