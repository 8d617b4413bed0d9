"""Every format table: its example is recognised as its own, and explained; what people do to logs
before they paste them changes nothing.
"""

import json

import pytest

from ftpwatch.core.journal.events import CommandSent, ReplyReceived, SourceOpened
from ftpwatch.transcripts.formats import load
from ftpwatch.transcripts.model import Example, Format
from transcripts.heard import heard_log

FORMATS = load()
EXAMPLES = [(form, example) for form in FORMATS.programs for example in form.example]
LFTP = (
    "---- Connecting to ftp.example.com (192.0.2.1) port 21\n"
    "<--- 220 ProFTPD Server ready.\n---> USER ops\n<--- 331 Password required for ops\n"
    "---> PASS s3cret-lab\n<--- 230 User ops logged in\n---> NOOP\n"
    "<--- 421 Idle timeout (600 seconds): closing control connection\n"
    "---- Closing control socket\n"
)


@pytest.mark.parametrize("form", FORMATS.programs, ids=lambda form: form.name)
def test_every_format_has_an_example_and_says_where_it_is_from(form: Format) -> None:
    assert form.example and form.source


@pytest.mark.parametrize(
    ("form", "example"), EXAMPLES, ids=[f"{form.name}-{n}" for n, (form, _) in enumerate(EXAMPLES)]
)
def test_an_example_is_recognised_and_explained(form: Format, example: Example) -> None:
    heard = heard_log(example.log.lstrip("\n"))
    assert heard.format == form.name
    cause = heard.end.cause if heard.end is not None else None
    assert cause == example.cause


@pytest.mark.parametrize(
    "before",
    [
        "", "2026-03-01 10:00:00 ", "2026-03-01T10:00:00.123Z ", "[10:00:00] ", "10:00:00.123456 ",
        "Mar  1 10:00:00 web1 lftp[4711]: ", "2026/03/01 10:00:00 ", "ftp_1  | ", "[debug] ",
        "2026-03-01T10:00:00+01:00 stdout: ", "#12 0.345 ", "some words of a wrapper: ", "> ",
        "[09-01 17:11:45] [info] ",
    ],
)  # fmt: skip
def test_what_stands_before_the_lines_is_taken_off(before: str) -> None:
    heard = heard_log("".join(f"{before}{line}\n" for line in LFTP.splitlines()))
    assert heard.end is not None
    assert (heard.end.cause, heard.end.directive) == ("idle_timeout", "TimeoutIdle")
    assert sum(isinstance(event, CommandSent) for event in heard.events) == 3


@pytest.mark.parametrize(
    "spoilt",
    [
        LFTP.replace("\n", "\r\n").encode(),
        LFTP.encode("utf-16"),
        LFTP.encode("utf-16-le"),
        LFTP.encode("utf-16-be"),
        b"\xef\xbb\xbf" + LFTP.encode(),
        LFTP.replace("<", "&lt;").replace(">", "&gt;").encode(),
        "".join(f"\x1b[32m{line}\x1b[0m\n" for line in LFTP.splitlines()).encode(),
        LFTP.replace("ready.", "prêt").encode("latin-1"),
        "".join(f"> {line}\n" for line in LFTP.splitlines()).encode(),
        "".join(json.dumps({"level": "info", "msg": line}) + "\n" for line in LFTP.splitlines())
        .encode(),
        LFTP.rstrip("\n").encode(),
    ],
    ids=["crlf", "utf16", "utf16le", "utf16be", "bom", "html", "ansi", "latin1", "quoted", "json",
         "no end of line"],
)  # fmt: skip
def test_however_it_was_copied_it_is_read(spoilt: bytes) -> None:
    end = heard_log(spoilt).end
    assert end is not None and end.cause == "idle_timeout"


def test_a_number_in_running_text_is_no_reply() -> None:
    heard = heard_log(
        "We moved 421 files.\nTotal time: 421 ms\n226 Transfer complete.\nstatus=421\n"
    )
    replies = [event for event in heard.events if isinstance(event, ReplyReceived)]
    assert [reply.code for reply in replies] == [226]


def test_the_lines_of_a_reply_stay_together_whether_each_is_marked_or_not() -> None:
    marked = "Response:\t211-Features:\nResponse:\t SIZE\nResponse:\t211 End\n"
    bare = '---> FEAT\n211-Features:\n SIZE\n NOOP\n211 End\n---> PWD\n257 "/"\n'
    for log, count in ((marked, 3), (bare, 4)):
        replies = [e for e in heard_log(log).events if isinstance(e, ReplyReceived)]
        assert len(replies[0].lines) == count


def test_sessions_of_a_server_log_are_kept_apart_by_what_it_tells_them_apart_with() -> None:
    line = 'Tue Mar  3 10:00:0{} 2026 [pid {}] [bob] FTP {}: Client "192.0.2.1", "{}"\n'
    log = "".join(
        line.format(second, pid, what, text)
        for second, (what, text) in enumerate(
            [("response", "220 (vsFTPd 3.0.3)"), ("command", "USER bob"), ("response", "331 ?"),
             ("command", "PASS <password>"), ("response", "230 Login successful.")]
        )
        for pid in (7, 8)
    )  # fmt: skip
    log += line.format(9, 8, "response", "421 Timeout.")
    heard = heard_log(log)
    assert len(heard.sessions) == 2
    assert [end.session for end in heard.ends] == [heard.sessions[1]]
    assert heard.end is not None and heard.end.directive == "idle_session_timeout"


def test_logs_of_two_programs_in_one_file_are_two_sessions() -> None:
    other = "*resp* '220 (vsFTPd 3.0.3)'\n*cmd* 'USER ops'\n*resp* '530 Login incorrect.'\n"
    heard = heard_log(LFTP + other)
    assert len(heard.sessions) == 2
    assert [end.explanation.cause for end in heard.ends] == ["idle_timeout", "login_refused"]


@pytest.mark.parametrize(
    "secret",
    [
        "> PASS s3cret-lab", "---> pass s3cret-lab", "*cmd* 'PASS s3cret-lab'", "PASS s3cret-lab",
        "Command:\tPASS s3cret-lab", '2026/03/01 10:00:00 DEBUG : FTP Tx: "PASS s3cret-lab"',
        '{"msg":"> PASS s3cret-lab"}', "> ACCT s3cret-lab", "put: PASS s3cret-lab",
    ],
)  # fmt: skip
def test_a_password_is_masked_wherever_it_stands_and_scrubbed_behind_it(secret: str) -> None:
    log = f"{secret}\n< 530 s3cret-lab is wrong.\nError: 530 s3cret-lab is no password\n"
    heard = heard_log(log)
    assert heard.entries
    assert "s3cret-lab" not in repr(heard.entries) + repr(heard.ends)


def test_a_refusal_of_tls_that_the_client_did_without_ends_nothing() -> None:
    log = LFTP.replace("---> USER", "---> AUTH TLS\n<--- 500 AUTH not understood\n---> USER")
    assert [end.explanation.cause for end in heard_log(log).ends] == ["idle_timeout"]


def test_a_failure_before_an_orderly_quit_is_what_is_asked_about() -> None:
    log = "> LIST\n< 425 Failed to establish connection.\n> NOOP\n< 200 ok\n> QUIT\n< 221 Bye.\n"
    end = heard_log(log).end
    assert end is not None and end.cause == "data_connection_failed"


def test_a_silent_end_is_the_end_and_not_the_last_innocent_reply() -> None:
    log = LFTP.split("---> NOOP")[0] + "**** Peer closed connection\n"
    end = heard_log(log).end
    assert end is not None and (end.cause, end.code) == ("connection_lost", None)


def test_without_times_nothing_says_how_long() -> None:
    heard = heard_log(LFTP)
    assert not any(entry.timed for entry in heard.entries)
    assert heard.end is not None
    assert heard.end.observed_seconds is None
    assert not any("had passed" in text for text in heard.end.evidence)
    assert {e.latency_seconds for e in heard.events if isinstance(e, ReplyReceived)} == {None}
    source = heard.events[0]
    assert isinstance(source, SourceOpened) and not source.timed


@pytest.mark.long
def test_a_log_in_which_a_million_sessions_end_keeps_few_of_them() -> None:
    line = 'Tue Mar  3 10:00:00 2026 [pid {}] [bob] FTP response: Client "192.0.2.1", "221 Bye."\n'
    log = "".join(line.format(pid) for pid in range(2_500))
    heard = heard_log(log)
    assert len(heard.sessions) == 2_500
    removed = [entry for entry in heard.entries if type(entry.event).__name__ == "SessionRemoved"]
    assert len(removed) == 500


def test_a_number_that_is_used_again_after_a_restart_is_another_session() -> None:
    log = "".join(
        f"(000001) 0{day}.03.2026 10:00:00 - (not logged in) ({host})> {words}\n"
        for day, host in ((1, "192.0.2.1"), (2, "192.0.2.9"))
        for words in (
            "Connected, sending welcome message...", "220-FileZilla Server version 0.9.60 beta",
            "220 ready", "USER ops", "331 Password required for ops", "PASS ***", "230 Logged on",
        )
    )  # fmt: skip
    assert heard_log(log).sessions == ["192.0.2.1", "192.0.2.9"]
