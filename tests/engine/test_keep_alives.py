"""Keep-alive policies as a server sees them, on a clock that moves when told."""

import asyncio

import pytest

from engine.conversation import Conversation, conversation, script
from engine.memory import MemoryNetwork, settle
from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.keep_alive_policy import PRESETS
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    KeepAliveChanged,
    KeepAliveSkipped,
    ReconnectAbandoned,
)
from ftpwatch.core.state.next_step import next_keep_alive_at
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.verdict import Verdict
from ftpwatch.demo.script import ScriptedClock, ServerScript


def sent(talk: Conversation) -> list[str]:
    """Keep-alives in order, as sent."""
    return [
        event.verb if event.argument is None else f"{event.verb} {event.argument}"
        for event in talk.watch.events(CommandSent)
        if event.purpose is Purpose.KEEP_ALIVE
    ]


def moments(talk: Conversation, session: str = "one") -> list[float]:
    return [
        round(entry.elapsed_seconds, 3)
        for entry in talk.watch.entries
        if isinstance(entry.event, CommandSent)
        and entry.event.purpose is Purpose.KEEP_ALIVE
        and entry.session == session
    ]


async def test_a_rotation_goes_round() -> None:
    async with conversation(keep_alive_seconds=5.0, keep_alive_command="NOOP,PWD,STAT") as talk:
        await talk.clock.advance(21)
        assert sent(talk) == ["NOOP", "PWD", "STAT", "NOOP"]


async def test_winscp_sends_its_four_in_turn() -> None:
    async with conversation(keep_alive_seconds=30.0, keep_alive_command="winscp") as talk:
        await talk.clock.advance(151)
        assert sent(talk) == ["PWD", "REST 0", "TYPE A", "TYPE I", "PWD"]


async def test_filezilla_stops_half_an_hour_after_the_last_command_and_says_so() -> None:
    async with conversation(keep_alive_seconds=30.0, keep_alive_command="filezilla") as talk:
        await talk.clock.advance(3600)
        assert set(sent(talk)) == {"NOOP", "PWD", "TYPE I"}
        assert moments(talk)[-1] == pytest.approx(1800, abs=31)
        assert len(talk.watch.events(KeepAliveSkipped)) == 1
        assert talk.watch.phase("one") is Phase.READY


async def test_lftp_sends_nothing_and_leaves_after_three_minutes() -> None:
    async with conversation(keep_alive_seconds=None, keep_alive_command="lftp") as talk:
        await talk.clock.advance(179)
        assert talk.watch.phase("one") is Phase.READY
        await talk.clock.advance(2)
        assert talk.watch.events(ConnectionClosed)[0].solicited
        assert sent(talk) == []


async def test_a_watch_is_over_when_its_session_left_by_itself() -> None:
    """Also where nobody looks: a watch without a screen ends when nothing is left."""
    async with conversation(keep_alive_seconds=None, keep_alive_command="lftp") as talk:
        over = asyncio.create_task(talk.watch.monitor.wait_nothing_left())
        await talk.clock.advance(179)
        assert not over.done()
        await talk.clock.advance(5)
        assert over.done()
        assert talk.watch.events(ReconnectAbandoned)[0].cause == "local"


async def test_a_listing_runs_over_a_data_connection_and_is_one_keep_alive() -> None:
    async with conversation(keep_alive_seconds=5.0, keep_alive_command="LIST") as talk:
        await talk.clock.advance(11)
        assert sent(talk) == ["LIST", "LIST"]
        assert talk.watch.codes().count(226) == 2
        assert talk.watch.phase("one") is Phase.READY


async def test_pasv_serves_where_epsv_is_unknown() -> None:
    old = script(replies={"EPSV": ("500 What?",)})
    async with conversation(old, keep_alive_seconds=5.0, keep_alive_command="LIST") as talk:
        await talk.clock.advance(6)
        assert talk.watch.codes()[-2:] == [150, 226]


async def test_a_data_connection_that_does_not_open_is_said_and_ends_nothing() -> None:
    broken = script(replies={"EPSV": ("229 Entering Extended Passive Mode (|||9|)",)})
    async with conversation(broken, keep_alive_seconds=5.0, keep_alive_command="LIST") as talk:
        talk.network.down.add(9)
        await talk.clock.advance(11)
        assert "refused" in talk.watch.events(KeepAliveSkipped)[0].why
        assert talk.watch.phase("one") is Phase.READY


@pytest.mark.parametrize("code", [500, 502, 550])
async def test_a_refused_command_is_not_sent_again_and_that_is_said(code: int) -> None:
    no = (f"{code} no",)
    deaf = script(replies={"NOOP": no, "TYPE": no, "PWD": no})
    async with conversation(deaf, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(60)
        assert sent(talk) == ["NOOP", "TYPE A", "PWD"]
        assert str(code) in talk.watch.events(KeepAliveSkipped)[0].why
        assert talk.watch.events(KeepAliveChanged)[-1].interval_seconds is None
        assert talk.watch.phase("one") is Phase.READY
        judged = talk.watch.watch.state.verdicts.get("one")
        assert judged is not None
        assert judged.verdict is Verdict.REFUSED


@pytest.mark.parametrize("named", ["NOOP", "STAT"])
async def test_what_is_refused_is_replaced_by_something_harmless(named: str) -> None:
    deaf = script(replies={"NOOP": ("502 no",), "STAT": ("502 no",)})
    async with conversation(deaf, keep_alive_seconds=5.0, keep_alive_command=named) as talk:
        await talk.clock.advance(40)
        assert sent(talk)[-3:] == ["TYPE A"] * 3
        changed = talk.watch.events(KeepAliveChanged)[-1]
        assert (changed.interval_seconds, changed.command, changed.by) == (5.0, "TYPE A", "auto")
        assert f"refuses {named} with 502" in talk.watch.events(KeepAliveSkipped)[0].why


async def test_what_the_user_names_anew_is_tried_anew() -> None:
    deaf = script(replies={"NOOP": ("502 no",)})
    async with conversation(deaf, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(16)
        talk.watch.monitor.set_keep_alive_command("one", "NOOP")
        await talk.clock.advance(11)
        assert sent(talk)[-2:] == ["NOOP", "TYPE A"]


async def test_the_rest_of_a_rotation_goes_on_when_one_is_refused() -> None:
    deaf = script(replies={"NOOP": ("500 no",)})
    async with conversation(deaf, keep_alive_seconds=5.0, keep_alive_command="NOOP,STAT") as talk:
        await talk.clock.advance(16)
        assert sent(talk) == ["NOOP", "STAT", "STAT"]


async def test_a_lost_login_is_no_refusal_of_the_command() -> None:
    lost = script(replies={"NOOP": ("530 Please login with USER and PASS.",)})
    async with conversation(lost, keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(16)
        assert sent(talk) == ["NOOP"] * 3
        await talk.clock.advance(20)
        assert sent(talk) == ["NOOP"] * 3
        assert "no longer knows the login" in talk.watch.events(KeepAliveSkipped)[0].why


async def test_who_is_imitated_goes_on_when_refused() -> None:
    deaf = script(replies={"PWD": ("500 no",)})
    async with conversation(deaf, keep_alive_seconds=30.0, keep_alive_command="winscp") as talk:
        await talk.clock.advance(151)
        assert sent(talk).count("PWD") == 2


async def test_jitter_makes_a_keep_alive_sooner_never_later() -> None:
    async with conversation(sessions=2, keep_alive_seconds=10.0, keep_alive_jitter=0.3) as talk:
        await talk.clock.advance(100)
        gaps = [b - a for a, b in zip(moments(talk), moments(talk)[1:], strict=False)]
        assert all(7.0 <= gap <= 10.0 for gap in gaps)
        assert len({round(gap, 2) for gap in gaps}) > 3
        assert moments(talk, "one") != moments(talk, "two")


@pytest.mark.parametrize(
    "settings",
    [
        {"keep_alive_seconds": 10.0, "keep_alive_jitter": 0.3},
        {"keep_alive_seconds": 30.0, "keep_alive_command": "filezilla"},
    ],
)
async def test_what_a_view_counts_down_to_is_when_it_is_sent(settings: dict[str, object]) -> None:
    async with conversation(**settings) as talk:  # type: ignore[arg-type]
        for _ in range(5):
            due = next_keep_alive_at(talk.watch.watch.state.sessions["one"])
            before = len(moments(talk))
            assert due is not None
            await talk.clock.advance(due - talk.clock.elapsed() + 0.2)
            assert moments(talk)[before:] == [pytest.approx(due, abs=0.1)]
        await talk.clock.advance(3600)
        rests = talk.watch.events(KeepAliveSkipped)
        assert (next_keep_alive_at(talk.watch.watch.state.sessions["one"]) is None) is bool(rests)


async def test_the_countdown_is_right_after_another_command_was_chosen() -> None:
    async with conversation(keep_alive_seconds=10.0, keep_alive_jitter=0.5) as talk:
        await talk.clock.advance(35)
        talk.watch.monitor.set_keep_alive_command("one", "STAT")
        await settle()
        due = next_keep_alive_at(talk.watch.watch.state.sessions["one"])
        assert due is not None
        before = len(moments(talk))
        await talk.clock.advance(due - talk.clock.elapsed() + 0.01)
        assert moments(talk)[before:] == [pytest.approx(due, abs=0.01)]


async def test_what_follows_the_login_by_itself_is_no_command_of_the_user() -> None:
    slow = script(replies={"SYST": ("@wait 20", "215 UNIX")})
    async with conversation(
        slow, timeout_seconds=60.0, keep_alive_seconds=30.0, keep_alive_command="filezilla"
    ) as talk:
        await talk.clock.advance(3600)
        facts = talk.watch.watch.state.sessions["one"].connection
        assert facts is not None
        assert facts.last_user_command_at == pytest.approx(0, abs=0.5)
        assert max(moments(talk)) <= facts.last_user_command_at + 1800


async def test_the_command_changes_while_running() -> None:
    async with conversation(keep_alive_seconds=5.0) as talk:
        await talk.clock.advance(6)
        talk.watch.monitor.set_keep_alive_command("one", "STAT")
        await talk.clock.advance(5)
        talk.watch.monitor.set_keep_alive_command("one", "winscp")
        await talk.clock.advance(31)
        assert sent(talk) == ["NOOP", "STAT", "PWD"]
        with pytest.raises(Refused, match="DELE"):
            talk.watch.monitor.set_keep_alive_command("one", "DELE")
        assert (
            talk.watch.events(KeepAliveChanged)[-1].interval_seconds
            == PRESETS["winscp"].interval_seconds
        )


async def test_many_that_woke_late_are_spread_and_send_one_each() -> None:
    async with conversation(sessions=4, keep_alive_seconds=20.0) as talk:
        await talk.clock.advance(10)
        talk.clock.sleep(600)
        await talk.clock.advance(6)
        sends = [moments(talk, name) for name in ("one", "two", "three", "four")]
        assert all(len(times) == 1 for times in sends)
        assert len({times[0] for times in sends}) == 4
        assert all(610 <= times[0] <= 616 for times in sends)


def no_transfer(seconds: float) -> ServerScript:
    return script(
        greeting=("220 Scripted server",),
        clocks=(
            ScriptedClock(
                seconds,
                (f"421 No transfer timeout ({seconds:g} seconds): closing control connection",
                 "@fin"),
                ("LIST", "RETR"),
            ),
        ),
    )  # fmt: skip


async def test_auto_learns_that_noop_does_not_help_and_lives_by_listing() -> None:
    async with conversation(
        no_transfer(20), keep_alive_seconds=5.0, keep_alive_command="auto", reconnect="auto"
    ) as talk:
        await talk.clock.run_until(lambda: talk.watch.events(ConnectionClosed))
        judged = talk.watch.watch.state.verdicts.get("one")
        assert judged is not None
        assert judged.verdict is Verdict.USELESS
        await talk.clock.advance(220)
        assert len(talk.watch.events(ConnectionClosed)) == 1
        assert "LIST" in sent(talk)
        judged = talk.watch.watch.state.verdicts.get("one")
        assert judged is not None
        assert judged.verdict is Verdict.HOLDING


async def test_auto_goes_on_when_its_first_choice_is_refused() -> None:
    deaf = script(replies={"NOOP": ("502 no",)})
    async with conversation(deaf, keep_alive_seconds=5.0, keep_alive_command="auto") as talk:
        await talk.clock.advance(21)
        assert sent(talk) == ["NOOP", "PWD", "PWD", "PWD"]


PURE_FTPD = (
    "220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------",
    "220 You will be disconnected after 1 minute of inactivity.",
)


async def test_auto_takes_what_the_greeting_promises_and_the_server_is_known_for() -> None:
    pure = script(greeting=PURE_FTPD, clocks=(ScriptedClock(60, ("421 Timeout.", "@fin")),))
    async with conversation(pure, keep_alive_seconds=50.0, keep_alive_command="auto") as talk:
        await talk.clock.advance(200)
        assert set(sent(talk)) == {"STAT"}
        changed = talk.watch.events(KeepAliveChanged)[-1]
        assert (changed.interval_seconds, changed.command, changed.by) == (30.0, "STAT", "auto")
        judged = talk.watch.watch.state.verdicts.get("one")
        assert judged is not None
        assert judged.verdict is Verdict.HOLDING
        assert judged.numbers["limit_seconds"] == 120


async def test_a_server_cannot_send_the_data_connection_elsewhere() -> None:
    sly = script(
        replies={"EPSV": ("500 no",), "PASV": ("227 Entering Passive Mode (10,9,8,7,195,80).",)}
    )
    seen: list[tuple[str, int]] = []
    async with conversation(sly, keep_alive_seconds=5.0, keep_alive_command="LIST") as talk:
        connect = MemoryNetwork.__call__

        async def noted(self: MemoryNetwork, factory: object, host: str, port: int) -> object:
            seen.append((host, port))
            return await connect(self, factory, host, port)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(MemoryNetwork, "__call__", noted)
            await talk.clock.advance(6)
    assert seen == [("127.0.0.1", 50_000)]


@pytest.mark.parametrize(
    "listing",
    [
        ("150 Here it comes.",),
        ("150 Here it comes.", "421 Timeout.", "@fin"),
        ("150 Here it comes.", "@rst"),
        ("421 Timeout.", "@fin"),
    ],
)
async def test_a_listing_that_never_ends_well_ends_the_connection_and_nothing_else(
    listing: tuple[str, ...],
) -> None:
    async with conversation(
        script(replies={"LIST": listing}), sessions=2, keep_alive_seconds=5.0,
        keep_alive_command="LIST",
    ) as talk:  # fmt: skip
        talk.watch.monitor.set_keep_alive_command("two", "NOOP")
        await talk.clock.advance(60)
        assert talk.watch.phase("one") is Phase.CLOSED
        assert talk.watch.phase("two") is Phase.READY
        (closed,) = talk.watch.events(ConnectionClosed)
        assert closed.idle_seconds is not None


async def test_endless_data_is_cut() -> None:
    class Flood(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            for _ in range(20):
                transport.write(b"x" * 10_000)

    endless = script(
        replies={"EPSV": ("229 Entering Extended Passive Mode (|||777|)",),
                 "LIST": ("150 Here it comes.", "@wait 2", "426 Connection closed.")}
    )  # fmt: skip
    async with conversation(endless, keep_alive_seconds=5.0, keep_alive_command="LIST") as talk:
        await talk.network.open(Flood, 777)
        await talk.clock.advance(30)
        assert talk.watch.phase("one") in (Phase.READY, Phase.TRANSFER)
        assert sent(talk).count("LIST") >= 3


@pytest.mark.parametrize(
    "replies",
    [
        {"EPSV": ("229 nonsense",), "PASV": ("227 nonsense",)},
        {"EPSV": ("229 Entering (|||0|)",)},
        {"EPSV": ("229 Entering (|||99999|)",)},
        {"EPSV": ("500 no",), "PASV": ("227 1,2,3",)},
    ],
)
async def test_a_passive_reply_that_names_no_port_is_skipped(
    replies: dict[str, tuple[str, ...]],
) -> None:
    async with conversation(
        script(replies=replies), keep_alive_seconds=5.0, keep_alive_command="LIST"
    ) as talk:
        await talk.clock.advance(11)
        assert len(talk.watch.events(KeepAliveSkipped)) == 2
        assert talk.watch.phase("one") is Phase.READY


async def test_a_refused_passive_command_is_named_and_judged() -> None:
    verbs = ("EPSV", "PASV", "NOOP", "TYPE", "PWD")
    active_only = script(replies=dict.fromkeys(verbs, ("502 no",)))
    async with conversation(active_only, keep_alive_seconds=5.0, keep_alive_command="LIST") as talk:
        await talk.clock.advance(26)
        assert "refuses PASV with 502" in talk.watch.events(KeepAliveSkipped)[0].why
        judged = talk.watch.watch.state.verdicts.get("one")
        assert judged is not None
        assert judged.verdict is Verdict.REFUSED


async def test_auto_leaves_off_what_the_user_turned_off() -> None:
    async with conversation(
        script(greeting=PURE_FTPD), keep_alive_seconds=None, keep_alive_command="auto"
    ) as talk:
        await talk.clock.advance(200)
        assert sent(talk) == []
        assert talk.watch.events(KeepAliveChanged) == []
