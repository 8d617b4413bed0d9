"""Probes of scripted servers: steps, commands, how long they take, what is said of the end."""

import pytest
from checking import Checking, check
from watching import target

from engine.conversation import script
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.state.checked import Thresholds
from ftpwatch.core.state.probed import Questions
from ftpwatch.demo.script import ServerScript
from ftpwatch.engine.listing import Entries
from ftpwatch.engine.probes import AT_ONCE

LISTS = Questions(lists=True)
LOGIN = ["USER bob", "PASS ••••"]
INCORRECT = "530 Login incorrect."


async def probe(server: ServerScript, **settings: object) -> Checking:
    return await check(server, user="bob", password=Secret("hunter2"), **settings)


def answering(**replies: tuple[str, ...]) -> ServerScript:
    return script(replies=replies)


async def test_each_step_is_made_once_and_timed() -> None:
    slow = script(
        greeting=("@wait 1", "220 Hello."),
        replies={"PASS": ("@wait 2", "230 In."), "QUIT": ("@wait 3", "221 Bye.", "@fin")},
    )
    done = await probe(slow, asked=LISTS)
    assert done.sent == [*LOGIN, "NOOP", "EPSV", "LIST", "QUIT"]
    assert done.status == "OK"
    assert done.text == "logged in as bob, all in 6.00 s, 1 entry listed"
    seconds = {metric.label: metric.value for metric in done.checks[0].metrics}
    assert seconds == {
        "total": 6, "connect": 0, "greeting": 1, "login": 2, "noop": 0, "list": 0, "quit": 3,
        "entries": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("server", "text"),
    [
        (script(places=0), "greeting: 421 too many connections (certain): Too many"),
        (script(greeting=("@fin",)), "greeting: connection lost (possible): the connection ended"),
        (script(greeting=("@rst",)), "greeting: connection lost (possible): the connection ended"),
        (script(greeting=("SSH-2.0-OpenSSH_9",)), "greeting: not ftp (likely): what answers"),
        (script(greeting=("@deaf",)), "greeting: no answer (certain): no answer within 15 s"),
        (answering(PASS=(INCORRECT,)), "login: 530 login refused (certain): Login"),
        (answering(PASS=(INCORRECT, "@fin")), "login: 530 login refused (certain): Login"),
        (
            answering(PASS=("421 Too many users.", "@fin")),
            "login: 421 too many connections (likely",
        ),
        (answering(PASS=("@fin",)), "login: connection lost (possible): the connection ended"),
        (answering(PASS=("@deaf",)), "login: no answer (certain): no answer within 15 s"),
        (answering(PASS=("331 Again?",)), "login: login refused (likely): 331 Again?"),
        (answering(USER=("332 Account?",)), "login: "),
        (answering(NOOP=("421 Shutting down.", "@fin")), "noop: 421 server shutdown (likely)"),
        (answering(PASS=("230 In.", "421 Timeout.", "@fin")), "noop: 421 idle timeout (possible)"),
        (answering(NOOP=("@fin",)), "noop: connection lost (possible): closed by the server (FIN)"),
        (answering(NOOP=("@deaf",)), "noop: no answer (certain): no answer within 15 s"),
        (answering(NOOP=("450 Busy.",)), "noop: 450 Busy."),
        (
            answering(NOOP=("200 Ok.", "@fin")),
            "quit: connection lost (possible): closed by the server",
        ),
    ],
)
async def test_a_step_that_fails_is_critical_with_its_cause(
    server: ServerScript, text: str
) -> None:
    done = await probe(server)
    assert (done.status, done.text[: len(text)]) == ("CRITICAL", text)
    assert [word for word in done.sent if word[:4] in ("USER", "PASS")] in ([], LOGIN[:1], LOGIN)
    assert "hunter2" not in done.line
    assert done.seconds <= 30


@pytest.mark.parametrize(
    ("server", "text"),
    [
        (answering(LIST=("550 Denied.",)), "list: 550 Denied."),
        (answering(LIST=("425 Can't open.",)), "list: 425 data connection failed (likely)"),
        (
            answering(LIST=("150 Here.", "@list", "426 Broken.")),
            "list: 426 data connection failed (likely): Broken.",
        ),
        (
            answering(EPSV=("229 Go (|||9|)",)),
            "list: data connection failed (likely): 127.0.0.1 port 9: connection refused",
        ),
        (answering(EPSV=("229 Go (|||99999|)",)), "list: data connection failed (likely): 127.0."),
        (answering(EPSV=("502 No.",), PASV=("500 No.",)), "list: 500 No."),
        (
            answering(EPSV=("502 No.",), PASV=("227 What?",)),
            "list: data connection failed (likely)",
        ),
        (answering(LIST=("150 Here.",)), "list: no answer (certain): no answer within 15 s"),
        (answering(EPSV=("421 Bye.", "@fin")), "list: 421 "),
    ],
)
async def test_a_listing_that_does_not_come_is_critical(server: ServerScript, text: str) -> None:
    done = await probe(server, asked=LISTS)
    assert (done.status, done.text[: len(text)]) == ("CRITICAL", text)


@pytest.mark.parametrize(
    ("replies", "text"),
    [
        ({"NOOP": ("502 No.",)}, "it lives, but refuses NOOP: 502 No."),
        ({"QUIT": ("@deaf",)}, "QUIT was not answered within 15 s"),
    ],
)
async def test_small_faults_are_warnings(replies: dict[str, tuple[str, ...]], text: str) -> None:
    done = await probe(script(replies=replies))
    assert (done.status, done.text) == ("WARNING", text)


@pytest.mark.parametrize("goodbye", [("@fin",), ("500 What?", "@fin"), ("221 Bye.",)])
async def test_any_end_after_our_quit_is_well(goodbye: tuple[str, ...]) -> None:
    assert (await probe(answering(QUIT=goodbye))).status == "OK"


async def test_no_password_goes_to_a_server_that_is_not_the_expected_one() -> None:
    done = await probe(script(), asked=Questions(expect="220 ProFTPD"))
    assert (done.status, done.sent) == ("CRITICAL", ["QUIT"])
    assert "the login was not tried" in done.text
    done = await probe(script(), asked=Questions(expect="220 Demo"))
    assert (done.status, done.sent) == ("OK", [*LOGIN, "NOOP", "QUIT"])


# --- files ---------------------------------------------------------------------------------------

# The clock of these tests begins with the year 2026.
MDTM = {"MDTM": ("213 20251231235500",)}
MLST = {"MLST": ("250-Here:", " Size=3;Modify=20251231235500.25;Type=file; in.csv", "250 End.")}


@pytest.mark.parametrize(
    ("replies", "path", "by"),
    [
        ({**MDTM, **MLST}, "in.csv", "5m old by MDTM"),
        (MLST, "in.csv", "5m old by MLST"),
        ({**MLST, "MDTM": ("213 the day before",)}, "in.csv", "5m old by MLST"),
        ({**MLST, "MDTM": ("213 20251399999999",)}, "in.csv", "5m old by MLST"),
        ({}, "/in/nothing-to-see.txt", "by LIST"),
        ({"MLST": ("250-Here:", " Size=3; in.csv", "250 End.")}, "nothing-to-see.txt", "by LIST"),
    ],
)
async def test_the_time_of_a_file_is_had_by_the_first_way_there_is(
    replies: dict[str, tuple[str, ...]], path: str, by: str
) -> None:
    done = await probe(script(replies=replies), asked=Questions(file=path))
    assert (done.status, by in done.text) == ("OK", True), done.text


async def test_a_file_is_too_old() -> None:
    old = answering(MDTM=("213 20251231215500.123",))
    done = await probe(
        old, asked=Questions(file="in.csv"), thresholds=Thresholds(max_age_seconds=3600)
    )
    assert (done.status, done.metric("file_age")) == ("CRITICAL", 7_500)
    assert done.text == "in.csv is 2h05m old by MDTM, over 1h00m"


@pytest.mark.parametrize(
    ("replies", "text"),
    [
        ({"MDTM": ("550 No such file.",)}, "file in.csv: 550 No such file."),
        ({"MLST": ("550 No such file.",)}, "file in.csv: 550 No such file."),
        ({"MLST": ("250-", " type=dir; in.csv", "250 End")}, "file in.csv: it is a folder"),
        ({}, "file in.csv: MDTM and MLST are not known there, and LIST shows no such file"),
        ({"LIST": ("550 No such file.",)}, "file in.csv: 550 No such file."),
        ({"MDTM": ("421 Bye.", "@fin")}, "file in.csv: 421 "),
    ],
)
async def test_a_file_that_is_not_there_is_critical(
    replies: dict[str, tuple[str, ...]], text: str
) -> None:
    done = await probe(script(replies=replies), asked=Questions(file="in.csv"))
    assert (done.status, done.text[: len(text)]) == ("CRITICAL", text)


@pytest.mark.parametrize("path", ["20260101000000 in.csv", "-R"])
async def test_a_name_is_never_taken_for_a_time_to_set_or_an_option(path: str) -> None:
    done = await probe(script(replies=MDTM), asked=Questions(file=path))
    assert f"MDTM ./{path}" in done.sent


@pytest.mark.parametrize(
    ("pieces", "count"),
    [
        ([], 0), ([b"a\r\nb\r\n"], 2), ([b"a\r\n", b"b"], 2), ([b"to", b"tal 9\r\na\r\n"], 1),
        ([b"totally\r\n"], 1),
    ],
)  # fmt: skip
def test_entries_are_counted_across_pieces(pieces: list[bytes], count: int) -> None:
    entries = Entries()
    for piece in pieces:
        entries.take(piece)
    assert entries.count == count


# --- many, and time ------------------------------------------------------------------------------


async def test_what_is_not_done_in_time_is_cut_and_left() -> None:
    frozen = [script(greeting=("@deaf",)), answering(NOOP=("@deaf",))]
    targets = [target(2100, "a"), target(2100, "b"), target(2101, "c"), target(2102, "down")]
    done = await check(*frozen, targets=targets, stop_at=5)
    assert [(checked.status.name, checked.text) for checked in done.checks] == [
        ("CRITICAL", "greeting: not done when the 50s of --for were over"),
        ("UNKNOWN", "not begun when the 50s of --for were over"),
        ("CRITICAL", "noop: not done when the 50s of --for were over"),
        ("CRITICAL", "connect: server unreachable (certain): 127.0.0.1 port 2102: connection "
                     "refused"),
    ]  # fmt: skip
    assert done.seconds == 5


async def test_targets_of_one_host_never_fill_it_and_hosts_go_beside_one_another() -> None:
    slow = [script(greeting=("@wait 1", "220 Hello."), places=1) for _ in range(3)]
    targets = [target(2100 + n % 3, f"t{n}") for n in range(9)]
    done = await check(*slow, targets=targets)
    assert {checked.status.name for checked in done.checks} == {"OK"}
    assert done.seconds == 3


async def test_many_hosts_are_checked_a_few_at_a_time() -> None:
    number = 2 * AT_ONCE + 1
    slow = [script(greeting=("@wait 1", "220 Hello.")) for _ in range(number)]
    done = await check(*slow, targets=[target(2100 + n, f"t{n}") for n in range(number)])
    assert done.seconds == 3


async def test_an_error_of_our_own_costs_one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("ftpwatch.engine.probe.look_at_file", broken)
    done = await probe(script(), asked=Questions(file="in.csv"))
    assert (done.status, done.text) == (
        "UNKNOWN",
        "an error of ftpwatch itself: RuntimeError: ours",
    )
    assert done.sent[-1] == "QUIT"


async def test_a_password_that_is_echoed_is_masked() -> None:
    echo = answering(PASS=("530 hunter2 is wrong, try aHVudGVyMg==.",))
    done = await probe(echo)
    assert done.text == "login: 530 login refused (possible): •••• is wrong, try ••••==."


async def test_what_a_server_says_forges_nothing() -> None:
    words = "421 a|total=0s;;; 'b'=1 <b>\x1b[31m\u202e"
    done = await check(script(greeting=(words, "@fin")))
    assert done.line == (
        "FTP CRITICAL - one: greeting: 421 a¦total=0s;;; 'b'=1 ‹b›␛[31m‹U+202E›|connect=0s;;;0"
    )


async def test_a_listing_is_read_for_as_long_as_a_reply_may_take() -> None:
    done = await probe(answering(LIST=("150 Here.", "@wait 20", "@list", "226 Done.")), asked=LISTS)
    assert (done.status, done.text) == (
        "CRITICAL", "list: data connection failed (likely): it did not end within 15 s",
    )  # fmt: skip
