"""`ftpwatch explain`: an answer for people who have never seen FTP, and no confident guess."""

import json
import subprocess
import sys

import pytest

from ftpwatch.wiring.explaining import Asked, explain

PROGRAM = [sys.executable, "-m", "ftpwatch", "explain"]


def ask(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run([*PROGRAM, *words], input=stdin, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def said(text: str) -> str:
    return explain(Asked(text=text))


def test_a_pasted_reply_is_answered_with_cause_setting_and_steps() -> None:
    text = "421 No transfer timeout (600 seconds): closing control connection"
    code, out, _ = ask(text)
    assert code == 0
    for words in (
        "No-transfer limit reached (likely)", "ProFTPD TimeoutNoTransfer", "more frequent NOOPs",
        "RFC 959", "SMTP", "Misdirected Request",
    ):  # fmt: skip
        assert words in out
    assert "certain" not in out


def test_json_is_the_explained_object() -> None:
    code, out, _ = ask("421 Too many connections (8) from this IP", "--format", "json")
    told = json.loads(out)
    assert code == 0
    assert told["cause"] == "too_many_connections_from_address"
    assert told["confidence"] == "likely"
    assert set(told) == {
        "code", "cause", "confidence", "evidence", "against", "alternatives", "advice", "server",
        "directive", "clock", "limit_seconds", "line", "others",
    }  # fmt: skip


def test_a_bare_code_is_its_row_and_two_stand_side_by_side() -> None:
    code, out, _ = ask("221")
    assert code == 0
    assert "The server closes the control connection." in out
    code, out, _ = ask("421", "--vs", "220")
    assert code == 0
    assert "In place of a greeting" in out
    assert "Differences" in out
    assert ask("550", "--vs", "553")[0] == 0


def test_what_a_client_prints_itself_is_named_as_such() -> None:
    _, out, _ = ask("421 Service not available, remote server has closed connection")
    assert "No server sends it" in out
    assert "Lost connection (likely)" in out


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("421 Timeout", {"stalled_transfer", "idle_timeout"}),
        ("421 Service not available, closing control connection.",
         {"login_abuse", "service_unavailable"}),
        ("500 Access denied", {"unknown", "too_many_connections", "address_refused"}),
        ("421 Maximum login limit has been reached.",
         {"too_many_connections", "too_many_sessions_for_user"}),
    ],
)  # fmt: skip
def test_what_nothing_can_decide_gives_its_candidates(text: str, candidates: set[str]) -> None:
    told = json.loads(ask(text, "--format", "json")[1])
    named = {told["cause"], *(other["cause"] for other in told["alternatives"])}
    assert candidates <= named
    assert told["confidence"] == "possible"


def test_phase_and_server_narrow_it_down() -> None:
    told = json.loads(
        ask("530 Login incorrect.", "--server", "proftpd", "--phase", "login", "--format", "json")[
            1
        ]
    )
    assert (told["cause"], told["server"]) == ("login_refused", "ProFTPD")


def test_a_phase_that_does_not_fit_is_said_and_takes_nothing_away() -> None:
    out = ask("421 Activity timeout.", "--server", "filezilla 1.8", "--phase", "transfer")[1]
    assert "Idle limit reached (possible)" in out
    assert "Against it      it is said in phase ready, and this was transfer" in out
    told = json.loads(ask("530 Login incorrect.", "--phase", "ready", "--format", "json")[1])
    assert told["cause"] == "login_refused"
    assert told["against"] == ["it is said in phase login, and this was ready"]


@pytest.mark.parametrize(
    ("words", "stdin", "says"),
    [
        ([], b"", "nothing to explain"), (["-"], b"", "shows no FTP"),
        (["hello"], b"", "has no reply code in front"),
        (["-"], bytes(range(256)) * 40, "neither a log (text), nor a capture"),
        (["-"], b"words about nothing\n" * 9, "shows no FTP"),
        (["421 x", "--timezone", "Mars/Olympus"], b"", "is not a time zone"),
        (["421 x", "--server", "nosuchd"], b"", "ProFTPD"),
        (["421 x", "--server", "profptd"], b"", "the nearest is ProFTPD"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_an_error_that_says_why(
    words: list[str], stdin: bytes, says: str
) -> None:
    code, out, err = ask(*words, stdin=stdin)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err
    assert "\x1b" not in err


def test_ten_megabytes_are_cut_and_answered() -> None:
    code, out, _ = ask("-", stdin=b"421 Timeout. " + b"x" * 10_000_000)
    assert code == 0
    assert "only the first" in out


@pytest.mark.long
def test_the_end_of_a_long_log_is_read() -> None:
    log = (b"200 NOOP ok " + b"." * 90 + b"\r\n") * 15_000 + b"421 Timeout.\r\n"
    code, out, _ = ask("-", stdin=log)
    assert code == 0
    assert out.startswith("421 Timeout.\n")


def test_what_windows_writes_is_read() -> None:
    for text in (b"\xef\xbb\xbf421 Timeout.\r\n", "421 Timeout.\r\n".encode("utf-16")):
        assert ask("-", stdin=text)[1].startswith("421 Timeout.\n")


@pytest.mark.parametrize("number", [0, 1])
def test_of_several_421s_the_one_that_ends_the_session_is_explained(number: int) -> None:
    lines = ["421 Passive data channel timed out.", "421 Control connection timed out."]
    told = said("\n".join(lines if number else lines[::-1]))
    assert told.startswith("421 Control connection timed out.")


def test_where_nothing_ends_that_is_said() -> None:
    told = " ".join(said("220 hi\n331 password?\n230 in").split())
    assert "this is the last; none ends anything" in told


@pytest.mark.parametrize("text", ["221-Status of /pub:\n-rw 1 a\n221 End", "221-Status of /pub:"])
def test_a_status_under_221_ends_nothing(text: str) -> None:
    assert json.loads(ask(text, "--format", "json")[1])["cause"] is None


def test_an_unknown_code_is_answered_by_its_digits() -> None:
    code, out, _ = ask("999")
    assert code == 0
    assert "No standard of FTP defines this code." in out


def test_hostile_text_is_made_visible() -> None:
    _, out, _ = ask("421 \x1b]0;owned\x07 \u202e Timeout.")
    assert "\x1b" not in out
    assert "‹U+202E›" in out


@pytest.mark.parametrize(
    ("pasted", "code", "text"),
    [
        ("Response: 421 Timeout.", 421, "Timeout."),
        ("12:03:04 < 421 Idle timeout", 421, "Idle timeout"),
        ("<--- 421 Timeout.", 421, "Timeout."),
        ("Response:\t421 Timeout.", 421, "Timeout."),
        ("421-One\r\n421 two", 421, "One"),
        ("220 hi\r\n421 Timeout.\r\n", 421, "Timeout."),
        ("331 password?\n530 Login incorrect.\n", 530, "Login incorrect."),
        ("331 password?\n530 Login incorrect.\n221 Goodbye.", 530, "Login incorrect."),
        ("421 Timeout.\n220 hi\n421 Too many users", 421, "Too many users"),
        ("\ufeff421 Timeout.", 421, "Timeout."),
        ("421 Unable to change root directory.\r\nOperation not permitted.",
         421, "Unable to change root directory."),
        ("211-Features:\n 421 is no reply here\n211 End", 211, "Features:"),
    ],
)  # fmt: skip
def test_replies_are_read_as_logs_print_them(pasted: str, code: int, text: str) -> None:
    assert said(pasted).startswith(f"{code} {text}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("remote server has closed connection", "BSD-style ftp clients"),
        ("Connection timed out after 20 seconds of inactivity", "FileZilla"),
        ("421 4.7.0 Too many connections, closing transmission channel", "SMTP's 421"),
        ("550 5.7.1 Relaying denied", "No FTP: SMTP"),
        ("HTTP/1.1 421 Misdirected Request", "No FTP: HTTP"),
        ("421 Misdirected Request", "HTTP's 421"),
    ],
)
def test_what_is_no_reply_of_an_ftp_server_is_named(text: str, words: str) -> None:
    told = " ".join(said(text).split())
    assert words in told and "On the client" in told and "too_many" not in told


def test_a_goodbye_alone_does_not_say_whether_it_was_asked_for() -> None:
    assert "goodbye without QUIT" in said("221 Goodbye.")


def test_two_codes_as_one_object_are_refused() -> None:
    with pytest.raises(ValueError, match="--vs compares"):
        explain(Asked(text="421", versus=220, as_object=True))


@pytest.mark.parametrize(
    "paste",
    [
        "PASS hunter2secret", "> pass hunter2secret", "Connecting to ftp://bob:hunter2secret@h",
        "530 Login incorrect for ftp://bob:hunter2secret@host", "530 PASS hunter2secret wrong.",
        "ftp_login(): PASS hunter2secret wrong. Login incorrect",
        "myclient<< 530 login failed for pass hunter2secret",
    ],
)  # fmt: skip
def test_a_password_in_a_paste_is_not_printed_again(paste: str) -> None:
    code, out, errors = ask(paste)
    assert "hunter2secret" not in out + errors
    assert code in (0, 2)


@pytest.mark.timeout(20)
@pytest.mark.long
def test_thousands_of_passwords_and_a_line_made_to_be_slow_are_read_in_time() -> None:
    tries = "".join(f"---> PASS secret{n}x\n<--- 530 Login incorrect.\n" for n in range(1_500))
    slow = f"proftpd[1] host ({'a: ' * 21_000}\n"
    assert ask("-", stdin=(tries + slow).encode())[0] == 0


def test_words_that_several_servers_say_name_no_server() -> None:
    paste = "---> USER bob\n<--- 331 x\n---> PASS y\n<--- 530 Login incorrect.\n"
    told = said(paste)
    assert "login refused" in told.lower() and "Which setting" not in told
    assert "French" not in said("530 Login incorrect: bob")


NO_TRANSFER = "421 No transfer timeout (600 seconds): closing control connection"


def test_words_of_one_server_alone_name_it_though_its_greeting_names_none() -> None:
    told = " ".join(said(f"220 hi\n{NO_TRANSFER}").split())
    assert "Which setting ProFTPD TimeoutNoTransfer" in told
    assert "read as a log, without times" in told


def test_a_greeting_of_another_server_contradicts_them() -> None:
    told = " ".join(said(f"220 (vsFTPd 3.0.3)\n{NO_TRANSFER}").split())
    assert "ProFTPD always" not in told and "Which setting" not in told
    assert "Which server vsftpd" in told


def test_a_short_remark_after_a_greeting_that_names_none_names_none_either() -> None:
    assert "Which setting" not in said("220 hi\n331 x\n230 in\n421 Timeout.")


def test_what_to_do_is_for_the_readers_own_client_and_comes_before_the_reasons() -> None:
    told = said(f"220 hi\n{NO_TRANSFER}")
    assert "let the client send LIST every 300 s" in told and "turn keep-alives on" not in told
    for words in (told, said(NO_TRANSFER)):
        parts = ("What happened", "Cause", "On the client", "On the server", "Evidence", "Backgr")
        places = [words.index(part) for part in parts]
        assert places == sorted(places)
