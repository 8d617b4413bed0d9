"""What goes to stdout, to the byte."""

from datetime import UTC, datetime

from knowledge.contexts import Tale
from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent, ReplyReceived, SourceOpened
from ftpwatch.core.journal.vocabulary import Role, SourceKind, Stage
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Advice, Confidence, Explained, Explanation
from ftpwatch.core.state.state import WatchState
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.headless.lines import Json, Silent, Stream

AT = datetime(2026, 11, 21, 2, 56, 48, 123456, tzinfo=UTC)


def update(event: AnyEvent, *, explained: bool = False) -> Update:
    entry = Entry(12, AT, 4.0031, "eu-1", 1, event)
    told = Explanation(
        421, "idle_timeout", Confidence.CERTAIN, "421 x", "m", "so", False, ("because é",),
        advice=Advice(("wait",), ()), server="vsftpd", directive="d", clock="idle",
        limit_seconds=300.0,
    )  # fmt: skip
    return Update(
        entry, WatchState(), (Explained(12, 1, entry, "eu-1", 1, told),) if explained else ()
    )


def reply(text: str, raw: bytes | None = None) -> ReplyReceived:
    return ReplyReceived(421, (text,), "utf-8", raw, 0, Role.SPONTANEOUS, None, None)


def test_json_lines_are_the_contract_to_the_byte() -> None:
    lines: list[str] = []
    Json(lines.append).show(update(reply("Timeout.", b"\xff\n"), explained=True))
    assert lines == [
        '{"v":1,"seq":12,"at":"2026-11-21T02:56:48.123456Z","elapsed_seconds":4.0031,'
        '"session":"eu-1","connection":1,"event":"reply_received","code":421,'
        '"lines":["Timeout."],"encoding":"utf-8","raw":"/wo=","truncated_bytes":0,'
        '"role":"spontaneous","in_reply_to":null,"latency_seconds":null,"rtt_seconds":null}\n',
        '{"v":1,"at":"2026-11-21T02:56:48.123456Z","elapsed_seconds":4.0031,'
        '"session":"eu-1","connection":1,"event":"explained","of":12,"revision":1,"code":421,'
        '"cause":"idle_timeout","confidence":"certain","evidence":["because \\u00e9"],'
        '"against":[],"alternatives":[],"advice":{"client":["wait"],"server":[]},'
        '"server":"vsftpd","directive":"d","clock":"idle","limit_seconds":300.0,'
        '"incident":null}\n',
    ]


def test_stream_lines_obey_nothing_from_the_wire() -> None:
    lines: list[str] = []
    Stream(lines.append).show(update(reply("\x1b]0;owned\x07 [red]x[/red] \u202e")))
    assert lines[0].endswith("eu-1         ! 421 ␛]0;owned␇ [red]x[/red] ‹U+202E›\n")


def test_columns_stay_where_names_are_long() -> None:
    lines: list[str] = []
    stream = Stream(lines.append)
    names = ("eu", "a-name-that-is-long", "us")
    for name in names:
        stream.show(Update(Entry(1, AT, 0.0, name, 1, reply("x")), WatchState(), ()))
    assert lines[1].index("! 421") == lines[2].index("! 421")
    stream.show(Update(Entry(1, AT, 0.0, "n" * 400, 1, reply("x")), WatchState(), ()))
    stream.show(Update(Entry(1, AT, 0.0, "us", 1, reply("x")), WatchState(), ()))
    assert lines[-1].index("! 421") < 70


def test_that_a_verdict_is_awaited_is_said_once_of_a_host() -> None:
    lines: list[str] = []
    stream, tale = Stream(lines.append), Tale()
    tale.watch.subscribe(stream.show)
    for number in range(30):
        tale.ready(0, f"s{number}", keep_alive=10)
    for number in range(30):
        tale.asks(10, "NOOP", session=f"s{number}")
        tale.says(10, 200, "ok", Role.FINAL, session=f"s{number}")
    awaited = [line for line in lines if "not yet" in line]
    assert len(awaited) == 1 and "no limit of this server is known yet" in awaited[0]


def test_every_kind_of_entry_is_made_visible() -> None:
    from ftpwatch.core.journal.events import ConnectionOpened, ReconnectAbandoned, WatchStopped

    trick = "\x1b]0;owned\x07"
    for event in (
        ConnectionOpened(trick, trick),
        WatchStopped(trick),
        ReconnectAbandoned(1, trick),
    ):
        lines: list[str] = []
        Stream(lines.append).show(update(event))
        assert "\x1b" not in lines[0]


def test_ascii_means_ascii() -> None:
    lines: list[str] = []
    Stream(lines.append, ascii_only=True).show(update(reply("naïve → 日本"), explained=True))
    assert all(line.isascii() for line in lines)


def test_silent_is_silent(capsys) -> None:
    Silent().show(update(reply("x")))
    assert capsys.readouterr().out == ""


def test_exit_codes_say_how_it_ended() -> None:
    well = Tale().ready().closes(9, solicited=True)
    assert exit_code(well.watch.state) is ExitCode.WELL
    badly = Tale().ready().closes(9, 421)
    assert exit_code(badly.watch.state) is ExitCode.BADLY
    assert exit_code(WatchState()) is ExitCode.WELL


def test_what_fails_again_for_the_same_reason_is_told_once_and_again_when_that_changes() -> None:
    lines: list[str] = []
    tale = Tale()
    tale.watch.subscribe(Stream(lines.append).show)
    for at, problem in enumerate(["connection refused"] * 3 + ["no route to host"]):
        tale.opening(10 * at).fails(10 * at + 1, Stage.CONNECT, problem)
    text = "".join(lines)
    assert text.count("why: Server not reached (certain): ") == 2
    assert text.count("why: Server not reached (certain), as before") == 2
    assert text.count("on our side: check that the server runs") == 2
    assert text.count("failed at connect: ") == 4
    tale.ready(50).opening(60).fails(61, Stage.CONNECT, "no route to host")
    assert "".join(lines).count("why: Server not reached (certain): ") == 3


def test_advice_on_somebody_elses_session_is_not_for_our_side() -> None:
    lines: list[str] = []
    told = Stream(lines.append)
    source = SourceOpened(SourceKind.LOG, "x.log", None, False)
    told.show(replace(update(reply("x"), explained=True), state=WatchState(source=source)))
    text = "".join(lines)
    assert "on the client: wait" in text and "on our side" not in text
